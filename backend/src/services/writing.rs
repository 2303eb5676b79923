//! What a leader writes down of a service.

use chrono::{DateTime, Utc};
use domain::service::Criticality;
use sqlx::query;

use super::{Service, find, index};
use crate::actions::workers;
use crate::db::{Db, commit, on, stored};
use crate::error::{Error, Problem, Result};
use crate::people::Who;
use crate::{audit, circles};

/// A service as somebody writes it down. The name of a field is that of its
/// problem.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    pub name: String,
    pub summary: String,
    pub owner: String,
    /// A word of [`Criticality`]; empty where nobody has said it.
    pub criticality: String,
    /// A person's id; empty for nobody yet.
    pub accountable: String,
    pub sla: String,
    pub channels: String,
    pub hours: String,
    pub callers: String,
    /// One a line: what it is called, and its address at the end.
    pub links: String,
}

impl Draft {
    /// A service as its form shows it.
    pub fn of(service: &Service) -> Draft {
        let links: Vec<String> =
            service.links.iter().map(|(words, address)| format!("{words} {address}")).collect();
        Draft {
            name: service.name.clone(),
            summary: service.summary.clone(),
            owner: service.owner.clone(),
            criticality: service.criticality.map(Criticality::as_str).unwrap_or_default().to_owned(),
            accountable: service.accountable.as_ref().map(|one| one.person.clone()).unwrap_or_default(),
            sla: service.sla.clone(),
            channels: service.engagement.channels.clone(),
            hours: service.engagement.hours.clone(),
            callers: service.engagement.callers.clone(),
            links: links.join("\n"),
        }
    }
}

const EDIT: &str = "
    UPDATE services
    SET name = $4, summary = $5, owner = $6, links = $7, criticality = $8, accountable = $9, sla = $10,
        channels = $11, hours = $12, callers = $13, revision = revision + 1,
        written_at = CASE WHEN $14 THEN $15 ELSE written_at END
    WHERE circle = $1 AND slug = $2 AND revision = $3";

/// Changes what is written of a service, by a leader. `revision` is the one that
/// was changed.
pub async fn edit(
    db: &Db,
    who: &Who,
    circle: &str,
    slug: &str,
    revision: i64,
    draft: &Draft,
    now: DateTime<Utc>,
) -> Result<()> {
    circles::leader(db, who, circle).await?;
    let before = find(db, who, circle, slug).await?;
    if before.revision != revision {
        return Err(changed_meanwhile());
    }
    let links = check(db, who, circle, draft, &before).await?;
    let was = Draft::of(&before);
    let is = tidied(draft, &links);
    let changed = changes(&was, &is);
    if changed.is_empty() {
        return Ok(());
    }
    // From now on the bank leaves these alone.
    let is_by_hand = ["name", "summary", "owner", "links"].iter().any(|field| changed.contains(field));
    let links = serde_json::to_string(&links).map_err(|why| Error::Corrupt(why.to_string()))?;
    let accountable = (!is.accountable.is_empty()).then_some(&is.accountable);
    let mut tx = db.begin().await?;
    let n_changed = on!(&mut tx, |tx| query(EDIT)
        .bind(circle)
        .bind(slug)
        .bind(revision)
        .bind(&is.name)
        .bind(&is.summary)
        .bind(&is.owner)
        .bind(links)
        .bind(&is.criticality)
        .bind(accountable)
        .bind(&is.sla)
        .bind(&is.channels)
        .bind(&is.hours)
        .bind(&is.callers)
        .bind(is_by_hand)
        .bind(stored(now))
        .execute(&mut **tx)
        .await?
        .rows_affected());
    if n_changed == 0 {
        return Err(changed_meanwhile());
    }
    index(&mut tx, circle, slug, now).await?;
    let subject = format!("{}: {}", is.name, changed.join(", "));
    audit::record(&mut tx, Some(circle), Some(&who.person), "changed a service", &subject, now).await?;
    commit(tx).await
}

pub(super) fn changed_meanwhile() -> Error {
    Error::refused("", "Somebody changed this service meanwhile. Open it again in another tab to see how.")
}

/// What is different, by the names that people read.
fn changes(was: &Draft, is: &Draft) -> Vec<&'static str> {
    let fields = [
        ("name", &was.name, &is.name),
        ("summary", &was.summary, &is.summary),
        ("owner", &was.owner, &is.owner),
        ("criticality", &was.criticality, &is.criticality),
        ("who is accountable", &was.accountable, &is.accountable),
        ("SLA", &was.sla, &is.sla),
        ("channels", &was.channels, &is.channels),
        ("hours", &was.hours, &is.hours),
        ("who may call", &was.callers, &is.callers),
        ("links", &was.links, &is.links),
    ];
    fields.into_iter().filter(|(_, was, is)| was != is).map(|(field, ..)| field).collect()
}

