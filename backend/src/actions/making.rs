//! Making an action, and changing what it says.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::action::{Fixes, How, Number, Origin, OriginKind, Severity, State, day_in};
use domain::search::Kind;
use domain::words::one_line;
use sqlx::{query, query_scalar};

use super::moving::{Happened, happen};
use super::once::{self, Sent};
use super::reading::day;
use super::{Detail, EventKind, clocks, find, worker, workers};
use crate::audit;
use crate::circles::Member;
use crate::db::{Db, Tx, commit, new_id, on, stored};
use crate::error::{Error, Problem, Result};
use crate::people::Who;
use crate::search;

/// What an action says, as somebody writes it down. The name of a field is
/// that of its problem.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// Made by the page that sends it: sent again, it makes nothing. Empty
    /// where nobody sends it twice.
    pub key: String,
    pub title: String,
    pub description: String,
    /// One task a line.
    pub tasks: String,
    pub done_when: String,
    /// With commas between them.
    pub labels: String,
    /// What it comes from; only of those made by hand can it be changed.
    pub reference: String,
    pub fixes: Option<Fixes>,
    pub how: Option<How>,
    pub severity: Option<Severity>,
    /// A person's id; empty for nobody yet.
    pub owner: String,
    /// YYYY-MM-DD; empty for what the circle gives the severity.
    pub assign_by: String,
    pub done_by: String,
    pub proof: String,
    /// Ids of questions, one a line.
    pub questions: String,
}

/// A draft that has been found in order.
struct Written {
    title: String,
    description: String,
    tasks: Vec<String>,
    done_when: String,
    labels: Vec<String>,
    reference: String,
    fixes: Fixes,
    how: How,
    severity: Severity,
    owner: Option<(String, String)>,
    assign_by: NaiveDate,
    done_by: NaiveDate,
    proof: String,
    questions: Vec<String>,
}

const NEXT_NUMBER: &str = "
    INSERT INTO numbers (circle, series, last)
    VALUES ($1, 'CA', 1)
    ON CONFLICT (circle, series) DO UPDATE SET last = numbers.last + 1
    RETURNING last";

const ADD: &str = "
    INSERT INTO actions (id, circle, number, title, description, done_when, origin, origin_ref, fixes, how,
                         severity, owner, assigned_at, assign_by, done_by, proof, state, revision, n_events,
                         made_by, made_at, changed_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 'open', 1, 0, $17, $18, $18)";

/// Makes an action, by an engineer or a leader; returns its number. `origin`
/// says what kind of thing it comes from; by hand, the draft says which one.
pub async fn make(
    db: &Db,
    who: &Who,
    circle: &str,
    origin: Origin,
    draft: &Draft,
    now: DateTime<Utc>,
) -> Result<Number> {
    let ready = match prepare(db, who, circle, origin, draft, now).await? {
        Prepared::Ready(ready) => ready,
        Prepared::Before(number) => return Ok(number),
    };
    let mut tx = db.begin().await?;
    match ready.add(&mut tx, who, now).await? {
        Made::Now(number) => commit(tx).await.map(|()| number),
        Made::Before(number) => Ok(number),
    }
}

/// What became of a draft.
pub(crate) enum Made {
    Now(Number),
    /// The same was sent before: what was done since belongs to nothing, and
    /// is not to be committed.
    Before(Number),
}

/// An action that can be made.
pub(crate) struct Ready {
    circle: String,
    kind: OriginKind,
    written: Written,
    sent: Sent,
}

/// What is known of a draft before anything is changed.
pub(crate) enum Prepared {
    Ready(Box<Ready>),
    /// The same was sent before, and was in order then, whatever is refused now.
    Before(Number),
}

/// Finds out whether an action can be made, by an engineer or a leader.
pub(crate) async fn prepare(
    db: &Db,
    who: &Who,
    circle: &str,
    origin: Origin,
    draft: &Draft,
    now: DateTime<Utc>,
) -> Result<Prepared> {
    let member = worker(db, who, circle).await?;
    let sent = Sent::new(&draft.key, &format!("{circle} {origin:?} {draft:?}"));
    if let Some(number) = once::was_sent(db, who, &sent).await? {
        return Ok(Prepared::Before(number));
    }
    let draft = Draft { reference: origin.reference, ..draft.clone() };
    let written = check(db, who, &member, &draft, None, now).await?;
    Ok(Prepared::Ready(Box::new(Ready { circle: circle.to_owned(), kind: origin.kind, written, sent })))
}

