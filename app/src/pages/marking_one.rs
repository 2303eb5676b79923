//! The answers of a round to one open question, to be marked one under another.
//!
//! The page is sent no name and no attempt of a taker: an answer is known by a
//! random name.

mod forms;

use backend::Error;
use backend::error::Problem;
use backend::marking::{self, Answered, Gives, How, Place, Task, ToMark, give, plan_markers};
use domain::question::{Key, RubricLine};
use leptos::prelude::*;

use self::forms::{field, gives_form, points_given};
use super::marking::agreement_words;
use super::result::questions::title;
use crate::components::{Breadcrumb, ErrorSummary, Notice, NoticeKind, Status, StatusKind};
use crate::form::{Form, Posted, again};
use crate::markdown::{Images, blocks};
use crate::reviewing::rubric_list;
use crate::server::query_value;
use crate::shell::{InCircle, Loading, Page, Section, circle_page, path_param};

/// The answers to one version of a question.
pub fn get() -> Loading {
    let round = path_param("round");
    let id = format!("{}/{}/{}", path_param("service"), path_param("topic"), path_param("slug"));
    let version = path_param("version");
    circle_page(Section::Rounds, move |here| async move {
        let id = id.parse().map_err(|_| Error::NotFound)?;
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let to_mark = marking::to_mark(db, who, circle, &round, &id, &version).await?;
        Ok(page(&here, &to_mark))
    })
}

/// Keeps what was given to one answer and goes on to the next, or says how many
/// leaders mark each.
pub async fn post(form: Form) -> Posted {
    let (circle, round) = (form.param("circle")?, form.param("round")?);
    let id = format!("{}/{}/{}", form.param("service")?, form.param("topic")?, form.param("slug")?);
    let version = form.param("version")?;
    let here = format!("/circles/{circle}/rounds/{round}/marking/{id}/{version}");
    let (db, who, now) = (&form.site.db, form.who()?, form.asked.received_at);
    let of = Place {
        round: round.to_owned(),
        question: id.parse().map_err(|_| Error::NotFound)?,
        version: version.to_owned(),
    };
    match form.get("do") {
        markers @ ("two" | "one") => {
            plan_markers(db, &who, circle, &of, markers == "two", now).await?;
            Ok(format!("{here}?done={markers}"))
        }
        what @ ("mark" | "settle") => {
            let alias = form.get("answer").to_owned();
            let gives = Gives {
                points: points_given(&form, &alias),
                comment: form.get(&field(&alias, "comment")).to_owned(),
                settles: what == "settle",
                alias: alias.clone(),
                of: of.clone(),
            };
            give(db, &who, circle, &gives, now).await.map_err(|why| at_fields(why, &alias))?;
            let to_mark = marking::to_mark(db, &who, circle, &of.round, &of.question, version).await?;
            Ok(next(&here, &to_mark.answers, &alias))
        }
        _ => Err(Error::NotFound),
    }
}

/// Problems at the fields of the answer that was posted.
fn at_fields(why: Error, alias: &str) -> Error {
    let at = |problem: Problem| match problem.field.is_empty() {
        true => problem,
        false => Problem { field: field(alias, &problem.field), ..problem },
    };
    match why {
        Error::Refused(problems) => Error::Refused(problems.into_iter().map(at).collect()),
        why => why,
    }
}

/// The page again, at the next answer that waits for the one who marks.
fn next(here: &str, answers: &[Answered], alias: &str) -> String {
    let at = answers.iter().position(|answer| answer.alias == alias).unwrap_or(0);
    let number = answers.get(at).map_or(0, |answer| answer.number);
    let (before, after) = answers.split_at(at);
    let next = after.iter().chain(before).find(|answer| answer.task.is_mine_to_do());
    let place = next.map_or_else(String::new, |next| format!("#{}", place(&next.alias)));
    format!("{here}?done={number}{place}")
}

/// The id of an answer on the page.
fn place(alias: &str) -> String {
    field(alias, "answer")
}

