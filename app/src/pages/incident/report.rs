//! The report to the customer: what happened, what was done, why. It is made of
//! what stakeholders may read; nothing internal can come into it.

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use backend::{Error, incidents};
use chrono_tz::Tz;
use domain::incident::{Number, Part, Phase, Report, Told};
use leptos::prelude::*;

use crate::components::{Breadcrumb, Fact, Facts, Notice, NoticeKind, Time, city};
use crate::files::{answer, attached};
use crate::markdown::{Images, blocks};
use crate::pages::incidents::words::path_of;
use crate::server::{Asked, Site};
use crate::shell::{Loading, Page, Section, circle_page, path_param};

/// The report as a page that prints well.
pub fn get() -> Loading {
    let number = path_param("incident");
    circle_page(Section::Incidents, move |here| async move {
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let number = number.parse::<Number>().map_err(|_| Error::NotFound)?;
        let report = incidents::find(db, who, circle, number).await?.report();
        let zone = here.member.circle_zone;
        let heading = format!("{number} {}", report.title);
        let path = path_of(circle, number);
        let file = format!("{path}/report.md");
        let trail = vec![
            ("Incidents".to_owned(), format!("/circles/{circle}/incidents")),
            (number.to_string(), path),
        ];
        let empty = report.told.is_empty().then(|| {
            view! {
                <Notice kind=NoticeKind::Info title="Nothing has been said to stakeholders yet">
                    <p>"Updates, and entries that stakeholders may read, make the report."</p>
                </Notice>
            }
        });
        Ok(Page::new(
            format!("Report of {number} – Incidents"),
            view! {
                <Breadcrumb trail=trail/>
                <h1><bdi>{heading}</bdi></h1>
                {empty}
                <p class="no-print"><a class="btn" href=file download="">"Download as Markdown"</a></p>
                {facts(&report, zone)}
                {Part::ALL.map(|part| section(&report, part, zone)).collect_view()}
            },
        ))
    })
}

fn facts(report: &Report, zone: Tz) -> impl IntoView + use<> {
    let service = Some(report.service.clone()).filter(|service| !service.is_empty());
    let service = service.map(|service| view! { <Fact name="Service">{service}</Fact> });
    let phases = [Phase::Detected, Phase::Mitigated, Phase::Resolved];
    let phases: Vec<_> = phases
        .into_iter()
        .filter_map(|phase| Some((phase, report.reached.at(phase)?)))
        .map(|(phase, at)| view! { <Fact name=phase.title()><Time at=at zone=zone/></Fact> })
        .collect();
    let impact = (!report.impact.trim().is_empty()).then(|| {
        view! {
            <h2>"Impact"</h2>
            <div class="prose" inner_html=blocks(&report.impact, Images::None)></div>
        }
    });
    view! {
        {report.is_drill.then(|| view! { <p>"This was an exercise."</p> })}
        <Facts>{service}{phases}</Facts>
        {impact}
    }
}

/// One part, the oldest entry first.
fn section(report: &Report, part: Part, zone: Tz) -> impl IntoView + use<> {
    let row = |told: &Told| {
        view! {
            <li>
                <Time at=told.happened_at() zone=zone/>
                <div class="prose" inner_html=blocks(told.words(), Images::None)></div>
            </li>
        }
    };
    let rows: Vec<_> = report.of(part).into_iter().map(row).collect();
    let nothing = rows.is_empty().then(|| view! { <p class="meta">"Nothing has been said yet."</p> });
    view! {
        <h2>{part.title()}</h2>
        {nothing}
        <ol class="timeline" data-days="">{rows}</ol>
    }
}

/// Answers `/circles/{circle}/incidents/{incident}/report.md`, for members.
pub async fn incident_report(
    State(site): State<Site>,
    Extension(asked): Extension<Asked>,
    Path((circle, incident)): Path<(String, String)>,
) -> Response {
    let made = async {
        let who = asked.signed_in()?;
        let number = incident.parse::<Number>().map_err(|_| Error::NotFound)?;
        let found = incidents::find(&site.db, &who, &circle, number).await?;
        let zone = found.member.circle_zone;
        let text = found.report().markdown(&zone, &city(zone));
        Ok(attached(text, "text/markdown; charset=utf-8", &format!("{number}.md")))
    };
    answer(&asked, made).await
}
