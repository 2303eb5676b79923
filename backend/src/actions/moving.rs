//! What happens to an action: it is moved, commented on, and its tasks are
//! ticked. Each is added to its history.

use chrono::{DateTime, Utc};
use domain::action::{Move, Number, State};
use sqlx::{query, query_as, query_scalar};

use super::making::{changed_meanwhile, editable};
use super::once::{self, Sent};
use super::{Action, EventKind, effect, find};
use crate::audit;
use crate::db::{Db, Tx, commit, is_taken, on, stored};
use crate::error::{Error, Result};
use crate::people::Who;

/// What a move came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moved {
    Done,
    /// The owner has this one in progress; one is enough. Nothing has changed.
    HasAnother(Number),
}

/// How somebody moves an action.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    pub action: Move,
    /// A comment, or the reason where one is needed.
    pub note: &'a str,
    /// A proof, where one is given with the move; empty leaves it as it is.
    pub proof: &'a str,
    /// What is paused so that this one can be started.
    pub pause: Option<Number>,
    /// Made by the page that sends it: sent again, it moves nothing.
    pub key: &'a str,
}

impl<'a> Step<'a> {
    pub fn new(action: Move) -> Step<'a> {
        Step { action, note: "", proof: "", pause: None, key: "" }
    }

    pub fn because(action: Move, note: &'a str) -> Step<'a> {
        Step { note, ..Step::new(action) }
    }
}

/// The longest comment, in characters.
const NOTE_LIMIT: usize = 8000;

const MOVE: &str = "
    UPDATE actions
    SET state = $3, closed_at = $4, proof = $5
    WHERE id = $1 AND state = $2";

/// Moves an action, by whoever may. Whether it has helped is decided with the
/// figures as they stand then, and they are kept.
pub async fn step(
    db: &Db,
    who: &Who,
    circle: &str,
    number: Number,
    step: Step<'_>,
    now: DateTime<Utc>,
) -> Result<Moved> {
    let found = find(db, who, circle, number, now).await?;
    let action = &found.action;
    if !step.action.is_for(action.standing(&found.member)) {
        return Err(Error::NotFound);
    }
    let Step { key, pause, .. } = step;
    let sent = Sent::new(
        key,
        &format!("{circle} {number} {:?} {pause:?} {} {}", step.action, step.note, step.proof),
    );
    let Some(state) = action.state.after(step.action) else {
        if once::was_sent(db, who, &sent).await?.is_some() {
            return Ok(Moved::Done);
        }
        return Err(Error::refused("", format!("This action is {} now.", in_a_sentence(action.state))));
    };
    let note = note("note", step.note, step.action.needs_reason())?;
    let proof = if step.proof.trim().is_empty() { action.proof.as_str() } else { step.proof.trim() };
    if proof.chars().count() > 2000 {
        return Err(Error::refused("proof", "Keep the proof under 2000 characters."));
    }
    let now = stored(now);
    let judged = match step.action {
        Move::SeeEffect | Move::SeeNoEffect => action.effect,
        _ => None,
    };
    let mut tx = db.begin().await?;
    if !once::is_first(&mut tx, who, &sent, &action.id).await? {
        return Ok(Moved::Done);
    }
    if state == State::InProgress
        && let Some(other) = make_room(&mut tx, who, circle, action, step.pause, now).await?
    {
        return Ok(Moved::HasAnother(other));
    }
    let closed_at = match state {
        _ if state.is_unfinished() => None,
        State::EffectSeen | State::NoEffect => action.closed_at,
        _ => Some(now),
    };
    let moved = on!(&mut tx, |tx| query(MOVE)
        .bind(&action.id)
        .bind(action.state.as_str())
        .bind(state.as_str())
        .bind(closed_at)
        .bind(proof)
        .execute(&mut **tx)
        .await
        .map(|done| done.rows_affected()));
    match moved {
        Ok(1) => {}
        Ok(_) => return Err(changed_meanwhile()),
        // Another one was started in this moment.
        Err(why) if is_taken(&why) => return Err(changed_meanwhile()),
        Err(why) => return Err(why.into()),
    }
    let changes = match action.proof == proof {
        true => Vec::new(),
        false => vec![("Proof".to_owned(), action.proof.clone(), proof.to_owned())],
    };
    let moved = Happened { note, changes, ..Happened::new(EventKind::Moved, state) };
    let turn = happen(&mut tx, who, &action.id, moved, now).await?;
    if let Some(figures) = judged {
        effect::keep(&mut tx, &action.id, turn, figures).await?;
    }
    record(&mut tx, who, circle, action, &format!("moved a corrective action to: {}", state.title()), now)
        .await?;
    commit(tx).await?;
    Ok(Moved::Done)
}

