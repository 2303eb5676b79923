//! Beginning a postmortem, writing it, and making what follows from it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::action::{self, Origin, OriginKind, day_in};
use domain::incident;
use domain::postmortem::{Number, Section, State};
use domain::search::Kind;
use domain::words::one_line;
use sqlx::{query, query_scalar};

use super::moving::sections;
use super::{Found, find, origin_of, writable};
use crate::actions::making::{self, Draft, Made, Prepared};
use crate::audit;
use crate::circles::{self, Member};
use crate::db::{Db, Tx, commit, new_id, on, stored};
use crate::error::{Error, Problem, Result};
use crate::incidents;
use crate::people::Who;
use crate::search;
use crate::sources::{self, Change};
use crate::token::stamp;

/// What a postmortem says, as somebody writes it down. The name of a field is
/// that of its problem; a section's is its own.
#[derive(Debug, Clone, Default)]
pub struct Written {
    pub title: String,
    /// YYYY-MM-DD; empty where nobody knows.
    pub happened_on: String,
    /// A short name; empty where it is about several or none.
    pub service: String,
    pub sections: Vec<(Section, String)>,
}

const NEXT_NUMBER: &str = "
    INSERT INTO numbers (circle, series, last)
    VALUES ($1, 'PM', 1)
    ON CONFLICT (circle, series) DO UPDATE SET last = numbers.last + 1
    RETURNING last";

const ADD: &str = "
    INSERT INTO postmortems (id, circle, number, title, happened_on, service, incident, state, none_because,
                             imported_from, original, words, revision, n_events, made_by, made_at, changed_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, 'draft', '', $8, $9, $10, 1, 0, $11, $12, $12)";

/// A postmortem that is about to be stored.
pub(super) struct New<'a> {
    pub written: &'a Written,
    pub incident: Option<i64>,
    pub imported_from: &'a str,
    pub original: &'a str,
}

/// Stores a new one; returns its id and number.
pub(super) async fn insert(
    tx: &mut Tx,
    circle: &str,
    who: Option<&Who>,
    new: New<'_>,
    now: DateTime<Utc>,
) -> Result<(String, Number)> {
    let (id, now, written) = (new_id(), stored(now), new.written);
    let number: i64 = on!(&mut *tx, |tx| query_scalar(NEXT_NUMBER).bind(circle).fetch_one(&mut **tx).await?);
    on!(&mut *tx, |tx| query(ADD)
        .bind(&id)
        .bind(circle)
        .bind(number)
        .bind(one_line(&written.title))
        .bind(&written.happened_on)
        .bind(&written.service)
        .bind(new.incident)
        .bind(new.imported_from)
        .bind(new.original)
        .bind(words_of(written, new.original))
        .bind(who.map(|who| who.person.clone()))
        .bind(now)
        .execute(&mut **tx)
        .await
        .map(drop))?;
    set_sections(tx, &id, &written.sections).await?;
    index(tx, circle, Number(number), written, new.original, now).await?;
    let words = if new.imported_from.is_empty() { "began it" } else { "brought it in from a file" };
    happen(tx, &id, who, words, State::Draft, now).await?;
    Ok((id, Number(number)))
}

/// Puts what it says now into the search.
async fn index(
    tx: &mut Tx,
    circle: &str,
    number: Number,
    written: &Written,
    original: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let body: Vec<&str> =
        written.sections.iter().map(|(_, words)| words.as_str()).chain([original]).collect();
    let entry = search::Entry {
        circle,
        kind: Kind::Postmortem,
        key: &number.to_string(),
        service: Some(written.service.as_str()).filter(|service| !service.is_empty()),
        path: format!("/postmortems/{number}"),
        title: &one_line(&written.title),
        body: &body.join("\n"),
    };
    search::put(tx, &entry, now).await
}

/// Everything that is searched for and compared, in lower case.
fn words_of(written: &Written, original: &str) -> String {
    let mut words = written.title.to_lowercase();
    for (_, section) in &written.sections {
        words.push('\n');
        words.push_str(&section.to_lowercase());
    }
    words.push('\n');
    words.push_str(&original.to_lowercase());
    words
}

const SET_SECTION: &str = "
    INSERT INTO postmortem_sections (postmortem, section, words) VALUES ($1, $2, $3)
    ON CONFLICT (postmortem, section) DO UPDATE SET words = excluded.words";

