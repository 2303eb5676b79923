//! What a round's attempts add up to, for the leaders of its circle.
//!
//! Only leaders see it: it holds what each question asks and what is right, and
//! in a small team a count is as good as a name. To everyone else a round's
//! results are not found. Takers see their own in [`crate::attempts::results`].
//!
//! One question and its history is in [`one_question`], what makes the takers
//! see their results in [`releasing`].

pub mod met;
pub mod one_question;
pub mod releasing;
#[cfg(test)]
mod stories;

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::item_analysis::{Responses, TooLarge};
use domain::marking::Score;
use domain::question::{Question, QuestionId};
use domain::results::{
    Band, Met, QuestionFigures, Table, TopicFigures, Versions, bands, of_attempts, of_first_attempts,
    questions, topics, totals,
};
use domain::round::Phase;
use domain::verdict::{Clause, Verdict};
use sqlx::{FromRow, query_as};

use crate::db::{Db, on};
use crate::error::{Error, Result};
use crate::people::Who;
use crate::rounds::{self, Round};

/// Which attempts are counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Which {
    /// The first of each person: nobody had met the questions in this round.
    #[default]
    First,
    All,
}

impl Which {
    pub const ALL: [Which; 2] = [Which::First, Which::All];

    /// As it stands in addresses and files.
    pub fn as_str(self) -> &'static str {
        match self {
            Which::First => "first",
            Which::All => "all",
        }
    }

    pub fn parse(text: &str) -> Option<Which> {
        Which::ALL.into_iter().find(|which| which.as_str() == text)
    }
}

/// The results of a round.
#[derive(Debug, Clone)]
pub struct Results {
    pub round: Round,
    pub phase: Phase,
    pub which: Which,
    /// By name. Nothing here orders people by score.
    pub people: Vec<Person>,
    /// Attempts that are handed in and wait for a marker; they are in no figure.
    pub n_waiting: usize,
    /// Every slot of the attempts that are counted, attempt by attempt.
    pub met: Vec<Met>,
    /// Every question and version that was met.
    pub questions: HashMap<(QuestionId, String), Arc<Question>>,
}

/// One person of a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub person: String,
    pub name: String,
    pub n_attempts: usize,
    /// Of the newest attempt.
    pub stand: Stand,
}

/// How far somebody is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stand {
    NotStarted,
    Sitting,
    /// Handed in; an answer waits for a marker.
    Waiting {
        attempt: String,
    },
    /// The score of the whole test, with what a retake kept. `None` where it is
    /// the leader's own and may not be seen yet.
    Marked {
        attempt: String,
        result: Option<(bool, Score)>,
    },
}

/// How many people are how far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    pub n_people: usize,
    pub n_not_started: usize,
    pub n_sitting: usize,
    /// Handed in, and not sitting again; those who wait for a marker included.
    pub n_taken: usize,
    pub n_waiting: usize,
}

impl Results {
    pub fn progress(&self) -> Progress {
        let count = |is: fn(&Stand) -> bool| self.people.iter().filter(|person| is(&person.stand)).count();
        let n_waiting = count(|stand| matches!(stand, Stand::Waiting { .. }));
        Progress {
            n_people: self.people.len(),
            n_not_started: count(|stand| *stand == Stand::NotStarted),
            n_sitting: count(|stand| *stand == Stand::Sitting),
            n_taken: n_waiting + count(|stand| matches!(stand, Stand::Marked { .. })),
            n_waiting,
        }
    }

    /// What each counted attempt earned.
    pub fn scores(&self) -> Vec<Score> {
        totals(&self.met)
    }

    pub fn bands(&self) -> [Band; 10] {
        bands(&self.scores())
    }

    pub fn topics(&self) -> Vec<TopicFigures> {
        topics(&self.met, &self.round.test.blueprint, &self.round.test.rules)
    }

    pub fn figures(&self, versions: Versions) -> Result<Vec<QuestionFigures>> {
        questions(&self.met, versions).map_err(too_large)
    }

    pub fn table(&self, versions: Versions) -> Table {
        Table::of(&self.met, versions)
    }

    pub fn responses(&self) -> Result<Responses> {
        self.table(Versions::Pooled).responses().map_err(too_large)
    }

    pub fn question(&self, question: &QuestionId, version: &str) -> Option<&Arc<Question>> {
        self.questions.get(&(question.clone(), version.to_owned()))
    }
}

fn too_large(why: TooLarge) -> Error {
    Error::Corrupt(why.to_string())
}

