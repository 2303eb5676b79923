//! The rounds of a circle, for its leaders.

use backend::rounds::{self, PAGE, Round};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::round::Phase;
use leptos::prelude::*;

use crate::components::{Empty, Notice, NoticeKind, Pager, Scroll, Time};
use crate::server::query_value;
use crate::shell::{Loading, Page, Section, circle_page};

/// Every round, the one that closes last first.
pub fn get() -> Loading {
    circle_page(Section::Rounds, |here| async move {
        let circle = here.member.circle.clone();
        let page = query_value("page").and_then(|page| page.parse::<u32>().ok()).unwrap_or(1).max(1);
        let (rounds, more) = rounds::list(&here.site.db, &here.who, &circle, page - 1).await?;
        let shown = u32::try_from(rounds.len()).unwrap_or(PAGE);
        let plan = (shown > 0 || page > 1).then(|| {
            view! { <a class="btn primary" href=format!("/circles/{circle}/plan-round")>"Plan a round"</a> }
        });
        let cancelled = (query_value("done").as_deref() == Some("cancelled")).then(|| {
            view! { <Notice kind=NoticeKind::Done title="The round is cancelled. Nobody had started it."/> }
        });
        let (base, disputes) = (format!("/circles/{circle}/rounds"), format!("/circles/{circle}/disputes"));
        let pager = (more || page > 1).then(|| {
            view! { <Pager page=page per_page=PAGE shown=shown more=more base=base/> }
        });
        Ok(Page::new(
            "Rounds",
            view! {
                <div class="head">
                    <h1>"Rounds"</h1>
                    <div class="cluster"><a class="btn" href=disputes>"Disputes"</a>{plan}</div>
                </div>
                {cancelled}
                {list(&circle, &rounds, page, here.member.zone, here.asked.received_at)}
                {pager}
            },
        ))
    })
}

/// Where a round stands, in words.
pub(super) fn phase_words(round: &Round, now: DateTime<Utc>) -> String {
    match round.phase(now) {
        _ if round.cancelled_at.is_some() => "Cancelled".to_owned(),
        Phase::Planned => "Planned".to_owned(),
        Phase::Running => "Running".to_owned(),
        Phase::StillSitting => format!("Closed, {} still sitting", round.n_sitting),
        Phase::Marking => format!("Closed, {}", super::round::unmarked_words(round.n_unmarked)),
        Phase::ResultsReady => "Closed, results ready".to_owned(),
    }
}

fn list(circle: &str, rounds: &[Round], page: u32, zone: Tz, now: DateTime<Utc>) -> AnyView {
    let (first_page, plan) = (format!("/circles/{circle}/rounds"), format!("/circles/{circle}/plan-round"));
    if rounds.is_empty() && page > 1 {
        return view! {
            <Empty title="No rounds on this page" text="The list is shorter than that.">
                <a class="btn" href=first_page>"Go to the first page"</a>
            </Empty>
        }
        .into_any();
    }
    if rounds.is_empty() {
        let text = "A round gives one test to people between two instants and collects what they hand in.";
        return view! {
            <Empty title="No rounds yet" text=text>
                <a class="btn primary" href=plan>"Plan a round"</a>
            </Empty>
        }
        .into_any();
    }
    let rows = rounds.iter().map(|round| row(circle, round, zone, now)).collect_view();
    view! {
        <Scroll name="Rounds">
            <table class="fold">
                <thead><tr>
                    <th scope="col">"Round"</th>
                    <th scope="col">"Test"</th>
                    <th scope="col">"State"</th>
                    <th scope="col">"Opens"</th>
                    <th scope="col">"Closes"</th>
                    <th scope="col" class="num">"Handed in"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </Scroll>
    }
    .into_any()
}

fn row(circle: &str, round: &Round, zone: Tz, now: DateTime<Utc>) -> impl IntoView + use<> {
    view! {
        <tr>
            <th scope="row">
                <a class="cover" href=format!("/circles/{circle}/rounds/{}", round.id)>{round.name.clone()}</a>
            </th>
            <td data-label="Test">{round.test_name.clone()}</td>
            <td data-label="State">{phase_words(round, now)}</td>
            <td data-label="Opens"><Time at=round.opens_at zone=zone/></td>
            <td data-label="Closes"><Time at=round.closes_at zone=zone/></td>
            <td data-label="Handed in" class="num">{format!("{} of {}", round.n_handed_in, round.n_people)}</td>
        </tr>
    }
}
