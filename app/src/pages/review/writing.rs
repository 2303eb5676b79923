//! The forms of a meeting: notes, decisions, actions. Each says which item it
//! is about, so that what was begun at one item does not end up at the next.

use backend::circles::MemberOf;
use backend::reviews::{Found, Item, path_of};
use domain::action::{Fixes, How};
use domain::agenda::{Decision, Proposal};
use domain::people::Role;
use leptos::context::Provider;
use leptos::prelude::*;

use super::words::short_title;
use crate::components::{Pick, RadioGroup, SelectField, TextArea, TextField, picks};
use crate::form::{again, key_field};
use crate::pages::account::of_form;

/// Says which item a form is about, and whether the reader looked at it alone.
/// The page of a form that is shown again shows its item, unless that was taken
/// off the agenda.
fn about(item: &str, alone: bool) -> impl IntoView + use<> {
    let item = item.to_owned();
    let alone = if again().is_again() { again().get("alone").is_some() } else { alone };
    view! {
        <input type="hidden" name="item" value=item/>
        {alone.then(|| view! { <input type="hidden" name="alone" value="1"/> })}
    }
}

fn is_alone(found: &Found, item: &Item) -> bool {
    found.review.item.as_deref() != Some(item.id.as_str())
}

/// The form of a note: everybody who attends.
pub fn note(found: &Found, item: &Item, n: usize) -> impl IntoView + use<> {
    let path = path_of(&found.review.circle, &found.review.id);
    let (id, alone) = (item.id.clone(), is_alone(found, item));
    let heading = format!("Your note on {n}. {}", short_title(item));
    view! {
        <section class="stack" data-tight="" data-live="form-note" aria-labelledby="note-about">
            <h3 id="note-about">{heading}</h3>
            <Provider value=of_form("note")>{move || note_form(&path, &id, alone)}</Provider>
        </section>
    }
}

fn note_form(path: &str, item: &str, alone: bool) -> impl IntoView + use<> {
    view! {
        <form method="post" action=path.to_owned() class="form" novalidate>
            <input type="hidden" name="do" value="note"/>
            {about(item, alone)}
            {key_field()}
            <TextArea name="note" label="Note" rows=3 hint="Stands under your name. Markdown works. A note cannot be changed."/>
            <button class="btn">"Add the note"</button>
        </form>
    }
}

/// The form of a decision: leaders.
pub fn decision(found: &Found, item: &Item) -> Option<impl IntoView + use<>> {
    let path = path_of(&found.review.circle, &found.review.id);
    let (id, alone, is_decided) = (item.id.clone(), is_alone(found, item), item.decision().is_some());
    (found.leads() && item.is_question()).then(|| {
        let legend = if is_decided { "Decide otherwise" } else { "Decision" };
        view! {
            <section data-live="form-decision" id="decide">
                <Provider value=of_form("decide")>{move || decision_form(&path, &id, alone, legend)}</Provider>
            </section>
        }
    })
}

fn decision_form(path: &str, item: &str, alone: bool, legend: &'static str) -> impl IntoView + use<> {
    let options: Vec<Pick> =
        Decision::ALL.into_iter().map(|decision| Pick::new(decision.as_str(), decision.title())).collect();
    view! {
        <form method="post" action=path.to_owned() class="form" novalidate>
            <input type="hidden" name="do" value="decide"/>
            {about(item, alone)}
            <RadioGroup name="decision" legend=legend picks=options/>
            <TextField name="reason" label="Because" hint="Needed where nothing is done; elsewhere as you like."/>
            <button class="btn">"Write the decision down"</button>
        </form>
    }
}

/// The form of an action: engineers and leaders.
pub fn action(found: &Found, item: &Item, workers: &[MemberOf]) -> Option<impl IntoView + use<>> {
    let path = path_of(&found.review.circle, &found.review.id);
    let (id, alone) = (item.id.clone(), is_alone(found, item));
    let people: Vec<(String, String)> = [(String::new(), "Choose".to_owned())]
        .into_iter()
        .chain(workers.iter().map(|one| (one.person.clone(), one.name.clone())))
        .collect();
    let fixes = fixes_of(item);
    (found.member.role != Role::Reader).then(|| {
        let is_again = of_form("action").has_problems();
        view! {
            <details id="make-action" data-live="form-action" open=is_again>
                <summary>"Make an action here"</summary>
                <Provider value=of_form("action")>{move || action_form(&path, &id, alone, people.clone(), fixes)}</Provider>
            </details>
        }
    })
}

/// What the action of an item most likely puts right.
fn fixes_of(item: &Item) -> Fixes {
    let decided = item.decision().map(|decided| decided.decision);
    match (decided, item.why.proposals.first()) {
        (Some(Decision::FixQuestion), _) => Fixes::Question,
        (Some(Decision::FixDocument), _) => Fixes::Document,
        (Some(Decision::FixAlert), _) => Fixes::Alert,
        (Some(Decision::FixProcess), _) => Fixes::Process,
        (Some(Decision::Train), _) => Fixes::Training,
        (_, Some(Proposal::QuestionIsDisputed)) => Fixes::Question,
        (_, Some(Proposal::DocumentIsUnclear { .. })) => Fixes::Document,
        _ => Fixes::Training,
    }
}

fn action_form(
    path: &str,
    item: &str,
    alone: bool,
    people: Vec<(String, String)>,
    fixes: Fixes,
) -> impl IntoView + use<> {
    let fixes_picks = picks(Fixes::ALL.iter().map(|fixes| (fixes.as_str(), fixes.title())));
    let how_picks = picks(How::ALL.iter().map(|how| (how.as_str(), how.title())));
    let severities = ["1", "2", "3", "4"].map(|level| (level, format!("Severity {level}")));
    view! {
        <form method="post" action=path.to_owned() class="form" novalidate>
            <input type="hidden" name="do" value="action"/>
            {about(item, alone)}
            {key_field()}
            <TextField name="title" label="What is to be done"/>
            <SelectField name="owner" label="Owner" picks=picks(people)/>
            <SelectField name="fixes" label="Puts right" picks=fixes_picks value=fixes.as_str()/>
            <SelectField name="how" label="How" picks=how_picks value=How::Preventive.as_str()/>
            <SelectField name="severity" label="Severity" picks=picks(severities) value="3"/>
            <TextField name="assign_by" label="Begun by" kind="date" width="medium" hint="Left empty: what the circle gives this severity."/>
            <TextField name="done_by" label="Done by" kind="date" width="medium"/>
            <button class="btn">"Make the action"</button>
        </form>
    }
}
