//! Working on an incident: each thing that is done adds to its timeline.

use chrono::{DateTime, TimeDelta, Utc};
use domain::incident::{Audience, Entry, Kind, Number, Phase, Reached, Severity};
use domain::people::Role;
use domain::words::one_line;
use sqlx::{query, query_scalar};

use super::opening::{TITLE_LIMIT, problem_of_service};
use super::{Detail, Incident, TimelineEntry, at_work, find, record, worker};
use crate::actions;
use crate::db::{Db, Tx, commit, new_id, on, stored};
use crate::error::{Error, Problem, Result};
use crate::people::Who;
use crate::search;
use crate::sources::{self, Change};
use crate::token::stamp;

/// The longest text, in characters.
pub(super) const TEXT_LIMIT: usize = 8000;

const MOVE: &str = "
    UPDATE incidents
    SET phase = $3, acknowledged_at = $4, mitigated_at = $5, resolved_at = $6, n_reopened = n_reopened + $7
    WHERE id = $1 AND phase = $2";

/// Brings an incident into another phase, by an engineer or a leader. Whoever
/// acknowledges one that nobody has, has it. It was reached at `happened_at`, or
/// now. Asking for the phase that it is in already changes nothing: a double
/// click.
pub async fn step(
    db: &Db,
    who: &Who,
    circle: &str,
    number: Number,
    to: Phase,
    happened_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<()> {
    let found = at_work(db, who, circle, number).await?;
    let incident = &found.incident;
    if incident.phase == to {
        return Ok(());
    }
    if !incident.phase.may_become().contains(&to) {
        return Err(changed_meanwhile(incident));
    }
    let now = stored(now);
    let mut reached_at = happened_at.map_or(now, stored);
    if let (Some(_), Some(what)) = (happened_at, cannot_be_reached(incident, reached_at, now)) {
        return Err(Error::refused("reached_at", what));
    }
    // A field has whole minutes.
    reached_at = reached_at.max(incident.reached.at(incident.phase).unwrap_or(reached_at));
    let mut tx = db.begin().await?;
    if !turn(&mut tx, &incident.id, incident.phase, to, incident.reached, reached_at).await? {
        return Err(changed_meanwhile(incident));
    }
    if to == Phase::Acknowledged && incident.assignee.is_none() {
        give_to(&mut tx, &incident.id, &who.person, now).await?;
    }
    let words = if to < incident.phase { "Back to work.".to_owned() } else { String::new() };
    let entry =
        Entry { kind: Kind::Phase, audience: Audience::Internal, words, phase: to, happened_at: reached_at };
    tell(&mut tx, &incident.id, &NewEntry { id: None, entry, person: Some(who) }, now).await?;
    let what = format!("moved an incident to: {}", to.title());
    record(&mut tx, who, circle, (number, &incident.title), &what, now).await?;
    commit(tx).await
}

/// Why a phase cannot have been reached at an instant; phases come one after the
/// other.
fn cannot_be_reached(incident: &Incident, at: DateTime<Utc>, now: DateTime<Utc>) -> Option<&'static str> {
    let before = incident.reached.at(incident.phase);
    if at > now + TimeDelta::minutes(1) {
        Some("This has not come yet. Enter when it happened.")
    } else if before.is_some_and(|before| at + TimeDelta::minutes(1) <= before) {
        Some("The phase before this one was reached later. Enter a later time.")
    } else {
        None
    }
}

/// Writes a phase and its instants; says whether it still was in the one before.
pub(crate) async fn turn(
    tx: &mut Tx,
    incident: &str,
    from: Phase,
    to: Phase,
    reached: Reached,
    now: DateTime<Utc>,
) -> Result<bool> {
    let reached = reached.after(to, now);
    let is_reopened = from == Phase::Resolved && to < Phase::Resolved;
    let n_moved = on!(tx, |tx| query(MOVE)
        .bind(incident)
        .bind(from.as_str())
        .bind(to.as_str())
        .bind(reached.acknowledged)
        .bind(reached.mitigated)
        .bind(reached.resolved)
        .bind(i64::from(is_reopened))
        .execute(&mut **tx)
        .await?
        .rows_affected());
    Ok(n_moved == 1)
}

