//! Three in the morning: an alert's name in, what it means and what to do out.
//! One column on a phone, no wasm, and complete without a script.

use backend::alerts::remarks::{self, Remark, Said, Verdict};
use backend::alerts::{self, Bare, Described, Night};
use backend::services::Step;
use backend::shifts::{self, Shift};
use backend::sources::{Resting, questions_on};
use backend::{Db, Error};
use chrono_tz::Tz;
use domain::engagement::dial;
use domain::people::Role;
use domain::runbook::{Filling, Section as Part, filling, page_name};
use leptos::prelude::*;

use super::alerts::{missing as near_it, place_address};
use super::question_edit::resting::rows;
use super::rota::number;
use super::runbook::words::{Under, address, rendered, script};
use super::sign_in::done;
use crate::components::{Command, ErrorSummary, Time, city};
use crate::form::{Form, Posted, again, key_field};
use crate::server::{Who, query_value, set_status};
use crate::shell::{Loading, Page, bare_page, encode, path_param};

/// What adds a button to each command that copies it.
pub const SCRIPT: &str = include_str!("alert/copying.js");

/// One screen for the night; a short choice where several services know the
/// alert, and what comes near where none does.
pub fn get() -> Loading {
    let name = path_param("alert");
    bare_page(move |site, asked, who| async move {
        let (circle, service) = (query_value("circle"), query_value("service"));
        let places = alerts::places(&site.db, &who, &name, circle.as_deref(), service.as_deref()).await?;
        let nth = query_value("nth").and_then(|nth| nth.parse::<usize>().ok());
        let place = match (places.as_slice(), nth.and_then(|nth| places.get(nth))) {
            ([], _) => return missing(&site.db, &who, &name).await,
            ([only], _) => only,
            (_, Some(chosen)) => chosen,
            ([first, others @ ..], None) if others.iter().all(|other| other.is_of_service_of(first)) => {
                alerts::fullest(&site.db, &who, &places).await?
            }
            (several, None) => return Ok(Page::new(name.clone(), choice(&name, several))),
        };
        let night = alerts::night(&site.db, &who, place).await?;
        let elsewhere = elsewhere(&places, place);
        let resting = questions_on(&site.db, &who, &place.circle, &format!("alert:{}", night.name)).await?;
        let now = asked.received_at;
        let on_call = shifts::current(&site.db, &who, &place.circle, &night.service, now).await?;
        Ok(Page::new(night.name.clone(), screen(&night, on_call, elsewhere, &resting, now)))
    })
}

/// Keeps what somebody says after using the page.
pub async fn post(form: Form) -> Posted {
    let who = form.who()?;
    let name = form.param("alert")?;
    let (circle, service) = (form.get("circle"), form.get("service"));
    let places = alerts::places(&form.site.db, &who, name, Some(circle), Some(service)).await?;
    let is_it = |(_, place): &(usize, &Described)| place.page == form.get("page");
    let (nth, place) = places.iter().enumerate().find(is_it).ok_or(Error::NotFound)?;
    let verdict = Verdict::parse(form.get("verdict"))
        .ok_or_else(|| Error::refused("verdict", "Choose one of the three."))?;
    let now = form.asked.received_at;
    let said = Said { verdict, note: form.get("note"), is_to_do: form.has("action"), key: form.get("key") };
    let action = remarks::say(&form.site.db, &who, place, said, now).await?;
    let is_short = verdict != Verdict::Right && form.get("note").trim().is_empty();
    let done = match (action, is_short) {
        (Some(_), _) => "action",
        (None, true) => "short",
        (None, false) => "said",
    };
    Ok(format!("{}&nth={nth}&done={done}", place_address(place)))
}

/// The ways to the other pages of the same service that describe the alert.
fn elsewhere(places: &[Described], shown: &Described) -> Vec<(String, String)> {
    let of_same = places.iter().filter(|place| place.is_of_service_of(shown)).enumerate();
    let others = of_same.filter(|(_, place)| *place != shown);
    others.map(|(nth, place)| (format!("{}&nth={nth}", place_address(place)), place.page.clone())).collect()
}

/// What is shown of alerts whose names are only like the one that was asked for.
const N_NEAR: usize = 20;

