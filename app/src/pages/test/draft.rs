//! A test as it is typed: texts that may not be numbers yet, and rows that may be half chosen.

use std::collections::BTreeMap;

use backend::error::Problem;
use backend::tests::Found;
use domain::blueprint::{Blueprint, Row};
use domain::question::{Level, Topic};
use domain::test::{Percent, Rules, Test};

/// What the editor shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    pub name: String,
    pub rows: Vec<DraftRow>,
    pub limit: String,
    pub cut: String,
    pub topic_cut: String,
    /// Own cuts by the names of their fields.
    pub cuts: Vec<(String, String)>,
    pub critical: bool,
    pub counts_for: String,
    pub all_or_nothing: bool,
    pub open_book: bool,
    pub asks_open: bool,
    /// The version that the editor started from.
    pub version: i64,
}

/// One row of the blueprint. Its key is in the names of its fields and stays the same when another row goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DraftRow {
    pub key: u32,
    pub service: String,
    pub topic: String,
    /// Empty is any level.
    pub level: String,
    pub n: String,
}

/// More rows than any test needs; a form cannot ask for more.
const ROW_LIMIT: usize = 100;

impl Draft {
    /// What a new test starts from.
    pub fn fresh() -> Draft {
        Draft {
            rows: vec![DraftRow { n: "5".to_owned(), ..DraftRow::default() }],
            limit: "30".to_owned(),
            cut: "80".to_owned(),
            topic_cut: "60".to_owned(),
            critical: true,
            counts_for: "180".to_owned(),
            ..Draft::default()
        }
    }

    /// A test as it is stored.
    pub fn of(found: &Found) -> Draft {
        let (test, rules) = (&found.test, &found.test.rules);
        Draft {
            name: found.name.clone(),
            rows: (0u32..).zip(&test.blueprint.rows).map(|(key, row)| DraftRow::of(key, row)).collect(),
            limit: test.limit_minutes.map(|minutes| minutes.to_string()).unwrap_or_default(),
            cut: rules.cut.get().to_string(),
            topic_cut: rules.topic_cut.get().to_string(),
            cuts: rules
                .cuts
                .iter()
                .map(|((service, topic), cut)| (cut_field(service, *topic), cut.get().to_string()))
                .collect(),
            critical: rules.critical_must_hold,
            counts_for: rules.counts_for_days.to_string(),
            all_or_nothing: rules.all_or_nothing,
            open_book: test.open_book,
            asks_open: test.asks_open,
            version: found.version,
        }
    }

    /// What was typed, after the row that the form asks for was added or removed.
    pub fn typed(fields: &[(String, String)]) -> Draft {
        let get = |name: &str| first(fields, name).unwrap_or_default().trim().to_owned();
        let has = |name: &str| first(fields, name).is_some();
        let mut draft = Draft {
            name: get("name"),
            rows: rows_typed(fields),
            limit: get("limit"),
            cut: get("cut"),
            topic_cut: get("topic_cut"),
            cuts: fields.iter().filter(|(name, _)| name.starts_with("cut-")).cloned().collect(),
            critical: has("critical"),
            counts_for: get("counts_for"),
            all_or_nothing: has("all_or_nothing"),
            open_book: has("open_book"),
            asks_open: has("asks_open"),
            version: get("version").parse().unwrap_or_default(),
        };
        match get("do").split_once('-') {
            Some(("add", _)) if draft.rows.len() < ROW_LIMIT => draft.add_row(),
            Some(("remove", key)) => draft.rows.retain(|row| row.key.to_string() != key),
            _ => {}
        }
        draft
    }

    fn add_row(&mut self) {
        let key = self.rows.iter().map(|row| row.key).max().map_or(0, |key| key.saturating_add(1));
        self.rows.push(DraftRow { key, ..DraftRow::default() });
    }

    /// Each service and topic of the rows once, as they first come up.
    pub fn topics(&self) -> Vec<(String, Topic)> {
        let mut topics = Vec::new();
        for row in &self.rows {
            if let (false, Ok(topic)) = (row.service.is_empty(), row.topic.parse()) {
                let pair = (row.service.clone(), topic);
                if !topics.contains(&pair) {
                    topics.push(pair);
                }
            }
        }
        topics
    }

