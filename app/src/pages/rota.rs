//! The rota: who is on call for each service, now and in the weeks to come; for
//! leaders the form that plans shifts.

use std::collections::BTreeMap;

use backend::actions::workers;
use backend::circles;
use backend::services::{self, Service};
use backend::shifts::{self, Draft, Shift, may_plan};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::engagement::dial;
use domain::rota::{self, Span};
use leptos::prelude::*;

use super::members::listing::page_asked;
use super::services::counted;
use crate::components::{
    Breadcrumb, CheckboxGroup, DateTimeField, Empty, ErrorSummary, Notice, NoticeKind, Pager, Pick,
    SelectField, TextField, Time, from_local,
};
use crate::form::{Form, Posted, again};
use crate::server::query_value;
use crate::shell::{InCircle, Loading, Page, Section, circle_page};

/// What is planned, or with `view=over` what is over.
pub fn get() -> Loading {
    circle_page(Section::Services, |here| async move {
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let all = services::list(db, who, circle).await?;
        let asked = query_value("service").unwrap_or_default();
        let chosen = all.iter().find(|service| service.slug == asked);
        let is_over = query_value("view").as_deref() == Some("over");
        let body = match is_over {
            true => over(&here, chosen).await?,
            false => planned(&here, &all, chosen).await?,
        };
        let trail = vec![("Services".to_owned(), format!("/circles/{circle}/services"))];
        Ok(Page::new(
            "Rota",
            view! {
                <ErrorSummary/>
                <Breadcrumb trail=trail/>
                <h1>"Rota"</h1>
                {done_notice(circle)}
                {tabs(circle, chosen, is_over)}
                {(all.len() > 1).then(|| filter(&all, chosen, is_over))}
                {body}
            },
        ))
    })
}

/// Plans shifts, takes one off, or puts it back.
pub async fn post(form: Form) -> Posted {
    let (who, circle, now) = (form.who()?, form.param("circle")?, form.asked.received_at);
    let (db, shift) = (&form.site.db, form.get("shift"));
    let done = match form.get("do") {
        "take-off" => match shifts::take_off(db, &who, circle, shift, now).await? {
            true => format!("off&shift={shift}"),
            false => "ended".to_owned(),
        },
        "put-back" => {
            shifts::put_back(db, &who, circle, shift, now).await?;
            "back".to_owned()
        }
        _ => {
            let zone = circles::member(db, &who, circle).await?.zone;
            let draft = Draft {
                service: form.get("service").to_owned(),
                people: form.all("people").into_iter().map(str::to_owned).collect(),
                from: from_local(form.get("from"), zone),
                to: from_local(form.get("to"), zone),
                times: form.get("times").to_owned(),
            };
            shifts::plan(db, &who, circle, &draft, now).await?;
            format!("planned&service={}", draft.service)
        }
    };
    Ok(format!("/circles/{circle}/rota?done={done}"))
}

fn done_notice(circle: &str) -> Option<AnyView> {
    let done = query_value("done").filter(|_| !again().is_again())?;
    let words = match done.as_str() {
        "planned" => "The shifts are planned.",
        "ended" => "The shift has ended.",
        "back" => "The shift is back on the rota.",
        "off" => "The shift is taken off the rota.",
        _ => return None,
    };
    let action = format!("/circles/{circle}/rota");
    let undo = query_value("shift").filter(|_| done == "off").map(|shift| {
        view! {
            <form method="post" action=action>
                <input type="hidden" name="shift" value=shift/>
                <button class="btn small" name="do" value="put-back">"Put it back"</button>
            </form>
        }
    });
    Some(view! { <Notice kind=NoticeKind::Done title=words>{undo}</Notice> }.into_any())
}

fn address(circle: &str, chosen: Option<&Service>, is_over: bool) -> String {
    let service = chosen.map(|service| format!("service={}", service.slug));
    let over = is_over.then(|| "view=over".to_owned());
    let query: Vec<String> = over.into_iter().chain(service).collect();
    match query.is_empty() {
        true => format!("/circles/{circle}/rota"),
        false => format!("/circles/{circle}/rota?{}", query.join("&")),
    }
}

fn tabs(circle: &str, chosen: Option<&Service>, is_over: bool) -> impl IntoView + use<> {
    let tab = |words: &'static str, over: bool| {
        let current = (over == is_over).then_some("page");
        view! { <li><a href=address(circle, chosen, over) aria-current=current>{words}</a></li> }
    };
    view! {
        <nav class="tabs" aria-label="Shifts">
            <ul>{tab("Now and next", false)}{tab("Over", true)}</ul>
        </nav>
    }
}

