//! The stand-up of a circle: person by person in the order of their names, what
//! is in progress, what was said last, and what is due.

use backend::actions::{self, Action, AtStandUp, Event, StandUp};
use chrono_tz::Tz;
use leptos::prelude::*;

use super::actions::words::{Mark, day_words, done_view, owner_view, path_of, proposal_words, silence_words};
use crate::components::{Breadcrumb, Empty, Severity, Time};
use crate::markdown::{Images, blocks};
use crate::shell::{Loading, Page, Section, circle_page};

/// What everybody works on.
pub fn get() -> Loading {
    circle_page(Section::Actions, |here| async move {
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let stand_up = actions::stand_up(db, who, circle, here.asked.received_at).await?;
        let zone = here.member.zone;
        let (idle, busy): (Vec<_>, Vec<_>) =
            stand_up.people.iter().partition(|one| one.in_progress.is_none() && one.due.is_empty());
        let people: Vec<_> = busy.into_iter().map(|one| person(&stand_up, one, zone)).collect();
        let base = format!("/circles/{circle}/actions");
        let is_empty = stand_up.people.is_empty();
        Ok(Page::new(
            "Stand-up – Actions",
            view! {
                <Breadcrumb trail=vec![("Actions".to_owned(), base)]/>
                <h1>{format!("Stand-up, {}", day_words(stand_up.today, stand_up.today))}</h1>
                <p class="lead">
                    "By name. A comment is expected for each working day while something is in progress; what is missing is \
                     something to ask about, and nothing more."
                </p>
                {unowned(&stand_up)}
                {to_judge(&stand_up)}
                {if is_empty {
                    view! { <Empty title="Nobody works here yet" text="Engineers and leaders of the circle stand here."/> }.into_any()
                } else {
                    view! { <div class="panels" data-narrow="">{people}</div>{nothing(&idle)} }.into_any()
                }}
            },
        ))
    })
}

/// Those who have nothing to tell, in one line.
fn nothing(people: &[&AtStandUp]) -> Option<impl IntoView + use<>> {
    let names: Vec<&str> = people.iter().map(|one| one.name.as_str()).collect();
    let words = format!("Nothing in progress: {}.", names.join(", "));
    (!names.is_empty()).then(|| view! { <p class="meta">{words}</p> })
}

fn person(all: &StandUp, one: &AtStandUp, zone: Tz) -> impl IntoView + use<> {
    let circle = &all.member.circle;
    let id = format!("at-{}", one.person);
    let in_progress = match &one.in_progress {
        None => view! { <p class="meta">"Nothing in progress"</p> }.into_any(),
        Some((action, comment)) => working(all, action, comment.as_ref(), zone).into_any(),
    };
    let due: Vec<_> = one.due.iter().map(|action| due_row(all, circle, action, false)).collect();
    let due = (!due.is_empty()).then(|| view! { <h3>"Due"</h3><ul class="stack" data-tight="">{due}</ul> });
    let heading = id.clone();
    view! {
        <section class="panel" aria-labelledby=heading>
            <h2 id=id>{one.name.clone()}</h2>
            {in_progress}
            {due}
        </section>
    }
}

fn working(all: &StandUp, action: &Action, comment: Option<&Event>, zone: Tz) -> impl IntoView + use<> {
    let silence = silence_words(action).map(|words| Mark::Silent.with(words));
    let tasks = (action.n_tasks > 0).then(|| format!(" · {} of {} tasks", action.n_ticked, action.n_tasks));
    let comment = match comment {
        None => view! { <p class="meta">"No comment yet"</p> }.into_any(),
        Some(comment) => view! {
            <div class="stack" data-tight="">
                <p class="meta">{comment.person.clone()}", "<Time at=comment.happened_at zone=zone/></p>
                <div class="prose" inner_html=blocks(&comment.note, Images::None)></div>
            </div>
        }
        .into_any(),
    };
    view! {
        <p>{title(&all.member.circle, action)}" "<Severity level=action.severity.level()/></p>
        <p class="meta">"Done by "{done_view(action, all.today)}{tasks}" "{silence}</p>
        {comment}
    }
}

fn due_row(all: &StandUp, circle: &str, action: &Action, with_owner: bool) -> impl IntoView + use<> {
    let owner = (with_owner && action.owner.is_some()).then(|| view! { {owner_view(action)}" · " });
    view! {
        <li>
            {title(circle, action)}
            " "<span class="meta">{owner}{action.state.title()}" · "{done_view(action, all.today)}</span>
        </li>
    }
}

fn title(circle: &str, action: &Action) -> impl IntoView + use<> {
    let href = path_of(circle, action.number);
    view! { <a href=href>{action.number.to_string()}" "{action.title.clone()}</a> }
}

fn unowned(all: &StandUp) -> Option<impl IntoView + use<>> {
    let rows: Vec<_> =
        all.unowned.iter().map(|action| due_row(all, &all.member.circle, action, true)).collect();
    (!rows.is_empty()).then(|| {
        view! {
            <section class="panel" aria-labelledby="unowned">
                <h2 id="unowned">"Nobody's yet"</h2>
                <ul class="stack" data-tight="">{rows}</ul>
            </section>
        }
    })
}

/// What is done, and answered about often enough to say whether it has helped.
fn to_judge(all: &StandUp) -> Option<impl IntoView + use<>> {
    let row = |action: &Action| {
        let words = action.proposal().map(proposal_words).unwrap_or_default();
        view! { <li>{title(&all.member.circle, action)}" "<span class="meta">{words}</span></li> }
    };
    let rows: Vec<_> = all.to_judge.iter().map(row).collect();
    (!rows.is_empty()).then(|| {
        view! {
            <section class="panel" aria-labelledby="to-judge">
                <h2 id="to-judge">"Effect can be judged now"</h2>
                <ul class="stack" data-tight="">{rows}</ul>
            </section>
        }
    })
}
