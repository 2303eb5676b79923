//! The inputs of one question: the same in the runner and in a preview.
//!
//! Everything works as a plain form; [`crate::entry`] reads it.

use domain::answer::{Answer, Confidence, OPEN_LIMIT};
use domain::question::{Ask, Prompt};
use leptos::prelude::*;

use crate::components::textarea_html;
use crate::entry::{self, DO_NOT_KNOW, Entry, field};
use crate::markdown::{self, Images};

/// The inputs of question `n`, filled with the answer given so far. Prompt and
/// inputs stand in one group that a screen reader announces.
pub fn question_inputs(n: u16, prompt: &Prompt, answer: Option<&Answer>, images: Images<'_>) -> AnyView {
    let inline = |text: &str| markdown::inline(text, images);
    match &prompt.ask {
        Ask::Single { choices } => single(n, choices.iter().map(|choice| inline(choice)).collect(), answer),
        Ask::Multiple { choices } => {
            multiple(n, choices.iter().map(|choice| inline(choice)).collect(), answer)
        }
        Ask::Ordering { steps } => ordering(n, steps.iter().map(|step| inline(step)).collect(), answer),
        Ask::Matching { headings, left, right } => {
            let sides = right.iter().map(|side| markdown::plain(side)).collect();
            let left = left.iter().map(|side| (inline(side), markdown::plain(side))).collect();
            matching(n, (inline(&headings.0), inline(&headings.1)), left, sides, answer)
        }
        Ask::Numeric { unit } => typed(n, true, unit.clone(), answer),
        Ask::Short => typed(n, false, None, answer),
        Ask::Open => open(n, answer),
    }
}

/// Reads the answer to question `n` from the fields of a form.
pub fn read_answer(n: u16, ask: &Ask, fields: &[(String, String)]) -> Option<Answer> {
    entry::read(n, ask.kind(), ask.n_places(), fields).answer
}

/// What a person is asked to do, for the legend.
pub fn instruction(ask: &Ask) -> &'static str {
    match ask {
        Ask::Single { .. } => "Choose one answer",
        Ask::Multiple { .. } => "Choose all that are right",
        Ask::Ordering { .. } => "Put the steps in order, first at the top",
        Ask::Matching { .. } => "Choose the match for each row",
        Ask::Numeric { .. } => "Enter a number",
        Ask::Short => "Enter a short answer",
        Ask::Open => "Answer in your own words",
    }
}

fn single(n: u16, choices: Vec<String>, answer: Option<&Answer>) -> AnyView {
    let chosen = match answer {
        Some(Answer::One(place)) => Some(*place),
        _ => None,
    };
    let unknown = answer == Some(&Answer::DoNotKnow);
    view! {
        {(0u8..)
            .zip(choices)
            .map(|(place, text)| {
                view! {
                    <label class="choice">
                        <input type="radio" name=field(n, "one") value=place.to_string() checked=chosen == Some(place)/>
                        <span class="prose" inner_html=text></span>
                    </label>
                }
            })
            .collect_view()}
        <p class="or">"or"</p>
        <label class="choice">
            <input type="radio" name=field(n, "one") value=DO_NOT_KNOW checked=unknown/>
            <span>"I do not know"</span>
        </label>
    }
    .into_any()
}

fn multiple(n: u16, choices: Vec<String>, answer: Option<&Answer>) -> AnyView {
    let is_ticked = |place: u8| matches!(answer, Some(Answer::Several(places)) if places.contains(&place));
    view! {
        {(0u8..)
            .zip(choices)
            .map(|(place, text)| {
                view! {
                    <label class="choice">
                        <input type="checkbox" name=field(n, "some") value=place.to_string() checked=is_ticked(place)/>
                        <span class="prose" inner_html=text></span>
                    </label>
                }
            })
            .collect_view()}
        {do_not_know(n, answer)}
    }
    .into_any()
}

fn ordering(n: u16, steps: Vec<String>, answer: Option<&Answer>) -> AnyView {
    let order: Vec<u8> = match answer {
        Some(Answer::Order(places)) if places.len() == steps.len() => places.clone(),
        _ => (0u8..).take(steps.len()).collect(),
    };
    let n_steps = steps.len();
    let as_text = order.iter().map(u8::to_string).collect::<Vec<_>>().join(",");
    view! {
        <input type="hidden" name=field(n, "order") value=as_text/>
        <ol class="steps" data-steps="">
            {order
                .iter()
                .enumerate()
                .map(|(at, &step)| one_step(n, step, at, n_steps, steps[usize::from(step)].clone()))
                .collect_view()}
        </ol>
        <p class="hint">"Move at least one step: as first shown it counts as not answered."</p>
        {do_not_know(n, answer)}
    }
    .into_any()
}

