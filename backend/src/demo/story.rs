//! What happened in the demo circle, in the order in which it happened.

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use domain::blueprint::{Blueprint, Candidate, Row};
use domain::question::{Level, Topic};
use domain::retake::{Asks, Next, Retakes};
use domain::round::{Showing, ShownWhen};
use domain::test::{Percent, Rules, Test};
use rand::Rng;
use rand::rngs::StdRng;
use tokio::task::JoinSet;

use super::banks;
use super::cast::Actor;
use super::sitting::{Sat, Sitting, sit};
use crate::attempts::{self, About};
use crate::circles;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::people::Who;
use crate::questions;
use crate::rounds::{self, Plan};
use crate::tests::{self, Edited};

/// The stage, and who stands on it.
pub(super) struct Story<'s> {
    pub db: &'s Db,
    pub circle: String,
    pub cast: Vec<Actor>,
    pub now: DateTime<Utc>,
    pub rng: &'s mut StdRng,
    /// Questions that an action has made easier.
    pub taught: Vec<String>,
}

/// Who sat the first round.
const FIRST: [&str; 12] = [
    "Bo",
    "Chiara",
    "Deniz",
    "Femke",
    "Hiroshi",
    "Ingrid",
    "João",
    "Katarzyna",
    "Mateo",
    "Priya",
    "Tomáš",
    "Ada",
];

const ENGINEERS: [&str; 12] = [
    "Ada",
    "Bo",
    "Chiara",
    "Deniz",
    "Emeka",
    "Femke",
    "Hiroshi",
    "Ingrid",
    "João",
    "Katarzyna",
    "Mateo",
    "Priya",
];

/// When the story begins.
pub(super) const BEGAN: u64 = 190;

