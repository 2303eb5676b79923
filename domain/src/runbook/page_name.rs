//! What a page of a runbook is called in its address.

/// Whether a text can name a page.
pub fn is_page_name(page: &str) -> bool {
    (1..=100).contains(&page.len())
        && page.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        && page.starts_with(|c: char| c.is_ascii_alphanumeric())
}

/// The name of a page for what somebody typed or a file is called; letters that
/// cannot stand in one become a number. `None` where there is no letter and no
/// digit.
pub fn page_name(text: &str) -> Option<String> {
    if !text.contains(char::is_alphanumeric) {
        return None;
    }
    let fits = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
    let name: String = text.chars().map(fits).collect();
    let name: String = name.trim_matches(['-', '_']).chars().take(90).collect();
    Some(if is_page_name(&name) { name } else { format!("page-{:08x}", number_of(text)) })
}

/// FNV-1a, 32 bits (Fowler, Noll, Vo): the same for the same text, everywhere.
fn number_of(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |sum, byte| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193))
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
            ("память", Some("page-b72cfb6e")),
        ] {
            assert_eq!(page_name(text).as_deref(), name, "{text}");
        }
        assert!(page_name(&"a".repeat(300)).is_some_and(|name| is_page_name(&name)));
    }
}
