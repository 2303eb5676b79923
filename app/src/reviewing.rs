//! A question after the fact: what was asked, what was answered, what is right
//! and why. It holds the key: only pages that may show the answers use it.

use domain::answer::Answer;
use domain::marking::{POINT, Score, mark};
use domain::question::{Choice, Key, Number, Pair, Question, RubricLine};
use domain::source::Source;
use leptos::prelude::*;
use std::collections::BTreeSet;

use crate::components::{Fact, Facts, Icon, icon};
use crate::markdown::{Images, blocks, inline, plain};

/// Shows a question with its key, the reasons and the sources.
///
/// `order` is the order in which the slot was shown, and the answer is in
/// places as shown, as it is stored. The outer `None` of `answer` is for a view
/// in which nobody answers (the leader reads the bank): nothing is said of an
/// answer then. `Some(None)` is a taker who gave no answer, and that is said.
pub fn reviewed(
    question: &Question,
    order: &[u8],
    answer: Option<Option<&Answer>>,
    images: Images<'_>,
) -> AnyView {
    reviewed_with(question, order, answer, None, images)
}

/// The same, with what a leader gave line by line of a rubric.
pub fn reviewed_with(
    question: &Question,
    order: &[u8],
    answer: Option<Option<&Answer>>,
    points: Option<&[u8]>,
    images: Images<'_>,
) -> AnyView {
    let given = Given::of(order, answer);
    let key = match &question.key {
        Key::Single { choices } | Key::Multiple { choices } => {
            reviewed_choices(choices, order, &given, images)
        }
        Key::Ordering { steps } => reviewed_steps(steps, &given, images),
        Key::Matching { headings, pairs } => reviewed_pairs(headings, pairs, &given, images),
        Key::Numeric(number) => reviewed_typed(question, right_number(number), &given),
        Key::Short { accepted, case_sensitive } => {
            reviewed_typed(question, right_patterns(accepted, *case_sensitive), &given)
        }
        Key::Open { rubric } => view! { {said(&given)}{rubric_list(rubric, points, images)} }.into_any(),
    };
    let why = question.explanation.as_deref().map(|why| blocks(why, images));
    view! {
        <div class="stack">
            <div class="prose" inner_html=blocks(&question.text, images)></div>
            {given.note().map(|note| view! { <p class="meta">{note}</p> })}
            {key}
            {why.map(|why| view! {
                <div class="stack" data-tight>
                    <p><strong>"Why"</strong></p>
                    <div class="prose" inner_html=why></div>
                </div>
            })}
            {sources(&question.sources, images)}
        </div>
    }
    .into_any()
}

/// Points as they are read: "2.67 of 4".
pub fn points(score: Score) -> String {
    format!("{} of {}", points_alone(score.earned()), points_alone(score.possible()))
}

/// Ten-thousandths of a point with at most two digits after the point, half up.
pub fn points_alone(ten_thousandths: i64) -> String {
    let hundredths = (ten_thousandths + 50) / (POINT / 100);
    let (whole, rest) = (hundredths / 100, hundredths % 100);
    match (rest, rest % 10) {
        (0, _) => whole.to_string(),
        (_, 0) => format!("{whole}.{}", rest / 10),
        _ => format!("{whole}.{rest:02}"),
    }
}

/// What came of asking.
enum Given {
    /// It was not asked: a leader reads the bank.
    NotAsked,
    /// No answer, or one that says nothing.
    Nothing,
    DoNotKnow,
    /// In places as the author wrote them.
    Written(Answer),
}

impl Given {
    fn of(order: &[u8], answer: Option<Option<&Answer>>) -> Given {
        match answer {
            None => Given::NotAsked,
            Some(Some(Answer::DoNotKnow)) => Given::DoNotKnow,
            Some(Some(answer)) if !answer.is_empty() => Given::Written(answer.as_written(order)),
            Some(_) => Given::Nothing,
        }
    }

