//! The corrective actions of a circle: as a list, as a board, and in figures.
//! The same filters, which stand in the address, hold for all three.

pub mod board;
pub mod csv;
pub mod figures;
pub mod filter;
pub mod filter_bar;
pub mod home;
pub mod table;
pub mod words;

use backend::actions::moving::{Moved, Step};
use backend::actions::{self, Actions};
use backend::{Error, circles};
use domain::action::{Move, Number};
use domain::people::Role;
use leptos::prelude::*;

use self::filter::Filter;
use self::filter_bar::filter_bar;
use super::members::listing::page_asked;
use super::sign_in::done;
use crate::components::{Empty, ErrorSummary};
use crate::filtering::set_filters;
use crate::form::{Form, Posted};
use crate::server::{asked_uri, query_value};
use crate::shell::{InCircle, Loading, Page, Section, circle_page};

/// How the actions are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    List,
    Board,
    Figures,
}

impl View {
    pub const ALL: [View; 3] = [View::List, View::Board, View::Figures];

    /// As it stands in the address; a list is what there is without.
    pub fn as_str(self) -> &'static str {
        match self {
            View::List => "",
            View::Board => "board",
            View::Figures => "figures",
        }
    }

    fn title(self) -> &'static str {
        match self {
            View::List => "List",
            View::Board => "Board",
            View::Figures => "Figures",
        }
    }

    fn asked() -> View {
        let asked = query_value("view").unwrap_or_default();
        View::ALL.into_iter().find(|view| view.as_str() == asked).unwrap_or(View::List)
    }
}

/// Every action of the circle that the address asks for.
pub fn get() -> Loading {
    let (view, page) = (View::asked(), page_asked());
    let query = asked_uri().query().unwrap_or_default().to_owned();
    circle_page(Section::Actions, move |here| async move {
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let all = actions::of_circle(db, who, circle, here.asked.received_at).await?;
        let filter = Filter::read(&query, &all);
        let path = format!("/circles/{circle}/actions");
        let shown = if all.all.is_empty() {
            none_yet(&here, circle).into_any()
        } else {
            found(&here, &all, &filter, view, page, &path).into_any()
        };
        Ok(Page::new(
            format!("Actions – {}", here.member.circle_name),
            view! {
                <ErrorSummary/>
                <div class="head">
                    <h1>"Corrective actions"</h1>
                    {ways(&here)}
                </div>
                <p class="lead">{truth(&all)}</p>
                {done(&[("moved", "The action is moved.")])}
                {shown}
            },
        ))
    })
}

/// Moves an action on the board. What has to say why, and what asks about
/// another one, leads to the page of the action.
pub async fn post(form: Form) -> Posted {
    let (who, circle) = (form.who()?, form.param("circle")?);
    let base = format!("/circles/{circle}/actions");
    let number: Number = form.get("action").parse().map_err(|_| Error::NotFound)?;
    let back = || match form.get("back") {
        back if back == base || back.starts_with(&format!("{base}?")) => back.to_owned(),
        _ => format!("{base}?view=board"),
    };
    let Some(action) = Move::parse(form.get("move")) else {
        circles::member(&form.site.db, &who, circle).await?;
        return Ok(back());
    };
    let its_page = format!("{base}/{number}?move={}#next", action.as_str());
    if action.needs_reason() {
        circles::member(&form.site.db, &who, circle).await?;
        return Ok(its_page);
    }
    let now = form.asked.received_at;
    match actions::moving::step(&form.site.db, &who, circle, number, Step::new(action), now).await? {
        Moved::Done => {
            let back = back();
            let joint = if back.contains('?') { '&' } else { '?' };
            Ok(format!("{back}{joint}done=moved"))
        }
        Moved::HasAnother(_) => Ok(its_page),
    }
}

