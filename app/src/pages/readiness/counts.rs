//! How many are ready, without names.

use backend::readiness::{Counts, GROUP_FLOOR};
use domain::question::Topic;
use leptos::prelude::*;

/// How many are ready, without names, or why that is not said.
pub fn counted(counts: &Counts) -> AnyView {
    let Some(ready) = &counts.ready else {
        return view! {
            <section class="stack" data-tight>
                <h2>"How many are ready"</h2>
                <p>{too_few_words(counts.n_engineers)}</p>
            </section>
        }
        .into_any();
    };
    let rows: Vec<_> = counts
        .services
        .iter()
        .zip(ready)
        .map(|((_, name), ready)| counts_row(name, ready, counts.n_engineers))
        .collect();
    let topics = Topic::ALL.map(|topic| view! { <th scope="col">{topic.title()}</th> }).collect_view();
    view! {
        <section class="stack" aria-labelledby="counts">
            <h2 id="counts">{format!("How many of {} are ready", counts.n_engineers)}</h2>
            <table class="fold">
                <caption class="vh">"For each service and topic, how many are ready today"</caption>
                <thead><tr><th scope="col">"Service"</th>{topics}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
    .into_any()
}

fn counts_row(name: &str, ready: &[usize; 4], n_engineers: usize) -> impl IntoView + use<> {
    let cells: Vec<_> = Topic::ALL
        .into_iter()
        .zip(ready)
        .map(|(topic, n)| view! { <td data-label=topic.title()>{format!("{n} of {n_engineers}")}</td> })
        .collect();
    view! { <tr><th scope="row">{name.to_owned()}</th>{cells}</tr> }
}

fn too_few_words(n_engineers: usize) -> String {
    let people = match n_engineers {
        0 => "Nobody here sits tests yet".to_owned(),
        1 => "1 person here sits tests".to_owned(),
        n => format!("{n} people here sit tests"),
    };
    format!("{people}. Counts show from {GROUP_FLOOR} people on, so that nobody can be picked out of them.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_group_is_told_why_it_is_not_counted() {
        let cases = [(0, "Nobody here sits tests yet."), (1, "1 person here"), (4, "4 people here")];
        for (n_engineers, beginning) in cases {
            assert!(too_few_words(n_engineers).starts_with(beginning), "{}", too_few_words(n_engineers));
        }
    }
}
