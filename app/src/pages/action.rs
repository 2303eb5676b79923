//! One corrective action: what it says, what is ticked, what comes next, and
//! what has happened.

mod effect;
mod facts;
mod history;
mod next;

use backend::actions::moving::{Moved, Step};
use backend::actions::{self, Action, Detail};
use backend::error::Problem;
use backend::{Db, Error};
use chrono::{DateTime, Utc};
use domain::action::{Move, Number, State};
use leptos::context::Provider;
use leptos::prelude::*;

use super::account::of_form;
use super::actions::words::{Mark, silence_words, state_view};
use super::sign_in::done;
use crate::components::{Breadcrumb, ErrorSummary, Icon, Notice, NoticeKind, TextArea, icon};
use crate::form::{Form, Posted, again, key_field};
use crate::markdown::{Images, blocks};

use crate::server::{Who, query_value};
use crate::shell::{InCircle, Loading, Page, Section, circle_page, path_param};

/// An action with all there is to say about it.
pub fn get() -> Loading {
    let number = path_param("action");
    let asked_move = query_value("move").and_then(|one| Move::parse(&one));
    circle_page(Section::Actions, move |here| async move {
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let number = number.parse::<Number>().map_err(|_| Error::NotFound)?;
        let detail = actions::find(db, who, circle, number, here.asked.received_at).await?;
        // A start that was asked for, here or on the board, is not made while
        // the owner has another one in progress.
        let posted_move = again().get("move").and_then(Move::parse);
        let wants = posted_move.filter(|_| !again().has_problems()).or(asked_move);
        let other = match wants {
            Some(Move::Start) => in_progress(db, who, circle, &detail, here.asked.received_at).await?,
            _ => None,
        };
        let base = format!("/circles/{circle}/actions");
        let title = format!("{} {}", detail.action.number, detail.action.title);
        let may_edit = detail.action.standing(&here.member).may_edit();
        let edit = format!("{base}/{}/edit", detail.action.number);
        let origin_opens = facts::origin_opens(&here, &detail).await;
        Ok(Page::new(
            format!("{title} – Actions"),
            view! {
                <ErrorSummary/>
                <Breadcrumb trail=vec![("Actions".to_owned(), base)]/>
                <div class="head">
                    <h1>{title}</h1>
                    {state_view(&detail.action)}
                    {may_edit.then(|| view! { <a class="btn" href=edit>"Change it"</a> })}
                </div>
                {notices(&detail, other.as_ref())}
                <div class="split">
                    {body(&here, &detail, asked_move)}
                    <aside class="stack" aria-label="Facts">{facts::facts(&here, &detail, origin_opens)}</aside>
                </div>
                {history::history(&detail, here.member.zone)}
            },
        ))
    })
}

/// Moves the action, ticks a task, or adds a comment.
pub async fn post(form: Form) -> Posted {
    let (who, circle) = (form.who()?, form.param("circle")?);
    let number: Number = form.param("action")?.parse().map_err(|_| Error::NotFound)?;
    let (db, now) = (&form.site.db, form.asked.received_at);
    let page = format!("/circles/{circle}/actions/{number}");
    match form.get("do") {
        "move" => {
            let action = Move::parse(form.get("move")).ok_or(Error::NotFound)?;
            let step = Step {
                action,
                note: form.get("note"),
                proof: form.get("proof"),
                pause: form.get("pause").parse().ok(),
                key: form.get("key"),
            };
            match actions::moving::step(db, &who, circle, number, step, now).await? {
                Moved::Done => Ok(format!("{page}?done=moved")),
                // The page asks about the other one, and keeps the comment.
                Moved::HasAnother(_) => Err(Error::Refused(Vec::<Problem>::new())),
            }
        }
        "comment" => {
            let said = (form.get("key"), form.get("comment"));
            actions::moving::comment(db, &who, circle, number, said, now).await?;
            Ok(format!("{page}?done=said"))
        }
        "tick" => {
            let place = |name: &str| form.get(name).parse().map_err(|_| Error::NotFound);
            let (revision, n) = (place("revision")?, place("task")?);
            let is_ticked = form.get("to") == "ticked";
            actions::moving::tick(db, &who, circle, number, revision, n, is_ticked, now).await?;
            Ok(format!("{page}#tasks"))
        }
        _ => Err(Error::NotFound),
    }
}