fn one_step(n: u16, step: u8, at: usize, n_steps: usize, text: String) -> impl IntoView {
    let id = format!("q{n}-step-{step}");
    view! {
        <li class="step" data-step=step.to_string()>
            <span class="prose" id=id.clone() inner_html=text></span>
            <span class="cluster" data-tight="">
                <label>
                    <span class="vh">"Position of this step"</span>
                    <select name=field(n, &format!("position-{step}")) aria-describedby=id.clone()>
                        {(1..=n_steps)
                            .map(|position| {
                                view! {
                                    <option value=position.to_string() selected=position == at + 1>
                                        {position.to_string()}
                                    </option>
                                }
                            })
                            .collect_view()}
                    </select>
                </label>
                <button class="btn small" name="move" value=format!("{n}:up:{step}") aria-describedby=id.clone()>
                    "↑"<span class="vh">" Move up"</span>
                </button>
                <button class="btn small" name="move" value=format!("{n}:down:{step}") aria-describedby=id>
                    "↓"<span class="vh">" Move down"</span>
                </button>
            </span>
        </li>
    }
}

fn matching(
    n: u16,
    headings: (String, String),
    left: Vec<(String, String)>,
    right: Vec<String>,
    answer: Option<&Answer>,
) -> AnyView {
    let chosen = |i: usize| match answer {
        Some(Answer::Pairs(places)) => places.get(i).copied().flatten(),
        _ => None,
    };
    view! {
        <ol class="letters">
            {right.iter().map(|side| view! { <li>{side.clone()}</li> }).collect_view()}
        </ol>
        <table class="pairs">
            <thead>
                <tr><th scope="col" inner_html=headings.0></th><th scope="col" inner_html=headings.1></th></tr>
            </thead>
            <tbody>
                {left
                    .into_iter()
                    .enumerate()
                    .map(|(i, (text, plain))| {
                        view! {
                            <tr>
                                <th scope="row" class="prose" inner_html=text></th>
                                <td>{one_match(n, i, &plain, &right, chosen(i))}</td>
                            </tr>
                        }
                    })
                    .collect_view()}
            </tbody>
        </table>
        {do_not_know(n, answer)}
    }
    .into_any()
}

fn one_match(n: u16, i: usize, left: &str, right: &[String], chosen: Option<u8>) -> impl IntoView + use<> {
    let options = (0u8..)
        .zip(right)
        .map(|(place, text)| {
            let words = format!("{}: {text}", char::from(b'A' + place));
            view! { <option value=place.to_string() selected=chosen == Some(place)>{words}</option> }
        })
        .collect_view();
    view! {
        <select name=field(n, &format!("pair-{i}")) aria-label=format!("Match for {left}")>
            <option value="">"Choose…"</option>
            {options}
        </select>
    }
}

fn typed(n: u16, is_number: bool, unit: Option<String>, answer: Option<&Answer>) -> AnyView {
    let text = match answer {
        Some(Answer::Typed(text)) => text.clone(),
        _ => String::new(),
    };
    let label = if is_number { "Your number" } else { "Your answer" };
    view! {
        <label class="typed">
            <span>{label}</span>
            <span class="cluster" data-tight="">
                <input
                    type="text"
                    name=field(n, "text")
                    value=text
                    inputmode=is_number.then_some("decimal")
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    maxlength="4000"
                />
                {unit.map(|unit| view! { <span class="unit">{unit}</span> })}
            </span>
        </label>
        {do_not_know(n, answer)}
    }
    .into_any()
}

/// A text in the taker's own words; a leader marks it.
fn open(n: u16, answer: Option<&Answer>) -> AnyView {
    let text = match answer {
        Some(Answer::Typed(text)) => text.as_str(),
        _ => "",
    };
    let hint = format!("q{n}-text-hint");
    view! {
        <label class="typed">
            <span>"Your answer"</span>
            <textarea
                name=field(n, "text")
                rows="8"
                maxlength=OPEN_LIMIT.to_string()
                aria-describedby=hint.clone()
                inner_html=textarea_html(text)
            ></textarea>
        </label>
        <p class="hint" id=hint>"A leader marks it against a rubric, without your name. Up to 10,000 characters."</p>
        {do_not_know(n, answer)}
    }
    .into_any()
}

fn do_not_know(n: u16, answer: Option<&Answer>) -> impl IntoView + use<> {
    let unknown = answer == Some(&Answer::DoNotKnow);
    view! {
        <p class="or">"or"</p>
        <label class="choice">
            <input type="checkbox" name=field(n, "unknown") checked=unknown/>
            <span>"I do not know"</span>
        </label>
    }
}

/// How sure the taker is, and the flag to come back.
pub fn confidence_inputs(n: u16, entry: &Entry) -> impl IntoView + use<> {
    let chosen = entry.confidence;
    view! {
        <fieldset class="confidence">
            <legend>"How sure are you?"</legend>
            <div class="conf">
                {Confidence::ALL
                    .map(|confidence| {
                        view! {
                            <label>
                                <input
                                    type="radio"
                                    name=field(n, "confidence")
                                    value=confidence.as_str()
                                    checked=chosen == Some(confidence)
                                />
                                {confidence.title()}
                            </label>
                        }
                    })
                    .collect_view()}
            </div>
        </fieldset>
        <label class="cluster" data-tight="">
            <input type="checkbox" name=field(n, "mark") checked=entry.for_review/>
            "Mark for review"
        </label>
    }
}
