//! What a decision would change, person by person, and the button that does it.

use backend::disputes::deciding::{Change, NEEDS_ANOTHER, Own, Preview};
use backend::disputes::reading::Case;
use domain::verdict::{Clause, Verdict};
use leptos::prelude::*;

use super::super::disputes::words::{also_words, mark_or_none, mark_words, verdict_words};
use super::super::services::counted;
use crate::components::{Empty, Fact, Facts, Notice, NoticeKind, Scroll};
use crate::reviewing::points;

/// The preview of a decision that was posted with these fields.
pub fn preview(case: &Case, shown: &Preview, fields: &[(String, String)]) -> impl IntoView + use<> {
    view! {
        <Notice kind=NoticeKind::Info title="Nothing is changed yet"><p>"Read what would change, then apply it."</p></Notice>
        {(shown.own == Own::NeedsAnother)
            .then(|| view! { <Notice kind=NoticeKind::Problem title="You cannot apply this"><p>{NEEDS_ANOTHER}</p></Notice> })}
        {facts(case, shown)}
        {table(shown)}
        {apply(shown, fields)}
    }
}

fn facts(case: &Case, shown: &Preview) -> impl IntoView + use<> {
    let also = shown.ruling.also_right().iter().map(|also| also_words(&case.question, also));
    let also = also.map(|words| view! { <li class="long">{words}</li> }).collect_view();
    let also = (!shown.ruling.also_right().is_empty())
        .then(|| view! { <Fact name="Right too"><ul>{also}</ul></Fact> });
    let whom = match &shown.round {
        Some((_, name)) => format!("Only the round {name}"),
        None => "Every attempt that met this version".to_owned(),
    };
    let met = counted(i64::from(shown.n_met), "attempt");
    let by_hand = (shown.n_by_hand > 0).then(|| {
        let marks = counted(i64::from(shown.n_by_hand), "mark");
        view! { <Fact name="Marked by a person">{format!("{marks}: not changed")}</Fact> }
    });
    let sitting = (shown.n_sitting > 0).then(|| {
        let attempts = counted(i64::from(shown.n_sitting), "attempt");
        view! { <Fact name="Being sat">{format!("{attempts}: it holds when they hand in")}</Fact> }
    });
    let (sentence, because) = (shown.ruling.sentence(), shown.because.clone());
    view! {
        <Facts>
            <Fact name="Decision">{sentence}</Fact>
            {also}
            <Fact name="For">{whom}</Fact>
            <Fact name="Because"><span class="lines">{because}</span></Fact>
            <Fact name="Handed in with it">{met}</Fact>
            {by_hand}
            {sitting}
        </Facts>
    }
}

/// "3 marks change. 1 person passes who did not."
fn truth(shown: &Preview) -> String {
    let gains = shown.changes.iter().filter(|change| change.turns() && passes(change)).count();
    let losses = shown.n_verdicts() - gains;
    let count = |n: usize, one: &str, more: &str| match n {
        0 => String::new(),
        1 => format!(" 1 {one}"),
        n => format!(" {n} {more}"),
    };
    let marks = match shown.n_marks() {
        1 => "1 mark changes.".to_owned(),
        n => format!("{n} marks change."),
    };
    format!(
        "{marks}{}{}{}",
        count(gains, "attempt passes that did not.", "attempts pass that did not."),
        count(losses, "attempt does not pass any more.", "attempts do not pass any more."),
        if shown.n_verdicts() == 0 { " Nobody passes or fails by it." } else { "" }
    )
}

fn passes(change: &Change) -> bool {
    change.verdict.1.as_ref().is_some_and(Verdict::passed)
}

fn table(shown: &Preview) -> AnyView {
    if shown.changes.is_empty() {
        let text = "The decision is kept, and holds for attempts to come.";
        return view! { <Empty title="Nobody’s mark changes" text=text/> }.into_any();
    }
    let rows: Vec<_> = shown.changes.iter().map(row).collect();
    view! {
        <section class="stack" aria-labelledby="changes">
            <h2 id="changes">{truth(shown)}</h2>
            <Scroll name="Whose marks and results change">
                <table class="fold">
                    <caption class="vh">"Whose marks and results change, by name"</caption>
                    <thead><tr>
                        <th scope="col">"Person"</th>
                        <th scope="col">"Round"</th>
                        <th scope="col">"Mark"</th>
                        <th scope="col">"Whole test"</th>
                        <th scope="col">"Result"</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </Scroll>
        </section>
    }
    .into_any()
}

