//! Alerts: a name in, the right page of a runbook out.
//!
//! Whoever asks is led over all circles they are in, and no other.

pub mod addresses;
pub mod remarks;
pub mod rules;
#[cfg(test)]
mod stories;

use domain::alert::{Sought, search};
use domain::runbook::{AlertSection, Filling, Section, filling};
use sqlx::{FromRow, query_as, query_scalar};

use crate::circles::{self, CircleOf, Member};
use crate::db::{Db, on};
use crate::error::{Error, Result};
use crate::people::Who;
use crate::runbooks::{self, Page, Runbook};
use crate::services::{self, Step};

/// One alert that a runbook describes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    pub circle: String,
    pub circle_name: String,
    pub service: String,
    pub service_name: String,
    pub page: String,
    /// Of its section within the page, from 0.
    pub place: i64,
    pub name: String,
    pub title: String,
    pub symptoms: String,
}

impl Described {
    pub fn is_of_service_of(&self, other: &Described) -> bool {
        (&self.circle, &self.service) == (&other.circle, &other.service)
    }
}

const OF_CIRCLE: &str = "
    SELECT a.circle, a.service, s.name AS service_name, a.page, a.place, a.name, a.title, a.symptoms
    FROM runbook_alerts a
    JOIN services s ON s.circle = a.circle AND s.slug = a.service
    WHERE a.circle = $1
    ORDER BY a.name_key, a.service, a.page, a.place";

const NAMED: &str = "
    SELECT a.circle, a.service, s.name AS service_name, a.page, a.place, a.name, a.title, a.symptoms
    FROM runbook_alerts a
    JOIN services s ON s.circle = a.circle AND s.slug = a.service
    WHERE a.circle = $1 AND a.name_key = $2
    ORDER BY a.service, a.page, a.place";

#[derive(FromRow)]
struct Row {
    circle: String,
    service: String,
    service_name: String,
    page: String,
    place: i64,
    name: String,
    title: String,
    symptoms: String,
}

impl Row {
    fn read(self, circle_name: &str) -> Described {
        let Row { circle, service, service_name, page, place, name, title, symptoms } = self;
        let circle_name = circle_name.to_owned();
        Described { circle, circle_name, service, service_name, page, place, name, title, symptoms }
    }
}

/// Every alert that the runbooks of a circle describe, by name; for whoever was
/// asked already.
pub(crate) async fn of_circle(db: &Db, circle: &CircleOf) -> Result<Vec<Described>> {
    let rows: Vec<Row> =
        on!(db.read(), |pool| query_as(OF_CIRCLE).bind(&circle.slug).fetch_all(pool).await?);
    Ok(rows.into_iter().map(|row| row.read(&circle.name)).collect())
}

/// Every alert in the circles of the one who asks.
pub async fn all(db: &Db, who: &Who) -> Result<Vec<Described>> {
    let mut all = Vec::new();
    for circle in circles::of_person(db, who).await? {
        all.extend(of_circle(db, &circle).await?);
    }
    Ok(all)
}

/// What fits a query, typing errors and all, the best first; one section once.
pub async fn find(db: &Db, who: &Who, query: &str) -> Result<Vec<Described>> {
    let mut sections: Vec<(Described, Sought)> = Vec::new();
    for one in all(db, who).await? {
        let is_same = |(other, _): &&mut (Described, Sought)| {
            (&other.circle, &other.service, &other.page, other.place)
                == (&one.circle, &one.service, &one.page, one.place)
        };
        if let Some((_, sought)) = sections.iter_mut().find(is_same) {
            sought.names.push(one.name);
            continue;
        }
        let sought = Sought {
            names: vec![one.name.clone()],
            title: one.title.clone(),
            service: format!("{} {}", one.service_name, one.service),
            symptoms: one.symptoms.clone(),
        };
        sections.push((one, sought));
    }
    let sought: Vec<Sought> = sections.iter().map(|(_, sought)| sought.clone()).collect();
    Ok(search(query, &sought).into_iter().map(|found| sections[found.n].0.clone()).collect())
}

/// Everything about an alert for the one screen of the night.
#[derive(Debug, Clone)]
pub struct Night {
    pub member: Member,
    pub service_name: String,
    pub service: String,
    pub page: Page,
    /// Of the runbook.
    pub version: i64,
    pub section: AlertSection,
    /// The name that was asked for, as the runbook writes it.
    pub name: String,
    /// Who answers for it.
    pub accountable: Option<String>,
    pub steps: Vec<Step>,
    /// What the runbook of the service says of escalation.
    pub escalation: String,
    pub remarks: Vec<remarks::Remark>,
    pub may_write: bool,
}

impl Night {
    /// The text of one of the four parts; empty if there is none.
    pub fn says(&self, section: Section) -> String {
        self.section.body(&self.page.content, section)
    }

    pub fn rest(&self) -> String {
        self.section.rest(&self.page.content)
    }
}

