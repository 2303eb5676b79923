//! Postmortems: what a circle learned from what went wrong.
//!
//! Members read all of their circle's. Engineers and leaders write them while
//! they are drafts or in review; a leader says that the team has reviewed one,
//! closes it, and opens it again. What is to be done are corrective actions.

pub mod deciding;
pub mod importing;
pub mod moving;
mod reading;
#[cfg(test)]
mod stories;
pub mod writing;

use chrono::{DateTime, NaiveDate, Utc};
use domain::action::{OriginKind, Severity};
use domain::people::Role;
use domain::postmortem::{Known, Lacking, Number, Section, Standing, State, lacking, similar};
use domain::words::one_line;
use sqlx::{FromRow, query_as};

use crate::actions::{self, Action};
use crate::circles::{self, Member};
use crate::db::{Db, on};
use crate::error::{Error, Result};
use crate::people::Who;

/// A postmortem as it stands in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Postmortem {
    pub id: String,
    pub number: Number,
    pub title: String,
    pub happened_on: Option<NaiveDate>,
    /// Its short name; empty where it is about several or none.
    pub service: String,
    /// The number of its incident.
    pub incident: Option<i64>,
    pub state: State,
    pub none_because: String,
    /// The path of the file it came from; empty where it was written here.
    pub imported_from: String,
    pub revision: i64,
    pub made_by: Option<String>,
    pub made_at: DateTime<Utc>,
    pub changed_at: DateTime<Utc>,
    pub reviewed_at: Option<DateTime<Utc>>,
}

/// Which ones somebody wants to see.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    pub state: Option<State>,
    pub service: String,
    pub text: String,
}

/// Rows on a page.
pub const PAGE: u32 = 50;

/// A page of a circle's postmortems, the newest first.
#[derive(Debug, Clone)]
pub struct Listed {
    pub member: Member,
    pub rows: Vec<Postmortem>,
    pub n_found: i64,
    pub n_all: i64,
}

/// The postmortems of a circle, for its members. Pages count from 1.
pub async fn of_circle(db: &Db, who: &Who, circle: &str, wanted: &Wanted, page: u32) -> Result<Listed> {
    let member = circles::member(db, who, circle).await?;
    reading::of_circle(db, member, wanted, page).await
}

/// One postmortem with all there is to it.
#[derive(Debug, Clone)]
pub struct Found {
    pub member: Member,
    pub postmortem: Postmortem,
    /// In the order of [`Section::ALL`].
    pub sections: Vec<(Section, String)>,
    /// The file as it was read; empty where it was written here.
    pub original: String,
    pub promises: Vec<Promise>,
    /// What was made of it.
    pub actions: Vec<Action>,
    /// Who was at the review, by name: id and name.
    pub people: Vec<(String, String)>,
    pub events: Vec<Event>,
}

/// One thing that an imported text says is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    pub line: i64,
    pub n: i64,
    pub words: String,
    /// As the text says it; empty where it names nobody.
    pub owner: String,
    pub due: String,
    /// The number of the action that was made of it.
    pub action: Option<i64>,
}

/// One thing that happened to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub words: String,
    pub state: State,
    pub person: Option<String>,
    pub happened_at: DateTime<Utc>,
}

impl Found {
    pub fn leads(&self) -> bool {
        self.member.role == Role::Leader
    }

    /// Whether the one who asks may change what it says now.
    pub fn may_write(&self) -> bool {
        self.member.role != Role::Reader && self.postmortem.state.is_open()
    }

    pub fn section(&self, section: Section) -> &str {
        self.sections
            .iter()
            .find(|(one, _)| *one == section)
            .map(|(_, words)| words.as_str())
            .unwrap_or_default()
    }

    /// What it lacks before it is called reviewed.
    pub fn lacks(&self) -> Vec<Lacking> {
        let actions: Vec<(String, bool, bool)> = self
            .actions
            .iter()
            .map(|action| (action.number.to_string(), action.is_owned(), action.assign_by <= action.done_by))
            .collect();
        let written = |words: &&String| !words.trim().is_empty();
        lacking(Standing {
            n_came: self.people.len(),
            actions: &actions,
            none_because: &self.postmortem.none_because,
            n_written: self.sections.iter().map(|(_, words)| words).filter(written).count(),
        })
    }

    /// The whole as Markdown, to take along.
    pub fn markdown(&self) -> String {
        let it = &self.postmortem;
        let mut text = format!("# {} {}\n\n", it.number, one_line(&it.title));
        let mut fact = |name: &str, value: String| {
            if !value.is_empty() {
                text.push_str(&format!("- {name}: {value}\n"));
            }
        };
        fact("Date", it.happened_on.map(|day| day.to_string()).unwrap_or_default());
        fact("State", it.state.title().to_owned());
        fact("Service", it.service.clone());
        fact("Incident", it.incident.map(|number| format!("INC-{number}")).unwrap_or_default());
        let people: Vec<&str> = self.people.iter().map(|(_, name)| name.as_str()).collect();
        fact("Reviewed by", people.join(", "));
        for (section, words) in &self.sections {
            let words = if words.trim().is_empty() { "Nothing yet." } else { words.trim() };
            text.push_str(&format!("\n## {}\n\n{words}\n", section.title()));
        }
        text.push_str("\n## Corrective actions\n\n");
        for action in &self.actions {
            let owner = action.owner.as_ref().map_or("nobody yet", |owner| owner.name.as_str());
            text.push_str(&format!(
                "- {} {} (owner: {owner}; due: {}; {})\n",
                action.number,
                one_line(&action.title),
                action.done_by,
                action.state.title().to_lowercase()
            ));
        }
        if self.actions.is_empty() {
            let because = it.none_because.trim();
            text.push_str(&if because.is_empty() {
                "None yet.\n".to_owned()
            } else {
                format!("None, because: {because}\n")
            });
        }
        text
    }
}