impl Ready {
    /// Makes it, together with whatever else is done.
    pub(crate) async fn add(&self, tx: &mut Tx, who: &Who, now: DateTime<Utc>) -> Result<Made> {
        let Ready { circle, written, .. } = self;
        let (id, now) = (new_id(), stored(now));
        let number: i64 =
            on!(&mut *tx, |tx| query_scalar(NEXT_NUMBER).bind(circle).fetch_one(&mut **tx).await?);
        // Whoever else makes one in the circle waits, so this sees what was made.
        if let Some(number) = once::before(tx, who, &self.sent).await? {
            return Ok(Made::Before(number));
        }
        let owner = written.owner.as_ref().map(|(person, _)| person);
        on!(&mut *tx, |tx| query(ADD)
            .bind(&id)
            .bind(circle)
            .bind(number)
            .bind(&written.title)
            .bind(&written.description)
            .bind(&written.done_when)
            .bind(self.kind.as_str())
            .bind(&written.reference)
            .bind(written.fixes.as_str())
            .bind(written.how.as_str())
            .bind(i64::from(written.severity.level()))
            .bind(owner)
            .bind(owner.map(|_| now))
            .bind(written.assign_by.to_string())
            .bind(written.done_by.to_string())
            .bind(&written.proof)
            .bind(&who.person)
            .bind(now)
            .execute(&mut **tx)
            .await
            .map(drop))?;
        once::is_first(tx, who, &self.sent, &id).await?;
        set_parts(tx, circle, &id, written, &[]).await?;
        index(tx, circle, Number(number), written, now).await?;
        happen(tx, who, &id, Happened::new(EventKind::Made, State::Open), now).await?;
        let number = Number(number);
        let subject = format!("{number} {}", written.title);
        audit::record(tx, Some(circle), Some(&who.person), "made a corrective action", &subject, now).await?;
        Ok(Made::Now(number))
    }
}

const CHANGE: &str = "
    UPDATE actions
    SET title = $3, description = $4, done_when = $5, origin_ref = $6, fixes = $7, how = $8, severity = $9,
        owner = $10, assigned_at = $11, assign_by = $12, done_by = $13, proof = $14, state = $15,
        revision = revision + 1
    WHERE id = $1 AND revision = $2";

