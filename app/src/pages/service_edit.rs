//! Writing down what a service is, by its leaders.

use backend::actions::workers;
use backend::circles::{self, MemberOf};
use backend::services::writing::{self, Draft};
use backend::services::{self, Service};
use domain::service::Criticality;
use leptos::prelude::*;

use crate::components::{Breadcrumb, ErrorSummary, Pick, RadioGroup, SelectField, TextArea, TextField};
use crate::form::{Form, Posted, again};
use crate::shell::{Loading, Page, Section, circle_page, path_param};

/// The form with everything but the escalation path.
pub fn get() -> Loading {
    let slug = path_param("service");
    circle_page(Section::Services, move |here| async move {
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        circles::leader(db, who, circle).await?;
        let service = services::find(db, who, circle, &slug).await?;
        let people = workers(db, who, circle).await?;
        let back = format!("/circles/{circle}/services/{slug}");
        let title = format!("Change {}", service.name);
        let revision = again().value("revision", &service.revision.to_string());
        Ok(Page::new(
            title.clone(),
            view! {
                <ErrorSummary/>
                <Breadcrumb trail=trail(circle, &service)/>
                <h1>{title}</h1>
                <form method="post" class="form" novalidate>
                    <input type="hidden" name="revision" value=revision/>
                    {fields(&service, people)}
                    <div class="cluster">
                        <button class="btn primary">"Save the changes"</button>
                        <a class="btn" href=back>"Leave it as it is"</a>
                    </div>
                </form>
            },
        ))
    })
}

/// Saves the changes.
pub async fn post(form: Form) -> Posted {
    let (who, circle, slug) = (form.who()?, form.param("circle")?, form.param("service")?);
    let revision = form.get("revision").parse().unwrap_or(0);
    let now = form.asked.received_at;
    writing::edit(&form.site.db, &who, circle, slug, revision, &draft(&form), now).await?;
    Ok(format!("/circles/{circle}/services/{slug}?done=changed"))
}

/// The pages above one that belongs to a service.
pub(super) fn trail(circle: &str, service: &Service) -> Vec<(String, String)> {
    let base = format!("/circles/{circle}/services");
    vec![("Services".to_owned(), base.clone()), (service.name.clone(), format!("{base}/{}", service.slug))]
}

fn draft(form: &Form) -> Draft {
    let text = |name: &str| form.get(name).to_owned();
    Draft {
        name: text("name"),
        summary: text("summary"),
        owner: text("owner"),
        criticality: text("criticality"),
        accountable: text("accountable"),
        sla: text("sla"),
        channels: text("channels"),
        hours: text("hours"),
        callers: text("callers"),
        links: text("links"),
    }
}

fn fields(service: &Service, people: Vec<MemberOf>) -> impl IntoView + use<> {
    let given = Draft::of(service);
    let criticality = (!given.criticality.is_empty()).then_some(given.criticality);
    let grades = Criticality::ALL.map(|one| Pick::new(one.as_str(), one.title()).hint(one.meaning()));
    let accountable = accountable(service, people);
    view! {
        <TextField name="name" label="Name" value=given.name
            hint="Name, summary, owner and links also stand in the bank. Once they are changed here, the bank leaves them alone."/>
        <TextArea name="summary" label="What it is, in one sentence" rows=2 value=given.summary/>
        <TextField name="owner" label="Owner" hint="The team that answers for it" value=given.owner/>
        {accountable}
        <RadioGroup name="criticality" legend="How much hangs on it" picks=grades.to_vec() value=criticality.unwrap_or_default()/>
        <TextArea name="sla" label="Service levels" rows=6 value=given.sla
            hint="What was promised, by whom to whom: availability, times to respond and to restore. Markdown works."/>
        <TextField name="channels" label="Channels" value=given.channels
            hint="How one asks for help, for example ticket, mail, phone"/>
        <TextField name="hours" label="Hours" value=given.hours
            hint="For example Mon–Fri 8:00–18:00 Rome; critical round the clock"/>
        <TextField name="callers" label="Who may call" value=given.callers
            hint="For example the shift lead of the customer. A call by phone cannot be refused."/>
        <TextArea name="links" label="Links" rows=4 value=given.links
            hint="One a line, for example Dashboard https://grafana.example.org"/>
    }
}

fn accountable(service: &Service, people: Vec<MemberOf>) -> impl IntoView + use<> {
    let mut picks = vec![Pick::new("", "Nobody yet")];
    let mut value = String::new();
    if let Some(one) = &service.accountable {
        if !people.iter().any(|person| person.person == one.person) {
            picks.push(Pick::new(one.person.clone(), format!("{} (not here any more)", one.name)));
        }
        value = one.person.clone();
    }
    picks.extend(people.into_iter().map(|one| Pick::new(one.person, one.name)));
    view! {
        <SelectField name="accountable" label="Accountable" picks=picks value=value
            hint="The one person who keeps runbook, path and documents true"/>
    }
}
