//! What a person's browser does from the first page to the result, and the
//! check that nothing is lost of what it was told.

use std::collections::HashSet;
use std::net::SocketAddr;

use app::api::attempts::{AnswerSaved, AnswerSent};
use domain::answer::{Answer, Confidence};
use domain::question::Kind;
use hyper::body::Bytes;
use serde::Serialize;
use sqlx::query_as;

use crate::client::{Browser, values};
use crate::fault::{Fault, fault};
use crate::stage::{CIRCLE, N_QUESTIONS, PASSWORD, Stage};

/// One person who is signed in.
pub struct Person {
    pub browser: Browser,
    pub acknowledged: Vec<Acknowledged>,
}

/// An attempt, with what its page says of each question.
pub struct Sitting {
    pub attempt: String,
    slots: Vec<Slot>,
    n_saves: i64,
}

struct Slot {
    n: u16,
    kind: Kind,
    n_places: u8,
}

/// What a page was told is safe: attempt, slot, client, sequence.
pub type Acknowledged = (String, i64, String, i64);

#[derive(Serialize)]
struct SaveAnswer<'a> {
    attempt: &'a str,
    sent: AnswerSent,
}

impl Person {
    pub async fn signs_in(address: SocketAddr, email: &str) -> Result<Person, Fault> {
        let mut browser = Browser::new(address);
        let fields = [("email", email), ("password", PASSWORD), ("next", "/")];
        browser.post("/sign-in", &fields).await?.leads_to()?;
        Ok(Person { browser, acknowledged: Vec::new() })
    }

    /// What leads to the button: home, and the start page of a round.
    pub async fn looks(&mut self, round: &str) -> Result<(), Fault> {
        let home = self.browser.get("/").await?;
        self.browser.get(home.leads_to()?).await?.page()?;
        let start = self.browser.get(&start_of(round)).await?;
        must_say(start.page()?, "Start the test")
    }

    /// Presses Start and opens the page with all questions.
    pub async fn starts(&mut self, round: &str) -> Result<Sitting, Fault> {
        let started = self.browser.post(&start_of(round), &[]).await?;
        let attempt = started.leads_to()?.trim_start_matches("/attempts/").to_owned();
        let reply = self.browser.get(&format!("/attempts/{attempt}?all=1")).await?;
        Ok(Sitting { slots: slots(reply.page()?)?, attempt, n_saves: 0 })
    }

    /// Saves the next answer of an attempt, and remembers what was acknowledged.
    pub async fn saves(&mut self, sitting: &mut Sitting) -> Result<(), Fault> {
        let (body, told) = sitting.next_save();
        let reply = self.browser.call("/api/v1/attempts/save-answer", body).await?;
        let saved: AnswerSaved = serde_json::from_str(reply.page()?)?;
        if saved.ack_seq != told.3 {
            return Err(fault(format!("{} was saved, and {} acknowledged", told.3, saved.ack_seq)));
        }
        self.acknowledged.push(told);
        Ok(())
    }

    /// Looks through the answers, hands in, and opens the result.
    pub async fn hands_in(&mut self, sitting: &Sitting) -> Result<(), Fault> {
        let check = format!("/attempts/{}/check", sitting.attempt);
        must_say(self.browser.get(&check).await?.page()?, "Every question has an answer")?;
        let handed_in = self.browser.post(&check, &[]).await?;
        self.browser.get(handed_in.leads_to()?).await?.page().map(drop)
    }

    /// All of it, with as many saves as there are questions.
    pub async fn sits(&mut self, round: &str) -> Result<(), Fault> {
        self.looks(round).await?;
        let mut sitting = self.starts(round).await?;
        for _ in 0..N_QUESTIONS {
            self.saves(&mut sitting).await?;
        }
        self.hands_in(&sitting).await
    }
}

fn start_of(round: &str) -> String {
    format!("/circles/{CIRCLE}/rounds/{round}/start")
}

