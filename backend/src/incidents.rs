//! Incidents: what went wrong in production, or in an exercise, and what was
//! done about it.
//!
//! Members see all of their circle's. Engineers and leaders open them and work
//! on them; a leader may close one that still lacks something, and says why.
//! Deliveries of senders open them too; see [`crate::signals`].

pub mod closing;
pub mod escalating;
pub mod opening;
mod reading;
pub mod severities;
#[cfg(test)]
mod stories;
pub mod working;

use chrono::{DateTime, Utc};
use domain::incident::{
    Entry, Lack, NextUpdate, Number, Phase, Reached, Report, Severity, Standing, Updates,
};
use domain::people::Role;

use crate::circles::{self, Member};
use crate::db::{Db, Tx};
use crate::error::{Error, Result};
use crate::people::Who;

pub use domain::incident::Severities;

/// An incident as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    pub id: String,
    pub number: Number,
    pub title: String,
    /// The short name of its service, and what people call it.
    pub service: Option<(String, String)>,
    pub severity: Severity,
    pub is_drill: bool,
    /// `None` where business is not affected.
    pub affected_since: Option<DateTime<Utc>>,
    /// What customers notice.
    pub impact: String,
    pub phase: Phase,
    pub reached: Reached,
    pub n_reopened: i64,
    pub assignee: Option<Assignee>,
    pub updated_at: Option<DateTime<Utc>>,
    pub snoozed_until: Option<DateTime<Utc>>,
    /// What ended it; empty while nobody has said it.
    pub resolution: String,
    pub postmortem: Postmortem,
    /// Why it was closed although something lacked; empty otherwise.
    pub overridden: String,
    /// The version of the runbook that was in force when it was opened.
    pub runbook_version: Option<i64>,
    /// Of the alert that opened it; empty otherwise.
    pub alert_name: String,
    /// Who opened it; `None`: a delivery.
    pub opened_by: Option<String>,
    pub opened_at: DateTime<Utc>,
    pub changed_at: DateTime<Utc>,
    pub next_update: Option<NextUpdate>,
}

/// Who works on an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignee {
    pub person: String,
    pub name: String,
    pub assigned_at: Option<DateTime<Utc>>,
    /// The step of the escalation path that led to them, from 1; 0: they were on call.
    pub path_step: Option<i64>,
}

/// Whether there is to be a postmortem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Postmortem {
    Undecided,
    Decided { is_wanted: bool, reason: String, by: String, at: Option<DateTime<Utc>> },
}

impl Postmortem {
    pub fn is_decided(&self) -> bool {
        *self != Postmortem::Undecided
    }
}

impl Incident {
    /// What decides when the next update is due, by the severities of the circle.
    fn updates(&self, severities: &Severities) -> Updates {
        Updates {
            phase: self.phase,
            reached: self.reached,
            every: severities.of(self.severity).update_every(),
            business_affected: self.affected_since.is_some(),
            updated_at: self.updated_at,
            snoozed_until: self.snoozed_until,
        }
    }

    /// Whether somebody waits for an update that was due before now.
    pub fn is_update_late(&self, now: DateTime<Utc>) -> bool {
        self.next_update.is_some_and(|next| next.is_late(now))
    }
}

/// Which incidents somebody wants to see.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    pub state: States,
    /// A short name; empty for all.
    pub service: String,
    pub severity: Option<Severity>,
    pub drills: Drills,
    /// Only those that the one who asks works on.
    pub is_mine: bool,
    /// A part of the number, the title or the alert.
    pub text: String,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum States {
    #[default]
    All,
    /// Not resolved.
    Running,
    /// Resolved or not, but not closed.
    Open,
    One(Phase),
}

impl States {
    pub fn as_str(self) -> &'static str {
        match self {
            States::All => "",
            States::Running => "running",
            States::Open => "open",
            States::One(phase) => phase.as_str(),
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            States::All => "All phases",
            States::Running => "Not resolved",
            States::Open => "Not closed",
            States::One(phase) => phase.title(),
        }
    }

    pub fn every() -> Vec<States> {
        let phases = Phase::ALL.iter().copied().map(States::One);
        [States::All, States::Running, States::Open].into_iter().chain(phases).collect()
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Drills {
    #[default]
    Both,
    Real,
    Only,
}

impl Drills {
    pub const ALL: [Drills; 3] = [Drills::Both, Drills::Real, Drills::Only];

    pub fn as_str(self) -> &'static str {
        match self {
            Drills::Both => "",
            Drills::Real => "no",
            Drills::Only => "yes",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Drills::Both => "Real ones and drills",
            Drills::Real => "Real ones",
            Drills::Only => "Drills",
        }
    }
}

/// Rows on a page.
pub const PAGE: u32 = 50;

/// A page of a circle's incidents, those that run first, then the newest.
#[derive(Debug, Clone)]
pub struct Listed {
    pub member: Member,
    pub incidents: Vec<Incident>,
    /// How many fit what is wanted.
    pub n_found: i64,
    pub figures: Figures,
}