const IN_PROGRESS: &str = "
    SELECT id, number
    FROM actions
    WHERE circle = $1 AND owner = $2 AND state = 'in_progress' AND id <> $3";

const PAUSE: &str = "UPDATE actions SET state = 'paused' WHERE id = $1 AND state = 'in_progress'";

/// Pauses what the owner has in progress, if that is the one to pause; returns
/// what stands in the way otherwise.
async fn make_room(
    tx: &mut Tx,
    who: &Who,
    circle: &str,
    action: &Action,
    pause: Option<Number>,
    now: DateTime<Utc>,
) -> Result<Option<Number>> {
    let Some(owner) = &action.owner else {
        return Err(Error::refused("", "Nobody owns this action. Give it an owner first."));
    };
    let other: Option<(String, i64)> = on!(&mut *tx, |tx| query_as(IN_PROGRESS)
        .bind(circle)
        .bind(&owner.person)
        .bind(&action.id)
        .fetch_optional(&mut **tx)
        .await?);
    let Some((id, other)) = other else { return Ok(None) };
    if pause != Some(Number(other)) {
        return Ok(Some(Number(other)));
    }
    let n_paused = on!(&mut *tx, |tx| query(PAUSE).bind(&id).execute(&mut **tx).await?.rows_affected());
    if n_paused == 0 {
        return Err(changed_meanwhile());
    }
    let note = format!("{} comes first.", action.number);
    happen(tx, who, &id, Happened { note, ..Happened::new(EventKind::Moved, State::Paused) }, now).await?;
    let what = "moved a corrective action to: Paused";
    let subject = Number(other).to_string();
    audit::record(tx, Some(circle), Some(&who.person), what, &subject, now).await?;
    Ok(None)
}

/// Comments on an action, by any member of the circle. `key` is made by
/// whoever sends it, so that sending the same again adds nothing.
pub async fn comment(
    db: &Db,
    who: &Who,
    circle: &str,
    number: Number,
    (key, text): (&str, &str),
    now: DateTime<Utc>,
) -> Result<()> {
    let action = find(db, who, circle, number, now).await?.action;
    let note = note("comment", text, true)?;
    let sent = Sent::new(key, &format!("{circle} {number} {note}"));
    let mut tx = db.begin().await?;
    if !once::is_first(&mut tx, who, &sent, &action.id).await? {
        return Ok(());
    }
    let said = Happened { note, ..Happened::new(EventKind::Comment, action.state) };
    happen(&mut tx, who, &action.id, said, stored(now)).await?;
    record(&mut tx, who, circle, &action, "commented on a corrective action", now).await?;
    commit(tx).await
}

const TICK: &str = "
    UPDATE action_tasks SET is_ticked = $3
    WHERE action = $1 AND n = $2 AND is_ticked <> $3
      AND action IN (SELECT id FROM actions WHERE id = $1 AND revision = $4)";

