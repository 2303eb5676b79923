//! Planning a round: which test, who, and between which instants.

use backend::Error;
use backend::circles::{self, MemberOf};
use backend::error::Problem;
use backend::rounds::{self, Plan};
use backend::tests::{self, Found};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::people::Role;
use domain::round::{Showing, ShownWhen};
use leptos::prelude::*;

use super::services::counted;
use crate::components::{
    Breadcrumb, DateTimeField, Empty, ErrorSummary, Icon, Pick, RadioGroup, SelectField, TextField, city,
    from_local, icon,
};
use crate::form::{Form, Posted, again};
use crate::server::query_value;
use crate::shell::{InCircle, Page, Section, circle_page};

/// The form that plans a round.
#[component]
pub fn RoundNewPage() -> impl IntoView {
    circle_page(Section::Rounds, |here| async move {
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let tests = tests::list(db, who, circle).await?;
        let mut people = circles::members(db, who, circle).await?;
        people.retain(|person| person.role != Role::Reader && !person.disabled);
        let trail = vec![("Rounds".to_owned(), format!("/circles/{circle}/rounds"))];
        let content = match (tests.is_empty(), people.is_empty()) {
            (true, _) => no_tests(circle).into_any(),
            (_, true) => no_people(circle).into_any(),
            _ => plan_form(&here, &tests, people).into_any(),
        };
        Ok(Page::new(
            "Plan a round",
            view! { <ErrorSummary/><Breadcrumb trail=trail/><h1>"Plan a round"</h1>{content} },
        ))
    })
}

/// Plans the round.
pub async fn post(form: Form) -> Posted {
    let circle = form.param("circle")?;
    let who = form.who()?;
    let zone = circles::leader(&form.site.db, &who, circle).await?.zone;
    let plan = read_plan(&form, zone).map_err(Error::Refused)?;
    let id = rounds::plan(&form.site.db, &who, circle, &plan, form.asked.received_at).await?;
    Ok(format!("/circles/{circle}/rounds/{id}?done=planned"))
}

fn read_plan(form: &Form, zone: Tz) -> Result<Plan, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut instant = |field: &str| {
        read_instant(form.get(field), zone).unwrap_or_else(|what| {
            problems.push(Problem::new(field, what));
            DateTime::UNIX_EPOCH
        })
    };
    let (opens_at, closes_at) = (instant("opens_at"), instant("closes_at"));
    let shown = |field: &str| ShownWhen::parse(form.get(field)).unwrap_or(ShownWhen::AtClose);
    let extra = |person: &str| match form.get(&format!("extra-{person}")).trim() {
        "" => 0,
        // What is no number is refused as one that is out of bounds.
        typed => typed.parse().unwrap_or(-1),
    };
    let plan = Plan {
        name: form.get("name").to_owned(),
        test: form.get("test").to_owned(),
        opens_at,
        closes_at,
        shows: Showing { score: shown("show_score"), answers: shown("show_answers") },
        people: form.all("people").into_iter().map(|person| (person.to_owned(), extra(person))).collect(),
    };
    if problems.is_empty() { Ok(plan) } else { Err(problems) }
}

/// The instant that was typed, or what is wrong with it: in spring an hour of the night does not exist.
fn read_instant(typed: &str, zone: Tz) -> Result<DateTime<Utc>, String> {
    from_local(typed, zone).ok_or_else(|| {
        let day = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"];
        match day.iter().find_map(|shape| NaiveDateTime::parse_from_str(typed.trim(), shape).ok()) {
            Some(skipped) => format!(
                "The clocks in {} go forward past {} on that day. Enter a time after it.",
                city(zone),
                skipped.format("%H:%M")
            ),
            None => "Enter a day and a time, for example 2025-11-25T09:00.".to_owned(),
        }
    })
}

fn no_tests(circle: &str) -> impl IntoView + use<> {
    let make = format!("/circles/{circle}/tests/new");
    view! {
        <Empty title="There is no test to give yet" text="A round gives one test to people.">
            <a class="btn primary" href=make>"Make a test"</a>
        </Empty>
    }
}

fn no_people(circle: &str) -> impl IntoView + use<> {
    let members = format!("/circles/{circle}/members");
    view! {
        <Empty title="Nobody can sit a test yet" text="Engineers and leaders of the circle sit tests; readers do not.">
            <a class="btn primary" href=members>"Invite members"</a>
        </Empty>
    }
}

