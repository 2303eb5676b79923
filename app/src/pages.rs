//! What people see: one file for each page, with what it reads and what it
//! takes.

pub mod account;
pub mod action;
pub mod action_days;
pub mod action_new;
pub mod actions;
pub mod alert;
pub mod alert_coverage;
pub mod alerts;
pub mod attempt;
pub mod audit;
pub mod book;
pub mod calendar;
pub mod check;
pub mod circle_home;
pub mod circles;
pub mod demo;
pub mod dispute;
pub mod disputes;
pub mod document;
pub mod document_edit;
pub mod documents;
pub mod evidence;
pub mod home;
pub mod incident;
pub mod incident_new;
pub mod incident_severities;
pub mod incidents;
pub mod invitation;
pub mod marking;
pub mod marking_one;
pub mod member;
pub mod members;
pub mod people;
pub mod postmortem;
pub mod postmortems;
pub mod preview;
pub mod question;
pub mod question_edit;
pub mod readiness;
pub mod remove_demo;
pub mod report;
pub mod reset;
pub mod result;
pub mod review;
pub mod reviews;
pub mod rota;
pub mod round;
pub mod round_change;
pub mod round_new;
pub mod round_question;
pub mod round_results;
pub mod rounds;
pub mod runbook;
pub mod runbook_edit;
pub mod runbook_history;
pub mod runbooks;
pub mod search;
pub mod service;
pub mod service_calls;
pub mod service_edit;
pub mod service_escalation;
pub mod services;
pub mod set_up;
pub mod settings;
pub mod sign_in;
pub mod signal;
pub mod signal_rules;
pub mod signal_sources;
pub mod signals;
mod sought;
pub mod stand_up;
pub mod start;
pub mod test;
pub mod tests;

use axum::Router;

use crate::form::{act, form};
use crate::server::Site;
use crate::shell::page;

