//! The images of a body, and the links that are written in two places.

use std::collections::BTreeSet;

use pulldown_cmark::{Event, LinkType, Tag};

use super::block::Spot;
use super::image;
use super::place::{Faults, quoted};

const WRITE: &str = "write it in place: `[text](address)`";

/// The images by name, each once, with the place of its first use.
pub(super) fn images(events: &[Spot<'_>], faults: &mut Faults) -> Vec<(String, usize)> {
    let mut seen = BTreeSet::new();
    let mut images = Vec::new();
    for (event, range) in events {
        if let Event::Start(Tag::Image { dest_url, .. }) = event
            && seen.insert(dest_url.as_ref())
        {
            images.push((dest_url.to_string(), range.start));
        }
    }
    for (name, at) in &images {
        if let Err(what) = image::media_type(name) {
            faults.error(*at, format!("{}: {what}", quoted(name)));
        }
    }
    if let Some((_, at)) = images.get(image::N_LIMIT) {
        let what = format!("there are {} images, the limit is {}; delete some", images.len(), image::N_LIMIT);
        faults.error(*at, what);
    }
    images
}

/// Prompt, choices and explanation are shown apart from one another, so none
/// of them may rest on a definition in another.
pub(super) fn check_definitions(definitions: &[usize], answer_at: usize, faults: &mut Faults) {
    for at in definitions.iter().filter(|at| **at >= answer_at) {
        faults.error(*at, format!("the address of a link stands apart from it; {WRITE}"));
    }
}

/// See [`check_definitions`].
pub(super) fn check_references(events: &[Spot<'_>], answer_at: usize, faults: &mut Faults) {
    for (event, range) in events.iter().filter(|(_, range)| range.start >= answer_at) {
        if let Event::Start(Tag::Link { link_type, .. } | Tag::Image { link_type, .. }) = event
            && matches!(link_type, LinkType::Reference | LinkType::Collapsed | LinkType::Shortcut)
        {
            faults.error(range.start, format!("the address of this link stands in the prompt; {WRITE}"));
        }
    }
}
