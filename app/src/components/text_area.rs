//! Text of more than one line.

use leptos::prelude::*;

use super::field::{Field, Shown};

/// A field for text of more than one line.
#[component]
pub fn TextArea(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] value: String,
    /// How many lines are expected.
    #[prop(default = 5)]
    rows: u32,
) -> impl IntoView {
    let shown = Shown::of(&name, &value, hint.is_some());
    view! {
        <Field name=name.clone() label=label hint=hint>
            <textarea id=name.clone() name=name rows=rows.to_string() aria-describedby=shown.described_by
                aria-invalid=shown.invalid inner_html=textarea_html(&shown.value)></textarea>
        </Field>
    }
}

/// Text as the content of a `textarea`. Leptos does not escape there, and a browser swallows the first line break.
pub fn textarea_html(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("\n{escaped}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_text_can_not_leave_its_field() {
        assert_eq!(textarea_html("</textarea><script>&lt;"), "\n&lt;/textarea&gt;&lt;script&gt;&amp;lt;");
    }

    #[test]
    fn a_first_line_break_is_kept() {
        assert_eq!(textarea_html("\nsecond"), "\n\nsecond");
    }
}
