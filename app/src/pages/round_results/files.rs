//! A round as files, for people who analyse elsewhere. What each field means
//! stands in `docs/round-files.md`.
//!
//! Attempts and people have numbers and no names, in an order that tells
//! nothing.

use std::collections::HashMap;

use axum::Extension;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use backend::Error;
use backend::results::{self, Results};
use domain::answer::{Answer, Confidence};
use domain::item_analysis::ItemFigures;
use domain::marking::{POINT, Score};
use domain::proportion::Interval;
use domain::reliability::{TestFigures, test_figures};
use domain::results::{Item, Met, Table, Versions, nameless};
use serde::Serialize;

use super::asked::which;
use crate::csv::{KIND, file, iso, unknown_filters};
use crate::files::{answer, attached};
use crate::filtering::{Query, unknown_words};
use crate::server::{Asked, Site};

/// Answers `/circles/{circle}/rounds/{round}/responses.csv`, for leaders.
pub async fn responses_csv(
    State(site): State<Site>,
    Extension(asked): Extension<Asked>,
    Path(of): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    let made = |results: &Results, versions| {
        let text = responses(&results.table(versions)).map_err(|why| Error::Corrupt(why.to_string()))?;
        Ok(attached(text, KIND, &format!("responses-{}.csv", name(results))))
    };
    answer(&asked, file_of(&site, &asked, of, query, made)).await
}

/// Answers `/circles/{circle}/rounds/{round}/answers.csv`, for leaders.
pub async fn answers_csv(
    State(site): State<Site>,
    Extension(asked): Extension<Asked>,
    Path(of): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    let made =
        |results: &Results, _| file(&format!("answers-{}", name(results)), &HEAD, answer_rows(results));
    answer(&asked, file_of(&site, &asked, of, query, made)).await
}

/// Answers `/circles/{circle}/rounds/{round}/results.json`, for leaders.
pub async fn results_json(
    State(site): State<Site>,
    Extension(asked): Extension<Asked>,
    Path(of): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    let made = |results: &Results, versions| {
        let text = serde_json::to_vec(&Whole::of(results, versions)?);
        let text = text.map_err(|why| Error::Corrupt(why.to_string()))?;
        Ok(attached(text, "application/json", &format!("results-{}.json", name(results))))
    };
    answer(&asked, file_of(&site, &asked, of, query, made)).await
}

/// A file made of the results, or why what was asked for is no filter.
async fn file_of(
    site: &Site,
    asked: &Asked,
    (circle, round): (String, String),
    query: Option<String>,
    made: impl FnOnce(&Results, Versions) -> backend::Result<Response>,
) -> backend::Result<Response> {
    match load(site, asked, &circle, &round, query.as_deref()).await? {
        Ok((results, versions)) => made(&results, versions),
        Err(unknown) => Ok(unknown_filters(&unknown)),
    }
}

/// The results and whether versions are apart, or what was asked for and is no
/// filter.
async fn load(
    site: &Site,
    asked: &Asked,
    circle: &str,
    round: &str,
    query: Option<&str>,
) -> backend::Result<Result<(Results, Versions), Vec<String>>> {
    let (who, query, mut unknown) = (asked.signed_in()?, Query::of(query.unwrap_or_default()), Vec::new());
    let which = which(&query, &mut unknown);
    let versions = match query.value("versions") {
        None | Some("pooled") => Versions::Pooled,
        Some("apart") => Versions::Apart,
        Some(other) => {
            unknown.push(unknown_words("versions", other));
            Versions::Pooled
        }
    };
    let results = results::of_round(&site.db, &who, circle, round, which, asked.received_at).await?;
    Ok(if unknown.is_empty() { Ok((results, versions)) } else { Err(unknown) })
}

/// Circle and day; short names have letters, digits and hyphens.
fn name(results: &Results) -> String {
    format!("{}-{}", results.round.circle, results.round.closes_at.format("%Y-%m-%d"))
}

