//! Fields that offer things to pick: a list, radios, check boxes.

use leptos::prelude::*;

use super::field::{Field, Shown, described};
use crate::form::again;

/// One thing that is offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pick {
    /// What the form sends.
    pub value: String,
    /// What a person reads.
    pub label: String,
    /// One sentence under the label; empty for none. A list (`select`) does not show it.
    pub hint: String,
}

impl Pick {
    /// A thing to pick, without a hint.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), hint: String::new() }
    }

    /// The same with a sentence under it.
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: hint.into(), ..self }
    }
}

/// Things to pick from pairs of value and label.
pub fn picks<V: Into<String>, L: Into<String>>(pairs: impl IntoIterator<Item = (V, L)>) -> Vec<Pick> {
    pairs.into_iter().map(|(value, label)| Pick::new(value, label)).collect()
}

/// One of a list.
#[component]
pub fn SelectField(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    picks: Vec<Pick>,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] value: String,
) -> impl IntoView {
    let shown = Shown::of(&name, &value, hint.is_some());
    let options = picks.into_iter().map(move |pick| {
        let selected = pick.value == shown.value;
        view! { <option value=pick.value selected=selected>{pick.label}</option> }
    });
    view! {
        <Field name=name.clone() label=label hint=hint>
            <select id=name.clone() name=name aria-describedby=shown.described_by aria-invalid=shown.invalid>
                {options.collect_view()}
            </select>
        </Field>
    }
}

/// One of a few. Nothing is picked unless `value` says so.
#[component]
pub fn RadioGroup(
    #[prop(into)] name: String,
    #[prop(into)] legend: String,
    picks: Vec<Pick>,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] value: Option<String>,
) -> impl IntoView {
    let again = again();
    let picked = if again.is_again() { again.get(&name).map(str::to_string) } else { value };
    let picked = picked.into_iter().collect();
    view! { <Group kind="radio" name=name legend=legend picks=picks hint=hint picked=picked/> }
}

/// Any number of a few; the form sends the name once for each.
#[component]
pub fn CheckboxGroup(
    #[prop(into)] name: String,
    #[prop(into)] legend: String,
    picks: Vec<Pick>,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional)] values: Vec<String>,
) -> impl IntoView {
    let again = again();
    let typed = || again.all(&name).into_iter().map(str::to_string).collect();
    let picked = if again.is_again() { typed() } else { values };
    view! { <Group kind="checkbox" name=name legend=legend picks=picks hint=hint picked=picked/> }
}

/// Yes or no; the form sends the name with `value`, or not at all.
#[component]
pub fn CheckboxField(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional)] checked: bool,
    #[prop(into, default = "on".to_string())] value: String,
) -> impl IntoView {
    let shown = Shown::of(&name, "", hint.is_some());
    let again = again();
    let checked = if again.is_again() { again.all(&name).contains(&value.as_str()) } else { checked };
    view! {
        <div class="field">
            <label class="option">
                <input type="checkbox" id=name.clone() name=name.clone() value=value checked=checked
                    aria-describedby=shown.described_by aria-invalid=shown.invalid/>
                <span>{label}</span>
            </label>
            {described(&name, hint)}
        </div>
    }
}

/// Radios or check boxes under one legend. The first has the group's name as its id, so that an error can lead there.
#[component]
fn Group(
    kind: &'static str,
    name: String,
    legend: String,
    picks: Vec<Pick>,
    hint: Option<String>,
    picked: Vec<String>,
) -> impl IntoView {
    let shown = Shown::of(&name, "", hint.is_some());
    let options = picks.into_iter().enumerate().map(|(nth, pick)| {
        let id = if nth == 0 { name.clone() } else { format!("{name}-{}", nth + 1) };
        let checked = picked.contains(&pick.value);
        let hint = (!pick.hint.is_empty()).then(|| view! { <span class="hint">{pick.hint}</span> });
        view! {
            <label class="option">
                <input type=kind id=id name=name.clone() value=pick.value checked=checked/>
                <span>{pick.label}{hint}</span>
            </label>
        }
    });
    let options = options.collect_view();
    view! {
        <fieldset class="field" aria-describedby=shown.described_by>
            <legend>{legend}</legend>
            {described(&name, hint)}
            {options}
        </fieldset>
    }
}
