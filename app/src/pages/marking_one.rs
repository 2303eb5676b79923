//! The answers of a round to one open question, to be marked one under another.
//!
//! The page is sent no name and no attempt of a taker: an answer is known by a
//! random name.

mod forms;

use backend::Error;
use backend::circles;
use backend::error::Problem;
use backend::marking::{self, Answered, Gives, How, Place, Task, ToMark, give, plan_markers};
use domain::marking::rubric::Marking;
use domain::question::{Key, RubricLine};
use leptos::prelude::*;

use self::forms::{field, gives_form, points_given};
use super::marking::agreement_words;
use super::result::questions::title;
use crate::api::marking::{MarkSaved, MarkSent, MarkedPlace};
use crate::components::{Breadcrumb, ErrorSummary, Notice, NoticeKind, Scroll, Status, StatusKind};
use crate::form::{Form, Posted, again};
use crate::islands::marking::{MarkingSetUp, SaveMarks, left_words};
use crate::markdown::{Images, blocks, inline};
use crate::reviewing::{rubric_list, sources};
use crate::server::{Asked, Site, query_value};
use crate::shell::{InCircle, Loading, Page, Section, browser_part, circle_page, path_param};

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

/// Keeps what an island sends for one answer.
pub async fn give_mark(
    site: &Site,
    asked: &Asked,
    of: MarkedPlace,
    sent: MarkSent,
) -> backend::Result<MarkSaved> {
    let (who, now) = (asked.signed_in()?, asked.received_at);
    if of.person != who.person {
        return Err(Error::SignInFirst);
    }
    let question = of.question.parse().map_err(|_| Error::NotFound)?;
    let gives = Gives {
        of: Place { round: of.round, question, version: of.version },
        alias: sent.answer,
        points: sent.points,
        comment: sent.comment,
        settles: sent.settles,
    };
    give(&site.db, &who, &of.circle, &gives, now).await?;
    let zone = circles::member(&site.db, &who, &of.circle).await?.zone;
    Ok(MarkSaved { at: now.with_timezone(&zone).format("%H:%M:%S").to_string() })
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
    let set_up = MarkingSetUp {
        of: MarkedPlace {
            person: here.who.person.clone(),
            circle: circle.clone(),
            round: to_mark.round.id.clone(),
            question: id.clone(),
            version: to_mark.version.clone(),
        },
        by_itself: to_mark.n_markers == 1,
    };
    let answers = to_mark.answers.iter().map(|answer| one_answer(&action, answer, rubric, images));
    let answers = answers.collect_view();
    Page::new(
        heading.clone(),
        view! {
            <ErrorSummary/>
            <Breadcrumb trail=trail/>
            <h1>{heading}</h1>
            {done_notice(to_mark, &marking)}
            <p class="lead" id="left" role="status" tabindex="-1">{left_words(n_mine(to_mark))}</p>
            {browser_part(&here.site)}
            <SaveMarks set_up=set_up/>
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
                    {sources(&question.sources, images)}
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
    let waits = answer.task.is_mine_to_do();
    // What stands here once it is saved from the page.
    let saved = waits.then(|| {
        view! { <p data-done="" hidden=true><Status kind=StatusKind::Ready words="Marked by you"/></p> }
    });
    view! {
        <section class="panel" id=id tabindex="-1" aria-labelledby=heading.clone() data-number=answer.number.to_string()
            data-waits=waits.then_some("")>
            <h2 id=heading.clone()>{format!("Answer {}", answer.number)}{own}</h2>
            <p data-todo=""><Status kind=kind words=state/></p>
            {saved}
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
            let comment = (!given.comment.is_empty()).then(|| given.comment.clone());
            view! {
                {rubric_list(rubric, Some(&given.points), images)}
                {comment.map(|comment| view! { <p class="lines">{comment}</p> })}
                {folded("Change what you gave", alias, "mark", form)}
            }
            .into_any()
        }
        Task::Settle { first, second } => view! {
            {compared([first, second], rubric, images)}
            {gives_form(action, answer, "settle", None, rubric, images)}
        }
        .into_any(),
        Task::Leave => ().into_any(),
        Task::Done { how: How::Decided, .. } => {
            let form = gives_form(action, answer, "mark", None, rubric, images);
            view! {
                <p class="meta">"The question was taken out. Points are kept, and count if that is taken back."</p>
                {folded("Mark it all the same", alias, "mark", form)}
            }
            .into_any()
        }
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

/// What two leaders gave, line by line, and in which lines they differ.
fn compared(both: [&(String, Marking); 2], rubric: &[RubricLine], images: Images<'_>) -> AnyView {
    let names = both.map(|(name, _)| view! { <th scope="col" class="num">{name.clone()}</th> });
    let given = |i: usize| both.map(|(_, marking)| marking.points.get(i).copied().unwrap_or_default());
    let rows: Vec<_> = rubric
        .iter()
        .enumerate()
        .map(|(i, line)| {
            let differs = given(i)[0] != given(i)[1];
            let cells = both.map(|(name, marking)| {
                let points = marking.points.get(i).copied().unwrap_or_default();
                view! { <td data-label=name.clone() class="num">{format!("{points} of {}", line.points)}</td> }
            });
            let says = if differs {
                view! { <Status kind=StatusKind::Gap words="Differs"/> }.into_any()
            } else {
                view! { <span class="meta">"Same"</span> }.into_any()
            };
            view! {
                <tr data-differs=differs.then_some("")>
                    <th scope="row" inner_html=inline(&line.text, images)></th>
                    {cells}
                    <td data-label="The two">{says}</td>
                </tr>
            }
        })
        .collect();
    let comments: Vec<_> = both
        .into_iter()
        .filter(|(_, marking)| !marking.comment.is_empty())
        .map(|(name, marking)| {
            let (name, comment) = (name.clone(), marking.comment.clone());
            view! { <div><p class="meta">{name}" to the taker"</p><p class="lines">{comment}</p></div> }
        })
        .collect();
    view! {
        <Scroll name="What two leaders gave">
            <table class="fold compared">
                <thead><tr><th scope="col">"Line of the rubric"</th>{names}<th scope="col">"The two"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </Scroll>
        {comments}
    }
    .into_any()
}

/// A form that is seldom needed; open while it is shown again with a problem.
fn folded(summary: &'static str, alias: &str, what: &str, form: AnyView) -> AnyView {
    let again = again();
    let is_open = again.get("answer") == Some(alias) && again.get("do") == Some(what);
    view! { <details open=is_open><summary>{summary}</summary>{form}</details> }.into_any()
}