async fn set_sections(tx: &mut Tx, id: &str, sections: &[(Section, String)]) -> Result<()> {
    for (section, words) in sections {
        on!(&mut *tx, |tx| query(SET_SECTION)
            .bind(id)
            .bind(section.as_str())
            .bind(words.trim_end())
            .execute(&mut **tx)
            .await
            .map(drop))?;
    }
    Ok(())
}

const TURN: &str = "
    UPDATE postmortems SET n_events = n_events + 1, changed_at = $2 WHERE id = $1
    RETURNING n_events";

const HAPPEN: &str = "
    INSERT INTO postmortem_events (postmortem, turn, words, state, person, happened_at)
    VALUES ($1, $2, $3, $4, $5, $6)";

/// Adds to what happened to a postmortem.
pub(super) async fn happen(
    tx: &mut Tx,
    id: &str,
    who: Option<&Who>,
    words: &str,
    state: State,
    now: DateTime<Utc>,
) -> Result<()> {
    let now = stored(now);
    let turn: i64 = on!(&mut *tx, |tx| query_scalar(TURN).bind(id).bind(now).fetch_one(&mut **tx).await?);
    on!(&mut *tx, |tx| query(HAPPEN)
        .bind(id)
        .bind(turn)
        .bind(words)
        .bind(state.as_str())
        .bind(who.map(|who| who.person.clone()))
        .bind(now)
        .execute(&mut **tx)
        .await
        .map(drop))?;
    Ok(())
}

const FIRST_OF: &str = "SELECT min(number) FROM postmortems WHERE circle = $1 AND incident = $2";

/// Begins a postmortem, by an engineer or a leader, with what its incident
/// knows already. An incident has one; asked again, that one is returned.
pub async fn begin(
    db: &Db,
    who: &Who,
    circle: &str,
    incident: Option<i64>,
    written: &Written,
    now: DateTime<Utc>,
) -> Result<Number> {
    let member = crate::actions::worker(db, who, circle).await?;
    let mut written = written.clone();
    if let Some(number) = incident {
        if let Some(there) = super::reading::of_incident(db, circle, number).await? {
            return Ok(there.number);
        }
        let found = incidents::find(db, who, circle, domain::incident::Number(number)).await?;
        fill(&mut written, &found, &member);
    }
    let written = check(db, who, &member, written, now).await?;
    let mut tx = db.begin().await?;
    let new = New { written: &written, incident, imported_from: "", original: "" };
    let (_, number) = insert(&mut tx, circle, Some(who), new, now).await?;
    if let Some(incident) = incident {
        // Whoever else begins one in the circle waits, so this sees theirs.
        let first: i64 = on!(&mut tx, |tx| query_scalar(FIRST_OF)
            .bind(circle)
            .bind(incident)
            .fetch_one(&mut **tx)
            .await?);
        if first != number.0 {
            return Ok(Number(first));
        }
    }
    let subject = format!("{number} {}", one_line(&written.title));
    audit::record(&mut tx, Some(circle), Some(&who.person), "began a postmortem", &subject, now).await?;
    commit(tx).await?;
    Ok(number)
}

/// Markdown that goes on below the bullet it begins at: a list or a table stays
/// one.
fn under_a_bullet(words: &str) -> String {
    let lines: Vec<&str> = words.trim().lines().map(str::trim_end).collect();
    let is_prose = |line: &&str| line.starts_with(char::is_alphanumeric);
    if lines.iter().all(is_prose) {
        return one_line(words);
    }
    let begins = if lines.first().is_some_and(is_prose) { "" } else { "\n\n  " };
    format!("{begins}{}", lines.join("\n  "))
}

