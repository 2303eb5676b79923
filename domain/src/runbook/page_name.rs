//! What a page of a runbook is called in its address.

/// Whether a text can name a page.
pub fn is_page_name(page: &str) -> bool {
    (1..=100).contains(&page.len())
        && page.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        && page.starts_with(|c: char| c.is_ascii_alphanumeric())
}

/// The name of a page for what somebody typed or a file is called; `None` where
/// nothing of it can stand in one.
pub fn page_name(text: &str) -> Option<String> {
    let fits = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
    let name: String = text.chars().map(fits).collect();
    let name: String = name.trim_matches(['-', '_']).chars().take(90).collect();
    is_page_name(&name).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_named_after_what_was_typed() {
        for (text, name) in [
            ("OrdersLatencyHigh", Some("OrdersLatencyHigh")),
            (" Orders latency: high! ", Some("Orders-latency--high")),
            ("_etcd_down", Some("etcd_down")),
            ("../..", None),
            ("", None),
            ("Überlast", Some("berlast")),
        ] {
            assert_eq!(page_name(text).as_deref(), name, "{text}");
        }
        assert!(page_name(&"a".repeat(300)).is_some_and(|name| is_page_name(&name)));
    }
}