/// Changes what an action says, by its owner or a leader; what it said before
/// stays in its history. `revision` is the one that was changed.
///
/// Who takes over what is in progress begins it anew: it is paused. What stands
/// already, since the same was sent before, is no change.
pub async fn edit(
    db: &Db,
    who: &Who,
    circle: &str,
    number: Number,
    revision: i64,
    draft: &Draft,
    now: DateTime<Utc>,
) -> Result<()> {
    let before = editable(db, who, circle, number, now).await?;
    let action = &before.action;
    if action.revision != revision {
        let written = check(db, who, &before.member, draft, Some(&before), now).await;
        let is_there = written.is_ok_and(|written| changes(&before, &written).is_empty());
        return if is_there { Ok(()) } else { Err(changed_meanwhile()) };
    }
    // What it comes from stays, unless somebody only said so by hand.
    let reference = match action.origin.kind {
        OriginKind::ByHand => draft.reference.clone(),
        _ => action.origin.reference.clone(),
    };
    let draft = &Draft { reference, ..draft.clone() };
    let written = check(db, who, &before.member, draft, Some(&before), now).await?;
    let changes = changes(&before, &written);
    if changes.is_empty() {
        return Ok(());
    }
    let owner = written.owner.as_ref().map(|(person, _)| person);
    let changes_hands = action.owner.as_ref().map(|owner| &owner.person) != owner;
    let is_handed_over = changes_hands && action.state == State::InProgress;
    let state = if is_handed_over { State::Paused } else { action.state };
    let now = stored(now);
    let mut tx = db.begin().await?;
    let n_changed = on!(&mut tx, |tx| query(CHANGE)
        .bind(&action.id)
        .bind(revision)
        .bind(&written.title)
        .bind(&written.description)
        .bind(&written.done_when)
        .bind(&written.reference)
        .bind(written.fixes.as_str())
        .bind(written.how.as_str())
        .bind(i64::from(written.severity.level()))
        .bind(owner)
        .bind(action.assigned_at.or(owner.map(|_| now)))
        .bind(written.assign_by.to_string())
        .bind(written.done_by.to_string())
        .bind(&written.proof)
        .bind(state.as_str())
        .execute(&mut **tx)
        .await?
        .rows_affected());
    if n_changed == 0 {
        return Err(changed_meanwhile());
    }
    let ticked: Vec<&str> =
        before.tasks.iter().filter(|task| task.is_ticked).map(|task| task.text.as_str()).collect();
    set_parts(&mut tx, circle, &action.id, &written, &ticked).await?;
    index(&mut tx, circle, number, &written, now).await?;
    let edited = Happened { changes, ..Happened::new(EventKind::Edited, action.state) };
    happen(&mut tx, who, &action.id, edited, now).await?;
    if is_handed_over {
        let note = "It has another owner, who begins it when there is time.".to_owned();
        let paused = Happened { note, ..Happened::new(EventKind::Moved, State::Paused) };
        happen(&mut tx, who, &action.id, paused, now).await?;
    }
    let subject = format!("{number} {}", written.title);
    audit::record(&mut tx, Some(circle), Some(&who.person), "changed a corrective action", &subject, now)
        .await?;
    commit(tx).await
}

/// An action, for whoever may change it.
pub async fn editable(
    db: &Db,
    who: &Who,
    circle: &str,
    number: Number,
    now: DateTime<Utc>,
) -> Result<Detail> {
    let found = find(db, who, circle, number, now).await?;
    if found.action.standing(&found.member).may_edit() { Ok(found) } else { Err(Error::NotFound) }
}

pub(super) fn changed_meanwhile() -> Error {
    Error::refused("", "Somebody changed this action meanwhile. Open it again in another tab to see how.")
}

/// Writes the tasks, labels and questions; a task with the same words keeps its
/// tick.
async fn set_parts(tx: &mut Tx, circle: &str, id: &str, written: &Written, ticked: &[&str]) -> Result<()> {
    for clear in [
        "DELETE FROM action_tasks WHERE action = $1",
        "DELETE FROM action_labels WHERE action = $1",
        "DELETE FROM action_questions WHERE action = $1",
    ] {
        on!(&mut *tx, |tx| query(clear).bind(id).execute(&mut **tx).await.map(drop))?;
    }
    for (n, task) in (1_i64..).zip(&written.tasks) {
        let add = "INSERT INTO action_tasks (action, n, task, is_ticked) VALUES ($1, $2, $3, $4)";
        let is_ticked = ticked.contains(&task.as_str());
        on!(&mut *tx, |tx| query(add)
            .bind(id)
            .bind(n)
            .bind(task)
            .bind(is_ticked)
            .execute(&mut **tx)
            .await
            .map(drop))?;
    }
    for label in &written.labels {
        let add = "INSERT INTO action_labels (action, label) VALUES ($1, $2)";
        on!(&mut *tx, |tx| query(add).bind(id).bind(label).execute(&mut **tx).await.map(drop))?;
    }
    for question in &written.questions {
        let add = "INSERT INTO action_questions (action, circle, question) VALUES ($1, $2, $3)";
        on!(&mut *tx, |tx| query(add)
            .bind(id)
            .bind(circle)
            .bind(question)
            .execute(&mut **tx)
            .await
            .map(drop))?;
    }
    Ok(())
}

