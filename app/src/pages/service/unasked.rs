//! What is known of a service and no question asks about, for leaders.

use backend::sources::unasked::Unasked;
use domain::source::Source;
use leptos::prelude::*;

use super::super::services::counted;
use crate::shell::encode;

/// How much of what is written down nobody is asked about, and each of it with
/// the way to a question; nothing where everything is asked about.
pub fn section(circle: &str, service: &str, unasked: &[Unasked]) -> Option<impl IntoView + use<>> {
    let rows: Vec<_> = unasked.iter().map(|one| row(circle, service, one)).collect();
    (!rows.is_empty()).then(|| {
        let words = words(unasked);
        view! {
            <details class="stack" data-tight="">
                <summary>"No question rests on "{words}</summary>
                <ul class="stack" data-tight="">{rows}</ul>
            </details>
        }
    })
}

fn row(circle: &str, service: &str, one: &Unasked) -> impl IntoView + use<> {
    let source = one.source.to_string();
    let ask = format!("/circles/{circle}/write-question?service={service}&from={}", encode(&source));
    let name = match one.source {
        Source::Incident(number) => format!("{number} {}", one.title),
        Source::Postmortem(number) => format!("{number} {}", one.title),
        _ => one.title.clone(),
    };
    let hidden = name.clone();
    let address = one.source.address(circle);
    view! {
        <li class="cluster">
            <a href=address>{name}</a>
            <a class="hint" href=ask>"Make a question of this"<span class="vh">": "{hidden}</span></a>
        </li>
    }
}

/// "3 alerts, 1 section and 2 incidents".
fn words(unasked: &[Unasked]) -> String {
    let n = |fits: fn(&Source) -> bool| {
        i64::try_from(unasked.iter().filter(|one| fits(&one.source)).count()).unwrap_or(i64::MAX)
    };
    let counts = [
        (n(|source| matches!(source, Source::Alert(_))), "alert"),
        (n(|source| matches!(source, Source::Runbook { .. })), "section"),
        (n(|source| matches!(source, Source::Incident(_))), "incident"),
        (n(|source| matches!(source, Source::Postmortem(_))), "postmortem"),
    ];
    let words: Vec<String> =
        counts.into_iter().filter(|(n, _)| *n > 0).map(|(n, word)| counted(n, word)).collect();
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_is_asked_about_is_counted_by_its_sort() {
        let of = |source: &str| Unasked { source: Source::parse(source), title: String::new() };
        let all = ["alert:A", "alert:B", "runbook:db#summary", "postmortem:PM-1"].map(of);
        assert_eq!(words(&all), "2 alerts, 1 section and 1 postmortem");
        assert_eq!(words(&all[..1]), "1 alert");
    }
}