/// What a round came to so far, for a leader. A handful of queries, however
/// many attempts and questions there are.
pub async fn of_round(
    db: &Db,
    who: &Who,
    circle: &str,
    id: &str,
    which: Which,
    now: DateTime<Utc>,
) -> Result<Results> {
    let round = rounds::find(db, who, circle, id).await?;
    let phase = round.phase(now);
    let sees_own = round.shows.seen_in(phase, round.released_at.is_some()).score;
    let (met, n_waiting) = counted(met::met_in_round(db, id).await?, which);
    Ok(Results {
        people: people(db, id, |person| person != who.person || sees_own).await?,
        questions: questions_of(db, circle, id).await?,
        round,
        phase,
        which,
        n_waiting,
        met,
    })
}

/// The attempts that figures count: without those that wait for a marker, and
/// how many these are.
pub(crate) fn counted(met: Vec<Met>, which: Which) -> (Vec<Met>, usize) {
    let met = match which {
        Which::First => of_first_attempts(met),
        Which::All => met,
    };
    let mut n_waiting = 0;
    let marked = of_attempts(met, |attempt| {
        let is_marked = attempt.iter().all(|met| met.score.is_some());
        n_waiting += usize::from(!is_marked);
        is_marked
    });
    (marked, n_waiting)
}

/// Who left the circle before starting is not among them.
const PEOPLE: &str = "
    SELECT p.person, n.name, a.id AS attempt, a.finished_at, a.verdict
    FROM round_people p
    JOIN people n ON n.id = p.person
    LEFT JOIN attempts a ON a.round = p.round AND a.person = p.person
    WHERE p.round = $1 AND p.taken_out_at IS NULL
      AND (a.id IS NOT NULL
           OR p.person IN (SELECT m.person FROM members m
                           JOIN rounds r ON r.circle = m.circle
                           WHERE r.id = $1 AND m.left_at IS NULL AND m.role <> 'reader'))
    ORDER BY a.started_at, a.id";

async fn people(db: &Db, round: &str, may_see: impl Fn(&str) -> bool) -> Result<Vec<Person>> {
    let rows: Vec<PersonRow> = on!(db.read(), |pool| query_as(PEOPLE).bind(round).fetch_all(pool).await?);
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut people: Vec<Person> = Vec::new();
    for row in rows {
        let place = *places.entry(row.person.clone()).or_insert(people.len());
        let (n, stand) = (usize::from(row.attempt.is_some()), row.stand(may_see(&row.person))?);
        match people.get_mut(place) {
            Some(known) => (known.n_attempts, known.stand) = (known.n_attempts + n, stand),
            None => people.push(Person { person: row.person, name: row.name, n_attempts: n, stand }),
        }
    }
    people.sort_by_cached_key(|person| (person.name.to_lowercase(), person.person.clone()));
    Ok(people)
}

/// The text of each version once, by what the round drew.
const QUESTIONS: &str = "
    SELECT v.question, v.hash, v.text
    FROM question_versions v
    WHERE v.circle = $1
      AND (v.question, v.hash) IN (SELECT s.question, s.version
                                   FROM attempts a
                                   JOIN slots s ON s.attempt = a.id
                                   WHERE a.round = $2 AND a.finished_at IS NOT NULL)";

pub(crate) async fn questions_of(
    db: &Db,
    circle: &str,
    round: &str,
) -> Result<HashMap<(QuestionId, String), Arc<Question>>> {
    let rows: Vec<(String, String, String)> =
        on!(db.read(), |pool| query_as(QUESTIONS).bind(circle).bind(round).fetch_all(pool).await?);
    rows.into_iter()
        .map(|(id, version, text)| {
            let question = crate::questions::parsed(circle, &id, &version, || text)?;
            Ok(((question.id.clone(), version), question))
        })
        .collect()
}

#[derive(FromRow)]
struct PersonRow {
    person: String,
    name: String,
    attempt: Option<String>,
    finished_at: Option<DateTime<Utc>>,
    verdict: Option<String>,
}

impl PersonRow {
    fn stand(&self, may_see: bool) -> Result<Stand> {
        let Some(attempt) = self.attempt.clone() else { return Ok(Stand::NotStarted) };
        if self.finished_at.is_none() {
            return Ok(Stand::Sitting);
        }
        let Some(json) = &self.verdict else { return Ok(Stand::Waiting { attempt }) };
        let verdict: Verdict = serde_json::from_str(json).map_err(|_| Error::Corrupt(json.clone()))?;
        let result = may_see.then(|| (verdict.passed(), whole(&verdict)));
        Ok(Stand::Marked { attempt, result })
    }
}

fn whole(verdict: &Verdict) -> Score {
    let reached = verdict.clauses.iter().find_map(|clause| match clause {
        Clause::Whole { reached, .. } => Some(*reached),
        _ => None,
    });
    reached.unwrap_or_default()
}
