//! Planning a round: which test, who, and between which instants.

use backend::circles::{self, MemberOf};
use backend::error::Problem;
use backend::people::Who;
use backend::rounds::{self, Plan};
use backend::tests::{self, Found};
use backend::{Db, Error};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::people::Role;
use domain::retake::{Asks, Retakes};
use domain::round::{Showing, ShownWhen};
use leptos::prelude::*;

use super::services::counted;
use crate::components::{
    Breadcrumb, DateTimeField, Empty, ErrorSummary, Icon, Pick, RadioGroup, SelectField, TextField, city,
    duration_words, from_local, icon,
};
use crate::form::{Form, Posted, again};
use crate::server::{query_value, query_values};
use crate::shell::{InCircle, Loading, Page, Section, circle_page};

/// The form that plans a round.
pub fn get() -> Loading {
    circle_page(Section::Rounds, |here| async move {
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let tests = tests::list(db, who, circle).await?;
        let people = takers(db, who, circle).await?;
        let trail = vec![("Rounds".to_owned(), format!("/circles/{circle}/rounds"))];
        let content = match (tests.is_empty(), people.is_empty()) {
            (true, _) => no_tests(circle).into_any(),
            (_, true) => no_people(circle).into_any(),
            _ => view! {
                <form method="post" class="form" novalidate>
                    {plan_fields(&here, &tests, people, &Given::new(here.asked.received_at))}
                    <button class="btn primary">"Plan the round"</button>
                </form>
            }
            .into_any(),
        };
        Ok(Page::new(
            "Plan a round",
            view! { <ErrorSummary/><Breadcrumb trail=trail/><h1>"Plan a round"</h1>{content} },
        ))
    })
}

