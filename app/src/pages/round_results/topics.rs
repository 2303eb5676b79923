//! Each topic against its cut, and how sure takers were.

use domain::answer::Confidence;
use domain::proportion::{self, wilson};
use domain::results::{QuestionFigures, Sureness, TopicFigures};
use leptos::prelude::*;

use super::asked::topic_words;
use super::words::{fraction, interval, meanings, of, percent};
use crate::components::{Scroll, Status, StatusKind};
use crate::pages::result::words::Names;

/// Each service and topic, in the order of the test.
pub fn topics(topics: &[TopicFigures], names: &Names) -> AnyView {
    let n_short = topics.iter().filter(|it| it.n_reached < it.n).count();
    let heading = match n_short {
        0 => "Everyone reached the cut of each topic".to_owned(),
        n => format!("Somebody is below the cut in {n} of {} topics", topics.len()),
    };
    let rows: Vec<_> = topics.iter().map(|it| topic_row(it, names)).collect();
    let all = vec![
        (
            "Reached the cut",
            "how many of the attempts that were asked something of the topic earned its cut or more"
                .to_owned(),
        ),
        ("Interval", proportion::MEANING.to_owned()),
        ("Earned", "all marks earned on the topic, as a share of all that could be".to_owned()),
    ];
    view! {
        <section class="stack" data-tight="" aria-labelledby="topics">
            <h2 id="topics">{heading}</h2>
            <Scroll name="Topics">
                <table class="fold">
                    <caption class="vh">"Topics against their cut, in the order of the test"</caption>
                    <thead><tr>
                        <th scope="col">"Topic"</th>
                        <th scope="col">"Reached the cut"</th>
                        <th scope="col"><span class="vh">"Length"</span></th>
                        <th scope="col" class="num">"Interval"</th>
                        <th scope="col" class="num">"Earned"</th>
                        <th scope="col" class="num">"Cut"</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </Scroll>
            {meanings("topics", all)}
        </section>
    }
    .into_any()
}

fn topic_row(it: &TopicFigures, names: &Names) -> impl IntoView + use<> {
    let share = f64::from(it.n_reached) / f64::from(it.n.max(1));
    let kind = if it.n_reached == it.n { StatusKind::Ready } else { StatusKind::Gap };
    let lies = wilson(share, it.n).map(interval).unwrap_or_default();
    view! {
        <tr>
            <th scope="row">{topic_words(names, &it.service, it.topic)}</th>
            <td data-label="Reached the cut"><Status kind=kind words=of(it.n_reached, it.n)/></td>
            <td class="plot wide">{length(share)}</td>
            <td data-label="Interval" class="num">{lies}</td>
            <td data-label="Earned" class="num">{percent(fraction(it.score))}</td>
            <td data-label="Cut" class="num">{format!("{} %", it.needed.get())}</td>
        </tr>
    }
}

/// How often answers of each sureness were right, over all questions.
pub fn sureness(questions: &[QuestionFigures]) -> AnyView {
    let mut sums = [Sureness::default(); 4];
    for question in questions {
        for (sum, one) in sums.iter_mut().zip(question.sureness) {
            sum.confidence = one.confidence;
            sum.n += one.n;
            sum.n_missed += one.n_missed;
        }
    }
    let certain = sums[0];
    let heading = match (certain.n, certain.n_missed) {
        (0, _) => "Nobody said they were certain".to_owned(),
        (n, 0) => format!("Whoever was certain was right: {n} of {n}"),
        (n, missed) => format!("{missed} of {n} certain answers were not right"),
    };
    let rows: Vec<_> = sums.into_iter().filter(|sum| sum.n > 0).map(sureness_row).collect();
    let all = vec![(
        "Right",
        "how many of the answers given with that confidence earned full marks; “I do not know” and no answer are not \
         among them"
            .to_owned(),
    )];
    view! {
        <section class="stack" data-tight="" aria-labelledby="sureness">
            <h2 id="sureness">{heading}</h2>
            <Scroll name="Confidence">
                <table class="figures">
                    <caption class="vh">"Answers by how sure their takers were"</caption>
                    <thead><tr>
                        <th scope="col">"Said"</th>
                        <th scope="col"><span class="vh">"Length of what was right, and in the squared part what was not"</span></th>
                        <th scope="col" class="num">"Right"</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </Scroll>
            {meanings("confidence", all)}
        </section>
    }
    .into_any()
}

fn sureness_row(sum: Sureness) -> impl IntoView {
    let said = sum.confidence.map_or("Nothing", Confidence::title);
    let right = f64::from(sum.n - sum.n_missed) / f64::from(sum.n) * 100.0;
    view! {
        <tr>
            <th scope="row">{said}</th>
            <td class="plot">
                <svg width="100%" height="14" aria-hidden="true">
                    <rect class="key" width=format!("{right:.1}%") height="14" rx="2"></rect>
                    <rect class="flag" x=format!("{right:.1}%") width=format!("{:.1}%", 100.0 - right) height="14"></rect>
                </svg>
            </td>
            <td class="num">{of(sum.n - sum.n_missed, sum.n)}</td>
        </tr>
    }
}

/// A share as a length on its whole.
pub fn length(share: f64) -> impl IntoView {
    view! {
        <svg width="100%" height="14" aria-hidden="true">
            <rect class="track" width="100%" height="14" rx="3"></rect>
            <rect class="key" width=format!("{:.1}%", share * 100.0) height="14" rx="3"></rect>
        </svg>
    }
}