fn filter(all: &[Service], chosen: Option<&Service>, is_over: bool) -> impl IntoView + use<> {
    let every = std::iter::once(Pick::new("", "Every service"));
    let picks = every.chain(all.iter().map(|one| Pick::new(one.slug.clone(), one.name.clone())));
    let options = picks.map(|pick| {
        let selected = pick.value == chosen.map_or("", |service| &service.slug);
        view! { <option value=pick.value selected=selected>{pick.label}</option> }
    });
    let options = options.collect_view();
    let over = is_over.then(|| view! { <input type="hidden" name="view" value="over"/> });
    view! {
        <form class="cluster" role="search">
            {over}
            <label for="of-service">"Service"</label>
            <select id="of-service" name="service">{options}</select>
            <button class="btn">"Show"</button>
        </form>
    }
}

async fn planned(here: &InCircle, all: &[Service], chosen: Option<&Service>) -> backend::Result<AnyView> {
    let (db, who, circle, now) = (&here.site.db, &here.who, &here.member.circle, here.asked.received_at);
    let slug = chosen.map_or("", |service| service.slug.as_str());
    let shifts = shifts::planned(db, who, circle, slug, now).await?;
    let shown = match chosen {
        Some(service) => std::slice::from_ref(service),
        None => all,
    };
    let leads = may_plan(here.member.role);
    let form = match (leads, all.is_empty()) {
        (true, false) => Some(plan_form(here, all, chosen, &shifts).await?),
        _ => None,
    };
    let base = address(circle, chosen, false);
    Ok(view! {
        {on_call(shown, &shifts, now, here.member.zone)}
        {coming(here, &shifts, &base)}
        {form}
    }
    .into_any())
}

/// Who is on call now, service by service.
fn on_call(services: &[Service], shifts: &[Shift], now: DateTime<Utc>, zone: Tz) -> impl IntoView + use<> {
    let rows: Vec<_> = services
        .iter()
        .map(|service| {
            let current =
                shifts.iter().rfind(|shift| shift.service == service.slug && shift.span.contains(now));
            let who = match current {
                None => view! { <span>"Nobody"</span> }.into_any(),
                Some(shift) => view! {
                    <span>
                        <strong>{shift.name.clone()}</strong>{gone(shift)}{number(shift)}" until "
                        <Time at=shift.span.to zone=zone/>
                    </span>
                }
                .into_any(),
            };
            view! { <li><span>{service.name.clone()}</span>{who}</li> }
        })
        .collect();
    view! {
        <section class="stack" data-tight="" aria-labelledby="now">
            <h2 id="now">"On call now"</h2>
            <ul class="rows">{rows}</ul>
        </section>
    }
}

fn gone(shift: &Shift) -> Option<&'static str> {
    (!shift.is_there).then_some(" (not here any more)")
}

/// The number of somebody who is on call, which a phone dials.
pub fn number(shift: &Shift) -> Option<impl IntoView + use<>> {
    let phone = Some(shift.phone.clone()).filter(|phone| !phone.is_empty() && shift.is_there)?;
    let href = dial(&phone);
    Some(view! { ", "<a class="tel" href=href>{phone}</a> })
}

/// A shift, or a time in which a service has nobody.
enum Row<'s> {
    Shift(&'s Shift),
    Gap(&'s str, Span),
}

impl Row<'_> {
    fn from(&self) -> DateTime<Utc> {
        match self {
            Row::Shift(shift) => shift.span.from,
            Row::Gap(_, span) => span.from,
        }
    }
}

/// Everything that is planned, with its gaps, in the order of the calendar.
fn rows(shifts: &[Shift]) -> Vec<Row<'_>> {
    let mut spans: BTreeMap<(&str, &str), Vec<Span>> = BTreeMap::new();
    for shift in shifts {
        spans.entry((&shift.service, &shift.service_name)).or_default().push(shift.span);
    }
    let gaps = spans
        .into_iter()
        .flat_map(|((_, name), spans)| rota::gaps(&spans).into_iter().map(move |gap| Row::Gap(name, gap)));
    let mut rows: Vec<Row> = shifts.iter().map(Row::Shift).chain(gaps).collect();
    rows.sort_by_key(Row::from);
    rows
}