/// What the owner of an action that can be started has in progress.
async fn in_progress(
    db: &Db,
    who: &Who,
    circle: &str,
    detail: &Detail,
    now: DateTime<Utc>,
) -> backend::Result<Option<Action>> {
    let action = &detail.action;
    let (Some(owner), Some(_)) = (&action.owner, action.state.after(Move::Start)) else { return Ok(None) };
    let all = actions::of_circle(db, who, circle, now).await?.all;
    let is_it = |other: &Action| {
        other.state == State::InProgress
            && other.owner.as_ref().is_some_and(|other| other.person == owner.person)
    };
    Ok(all.into_iter().find(is_it))
}

fn notices(detail: &Detail, other: Option<&Action>) -> impl IntoView + use<> {
    let action = &detail.action;
    let silence = silence_words(action);
    let bare = action.is_done_without_proof().then(|| {
        view! {
            <Notice kind=NoticeKind::Info title="Done, without proof">
                <p>"Nothing shows yet that it is: a link, a changed document, a re-test."</p>
            </Notice>
        }
    });
    view! {
        {done(&[
            ("made", "The action is made."),
            ("changed", "The changes are saved."),
            ("moved", "The action is moved."),
            ("said", "The comment is added."),
        ])}
        {other.map(|other| next::pause_first(action, other))}
        {bare}
        {silence.map(|words| view! { <p>{Mark::Silent.with(words)}</p> })}
    }
}

fn body(here: &InCircle, detail: &Detail, asked: Option<Move>) -> impl IntoView + use<> {
    let (circle, number) = (&here.member.circle, detail.action.number);
    let path = format!("/circles/{circle}/actions/{number}");
    let done_when = (!detail.done_when.is_empty()).then(|| {
        view! {
            <section class="stack" data-tight="">
                <h2>"Done when"</h2>
                <div class="prose" inner_html=blocks(&detail.done_when, Images::None)></div>
            </section>
        }
    });
    let description = (!detail.description.is_empty())
        .then(|| view! { <div class="prose" inner_html=blocks(&detail.description, Images::None)></div> });
    let tasks = tasks(here, detail, &path);
    let effect = effect::effect(here, detail);
    // Each form takes what was typed into it, so it is made inside.
    let (here, detail, path_too) = (here.clone(), detail.clone(), path.clone());
    view! {
        <div class="stack" data-loose="">
            {description}
            {tasks}
            {done_when}
            {effect}
            <Provider value=of_form("move")>{next::next(&here, &detail, asked, &path)}</Provider>
            <Provider value=of_form("comment")>{comment_form(&path_too)}</Provider>
        </div>
    }
}

fn tasks(here: &InCircle, detail: &Detail, path: &str) -> Option<impl IntoView + use<>> {
    let may_tick = detail.action.standing(&here.member).may_edit();
    let revision = detail.action.revision;
    let n_ticked = detail.tasks.iter().filter(|task| task.is_ticked).count();
    let rows: Vec<_> = detail
        .tasks
        .iter()
        .map(|task| {
            let (symbol, word) = if task.is_ticked { (Icon::Check, "Done") } else { (Icon::Ring, "To do") };
            let (to, verb) = if task.is_ticked { ("open", "Take the tick off") } else { ("ticked", "Tick") };
            let text = task.text.clone();
            let form = may_tick.then(|| {
                view! {
                    <form method="post" action=path.to_owned()>
                        <input type="hidden" name="do" value="tick"/>
                        <input type="hidden" name="revision" value=revision.to_string()/>
                        <input type="hidden" name="task" value=task.n.to_string()/>
                        <button class="btn small" name="to" value=to>{verb}<span class="vh">{format!(" {text}")}</span></button>
                    </form>
                }
            });
            view! {
                <li>
                    <span class="task" data-ticked=task.is_ticked.then_some("")>
                        {icon(symbol)}<span><span class="vh">{word}": "</span>{task.text.clone()}</span>
                    </span>
                    {form}
                </li>
            }
        })
        .collect();
    let n = rows.len();
    (n > 0).then(|| {
        view! {
            <section class="stack" data-tight="" aria-labelledby="tasks">
                <h2 id="tasks">"Tasks "<span class="meta">{format!("{n_ticked} of {n} done")}</span></h2>
                <ul class="rows">{rows}</ul>
            </section>
        }
    })
}

fn comment_form(path: &str) -> impl IntoView + use<> {
    view! {
        <form method="post" action=path.to_owned() class="form" novalidate>
            <input type="hidden" name="do" value="comment"/>
            {key_field()}
            <TextArea name="comment" label="Comment" rows=3
                hint="What was done today, what is in the way. Markdown works. A comment cannot be changed."/>
            <button class="btn">"Add the comment"</button>
        </form>
    }
}