    /// The own cut of a service and topic as it is typed; empty where it has none.
    pub fn cut_of(&self, service: &str, topic: Topic) -> &str {
        first(&self.cuts, &cut_field(service, topic)).unwrap_or_default()
    }

    /// The rows that are whole already, each with its key.
    pub fn whole_rows(&self) -> Vec<(u32, Row)> {
        self.rows.iter().filter_map(|row| Some((row.key, row.whole()?))).collect()
    }

    /// The test that is meant, or what cannot be read.
    ///
    /// A number that does not read becomes one that `backend` refuses at the same field in the same words.
    pub fn test(&self) -> Result<Test, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut percent = |field: &str, typed: &str| {
            parse_percent(typed).unwrap_or_else(|| {
                problems.push(Problem::new(field, "Enter a whole per cent from 0 to 100, for example 80."));
                Percent::try_from(0).expect("nought is a per cent")
            })
        };
        let cut = percent("cut", &self.cut);
        let topic_cut = percent("topic_cut", &self.topic_cut);
        let mut cuts = BTreeMap::new();
        for (service, topic) in self.topics() {
            let typed = self.cut_of(&service, topic);
            if !typed.trim().is_empty() {
                let cut = percent(&cut_field(&service, topic), typed);
                cuts.insert((service, topic), cut);
            }
        }
        let rows = self.rows.iter().map(|row| row.meant(&mut problems)).collect();
        let test = Test {
            blueprint: Blueprint { rows },
            limit_minutes: (!self.limit.is_empty()).then(|| self.limit.parse().unwrap_or_default()),
            rules: Rules {
                cut,
                cuts,
                topic_cut,
                critical_must_hold: self.critical,
                counts_for_days: self.counts_for.parse().unwrap_or_default(),
                all_or_nothing: self.all_or_nothing,
            },
            open_book: self.open_book,
            asks_open: self.asks_open,
        };
        if problems.is_empty() { Ok(test) } else { Err(problems) }
    }

    /// Problems that name a row by its place, with the names of its fields instead.
    pub fn at_fields(&self, problems: Vec<Problem>) -> Vec<Problem> {
        let field = |field: String| {
            let (part, place) = field.rsplit_once('-')?;
            let row = self.rows.get(place.parse::<usize>().ok()?)?;
            Some(row.field(part))
        };
        problems
            .into_iter()
            .map(|problem| Problem {
                field: field(problem.field.clone()).unwrap_or(problem.field),
                ..problem
            })
            .collect()
    }
}

impl DraftRow {
    fn of(key: u32, row: &Row) -> DraftRow {
        DraftRow {
            key,
            service: row.service.clone(),
            topic: row.topic.to_string(),
            level: row.level.map(|level| level.get().to_string()).unwrap_or_default(),
            n: row.n_questions.to_string(),
        }
    }

    /// The name of one of its fields.
    pub fn field(&self, part: &str) -> String {
        format!("{part}-{}", self.key)
    }

    fn level(&self) -> Option<Level> {
        self.level.parse::<u8>().ok().and_then(|level| Level::try_from(level).ok())
    }

    /// The row, once everything of it is chosen.
    pub fn whole(&self) -> Option<Row> {
        let n_questions = self.n.parse().ok().filter(|&n| n > 0)?;
        let topic = self.topic.parse().ok()?;
        (!self.service.is_empty()).then(|| Row {
            service: self.service.clone(),
            topic,
            level: self.level(),
            n_questions,
        })
    }

    fn meant(&self, problems: &mut Vec<Problem>) -> Row {
        let topic = self.topic.parse().unwrap_or_else(|_| {
            problems.push(Problem::new(&self.field("topic"), "Choose a topic."));
            Topic::Process
        });
        let n_questions = self.n.parse().unwrap_or_default();
        Row { service: self.service.clone(), topic, level: self.level(), n_questions }
    }
}

/// The field of an own cut.
pub fn cut_field(service: &str, topic: Topic) -> String {
    format!("cut-{service}-{topic}")
}

