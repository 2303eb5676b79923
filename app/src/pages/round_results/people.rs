//! Who is how far, and who got what: by name, and never by score.

use backend::results::{Person, Progress, Stand};
use leptos::prelude::*;

use crate::components::{Fact, Facts, Scroll, Status, StatusKind};
use crate::reviewing::points;

/// How many are how far.
pub fn progress(progress: Progress) -> impl IntoView {
    let Progress { n_people, n_not_started, n_sitting, n_taken, n_waiting } = progress;
    view! {
        <Facts>
            <Fact name="In the round">{n_people}</Fact>
            <Fact name="Taken">{n_taken}</Fact>
            <Fact name="Waiting to be marked">{n_waiting}</Fact>
            <Fact name="Sitting now">{n_sitting}</Fact>
            <Fact name="Not started">{n_not_started}</Fact>
        </Facts>
    }
}

/// The people of the round, by name.
pub fn people(people: Vec<Person>) -> impl IntoView {
    let rows: Vec<_> = people.into_iter().map(row).collect();
    view! {
        <section class="stack" data-tight="" aria-labelledby="people">
            <h2 id="people">"People, by name"</h2>
            <p class="meta">"What stands here is seen by the leaders of the circle, and of each person by that person."</p>
            <Scroll name="Table of people">
                <table class="fold">
                    <thead><tr>
                        <th scope="col">"Name"</th>
                        <th scope="col">"Result"</th>
                        <th scope="col" class="num">"Score"</th>
                        <th scope="col" class="num">"Attempts"</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </Scroll>
        </section>
    }
}

fn row(person: Person) -> impl IntoView {
    let score = match &person.stand {
        Stand::Marked { result: Some((_, score)), .. } => Some(points(*score)),
        _ => None,
    };
    view! {
        <tr>
            <th scope="row">{person.name.clone()}</th>
            <td data-label="Result">{result(&person)}</td>
            <td data-label="Score" class="num">{score}</td>
            <td data-label="Attempts" class="num">{person.n_attempts}</td>
        </tr>
    }
}

fn result(person: &Person) -> AnyView {
    let (attempt, kind, words) = match &person.stand {
        Stand::NotStarted => return "Not started".into_any(),
        Stand::Sitting => return "Sitting".into_any(),
        Stand::Waiting { attempt } => (attempt, StatusKind::Unknown, "Waits to be marked"),
        Stand::Marked { attempt, result: None } => (attempt, StatusKind::Unknown, "Shows later"),
        Stand::Marked { attempt, result: Some((true, _)) } => (attempt, StatusKind::Ready, "Passed"),
        Stand::Marked { attempt, result: Some((false, _)) } => (attempt, StatusKind::Gap, "Not passed yet"),
    };
    view! {
        <a href=format!("/attempts/{attempt}/result")>
            <Status kind=kind words=words/>
            <span class="vh">{format!(", the result of {}", person.name)}</span>
        </a>
    }
    .into_any()
}
