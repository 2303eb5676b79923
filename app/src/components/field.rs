//! Fields of one line: a label, a hint, an error and the control, tied together for those who hear the page.
//! When a form is shown again, a field holds what was typed and says what is wrong with it.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use leptos::prelude::*;

use super::icon::{Icon, icon};
use super::instant::{city, local_value};
use crate::form::again;

/// What a field shows: what was typed if the form is shown again, and what describes it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The text in the control.
    pub value: String,
    /// What is wrong with it.
    pub problem: Option<String>,
    /// The ids of the hint and of the error, for `aria-describedby`.
    pub described_by: Option<String>,
    /// "true" when there is a problem, for `aria-invalid`.
    pub invalid: Option<&'static str>,
}

impl Shown {
    /// What the field of this name shows, where `given` is its value on a form that was not typed into yet.
    pub fn of(name: &str, given: &str, has_hint: bool) -> Self {
        let again = again();
        let typed = || again.get(name).unwrap_or_default().to_string();
        let value = if again.is_again() { typed() } else { given.to_string() };
        let problem = again.problem(name).map(str::to_string);
        let hint = has_hint.then(|| format!("{name}-hint"));
        let error = problem.is_some().then(|| format!("{name}-error"));
        let ids: Vec<String> = hint.into_iter().chain(error).collect();
        Self {
            value,
            invalid: problem.is_some().then_some("true"),
            problem,
            described_by: (!ids.is_empty()).then(|| ids.join(" ")),
        }
    }
}

/// A label, a hint and an error around any control whose id is `name`. The control takes its value and its
/// `aria-` attributes from [`Shown::of`].
#[component]
pub fn Field(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional_no_strip, into)] hint: Option<String>,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=name.clone()>{label}</label>
            {described(&name, hint)}
            {children()}
        </div>
    }
}

/// One line of text.
#[component]
pub fn TextField(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] value: String,
    /// The `type`: "text" unless "email", "url", "search" or "date" is said.
    #[prop(default = "text")]
    kind: &'static str,
    /// The keyboard a phone shows: "decimal", "numeric", "email".
    #[prop(optional)]
    inputmode: Option<&'static str>,
    /// What a browser may fill in: "off" unless said.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// "short", "medium" or nothing for the full width.
    #[prop(optional)]
    width: Option<&'static str>,
    /// What follows the number, such as "min".
    #[prop(optional, into)]
    unit: Option<String>,
) -> impl IntoView {
    let shown = Shown::of(&name, &value, hint.is_some());
    let input = view! {
        <input id=name.clone() name=name.clone() type=kind class=width value=shown.value inputmode=inputmode
            autocomplete=autocomplete aria-describedby=shown.described_by aria-invalid=shown.invalid/>
    };
    let control = match unit {
        Some(unit) => view! { <span class="with-unit">{input}<span>{unit}</span></span> }.into_any(),
        None => input.into_any(),
    };
    view! { <Field name=name label=label hint=hint>{control}</Field> }
}

/// A password. It is never shown again, may be pasted, and says to the browser which one it is.
#[component]
pub fn PasswordField(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: Option<String>,
    /// "new-password" where one is being chosen.
    #[prop(default = "current-password")]
    autocomplete: &'static str,
) -> impl IntoView {
    let shown = Shown::of(&name, "", hint.is_some());
    view! {
        <Field name=name.clone() label=label hint=hint>
            <input id=name.clone() name=name type="password" autocomplete=autocomplete
                aria-describedby=shown.described_by aria-invalid=shown.invalid/>
        </Field>
    }
}

/// A day and a time in a named zone. [`super::from_local`] reads back what was typed.
#[component]
pub fn DateTimeField(
    #[prop(into)] name: String,
    /// What happens then; the zone is added: "Starts (Rome time)".
    #[prop(into)]
    label: String,
    zone: Tz,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional_no_strip)] value: Option<DateTime<Utc>>,
) -> impl IntoView {
    let given = value.map(|at| local_value(at, zone)).unwrap_or_default();
    let shown = Shown::of(&name, &given, hint.is_some());
    let label = format!("{label} ({} time)", city(zone));
    view! {
        <Field name=name.clone() label=label hint=hint>
            <input id=name.clone() name=name type="datetime-local" step="60" value=shown.value
                aria-describedby=shown.described_by aria-invalid=shown.invalid/>
        </Field>
    }
}

/// The hint and the error of the field of this name, with the ids that `aria-describedby` points to.
pub(super) fn described(name: &str, hint: Option<String>) -> impl IntoView + use<> {
    let hint = hint.map(|hint| view! { <p class="hint" id=format!("{name}-hint")>{hint}</p> });
    let error = again().problem(name).map(|problem| {
        view! {
            <p class="field-error" id=format!("{name}-error")>
                {icon(Icon::Cross)}
                <span><span class="vh">"Error: "</span>{problem.to_string()}</span>
            </p>
        }
    });
    (hint, error)
}
