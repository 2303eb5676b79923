//! What an incident lacks before it can be closed, and the forms that add it.

use backend::incidents::Postmortem;
use backend::stamp;
use domain::incident::Phase;
use leptos::context::Provider;
use leptos::prelude::*;

use super::Around;
use crate::components::{Icon, TextArea, icon};
use crate::markdown::{Images, blocks};
use crate::pages::account::of_form;

pub fn closing(around: &Around) -> AnyView {
    let incident = &around.detail.incident;
    let notes = (!incident.resolution.is_empty()).then(|| {
        view! {
            <section class="stack" data-tight="">
                <h2>"What ended it"</h2>
                <div class="prose" inner_html=blocks(&incident.resolution, Images::None)></div>
            </section>
        }
    });
    let overridden = (!incident.overridden.is_empty())
        .then(|| view! { <p>"It was closed although something lacked: "{incident.overridden.clone()}" What lacked stands in the timeline."</p> });
    if !around.detail.may_work() {
        return view! { {notes} {overridden} }.into_any();
    }
    let explain = {
        let around = around.clone();
        view! { <Provider value=of_form("explain")>{explain(&around)}</Provider> }
    };
    let close = {
        let around = around.clone();
        view! { <Provider value=of_form("close")>{close(&around)}</Provider> }
    };
    view! {
        {explain}
        {decide(around)}
        {close}
    }
    .into_any()
}

fn explain(around: &Around) -> impl IntoView + use<> {
    let resolution = around.detail.incident.resolution.clone();
    let (is_there, had) = (!resolution.is_empty(), stamp(&resolution));
    view! {
        <form method="post" action=around.path.clone() class="form" novalidate>
            <input type="hidden" name="do" value="explain"/>
            <input type="hidden" name="had" value=had/>
            <TextArea name="resolution" label="Resolution notes" rows=3 value=resolution
                hint="What ended it, for those who come after. Markdown works."/>
            <button class="btn">{if is_there { "Save the changed notes" } else { "Save the notes" }}</button>
        </form>
    }
}

/// Whether there is a postmortem is decided trigger by trigger, on a page of its
/// own.
fn decide(around: &Around) -> impl IntoView + use<> {
    let (circle, incident) = (&around.here.member.circle, &around.detail.incident);
    let href = format!("/circles/{circle}/postmortem-triggers?incident={}", incident.number);
    let words = match incident.postmortem {
        Postmortem::Undecided => "Decide whether there is a postmortem",
        Postmortem::Decided { .. } => "Look at the decision about a postmortem",
    };
    view! { <p><a class="btn" href=href>{words}</a></p> }
}

fn close(around: &Around) -> impl IntoView + use<> {
    let (lacks, leads) = (&around.detail.lacks, around.detail.leads());
    let is_done = lacks.is_empty();
    let rows: Vec<_> = lacks
        .iter()
        .map(|lack| {
            view! {
                <li>
                    <span class="st" data-s="gap">{icon(Icon::Cross)}<span>"Missing"</span></span>
                    <span>{lack.words()}</span>
                </li>
            }
        })
        .collect();
    let list = (!is_done).then(|| {
        view! {
            <p>"Before it can be closed:"</p>
            <ul class="checklist">{rows}</ul>
        }
    });
    let override_reason = (!is_done && leads).then(|| {
        view! {
            <TextArea name="override_reason" label="Close it all the same, because" rows=2
                hint="As a leader you may. What lacks stays noted."/>
        }
    });
    let class =
        if is_done && around.detail.incident.phase == Phase::Resolved { "btn primary" } else { "btn" };
    view! {
        <section class="stack" data-tight="" aria-labelledby="close">
            <h2 id="close">"Close it"</h2>
            {list}
            {is_done.then(|| view! { <p>"Nothing lacks."</p> })}
            <form method="post" action=around.path.clone() class="form" novalidate>
                <input type="hidden" name="do" value="close"/>
                {override_reason}
                <button class=class>"Close the incident"</button>
            </form>
        </section>
    }
}
