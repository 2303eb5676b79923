//! Commands, logs and other text that must stay as it is.

use leptos::prelude::*;

/// Text in fixed width that scrolls sideways inside itself.
#[component]
pub fn Code(
    #[prop(into)] text: String,
    /// What it is, seen above it: "Log of checkout-api".
    #[prop(optional, into)]
    caption: Option<String>,
) -> impl IntoView {
    let name = caption.clone().unwrap_or_else(|| "Code".to_string());
    view! {
        <figure class="code">
            {caption.map(|caption| view! { <figcaption>{caption}</figcaption> })}
            <pre tabindex="0" role="group" aria-label=name><code>{text}</code></pre>
        </figure>
    }
}

/// A command that is read at night on a phone: it wraps, and breaks between arguments only.
#[component]
pub fn Command(#[prop(into)] text: String) -> impl IntoView {
    let lines: Vec<&str> = text.lines().collect();
    let n_lines = lines.len();
    let lines = lines.into_iter().enumerate().map(|(nth, line)| {
        let arguments = arguments(line);
        let n_arguments = arguments.len();
        let arguments = arguments.into_iter().enumerate().map(|(nth, argument)| {
            let space = (nth + 1 < n_arguments).then_some(" ");
            view! { <span class="arg">{argument}</span>{space} }
        });
        view! { {arguments.collect_view()}{(nth + 1 < n_lines).then_some("\n")} }
    });
    view! { <pre class="cmd"><code>{lines.collect_view()}</code></pre> }
}

/// A line cut at its spaces, but not inside quotes. Spaces at the beginning stay with the first argument.
fn arguments(line: &str) -> Vec<String> {
    let indent = line.len() - line.trim_start().len();
    let mut found = vec![line[..indent].to_string()];
    let mut quote = None;
    for letter in line[indent..].chars() {
        quote = match quote {
            None if matches!(letter, '"' | '\'') => Some(letter),
            Some(open) if open == letter => None,
            unchanged => unchanged,
        };
        match found.last_mut() {
            Some(last) if quote.is_some() || letter != ' ' => last.push(letter),
            _ => found.push(String::new()),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_breaks_between_arguments_and_loses_nothing() {
        for (line, cut) in [
            ("kubectl -n prod get", vec!["kubectl", "-n", "prod", "get"]),
            ("jq '.a | .b'  x", vec!["jq", "'.a | .b'", "", "x"]),
            ("  --reason \"a b\"", vec!["  --reason", "\"a b\""]),
            ("", vec![""]),
        ] {
            assert_eq!(arguments(line), cut);
            assert_eq!(arguments(line).join(" "), line);
        }
    }
}
