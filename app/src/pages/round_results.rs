//! What a round came to, for its leaders: how scores lie, topics against their
//! cut, and what each question did; and the release of the results.
//!
//! Everybody else does not find it: it tells what is right, and in a small team
//! a count is as good as a name. Takers have their own result, readers the
//! counts of the readiness page.

pub mod asked;
pub mod files;
mod people;
pub mod questions;
mod scores;
mod topics;
pub mod words;

use backend::Error;
use backend::people::Who;
use backend::results::releasing::{release, why_not};
use backend::results::{self, Results, Which};
use backend::{Db, services};
use chrono::{DateTime, Utc};
use domain::reliability::test_figures;
use domain::results::Versions;
use domain::round::{Phase, Sees};
use leptos::prelude::*;

use self::asked::Asked;
use super::result::words::Names;
use super::services::counted;
use crate::components::{Breadcrumb, Empty, ErrorSummary, Notice, NoticeKind, Time};
use crate::filtering::{self, Query};
use crate::form::{Form, Posted, again};
use crate::server::{asked_uri, query_value};
use crate::shell::{InCircle, Loading, Page, Section, circle_page, path_param};

/// The results of a round.
pub fn get() -> Loading {
    let id = path_param("round");
    circle_page(Section::Rounds, move |here| async move {
        let query = Query::of(asked_uri().query().unwrap_or_default());
        let which = asked::which(&query, &mut Vec::new());
        let (db, who, circle, now) = (&here.site.db, &here.who, &here.member.circle, here.asked.received_at);
        let results = results::of_round(db, who, circle, &id, which, now).await?;
        if query_value("confirm").as_deref() == Some("release") && results.round.released_at.is_none() {
            return Ok(release_page(&here, &results));
        }
        let names = names(db, who, circle).await?;
        page(&here, &query, results, &names)
    })
}

/// Releases the results.
pub async fn post(form: Form) -> Posted {
    let (circle, id) = (form.param("circle")?, form.param("round")?);
    match form.get("do") {
        "release" => {
            release(&form.site.db, &form.who()?, circle, id, form.asked.received_at).await?;
            Ok(format!("/circles/{circle}/rounds/{id}/results?done=released"))
        }
        _ => Err(Error::NotFound),
    }
}

/// The names of the circle's services.
pub async fn names(db: &Db, who: &Who, circle: &str) -> backend::Result<Names> {
    let services = services::list(db, who, circle).await?;
    Ok(Names(services.into_iter().map(|service| (service.slug, service.name)).collect()))
}

fn page(here: &InCircle, query: &Query, results: Results, names: &Names) -> backend::Result<Page> {
    let (zone, now) = (here.member.zone, here.asked.received_at);
    let round = format!("/circles/{}/rounds/{}", here.member.circle, results.round.id);
    let base = format!("{round}/results");
    let trail = vec![
        ("Rounds".to_owned(), format!("/circles/{}/rounds", here.member.circle)),
        (results.round.name.clone(), round.clone()),
    ];
    let title = format!("Results of {}", results.round.name);
    let figures = if results.met.is_empty() { None } else { Some(figures(&base, query, &results, names)?) };
    let asked = Asked::read(query, &results.topics());
    let nothing = figures.is_none().then(|| {
        view! {
            <Empty title="Nothing to count yet" text="Figures stand here as soon as an attempt is handed in and marked."/>
        }
    });
    Ok(Page::new(
        title.clone(),
        view! {
            <ErrorSummary/>
            <Breadcrumb trail=trail/>
            <h1>{title}</h1>
            {done_notice()}
            <p class="lead">{sentence(&results)}</p>
            <p class="meta">"As of "<Time at=now zone=zone/>"."</p>
            <div class="split">
                {release_section(&base, &results, now, zone)}
                <aside aria-label="How far people are">{people::progress(results.progress())}</aside>
            </div>
            {figures.is_some().then(jumps)}
            {nothing}
            {figures}
            {people::people(results.people, query, &asked, &base)}
        },
    ))
}

/// The parts of a long page.
fn jumps() -> impl IntoView {
    let link = |place: &'static str, words: &'static str| view! { <li><a href=place>{words}</a></li> };
    view! {
        <nav class="no-print" aria-label="On this page">
            <ul class="cluster">
                {link("#scores", "Scores")}
                {link("#topics", "Topics")}
                {link("#questions", "Questions")}
                {link("#files", "Files")}
                {link("#people", "People")}
            </ul>
        </nav>
    }
}

/// Everything that is made of marks.
fn figures(base: &str, query: &Query, results: &Results, names: &Names) -> backend::Result<AnyView> {
    let of_topics = results.topics();
    let asked = Asked::read(query, &of_topics);
    let pooled = results.figures(Versions::Pooled)?;
    let sureness = topics::sureness(&pooled);
    let rows = if asked.versions == Versions::Pooled { pooled } else { results.figures(asked.versions)? };
    let rows = asked.of(rows, results);
    let of_test = test_figures(&results.responses()?);
    let cut = results.round.test.rules.cut;
    Ok(view! {
        {asked::bar(base, &asked, &of_topics, names)}
        {asked::set(base, &asked, names)}
        {counted_words(results).map(|words| view! { <p class="meta">{words}</p> })}
        <div class="panels">
            {scores::scores(&results.bands(), &results.scores(), cut, &of_test)}
            {sureness}
        </div>
        {topics::topics(&of_topics, names)}
        {questions::questions(base, results, &rows)}
        {files_section(base, &asked)}
    }
    .into_any())
}

