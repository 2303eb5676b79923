//! How much of the bank of a service people have met: everybody for leaders, and each for themselves. It is no result, and
//! nothing is ordered by it.

use backend::coverage::{self, Met, MetOf};
use backend::services::Service;
use leptos::prelude::*;

use super::super::services::counted;
use super::super::sought::Sought;
use crate::components::{Empty, Scroll};
use crate::shell::InCircle;

/// What the one who asks has met, if the person takes tests.
pub async fn own(here: &InCircle, service: &str) -> backend::Result<Option<AnyView>> {
    let met = coverage::met(&here.site.db, &here.who, &here.member.circle).await?;
    let own = met.iter().find(|met| met.person == here.who.person).and_then(|met| met.of(service));
    Ok(own.map(|own| view! { <p>{own_words(own)}</p> }.into_any()))
}

fn own_words(own: &MetOf) -> String {
    match own.n_met {
        0 => format!("You have met none of its {} in a test yet.", counted(own.n_ready, "ready question")),
        n => format!("You have met {n} of its {} in your tests.", counted(own.n_ready, "ready question")),
    }
}

/// A table of everybody who takes tests, by name.
pub async fn of_everybody(here: &InCircle, service: &Service, base: &str) -> backend::Result<AnyView> {
    let circle = &here.member.circle;
    let met = coverage::met(&here.site.db, &here.who, circle).await?;
    let address = format!("{base}?view=met");
    if service.n_ready == 0 {
        let text = "This is said once the service has ready questions.";
        return Ok(view! { <Empty title="Nothing to meet yet" text=text/> }.into_any());
    }
    if met.is_empty() {
        let members = format!("/circles/{circle}/members");
        return Ok(view! {
            <Empty title="Nobody takes tests yet" text="Engineers of the circle are listed here, by name.">
                <a class="btn" href=members>"Invite people"</a>
            </Empty>
        }
        .into_any());
    }
    let sought = Sought::among(met, |met| met.name.clone());
    let list = match sought.shown.is_empty() {
        true => sought.nothing(&address),
        false => table(circle, service, &sought.shown),
    };
    let n_ready = counted(service.n_ready, "ready question");
    Ok(view! {
        <section class="stack">
            <h2 id="met">"Who has met how much of this bank"</h2>
            <p>
                {format!("How many of the {n_ready} each person was asked in any attempt. ")}
                "It is no result: it says how much would be new to them."
            </p>
            {sought.search("met", Some(("view", "met")))}
            {list}
            {sought.pager(&address)}
        </section>
    }
    .into_any())
}

fn table(circle: &str, service: &Service, shown: &[Met]) -> AnyView {
    let rows = shown.iter().map(|met| {
        let person = format!("/circles/{circle}/members/{}", met.person);
        let n_met = met.of(&service.slug).map_or(0, |met| met.n_met);
        view! {
            <tr>
                <th scope="row"><a href=person>{met.name.clone()}</a></th>
                <td class="num" data-label="Met">{format!("{n_met} of {}", service.n_ready)}</td>
                <td class="num" data-label="New">{service.n_ready - n_met}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <Scroll name="Who has met how much of this bank">
            <table class="fold">
                <thead><tr>
                    <th scope="col">"Person"</th>
                    <th scope="col" class="num">"Met"</th>
                    <th scope="col" class="num">"Still new"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </Scroll>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_has_met_is_said_to_oneself() {
        let met = |n_met, n_ready| MetOf {
            service: "edge".to_owned(),
            service_name: "Edge".to_owned(),
            n_met,
            n_ready,
        };

        assert_eq!(own_words(&met(0, 46)), "You have met none of its 46 ready questions in a test yet.");
        assert_eq!(own_words(&met(23, 46)), "You have met 23 of its 46 ready questions in your tests.");
    }
}
