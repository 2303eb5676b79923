//! What leaves a review as a file: the invitation and the minutes.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use backend::Error;
use backend::reviews::{self, Found};

use crate::server::{Asked, Site, told};

/// Answers `/circles/{circle}/reviews/{review}/invitation.ics`, for attendees.
pub async fn review_invitation(
    State(site): State<Site>,
    Extension(asked): Extension<Asked>,
    Path((circle, review)): Path<(String, String)>,
) -> Response {
    answer(&asked, found(&site, &asked, &circle, &review).await, |found| {
        let headers = [
            (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
            (header::CONTENT_DISPOSITION, "attachment; filename=\"review.ics\""),
        ];
        let meeting = found.meeting(&site.public_url);
        Ok((headers, domain::calendar::invitation(&meeting)).into_response())
    })
}

/// Answers `/circles/{circle}/reviews/{review}/minutes.md`, for attendees, once
/// the review is closed.
pub async fn review_minutes(
    State(site): State<Site>,
    Extension(asked): Extension<Asked>,
    Path((circle, review)): Path<(String, String)>,
) -> Response {
    answer(&asked, found(&site, &asked, &circle, &review).await, |found| {
        let headers = [
            (header::CONTENT_TYPE, "text/markdown; charset=utf-8"),
            (header::CONTENT_DISPOSITION, "attachment; filename=\"minutes.md\""),
        ];
        let minutes = found.review.minutes.ok_or(Error::NotFound)?;
        Ok((headers, minutes).into_response())
    })
}

async fn found(site: &Site, asked: &Asked, circle: &str, review: &str) -> backend::Result<Found> {
    let who = asked.signed_in()?;
    reviews::find(&site.db, &who, circle, review, asked.received_at).await
}

fn answer(
    asked: &Asked,
    found: backend::Result<Found>,
    file: impl FnOnce(Found) -> backend::Result<Response>,
) -> Response {
    found.and_then(file).unwrap_or_else(|error| {
        let told = told(error, &asked.request_id);
        let status = StatusCode::from_u16(told.status()).unwrap_or(StatusCode::NOT_FOUND);
        (status, told.to_string()).into_response()
    })
}
