//! What every service of a circle has written down, and what is missing or old.

use backend::documents::{self, Kept, Set};
use domain::document::{CHECK_DAYS, HA_TEST_DAYS, Lack, RESTORE_TEST_DAYS};
use leptos::prelude::*;

use super::document::states;
use super::services::counted;
use super::sought::Sought;
use crate::components::{Breadcrumb, Empty};
use crate::shell::{Loading, Page, Section, circle_page};

/// A list of services, those that lack the most first.
pub fn get() -> Loading {
    circle_page(Section::Services, |here| async move {
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let sets = documents::of_circle(db, who, circle, here.asked.received_at).await?;
        let base = format!("/circles/{circle}");
        let trail = vec![("Services".to_owned(), format!("{base}/services"))];
        let lead = lead(&sets);
        let list = list(&base, sets);
        Ok(Page::new(
            "Documents",
            view! {
                <Breadcrumb trail=trail/>
                <h1 id="documents">"Documents"</h1>
                <p class="lead">{lead}</p>
                {list}
                <p class="meta">
                    {format!(
                        "A document counts as checked for {CHECK_DAYS} days, a restore test for {RESTORE_TEST_DAYS}, \
                         a failover test for {HA_TEST_DAYS}."
                    )}
                </p>
            },
        ))
    })
}

fn lead(sets: &[Set]) -> String {
    let n: usize = sets.iter().map(Set::n_lacking).sum();
    let n_services = sets.iter().filter(|set| set.n_lacking() > 0).count();
    match (n, n_services) {
        (0, _) => "Every document is there and was checked lately.".to_owned(),
        _ => format!("Missing or old: {} of {}.", so_many(n, "document"), so_many(n_services, "service")),
    }
}

fn so_many(n: usize, thing: &str) -> String {
    counted(i64::try_from(n).unwrap_or(i64::MAX), thing)
}

fn list(base: &str, sets: Vec<Set>) -> AnyView {
    if sets.is_empty() {
        let text = "The documents of a service show here once the circle has one.";
        return view! { <Empty title="No services yet" text=text/> }.into_any();
    }
    let here = format!("{base}/documents");
    let sought = Sought::among(sets, |set| set.service.name.clone());
    let rows: Vec<_> = sought.shown.iter().map(|set| service_row(base, set)).collect();
    let rows = match rows.is_empty() {
        true => sought.nothing(&here),
        false => rows.into_any(),
    };
    view! { {sought.search("documents", None)}{rows}{sought.pager(&here)} }.into_any()
}

fn service_row(base: &str, set: &Set) -> impl IntoView + use<> {
    let service = format!("{base}/services/{}", set.service.slug);
    let id = format!("of-{}", set.service.slug);
    view! {
        <section class="stack" data-tight="" aria-labelledby=id.clone()>
            <h2 id=id.clone()><a href=service.clone()>{set.service.name.clone()}</a></h2>
            {rows(&service, &set.kept)}
        </section>
    }
}

/// The documents of one service: those that lack something with what they lack,
/// the others in a line.
pub(super) fn rows(service: &str, kept: &[Kept]) -> AnyView {
    let href = |kept: &Kept| format!("{service}/documents/{}", kept.kind.as_str());
    let row = |kept: &Kept| {
        view! {
            <li>
                <div><a class="cover" href=href(kept)>{kept.kind.title()}</a></div>
                {states(&kept.lacks)}
            </li>
        }
    };
    let is_there = |kept: &&Kept| kept.lacks != [Lack::Missing];
    let there: Vec<_> = kept.iter().filter(is_there).map(row).collect();
    let missing: Vec<_> = kept.iter().filter(|kept| !is_there(kept)).collect();
    let missing = (!missing.is_empty()).then(|| {
        let links: Vec<_> = missing
            .iter()
            .map(|kept| view! { <li><a href=href(kept)>{kept.kind.title()}</a></li> })
            .collect();
        view! {
            <div class="cluster">
                {states(&[Lack::Missing])}
                <ul class="cluster">{links}</ul>
            </div>
        }
    });
    let there = (!there.is_empty()).then(|| view! { <ul class="rows">{there}</ul> });
    view! { {there}{missing} }.into_any()
}