fn tidied(draft: &Draft, links: &[(String, String)]) -> Draft {
    let trimmed = |text: &str| text.trim().to_owned();
    let links: Vec<String> = links.iter().map(|(words, address)| format!("{words} {address}")).collect();
    Draft {
        name: trimmed(&draft.name),
        summary: trimmed(&draft.summary),
        owner: trimmed(&draft.owner),
        criticality: draft.criticality.clone(),
        accountable: draft.accountable.clone(),
        sla: trimmed(&draft.sla),
        channels: trimmed(&draft.channels),
        hours: trimmed(&draft.hours),
        callers: trimmed(&draft.callers),
        links: links.join("\n"),
    }
}

const NAME_LIMIT: usize = 100;
const LINE_LIMIT: usize = 300;
const SUMMARY_LIMIT: usize = 1000;
const SLA_LIMIT: usize = 10_000;
const LINKS_LIMIT: usize = 30;

/// The links of the draft, or everything that stands against it.
async fn check(
    db: &Db,
    who: &Who,
    circle: &str,
    draft: &Draft,
    before: &Service,
) -> Result<Vec<(String, String)>> {
    let mut problems = Vec::new();
    if draft.name.trim().is_empty() || draft.name.trim().chars().count() > NAME_LIMIT {
        problems.push(Problem::new("name", "Enter a name of 1 to 100 characters."));
    }
    for (field, text, limit) in [
        ("summary", &draft.summary, SUMMARY_LIMIT),
        ("owner", &draft.owner, NAME_LIMIT),
        ("sla", &draft.sla, SLA_LIMIT),
        ("channels", &draft.channels, LINE_LIMIT),
        ("hours", &draft.hours, LINE_LIMIT),
        ("callers", &draft.callers, LINE_LIMIT),
    ] {
        let n = text.trim().chars().count();
        if n > limit {
            problems.push(Problem::new(field, format!("Keep it under {limit} characters; it has {n}.")));
        }
    }
    if !draft.criticality.is_empty() && Criticality::parse(&draft.criticality).is_none() {
        problems.push(Problem::new("criticality", "Choose one of the four."));
    }
    if !may_answer_for_it(db, who, circle, draft, before).await? {
        problems.push(Problem::new("accountable", "Choose an engineer or a leader of this circle."));
    }
    match links(&draft.links) {
        Ok(links) if problems.is_empty() => return Ok(links),
        Ok(_) => {}
        Err(what) => problems.push(Problem::new("links", what)),
    }
    Err(Error::Refused(problems))
}

/// Whoever does already may have left; anybody else works in the circle.
async fn may_answer_for_it(
    db: &Db,
    who: &Who,
    circle: &str,
    draft: &Draft,
    before: &Service,
) -> Result<bool> {
    let is_as_before = before.accountable.as_ref().is_some_and(|one| one.person == draft.accountable);
    if draft.accountable.is_empty() || is_as_before {
        return Ok(true);
    }
    Ok(workers(db, who, circle).await?.iter().any(|one| one.person == draft.accountable))
}

/// One a line: some words, and an address at the end.
fn links(typed: &str) -> Result<Vec<(String, String)>, String> {
    let lines = typed.lines().map(str::trim).filter(|line| !line.is_empty());
    let links = lines.map(link).collect::<Result<Vec<_>, _>>()?;
    if links.len() > LINKS_LIMIT { Err("Keep it to 30 links.".to_owned()) } else { Ok(links) }
}

/// A page shows the address as a link, so it must not be a script.
fn link(line: &str) -> Result<(String, String), String> {
    let shown: String = line.chars().take(60).collect();
    let (words, address) = line.rsplit_once(char::is_whitespace).unwrap_or((line, line));
    let is_web = ["https://", "http://", "mailto:"]
        .iter()
        .any(|scheme| address.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()));
    if !is_web {
        return Err(format!(
            "The line “{shown}” does not end in an address. Write one like Dashboard https://grafana.example.org"
        ));
    }
    if line.chars().count() > LINE_LIMIT {
        return Err(format!("Keep each link under {LINE_LIMIT} characters."));
    }
    Ok((words.trim().to_owned(), address.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_words_and_an_address() {
        let typed =
            "Dashboards of the primary  https://grafana.example.org/d/1\n\n  https://wiki.example.org \n";
        let read = links(typed).unwrap();
        assert_eq!(
            read,
            [
                ("Dashboards of the primary".to_owned(), "https://grafana.example.org/d/1".to_owned()),
                ("https://wiki.example.org".to_owned(), "https://wiki.example.org".to_owned()),
            ]
        );
    }

    #[test]
    fn an_address_that_is_none_is_named() {
        for typed in ["Dashboard", "Dashboard javascript:alert(1)", "https://", "a ftp://host"] {
            assert!(links(typed).unwrap_err().contains("does not end in an address"), "{typed}");
        }
        assert!(links(&"a https://b\n".repeat(31)).unwrap_err().contains("30"));
    }
}
