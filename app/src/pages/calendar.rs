//! Calendars of due dates at secret addresses: the page that makes and revokes
//! them, and what is answered at one.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use backend::Error;
use backend::actions::calendars::{self, Feed, Shows};
use chrono_tz::Tz;
use domain::people::Role;
use leptos::prelude::*;

use super::members::link::{Link, dice, handed_out, show_once, shown_once};
use super::sign_in::done;
use crate::components::{Breadcrumb, ErrorSummary, Pick, RadioGroup, Time, TimeShape};
use crate::form::{Form, Posted};
use crate::server::{Asked, Site, told};
use crate::shell::{Loading, Page, Section, circle_page};

/// The addresses that the reader has made.
pub fn get() -> Loading {
    circle_page(Section::Actions, |here| async move {
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let feeds = calendars::of_person(db, who, circle).await?;
        let link = shown_once().await?;
        let base = format!("/circles/{circle}/actions");
        let usual = if here.member.role == Role::Reader { Shows::Circle } else { Shows::Mine };
        Ok(Page::new(
            "Calendar – Actions",
            view! {
                <ErrorSummary/>
                <Breadcrumb trail=vec![("Actions".to_owned(), base)]/>
                <h1>"Due dates in your calendar"</h1>
                <p>
                    "A calendar program reads them from an address that needs no password. Whoever has the address reads the \
                     titles and dates of the actions, so keep it to yourself, and revoke it when you do not need it."
                </p>
                {done(&[("revoked", "The address is revoked. Nothing is read there any more.")])}
                {link.map(handed_out)}
                {list(feeds, here.member.zone)}
                <form method="post" class="form" novalidate>
                    <input type="hidden" name="do" value="make"/>
                    <RadioGroup name="shows" legend="It shows" picks=picks() value=usual.as_str()/>
                    <button class="btn primary">"Make an address"</button>
                </form>
            },
        ))
    })
}

fn picks() -> Vec<Pick> {
    Shows::ALL.map(|shows| Pick::new(shows.as_str(), words(shows))).to_vec()
}

fn words(shows: Shows) -> &'static str {
    match shows {
        Shows::Mine => "My actions",
        Shows::Circle => "All actions of the circle",
    }
}

fn list(feeds: Vec<Feed>, zone: Tz) -> Option<impl IntoView> {
    let rows: Vec<_> = feeds.into_iter().enumerate().map(|(nth, feed)| row(nth + 1, feed, zone)).collect();
    (!rows.is_empty()).then(|| {
        view! {
            <section class="stack" data-tight="" aria-labelledby="addresses">
                <h2 id="addresses">"Your addresses"</h2>
                <ul class="rows">{rows}</ul>
            </section>
        }
    })
}

fn row(nth: usize, feed: Feed, zone: Tz) -> impl IntoView {
    view! {
        <li>
            <span>{words(feed.shows)}<span class="meta">", made "<Time at=feed.made_at zone=zone shape=TimeShape::Day/></span></span>
            <form method="post">
                <input type="hidden" name="id" value=feed.id/>
                <button class="btn small" name="do" value="revoke">"Revoke"<span class="vh">{format!(" address {nth}")}</span></button>
            </form>
        </li>
    }
}

/// Makes an address, or revokes one.
pub async fn post(form: Form) -> Posted {
    let (who, circle) = (form.who()?, form.param("circle")?);
    let (db, now) = (&form.site.db, form.asked.received_at);
    let page = format!("/circles/{circle}/calendar");
    match form.get("do") {
        "make" => {
            let shows = Shows::parse(form.get("shows"))
                .ok_or_else(|| Error::refused("shows", "Choose what the calendar shows."))?;
            let secret = calendars::make(db, &who, circle, shows, &mut dice(), now).await?;
            let link = Link {
                page: page.clone(),
                title: "The address is made.".to_owned(),
                hint: "Add it to your calendar program as a subscription. It is shown only now.".to_owned(),
                address: format!("{}/calendars/{secret}.ics", form.site.public_url),
            };
            show_once(&form, link).await?;
            Ok(page)
        }
        "revoke" => {
            calendars::revoke(db, &who, circle, form.get("id"), now).await?;
            Ok(format!("{page}?done=revoked"))
        }
        _ => Err(Error::NotFound),
    }
}

/// Answers `/calendars/{token}`, where the token is a secret with `.ics` at its
/// end. Nobody signs in for it; the secret is all there is.
pub async fn calendar_file(
    State(site): State<Site>,
    Extension(asked): Extension<Asked>,
    Path(token): Path<String>,
) -> Response {
    let read = async {
        let secret = token.strip_suffix(".ics").ok_or(Error::NotFound)?;
        calendars::read(&site.db, secret, &site.public_url, asked.received_at).await
    };
    match read.await {
        Ok((name, events)) => {
            let headers = [
                (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
                (header::CONTENT_DISPOSITION, "inline; filename=\"actions.ics\""),
                (header::CACHE_CONTROL, "no-store"),
            ];
            (headers, domain::calendar::calendar(&name, &events)).into_response()
        }
        Err(error) => {
            let told = told(error, &asked.request_id);
            let status = StatusCode::from_u16(told.status()).unwrap_or(StatusCode::NOT_FOUND);
            (status, told.to_string()).into_response()
        }
    }
}
