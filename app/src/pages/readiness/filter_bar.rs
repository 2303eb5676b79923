//! The filter as a form, and what is set as links that take it off.

use domain::question::Topic;
use leptos::prelude::*;

use super::filter::{Filter, Show, Shown};
use crate::components::{Icon, Notice, NoticeKind, icon};

/// The form. It is kept in the address, so that a view of it can be sent to
/// others.
pub fn filter_bar(path: &str, shown: &Shown<'_>, filter: &Filter) -> impl IntoView + use<> {
    let services = shown.matrix.services.iter().enumerate();
    let services: Vec<_> = services
        .map(|(place, (slug, name))| option(slug.clone(), name.clone(), filter.service == Some(place)))
        .collect();
    let topics = Topic::ALL
        .map(|topic| option(topic.to_string(), topic.title().to_owned(), filter.topic == Some(topic)))
        .collect_view();
    let shows = Show::ALL
        .map(|show| option(show.as_str().to_owned(), show.title().to_owned(), filter.show == show))
        .collect_view();
    view! {
        <form class="filter many" method="get" action=path.to_owned() role="search" aria-label="Filter the matrix">
            <label>
                "Service"
                <select name="service"><option value="">"All services"</option>{services}</select>
            </label>
            <label>
                "Topic"
                <select name="topic"><option value="">"All topics"</option>{topics}</select>
            </label>
            <label>"People"<select name="show">{shows}</select></label>
            <label>"Name"<input type="search" name="q" value=filter.name.clone() autocomplete="off" maxlength="100"/></label>
            <label>"Ends before"<input type="date" name="before" value=shown.before.to_string()/></label>
            <button class="btn">"Show"</button>
        </form>
    }
}

fn option(value: String, words: String, selected: bool) -> impl IntoView {
    view! { <option value=value selected=selected>{words}</option> }
}

/// What is set, each a link that takes it off, and what was asked for and is
/// no filter.
pub fn set_filters(path: &str, shown: &Shown<'_>, filter: &Filter) -> impl IntoView + use<> {
    let services = &shown.matrix.services;
    let set = filter.set(services);
    let n_set = set.len();
    let links: Vec<_> = set
        .into_iter()
        .map(|(words, without)| {
            view! {
                <li>
                    <a class="chip" href=without.address(path, services)>
                        <span class="vh">"Remove the filter "</span>{words}{icon(Icon::Cross)}
                    </a>
                </li>
            }
        })
        .collect();
    let clear = (n_set > 1).then(|| view! { <li><a href=path.to_owned()>"Clear the filters"</a></li> });
    let unknown = (!filter.unknown.is_empty()).then(|| {
        let title = format!("There is no such filter: {}.", filter.unknown.join(", "));
        view! { <Notice kind=NoticeKind::Info title=title><p>"It is left out of what is shown."</p></Notice> }
    });
    view! {
        {unknown}
        {(n_set > 0).then(|| view! { <ul class="cluster chips" aria-label="Filters that are set">{links}{clear}</ul> })}
    }
}