fn row(change: &Change) -> impl IntoView + use<> {
    let mark = match change.mark {
        Some((was, is)) => from_to(mark_or_none(was), mark_words(is)),
        None => "kept from an earlier attempt".to_owned(),
    };
    let (was, is) = (change.verdict.0.as_ref(), change.verdict.1.as_ref());
    let whole = from_to(whole_words(was), whole_words(is));
    let result = from_to(verdict_words(was).to_owned(), verdict_words(is).to_owned());
    let result = if change.turns() { view! { <b>{result}</b> }.into_any() } else { result.into_any() };
    let href = format!("/attempts/{}/result", change.attempt);
    view! {
        <tr>
            <th scope="row"><a href=href>{change.name.clone()}</a></th>
            <td data-label="Round">{change.round_name.clone()}</td>
            <td data-label="Mark">{mark}</td>
            <td data-label="Whole test">{whole}</td>
            <td data-label="Result">{result}</td>
        </tr>
    }
}

/// What there was and what there would be, or that it stays.
fn from_to(was: String, is: String) -> String {
    if was == is { format!("stays {is}") } else { format!("{was} → {is}") }
}

fn whole_words(verdict: Option<&Verdict>) -> String {
    let whole = verdict.and_then(|verdict| verdict.clauses.first());
    match whole {
        Some(Clause::Whole { reached, .. }) => points(*reached),
        _ => "not marked yet".to_owned(),
    }
}

/// The decision again, hidden, with what was shown of it.
fn apply(shown: &Preview, fields: &[(String, String)]) -> impl IntoView + use<> {
    let typed = fields.iter().filter(|(name, _)| !matches!(name.as_str(), "do" | "fingerprint"));
    let typed =
        typed.map(|(name, value)| view! { <input type="hidden" name=name.clone() value=value.clone()/> });
    let typed: Vec<_> = typed.collect();
    let fingerprint = shown.fingerprint.clone();
    let may_apply = shown.own != Own::NeedsAnother;
    view! {
        <form method="post" class="cluster">
            {typed}
            <input type="hidden" name="fingerprint" value=fingerprint/>
            {may_apply
                .then(|| view! { <button class="btn primary" name="do" value="apply">"Apply this decision"</button> })}
            <button class="btn" name="do" value="change">"Change the decision"</button>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use domain::marking::decision::Ruling;

    use super::*;

    fn verdict(passed: bool) -> Option<Verdict> {
        let n_full = u32::from(passed);
        Some(Verdict { clauses: vec![Clause::Critical { n_drawn: 1, n_full }] })
    }

    fn change(was: bool, is: bool) -> Change {
        let mark = Some((None, Default::default()));
        let verdict = (verdict(was), verdict(is));
        Change { name: String::new(), attempt: String::new(), round_name: String::new(), mark, verdict }
    }

    #[test]
    fn what_changes_is_said_in_a_sentence() {
        let said = |changes: Vec<Change>| {
            truth(&Preview {
                ruling: Ruling::Void,
                because: String::new(),
                round: None,
                fingerprint: String::new(),
                changes,
                n_met: 0,
                n_by_hand: 0,
                n_sitting: 0,
                own: Own::Untouched,
            })
        };

        assert_eq!(said(vec![change(true, true)]), "1 mark changes. Nobody passes or fails by it.");
        assert_eq!(
            said(vec![change(false, true), change(true, false), change(true, false)]),
            "3 marks change. 1 attempt passes that did not. 2 attempts do not pass any more."
        );
    }

    #[test]
    fn what_stays_is_said_once() {
        assert_eq!(from_to("0 of 1".to_owned(), "1 of 1".to_owned()), "0 of 1 → 1 of 1");
        assert_eq!(from_to("passed".to_owned(), "passed".to_owned()), "stays passed");
    }
}
