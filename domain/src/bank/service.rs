//! `service.toml`: what a service is called, what it is, and whose it is.

use super::ServiceSheet;
use super::entries::{Entry, entries, is_storable};
use super::place::{Faults, quoted};

/// `None` where one of the three texts is missing.
pub(super) fn read(slug: &str, text: &str, faults: &mut Faults) -> Option<ServiceSheet> {
    let (mut name, mut summary, mut owner, mut links) = (None, None, None, Vec::new());
    let mut seen = Vec::new();
    let entries = entries(text, 0..text.len(), faults);
    // A line that TOML could not read may be the one that seems to be missing.
    let is_whole = !faults.any_error();
    for entry in entries {
        seen.push(entry.key.clone());
        match entry.key.as_str() {
            "name" => name = entry.text(faults),
            "summary" => summary = entry.text(faults),
            "owner" => owner = entry.text(faults),
            "links" => links = read_links(entry, faults),
            unknown => {
                let what = format!(
                    "unknown key {}; write name, summary, owner or links, or delete the line",
                    quoted(unknown)
                );
                faults.error(entry.key_at, what);
            }
        }
    }
    if is_whole {
        report_missing(&seen, faults);
    }
    Some(ServiceSheet { slug: slug.to_owned(), name: name?, summary: summary?, owner: owner?, links })
}

fn report_missing(seen: &[String], faults: &mut Faults) {
    for key in ["name", "summary", "owner"] {
        if !seen.iter().any(|seen| seen == key) {
            faults.error(0, format!("there is no {key}; write a line `{key} = \"…\"`"));
        }
    }
}

fn read_links(links: Entry<'_>, faults: &mut Faults) -> Vec<(String, String)> {
    let at = links.value_at;
    let Some(links) = links.into_table() else {
        faults.error(
            at,
            "links is no table; write `[links]` and under it lines such as `\"Manual\" = \"https://…\"`",
        );
        return Vec::new();
    };
    links.iter().filter_map(|link| Some((link.key.clone(), address(link, faults)?))).collect()
}

/// A page shows the address as a link, so it must not be a script.
fn address(link: &Entry<'_>, faults: &mut Faults) -> Option<String> {
    if !is_storable(&link.key) {
        faults.error(link.key_at, "this link has no label that can be shown; write one in quotes");
        return None;
    }
    let address = link.text(faults)?;
    if address.starts_with("https://") || address.starts_with("http://") {
        return Some(address);
    }
    link.refuse("an address that begins with https:// or http://", faults);
    None
}