fn coming(here: &InCircle, shifts: &[Shift], base: &str) -> AnyView {
    let (now, zone, leads) = (here.asked.received_at, here.member.zone, may_plan(here.member.role));
    let rows = rows(shifts);
    if rows.is_empty() {
        let text = match leads {
            true => "Say below who is on call and when. Incidents of the service then go to them first.",
            false => "A leader of the circle plans who is on call and when.",
        };
        return view! { <Empty title="No shifts are planned" text=text/> }.into_any();
    }
    let (per_page, page) = (shifts::PAGE, page_asked());
    let n_rows = rows.len() as u64;
    let before = (page as usize - 1).saturating_mul(per_page);
    let list: Vec<_> =
        rows.into_iter().skip(before).take(per_page).map(|row| listed(&row, now, zone, leads)).collect();
    if list.is_empty() {
        let text = "There are fewer shifts than the address asks for.";
        return view! { <Empty title="The list ends before this page" text=text/> }.into_any();
    }
    let shown = list.len() as u32;
    view! {
        <section class="stack" data-tight="" aria-labelledby="shifts">
            <h2 id="shifts">"Shifts"</h2>
            <ol class="rows">{list}</ol>
            {(n_rows > per_page as u64).then(|| view! {
                <Pager page=page per_page=per_page as u32 shown=shown total=Some(n_rows) base=base.to_owned()/>
            })}
        </section>
    }
    .into_any()
}

fn listed(row: &Row, now: DateTime<Utc>, zone: Tz, leads: bool) -> AnyView {
    match row {
        Row::Gap(service, span) => view! {
            <li>
                <div>
                    <strong>"Nobody"</strong>
                    <p class="meta">{(*service).to_owned()}" · "{times(*span, zone)}</p>
                </div>
            </li>
        }
        .into_any(),
        Row::Shift(shift) => {
            let running = shift.span.contains(now);
            let id = shift.id.clone();
            let words = if running { "End now" } else { "Take off" };
            let whose = format!(", the shift of {} in {}", shift.name, shift.service_name);
            let off = leads.then(|| {
                view! {
                    <form method="post">
                        <input type="hidden" name="shift" value=id/>
                        <button class="btn small nowrap" name="do" value="take-off">
                            {words}<span class="vh">{whose}</span>
                        </button>
                    </form>
                }
            });
            view! {
                <li>
                    <div>
                        <strong>{shift.name.clone()}</strong>{gone(shift)}
                        {running.then(|| view! { " "<span class="tag">"On call now"</span> })}
                        <p class="meta">{shift.service_name.clone()}" · "{times(shift.span, zone)}</p>
                    </div>
                    {off}
                </li>
            }
            .into_any()
        }
    }
}

fn times(span: Span, zone: Tz) -> impl IntoView + use<> {
    view! { <Time at=span.from zone=zone/>" to "<Time at=span.to zone=zone/> }
}

async fn plan_form(
    here: &InCircle,
    all: &[Service],
    chosen: Option<&Service>,
    shifts: &[Shift],
) -> backend::Result<AnyView> {
    let (now, zone) = (here.asked.received_at, here.member.zone);
    let service = chosen.or(all.first()).map(|service| service.slug.clone()).unwrap_or_default();
    let of_service: Vec<&Shift> = shifts.iter().filter(|shift| shift.service == service).collect();
    let last = of_service.iter().max_by_key(|shift| shift.span.to).map(|shift| shift.span);
    let next = rota::next(last, now, &here.member.circle_zone);
    let people = workers(&here.site.db, &here.who, &here.member.circle).await?;
    let last_turn = |person: &str| {
        of_service.iter().filter(|shift| shift.person == person).map(|shift| shift.span.from).max()
    };
    let mut picks: Vec<(Option<DateTime<Utc>>, Pick)> =
        people.into_iter().map(|one| (last_turn(&one.person), Pick::new(one.person, one.name))).collect();
    // Whose turn is the longest ago comes first; who has none stands below.
    picks.sort_by_key(|(turn, _)| (turn.is_none(), *turn));
    let in_rota: Vec<String> =
        picks.iter().filter(|(turn, _)| turn.is_some()).map(|(_, pick)| pick.value.clone()).collect();
    let times = in_rota.len().max(1).to_string();
    let hint = match chosen {
        Some(_) => String::new(),
        None => "Show one service alone, and the form goes on where its shifts end.".to_owned(),
    };
    let services: Vec<Pick> =
        all.iter().map(|service| Pick::new(service.slug.clone(), service.name.clone())).collect();
    let picks: Vec<Pick> = picks.into_iter().map(|(_, pick)| pick).collect();
    Ok(view! {
        <form method="post" class="form panel" novalidate>
            <h2>"Plan shifts"</h2>
            <SelectField name="service" label="Service" picks=services value=service hint=hint/>
            <CheckboxGroup name="people" legend="Who takes turns, in this order" picks=picks values=in_rota/>
            <DateTimeField name="from" label="The first shift begins" zone=zone value=Some(next.from)/>
            <DateTimeField name="to" label="It ends" zone=zone value=Some(next.to)
                hint="Those that follow are as long, and hand over at the same hour."/>
            <TextField name="times" label="Shifts in a row" inputmode="numeric" width="short" value=times/>
            <button class="btn primary">"Plan the shifts"</button>
        </form>
    }
    .into_any())
}