/// Puts what an action says now into the search.
async fn index(
    tx: &mut Tx,
    circle: &str,
    number: Number,
    written: &Written,
    now: DateTime<Utc>,
) -> Result<()> {
    let body =
        [&written.description, &written.tasks.join("\n"), &written.done_when, &written.labels.join(" ")]
            .map(String::as_str)
            .join("\n");
    let entry = search::Entry {
        circle,
        kind: Kind::Action,
        key: &number.to_string(),
        service: None,
        path: format!("/actions/{number}"),
        title: &written.title,
        body: &body,
    };
    search::put(tx, &entry, now).await
}

/// What an edit does, field by field, as a person reads it.
fn changes(before: &Detail, after: &Written) -> Vec<(String, String, String)> {
    let action = &before.action;
    let owner = |name: Option<&str>| name.unwrap_or("nobody").to_owned();
    let tasks: Vec<&str> = before.tasks.iter().map(|task| task.text.as_str()).collect();
    let fields = [
        ("Title", action.title.clone(), after.title.clone()),
        ("Description", before.description.clone(), after.description.clone()),
        ("Tasks", tasks.join("\n"), after.tasks.join("\n")),
        ("Done when", before.done_when.clone(), after.done_when.clone()),
        ("Labels", action.labels.join(", "), after.labels.join(", ")),
        ("Comes from", action.origin.reference.clone(), after.reference.clone()),
        ("Fixes", action.fixes.title().to_owned(), after.fixes.title().to_owned()),
        ("How", action.how.title().to_owned(), after.how.title().to_owned()),
        ("Severity", action.severity.level().to_string(), after.severity.level().to_string()),
        (
            "Owner",
            owner(action.owner.as_ref().map(|owner| owner.name.as_str())),
            owner(after.owner.as_ref().map(|(_, name)| name.as_str())),
        ),
        ("Assign by", action.assign_by.to_string(), after.assign_by.to_string()),
        ("Done by", action.done_by.to_string(), after.done_by.to_string()),
        ("Proof", action.proof.clone(), after.proof.clone()),
        ("Questions", before.questions.join("\n"), after.questions.join("\n")),
    ];
    let changed = fields.into_iter().filter(|(_, was, is)| was != is);
    let mut changes: Vec<_> = changed.map(|(field, was, is)| (field.to_owned(), was, is)).collect();
    // Two people may have one name.
    let person = action.owner.as_ref().map(|owner| owner.person.as_str());
    let is_namesake = !changes.iter().any(|(field, ..)| field == "Owner")
        && person != after.owner.as_ref().map(|(person, _)| person.as_str());
    if is_namesake {
        let name = owner(after.owner.as_ref().map(|(_, name)| name.as_str()));
        changes.push(("Owner".to_owned(), name.clone(), format!("{name} (another person)")));
    }
    changes
}

/// The most of each; texts in characters.
const TITLE_LIMIT: usize = 150;
const TEXT_LIMIT: usize = 20_000;
const LINE_LIMIT: usize = 300;
const PROOF_LIMIT: usize = 2000;
const TASKS_LIMIT: usize = 50;
const LABELS_LIMIT: usize = 10;
const LABEL_LIMIT: usize = 30;
const QUESTIONS_LIMIT: usize = 20;

/// How far ahead a date may lie: five years.
const AHEAD_LIMIT: TimeDelta = TimeDelta::days(5 * 366);

