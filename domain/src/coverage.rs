//! What a bank covers: how many questions there are for each topic and level,
//! and where it is thin. It knows what stands in the bank, not what was drawn.

use chrono::NaiveDate;

use crate::question::{Level, State, Topic};

/// A review is long ago after so many days.
pub const REVIEW_DAYS: u64 = 180;

/// A topic with fewer ready questions cannot fill a row of a test worth
/// sitting.
pub const ROW_OF_A_TEST: u32 = 5;

/// What coverage asks of one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    pub topic: Topic,
    pub level: Level,
    pub state: State,
    pub critical: bool,
    pub reviewed: Option<NaiveDate>,
}

/// When a question was looked at last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Review {
    Never,
    LongAgo,
    Lately,
}

impl Review {
    /// A day that is still to come counts as today: somebody's clock is ahead.
    pub fn of(reviewed: Option<NaiveDate>, today: NaiveDate) -> Review {
        match reviewed {
            None => Review::Never,
            Some(day) if day < lately_from(today) => Review::LongAgo,
            Some(_) => Review::Lately,
        }
    }
}

/// The first day from which a review is not long ago.
pub fn lately_from(today: NaiveDate) -> NaiveDate {
    today.checked_sub_days(chrono::Days::new(REVIEW_DAYS)).unwrap_or(NaiveDate::MIN)
}

/// The questions of a service, counted topic by topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// In the order of [`Topic::ALL`].
    pub topics: [Counts; 4],
}

/// How many questions of which sort there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Ready, level by level.
    pub ready: [u32; 3],
    /// Ready and critical.
    pub critical: u32,
    /// Ready, and nobody wrote down a review.
    pub never_reviewed: u32,
    /// Ready, and the review is long ago.
    pub reviewed_long_ago: u32,
    pub drafts: u32,
    pub outdated: u32,
}

impl Coverage {
    pub fn of(questions: impl IntoIterator<Item = Held>, today: NaiveDate) -> Coverage {
        let mut coverage = Coverage { topics: [Counts::default(); 4] };
        for question in questions {
            coverage.topics[place(question.topic)].add(&question, today);
        }
        coverage
    }

    pub fn topic(&self, topic: Topic) -> &Counts {
        &self.topics[place(topic)]
    }

    /// All topics together.
    pub fn whole(&self) -> Counts {
        self.topics.iter().fold(Counts::default(), |sum, topic| sum.and(topic))
    }

    /// Where a test finds too little to ask, by topic: of a topic that cannot
    /// fill a row no level is named.
    pub fn thin_spots(&self) -> Vec<ThinSpot> {
        let spots = |(topic, counts): (Topic, &Counts)| match counts.n_ready() {
            n_ready if n_ready < ROW_OF_A_TEST => vec![ThinSpot::TooFew { topic, n_ready }],
            _ => {
                let missing = Level::ALL.into_iter().filter(|level| counts.ready_of(*level) == 0);
                missing.map(|level| ThinSpot::NoLevel { topic, level }).collect()
            }
        };
        Topic::ALL.into_iter().zip(&self.topics).flat_map(spots).collect()
    }
}

/// A topic that a test cannot ask as one would like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThinSpot {
    /// Fewer than [`ROW_OF_A_TEST`] are ready.
    TooFew { topic: Topic, n_ready: u32 },
    /// None is ready at this level.
    NoLevel { topic: Topic, level: Level },
}

impl Counts {
    fn add(&mut self, question: &Held, today: NaiveDate) {
        match question.state {
            State::Draft => self.drafts += 1,
            State::Outdated => self.outdated += 1,
            State::Ready => {
                self.ready[usize::from(question.level.get()) - 1] += 1;
                self.critical += u32::from(question.critical);
                match Review::of(question.reviewed, today) {
                    Review::Never => self.never_reviewed += 1,
                    Review::LongAgo => self.reviewed_long_ago += 1,
                    Review::Lately => {}
                }
            }
        }
    }

    fn and(&self, other: &Counts) -> Counts {
        Counts {
            ready: std::array::from_fn(|level| self.ready[level] + other.ready[level]),
            critical: self.critical + other.critical,
            never_reviewed: self.never_reviewed + other.never_reviewed,
            reviewed_long_ago: self.reviewed_long_ago + other.reviewed_long_ago,
            drafts: self.drafts + other.drafts,
            outdated: self.outdated + other.outdated,
        }
    }