/// What there is in a circle, whatever is wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    pub n_all: i64,
    /// Neither resolved nor an exercise.
    pub n_running: i64,
    /// Resolved and not closed; exercises are not counted.
    pub n_to_close: i64,
}

/// The incidents of a circle, for its members. Pages count from 1.
pub async fn of_circle(db: &Db, who: &Who, circle: &str, wanted: &Wanted, page: u32) -> Result<Listed> {
    let member = circles::member(db, who, circle).await?;
    reading::of_circle(db, member, wanted, page).await
}

/// The incidents of a circle that run, for its members; exercises too.
pub async fn running(db: &Db, who: &Who, circle: &str) -> Result<Vec<Incident>> {
    let member = circles::member(db, who, circle).await?;
    reading::running(db, &member).await
}

/// One incident with all there is to say about it.
#[derive(Debug, Clone)]
pub struct Detail {
    pub member: Member,
    pub incident: Incident,
    pub severities: Severities,
    /// What happened, in the order in which it was written down.
    pub entries: Vec<TimelineEntry>,
    pub alerts: Vec<AlertOf>,
    /// What it lacks before it can be closed.
    pub lacks: Vec<Lack>,
    /// The addresses of runbooks that its alerts name.
    pub runbook_urls: Vec<String>,
}

/// One entry of a timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineEntry {
    pub turn: i64,
    pub entry: Entry,
    /// The name of whoever wrote it; `None`: a sender or the clock.
    pub person: Option<String>,
    pub written_at: DateTime<Utc>,
    /// Why it was taken out of the report; `None`: it was not.
    pub withdrawn: Option<String>,
}

/// An alert that belongs to an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertOf {
    pub name: String,
    pub summary: String,
    /// What it says besides; empty if nothing.
    pub description: String,
    /// Where the sender shows it; empty where it says nothing.
    pub link: String,
    pub labels: Vec<(String, String)>,
    pub is_firing: bool,
    pub starts_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
}

impl Detail {
    /// Whether the one who asked may work on it.
    pub fn may_work(&self) -> bool {
        self.member.role != Role::Reader && self.incident.phase != Phase::Closed
    }

    /// What was not taken out of the report.
    fn reported(&self) -> impl Iterator<Item = &TimelineEntry> {
        self.entries.iter().filter(|entry| entry.withdrawn.is_none())
    }

    /// The report to the customer. What is internal cannot come into it: it is
    /// made of what [`Entry::told`] gives.
    pub fn report(&self) -> Report {
        let incident = &self.incident;
        Report {
            number: incident.number,
            title: incident.title.clone(),
            service: incident.service.as_ref().map(|(_, name)| name.clone()).unwrap_or_default(),
            is_drill: incident.is_drill,
            reached: incident.reached,
            impact: incident.impact.clone(),
            told: self.reported().filter_map(|entry| entry.entry.told()).collect(),
        }
    }
}

/// One incident of a circle, for its members.
pub async fn find(db: &Db, who: &Who, circle: &str, number: Number) -> Result<Detail> {
    let member = circles::member(db, who, circle).await?;
    reading::detail(db, member, number).await
}

/// The newest incidents of one service, for the circle's members.
pub async fn of_service(db: &Db, who: &Who, circle: &str, service: &str) -> Result<Vec<Incident>> {
    let wanted = Wanted { service: service.to_owned(), ..Wanted::default() };
    Ok(of_circle(db, who, circle, &wanted, 1).await?.incidents)
}

/// What decides whether an incident is done.
fn lacks(incident: &Incident, entries: &[Entry]) -> Vec<Lack> {
    Standing {
        phase: incident.phase,
        reached: incident.reached,
        affected_since: incident.affected_since,
        resolution: &incident.resolution,
        is_postmortem_decided: incident.postmortem.is_decided(),
        entries,
    }
    .lacks()
}

/// An incident that is not closed, for an engineer or a leader.
async fn at_work(db: &Db, who: &Who, circle: &str, number: Number) -> Result<Detail> {
    let found = find(db, who, circle, number).await?;
    if found.member.role == Role::Reader {
        return Err(Error::NotFound);
    }
    if found.incident.phase == Phase::Closed {
        return Err(Error::refused(
            "",
            format!("{number} is closed. Open another one if something goes on."),
        ));
    }
    Ok(found)
}

/// The one who asks, where an engineer or a leader is needed.
async fn worker(db: &Db, who: &Who, circle: &str) -> Result<Member> {
    let member = circles::member(db, who, circle).await?;
    if member.role == Role::Reader { Err(Error::NotFound) } else { Ok(member) }
}

/// Notes in the trail of the circle what was done to an incident.
async fn record(
    tx: &mut Tx,
    who: &Who,
    circle: &str,
    (number, title): (Number, &str),
    what: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let subject = format!("{number} {title}");
    crate::audit::record(tx, Some(circle), Some(&who.person), what, &subject, now).await
}
