//! What leaders have to mark: the answers to open questions, round by round and
//! question by question, without the names of those who gave them.
//!
//! Giving a marking is in `giving`; what markings come to, in
//! [`domain::marking::rubric`].

mod giving;
mod reading;
#[cfg(test)]
mod stories;

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::marking::rubric::{Marking, Standing, equal_lines, first_two, standing};
use domain::question::{Question, QuestionId};
use sqlx::{query_as, query_scalar};

use self::reading::{OpenAnswer, answers, texts};
use crate::circles::Member;
use crate::db::{Db, on};
use crate::error::{Error, Result};
use crate::people::Who;
use crate::rounds::{self, Round};
use crate::{circles, questions};

pub use giving::{COMMENT_LIMIT, Gives, Place, give, plan_markers};
pub(crate) use reading::{given_in, given_to};

/// What a leader gave to an answer, once it counts: for the one who sat it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Whole points, line by line of the rubric.
    pub points: Vec<u8>,
    pub comments: Vec<String>,
}

/// What there is to mark in a round.
#[derive(Debug, Clone)]
pub struct Queue {
    pub member: Member,
    pub round: Round,
    pub questions: Vec<Queued>,
}

impl Queue {
    /// Answers that have no mark yet.
    pub fn n_left(&self) -> usize {
        self.questions.iter().map(|one| one.n_answers - one.n_marked).sum()
    }
}

/// One version of a question, and how far its marking is.
#[derive(Debug, Clone, PartialEq)]
pub struct Queued {
    pub id: QuestionId,
    pub version: String,
    pub question: Arc<Question>,
    pub n_markers: u8,
    pub n_answers: usize,
    pub n_marked: usize,
    /// Answers that the one who asks can mark now.
    pub n_for_me: usize,
    /// Answers whose two markings differ and are not settled.
    pub n_differing: usize,
    pub agreement: Agreement,
}

/// How far two markers agree.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Agreement {
    /// Answers that two leaders marked.
    pub n_answers: usize,
    /// Those of them to which they gave other points.
    pub n_differing: usize,
    pub n_lines: usize,
    pub n_equal_lines: usize,
}

impl Agreement {
    fn of<'m>(answers: impl Iterator<Item = &'m [Marking]>) -> Agreement {
        let mut agreement = Agreement::default();
        for (first, second) in answers.filter_map(first_two) {
            let (n_equal, n_lines) = equal_lines(first, second);
            agreement.n_answers += 1;
            agreement.n_differing += usize::from(first.points != second.points);
            agreement.n_lines += n_lines;
            agreement.n_equal_lines += n_equal;
        }
        agreement
    }
}

/// What is to be marked in a round, question by question. For leaders.
pub async fn queue(db: &Db, who: &Who, circle: &str, round: &str) -> Result<Queue> {
    let member = circles::leader(db, who, circle).await?;
    let found = rounds::find(db, who, circle, round).await?;
    let others = other_leaders(db, circle, &who.person).await?;
    let plans = plans(db, round).await?;
    let mut by_question: BTreeMap<(String, String), Vec<OpenAnswer>> = BTreeMap::new();
    for answer in answers(db, round, "", "").await? {
        by_question.entry((answer.question.clone(), answer.version.clone())).or_default().push(answer);
    }
    let mut queued = Vec::with_capacity(by_question.len());
    for ((id, version), answers) in by_question {
        let n_markers = plans.get(&(id.clone(), version.clone())).copied().unwrap_or(1);
        let tasks = || answers.iter().map(|answer| answer.task(who, n_markers, &others));
        queued.push(Queued {
            question: questions::version(db, circle, &id, &version).await?,
            id: id.parse().map_err(|_| Error::Corrupt(id))?,
            version,
            n_markers,
            n_answers: answers.len(),
            n_marked: answers.iter().filter(|answer| answer.is_marked).count(),
            n_for_me: tasks().filter(Task::is_mine_to_do).count(),
            n_differing: tasks().filter(|task| matches!(task, Task::Settle { .. })).count(),
            agreement: Agreement::of(answers.iter().map(|answer| answer.markings.as_slice())),
        });
    }
    Ok(Queue { member, round: found, questions: queued })
}

/// The answers of a round to one version of a question, for a leader who marks
/// them.
#[derive(Debug, Clone)]
pub struct ToMark {
    pub member: Member,
    pub round: Round,
    pub question: Arc<Question>,
    pub version: String,
    pub n_markers: u8,
    /// Whether the number of markers can still be chosen: nothing is marked yet.
    pub can_plan: bool,
    /// Other leaders of the circle.
    pub n_other_leaders: i64,
    /// Whether an answer of the one who asks was left out.
    pub leaves_out_own: bool,
    pub agreement: Agreement,
    pub answers: Vec<Answered>,
}

/// One answer without the name of the one who gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// What it is known by, here and when it is marked.
    pub alias: String,
    /// Its place in an order that tells nothing, from 1.
    pub number: usize,
    pub text: String,
    /// It is of the one who asks, and nobody else could mark it.
    pub is_own: bool,
    pub task: Task,
}

/// What a leader can do with an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    /// Mark it; with what the same leader gave before.
    Mark { given: Option<Marking> },
    /// Decide between two markings that differ. Names are those of the markers.
    Settle { first: (String, Marking), second: (String, Marking) },
    /// Nothing, unless its mark is to be changed.
    Done { by: Vec<String>, points: Vec<u8>, comments: Vec<String>, how: How },
    /// It is of the one who asks; another leader marks it.
    Leave,
}

