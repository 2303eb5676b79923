//! What leaves a postmortem and a question as a file.

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use backend::sources::editing::text_of;
use backend::{Error, postmortems};
use domain::question::QuestionId;

use crate::files::{answer, attached};
use crate::server::{Asked, Site};

/// Answers `/circles/{circle}/postmortems/{postmortem}/postmortem.md`, for
/// members.
pub async fn postmortem_file(
    State(site): State<Site>,
    Extension(asked): Extension<Asked>,
    Path((circle, number)): Path<(String, String)>,
) -> Response {
    let made = async {
        let who = asked.signed_in()?;
        let number = number.parse().map_err(|_| Error::NotFound)?;
        let found = postmortems::find(&site.db, &who, &circle, number, asked.received_at).await?;
        Ok(attached(found.markdown(), "text/markdown; charset=utf-8", &format!("{number}.md")))
    };
    answer(&asked, made).await
}

/// Answers `/circles/{circle}/questions/{service}/{topic}/{slug}/question.md`,
/// for leaders: the file for the bank.
pub async fn question_file(
    State(site): State<Site>,
    Extension(asked): Extension<Asked>,
    Path((circle, service, topic, slug)): Path<(String, String, String, String)>,
) -> Response {
    let made = async {
        let who = asked.signed_in()?;
        let id: QuestionId = format!("{service}/{topic}/{slug}").parse().map_err(|_| Error::NotFound)?;
        let text = text_of(&site.db, &who, &circle, &id).await?;
        Ok(attached(text, "text/markdown; charset=utf-8", &format!("{}.md", id.slug)))
    };
    answer(&asked, made).await
}
