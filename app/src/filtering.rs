//! A filter that lives in the address of its page: what was asked is read, what
//! is no filter is told, and each part that is set is a link that takes it off.

use leptos::prelude::*;

use crate::components::{Icon, Notice, NoticeKind, icon};
use crate::form::parse_pairs;
use crate::shell::encode;

/// What an address asks for.
pub struct Query {
    pairs: Vec<(String, String)>,
}

impl Query {
    pub fn of(query: &str) -> Query {
        Query { pairs: parse_pairs(query.as_bytes()) }
    }

    /// The first value of that name, if it says anything: a form sends all its
    /// fields.
    pub fn value(&self, name: &str) -> Option<&str> {
        let value = self.pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim());
        value.filter(|value| !value.is_empty())
    }
}

/// What was asked for and is no filter, in words: "state “x”".
pub fn unknown_words(what: &str, value: &str) -> String {
    let shown: String = value.chars().take(40).collect();
    let rest = if shown.len() < value.len() { "…" } else { "" };
    format!("{what} “{shown}{rest}”")
}

/// A path with those of the values that are set as its query.
pub fn address(path: &str, pairs: &[(&str, &str)]) -> String {
    let set = pairs.iter().filter(|(_, value)| !value.is_empty());
    let said: Vec<String> = set.map(|(name, value)| format!("{name}={}", encode(value))).collect();
    if said.is_empty() { path.to_owned() } else { format!("{path}?{}", said.join("&")) }
}

/// One of the values that a filter can have.
pub fn option(value: &str, words: &str, is_chosen: bool) -> impl IntoView + use<> {
    view! { <option value=value.to_owned() selected=is_chosen>{words.to_owned()}</option> }
}

/// What is set, each in words with the address without it, and what was asked
/// for and is no filter.
pub fn set_filters(
    set: Vec<(String, String)>,
    everything: String,
    unknown: &[String],
) -> impl IntoView + use<> {
    let n_set = set.len();
    let links: Vec<_> = set
        .into_iter()
        .map(|(words, without)| {
            view! {
                <li>
                    <a class="chip" href=without>
                        <span class="vh">"Remove the filter "</span>{words}{icon(Icon::Cross)}
                    </a>
                </li>
            }
        })
        .collect();
    let clear = (n_set > 1).then(|| view! { <li><a href=everything>"Clear the filters"</a></li> });
    let unknown = (!unknown.is_empty()).then(|| {
        let title = format!("There is no such filter: {}.", unknown.join(", "));
        view! { <Notice kind=NoticeKind::Info title=title><p>"It is left out of what is shown."</p></Notice> }
    });
    view! {
        {unknown}
        {(n_set > 0).then(|| view! { <ul class="cluster chips" aria-label="Filters that are set">{links}{clear}</ul> })}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_says_only_what_has_a_value() {
        let query = Query::of("a=&b=+x+y+&b=z&c=%3Cb%3E&d=+");
        assert_eq!(query.value("a"), None);
        assert_eq!(query.value("b"), Some("x y"));
        assert_eq!(query.value("c"), Some("<b>"));
        assert_eq!((query.value("d"), query.value("e")), (None, None));
    }

    #[test]
    fn an_address_holds_what_is_set() {
        assert_eq!(address("/r", &[("a", ""), ("b", "")]), "/r");
        assert_eq!(address("/r", &[("a", "1"), ("b", ""), ("q", "<b> &")]), "/r?a=1&q=%3Cb%3E%20%26");
    }

    #[test]
    fn what_is_unknown_is_told_in_forty_characters_at_most() {
        assert_eq!(unknown_words("state", "lost"), "state “lost”");
        let long = "é".repeat(41);
        assert_eq!(unknown_words("state", &long), format!("state “{}…”", "é".repeat(40)));
    }
}
