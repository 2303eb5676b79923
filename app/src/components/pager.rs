//! The way through a long list.

use leptos::prelude::*;

/// "Previous", "Next" and which rows are shown: "1–50 of 212", or "51–100" when nobody has counted.
#[component]
pub fn Pager(
    /// The page that is shown; the first is 1.
    page: u32,
    /// How many rows a full page has.
    per_page: u32,
    /// How many rows this page shows.
    shown: u32,
    /// How many there are in all, if counted.
    #[prop(optional_no_strip, into)]
    total: Option<u64>,
    /// Whether there are more; not needed when `total` is given.
    #[prop(optional)]
    more: bool,
    /// The address without the page: "/people" or "/people?team=payments".
    #[prop(into)]
    base: String,
    /// The part of the page that the list is, such as "#people".
    #[prop(optional)]
    part: &'static str,
) -> impl IntoView {
    let before = u64::from(page.saturating_sub(1)) * u64::from(per_page);
    let last = before + u64::from(shown);
    let more = total.map_or(more, |total| last < total);
    let link = |page: u32, rel: &'static str, words: &'static str| {
        view! { <a class="btn small" rel=rel href=format!("{}{part}", page_href(&base, page))>{words}</a> }
    };
    (shown > 0).then(|| {
        view! {
            <nav class="pager" aria-label="Pages">
                {(page > 1).then(|| link(page - 1, "prev", "Previous"))}
                <span class="meta">{range_words(before + 1, last, total)}</span>
                {more.then(|| link(page + 1, "next", "Next"))}
            </nav>
        }
    })
}

/// One page of a list, or the last one if it has fewer; with its number.
pub fn page_of<T>(rows: Vec<T>, page: u32, per_page: u32) -> (u32, Vec<T>) {
    let n_rows = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let page = page.min(n_rows.div_ceil(per_page)).max(1);
    let rows = rows.into_iter().skip((page as usize - 1) * per_page as usize).take(per_page as usize);
    (page, rows.collect())
}

/// The address of a page of a list; the first has the plain address.
fn page_href(base: &str, page: u32) -> String {
    let joint = if base.contains('?') { '&' } else { '?' };
    if page == 1 { base.to_string() } else { format!("{base}{joint}page={page}") }
}

fn range_words(first: u64, last: u64, total: Option<u64>) -> String {
    let range = if first == last { first.to_string() } else { format!("{first}–{last}") };
    total.map_or(range.clone(), |total| format!("{range} of {total}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_beyond_the_end_is_the_last_one() {
        let rows: Vec<u32> = (1..=51).collect();
        assert_eq!(page_of(rows.clone(), 1, 50).1.len(), 50);
        assert_eq!(page_of(rows.clone(), 2, 50), (2, vec![51]));
        assert_eq!(page_of(rows, u32::MAX, 50), (2, vec![51]));
        assert_eq!(page_of(Vec::<u32>::new(), 7, 50), (1, vec![]));
    }

    #[test]
    fn a_page_keeps_the_filters_and_the_first_has_the_plain_address() {
        assert_eq!(page_href("/people", 1), "/people");
        assert_eq!(page_href("/people", 2), "/people?page=2");
        assert_eq!(page_href("/people?team=pay", 3), "/people?team=pay&page=3");
    }

    #[test]
    fn rows_are_named_by_their_numbers() {
        assert_eq!(range_words(1, 50, Some(212)), "1–50 of 212");
        assert_eq!(range_words(51, 100, None), "51–100");
        assert_eq!(range_words(212, 212, Some(212)), "212 of 212");
    }
}
