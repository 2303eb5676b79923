//! How the facts of an action are said, on whatever page.

use backend::actions::Action;
use chrono::{Datelike, NaiveDate};
use domain::action::{ENOUGH, Effect, Late, Number, Proposal, Side, State, Which};
use leptos::prelude::*;

use crate::components::{Icon, icon};
use crate::shell::encode;

/// Where an action is shown.
pub fn path_of(circle: &str, number: Number) -> String {
    format!("/circles/{circle}/actions/{number}")
}

/// "Mon 16 Mar", with the year where it is another one.
pub fn day_words(day: NaiveDate, today: NaiveDate) -> String {
    let shape = if day.year() == today.year() { "%a %-d %b" } else { "%a %-d %b %Y" };
    day.format(shape).to_string()
}

/// A day in words; the machine-readable form goes with it.
pub fn day_view(day: NaiveDate, today: NaiveDate) -> impl IntoView {
    view! { <time datetime=day.to_string()>{day_words(day, today)}</time> }
}

/// What is to be noticed about an action: a word, an icon and a border.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Late,
    Soon,
    /// No comment came.
    Silent,
    /// A leader decides.
    ToDecide,
}

impl Mark {
    pub fn with(self, words: impl Into<String>) -> impl IntoView {
        let (key, symbol) = match self {
            Mark::Late => ("gap", Icon::Clock),
            Mark::Soon => ("expiring", Icon::Clock),
            Mark::Silent => ("stale", Icon::Info),
            Mark::ToDecide => ("unknown", Icon::Ring),
        };
        view! { <span class="st" data-s=key>{icon(symbol)}<span>{words.into()}</span></span> }
    }
}

/// "Late by 3 days".
pub fn late_words(late: Late, today: NaiveDate) -> String {
    let by = match (today - late.by).num_days() {
        1 => "1 day".to_owned(),
        n => format!("{n} days"),
    };
    match late.which {
        Which::Done => format!("Late by {by}"),
        Which::Assign => format!("Not assigned, late by {by}"),
    }
}

/// What figures propose: "Effect seen", "Not enough answers yet (3 of 5)".
pub fn proposal_words(proposal: Proposal) -> String {
    match proposal {
        Proposal::EffectSeen => "Effect seen".to_owned(),
        Proposal::NoEffect => "No effect".to_owned(),
        Proposal::NotClear => "Not clear yet".to_owned(),
        Proposal::NotEnough { n } => format!("Not enough answers yet ({n} of {ENOUGH})"),
        Proposal::NothingBefore => "Nothing to compare with".to_owned(),
    }
}

/// "Right answers: before 20 % of 10, after 90 % of 10."
pub fn effect_words(effect: Effect) -> String {
    let side = |side: Side| match (side.facility(), side.n_answers) {
        (None, _) => "no answer".to_owned(),
        (Some(facility), n) => format!("{} of {n}", percent(facility)),
    };
    format!("Right answers: before {}, after {}.", side(effect.before), side(effect.after))
}

/// A share as a whole per cent.
pub fn percent(share: f64) -> String {
    format!("{:.0}\u{a0}%", share * 100.0)
}

/// The state as a word. What is done says so if nothing shows it, and if its
/// effect can be judged.
pub fn state_view(action: &Action) -> impl IntoView + use<> {
    let bare = action.is_done_without_proof();
    let to_judge = action.is_to_judge();
    view! {
        <span class="tag" data-state=action.state.as_str()>{action.state.title()}</span>
        {bare.then(|| view! { " "<span class="tag">"Without proof"</span> })}
        {to_judge.then(|| view! { " "<span class="tag">"Effect can be judged"</span> })}
    }
}

/// Until when it is to be assigned.
pub fn assign_view(action: &Action, today: NaiveDate) -> impl IntoView + use<> {
    let late = action.late.filter(|late| late.which == Which::Assign);
    let by = action.assign_by;
    if let Some(late) = late {
        let words = late_words(late, today);
        return view! { {day_view(by, today)}" "{Mark::Late.with(words)} }.into_any();
    }
    if action.assigned_at.is_some() {
        return view! {
            <span class="nowrap">{day_view(by, today)}" "{icon(Icon::Check)}<span class="vh">"assigned"</span></span>
        }
        .into_any();
    }
    day_view(by, today).into_any()
}

/// Until when it is to be done.
pub fn done_view(action: &Action, today: NaiveDate) -> impl IntoView + use<> {
    let day = day_view(action.done_by, today);
    match action.late.filter(|late| late.which == Which::Done) {
        Some(late) => {
            let words = late_words(late, today);
            view! { {day}" "{Mark::Late.with(words)} }.into_any()
        }
        None if action.is_due_soon => view! { {day}" "{Mark::Soon.with("Due soon")} }.into_any(),
        None => day.into_any(),
    }
}

/// Whose it is.
pub fn owner_view(action: &Action) -> impl IntoView + use<> {
    match &action.owner {
        None => view! { <span class="faint">"Nobody yet"</span> }.into_any(),
        Some(owner) if owner.is_there => owner.name.clone().into_any(),
        Some(owner) => {
            view! { {owner.name.clone()}" "<span class="tag">"Not here any more"</span> }.into_any()
        }
    }
}

