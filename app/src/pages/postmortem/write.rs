//! Beginning a postmortem and writing it.

use backend::postmortems::writing::{self, Written};
use backend::postmortems::{self, Found};
use backend::stamp;
use backend::{Error, incidents, services};
use chrono_tz::Tz;
use domain::people::Role;
use domain::postmortem::{Number, Section as Part};
use leptos::prelude::*;

use crate::components::{Breadcrumb, ErrorSummary, Pick, SelectField, TextArea, TextField, city, unsent};
use crate::form::{Form, Posted, again};
use crate::pages::runbook::words::script;
use crate::server::query_value;
use crate::shell::{InCircle, Loading, Page, Section, circle_page, path_param};

/// The form that begins one, of an incident or by hand.
pub fn get() -> Loading {
    let incident = query_value("incident").unwrap_or_default();
    circle_page(Section::Incidents, move |here| async move {
        if here.member.role == Role::Reader {
            return Err(Error::NotFound);
        }
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let number = incident.parse::<domain::incident::Number>().ok();
        let of = match number {
            Some(number) => Some(incidents::find(db, who, circle, number).await?.incident),
            None => None,
        };
        let about = of.as_ref().map(|incident| {
            let words = format!(
                "It begins with what {} knows: its title, day, service, impact and timeline.",
                incident.number
            );
            view! { <p>{words}</p> }
        });
        let given = Given {
            title: of.as_ref().map(|one| one.title.clone()).unwrap_or_default(),
            service: of
                .as_ref()
                .and_then(|one| one.service.clone())
                .map(|(slug, _)| slug)
                .unwrap_or_default(),
            happened_on: String::new(),
        };
        let base = format!("/circles/{circle}/postmortems");
        let services = services_of(&here).await?;
        let hidden =
            number.map(|number| view! { <input type="hidden" name="incident" value=number.to_string()/> });
        Ok(Page::new(
            "Write a postmortem",
            view! {
                <ErrorSummary/>
                <Breadcrumb trail=vec![("Postmortems".to_owned(), base.clone())]/>
                <h1>"Write a postmortem"</h1>
                {about}
                <p class="meta">"It tells conditions, not persons. Everybody in the circle can read it."</p>
                <form method="post" class="form" novalidate>
                    {hidden}
                    {facts(given, services)}
                    <div class="cluster">
                        <button class="btn primary">"Begin the draft"</button>
                        <a class="btn" href=base>"Leave it"</a>
                    </div>
                </form>
            },
        ))
    })
}

/// Begins the draft.
pub async fn post_new(form: Form) -> Posted {
    let (who, circle) = (form.who()?, form.param("circle")?);
    let incident = form.get("incident").parse::<domain::incident::Number>().ok().map(|number| number.0);
    let written = written(&form, &[]);
    let number =
        writing::begin(&form.site.db, &who, circle, incident, &written, form.asked.received_at).await?;
    Ok(format!("/circles/{circle}/postmortems/{number}/edit"))
}

/// The form that writes one.
pub fn get_edit() -> Loading {
    let number = path_param("postmortem");
    circle_page(Section::Incidents, move |here| async move {
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let number = number.parse::<Number>().map_err(|_| Error::NotFound)?;
        let found = postmortems::find(db, who, circle, number, here.asked.received_at).await?;
        if !found.may_write() {
            let is_late = again().is_again() && here.member.role != Role::Reader;
            return if is_late { Ok(too_late(circle, &found)) } else { Err(Error::NotFound) };
        }
        let around = super::parts::Around {
            alike: postmortems::alike(db, &found).await?,
            workers: Vec::new(),
            members: Vec::new(),
        };
        let services = services_of(&here).await?;
        let base = format!("/circles/{circle}/postmortems");
        let back = format!("{base}/{number}");
        let title = format!("Write {number}");
        let trail = vec![("Postmortems".to_owned(), base), (number.to_string(), back.clone())];
        let alike = super::parts::alike(&here, &around);
        Ok(Page::new(
            title.clone(),
            view! {
                <ErrorSummary/>
                <Breadcrumb trail=trail/>
                <h1>{title}</h1>
                <div class="split">
                    {editor(&found, services, &back, here.member.zone)}
                    <aside class="stack" aria-label="Beside it">
                        {alike}
                        <p class="meta">"Save from time to time: what is like it before is looked for anew."</p>
                    </aside>
                </div>
                {script("writing.js")}
            },
        ))
    })
}

