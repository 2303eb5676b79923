//! The calls by phone about a service: a short form to log one, and those there
//! were.

use backend::actions::workers;
use backend::circles;
use backend::engagement::{self, Call, Calls, Draft, may_log};
use backend::services::{self, Service};
use leptos::prelude::*;

use super::members::listing::page_asked;
use super::service_edit::trail;
use super::sign_in::done;
use crate::components::{
    Breadcrumb, DateTimeField, Empty, ErrorSummary, Pager, Pick, Scroll, SelectField, TextArea, TextField,
    Time, from_local,
};
use crate::form::{Form, Posted};
use crate::shell::{InCircle, Loading, Page, Section, circle_page, path_param};

/// Everything that was logged, the newest first.
pub fn get() -> Loading {
    let slug = path_param("service");
    circle_page(Section::Services, move |here| async move {
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let service = services::find(db, who, circle, &slug).await?;
        let page = page_asked();
        let calls = engagement::calls(db, who, circle, &slug, page).await?;
        let form = match may_log(here.member.role) {
            true => Some(log_form(&here).await?),
            false => None,
        };
        let title = format!("Calls about {}", service.name);
        let base = format!("/circles/{circle}/services/{slug}/calls");
        Ok(Page::new(
            title.clone(),
            view! {
                <ErrorSummary/>
                <Breadcrumb trail=trail(circle, &service)/>
                <h1>{title}</h1>
                <p class="lead">{who_may_call(&service)}</p>
                {done(&[("logged", "The call is logged.")])}
                {form}
                {listing(&here, calls, page, base)}
            },
        ))
    })
}

/// Logs a call.
pub async fn post(form: Form) -> Posted {
    let (who, circle, slug) = (form.who()?, form.param("circle")?, form.param("service")?);
    let (db, now) = (&form.site.db, form.asked.received_at);
    let zone = circles::member(db, &who, circle).await?.zone;
    let draft = Draft {
        caller: form.get("caller").to_owned(),
        about: form.get("about").to_owned(),
        taken_by: form.get("taken_by").to_owned(),
        taken_at: from_local(form.get("taken_at"), zone),
    };
    engagement::log_call(db, &who, circle, slug, &draft, now).await?;
    Ok(format!("/circles/{circle}/services/{slug}/calls?done=logged"))
}

fn who_may_call(service: &Service) -> String {
    let rule = "A call by phone cannot be refused: whoever takes it logs it.";
    match service.engagement.callers.as_str() {
        "" => rule.to_owned(),
        callers => format!("{rule} Who may call: {callers}"),
    }
}

async fn log_form(here: &InCircle) -> backend::Result<AnyView> {
    let people = workers(&here.site.db, &here.who, &here.member.circle).await?;
    let picks: Vec<Pick> = people.into_iter().map(|one| Pick::new(one.person, one.name)).collect();
    let (now, zone, me) = (here.asked.received_at, here.member.zone, here.who.person.clone());
    Ok(view! {
        <form method="post" class="form panel" novalidate>
            <h2>"Log a call"</h2>
            <TextField name="caller" label="Who called"/>
            <TextArea name="about" label="What it was about" rows=2/>
            <SelectField name="taken_by" label="Who took it" picks=picks value=me/>
            <DateTimeField name="taken_at" label="When" zone=zone value=Some(now)/>
            <button class="btn primary">"Log the call"</button>
        </form>
    }
    .into_any())
}

fn listing(here: &InCircle, calls: Calls, page: u32, base: String) -> AnyView {
    if calls.calls.is_empty() {
        let (title, text) = match page {
            1 => ("No calls yet", "A call is logged here with who called, about what, and who took it."),
            _ => ("The list ends before this page", "There are fewer calls than the address asks for."),
        };
        return view! { <Empty title=title text=text/> }.into_any();
    }
    let shown = u32::try_from(calls.calls.len()).unwrap_or(u32::MAX);
    let pager = (calls.more || page > 1).then(|| {
        let per_page = u32::try_from(engagement::PAGE).unwrap_or(u32::MAX);
        view! { <Pager page=page per_page=per_page shown=shown total=None more=calls.more base=base/> }
    });
    let zone = here.member.zone;
    let row = move |call: Call| {
        let logged = (call.logged_by != call.taken_by)
            .then(|| view! { <p class="meta">"Logged by "{call.logged_by.clone()}</p> });
        view! {
            <tr>
                <th scope="row"><Time at=call.taken_at zone=zone/></th>
                <td data-label="Who called">{call.caller}</td>
                <td data-label="About"><span class="lines">{call.about}</span></td>
                <td data-label="Taken by">{call.taken_by}{logged}</td>
            </tr>
        }
    };
    view! {
        <Scroll name="Calls">
            <table class="fold">
                <caption class="vh">"Calls, the newest first"</caption>
                <thead>
                    <tr>
                        <th scope="col">"When"</th>
                        <th scope="col">"Who called"</th>
                        <th scope="col">"About"</th>
                        <th scope="col">"Taken by"</th>
                    </tr>
                </thead>
                <tbody>{calls.calls.into_iter().map(row).collect_view()}</tbody>
            </table>
        </Scroll>
        {pager}
    }
    .into_any()
}
