//! How many are ready, without names.

use backend::readiness::{Counts, GROUP_FLOOR};
use domain::question::Topic;
use leptos::prelude::*;

use crate::pages::result::words::listed;

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
            <p class="meta">
                "Somebody is ready for a topic when their newest attempt at it held, and still counts today."
            </p>
        </section>
    }
    .into_any()
}

/// How ready everybody is, in a sentence: "From 4 to 10 of 12 people are ready,
/// depending on the topic. Fewest: Kubernetes platform."
pub fn counts_sentence(counts: &Counts) -> String {
    let n_engineers = counts.n_engineers;
    let Some(ready) = counts.ready.as_ref() else {
        return "How many are ready shows here, without names.".to_owned();
    };
    let (Some(least), Some(most)) = (ready.iter().flatten().min(), ready.iter().flatten().max()) else {
        return "This circle has no services yet.".to_owned();
    };
    if least == most {
        return format!("{least} of {n_engineers} people are ready for each topic of every service.");
    }
    let of_least = counts.services.iter().zip(ready).filter(|(_, topics)| topics.contains(least));
    let names: Vec<String> = of_least.map(|((_, name), _)| name.clone()).collect();
    format!(
        "From {least} to {most} of {n_engineers} people are ready, depending on the topic. Fewest: {}.",
        listed(&names)
    )
}

/// Where each service has the fewest who are ready; the rest stands in the
/// readiness.
pub fn fewest(counts: &Counts, circle: &str) -> AnyView {
    let Some(ready) = counts.ready.as_ref().filter(|ready| !ready.is_empty()) else { return counted(counts) };
    let rows: Vec<_> = counts
        .services
        .iter()
        .zip(ready)
        .map(|((_, name), topics)| {
            let least = topics.iter().min().copied().unwrap_or_default();
            view! {
                <tr>
                    <th scope="row">{name.clone()}</th>
                    <td data-label="Ready">{format!("{least} of {}", counts.n_engineers)}</td>
                    <td data-label="Topic">{topics_at(topics, least)}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <section class="stack" aria-labelledby="fewest">
            <h2 id="fewest">"Where the fewest are ready"</h2>
            <table class="fold">
                <thead>
                    <tr><th scope="col">"Service"</th><th scope="col">"Ready"</th><th scope="col">"Topic"</th></tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            <p><a href=format!("/circles/{circle}/readiness")>"All topics"</a></p>
        </section>
    }
    .into_any()
}

/// "Troubleshooting and monitoring": the topics with so many.
fn topics_at(topics: &[usize; 4], n_ready: usize) -> String {
    let named = Topic::ALL.into_iter().zip(topics).filter(|(_, n)| **n == n_ready);
    let names: Vec<String> = named
        .enumerate()
        .map(|(place, (topic, _))| if place == 0 { topic.title().to_owned() } else { topic.to_string() })
        .collect();
    if names.len() == Topic::ALL.len() { "Every topic".to_owned() } else { listed(&names) }
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

    fn counts_of(ready: Vec<[usize; 4]>) -> Counts {
        let services =
            ready.iter().enumerate().map(|(n, _)| (format!("s{n}"), format!("Service {n}"))).collect();
        Counts { n_engineers: 12, services, ready: Some(ready) }
    }

    #[test]
    fn a_sentence_says_how_many_are_ready_and_where_the_fewest_are() {
        let cases = [
            (vec![], "This circle has no services yet."),
            (vec![[3; 4]], "3 of 12 people are ready for each topic of every service."),
            (
                vec![[5, 6, 4, 4], [10, 9, 10, 9]],
                "From 4 to 10 of 12 people are ready, depending on the topic. Fewest: Service 0.",
            ),
        ];
        for (ready, words) in cases {
            assert_eq!(counts_sentence(&counts_of(ready)), words);
        }
    }

    #[test]
    fn topics_with_as_few_are_named_together() {
        assert_eq!(topics_at(&[5, 6, 4, 4], 4), "Troubleshooting and monitoring");
        assert_eq!(topics_at(&[4; 4], 4), "Every topic");
    }

    #[test]
    fn a_small_group_is_told_why_it_is_not_counted() {
        let cases = [(0, "Nobody here sits tests yet."), (1, "1 person here"), (4, "4 people here")];
        for (n_engineers, beginning) in cases {
            assert!(too_few_words(n_engineers).starts_with(beginning), "{}", too_few_words(n_engineers));
        }
    }
}