/// What nobody has written yet is taken from the incident.
fn fill(written: &mut Written, found: &incidents::Detail, member: &Member) {
    let incident = &found.incident;
    let detected = incident.reached.detected;
    if written.title.trim().is_empty() {
        written.title = incident.title.clone();
    }
    if written.happened_on.trim().is_empty() {
        written.happened_on = day_in(detected, &member.circle_zone).to_string();
    }
    if written.service.is_empty() {
        written.service = incident.service.as_ref().map(|(slug, _)| slug.clone()).unwrap_or_default();
    }
    let zone = member.circle_zone;
    let line = |entry: &incidents::TimelineEntry| {
        let at = entry.entry.happened_at.with_timezone(&zone).format("%Y-%m-%d %H:%M");
        let said = under_a_bullet(&entry.entry.words);
        let words = match (entry.entry.kind, said.is_empty()) {
            // What was kept about the incident, not what happened in it.
            (incident::Kind::Snoozed | incident::Kind::Changed | incident::Kind::Postmortem, _) => {
                String::new()
            }
            (incident::Kind::Phase, true) => entry.entry.phase.title().to_owned(),
            (incident::Kind::Phase, false) => format!("{}. {said}", entry.entry.phase.title()),
            (_, true) => said,
            (incident::Kind::Severity | incident::Kind::Assigned, false) => {
                format!("{}: {said}", entry.entry.kind.title())
            }
            (_, false) => said,
        };
        (!words.is_empty()).then(|| format!("- {at} {words}"))
    };
    let mut lines: Vec<(DateTime<Utc>, String)> =
        found.entries.iter().filter_map(|entry| Some((entry.entry.happened_at, line(entry)?))).collect();
    lines.sort_by_key(|(at, _)| *at);
    // What was told twice within a minute, happened once.
    lines.dedup_by(|one, before| one.1 == before.1);
    let times = (!lines.is_empty()).then(|| format!("Times are those of {}.\n", zone.name()));
    let timeline: Vec<String> = times.into_iter().chain(lines.into_iter().map(|(_, line)| line)).collect();
    // An alert that fired again is one symptom.
    let mut seen = BTreeSet::new();
    let alerts: Vec<String> = found
        .alerts
        .iter()
        .map(|alert| format!("- `{}` {}", alert.name, one_line(&alert.summary)))
        .filter(|line| seen.insert(line.clone()))
        .take(20)
        .collect();
    for (section, words) in [
        (Section::Symptoms, alerts.join("\n")),
        (Section::Impact, incident.impact.clone()),
        (Section::Timeline, timeline.join("\n")),
    ] {
        match written.sections.iter_mut().find(|(one, _)| *one == section) {
            Some((_, there)) if there.trim().is_empty() => *there = words,
            Some(_) => {}
            None => written.sections.push((section, words)),
        }
    }
}

/// The most of each, in characters.
const TITLE_LIMIT: usize = 200;
const SECTION_LIMIT: usize = 60_000;

/// What was written, in order, or everything that stands against it.
async fn check(db: &Db, who: &Who, member: &Member, written: Written, now: DateTime<Utc>) -> Result<Written> {
    let mut problems = Vec::new();
    let n_letters = one_line(&written.title).chars().count();
    if !(1..=TITLE_LIMIT).contains(&n_letters) {
        let what =
            "Say in 1 to 200 characters what happened, for example Checkout stood still for 40 minutes.";
        problems.push(Problem::new("title", what));
    }
    let typed = written.happened_on.trim();
    let day: Option<NaiveDate> = typed.parse().ok();
    if !typed.is_empty() && (day.is_none() || typed.len() != 10) {
        problems.push(Problem::new("happened_on", "Enter a day, for example 2026-11-20."));
    } else if day.is_some_and(|day| day > day_in(now, &member.circle_zone)) {
        problems.push(Problem::new(
            "happened_on",
            "This day is still to come. Enter the day on which it happened.",
        ));
    }
    if !written.service.is_empty() {
        match crate::services::find(db, who, &member.circle, &written.service).await {
            Ok(_) => {}
            Err(Error::NotFound) => {
                problems.push(Problem::new("service", "Choose a service of this circle."))
            }
            Err(other) => return Err(other),
        }
    }
    for (section, words) in &written.sections {
        let n_letters = words.chars().count();
        if n_letters > SECTION_LIMIT {
            let what = format!("Keep it under {SECTION_LIMIT} characters; it has {n_letters}.");
            problems.push(Problem::new(section.as_str(), what));
        }
    }
    if !problems.is_empty() {
        return Err(Error::Refused(problems));
    }
    Ok(Written { happened_on: typed.to_owned(), ..written })
}

/// How a problem begins that is somebody else's change.
pub const MEANWHILE: &str = "Somebody wrote here meanwhile: ";