fn page(here: &InCircle, to_mark: &ToMark) -> Page {
    let circle = &here.member.circle;
    let rounds = format!("/circles/{circle}/rounds");
    let round = format!("{rounds}/{}", to_mark.round.id);
    let marking = format!("{round}/marking");
    let trail = vec![
        ("Rounds".to_owned(), rounds),
        (to_mark.round.name.clone(), round),
        ("Marking".to_owned(), marking.clone()),
    ];
    let question = &to_mark.question;
    let id = question.id.to_string();
    let images = Images::Of { circle, question: &id, version: &to_mark.version };
    let rubric = match &question.key {
        Key::Open { rubric } => rubric.as_slice(),
        _ => &[],
    };
    let why = question.explanation.as_deref().map(|why| blocks(why, images));
    let heading = format!("Marking: {}", title(&question.text));
    let action = format!("{marking}/{id}/{}", to_mark.version);
    let answers = to_mark.answers.iter().map(|answer| one_answer(&action, answer, rubric, images));
    let answers = answers.collect_view();
    Page::new(
        heading.clone(),
        view! {
            <ErrorSummary/>
            <Breadcrumb trail=trail/>
            <h1>{heading}</h1>
            {done_notice(to_mark, &marking)}
            <p class="lead">{left_words(to_mark)}</p>
            <div class="split" data-aside="wide">
                <div class="stack" data-loose="">
                    <section class="panel" aria-labelledby="asked">
                        <h2 id="asked">"The question"</h2>
                        <div class="prose" inner_html=blocks(&question.text, images)></div>
                    </section>
                    {notes(to_mark)}
                    {answers}
                </div>
                <aside class="stack" aria-label="What to look for">
                    {rubric_list(rubric, None, images)}
                    {why.map(|why| view! {
                        <div class="stack" data-tight="">
                            <p><strong>"Why"</strong></p>
                            <div class="prose" inner_html=why></div>
                        </div>
                    })}
                    {markers(to_mark, &action)}
                    <p><a href=marking>"All questions to mark"</a></p>
                </aside>
            </div>
        },
    )
}

fn n_mine(to_mark: &ToMark) -> usize {
    to_mark.answers.iter().filter(|answer| answer.task.is_mine_to_do()).count()
}

fn left_words(to_mark: &ToMark) -> String {
    match n_mine(to_mark) {
        0 => "Nothing waits for you here.".to_owned(),
        1 => "1 answer waits for you.".to_owned(),
        n => format!("{n} answers wait for you."),
    }
}

fn done_notice(to_mark: &ToMark, marking: &str) -> Option<AnyView> {
    let done = query_value("done").filter(|_| !again().is_again())?;
    let title = match done.as_str() {
        "two" => "Two leaders mark each answer to this question.".to_owned(),
        "one" => "One leader marks each answer to this question.".to_owned(),
        number => {
            let number: usize = number.parse().ok()?;
            to_mark.answers.iter().find(|answer| answer.number == number)?;
            format!("What you gave answer {number} is saved.")
        }
    };
    let marking = marking.to_owned();
    let ahead = (n_mine(to_mark) == 0).then(|| view! { <p><a href=marking>"To the other questions"</a></p> });
    Some(view! { <Notice kind=NoticeKind::Done title=title>{ahead}</Notice> }.into_any())
}

/// What to know of one's own answer.
fn notes(to_mark: &ToMark) -> Option<AnyView> {
    if to_mark.leaves_out_own {
        let title = "One answer is your own, and is not shown: another leader marks it";
        return Some(view! { <Notice kind=NoticeKind::Info title=title/> }.into_any());
    }
    let has_own = to_mark.answers.iter().any(|answer| answer.is_own);
    has_own.then(|| {
        let title = "One answer is your own, and you are the only leader";
        view! {
            <Notice kind=NoticeKind::Info title=title>
                <p>"So you may mark it. Say why you gave its points; the audit trail keeps it. Better: make somebody else a leader, who marks it."</p>
            </Notice>
        }
        .into_any()
    })
}

/// How many leaders mark each answer, and how far two agree.
fn markers(to_mark: &ToMark, action: &str) -> impl IntoView + use<> {
    let two = to_mark.n_markers == 2;
    let agreement = agreement_words(to_mark.agreement).map(|words| view! { <p>{words}"."</p> });
    let words = match (two, to_mark.can_plan) {
        (true, _) => "Two leaders mark each answer, and neither sees what the other gave before both have.",
        (false, true) => {
            "One leader marks each answer. A second one can be asked for until the first is marked."
        }
        (false, false) => "One leader marks each answer.",
    };
    let (value, button) =
        if two { ("one", "One marker is enough") } else { ("two", "Ask for a second marker") };
    let may = to_mark.can_plan && (two || to_mark.n_other_leaders > 0);
    let form = may.then(|| {
        view! {
            <form method="post" action=action.to_owned()>
                <button class="btn" name="do" value=value>{button}</button>
            </form>
        }
    });
    view! {
        <div class="stack" data-tight="">
            <p><strong>"Markers"</strong></p>
            <p class="meta">{words}</p>
            {agreement}
            {form}
        </div>
    }
}

