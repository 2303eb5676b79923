//! Reviews from the last answer to the minutes, on both databases.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::action::{Fixes, How, Number, Severity};
use domain::agenda::{Decision, Proposal, Reason, Why};
use domain::answer::{Answer, Confidence};
use domain::people::Role::{Engineer, Leader, Reader};
use domain::question::Topic;
use tokio::task::JoinSet;

use super::agenda::Way;
use super::closing::Missing;
use super::{Found, Item, State, Subject, agenda, answers, closing, feedback, find, holding, list, opening};
use crate::actions::making::Draft;
use crate::attempts::saving::{Save, save};
use crate::attempts::{self, finishing, start};
use crate::disputes::deciding::{self as disputes, Which};
use crate::error::{Error, Result};
use crate::people::Who;
use crate::results::releasing::release;
use crate::testing::{
    a_plan, a_test, circle_with, dice, file, fresh_address, fresh_db, noon, right_answer, run_sql,
};
use crate::{Db, audit, news, questions, rounds, tests};

const CIRCLE: &str = "checkout";

/// Lena leads; Ada and Bo were in the round, Eve was not, and Rea reads.
struct World {
    db: Db,
    lena: Who,
    ada: Who,
    bo: Who,
    eve: Who,
    rea: Who,
    round: String,
}

/// When the round is over.
fn after() -> DateTime<Utc> {
    noon() + TimeDelta::days(1)
}

impl World {
    /// The round is over. Ada missed one question, with certainty; Bo missed
    /// all of them.
    async fn over(db: Db) -> World {
        let people =
            [("lena", Leader), ("ada", Engineer), ("bo", Engineer), ("eve", Engineer), ("rea", Reader)];
        let [lena, ada, bo, eve, rea] = circle_with(&db, CIRCLE, people).await;
        let bank = domain::bank::read(&bank());
        questions::take_bank(&db, &lena, CIRCLE, &bank.banks[0], noon()).await.unwrap();
        let test = a_test("orders-db", &[(Topic::Process, 2), (Topic::Monitoring, 1)]);
        let test = tests::add(&db, &lena, CIRCLE, "Orders DB", &test, noon()).await.unwrap();
        let plan = a_plan(test, noon(), &[&ada, &bo]);
        let round = rounds::plan(&db, &lena, CIRCLE, &plan, noon()).await.unwrap();
        let world = World { db, lena, ada, bo, eve, rea, round };
        world.sits(&world.ada, |slug| slug != "whom").await;
        world.sits(&world.bo, |_| false).await;
        world
    }

    async fn at_work() -> World {
        World::over(fresh_db().await).await
    }

    async fn sits(&self, who: &Who, knows: impl Fn(&str) -> bool) {
        let attempt = start(&self.db, who, CIRCLE, &self.round, 1, noon(), &mut dice()).await.unwrap();
        for slot in &attempts::drawn::of(&self.db, &attempt).await.unwrap().slots {
            let right = right_answer(&slot.question.key, &slot.order);
            let is_known = knows(&slot.question.id.slug);
            let wrong = match right {
                Answer::One(place) => Answer::One((place + 1) % 3),
                _ => Answer::Typed("perhaps".to_owned()),
            };
            let sure = slot.question.id.slug == "whom" && who.name == "Ada";
            let said = Save {
                attempt: attempt.clone(),
                slot: slot.n,
                client: "tab".to_owned(),
                sequence: 1,
                answer: Some(if is_known { right } else { wrong }),
                confidence: Some(if sure { Confidence::Certain } else { Confidence::Guess }),
                for_review: false,
                received_at: noon(),
            };
            save(&self.db, who, said).await.unwrap();
        }
        finishing::hand_in(&self.db, who, &attempt, noon()).await.unwrap();
    }

    async fn opened(&self) -> String {
        assert_eq!(opening::open_ready(&self.db, after()).await.unwrap(), 1);
        list(&self.db, &self.lena, CIRCLE).await.unwrap().remove(0).id
    }

    async fn begun(&self) -> String {
        let review = self.opened().await;
        holding::start(&self.db, &self.lena, CIRCLE, &review, after()).await.unwrap();
        review
    }