fn must_say(page: &str, words: &str) -> Result<(), Fault> {
    if page.contains(words) { Ok(()) } else { Err(fault(format!("a page does not say {words:?}:\n{page}"))) }
}

fn slots(page: &str) -> Result<Vec<Slot>, Fault> {
    let (numbers, kinds) = (values(page, "data-slot"), values(page, "data-kind"));
    // Notices have a kind too; a question's is the one of a question.
    let kinds = kinds.iter().filter_map(|kind| Kind::parse(kind));
    let places = values(page, "data-places");
    let slots: Vec<Slot> = numbers
        .iter()
        .zip(kinds)
        .zip(&places)
        .map(|((n, kind), places)| Ok(Slot { n: n.parse()?, kind, n_places: places.parse()? }))
        .collect::<Result<_, Fault>>()?;
    if slots.len() == N_QUESTIONS && numbers.len() == N_QUESTIONS {
        Ok(slots)
    } else {
        Err(fault(format!("a page shows {} questions of {N_QUESTIONS}:\n{page}", slots.len())))
    }
}

impl Sitting {
    fn next_save(&mut self) -> (Bytes, Acknowledged) {
        let turn = usize::try_from(self.n_saves).unwrap_or(0);
        let slot = &self.slots[turn % self.slots.len()];
        self.n_saves += 1;
        let client = "0123456789abcdef".to_owned();
        let sent = AnswerSent {
            slot: slot.n,
            client: client.clone(),
            sequence: self.n_saves,
            answer: Some(slot.answer(turn)),
            confidence: Some(Confidence::FairlySure),
            for_review: false,
        };
        let body = serde_json::to_vec(&SaveAnswer { attempt: &self.attempt, sent }).unwrap_or_default();
        (body.into(), (self.attempt.clone(), i64::from(slot.n), client, self.n_saves))
    }
}

impl Slot {
    /// An answer that fits, another one each turn.
    fn answer(&self, turn: usize) -> Answer {
        let n = usize::from(self.n_places).max(1);
        let place = |i: usize| u8::try_from((i + turn) % n).unwrap_or(0);
        match self.kind {
            Kind::Single => Answer::One(place(0)),
            Kind::Multiple => Answer::Several([place(0), place(1)].into()),
            Kind::Ordering => Answer::Order((0..n).map(place).collect()),
            Kind::Matching => Answer::Pairs((0..n).map(|i| Some(place(i))).collect()),
            Kind::Numeric => Answer::Typed(turn.to_string()),
            Kind::Short | Kind::Open => Answer::Typed(format!("answer {turn}")),
        }
    }
}

/// Everybody signs in, a few at a time: each costs the program a hash.
pub async fn all_sign_in(address: SocketAddr, emails: &[String]) -> Result<Vec<Person>, Fault> {
    let mut people = Vec::new();
    for few in emails.chunks(8) {
        let mut signing = tokio::task::JoinSet::new();
        for email in few {
            let email = email.clone();
            signing.spawn(async move { Person::signs_in(address, &email).await });
        }
        for person in signing.join_all().await {
            people.push(person?);
        }
    }
    Ok(people)
}

/// How many answers were acknowledged; it is a fault if one of them is not in
/// the database.
pub async fn check_history(stage: &Stage, people: &[Person]) -> Result<usize, Fault> {
    let mut connection = stage.connection().await?;
    let rows: Vec<Acknowledged> = query_as("SELECT attempt, slot, client, sequence FROM answer_events")
        .fetch_all(&mut connection)
        .await?;
    let stored: HashSet<Acknowledged> = rows.into_iter().collect();
    let told = people.iter().flat_map(|person| &person.acknowledged);
    let n_lost = told.clone().filter(|told| !stored.contains(*told)).count();
    if n_lost > 0 {
        return Err(fault(format!("{n_lost} answers were acknowledged and are not in the database")));
    }
    Ok(told.count())
}