/// Somebody moved it on while somebody else wrote.
fn too_late(circle: &str, found: &Found) -> Page {
    let base = format!("/circles/{circle}/postmortems");
    let number = found.postmortem.number;
    let trail =
        vec![("Postmortems".to_owned(), base.clone()), (number.to_string(), format!("{base}/{number}"))];
    let parts = Part::ALL.map(|part| (part.as_str(), part.title()));
    let lost = unsent([("title", "What happened")].into_iter().chain(parts));
    Page::new(
        format!("Write {number}"),
        view! { <ErrorSummary/><Breadcrumb trail=trail/><h1>{format!("Write {number}")}</h1>{lost} },
    )
}

/// What saves while somebody types; the page works without it.
pub const SCRIPT: &str = include_str!("writing.js");

/// What a field said when it was shown. Shown again beside what somebody else
/// wrote there meanwhile, it is that.
fn had(name: &str, stands: &str) -> impl IntoView + use<> {
    let (again, field) = (again(), format!("had-{name}"));
    let is_seen = again.problem(name).is_some_and(|problem| problem.starts_with(writing::MEANWHILE));
    let typed = again.get(&field).filter(|_| !is_seen).map(str::to_owned);
    let value = typed.unwrap_or_else(|| stamp(stands));
    view! { <input type="hidden" name=field value=value/> }
}

fn editor(found: &Found, services: Vec<Pick>, back: &str, zone: Tz) -> impl IntoView + use<> {
    let it = &found.postmortem;
    let given = Given {
        title: it.title.clone(),
        service: it.service.clone(),
        happened_on: it.happened_on.map(|day| day.to_string()).unwrap_or_default(),
    };
    let parts: Vec<_> = found
        .sections
        .iter()
        .map(|(section, words)| {
            let rows = if *section == Part::Timeline { 10 } else { 6 };
            let (name, label, hint, value) =
                (section.as_str(), section.title(), section.hint(), words.clone());
            let had = had(name, &value);
            view! { {had}<TextArea name=name label=label hint=hint rows=rows value=value/> }
        })
        .collect();
    let back = back.to_owned();
    view! {
        <form method="post" class="form" novalidate id="postmortem" data-writing="" data-zone=zone.name() data-city=city(zone)>
            {had("title", &given.title)}
            {had("happened_on", &given.happened_on)}
            {had("service", &given.service)}
            {facts(given, services)}
            {parts}
            <p class="meta" role="status" data-writing-state=""></p>
            <p class="hint">"Markdown works in each part. Actions are made on the page of the postmortem."</p>
            <div class="cluster">
                <button class="btn primary">"Save it"</button>
                <button class="btn" name="stay" value="1">"Save and write on"</button>
                <a class="btn" href=back>"Back to its page"</a>
            </div>
        </form>
    }
}

/// Saves what was written.
pub async fn post(form: Form) -> Posted {
    let (who, circle) = (form.who()?, form.param("circle")?);
    let number: Number = form.param("postmortem")?.parse().map_err(|_| Error::NotFound)?;
    let (db, now) = (&form.site.db, form.asked.received_at);
    let had = form.fields.iter().filter_map(|(name, value)| Some((name.strip_prefix("had-")?, value)));
    let had = had.map(|(name, value)| (name.to_owned(), value.clone())).collect();
    let written = written(&form, &Part::ALL);
    let (revision, merged) = writing::merge(db, &who, circle, number, written, &had, now).await?;
    writing::write(db, &who, circle, number, revision, &merged, now).await?;
    let page = format!("/circles/{circle}/postmortems/{number}");
    Ok(if form.has("stay") { format!("{page}/edit") } else { format!("{page}?done=written") })
}

fn written(form: &Form, parts: &[Part]) -> Written {
    Written {
        title: form.get("title").to_owned(),
        happened_on: form.get("happened_on").to_owned(),
        service: form.get("service").to_owned(),
        sections: parts.iter().map(|part| (*part, form.get(part.as_str()).to_owned())).collect(),
    }
}

/// What the form begins with.
struct Given {
    title: String,
    service: String,
    happened_on: String,
}

fn facts(given: Given, services: Vec<Pick>) -> impl IntoView {
    view! {
        <TextField name="title" label="What happened" value=given.title
            hint="In one line, for example Checkout stood still for 40 minutes"/>
        <TextField name="happened_on" label="Day" kind="date" width="medium" value=given.happened_on
            hint="On which it happened; empty where nobody knows."/>
        <SelectField name="service" label="Service" picks=services value=given.service/>
    }
}

async fn services_of(here: &InCircle) -> backend::Result<Vec<Pick>> {
    let services = services::list(&here.site.db, &here.who, &here.member.circle).await?;
    let mut picks = vec![Pick::new("", "Several, or none")];
    picks.extend(services.into_iter().map(|one| Pick::new(one.slug, one.name)));
    Ok(picks)
}
