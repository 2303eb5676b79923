//! The matrix: people by services and topics, for leaders.

use backend::readiness::{self, Matrix, PersonRow};
use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::ahead::{plan_link, what_ends};
use super::filter::{Filter, Show, Shown, day_of};
use super::filter_bar::filter_bar;
use super::{evidence_path, standing_words};
use crate::components::{Empty, Pager, Scroll, Status, StatusKind, Time, TimeShape, city};
use crate::filtering::set_filters;
use crate::shell::InCircle;

/// People on a page, and on paper.
const PER_PAGE: u32 = 50;
const PER_SHEET: u32 = 500;

/// Services side by side on a sheet on its side, at most; others stand under
/// them.
const SERVICES_PER_SHEET: usize = 3;

/// Columns from which on paper needs small print.
const DENSE_FROM: usize = 13;

/// What of the matrix is on a page.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// The query, where the filter stands.
    pub query: String,
    /// From 1.
    pub page: u32,
    /// Whether it is for paper: everybody, and nothing to press.
    pub for_paper: bool,
}

/// Everybody, by name, as far as the filter lets them through.
pub(super) async fn of_everybody(here: &InCircle, asked: Asked) -> backend::Result<AnyView> {
    let now = here.asked.received_at;
    let matrix = readiness::matrix(&here.site.db, &here.who, &here.member.circle, now).await?;
    if matrix.services.is_empty() || matrix.people.is_empty() {
        return Ok(nothing_yet(&matrix));
    }
    let filter = Filter::read(&asked.query, &matrix.services, day_of(now, matrix.member.zone));
    let shown = filter.of(&matrix, now);
    Ok(if asked.for_paper { paper(&shown, &filter, &asked, now) } else { page(&shown, &filter, &asked, now) })
}

/// The circle in a sentence, for a place that has no filter.
pub fn truth(matrix: &Matrix, now: DateTime<Utc>) -> String {
    let filter = Filter::default();
    filter.of(matrix, now).sentence(&filter, now)
}

/// Whether a person is ready for each of the services at these places.
pub fn ready_for_all(person: &PersonRow, columns: &[usize]) -> bool {
    columns.iter().all(|&column| person.services[column].iter().all(|cell| cell.standing.is_ready()))
}

fn path_of(matrix: &Matrix) -> String {
    format!("/circles/{}/readiness", matrix.member.circle)
}

fn page(shown: &Shown<'_>, filter: &Filter, asked: &Asked, now: DateTime<Utc>) -> AnyView {
    let services = &shown.matrix.services;
    let path = path_of(shown.matrix);
    let address = filter.address(&path, services);
    let joint = if address.contains('?') { '&' } else { '?' };
    let csv = filter.address(&format!("{path}.csv"), services);
    let set = filter.set(services).into_iter();
    let set = set.map(|(words, without)| (words, without.address(&path, services))).collect();
    view! {
        <div class="stack">
            <h1>"Readiness"</h1>
            <p class="lead">{shown.sentence(filter, now)}</p>
            <p class="meta cluster" data-tight="">
                {as_of(shown, now)}
                <span class="cluster no-print">
                    <a href=format!("{address}{joint}print=1")>"Print"</a>
                    <a href=csv>"Download CSV"</a>
                </span>
            </p>
        </div>
        {(filter.show != Show::Gaps).then(|| what_ends(shown, filter))}
        <div class="stack" data-tight>
            {filter_bar(&path, shown, filter)}
            {set_filters(set, path.clone(), &filter.unknown)}
        </div>
        {table(shown, filter, asked, &address, now)}
    }
    .into_any()
}

/// The same for paper: nothing but what is read, and everybody on one page.
fn paper(shown: &Shown<'_>, filter: &Filter, asked: &Asked, now: DateTime<Utc>) -> AnyView {
    let services = &shown.matrix.services;
    let back = filter.address(&path_of(shown.matrix), services);
    let joint = if back.contains('?') { '&' } else { '?' };
    let sheet = format!("{back}{joint}print=1");
    view! {
        <div class="stack">
            <h1>{format!("Readiness of {}", shown.matrix.member.circle_name)}</h1>
            <p class="lead">{shown.sentence(filter, now)}</p>
            <p class="meta">{as_of(shown, now)}</p>
            <p class="cluster no-print">
                <a href=back>"Back to the filters"</a>
                <span class="meta">"Print this page from the menu of your browser. It fits a sheet on its side."</span>
            </p>
        </div>
        {table(shown, filter, asked, &sheet, now)}
    }
    .into_any()
}

/// When it was so.
fn as_of(shown: &Shown<'_>, now: DateTime<Utc>) -> impl IntoView + use<> {
    let zone = shown.zone();
    view! {
        <span>
            "As of "<Time at=now zone=zone shape=TimeShape::Day/>", "<Time at=now zone=zone shape=TimeShape::Clock/>
            " "{city(zone)}
        </span>
    }
}

