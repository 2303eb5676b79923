//! Who is how far, and who got what: by name, and never by score.

use backend::results::{Person, Progress, Stand};
use leptos::prelude::*;

use super::asked::Asked;
use crate::components::{Empty, Fact, Facts, Pager, Scroll, Status, StatusKind};
use crate::filtering::Query;
use crate::pages::members::listing::holds;
use crate::reviewing::points;

/// How many stand on one page.
const PER_PAGE: usize = 25;

/// The longest name that is searched for, in characters.
const LONGEST_NAME: usize = 100;

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

/// The people of the round, by name; where they are many, a page of them, and a
/// search. What else was asked of the results stays.
pub fn people(people: Vec<Person>, query: &Query, asked: &Asked, base: &str) -> impl IntoView + use<> {
    let n_all = people.len();
    let name: String = query.value("q").unwrap_or_default().chars().take(LONGEST_NAME).collect();
    let found: Vec<Person> = people.into_iter().filter(|person| holds(&person.name, &name)).collect();
    let n_found = found.len();
    let page = page_of(query, n_found);
    let rows: Vec<_> = found.into_iter().skip((page - 1) * PER_PAGE).take(PER_PAGE).map(row).collect();
    let address = asked.address_with(base, &name);
    let (page, shown) = (count(page), count(rows.len()));
    let search = (n_all > PER_PAGE || !name.is_empty()).then(|| search(asked, base, &name));
    let table = if rows.is_empty() {
        let everybody = format!("{}#people", asked.address(base));
        view! {
            <Empty title=format!("Nobody’s name holds “{name}”") text="There are people in this round, and none of them is called so.">
                <a class="btn" href=everybody>"Show everybody"</a>
            </Empty>
        }
        .into_any()
    } else {
        table(rows).into_any()
    };
    view! {
        <section class="stack" data-tight="" aria-labelledby="people">
            <h2 id="people">"People, by name"</h2>
            <p class="meta">"What stands here is seen by the leaders of the circle, and of each person by that person."</p>
            {search}
            {table}
            {(n_found > PER_PAGE).then(|| view! {
                <Pager page=page per_page=count(PER_PAGE) shown=shown total=n_found as u64 base=address part="#people"/>
            })}
        </section>
    }
}

/// The page that is asked for, or the last one if there are fewer; from 1.
fn page_of(query: &Query, n: usize) -> usize {
    let asked: usize = query.value("page").and_then(|page| page.parse().ok()).unwrap_or(1);
    asked.clamp(1, n.div_ceil(PER_PAGE).max(1))
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// The search; the filters of the results go with it.
fn search(asked: &Asked, base: &str, name: &str) -> impl IntoView + use<> {
    let kept: Vec<_> = asked
        .set()
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect();
    let clear = (!name.is_empty()).then(|| {
        let everybody = format!("{}#people", asked.address(base));
        view! { <a href=everybody>"Show everybody"</a> }
    });
    view! {
        <form class="filter" method="get" action=format!("{base}#people") role="search" aria-label="Search people by name">
            {kept}
            <label>"Name"<input type="search" name="q" value=name.to_owned() autocomplete="off"/></label>
            <button class="btn">"Search"</button>
            {clear}
        </form>
    }
}

fn table(rows: Vec<impl IntoView + 'static>) -> impl IntoView {
    view! {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_is_not_there_is_the_nearest_one() {
        for (asked, n, page) in
            [("", 0, 1), ("page=2", 26, 2), ("page=9", 60, 3), ("page=0", 60, 1), ("page=-1", 60, 1)]
        {
            assert_eq!(page_of(&Query::of(asked), n), page, "{asked} of {n}");
        }
    }
}
