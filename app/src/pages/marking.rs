//! What leaders have to mark in a round, question by question.

use backend::marking::{self, Agreement, Queue, Queued};
use leptos::prelude::*;

use super::result::questions::title;
use crate::components::{Breadcrumb, Empty, Notice, NoticeKind, Scroll, Status, StatusKind};
use crate::shell::{InCircle, Loading, Page, Section, circle_page, path_param};

/// The open questions of a round, and how far each is marked.
pub fn get() -> Loading {
    let round = path_param("round");
    circle_page(Section::Rounds, move |here| async move {
        let queue = marking::queue(&here.site.db, &here.who, &here.member.circle, &round).await?;
        Ok(page(&here, &queue))
    })
}

fn page(here: &InCircle, queue: &Queue) -> Page {
    let rounds = format!("/circles/{}/rounds", here.member.circle);
    let round = format!("{rounds}/{}", queue.round.id);
    let trail = vec![("Rounds".to_owned(), rounds), (queue.round.name.clone(), round.clone())];
    let heading = format!("Marking {}", queue.round.name);
    let content = if queue.questions.is_empty() {
        view! {
            <Empty title="Nothing to mark" text="Nobody has handed in an answer to an open question in this round.">
                <a class="btn" href=round>"Back to the round"</a>
            </Empty>
        }
        .into_any()
    } else {
        let rows = queue.questions.iter().map(|one| row(&round, one)).collect_view();
        view! {
            {all_done(queue).then(|| view! {
                <Notice kind=NoticeKind::Done title="Every answer handed in so far is marked">
                    <p>"Results are ready once the round is closed and nobody is sitting."</p>
                </Notice>
            })}
            <p class="lead">{left_words(queue.n_left())}</p>
            <p class="meta">"Answers are shown without names, in an order that tells nothing."</p>
            <Scroll name="Questions to mark">
                <table class="fold">
                    <thead><tr>
                        <th scope="col">"Question"</th>
                        <th scope="col">"State"</th>
                        <th scope="col" class="num">"Marked"</th>
                        <th scope="col" class="num">"For you"</th>
                        <th scope="col">"Markers"</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </Scroll>
        }
        .into_any()
    };
    Page::new(heading.clone(), view! { <Breadcrumb trail=trail/><h1>{heading}</h1>{content} })
}

fn all_done(queue: &Queue) -> bool {
    queue.n_left() == 0
}

/// "3 answers have no mark yet."
fn left_words(n: usize) -> String {
    match n {
        0 => "No answer waits for a mark.".to_owned(),
        1 => "1 answer has no mark yet.".to_owned(),
        n => format!("{n} answers have no mark yet."),
    }
}

fn row(round: &str, one: &Queued) -> impl IntoView + use<> {
    let href = format!("{round}/marking/{}/{}", one.id, one.version);
    let (kind, words) = state(one);
    let markers = match (one.n_markers, agreement_words(one.agreement)) {
        (_, Some(agreement)) => agreement,
        (1, None) => "One".to_owned(),
        (_, None) => "Two".to_owned(),
    };
    view! {
        <tr>
            <th scope="row">
                <a class="cover" href=href>{title(&one.question.text)}</a>
                " "
                <span class="meta">{one.id.to_string()}</span>
            </th>
            <td data-label="State"><Status kind=kind words=words/></td>
            <td data-label="Marked" class="num">{format!("{} of {}", one.n_marked, one.n_answers)}</td>
            <td data-label="For you" class="num">{one.n_for_me.to_string()}</td>
            <td data-label="Markers">{markers}</td>
        </tr>
    }
}

fn state(one: &Queued) -> (StatusKind, String) {
    match (one.n_answers - one.n_marked, one.n_differing) {
        (_, 1) => (StatusKind::Gap, "1 answer differs".to_owned()),
        (_, n) if n > 0 => (StatusKind::Gap, format!("{n} answers differ")),
        (0, _) => (StatusKind::Ready, "Marked".to_owned()),
        (n, _) => (StatusKind::Expiring, format!("{n} to mark")),
    }
}

/// How far two markers agree: "11 of 12 lines the same (91 %), 1 of 4 answers differs".
pub fn agreement_words(agreement: Agreement) -> Option<String> {
    let Agreement { n_answers, n_differing, n_lines, n_equal_lines } = agreement;
    if n_answers == 0 || n_lines == 0 {
        return None;
    }
    let differ = if n_differing == 1 { "differs" } else { "differ" };
    Some(format!(
        "Two: {n_equal_lines} of {n_lines} lines the same ({} %); {n_differing} of {n_answers} answers {differ}",
        n_equal_lines * 100 / n_lines
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_two_markers_agree_is_told_in_lines_and_answers_and_never_rounded_up() {
        let agreement = Agreement { n_answers: 4, n_differing: 1, n_lines: 12, n_equal_lines: 11 };

        assert_eq!(
            agreement_words(agreement).as_deref(),
            Some("Two: 11 of 12 lines the same (91 %); 1 of 4 answers differs")
        );
        assert_eq!(agreement_words(Agreement::default()), None);
    }
}
