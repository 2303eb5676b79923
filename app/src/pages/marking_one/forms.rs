//! The form with which one answer is marked.

use backend::marking::Answered;
use domain::marking::rubric::Marking;
use domain::question::{RUBRIC_LIMIT, RubricLine};
use leptos::prelude::*;

use crate::components::{Icon, icon, textarea_html};
use crate::form::{Form, again};
use crate::markdown::{Images, inline};

/// The name of a field of one answer: enough of its random name to tell it from
/// the others of the page.
pub fn field(alias: &str, part: &str) -> String {
    let short: String = alias.chars().filter(char::is_ascii_alphanumeric).take(12).collect();
    format!("a{short}-{part}")
}

/// What was chosen, line by line.
pub fn points_given(form: &Form, alias: &str) -> Vec<Option<u8>> {
    (0..RUBRIC_LIMIT).map(|i| form.get(&field(alias, &format!("points-{i}"))).parse().ok()).collect()
}

/// Points for each line, a comment, and the button that saves them.
pub fn gives_form(
    action: &str,
    answer: &Answered,
    what: &'static str,
    given: Option<&Marking>,
    rubric: &[RubricLine],
    images: Images<'_>,
) -> AnyView {
    let alias = answer.alias.as_str();
    let again = again();
    let is_again = again.get("answer") == Some(alias);
    let chosen = |i: usize| match is_again {
        true => again.get(&field(alias, &format!("points-{i}"))).and_then(|typed| typed.parse().ok()),
        false => given.and_then(|given| given.points.get(i).copied()),
    };
    let comment = match is_again {
        true => again.get(&field(alias, "comment")).unwrap_or_default().to_owned(),
        false => given.map(|given| given.comment.clone()).unwrap_or_default(),
    };
    let lines: Vec<_> = rubric
        .iter()
        .enumerate()
        .map(|(i, line)| points_field(&field(alias, &format!("points-{i}")), line, chosen(i), images))
        .collect();
    let label = match (what, answer.is_own) {
        ("settle", _) => "Why these points stand (the taker reads it)",
        (_, true) => "Why you gave these points",
        _ => "Comment to the taker (optional)",
    };
    let button = if what == "settle" { "Let this mark stand" } else { "Save the mark" };
    let number = answer.number;
    let explains = (what == "settle" || answer.is_own).then_some("");
    let given = given.and_then(|given| serde_json::to_string(&(&given.points, &given.comment)).ok());
    view! {
        <form method="post" action=action.to_owned() class="stack" novalidate data-marks=alias.to_owned()
            data-what=what data-explains=explains data-given=given>
            <input type="hidden" name="answer" value=alias.to_owned()/>
            {lines}
            {comment_field(&field(alias, "comment"), label, &comment)}
            <div class="cluster">
                <button class="btn primary" name="do" value=what>
                    {button}<span class="vh">{format!(" of answer {number}")}</span>
                </button>
                <p class="meta" role="status" data-save=""></p>
            </div>
        </form>
    }
    .into_any()
}

/// From nothing to all points of a line. Nothing is chosen from the start, so
/// that no line is passed over.
fn points_field(name: &str, line: &RubricLine, chosen: Option<u8>, images: Images<'_>) -> AnyView {
    let problem = again().problem(name).map(str::to_owned);
    let error = problem.is_some().then(|| format!("{name}-error"));
    let radios = (0..=line.points).map(|points| {
        // The first bears the name that the summary of problems links to.
        let id = if points == 0 { name.to_owned() } else { format!("{name}-{points}") };
        view! {
            <label>
                <input type="radio" id=id name=name.to_owned() value=points.to_string() checked=chosen == Some(points)
                    aria-describedby=error.clone()/>
                {points.to_string()}
            </label>
        }
    });
    let radios = radios.collect_view();
    view! {
        <fieldset class="confidence">
            <legend>
                <span inner_html=inline(&line.text, images)></span>
                <span class="meta">{format!(" (of {})", line.points)}</span>
            </legend>
            {problem.map(|problem| error_line(name, problem))}
            <div class="conf">{radios}</div>
        </fieldset>
    }
    .into_any()
}

fn comment_field(name: &str, label: &'static str, value: &str) -> impl IntoView + use<> {
    let problem = again().problem(name).map(str::to_owned);
    let (error, invalid) = match problem {
        Some(_) => (Some(format!("{name}-error")), Some("true")),
        None => (None, None),
    };
    view! {
        <div class="field">
            <label for=name.to_owned()>{label}</label>
            {problem.map(|problem| error_line(name, problem))}
            <textarea id=name.to_owned() name=name.to_owned() rows="2" maxlength="2000" aria-describedby=error
                aria-invalid=invalid inner_html=textarea_html(value)></textarea>
        </div>
    }
}

fn error_line(name: &str, problem: String) -> impl IntoView + use<> {
    view! {
        <p class="field-error" id=format!("{name}-error")>
            {icon(Icon::Cross)}<span><span class="vh">"Error: "</span>{problem}</span>
        </p>
    }
}
