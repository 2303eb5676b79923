//! The incidents of a circle, those that run first.

pub mod filter;
pub mod words;

use backend::Error;
use backend::incidents::{self, Drills, Incident, Listed, PAGE, States};
use backend::services;
use chrono::{DateTime, Utc};
use domain::incident::Severity as Level;
use domain::people::Role;
use leptos::prelude::*;

use self::filter::Filter;
use self::words::{next_update_view, path_of, phase_view};
use super::members::listing::page_asked;
use super::sign_in::done;
use crate::components::{Empty, Pager, Scroll, Severity, Time};
use crate::filtering::{option, set_filters};
use crate::server::asked_uri;
use crate::shell::{InCircle, Loading, Page, Section, circle_page};

/// Every incident of the circle that the address asks for.
pub fn get() -> Loading {
    let page = page_asked();
    let query = asked_uri().query().unwrap_or_default().to_owned();
    circle_page(Section::Incidents, move |here| async move {
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let services: Vec<(String, String)> = services::names(db, who, circle).await?.into_iter().collect();
        let filter = Filter::read(&query, &services);
        let listed = incidents::of_circle(db, who, circle, &filter.wanted, page).await?;
        let path = format!("/circles/{circle}/incidents");
        let shown = if listed.figures.n_all == 0 {
            none_yet(&here).into_any()
        } else {
            found(&listed, &filter, &services, page, &path, here.asked.received_at).into_any()
        };
        Ok::<_, Error>(Page::new(
            format!("Incidents – {}", here.member.circle_name),
            view! {
                <div class="head">
                    <h1>"Incidents"</h1>
                    {ways(&here)}
                </div>
                <p class="lead">{truth(&listed)}</p>
                {done(&[("saved", "The severities are saved.")])}
                {shown}
            },
        ))
    })
}

/// "1 runs now. 2 are resolved and not closed." Exercises are not counted.
fn truth(listed: &Listed) -> String {
    let figures = listed.figures;
    let running = match figures.n_running {
        0 => "Nothing runs now.".to_owned(),
        1 => "1 runs now.".to_owned(),
        n => format!("{n} run now."),
    };
    match figures.n_to_close {
        0 => running,
        1 => format!("{running} 1 is resolved and not closed."),
        n => format!("{running} {n} are resolved and not closed."),
    }
}

fn ways(here: &InCircle) -> impl IntoView + use<> {
    let base = format!("/circles/{}", here.member.circle);
    let works = here.member.role != Role::Reader;
    let leads = here.member.role == Role::Leader;
    view! {
        <div class="cluster">
            <a class="btn" href=format!("{base}/postmortems")>"Postmortems"</a>
            {leads.then(|| view! {
                <a class="btn" href=format!("{base}/signals")>"What was delivered"</a>
                <a class="btn" href=format!("{base}/incident-severities")>"Severities"</a>
            })}
            {works.then(|| view! { <a class="btn primary" href=format!("{base}/open-incident")>"Open an incident"</a> })}
        </div>
    }
}

fn none_yet(here: &InCircle) -> impl IntoView + use<> {
    let base = format!("/circles/{}", here.member.circle);
    let works = here.member.role != Role::Reader;
    let leads = here.member.role == Role::Leader;
    view! {
        <Empty
            title="No incidents yet"
            text="An incident is opened by hand, or by what monitoring delivers. It is worked through its phases, and closed when nothing of it is left to do."
        >
            <div class="cluster">
                {works.then(|| view! { <a class="btn" href=format!("{base}/open-incident")>"Open the first one"</a> })}
                {leads.then(|| view! { <a class="btn" href=format!("{base}/signal-sources")>"Connect monitoring"</a> })}
            </div>
        </Empty>
    }
}

