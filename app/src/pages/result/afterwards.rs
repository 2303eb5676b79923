//! What disputes did to a result: the own objections and what became of them,
//! and which marks a decision changed and why.

use backend::attempts::results::Outcome;
use backend::disputes::own::{Afterwards, Change, Decided, Objection, Turn};
use chrono_tz::Tz;
use domain::marking::decision::Ruling;
use leptos::prelude::*;

use crate::components::{Notice, NoticeKind, Scroll, Status, StatusKind, Time, TimeShape, day_words};
use crate::pages::disputes::words::{about_title, mark_words, ruling_title};

/// Marks that a decision changed, in sentences.
pub fn changes(outcome: &Outcome, afterwards: &Afterwards) -> Option<impl IntoView + use<>> {
    let zone = outcome.member.zone;
    let (whose, is_mine) = (if outcome.is_mine { "Your" } else { "The" }, outcome.is_mine);
    let changes = afterwards.changes.iter().map(|change| {
        let href = format!("#question-{}", change.n);
        let name = format!("Question {}", change.n);
        view! { <li><a href=href>{name}</a>": "{change_words(change, whose, zone)}</li> }
    });
    let changes: Vec<_> = changes.collect();
    let turns: Vec<_> = afterwards.turns.iter().map(|turn| turn_words(*turn, is_mine, zone)).collect();
    let title = title(afterwards);
    let has_any = !changes.is_empty() || !turns.is_empty();
    has_any.then(|| {
        let turns: Vec<_> = turns.into_iter().map(|words| view! { <p>{words}</p> }).collect();
        view! {
            <Notice kind=NoticeKind::Info title=title>
                {turns}
                {(!changes.is_empty()).then(|| view! { <ul>{changes}</ul> })}
            </Notice>
        }
    })
}

/// A mark that was first given under a decision changed nothing.
fn title(afterwards: &Afterwards) -> &'static str {
    let changed = afterwards.changes.iter().any(|change| change.was.is_some());
    match changed || !afterwards.turns.is_empty() {
        true => "This result was changed after a dispute",
        false => "A decision on a disputed question counts here",
    }
}

/// "taken out on 3 May 2026 because …; your mark went from … to …".
fn change_words(change: &Change, whose: &str, zone: Tz) -> String {
    let day = day_words(change.at, zone);
    let what = match change.ruling {
        Ruling::Void => format!("it was taken out on {day} and counts neither for nor against anyone."),
        Ruling::Accept(_) => format!("another answer is right too since {day}."),
        Ruling::Keep | Ruling::FixDocument => format!("its key stands again since {day}."),
    };
    let mark = match change.was {
        Some(was) => format!(" {whose} mark went from “{}” to “{}”.", mark_words(was), mark_words(change.is)),
        None => String::new(),
    };
    format!("{what} Because: {}{mark}", sentence(&change.because))
}

/// A reason as a sentence of its own.
fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?', '…']) { text.to_owned() } else { format!("{text}.") }
}

fn turn_words(turn: Turn, is_mine: bool, zone: Tz) -> String {
    let day = day_words(turn.at, zone);
    match (turn.passed, is_mine) {
        (true, true) => format!("By a decision of {day} you passed."),
        (false, true) => format!("By a decision of {day} you do not pass any more."),
        (true, false) => format!("By a decision of {day} the attempt passed."),
        (false, false) => format!("By a decision of {day} the attempt does not pass any more."),
    }
}

/// The own objections, open and decided.
pub fn objections(outcome: &Outcome, afterwards: &Afterwards) -> Option<impl IntoView + use<>> {
    let zone = outcome.member.zone;
    let rows: Vec<_> = afterwards.objections.iter().map(|one| objection(one, zone)).collect();
    outcome.is_mine.then_some(()).filter(|()| !rows.is_empty()).map(|()| {
        view! {
            <section class="stack" aria-labelledby="objections">
                <h2 id="objections">"Your objections"</h2>
                <p class="meta">"The leaders of the circle read them without your name."</p>
                <Scroll name="What became of your objections">
                    <table class="fold">
                        <caption class="vh">"Your objections and what became of them"</caption>
                        <thead><tr>
                            <th scope="col">"Question"</th>
                            <th scope="col">"What you said"</th>
                            <th scope="col">"Outcome"</th>
                        </tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </Scroll>
            </section>
        }
    })
}

fn objection(one: &Objection, zone: Tz) -> impl IntoView + use<> {
    let became = match &one.decided {
        None => view! { <Status kind=StatusKind::Unknown words="Open"/> }.into_any(),
        Some(decided) => decided_view(decided, zone),
    };
    let (at, about) = (one.raised_at, about_title(one.about));
    view! {
        <tr>
            <th scope="row">{format!("Question {}", one.n)}</th>
            <td data-label="What you said">
                <span class="lines">{one.note.clone()}</span>
                <br/><span class="meta">{about}", "<Time at=at zone=zone shape=TimeShape::Day/></span>
            </td>
            <td data-label="Outcome"><div>{became}</div></td>
        </tr>
    }
}

fn decided_view(decided: &Decided, zone: Tz) -> AnyView {
    let at = decided.at;
    let when = view! { <span class="meta"><Time at=at zone=zone shape=TimeShape::Day/></span> };
    match &decided.what {
        Some((ruling, because)) => view! {
            <b>{ruling_title(ruling)}</b>", "{when}
            <br/><span class="lines">{because.clone()}</span>
        }
        .into_any(),
        None => {
            view! { <b>"Decided"</b>", "{when}<br/>"You can read it once the answers are shown." }.into_any()
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use domain::marking::{POINT, Score};

    use super::*;

    #[test]
    fn a_changed_mark_says_when_why_from_what_and_to_what() {
        let change = |ruling, was, is| Change {
            n: 3,
            at: chrono::Utc.with_ymd_and_hms(2026, 5, 3, 12, 0, 0).unwrap(),
            ruling,
            because: "the runbook moved".to_owned(),
            was,
            is,
        };
        let (none, full) = (Score::new(0, POINT).unwrap(), Score::new(POINT, POINT).unwrap());

        let void = change(Ruling::Void, Some(none), Score::default());
        let accepted = change(Ruling::Accept(vec![]), None, full);

        assert_eq!(
            change_words(&void, "Your", Tz::UTC),
            "it was taken out on 3 May 2026 and counts neither for nor against anyone. Because: the runbook moved. \
             Your mark went from “0 of 1” to “does not count”."
        );
        assert_eq!(
            change_words(&accepted, "Your", Tz::UTC),
            "another answer is right too since 3 May 2026. Because: the runbook moved."
        );

        let with = |changes| Afterwards { changes, ..Afterwards::default() };
        assert_eq!(title(&with(vec![accepted.clone()])), "A decision on a disputed question counts here");
        assert_eq!(title(&with(vec![accepted, void])), "This result was changed after a dispute");
    }
}
