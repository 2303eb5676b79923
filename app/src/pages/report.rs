//! A taker's objection to a question, or to what documents it: while the test is
//! being sat, or afterwards.

use backend::attempts::{self, About, Found, results};
use leptos::prelude::*;

use crate::components::{ErrorSummary, RadioGroup, TextArea, picks};
use crate::form::{Form, Posted};
use crate::shell::{Loading, Page, path_param, person_page};

/// Where a taker says what is wrong; an attempt that is being sat goes on.
pub fn get() -> Loading {
    let (id, n) = (path_param("attempt"), path_param("n"));
    person_page(move |site, asked, who| async move {
        // Somebody else's attempt is not found.
        let (n_questions, is_over) = match attempts::find(&site.db, &who, &id, asked.received_at).await? {
            Found::Sitting(paper) => (paper.slots.len(), false),
            Found::HandedIn { .. } => {
                let outcome = results::find(&site.db, &who, &id, asked.received_at).await?;
                (usize::try_from(outcome.n_questions).unwrap_or(0), true)
            }
        };
        let is_asked = n.parse::<usize>().is_ok_and(|n| (1..=n_questions).contains(&n));
        if !is_asked {
            return Err(backend::Error::NotFound);
        }
        let (back, words) = match is_over {
            true => (format!("/attempts/{id}/result"), "Back to the result"),
            false => (format!("/attempts/{id}?q={n}"), "Back to the question"),
        };
        let then = match is_over {
            true => "What becomes of it stands on the page of your result.",
            false => "It changes nothing in your attempt.",
        };
        let hint =
            format!("Your team leader reads this together with the question, without your name. {then}");
        Ok(Page::new(
            format!("Report question {n}"),
            view! {
                <h1>{format!("What is wrong with question {n}?")}</h1>
                <ErrorSummary/>
                <form method="post" class="stack form" novalidate>
                    <RadioGroup
                        name="about"
                        legend="It is about"
                        value="question".to_owned()
                        picks=picks([
                            ("question", "This question is wrong or unclear"),
                            ("documentation", "This is not documented well enough"),
                        ])
                    />
                    <TextArea name="note" label="What is wrong or missing?" hint=hint/>
                    <div class="cluster">
                        <button class="btn primary">"Send report"</button>
                        <a class="btn" href=back>{words}</a>
                    </div>
                </form>
            },
        ))
    })
}

/// Keeps the report and goes back to where the taker came from.
pub async fn post(form: Form) -> Posted {
    let who = form.who()?;
    let id = form.param("attempt")?;
    let n: u16 = form.param("n")?.parse().map_err(|_| backend::Error::NotFound)?;
    let about = About::parse(form.get("about"))
        .ok_or_else(|| backend::Error::refused("about", "Choose what it is about."))?;
    let (db, now) = (&form.site.db, form.asked.received_at);
    attempts::report(db, &who, id, n, about, form.get("note"), now).await?;
    Ok(match attempts::find(db, &who, id, now).await? {
        Found::Sitting(_) => format!("/attempts/{id}?q={n}"),
        Found::HandedIn { .. } => format!("/attempts/{id}/result#objections"),
    })
}
