//! Taking runbook files in: from a folder by the command line, or uploaded.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use chrono::{DateTime, Utc};
use domain::bank::SourceFile;
use domain::runbook::import::{self, Folder, Read};
use domain::runbook::{Kind, Section, page_name};
use sqlx::{query_as, query_scalar};

use super::writing::{NewPage, next_version, put_page, writer};
use super::{MAIN, Page, pages_at};
use crate::audit;
use crate::db::{Db, commit, on};
use crate::error::{Error, Result};
use crate::people::Who;
use crate::{services, shelf};

/// Reads every runbook below a folder, or one file.
pub fn read_folder(path: &Path) -> io::Result<Folder> {
    Ok(import::read(&shelf::files_at(path)?))
}

/// Reads files that somebody uploaded.
pub fn read_files(files: &[SourceFile]) -> Folder {
    import::read(files)
}

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taken {
    pub service: String,
    pub n_added: usize,
    pub n_changed: usize,
    pub n_unchanged: usize,
    /// Of the runbook afterwards.
    pub version: i64,
}

/// Takes files into the runbook of a service, by an engineer or a leader: one
/// version for all of them. Nothing is removed; the same files again change
/// nothing.
pub async fn take(
    db: &Db,
    who: &Who,
    circle: &str,
    service: &str,
    files: &[Read],
    now: DateTime<Utc>,
) -> Result<Taken> {
    writer(db, who, circle).await?;
    services::find(db, who, circle, service).await?;
    take_in(db, Some(who), circle, service, files, now).await
}

const SERVICES: &str = "
    SELECT c.slug, s.slug
    FROM services s
    JOIN circles c ON c.slug = s.circle
    WHERE s.slug = $1 AND (c.slug = $2 OR c.name = $2 OR $2 = '')
    ORDER BY c.slug";

/// The same by the command line, which asks nobody. Without a circle there must
/// be one alone that has the service.
pub async fn take_by_command(
    db: &Db,
    circle: Option<&str>,
    service: &str,
    files: &[Read],
    now: DateTime<Utc>,
) -> Result<Taken> {
    let found: Vec<(String, String)> = on!(db.read(), |pool| query_as(SERVICES)
        .bind(service)
        .bind(circle.unwrap_or_default())
        .fetch_all(pool)
        .await?);
    match found.as_slice() {
        [(circle, service)] => take_in(db, None, circle, service, files, now).await,
        [] => Err(Error::refused("service", format!("There is no service {service:?} in any such circle."))),
        several => {
            let circles: Vec<&str> = several.iter().map(|(circle, _)| circle.as_str()).collect();
            let what = format!(
                "There is a service {service} in several circles; say --circle: {}.",
                circles.join(", ")
            );
            Err(Error::refused("circle", what))
        }
    }
}

pub(crate) async fn take_in(
    db: &Db,
    who: Option<&Who>,
    circle: &str,
    service: &str,
    files: &[Read],
    now: DateTime<Utc>,
) -> Result<Taken> {
    let pages = pages_at(db, circle, service, i64::MAX).await?;
    let places = places(&pages, files);
    let mut taken = Taken { service: service.to_owned(), ..Taken::default() };
    let mut changed = Vec::new();
    for (file, page) in files.iter().zip(&places) {
        match pages.iter().find(|known| known.page == *page) {
            Some(known) if known.content == file.text => taken.n_unchanged += 1,
            // It was taken before, and the page was made better here since.
            Some(_) if was_there(db, circle, service, page, &file.text).await? => taken.n_unchanged += 1,
            Some(_) => {
                taken.n_changed += 1;
                changed.push((file, page));
            }
            None => {
                taken.n_added += 1;
                changed.push((file, page));
            }
        }
    }
    if changed.is_empty() {
        taken.version = super::version_in_force(db, circle, service).await?.unwrap_or(0);
        return Ok(taken);
    }
    let note = match changed.as_slice() {
        [(file, _)] => format!("Imported from {}", file.path),
        several => format!("Imported {} files", several.len()),
    };
    let mut tx = db.begin().await?;
    taken.version = next_version(&mut tx, circle, service, &note, who, now).await?;
    for (file, page) in &changed {
        let new = NewPage {
            page,
            path: &file.path,
            title: &file.document.title,
            content: &file.text,
            is_removed: false,
        };
        put_page(&mut tx, circle, service, taken.version, &new, now).await?;
    }
    let subject = format!("{service}: {note}");
    let person = who.map(|who| who.person.as_str());
    audit::record(&mut tx, Some(circle), person, "imported runbooks", &subject, now).await?;
    commit(tx).await?;
    Ok(taken)
}