/// Every page by its path, with the form that it takes if it takes one.
#[rustfmt::skip]
pub fn pages() -> Router<Site> {
    Router::new()
        .route("/", form(home::get, home::post))
        .route("/set-up", form(set_up::get, set_up::post))
        .route("/demo", form(demo::get, demo::post))
        .route("/demo/remove", form(remove_demo::get, remove_demo::post))
        .route("/sign-in", form(sign_in::get, sign_in::post))
        .route("/account", form(account::get, account::post))
        .route("/people", form(people::get, people::post))
        .route("/invitations/{token}", form(invitation::get, invitation::post))
        .route("/reset/{token}", form(reset::get, reset::post))
        .route("/circles", form(circles::get, circles::post))
        .route("/circles/{circle}", page(circle_home::get))
        .route("/circles/{circle}/search", page(search::get))
        .route("/circles/{circle}/members", form(members::get, members::post))
        .route("/circles/{circle}/members/{person}", form(member::get, member::post))
        .route("/circles/{circle}/audit", page(audit::get))
        .route("/circles/{circle}/settings", form(settings::get, settings::post))
        .route("/circles/{circle}/services", form(services::get, services::post))
        .route("/circles/{circle}/services/{service}", form(service::get, service::post))
        .route("/circles/{circle}/services/{service}/edit", form(service_edit::get, service_edit::post))
        .route("/circles/{circle}/services/{service}/escalation", form(service_escalation::get, service_escalation::post))
        .route("/circles/{circle}/services/{service}/calls", form(service_calls::get, service_calls::post))
        .route("/circles/{circle}/services/{service}/documents/{kind}", form(document::get, document::post))
        .route("/circles/{circle}/services/{service}/documents/{kind}/edit", form(document_edit::get, document_edit::post))
        .route("/circles/{circle}/services/{service}/runbook", page(runbook::get))
        .route("/circles/{circle}/services/{service}/runbook/edit", form(runbook_edit::get, runbook_edit::post))
        .route("/circles/{circle}/services/{service}/runbook/history", page(runbook_history::get))
        .route("/circles/{circle}/documents", page(documents::get))
        .route("/circles/{circle}/rota", form(rota::get, rota::post))
        .route("/circles/{circle}/runbooks", form(runbooks::get, runbooks::post))
        .route("/circles/{circle}/alert-coverage", form(alert_coverage::get, alert_coverage::post))
        .route("/alerts", page(alerts::get))
        .route("/alerts/{alert}", form(alert::get, alert::post))
        .route("/circles/{circle}/incidents", page(incidents::get))
        .route("/circles/{circle}/open-incident", form(incident_new::get, incident_new::post))
        .route("/circles/{circle}/incidents/{incident}", form(incident::get, incident::post))
        .route("/circles/{circle}/incidents/{incident}/report", page(incident::report::get))
        .route("/circles/{circle}/incident-severities", form(incident_severities::get, incident_severities::post))
        .route("/circles/{circle}/signals", page(signals::get))
        .route("/circles/{circle}/signals/{signal}", form(signal::get, signal::post))
        .route("/circles/{circle}/signal-sources", form(signal_sources::get, signal_sources::post))
        .route("/circles/{circle}/signal-rules", form(signal_rules::get, signal_rules::post))
        .route("/circles/{circle}/postmortems", form(postmortems::get, postmortems::post))
        .route("/circles/{circle}/write-postmortem", form(postmortem::write::get, postmortem::write::post_new))
        .route("/circles/{circle}/postmortem-triggers", form(postmortem::triggers::get, postmortem::triggers::post))
        .route("/circles/{circle}/postmortems/{postmortem}", form(postmortem::get, postmortem::post))
        .route("/circles/{circle}/postmortems/{postmortem}/edit", form(postmortem::write::get_edit, postmortem::write::post))
        .route("/circles/{circle}/questions/{service}/{topic}/{slug}", page(question::get))
        .route("/circles/{circle}/questions/{service}/{topic}/{slug}/edit", form(question_edit::get, question_edit::post))
        .route("/circles/{circle}/write-question", form(question_edit::new::get, question_edit::new::post))
        .route("/circles/{circle}/check-me", form(question_edit::checks::get, question_edit::checks::post))
        .route("/circles/{circle}/tests", page(tests::get))
        .route("/circles/{circle}/tests/{test}", form(test::get, test::post))
        .route("/circles/{circle}/tests/{test}/preview", form(preview::get, preview::post))
        .route("/circles/{circle}/rounds", page(rounds::get))
        .route("/circles/{circle}/plan-round", form(round_new::get, round_new::post))
        .route("/circles/{circle}/rounds/{round}", form(round::get, round::post))
        .route("/circles/{circle}/rounds/{round}/change", form(round_change::get, round_change::post))
        .route("/circles/{circle}/rounds/{round}/results", form(round_results::get, round_results::post))
        .route("/circles/{circle}/rounds/{round}/results/{service}/{topic}/{slug}", page(round_question::get))
        .route("/circles/{circle}/rounds/{round}/marking", page(marking::get))
        .route("/circles/{circle}/rounds/{round}/marking/{service}/{topic}/{slug}/{version}", form(marking_one::get, marking_one::post))
        .route("/circles/{circle}/rounds/{round}/start", form(start::get, start::post))
        .route("/circles/{circle}/readiness", page(readiness::get))
        .route("/circles/{circle}/readiness/{person}/{service}/{topic}", page(evidence::get))
        .route("/circles/{circle}/actions", form(actions::get, actions::post))
        .route("/circles/{circle}/make-action", form(action_new::get, action_new::post))
        .route("/circles/{circle}/actions/{action}", form(action::get, action::post))
        .route("/circles/{circle}/actions/{action}/edit", form(action_new::get_edit, action_new::post_edit))
        .route("/circles/{circle}/reviews", form(reviews::get, reviews::post))
        .route("/circles/{circle}/reviews/{review}", form(review::get, review::post))
        .route("/circles/{circle}/disputes", page(disputes::get))
        .route("/circles/{circle}/disputes/{service}/{topic}/{slug}/{hash}", form(dispute::get, dispute::post))
        .route("/circles/{circle}/stand-up", page(stand_up::get))
        .route("/circles/{circle}/action-days", form(action_days::get, action_days::post))
        .route("/circles/{circle}/calendar", form(calendar::get, calendar::post))
        .route("/attempts/{attempt}", form(attempt::get, attempt::post))
        .route("/attempts/{attempt}/book", form(book::get, book::post))
        .route("/attempts/{attempt}/check", form(check::get, check::post))
        .route("/attempts/{attempt}/report/{n}", form(report::get, report::post))
        .route("/attempts/{attempt}/result", page(result::get))
        .route("/sign-out", act(sign_in::sign_out))
}