/// Who may be given a test.
pub(super) async fn takers(db: &Db, who: &Who, circle: &str) -> backend::Result<Vec<MemberOf>> {
    let mut people = circles::members(db, who, circle).await?;
    people.retain(|person| person.role != Role::Reader && !person.disabled);
    Ok(people)
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

pub(super) fn read_plan(form: &Form, zone: Tz) -> Result<Plan, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut instant = |field: &str| {
        read_instant(form.get(field), zone).unwrap_or_else(|what| {
            problems.push(Problem::new(field, what));
            DateTime::UNIX_EPOCH
        })
    };
    // Without a time it opens at once.
    let opens_at = match form.get("opens_at").trim() {
        "" => form.asked.received_at,
        _ => instant("opens_at"),
    };
    let closes_at = instant("closes_at");
    let shown = |field: &str| ShownWhen::parse(form.get(field)).unwrap_or(ShownWhen::AtClose);
    // What is no number is refused as one that is out of bounds.
    let number = |field: &str| match form.get(field).trim() {
        "" => 0,
        typed => typed.parse().unwrap_or(-1),
    };
    let retakes = Retakes {
        n: u32::try_from(number("retakes")).unwrap_or(u32::MAX),
        wait: TimeDelta::try_hours(number("retake_wait")).unwrap_or(TimeDelta::MAX),
        asks: Asks::parse(form.get("retake_asks")).unwrap_or(Asks::Missed),
    };
    let plan = Plan {
        name: form.get("name").to_owned(),
        test: form.get("test").to_owned(),
        opens_at,
        closes_at,
        shows: Showing { score: shown("show_score"), answers: shown("show_answers") },
        retakes,
        people: form
            .all("people")
            .into_iter()
            .map(|person| (person.to_owned(), number(&format!("extra-{person}"))))
            .collect(),
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

/// What a form begins with: the usual, or the round as it was planned.
pub(super) struct Given {
    pub name: String,
    pub test: String,
    pub opens_at: DateTime<Utc>,
    pub closes_at: DateTime<Utc>,
    pub shows: Showing,
    pub retakes: Retakes,
    /// Who is in the round, with extra minutes; `None` before it is planned.
    pub people: Option<Vec<(String, i64)>>,
}

impl Given {
    fn new(now: DateTime<Utc>) -> Given {
        let opens_at = next_hour(now);
        Given {
            name: String::new(),
            test: query_value("test").unwrap_or_default(),
            opens_at,
            closes_at: opens_at + TimeDelta::days(7),
            shows: Showing { score: ShownWhen::AtHandIn, answers: ShownWhen::AtClose },
            retakes: usual_retakes(),
            people: None,
        }
    }
}

/// None, but with a wait and a scope that suit most once a number is entered.
pub(super) fn usual_retakes() -> Retakes {
    Retakes { wait: TimeDelta::days(1), asks: Asks::Missed, ..Retakes::NONE }
}

pub(super) fn plan_fields(
    here: &InCircle,
    tests: &[Found],
    people: Vec<MemberOf>,
    given: &Given,
) -> impl IntoView + use<> {
    let zone = here.member.zone;
    let mut test_picks = Vec::new();
    if tests.len() > 1 {
        test_picks.push(Pick::new("", "Choose a test"));
    }
    test_picks.extend(tests.iter().map(|found| {
        let n_questions = counted(found.test.blueprint.n_questions(), "question");
        Pick::new(found.id.clone(), format!("{} ({n_questions})", found.name))
    }));
    view! {
        <TextField name="name" label="Name" hint="For example November readiness" value=given.name.clone()/>
        <SelectField name="test" label="Test" picks=test_picks value=given.test.clone()/>
        <DateTimeField name="opens_at" label="Opens" zone=zone value=Some(given.opens_at) hint="Empty: at once"/>
        {closes_field(zone, given)}
        {people_fields(people, given)}
        <RadioGroup name="show_score" legend="Takers see their score" picks=shown_picks()
            value=given.shows.score.as_str()/>
        <RadioGroup name="show_answers" legend="Takers see the right answers" picks=shown_picks()
            value=given.shows.answers.as_str()
            hint="When the round is over a leader can release the results: then everyone who sat it sees both, whatever \
                  is said here."/>
        {retake_fields(given.retakes)}
    }
}

pub(super) fn closes_field(zone: Tz, given: &Given) -> impl IntoView + use<> {
    let hint = "Then nobody can start any more, and whoever is sitting is stopped; extra time comes on top";
    view! { <DateTimeField name="closes_at" label="Closes" zone=zone value=Some(given.closes_at) hint=hint/> }
}

fn retake_fields(given: Retakes) -> impl IntoView {
    let picks = Asks::ALL.map(|asks| Pick::new(asks.as_str(), asks_words(asks))).to_vec();
    view! {
        <TextField name="retakes" label="Retakes" inputmode="numeric" width="short" value=given.n.to_string()
            hint="How often somebody who did not pass may sit it again; 0 for not at all"/>
        <TextField name="retake_wait" label="Hours before a retake" inputmode="numeric" width="short"
            value=given.wait.num_hours().to_string() hint="Counted from the end of the last attempt"/>
        <RadioGroup name="retake_asks" legend="A retake asks" picks=picks value=given.asks.as_str()/>
    }
}

fn asks_words(asks: Asks) -> &'static str {
    match asks {
        Asks::Missed => "Only the topics that were missed; the others are kept for as long as they hold",
        Asks::Everything => "The whole test again",
    }
}

/// "1", "up to 3, 24 h apart; a retake asks what was missed".
pub(super) fn retakes_words(retakes: Retakes) -> String {
    if retakes.n == 0 {
        return "1".to_owned();
    }
    let apart = match retakes.wait.is_zero() {
        true => String::new(),
        false => format!(", {} apart", duration_words(retakes.wait)),
    };
    let asks = match retakes.asks {
        Asks::Missed => "a retake asks the topics that were missed",
        Asks::Everything => "a retake asks the whole test again",
    };
    format!("Up to {}{apart}; {asks}", retakes.n + 1)
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
        ShownWhen::Never => "Not before a leader releases the results",
    }
}

/// Who sits it, and how many minutes each has more than the test gives.
pub(super) fn people_fields(people: Vec<MemberOf>, given: &Given) -> impl IntoView + use<> {
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
    // The matrix links here for those who lack something.
    let asked_for = query_values("for");
    let rows = people.into_iter().enumerate().map(|(nth, person)| {
        let given_extra = |given: &&Vec<(String, i64)>| {
            given.iter().find(|(in_round, _)| *in_round == person.person).map(|(_, extra)| *extra)
        };
        let extra = given.people.as_ref().and_then(|people| given_extra(&people));
        let is_chosen = match (again.is_again(), &given.people) {
            (true, _) => chosen.contains(&person.person.as_str()),
            (false, Some(_)) => extra.is_some(),
            (false, None) if !asked_for.is_empty() => asked_for.contains(&person.person),
            (false, None) => person.role == Role::Engineer,
        };
        person_fields(nth, person, is_chosen, extra.unwrap_or(0))
    });
    let rows = rows.collect_view();
    view! {
        <fieldset class="field" aria-describedby=described_by>
            <legend>"Who sits it"</legend>
            <p class="hint" id="people-hint">"Extra minutes are added to the time limit, and to the close of the round."</p>
            {problem}
            <ul class="rows takers">{rows}</ul>
        </fieldset>
    }
}

fn person_fields(nth: usize, person: MemberOf, is_chosen: bool, extra_minutes: i64) -> impl IntoView {
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
                <TextField name=extra label="Extra minutes" inputmode="numeric" width="short" value=extra_minutes.to_string()/>
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