/// How a mark came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    Single,
    Agreed,
    Settled,
    /// A decision took the question out, before anybody marked it. It can be
    /// marked all the same: that counts should the decision be taken back.
    Decided,
    /// By one of two, and there is no other leader any more.
    Alone,
}

impl Task {
    /// Whether it waits for the one who asks.
    pub fn is_mine_to_do(&self) -> bool {
        matches!(self, Task::Mark { given: None } | Task::Settle { .. } | Task::Done { how: How::Alone, .. })
    }
}

/// The answers to one version of a question in a round. For leaders.
pub async fn to_mark(
    db: &Db,
    who: &Who,
    circle: &str,
    round: &str,
    id: &QuestionId,
    version: &str,
) -> Result<ToMark> {
    let member = circles::leader(db, who, circle).await?;
    let found = rounds::find(db, who, circle, round).await?;
    let question_id = id.to_string();
    let answers = answers(db, round, &question_id, version).await?;
    if answers.is_empty() {
        return Err(Error::NotFound);
    }
    let question = questions::version_now(db, circle, &question_id, version).await?;
    let mut texts = texts(db, round, &question_id, version).await?;
    let others = other_leaders(db, circle, &who.person).await?;
    let key = (question_id, version.to_owned());
    let n_markers = plans(db, round).await?.get(&key).copied().unwrap_or(1);
    let leaves_out_own = !others.is_empty() && answers.iter().any(|answer| answer.person == who.person);
    let shown = (1..).zip(&answers).filter(|(_, answer)| others.is_empty() || answer.person != who.person);
    Ok(ToMark {
        member,
        round: found,
        question,
        version: key.1,
        n_markers,
        can_plan: answers.iter().all(|answer| answer.markings.is_empty()),
        n_other_leaders: i64::try_from(others.len()).unwrap_or(i64::MAX),
        leaves_out_own,
        agreement: Agreement::of(answers.iter().map(|answer| answer.markings.as_slice())),
        answers: shown
            .map(|(number, answer)| Answered {
                alias: answer.alias.clone(),
                number,
                text: texts.remove(&answer.alias).unwrap_or_default(),
                is_own: answer.person == who.person,
                task: answer.task(who, n_markers, &others),
            })
            .collect(),
    })
}

impl OpenAnswer {
    /// What the one who asks can do with it. A second marker is not told what
    /// the first one gave.
    fn task(&self, who: &Who, n_markers: u8, others: &[String]) -> Task {
        if self.person == who.person && !others.is_empty() {
            return Task::Leave;
        }
        let is_me = |marking: &Marking| marking.marker == who.person;
        let standing = standing(&self.markings, n_markers);
        let done = |by: &[&Marking], points: &[u8], how| Task::Done {
            by: by.iter().map(|marking| self.name_of(marking)).collect(),
            points: points.to_vec(),
            comments: standing.comments().into_iter().map(str::to_owned).collect(),
            how,
        };
        match standing {
            Standing::Unmarked if self.is_marked => done(&[], &[], How::Decided),
            Standing::Unmarked => Task::Mark { given: None },
            // Whoever took the test cannot be its second marker.
            Standing::OneOfTwo(first) if is_me(first) && others.iter().all(|one| *one == self.person) => {
                done(&[first], &first.points, How::Alone)
            }
            Standing::OneOfTwo(first) | Standing::Single(first) if is_me(first) => {
                Task::Mark { given: Some(first.clone()) }
            }
            Standing::OneOfTwo(_) if self.is_marked => done(&[], &[], How::Decided),
            Standing::OneOfTwo(_) => Task::Mark { given: None },
            Standing::Single(first) => done(&[first], &first.points, How::Single),
            Standing::Differ { first, second } => Task::Settle {
                first: (self.name_of(first), first.clone()),
                second: (self.name_of(second), second.clone()),
            },
            Standing::Agreed { first, second } => done(&[first, second], &first.points, How::Agreed),
            Standing::Settled(last) => done(&[last], &last.points, How::Settled),
        }
    }

    fn name_of(&self, marking: &Marking) -> String {
        self.names.get(&marking.marker).cloned().unwrap_or_default()
    }
}

const PLANS: &str = "SELECT question, version, n_markers FROM marking_plans WHERE round = $1";

/// How many markers each version of a question has, where it was said.
async fn plans(db: &Db, round: &str) -> Result<BTreeMap<(String, String), u8>> {
    let rows: Vec<(String, String, i64)> =
        on!(db.read(), |pool| query_as(PLANS).bind(round).fetch_all(pool).await?);
    let plan = |(question, version, n)| ((question, version), u8::try_from(n).unwrap_or(1));
    Ok(rows.into_iter().map(plan).collect())
}

const OTHER_LEADERS: &str = "
    SELECT m.person
    FROM members m
    JOIN people p ON p.id = m.person
    WHERE m.circle = $1 AND m.person <> $2 AND m.role = 'leader' AND m.left_at IS NULL AND p.disabled_at IS NULL";

/// The leaders that a circle has beside one.
async fn other_leaders(db: &Db, circle: &str, person: &str) -> Result<Vec<String>> {
    Ok(on!(db.read(), |pool| query_scalar(OTHER_LEADERS).bind(circle).bind(person).fetch_all(pool).await?))
}
