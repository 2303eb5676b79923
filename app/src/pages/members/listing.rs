//! A long list of people: found by a part of the name, and page by page.

use leptos::prelude::*;

use crate::components::pager::page_of;
use crate::components::{Empty, Pager};
use crate::server::query_value;
use crate::shell::encode;

/// A list with its search and the way through its pages. `fits` says whether a
/// row is searched for, and `table` shows the rows of one page.
pub fn listing<T>(
    all: Vec<T>,
    base: &str,
    fits: impl Fn(&T, &str) -> bool,
    table: impl FnOnce(Vec<T>) -> AnyView,
) -> AnyView {
    let q = query_value("q").unwrap_or_default().trim().to_owned();
    let can_search = all.len() > SEARCH_FROM || !q.is_empty();
    let found: Vec<T> = all.into_iter().filter(|row| fits(row, &q)).collect();
    let total = found.len() as u64;
    let (page, rows) = page_of(found, page_asked(), PER_PAGE);
    let shown = rows.len() as u32;
    let pages = if q.is_empty() { base.to_owned() } else { format!("{base}?q={}", encode(&q)) };
    let table = if rows.is_empty() {
        let everything = base.to_owned();
        view! {
            <Empty title=format!("Nothing matches “{q}”") text="A part of the name is enough.">
                <a class="btn" href=everything>"Show all"</a>
            </Empty>
        }
        .into_any()
    } else {
        table(rows)
    };
    view! {
        {can_search.then(|| view! { <Search q=q base=base.to_owned()/> })}
        {table}
        {(total > u64::from(PER_PAGE)).then(|| view! {
            <Pager page=page per_page=PER_PAGE shown=shown total=total base=pages/>
        })}
    }
    .into_any()
}

/// Whether a name holds what is searched for.
pub fn holds(name: &str, q: &str) -> bool {
    name.to_lowercase().contains(&q.to_lowercase())
}

/// The page that `?page=` asks for; the first is 1.
pub fn page_asked() -> u32 {
    query_value("page").and_then(|page| page.parse().ok()).unwrap_or(1).max(1)
}

/// A longer list can be searched.
const SEARCH_FROM: usize = 10;

/// Rows on a page.
const PER_PAGE: u32 = 50;

#[component]
fn Search(q: String, base: String) -> impl IntoView {
    let everything = base.clone();
    let show_all = (!q.is_empty()).then(|| view! { <a class="btn link" href=everything>"Show all"</a> });
    view! {
        <form method="get" action=base role="search" class="filter">
            <div class="field grow">
                <label for="q">"Name"</label>
                <input id="q" type="search" name="q" value=q autocomplete="off"/>
            </div>
            <button class="btn">"Search"</button>
            {show_all}
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_by_a_part_of_it_in_any_case() {
        assert!(holds("Deniz Aydın", "ayd"));
        assert!(holds("Ada", ""));
        assert!(!holds("Ada", "bo"));
    }
}