pub(super) fn changed_meanwhile(incident: &Incident) -> Error {
    let what = format!("Somebody changed {} meanwhile. Look at it as it is now.", incident.number);
    Error::refused("", what)
}

/// What somebody adds to a timeline.
#[derive(Debug, Clone, Copy)]
pub struct Said<'a> {
    /// Made by the page, so that sending it twice adds it once.
    pub id: &'a str,
    pub kind: Kind,
    pub audience: Audience,
    pub words: &'a str,
    /// Which phase an update is about; `None`: the one that it is in.
    pub about: Option<Phase>,
    /// When it happened; `None`: now.
    pub happened_at: Option<DateTime<Utc>>,
}

const UPDATED: &str = "UPDATE incidents SET updated_at = $2, snoozed_until = NULL WHERE id = $1";

/// Adds an entry to a timeline, by an engineer or a leader. An update for
/// stakeholders winds the clock up again.
pub async fn add(
    db: &Db,
    who: &Who,
    circle: &str,
    number: Number,
    said: Said<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    let found = at_work(db, who, circle, number).await?;
    let (incident, now) = (&found.incident, stored(now));
    let entry = read(incident, said, now).map_err(Error::Refused)?;
    let is_update = entry.kind == Kind::Update && entry.audience == Audience::Stakeholders;
    let found_out = matches!(entry.kind, Kind::Finding | Kind::Cause).then(|| entry.words.clone());
    let mut tx = db.begin().await?;
    let new = NewEntry { id: Some(said.id), entry, person: Some(who) };
    if !tell(&mut tx, &incident.id, &new, now).await? {
        // It was sent before.
        return Ok(());
    }
    if is_update {
        on!(&mut tx, |tx| query(UPDATED).bind(&incident.id).bind(now).execute(&mut **tx).await.map(drop))?;
    }
    if let Some(found_out) = found_out {
        let was = learned(&incident.title, &incident.impact, &incident.resolution);
        let is = format!("{was}\n\n{found_out}");
        ask_to_check(&mut tx, circle, number, (&was, &is), now).await?;
    }
    let what =
        if is_update { "told stakeholders of an incident" } else { "wrote to the timeline of an incident" };
    record(&mut tx, who, circle, (number, &incident.title), what, now).await?;
    commit(tx).await
}

fn read(incident: &Incident, said: Said<'_>, now: DateTime<Utc>) -> Result<Entry, Vec<Problem>> {
    let mut problems = Vec::new();
    let words = said.words.trim();
    if words.is_empty() {
        problems.push(Problem::new("words", "Write what is to be said."));
    } else if words.chars().count() > TEXT_LIMIT {
        problems.push(Problem::new("words", format!("Keep it under {TEXT_LIMIT} characters.")));
    }
    if !Kind::WRITTEN.contains(&said.kind) {
        problems.push(Problem::new("kind", "Choose what it is."));
    }
    if said.kind == Kind::Update && said.audience == Audience::Internal {
        problems.push(Problem::new("audience", "An update is for stakeholders. What is internal is a note."));
    }
    let happened_at = said.happened_at.map_or(now, stored);
    if happened_at > now + TimeDelta::minutes(1) {
        problems.push(Problem::new("happened_at", "This has not come yet. Enter when it happened."));
    }
    let phase = said.about.unwrap_or(incident.phase);
    if incident.reached.at(phase).is_none() {
        problems.push(Problem::new("about", "It has not been in this phase."));
    }
    if said.id.is_empty() || said.id.len() > 64 {
        problems.push(Problem::new("", "The page is out of date. Load it again and send it from there."));
    }
    let entry =
        Entry { kind: said.kind, audience: said.audience, words: words.to_owned(), phase, happened_at };
    if problems.is_empty() { Ok(entry) } else { Err(problems) }
}

