//! The escalation path of a service: whom one calls, and after how many minutes
//! without an answer the next.

use chrono::{DateTime, Utc};
use domain::engagement::{LONGEST_WAIT_MINUTES, dial};
use domain::words::one_line;
use sqlx::{FromRow, query, query_as};

use super::find;
use super::writing::changed_meanwhile;
use crate::actions::workers;
use crate::circles::MemberOf;
use crate::db::{Db, Tx, commit, on};
use crate::error::{Error, Problem, Result};
use crate::people::{Who, names};
use crate::{audit, circles};

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// From 1, in the order in which one calls.
    pub n: i64,
    /// Of the circle; `None`: somebody outside of it.
    pub person: Option<String>,
    pub name: String,
    /// As it was written.
    pub phone: String,
    pub after_minutes: i64,
    /// Not for a person of the circle who works there no more.
    pub is_there: bool,
}

impl Step {
    /// The address that makes a phone dial.
    pub fn dial(&self) -> String {
        dial(&self.phone)
    }
}

const PATH: &str = "
    SELECT e.n, e.person, coalesce(p.name, e.name) AS name, e.phone, e.after_minutes,
           (SELECT count(*) FROM members m
            WHERE m.circle = e.circle AND m.person = e.person AND m.left_at IS NULL AND m.role <> 'reader'
              AND p.disabled_at IS NULL) AS n_there
    FROM escalation_steps e
    LEFT JOIN people p ON p.id = e.person
    WHERE e.circle = $1 AND e.service = $2
    ORDER BY e.n";

/// Whom one calls for a service, in order, for the members of its circle.
pub async fn escalation(db: &Db, who: &Who, circle: &str, service: &str) -> Result<Vec<Step>> {
    circles::member(db, who, circle).await?;
    path_of(db, circle, service).await
}

/// The same, for whoever was asked already.
pub(crate) async fn path_of(db: &Db, circle: &str, service: &str) -> Result<Vec<Step>> {
    let rows: Vec<Row> =
        on!(db.read(), |pool| query_as(PATH).bind(circle).bind(service).fetch_all(pool).await?);
    Ok(rows.into_iter().map(Step::from).collect())
}

/// One step as somebody writes it down.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StepDraft {
    /// A person's id, or
    pub person: String,
    /// the name of somebody outside of the circle.
    pub name: String,
    pub phone: String,
    pub after_minutes: String,
}

impl StepDraft {
    fn is_empty(&self) -> bool {
        [&self.person, &self.name, &self.phone, &self.after_minutes].iter().all(|text| text.trim().is_empty())
    }
}

/// The longest path.
pub const STEPS_LIMIT: usize = 12;

const BUMP: &str =
    "UPDATE services SET revision = revision + 1 WHERE circle = $1 AND slug = $2 AND revision = $3";
const CLEAR: &str = "DELETE FROM escalation_steps WHERE circle = $1 AND service = $2";

/// Writes the whole path anew, by a leader: rows that say nothing are left out,
/// the others are put into the order of their minutes. A problem is named after
/// its field and the place of its row, from 1: `phone-2`.
pub async fn set_escalation(
    db: &Db,
    who: &Who,
    circle: &str,
    service: &str,
    revision: i64,
    drafts: &[StepDraft],
    now: DateTime<Utc>,
) -> Result<()> {
    circles::leader(db, who, circle).await?;
    let found = find(db, who, circle, service).await?;
    let steps = check(db, who, circle, service, drafts).await?;
    let mut tx = db.begin().await?;
    let n_changed = on!(&mut tx, |tx| query(BUMP)
        .bind(circle)
        .bind(service)
        .bind(revision)
        .execute(&mut **tx)
        .await?
        .rows_affected());
    if n_changed == 0 {
        return Err(changed_meanwhile());
    }
    on!(&mut tx, |tx| query(CLEAR).bind(circle).bind(service).execute(&mut **tx).await.map(drop))?;
    for (n, step) in (1..).zip(&steps) {
        add(&mut tx, circle, service, n, step).await?;
    }
    let order: Vec<String> =
        steps.iter().map(|step| format!("{} after {} min", step.called, step.after_minutes)).collect();
    let subject = format!(
        "{}: {}",
        found.name,
        if order.is_empty() { "no steps".to_owned() } else { order.join(", ") }
    );
    audit::record(&mut tx, Some(circle), Some(&who.person), "set an escalation path", &subject, now).await?;
    commit(tx).await
}