impl Story<'_> {
    /// Half a year of a team. Whoever is named in `to` and not in `sits` did
    /// not start: Katarzyna is on leave since the third round.
    pub(super) async fn tell(&mut self) -> Result<()> {
        self.take_banks().await?;
        self.write_down_services().await?;
        self.write_runbooks().await?;
        let [orders, edge, platform, stream] = self.make_tests().await?;

        let first = Given::of(&orders, "Orders database", 176).to(&FIRST).sits(&FIRST);
        let first_round = self.give(&first).await?;
        let sat = self.sit_all(&first, &first_round, 1).await?;
        self.report(&sat, "João", About::Question, UNCLEAR).await?;
        self.keep_disputed(167).await?;
        let runbook = self.work_on_first(&first_round).await?;

        let to = ["Ada", "Bo", "Chiara", "Deniz", "Femke", "Hiroshi", "Ingrid", "João", "Mateo", "Tomáš"];
        let second = Given::of(&platform, "Kubernetes platform", 131).to(&to).sits(&to).slow("Ingrid");
        self.round(&second).await?;
        banks::take_newer(self.db, &self.leader()?, &self.circle, self.morning(120)).await?;

        let third = Given::of(&edge, "HTTP edge", 76).to(&to[..9]).sits(&to[..9]).to(&["Katarzyna", "Priya"]);
        let sat = self.round(&third.sits(&["Priya"]).extra("Femke", 15)).await?;
        self.report(&sat, "Priya", About::Documentation, UNDOCUMENTED).await?;
        self.leave("Tomáš", 60).await?;
        self.cancel(Given::of(&stream, "Event stream", 50).to(&ENGINEERS)).await?;
        let incident = self.fall_behind(44).await?;
        self.learn_from(incident, 43).await?;
        self.practise(38).await?;

        let sits = ["Ada", "Bo", "Chiara", "Emeka", "Femke", "Hiroshi", "Priya"];
        let fourth = Given::of(&stream, "Event stream", 34).to(&sits).to(&["Katarzyna"]).sits(&sits);
        let fourth = fourth.slow("Hiroshi").extra("Femke", 15).retakes(1);
        let round = self.give(&fourth).await?;
        let sat = self.sit_all(&fourth, &round, 1).await?;
        self.report(&sat, "Bo", About::Question, TWO_READINGS).await?;
        self.retake(fourth, &round).await?;
        self.work_lately().await?;
        self.review(&round, 25).await?;
        self.work_on_review(2).await?;

        let sits = ["Ada", "Bo", "Deniz", "João", "Mateo", "Priya"];
        let fifth = Given::of(&orders, "Orders database", 13).to(&sits).to(&["Katarzyna"]).sits(&sits);
        let round = self.give(&fifth).await?;
        self.sit_all(&fifth, &round, 1).await?;
        self.see_effect(runbook).await?;
        self.plan_review(&round).await?;
        self.in_own_words().await?;

        self.change_limit(&platform, 9).await?;
        let sits = ["Bo", "Chiara", "Deniz", "Hiroshi", "Ingrid", "Priya"];
        let running = Given::of(&platform, "Kubernetes platform", 3).to(&ENGINEERS).sits(&sits).retakes(2);
        let sat = self.round(&running.slow("Ingrid").extra("Femke", 30).sits_now(&["João", "Mateo"])).await?;
        self.report(&sat, "Chiara", About::Documentation, NOT_IN_RUNBOOK).await?;

        let planned = Given::next_week(&edge, "HTTP edge").to(&ENGINEERS).extra("Femke", 15);
        self.give(&planned).await?;
        self.close_the_loop(2).await?;
        Ok(())
    }

    async fn take_banks(&mut self) -> Result<()> {
        banks::take_first(self.db, &self.leader()?, &self.circle, self.morning(BEGAN - 2)).await
    }

    /// A test for each service, in the order in which they are given.
    async fn make_tests(&mut self) -> Result<[String; 4]> {
        let leader = self.leader()?;
        let at = self.morning(BEGAN - 4);
        let trial =
            tests::add(self.db, &leader, &self.circle, "Trial run", &a_test("orders-db", 15, 30), at).await?;
        tests::archive(self.db, &leader, &self.circle, &trial, at + TimeDelta::days(3)).await?;

        let mut ids = Vec::new();
        for (service, name, minutes, days) in [
            ("orders-db", "Orders database on call", 30, 180),
            ("http-edge", "HTTP edge on call", 30, 180),
            ("platform-k8s", "Kubernetes platform on call", 20, 90),
            ("event-stream", "Event stream on call", 30, 120),
        ] {
            let test = a_test(service, minutes, days);
            ids.push(tests::add(self.db, &leader, &self.circle, name, &test, at).await?);
        }
        ids.try_into().map_err(|_| Error::NotFound)
    }

    /// A new version of a test, with more time; rounds before it keep theirs.
    async fn change_limit(&mut self, test: &str, days_ago: u64) -> Result<()> {
        let leader = self.leader()?;
        let mut found = tests::find(self.db, &leader, &self.circle, test).await?;
        found.test.limit_minutes = Some(45);
        let edited = Edited { seen: found.version, name: &found.name, test: &found.test };
        tests::change(self.db, &leader, &self.circle, test, edited, self.morning(days_ago)).await
    }

    /// A short round with a question that is answered in words; some of its
    /// answers are marked.
    async fn in_own_words(&mut self) -> Result<()> {
        let mut test = a_test("orders-db", 20, 180);
        let level = Level::ALL.get(1).copied();
        let mut row = Row { service: "orders-db".to_owned(), topic: Topic::Process, level, n_questions: 1 };
        // Every question that there is, so that the open one is asked of everybody.
        let ready = questions::ready(self.db, &self.circle).await?;
        let fits = |one: &&Candidate| {
            one.id.service == row.service && one.id.topic == row.topic && Some(one.level) == row.level
        };
        row.n_questions = u32::try_from(ready.with_open(true).iter().filter(fits).count()).unwrap_or(1);
        test.blueprint = Blueprint { rows: vec![row] };
        (test.asks_open, test.rules.cuts) = (true, [].into());
        let (leader, at) = (self.leader()?, self.morning(12));
        let test = tests::add(self.db, &leader, &self.circle, "In your own words", &test, at).await?;
        let sits = ["Ada", "Bo", "Chiara", "Deniz", "Femke", "Mateo", "Priya"];
        let given = Given::of(&test, "In your own words", 9).to(&sits).sits(&sits);
        let round = self.give(&given).await?;
        self.sit_all(&given, &round, 1).await?;
        self.begin_to_mark(&round, 1).await
    }

    /// Gives a round and lets its people sit it.
    async fn round(&mut self, given: &Given) -> Result<Vec<Sat>> {
        let round = self.give(given).await?;
        self.sit_all(given, &round, 1).await
    }

    /// Plans a round, a few days before it opens.
    async fn give(&mut self, given: &Given) -> Result<String> {
        let opens_at = self.morning_in(given.opens_in);
        let mut people = Vec::new();
        for name in &given.to {
            people.push((self.actor(name)?.who.person.clone(), 0));
        }
        let plan = Plan {
            name: format!("{}, {}", given.name, opens_at.format("%B")),
            test: given.test.clone(),
            opens_at,
            closes_at: opens_at + TimeDelta::hours(7 * 24 + 9),
            shows: Showing { score: ShownWhen::AtHandIn, answers: ShownWhen::AtClose },
            retakes: given.retakes,
            people,
        };
        let leader = self.leader()?;
        let planned_at = self.now.min(opens_at) - TimeDelta::days(3);
        let round = rounds::plan(self.db, &leader, &self.circle, &plan, planned_at).await?;
        for (name, minutes) in &given.extra {
            let person = &self.actor(name)?.who.person;
            rounds::extend(self.db, &leader, &self.circle, &round, person, *minutes, planned_at).await?;
        }
        Ok(round)
    }

    /// Each of the round's people sits; all write at once, so that the database
    /// gathers their commits.
    async fn sit_all(&mut self, given: &Given, round: &str, number: u32) -> Result<Vec<Sat>> {
        let mut sitting_down = JoinSet::new();
        for (name, at) in self.starts(given) {
            let sitting = Sitting {
                actor: self.actor(name)?.clone(),
                circle: self.circle.clone(),
                round: round.to_owned(),
                number,
                at,
                pace: if given.slow == Some(name) { 5 } else { 1 },
                seed: self.rng.random(),
                taught: self.taught.clone(),
            };
            sitting_down.spawn(sit(self.db.clone(), sitting, self.now));
        }
        let mut sat = Vec::new();
        while let Some(ended) = sitting_down.join_next().await {
            sat.push(ended.map_err(|why| Error::Corrupt(format!("a sitting of the demo: {why}")))??);
        }
        Ok(sat)
    }

    /// Whoever did not pass takes what was missed again, five days after the
    /// round opened.
    async fn retake(&mut self, given: Given, round: &str) -> Result<()> {
        let at = self.morning_in(given.opens_in + 5);
        let mut again = Vec::new();
        for &name in &given.sits {
            let mine = rounds::mine_by_id(self.db, &self.actor(name)?.who, &self.circle, round).await?;
            if mine.next(at) == (Next::Start { number: 2 }) {
                again.push(name);
            }
        }
        let given = Given { opens_in: given.opens_in + 5, sits: again, slow: None, ..given };
        self.sit_all(&given, round, 2).await.map(drop)
    }

    /// Who starts when: two a day, some hours apart; and some a few minutes ago.
    fn starts(&mut self, given: &Given) -> Vec<(&'static str, DateTime<Utc>)> {
        let opens_at = self.morning_in(given.opens_in);
        let mut starts = Vec::new();
        for (n, name) in (0i64..).zip(&given.sits) {
            let minutes = self.rng.random_range(0..40);
            starts.push((
                *name,
                opens_at + TimeDelta::hours(24 * (n / 2) + 1 + 4 * (n % 2)) + TimeDelta::minutes(minutes),
            ));
        }
        for (n, name) in (0i64..).zip(&given.sits_now) {
            starts.push((*name, self.now - TimeDelta::minutes(7 + 3 * n)));
        }
        starts
    }

    /// Somebody says what is wrong with a question they did not know.
    async fn report(&self, sat: &[Sat], name: &str, about: About, note: &str) -> Result<()> {
        let who = &self.actor(name)?.who;
        let one = sat.iter().find(|sat| sat.person == who.person).ok_or(Error::NotFound)?;
        let at = one.ended_at - TimeDelta::minutes(2);
        attempts::report(self.db, who, &one.attempt, one.a_hard_one, about, note, at).await
    }

    /// Somebody leaves the team; what they did stays.
    async fn leave(&self, name: &str, days_ago: u64) -> Result<()> {
        let person = &self.actor(name)?.who.person;
        circles::remove_member(self.db, &self.leader()?, &self.circle, person, self.morning(days_ago)).await
    }

    /// A round that was planned and is not given after all.
    async fn cancel(&mut self, given: Given) -> Result<()> {
        let round = self.give(&given).await?;
        let at = self.morning_in(given.opens_in) - TimeDelta::days(1);
        rounds::cancel(self.db, &self.leader()?, &self.circle, &round, at).await
    }

    /// Somebody by their first name.
    pub(super) fn actor(&self, name: &str) -> Result<&Actor> {
        self.cast.iter().find(|actor| actor.who.name.starts_with(name)).ok_or(Error::NotFound)
    }

    pub(super) fn leader(&self) -> Result<Who> {
        Ok(self.actor("Lena")?.who.clone())
    }

    pub(super) fn morning(&self, days_ago: u64) -> DateTime<Utc> {
        self.morning_in(-days_ago.cast_signed())
    }

    /// Eight o'clock, UTC, in so many days.
    pub(super) fn morning_in(&self, days: i64) -> DateTime<Utc> {
        let eight = NaiveTime::from_hms_opt(8, 0, 0).unwrap_or_default();
        let today = self.now.date_naive();
        let n = Days::new(days.unsigned_abs());
        let day = if days < 0 { today.checked_sub_days(n) } else { today.checked_add_days(n) };
        day.unwrap_or(today).and_time(eight).and_utc()
    }
}