    pub fn ready_of(&self, level: Level) -> u32 {
        self.ready[usize::from(level.get()) - 1]
    }

    pub fn n_ready(&self) -> u32 {
        self.ready.iter().sum()
    }

    /// Whatever the state.
    pub fn n_all(&self) -> u32 {
        self.n_ready() + self.drafts + self.outdated
    }
}

fn place(topic: Topic) -> usize {
    match topic {
        Topic::Process => 0,
        Topic::Architecture => 1,
        Topic::Troubleshooting => 2,
        Topic::Monitoring => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn today() -> NaiveDate {
        day("2026-11-22")
    }

    fn held(topic: Topic, level: u8, state: State) -> Held {
        let level = Level::try_from(level).unwrap();
        Held { topic, level, state, critical: false, reviewed: Some(today()) }
    }

    #[test]
    fn a_review_is_long_ago_after_180_days() {
        let cases = [
            (None, Review::Never),
            (Some("2025-01-01"), Review::LongAgo),
            (Some("2026-05-25"), Review::LongAgo),
            (Some("2026-05-26"), Review::Lately),
            (Some("2026-11-22"), Review::Lately),
            (Some("2027-01-01"), Review::Lately),
        ];
        for (reviewed, expected) in cases {
            assert_eq!(Review::of(reviewed.map(day), today()), expected, "{reviewed:?}");
        }
    }

    #[test]
    fn the_earliest_day_of_all_is_long_ago_and_no_day_is_before_it() {
        assert_eq!(Review::of(Some(NaiveDate::MIN), today()), Review::LongAgo);
        assert_eq!(Review::of(Some(NaiveDate::MIN), NaiveDate::MIN), Review::Lately);
    }

    #[test]
    fn questions_are_counted_by_topic_and_level_and_only_ready_ones_are_judged() {
        let process = |level, state| held(Topic::Process, level, state);
        let questions = [
            process(1, State::Ready),
            Held { critical: true, reviewed: None, ..process(1, State::Ready) },
            Held { reviewed: Some(day("2026-01-01")), ..process(3, State::Ready) },
            Held { critical: true, reviewed: None, ..process(2, State::Draft) },
            Held { critical: true, reviewed: None, ..process(2, State::Outdated) },
            held(Topic::Monitoring, 2, State::Ready),
        ];

        let coverage = Coverage::of(questions, today());

        let expected = Counts {
            ready: [2, 0, 1],
            critical: 1,
            never_reviewed: 1,
            reviewed_long_ago: 1,
            drafts: 1,
            outdated: 1,
        };
        assert_eq!(*coverage.topic(Topic::Process), expected);
        assert_eq!(coverage.topic(Topic::Monitoring).ready, [0, 1, 0]);
        assert_eq!(*coverage.topic(Topic::Architecture), Counts::default());
        assert_eq!((coverage.whole().ready, coverage.whole().n_all()), ([2, 1, 1], 6));
    }

    #[test]
    fn every_topic_has_its_own_place() {
        for (n, topic) in Topic::ALL.into_iter().enumerate() {
            assert_eq!(place(topic), n);
        }
    }

    #[test]
    fn a_topic_is_thin_where_a_row_cannot_be_filled_or_a_level_has_nothing() {
        let ready = |topic, levels: &[u8]| {
            levels.iter().map(move |&level| held(topic, level, State::Ready)).collect::<Vec<_>>()
        };
        let questions = [
            ready(Topic::Process, &[1, 2, 3, 1, 2]),
            ready(Topic::Architecture, &[1, 2, 3, 1]),
            ready(Topic::Monitoring, &[2, 2, 2, 2, 2, 2]),
            vec![held(Topic::Troubleshooting, 1, State::Draft); 9],
        ];

        let spots = Coverage::of(questions.concat(), today()).thin_spots();

        let level = |n| Level::try_from(n).unwrap();
        assert_eq!(
            spots,
            [
                ThinSpot::TooFew { topic: Topic::Architecture, n_ready: 4 },
                ThinSpot::TooFew { topic: Topic::Troubleshooting, n_ready: 0 },
                ThinSpot::NoLevel { topic: Topic::Monitoring, level: level(1) },
                ThinSpot::NoLevel { topic: Topic::Monitoring, level: level(3) },
            ]
        );
    }
}
