//! The facts of an action, beside what it says.

use backend::actions::Detail;
use backend::reviews;
use domain::action::{Origin, OriginKind};
use domain::people::Role;
use domain::postmortem::Number;
use leptos::prelude::*;

use crate::components::{Fact, Facts, Severity, Time, TimeShape};
use crate::pages::actions::words::{assign_view, done_view, labels_view, owner_view, text_or_link};
use crate::pages::runbook::words::alert_address_in;
use crate::shell::InCircle;

/// Whether the reader may open what the action comes from: a dispute is a
/// leader's, and a review is of those who attend it.
pub async fn origin_opens(here: &InCircle, detail: &Detail) -> bool {
    let Origin { kind, reference } = &detail.action.origin;
    let path = reference.split('?').next().unwrap_or_default();
    match (kind, path.rsplit_once("/reviews/")) {
        _ if here.member.role == Role::Leader => true,
        (OriginKind::Dispute, _) => false,
        (OriginKind::ReviewItem, Some((_, review))) => {
            reviews::revision(&here.site.db, &here.who, &here.member.circle, review).await.is_ok()
        }
        _ => true,
    }
}

/// The alert that `runbook:SERVICE#ALERT` is about.
fn remark_address(circle: &str, reference: &str) -> Option<(String, String)> {
    let (service, alert) = reference.strip_prefix("runbook:")?.split_once('#')?;
    Some((alert_address_in(circle, service, alert), alert.to_owned()))
}

/// "A postmortem: PM-4", "A review".
fn origin_words(kind: OriginKind, reference: &str) -> String {
    let last = reference.rsplit('/').next().unwrap_or_default();
    match last.parse::<Number>() {
        Ok(number) => format!("{}: {number}", kind.title()),
        Err(_) => kind.title().to_owned(),
    }
}

pub fn facts(here: &InCircle, detail: &Detail, origin_opens: bool) -> impl IntoView + use<> {
    let (action, zone, circle) = (&detail.action, here.member.zone, &here.member.circle);
    let closed = action.closed_at.map(|at| {
        view! { <Fact name="Closed"><Time at=at zone=zone shape=TimeShape::Day/></Fact> }
    });
    let labels = (!action.labels.is_empty())
        .then(|| labels_view(action, circle))
        .map(|labels| view! { <Fact name="Labels">{labels}</Fact> });
    let proof = match action.proof.as_str() {
        "" => "None yet".into_any(),
        proof => text_or_link(proof),
    };
    let origin = match (action.origin.kind, action.origin.reference.as_str()) {
        (OriginKind::ByHand, "") => "Made by hand".into_any(),
        (OriginKind::ByHand, reference) => text_or_link(reference),
        (kind, _) if !origin_opens => kind.title().into_any(),
        (OriginKind::RunbookRemark, reference) => match remark_address(circle, reference) {
            Some((href, name)) => {
                let title = OriginKind::RunbookRemark.title();
                view! { {title}": "<a class="long" href=href>{name}</a> }.into_any()
            }
            None => text_or_link(reference),
        },
        (kind, reference) => {
            let (href, words) = (reference.to_owned(), origin_words(kind, reference));
            view! { <a href=href>{words}</a> }.into_any()
        }
    };
    let (owner, level) = (owner_view(action), action.severity.level());
    let (assign_by, done_by) = (assign_view(action, detail.today), done_view(action, detail.today));
    let (fixes, how) = (action.fixes.title(), action.how.title());
    let (made_by, made_at) = (action.made_by.clone(), action.made_at);
    let questions = questions(here, detail);
    view! {
        <Facts>
            <Fact name="Owner">{owner}</Fact>
            <Fact name="Severity"><Severity level=level/></Fact>
            <Fact name="Assign by">{assign_by}</Fact>
            <Fact name="Done by">{done_by}</Fact>
            <Fact name="Puts right">{fixes}</Fact>
            <Fact name="How">{how}</Fact>
            <Fact name="Comes from">{origin}</Fact>
            {questions}
            <Fact name="Proof">{proof}</Fact>
            {labels}
            {closed}
            <Fact name="Made">{made_by}", "<Time at=made_at zone=zone shape=TimeShape::Day/></Fact>
        </Facts>
    }
}

/// The questions it came from; a leader may open them.
fn questions(here: &InCircle, detail: &Detail) -> Option<impl IntoView + use<>> {
    let leads = here.member.role == Role::Leader;
    let base = format!("/circles/{}/questions", here.member.circle);
    let one = |id: &String| {
        let name = id.clone();
        let shown = if leads {
            view! { <a class="long" href=format!("{base}/{id}")>{name}</a> }.into_any()
        } else {
            view! { <span class="long">{name}</span> }.into_any()
        };
        view! { <li>{shown}</li> }
    };
    let rows: Vec<_> = detail.questions.iter().map(one).collect();
    (!rows.is_empty())
        .then(|| view! { <Fact name="Questions"><ul class="stack" data-tight="">{rows}</ul></Fact> })
}
