//! The matrix: people by services and topics, for leaders.

use backend::readiness::{self, Matrix, PersonRow, is_ready};
use chrono::{DateTime, Utc};
use domain::question::Topic;
use domain::readiness::Standing;
use leptos::prelude::*;

use super::{evidence_path, standing_words};
use crate::components::{Empty, Scroll, Status, StatusKind};
use crate::server::query_value;
use crate::shell::InCircle;

/// Everybody, by name, as far as the filter lets them through.
pub(super) async fn of_everybody(here: &InCircle, filter: Filter) -> backend::Result<AnyView> {
    let now = here.asked.received_at;
    let matrix = readiness::matrix(&here.site.db, &here.who, &here.member.circle, now).await?;
    let columns = filter.columns(&matrix.services);
    if matrix.services.is_empty() || matrix.people.is_empty() {
        return Ok(nothing_to_show(&matrix));
    }
    let rows = filter.rows(&matrix.people, &columns);
    let of_what = filter.service.as_deref().map(|slug| name_of(&matrix.services, slug));
    let sentence = sentence(&matrix.people, &columns, of_what);
    let n_hidden = matrix.people.len() - rows.len();
    Ok(view! {
        <div class="stack" data-tight>
            <h1>"Readiness"</h1>
            <p class="lead">{sentence}</p>
        </div>
        {filter_bar(&here.member.circle, &matrix.services, &filter)}
        {if rows.is_empty() || columns.is_empty() {
            nothing_matches(&here.member.circle).into_any()
        } else {
            view! {
                {grid(&matrix, &rows, &columns, now)}
                {key()}
                {(n_hidden > 0).then(|| view! { <p class="meta">{hidden_words(n_hidden)}</p> })}
            }
            .into_any()
        }}
    }
    .into_any())
}

/// What a leader asked to see.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Filter {
    /// A short name; `None` is every service.
    service: Option<String>,
    /// Only those who are not ready for everything that is shown.
    only_gaps: bool,
}

impl Filter {
    pub(super) fn asked() -> Filter {
        Filter {
            service: query_value("service").filter(|service| !service.is_empty()),
            only_gaps: query_value("only").as_deref() == Some("gaps"),
        }
    }

    fn is_set(&self) -> bool {
        *self != Filter::default()
    }

    /// The places of the services that are shown.
    fn columns(&self, services: &[(String, String)]) -> Vec<usize> {
        let is_shown = |slug: &String| self.service.as_ref().is_none_or(|wanted| wanted == slug);
        (0..services.len()).filter(|&place| is_shown(&services[place].0)).collect()
    }

    fn rows<'m>(&self, people: &'m [PersonRow], columns: &[usize]) -> Vec<&'m PersonRow> {
        people.iter().filter(|person| !self.only_gaps || !ready_for_all(person, columns)).collect()
    }
}

/// Whether a person is ready for each of the services at these places.
pub fn ready_for_all(person: &PersonRow, columns: &[usize]) -> bool {
    columns.iter().all(|&column| person.services[column].iter().all(|cell| is_ready(cell.standing)))
}

fn name_of<'s>(services: &'s [(String, String)], slug: &'s str) -> &'s str {
    services.iter().find(|(known, _)| known == slug).map_or(slug, |(_, name)| name)
}

fn hidden_words(n_hidden: usize) -> String {
    match n_hidden {
        1 => "1 person who is ready is not shown.".to_owned(),
        n => format!("{n} people who are ready are not shown."),
    }
}

/// The circle in one sentence: "4 of 6 are ready for everything. 1 pass ends within 30 days."
pub fn sentence(people: &[PersonRow], columns: &[usize], of_what: Option<&str>) -> String {
    let n_ready = people.iter().filter(|person| ready_for_all(person, columns)).count();
    let verb = if n_ready == 1 { "is" } else { "are" };
    let cells = people.iter().flat_map(|person| columns.iter().flat_map(|&column| &person.services[column]));
    let n_ending = cells.filter(|cell| matches!(cell.standing, Standing::Expiring { .. })).count();
    let ending = match n_ending {
        0 => String::new(),
        1 => " 1 pass ends within 30 days.".to_owned(),
        n => format!(" {n} passes end within 30 days."),
    };
    format!("{n_ready} of {} {verb} ready for {}.{ending}", people.len(), of_what.unwrap_or("everything"))
}

fn nothing_to_show(matrix: &Matrix) -> AnyView {
    let circle = format!("/circles/{}", matrix.member.circle);
    let (title, text, href, action) = if matrix.services.is_empty() {
        (
            "No services yet",
            "Readiness is said for each service, topic by topic. A question bank brings its service along.",
            "services",
            "Add a service",
        )
    } else {
        ("No engineers yet", "Readiness is said of the engineers of this circle.", "members", "Invite people")
    };
    view! {
        <h1>"Readiness"</h1>
        <Empty title=title text=text>
            <a class="btn primary" href=format!("{circle}/{href}")>{action}</a>
        </Empty>
    }
    .into_any()
}

