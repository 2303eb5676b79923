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
pub mod round;
pub mod round_change;
pub mod round_new;
pub mod round_question;
pub mod round_results;
pub mod rounds;
pub mod search;
pub mod runbook;
pub mod runbook_edit;
pub mod runbook_history;
pub mod runbooks;
pub mod service;
pub mod service_calls;
pub mod service_edit;
pub mod service_escalation;
pub mod services;
pub mod set_up;
pub mod settings;
pub mod sign_in;
mod sought;
pub mod signal;
pub mod signal_rules;
pub mod signal_sources;
pub mod signals;
pub mod stand_up;
pub mod start;
pub mod test;
pub mod tests;

use axum::Router;
use leptos::prelude::*;
use leptos_router::components::{Route, Router as PageRouter, Routes};
use leptos_router::{SsrMode, path};

use crate::error::Error;
use crate::form::post;
use crate::server::Site;
use crate::shell::failed;

/// Every page, by its path. `posts` stands beside it: a page that takes a form
/// is named in both.
#[component]
pub fn Pages() -> impl IntoView {
    view! {
        <PageRouter>
            <Routes fallback=|| failed(Error::NotFound)>
                <Route path=path!("/") view=home::HomePage ssr=SsrMode::Async/>
                <Route path=path!("/set-up") view=set_up::SetUpPage ssr=SsrMode::Async/>
                <Route path=path!("/demo") view=demo::DemoPage ssr=SsrMode::Async/>
                <Route path=path!("/demo/remove") view=remove_demo::RemoveDemoPage ssr=SsrMode::Async/>
                <Route path=path!("/sign-in") view=sign_in::SignInPage ssr=SsrMode::Async/>
                <Route path=path!("/account") view=account::AccountPage ssr=SsrMode::Async/>
                <Route path=path!("/people") view=people::PeoplePage ssr=SsrMode::Async/>
                <Route path=path!("/invitations/:token") view=invitation::InvitationPage ssr=SsrMode::Async/>
                <Route path=path!("/reset/:token") view=reset::ResetPage ssr=SsrMode::Async/>
                <Route path=path!("/circles") view=circles::CirclesPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle") view=circle_home::CircleHomePage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/members") view=members::MembersPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/members/:person") view=member::MemberPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/audit") view=audit::AuditPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/settings") view=settings::SettingsPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/services") view=services::ServicesPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/services/:service") view=service::ServicePage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/services/:service/edit") view=service_edit::ServiceEditPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/services/:service/escalation") view=service_escalation::ServiceEscalationPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/services/:service/calls") view=service_calls::ServiceCallsPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/services/:service/documents/:kind") view=document::DocumentPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/services/:service/documents/:kind/edit") view=document_edit::DocumentEditPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/services/:service/runbook") view=runbook::RunbookPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/services/:service/runbook/edit") view=runbook_edit::RunbookEditPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/services/:service/runbook/history") view=runbook_history::RunbookHistoryPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/runbooks") view=runbooks::RunbooksPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/alert-coverage") view=alert_coverage::AlertCoveragePage ssr=SsrMode::Async/>
                <Route path=path!("/alerts") view=alerts::AlertsPage ssr=SsrMode::Async/>
                <Route path=path!("/alerts/:alert") view=alert::AlertPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/documents") view=documents::DocumentsPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/search") view=search::SearchPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/questions/:service/:topic/:slug") view=question::QuestionPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/tests") view=tests::TestsPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/tests/:test") view=test::TestPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/tests/:test/preview") view=preview::PreviewPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/rounds") view=rounds::RoundsPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/plan-round") view=round_new::RoundNewPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/rounds/:round") view=round::RoundPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/rounds/:round/change") view=round_change::RoundChangePage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/rounds/:round/results") view=round_results::RoundResultsPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/rounds/:round/results/:service/:topic/:slug") view=round_question::RoundQuestionPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/rounds/:round/marking") view=marking::MarkingPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/rounds/:round/marking/:service/:topic/:slug/:version") view=marking_one::MarkingOnePage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/rounds/:round/start") view=start::StartPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/readiness") view=readiness::ReadinessPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/readiness/:person/:service/:topic") view=evidence::EvidencePage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/actions") view=actions::ActionsPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/make-action") view=action_new::ActionNewPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/actions/:action") view=action::ActionPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/actions/:action/edit") view=action_new::ActionEditPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/incidents") view=incidents::IncidentsPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/open-incident") view=incident_new::IncidentNewPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/incidents/:incident") view=incident::IncidentPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/incidents/:incident/report") view=incident::report::IncidentReportPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/incident-severities") view=incident_severities::IncidentSeveritiesPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/signals") view=signals::SignalsPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/signals/:signal") view=signal::SignalPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/signal-sources") view=signal_sources::SignalSourcesPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/signal-rules") view=signal_rules::SignalRulesPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/postmortems") view=postmortems::PostmortemsPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/write-postmortem") view=postmortem::write::PostmortemNewPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/postmortem-triggers") view=postmortem::triggers::PostmortemTriggersPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/postmortems/:postmortem") view=postmortem::PostmortemPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/postmortems/:postmortem/edit") view=postmortem::write::PostmortemEditPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/questions/:service/:topic/:slug/edit") view=question_edit::QuestionEditPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/write-question") view=question_edit::new::QuestionNewPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/check-me") view=question_edit::checks::CheckMePage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/reviews") view=reviews::ReviewsPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/reviews/:review") view=review::ReviewPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/disputes") view=disputes::DisputesPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/disputes/:service/:topic/:slug/:hash") view=dispute::DisputePage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/stand-up") view=stand_up::StandUpPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/action-days") view=action_days::ActionDaysPage ssr=SsrMode::Async/>
                <Route path=path!("/circles/:circle/calendar") view=calendar::CalendarPage ssr=SsrMode::Async/>
                <Route path=path!("/attempts/:attempt") view=attempt::AttemptPage ssr=SsrMode::Async/>
                <Route path=path!("/attempts/:attempt/book") view=book::BookPage ssr=SsrMode::Async/>
                <Route path=path!("/attempts/:attempt/check") view=check::CheckPage ssr=SsrMode::Async/>
                <Route path=path!("/attempts/:attempt/report/:n") view=report::ReportPage ssr=SsrMode::Async/>
                <Route path=path!("/attempts/:attempt/result") view=result::ResultPage ssr=SsrMode::Async/>
            </Routes>
        </PageRouter>
    }
}

