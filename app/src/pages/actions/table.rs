//! The actions as a table, grouped by how far they are.

use backend::actions::{Action, Actions};
use domain::action::Stage;
use leptos::prelude::*;

use super::words::{assign_view, done_view, labels_view, owner_view, path_of, state_view};
use crate::components::pager::page_of;
use crate::components::{Pager, Scroll, Severity};

const PER_PAGE: u32 = 50;

/// One page of them.
pub fn table(all: &Actions, rows: &[&Action], page: u32, base: &str) -> AnyView {
    let n_rows = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let (page, on_page) = page_of(rows.to_vec(), page, PER_PAGE);
    let shown = u32::try_from(on_page.len()).unwrap_or(u32::MAX);
    let groups = Stage::ALL.iter().map(|&stage| {
        let n_all = rows.iter().filter(|action| action.state.stage() == stage).count();
        let of_stage: Vec<&Action> =
            on_page.iter().filter(|action| action.state.stage() == stage).copied().collect();
        (!of_stage.is_empty()).then(|| group(all, stage, n_all, &of_stage))
    });
    let groups = groups.collect_view();
    view! {
        <Scroll name="Corrective actions">
            <table class="fold actions">
                <caption class="vh">"Corrective actions"</caption>
                <thead>
                    <tr>
                        <th scope="col">"What"</th>
                        <th scope="col">"State"</th>
                        <th scope="col">"Severity"</th>
                        <th scope="col">"Owner"</th>
                        <th scope="col">"Assign by"</th>
                        <th scope="col">"Done by"</th>
                        <th scope="col">"Tasks"</th>
                    </tr>
                </thead>
                {groups}
            </table>
        </Scroll>
        {(n_rows > PER_PAGE).then(|| view! {
            <Pager page=page per_page=PER_PAGE shown=shown total=u64::from(n_rows) base=base.to_owned()/>
        })}
    }
    .into_any()
}

fn group(all: &Actions, stage: Stage, n_all: usize, rows: &[&Action]) -> impl IntoView + use<> {
    let rows: Vec<_> = rows.iter().map(|action| row(all, action)).collect();
    view! {
        <tbody>
            <tr class="group"><th scope="rowgroup" colspan="7">{format!("{} ({n_all})", stage.title())}</th></tr>
            {rows}
        </tbody>
    }
}

fn row(all: &Actions, action: &Action) -> impl IntoView + use<> {
    let circle = &all.member.circle;
    let tasks = (action.n_tasks > 0).then(|| format!("{} of {}", action.n_ticked, action.n_tasks));
    view! {
        <tr>
            <th scope="row">
                <a href=path_of(circle, action.number)>
                    <span class="nowrap">{action.number.to_string()}</span>" "{action.title.clone()}
                </a>
                {labels_view(action, circle)}
            </th>
            <td data-label="State">{state_view(action)}</td>
            <td data-label="Severity"><Severity level=action.severity.level()/></td>
            <td data-label="Owner">{owner_view(action)}</td>
            <td data-label="Assign by">{assign_view(action, all.today)}</td>
            <td data-label="Done by">{done_view(action, all.today)}</td>
            <td data-label="Tasks" class="nowrap">{tasks}</td>
        </tr>
    }
}