/// No runbook knows the name: what monitoring says of it; or else what comes
/// near, with the status of a page that is not there.
async fn missing(db: &Db, who: &Who, name: &str) -> backend::Result<Page> {
    let mut near = alerts::find(db, who, name).await?;
    near.truncate(N_NEAR);
    let known = alerts::bare(db, who, name).await?;
    if known.is_empty() {
        set_status(404);
        return Ok(Page::new(format!("No runbook for {name}"), near_it(name, &near)));
    }
    Ok(Page::new(name.to_owned(), not_described(name, &known, &near)))
}

/// Monitoring knows the alert, and nobody has written what to do: what there is
/// of it, whom to call, and where to write it down.
fn not_described(name: &str, known: &[Bare], near: &[Described]) -> impl IntoView + use<> {
    let parts: Vec<_> = known.iter().map(|bare| bare_part(name, bare)).collect();
    let near: Vec<_> = near
        .iter()
        .take(5)
        .map(|one| {
            let (href, name) = (place_address(one), one.name.clone());
            view! { <li><a href=href>{name}</a><span class="hint">{one.service_name.clone()}</span></li> }
        })
        .collect();
    let near = (!near.is_empty()).then(|| {
        view! {
            <section class="stack" data-tight="" aria-labelledby="near">
                <h2 id="near">"Written down, and called alike"</h2>
                <ul class="hits">{near}</ul>
            </section>
        }
    });
    view! {
        <main id="main" class="night">
            <nav class="no-print" aria-label="Menu"><a href="/alerts">"Find another alert"</a></nav>
            <h1>{humps(name)}</h1>
            <p><strong>"No runbook describes it. "</strong>"Call early, and note what helped."</p>
            {parts}
            {near}
        </main>
    }
}

fn bare_part(name: &str, bare: &Bare) -> impl IntoView + use<> {
    let circle = &bare.member.circle;
    let summary = (!bare.summary.is_empty()).then(|| view! { <p>{bare.summary.clone()}</p> });
    let title = match &bare.service {
        Some((_, service)) => format!("{service} · {}", bare.member.circle_name),
        None => bare.member.circle_name.clone(),
    };
    let incidents: Vec<_> = bare
        .incidents
        .iter()
        .take(5)
        .map(|(number, title)| {
            let href = format!("/circles/{circle}/incidents/INC-{number}");
            view! { <li><a href=href>{format!("INC-{number} {title}")}</a></li> }
        })
        .collect();
    let incidents = (!incidents.is_empty())
        .then(|| view! { <p>"It fired in:"</p><ul class="stack" data-tight="">{incidents}</ul> });
    let path = (!bare.steps.is_empty()).then(|| {
        let steps: Vec<_> = bare.steps.iter().map(call_step).collect();
        view! { <ol class="stack" data-tight="">{steps}</ol> }
    });
    let writes = match (&bare.service, bare.member.role) {
        (_, Role::Reader) => None,
        (Some((slug, _)), _) if page_name(name).is_some() => {
            Some(format!("/circles/{circle}/services/{slug}/runbook/edit?page={}", encode(name)))
        }
        (Some((slug, _)), _) => Some(format!("/circles/{circle}/services/{slug}/runbook/edit")),
        (None, _) if page_name(name).is_some() => {
            Some(format!("/circles/{circle}/alert-coverage?write={}", encode(name)))
        }
        (None, _) => Some(format!("/circles/{circle}/runbooks")),
    };
    let writes = writes.map(|href| view! { <p><a class="btn" href=href>"Write it down"</a></p> });
    view! {
        <section class="stop stack" data-tight="">
            <h2>{title}</h2>
            {summary}
            {path}
            {incidents}
            {writes}
        </section>
    }
}

fn choice(name: &str, places: &[Described]) -> impl IntoView + use<> {
    let rows = places.iter().enumerate().map(|(nth, place)| {
        let of_same = |other: &&Described| other.is_of_service_of(place);
        let within = places[..nth].iter().filter(of_same).count();
        let (href, page) = match places.iter().filter(of_same).count() {
            1 => (place_address(place), String::new()),
            _ => (format!("{}&nth={within}", place_address(place)), format!(" · page {}", place.page)),
        };
        let title = place.service_name.clone();
        let hint = format!("{} · {}{page}", place.circle_name, place.title);
        view! { <li><a href=href>{title}</a><span class="hint">{hint}</span></li> }
    });
    view! {
        <main id="main" class="night">
            <nav class="no-print" aria-label="Menu"><a href="/alerts">"Find another alert"</a></nav>
            <h1>{name.to_owned()}</h1>
            <p>"Several runbooks describe it. Which service is it?"</p>
            <ul class="hits">{rows.collect_view()}</ul>
        </main>
    }
}

