//! The minutes of a review as Markdown: what was talked about, what was said,
//! what was decided, who does what until when. No answer of anybody is in them.

use domain::words::one_line;
use std::fmt::Write;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::agenda::Reason;

use super::{Decided, Found, Item, Note, Retest, Subject};
use crate::actions::Action;
use crate::rounds::Plan;

/// The minutes of a review as it stands when it is closed.
pub(super) fn of(found: &Found, retest: Option<(&Retest, &Plan)>, now: DateTime<Utc>) -> String {
    let (review, zone) = (&found.review, found.member.circle_zone);
    let mut text = format!("# Review of {}\n\n", one_line(&review.round_name));
    let began = review.started_at.unwrap_or(now);
    push(&mut text, &format!("- Circle: {}", one_line(&found.member.circle_name)));
    push(&mut text, &format!("- Held: {} to {}", instant(began, zone), instant(now, zone)));
    push(&mut text, &format!("- There: {}", names(found, true)));
    push(&mut text, &format!("- Expected, and not there: {}", names(found, false)));
    for (n, item) in (1..).zip(&found.items) {
        write_item(&mut text, n, item, zone);
    }
    write_actions(&mut text, found);
    write_retest(&mut text, retest, zone);
    text
}

fn names(found: &Found, there: bool) -> String {
    let people = found.people.iter().filter(|one| one.came_at.is_some() == there);
    let names: Vec<String> = people.map(|one| one_line(&one.name)).collect();
    if names.is_empty() { "nobody".to_owned() } else { names.join(", ") }
}

fn write_item(text: &mut String, n: usize, item: &Item, zone: Tz) {
    push(text, &format!("\n## {n}. {}\n", one_line(&item.title)));
    match &item.subject {
        Subject::Question { id, .. } => {
            let reasons: Vec<String> = item.why.reasons.iter().map(|reason| reason_words(*reason)).collect();
            push(text, &format!("Question `{id}`. {}", reasons.join(" ")));
        }
        Subject::Action(action) => {
            push(text, &format!("An action of an earlier review. {}.", action.state.title()))
        }
        Subject::Text => {}
    }
    if !item.notes.is_empty() {
        push(text, "\nNotes:\n");
        item.notes.iter().for_each(|note| write_note(text, note, zone));
    }
    if let Some((stands, before)) = item.decisions.split_last() {
        push(text, &format!("\nDecision: {}", decision_words(stands)));
        for earlier in before {
            let words = decision_words(earlier);
            push(text, &format!("\nBefore that, at {}: {words}", instant(earlier.at, zone)));
        }
    }
    if !item.actions.is_empty() {
        push(text, "\nActions:\n");
        item.actions.iter().for_each(|action| push(text, &format!("- {}", action_words(action))));
    }
}

/// What a reason says of a question, as a sentence.
pub(super) fn reason_words(reason: Reason) -> String {
    match reason {
        Reason::SureAndWrong { n, of } => format!("{n} of {of} who missed it were certain."),
        Reason::TopicBelowCut => "Its topic is below the cut.".to_owned(),
        Reason::Disputed { n: 1 } => "1 objection is open.".to_owned(),
        Reason::Disputed { n } => format!("{n} objections are open."),
        Reason::Missed { n, of } => format!("Missed in {n} of {of} attempts."),
        Reason::ByHand => "A leader put it on the agenda.".to_owned(),
    }
}

fn decision_words(decided: &Decided) -> String {
    let title = decided.decision.title().trim_end_matches(", because …");
    match decided.reason.as_str() {
        "" => format!("**{title}**"),
        reason => format!("**{title}**, because: {}", one_line(reason)),
    }
}

fn write_note(text: &mut String, note: &Note, zone: Tz) {
    let clock = note.written_at.with_timezone(&zone).format("%H:%M");
    let mut lines = note.note.lines();
    push(text, &format!("- {}, {clock}: {}", one_line(&note.name), lines.next().unwrap_or_default()));
    for rest in lines {
        push(text, format!("  {rest}").trim_end());
    }
}

fn write_actions(text: &mut String, found: &Found) {
    let actions: Vec<&Action> = found.actions().map(|(_, action)| action).collect();
    push(text, "\n## Actions\n");
    if actions.is_empty() {
        push(text, "None were made.");
        return;
    }
    for action in actions {
        push(text, &format!("- {}", action_words(action)));
    }
}

fn action_words(action: &Action) -> String {
    let owner = action.owner.as_ref().map_or("nobody".to_owned(), |owner| one_line(&owner.name));
    let Action { number, title, assign_by, done_by, .. } = action;
    format!("{number} {}: {owner}, assigned by {assign_by}, done by {done_by}", one_line(title))
}

fn write_retest(text: &mut String, retest: Option<(&Retest, &Plan)>, zone: Tz) {
    push(text, "\n## Re-test\n");
    let Some((retest, plan)) = retest else {
        push(text, "None was planned.");
        return;
    };
    let n = retest.people.len();
    let people = if n == 1 { "1 person".to_owned() } else { format!("{n} people") };
    let topics: Vec<String> =
        retest.topics.iter().map(|(service, topic)| format!("{service}, {topic}")).collect();
    let (opens, closes) = (instant(plan.opens_at, zone), instant(plan.closes_at, zone));
    push(text, &format!("{}, for {people}, from {opens} to {closes}. It asks:\n", one_line(&plan.name)));
    topics.iter().for_each(|topic| push(text, &format!("- {topic}")));
}

fn push(text: &mut String, line: &str) {
    // A `String` takes every letter.
    let _ = writeln!(text, "{line}");
}

fn instant(at: DateTime<Utc>, zone: Tz) -> String {
    let city = zone.name().rsplit('/').next().unwrap_or("UTC").replace('_', " ");
    format!("{} {city}", at.with_timezone(&zone).format("%a %-d %b %Y %H:%M"))
}
