//! A taker's objection to a question, or to what documents it.

use backend::attempts::{self, About, Found, results};
use leptos::prelude::*;

use crate::components::{ErrorSummary, RadioGroup, TextArea, picks};
use crate::form::{Form, Posted};
use crate::shell::{Page, path_param, person_page};

/// Where a taker says what is wrong; the attempt goes on.
#[component]
pub fn ReportPage() -> impl IntoView {
    let (id, n) = (path_param("attempt"), path_param("n"));
    person_page(move |site, asked, who| async move {
        // Somebody else's attempt is not found.
        let n_questions = match attempts::find(&site.db, &who, &id, asked.received_at).await? {
            Found::Sitting(paper) => paper.slots.len(),
            Found::HandedIn { .. } => {
                let outcome = results::find(&site.db, &who, &id, asked.received_at).await?;
                usize::try_from(outcome.n_questions).unwrap_or(0)
            }
        };
        let is_asked = n.parse::<usize>().is_ok_and(|n| (1..=n_questions).contains(&n));
        if !is_asked {
            return Err(backend::Error::NotFound);
        }
        let back = format!("/attempts/{id}?q={n}");
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
                    <TextArea name="note" label="What is wrong or missing?" hint="Your team leader reads this together with the question. It changes nothing in your attempt."/>
                    <div class="cluster">
                        <button class="btn primary">"Send report"</button>
                        <a class="btn" href=back>"Back to the question"</a>
                    </div>
                </form>
            },
        ))
    })
}

/// Keeps the report and goes back to the question.
pub async fn post(form: Form) -> Posted {
    let who = form.who()?;
    let id = form.param("attempt")?;
    let n: u16 = form.param("n")?.parse().map_err(|_| backend::Error::NotFound)?;
    let about = About::parse(form.get("about"))
        .ok_or_else(|| backend::Error::refused("about", "Choose what it is about."))?;
    attempts::report(&form.site.db, &who, id, n, about, form.get("note"), form.asked.received_at).await?;
    Ok(format!("/attempts/{id}?q={n}"))
}