fn screen(
    night: &Night,
    on_call: Option<Shift>,
    elsewhere: Vec<(String, String)>,
    resting: &[Resting],
    printed: chrono::DateTime<chrono::Utc>,
) -> impl IntoView + use<> {
    let zone = night.member.zone;
    let circle = &night.member.circle;
    let home = address(circle, &night.service, &night.page.page);
    let service = night.service_name.clone();
    let by = night.page.made_by.clone().map(|by| format!(" by {by}")).unwrap_or_default();
    let accountable = night.accountable.clone().map(|name| format!(" · {name} answers for it"));
    let also: Vec<String> = night.section.names.iter().filter(|name| **name != night.name).cloned().collect();
    let also = (!also.is_empty()).then(|| format!(" · also {}", also.join(", ")));
    let version = night.version.to_string();
    let rest = night.rest();
    let is_filled = |part: Part| filling(&night.says(part)) == Filling::Filled;
    let has_parts = Part::OF_ALERT.into_iter().any(is_filled);
    let says_what_to_do = is_filled(Part::Mitigation);
    let rest = (filling(&rest) == Filling::Filled).then(|| shown(&rest));
    // What stands under other headings is what to do, where nothing else says it.
    let (open, folded) = if says_what_to_do { (None, rest) } else { (rest, None) };
    let nobody_says = has_parts && !says_what_to_do && open.is_none();
    let open = open.map(|shown| view! { <section><div class="prose">{shown}</div></section> });
    let folded = folded.map(|shown| {
        view! { <details><summary>"More"</summary><div class="prose">{shown}</div></details> }
    });
    let elsewhere = elsewhere.into_iter().map(|(href, page)| {
        view! { <p class="meta">"Another page describes it too: "<a href=href>{page}</a></p> }
    });
    let stands = format!("{} · {}", night.service_name, night.member.circle_name);
    let printed = printed.with_timezone(&zone).format("%-d %B %Y %H:%M");
    let older = format!("Version {version}, printed {printed} {}; may be old.", city(zone));
    view! {
        <main id="main" class="night">
            <nav class="cluster no-print" aria-label="Menu">
                <a href="/alerts">"Find another alert"</a>
                <a href=home>{service}</a>
            </nav>
            <ErrorSummary/>
            {done(&[
                ("said", "Kept. Thank you: the next one at night has it easier."),
                ("short", "Kept. Say in a few words what it was, as soon as you can, so that it is put right."),
                ("action", "Kept, and a corrective action is made of it."),
            ])}
            <h1>{humps(&night.name)}</h1>
            <p class="print-only">{stands}</p>
            {first_call(night, on_call.as_ref())}
            {part(night, Part::Impact, "Harm now")}
            {part(night, Part::Meaning, "What it means")}
            {part(night, Part::Diagnosis, "Look first")}
            {part(night, Part::Mitigation, "What to do")}
            {nobody_says.then(not_written)}
            {open}
            {folded}
            {call(night, on_call)}
            {used(night, zone)}
            {questions(night, resting)}
            <p class="meta">
                "Version "{version}" · changed "<Time at=night.page.made_at zone=zone/>{by}{accountable}{also}
            </p>
            {elsewhere.collect_view()}
            <p class="print-only">{older}</p>
            {script("copying.js")}
        </main>
    }
}

/// A name that may break between its words: `OrdersLatencyHigh` on a phone.
fn humps(name: &str) -> impl IntoView + use<> {
    let mut words: Vec<String> = vec![String::new()];
    let mut was_lower = false;
    for c in name.chars() {
        match words.last_mut() {
            Some(word) if !(was_lower && c.is_uppercase()) => word.push(c),
            _ => words.push(c.to_string()),
        }
        was_lower = c.is_lowercase() || c == '_';
    }
    let words =
        words.into_iter().enumerate().map(|(n, word)| view! { {(n > 0).then(|| view! { <wbr/> })}{word} });
    words.collect_view()
}