/// The marks as `muster analyse` reads them. Every cell is a number, a name of
/// letters, digits, hyphens and slashes, or the one hyphen that stands for "not
/// answered": none of it is computed by a spreadsheet.
fn responses(table: &Table) -> csv::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let names = table.columns.iter().map(|column| item_name(&column.item));
    writer.write_record(["attempt".to_owned()].into_iter().chain(names))?;
    let maxima = table.columns.iter().map(|column| decimal(column.maximum));
    writer.write_record(["max".to_owned()].into_iter().chain(maxima))?;
    let numbers = nameless(table.rows.iter().map(|row| row.attempt.as_str()));
    let mut rows: Vec<_> = table.rows.iter().map(|row| (numbers[row.attempt.as_str()], row)).collect();
    rows.sort_unstable_by_key(|(number, _)| *number);
    for (number, row) in rows {
        let mut cells = vec![String::new(); table.columns.len()];
        for (place, cell) in &row.cells {
            cells[*place] = if cell.is_answered { decimal(cell.mark) } else { "-".to_owned() };
        }
        writer.write_record([number.to_string()].into_iter().chain(cells))?;
    }
    writer.into_inner().map_err(|why| csv::Error::from(why.into_error()))
}

/// "orders-db/process/whom", and with "@" the beginning of its version.
fn item_name(item: &Item) -> String {
    match &item.version {
        Some(version) => format!("{}@{}", item.question, version.chars().take(12).collect::<String>()),
        None => item.question.to_string(),
    }
}

/// Ten-thousandths of a point as points, exactly: "1", "0.3333".
fn decimal(ten_thousandths: i64) -> String {
    let text = format!("{}.{:04}", ten_thousandths / POINT, ten_thousandths % POINT);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

const HEAD: [&str; 17] = [
    "attempt",
    "person",
    "number",
    "slot",
    "question",
    "version",
    "service",
    "topic",
    "kind",
    "level",
    "critical",
    "mark",
    "max",
    "answered",
    "answer",
    "confidence",
    "seconds",
];

/// Numbers in the place of attempts and people, and the how manieth of its
/// person each attempt is.
struct Numbers<'r> {
    attempts: HashMap<&'r str, u32>,
    people: HashMap<&'r str, u32>,
    of_person: HashMap<&'r str, u32>,
}

