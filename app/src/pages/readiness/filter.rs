//! What a leader asked to see of the matrix, as it stands in the address, and
//! what of the matrix that is.

use backend::readiness::Matrix;
use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use domain::question::Topic;
use domain::readiness::{Ending, all_ready_until, usual_horizon};

use super::short_day;
use crate::filtering::{self, Query, unknown_words};
use crate::pages::members::listing::holds;

/// The longest name that is searched for, in characters.
const LONGEST_NAME: usize = 100;

/// What a leader asked to see. What the address says and is no filter is left
/// out, and told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// The place of a service in the matrix; `None` is every service.
    pub service: Option<usize>,
    pub topic: Option<Topic>,
    pub show: Show,
    /// A part of a name; empty is everybody.
    pub name: String,
    /// Passes that end before this day are ahead; `None` is the usual day.
    pub before: Option<NaiveDate>,
    /// What was asked for and is no filter, in words: "service “no-such”".
    pub unknown: Vec<String>,
}

/// Whom to show of those the other filters leave.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Show {
    #[default]
    Everybody,
    /// Not ready for everything that is shown.
    Gaps,
    /// With a pass that ends before the day.
    Expiring,
    /// Ready for everything that is shown.
    Ready,
}

impl Show {
    pub const ALL: [Show; 4] = [Show::Everybody, Show::Gaps, Show::Expiring, Show::Ready];

    /// As it stands in the address; the first stands for itself by its absence.
    pub fn as_str(self) -> &'static str {
        match self {
            Show::Everybody => "",
            Show::Gaps => "gaps",
            Show::Expiring => "expiring",
            Show::Ready => "ready",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Show::Everybody => "Everybody",
            Show::Gaps => "Not ready",
            Show::Expiring => "A pass ends before the day",
            Show::Ready => "Ready",
        }
    }
}

impl Filter {
    /// The filter that a query says, for those services, on that day.
    pub fn read(query: &str, services: &[(String, String)], today: NaiveDate) -> Filter {
        let query = Query::of(query);
        let mut filter = Filter::default();
        if let Some(slug) = query.value("service") {
            filter.service = services.iter().position(|(known, _)| known == slug);
            filter.note(filter.service.is_none(), "service", slug);
        }
        if let Some(topic) = query.value("topic") {
            filter.topic = topic.parse().ok();
            filter.note(filter.topic.is_none(), "topic", topic);
        }
        if let Some(show) = query.value("show") {
            let known = Show::ALL.into_iter().find(|known| known.as_str() == show);
            filter.show = known.unwrap_or_default();
            filter.note(known.is_none(), "show", show);
        }
        if let Some(day) = query.value("before") {
            let read = Some(day).filter(|day| day.len() == 10).and_then(|day| day.parse().ok());
            let is_known = read.is_some_and(|read: NaiveDate| read > today && read.year() <= 9999);
            // The usual day is no filter.
            filter.before = read.filter(|read| is_known && *read != usual_horizon(today));
            filter.note(!is_known, "day", day);
        }
        filter.name = query.value("q").unwrap_or_default().chars().take(LONGEST_NAME).collect();
        filter
    }

    fn note(&mut self, is_unknown: bool, what: &str, value: &str) {
        if is_unknown {
            self.unknown.push(unknown_words(what, value));
        }
    }

    /// The address of this filter: `path` with a query, if there is one.
    pub fn address(&self, path: &str, services: &[(String, String)]) -> String {
        let service = self.service.map(|place| services[place].0.clone()).unwrap_or_default();
        let topic = self.topic.map(|topic| topic.to_string()).unwrap_or_default();
        let before = self.before.map(|day| day.to_string()).unwrap_or_default();
        let pairs = [
            ("service", service.as_str()),
            ("topic", &topic),
            ("show", self.show.as_str()),
            ("q", &self.name),
            ("before", &before),
        ];
        filtering::address(path, &pairs)
    }