/// The draft in order, or everything that stands against it.
async fn check(
    db: &Db,
    who: &Who,
    member: &Member,
    draft: &Draft,
    before: Option<&Detail>,
    now: DateTime<Utc>,
) -> Result<Written> {
    let circle = &member.circle;
    let mut problems = problems_of_texts(draft);
    let tasks = tasks(&draft.tasks);
    if tasks.len() > TASKS_LIMIT || tasks.iter().any(|task| task.chars().count() > LINE_LIMIT) {
        problems.push(Problem::new("tasks", "Keep it to 50 tasks of up to 300 characters each."));
    }
    let labels = labels(&draft.labels);
    if labels.len() > LABELS_LIMIT || labels.iter().any(|label| label.chars().count() > LABEL_LIMIT) {
        problems.push(Problem::new("labels", "Keep it to 10 labels of up to 30 characters each."));
    }
    let mut need = |is_there: bool, field: &str, what: &str| {
        if !is_there {
            problems.push(Problem::new(field, what));
        }
    };
    need(draft.fixes.is_some(), "fixes", "Choose what it puts right.");
    need(draft.how.is_some(), "how", "Choose how it helps.");
    need(draft.severity.is_some(), "severity", "Choose a severity from 1 to 4.");
    let severity = draft.severity.unwrap_or(Severity::ALL[3]);
    let today = day_in(now, &member.circle_zone);
    let made_on = before.map_or(today, |before| day_in(before.action.made_at, &member.circle_zone));
    let given = clocks::of_circle(db, who, circle).await?.ends(severity, made_on);
    let dates = Dates { today, given, before: before.map(|it| (it.action.assign_by, it.action.done_by)) };
    let (assign_by, done_by) = dates.read(draft, &mut problems);
    let owner = match owner(db, who, circle, draft, before).await? {
        Ok(owner) => owner,
        Err(problem) => {
            problems.push(problem);
            None
        }
    };
    let questions = lines(&draft.questions);
    let had = before.map_or(&[][..], |before| &before.questions);
    problems.extend(problems_of_questions(db, circle, &questions, had).await?);
    let (true, Some(fixes), Some(how)) = (problems.is_empty(), draft.fixes, draft.how) else {
        return Err(Error::Refused(problems));
    };
    Ok(Written {
        title: one_line(&draft.title),
        description: draft.description.trim_end().to_owned(),
        tasks,
        done_when: draft.done_when.trim_end().to_owned(),
        labels,
        reference: one_line(&draft.reference),
        fixes,
        how,
        severity,
        owner,
        assign_by,
        done_by,
        proof: draft.proof.trim().to_owned(),
        questions,
    })
}

fn problems_of_texts(draft: &Draft) -> Vec<Problem> {
    let mut problems = Vec::new();
    let n_letters = one_line(&draft.title).chars().count();
    if !(1..=TITLE_LIMIT).contains(&n_letters) {
        let what =
            "Say in 1 to 150 characters what is to be done, for example Raise the pool alarm threshold.";
        problems.push(Problem::new("title", what));
    }
    for (field, text, limit) in [
        ("description", &draft.description, TEXT_LIMIT),
        ("done_when", &draft.done_when, TEXT_LIMIT),
        ("reference", &draft.reference, LINE_LIMIT),
        ("proof", &draft.proof, PROOF_LIMIT),
    ] {
        let n_letters = text.trim().chars().count();
        if n_letters > limit {
            let what = format!("Keep it under {limit} characters; it has {n_letters}.");
            problems.push(Problem::new(field, what));
        }
    }
    problems
}

/// The dates of a draft, and what they are held against.
struct Dates {
    today: NaiveDate,
    /// What the circle gives the severity.
    given: (NaiveDate, NaiveDate),
    /// What the action had.
    before: Option<(NaiveDate, NaiveDate)>,
}

impl Dates {
    fn read(&self, draft: &Draft, problems: &mut Vec<Problem>) -> (NaiveDate, NaiveDate) {
        let assign_by = self.one("assign_by", &draft.assign_by, self.given.0, self.before.map(|it| it.0));
        let done_by = self.one("done_by", &draft.done_by, self.given.1, self.before.map(|it| it.1));
        match (assign_by, done_by) {
            (Ok(assign_by), Ok(done_by)) if assign_by <= done_by => (assign_by, done_by),
            // Only one of the two was said: it bounds the other.
            (Ok(_), Ok(done_by)) if draft.assign_by.trim().is_empty() => (done_by, done_by),
            (Ok(assign_by), Ok(done_by)) => {
                let what = "It cannot be done before somebody is assigned: choose this day or a later one.";
                problems.push(Problem::new("done_by", what));
                (assign_by, done_by)
            }
            (assign_by, done_by) => {
                problems.extend(assign_by.err());
                problems.extend(done_by.err());
                self.given
            }
        }
    }

