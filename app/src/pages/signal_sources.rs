//! Where alerts come from: the leader makes a source, hands its address and
//! token to the monitoring, gives it another token, and revokes it.

use backend::Error;
use backend::signals::Sender;
use backend::signals::sources::{self, HandedOut, Source};
use chrono_tz::Tz;
use leptos::prelude::*;

use super::members::link::{Link, dice, show_once, shown_once};
use super::sign_in::done;
use crate::components::{
    Breadcrumb, Code, Empty, ErrorSummary, Notice, NoticeKind, PasswordField, SelectField, TextField, Time,
    TimeShape, picks,
};
use crate::form::{Form, Posted, again};
use crate::shell::{Loading, Page, Section, circle_page};

/// The sources of a circle.
pub fn get() -> Loading {
    circle_page(Section::Incidents, |here| async move {
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let all = sources::of_circle(db, who, circle).await?;
        let link = shown_once().await?;
        let (base, zone) = (format!("/circles/{circle}"), here.member.zone);
        let hooks = format!("{}/hooks", here.site.public_url);
        let trail = vec![
            ("Incidents".to_owned(), format!("{base}/incidents")),
            ("What was delivered".to_owned(), format!("{base}/signals")),
        ];
        let (used, revoked): (Vec<Source>, Vec<Source>) =
            all.into_iter().partition(|source| source.revoked_at.is_none());
        let list = if used.is_empty() {
            view! { <Empty title="No sources yet" text="Make one below for each system that sends alerts."/> }
                .into_any()
        } else {
            let rows: Vec<_> = used.into_iter().map(|source| row(source, &hooks, zone)).collect();
            view! { <ul class="rows">{rows}</ul> }.into_any()
        };
        let old: Vec<_> = revoked
            .into_iter()
            .map(|source| {
                let at = source.revoked_at;
                view! {
                    <li>
                        <span>{source.name}", "<span class="meta">{deliveries_words(source.n_deliveries)}", revoked "
                            {at.map(|at| view! { <Time at=at zone=zone shape=TimeShape::Day/> })}</span></span>
                    </li>
                }
            })
            .collect();
        let old = (!old.is_empty()).then(
            || view! { <details><summary>"Revoked sources"</summary><ul class="rows">{old}</ul></details> },
        );
        Ok(Page::new(
            "Sources – Incidents",
            view! {
                <ErrorSummary/>
                <Breadcrumb trail=trail/>
                <h1>"Sources of alerts"</h1>
                <p>
                    "Alertmanager, Grafana or PagerDuty send what fires to the address of a source. Each delivery is stored before \
                     it is answered, and opens, joins or resolves an incident."
                </p>
                {done(&[
                    ("revoked", "The source is revoked. Nothing is taken from it any more."),
                    ("signed", "The secret is saved. What is not signed with it is refused."),
                    ("unsigned", "Deliveries are not signed any more. They need the token."),
                ])}
                {link.map(handed_out)}
                {list}
                <section class="stack" data-tight="" aria-labelledby="make">
                    <h2 id="make">"Make a source"</h2>
                    <form method="post" class="form" novalidate>
                        <input type="hidden" name="do" value="make"/>
                        <TextField name="name" label="Name" hint="For example Alertmanager of the shop"/>
                        <SelectField name="sender" label="What sends" value="alertmanager"
                            picks=picks(Sender::ALL.iter().map(|one| (one.as_str(), one.title())))/>
                        <button class="btn primary">"Make the source"</button>
                    </form>
                </section>
                {old}
            },
        ))
    })
}

