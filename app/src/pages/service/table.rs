//! What the bank of a service covers, as a table: topics by levels, and for leaders what is not ready or not fresh. Every
//! number of theirs leads to the questions that it counts.

use backend::questions::Filter;
use domain::coverage::{Counts, Coverage, REVIEW_DAYS, Review};
use domain::question::{Level, State, Topic};
use leptos::prelude::*;

use super::super::services::counted;
use super::listing::address;
use super::thin::thin_words;
use crate::components::{Empty, Icon, Scroll, Status, StatusKind, icon};

const NAME: &str = "Ready questions by topic and level";

/// How many are ready, for everybody.
pub fn for_all(coverage: &Coverage) -> AnyView {
    if coverage.whole().n_ready() == 0 {
        return none_ready().into_any();
    }
    let rows = Topic::ALL.map(|topic| row(None, topic.title(), Some(topic), coverage.topic(topic)));
    table(rows.collect_view(), None::<()>)
}

/// The same with all that a leader may have to do about it.
pub fn for_leaders(base: &str, coverage: &Coverage) -> AnyView {
    let whole = coverage.whole();
    if whole.n_all() == 0 {
        let text = "Questions come from the bank of this service on the shelf.";
        return view! { <Empty title="No questions yet" text=text/> }.into_any();
    }
    let more: Vec<More> = MORE.into_iter().filter(|more| (more.n)(&whole) > 0).collect();
    let for_leaders = Some((base, more.as_slice()));
    let rows = Topic::ALL.map(|topic| row(for_leaders, topic.title(), Some(topic), coverage.topic(topic)));
    let all = row(for_leaders, "All topics", None, &whole);
    let heads: Vec<_> =
        more.iter().map(|more| view! { <th scope="col" class="num">{more.head}</th> }).collect();
    view! {
        {table(view! { {rows.collect_view()}{all} }, Some(heads))}
        {reviews(base, &whole)}
        {thin(coverage)}
    }
    .into_any()
}

/// A column for leaders; where it would say nothing it is left out.
#[derive(Clone, Copy)]
struct More {
    head: &'static str,
    /// The same on a phone.
    label: &'static str,
    what: &'static str,
    n: fn(&Counts) -> u32,
    filter: fn(Filter) -> Filter,
}

const MORE: [More; 5] = [
    More {
        head: "Critical",
        label: "Critical",
        what: "critical",
        n: |counts| counts.critical,
        filter: |of| Filter { only_critical: true, ..ready(of) },
    },
    More {
        head: "Drafts",
        label: "Drafts",
        what: "drafts",
        n: |counts| counts.drafts,
        filter: |of| Filter { state: Some(State::Draft), ..of },
    },
    More {
        head: "Outdated",
        label: "Outdated",
        what: "outdated",
        n: |counts| counts.outdated,
        filter: |of| Filter { state: Some(State::Outdated), ..of },
    },
    More {
        head: "Never reviewed",
        label: "Not reviewed",
        what: "never reviewed",
        n: |counts| counts.never_reviewed,
        filter: |of| Filter { review: Some(Review::Never), ..ready(of) },
    },
    More {
        head: "Reviewed long ago",
        label: "Long ago",
        what: "reviewed long ago",
        n: |counts| counts.reviewed_long_ago,
        filter: |of| Filter { review: Some(Review::LongAgo), ..ready(of) },
    },
];

fn ready(filter: Filter) -> Filter {
    Filter { state: Some(State::Ready), ..filter }
}

fn none_ready() -> impl IntoView {
    let text = "A test asks about this service once its bank has questions that are ready.";
    view! { <Empty title="No ready questions yet" text=text/> }
}

fn table(rows: impl IntoView + 'static, more: Option<impl IntoView + 'static>) -> AnyView {
    view! {
        <section class="stack" data-tight="">
            <h2>{NAME}</h2>
            <Scroll name=NAME>
                <table class="fold">
                    <thead><tr>
                        <th scope="col">"Topic"</th>
                        <th scope="col" class="num">"Level 1"</th>
                        <th scope="col" class="num">"Level 2"</th>
                        <th scope="col" class="num">"Level 3"</th>
                        <th scope="col" class="num">"All ready"</th>
                        {more}
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </Scroll>
            <p class="meta">"The stronger the shade, the more there are."</p>
        </section>
    }
    .into_any()
}