/// Ticks a task, or takes the tick off, by the owner or a leader. `revision` is
/// the one in which the task stood at that place.
#[expect(clippy::too_many_arguments, reason = "a place, and what becomes of it")]
pub async fn tick(
    db: &Db,
    who: &Who,
    circle: &str,
    number: Number,
    revision: i64,
    n: i64,
    is_ticked: bool,
    now: DateTime<Utc>,
) -> Result<()> {
    let found = editable(db, who, circle, number, now).await?;
    let action = &found.action;
    if action.revision != revision {
        return Err(changed_meanwhile());
    }
    let task = found.tasks.iter().find(|task| task.n == n).ok_or(Error::NotFound)?;
    let mut tx = db.begin().await?;
    let n_ticked = on!(&mut tx, |tx| query(TICK)
        .bind(&action.id)
        .bind(n)
        .bind(is_ticked)
        .bind(revision)
        .execute(&mut **tx)
        .await?
        .rows_affected());
    if n_ticked == 0 {
        // It is so already: a double click.
        return Ok(());
    }
    let kind = if is_ticked { EventKind::Ticked } else { EventKind::Unticked };
    let ticked = Happened { note: task.text.clone(), ..Happened::new(kind, action.state) };
    happen(&mut tx, who, &action.id, ticked, stored(now)).await?;
    let what = if is_ticked { "ticked a task of an action" } else { "took a tick off a task of an action" };
    record(&mut tx, who, circle, action, what, now).await?;
    commit(tx).await
}

/// What is added to a history.
pub(super) struct Happened {
    pub kind: EventKind,
    pub state: State,
    pub note: String,
    pub changes: Vec<(String, String, String)>,
}

impl Happened {
    pub fn new(kind: EventKind, state: State) -> Happened {
        Happened { kind, state, note: String::new(), changes: Vec::new() }
    }
}

const NEXT_TURN: &str = "
    UPDATE actions SET n_events = n_events + 1, changed_at = $2
    WHERE id = $1
    RETURNING n_events";

const ADD_EVENT: &str = "
    INSERT INTO action_events (action, turn, kind, state, note, changes, person, happened_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// Adds to the history of an action. The count of what happened locks its row,
/// so that two things at once come one after the other; returns its place.
pub(super) async fn happen(
    tx: &mut Tx,
    who: &Who,
    action: &str,
    what: Happened,
    now: DateTime<Utc>,
) -> Result<i64> {
    let changes = serde_json::to_string(&what.changes).map_err(|why| Error::Corrupt(why.to_string()))?;
    let turn: i64 =
        on!(&mut *tx, |tx| query_scalar(NEXT_TURN).bind(action).bind(now).fetch_one(&mut **tx).await?);
    on!(tx, |tx| query(ADD_EVENT)
        .bind(action)
        .bind(turn)
        .bind(what.kind.as_str())
        .bind(what.state.as_str())
        .bind(what.note)
        .bind(changes)
        .bind(&who.person)
        .bind(now)
        .execute(&mut **tx)
        .await
        .map(drop))?;
    Ok(turn)
}

async fn record(
    tx: &mut Tx,
    who: &Who,
    circle: &str,
    action: &Action,
    what: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let subject = format!("{} {}", action.number, action.title);
    audit::record(tx, Some(circle), Some(&who.person), what, &subject, now).await
}

fn note(field: &str, typed: &str, is_needed: bool) -> Result<String> {
    let text = typed.trim();
    if text.is_empty() && is_needed {
        let what = if field == "comment" { "Write a comment." } else { "Say why, in a sentence." };
        return Err(Error::refused(field, what));
    }
    if text.chars().count() > NOTE_LIMIT {
        return Err(Error::refused(field, format!("Keep it under {NOTE_LIMIT} characters.")));
    }
    Ok(text.to_owned())
}

/// "in review", "effect seen", "not to be done".
fn in_a_sentence(state: State) -> String {
    match state {
        State::WontDo => "not to be done".to_owned(),
        State::NoEffect => "done without effect".to_owned(),
        State::EffectSeen => "done with an effect".to_owned(),
        other => other.title().to_lowercase(),
    }
}
