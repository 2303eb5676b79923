//! One question with its key and its history, for a leader.

use backend::questions::{self, Shown};
use backend::sources;
use chrono::NaiveDate;
use domain::coverage::{REVIEW_DAYS, Review};
use domain::question::{Kind, QuestionId};
use leptos::prelude::*;

use super::disputes::words::address_of;
use super::service::{state_words, today};
use super::services::counted;
use crate::components::{Breadcrumb, Fact, Facts, Notice, NoticeKind, Time, TimeShape};
use crate::markdown::Images;
use crate::reviewing::reviewed;
use crate::shell::{InCircle, Loading, Page, Section, circle_page, path_param};

/// The newest version of a question, as its author wrote it.
pub fn get() -> Loading {
    let id = format!("{}/{}/{}", path_param("service"), path_param("topic"), path_param("slug"));
    circle_page(Section::Services, move |here| async move {
        let id: QuestionId = id.parse().map_err(|_| backend::Error::NotFound)?;
        let shown = questions::find(&here.site.db, &here.who, &here.member.circle, &id).await?;
        let checks = sources::of_question(&here.site.db, &here.who, &here.member.circle, &id).await?;
        Ok(Page::new(format!("Question {}", id.slug), page(&here, &id, &shown, checks.len())))
    })
}

fn page(here: &InCircle, id: &QuestionId, shown: &Shown, n_checks: usize) -> impl IntoView + use<> {
    let services = format!("/circles/{}/services", here.member.circle);
    let service = format!("{services}/{}", id.service);
    let trail = vec![
        ("Services".to_owned(), services),
        (id.service.clone(), service.clone()),
        (id.topic.title().to_owned(), format!("{service}?topic={}", id.topic)),
    ];
    let name = id.to_string();
    let images = Images::Of { circle: &here.member.circle, question: &name, version: &shown.version };
    let make = format!("/circles/{}/make-action?question={id}", here.member.circle);
    let disputes = address_of(&here.member.circle, id, &shown.version);
    let edit = format!("/circles/{}/questions/{id}/edit", here.member.circle);
    let look = edit.clone();
    let asks = (n_checks > 0).then(|| {
        view! {
            <Notice kind=NoticeKind::Problem title="It asks to be checked">
                <p>"What it rests on has changed. "<a href=look>"See what, and confirm, change or retire it"</a></p>
            </Notice>
        }
    });
    let as_written: Vec<u8> = (0..shown.question.n_shuffled()).collect();
    view! {
        <Breadcrumb trail=trail/>
        <h1>{id.slug.clone()}</h1>
        <div class="split">
            <article class="panel">
                <h2 class="vh">"The question and its key"</h2>
                {reviewed(&shown.question, &as_written, None, images)}
            </article>
            <aside class="stack" aria-label="About this question">
                {facts(shown, n_checks, today(here))}
                {history(here, &edit, shown)}
                {asks}
                <p class="cluster">
                    <a class="btn" href=edit>"Write it"</a>
                    <a class="btn" href=make>"Make an action from it"</a>
                    <a class="btn" href=disputes>"Disputes and decisions"</a>
                </p>
            </aside>
        </div>
    }
}

fn facts(shown: &Shown, n_checks: usize, today: NaiveDate) -> impl IntoView + use<> {
    let question = &shown.question;
    let tags =
        question.tags.iter().map(|tag| view! { <span class="tag">{tag.clone()}</span> }).collect_view();
    let tags = (!question.tags.is_empty()).then(|| {
        view! { <Fact name="Tags"><span class="cluster" data-tight="">{tags}</span></Fact> }
    });
    let reviewed = reviewed_words(question.reviewed, today);
    let drawn = match shown.n_drawn {
        0 => "Never".to_owned(),
        n => format!("In {}", counted(n, "attempt")),
    };
    let critical = if question.critical { "Yes: a pass needs full marks on it" } else { "No" };
    let (kind, level) = (kind_words(question.kind()), question.level.get());
    let state = match n_checks {
        0 => state_words(shown.state).to_owned(),
        _ => format!("{}, to be checked", state_words(shown.state)),
    };
    let version = short(&shown.version);
    view! {
        <Facts>
            <Fact name="State">{state}</Fact>
            <Fact name="Kind">{kind}</Fact>
            <Fact name="Level">{level}</Fact>
            <Fact name="Critical">{critical}</Fact>
            {tags}
            <Fact name="Reviewed">{reviewed}</Fact>
            <Fact name="Drawn">{drawn}</Fact>
            <Fact name="Version"><code>{version}</code></Fact>
        </Facts>
    }
}

fn reviewed_words(reviewed: Option<NaiveDate>, today: NaiveDate) -> String {
    let day = reviewed.map(|day| day.format("%-d %b %Y").to_string()).unwrap_or_default();
    match Review::of(reviewed, today) {
        Review::Never => "Never".to_owned(),
        Review::LongAgo => format!("{day}, more than {REVIEW_DAYS} days ago"),
        Review::Lately => day,
    }
}

fn kind_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Single => "Single choice",
        Kind::Multiple => "Multiple choice",
        Kind::Ordering => "Ordering",
        Kind::Matching => "Matching",
        Kind::Numeric => "Number",
        Kind::Short => "Short answer",
        Kind::Open => "Open, marked by a leader",
    }
}

fn history(here: &InCircle, edit: &str, shown: &Shown) -> impl IntoView + use<> {
    let zone = here.member.zone;
    let n_older = i64::try_from(shown.older.len()).unwrap_or(i64::MAX);
    let older = shown.older.iter().map(|(hash, at)| {
        let href = format!("{edit}?since={hash}");
        view! {
            <li>
                <code>{short(hash)}</code>" from "<Time at=*at zone=zone shape=TimeShape::Day/>", "
                <a href=href>"what changed since"<span class="vh">{format!(" version {}", short(hash))}</span></a>
            </li>
        }
    });
    let older = older.collect_view();
    if n_older == 0 {
        return view! { <p class="meta">"There is no older version."</p> }.into_any();
    }
    view! {
        <details>
            <summary>{counted(n_older, "older version")}</summary>
            <p class="meta">"Attempts keep the version that was drawn for them."</p>
            <ul>{older}</ul>
        </details>
    }
    .into_any()
}

/// The beginning of a version's hash: enough to tell versions apart.
pub fn short(hash: &str) -> String {
    hash.chars().take(8).collect()
}