fn parse_percent(typed: &str) -> Option<Percent> {
    let typed = typed.trim().trim_end_matches('%').trim_end();
    typed.parse::<u8>().ok().and_then(|n| Percent::try_from(n).ok())
}

/// The rows in the order of the form: those that have a field for the number of questions.
fn rows_typed(fields: &[(String, String)]) -> Vec<DraftRow> {
    let keys = fields.iter().filter_map(|(name, _)| name.strip_prefix("n-")?.parse::<u32>().ok());
    let get =
        |part: &str, key: u32| first(fields, &format!("{part}-{key}")).unwrap_or_default().trim().to_owned();
    keys.take(ROW_LIMIT)
        .map(|key| DraftRow {
            key,
            service: get("service", key),
            topic: get("topic", key),
            level: get("level", key),
            n: get("n", key),
        })
        .collect()
}

fn first<'f>(fields: &'f [(String, String)], name: &str) -> Option<&'f str> {
    fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn two_rows(what: &str) -> Vec<(String, String)> {
        form(&[
            ("name", "On call"),
            ("service-0", "orders-db"),
            ("topic-0", "process"),
            ("level-0", ""),
            ("n-0", "5"),
            ("service-3", "http-edge"),
            ("topic-3", "monitoring"),
            ("level-3", "2"),
            ("n-3", "4"),
            ("cut", "80"),
            ("topic_cut", "60 %"),
            ("cut-http-edge-monitoring", "50"),
            ("cut-orders-db-monitoring", "40"),
            ("counts_for", "180"),
            ("do", what),
        ])
    }

    fn keys(fields: &[(String, String)]) -> Vec<u32> {
        Draft::typed(fields).rows.iter().map(|row| row.key).collect()
    }

    #[test]
    fn a_row_is_added_at_the_end_and_removed_by_its_key() {
        for (what, expected) in [
            ("check", vec![0, 3]),
            ("add-row", vec![0, 3, 4]),
            ("remove-0", vec![3]),
            ("remove-3", vec![0]),
            ("remove-7", vec![0, 3]),
        ] {
            assert_eq!(keys(&two_rows(what)), expected, "{what}");
        }
    }

    #[test]
    fn what_is_typed_is_the_test_that_is_meant() {
        let test = Draft::typed(&two_rows("save")).test().unwrap();

        assert_eq!(test.blueprint.rows[1].level.map(Level::get), Some(2));
        assert_eq!(test.blueprint.n_questions(), 9);
        assert_eq!(test.limit_minutes, None);
        assert_eq!(test.rules.topic_cut.get(), 60);
        assert_eq!(test.rules.cut_of("http-edge", Topic::Monitoring).get(), 50);
        // A cut of a topic that no row asks is let go.
        assert_eq!(test.rules.cuts.len(), 1);
        assert!(!test.rules.critical_must_hold);
    }

    #[test]
    fn a_stored_test_shown_and_posted_unchanged_is_the_same_test() {
        let test = Draft::typed(&two_rows("save")).test().unwrap();
        let found = Found {
            id: "t".to_owned(),
            name: "On call".to_owned(),
            version: 3,
            test: test.clone(),
            n_rounds: 0,
        };

        assert_eq!(Draft::of(&found).test(), Ok(test));
    }

    #[test]
    fn a_cut_that_is_no_per_cent_is_refused_at_its_field() {
        let mut fields = two_rows("save");
        fields.retain(|(name, _)| name != "cut");
        fields.push(("cut".to_owned(), "101".to_owned()));

        let problems = Draft::typed(&fields).test().unwrap_err();

        assert_eq!(problems.iter().map(|problem| problem.field.as_str()).collect::<Vec<_>>(), ["cut"]);
    }

    #[test]
    fn a_problem_of_a_row_is_told_at_the_fields_of_that_row() {
        let draft = Draft::typed(&two_rows("save"));

        let told = draft.at_fields(vec![
            Problem::new("n-1", "x"),
            Problem::new("rows", "y"),
            Problem::new("name", "z"),
        ]);

        assert_eq!(
            told.iter().map(|problem| problem.field.as_str()).collect::<Vec<_>>(),
            ["n-3", "rows", "name"]
        );
    }
}