const SNOOZE: &str = "UPDATE incidents SET snoozed_until = $2 WHERE id = $1";

/// The longest that an update is put off at once, in minutes.
const LONGEST_SNOOZE: i64 = 24 * 60;

/// Puts the next update off by so many minutes, with a reason: from when it is
/// due, or from now where it is late.
pub async fn snooze(
    db: &Db,
    who: &Who,
    circle: &str,
    number: Number,
    minutes: &str,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let found = at_work(db, who, circle, number).await?;
    let (incident, now) = (&found.incident, stored(now));
    let Some(next) = incident.next_update else {
        return Err(Error::refused("minutes", "No update is due, so none can be put off."));
    };
    let mut problems = Vec::new();
    let minutes = minutes.trim().parse().ok().filter(|n| (1..=LONGEST_SNOOZE).contains(n));
    if minutes.is_none() {
        problems.push(Problem::new("minutes", "Enter minutes from 1 to 1440, for example 30."));
    }
    let reason = one_reason("reason", reason).unwrap_or_else(|problem| {
        problems.push(problem);
        String::new()
    });
    let (Some(minutes), true) = (minutes, problems.is_empty()) else {
        return Err(Error::Refused(problems));
    };
    let until = next.due_at.max(now) + TimeDelta::minutes(minutes);
    let mut tx = db.begin().await?;
    on!(&mut tx, |tx| query(SNOOZE).bind(&incident.id).bind(until).execute(&mut **tx).await.map(drop))?;
    let words = format!("Put off by {minutes} min: {reason}");
    say(&mut tx, incident, Kind::Snoozed, incident.phase, &words, Some(who), now).await?;
    record(&mut tx, who, circle, (number, &incident.title), "put an update off", now).await?;
    commit(tx).await
}

const ASSIGN: &str = "UPDATE incidents SET assignee = $2, assigned_at = $3, path_step = NULL WHERE id = $1";

/// Gives an incident to somebody who works in the circle.
pub async fn assign(
    db: &Db,
    who: &Who,
    circle: &str,
    number: Number,
    person: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let found = at_work(db, who, circle, number).await?;
    let (incident, now) = (&found.incident, stored(now));
    let people = actions::workers(db, who, circle).await?;
    let Some(to) = people.into_iter().find(|one| one.person == person) else {
        return Err(Error::refused("person", "Choose an engineer or a leader of this circle."));
    };
    if incident.assignee.as_ref().is_some_and(|had| had.person == to.person && had.path_step.is_none()) {
        return Ok(());
    }
    let mut tx = db.begin().await?;
    give_to(&mut tx, &incident.id, &to.person, now).await?;
    let words = format!("{} has it.", to.name);
    say(&mut tx, incident, Kind::Assigned, incident.phase, &words, Some(who), now).await?;
    record(&mut tx, who, circle, (number, &incident.title), "assigned an incident", now).await?;
    commit(tx).await
}

async fn give_to(tx: &mut Tx, incident: &str, person: &str, now: DateTime<Utc>) -> Result<()> {
    Ok(on!(tx, |tx| query(ASSIGN).bind(incident).bind(person).bind(now).execute(&mut **tx).await.map(drop))?)
}

/// What an incident is about, as somebody changes it.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    pub title: String,
    pub service: String,
    pub severity: Option<Severity>,
    pub business_affected: bool,
    pub impact: String,
    pub is_drill: bool,
}

const CHANGE: &str = "
    UPDATE incidents
    SET title = $2, service = $3, severity = $4, business_affected = $5, affected_since = $6, impact = $7,
        is_drill = $8
    WHERE id = $1";

/// The runbook in force, where it turns out which service it is.
const RUNBOOK: &str = "
    UPDATE incidents
    SET runbook_version = (SELECT r.version FROM runbooks r
                           WHERE r.circle = incidents.circle AND r.service = incidents.service)
    WHERE id = $1";