async fn over(here: &InCircle, chosen: Option<&Service>) -> backend::Result<AnyView> {
    let (db, who, circle, zone) = (&here.site.db, &here.who, &here.member.circle, here.member.zone);
    let (page, slug) = (page_asked(), chosen.map_or("", |service| service.slug.as_str()));
    let (shifts, more) = shifts::over(db, who, circle, slug, page, here.asked.received_at).await?;
    if shifts.is_empty() {
        return Ok(match page {
            1 => view! { <Empty title="No shift is over yet" text="Shifts that have ended stand here."/> }.into_any(),
            _ => view! {
                <Empty title="The list ends before this page" text="There are fewer shifts than the address asks for."/>
            }
            .into_any(),
        });
    }
    let shown = shifts.len() as u32;
    let rows: Vec<_> =
        shifts.iter().map(|shift| listed(&Row::Shift(shift), here.asked.received_at, zone, false)).collect();
    let base = address(circle, chosen, true);
    Ok(view! {
        <ol class="rows">{rows}</ol>
        {(more || page > 1).then(|| view! {
            <Pager page=page per_page=shifts::PAGE as u32 shown=shown total=None more=more base=base/>
        })}
    }
    .into_any())
}

/// Who is on call for one service and who comes next, in one sentence each; for
/// the page of the service.
pub(super) async fn of_service(here: &InCircle, service: &str) -> backend::Result<AnyView> {
    let (db, who, circle, now) = (&here.site.db, &here.who, &here.member.circle, here.asked.received_at);
    let shifts = shifts::planned(db, who, circle, service, now).await?;
    let zone = here.member.zone;
    let current = shifts.iter().rfind(|shift| shift.span.contains(now)).map(|shift| {
        view! {
            <p>
                "On call now: "<strong>{shift.name.clone()}</strong>{gone(shift)}{number(shift)}", until "
                <Time at=shift.span.to zone=zone/>
            </p>
        }
    });
    let next = shifts.iter().find(|shift| shift.span.from > now).map(|shift| {
        view! { <p class="meta">"Next: "{shift.name.clone()}{gone(shift)}", from "<Time at=shift.span.from zone=zone/></p> }
    });
    let nobody = current.is_none().then(|| view! { <p>"Nobody is on call by the rota."</p> });
    let href = format!("/circles/{circle}/rota?service={service}");
    Ok(view! { {current}{nobody}{next}<p><a href=href>"Rota"</a></p> }.into_any())
}

/// One's own shift, running or next, over all services: a line for one's home.
pub(super) async fn own(here: &InCircle) -> backend::Result<Option<AnyView>> {
    let (db, who, circle, now) = (&here.site.db, &here.who, &here.member.circle, here.asked.received_at);
    let shifts = shifts::planned(db, who, circle, "", now).await?;
    let mine: Vec<&Shift> = shifts.iter().filter(|shift| shift.person == who.person).collect();
    let Some(first) = mine.first() else { return Ok(None) };
    let zone = here.member.zone;
    let words = if first.span.contains(now) { "You are on call" } else { "Your next shift" };
    let later = mine.len() - 1;
    let later = (later > 0).then(|| format!(" · {} later", counted(later as i64, "shift")));
    let unreached = first.phone.is_empty().then(|| {
        view! { " · "<a href="/account">"Say which number you are called on"</a> }
    });
    Ok(Some(
        view! {
            <p>
                <strong>{words}</strong>": "{first.service_name.clone()}", "{times(first.span, zone)}{later}" · "
                <a href=format!("/circles/{circle}/rota")>"Rota"</a>{unreached}
            </p>
        }
        .into_any(),
    ))
}
