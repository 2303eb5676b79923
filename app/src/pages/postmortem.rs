//! One postmortem: what it says, what was alike before, what follows from it.

pub mod files;
mod parts;
pub mod triggers;
pub mod write;

use backend::actions::making::Draft;
use backend::postmortems::{self, Found, alike, moving, writing};
use backend::{Error, actions, circles};
use domain::action::{Fixes, How, Severity};
use domain::people::Role;
use domain::postmortem::{Move, Number, Section as Part};
use leptos::prelude::*;

use super::question_edit::resting::resting_on;
use super::sign_in::done;
use crate::components::{Breadcrumb, ErrorSummary};
use crate::form::{Form, Posted};
use crate::markdown::{Images, blocks};
use crate::shell::{InCircle, Loading, Page, Section, circle_page, path_param};

/// The page of a postmortem, for the members of its circle.
pub fn get() -> Loading {
    let number = path_param("postmortem");
    circle_page(Section::Incidents, move |here| async move {
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let number = number.parse::<Number>().map_err(|_| Error::NotFound)?;
        let found = postmortems::find(db, who, circle, number, here.asked.received_at).await?;
        let around = parts::Around {
            alike: alike(db, &found).await?,
            workers: actions::workers(db, who, circle).await?,
            members: circles::members(db, who, circle).await?,
        };
        let title = format!("{number} {}", found.postmortem.title);
        let resting = resting_on(&here, &format!("postmortem:{number}")).await?;
        let base = format!("/circles/{circle}/postmortems");
        let edit = format!("{base}/{number}/edit");
        let file = format!("{base}/{number}/postmortem.md");
        let ask = format!(
            "/circles/{circle}/write-question?from=postmortem:{number}&service={}",
            found.postmortem.service
        );
        let asks = found.leads();
        Ok(Page::new(
            format!("{title} – Postmortems"),
            view! {
                <ErrorSummary/>
                <Breadcrumb trail=vec![("Postmortems".to_owned(), base)]/>
                <div class="head">
                    <h1><bdi>{title}</bdi></h1>
                    <span class="tag">{found.postmortem.state.title()}</span>
                </div>
                {done(&[
                    ("written", "What it says is saved."),
                    ("moved", "It is moved on."),
                    ("made", "The action is made."),
                    ("saved", "It is saved."),
                ])}
                <p class="cluster no-print">
                    {found.may_write().then(|| view! { <a class="btn primary" href=edit>"Write on"</a> })}
                    {asks.then(|| view! { <a class="btn" href=ask>"Make a question of this"</a> })}
                    <a class="btn" href=file>"Markdown"</a>
                </p>
                <div class="split">
                    <article class="stack">
                        {sections(&found)}
                        {parts::actions_of(&here, &found, &around)}
                        {parts::promises(&found)}
                        {parts::original(&found)}
                    </article>
                    <aside class="stack" aria-label="About this postmortem">
                        {parts::facts(&here, &found)}
                        {parts::next(&found)}
                        {parts::alike(&here, &around)}
                        {resting}
                        {parts::people(&found, &around)}
                    </aside>
                </div>
                {parts::history(&found, here.member.zone)}
            },
        ))
    })
}

fn sections(found: &Found) -> impl IntoView + use<> {
    let one = |(section, words): &(Part, String)| {
        let id = section.as_str();
        let html = blocks(words, Images::None);
        let is_empty = words.trim().is_empty();
        let said = match is_empty {
            true => view! { <p class="meta">"Nothing is written here yet."</p> }.into_any(),
            false => view! { <div class="prose" inner_html=html></div> }.into_any(),
        };
        view! { <section class="stack" data-tight="" aria-labelledby=id><h2 id=id>{section.title()}</h2>{said}</section> }
    };
    let imported = !found.original.is_empty();
    let shown = found.sections.iter().filter(|(_, words)| !imported || !words.trim().is_empty());
    shown.map(one).collect_view()
}

/// Moves it, says who was there and why there is no action, makes an action.
pub async fn post(form: Form) -> Posted {
    let (who, circle) = (form.who()?, form.param("circle")?);
    let number: Number = form.param("postmortem")?.parse().map_err(|_| Error::NotFound)?;
    let (db, now) = (&form.site.db, form.asked.received_at);
    let page = format!("/circles/{circle}/postmortems/{number}");
    match form.get("do") {
        "move" => {
            let one = Move::parse(form.get("move")).ok_or(Error::NotFound)?;
            moving::step(db, &who, circle, number, one, now).await?;
            Ok(format!("{page}?done=moved"))
        }
        "people" => {
            writing::set_people(db, &who, circle, number, &form.all("there"), now).await?;
            Ok(format!("{page}?done=saved"))
        }
        "none" => {
            writing::set_none_because(db, &who, circle, number, form.get("none_because"), now).await?;
            Ok(format!("{page}?done=saved"))
        }
        "action" => {
            let place = |name: &str| form.get(name).parse().ok();
            let promise = place("line").zip(place("n"));
            writing::make_action(db, &who, circle, number, promise, &draft(&form), now).await?;
            Ok(format!("{page}?done=made#actions"))
        }
        _ => Err(Error::NotFound),
    }
}

fn draft(form: &Form) -> Draft {
    let text = |name: &str| form.get(name).to_owned();
    Draft {
        title: text("title"),
        fixes: Fixes::parse(form.get("fixes")),
        how: How::parse(form.get("how")),
        severity: form.get("severity").parse().ok().and_then(Severity::new),
        owner: text("owner"),
        assign_by: text("assign_by"),
        done_by: text("done_by"),
        key: text("key"),
        ..Draft::default()
    }
}

/// Whoever reads only writes nothing here.
fn works(here: &InCircle) -> bool {
    here.member.role != Role::Reader
}