/// Changes what an incident is about; each thing that changes is an entry of its
/// timeline.
pub async fn change(
    db: &Db,
    who: &Who,
    circle: &str,
    number: Number,
    facts: &Facts,
    now: DateTime<Utc>,
) -> Result<()> {
    let found = at_work(db, who, circle, number).await?;
    let (before, now) = (&found.incident, stored(now));
    let title = one_line(&facts.title);
    let mut problems = Vec::new();
    if !(1..=TITLE_LIMIT).contains(&title.chars().count()) {
        problems.push(Problem::new("title", "Say in 1 to 150 characters what goes wrong."));
    }
    if facts.severity.is_none() {
        problems.push(Problem::new("severity", "Choose a severity from 1 to 4."));
    }
    if facts.impact.chars().count() > TEXT_LIMIT {
        problems.push(Problem::new("impact", format!("Keep it under {TEXT_LIMIT} characters.")));
    }
    problems.extend(problem_of_service(db, circle, &facts.service).await?);
    let (Some(severity), true) = (facts.severity, problems.is_empty()) else {
        return Err(Error::Refused(problems));
    };
    let impact = if facts.business_affected { facts.impact.trim() } else { "" };
    let changes = changes(before, facts, &title, impact, severity);
    if changes.is_empty() {
        return Ok(());
    }
    let affected_since = facts.business_affected.then(|| before.affected_since.unwrap_or(now));
    let mut tx = db.begin().await?;
    on!(&mut tx, |tx| query(CHANGE)
        .bind(&before.id)
        .bind(&title)
        .bind(Some(facts.service.as_str()).filter(|service| !service.is_empty()))
        .bind(i64::from(severity.level()))
        .bind(facts.business_affected)
        .bind(affected_since)
        .bind(impact)
        .bind(facts.is_drill)
        .execute(&mut **tx)
        .await
        .map(drop))?;
    if before.service.as_ref().map_or("", |(slug, _)| slug.as_str()) != facts.service {
        on!(&mut tx, |tx| query(RUNBOOK).bind(&before.id).execute(&mut **tx).await.map(drop))?;
    }
    for (kind, words) in changes {
        say(&mut tx, before, kind, before.phase, &words, Some(who), now).await?;
    }
    let was = learned(&before.title, &before.impact, &before.resolution);
    let is = learned(&title, impact, &before.resolution);
    ask_to_check(&mut tx, circle, number, (&was, &is), now).await?;
    record(&mut tx, who, circle, (number, &title), "changed an incident", now).await?;
    commit(tx).await
}

/// What a change does, as a person reads it.
fn changes(
    before: &Incident,
    facts: &Facts,
    title: &str,
    impact: &str,
    severity: Severity,
) -> Vec<(Kind, String)> {
    let mut changes = Vec::new();
    if before.severity != severity {
        let words = format!("From {} to {}.", before.severity.level(), severity.level());
        changes.push((Kind::Severity, words));
    }
    let was_affected = before.affected_since.is_some();
    if was_affected != facts.business_affected || before.impact != impact {
        let words = match (facts.business_affected, impact) {
            (false, _) => "Business is not affected.".to_owned(),
            (true, "") => "Business is affected.".to_owned(),
            (true, impact) => format!("Business is affected: {impact}"),
        };
        changes.push((Kind::Impact, words));
    }
    if before.title != title {
        changes.push((Kind::Changed, format!("It was called “{}”.", before.title)));
    }
    let service = before.service.as_ref().map(|(slug, _)| slug.as_str()).unwrap_or_default();
    if service != facts.service {
        let name = |slug: &str| if slug.is_empty() { "no service".to_owned() } else { slug.to_owned() };
        changes.push((Kind::Changed, format!("From {} to {}.", name(service), name(&facts.service))));
    }
    if before.is_drill != facts.is_drill {
        let words = if facts.is_drill { "This is a drill." } else { "This is no drill." };
        changes.push((Kind::Changed, words.to_owned()));
    }
    changes
}