/// The rows of one page with the key and the way to the others, or why there
/// are none.
fn table(shown: &Shown<'_>, filter: &Filter, asked: &Asked, address: &str, now: DateTime<Utc>) -> AnyView {
    let services = &shown.matrix.services;
    let set: Vec<String> = filter.set(services).into_iter().map(|(words, _)| words).collect();
    if shown.rows.is_empty() {
        return nothing_matches(path_of(shown.matrix), &set.join(", "));
    }
    let n_services = shown.services.len();
    let (per_page, n_services) = if asked.for_paper {
        (PER_SHEET, n_services.div_ceil(n_services.div_ceil(SERVICES_PER_SHEET)))
    } else {
        (PER_PAGE, n_services)
    };
    let (page, rows) = rows_of(&shown.rows, asked.page, per_page);
    let (n_shown, n_all) = (shown.rows.len(), shown.matrix.people.len());
    let n_on_page = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    view! {
        {(!set.is_empty()).then(|| view! {
            <p class="meta cluster">
                {format!("{n_shown} of {n_all} people. ")}
                <span class="print-only">{format!("Filtered by: {}.", set.join(", "))}</span>
                {(filter.show == Show::Gaps).then(|| plan_link(shown, &shown.rows))}
            </p>
        })}
        {shown.services.chunks(n_services).map(|services| grid(shown, services, rows, now)).collect_view()}
        {(n_shown > per_page as usize).then(|| view! {
            <Pager page=page per_page=per_page shown=n_on_page total=n_shown as u64 base=address.to_owned()/>
        })}
        {key()}
    }
    .into_any()
}

/// One page of the rows, or the last one if there are fewer, with its number.
fn rows_of(rows: &[usize], page: u32, per_page: u32) -> (u32, &[usize]) {
    let n_pages = u32::try_from(rows.len().div_ceil(per_page as usize)).unwrap_or(u32::MAX);
    let page = page.min(n_pages).max(1);
    let first = (page as usize - 1) * per_page as usize;
    (page, &rows[first..rows.len().min(first + per_page as usize)])
}

fn nothing_matches(everybody: String, set: &str) -> AnyView {
    let title = format!("Nothing matches {set}");
    view! {
        <Empty title=title text="There are people here, and none of them fits.">
            <a class="btn" href=everybody>"Clear the filters"</a>
        </Empty>
    }
    .into_any()
}

fn nothing_yet(matrix: &Matrix) -> AnyView {
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

/// People by name, services by topics; every cell leads to its evidence.
fn grid(shown: &Shown<'_>, services: &[usize], rows: &[usize], now: DateTime<Utc>) -> impl IntoView + use<> {
    let n_topics = shown.topics.len();
    let is_dense = services.len() * n_topics >= DENSE_FROM;
    let groups: Vec<_> = services
        .iter()
        .map(|&service| {
            let ready = format!("{} of {} ready", shown.n_ready_for(service), shown.people.len());
            view! {
                <th class="group" scope="colgroup" colspan=n_topics>
                    {shown.matrix.services[service].1.clone()}
                    " "<span class="meta">{ready}</span>
                </th>
            }
        })
        .collect();
    let topics: Vec<_> = services
        .iter()
        .flat_map(|_| shown.topics.iter().enumerate())
        .map(|(place, topic)| {
            view! { <th class=(place == 0).then_some("first") scope="col">{breakable(topic.title())}</th> }
        })
        .collect();
    let rows: Vec<_> = rows.iter().map(|&person| person_row(shown, services, person, now)).collect();
    let name = grid_name(shown, services);
    view! {
        <Scroll name=name>
            <table class="matrix" class:dense=is_dense>
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

/// What a part of the matrix is called by those who hear it; parts differ.
fn grid_name(shown: &Shown<'_>, services: &[usize]) -> String {
    if services.len() == shown.services.len() {
        return "People by services and topics".to_owned();
    }
    let names: Vec<&str> = services.iter().map(|&place| shown.matrix.services[place].1.as_str()).collect();
    format!("People by topics of {}", names.join(", "))
}

/// A long word that may be divided where columns are narrow, as on paper.
fn breakable(title: &'static str) -> impl IntoView {
    let (first, rest) = title.split_at(if title.len() > 11 { title.len() / 2 } else { 0 });
    view! { {first}{(!first.is_empty()).then(|| view! { <wbr/> })}{rest} }
}

fn person_row(
    shown: &Shown<'_>,
    services: &[usize],
    person: usize,
    now: DateTime<Utc>,
) -> impl IntoView + use<> {
    let matrix = shown.matrix;
    let (circle, row) = (&matrix.member.circle, &matrix.people[person]);
    let cells: Vec<_> = services
        .iter()
        .flat_map(|&service| {
            shown.topics.iter().enumerate().map(move |(place, &topic)| (service, place == 0, topic))
        })
        .map(|(service, is_first, topic)| {
            let (kind, words) = standing_words(row.cell(service, topic), now, shown.zone());
            let href = evidence_path(circle, &row.person, &matrix.services[service].0, topic);
            view! { <td class=is_first.then_some("first")><a href=href><Status kind=kind words=words/></a></td> }
        })
        .collect();
    view! { <tr><th scope="row">{row.name.clone()}</th>{cells}</tr> }
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
    view! { <section aria-label="Key"><ul class="cluster key">{rows}</ul></section> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_beyond_the_end_is_the_last_one() {
        let rows: Vec<usize> = (0..51).collect();
        assert_eq!(rows_of(&rows, 1, 50), (1, &rows[..50]));
        assert_eq!(rows_of(&rows, 2, 50), (2, &rows[50..]));
        assert_eq!(rows_of(&rows, u32::MAX, 50), (2, &rows[50..]));
        assert_eq!(rows_of(&rows, 0, 500), (1, &rows[..]));
    }
}