/// One topic, or all of them; with links where there is a `base` for them.
fn row(
    for_leaders: Option<(&str, &[More])>,
    title: &'static str,
    topic: Option<Topic>,
    counts: &Counts,
) -> impl IntoView + use<> {
    let filter = Filter { topic, ..Filter::default() };
    let base = for_leaders.map(|(base, _)| base);
    let ready = ready(filter.clone());
    let number = |n: u32, what: &str, filter: Filter| {
        match base.filter(|_| n > 0) {
        Some(base) => view! { <a href=address(base, &filter)>{n}<span class="vh">{format!(" {what}, {title}")}</span></a> }.into_any(),
        None => n.into_any(),
    }
    };
    let levels = Level::ALL.map(|level| {
        let (n, words) = (counts.ready_of(level), format!("Level {}", level.get()));
        let number =
            number(n, &format!("at level {}", level.get()), Filter { level: Some(level), ..ready.clone() });
        let shade = topic.and_then(|_| shade(n));
        let few = (topic.is_some() && n == 0).then_some("");
        view! { <td class="num seq" data-n=shade data-few=few data-label=words>{number}</td> }
    });
    let all = number(counts.n_ready(), "ready", ready.clone());
    let cell = |more: &More| {
        let n = (more.n)(counts);
        let number = (n > 0).then(|| number(n, more.what, (more.filter)(filter.clone())));
        view! { <td class="num" data-label=more.label>{number}</td> }
    };
    let more: Vec<_> = for_leaders.iter().flat_map(|(_, more)| more.iter()).map(cell).collect();
    view! {
        <tr>
            <th scope="row">{title}</th>
            {levels.collect_view()}
            <td class="num" data-label="All ready">{all}</td>
            {more}
        </tr>
    }
}

/// The step of the scale that a number of questions stands on; the same on every page, so that services compare.
fn shade(n: u32) -> Option<&'static str> {
    match n {
        0 => None,
        1..=2 => Some("1"),
        3..=4 => Some("2"),
        5..=9 => Some("3"),
        10..=19 => Some("4"),
        _ => Some("5"),
    }
}

/// "12 never reviewed, 3 reviewed more than 180 days ago", each leading to them.
fn reviews(base: &str, whole: &Counts) -> AnyView {
    let (never, long_ago) = (whole.never_reviewed, whole.reviewed_long_ago);
    if whole.n_ready() == 0 {
        return ().into_any();
    }
    if never + long_ago == 0 {
        let words = format!("Every ready question was reviewed in the last {REVIEW_DAYS} days.");
        return view! { <p>{words}</p> }.into_any();
    }
    let link = |n: u32, words: String, review| {
        let filter = Filter { state: Some(State::Ready), review: Some(review), ..Filter::default() };
        (n > 0).then(|| view! { <a href=address(base, &filter)>{format!("{n} {words}")}</a> })
    };
    let comma = (never > 0 && long_ago > 0).then_some(", ");
    view! {
        <p>
            {format!("Of {}: ", counted(whole.n_ready(), "ready question"))}
            {link(never, "never reviewed".to_owned(), Review::Never)}
            {comma}
            {link(long_ago, format!("reviewed more than {REVIEW_DAYS} days ago"), Review::LongAgo)}
            "."
        </p>
    }
    .into_any()
}

fn thin(coverage: &Coverage) -> impl IntoView + use<> {
    let spots = thin_words(&coverage.thin_spots());
    let content = if spots.is_empty() {
        let words = "Nowhere: every topic can fill a row of a test, and every level has something.";
        view! { <p>{icon(Icon::Check)}" "{words}</p> }.into_any()
    } else {
        let rows = spots.into_iter().map(|(topic, words)| {
            view! { <li><Status kind=StatusKind::Gap words=topic.title()/><span>{words}</span></li> }
        });
        view! { <ul class="checklist">{rows.collect_view()}</ul> }.into_any()
    };
    view! {
        <section class="stack" data-tight="">
            <h2>"Where the bank is thin"</h2>
            {content}
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shade_of_a_number_has_five_steps_and_none_for_nought() {
        let steps = [0, 1, 2, 3, 4, 5, 9, 10, 19, 20, 500].map(shade);

        let expected = [
            None,
            Some("1"),
            Some("1"),
            Some("2"),
            Some("2"),
            Some("3"),
            Some("3"),
            Some("4"),
            Some("4"),
            Some("5"),
            Some("5"),
        ];
        assert_eq!(steps, expected);
    }
}