/// One postmortem, for the members of its circle.
pub async fn find(db: &Db, who: &Who, circle: &str, number: Number, now: DateTime<Utc>) -> Result<Found> {
    let member = circles::member(db, who, circle).await?;
    let mut found = reading::found(db, member, number).await?;
    let origin = origin_of(circle, number);
    found.actions = actions::of_circle(db, who, circle, now).await?.all;
    found
        .actions
        .retain(|action| action.origin.kind == OriginKind::Postmortem && action.origin.reference == origin);
    found.actions.sort_by_key(|action| action.number);
    Ok(found)
}

/// The address of a postmortem's page; what actions say they come from.
pub fn origin_of(circle: &str, number: Number) -> String {
    format!("/circles/{circle}/postmortems/{number}")
}

/// The postmortem of an incident, for the circle's members.
pub async fn of_incident(db: &Db, who: &Who, circle: &str, incident: i64) -> Result<Option<Postmortem>> {
    circles::member(db, who, circle).await?;
    reading::of_incident(db, circle, incident).await
}

/// An incident whose postmortem was decided and that nobody has begun.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Owed {
    pub incident: i64,
    pub title: String,
}

const OWED: &str = "
    SELECT i.number AS incident, i.title
    FROM incidents i
    WHERE i.circle = $1 AND i.postmortem = 'yes'
      AND NOT EXISTS (SELECT 1 FROM postmortems m WHERE m.circle = i.circle AND m.incident = i.number)
    ORDER BY i.number
    LIMIT 100";

/// The incidents that are owed a postmortem, the oldest first, for the circle's
/// members.
pub async fn owed(db: &Db, who: &Who, circle: &str) -> Result<Vec<Owed>> {
    circles::member(db, who, circle).await?;
    Ok(on!(db.read(), |pool| query_as(OWED).bind(circle).fetch_all(pool).await?))
}

/// How many they are.
pub async fn n_owed(db: &Db, who: &Who, circle: &str) -> Result<i64> {
    let owed = owed(db, who, circle).await?;
    Ok(i64::try_from(owed.len()).unwrap_or(i64::MAX))
}

/// The newest postmortems of a service, for the circle's members.
pub async fn of_service(db: &Db, who: &Who, circle: &str, service: &str) -> Result<Vec<Postmortem>> {
    let wanted = Wanted { service: service.to_owned(), ..Wanted::default() };
    Ok(of_circle(db, who, circle, &wanted, 1).await?.rows)
}

/// An earlier postmortem that is like this one.
#[derive(Debug, Clone, PartialEq)]
pub struct Alike {
    pub number: Number,
    pub title: String,
    /// The words that both have and few others.
    pub words: Vec<String>,
    /// What it promised that this one speaks of again.
    pub promised: Vec<String>,
}

/// Earlier postmortems that are like this one, the most alike first.
pub async fn alike(db: &Db, found: &Found) -> Result<Vec<Alike>> {
    let others = reading::to_compare(db, &found.member.circle, &found.postmortem).await?;
    let known: Vec<Known<'_>> =
        others.iter().map(|other| Known { text: &other.words, promises: &other.promises }).collect();
    // A title says in few words what it is about; a timeline in many what was
    // done, which is much the same each time.
    let of_sections = found.sections.iter().filter(|(section, _)| *section != Section::Timeline);
    let words: Vec<&str> = std::iter::repeat_n(found.postmortem.title.as_str(), 3)
        .chain(of_sections.map(|(_, words)| words.as_str()))
        .collect();
    let alike = similar(&words.join("\n"), &known).into_iter().map(|likeness| {
        let other = &others[likeness.place];
        Alike {
            number: other.number,
            title: other.title.clone(),
            words: likeness.words,
            promised: likeness.promised.into_iter().map(|n| other.promises[n].clone()).collect(),
        }
    });
    Ok(alike.collect())
}

/// What an action of a postmortem is as severe as, unless somebody says.
pub fn usual_severity() -> Severity {
    Severity::ALL[2]
}

/// A postmortem that the one who asks may write in now.
async fn writable(db: &Db, who: &Who, circle: &str, number: Number, now: DateTime<Utc>) -> Result<Found> {
    let found = find(db, who, circle, number, now).await?;
    if found.member.role == Role::Reader {
        return Err(Error::NotFound);
    }
    if !found.postmortem.state.is_open() {
        let what = format!("{number} has been reviewed. A leader can open it again.");
        return Err(Error::refused("", what));
    }
    Ok(found)
}
