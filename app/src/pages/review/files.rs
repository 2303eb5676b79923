//! What leaves a review as a file: the invitation and the minutes.

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use backend::Error;
use backend::reviews::{self, Found};

use crate::files::{answer, attached};
use crate::server::{Asked, Site};

/// Answers `/circles/{circle}/reviews/{review}/invitation.ics`, for attendees.
pub async fn review_invitation(
    State(site): State<Site>,
    Extension(asked): Extension<Asked>,
    Path(of): Path<(String, String)>,
) -> Response {
    let made = async {
        let meeting = found(&site, &asked, of).await?.meeting(&site.public_url);
        Ok(attached(domain::calendar::invitation(&meeting), "text/calendar; charset=utf-8", "review.ics"))
    };
    answer(&asked, made).await
}

/// Answers `/circles/{circle}/reviews/{review}/minutes.md`, for attendees, once
/// the review is closed.
pub async fn review_minutes(
    State(site): State<Site>,
    Extension(asked): Extension<Asked>,
    Path(of): Path<(String, String)>,
) -> Response {
    let made = async {
        let minutes = found(&site, &asked, of).await?.review.minutes.ok_or(Error::NotFound)?;
        Ok(attached(minutes, "text/markdown; charset=utf-8", "minutes.md"))
    };
    answer(&asked, made).await
}

async fn found(site: &Site, asked: &Asked, (circle, review): (String, String)) -> backend::Result<Found> {
    let who = asked.signed_in()?;
    reviews::find(&site.db, &who, &circle, &review, asked.received_at).await
}
