//! The actions as a file for a spreadsheet or a script, with the filters of the
//! page. Cells are made as those of the readiness matrix are.

use axum::Extension;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use backend::actions::{self, Action};
use chrono::{DateTime, Utc};
use domain::action::{Effect, Proposal, Side};

use super::filter::Filter;
use crate::csv::{iso, unknown_filters};
use crate::files::answer;
use crate::server::{Asked, Site};

const HEAD: [&str; 24] = [
    "number",
    "title",
    "state",
    "severity",
    "owner",
    "assign_by",
    "assigned_at",
    "done_by",
    "late_since",
    "closed_at",
    "fixes",
    "how",
    "labels",
    "tasks_done",
    "tasks",
    "proof",
    "origin",
    "made_at",
    "effect",
    "right_before_percent",
    "answers_before",
    "right_after_percent",
    "answers_after",
    "link",
];

/// Answers `/circles/{circle}/actions.csv`, for members.
pub async fn actions_csv(
    State(site): State<Site>,
    Extension(asked): Extension<Asked>,
    Path(circle): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    answer(&asked, file(&site, &asked, &circle, query.as_deref().unwrap_or_default())).await
}

async fn file(site: &Site, asked: &Asked, circle: &str, query: &str) -> backend::Result<Response> {
    let (who, now) = (asked.signed_in()?, asked.received_at);
    let all = actions::of_circle(&site.db, &who, circle, now).await?;
    let filter = Filter::read(query, &all);
    if !filter.unknown.is_empty() {
        return Ok(unknown_filters(&filter.unknown));
    }
    let base = format!("{}/circles/{circle}/actions", site.public_url);
    let rows = filter.of(&all).into_iter().map(|action| row(action, &base));
    crate::csv::file(&format!("actions-{circle}-{}", now.format("%Y-%m-%d")), &HEAD, rows)
}

fn row(action: &Action, base: &str) -> [String; 24] {
    let maybe = |at: Option<DateTime<Utc>>| at.map(iso).unwrap_or_default();
    let [before, n_before, after, n_after] = figures(action.effect);
    [
        action.number.to_string(),
        action.title.clone(),
        action.state.as_str().to_owned(),
        action.severity.level().to_string(),
        action.owner.as_ref().map(|owner| owner.name.clone()).unwrap_or_default(),
        action.assign_by.to_string(),
        maybe(action.assigned_at),
        action.done_by.to_string(),
        action.late.map(|late| late.by.to_string()).unwrap_or_default(),
        maybe(action.closed_at),
        action.fixes.as_str().to_owned(),
        action.how.as_str().to_owned(),
        action.labels.join(" "),
        action.n_ticked.to_string(),
        action.n_tasks.to_string(),
        action.proof.clone(),
        action.origin.reference.clone(),
        iso(action.made_at),
        action.proposal().map(Proposal::as_str).unwrap_or_default().to_owned(),
        before,
        n_before,
        after,
        n_after,
        format!("{base}/{}", action.number),
    ]
}

/// Right answers before and after, and of how many; empty for who does not lead.
fn figures(effect: Option<Effect>) -> [String; 4] {
    let Some(Effect { before, after }) = effect else { return Default::default() };
    let right = |side: Side| side.facility().map(|share| format!("{:.1}", share * 100.0)).unwrap_or_default();
    [right(before), before.n_answers.to_string(), right(after), after.n_answers.to_string()]
}

#[cfg(test)]
mod tests {
    use super::super::words::for_tests::action;
    use super::*;
    use crate::csv::written;

    #[test]
    fn t41_a_title_never_becomes_a_formula_and_a_parser_gives_it_back() {
        for title in ["=cmd()", "+1", "-1", "@x", "\t=1", "a;=1", "a\",\"=1", "a\r\n=1", "'=1"] {
            let text = written(&HEAD, [row(&action(1, title), "https://x")]).unwrap();

            let mut reader = csv::Reader::from_reader(text.as_slice());
            let read = reader.records().next().unwrap().unwrap();
            assert_eq!(domain::spreadsheet::text_of(&read[1]), title);
            assert!(!read[1].starts_with(['=', '+', '-', '@', '\t', '\r']), "{:?}", &read[1]);
            assert_eq!((read.len(), &read[23]), (HEAD.len(), "https://x/CA-1"));
        }
    }

    #[test]
    fn a_row_holds_what_the_page_says() {
        let row = row(&action(7, "Raise it"), "https://x");

        assert_eq!(
            row.join("|"),
            "CA-7|Raise it|open|2|Eve|2026-03-04|2026-03-02T12:00:00Z|2026-03-16|||alert|preventive||0|0|||\
             2026-03-02T12:00:00Z||||||https://x/CA-7"
        );
    }
}
