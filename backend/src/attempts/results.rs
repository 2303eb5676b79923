//! What may be seen of an attempt that is over.
//!
//! The one place that decides when marks and right answers leave the server.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::answer::{Answer, Confidence};
use domain::attempt::{AnswerEvent, HandedInBy};
use domain::marking::Score;
use domain::people::Role;
use domain::question::{Kind, Question};
use domain::retake::Next;
use domain::round::{Sees, Showing, phase};
use domain::test::Test;
use domain::verdict::Verdict;
use sqlx::{query_as, query_scalar};

use super::Head;
use super::drawn::{self, StoredSlot};
use super::retaking::{KeptFrom, kept_from};
use crate::circles::{self, Member};
use crate::db::{Db, on};
use crate::error::{Error, Result};
use crate::marking::{self, Given};
use crate::people::Who;
use crate::{questions, rounds, tests};

/// An attempt that is over, with as much of it as may be seen.
#[derive(Debug, Clone)]
pub struct Outcome {
    pub id: String,
    pub circle: String,
    pub round: String,
    pub round_name: String,
    /// Whose it is; shown to leaders.
    pub person: String,
    pub name: String,
    pub is_mine: bool,
    pub started_at: DateTime<Utc>,
    pub finished_at: DateTime<Utc>,
    pub finished_by: HandedInBy,
    pub closes_at: DateTime<Utc>,
    pub shows: Showing,
    /// The how manieth attempt of this person in the round, from 1.
    pub number: u32,
    /// What was not asked again.
    pub kept: Vec<KeptFrom>,
    /// What the one who sat it may do next in the round; `None` for others, and
    /// where nothing is taken again.
    pub next: Option<Next>,
    pub test: Test,
    pub member: Member,
    pub n_questions: u32,
    pub n_answered: u32,
    /// Answers that came after the deadline, within the grace.
    pub n_late: u32,
    /// Answers that wait for a marker.
    pub n_unmarked: u32,
    /// How often the one who sat it objected to a question.
    pub n_reports: i64,
    /// `None` while the score may not be seen, or an answer is not marked yet.
    pub verdict: Option<Verdict>,
    /// `None` while the answers may not be seen.
    pub questions: Option<Vec<Reviewed>>,
}

/// One question after the answers may be seen.
#[derive(Debug, Clone)]
pub struct Reviewed {
    pub n: u16,
    pub question: Arc<Question>,
    pub version: String,
    /// Place `p` showed what is written at `order[p]`.
    pub order: Vec<u8>,
    /// In places as shown; `None` while it is hidden.
    pub answer: Option<Answer>,
    /// From leaders until it is marked: who marks it is not to know whose it is.
    pub is_hidden: bool,
    pub confidence: Option<Confidence>,
    /// `None` until it is marked.
    pub score: Option<Score>,
    /// The rule, or the reason of whoever marked it.
    pub why: String,
    /// What a leader gave, line by line of the rubric.
    pub given: Option<Given>,
}

/// The outcome of an attempt: for the one who sat it, as the round's settings
/// allow; for the leaders of the circle, all of it.
pub async fn find(db: &Db, who: &Who, id: &str, now: DateTime<Utc>) -> Result<Outcome> {
    let head = super::head(db, id).await?.ok_or(Error::NotFound)?;
    let member = circles::member(db, who, &head.circle).await?;
    let is_mine = head.person == who.person;
    let is_leader = member.role == Role::Leader;
    if !is_mine && !is_leader {
        return Err(Error::NotFound);
    }
    let Some(finished_at) = head.finished_at else { return Err(Error::NotFound) };
    let sees = sees(&head, is_mine, now)?;
    let test = tests::parse_definition(&head.definition)?;
    let sheet = drawn::of(db, id).await?;
    let stored = sheet.slots.as_slice();
    let events = super::events(db, id).await?;
    let current = domain::attempt::current(&events);
    let n_answered = current.values().filter(|event| event.answer.is_some()).count();
    let verdict = match (&head.verdict, sees.score) {
        (Some(json), true) => Some(serde_json::from_str(json).map_err(|_| Error::Corrupt(json.clone()))?),
        _ => None,
    };
    let marks = marks(db, id).await?;
    let n_unmarked = stored.iter().filter(|slot| !marks.contains_key(&i64::from(slot.n))).count();
    let questions = match sees.answers {
        true => {
            let given = match stored.iter().any(|slot| slot.question.kind() == Kind::Open) {
                true => marking::given_in(db, id).await?,
                false => HashMap::new(),
            };
            let mut shown = review(stored, &current, marks, given, is_mine);
            name_sources(db, &head.circle, id, &mut shown).await?;
            Some(shown)
        }
        false => None,
    };
    let next = match is_mine && head.n_retakes > 0 {
        true => Some(rounds::mine_by_id(db, who, &head.circle, &head.round).await?.next(now)),
        false => None,
    };
    Ok(Outcome {
        number: u32::try_from(head.number).unwrap_or(u32::MAX),
        kept: if head.n_kept > 0 { kept_from(db, id).await? } else { Vec::new() },
        next,
        name: if is_mine { who.name.clone() } else { name_of(db, &head.person).await? },
        n_unmarked: u32::try_from(n_unmarked).unwrap_or(u32::MAX),
        n_reports: head.n_reports,
        n_questions: u32::try_from(stored.len()).unwrap_or(u32::MAX),
        n_answered: u32::try_from(n_answered).unwrap_or(u32::MAX),
        n_late: u32::try_from(events.iter().filter(|event| event.received_at > head.deadline).count())
            .unwrap_or(u32::MAX),
        finished_by: rounds::finished_by(head.finished_by.as_deref()),
        shows: rounds::showing(&head.show_score, &head.show_answers)?,
        id: head.id,
        circle: head.circle,
        round: head.round,
        round_name: head.round_name,
        person: head.person,
        is_mine,
        started_at: head.started_at,
        finished_at,
        closes_at: head.closes_at,
        test,
        member,
        verdict,
        questions,
    })
}

