//! The demo circle: made-up people who sat real questions, to look around in.
//!
//! Everything in it was done through the use cases that people use, at instants
//! in the past.

use chrono::{DateTime, TimeDelta, Utc};
use domain::answer::{Answer, Confidence};
use domain::blueprint::{Blueprint, Row};
use domain::question::{Key, Question, Topic};
use domain::round::{Showing, ShownWhen};
use domain::test::{Percent, Rules, Test};
use rand::rngs::StdRng;
use rand::seq::IteratorRandom;
use rand::{Rng, SeedableRng};
use sqlx::{FromRow, query, query_as, query_scalar};

use crate::attempts::saving::{Save, save};
use crate::attempts::{self, finishing};
use crate::db::{Db, Tx, commit, new_id, on, stored};
use crate::error::{Error, Result};
use crate::people::Who;
use crate::rounds::{self, Plan};
use crate::shelf::Shelf;
use crate::{questions, setup, tests};

const SLUG: &str = "demo";

/// Name, role, and how likely an answer of theirs is right, topic by topic.
const PEOPLE: [(&str, &str, [f64; 4]); 8] = [
    ("Lena Okafor", "leader", [0.9, 0.9, 0.9, 0.9]),
    ("Ada Brown", "engineer", [0.95, 0.95, 0.9, 0.9]),
    ("Bo Lindqvist", "engineer", [0.9, 0.8, 0.45, 0.85]),
    ("Chiara Russo", "engineer", [0.9, 0.9, 0.85, 0.4]),
    ("Deniz Aydın", "engineer", [0.5, 0.9, 0.9, 0.9]),
    ("Emeka Obi", "engineer", [0.7, 0.6, 0.6, 0.6]),
    ("Femke de Vries", "engineer", [0.9, 0.9, 0.9, 0.9]),
    ("Grace Mbeki", "reader", [0.0, 0.0, 0.0, 0.0]),
];

/// Somebody of the demo circle whom a visitor may be.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct DemoPerson {
    pub person: String,
    pub name: String,
    pub role: String,
}

const DEMO_PEOPLE: &str = "
    SELECT p.id AS person, p.name, m.role
    FROM members m
    JOIN circles c ON c.slug = m.circle
    JOIN people p ON p.id = m.person
    WHERE c.is_demo AND m.left_at IS NULL AND p.disabled_at IS NULL
    ORDER BY p.id";

/// Whom a visitor may be; empty where there is no demo circle.
pub async fn people(db: &Db) -> Result<Vec<DemoPerson>> {
    Ok(on!(db.read(), |pool| query_as(DEMO_PEOPLE).fetch_all(pool).await?))
}

/// Makes the demo circle, unless there is one. Anybody may, until the
/// installation is set up; then only an administrator.
pub async fn make(db: &Db, who: Option<&Who>, now: DateTime<Utc>) -> Result<()> {
    if !people(db).await?.is_empty() {
        return Ok(());
    }
    if setup::is_set_up(db).await? && !who.is_some_and(|who| who.administrator) {
        return Err(Error::NotFound);
    }
    let _nobody_sweeps = finishing::SWEEPING.lock().await;
    let Some(cast) = add_people(db, now - TimeDelta::days(90)).await? else { return Ok(()) };
    let mut rng = StdRng::seed_from_u64(7);
    let leader = cast.iter().find(|actor| actor.role == "leader").ok_or(Error::NotFound)?.who.clone();
    let engineers: Vec<&Actor> = cast.iter().filter(|actor| actor.role == "engineer").collect();

    let orders =
        tests::add(db, &leader, SLUG, "Orders DB readiness", &a_test("orders-db"), now - TimeDelta::days(70))
            .await?;
    let edge =
        tests::add(db, &leader, SLUG, "HTTP edge readiness", &a_test("http-edge"), now - TimeDelta::days(70))
            .await?;
    let long_ago = now - TimeDelta::days(62);
    give(db, &leader, &orders, "Orders DB, autumn", long_ago, TimeDelta::days(7), &engineers[..5]).await?;
    sit_all(db, &engineers[..4], long_ago, &mut rng).await?;
    let lately = now - TimeDelta::days(6);
    give(db, &leader, &edge, "HTTP edge, November", lately, TimeDelta::days(14), &engineers).await?;
    sit_all(db, &engineers[1..4], lately, &mut rng).await
}