    async fn seen(&self, review: &str) -> Found {
        find(&self.db, &self.lena, CIRCLE, review, after()).await.unwrap()
    }

    async fn notes(&self, who: &Who, review: &str, item: &str, key: &str, note: &str) -> Result<()> {
        holding::note(&self.db, who, CIRCLE, review, (item, key, note), after()).await
    }

    async fn decides(&self, who: &Who, review: &str, item: &str, decision: Decision) -> Result<()> {
        let decided = (item, Some(decision), "The runbook says otherwise.");
        holding::decide(&self.db, who, CIRCLE, review, decided, after()).await
    }

    async fn makes(&self, who: &Who, review: &str, item: &str, owner: &Who) -> Result<Number> {
        let draft = Draft {
            title: "Say whom to call".to_owned(),
            fixes: Some(Fixes::Document),
            how: Some(How::Preventive),
            severity: Severity::new(3),
            owner: owner.person.clone(),
            ..Draft::default()
        };
        holding::make_action(&self.db, who, CIRCLE, review, (item, &draft), after()).await
    }

    async fn closes(&self, review: &str, retest_in: Option<u64>) -> Result<()> {
        closing::close(&self.db, &self.lena, CIRCLE, review, retest_in, after()).await
    }
}

fn bank() -> Vec<domain::bank::SourceFile> {
    vec![
        file(
            "orders-db/service.toml",
            "name = \"Orders DB\"\nsummary = \"Keeps the orders.\"\nowner = \"Lena\"\n",
        ),
        file(
            "orders-db/process/whom.md",
            "+++\nsources = [\"runbook:orders-db#on-call\"]\n+++\nWhom do you call?\n\n- [x] The DBA\n- [ ] Nobody\n- [ ] Everybody\n\n> So it is.\n",
        ),
        file("orders-db/process/when.md", "When?\n\n- [x] Now\n- [ ] Later\n- [ ] Never\n\n> So it is.\n"),
        file("orders-db/monitoring/view.md", "Which view?\n\n= pg_stat_replication\n\n> So it is.\n"),
    ]
}

fn slugs(found: &Found) -> Vec<String> {
    let slug = |item: &Item| match &item.subject {
        Subject::Question { id, .. } => id.rsplit('/').next().unwrap().to_owned(),
        _ => item.title.clone(),
    };
    found.items.iter().map(slug).collect()
}

fn is_hidden<T>(result: Result<T>) -> bool {
    matches!(result, Err(Error::NotFound))
}