fn part(night: &Night, part: Part, title: &'static str) -> Option<AnyView> {
    let text = night.says(part);
    if filling(&text) != Filling::Filled {
        return None;
    }
    let shown = shown(&text);
    let id = part.as_str();
    Some(
        view! {
            <section class="stack" data-tight="" aria-labelledby=id>
                <h2 id=id>{title}</h2>
                <div class="prose">{shown}</div>
            </section>
        }
        .into_any(),
    )
}

fn not_written() -> impl IntoView {
    view! {
        <section class="stack" data-tight="" aria-labelledby="mitigation">
            <h2 id="mitigation">"What to do"</h2>
            <p>"Nobody has written it yet. Call early, and note what helped."</p>
        </section>
    }
}

/// The number of whoever is on call, or else the first one, and the way to all
/// of them, before anything is read.
fn first_call(night: &Night, on_call: Option<&Shift>) -> Option<impl IntoView + use<>> {
    let on_call = on_call.filter(|shift| !shift.phone.is_empty());
    let (name, phone) = match on_call {
        Some(shift) => (&shift.name, &shift.phone),
        None => {
            let first = night.steps.iter().find(|step| step.is_there && !step.phone.is_empty())?;
            (&first.name, &first.phone)
        }
    };
    let (href, words) = (dial(phone), format!("Call {name}"));
    Some(view! {
        <p class="cluster no-print">
            <a class="btn" href=href>{words}</a>
            <a href="#call">"Everybody to call"</a>
        </p>
    })
}

/// One step of a path, on one line.
fn call_step(step: &Step) -> impl IntoView + use<> {
    let after = match step.after_minutes {
        0 => "at once".to_owned(),
        n => format!("after {n} min"),
    };
    let gone = (!step.is_there && step.person.is_some()).then_some(" (not here any more)");
    let phone = step.phone.clone();
    let phone = (!phone.is_empty()).then(|| view! { <a class="tel" href=step.dial()>{phone}</a> });
    view! { <li><b>{step.name.clone()}</b>{gone}" "{phone}" "<span class="hint">{after}</span></li> }
}

/// Whom to call, in order.
fn call(night: &Night, on_call: Option<Shift>) -> impl IntoView + use<> {
    let zone = night.member.zone;
    let on_call = on_call.map(|shift| {
        let number = number(&shift);
        view! {
            <p>"On call now: "<b>{shift.name}</b>{number}", until "<Time at=shift.span.to zone=zone/></p>
        }
    });
    let steps: Vec<_> = night.steps.iter().map(call_step).collect();
    let path = (!steps.is_empty()).then(|| view! { <ol class="stack" data-tight="">{steps}</ol> });
    let written = (filling(&night.escalation) == Filling::Filled).then(|| {
        let html = rendered(&night.escalation, Under::H2);
        view! { <div class="prose" inner_html=html></div> }
    });
    let nobody = night.steps.is_empty().then(|| {
        let href = format!("/circles/{}/services/{}", night.member.circle, night.service);
        let owner = night.accountable.clone().map(|name| format!("{name} answers for it. "));
        view! {
            <p>
                "No numbers are written down. "{owner}<a href=href>"The page of the service"</a>
                " says how it is reached."
            </p>
        }
    });
    view! {
        <section class="stop stack" data-tight="" aria-labelledby="call">
            <h2 id="call">"Stop and call"</h2>
            <p>"When a step fails twice, when data is at risk, or when you are not sure."</p>
            {on_call}
            {path}
            {written}
            {nobody}
        </section>
    }
}

