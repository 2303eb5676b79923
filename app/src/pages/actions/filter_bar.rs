//! The filter as a form.

use backend::actions::Actions;
use domain::action::Severity;
use domain::people::Role;
use leptos::prelude::*;

use super::View;
use super::filter::{Filter, States, Whose, labels, owners};
use crate::filtering::option;

/// The form. It is kept in the address, so that a view of it can be sent to
/// others.
pub fn filter_bar(path: &str, all: &Actions, filter: &Filter, view: View) -> impl IntoView + use<> {
    let states = States::every()
        .into_iter()
        .map(|state| option(state.as_str(), state.title(), filter.state == state))
        .collect_view();
    let mut whose = vec![
        (Whose::Anybody, "Everybody".to_owned()),
        (Whose::Me, "Me".to_owned()),
        (Whose::Nobody, "Nobody".to_owned()),
    ];
    whose.extend(owners(all).into_iter().map(|(person, name)| (Whose::Person(person), name)));
    let whose =
        whose.into_iter().map(|(one, name)| option(one.as_str(), &name, filter.owner == one)).collect_view();
    let severities = Severity::ALL
        .map(|severity| {
            let level = severity.level().to_string();
            option(&level, &format!("Severity {level}"), filter.severity == Some(severity))
        })
        .collect_view();
    let labels = labels(all);
    let labels = (!labels.is_empty()).then(|| {
        let of_each = |label: String| option(&label, &label, filter.label == label);
        let options = labels.into_iter().map(of_each).collect_view();
        view! { <label>"Label"<select name="label"><option value="">"Any label"</option>{options}</select></label> }
    });
    let leads = all.member.role == Role::Leader;
    let view = (view != View::List).then(|| view! { <input type="hidden" name="view" value=view.as_str()/> });
    view! {
        <form class="filter many" method="get" action=path.to_owned() role="search" aria-label="Filter the actions">
            {view}
            <label>"State"<select name="state">{states}</select></label>
            <label>"Owner"<select name="owner">{whose}</select></label>
            <label>"Severity"<select name="severity"><option value="">"All"</option>{severities}</select></label>
            {labels}
            <label>
                "Date"
                <select name="overdue">
                    <option value="">"Any"</option>
                    {option("yes", "Overdue", filter.is_late)}
                </select>
            </label>
            {leads.then(|| view! {
                <label>
                    "Effect"
                    <select name="effect">
                        <option value="">"Any"</option>
                        {option("judge", "Can be judged", filter.is_to_judge)}
                    </select>
                </label>
            })}
            <label>
                "Number or title"
                <input type="search" name="q" value=filter.text.clone() autocomplete="off" maxlength="100"/>
            </label>
            <button class="btn">"Show"</button>
        </form>
    }
}
