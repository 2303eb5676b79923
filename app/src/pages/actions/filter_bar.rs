//! The filter as a form, and what is set as links that take it off.

use backend::actions::Actions;
use domain::action::Severity;
use leptos::prelude::*;

use super::View;
use super::filter::{Filter, States, Whose, labels, owners};
use crate::components::{Icon, Notice, NoticeKind, icon};

/// The form. It is kept in the address, so that a view of it can be sent to
/// others.
pub fn filter_bar(path: &str, all: &Actions, filter: &Filter, view: View) -> impl IntoView + use<> {
    let states = States::every()
        .into_iter()
        .map(|state| option(state.as_str().to_owned(), state.title().to_owned(), filter.state == state))
        .collect_view();
    let mut whose = vec![
        (Whose::Anybody, "Everybody".to_owned()),
        (Whose::Me, "Me".to_owned()),
        (Whose::Nobody, "Nobody".to_owned()),
    ];
    whose.extend(owners(all).into_iter().map(|(person, name)| (Whose::Person(person), name)));
    let whose = whose
        .into_iter()
        .map(|(one, name)| option(one.as_str().to_owned(), name, filter.owner == one))
        .collect_view();
    let severities = Severity::ALL
        .map(|severity| {
            let level = severity.level().to_string();
            option(level.clone(), format!("Severity {level}"), filter.severity == Some(severity))
        })
        .collect_view();
    let labels = labels(all);
    let labels = (!labels.is_empty()).then(|| {
        let of_each = |label: String| option(label.clone(), label.clone(), filter.label == label);
        let options = labels.into_iter().map(of_each).collect_view();
        view! { <label>"Label"<select name="label"><option value="">"Any label"</option>{options}</select></label> }
    });
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
                    {option("yes".to_owned(), "Overdue".to_owned(), filter.is_late)}
                </select>
            </label>
            <label>
                "Number or title"
                <input type="search" name="q" value=filter.text.clone() autocomplete="off" maxlength="100"/>
            </label>
            <button class="btn">"Show"</button>
        </form>
    }
}

fn option(value: String, words: String, selected: bool) -> impl IntoView {
    view! { <option value=value selected=selected>{words}</option> }
}

/// What is set, each a link that takes it off, and what was asked for and is
/// no filter.
pub fn set_filters(
    path: &str,
    filter: &Filter,
    set: &[(String, Filter)],
    view: View,
) -> impl IntoView + use<> {
    let n_set = set.len();
    let links: Vec<_> = set
        .iter()
        .map(|(words, without)| {
            view! {
                <li>
                    <a class="chip" href=without.address(path, view)>
                        <span class="vh">"Remove the filter "</span>{words.clone()}{icon(Icon::Cross)}
                    </a>
                </li>
            }
        })
        .collect();
    let everything = Filter::default().address(path, view);
    let clear = (n_set > 1).then(|| view! { <li><a href=everything>"Clear the filters"</a></li> });
    let unknown = (!filter.unknown.is_empty()).then(|| {
        let title = format!("There is no such filter: {}.", filter.unknown.join(", "));
        view! { <Notice kind=NoticeKind::Info title=title><p>"It is left out of what is shown."</p></Notice> }
    });
    view! {
        {unknown}
        {(n_set > 0).then(|| view! { <ul class="cluster chips" aria-label="Filters that are set">{links}{clear}</ul> })}
    }
}
