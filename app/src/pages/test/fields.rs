//! The fields of the editor of a test.

use std::collections::HashMap;

use backend::services::Service;
use domain::blueprint::Outlook;
use domain::question::{Level, Topic};
use leptos::prelude::*;

use super::bank::{Prospect, prospect, service_name};
use super::draft::{Draft, DraftRow, cut_field};
use crate::components::{CheckboxField, Icon, Pick, SelectField, TextField, icon, picks};
use crate::form::again;

/// What the test asks, row by row; `outlooks` by the keys of those rows that are whole.
pub fn blueprint_fields(
    draft: &Draft,
    services: &[Service],
    outlooks: &HashMap<u32, Outlook>,
) -> impl IntoView + use<> {
    let rows =
        (1..).zip(&draft.rows).map(|(nth, row)| row_fields(nth, row, services, outlooks.get(&row.key)));
    let problem = again().problem("rows").map(|problem| {
        view! {
            <p class="field-error" id="rows-error">
                {icon(Icon::Cross)}<span><span class="vh">"Error: "</span>{problem.to_owned()}</span>
            </p>
        }
    });
    view! {
        <section class="stack" id="rows" tabindex="-1" aria-labelledby="rows-heading">
            <h2 id="rows-heading">"What it asks"</h2>
            {problem}
            {rows.collect_view()}
            <button class="btn" name="do" value="add-row" formaction="#rows">"Add a row"</button>
        </section>
    }
}

fn row_fields(
    nth: u32,
    row: &DraftRow,
    services: &[Service],
    outlook: Option<&Outlook>,
) -> impl IntoView + use<> {
    let mut service_picks = vec![Pick::new("", "Choose a service")];
    service_picks
        .extend(services.iter().map(|service| Pick::new(service.slug.clone(), service.name.clone())));
    let topic_picks = picks(Topic::ALL.map(|topic| (topic.as_str(), topic.title())));
    let mut level_picks = vec![Pick::new("", "Any")];
    level_picks.extend(picks(Level::ALL.map(|level| (level.get().to_string(), level.get().to_string()))));
    let outlook = row.whole().zip(outlook).map(|(row, outlook)| shown(&prospect(row.n_questions, outlook)));
    view! {
        <fieldset class="panel">
            <legend class="vh">{format!("Row {nth}")}</legend>
            <div class="filter">
                <SelectField name=row.field("service") label="Service" picks=service_picks value=row.service.clone()/>
                <SelectField name=row.field("topic") label="Topic" picks=topic_picks value=row.topic.clone()/>
                <SelectField name=row.field("level") label="Level" picks=level_picks value=row.level.clone()/>
                <TextField name=row.field("n") label="Questions" inputmode="numeric" width="short" value=row.n.clone()/>
                <button class="btn" name="do" value=format!("remove-{}", row.key) formaction="#rows">
                    "Remove"<span class="vh">{format!(" row {nth}")}</span>
                </button>
            </div>
            {outlook}
        </fieldset>
    }
}

/// What the bank has for a row; what to mind has a sign of its own.
fn shown(prospect: &Prospect) -> impl IntoView + use<> {
    let sign = match prospect {
        Prospect::Fine(_) => None,
        Prospect::NothingNew(_) => Some(icon(Icon::Warning).into_any()),
        Prospect::Short(_) => Some(icon(Icon::Cross).into_any()),
    };
    let class = if matches!(prospect, Prospect::Short(_)) { "field-error" } else { "meta" };
    let (Prospect::Fine(words) | Prospect::NothingNew(words) | Prospect::Short(words)) = prospect;
    view! { <p class=class>{sign}" "{words.clone()}</p> }
}

/// The time limit and the rules of a pass.
pub fn rule_fields(draft: &Draft, services: &[Service]) -> impl IntoView + use<> {
    view! {
        <section class="form">
            <h2>"How it is taken"</h2>
            <TextField name="limit" label="Time limit" unit="min" inputmode="numeric" width="short"
                hint="Empty: no limit but the close of the round" value=draft.limit.clone()/>
            <CheckboxField name="open_book" label="Open book" checked=draft.open_book
                hint="Takers may look things up; the start page says so"/>
            <CheckboxField name="asks_open" label="May ask open questions" checked=draft.asks_open
                hint="Answers in their own words; leaders have to mark them before results are ready"/>
        </section>
        <section class="form">
            <h2>"What a pass needs"</h2>
            <TextField name="cut" label="Cut of the whole test" unit="%" inputmode="numeric" width="short"
                hint="Reached at this per cent or above" value=draft.cut.clone()/>
            <TextField name="topic_cut" label="Cut of each service and topic" unit="%" inputmode="numeric" width="short"
                hint="Where it has no cut of its own" value=draft.topic_cut.clone()/>
            {own_cuts(draft, services)}
            <CheckboxField name="critical" label="Critical questions must be right" checked=draft.critical
                hint="Every critical question that was drawn needs full marks"/>
            <CheckboxField name="all_or_nothing" label="All or nothing" checked=draft.all_or_nothing
                hint="Multiple choice, ordering and matching earn full marks or none"/>
            <TextField name="counts_for" label="A pass counts for" unit="days" inputmode="numeric" width="short"
                value=draft.counts_for.clone()/>
        </section>
    }
}

/// A field for each service and topic that the rows ask.
fn own_cuts(draft: &Draft, services: &[Service]) -> impl IntoView + use<> {
    let topics = draft.topics();
    if topics.is_empty() {
        let text = "Cuts of single topics can be set here once a row asks for them.";
        return view! { <p class="hint">{text}</p> }.into_any();
    }
    let is_open = topics.iter().any(|(service, topic)| !draft.cut_of(service, *topic).is_empty());
    let fields = topics.into_iter().map(|(service, topic)| {
        let label = format!("{}, {}", service_name(services, &service), topic.title());
        let value = draft.cut_of(&service, topic).to_owned();
        view! {
            <TextField name=cut_field(&service, topic) label=label unit="%" inputmode="numeric" width="short" value=value/>
        }
    });
    view! {
        <details class="panel" open=is_open>
            <summary>"Own cuts of single topics"</summary>
            <div class="stack">
                <p class="hint">"Empty: the cut of each service and topic above"</p>
                {fields.collect_view()}
            </div>
        </details>
    }
    .into_any()
}