fn row(source: Source, hooks: &str, zone: Tz) -> impl IntoView + use<> {
    let address = format!("{hooks}/{}", source.key);
    let newest = source.newest_at.map(|at| view! { ", the newest "<Time at=at zone=zone/> });
    let signs = source.sender != Sender::Alertmanager;
    let is_open = again().get("id") == Some(source.id.as_str());
    let (name, id) = (source.name.clone(), source.id.clone());
    let signing = signs.then(|| {
        let (id, name) = (id.clone(), name.clone());
        let label = if source.is_signed { "Another secret, or nothing for none" } else { "Secret that it signs with" };
        // A field has one name on the page: only the source that was typed into shows it.
        view! {
            <details open=is_open>
                <summary>{if source.is_signed { "It signs what it sends" } else { "Have it sign what it sends" }}</summary>
                <form method="post" class="form" novalidate>
                    <input type="hidden" name="id" value=id.clone()/>
                    {if is_open {
                        view! { <PasswordField name="secret" label=label autocomplete="off"/> }.into_any()
                    } else {
                        view! {
                            <div class="field">
                                <label for=format!("secret-{id}")>{label}</label>
                                <input id=format!("secret-{id}") type="password" name="secret" autocomplete="off"/>
                            </div>
                        }
                        .into_any()
                    }}
                    <button class="btn small" name="do" value="sign">"Save the secret"<span class="vh">{format!(" of {name}")}</span></button>
                </form>
            </details>
        }
    });
    view! {
        <li>
            <div class="stack" data-tight="">
                <span><b>{source.name.clone()}</b>" "<span class="meta">{source.sender.title()}</span></span>
                <code class="long">{address}</code>
                <span class="meta">{deliveries_words(source.n_deliveries)}{newest}</span>
                {signing}
            </div>
            <details>
                <summary>"New token, or revoke"<span class="vh">{format!(" {name}")}</span></summary>
                <form method="post" class="stack" data-tight="">
                    <input type="hidden" name="id" value=id/>
                    <p class="meta">
                        "With a new token the sender is refused until it has that one. A revoked source takes nothing any more, \
                         for ever; what it delivered stays."
                    </p>
                    <div class="cluster">
                        <button class="btn small" name="do" value="rotate">"Make a new token"<span class="vh">{format!(" for {name}")}</span></button>
                        <button class="btn small" name="do" value="revoke">"Revoke it for ever"<span class="vh">{format!(": {name}")}</span></button>
                    </div>
                </form>
            </details>
        </li>
    }
}

fn deliveries_words(n: i64) -> String {
    match n {
        0 => "nothing was delivered".to_owned(),
        1 => "1 delivery".to_owned(),
        n => format!("{n} deliveries"),
    }
}

/// The address and the token, which are shown this once, and how they are used.
fn handed_out(link: Link) -> impl IntoView {
    view! {
        <Notice kind=NoticeKind::Done title=link.title>
            <p>{link.hint}</p>
            <Code text=link.address caption="For its settings"/>
        </Notice>
    }
}

/// How a sender is told where to send.
fn settings(out: &HandedOut, hooks: &str) -> String {
    let (address, token) = (format!("{hooks}/{}", out.key), &out.token);
    match out.sender {
        Sender::Alertmanager => format!(
            "receivers:\n  - name: muster\n    webhook_configs:\n      - url: {address}\n        max_alerts: 1000\n        http_config:\n          authorization:\n            credentials: {token}"
        ),
        Sender::Grafana => format!(
            "Contact point: Webhook\nURL: {address}\nAuthorization header, scheme: Bearer\nAuthorization header, credentials: {token}"
        ),
        Sender::PagerDuty => {
            format!("Webhook URL: {address}\nCustom header: Authorization\nIts value: Bearer {token}")
        }
    }
}

/// Makes a source, changes one, or revokes it.
pub async fn post(form: Form) -> Posted {
    let (who, circle) = (form.who()?, form.param("circle")?);
    let (db, now) = (&form.site.db, form.asked.received_at);
    let (page, id) = (format!("/circles/{circle}/signal-sources"), form.get("id"));
    let show = async |out: HandedOut, title: &str| {
        let hint = match out.sender {
            Sender::PagerDuty => {
                "The token is shown only now. Or leave the header out, and save the secret that PagerDuty shows: then its signature counts."
            }
            _ => "The token is shown only now.",
        };
        let address = settings(&out, &format!("{}/hooks", form.site.public_url));
        let link = Link { page: page.clone(), title: title.to_owned(), hint: hint.to_owned(), address };
        show_once(&form, link).await
    };
    match form.get("do") {
        "make" => {
            let sender = Sender::parse(form.get("sender"));
            let out = sources::make(db, &who, circle, form.get("name"), sender, &mut dice(), now).await?;
            show(out, "The source is made.").await?;
            Ok(page.clone())
        }
        "rotate" => {
            let out = sources::rotate(db, &who, circle, id, &mut dice(), now).await?;
            show(out, "The source has another token. The one before has ended.").await?;
            Ok(page.clone())
        }
        "sign" => {
            let secret = form.get("secret");
            sources::sign(db, &who, circle, id, secret, now).await?;
            let code = if secret.trim().is_empty() { "unsigned" } else { "signed" };
            Ok(format!("{page}?done={code}"))
        }
        "revoke" => {
            sources::revoke(db, &who, circle, id, now).await?;
            Ok(format!("{page}?done=revoked"))
        }
        _ => Err(Error::NotFound),
    }
}
