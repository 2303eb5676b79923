//! What was typed into a form that is not there any more.

use leptos::prelude::*;

use super::textarea_html;
use crate::form::again;

/// What somebody wrote while somebody else closed what they wrote it about, to be
/// copied: field and label of each form that may have been sent. Nothing where
/// no form was.
pub fn unsent<'f>(fields: impl IntoIterator<Item = (&'f str, &'f str)>) -> Option<impl IntoView> {
    let again = again();
    let texts: Vec<_> = fields
        .into_iter()
        .filter_map(|(name, label)| {
            let text = again.get(name).filter(|text| !text.trim().is_empty())?;
            let id = format!("unsent-{name}");
            Some(view! {
                <div class="field">
                    <label for=id.clone()>{label.to_owned()}</label>
                    <textarea id=id readonly rows="6" inner_html=textarea_html(text)></textarea>
                </div>
            })
        })
        .collect();
    (!texts.is_empty()).then(|| {
        view! {
            <section class="panel" aria-labelledby="unsent">
                <h2 id="unsent">"What you wrote was not kept"</h2>
                <p>"Here it is, to be copied to where it belongs now."</p>
                {texts}
            </section>
        }
    })
}
