//! Making a question of something: of a postmortem, an incident, an alert.

use backend::sources::editing::add;
use backend::{circles, incidents, postmortems, services};
use domain::postmortem::Section as Part;
use domain::source::{Source, draft};
use leptos::prelude::*;

use crate::components::{ErrorSummary, TextArea, TextField};
use crate::form::{Form, Posted};
use crate::server::query_value;
use crate::shell::{InCircle, Loading, Page, Section, circle_page};

/// A draft of a question with its source, in the editor.
pub fn get() -> Loading {
    let (from, service) =
        (query_value("from").unwrap_or_default(), query_value("service").unwrap_or_default());
    circle_page(Section::Services, move |here| async move {
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        circles::leader(db, who, circle).await?;
        let source = Source::parse(&from);
        let begun = begun(&here, &source).await?;
        let services = services::list(db, who, circle).await?;
        let known = |slug: &String| services.iter().any(|one| one.slug == *slug);
        let service = [service, begun.service.clone()]
            .into_iter()
            .find(known)
            .or_else(|| services.first().map(|one| one.slug.clone()))
            .unwrap_or_else(|| "service".to_owned());
        let id = format!("{service}/troubleshooting/{}", slug(&begun.about));
        let text = draft(&source, &begun.about, &begun.learned);
        let of = match source.address(circle) {
            Some(href) => view! { <p>"It rests on "<a href=href>{source.to_string()}</a>". Takers see that after the attempt only."</p> }.into_any(),
            None => view! { <p>"It rests on nothing yet: name its sources in the file."</p> }.into_any(),
        };
        Ok(Page::new(
            "Write a question",
            view! {
                <ErrorSummary/>
                <h1>"Write a question"</h1>
                {of}
                <form method="post" class="form" novalidate>
                    <TextField name="id" label="Where it stands" value=id
                        hint="Service, topic and a short name. The topic is process, architecture, troubleshooting or monitoring."/>
                    <TextArea name="text" label="The file" rows=22 value=text
                        hint="As in a bank. As long as its state is draft nobody is asked it; make it ready when it is."/>
                    <div class="cluster">
                        <button class="btn primary">"Save the question"</button>
                    </div>
                </form>
            },
        ))
    })
}

/// What a source gives a question to begin with.
#[derive(Default)]
struct Begun {
    about: String,
    learned: String,
    service: String,
}

async fn begun(here: &InCircle, source: &Source) -> backend::Result<Begun> {
    let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
    Ok(match source {
        Source::Postmortem(number) => {
            let found = postmortems::find(db, who, circle, *number, here.asked.received_at).await?;
            let learned =
                [Part::Surprises, Part::Factors, Part::Symptoms].map(|part| found.section(part).to_owned());
            Begun {
                about: found.postmortem.title.clone(),
                learned: learned.into_iter().find(|words| !words.trim().is_empty()).unwrap_or_default(),
                service: found.postmortem.service,
            }
        }
        Source::Incident(number) => {
            let found = incidents::find(db, who, circle, *number).await?.incident;
            Begun {
                about: found.title,
                learned: found.resolution,
                service: found.service.map(|(slug, _)| slug).unwrap_or_default(),
            }
        }
        Source::Alert(name) => {
            Begun { about: format!("`{}` fires", name.replace('`', "")), ..Begun::default() }
        }
        Source::Runbook { service, section } => Begun {
            about: section.clone().unwrap_or_else(|| service.clone()),
            service: service.clone(),
            ..Begun::default()
        },
        Source::Url(_) | Source::Words(_) => {
            Begun { about: "Something is wrong".to_owned(), ..Begun::default() }
        }
    })
}

/// A short name of what a question is about.
fn slug(about: &str) -> String {
    let words: Vec<String> = about
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .take(6)
        .collect();
    let slug: String = words.join("-").chars().take(60).collect();
    let slug = slug.trim_matches('-').to_owned();
    if slug.is_empty() { "new-question".to_owned() } else { slug }
}

/// Saves the question.
pub async fn post(form: Form) -> Posted {
    let (who, circle) = (form.who()?, form.param("circle")?);
    let (db, now) = (&form.site.db, form.asked.received_at);
    let id = add(db, &who, circle, form.get("id"), form.get("text"), now).await?;
    Ok(format!("/circles/{circle}/questions/{id}/edit?done=written"))
}