    /// Every filter that is set, in words, and what is left without it.
    pub fn set(&self, services: &[(String, String)]) -> Vec<(String, Filter)> {
        let without = |change: fn(&mut Filter)| {
            let mut filter = self.clone();
            change(&mut filter);
            filter
        };
        let mut set = Vec::new();
        if let Some(place) = self.service {
            set.push((services[place].1.clone(), without(|filter| filter.service = None)));
        }
        if let Some(topic) = self.topic {
            set.push((topic.title().to_owned(), without(|filter| filter.topic = None)));
        }
        if self.show != Show::Everybody {
            set.push((self.show.title().to_owned(), without(|filter| filter.show = Show::Everybody)));
        }
        if !self.name.is_empty() {
            set.push((format!("Name has “{}”", self.name), without(|filter| filter.name.clear())));
        }
        if let Some(day) = self.before {
            let words = format!("Ends before {}", day.format("%-d %b %Y"));
            set.push((words, without(|filter| filter.before = None)));
        }
        set
    }

    /// What this filter shows of a matrix.
    pub fn of<'m>(&self, matrix: &'m Matrix, now: DateTime<Utc>) -> Shown<'m> {
        let zone = matrix.member.zone;
        let before = self.before.unwrap_or_else(|| usual_horizon(day_of(now, zone)));
        let services: Vec<usize> =
            self.service.map_or_else(|| (0..matrix.services.len()).collect(), |place| vec![place]);
        let topics = self.topic.map_or_else(|| Topic::ALL.to_vec(), |topic| vec![topic]);
        let people: Vec<usize> =
            (0..matrix.people.len()).filter(|&n| holds(&matrix.people[n].name, &self.name)).collect();
        let endings = matrix.endings(&people, &services, &topics, start_of(before, zone));
        let mut shown = Shown { matrix, services, topics, people, rows: Vec::new(), before, endings };
        shown.rows = match self.show {
            Show::Everybody => shown.people.clone(),
            Show::Gaps => shown.people_who(|person| !shown.is_ready(person)),
            Show::Ready => shown.people_who(|person| shown.is_ready(person)),
            Show::Expiring => {
                let ending = shown.people_of_endings();
                shown.people_who(|person| ending.contains(&person))
            }
        };
        shown
    }
}

/// What a filter shows of a matrix, by places in it.
pub struct Shown<'m> {
    pub matrix: &'m Matrix,
    pub services: Vec<usize>,
    pub topics: Vec<Topic>,
    /// Whom the sentence of truth speaks of: everybody the name fits, whether
    /// they are ready or not.
    pub people: Vec<usize>,
    /// The people that are shown.
    pub rows: Vec<usize>,
    /// In the reader's zone.
    pub before: NaiveDate,
    /// What of `people` ends before that day.
    pub endings: Vec<Ending>,
}

impl Shown<'_> {
    /// How many of all those spoken of are ready for the service at this place.
    pub fn n_ready_for(&self, service: usize) -> usize {
        self.people.iter().filter(|&&person| self.is_ready_for(person, &[service])).count()
    }

    /// Those with a pass that ends before the day, the first to lose one first.
    pub fn people_of_endings(&self) -> Vec<usize> {
        let mut people = Vec::new();
        let mut seen = vec![false; self.matrix.people.len()];
        for ending in &self.endings {
            if !std::mem::replace(&mut seen[ending.person], true) {
                people.push(ending.person);
            }
        }
        people
    }

    /// The circle in one sentence or two: "4 of 6 are ready for everything.
    /// 5 people have a pass that ends before 1 Jan."
    pub fn sentence(&self, filter: &Filter, now: DateTime<Utc>) -> String {
        if self.people.is_empty() {
            return format!("Nobody has “{}” in their name.", filter.name);
        }
        let (n, n_ready) = (self.people.len(), self.people_who(|person| self.is_ready(person)).len());
        let whom = match filter.name.as_str() {
            "" => String::new(),
            name => format!(" with “{name}” in their name"),
        };
        let verb = if n_ready == 1 { "is" } else { "are" };
        let ready = format!("{n_ready} of {n}{whom} {verb} ready for {}.", self.what(filter));
        let day = short_day(start_of(self.before, self.zone()), now, self.zone());
        let ending = match self.people_of_endings().len() {
            0 => format!("No pass ends before {day}."),
            1 => format!("1 person has a pass that ends before {day}."),
            n => format!("{n} people have a pass that ends before {day}."),
        };
        format!("{ready} {ending}")
    }

    /// What the filter asks about: "everything", "monitoring of Orders DB".
    fn what(&self, filter: &Filter) -> String {
        let name = |place: usize| self.matrix.services[place].1.as_str();
        match (filter.service, filter.topic) {
            (None, None) => "everything".to_owned(),
            (Some(place), None) => name(place).to_owned(),
            (None, Some(topic)) => format!("{topic} of every service"),
            (Some(place), Some(topic)) => format!("{topic} of {}", name(place)),
        }
    }

    fn people_who(&self, fits: impl Fn(usize) -> bool) -> Vec<usize> {
        self.people.iter().copied().filter(|&person| fits(person)).collect()
    }

    fn is_ready(&self, person: usize) -> bool {
        self.is_ready_for(person, &self.services)
    }

    fn is_ready_for(&self, person: usize, services: &[usize]) -> bool {
        let person = &self.matrix.people[person];
        let standing =
            |&service: &usize| self.topics.iter().map(move |&topic| person.cell(service, topic).standing);
        all_ready_until(services.iter().flat_map(standing)).is_some()
    }

    pub fn zone(&self) -> Tz {
        self.matrix.member.zone
    }
}

