//! The filter as a form.

use domain::question::Topic;
use leptos::prelude::*;

use super::filter::{Filter, Show, Shown};
use crate::filtering::option;

/// The form. It is kept in the address, so that a view of it can be sent to
/// others.
pub fn filter_bar(path: &str, shown: &Shown<'_>, filter: &Filter) -> impl IntoView + use<> {
    let services = shown.matrix.services.iter().enumerate();
    let services: Vec<_> =
        services.map(|(place, (slug, name))| option(slug, name, filter.service == Some(place))).collect();
    let topics = Topic::ALL
        .map(|topic| option(topic.as_str(), topic.title(), filter.topic == Some(topic)))
        .collect_view();
    let shows = Show::ALL.map(|show| option(show.as_str(), show.title(), filter.show == show)).collect_view();
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
