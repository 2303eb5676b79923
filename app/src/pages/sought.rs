//! A list that is held whole, searched by words, and shown page by page: services, tests, people of one circle.

use leptos::prelude::*;

use crate::components::{Empty, Pager};
use crate::server::query_value;
use crate::shell::encode;

/// How many rows a page shows.
const PAGE: usize = 50;

/// The rows that a page shows, and how it came to them.
pub struct Sought<T> {
    pub shown: Vec<T>,
    text: String,
    page: usize,
    n_found: usize,
    n_all: usize,
}

impl<T> Sought<T> {
    /// What the address asks for (`q`, `page`), among rows that read like `says`.
    pub fn among(all: Vec<T>, says: impl Fn(&T) -> String) -> Sought<T> {
        let text = asked_words();
        let page = query_value("page").and_then(|page| page.parse().ok()).unwrap_or(1);
        Sought::of(all, says, text, page)
    }

    fn of(all: Vec<T>, says: impl Fn(&T) -> String, text: String, page: usize) -> Sought<T> {
        let (n_all, page, words) = (all.len(), page.max(1), text.to_lowercase());
        let found: Vec<T> = all.into_iter().filter(|row| says(row).to_lowercase().contains(&words)).collect();
        let n_found = found.len();
        let shown = found.into_iter().skip((page - 1).saturating_mul(PAGE)).take(PAGE).collect();
        Sought { shown, text, page, n_found, n_all }
    }

    /// The field to search by; none where one look is enough and nothing is sought. `heading` is the id of the heading
    /// of the list, `kept` what else stands in the address.
    pub fn search(
        &self,
        heading: &'static str,
        kept: Option<(&'static str, &'static str)>,
    ) -> Option<AnyView> {
        const AT_A_LOOK: usize = 8;
        if self.n_all <= AT_A_LOOK && self.text.is_empty() {
            return None;
        }
        let kept = kept.map(|(name, value)| view! { <input type="hidden" name=name value=value/> });
        Some(
            view! {
                <form method="get" class="filter" role="search" aria-labelledby=heading>
                    {kept}
                    <div class="field grow"><label for="q">"Words in the name"</label>
                        <input type="search" id="q" name="q" value=self.text.clone()/>
                    </div>
                    <button class="btn">"Show"</button>
                </form>
            }
            .into_any(),
        )
    }

    /// What to say where no row is shown although there are some; `base` shows all of them.
    pub fn nothing(&self, base: &str) -> AnyView {
        let (title, text) = if self.n_found > 0 {
            ("The list ends before this page", "There are fewer rows than the address asks for.".to_owned())
        } else {
            ("Nothing matches", format!("None of {} has “{}” in its name.", self.n_all, self.text))
        };
        let base = base.to_owned();
        view! { <Empty title=title text=text><a class="btn" href=base>"Show all"</a></Empty> }.into_any()
    }

    /// The way to the other pages, if there are any.
    pub fn pager(&self, base: &str) -> Option<AnyView> {
        if self.n_found <= PAGE {
            return None;
        }
        let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let joint = if base.contains('?') { '&' } else { '?' };
        let base = match self.text.as_str() {
            "" => base.to_owned(),
            text => format!("{base}{joint}q={}", encode(text)),
        };
        let (page, shown, total) =
            (small(self.page), small(self.shown.len()), u64::try_from(self.n_found).ok());
        Some(view! { <Pager page=page per_page=small(PAGE) shown=shown total=total base=base/> }.into_any())
    }
}

/// The words that are sought; nobody seeks more than these.
pub fn asked_words() -> String {
    query_value("q").unwrap_or_default().trim().chars().take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sought(text: &str, page: usize) -> (Vec<usize>, usize) {
        let all: Vec<usize> = (1..=120).collect();
        let sought = Sought::of(all, |n| format!("Row {n}"), text.to_owned(), page);
        (sought.shown, sought.n_found)
    }

    #[test]
    fn a_list_is_searched_and_cut_into_pages() {
        assert_eq!(sought("", 1), ((1..=50).collect(), 120));
        assert_eq!(sought("", 3), ((101..=120).collect(), 120));
        assert_eq!(sought("", 4), (vec![], 120));
        assert_eq!(sought("", 0), ((1..=50).collect(), 120));
        assert_eq!(sought("", usize::MAX), (vec![], 120));
        assert_eq!(sought("ROW 11", 1), ([11].into_iter().chain(110..=119).collect(), 11));
        assert_eq!(sought("none", 1), (vec![], 0));
    }
}