/// Where an alert of this name is described, in the circles of the one who
/// asks; `service` may narrow it down.
pub async fn places(
    db: &Db,
    who: &Who,
    name: &str,
    circle: Option<&str>,
    service: Option<&str>,
) -> Result<Vec<Described>> {
    let mut places: Vec<Described> = Vec::new();
    for one in circles::of_person(db, who).await? {
        let rows: Vec<Row> = on!(db.read(), |pool| query_as(NAMED)
            .bind(&one.slug)
            .bind(name.to_lowercase())
            .fetch_all(pool)
            .await?);
        places.extend(rows.into_iter().map(|row| row.read(&one.name)));
    }
    places.retain(|place| circle.is_none_or(|circle| place.circle == circle));
    places.retain(|place| service.is_none_or(|service| place.service == service));
    Ok(places)
}

/// Of several places that describe an alert the one that says most: with the
/// most parts filled, and then the longest.
pub async fn fullest<'p>(db: &Db, who: &Who, places: &'p [Described]) -> Result<&'p Described> {
    let mut fullest = None;
    for place in places {
        let night = night(db, who, place).await?;
        let n_filled =
            Section::OF_ALERT.iter().filter(|part| filling(&night.says(**part)) == Filling::Filled).count();
        let says = (n_filled, night.section.range.len());
        if fullest.is_none_or(|(most, _)| says > most) {
            fullest = Some((says, place));
        }
    }
    fullest.map(|(_, place)| place).ok_or(Error::NotFound)
}

/// An alert that monitoring knows and no runbook describes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bare {
    pub member: Member,
    /// What it says of itself; empty if nothing.
    pub summary: String,
    /// The service that its newest firing was led to: short name and name.
    pub service: Option<(String, String)>,
    pub steps: Vec<Step>,
    /// The incidents it fired in, the newest first: number and title.
    pub incidents: Vec<(i64, String)>,
}

const DEFINED: &str = "
    SELECT summary FROM rule_alerts WHERE circle = $1 AND name = $2 ORDER BY path, place LIMIT 1";

const FIRED: &str = "
    SELECT a.summary, a.service, s.name, i.number, i.title
    FROM signal_alerts a
    LEFT JOIN services s ON s.circle = a.circle AND s.slug = a.service
    LEFT JOIN incidents i ON i.id = a.incident
    WHERE a.circle = $1 AND a.name = $2
    ORDER BY a.starts_at DESC, a.id
    LIMIT 20";

type FiredRow = (String, Option<String>, Option<String>, Option<i64>, Option<String>);

/// What is known of an alert without a section, in the circles of the one who
/// asks.
pub async fn bare(db: &Db, who: &Who, name: &str) -> Result<Vec<Bare>> {
    let mut all = Vec::new();
    for circle in circles::of_person(db, who).await? {
        let defined: Option<String> = on!(db.read(), |pool| query_scalar(DEFINED)
            .bind(&circle.slug)
            .bind(name)
            .fetch_optional(pool)
            .await?);
        let fired: Vec<FiredRow> =
            on!(db.read(), |pool| query_as(FIRED).bind(&circle.slug).bind(name).fetch_all(pool).await?);
        if defined.is_none() && fired.is_empty() {
            continue;
        }
        let service = fired.iter().find_map(|(_, slug, name, ..)| slug.clone().zip(name.clone()));
        let steps = match &service {
            Some((slug, _)) => services::escalation(db, who, &circle.slug, slug).await?,
            None => Vec::new(),
        };
        let said = fired.first().map(|(summary, ..)| summary.clone()).or(defined).unwrap_or_default();
        let mut incidents: Vec<(i64, String)> =
            fired.into_iter().filter_map(|(.., number, title)| number.zip(title)).collect();
        incidents.dedup();
        all.push(Bare {
            member: circles::member(db, who, &circle.slug).await?,
            summary: if said == name { String::new() } else { said },
            service,
            steps,
            incidents,
        });
    }
    Ok(all)
}

/// One alert, for the members of its circle.
pub async fn night(db: &Db, who: &Who, place: &Described) -> Result<Night> {
    let runbook = runbooks::find(db, who, &place.circle, &place.service).await?;
    let may_write = runbook.may_write();
    let page = runbook.page(&place.page).ok_or(Error::NotFound)?.clone();
    let sections = page.read().alerts;
    let named =
        |section: &&AlertSection| section.names.iter().any(|name| name.eq_ignore_ascii_case(&place.name));
    let nth = usize::try_from(place.place).ok().and_then(|n| sections.get(n)).filter(named);
    let section = nth.or_else(|| sections.iter().find(named)).ok_or(Error::NotFound)?.clone();
    let steps = services::escalation(db, who, &place.circle, &place.service).await?;
    let remarks = remarks::of_alert(db, &place.circle, &place.service, &place.name).await?;
    let escalation = escalation(&runbook);
    let Runbook { member, service, version, .. } = runbook;
    Ok(Night {
        member,
        accountable: service.accountable.filter(|one| one.is_there).map(|one| one.name),
        service_name: service.name,
        service: service.slug,
        page,
        version,
        section,
        name: place.name.clone(),
        steps,
        escalation,
        remarks,
        may_write,
    })
}

fn escalation(runbook: &Runbook) -> String {
    runbook.main().map(|page| page.read().body(&page.content, Section::EscalationPath)).unwrap_or_default()
}