const UNCLEAR: &str =
    "The question does not say which version we run. With ours another answer would be right.";
const UNDOCUMENTED: &str = "Our runbook says nothing of this. I knew it from an incident two years ago.";
const TWO_READINGS: &str =
    "Does “first” mean before or after the page is acknowledged? Both can be read here.";
const NOT_IN_RUNBOOK: &str =
    "Found it in the vendor's manual in the end. A link from our runbook would help.";

/// A round as it is told: who is given it, and who sits it.
struct Given {
    test: String,
    name: &'static str,
    /// In how many days it opens; before today it is negative.
    opens_in: i64,
    to: Vec<&'static str>,
    sits: Vec<&'static str>,
    sits_now: Vec<&'static str>,
    /// Who takes longer than the time there is.
    slow: Option<&'static str>,
    /// Extra minutes.
    extra: Vec<(&'static str, i64)>,
    retakes: Retakes,
}

impl Given {
    /// A round that opened so many days ago.
    fn of(test: &str, name: &'static str, days_ago: i64) -> Given {
        Given {
            test: test.to_owned(),
            name,
            opens_in: -days_ago,
            to: Vec::new(),
            sits: Vec::new(),
            sits_now: Vec::new(),
            slow: None,
            extra: Vec::new(),
            retakes: Retakes::NONE,
        }
    }

