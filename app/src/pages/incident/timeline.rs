//! What happened in an incident, and the alerts that belong to it.

use backend::incidents::{AlertOf, TimelineEntry};
use chrono_tz::Tz;
use domain::incident::{Audience, Kind};
use domain::people::Role;
use leptos::prelude::*;

use super::Around;
use crate::components::{Icon, Time, icon};
use crate::form::again;
use crate::markdown::{Images, blocks};
use crate::shell::encode;

/// The timeline, the newest first unless the address asks for the oldest. By when
/// it happened, not by when it was written.
pub fn timeline(around: &Around) -> impl IntoView + use<> {
    let zone = around.here.member.zone;
    let mut entries: Vec<&TimelineEntry> = around.detail.entries.iter().collect();
    entries.sort_by_key(|entry| (entry.entry.happened_at, entry.turn));
    let (order, words) =
        if around.is_oldest_first { ("", "Newest first") } else { ("?order=oldest", "Oldest first") };
    if !around.is_oldest_first {
        entries.reverse();
    }
    let works = around.here.member.role != Role::Reader;
    let rows: Vec<_> =
        entries.into_iter().map(|entry| row(entry, works.then_some(&around.path), zone)).collect();
    let other = format!("{}{order}#timeline", around.path);
    view! {
        <section class="stack" data-tight="" aria-labelledby="timeline">
            <div class="head">
                <h2 id="timeline">"Timeline"</h2>
                <a class="no-print" href=other>{words}</a>
            </div>
            <ol class="timeline" data-days="">{rows}</ol>
        </section>
    }
}

/// `path` is where an entry is taken out of the report, for who may.
fn row(one: &TimelineEntry, path: Option<&String>, zone: Tz) -> impl IntoView + use<> {
    let entry = &one.entry;
    let kind = match entry.kind {
        Kind::Update => Some("update"),
        Kind::Decision | Kind::Phase | Kind::Postmortem => Some("decision"),
        _ => None,
    };
    let what = match entry.kind {
        Kind::Phase => entry.phase.title(),
        other => other.title(),
    };
    let who = one.person.clone().map(|name| format!(", {name}"));
    let told = (entry.audience == Audience::Stakeholders)
        .then(|| view! { " "<span class="tag">"For stakeholders"</span> });
    let late = (one.written_at - entry.happened_at).num_minutes() >= 1 && entry.kind != Kind::Phase;
    let late = late.then(|| view! { <p class="meta">"Written "<Time at=one.written_at zone=zone/></p> });
    let words = (!entry.words.is_empty())
        .then(|| view! { <div class="prose" inner_html=blocks(&entry.words, Images::None)></div> });
    let is_told = entry.audience == Audience::Stakeholders;
    let withdraw = path.filter(|_| is_told && one.withdrawn.is_none()).map(|path| withdraw(path, one.turn));
    let withdrawn = one.withdrawn.clone().map(|reason| {
        view! { <p class="meta">"Taken out of the report, because: "{reason}</p> }
    });
    view! {
        <li data-kind=kind>
            <Time at=entry.happened_at zone=zone/>
            <div class="stack" data-tight="">
                <p class="who"><b>{what}</b>{who}{told}</p>
                {words}
                {late}
                {withdrawn}
                {withdraw}
            </div>
        </li>
    }
}

/// A field has one name on a page, so each entry numbers its own.
fn withdraw(path: &str, turn: i64) -> impl IntoView + use<> {
    let (again, id) = (again(), format!("because-{turn}"));
    let is_open = again.get("turn") == Some(turn.to_string().as_str()) && again.has_problems();
    let error = again.problem("because").filter(|_| is_open).map(|what| {
        view! { <p class="field-error"><span><span class="vh">"Error: "</span>{what.to_owned()}</span></p> }
    });
    view! {
        <details class="no-print" open=is_open>
            <summary><span class="meta">"Take it out of the report"</span></summary>
            <form method="post" action=path.to_owned() class="stack" data-tight="" novalidate>
                <input type="hidden" name="do" value="withdraw"/>
                <input type="hidden" name="turn" value=turn.to_string()/>
                <div class="field">
                    <label for=id.clone()>"Because"</label>
                    {error}
                    <input id=id type="text" name="because" autocomplete="off"/>
                </div>
                <div><button class="btn small">"Take it out"</button></div>
            </form>
        </details>
    }
}

/// The alerts, those that fire first.
pub fn alerts(around: &Around) -> Option<AnyView> {
    let alerts = &around.detail.alerts;
    let n_firing = alerts.iter().filter(|alert| alert.is_firing).count();
    let zone = around.here.member.zone;
    let rows: Vec<_> = alerts.iter().map(|alert| alert_row(alert, zone)).collect();
    if rows.is_empty() {
        return None;
    }
    let is_open = n_firing > 0;
    let words = match (n_firing, alerts.len()) {
        (0, 1) => "It has ended".to_owned(),
        (0, n) => format!("All {n} have ended"),
        (firing, all) => format!("{firing} of {all} fire"),
    };
    Some(
        view! {
            <details class="panel" open=is_open>
                <summary><b>"Alerts"</b>" "<span class="meta">{words}</span></summary>
                <ul class="rows">{rows}</ul>
            </details>
        }
        .into_any(),
    )
}

fn alert_row(alert: &AlertOf, zone: Tz) -> impl IntoView + use<> {
    let (key, symbol, word) =
        if alert.is_firing { ("gap", Icon::Warning, "Fires") } else { ("unknown", Icon::Dash, "Ended") };
    let labels: Vec<String> = alert.labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let summary = (alert.summary != alert.name).then(|| view! { <span>{alert.summary.clone()}</span> });
    let href = format!("/alerts/{}", encode(&alert.name).replace('/', "%2F"));
    let description = (!alert.description.is_empty())
        .then(|| view! { <span class="meta lines long">{alert.description.clone()}</span> });
    let link = (!alert.link.is_empty()).then(|| {
        let href = alert.link.clone();
        view! { <a class="long" href=href rel="noreferrer">"Where it comes from"<span class="vh">": "{alert.name.clone()}</span></a> }
    });
    let ended = alert.ended_at.map(|at| view! { " to "<Time at=at zone=zone/> });
    view! {
        <li>
            <span class="stack" data-tight="">
                <span class="cluster">
                    <a class="long" href=href>{alert.name.clone()}</a>
                    <span class="st" data-s=key>{icon(symbol)}<span>{word}</span></span>
                </span>
                {summary}
                {description}
                {link}
                <span class="meta"><Time at=alert.starts_at zone=zone/>{ended}</span>
                <span class="meta long">{labels.join(", ")}</span>
            </span>
        </li>
    }
}