impl<'r> Numbers<'r> {
    fn of(met: &'r [Met]) -> Numbers<'r> {
        let mut n_of_person: HashMap<&str, u32> = HashMap::new();
        let mut of_person = HashMap::new();
        for attempt in met.chunk_by(|a, b| a.attempt == b.attempt) {
            let n = n_of_person.entry(&attempt[0].person).or_default();
            *n += 1;
            of_person.insert(attempt[0].attempt.as_str(), *n);
        }
        Numbers {
            attempts: nameless(met.iter().map(|met| met.attempt.as_str())),
            people: nameless(met.iter().map(|met| met.person.as_str())),
            of_person,
        }
    }

    /// The attempts by their numbers.
    fn sorted(&self, met: &'r [Met]) -> Vec<&'r [Met]> {
        let mut attempts: Vec<&[Met]> = met.chunk_by(|a, b| a.attempt == b.attempt).collect();
        attempts.sort_unstable_by_key(|attempt| self.attempts[attempt[0].attempt.as_str()]);
        attempts
    }
}

fn answer_rows(results: &Results) -> Vec<[String; 17]> {
    let numbers = Numbers::of(&results.met);
    numbers.sorted(&results.met).into_iter().flatten().map(|met| answer_row(results, &numbers, met)).collect()
}

fn answer_row(results: &Results, numbers: &Numbers<'_>, met: &Met) -> [String; 17] {
    let question = results.question(&met.question, &met.version);
    let score = met.score.unwrap_or_default();
    let of_question = |words: &dyn Fn(&domain::question::Question) -> String| {
        question.map(|question| words(question)).unwrap_or_default()
    };
    [
        numbers.attempts[met.attempt.as_str()].to_string(),
        numbers.people[met.person.as_str()].to_string(),
        numbers.of_person[met.attempt.as_str()].to_string(),
        met.slot.to_string(),
        met.question.to_string(),
        met.version.clone(),
        met.question.service.clone(),
        met.question.topic.to_string(),
        of_question(&|question| question.kind().as_str().to_owned()),
        of_question(&|question| question.level.get().to_string()),
        of_question(&|question| if question.critical { "yes" } else { "no" }.to_owned()),
        decimal(score.earned()),
        decimal(score.possible()),
        answered(met.answer.as_ref()).to_owned(),
        met.answer.as_ref().map(answer_words).unwrap_or_default(),
        met.confidence.map(Confidence::as_str).unwrap_or_default().to_owned(),
        met.seconds.map(|seconds| seconds.to_string()).unwrap_or_default(),
    ]
}

fn answered(answer: Option<&Answer>) -> &'static str {
    match answer {
        Some(Answer::DoNotKnow) => "do_not_know",
        Some(answer) if !answer.is_empty() => "yes",
        _ => "no",
    }
}

/// Places count from 1 as the author wrote them: "2", "1 3", "2 1 3", and "2 - 1"
/// where a left side has none; or what was typed.
fn answer_words(answer: &Answer) -> String {
    let place = |place: &u8| (u32::from(*place) + 1).to_string();
    let each = |places: Vec<String>| places.join(" ");
    match answer {
        Answer::DoNotKnow => String::new(),
        Answer::One(one) => place(one),
        Answer::Several(places) => each(places.iter().map(place).collect()),
        Answer::Order(places) => each(places.iter().map(place).collect()),
        Answer::Pairs(places) => {
            each(places.iter().map(|one| one.as_ref().map_or_else(|| "-".to_owned(), place)).collect())
        }
        Answer::Typed(text) => text.clone(),
    }
}

/// The JSON file.
#[derive(Serialize)]
struct Whole {
    format: &'static str,
    round: OfRound,
    n_attempts: usize,
    n_waiting: usize,
    test: TestFigures,
    questions: Vec<OfQuestion>,
    attempts: Vec<OfAttempt>,
}

#[derive(Serialize)]
struct OfRound {
    name: String,
    test: String,
    opens_at: String,
    closes_at: String,
    attempts: &'static str,
    versions: &'static str,
}

#[derive(Serialize)]
struct OfQuestion {
    id: String,
    question: String,
    version: Option<String>,
    kind: Option<&'static str>,
    level: Option<u8>,
    critical: Option<bool>,
    #[serde(flatten)]
    figures: ItemFigures,
    interval: Option<Interval>,
    n_missed: u32,
    n_certain_and_missed: u32,
    n_do_not_know: u32,
    n_not_answered: u32,
    median_seconds: Option<i64>,
}

#[derive(Serialize)]
struct OfAttempt {
    attempt: u32,
    person: u32,
    number: u32,
    answers: Vec<OfSlot>,
}

#[derive(Serialize)]
struct OfSlot {
    slot: u16,
    question: String,
    version: String,
    mark: f64,
    max: f64,
    answered: &'static str,
    answer: Option<Answer>,
    confidence: Option<Confidence>,
    seconds: Option<i64>,
}

impl Whole {
    fn of(results: &Results, versions: Versions) -> backend::Result<Whole> {
        let numbers = Numbers::of(&results.met);
        let table = results.table(versions).responses().map_err(|why| Error::Corrupt(why.to_string()))?;
        let attempts = numbers.sorted(&results.met).into_iter().map(|met| OfAttempt::of(met, &numbers));
        Ok(Whole {
            format: "muster round 1",
            round: OfRound {
                name: results.round.name.clone(),
                test: results.round.test_name.clone(),
                opens_at: iso(results.round.opens_at),
                closes_at: iso(results.round.closes_at),
                attempts: results.which.as_str(),
                versions: if versions == Versions::Apart { "apart" } else { "pooled" },
            },
            n_attempts: numbers.attempts.len(),
            n_waiting: results.n_waiting,
            test: test_figures(&table),
            questions: of_questions(results, versions)?,
            attempts: attempts.collect(),
        })
    }
}

fn of_questions(results: &Results, versions: Versions) -> backend::Result<Vec<OfQuestion>> {
    let of_each = results.figures(versions)?.into_iter().map(|it| {
        let question = results.question(&it.item.question, &it.newest);
        OfQuestion {
            id: item_name(&it.item),
            question: it.item.question.to_string(),
            kind: question.map(|question| question.kind().as_str()),
            level: question.map(|question| question.level.get()),
            critical: question.map(|question| question.critical),
            interval: it.interval,
            n_missed: it.n_missed,
            n_certain_and_missed: it.n_certain_and_missed(),
            n_do_not_know: it.n_do_not_know,
            n_not_answered: it.n_not_answered,
            median_seconds: it.median_seconds,
            figures: it.figures,
            version: it.item.version,
        }
    });
    Ok(of_each.collect())
}

impl OfAttempt {
    fn of(met: &[Met], numbers: &Numbers<'_>) -> OfAttempt {
        let attempt = met[0].attempt.as_str();
        OfAttempt {
            attempt: numbers.attempts[attempt],
            person: numbers.people[met[0].person.as_str()],
            number: numbers.of_person[attempt],
            answers: met.iter().map(OfSlot::of).collect(),
        }
    }
}

impl OfSlot {
    fn of(met: &Met) -> OfSlot {
        let points = |ten_thousandths: i64| ten_thousandths as f64 / POINT as f64;
        let score: Score = met.score.unwrap_or_default();
        OfSlot {
            slot: met.slot,
            question: met.question.to_string(),
            version: met.version.clone(),
            mark: points(score.earned()),
            max: points(score.possible()),
            answered: answered(met.answer.as_ref()),
            answer: met.answer.clone(),
            confidence: met.confidence,
            seconds: met.seconds,
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::item_analysis::item_figures;
    use domain::item_analysis::reading::ResponseFile;

    use super::*;

    fn met(attempt: &str, question: &str, earned: i64, answer: Option<Answer>) -> Met {
        Met {
            attempt: attempt.into(),
            person: attempt.into(),
            slot: 1,
            question: format!("orders-db/process/{question}").parse().unwrap(),
            version: "0123456789abcdef".into(),
            score: Score::new(earned, POINT),
            answer,
            confidence: None,
            seconds: None,
        }
    }

    #[test]
    fn the_marks_are_what_muster_analyse_reads() {
        let all = [
            met("a", "whom", POINT, Some(Answer::One(0))),
            met("a", "port", 3_333, Some(Answer::Typed("=1".into()))),
            met("b", "whom", 0, None),
        ];
        let table = Table::of(&all, Versions::Pooled);

        let text = responses(&table).unwrap();

        let lines = String::from_utf8(text.clone()).unwrap();
        assert!(
            lines.starts_with("attempt,orders-db/process/port,orders-db/process/whom\nmax,1,1\n"),
            "{lines}"
        );
        assert!(lines.contains(",0.3333,1\n") && lines.contains(",,-\n"), "{lines}");
        let read = ResponseFile::read(&text).unwrap();
        assert_eq!(read.item_figures(), item_figures(&table.responses().unwrap()));
    }

    #[test]
    fn an_answer_is_told_in_the_places_of_its_author() {
        let cases = [
            (Answer::One(0), "1"),
            (Answer::Several([0, 2].into()), "1 3"),
            (Answer::Order(vec![1, 0]), "2 1"),
            (Answer::Pairs(vec![Some(1), None]), "2 -"),
            (Answer::Typed("=cmd()".into()), "=cmd()"),
            (Answer::DoNotKnow, ""),
        ];
        for (answer, words) in cases {
            assert_eq!(answer_words(&answer), words);
        }
        assert_eq!((decimal(20_000), decimal(3_333), decimal(0)), ("2".into(), "0.3333".into(), "0".into()));
    }
}
