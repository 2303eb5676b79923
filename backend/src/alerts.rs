//! Alerts: a name in, the right page of a runbook out.
//!
//! Whoever asks is led over all circles they are in, and no other.

pub mod remarks;
pub mod rules;
#[cfg(test)]
mod stories;

use domain::alert::{Sought, search};
use domain::runbook::{AlertSection, Section};
use sqlx::{FromRow, query_as};

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

/// The most hits of a search.
pub const N_FOUND: usize = 20;

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
    let found = search(query, &sought).into_iter().take(N_FOUND);
    Ok(found.map(|found| sections[found.n].0.clone()).collect())
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