fn found(
    listed: &Listed,
    filter: &Filter,
    services: &[(String, String)],
    page: u32,
    path: &str,
    now: DateTime<Utc>,
) -> impl IntoView + use<> {
    let set = filter.set(services);
    let set: Vec<_> = set.into_iter().map(|(words, without)| (words, without.address(path))).collect();
    let has_filter = !set.is_empty();
    let everything = path.to_owned();
    let shown = if listed.incidents.is_empty() {
        let (title, text) = match (listed.n_found, has_filter) {
            (0, _) => ("Nothing matches", "No incident fits what the filters ask for."),
            _ => ("The list ends before this page", "There are fewer incidents than the address asks for."),
        };
        let everything = everything.clone();
        view! { <Empty title=title text=text><a class="btn" href=everything>"Show all"</a></Empty> }
            .into_any()
    } else {
        table(listed, page, filter.address(path), now).into_any()
    };
    view! {
        {filter_bar(path, filter, services)}
        {set_filters(set, everything, &filter.unknown)}
        {shown}
    }
}

fn filter_bar(path: &str, filter: &Filter, services: &[(String, String)]) -> impl IntoView + use<> {
    let wanted = &filter.wanted;
    let states = States::every()
        .into_iter()
        .map(|state| option(state.as_str(), state.title(), wanted.state == state))
        .collect_view();
    let of_service =
        services.iter().map(|(slug, name)| option(slug, name, wanted.service == *slug)).collect_view();
    let severities = Level::ALL
        .map(|one| {
            let level = one.level().to_string();
            option(&level, &format!("SEV {level}"), wanted.severity == Some(one))
        })
        .collect_view();
    let drills =
        Drills::ALL.map(|one| option(one.as_str(), one.title(), wanted.drills == one)).collect_view();
    view! {
        <form class="filter many" method="get" action=path.to_owned() role="search" aria-label="Filter the incidents">
            <label>"Phase"<select name="state">{states}</select></label>
            <label>"Service"<select name="service"><option value="">"All services"</option>{of_service}</select></label>
            <label>"Severity"<select name="severity"><option value="">"All"</option>{severities}</select></label>
            <label>"Drills"<select name="drill">{drills}</select></label>
            <label>
                "Who"
                <select name="who">
                    <option value="">"Everybody"</option>
                    {option("me", "Me", wanted.is_mine)}
                </select>
            </label>
            <label>
                "Number, title or alert"
                <input type="search" name="q" value=wanted.text.clone() autocomplete="off" maxlength="100"/>
            </label>
            <button class="btn">"Show"</button>
        </form>
    }
}

fn table(listed: &Listed, page: u32, base: String, now: DateTime<Utc>) -> impl IntoView + use<> {
    let (circle, zone) = (listed.member.circle.clone(), listed.member.zone);
    let row = |incident: &Incident| {
        let service = incident.service.as_ref().map(|(_, name)| name.clone());
        let assignee = incident.assignee.as_ref().map(|assignee| assignee.name.clone());
        let is_open = incident.phase != domain::incident::Phase::Closed;
        view! {
            <tr>
                <th scope="row">
                    <a href=path_of(&circle, incident.number)>
                        <span class="nowrap">{incident.number.to_string()}</span>" "<bdi>{incident.title.clone()}</bdi>
                    </a>
                    {incident.is_drill.then(|| view! { " "<span class="tag">"Drill"</span> })}
                </th>
                <td data-label="Phase">{phase_view(incident.phase)}</td>
                <td data-label="Severity"><Severity level=incident.severity.level()/></td>
                <td data-label="Service">{service}</td>
                <td data-label="Who">{assignee.or(is_open.then(|| "Nobody yet".to_owned()))}</td>
                <td data-label="Detected"><Time at=incident.reached.detected zone=zone/></td>
                <td data-label="Next update">{next_update_view(incident, now)}</td>
            </tr>
        }
    };
    let rows: Vec<_> = listed.incidents.iter().map(row).collect();
    let shown = u32::try_from(rows.len()).unwrap_or(PAGE);
    let total = u64::try_from(listed.n_found).unwrap_or(0);
    view! {
        <Scroll name="Incidents">
            <table class="fold">
                <caption class="vh">"Incidents, those that run first"</caption>
                <thead>
                    <tr>
                        <th scope="col">"What"</th>
                        <th scope="col">"Phase"</th>
                        <th scope="col">"Severity"</th>
                        <th scope="col">"Service"</th>
                        <th scope="col">"Who"</th>
                        <th scope="col">"Detected"</th>
                        <th scope="col">"Next update"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </Scroll>
        {(total > u64::from(PAGE)).then(|| view! {
            <Pager page=page per_page=PAGE shown=shown total=total base=base/>
        })}
    }
}