    fn written(&self) -> Option<&Answer> {
        match self {
            Given::Written(answer) => Some(answer),
            _ => None,
        }
    }

    /// What an answer that shows nowhere else is said with.
    fn note(&self) -> Option<&'static str> {
        match self {
            Given::Nothing => Some("No answer was given."),
            Given::DoNotKnow => Some("The answer was “I do not know”."),
            Given::NotAsked | Given::Written(_) => None,
        }
    }
}

/// What became of one part of an answer: its name in the stylesheet, its icon
/// and its words.
type Marking = (&'static str, Icon, &'static str);

const RIGHT: Marking = ("right", Icon::Check, "Right");
const NOT_RIGHT: Marking = ("wrong", Icon::Cross, "Not right");

fn marking_of(is_right: bool) -> Marking {
    if is_right { RIGHT } else { NOT_RIGHT }
}

fn marking_of_choice(given: &Given, is_right: bool, is_chosen: bool) -> Option<Marking> {
    match (given, is_right, is_chosen) {
        (Given::NotAsked, true, _) => Some(RIGHT),
        (_, true, true) => Some(("right", Icon::Check, "Chosen, and right")),
        (_, true, false) => Some(("missed", Icon::Ring, "Right, not chosen")),
        (_, false, true) => Some(("wrong", Icon::Cross, "Chosen, not right")),
        (_, false, false) => None,
    }
}

fn marking_view((key, symbol, words): Marking) -> impl IntoView {
    view! { <span class="mark" data-mark=key>{icon(symbol)}<span>{words}</span></span> }
}

fn chosen(given: &Given) -> BTreeSet<u8> {
    match given.written() {
        Some(Answer::One(place)) => [*place].into(),
        Some(Answer::Several(places)) => places.clone(),
        _ => BTreeSet::new(),
    }
}

/// The choices in the order they were shown, each with what became of it.
fn reviewed_choices(choices: &[Choice], order: &[u8], given: &Given, images: Images<'_>) -> AnyView {
    let chosen = chosen(given);
    let shown = order.iter().filter_map(|place| Some((*place, choices.get(usize::from(*place))?)));
    let rows: Vec<_> = shown
        .map(|(place, choice)| {
            let marking = marking_of_choice(given, choice.is_right, chosen.contains(&place));
            let feedback = choice.feedback.as_deref().map(|feedback| blocks(feedback, images));
            view! {
                <li class="choice" data-mark=marking.map(|(key, ..)| key)>
                    <div class="stack" data-tight>
                        <div class="prose" inner_html=inline(&choice.text, images)></div>
                        {marking.map(marking_view)}
                        {feedback.map(|feedback| view! { <div class="prose meta" inner_html=feedback></div> })}
                    </div>
                </li>
            }
        })
        .collect();
    view! { <ul class="choices">{rows}</ul> }.into_any()
}

/// The steps in the right order and, where one was given, the given order.
fn reviewed_steps(steps: &[String], given: &Given, images: Images<'_>) -> AnyView {
    let right: Vec<_> =
        steps.iter().map(|step| view! { <li inner_html=inline(step, images)></li> }).collect();
    let right = view! {
        <div class="stack" data-tight><p><strong>"Right order"</strong></p><ol>{right}</ol></div>
    };
    match given.written() {
        Some(Answer::Order(order)) => {
            view! { <div class="panels" data-narrow>{given_steps(steps, order, images)}{right}</div> }
                .into_any()
        }
        _ => right.into_any(),
    }
}

