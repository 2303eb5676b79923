//! The form of a decision, with the fields that another answer needs by kind.

use backend::disputes::deciding::Draft;
use backend::disputes::reading::Case;
use domain::marking::decision::AlsoRight;
use domain::question::{Choice, Key, Pair, Question};
use leptos::prelude::*;

use super::super::disputes::words::also_words;
use crate::components::{
    CheckboxField, CheckboxGroup, Pick, RadioGroup, SelectField, TextArea, TextField, picks,
};
use crate::markdown::plain;

/// What a form says, as it was posted.
pub fn draft(fields: &[(String, String)]) -> Draft {
    let text = |name: &str| {
        let found = fields.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let all = |name: &str| -> Vec<String> {
        fields.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect()
    };
    // A posted pair names its row; there are as many as were sent in order, and
    // no more than a question can have.
    let pairs = (0..=u8::MAX)
        .map(|row| all(&format!("pair-{row}")).into_iter().next())
        .map_while(|pair| pair)
        .collect();
    Draft {
        ruling: text("ruling"),
        choices: all("choices"),
        order: text("order"),
        pairs,
        lines: text("lines"),
        go_on: !text("go_on").is_empty(),
        scope: text("scope"),
        because: text("because"),
    }
}

/// Where a leader decides; the next step shows what it would change.
pub fn form(case: &Case) -> impl IntoView + use<> {
    let heading = if case.decisions.is_empty() { "Decide" } else { "Decide again" };
    view! {
        <section class="stack" aria-labelledby="decide">
            <h2 id="decide">{heading}</h2>
            <form method="post" class="form stack" novalidate>
                <RadioGroup name="ruling" legend="What becomes of the question" picks=rulings(&case.question)/>
                {another_answer(case)}
                {scope(case)}
                <TextArea name="because" label="Because" rows=3
                    hint="Everybody concerned reads it beside their mark, once they may see the answers."/>
                <div class="cluster">
                    <button class="btn primary" name="do" value="preview">"Show what would change"</button>
                </div>
            </form>
        </section>
    }
}

fn rulings(question: &Question) -> Vec<Pick> {
    let keep = Pick::new("keep", "Keep it").hint("The key stands. What was decided before is taken back.");
    let document = Pick::new("fix_document", "Keep it; the documentation is at fault")
        .hint("The key stands. The next step can be an action that puts the document right.");
    let accept =
        Pick::new("accept", "Accept another answer").hint("It earns what the key earns; nobody loses by it.");
    let void = Pick::new("void", "Take the question out").hint("It counts neither for nor against anyone.");
    match question.key {
        // A person marks it, and can change the marks.
        Key::Open { .. } => {
            let void = void.hint(
                "It counts neither for nor against anyone, except where a leader gave marks already. Points can \
                 still be given; they count if this is taken back.",
            );
            vec![keep, document, void]
        }
        _ => vec![keep, document, accept, void],
    }
}

/// The fields that say which answer is right too.
fn another_answer(case: &Case) -> Option<AnyView> {
    let fields = match &case.question.key {
        Key::Single { choices } => {
            choices_field(choices, "Choices that are right too", |choice| !choice.is_right)
        }
        Key::Multiple { choices } => choices_field(choices, "Another set that is right as a whole", |_| true),
        Key::Ordering { steps } => {
            let steps = steps.iter().map(|step| view! { <li>{plain(step)}</li> }).collect_view();
            view! {
                <TextField name="order" label="Another right order" width="medium"
                    hint="The numbers of the steps as they are written here, for example 2 1 3"/>
                <ol>{steps}</ol>
            }
            .into_any()
        }
        Key::Matching { pairs, .. } => pairs_fields(pairs),
        Key::Numeric(_) => view! {
            <TextArea name="lines" label="Values that are right too" rows=2
                hint="As in a bank, one a line: 5432, 30 ± 5 s or 25..35 s"/>
        }
        .into_any(),
        Key::Short { .. } => view! {
            <TextArea name="lines" label="Texts that are right too" rows=2
                hint="One pattern a line; * stands for anything"/>
        }
        .into_any(),
        Key::Open { .. } => return None,
    };
    Some(
        view! {
            <fieldset class="panel">
                <legend>"Only to accept another answer"</legend>
                {fields}
                {go_on(case)}
            </fieldset>
        }
        .into_any(),
    )
}

fn choices_field(choices: &[Choice], legend: &'static str, is_offered: impl Fn(&Choice) -> bool) -> AnyView {
    let offered = choices.iter().enumerate().filter(|(_, choice)| is_offered(choice));
    let picks = picks(offered.map(|(place, choice)| (place.to_string(), plain(&choice.text))));
    view! { <CheckboxGroup name="choices" legend=legend picks=picks/> }.into_any()
}

fn pairs_fields(pairs: &[Pair]) -> AnyView {
    // Right sides that read the same are one to choose.
    let mut rights: Vec<(String, String)> = Vec::new();
    for (place, pair) in pairs.iter().enumerate() {
        let text = plain(&pair.right);
        if !rights.iter().any(|(_, known)| *known == text) {
            rights.push((place.to_string(), text));
        }
    }
    let fields = pairs.iter().enumerate().map(|(row, pair)| {
        let own = plain(&pair.right);
        let value = rights.iter().find(|(_, text)| *text == own).map(|(place, _)| place.clone()).unwrap_or_default();
        view! {
            <SelectField name=format!("pair-{row}") label=plain(&pair.left) picks=picks(rights.clone()) value=value/>
        }
    });
    fields.collect_view().into_any()
}

/// What was accepted before goes on, unless somebody says otherwise.
fn go_on(case: &Case) -> Option<impl IntoView + use<>> {
    let for_all = case.also_right_in("");
    let words = |also: &[AlsoRight]| {
        let words: Vec<String> = also.iter().map(|also| also_words(&case.question, also)).collect();
        if words.is_empty() { "nothing".to_owned() } else { words.join(" | ") }
    };
    let rounds = case.rounds().into_iter().map(|(round, name)| (name, case.also_right_in(&round)));
    let others: Vec<_> = rounds.filter(|(_, also)| *also != for_all).collect();
    (!for_all.is_empty() || !others.is_empty()).then(|| {
        let others =
            others.iter().map(|(name, also)| format!("; for only the round {name}: {}", words(also)));
        let label = format!("Go on accepting: {}{}", words(&for_all), others.collect::<String>());
        view! { <CheckboxField name="go_on" label=label checked=true/> }
    })
}

/// Whom it is for: everybody, or one of the rounds that reports came from.
fn scope(case: &Case) -> impl IntoView + use<> {
    let all = format!("Every attempt that met this version ({} handed in)", case.n_handed_in);
    let mut picks = vec![Pick::new("", all).hint("Also those that are being sat, and those to come.")];
    picks.extend(
        case.rounds().into_iter().map(|(round, name)| Pick::new(round, format!("Only the round {name}"))),
    );
    view! { <RadioGroup name="scope" legend="For whom" picks=picks value=String::new()/> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_read_from_its_fields() {
        let fields = [
            ("ruling", "accept"),
            ("choices", "1"),
            ("choices", "3"),
            ("pair-0", "2"),
            ("pair-1", "0"),
            ("pair-3", "1"),
            ("go_on", "on"),
            ("because", "So."),
        ];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));

        let draft = draft(&fields);

        assert_eq!(draft.choices, ["1", "3"]);
        assert_eq!(draft.pairs, ["2", "0"]);
        assert!(draft.go_on && draft.scope.is_empty());
        assert_eq!((draft.ruling.as_str(), draft.because.as_str()), ("accept", "So."));
    }
}