/// "7 are not finished: 2 of them are late, and 1 has no owner."
fn truth(all: &Actions) -> String {
    let unfinished: Vec<_> = all.all.iter().filter(|action| action.state.is_unfinished()).collect();
    let n_late = unfinished.iter().filter(|action| action.late.is_some()).count();
    let n_unowned = unfinished.iter().filter(|action| !action.is_owned()).count();
    let late = match n_late {
        0 => "none is late".to_owned(),
        1 => "1 is late".to_owned(),
        n => format!("{n} are late"),
    };
    let unowned = match n_unowned {
        0 => String::new(),
        1 => ", 1 has no owner".to_owned(),
        n => format!(", {n} have no owner"),
    };
    match unfinished.len() {
        0 => "Nothing is left to do.".to_owned(),
        1 => format!("1 is not finished: {late}{unowned}."),
        n => format!("{n} are not finished: {late}{unowned}."),
    }
}

/// Where one goes from here.
fn ways(here: &InCircle) -> impl IntoView + use<> {
    let base = format!("/circles/{}", here.member.circle);
    let works = here.member.role != Role::Reader;
    let leads = here.member.role == Role::Leader;
    view! {
        <div class="cluster">
            {works.then(|| view! { <a class="btn" href=format!("{base}/actions?owner=me&state=unfinished")>"My actions"</a> })}
            <a class="btn" href=format!("{base}/stand-up")>"Stand-up"</a>
            <a class="btn" href=format!("{base}/reviews")>"Reviews"</a>
            <a class="btn" href=format!("{base}/postmortems")>"Postmortems"</a>
            <a class="btn" href=format!("{base}/calendar")>"Calendar"</a>
            {leads.then(|| view! { <a class="btn" href=format!("{base}/action-days")>"Days by severity"</a> })}
            {works.then(|| view! { <a class="btn primary" href=format!("{base}/make-action")>"Make an action"</a> })}
        </div>
    }
}

fn none_yet(here: &InCircle, circle: &str) -> impl IntoView + use<> {
    let make = format!("/circles/{circle}/make-action");
    let works = here.member.role != Role::Reader;
    view! {
        <Empty
            title="No actions yet"
            text="An action puts a question, a document, an alert or a process right. It has an owner, two dates and an effect."
        >
            {works.then(|| view! { <a class="btn" href=make>"Make the first one"</a> })}
        </Empty>
    }
}

fn found(
    here: &InCircle,
    all: &Actions,
    filter: &Filter,
    view: View,
    page: u32,
    path: &str,
) -> impl IntoView + use<> {
    let rows = filter.of(all);
    let set = filter.set(all);
    let base = filter.address(path, view);
    let shown = if rows.is_empty() {
        nothing(&set, view, path).into_any()
    } else {
        match view {
            View::List => table::table(all, &rows, page, &base),
            View::Board => board::board(&here.member, all, &rows, &base, &filter.address(path, View::List)),
            View::Figures => figures::figures(all, &rows),
        }
    };
    let csv = filter.address(&format!("{path}.csv"), View::List);
    let everything = Filter::default().address(path, view);
    let set = set.into_iter().map(|(words, without)| (words, without.address(path, view))).collect();
    view! {
        {filter_bar(path, all, filter, view)}
        {set_filters(set, everything, &filter.unknown)}
        {tabs(path, filter, view)}
        {shown}
        <p class="meta no-print"><a href=csv>"These actions as CSV"</a></p>
    }
}

fn tabs(path: &str, filter: &Filter, current: View) -> impl IntoView + use<> {
    let tab = |view: View| {
        let href = filter.address(path, view);
        view! { <li><a href=href aria-current=(view == current).then_some("page")>{view.title()}</a></li> }
    };
    view! { <nav class="tabs" aria-label="Views"><ul>{View::ALL.map(tab).collect_view()}</ul></nav> }
}

fn nothing(set: &[(String, Filter)], view: View, path: &str) -> impl IntoView + use<> {
    let words: Vec<&str> = set.iter().map(|(words, _)| words.as_str()).collect();
    let title = format!("Nothing matches {}", words.join(", "));
    let everything = Filter::default().address(path, view);
    view! {
        <Empty title=title text="The circle has actions; these filters show none of them.">
            <a class="btn" href=everything>"Clear the filters"</a>
        </Empty>
    }
}