/// A step that has been found in order.
struct Written {
    person: Option<String>,
    name: String,
    /// What the log says.
    called: String,
    phone: String,
    after_minutes: i64,
}

const ADD: &str = "
    INSERT INTO escalation_steps (circle, service, n, person, name, phone, after_minutes)
    VALUES ($1, $2, $3, $4, $5, $6, $7)";

async fn add(tx: &mut Tx, circle: &str, service: &str, n: i64, step: &Written) -> Result<()> {
    Ok(on!(tx, |tx| query(ADD)
        .bind(circle)
        .bind(service)
        .bind(n)
        .bind(&step.person)
        .bind(&step.name)
        .bind(&step.phone)
        .bind(step.after_minutes)
        .execute(&mut **tx)
        .await
        .map(drop))?)
}

async fn check(
    db: &Db,
    who: &Who,
    circle: &str,
    service: &str,
    drafts: &[StepDraft],
) -> Result<Vec<Written>> {
    let workers = workers(db, who, circle).await?;
    // Who has left may stay on the path until somebody else is found.
    let before = path_of(db, circle, service).await?;
    let mut problems = Vec::new();
    let mut steps: Vec<Written> = (1..)
        .zip(drafts)
        .filter(|(_, draft)| !draft.is_empty())
        .filter_map(|(n, draft)| check_one(n, draft, &workers, &before, &mut problems))
        .collect();
    if steps.len() > STEPS_LIMIT {
        problems.push(Problem::new("", "Keep the path to 12 steps."));
    }
    steps.sort_by_key(|step| step.after_minutes);
    if problems.is_empty() { Ok(steps) } else { Err(Error::Refused(problems)) }
}

fn check_one(
    n: usize,
    draft: &StepDraft,
    workers: &[MemberOf],
    before: &[Step],
    problems: &mut Vec<Problem>,
) -> Option<Written> {
    let n_problems = problems.len();
    let mut refuse = |field: &str, what: &str| problems.push(Problem::new(&format!("{field}-{n}"), what));
    let name = one_line(&draft.name);
    let called = match (draft.person.as_str(), name.as_str()) {
        ("", "") => {
            refuse("person", "Choose somebody of the circle, or write a name.");
            String::new()
        }
        ("", name) => {
            if name.chars().count() > 100 {
                refuse("name", "Keep the name under 100 characters.");
            }
            name.to_owned()
        }
        (person, "") => {
            let now = workers.iter().find(|one| one.person == person).map(|one| one.name.clone());
            let then = before.iter().find(|step| step.person.as_deref() == Some(person));
            now.or_else(|| then.map(|step| step.name.clone())).unwrap_or_else(|| {
                refuse("person", "Choose an engineer or a leader of this circle.");
                String::new()
            })
        }
        _ => {
            refuse("name", "Leave this empty, or choose nobody of the circle: a step is one of the two.");
            String::new()
        }
    };
    let phone = names::phone("phone", &draft.phone).map_err(|problem| refuse("phone", &problem.what)).ok();
    let after = draft.after_minutes.trim().parse().ok().filter(|n| (0..=LONGEST_WAIT_MINUTES).contains(n));
    if after.is_none() {
        refuse("after", "Enter minutes from 0 to 1440; 0 is whom one calls first.");
    }
    let (phone, after_minutes) = phone.zip(after).filter(|_| problems.len() == n_problems)?;
    Some(Written {
        person: (!draft.person.is_empty()).then(|| draft.person.clone()),
        name,
        called,
        phone,
        after_minutes,
    })
}

#[derive(FromRow)]
struct Row {
    n: i64,
    person: Option<String>,
    name: String,
    phone: String,
    after_minutes: i64,
    n_there: i64,
}

impl From<Row> for Step {
    fn from(row: Row) -> Step {
        Step {
            is_there: row.person.is_none() || row.n_there > 0,
            n: row.n,
            person: row.person,
            name: row.name,
            phone: row.phone,
            after_minutes: row.after_minutes,
        }
    }
}