fn plan_form(here: &InCircle, tests: &[Found], people: Vec<MemberOf>) -> impl IntoView + use<> {
    let zone = here.member.zone;
    let opens_at = next_hour(here.asked.received_at);
    let mut test_picks = Vec::new();
    if tests.len() > 1 {
        test_picks.push(Pick::new("", "Choose a test"));
    }
    test_picks.extend(tests.iter().map(|found| {
        let n_questions = counted(found.test.blueprint.n_questions(), "question");
        Pick::new(found.id.clone(), format!("{} ({n_questions})", found.name))
    }));
    view! {
        <form method="post" class="form" novalidate>
            <TextField name="name" label="Name" hint="For example November readiness"/>
            <SelectField name="test" label="Test" picks=test_picks value=query_value("test").unwrap_or_default()/>
            <DateTimeField name="opens_at" label="Opens" zone=zone value=Some(opens_at)/>
            <DateTimeField name="closes_at" label="Closes" zone=zone value=Some(opens_at + TimeDelta::days(7))
                hint="Whoever sits then is stopped, except for their extra time"/>
            {people_fields(people)}
            <RadioGroup name="show_score" legend="Takers see their score" picks=shown_picks()
                value=ShownWhen::AtHandIn.as_str()/>
            <RadioGroup name="show_answers" legend="Takers see the right answers" picks=shown_picks()
                value=ShownWhen::AtClose.as_str()/>
            <button class="btn primary">"Plan the round"</button>
        </form>
    }
}

fn next_hour(now: DateTime<Utc>) -> DateTime<Utc> {
    let into_hour = now.timestamp().rem_euclid(3600);
    DateTime::from_timestamp(now.timestamp() - into_hour + 3600, 0).unwrap_or(now)
}

fn shown_picks() -> Vec<Pick> {
    ShownWhen::ALL.map(|when| Pick::new(when.as_str(), shown_words(when))).to_vec()
}

/// When takers may see something, in words.
pub(super) fn shown_words(when: ShownWhen) -> &'static str {
    match when {
        ShownWhen::AtHandIn => "As soon as they hand in",
        ShownWhen::AtClose => "When the round has closed and nobody is sitting any more",
        ShownWhen::Never => "Never",
    }
}

/// Who sits it, and how many minutes each has more than the test gives.
fn people_fields(people: Vec<MemberOf>) -> impl IntoView {
    let again = again();
    let problem = again.problem("people").map(|problem| {
        view! {
            <p class="field-error" id="people-error">
                {icon(Icon::Cross)}<span><span class="vh">"Error: "</span>{problem.to_owned()}</span>
            </p>
        }
    });
    let described_by = if problem.is_some() { "people-hint people-error" } else { "people-hint" };
    let chosen = again.all("people");
    let rows = people.into_iter().enumerate().map(|(nth, person)| {
        let is_chosen = match again.is_again() {
            true => chosen.contains(&person.person.as_str()),
            false => person.role == Role::Engineer,
        };
        person_fields(nth, person, is_chosen)
    });
    let rows = rows.collect_view();
    view! {
        <fieldset class="field" aria-describedby=described_by>
            <legend>"Who sits it"</legend>
            <p class="hint" id="people-hint">"Extra minutes are added to the time limit and to the close of the round."</p>
            {problem}
            <ul class="rows">{rows}</ul>
        </fieldset>
    }
}

fn person_fields(nth: usize, person: MemberOf, is_chosen: bool) -> impl IntoView {
    let id = if nth == 0 { "people".to_owned() } else { format!("people-{nth}") };
    let role = (person.role == Role::Leader).then(|| view! { " "<span class="tag">"Leader"</span> });
    let extra = format!("extra-{}", person.person);
    let label = view! { <span>{person.name.clone()}{role}</span> };
    view! {
        <li>
            <label class="option">
                <input type="checkbox" id=id name="people" value=person.person checked=is_chosen/>
                {label}
            </label>
            <div role="group" aria-label=person.name>
                <TextField name=extra label="Extra minutes" inputmode="numeric" width="short" value="0"/>
            </div>
        </li>
    }
}

#[cfg(test)]
mod rules {
    use super::*;
    use chrono_tz::Europe::Rome;

    #[test]
    fn an_hour_that_the_clocks_skip_is_refused_by_its_name() {
        let skipped = read_instant("2026-03-29T02:30", Rome).unwrap_err();

        assert_eq!(skipped, "The clocks in Rome go forward past 02:30 on that day. Enter a time after it.");
        assert!(read_instant("", Rome).is_err_and(|what| what.starts_with("Enter a day and a time")));
        assert!(read_instant("2026-03-29T03:30", Rome).is_ok());
    }

    #[test]
    fn a_round_opens_at_the_next_full_hour_unless_something_else_is_typed() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();

        assert_eq!(next_hour(at("2026-11-22T14:03:09Z")), at("2026-11-22T15:00:00Z"));
        assert_eq!(next_hour(at("2026-11-22T14:00:00Z")), at("2026-11-22T15:00:00Z"));
    }
}
