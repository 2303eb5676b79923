//! A simulated engineer sits a test, through the use cases that people use.

use chrono::{DateTime, TimeDelta, Utc};
use domain::source::Source;
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::cast::Actor;
use super::engineer::{Said, say};
use crate::attempts::saving::{Save, save};
use crate::attempts::{self, finishing};
use crate::book;
use crate::db::Db;
use crate::error::{Error, Result};

/// One sitting as it will go.
#[derive(Debug, Clone)]
pub(super) struct Sitting {
    pub actor: Actor,
    pub circle: String,
    pub round: String,
    /// 1 for the first attempt in the round, 2 for the first retake.
    pub number: u32,
    pub at: DateTime<Utc>,
    /// 1 is usual; 3 takes three times as long.
    pub pace: i32,
    pub seed: u64,
    /// Questions whose answer everybody was shown since: an action helped.
    pub taught: Vec<String>,
}

/// What is left of a sitting.
#[derive(Debug, Clone)]
pub(super) struct Sat {
    pub person: String,
    pub attempt: String,
    /// A question that was not known, or else the first.
    pub a_hard_one: u16,
    pub ended_at: DateTime<Utc>,
}

/// Sits it, question by question. Whoever is slower than the clock is handed in
/// by the clock; whoever would go on after `now` is still sitting.
pub(super) async fn sit(db: Db, sitting: Sitting, now: DateTime<Utc>) -> Result<Sat> {
    let Sitting { actor, circle, round, number, at, pace, seed, taught } = sitting;
    let mut rng = StdRng::seed_from_u64(seed);
    let attempt = attempts::start(&db, &actor.who, &circle, &round, number, at, &mut rng).await?;
    let mut sat =
        Sat { person: actor.who.person.clone(), attempt: attempt.clone(), a_hard_one: 1, ended_at: at };
    let mut clock = at;
    for slot in &attempts::drawn::of(&db, &attempt).await?.slots {
        let is_taught = taught.contains(&slot.question.id.to_string());
        let traits = if is_taught { actor.traits.taught() } else { actor.traits };
        let said = say(&traits, &slot.question, &slot.order, &mut rng);
        let (began, took) = (clock, said.took * pace);
        clock += took;
        if clock > now {
            return Ok(sat);
        }
        if !said.knows && slot.n % 3 == 0 {
            let at = (began + took / 4, began + took / 2);
            look_up(&db, &actor, &attempt, (slot.n, &slot.question.id.service), at).await?;
        }
        if !said.knows && sat.a_hard_one == 1 {
            sat.a_hard_one = slot.n;
        }
        if said.answer.is_none() && !said.for_review {
            continue;
        }
        match save(&db, &actor.who, event(&attempt, slot.n, said, clock)).await {
            Ok(_) => {}
            // The time is over; or another node swept, by today's clock.
            Err(Error::Over) => break,
            Err(why) => return Err(why),
        }
    }
    sat.ended_at = clock + TimeDelta::seconds(40);
    if sat.ended_at <= now {
        finishing::hand_in(&db, &actor.who, &attempt, sat.ended_at).await?;
    }
    Ok(sat)
}

/// Opens the book beside a question, and the runbook of its service in it.
async fn look_up(
    db: &Db,
    actor: &Actor,
    attempt: &str,
    (slot, service): (u16, &str),
    (looked_at, opened_at): (DateTime<Utc>, DateTime<Utc>),
) -> Result<()> {
    let runbook = Source::Runbook { service: service.to_owned(), section: None };
    let looked = async {
        book::look(db, &actor.who, attempt, slot, looked_at).await?;
        book::open(db, &actor.who, attempt, slot, &runbook, opened_at).await
    };
    match looked.await {
        // The time is over.
        Err(Error::Over | Error::NotFound) => Ok(()),
        looked => looked.map(drop),
    }
}

fn event(attempt: &str, slot: u16, said: Said, received_at: DateTime<Utc>) -> Save {
    Save {
        attempt: attempt.to_owned(),
        slot,
        client: "demo".to_owned(),
        sequence: 1,
        answer: said.answer,
        confidence: said.confidence,
        for_review: said.for_review,
        received_at,
    }
}