/// The steps as they were put, each with the place where it belongs.
fn given_steps(steps: &[String], order: &[u8], images: Images<'_>) -> impl IntoView {
    let rows: Vec<_> = order
        .iter()
        .enumerate()
        .filter_map(|(place, &written)| Some((place, usize::from(written), steps.get(usize::from(written))?)))
        .map(|(place, written, step)| {
            let belongs = (steps.get(place) != Some(step)).then(|| format!("Belongs at {}", written + 1));
            let key = if belongs.is_some() { "wrong" } else { "right" };
            let symbol = if belongs.is_some() { Icon::Cross } else { Icon::Check };
            view! {
                <li>
                    <span inner_html=inline(step, images)></span>
                    " "
                    <span class="mark" data-mark=key>
                        {icon(symbol)}<span>{belongs.unwrap_or_else(|| "In its place".to_owned())}</span>
                    </span>
                </li>
            }
        })
        .collect();
    view! { <div class="stack" data-tight><p><strong>"Order given"</strong></p><ol>{rows}</ol></div> }
}

/// Each left side with what was chosen for it and what belongs to it.
fn reviewed_pairs(headings: &(String, String), pairs: &[Pair], given: &Given, images: Images<'_>) -> AnyView {
    let chosen = match given.written() {
        Some(Answer::Pairs(chosen)) => Some(chosen.as_slice()),
        _ => None,
    };
    let (left, right) = (inline(&headings.0, images), inline(&headings.1, images));
    let right_label = plain(&headings.1);
    let rows: Vec<_> = pairs
        .iter()
        .enumerate()
        .map(|(row, pair)| {
            let given =
                chosen.map(|chosen| chosen_cell(pairs, pair, chosen.get(row).copied().flatten(), images));
            view! {
                <tr>
                    <th scope="row" inner_html=inline(&pair.left, images)></th>
                    {given}
                    <td data-label=right_label.clone()><span inner_html=inline(&pair.right, images)></span></td>
                </tr>
            }
        })
        .collect();
    let chosen_heading = chosen.is_some().then(|| view! { <th scope="col">"Chosen"</th> });
    view! {
        <table class="fold">
            <thead>
                <tr><th scope="col" inner_html=left></th>{chosen_heading}<th scope="col" inner_html=right></th></tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn chosen_cell(pairs: &[Pair], pair: &Pair, place: Option<u8>, images: Images<'_>) -> impl IntoView + use<> {
    let chosen = place.and_then(|place| pairs.get(usize::from(place)));
    let is_right = chosen.is_some_and(|chosen| chosen.right == pair.right);
    let text = chosen.map_or_else(|| "Nothing".to_owned(), |chosen| inline(&chosen.right, images));
    view! { <td data-label="Chosen"><span><span inner_html=text></span>" "{marking_view(marking_of(is_right))}</span></td> }
}

/// What was typed, and what is right.
fn reviewed_typed(question: &Question, right: AnyView, given: &Given) -> AnyView {
    let typed = match given.written() {
        Some(answer @ Answer::Typed(text)) => {
            let is_right = mark(question, Some(answer), false).is_some_and(Score::is_full);
            Some((text.clone(), is_right))
        }
        _ => None,
    };
    view! {
        <Facts>
            {typed.map(|(text, is_right)| view! {
                <Fact name="Answered"><code>{text}</code>" "{marking_view(marking_of(is_right))}</Fact>
            })}
            <Fact name="Right">{right}</Fact>
        </Facts>
    }
    .into_any()
}

/// What was said in the taker's own words.
fn said(given: &Given) -> Option<impl IntoView + use<>> {
    let Some(Answer::Typed(text)) = given.written() else { return None };
    let text = text.clone();
    Some(view! {
        <div class="stack" data-tight>
            <p><strong>"Answered"</strong></p>
            <blockquote class="lines">{text}</blockquote>
        </div>
    })
}

/// What earns points, line by line; with what a leader gave, where one did.
pub fn rubric_list(rubric: &[RubricLine], given: Option<&[u8]>, images: Images<'_>) -> AnyView {
    let rows: Vec<_> = rubric
        .iter()
        .enumerate()
        .map(|(i, line)| {
            let got = given.and_then(|points| points.get(i)).copied();
            let points = match got {
                Some(got) => format!("{got} of {}", line.points),
                None => format!("({})", line.points),
            };
            let class = if got == Some(line.points) { "mark" } else { "meta" };
            view! {
                <li>
                    <span inner_html=inline(&line.text, images)></span>
                    " "
                    <span class=class>{points}<span class="vh">" points"</span></span>
                </li>
            }
        })
        .collect();
    view! {
        <div class="stack" data-tight>
            <p><strong>"Rubric"</strong></p>
            <ul class="rubric">{rows}</ul>
        </div>
    }
    .into_any()
}

fn right_number(number: &Number) -> AnyView {
    view! { <code>{number.written.clone()}</code> }.into_any()
}

fn right_patterns(accepted: &[String], case_sensitive: bool) -> AnyView {
    let n = accepted.len();
    let patterns: Vec<_> = accepted
        .iter()
        .enumerate()
        .map(|(place, pattern)| view! { {(place > 0).then_some(" or ")}<code>{pattern.clone()}</code> })
        .collect();
    let star = accepted.iter().any(|pattern| pattern.contains('*')).then_some(" A * stands for anything.");
    let case = case_sensitive.then_some(" Capitals matter.");
    let hint = (star.is_some() || case.is_some() || n == 0)
        .then(|| view! { <span class="meta">{star}{case}</span> });
    view! { {patterns}{hint} }.into_any()
}

/// What the question rests on: addresses as links, everything else by its name.
pub fn sources(sources: &[String], images: Images<'_>) -> Option<impl IntoView + use<>> {
    let rows: Vec<_> = sources
        .iter()
        .map(|source| {
            let source = source.clone();
            match address_of(&source, images) {
                Some(href) => view! { <li><a href=href rel="noreferrer">{source}</a></li> }.into_any(),
                None => view! { <li><code>{source}</code></li> }.into_any(),
            }
        })
        .collect();
    (!rows.is_empty()).then(|| {
        view! { <div class="stack" data-tight><p><strong>"Sources"</strong></p><ul class="meta sources">{rows}</ul></div> }
    })
}

/// Where a source is read. Within the platform only where the circle is known.
fn address_of(source: &str, images: Images<'_>) -> Option<String> {
    match (Source::parse(source), images) {
        (Source::Url(url), _) => Some(url),
        (source, Images::Of { circle, .. }) => source.address(circle),
        (_, Images::None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use domain::question::{Level, State};

    fn question(key: Key) -> Question {
        Question {
            id: "orders-db/monitoring/lag".parse().unwrap(),
            state: State::Ready,
            level: Level::ONE,
            critical: false,
            tags: Vec::new(),
            sources: vec!["runbook:orders-db#lag".to_owned(), "https://example.org/lag".to_owned()],
            reviewed: None,
            text: "What first?".to_owned(),
            key,
            explanation: Some("Because it is **cheap**.".to_owned()),
        }
    }

    fn choice(text: &str, is_right: bool) -> Choice {
        Choice { text: text.to_owned(), is_right, feedback: None }
    }

    fn multiple() -> Question {
        question(Key::Multiple {
            choices: vec![choice("graph", true), choice("logs", true), choice("reboot", false)],
        })
    }

    /// What a reader sees: the page without its tags.
    fn words(question: &Question, order: &[u8], answer: Option<Option<&Answer>>) -> String {
        let html = Owner::new().with(|| reviewed(question, order, answer, Images::None).to_html());
        let mut words = String::new();
        let mut is_tag = false;
        for letter in html.chars() {
            match letter {
                '<' => is_tag = true,
                '>' => is_tag = false,
                _ if !is_tag => words.push(letter),
                _ => {}
            }
        }
        words
    }

    fn place_of(words: &str, part: &str) -> usize {
        words.find(part).unwrap_or_else(|| panic!("{part} is not in {words}"))
    }

    #[test]
    fn each_choice_says_what_became_of_it_in_the_order_it_was_shown() {
        // Shown: reboot, graph, logs. Ticked: reboot and graph.
        let words = words(&multiple(), &[2, 0, 1], Some(Some(&Answer::Several([0, 1].into()))));

        let places =
            ["reboot", "Chosen, not right", "graph", "Chosen, and right", "logs", "Right, not chosen"]
                .map(|part| place_of(&words, part));
        assert!(places.is_sorted(), "{words}");
        place_of(&words, "Because it is cheap.");
        place_of(&words, "runbook:orders-db#lag");
    }

    #[test]
    fn a_leader_reads_the_key_and_nothing_of_an_answer() {
        let words = words(&multiple(), &[0, 1, 2], None);

        place_of(&words, "Right");
        assert!(!words.contains("hosen") && !words.contains("answer"), "{words}");
    }

    #[test]
    fn no_answer_and_i_do_not_know_are_said_apart() {
        let order = [0, 1, 2];
        let nothing_ticked = Answer::Several(BTreeSet::new());
        let cases = [
            (None, "No answer was given."),
            (Some(&nothing_ticked), "No answer was given."),
            (Some(&Answer::DoNotKnow), "“I do not know”"),
        ];
        for (answer, part) in cases {
            place_of(&words(&multiple(), &order, Some(answer)), part);
        }
    }

    #[test]
    fn a_step_out_of_its_place_says_where_it_belongs() {
        let question =
            question(Key::Ordering { steps: ["drain", "patch", "undrain"].map(str::to_owned).into() });
        // Shown: undrain, drain, patch. Put: drain, undrain, patch.
        let words = words(&question, &[2, 0, 1], Some(Some(&Answer::Order(vec![1, 0, 2]))));

        let parts =
            ["drain", "In its place", "undrain", "Belongs at 3", "patch", "Belongs at 2", "Right order"];
        let mut from = 0;
        for part in parts {
            from += place_of(&words[from..], part) + part.len();
        }
    }

    #[test]
    fn a_pair_shows_what_was_chosen_and_what_belongs() {
        let pair = |left: &str, right: &str| Pair { left: left.to_owned(), right: right.to_owned() };
        let question = question(Key::Matching {
            headings: ("Alert".to_owned(), "Owner".to_owned()),
            pairs: vec![pair("lag", "database"), pair("5xx", "edge")],
        });
        // Shown on the right: edge, database. Chosen: database for lag, nothing for 5xx.
        let words = words(&question, &[1, 0], Some(Some(&Answer::Pairs(vec![Some(1), None]))));

        let mut from = 0;
        for part in ["Chosen", "lag", "database", "Right", "database", "5xx", "Nothing", "Not right", "edge"]
        {
            from += place_of(&words[from..], part) + part.len();
        }
    }

    #[test]
    fn a_typed_answer_stands_beside_what_is_right_and_is_never_markup() {
        let question =
            question(Key::Short { accepted: vec!["pg_promote*".to_owned()], case_sensitive: false });
        let words = words(&question, &[], Some(Some(&Answer::Typed("<b>promote".to_owned()))));

        for part in ["&lt;b&gt;promote", "Not right", "pg_promote*", "A * stands for anything."] {
            place_of(&words, part);
        }
    }

    #[test]
    fn points_are_read_with_at_most_two_digits() {
        let cases = [
            (26_667, 40_000, "2.67 of 4"),
            (0, 10_000, "0 of 1"),
            (10_000, 10_000, "1 of 1"),
            (3_333, 10_000, "0.33 of 1"),
            (6_667, 10_000, "0.67 of 1"),
            (5_000, 10_000, "0.5 of 1"),
            (500, 10_000, "0.05 of 1"),
            (0, 0, "0 of 0"),
        ];
        for (earned, possible, words) in cases {
            assert_eq!(points(Score::new(earned, possible).unwrap()), words);
        }
    }
}