/// What a question can rest on in an incident.
fn learned(title: &str, impact: &str, resolution: &str) -> String {
    [title, impact, resolution].map(str::trim).join("\n\n")
}

/// Puts the questions on "check me" that rest on an incident.
async fn ask_to_check(
    tx: &mut Tx,
    circle: &str,
    number: Number,
    (was, is): (&str, &str),
    now: DateTime<Utc>,
) -> Result<()> {
    let source = format!("incident:{number}");
    let change = Change { source: &source, from: "what it said", to: "what it says now", was, is };
    sources::changed(tx, circle, &change, now).await
}

const WITHDRAW: &str = "
    INSERT INTO timeline_withdrawals (entry, reason, person, withdrawn_at)
    SELECT id, $3, $4, $5 FROM timeline_entries WHERE incident = $1 AND turn = $2
    ON CONFLICT (entry) DO NOTHING";

/// Takes an entry for stakeholders out of the report, by an engineer or a
/// leader, also of an incident that is closed. The timeline keeps it, with the
/// reason.
pub async fn withdraw(
    db: &Db,
    who: &Who,
    circle: &str,
    number: Number,
    turn: i64,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    worker(db, who, circle).await?;
    let found = find(db, who, circle, number).await?;
    let is_it = |one: &&TimelineEntry| one.turn == turn && one.entry.audience == Audience::Stakeholders;
    let entry = found.entries.iter().find(is_it).ok_or(Error::NotFound)?;
    let reason = one_reason("because", reason).map_err(|problem| Error::Refused(vec![problem]))?;
    let (incident, now) = (&found.incident, stored(now));
    let mut tx = db.begin().await?;
    let n_withdrawn = on!(&mut tx, |tx| query(WITHDRAW)
        .bind(&incident.id)
        .bind(turn)
        .bind(&reason)
        .bind(&who.person)
        .bind(now)
        .execute(&mut **tx)
        .await?
        .rows_affected());
    if n_withdrawn == 0 {
        return Ok(());
    }
    let beginning: String = one_line(&entry.entry.words).chars().take(80).collect();
    let words = format!("Taken out of the report: “{beginning}”, because: {reason}");
    say(&mut tx, incident, Kind::Changed, incident.phase, &words, Some(who), now).await?;
    record(&mut tx, who, circle, (number, &incident.title), "took an entry out of a report", now).await?;
    commit(tx).await
}

const RESOLUTION: &str = "UPDATE incidents SET resolution = $2 WHERE id = $1 AND resolution = $3";

/// Writes down what ended an incident; `had` is the [`stamp`] of the notes that
/// were shown.
pub async fn explain(
    db: &Db,
    who: &Who,
    circle: &str,
    number: Number,
    resolution: &str,
    had: Option<&str>,
    now: DateTime<Utc>,
) -> Result<()> {
    let found = at_work(db, who, circle, number).await?;
    let (incident, now) = (&found.incident, stored(now));
    let resolution = one_reason("resolution", resolution).map_err(|problem| Error::Refused(vec![problem]))?;
    if incident.resolution == resolution {
        return Ok(());
    }
    if had.is_some_and(|had| had != stamp(&incident.resolution)) {
        let what = format!("Somebody wrote these notes meanwhile. They say now: {}", incident.resolution);
        return Err(Error::refused("resolution", what));
    }
    let mut tx = db.begin().await?;
    let n_written = on!(&mut tx, |tx| query(RESOLUTION)
        .bind(&incident.id)
        .bind(&resolution)
        .bind(&incident.resolution)
        .execute(&mut **tx)
        .await?
        .rows_affected());
    if n_written == 0 {
        return Err(changed_meanwhile(incident));
    }
    say(&mut tx, incident, Kind::Resolution, incident.phase, &resolution, Some(who), now).await?;
    let was = learned(&incident.title, &incident.impact, &incident.resolution);
    let is = learned(&incident.title, &incident.impact, &resolution);
    ask_to_check(&mut tx, circle, number, (&was, &is), now).await?;
    record(&mut tx, who, circle, (number, &incident.title), "wrote resolution notes", now).await?;
    commit(tx).await
}