fn nothing_matches(circle: &str) -> impl IntoView + use<> {
    let all = format!("/circles/{circle}/readiness");
    view! {
        <Empty title="Nobody to show" text="Everybody who matches is ready, or nothing matches the filter.">
            <a class="btn" href=all>"Clear the filter"</a>
        </Empty>
    }
}

/// The filter, kept in the address so that a view of it can be sent to others.
fn filter_bar(circle: &str, services: &[(String, String)], filter: &Filter) -> impl IntoView + use<> {
    let wanted = filter.service.clone();
    let options: Vec<_> = services
        .iter()
        .map(|(slug, name)| {
            let selected = wanted.as_ref() == Some(slug);
            view! { <option value=slug.clone() selected=selected>{name.clone()}</option> }
        })
        .collect();
    let clear = filter.is_set().then(|| {
        view! { <a class="btn link" href=format!("/circles/{circle}/readiness")>"Clear the filter"</a> }
    });
    view! {
        <form class="filter" method="get" role="search" aria-label="Filter">
            <label>
                "Service"
                <select name="service"><option value="">"All services"</option>{options}</select>
            </label>
            <label class="option">
                <input type="checkbox" name="only" value="gaps" checked=filter.only_gaps/>
                "Only people who are not ready"
            </label>
            <button class="btn">"Show"</button>
            {clear}
        </form>
    }
}

/// People by name, services by topics; every cell leads to its evidence.
fn grid(
    matrix: &Matrix,
    rows: &[&PersonRow],
    columns: &[usize],
    now: DateTime<Utc>,
) -> impl IntoView + use<> {
    let groups: Vec<_> = columns
        .iter()
        .map(|&column| {
            view! { <th class="group" scope="colgroup" colspan="4">{matrix.services[column].1.clone()}</th> }
        })
        .collect();
    let topics: Vec<_> = columns
        .iter()
        .flat_map(|_| Topic::ALL)
        .map(|topic| view! { <th scope="col">{topic.title()}</th> })
        .collect();
    let rows: Vec<_> = rows.iter().map(|person| person_row(matrix, person, columns, now)).collect();
    view! {
        <Scroll name="People by services and topics">
            <table class="matrix">
                <caption class="vh">"How each person stands with each service, topic by topic"</caption>
                <thead>
                    <tr><th scope="row">"Service"</th>{groups}</tr>
                    <tr><th scope="col">"Person"</th>{topics}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </Scroll>
    }
}

fn person_row(
    matrix: &Matrix,
    person: &PersonRow,
    columns: &[usize],
    now: DateTime<Utc>,
) -> impl IntoView + use<> {
    let (circle, zone) = (&matrix.member.circle, matrix.member.zone);
    let cells: Vec<_> = columns
        .iter()
        .flat_map(|&column| {
            Topic::ALL.into_iter().zip(&person.services[column]).map(move |cell| (column, cell))
        })
        .map(|(column, (topic, cell))| {
            let (kind, words) = standing_words(cell, now, zone);
            let href = evidence_path(circle, &person.person, &matrix.services[column].0, topic);
            view! { <td><a href=href><Status kind=kind words=words/></a></td> }
        })
        .collect();
    view! { <tr><th scope="row">{person.name.clone()}</th>{cells}</tr> }
}

/// What the marks of the matrix say.
fn key() -> impl IntoView {
    let marks = [
        (StatusKind::Ready, "to 14 Mar", "ready until then"),
        (StatusKind::Expiring, "9 days", "ready, and ends within 30 days"),
        (StatusKind::Gap, "Gap: 4 of 6", "below its cut, or expired"),
        (StatusKind::Unknown, "Not taken", "nothing says anything yet"),
    ];
    let rows: Vec<_> = marks
        .into_iter()
        .map(|(kind, words, meaning)| {
            view! { <li class="cluster" data-tight><Status kind=kind words=words/><span class="meta">{meaning}</span></li> }
        })
        .collect();
    view! { <section aria-label="Key"><ul class="cluster">{rows}</ul></section> }
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::{all_ready, one_gap, row};
    use super::*;

    #[test]
    fn the_sentence_counts_who_is_ready_for_everything_that_is_shown() {
        let people = [row(vec![all_ready(), one_gap()]), row(vec![all_ready(), all_ready()])];

        assert_eq!(sentence(&people, &[0, 1], None), "1 of 2 is ready for everything.");
        assert_eq!(sentence(&people, &[0], Some("Edge")), "2 of 2 are ready for Edge.");
    }

    #[test]
    fn a_filter_hides_services_and_those_who_are_ready() {
        let services = ["orders-db", "edge"].map(|slug| (slug.to_owned(), slug.to_owned()));
        let people = [row(vec![all_ready(), one_gap()]), row(vec![all_ready(), all_ready()])];
        let shown = |service: Option<&str>| {
            let filter = Filter { service: service.map(str::to_owned), only_gaps: true };
            let columns = filter.columns(&services);
            (columns.len(), filter.rows(&people, &columns).len())
        };

        assert_eq!(shown(None), (2, 1));
        assert_eq!(shown(Some("orders-db")), (1, 0));
        assert_eq!(shown(Some("no-such")), (0, 0));
    }
}
