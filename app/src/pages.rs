//! What people see: one file for each page, with what it reads and what it
//! takes.

pub mod account;
pub mod action;
pub mod action_days;
pub mod action_new;
pub mod actions;
pub mod attempt;
pub mod audit;
pub mod calendar;
pub mod check;
pub mod circle_home;
pub mod circles;
pub mod demo;
pub mod dispute;
pub mod disputes;
pub mod evidence;
pub mod home;
pub mod invitation;
pub mod marking;
pub mod marking_one;
pub mod member;
pub mod members;
pub mod people;
pub mod preview;
pub mod question;
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
pub mod service;
pub mod services;
pub mod set_up;
pub mod settings;
pub mod sign_in;
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
        .route("/circles/{circle}/members", form(members::get, members::post))
        .route("/circles/{circle}/members/{person}", form(member::get, member::post))
        .route("/circles/{circle}/audit", page(audit::get))
        .route("/circles/{circle}/settings", form(settings::get, settings::post))
        .route("/circles/{circle}/services", form(services::get, services::post))
        .route("/circles/{circle}/services/{service}", form(service::get, service::post))
        .route("/circles/{circle}/questions/{service}/{topic}/{slug}", page(question::get))
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
        .route("/attempts/{attempt}/check", form(check::get, check::post))
        .route("/attempts/{attempt}/report/{n}", form(report::get, report::post))
        .route("/attempts/{attempt}/result", page(result::get))
        .route("/sign-out", act(sign_in::sign_out))
}
