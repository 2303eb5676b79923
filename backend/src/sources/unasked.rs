//! What a team knows of a service and asks nobody about.

use std::collections::{BTreeMap, HashSet};

use domain::runbook::{Filling, Section};
use domain::source::Source;
use domain::{incident, postmortem};
use sqlx::{query_as, query_scalar};

use super::reading::names;
use crate::circles;
use crate::db::{Db, on};
use crate::error::Result;
use crate::people::Who;
use crate::runbooks::{self, MAIN};

/// A record that no question rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unasked {
    /// As a question would name it.
    pub source: Source,
    /// What it is called: the name of an alert or section, the title of an
    /// incident or postmortem.
    pub title: String,
}

/// Sections that can be asked about; the others list what has pages of its own.
const WORTH_ASKING: [Section; 5] = [
    Section::Summary,
    Section::ServiceSla,
    Section::EscalationPath,
    Section::IncidentWorkflow,
    Section::Monitoring,
];

const NAMED: &str = "
    SELECT DISTINCT sources FROM questions
    WHERE circle = $1 AND sources IS NOT NULL AND sources <> '[]' AND state <> 'outdated'";

const ALERTS: &str = "
    SELECT page, place, name FROM runbook_alerts WHERE circle = $1 AND service = $2 ORDER BY page, place, name";

const INCIDENTS: &str = "
    SELECT number, title FROM incidents
    WHERE circle = $1 AND service = $2 AND phase = 'closed' AND is_drill = FALSE
    ORDER BY number DESC LIMIT 100";

const POSTMORTEMS: &str = "
    SELECT number, title FROM postmortems
    WHERE circle = $1 AND service = $2 AND state IN ('reviewed', 'closed')
    ORDER BY number DESC LIMIT 100";

/// The alerts, filled sections, closed incidents and reviewed postmortems of a
/// service that no question of the circle names: alerts and sections first, the
/// newest incidents and postmortems after them, at most a hundred each. An
/// alert that has several names is asked about by any of them. For leaders.
pub async fn unasked(db: &Db, who: &Who, circle: &str, service: &str) -> Result<Vec<Unasked>> {
    circles::leader(db, who, circle).await?;
    let stored: Vec<String> = on!(db.read(), |pool| query_scalar(NAMED).bind(circle).fetch_all(pool).await?);
    let mut named = HashSet::new();
    for sources in &stored {
        named.extend(names(sources)?.iter().map(|source| Source::parse(source)));
    }
    let mut found = alerts(db, circle, service, &named).await?;
    let runbook = runbooks::find(db, who, circle, service).await?;
    let document = runbook.page(MAIN).map(runbooks::Page::read);
    let filled = document.iter().flat_map(|document| &document.fillings);
    for (section, _) in
        filled.filter(|(one, filling)| WORTH_ASKING.contains(one) && *filling == Filling::Filled)
    {
        let source = Source::Runbook { service: service.to_owned(), section: Some(section.slug()) };
        found.push(Unasked { source, title: section.title().to_owned() });
    }
    for (number, title) in numbered(db, INCIDENTS, circle, service).await? {
        found.push(Unasked { source: Source::Incident(incident::Number(number)), title });
    }
    for (number, title) in numbered(db, POSTMORTEMS, circle, service).await? {
        found.push(Unasked { source: Source::Postmortem(postmortem::Number(number)), title });
    }
    found.retain(|one| !named.contains(&one.source));
    Ok(found)
}

async fn alerts(db: &Db, circle: &str, service: &str, named: &HashSet<Source>) -> Result<Vec<Unasked>> {
    let rows: Vec<(String, i64, String)> =
        on!(db.read(), |pool| query_as(ALERTS).bind(circle).bind(service).fetch_all(pool).await?);
    let mut sections: BTreeMap<(String, i64), Vec<String>> = BTreeMap::new();
    for (page, place, name) in rows {
        sections.entry((page, place)).or_default().push(name);
    }
    let is_asked =
        |names: &Vec<String>| names.iter().any(|name| named.contains(&Source::Alert(name.clone())));
    let unasked = sections.into_values().filter(|names| !is_asked(names));
    Ok(unasked
        .filter_map(|names| names.into_iter().next())
        .map(|name| Unasked { source: Source::Alert(name.clone()), title: name })
        .collect())
}

async fn numbered(db: &Db, sql: &'static str, circle: &str, service: &str) -> Result<Vec<(i64, String)>> {
    Ok(on!(db.read(), |pool| query_as(sql).bind(circle).bind(service).fetch_all(pool).await?))
}