fn fields<T: std::fmt::Debug>(refused: Result<T>) -> Vec<String> {
    match refused {
        Err(Error::Refused(problems)) => problems.into_iter().map(|problem| problem.field).collect(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_review_opens_by_itself_when_the_results_are_ready_and_only_then() {
    let world = World::at_work().await;
    let soon = after() - TimeDelta::milliseconds(1);
    assert_eq!(opening::open_ready(&world.db, soon).await.unwrap(), 0, "the round is open");
    let early = opening::open(&world.db, &world.lena, CIRCLE, &world.round, soon).await;
    assert_eq!(fields(early), ["round"]);

    let review = world.opened().await;

    let found = world.seen(&review).await;
    assert_eq!(slugs(&found), ["whom", "view", "when"]);
    let whom = &found.items[0].why;
    assert_eq!(
        whom.reasons,
        [Reason::SureAndWrong { n: 1, of: 2 }, Reason::TopicBelowCut, Reason::Missed { n: 2, of: 2 }]
    );
    let source = "runbook:orders-db#on-call".to_owned();
    assert_eq!(
        whom.proposals,
        [Proposal::DocumentIsUnclear { sources: vec![source] }, Proposal::PeopleNeedTraining]
    );
    let people: Vec<&str> = found.people.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(people, ["Ada", "Bo", "Lena"]);
    // It was over on a Tuesday at noon: Thursday at ten in Rome.
    assert_eq!(found.review.planned_at.to_rfc3339(), "2026-03-05T09:00:00+00:00");
    assert_eq!(opening::open_ready(&world.db, after()).await.unwrap(), 0, "a round has one review");
    let again = opening::open(&world.db, &world.lena, CIRCLE, &world.round, after()).await.unwrap();
    assert_eq!(again, review);
}

#[tokio::test]
async fn two_nodes_open_a_review_once() {
    let address = fresh_address().await;
    let world = World::over(Db::open(&address).await.unwrap()).await;
    let other = Db::open(&address).await.unwrap();
    let mut nodes = JoinSet::new();
    for n in 0..8 {
        let db = if n % 2 == 0 { world.db.clone() } else { other.clone() };
        nodes.spawn(async move { opening::open_ready(&db, after()).await.unwrap() });
    }

    let n_opened: u64 = nodes.join_all().await.into_iter().sum();

    assert_eq!(n_opened, 1);
    let found = list(&world.db, &world.lena, CIRCLE).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(world.seen(&found[0].id).await.items.len(), 3);
}

#[tokio::test]
async fn who_was_not_in_the_round_and_was_not_invited_finds_nothing() {
    let world = World::at_work().await;
    let review = world.begun().await;
    let item = world.seen(&review).await.items[0].id.clone();
    for stranger in [&world.eve, &world.rea] {
        assert!(is_hidden(find(&world.db, stranger, CIRCLE, &review, after()).await));
        assert!(is_hidden(world.notes(stranger, &review, &item, "k", "Hm.").await));
        assert_eq!(list(&world.db, stranger, CIRCLE).await.unwrap(), []);
    }
    assert!(is_hidden(world.decides(&world.ada, &review, &item, Decision::Keep).await), "a leader decides");
    assert!(is_hidden(holding::go(&world.db, &world.ada, CIRCLE, &review, &item, after()).await));

    agenda::invite(&world.db, &world.lena, CIRCLE, &review, &world.rea.person, after()).await.unwrap();

    world.notes(&world.rea, &review, &item, "k", "I read it.").await.unwrap();
    assert!(
        is_hidden(world.makes(&world.rea, &review, &item, &world.ada).await),
        "who reads makes no action"
    );
}

#[tokio::test]
async fn answers_are_counted_without_names() {
    let world = World::at_work().await;
    let review = world.begun().await;
    let found = world.seen(&review).await;

    let whom = answers::of_item(&world.db, &world.lena, &found, &found.items[0]).await.unwrap().unwrap();
    let view = answers::of_item(&world.db, &world.lena, &found, &found.items[1]).await.unwrap().unwrap();

    assert_eq!((whom.n_asked, whom.n_full, whom.n_missed, whom.n_sure_and_wrong), (2, 0, 2, 1));
    assert_eq!(whom.chosen.iter().sum::<u32>(), 2);
    assert_eq!(whom.chosen[0], 0, "nobody took the right one");
    assert_eq!(view.typed, [("perhaps".to_owned(), 1), ("pg_stat_replication".to_owned(), 1)]);
}

#[tokio::test]
async fn a_leader_changes_the_agenda() {
    let world = World::at_work().await;
    let review = world.opened().await;
    let (db, lena) = (&world.db, &world.lena);
    let ids: Vec<String> = world.seen(&review).await.items.into_iter().map(|item| item.id).collect();

    agenda::add_text(db, lena, CIRCLE, &review, "  The rota\nin May ", after()).await.unwrap();
    agenda::shift(db, lena, CIRCLE, &review, &ids[1], Way::Up, after()).await.unwrap();
    agenda::shift(db, lena, CIRCLE, &review, &ids[1], Way::Up, after()).await.unwrap();
    agenda::remove(db, lena, CIRCLE, &review, &ids[2], after()).await.unwrap();
    assert_eq!(slugs(&world.seen(&review).await), ["view", "whom", "The rota in May"]);

    // What was taken off stays off when it begins, and can be put back.
    holding::start(db, lena, CIRCLE, &review, after()).await.unwrap();
    assert_eq!(slugs(&world.seen(&review).await), ["view", "whom", "The rota in May"]);
    agenda::add_question(db, lena, CIRCLE, &review, "orders-db/process/when", after()).await.unwrap();
    assert_eq!(slugs(&world.seen(&review).await), ["view", "whom", "The rota in May", "when"]);
    let twice = agenda::add_question(db, lena, CIRCLE, &review, "orders-db/process/when", after()).await;
    assert_eq!(fields(twice), ["question"]);
    let unknown = agenda::add_question(db, lena, CIRCLE, &review, "orders-db/process/nothing", after()).await;
    assert_eq!(fields(unknown), ["question"]);
    assert_eq!(fields(agenda::add_text(db, lena, CIRCLE, &review, " ", after()).await), ["text"]);
    // What everybody looks at stays, and so does what somebody wrote about.
    assert_eq!(fields(agenda::remove(db, lena, CIRCLE, &review, &ids[1], after()).await), [""]);
    world.notes(&world.ada, &review, &ids[0], "k", "Hm.").await.unwrap();
    assert_eq!(fields(agenda::remove(db, lena, CIRCLE, &review, &ids[0], after()).await), [""]);
}

#[tokio::test]
async fn two_people_write_at_once_and_nothing_is_written_over() {
    let world = World::at_work().await;
    let review = world.begun().await;
    let item = world.seen(&review).await.items[0].id.clone();
    let mut writers = JoinSet::new();
    for n in 0..20 {
        let (db, review, item) = (world.db.clone(), review.clone(), item.clone());
        let who = if n % 2 == 0 { world.ada.clone() } else { world.bo.clone() };
        writers.spawn(async move {
            let (key, note) = (format!("key-{n}"), format!("Note {n}"));
            holding::note(&db, &who, CIRCLE, &review, (&item, &key, &note), after()).await.unwrap();
            // The answer was lost, and the browser sends it again.
            holding::note(&db, &who, CIRCLE, &review, (&item, &key, &note), after()).await.unwrap();
        });
    }
    writers.join_all().await;
    // Changed before it was sent again.
    world.notes(&world.ada, &review, &item, "key-0", "Note 0, with more to it").await.unwrap();

    let found = world.seen(&review).await;

    let mut notes: Vec<String> = found.items[0].notes.iter().map(|note| note.note.clone()).collect();
    notes.sort();
    let mut expected: Vec<String> = (0..20).map(|n| format!("Note {n}")).collect();
    expected.push("Note 0, with more to it".to_owned());
    expected.sort();
    assert_eq!(notes, expected);
    let came: Vec<&str> =
        found.people.iter().filter(|one| one.came_at.is_some()).map(|one| one.name.as_str()).collect();
    assert_eq!(came, ["Ada", "Bo", "Lena"], "who writes is there");
}

#[tokio::test]
async fn the_newest_decision_stands_and_the_others_can_be_read() {
    let world = World::at_work().await;
    let review = world.begun().await;
    let item = world.seen(&review).await.items[0].id.clone();
    let bare = (item.as_str(), Some(Decision::NoAction), " ");
    let refused = holding::decide(&world.db, &world.lena, CIRCLE, &review, bare, after()).await;
    assert_eq!(fields(refused), ["reason"]);
    let none = (item.as_str(), None, "");
    let refused = holding::decide(&world.db, &world.lena, CIRCLE, &review, none, after()).await;
    assert_eq!(fields(refused), ["decision"]);

    world.decides(&world.lena, &review, &item, Decision::Train).await.unwrap();
    world.decides(&world.lena, &review, &item, Decision::FixDocument).await.unwrap();

    let decisions = &world.seen(&review).await.items[0].decisions;
    let words: Vec<Decision> = decisions.iter().map(|decided| decided.decision).collect();
    assert_eq!(words, [Decision::Train, Decision::FixDocument]);
}

#[tokio::test]
async fn a_review_is_closed_when_nothing_is_open_and_then_nothing_is_added() {
    let world = World::at_work().await;
    let review = world.begun().await;
    let items = world.seen(&review).await.items;
    assert_eq!(fields(world.closes(&review, None).await), ["close"]);
    for item in &items {
        world.decides(&world.lena, &review, &item.id, Decision::Keep).await.unwrap();
    }
    let number = world.makes(&world.bo, &review, &items[0].id, &world.ada).await.unwrap();
    // Whoever owned it has left.
    run_sql(&world.db, "UPDATE members SET left_at = joined_at WHERE person = $1", &world.ada.person).await;
    let open = closing::missing(&world.seen(&review).await);
    assert_eq!(open, [Missing::Owner { number, title: "Say whom to call".to_owned() }]);
    assert_eq!(fields(world.closes(&review, None).await), ["close"]);
    run_sql(&world.db, "UPDATE members SET left_at = NULL WHERE person = $1", &world.ada.person).await;

    assert_eq!(fields(world.closes(&review, Some(0)).await), ["days"]);
    world.closes(&review, Some(14)).await.unwrap();

    let found = world.seen(&review).await;
    assert_eq!(found.review.state, State::Closed);
    assert_eq!(fields(world.notes(&world.ada, &review, &items[0].id, "late", "One more.").await), [""]);
    assert_eq!(fields(world.decides(&world.lena, &review, &items[0].id, Decision::Train).await), [""]);
    assert_eq!(fields(world.closes(&review, None).await), [""], "once");
    // What was missed is asked again, of those who missed it.
    let retest = found.review.retest.unwrap();
    let round = rounds::find(&world.db, &world.lena, CIRCLE, &retest).await.unwrap();
    assert_eq!(round.name, "Re-test of March");
    assert_eq!(round.test.blueprint.n_questions(), 3);
    assert_eq!((round.n_people, round.test.limit_minutes), (2, Some(30)));
}

#[tokio::test]
async fn the_minutes_say_what_was_said_decided_and_made() {
    let world = World::at_work().await;
    let review = world.begun().await;
    let items = world.seen(&review).await.items;
    world.notes(&world.ada, &review, &items[0].id, "a", "The runbook names\nnobody.").await.unwrap();
    world.notes(&world.bo, &review, &items[0].id, "b", "I called *everybody*.").await.unwrap();
    world.decides(&world.lena, &review, &items[0].id, Decision::Train).await.unwrap();
    world.decides(&world.lena, &review, &items[0].id, Decision::FixDocument).await.unwrap();
    world.makes(&world.lena, &review, &items[0].id, &world.bo).await.unwrap();
    world.decides(&world.lena, &review, &items[1].id, Decision::NoAction).await.unwrap();
    world.decides(&world.lena, &review, &items[2].id, Decision::Keep).await.unwrap();

    world.closes(&review, Some(14)).await.unwrap();

    let minutes = world.seen(&review).await.review.minutes.unwrap();
    insta::assert_snapshot!(minutes, @"
    # Review of March

    - Circle: checkout
    - Held: Tue 3 Mar 2026 13:00 Rome to Tue 3 Mar 2026 13:00 Rome
    - There: Ada, Bo, Lena
    - Expected, and not there: nobody

    ## 1. Whom do you call?

    Question `orders-db/process/whom`. 1 of 2 who missed it were certain. Its topic is below the cut. Missed in 2 of 2 attempts.

    Notes:

    - Ada, 13:00: The runbook names
      nobody.
    - Bo, 13:00: I called *everybody*.

    Decision: **Fix a document**, because: The runbook says otherwise.

    Before that, at Tue 3 Mar 2026 13:00 Rome: **Train**, because: The runbook says otherwise.

    Actions:

    - CA-1 Say whom to call: Bo, assigned by 2026-03-06, done by 2026-03-31

    ## 2. Which view?

    Question `orders-db/monitoring/view`. Its topic is below the cut. Missed in 1 of 2 attempts.

    Decision: **No action**, because: The runbook says otherwise.

    ## 3. When?

    Question `orders-db/process/when`. Its topic is below the cut. Missed in 1 of 2 attempts.

    Decision: **Keep the question**, because: The runbook says otherwise.

    ## Actions

    - CA-1 Say whom to call: Bo, assigned by 2026-03-06, done by 2026-03-31

    ## Re-test

    Re-test of March, for 2 people, from Tue 17 Mar 2026 09:00 Rome to Tue 24 Mar 2026 18:00 Rome. It asks:

    - orders-db, process
    - orders-db, monitoring
    ");
}

#[tokio::test]
async fn the_next_review_begins_with_what_the_last_one_left_open() {
    let world = World::at_work().await;
    let review = world.begun().await;
    let items = world.seen(&review).await.items;
    let number = world.makes(&world.lena, &review, &items[0].id, &world.bo).await.unwrap();
    for item in &items {
        world.decides(&world.lena, &review, &item.id, Decision::Keep).await.unwrap();
    }
    world.closes(&review, None).await.unwrap();
    let later = after() + TimeDelta::days(2);
    let next = World { round: another_round(&world, later).await, ..world };
    let attempt = start(&next.db, &next.ada, CIRCLE, &next.round, 1, later, &mut dice()).await.unwrap();
    finishing::hand_in(&next.db, &next.ada, &attempt, later).await.unwrap();

    assert_eq!(opening::open_ready(&next.db, later + TimeDelta::days(1)).await.unwrap(), 1);

    let newest = list(&next.db, &next.lena, CIRCLE).await.unwrap().remove(0);
    let found = find(&next.db, &next.lena, CIRCLE, &newest.id, later).await.unwrap();
    assert_eq!(found.items[0].title, format!("{number} Say whom to call"));
    assert_eq!(found.items.len(), 4);
    assert!(!found.items[0].is_undecided(), "an action is not decided about, it is done");
}

async fn another_round(world: &World, opens_at: DateTime<Utc>) -> String {
    let test = tests::list(&world.db, &world.lena, CIRCLE).await.unwrap().remove(0).id;
    let plan = rounds::Plan { name: "April".to_owned(), ..a_plan(test, opens_at, &[&world.ada]) };
    rounds::plan(&world.db, &world.lena, CIRCLE, &plan, opens_at).await.unwrap()
}

#[tokio::test]
async fn what_attendees_say_is_counted_and_can_be_changed() {
    let world = World::at_work().await;
    let review = world.begun().await;
    for item in world.seen(&review).await.items {
        world.decides(&world.lena, &review, &item.id, Decision::Keep).await.unwrap();
    }
    let says = async |who: &Who, said: [&str; 3]| {
        feedback::say(&world.db, who, CIRCLE, &review, said, after()).await
    };
    assert!(is_hidden(says(&world.ada, ["yes", "yes", "yes"]).await), "it is not over");
    world.closes(&review, None).await.unwrap();

    assert_eq!(fields(says(&world.ada, ["yes", "", "perhaps"]).await), ["heard", "change"]);
    says(&world.ada, ["yes", "yes", "no"]).await.unwrap();
    says(&world.bo, ["yes", "partly", "no"]).await.unwrap();
    says(&world.ada, ["yes", "no", "no"]).await.unwrap();

    let found = world.seen(&review).await;
    let counts = feedback::counts(&world.db, &found).await.unwrap().unwrap();
    assert_eq!(counts, [[2, 0, 0], [0, 1, 1], [0, 0, 2]]);
    let adas = find(&world.db, &world.ada, CIRCLE, &review, after()).await.unwrap();
    assert_eq!(feedback::counts(&world.db, &adas).await.unwrap(), None);
    assert_eq!(feedback::mine(&world.db, &adas).await.unwrap().unwrap(), ["yes", "no", "no"]);
}

#[tokio::test]
async fn whoever_follows_hears_of_every_change_on_each_node() {
    let address = fresh_address().await;
    let world = World::over(Db::open(&address).await.unwrap()).await;
    let review = world.begun().await;
    let item = world.seen(&review).await.items[1].id.clone();
    // PostgreSQL has many nodes; SQLite has one.
    let is_shared = address.starts_with("postgres");
    let other = if is_shared { Db::open(&address).await.unwrap() } else { world.db.clone() };
    let mut heard = news::follow(&other);
    if is_shared {
        // The first word says that the node listens.
        let first = tokio::time::timeout(Duration::from_secs(10), heard.recv()).await.unwrap().unwrap();
        assert!(first.what.is_empty() && first.is_about(&review));
    }

    holding::go(&world.db, &world.lena, CIRCLE, &review, &item, after()).await.unwrap();

    let change = tokio::time::timeout(Duration::from_secs(10), heard.recv()).await.unwrap().unwrap();
    let revision = super::revision(&world.db, &world.ada, CIRCLE, &review).await.unwrap();
    assert_eq!((&*change.what, change.revision), (review.as_str(), revision));
}

impl World {
    async fn items(&self, review: &str) -> Vec<Item> {
        self.seen(review).await.items
    }

    /// Takes the question `whom` out, wherever it was asked.
    async fn voids_whom(&self) {
        let id = "orders-db/process/whom".parse().unwrap();
        let version = questions::find(&self.db, &self.lena, CIRCLE, &id).await.unwrap().version;
        let which = Which { circle: CIRCLE, question: &id, version: &version };
        let because = "Nobody is named anywhere.".to_owned();
        let draft = disputes::Draft { ruling: "void".to_owned(), because, ..disputes::Draft::default() };
        let shown = disputes::preview(&self.db, &self.lena, which, &draft, after()).await.unwrap();
        disputes::decide(&self.db, &self.lena, which, &draft, &shown.fingerprint, after()).await.unwrap();
    }
}

#[tokio::test]
async fn an_action_that_is_sent_again_after_a_lost_answer_is_made_once() {
    let world = World::at_work().await;
    let review = world.begun().await;
    let item = world.items(&review).await.remove(0).id;
    let draft = Draft {
        key: "page-1".to_owned(),
        title: "Say whom to call".to_owned(),
        fixes: Some(Fixes::Document),
        how: Some(How::Preventive),
        severity: Severity::new(3),
        owner: world.bo.person.clone(),
        ..Draft::default()
    };
    let mut senders = JoinSet::new();
    for _ in 0..4 {
        let (db, lena, review) = (world.db.clone(), world.lena.clone(), review.clone());
        let (item, draft) = (item.clone(), draft.clone());
        senders.spawn(async move {
            holding::make_action(&db, &lena, CIRCLE, &review, (&item, &draft), after()).await.unwrap()
        });
    }

    let made = senders.join_all().await;

    assert_eq!(made, [Number(1); 4]);
    let found = world.seen(&review).await;
    assert_eq!(found.items[0].actions.len(), 1);
    let once = found.review.revision;
    let again = holding::make_action(&world.db, &world.lena, CIRCLE, &review, (&item, &draft), after()).await;
    assert_eq!((again.unwrap(), world.seen(&review).await.review.revision), (Number(1), once));
}

#[tokio::test]
async fn nothing_is_done_about_what_was_taken_off_the_agenda() {
    let world = World::at_work().await;
    let review = world.begun().await;
    let item = world.items(&review).await.remove(2).id;
    agenda::remove(&world.db, &world.lena, CIRCLE, &review, &item, after()).await.unwrap();

    assert_eq!(fields(world.notes(&world.ada, &review, &item, "k", "Hm.").await), ["note"]);
    assert_eq!(fields(world.decides(&world.lena, &review, &item, Decision::Keep).await), ["decision"]);
    assert_eq!(fields(world.makes(&world.lena, &review, &item, &world.bo).await), ["title"]);
    assert_eq!(fields(holding::go(&world.db, &world.lena, CIRCLE, &review, &item, after()).await), [""]);
    let found = world.seen(&review).await;
    assert_eq!((found.items.len(), found.actions().count()), (2, 0));
    assert_ne!(found.review.item, Some(item));
}

#[tokio::test]
async fn where_one_leader_goes_to_an_item_and_another_takes_it_off_one_of_them_is_told() {
    let world = World::at_work().await;
    let review = world.begun().await;
    for _ in 0..4 {
        let item = world.items(&review).await.pop().unwrap().id;
        let (go, remove) = tokio::join!(
            holding::go(&world.db, &world.lena, CIRCLE, &review, &item, after()),
            agenda::remove(&world.db, &world.lena, CIRCLE, &review, &item, after())
        );

        let found = world.seen(&review).await;
        assert_ne!(go.is_ok(), remove.is_ok(), "{go:?} {remove:?}");
        assert!(found.current().is_some(), "all look at something that is there");
        if go.is_ok() {
            return;
        }
        agenda::add_text(&world.db, &world.lena, CIRCLE, &review, "The rota", after()).await.unwrap();
    }
}

#[tokio::test]
async fn what_was_taken_out_by_a_dispute_has_no_reason_to_be_talked_about_any_more() {
    let world = World::at_work().await;
    let review = world.opened().await;
    let before = world.seen(&review).await;

    world.voids_whom().await;

    let found = world.seen(&review).await;
    assert_eq!(slugs(&found), slugs(&before), "what is on the agenda stays on it");
    assert_eq!(found.items[0].why, Why::default());
    assert_eq!(found.items[1].why.reasons, [Reason::TopicBelowCut, Reason::Missed { n: 1, of: 2 }]);
    assert!(found.review.revision > before.review.revision, "who follows is told");
}

#[tokio::test]
async fn why_things_are_on_an_agenda_is_kept_from_takers_until_they_may_see_their_score() {
    let shows = "UPDATE rounds SET show_score = 'never', show_answers = 'never' WHERE id = $1";
    let world = World::at_work().await;
    run_sql(&world.db, shows, &world.round).await;
    let review = world.opened().await;
    let seen = async |who: &Who| find(&world.db, who, CIRCLE, &review, after()).await.unwrap();
    let has_why = |found: &Found| !found.items[0].why.reasons.is_empty();

    let adas = seen(&world.ada).await;
    assert!(adas.hides_why && adas.items.iter().all(|item| item.why == Why::default()));
    assert!(has_why(&seen(&world.lena).await), "a leader prepares it");

    release(&world.db, &world.lena, CIRCLE, &world.round, after()).await.unwrap();
    assert!(has_why(&seen(&world.ada).await));

    run_sql(&world.db, "UPDATE rounds SET released_at = NULL WHERE id = $1", &world.round).await;
    assert!(!has_why(&seen(&world.ada).await));
    holding::start(&world.db, &world.lena, CIRCLE, &review, after()).await.unwrap();
    assert!(has_why(&seen(&world.ada).await), "who attends the meeting sees counts of any size");
}

#[tokio::test]
async fn who_looks_at_one_item_is_given_its_notes_and_the_number_of_the_others() {
    let world = World::at_work().await;
    let review = world.begun().await;
    let items = world.items(&review).await;
    for (item, key) in [(&items[0], "a"), (&items[1], "b"), (&items[1], "c")] {
        world.notes(&world.ada, &review, &item.id, key, "Hm.").await.unwrap();
    }
    let look = async |item: Option<&str>| {
        let found = super::find_at(&world.db, &world.lena, CIRCLE, &review, item, after()).await.unwrap();
        let counts = |item: &Item| (item.notes.len(), item.n_notes);
        found.items.iter().map(counts).collect::<Vec<_>>()
    };

    assert_eq!(look(None).await, [(1, 1), (0, 2), (0, 0)], "what all look at");
    assert_eq!(look(Some(&items[1].id)).await, [(0, 1), (2, 2), (0, 0)]);
    assert_eq!(look(Some("nothing")).await, [(1, 1), (0, 2), (0, 0)]);
}

#[tokio::test]
async fn what_leaders_do_in_a_review_is_in_the_log() {
    let world = World::at_work().await;
    let (db, lena, review) = (&world.db, &world.lena, &world.opened().await);
    let items = world.items(review).await;

    agenda::invite(db, lena, CIRCLE, review, &world.eve.person, after()).await.unwrap();
    agenda::set_time(db, lena, CIRCLE, review, (after(), 5), after()).await.unwrap();
    agenda::add_text(db, lena, CIRCLE, review, "The rota", after()).await.unwrap();
    agenda::remove(db, lena, CIRCLE, review, &items[2].id, after()).await.unwrap();
    agenda::add_question(db, lena, CIRCLE, review, "orders-db/process/when", after()).await.unwrap();
    world.decides(lena, review, &items[0].id, Decision::FixDocument).await.unwrap();

    let log = audit::of_circle(db, lena, CIRCLE, 1).await.unwrap();
    let said: Vec<String> = log.entries.iter().map(|one| format!("{}: {}", one.what, one.subject)).collect();
    for expected in [
        "invited somebody to a review: March: Eve",
        "set the time of a review: March: 2026-03-03 12:00 UTC, 5 minutes for each item",
        "put something on the agenda of a review: March: The rota",
        "took something off the agenda of a review: March: orders-db/process/when",
        "put a question on the agenda of a review: March: orders-db/process/when",
        "decided about a question in a review: March: orders-db/process/whom, fix document",
    ] {
        assert!(said.iter().any(|said| said == expected), "{expected}: {said:#?}");
    }
}