/// "I used it", in one tap; a note may go with it.
fn used(night: &Night, zone: Tz) -> impl IntoView + use<> {
    let again = again();
    let problem = again.problem("note").map(str::to_owned);
    let is_open = again.has_problems();
    let hidden = [("circle", &night.member.circle), ("service", &night.service), ("page", &night.page.page)]
        .map(|(name, value)| view! { <input type="hidden" name=name value=value.clone()/> })
        .collect_view();
    let to_do = night.may_write.then(|| {
        view! {
            <label class="option"><input type="checkbox" name="action" checked=again.get("action").is_some()/>
                <span>"Make a corrective action of what was wrong or missing"</span></label>
        }
    });
    let note = crate::components::textarea_html(again.get("note").unwrap_or_default());
    let invalid = problem.is_some().then_some("true");
    let error = problem.map(|what| view! { <p class="field-error" id="note-error"><span><span class="vh">"Error: "</span>{what}</span></p> });
    let said: Vec<_> = night.remarks.iter().map(|remark| said(night, remark, zone)).collect();
    let said = (!said.is_empty()).then(|| {
        let words = format!("What was said ({})", said.len());
        view! { <details><summary>{words}</summary><ul class="stack" data-tight="">{said}</ul></details> }
    });
    view! {
        <section class="stack no-print" data-tight="" aria-labelledby="used">
            <h2 id="used">"I used it"</h2>
            <form method="post" class="stack" data-tight="" novalidate>
                {hidden}
                {key_field()}
                <div class="cluster">
                    <button class="btn" name="verdict" value="right">"It was right"</button>
                    <button class="btn" name="verdict" value="wrong">"It was wrong"</button>
                    <button class="btn" name="verdict" value="missing">"Something was missing"</button>
                </div>
                <details open=is_open>
                    <summary>"Say more first"</summary>
                    <div class="stack" data-tight="">
                        <div class="field">
                            <label for="note">"What was it?"</label>
                            {error}
                            <textarea id="note" name="note" rows="3" aria-invalid=invalid inner_html=note></textarea>
                        </div>
                        {to_do}
                    </div>
                </details>
            </form>
            {said}
        </section>
    }
}

/// By day: the questions that rest on the alert, and the way to one more, for
/// who leads.
fn questions(night: &Night, resting: &[Resting]) -> Option<impl IntoView + use<>> {
    let (circle, service) = (&night.member.circle, &night.service);
    let n = resting.len();
    (night.member.role == Role::Leader).then(|| {
        let source = encode(&format!("alert:{}", night.name));
        let ask = format!("/circles/{circle}/write-question?service={service}&from={source}");
        let rows = rows(&format!("/circles/{circle}/questions"), resting);
        let list = (n > 0).then(|| view! { <ul class="stack" data-tight="">{rows}</ul> });
        view! {
            <details class="no-print">
                <summary>{format!("Questions that rest on it ({n})")}</summary>
                {list}
                <p><a href=ask>"Make a question of this"</a></p>
            </details>
        }
    })
}

fn said(night: &Night, remark: &Remark, zone: Tz) -> impl IntoView + use<> {
    let action = remark.action.map(|number| {
        let href = format!("/circles/{}/actions/{}", encode(&night.member.circle), number);
        view! { " · "<a href=href>{number.to_string()}</a> }
    });
    let note = (!remark.note.is_empty()).then(|| view! { <p class="lines">{remark.note.clone()}</p> });
    let what = remark.verdict.title();
    let version = format!(" · version {}", remark.version);
    view! {
        <li>
            <p class="meta">{what}" · "<Time at=remark.made_at zone=zone/>" · "{remark.made_by.clone()}{version}{action}</p>
            {note}
        </li>
    }
}

/// Markdown in which each block of code is a command that breaks between its
/// arguments only.
fn shown(text: &str) -> AnyView {
    const OPEN: &str = "<pre tabindex=\"0\"><code";
    const CLOSE: &str = "</code></pre>";
    let html = rendered(text, Under::H2);
    // In one piece: a command may stand within a list.
    let mut whole = String::new();
    let mut rest = html.as_str();
    while let Some(at) = rest.find(OPEN) {
        let (before, after) = rest.split_at(at);
        let Some((begin, end)) = after.find('>').zip(after.find(CLOSE)) else { break };
        // The first `>` closes `pre`, the second `code`.
        let Some(inner) =
            after[begin + 1..].find('>').map(|n| begin + 1 + n + 1).filter(|inner| *inner <= end)
        else {
            break;
        };
        whole.push_str(before);
        let command = unescaped(after[inner..end].trim_end_matches('\n'));
        whole.push_str(&view! { <Command text=command/> }.to_html());
        rest = &after[end + CLOSE.len()..];
    }
    whole.push_str(rest);
    view! { <div inner_html=whole></div> }.into_any()
}

fn unescaped(html: &str) -> String {
    let plain =
        html.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&nbsp;", "\u{a0}");
    plain.replace("&#39;", "'").replace("&amp;", "&")
}
