//! The rules that lead alerts to services: written by a leader, and tried on
//! what was delivered before they hold.

use backend::Error;
use backend::error::Problem;
use backend::signals::deliveries;
use backend::signals::rules::{self, Tried};
use chrono_tz::Tz;
use leptos::prelude::*;

use super::sign_in::done;
use crate::components::{
    Breadcrumb, Code, ErrorSummary, Notice, NoticeKind, Pick, Scroll, SelectField, Severity, TextArea,
    TextField, Time, time_words,
};
use crate::form::{Form, Posted, again};
use crate::server::query_value;
use crate::shell::{Loading, Page, Section, circle_page};

/// What a rule looks like.
const EXAMPLE: &str = "# A line each. The first that fits decides.\n\
    alertname=Postgres*|Pg*, env!=test -> orders-db, S2\n\
    severity=info -> ignore\n\
    * -> orders";

/// The editor, and what the rules would do with a delivery.
pub fn get() -> Loading {
    let asked = query_value("try").unwrap_or_default();
    circle_page(Section::Incidents, move |here| async move {
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let (base, zone) = (format!("/circles/{circle}"), here.member.zone);
        let written = rules::of_circle(db, who, circle).await?;
        let newest = deliveries::of_circle(db, who, circle, None, 1).await?.deliveries;
        let delivery = again().value("try", &asked);
        let text = again().value("rules", &written.text);
        let tried = match delivery.as_str() {
            "" => None,
            delivery => match rules::attempt(db, who, circle, &text, delivery).await {
                Ok(tried) => Some(tried),
                // The form says what is wrong with the rules; what is gone is not tried.
                Err(Error::Refused(_) | Error::NotFound) => None,
                Err(why) => return Err(why),
            },
        };
        let mut offered: Vec<Pick> = newest
            .into_iter()
            .map(|one| {
                let outcome = shortened(&one.outcome, 70);
                Pick::new(one.id, format!("{}, {}: {outcome}", time_words(one.received_at, zone), one.source))
            })
            .collect();
        if let Some(tried) =
            tried.as_ref().filter(|tried| !offered.iter().any(|pick| pick.value == tried.delivery))
        {
            offered.push(Pick::new(tried.delivery.clone(), time_words(tried.received_at, zone)));
        }
        // Whoever is shown the form again sees what stands, and saves over that.
        let turn = written.turn.to_string();
        let is_met = again().get("turn").is_some_and(|typed| typed != turn);
        let theirs = is_met.then(|| written.text.clone());
        let has_deliveries = !offered.is_empty();
        let picks = std::iter::once(Pick::new("", "None")).chain(offered).collect();
        let by = written.by.map(|(name, at)| {
            view! { <p class="meta">"Written by "{name}", "<Time at=at zone=zone/></p> }
        });
        let trail = vec![
            ("Incidents".to_owned(), format!("{base}/incidents")),
            ("What was delivered".to_owned(), format!("{base}/signals")),
        ];
        Ok(Page::new(
            "Rules – Incidents",
            view! {
                <ErrorSummary/>
                <Breadcrumb trail=trail/>
                <h1>"Rules for alerts"</h1>
                {done(&[("saved", "The rules are saved. What comes from now on follows them.")])}
                <p>
                    "A rule leads an alert to a service, by its labels. Without one that fits, the label "<code>"service"</code>
                    " leads to the service of that short name, and "<code>"severity"</code>" says how bad it is. A star stands \
                    for anything, a bar for or."
                </p>
                <Code text=EXAMPLE caption="For example"/>
                {tried.map(|tried| shown(tried, &base, zone))}
                <form method="post" class="form" novalidate>
                    <input type="hidden" name="turn" value=turn/>
                    <TextArea name="rules" label="Rules" rows=10 value=written.text/>
                    {by}
                    {theirs.map(|theirs| view! { <Code text=theirs caption="What stands now"/> })}
                    <TextField name="reopens" label="A resolved incident is opened again within" inputmode="numeric"
                        width="short" unit="min" value=written.reopens.to_string()
                        hint="When its alerts fire again later, it is another incident."/>
                    {has_deliveries.then(|| view! {
                        <SelectField name="try" label="Try them on a delivery" picks=picks value=asked/>
                    })}
                    <div class="cluster">
                        <button class="btn primary" name="do" value="save">"Save the rules"</button>
                        {has_deliveries.then(|| view! { <button class="btn" name="do" value="try">"Try them"</button> })}
                    </div>
                </form>
            },
        ))
    })
}

/// The beginning of a text.
fn shortened(text: &str, n_letters: usize) -> String {
    let beginning: String = text.chars().take(n_letters).collect();
    if beginning.len() < text.len() { beginning + "…" } else { beginning }
}

fn shown(tried: Tried, base: &str, zone: Tz) -> AnyView {
    let at = time_words(tried.received_at, zone);
    let href = format!("{base}/signals/{}", tried.delivery);
    let routes = match tried.routes {
        Ok(routes) => routes,
        Err(unknown) => {
            return view! {
                <Notice kind=NoticeKind::Info title="This delivery is not understood">
                    <p>{unknown}" "<a href=href>"Look at it"</a></p>
                </Notice>
            }
            .into_any();
        }
    };
    let rows: Vec<_> = routes
        .into_iter()
        .take(100)
        .map(|(alert, route)| {
            let labels: Vec<String> =
                alert.labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let line = route.line.map_or_else(|| "None fits".to_owned(), |line| format!("Line {line}"));
            let to = match (route.is_ignored, route.service) {
                (true, _) => "Opens no incident".to_owned(),
                (false, Some(service)) => service,
                (false, None) => "No service".to_owned(),
            };
            view! {
                <tr>
                    <th scope="row">{alert.name}<span class="meta long">" "{labels.join(", ")}</span></th>
                    <td data-label="Rule">{line}</td>
                    <td data-label="Leads to">{to}</td>
                    <td data-label="Severity"><Severity level=route.severity.level()/></td>
                </tr>
            }
        })
        .collect();
    let empty = rows.is_empty().then(|| view! { <p>"It names no alert."</p> });
    view! {
        <section class="stack" data-tight="" aria-labelledby="tried">
            <h2 id="tried">"What these rules would do"</h2>
            <p>"With the delivery of "<a href=href>{at}</a>". Nothing is changed by trying."</p>
            {empty}
            <Scroll name="Where each alert would lead">
                <table class="fold">
                    <caption class="vh">"Where each alert would lead"</caption>
                    <thead><tr>
                        <th scope="col">"Alert"</th><th scope="col">"Rule"</th><th scope="col">"Leads to"</th>
                        <th scope="col">"Severity"</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </Scroll>
        </section>
    }
    .into_any()
}

/// Tries the rules, or saves them.
pub async fn post(form: Form) -> Posted {
    let (who, circle) = (form.who()?, form.param("circle")?);
    let (db, now) = (&form.site.db, form.asked.received_at);
    match form.get("do") {
        "try" => {
            let delivery = form.get("try");
            if delivery.is_empty() {
                rules::of_circle(db, &who, circle).await?;
                return Err(Error::refused("try", "Choose a delivery to try them on."));
            }
            rules::attempt(db, &who, circle, form.get("rules"), delivery).await?;
            // The page shows what came of it, with what was typed.
            Err(Error::Refused(Vec::<Problem>::new()))
        }
        "save" => {
            let turn = form.get("turn").parse().unwrap_or_default();
            rules::set(db, &who, circle, form.get("rules"), form.get("reopens"), turn, now).await?;
            Ok(format!("/circles/{circle}/signal-rules?done=saved"))
        }
        _ => Err(Error::NotFound),
    }
}
