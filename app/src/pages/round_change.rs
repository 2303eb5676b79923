//! Changing a round that was planned: before it opens all of it, while it runs
//! its name, its close and its people.

use backend::rounds::{self, Round, Sitting, Taker};
use backend::{Error, circles, tests};
use domain::round::Phase;
use leptos::prelude::*;

use super::round_new::{Given, closes_field, people_fields, plan_fields, read_plan, takers, usual_retakes};
use crate::components::{Breadcrumb, ErrorSummary, TextField, local_value};
use crate::form::{Form, Posted};
use crate::shell::{InCircle, Loading, Page, Section, circle_page, path_param};

/// The form that changes a round.
pub fn get() -> Loading {
    let id = path_param("round");
    circle_page(Section::Rounds, move |here| async move {
        let (db, who, circle) = (&here.site.db, &here.who, &here.member.circle);
        let now = here.asked.received_at;
        let round = rounds::find(db, who, circle, &id).await?;
        let in_round = rounds::takers(db, who, circle, &id, now).await?;
        let people = takers(db, who, circle).await?;
        let fields = match round.phase(now) {
            _ if round.cancelled_at.is_some() => return Err(Error::NotFound),
            Phase::Planned => {
                let tests = tests::list(db, who, circle).await?;
                plan_fields(&here, &tests, people, &given(&round, &in_round)).into_any()
            }
            Phase::Running => running_fields(&here, &round, &in_round, people).into_any(),
            Phase::StillSitting | Phase::Marking | Phase::ResultsReady => return Err(Error::NotFound),
        };
        let base = format!("/circles/{circle}/rounds");
        let back = format!("{base}/{id}");
        let trail = vec![("Rounds".to_owned(), base), (round.name.clone(), back.clone())];
        let title = format!("Change {}", round.name);
        Ok(Page::new(
            title.clone(),
            view! {
                <ErrorSummary/>
                <Breadcrumb trail=trail/>
                <h1>{title}</h1>
                <form method="post" class="form" novalidate>
                    {fields}
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
pub async fn post(mut form: Form) -> Posted {
    let who = form.who()?;
    let (circle, id) = (form.param("circle")?.to_owned(), form.param("round")?.to_owned());
    let zone = circles::leader(&form.site.db, &who, &circle).await?.zone;
    let round = rounds::find(&form.site.db, &who, &circle, &id).await?;
    let now = form.asked.received_at;
    if round.phase(now) != Phase::Planned {
        // The form of an open round holds only what may change; the rest stays as it is.
        form.fields.push(("opens_at".to_owned(), local_value(round.opens_at, zone)));
        form.fields.push(("test".to_owned(), round.test_id.clone()));
    }
    let plan = read_plan(&form, zone).map_err(Error::Refused)?;
    rounds::change(&form.site.db, &who, &circle, &id, &plan, now).await?;
    Ok(format!("/circles/{circle}/rounds/{id}?done=changed"))
}

fn given(round: &Round, takers: &[Taker]) -> Given {
    Given {
        name: round.name.clone(),
        test: round.test_id.clone(),
        opens_at: round.opens_at,
        closes_at: round.closes_at,
        shows: round.shows,
        // What was not allowed is offered as on a new round.
        retakes: if round.retakes.n > 0 { round.retakes } else { usual_retakes() },
        people: Some(takers.iter().map(|taker| (taker.person.clone(), taker.extra.num_minutes())).collect()),
    }
}

/// Who has started stays in the round, so only the others can be chosen.
fn running_fields(
    here: &InCircle,
    round: &Round,
    in_round: &[Taker],
    mut people: Vec<circles::MemberOf>,
) -> impl IntoView + use<> {
    let started: Vec<&Taker> = in_round.iter().filter(|taker| taker.sitting != Sitting::NotStarted).collect();
    people.retain(|person| started.iter().all(|taker| taker.person != person.person));
    let names: Vec<String> = started.iter().map(|taker| taker.name.clone()).collect();
    let stays = (!names.is_empty()).then(|| {
        view! { <p class="hint">{format!("Already started, and stays in the round: {}.", names.join(", "))}</p> }
    });
    let given = given(round, in_round);
    let choose = (!people.is_empty()).then(|| people_fields(people, &given));
    view! {
        <p>
            "The round is open. Its test and what takers see were promised, so they stay; whoever is sitting keeps the \
             end they were given."
        </p>
        <TextField name="name" label="Name" value=given.name.clone()/>
        {closes_field(here.member.zone, &given)}
        {stays}
        {choose}
    }
}