const DECIDE: &str = "
    UPDATE incidents
    SET postmortem = $2, postmortem_reason = $3, postmortem_by = $4, postmortem_at = $5
    WHERE id = $1";

/// Keeps the decision about a postmortem with the incident, inside whatever
/// decides it.
pub(crate) async fn note_postmortem(
    tx: &mut Tx,
    who: &Who,
    incident: &Incident,
    is_wanted: bool,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    on!(&mut *tx, |tx| query(DECIDE)
        .bind(&incident.id)
        .bind(if is_wanted { "yes" } else { "no" })
        .bind(reason)
        .bind(&who.person)
        .bind(now)
        .execute(&mut **tx)
        .await
        .map(drop))?;
    let words = match (is_wanted, reason) {
        (true, "") => "There is to be one.".to_owned(),
        (true, reason) => format!("There is to be one: {reason}"),
        (false, reason) => format!("There is to be none: {reason}"),
    };
    say(tx, incident, Kind::Postmortem, incident.phase, &words, Some(who), now).await
}

/// An internal entry about something that was done.
pub(super) async fn say(
    tx: &mut Tx,
    incident: &Incident,
    kind: Kind,
    phase: Phase,
    words: &str,
    person: Option<&Who>,
    now: DateTime<Utc>,
) -> Result<()> {
    let entry =
        Entry { kind, audience: Audience::Internal, words: words.to_owned(), phase, happened_at: now };
    tell(tx, &incident.id, &NewEntry { id: None, entry, person }, now).await.map(drop)
}

/// What is added to a timeline.
pub(crate) struct NewEntry<'a> {
    pub id: Option<&'a str>,
    pub entry: Entry,
    /// `None`: a sender or the clock.
    pub person: Option<&'a Who>,
}

const NEXT_TURN: &str = "
    UPDATE incidents SET n_entries = n_entries + 1, changed_at = $2
    WHERE id = $1
    RETURNING n_entries";

const ADD: &str = "
    INSERT INTO timeline_entries (id, incident, turn, kind, audience, words, phase, person, happened_at, written_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    ON CONFLICT (id) DO NOTHING";

/// Adds to a timeline. The count of its entries locks the incident, so that two
/// things at once come one after the other. Says whether it was added: an id
/// that is there already was sent before.
pub(crate) async fn tell(
    tx: &mut Tx,
    incident: &str,
    new: &NewEntry<'_>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let turn: i64 =
        on!(&mut *tx, |tx| query_scalar(NEXT_TURN).bind(incident).bind(now).fetch_one(&mut **tx).await?);
    let id = new.id.map_or_else(new_id, str::to_owned);
    let n_added = on!(&mut *tx, |tx| query(ADD)
        .bind(id)
        .bind(incident)
        .bind(turn)
        .bind(new.entry.kind.as_str())
        .bind(new.entry.audience.as_str())
        .bind(&new.entry.words)
        .bind(new.entry.phase.as_str())
        .bind(new.person.map(|who| &who.person))
        .bind(new.entry.happened_at)
        .bind(now)
        .execute(&mut **tx)
        .await?
        .rows_affected());
    // What a sender repeats says nothing new to search for.
    if turn == 1 || new.person.is_some() {
        search::put_incident(tx, incident, now).await?;
    }
    Ok(n_added == 1)
}

/// A reason that was given, in order.
pub(super) fn one_reason(field: &str, typed: &str) -> Result<String, Problem> {
    let reason = typed.trim();
    if reason.is_empty() {
        return Err(Problem::new(field, "Say it in a sentence."));
    }
    if reason.chars().count() > TEXT_LIMIT {
        return Err(Problem::new(field, format!("Keep it under {TEXT_LIMIT} characters.")));
    }
    Ok(reason.to_owned())
}

impl Detail {
    /// Whether the one who asked leads the circle.
    pub fn leads(&self) -> bool {
        self.member.role == Role::Leader
    }
}