const WAS_THERE: &str = "
    SELECT count(*) FROM runbook_pages
    WHERE circle = $1 AND service = $2 AND page = $3 AND content = $4 AND is_removed = FALSE";

/// Whether a page has said exactly this at some time.
async fn was_there(db: &Db, circle: &str, service: &str, page: &str, text: &str) -> Result<bool> {
    let n: i64 = on!(db.read(), |pool| query_scalar(WAS_THERE)
        .bind(circle)
        .bind(service)
        .bind(page)
        .bind(text)
        .fetch_one(pool)
        .await?);
    Ok(n > 0)
}

/// The page that each file becomes. A file that was taken before keeps its
/// page, also where it comes from a folder further up or down; two files never
/// share one.
fn places(pages: &[Page], files: &[Read]) -> Vec<String> {
    let mut used: BTreeSet<String> = BTreeSet::new();
    let known = |file: &Read| {
        let is_below = |one: &str, other: &str| !other.is_empty() && one.ends_with(&format!("/{other}"));
        let fits = |page: &&Page| is_below(&page.path, &file.path) || is_below(&file.path, &page.path);
        let exact = pages.iter().find(|page| page.path == file.path);
        let mut others = pages.iter().filter(fits);
        let only = || others.next().filter(|_| others.next().is_none());
        exact.or_else(only).map(|page| page.page.clone())
    };
    used.extend(files.iter().filter_map(known));
    let mut given: BTreeSet<String> = BTreeSet::new();
    let main = main_file(pages, files);
    let place = |file: &Read| {
        if let Some(page) = known(file).filter(|page| given.insert(page.clone())) {
            return page;
        }
        if main == Some(file.path.as_str()) {
            used.insert(MAIN.to_owned());
            return MAIN.to_owned();
        }
        let wanted = wanted(file);
        let is_foreign = |name: &str| pages.iter().any(|page| page.page == name && !page.path.is_empty());
        let candidates = std::iter::once(wanted.clone()).chain((2..).map(|n| format!("{wanted}-{n}")));
        let free =
            candidates.into_iter().find(|name| !used.contains(name) && !is_foreign(name)).unwrap_or(wanted);
        used.insert(free.clone());
        free
    };
    files.iter().map(place).collect()
}

/// The file that is the runbook of the service itself: the one that says most
/// of its sections.
fn main_file<'f>(pages: &[Page], files: &'f [Read]) -> Option<&'f str> {
    if pages.iter().any(|page| page.is_main() && !page.path.is_empty()) {
        return None;
    }
    let n_sections = |file: &&Read| {
        let is_there =
            |section: &&Section| file.document.parts.iter().any(|part| part.section == Some(**section));
        Section::OF_SERVICE.iter().filter(is_there).count()
    };
    let of_service = files.iter().filter(|file| file.document.kind == Kind::Service && n_sections(file) > 0);
    of_service.max_by_key(n_sections).map(|file| file.path.as_str())
}

/// What a page would be called: after its alert, or after its file.
fn wanted(file: &Read) -> String {
    let name = match file.document.alerts.first().and_then(|alert| alert.names.first()) {
        Some(name) if file.document.kind == Kind::Alert => name.as_str(),
        _ => file.path.rsplit('/').next().unwrap_or_default().split('.').next().unwrap_or_default(),
    };
    page_name(name).filter(|name| name != MAIN).unwrap_or_else(|| "page".to_owned())
}
