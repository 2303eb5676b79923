//! Whether an action helped: how its questions were answered before it was done
//! and after, and what that proposes.

use backend::actions::Detail;
use domain::action::{ENOUGH, Effect, Proposal, Side, State};
use domain::people::Role;
use domain::proportion::{Interval, MEANING};
use leptos::prelude::*;

use crate::components::Scroll;
use crate::pages::actions::words::{percent, proposal_words};
use crate::shell::InCircle;

/// The figures, for a leader; for others that there are some. Nothing where it
/// came from no question, or will not be done.
pub fn effect(here: &InCircle, detail: &Detail) -> Option<AnyView> {
    let action = &detail.action;
    let n = action.n_questions;
    if n == 0 || action.state == State::WontDo {
        return None;
    }
    let leads = here.member.role == Role::Leader;
    let Some(figures) = action.effect else {
        return (action.state.is_unfinished() || !leads).then(|| later(n, action.state.is_unfinished()));
    };
    let proposal = figures.proposal();
    let rows = detail.by_question.iter().map(|(id, effect)| question_rows(here, id, *effect)).collect_view();
    let is_several = detail.by_question.len() > 1;
    let by_question = is_several.then(|| {
        view! {
            <details>
                <summary>"Question by question"</summary>
                <Scroll name="Question by question">{table("Right answers, question by question", rows)}</Scroll>
            </details>
        }
    });
    let all = view! { <tbody>{sides(figures)}</tbody> };
    Some(
        view! {
            <section class="stack" data-tight="" aria-labelledby="effect">
                <h2 id="effect">{heading(proposal)}</h2>
                <p>{says(proposal)}</p>
                <Scroll name="Effect">{table("Right answers to its questions before it was done and after", all)}</Scroll>
                {by_question}
                {counted()}
            </section>
        }
        .into_any(),
    )
}

fn later(n: i64, is_unfinished: bool) -> AnyView {
    let (questions, were) = match n {
        1 => ("its question".to_owned(), "was"),
        n => (format!("its {n} questions"), "were"),
    };
    let words = if is_unfinished {
        format!("When it is done, answers to {questions} from before and after will tell whether it helped.")
    } else {
        format!("Leaders see how {questions} {were} answered before and after.")
    };
    view! { <p class="meta">{words}</p> }.into_any()
}

fn heading(proposal: Proposal) -> String {
    match proposal {
        Proposal::EffectSeen => "The answers show an effect".to_owned(),
        Proposal::NoEffect => "The answers show no effect".to_owned(),
        Proposal::NotClear => "The answers do not tell yet".to_owned(),
        Proposal::NotEnough { .. } => format!("Effect: {}", proposal_words(proposal).to_lowercase()),
        Proposal::NothingBefore => "Nothing to compare the answers with".to_owned(),
    }
}

fn says(proposal: Proposal) -> String {
    match proposal {
        Proposal::EffectSeen => "More of the answers are right since it was done, and by more than chance makes it.",
        Proposal::NoEffect => "No more of the answers are right since it was done.",
        Proposal::NotClear => "More of the answers are right since it was done, but chance could do as much.",
        Proposal::NotEnough { .. } => {
            return format!(
                "Nothing is proposed before {ENOUGH} answers have been given since it was done. A re-test brings them."
            );
        }
        Proposal::NothingBefore => "Nobody had answered its questions before it was done.",
    }
    .to_owned()
        + " A leader decides."
}

fn table(caption: &'static str, rows: impl IntoView + 'static) -> impl IntoView {
    view! {
        <table class="figures">
            <caption class="vh">{caption}</caption>
            <thead><tr>
                <th scope="col">"When"</th>
                <th scope="col"><span class="vh">"Length, with its interval"</span></th>
                <th scope="col" class="num">"Right"</th>
                <th scope="col" class="num">"Interval"</th>
                <th scope="col" class="num">"Answers"</th>
                <th scope="col" class="num">"People"</th>
            </tr></thead>
            {rows}
        </table>
    }
}

/// Before and after of one question, under its name.
fn question_rows(here: &InCircle, id: &str, effect: Effect) -> impl IntoView + use<> {
    let href = format!("/circles/{}/questions/{id}", here.member.circle);
    let name = id.to_owned();
    view! {
        <tbody>
            <tr class="group"><th scope="rowgroup" colspan="6"><a class="long" href=href>{name}</a></th></tr>
            {sides(effect)}
        </tbody>
    }
}

fn sides(effect: Effect) -> impl IntoView {
    view! { <tr>{cells("Before", effect.before)}</tr><tr>{cells("After", effect.after)}</tr> }
}

fn cells(when: &'static str, side: Side) -> impl IntoView + use<> {
    let (right, between) = match side.facility().zip(side.interval()) {
        None => ("–".to_owned(), "–".to_owned()),
        Some((facility, interval)) => {
            (percent(facility), format!("{}–{}", number(interval.low), percent(interval.high)))
        }
    };
    view! {
        <th scope="row">{when}</th>
        <td class="plot">{side.facility().zip(side.interval()).map(|(facility, interval)| bar(facility, interval))}</td>
        <td class="num">{right}</td>
        <td class="num nowrap">{between}</td>
        <td class="num">{side.n_answers}</td>
        <td class="num">{side.n_people}</td>
    }
}

fn number(share: f64) -> String {
    percent(share).trim_end_matches([' ', '%', '\u{a0}']).to_owned()
}

/// The share as a length, and its interval as a line across the end of it.
fn bar(share: f64, interval: Interval) -> impl IntoView {
    let at = |share: f64| format!("{:.1}%", share * 100.0);
    let (low, high) = (at(interval.low), at(interval.high));
    view! {
        <svg width="100%" height="14" aria-hidden="true">
            <rect class="rest" width=at(share) height="14" rx="2"></rect>
            <line class="ln" x1=low.clone() x2=high.clone() y1="7" y2="7"></line>
            <line class="ln" x1=low.clone() x2=low y1="3" y2="11"></line>
            <line class="ln" x1=high.clone() x2=high y1="3" y2="11"></line>
        </svg>
    }
}

fn counted() -> impl IntoView {
    view! {
        <details>
            <summary>"What is counted"</summary>
            <ul>
                <li>
                    "Before: answers of marked attempts that ended before the action was called done. After: those of \
                     attempts that began later."
                </li>
                <li>
                    "Each person counts once for each question before and once after, with the first answer, so that \
                     retakes do not weigh more. All versions of a question count together."
                </li>
                <li>"Right is the share of the marks that could be earned; what is right in part counts in part, and what was left open counts as wrong."</li>
                <li>{format!("{MEANING}.")}</li>
                <li>
                    "An effect is proposed where the interval of the difference (Newcombe's, made from both) lies above \
                     nothing. People meet several of the questions, so read it as a hint."
                </li>
            </ul>
        </details>
    }
}