fn one_answer(action: &str, answer: &Answered, rubric: &[RubricLine], images: Images<'_>) -> AnyView {
    let id = place(&answer.alias);
    let heading = format!("{id}-heading");
    let (kind, state) = state(&answer.task);
    let own = answer.is_own.then_some(" (your own)");
    let said = answer.text.clone();
    view! {
        <section class="panel" id=id tabindex="-1" aria-labelledby=heading.clone()>
            <h2 id=heading.clone()>{format!("Answer {}", answer.number)}{own}</h2>
            <p><Status kind=kind words=state/></p>
            <blockquote class="lines">{said}</blockquote>
            {task(action, answer, rubric, images)}
        </section>
    }
    .into_any()
}

fn state(task: &Task) -> (StatusKind, &'static str) {
    match task {
        Task::Mark { given: None } => (StatusKind::Expiring, "To mark"),
        Task::Mark { given: Some(_) } => (StatusKind::Ready, "Marked by you"),
        Task::Settle { .. } => (StatusKind::Gap, "Two markings differ"),
        Task::Done { how: How::Agreed, .. } => (StatusKind::Ready, "Two leaders agree"),
        Task::Done { how: How::Settled, .. } => (StatusKind::Ready, "Settled"),
        Task::Done { how: How::Decided, .. } => (StatusKind::Ready, "Decided for the whole question"),
        Task::Done { how: How::Single, .. } => (StatusKind::Ready, "Marked"),
        Task::Done { how: How::Alone, .. } => {
            (StatusKind::Gap, "Waits for a second leader, and there is no other")
        }
        Task::Leave => (StatusKind::Unknown, "For another leader"),
    }
}

/// What can be done with an answer.
fn task(action: &str, answer: &Answered, rubric: &[RubricLine], images: Images<'_>) -> AnyView {
    let alias = answer.alias.as_str();
    match &answer.task {
        Task::Mark { given: None } => gives_form(action, answer, "mark", None, rubric, images),
        Task::Mark { given: Some(given) } => {
            let form = gives_form(action, answer, "mark", Some(given), rubric, images);
            folded("Change what you gave", alias, "mark", form)
        }
        Task::Settle { first, second } => {
            let both = [first, second].map(|(name, marking)| {
                let comment = (!marking.comment.is_empty()).then(|| marking.comment.clone());
                view! {
                    <div class="stack" data-tight="">
                        <p><strong>{name.clone()}</strong></p>
                        {rubric_list(rubric, Some(&marking.points), images)}
                        {comment.map(|comment| view! { <p class="lines">{comment}</p> })}
                    </div>
                }
            });
            view! {
                <div class="panels" data-narrow="">{both}</div>
                {gives_form(action, answer, "settle", None, rubric, images)}
            }
            .into_any()
        }
        Task::Done { how: How::Decided, .. } | Task::Leave => ().into_any(),
        Task::Done { by, points, comments, how } => {
            let change = if *how == How::Alone { "Let one marking stand" } else { "Change this mark" };
            let comments = comments.iter().map(|comment| view! { <p class="lines">{comment.clone()}</p> });
            let form = gives_form(action, answer, "settle", None, rubric, images);
            view! {
                {rubric_list(rubric, Some(points), images)}
                {comments.collect_view()}
                <p class="meta">{format!("By {}", by.join(" and "))}</p>
                {folded(change, alias, "settle", form)}
            }
            .into_any()
        }
    }
}

/// A form that is seldom needed; open while it is shown again with a problem.
fn folded(summary: &'static str, alias: &str, what: &str, form: AnyView) -> AnyView {
    let again = again();
    let is_open = again.get("answer") == Some(alias) && again.get("do") == Some(what);
    view! { <details open=is_open><summary>{summary}</summary>{form}</details> }.into_any()
}