/// Whether the one who sat an attempt may see its answers now.
pub(crate) async fn answers_may_be_seen(db: &Db, who: &Who, id: &str, now: DateTime<Utc>) -> Result<bool> {
    match super::head(db, id).await? {
        Some(head) if head.person == who.person && head.finished_at.is_some() => {
            Ok(sees(&head, true, now)?.answers)
        }
        _ => Ok(false),
    }
}

/// A leader sees everything, except of an attempt of their own: there they are
/// a taker like the others.
fn sees(head: &Head, is_mine: bool, now: DateTime<Utc>) -> Result<Sees> {
    if !is_mine {
        return Ok(Sees::ALL);
    }
    let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    let (n_sitting, n_unmarked) = (count(head.n_sitting), count(head.n_unmarked));
    let phase = phase(head.opens_at, head.closes_at, n_sitting, n_unmarked, now);
    Ok(rounds::showing(&head.show_score, &head.show_answers)?.seen_in(phase, head.released_at.is_some()))
}

fn review(
    slots: &[StoredSlot],
    current: &HashMap<u16, &AnswerEvent>,
    mut marks: HashMap<i64, (Score, String)>,
    mut given: HashMap<i64, Given>,
    is_mine: bool,
) -> Vec<Reviewed> {
    let one = |slot: &StoredSlot| {
        let event = current.get(&slot.n);
        let n = i64::from(slot.n);
        let (score, why) = marks.remove(&n).unzip();
        let counts = score.is_some_and(|score| score.possible() > 0);
        let given = given.remove(&n).filter(|_| counts);
        // One that was taken out can still be marked, for when it counts again.
        let is_unmarked = score.is_none() || slot.question.kind() == Kind::Open && !counts;
        let is_hidden = is_unmarked && !is_mine;
        Reviewed {
            n: slot.n,
            question: slot.question.clone(),
            version: slot.version.clone(),
            order: slot.order.clone(),
            answer: event.filter(|_| !is_hidden).and_then(|event| event.answer.clone()),
            is_hidden,
            confidence: event.and_then(|event| event.confidence),
            score,
            why: why.unwrap_or_default(),
            given,
        }
    };
    slots.iter().map(one).collect()
}

/// Each question rests on what it names now.
async fn name_sources(db: &Db, circle: &str, attempt: &str, shown: &mut [Reviewed]) -> Result<()> {
    let mut now = questions::sources_now(db, circle, attempt).await?;
    for one in shown {
        if let Some(sources) = now.remove(&(one.question.id.to_string(), one.version.clone())) {
            one.question = questions::resting_on(&one.question, sources);
        }
    }
    Ok(())
}

const MARKS: &str = "
    SELECT slot, earned, possible, why
    FROM marks
    WHERE attempt = $1
    ORDER BY slot, turn";

/// The newest mark of each slot.
pub(super) async fn marks(db: &Db, attempt: &str) -> Result<HashMap<i64, (Score, String)>> {
    let rows: Vec<(i64, i64, i64, String)> =
        on!(db.read(), |pool| query_as(MARKS).bind(attempt).fetch_all(pool).await?);
    rows.into_iter()
        .map(|(slot, earned, possible, why)| {
            let score = Score::new(earned, possible)
                .ok_or_else(|| Error::Corrupt(format!("mark {earned}/{possible}")))?;
            Ok((slot, (score, why)))
        })
        .collect()
}

const NAME: &str = "SELECT name FROM people WHERE id = $1";

async fn name_of(db: &Db, person: &str) -> Result<String> {
    let name: Option<String> =
        on!(db.read(), |pool| query_scalar(NAME).bind(person).fetch_optional(pool).await?);
    name.ok_or(Error::NotFound)
}