    fn next_week(test: &str, name: &'static str) -> Given {
        Given { opens_in: 7, ..Given::of(test, name, 0) }
    }

    fn to(mut self, names: &[&'static str]) -> Given {
        self.to.extend(names);
        self
    }

    fn sits(mut self, names: &[&'static str]) -> Given {
        self.sits.extend(names);
        self
    }

    fn sits_now(mut self, names: &[&'static str]) -> Given {
        self.sits_now.extend(names);
        self
    }

    fn slow(mut self, name: &'static str) -> Given {
        self.slow = Some(name);
        self
    }

    fn retakes(self, n: u32) -> Given {
        Given { retakes: Retakes { n, wait: TimeDelta::days(1), asks: Asks::Missed }, ..self }
    }

    fn extra(mut self, name: &'static str, minutes: i64) -> Given {
        self.extra.push((name, minutes));
        self
    }
}

/// Three questions of each topic of a service.
fn a_test(service: &str, minutes: u32, counts_for_days: u32) -> Test {
    let row = |topic| Row { service: service.to_owned(), topic, level: None, n_questions: 3 };
    let percent = |n| Percent::try_from(n).expect("below 100");
    Test {
        blueprint: Blueprint { rows: Topic::ALL.map(row).to_vec() },
        limit_minutes: Some(minutes),
        rules: Rules {
            cut: percent(70),
            cuts: [((service.to_owned(), Topic::Troubleshooting), percent(60))].into(),
            topic_cut: percent(65),
            critical_must_hold: false,
            counts_for_days,
            all_or_nothing: false,
        },
        open_book: true,
        asks_open: false,
    }
}