struct Actor {
    who: Who,
    role: &'static str,
    abilities: [f64; 4],
}

const ADD_CIRCLE: &str = "
    INSERT INTO circles (slug, name, time_zone, is_demo, created_at)
    VALUES ($1, 'Demo team', 'Europe/Rome', TRUE, $2)
    ON CONFLICT (slug) DO NOTHING";

const ADD_PERSON: &str = "
    INSERT INTO people (id, email, name, password_hash, administrator, time_zone, epoch, disabled_at, created_at)
    VALUES ($1, $2, $3, NULL, FALSE, NULL, 0, NULL, $4)";

const ADD_MEMBER: &str = "
    INSERT INTO members (circle, person, role, joined_at, left_at)
    VALUES ($1, $2, $3, $4, NULL)";

/// The circle, its people and the sample banks; `None` if somebody else made
/// them at the same moment.
async fn add_people(db: &Db, at: DateTime<Utc>) -> Result<Option<Vec<Actor>>> {
    let at = stored(at);
    let shelf = Shelf::Samples.read().map_err(|why| Error::Corrupt(why.to_string()))?;
    let mut tx = db.begin().await?;
    let n_added =
        on!(&mut tx, |tx| query(ADD_CIRCLE).bind(SLUG).bind(at).execute(&mut **tx).await?.rows_affected());
    if n_added == 0 {
        return Ok(None);
    }
    let mut cast = Vec::new();
    for (name, role, abilities) in PEOPLE {
        cast.push(add_actor(&mut tx, name, role, abilities, at).await?);
    }
    for bank in &shelf.banks {
        questions::take(&mut tx, SLUG, bank, at).await?;
    }
    commit(tx).await?;
    Ok(Some(cast))
}

async fn add_actor(
    tx: &mut Tx,
    name: &str,
    role: &'static str,
    abilities: [f64; 4],
    at: DateTime<Utc>,
) -> Result<Actor> {
    let id = new_id();
    // No mail is ever sent, and nobody signs in with it: there is no password.
    let email = format!("{id}@demo.invalid");
    on!(&mut *tx, |tx| query(ADD_PERSON)
        .bind(&id)
        .bind(&email)
        .bind(name)
        .bind(at)
        .execute(&mut **tx)
        .await
        .map(drop))?;
    on!(&mut *tx, |tx| query(ADD_MEMBER)
        .bind(SLUG)
        .bind(&id)
        .bind(role)
        .bind(at)
        .execute(&mut **tx)
        .await
        .map(drop))?;
    let who = Who { person: id, name: name.to_owned(), email, administrator: false, time_zone: None };
    Ok(Actor { who, role, abilities })
}

fn a_test(service: &str) -> Test {
    let row = |topic| Row { service: service.to_owned(), topic, level: None, n_questions: 3 };
    let percent = |n| Percent::try_from(n).expect("below 100");
    Test {
        blueprint: Blueprint { rows: Topic::ALL.map(row).to_vec() },
        limit_minutes: Some(30),
        rules: Rules {
            cut: percent(70),
            cuts: [((service.to_owned(), Topic::Troubleshooting), percent(60))].into(),
            topic_cut: percent(65),
            critical_must_hold: false,
            counts_for_days: 90,
            all_or_nothing: false,
        },
        open_book: true,
    }
}

async fn give(
    db: &Db,
    leader: &Who,
    test: &str,
    name: &str,
    opens_at: DateTime<Utc>,
    lasts: TimeDelta,
    engineers: &[&Actor],
) -> Result<String> {
    let plan = Plan {
        name: name.to_owned(),
        test: test.to_owned(),
        opens_at,
        closes_at: opens_at + lasts,
        shows: Showing { score: ShownWhen::AtHandIn, answers: ShownWhen::AtClose },
        people: engineers.iter().map(|actor| (actor.who.person.clone(), 0)).collect(),
    };
    rounds::plan(db, leader, SLUG, &plan, opens_at - TimeDelta::days(1)).await
}