/// Every form that a page takes, by the page's own path.
pub fn posts() -> Router<Site> {
    Router::new()
        .route("/", post(home::post))
        .route("/set-up", post(set_up::post))
        .route("/demo", post(demo::post))
        .route("/demo/remove", post(remove_demo::post))
        .route("/sign-in", post(sign_in::post))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/account", post(account::post))
        .route("/people", post(people::post))
        .route("/invitations/{token}", post(invitation::post))
        .route("/reset/{token}", post(reset::post))
        .route("/circles", post(circles::post))
        .route("/circles/{circle}/members", post(members::post))
        .route("/circles/{circle}/members/{person}", post(member::post))
        .route("/circles/{circle}/settings", post(settings::post))
        .route("/circles/{circle}/services", post(services::post))
        .route("/circles/{circle}/services/{service}", post(service::post))
        .route("/circles/{circle}/services/{service}/edit", post(service_edit::post))
        .route("/circles/{circle}/services/{service}/escalation", post(service_escalation::post))
        .route("/circles/{circle}/services/{service}/calls", post(service_calls::post))
        .route("/circles/{circle}/services/{service}/documents/{kind}", post(document::post))
        .route("/circles/{circle}/services/{service}/runbook/edit", post(runbook_edit::post))
        .route("/circles/{circle}/runbooks", post(runbooks::post))
        .route("/circles/{circle}/alert-coverage", post(alert_coverage::post))
        .route("/alerts/{alert}", post(alert::post))
        .route("/circles/{circle}/services/{service}/documents/{kind}/edit", post(document_edit::post))
        .route("/circles/{circle}/tests/{test}", post(test::post))
        .route("/circles/{circle}/tests/{test}/preview", post(preview::post))
        .route("/circles/{circle}/plan-round", post(round_new::post))
        .route("/circles/{circle}/rounds/{round}", post(round::post))
        .route("/circles/{circle}/rounds/{round}/change", post(round_change::post))
        .route("/circles/{circle}/rounds/{round}/results", post(round_results::post))
        .route("/circles/{circle}/rounds/{round}/start", post(start::post))
        .route(
            "/circles/{circle}/rounds/{round}/marking/{service}/{topic}/{slug}/{version}",
            post(marking_one::post),
        )
        .route("/circles/{circle}/actions", post(actions::post))
        .route("/circles/{circle}/make-action", post(action_new::post))
        .route("/circles/{circle}/actions/{action}", post(action::post))
        .route("/circles/{circle}/actions/{action}/edit", post(action_new::post_edit))
        .route("/circles/{circle}/open-incident", post(incident_new::post))
        .route("/circles/{circle}/incidents/{incident}", post(incident::post))
        .route("/circles/{circle}/incident-severities", post(incident_severities::post))
        .route("/circles/{circle}/signals/{signal}", post(signal::post))
        .route("/circles/{circle}/signal-sources", post(signal_sources::post))
        .route("/circles/{circle}/signal-rules", post(signal_rules::post))
        .route("/circles/{circle}/postmortems", post(postmortems::post))
        .route("/circles/{circle}/write-postmortem", post(postmortem::write::post_new))
        .route("/circles/{circle}/postmortem-triggers", post(postmortem::triggers::post))
        .route("/circles/{circle}/postmortems/{postmortem}", post(postmortem::post))
        .route("/circles/{circle}/postmortems/{postmortem}/edit", post(postmortem::write::post))
        .route("/circles/{circle}/questions/{service}/{topic}/{slug}/edit", post(question_edit::post))
        .route("/circles/{circle}/write-question", post(question_edit::new::post))
        .route("/circles/{circle}/check-me", post(question_edit::checks::post))
        .route("/circles/{circle}/reviews", post(reviews::post))
        .route("/circles/{circle}/reviews/{review}", post(review::post))
        .route("/circles/{circle}/disputes/{service}/{topic}/{slug}/{hash}", post(dispute::post))
        .route("/circles/{circle}/action-days", post(action_days::post))
        .route("/circles/{circle}/calendar", post(calendar::post))
        .route("/attempts/{attempt}", post(attempt::post))
        .route("/attempts/{attempt}/book", post(book::post))
        .route("/attempts/{attempt}/check", post(check::post))
        .route("/attempts/{attempt}/report/{n}", post(report::post))
}
