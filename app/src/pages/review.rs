//! One review: planned, in progress, or closed. It works without a script, and
//! one person can hold it alone; with a script all follow live.
//!
//! Each part that can change by itself is marked with `data-live`; see
//! [`crate::islands::review`].

mod agenda;
mod closed;
mod closing;
pub mod events;
pub mod files;
mod meeting;
mod people;
mod planned;
mod question;
pub(super) mod words;
mod writing;

use backend::actions::making::Draft;
use backend::error::Problem;
use backend::reviews::agenda::Way;
use backend::reviews::{
    self, Found, State, agenda as changing, answers, closing as ending, feedback, holding,
};
use backend::{Error, actions, circles};
use domain::action::{Fixes, How, Severity, day_in};
use domain::agenda::Decision;
use leptos::prelude::*;

use self::meeting::Meeting;
use super::sign_in::done;
use crate::components::{Breadcrumb, ErrorSummary, from_local};
use crate::form::{Form, Posted, again};
use crate::islands::review::{FollowReview, Following};
use crate::server::query_value;
use crate::shell::{InCircle, Loading, Page, Section, browser_part, circle_page, path_param};

/// The page of a review, for whoever attends it.
pub fn get() -> Loading {
    let id = path_param("review");
    // What was typed stays at its item.
    let item = again().get("item").map(str::to_owned).or_else(|| query_value("item"));
    circle_page(Section::Actions, move |here| async move {
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let found = reviews::find_at(db, who, circle, &id, item.as_deref(), here.asked.received_at).await?;
        let body = match found.review.state {
            State::Planned => {
                let members = circles::members(db, who, circle).await?;
                planned::planned(&here, &found, &members)
            }
            State::InProgress => in_progress(&here, &found, item.as_deref()).await?,
            State::Closed => {
                let said = feedback::mine(db, &found).await?;
                closed::closed(&here, &found, said, feedback::counts(db, &found).await?)
            }
        };
        Ok(page(&here, &found, body))
    })
}

async fn in_progress(here: &InCircle, found: &Found, item: Option<&str>) -> backend::Result<AnyView> {
    let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
    let place = |id: &str| found.items.iter().position(|item| item.id == id);
    let at = item.and_then(place).or(found.current());
    let answered = match at {
        Some(at) => answers::of_item(db, who, found, &found.items[at]).await?,
        None => None,
    };
    let members = circles::members(db, who, circle).await?;
    // As long as something is missing it cannot be closed, and proposes nothing.
    let may_close = found.leads() && ending::missing(found).is_empty();
    let all = Meeting {
        found,
        at,
        answered,
        workers: actions::workers_of(members.clone()),
        members,
        retest: if may_close { ending::propose(db, who, found).await? } else { None },
        today: day_in(here.asked.received_at, &here.member.circle_zone),
    };
    Ok(meeting::meeting(here, &all))
}

fn page(here: &InCircle, found: &Found, body: AnyView) -> Page {
    let review = &found.review;
    let title = format!("Review of {}", review.round_name);
    let trail = vec![("Reviews".to_owned(), format!("/circles/{}/reviews", review.circle))];
    let follows = review.state != State::Closed;
    let path = reviews::path_of(&review.circle, &review.id);
    let following = Following { path: path.clone(), revision: review.revision };
    let says = done(&[
        ("noted", "Your note is added."),
        ("decided", "The decision is written down."),
        ("made", "The action is made."),
        ("saved", "It is saved."),
        ("closed", "The review is closed and the minutes are written."),
        ("said", "Thank you. Your answers are counted."),
    ]);
    let now = here.asked.received_at.timestamp_millis().to_string();
    let live = follows.then(|| {
        view! {
            {browser_part(&here.site)}
            <p id="live-says" class="meta no-print" role="status" data-now=now>"Reload the page to see what others do."</p>
            <FollowReview following=following/>
        }
    });
    Page::new(
        format!("{title} – Reviews"),
        view! {
            <div data-live="problems"><ErrorSummary/></div>
            <Breadcrumb trail=trail/>
            <div class="head" data-live="head" data-revision=review.revision.to_string() data-state=review.state.as_str()>
                <h1>{title}</h1>{words::state_tag(review.state)}
            </div>
            <div data-live="done">{says}</div>
            {live}
            {body}
        },
    )
}

