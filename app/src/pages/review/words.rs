//! A review in words.

use backend::actions::Action;
use backend::reviews::{Item, State, Subject};
use chrono::NaiveDate;
use domain::agenda::{Proposal, Reason};
use leptos::prelude::*;

use crate::markdown::plain;
use crate::pages::actions::words::{day_words, owner_view, path_of, state_view};

pub fn state_tag(state: State) -> impl IntoView + use<> {
    view! { <span class="tag" data-state=state.as_str()>{state.title()}</span> }
}

/// The title of an item, without the marks of Markdown.
pub fn title_words(item: &Item) -> String {
    plain(&item.title)
}

/// The beginning of the title, where the whole of it stands nearby.
pub fn short_title(item: &Item) -> String {
    shortened(&title_words(item))
}

/// The first words of a long text.
pub fn shortened(text: &str) -> String {
    const LONGEST: usize = 56;
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    let start: String = text.chars().take(LONGEST).collect();
    let whole = start.rsplit_once(' ').map_or(start.as_str(), |(words, _)| words);
    format!("{}…", whole.trim_end_matches([',', '.', ';', ':']))
}

/// "Question", "Earlier action", "Topic".
pub fn kind_words(item: &Item) -> &'static str {
    match item.subject {
        Subject::Question { .. } => "Question",
        Subject::Action(_) => "Action of an earlier review",
        Subject::Text => "To talk about",
    }
}

pub fn reason_words(reason: Reason) -> String {
    match reason {
        Reason::SureAndWrong { n, of } => format!("{n} of {of} who missed it were certain"),
        Reason::TopicBelowCut => "Its topic is below the cut".to_owned(),
        Reason::Disputed { n: 1 } => "1 objection is open".to_owned(),
        Reason::Disputed { n } => format!("{n} objections are open"),
        Reason::Missed { n, of: 1 } => format!("Missed in {n} of 1 attempt"),
        Reason::Missed { n, of } => format!("Missed in {n} of {of} attempts"),
        Reason::ByHand => "Put on the agenda by a leader".to_owned(),
    }
}

pub fn proposal_words(proposal: &Proposal) -> String {
    match proposal {
        Proposal::QuestionIsDisputed => "The question may be wrong: somebody objected to it.".to_owned(),
        Proposal::DocumentIsUnclear { sources } => {
            format!("Several people missed it, so the document may be unclear: {}.", sources.join(", "))
        }
        Proposal::PeopleNeedTraining => "People may need training.".to_owned(),
    }
}

/// How far an item is, for the agenda.
pub fn standing_words(item: &Item) -> Option<&'static str> {
    match (item.is_question(), item.decision()) {
        (true, Some(decided)) => Some(decided.decision.title().trim_end_matches(", because …")),
        (true, None) => Some("Undecided"),
        (false, _) => None,
    }
}

/// An action in a line: number and title, owner, date, state.
pub fn action_line(circle: &str, action: &Action, today: NaiveDate) -> impl IntoView + use<> {
    let href = path_of(circle, action.number);
    let title = format!("{} {}", action.number, action.title);
    let (by, owner, state) = (day_words(action.done_by, today), owner_view(action), state_view(action));
    view! {
        <li>
            <a href=href>{title}</a>
            <span class="meta">{owner}", done by "{by}" "{state}</span>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_title_ends_after_a_whole_word() {
        assert_eq!(shortened("Who rings next?"), "Who rings next?");
        let long = "The handbook wants an owner for each corrective action, the day";
        assert_eq!(shortened(long), "The handbook wants an owner for each corrective action…");
        assert_eq!(shortened(&"x".repeat(80)), format!("{}…", "x".repeat(56)));
    }
}