    fn one(
        &self,
        field: &str,
        typed: &str,
        given: NaiveDate,
        before: Option<NaiveDate>,
    ) -> Result<NaiveDate, Problem> {
        if typed.trim().is_empty() {
            return Ok(given);
        }
        let read = day(typed.trim()).ok().filter(|_| typed.trim().len() == 10);
        let Some(day) = read else {
            let example = given.to_string();
            return Err(Problem::new(field, format!("Enter a day, for example {example}.")));
        };
        if before == Some(day) {
            return Ok(day);
        }
        if day < self.today {
            return Err(Problem::new(field, "This day is over. Choose today or a later one."));
        }
        if day - self.today > AHEAD_LIMIT {
            return Err(Problem::new(field, "Choose a day within the next five years."));
        }
        Ok(day)
    }
}

/// Only who works in the circle can own an action; who owns it already may
/// have left.
async fn owner(
    db: &Db,
    who: &Who,
    circle: &str,
    draft: &Draft,
    before: Option<&Detail>,
) -> Result<Result<Option<(String, String)>, Problem>> {
    if draft.owner.is_empty() {
        return Ok(Ok(None));
    }
    let had = before.and_then(|before| before.action.owner.as_ref());
    if let Some(had) = had.filter(|had| had.person == draft.owner) {
        return Ok(Ok(Some((had.person.clone(), had.name.clone()))));
    }
    let one = workers(db, who, circle).await?.into_iter().find(|one| one.person == draft.owner);
    let problem = || Problem::new("owner", "Choose an engineer or a leader of this circle.");
    Ok(one.map(|one| Some((one.person, one.name))).ok_or_else(problem))
}

const IS_QUESTION: &str = "SELECT count(*) FROM questions WHERE circle = $1 AND id = $2";

async fn problems_of_questions(
    db: &Db,
    circle: &str,
    questions: &[String],
    had: &[String],
) -> Result<Option<Problem>> {
    if questions.len() > QUESTIONS_LIMIT {
        return Ok(Some(Problem::new("questions", "Keep it to 20 questions.")));
    }
    for question in questions.iter().filter(|question| !had.contains(question)) {
        let n: i64 = on!(db.read(), |pool| query_scalar(IS_QUESTION)
            .bind(circle)
            .bind(question)
            .fetch_one(pool)
            .await?);
        if n == 0 {
            let shown: String = question.chars().take(80).collect();
            let what = format!("There is no question {shown}. One looks like orders-db/process/what-first.");
            return Ok(Some(Problem::new("questions", what)));
        }
    }
    Ok(None)
}

/// As Markdown has a checklist, or a line each.
fn tasks(typed: &str) -> Vec<String> {
    let bullets = ["- [ ]", "- [x]", "- [X]", "-", "*"];
    let task = |line: &str| {
        let line = line.trim();
        let rest = bullets.iter().find_map(|bullet| line.strip_prefix(bullet)?.strip_prefix(' '));
        rest.unwrap_or(line).trim().to_owned()
    };
    typed.lines().map(task).filter(|task| !task.is_empty()).collect()
}

fn labels(typed: &str) -> Vec<String> {
    let mut labels: Vec<String> =
        typed.split([',', '\n']).map(|label| one_line(label).to_lowercase()).collect();
    labels.retain(|label| !label.is_empty());
    labels.sort();
    labels.dedup();
    labels
}

fn lines(typed: &str) -> Vec<String> {
    let mut lines: Vec<String> =
        typed.split_whitespace().map(|word| word.trim_matches(',').to_owned()).collect();
    lines.retain(|line| !line.is_empty());
    lines.sort();
    lines.dedup();
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_are_lines_with_or_without_bullets() {
        let typed = "- [ ] Ask Bo\n- [x] Change it\n\n* Tell all\n-5 degrees\n  Look again  \n-\n";

        assert_eq!(tasks(typed), ["Ask Bo", "Change it", "Tell all", "-5 degrees", "Look again", "-"]);
    }

    #[test]
    fn labels_are_lower_case_and_once() {
        assert_eq!(labels(" Alerts,pool  size,, ALERTS\nb"), ["alerts", "b", "pool size"]);
    }

    #[test]
    fn questions_are_words() {
        assert_eq!(lines("b/process/x, a/process/y\n\nb/process/x"), ["a/process/y", "b/process/x"]);
    }
}