/// Everything that is done on the page of a review.
pub async fn post(form: Form) -> Posted {
    let (who, circle, review) = (form.who()?, form.param("circle")?, form.param("review")?);
    let (db, now) = (&form.site.db, form.asked.received_at);
    let path = reviews::path_of(circle, review);
    let item = form.get("item");
    // Who looked at what the others looked at goes on to follow.
    let at_item = |done: &str| match form.has("alone") {
        true => format!("{path}?item={}&done={done}", crate::shell::encode(item)),
        false => format!("{path}?done={done}"),
    };
    match form.get("do") {
        "start" => holding::start(db, &who, circle, review, now).await.map(|()| path),
        "go" => holding::go(db, &who, circle, review, item, now).await.map(|()| path),
        "note" => {
            let note = (item, form.get("key"), form.get("note"));
            holding::note(db, &who, circle, review, note, now).await?;
            Ok(at_item("noted"))
        }
        "decide" => {
            let decided = (item, Decision::parse(form.get("decision")), form.get("reason"));
            holding::decide(db, &who, circle, review, decided, now).await?;
            Ok(at_item("decided"))
        }
        "action" => {
            holding::make_action(db, &who, circle, review, (item, &draft(&form)), now).await?;
            Ok(at_item("made"))
        }
        "here" => holding::attend(db, &who, circle, review, now).await.map(|()| path),
        "close" => {
            let days = form.has("retest").then(|| form.get("days").trim().parse().unwrap_or(0));
            ending::close(db, &who, circle, review, days, now).await?;
            Ok(format!("{path}?done=closed"))
        }
        "feedback" => {
            let said = feedback::QUESTIONS.map(|(name, _)| form.get(name));
            feedback::say(db, &who, circle, review, said, now).await?;
            Ok(format!("{path}?done=said"))
        }
        _ => change(&form, &path).await,
    }
}

/// What leaders change around a review.
async fn change(form: &Form, path: &str) -> Posted {
    let (who, circle, review) = (form.who()?, form.param("circle")?, form.param("review")?);
    let (db, now) = (&form.site.db, form.asked.received_at);
    match form.get("do") {
        "item" => {
            let item = form.get("item");
            match form.get("how") {
                "up" => changing::shift(db, &who, circle, review, item, Way::Up, now).await?,
                "down" => changing::shift(db, &who, circle, review, item, Way::Down, now).await?,
                "remove" => changing::remove(db, &who, circle, review, item, now).await?,
                _ => return Err(Error::NotFound),
            }
            return Ok(path.to_owned());
        }
        "add-text" => changing::add_text(db, &who, circle, review, form.get("text"), now).await?,
        "add-question" => {
            changing::add_question(db, &who, circle, review, form.get("question"), now).await?;
        }
        "attendance" => {
            let (seen, there) = (form.all("seen"), form.all("there"));
            holding::set_attendance(db, &who, circle, review, &seen, &there, now).await?;
        }
        "invite" => changing::invite(db, &who, circle, review, form.get("person"), now).await?,
        "time" => {
            let member = circles::member(db, &who, circle).await?;
            let minutes = form.get("time_box").trim().parse().unwrap_or(0);
            let Some(at) = from_local(form.get("planned_at"), member.zone) else {
                let what = "Enter a day and a time, for example 2026-11-25T10:00.";
                return Err(Error::Refused(vec![Problem::new("planned_at", what)]));
            };
            changing::set_time(db, &who, circle, review, (at, minutes), now).await?;
        }
        _ => return Err(Error::NotFound),
    }
    Ok(format!("{path}?done=saved"))
}

fn draft(form: &Form) -> Draft {
    let text = |name: &str| form.get(name).to_owned();
    Draft {
        key: text("key"),
        title: text("title"),
        fixes: Fixes::parse(form.get("fixes")),
        how: How::parse(form.get("how")),
        severity: form.get("severity").parse().ok().and_then(Severity::new),
        owner: text("owner"),
        assign_by: text("assign_by"),
        done_by: text("done_by"),
        ..Draft::default()
    }
}