/// Brings together what somebody wrote and what others wrote since: `had` is the
/// [`stamp`] of each field as it was shown. What one of them alone has changed
/// is as they wrote it; where both did, the words of the other are the problem
/// of that field. Returns the revision that this is written over.
pub async fn merge(
    db: &Db,
    who: &Who,
    circle: &str,
    number: Number,
    mut written: Written,
    had: &BTreeMap<String, String>,
    now: DateTime<Utc>,
) -> Result<(i64, Written)> {
    let stands = writable(db, who, circle, number, now).await?;
    let it = &stands.postmortem;
    let happened_on = it.happened_on.map(|day| day.to_string()).unwrap_or_default();
    let mut problems = Vec::new();
    written.title = one_line(&written.title);
    let mut one = |field: &str, is: &str, typed: &mut String| {
        let Some(had) = had.get(field).filter(|had| **had != stamp(is)) else { return };
        if *had == stamp(typed) {
            *typed = is.to_owned();
        } else if is.trim() != typed.trim() {
            let beginning: String = is.chars().take(2000).collect();
            problems.push(Problem::new(field, format!("{MEANWHILE}{beginning}")));
        }
    };
    one("title", &it.title, &mut written.title);
    one("happened_on", &happened_on, &mut written.happened_on);
    one("service", &it.service, &mut written.service);
    for (section, typed) in &mut written.sections {
        one(section.as_str(), stands.section(*section), typed);
    }
    if problems.is_empty() { Ok((it.revision, written)) } else { Err(Error::Refused(problems)) }
}

const CHANGE: &str = "
    UPDATE postmortems
    SET title = $3, happened_on = $4, service = $5, words = $6, changed_at = $7, revision = revision + 1
    WHERE id = $1 AND revision = $2 AND state IN ('draft', 'in_review')
    RETURNING revision";

/// Writes what a postmortem says, by an engineer or a leader. `revision` is the
/// one that was changed; returns the new one. Nothing changed makes none.
pub async fn write(
    db: &Db,
    who: &Who,
    circle: &str,
    number: Number,
    revision: i64,
    written: &Written,
    now: DateTime<Utc>,
) -> Result<i64> {
    let before = writable(db, who, circle, number, now).await?;
    let written = check(db, who, &before.member, written.clone(), now).await?;
    if is_same(&before, &written) {
        return Ok(before.postmortem.revision);
    }
    let meanwhile = || {
        Error::refused("", "Somebody changed this postmortem meanwhile. Open it in another tab to see how.")
    };
    let mut tx = db.begin().await?;
    let changed: Option<i64> = on!(&mut tx, |tx| query_scalar(CHANGE)
        .bind(&before.postmortem.id)
        .bind(revision)
        .bind(one_line(&written.title))
        .bind(&written.happened_on)
        .bind(&written.service)
        .bind(words_of(&written, &before.original))
        .bind(stored(now))
        .fetch_optional(&mut **tx)
        .await?);
    let changed = changed.ok_or_else(meanwhile)?;
    set_sections(&mut tx, &before.postmortem.id, &written.sections).await?;
    index(&mut tx, circle, number, &written, &before.original, now).await?;
    if before.postmortem.reviewed_at.is_none() {
        ask_to_check(&mut tx, circle, &before, &written, now).await?;
    }
    // Who writes on and on, as a page does by itself, has done one thing.
    let is_going_on = before.events.last().is_some_and(|event| {
        event.words == "changed what it says"
            && event.person.as_deref() == Some(who.name.as_str())
            && now - event.happened_at < TimeDelta::hours(1)
    });
    if !is_going_on {
        let state = before.postmortem.state;
        happen(&mut tx, &before.postmortem.id, Some(who), "changed what it says", state, now).await?;
    }
    commit(tx).await?;
    Ok(changed)
}

/// Questions may rest on a text that nobody has reviewed yet. Afterwards they
/// rest on what was reviewed.
async fn ask_to_check(
    tx: &mut Tx,
    circle: &str,
    before: &Found,
    written: &Written,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut after: BTreeMap<Section, String> = before.sections.iter().cloned().collect();
    after.extend(written.sections.iter().cloned());
    let after: Vec<(Section, String)> = after.into_iter().collect();
    let change = Change {
        source: &format!("postmortem:{}", before.postmortem.number),
        from: "what it said",
        to: "what it says now",
        was: &sections(&before.postmortem.title, &before.sections),
        is: &sections(&one_line(&written.title), &after),
    };
    sources::changed(tx, circle, &change, now).await
}

fn is_same(before: &Found, written: &Written) -> bool {
    let it = &before.postmortem;
    it.title == one_line(&written.title)
        && it.happened_on.map(|day| day.to_string()).unwrap_or_default() == written.happened_on
        && it.service == written.service
        && written.sections.iter().all(|(section, words)| before.section(*section) == words.trim_end())
}