/// "14 of 18 people have taken it. 2 attempts wait to be marked."
fn sentence(results: &Results) -> String {
    let progress = results.progress();
    let taken = format!("{} of {} people have taken it", progress.n_taken, progress.n_people);
    match (results.phase, progress.n_waiting) {
        _ if results.round.cancelled_at.is_some() => format!("It was cancelled. {taken}."),
        (_, n) if n > 0 => format!("{taken}; {} to be marked.", wait_words(n)),
        (Phase::Planned, _) => "It is not open yet.".to_owned(),
        (Phase::Running | Phase::StillSitting, _) => {
            format!("{taken} so far; what stands here can still change.")
        }
        _ => format!("{taken}, and the results are ready."),
    }
}

fn wait_words(n: usize) -> String {
    let n = i64::try_from(n).unwrap_or(i64::MAX);
    format!("{} {}", counted(n, "attempt"), if n == 1 { "waits" } else { "wait" })
}

/// What of the attempts is in the figures.
fn counted_words(results: &Results) -> Option<String> {
    let which = match results.which {
        Which::First => "Figures count the first attempt of each person",
        Which::All => {
            "Figures count every attempt, retakes too: who takes it again has met such questions before"
        }
    };
    let waiting = match results.n_waiting {
        0 => String::new(),
        n => format!(". {} to be marked and in no figure", wait_words(n)),
    };
    Some(format!("{which}{waiting}."))
}

fn done_notice() -> Option<impl IntoView> {
    let is_done = query_value("done").as_deref() == Some("released") && !again().is_again();
    is_done.then(|| {
        view! { <Notice kind=NoticeKind::Done title="The results are released. Everyone who sat the round sees score and answers."/> }
    })
}

/// Whether the takers see their results, and the way to show them.
fn release_section(base: &str, results: &Results, now: DateTime<Utc>, zone: chrono_tz::Tz) -> AnyView {
    let content = match (results.round.released_at, why_not(&results.round, now)) {
        (Some(at), _) => view! {
            <p>"Released "<Time at=at zone=zone/>": everyone who sat the round sees score and answers. It cannot be taken back."</p>
        }
        .into_any(),
        (None, Some(why)) if results.round.cancelled_at.is_some() => view! { <p>{why}</p> }.into_any(),
        (None, Some(why)) => view! {
            <p>{why}</p>
            <p class="meta">"Until then takers see what the round was planned to show them."</p>
        }
        .into_any(),
        (None, None) if results.round.shows.seen_in(results.phase, false) == Sees::ALL => view! {
            <p>"Everyone who sat the round sees score and answers, as it was planned. There is nothing left to release."</p>
        }
        .into_any(),
        (None, None) => view! {
            <p>"Takers see what the round was planned to show them. Release the results to show everyone score and answers."</p>
            <p><a class="btn primary" href=format!("{base}?confirm=release")>"Release the results …"</a></p>
        }
        .into_any(),
    };
    view! {
        <section class="stack" data-tight="" aria-labelledby="release">
            <h2 id="release">"What takers see"</h2>
            {content}
        </section>
    }
    .into_any()
}

/// Asks before the takers see their results.
fn release_page(here: &InCircle, results: &Results) -> Page {
    let round = &results.round;
    let back = format!("/circles/{}/rounds/{}/results", here.member.circle, round.id);
    let title = format!("Release the results of {}?", round.name);
    let form_at = back.clone();
    let refusal = why_not(round, here.asked.received_at);
    let form = match refusal {
        Some(why) => view! { <p>{why}</p><p><a class="btn" href=back>"Back to the results"</a></p> }.into_any(),
        None => view! {
            <ul>
                <li>{format!("Each of the {} people who sat it sees the own score, the questions, what is right and why.", round.n_handed_in)}</li>
                <li>"Nobody sees the result of somebody else."</li>
                <li>"It cannot be taken back: people will have seen it."</li>
                <li>"Whoever sits another round can meet the same questions, with the answers known."</li>
            </ul>
            <form method="post" class="cluster" action=form_at>
                <button class="btn primary" name="do" value="release">"Release the results"</button>
                <a class="btn" href=back>"Not now"</a>
            </form>
        }
        .into_any(),
    };
    Page::new(title.clone(), view! { <ErrorSummary/><h1>{title}</h1>{form} })
}

/// The files, for people who analyse elsewhere.
fn files_section(base: &str, asked: &Asked) -> impl IntoView + use<> {
    let round = base.trim_end_matches("/results");
    let which = if asked.which == Which::All { "all" } else { "" };
    let versions = if asked.versions == Versions::Apart { "apart" } else { "" };
    let link = |name: &str, words: &'static str, what: &'static str| {
        let href =
            filtering::address(&format!("{round}/{name}"), &[("attempts", which), ("versions", versions)]);
        view! { <li><div><a href=href>{words}</a><p class="meta">{what}</p></div></li> }
    };
    view! {
        <section class="stack no-print" data-tight="" aria-labelledby="files">
            <h2 id="files">"Files"</h2>
            <p class="meta">
                "Attempts and people have numbers in them and no names; what somebody typed stands as it was typed. Every \
                 field is told in docs/round-files.md."
            </p>
            <ul class="rows">
                {link("responses.csv", "Marks, a line for each attempt (CSV)", "What muster analyse reads, and any statistics program.")}
                {link("answers.csv", "Answers, a line for each question of each attempt (CSV)", "Mark, answer, confidence and time.")}
                {link("results.json", "Everything (JSON)", "Figures with their intervals, questions and answers.")}
            </ul>
        </section>
    }
}