/// Its labels, each a link to all that have it.
pub fn labels_view(action: &Action, circle: &str) -> impl IntoView + use<> {
    let base = format!("/circles/{circle}/actions?label=");
    let link = |label: &String| {
        view! { <li><a class="tag" href=format!("{base}{}", encode(label))>{label.clone()}</a></li> }
    };
    let links: Vec<_> = action.labels.iter().map(link).collect();
    (!links.is_empty()).then(|| view! { <ul class="cluster" data-tight="" aria-label="Labels">{links}</ul> })
}

/// A text that is a link where it is an address of the web.
pub fn text_or_link(text: &str) -> AnyView {
    let is_address = ["https://", "http://", "/circles/"].iter().any(|start| text.starts_with(start))
        && !text.contains(char::is_whitespace);
    let text = text.to_owned();
    if is_address {
        let href = text.clone();
        view! { <a class="long" href=href rel="noopener noreferrer nofollow">{text}</a> }.into_any()
    } else {
        view! { <span class="long lines">{text}</span> }.into_any()
    }
}

/// A daily word that is missing while it is in progress.
pub fn silence_words(action: &Action) -> Option<String> {
    (action.state == State::InProgress && action.n_silent_days > 0).then(|| match action.n_silent_days {
        1 => "No comment for 1 working day".to_owned(),
        n => format!("No comment for {n} working days"),
    })
}

#[cfg(test)]
pub mod for_tests {
    use backend::actions::{Actions, Owner};
    use backend::circles::Member;
    use chrono::{TimeZone, Utc};
    use chrono_tz::Tz;
    use domain::action::{Fixes, How, Origin, Severity};
    use domain::people::Role;

    use super::*;

    /// One of Eve's, made on a Monday, of severity 2.
    pub fn action(number: i64, title: &str) -> Action {
        let monday = Utc.with_ymd_and_hms(2026, 3, 2, 12, 0, 0).unwrap();
        Action {
            id: number.to_string(),
            number: Number(number),
            title: title.to_owned(),
            state: State::Open,
            severity: Severity::ALL[1],
            fixes: Fixes::Alert,
            how: How::Preventive,
            origin: Origin::by_hand(""),
            labels: Vec::new(),
            owner: Some(Owner { person: "eve".to_owned(), name: "Eve".to_owned(), is_there: true }),
            assigned_at: Some(monday),
            assign_by: NaiveDate::from_ymd_opt(2026, 3, 4).unwrap(),
            done_by: NaiveDate::from_ymd_opt(2026, 3, 16).unwrap(),
            proof: String::new(),
            n_tasks: 0,
            n_ticked: 0,
            made_by: "Lena".to_owned(),
            made_at: monday,
            changed_at: monday,
            closed_at: None,
            revision: 1,
            late: None,
            is_due_soon: false,
            n_silent_days: 0,
            n_questions: 0,
            effect: None,
        }
    }

    /// What Lena, who leads, sees of them in UTC.
    pub fn actions_of(all: Vec<Action>) -> Actions {
        let member = Member {
            circle: "demo".to_owned(),
            circle_name: "Demo".to_owned(),
            is_demo: true,
            person: "lena".to_owned(),
            role: Role::Leader,
            zone: Tz::UTC,
            circle_zone: Tz::UTC,
        };
        Actions { member, today: NaiveDate::from_ymd_opt(2026, 3, 5).unwrap(), all }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_its_year_where_it_is_another_one() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(day_words(day("2026-03-16"), day("2026-03-05")), "Mon 16 Mar");
        assert_eq!(day_words(day("2027-01-04"), day("2026-03-05")), "Mon 4 Jan 2027");
    }

    #[test]
    fn lateness_says_which_date_has_passed() {
        let by: NaiveDate = "2026-03-04".parse().unwrap();
        let late = |which| Late { which, by, is_escalated: false };
        let after = |days| by + chrono::TimeDelta::days(days);

        assert_eq!(late_words(late(Which::Done), after(1)), "Late by 1 day");
        assert_eq!(late_words(late(Which::Assign), after(12)), "Not assigned, late by 12 days");
    }

    #[test]
    fn figures_are_said_in_words() {
        let effect = Effect {
            before: Side { n_answers: 10, n_people: 5, earned: 20_000 },
            after: Side { n_answers: 3, n_people: 3, earned: 30_000 },
        };
        assert_eq!(effect_words(effect), "Right answers: before 20\u{a0}% of 10, after 100\u{a0}% of 3.");
        assert_eq!(effect_words(Effect::default()), "Right answers: before no answer, after no answer.");
        assert_eq!(proposal_words(effect.proposal()), "Not enough answers yet (3 of 5)");
    }

    #[test]
    fn only_a_whole_address_of_the_web_becomes_a_link() {
        for (text, is_link) in [
            ("https://git.example.org/1", true),
            ("http://x", true),
            ("javascript:alert(1)", false),
            ("see https://git.example.org/1", false),
            ("https://x and more", false),
            ("//evil.example.org", false),
        ] {
            let html = text_or_link(text).to_html();
            assert_eq!(html.contains("<a "), is_link, "{html}");
        }
    }
}