const SET_NONE: &str = "UPDATE postmortems SET none_because = $2 WHERE id = $1";

/// Says why nothing is to be done, by an engineer or a leader; empty takes it
/// back.
pub async fn set_none_because(
    db: &Db,
    who: &Who,
    circle: &str,
    number: Number,
    because: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let found = writable(db, who, circle, number, now).await?;
    let because = one_line(because);
    if because.chars().count() > 1000 {
        return Err(Error::refused("none_because", "Keep it under 1000 characters."));
    }
    let mut tx = db.begin().await?;
    let id = &found.postmortem.id;
    on!(&mut tx, |tx| query(SET_NONE).bind(id).bind(&because).execute(&mut **tx).await.map(drop))?;
    let words = match because.as_str() {
        "" => "took back that there is no action".to_owned(),
        because => format!("said why there is no action: {because}"),
    };
    happen(&mut tx, id, Some(who), &words, found.postmortem.state, now).await?;
    commit(tx).await
}

const CLEAR_PEOPLE: &str = "DELETE FROM postmortem_people WHERE postmortem = $1";

const ADD_PERSON: &str = "INSERT INTO postmortem_people (postmortem, person) VALUES ($1, $2)";

/// Says who was at the review, by an engineer or a leader.
pub async fn set_people(
    db: &Db,
    who: &Who,
    circle: &str,
    number: Number,
    people: &[&str],
    now: DateTime<Utc>,
) -> Result<()> {
    let found = writable(db, who, circle, number, now).await?;
    let members = circles::members(db, who, circle).await?;
    let can_be_chosen = |person: &str| members.iter().any(|one| one.person == person && !one.disabled);
    let there: Vec<_> = members
        .iter()
        .filter(|member| !member.disabled && people.contains(&member.person.as_str()))
        .map(|member| (&member.person, &member.name))
        // Who has left since stays: the page does not offer them.
        .chain(found.people.iter().filter(|(id, _)| !can_be_chosen(id)).map(|(id, name)| (id, name)))
        .collect();
    let (id, mut tx) = (&found.postmortem.id, db.begin().await?);
    on!(&mut tx, |tx| query(CLEAR_PEOPLE).bind(id).execute(&mut **tx).await.map(drop))?;
    for (person, _) in &there {
        on!(&mut tx, |tx| query(ADD_PERSON).bind(id).bind(*person).execute(&mut **tx).await.map(drop))?;
    }
    let names: Vec<&str> = there.iter().map(|(_, name)| name.as_str()).collect();
    let words = match names.is_empty() {
        true => "said that nobody was at the review".to_owned(),
        false => format!("said who was at the review: {}", names.join(", ")),
    };
    happen(&mut tx, id, Some(who), &words, found.postmortem.state, now).await?;
    commit(tx).await
}

const KEEP_PROMISE: &str = "
    UPDATE postmortem_promises SET action = $4 WHERE postmortem = $1 AND line = $2 AND n = $3 AND action IS NULL";

/// Makes a corrective action of a postmortem, by an engineer or a leader. With
/// the line of an imported text, it is that promise that is kept.
pub async fn make_action(
    db: &Db,
    who: &Who,
    circle: &str,
    number: Number,
    promise: Option<(i64, i64)>,
    draft: &Draft,
    now: DateTime<Utc>,
) -> Result<action::Number> {
    let found = find(db, who, circle, number, now).await?;
    let origin = Origin { kind: OriginKind::Postmortem, reference: origin_of(circle, number) };
    let ready = match making::prepare(db, who, circle, origin, draft, now).await? {
        Prepared::Ready(ready) => ready,
        Prepared::Before(number) => return Ok(number),
    };
    let (id, mut tx) = (&found.postmortem.id, db.begin().await?);
    let made = match ready.add(&mut tx, who, now).await? {
        Made::Now(number) => number,
        Made::Before(number) => return Ok(number),
    };
    if let Some((line, n)) = promise {
        let n_kept = on!(&mut tx, |tx| query(KEEP_PROMISE)
            .bind(id)
            .bind(line)
            .bind(n)
            .bind(made.0)
            .execute(&mut **tx)
            .await?
            .rows_affected());
        if n_kept == 0 {
            let what = "An action was made of it already. Look at the page again.";
            return Err(Error::refused("", what));
        }
    }
    let words = format!("made {made}");
    happen(&mut tx, id, Some(who), &words, found.postmortem.state, now).await?;
    commit(tx).await?;
    Ok(made)
}