/// Each sits the newest round given to them, half a day after the last.
async fn sit_all(db: &Db, engineers: &[&Actor], from: DateTime<Utc>, rng: &mut StdRng) -> Result<()> {
    for (n, actor) in (1i32..).zip(engineers) {
        sit(db, actor, from + TimeDelta::hours(12) * n, rng).await?;
    }
    Ok(())
}

async fn sit(db: &Db, actor: &Actor, at: DateTime<Utc>, rng: &mut StdRng) -> Result<()> {
    let mine = rounds::mine(db, &actor.who, SLUG).await?;
    let Some(open) = mine.into_iter().find(|mine| mine.attempt.is_none() && mine.round.opens_at <= at) else {
        return Ok(());
    };
    let attempt = attempts::start(db, &actor.who, SLUG, &open.round.id, at, rng).await?;
    let mut received_at = at;
    for slot in attempts::slots(db, &attempt).await? {
        received_at += TimeDelta::seconds(rng.random_range(20..110));
        let topic = slot.question.id.topic as usize;
        let knows = rng.random_bool(actor.abilities[topic]);
        let answer = an_answer(&slot.question, &slot.order, knows, rng);
        let confidence =
            if knows { Confidence::FairlySure } else { *Confidence::ALL.iter().choose(rng).expect("three") };
        let answered = Save {
            attempt: attempt.clone(),
            slot: slot.n,
            client: "demo".to_owned(),
            sequence: 1,
            answer: Some(answer),
            confidence: Some(confidence),
            for_review: false,
            received_at,
        };
        match save(db, &actor.who, answered).await {
            Ok(_) => {}
            // Another node's sweeper came by: by today's clock the time is over.
            Err(Error::Over) => return Ok(()),
            Err(why) => return Err(why),
        }
    }
    finishing::hand_in(db, &actor.who, &attempt, received_at + TimeDelta::seconds(30)).await
}

/// A right answer, or a plausible wrong one, in places as shown.
fn an_answer(question: &Question, order: &[u8], knows: bool, rng: &mut StdRng) -> Answer {
    // The place at which the thing written at `i` is shown.
    let shown = |i: usize| order.iter().position(|&written| usize::from(written) == i).unwrap_or(0) as u8;
    let n = order.len();
    match &question.key {
        Key::Single { choices } => {
            let fits = |i: &usize| choices[*i].is_right == knows;
            Answer::One(shown((0..n).filter(fits).choose(rng).unwrap_or(0)))
        }
        Key::Multiple { choices } => {
            let off = if knows { n } else { rng.random_range(0..n) };
            Answer::Several((0..n).filter(|&i| choices[i].is_right != (i == off)).map(shown).collect())
        }
        Key::Ordering { .. } => {
            let mut steps: Vec<u8> = (0..n).map(shown).collect();
            if !knows {
                steps.rotate_left(1);
                steps.swap(0, n / 2);
            }
            Answer::Order(steps)
        }
        Key::Matching { .. } => {
            let mut sides: Vec<Option<u8>> = (0..n).map(|i| Some(shown(i))).collect();
            if !knows {
                sides.rotate_left(1);
            }
            Answer::Pairs(sides)
        }
        Key::Numeric(number) if knows => Answer::Typed(((number.low + number.high) / 2.0).to_string()),
        Key::Short { accepted, .. } if knows => {
            Answer::Typed(accepted.first().map(|pattern| pattern.replace('*', "")).unwrap_or_default())
        }
        Key::Numeric(_) | Key::Short { .. } => Answer::DoNotKnow,
    }
}

const IS_DEMO: &str = "SELECT count(*) FROM circles WHERE slug = $1 AND is_demo";

/// Whether there is a demo circle.
pub async fn exists(db: &Db) -> Result<bool> {
    let n: i64 = on!(db.read(), |pool| query_scalar(IS_DEMO).bind(SLUG).fetch_one(pool).await?);
    Ok(n > 0)
}