/// The day that an instant falls on in a zone.
pub fn day_of(at: DateTime<Utc>, zone: Tz) -> NaiveDate {
    at.with_timezone(&zone).date_naive()
}

/// The first instant of a day in a zone. Where the clocks go forward at
/// midnight the day begins later.
pub fn start_of(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    let first = (0..96)
        .filter_map(|quarter| midnight.checked_add_signed(TimeDelta::minutes(15 * quarter)))
        .find_map(|local| zone.from_local_datetime(&local).earliest());
    first.map_or(midnight.and_utc(), |at| at.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use chrono_tz::{Africa::Cairo, Europe::Rome, UTC};
    use domain::readiness::Standing;

    use super::super::for_tests::{all_ready, cell, matrix_of, november, one_gap, row_of};
    use super::*;

    fn services() -> Vec<(String, String)> {
        [("orders-db", "Orders DB"), ("edge", "HTTP edge")].map(|(a, b)| (a.to_owned(), b.to_owned())).into()
    }

    fn today() -> NaiveDate {
        day_of(november(), UTC)
    }

    fn read(query: &str) -> Filter {
        Filter::read(query, &services(), today())
    }

    /// Ada is ready for both services, and her monitoring of the second ends
    /// in nine days. Bo has a gap in the first.
    fn matrix() -> Matrix {
        let mut ending = all_ready();
        ending[3] = cell(Standing::Expiring { until: november() + TimeDelta::days(9) });
        let ada = row_of("ada", "Ada Brown", vec![all_ready(), ending]);
        let bo = row_of("bo", "Bo Lindqvist", vec![one_gap(), all_ready()]);
        matrix_of(services(), vec![ada, bo])
    }

    fn names(query: &str) -> Vec<String> {
        let matrix = matrix();
        let shown = read(query).of(&matrix, november());
        shown.rows.iter().map(|&person| matrix.people[person].person.clone()).collect()
    }

    #[test]
    fn a_filter_is_read_from_the_address_and_written_back() {
        let addresses = [
            "",
            "?service=edge",
            "?service=orders-db&topic=monitoring&show=gaps&q=ada%20b&before=2026-02-01",
            "?show=ready",
            "?q=%3Cb%3E%26",
        ];
        for address in addresses {
            let filter = read(address.trim_start_matches('?'));
            assert!(filter.unknown.is_empty());
            assert_eq!(filter.address("/r", &services()), format!("/r{address}"));
        }
        assert_eq!(
            read("service=&topic=&show=&q=+&before=2026-01-01"),
            Filter::default(),
            "a form sends all"
        );
    }

    #[test]
    fn what_is_no_filter_is_left_out_and_told() {
        let long = "x".repeat(9000);
        let cases = [
            ("service=no-such".to_owned(), "service “no-such”".to_owned()),
            ("topic=love".to_owned(), "topic “love”".to_owned()),
            ("show=everything".to_owned(), "show “everything”".to_owned()),
            ("before=tomorrow".to_owned(), "day “tomorrow”".to_owned()),
            ("before=2026-02-30".to_owned(), "day “2026-02-30”".to_owned()),
            ("before=2025-11-22".to_owned(), "day “2025-11-22”".to_owned()),
            ("before=%2B99999-1-1".to_owned(), "day “+99999-1-1”".to_owned()),
            (format!("service={long}"), format!("service “{}…”", &long[..40])),
        ];
        for (query, unknown) in cases {
            let filter = read(&query);
            assert_eq!(filter, Filter { unknown: vec![unknown], ..Filter::default() });
        }
        assert_eq!(read(&format!("q={long}")).name.len(), LONGEST_NAME);
        assert_eq!(read("before=9999-12-31").before, NaiveDate::from_ymd_opt(9999, 12, 31));
        assert_eq!(read("tpoic=love&page=7&%00=%FF"), Filter::default());
    }

    #[test]
    fn each_filter_can_be_taken_off_alone() {
        let filter = read("service=edge&topic=process&show=gaps&q=ada&before=2026-02-01");

        let set = filter.set(&services());

        let words: Vec<_> = set.iter().map(|(words, _)| words.as_str()).collect();
        assert_eq!(words, ["HTTP edge", "Process", "Not ready", "Name has “ada”", "Ends before 1 Feb 2026"]);
        for (_, without) in &set {
            assert_eq!(without.set(&services()).len(), 4);
        }
        assert_eq!(
            set[2].1.address("/r", &services()),
            "/r?service=edge&topic=process&q=ada&before=2026-02-01"
        );
    }

    #[test]
    fn people_are_shown_by_name_by_what_they_lack_and_by_what_ends() {
        for (query, expected) in [
            ("", vec!["ada", "bo"]),
            ("show=gaps", vec!["bo"]),
            ("show=gaps&service=edge", vec![]),
            ("show=ready", vec!["ada"]),
            ("show=ready&service=edge", vec!["ada", "bo"]),
            ("show=expiring&before=2025-12-05", vec!["ada"]),
            ("show=expiring&before=2025-12-05&service=orders-db", vec![]),
            ("show=expiring&before=2025-12-05&topic=process", vec![]),
            ("q=LIND", vec!["bo"]),
            ("q=nobody", vec![]),
        ] {
            assert_eq!(names(query), expected, "{query}");
        }
    }

    #[test]
    fn the_sentence_speaks_of_everybody_the_name_fits_whatever_is_shown() {
        let matrix = matrix();
        let before = "before=2025-12-05";
        for (query, sentence) in [
            ("", "1 of 2 is ready for everything. 1 person has a pass that ends before 5 Dec."),
            ("show=gaps", "1 of 2 is ready for everything. 1 person has a pass that ends before 5 Dec."),
            ("service=edge", "2 of 2 are ready for HTTP edge. 1 person has a pass that ends before 5 Dec."),
            ("topic=process", "2 of 2 are ready for process of every service. No pass ends before 5 Dec."),
            (
                "topic=architecture&service=orders-db&q=bo",
                "0 of 1 with “bo” in their name are ready for architecture of Orders DB. No pass ends before 5 Dec.",
            ),
        ] {
            let filter = read(&format!("{query}&{before}"));
            assert_eq!(filter.of(&matrix, november()).sentence(&filter, november()), sentence);
        }
        let filter = read("q=zed");
        assert_eq!(
            filter.of(&matrix, november()).sentence(&filter, november()),
            "Nobody has “zed” in their name."
        );
        let filter = read("");
        let all = filter.of(&matrix, november());
        assert!(all.sentence(&filter, november()).ends_with("1 person has a pass that ends before 1 Jan."));
        assert_eq!((all.n_ready_for(0), all.n_ready_for(1)), (1, 2));
    }

    #[test]
    fn a_day_begins_in_the_readers_zone_also_where_midnight_is_skipped() {
        let day = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        assert_eq!(start_of(day, Rome).to_rfc3339(), "2025-12-31T23:00:00+00:00");
        assert_eq!(start_of(day, UTC).to_rfc3339(), "2026-01-01T00:00:00+00:00");
        // In Cairo the clocks went from midnight to one that night.
        let skipped = NaiveDate::from_ymd_opt(2024, 4, 26).unwrap();
        assert_eq!(start_of(skipped, Cairo).to_rfc3339(), "2024-04-25T22:00:00+00:00");
        assert_eq!(day_of(start_of(day, Rome), Rome), day);
    }
}
