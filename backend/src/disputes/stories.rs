//! Disputes from outside: two engineers, two leaders, six questions, and a key
//! that is not the last word.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::answer::Answer;
use domain::bank::{Content, SourceFile};
use domain::blueprint::{Blueprint, Row};
use domain::marking::decision::{AlsoRight, Ruling};
use domain::marking::{POINT, Score};
use domain::people::Role;
use domain::question::{Key, QuestionId, Topic};
use domain::readiness::Standing;
use domain::retake::{Asks, Retakes};
use domain::round::{Showing, ShownWhen};
use domain::test::{Percent, Rules, Test};
use domain::verdict::{Clause, Verdict};

use super::deciding::{Draft, NEEDS_ANOTHER, Own, Preview, Which, decide, preview};
use super::reading::{self, Case};
use super::{list, n_open, own};
use crate::attempts::finishing::hand_in;
use crate::attempts::saving::{Save, save};
use crate::attempts::{self, About, results, start};
use crate::error::{Error, Result};
use crate::people::Who;
use crate::rounds::{self, Plan};
use crate::testing::{all_at_once, circle_with, dice, fresh_db, noon, run_sql};
use crate::{Db, audit, questions, readiness, tests};

const CIRCLE: &str = "checkout";

/// A circle with a bank, a test and a round that shows everything at hand-in.
struct World {
    db: Db,
    lena: Who,
    leo: Who,
    ada: Who,
    bo: Who,
    test: String,
    round: String,
}

const QUESTIONS: [(&str, &str); 6] = [
    ("process/whom", "+++\ncritical = true\n+++\nWhom?\n\n- [x] Ann\n- [ ] Ben\n- [ ] Cid\n"),
    ("process/which", "Which?\n\n- [x] One\n- [x] Two\n- [ ] Three\n- [ ] Four\n"),
    ("architecture/order", "In what order?\n\n1. First\n2. Second\n3. Third\n4. Fourth\n"),
    (
        "architecture/match",
        "What with what?\n\n| left | right |\n|---|---|\n| a | X |\n| b | Y |\n| c | Z |\n",
    ),
    ("troubleshooting/port", "Which port?\n\n= 5432\n"),
    ("monitoring/view", "Which view?\n\n= pg_stat_replication\n"),
];

impl World {
    async fn at_work() -> World {
        World::with(|_| {}).await
    }

    async fn with(change: impl FnOnce(&mut Plan)) -> World {
        let db = fresh_db().await;
        let people =
            [("lena", Role::Leader), ("leo", Role::Leader), ("ada", Role::Engineer), ("bo", Role::Engineer)];
        let [lena, leo, ada, bo] = circle_with(&db, CIRCLE, people).await;
        let bank = domain::bank::read(&bank());
        questions::take_bank(&db, &lena, CIRCLE, &bank.banks[0], noon()).await.unwrap();
        let test = tests::add(&db, &lena, CIRCLE, "Orders DB", &a_test(), noon()).await.unwrap();
        let mut world = World { db, lena, leo, ada, bo, test, round: String::new() };
        world.round = world.plan("March", change).await;
        world
    }

    async fn plan(&self, name: &str, change: impl FnOnce(&mut Plan)) -> String {
        let mut plan = Plan {
            name: name.to_owned(),
            test: self.test.clone(),
            opens_at: noon(),
            closes_at: noon() + TimeDelta::days(9),
            shows: Showing { score: ShownWhen::AtHandIn, answers: ShownWhen::AtHandIn },
            retakes: Retakes::NONE,
            people: vec![(self.ada.person.clone(), 0), (self.bo.person.clone(), 0)],
        };
        change(&mut plan);
        rounds::plan(&self.db, &self.lena, CIRCLE, &plan, noon()).await.unwrap()
    }

    async fn start(&self, who: &Who) -> String {
        start(&self.db, who, CIRCLE, &self.round, 1, noon(), &mut dice()).await.unwrap()
    }

    /// Answers everything rightly, but for what is said here in written places.
    async fn answer(&self, who: &Who, attempt: &str, others: &[(&str, Answer)], at: DateTime<Utc>) {
        let others: HashMap<_, _> = others.iter().cloned().collect();
        for slot in &attempts::drawn::of(&self.db, attempt).await.unwrap().slots {
            let written = others.get(slot.question.id.slug.as_str()).cloned();
            let written = written.unwrap_or_else(|| right(&slot.question.key));
            let answer = Save {
                attempt: attempt.to_owned(),
                slot: slot.n,
                client: "tab".to_owned(),
                sequence: 1,
                answer: Some(shown(&written, &slot.order)),
                confidence: None,
                for_review: false,
                received_at: at,
            };
            save(&self.db, who, answer).await.unwrap();
        }
    }

    /// Sits the round from start to hand-in.
    async fn sit(&self, who: &Who, others: &[(&str, Answer)]) -> String {
        let attempt = self.start(who).await;
        self.answer(who, &attempt, others, noon()).await;
        hand_in(&self.db, who, &attempt, noon() + minutes(5)).await.unwrap();
        attempt
    }

    async fn slot(&self, attempt: &str, slug: &str) -> u16 {
        let sheet = attempts::drawn::of(&self.db, attempt).await.unwrap();
        sheet.slots.iter().find(|slot| slot.question.id.slug == slug).unwrap().n
    }

    async fn object(&self, who: &Who, attempt: &str, slug: &str, at: DateTime<Utc>) {
        let n = self.slot(attempt, slug).await;
        attempts::report(&self.db, who, attempt, n, About::Question, "It is wrong.", at).await.unwrap();
    }

    async fn version(&self, id: &QuestionId) -> String {
        questions::find(&self.db, &self.lena, CIRCLE, id).await.unwrap().version
    }

    async fn case(&self, name: &str) -> Case {
        let id = question(name);
        reading::find(&self.db, &self.lena, CIRCLE, &id, &self.version(&id).await).await.unwrap()
    }

    async fn preview(&self, name: &str, draft: &Draft) -> Result<Preview> {
        let id = question(name);
        let version = self.version(&id).await;
        let which = Which { circle: CIRCLE, question: &id, version: &version };
        preview(&self.db, &self.lena, which, draft, noon() + minutes(60)).await
    }

    async fn apply(
        &self,
        who: &Who,
        name: &str,
        draft: &Draft,
        fingerprint: &str,
        at: DateTime<Utc>,
    ) -> Result<Preview> {
        let id = question(name);
        let version = self.version(&id).await;
        let which = Which { circle: CIRCLE, question: &id, version: &version };
        decide(&self.db, who, which, draft, fingerprint, at).await
    }

    /// Looks, and then does it.
    async fn decide(&self, name: &str, draft: &Draft) -> Preview {
        let shown = self.preview(name, draft).await.unwrap();
        let done =
            self.apply(&self.lena, name, draft, &shown.fingerprint, noon() + minutes(60)).await.unwrap();
        assert_eq!(done, shown);
        done
    }

    async fn verdict(&self, attempt: &str) -> Verdict {
        let outcome = results::find(&self.db, &self.lena, attempt, noon() + minutes(90)).await.unwrap();
        outcome.verdict.unwrap()
    }

    async fn score(&self, attempt: &str, slug: &str) -> Score {
        let outcome = results::find(&self.db, &self.lena, attempt, noon() + minutes(90)).await.unwrap();
        let found = outcome.questions.unwrap().into_iter().find(|one| one.question.id.slug == slug);
        found.unwrap().score.unwrap()
    }

    async fn afterwards(&self, who: &Who, attempt: &str) -> own::Afterwards {
        let outcome = results::find(&self.db, who, attempt, noon() + minutes(90)).await.unwrap();
        own::of(&self.db, &outcome).await.unwrap()
    }

    async fn standing(&self, who: &Who, topic: Topic) -> Standing {
        let (_, row) = readiness::mine(&self.db, who, CIRCLE, noon() + minutes(90)).await.unwrap();
        row.cell(0, topic).standing
    }
}

fn bank() -> Vec<SourceFile> {
    let file = |path: &str, text: &str| SourceFile {
        path: format!("orders-db/{path}"),
        content: Content::Bytes(text.as_bytes().to_vec()),
    };
    let sheet =
        file("service.toml", "name = \"Orders DB\"\nsummary = \"Keeps the orders.\"\nowner = \"Lena\"\n");
    let questions =
        QUESTIONS.map(|(name, text)| file(&format!("{name}.md"), &format!("{text}\n> So it is.\n")));
    std::iter::once(sheet).chain(questions).collect()
}

fn a_test() -> Test {
    let row = |topic, n_questions| Row { service: "orders-db".to_owned(), topic, level: None, n_questions };
    let percent = |n| Percent::try_from(n).unwrap();
    let rows = vec![
        row(Topic::Process, 2),
        row(Topic::Architecture, 2),
        row(Topic::Troubleshooting, 1),
        row(Topic::Monitoring, 1),
    ];
    Test {
        blueprint: Blueprint { rows },
        limit_minutes: Some(30),
        rules: Rules {
            cut: percent(70),
            cuts: [].into(),
            topic_cut: percent(60),
            critical_must_hold: true,
            counts_for_days: 180,
            all_or_nothing: false,
        },
        open_book: false,
        asks_open: false,
    }
}

fn question(name: &str) -> QuestionId {
    format!("orders-db/{name}").parse().unwrap()
}

fn right(key: &Key) -> Answer {
    let places = |n: usize| (0..u8::try_from(n).unwrap()).collect::<Vec<u8>>();
    match key {
        Key::Single { .. } => Answer::One(0),
        Key::Multiple { .. } => Answer::Several([0, 1].into()),
        Key::Ordering { steps } => Answer::Order(places(steps.len())),
        Key::Matching { pairs, .. } => Answer::Pairs(places(pairs.len()).into_iter().map(Some).collect()),
        Key::Numeric(_) => Answer::Typed("5432".to_owned()),
        Key::Short { .. } => Answer::Typed("pg_stat_replication".to_owned()),
        Key::Open { .. } => Answer::DoNotKnow,
    }
}

/// An answer in written places as a page shows it.
fn shown(written: &Answer, order: &[u8]) -> Answer {
    let mut back = vec![0; order.len()];
    for (place, &written) in (0..).zip(order) {
        back[usize::from(written)] = place;
    }
    written.as_written(&back)
}

fn typed(text: &str) -> Answer {
    Answer::Typed(text.to_owned())
}

fn minutes(n: i64) -> TimeDelta {
    TimeDelta::minutes(n)
}

fn draft(ruling: &str) -> Draft {
    Draft { ruling: ruling.to_owned(), because: "The runbook says so.".to_owned(), ..Draft::default() }
}

fn accepting(lines: &str) -> Draft {
    Draft { lines: lines.to_owned(), ..draft("accept") }
}

fn full() -> Score {
    Score::new(POINT, POINT).unwrap()
}

const VIEW: &str = "monitoring/view";
const WHOM: &str = "process/whom";

#[tokio::test]
async fn a_preview_changes_nothing_and_what_it_shows_is_what_is_applied() {
    let world = World::at_work().await;
    let adas = world.sit(&world.ada, &[("view", typed("pg_replication_slots"))]).await;
    let bos = world.sit(&world.bo, &[]).await;
    world.object(&world.ada, &adas, "view", noon() + minutes(10)).await;
    assert!(!world.verdict(&adas).await.passed());
    assert_eq!(world.standing(&world.ada, Topic::Monitoring).await, Standing::NotPassed);

    let shown = world.preview(VIEW, &accepting("pg_replication_*")).await.unwrap();

    assert_eq!(shown.changes.len(), 1);
    assert_eq!((shown.changes[0].name.as_str(), shown.changes[0].turns()), ("Ada", true));
    assert_eq!(shown.changes[0].mark, Some((Score::new(0, POINT), full())));
    assert_eq!((shown.n_met, shown.n_by_hand, shown.n_sitting), (2, 0, 0));
    assert!(!world.verdict(&adas).await.passed());
    assert_eq!(world.case(VIEW).await.decisions, []);
    assert_eq!(n_open(&world.db, &world.lena, CIRCLE).await.unwrap(), 1);

    let done = world.decide(VIEW, &accepting("pg_replication_*")).await;

    assert_eq!((done.n_marks(), done.n_verdicts()), (1, 1));
    assert!(world.verdict(&adas).await.passed());
    assert_eq!(world.score(&adas, "view").await, full());
    assert!(matches!(world.standing(&world.ada, Topic::Monitoring).await, Standing::Ready { .. }));
    assert_eq!(n_open(&world.db, &world.lena, CIRCLE).await.unwrap(), 0);
    let case = world.case(VIEW).await;
    assert_eq!(
        case.decisions[0].ruling,
        Ruling::Accept(vec![AlsoRight::Pattern("pg_replication_*".to_owned())])
    );
    assert_eq!((case.decisions[0].n_marks, case.decisions[0].n_verdicts), (1, 1));
    assert!(!case.reports[0].is_open);
    let log = audit::of_circle(&world.db, &world.lena, CIRCLE, 1).await.unwrap();
    assert_eq!(log.entries[0].what, "decided about a disputed question");

    let afterwards = world.afterwards(&world.ada, &adas).await;
    let [change] = afterwards.changes.as_slice() else { panic!("{afterwards:?}") };
    assert_eq!((change.was, change.is), (Score::new(0, POINT), full()));
    assert_eq!(change.because, "The runbook says so.");
    assert_eq!(afterwards.turns, [own::Turn { at: noon() + minutes(60), passed: true }]);
    let decided = afterwards.objections[0].decided.clone().unwrap();
    assert!(matches!(decided.what, Some((Ruling::Accept(_), _))));
    assert_eq!(world.afterwards(&world.bo, &bos).await, own::Afterwards::default());
    assert_eq!(world.afterwards(&world.lena, &adas).await.objections, [], "an objection has no name");
}

#[tokio::test]
async fn every_kind_can_have_another_right_answer() {
    let choices = |places: &[&str]| places.iter().map(|&place| place.to_owned()).collect::<Vec<_>>();
    let cases = [
        ("process/whom", Answer::One(2), Draft { choices: choices(&["1", "2"]), ..draft("accept") }),
        (
            "process/which",
            Answer::Several([0, 2].into()),
            Draft { choices: choices(&["0", "2"]), ..draft("accept") },
        ),
        (
            "architecture/order",
            Answer::Order(vec![1, 0, 2, 3]),
            Draft { order: "2 1 3 4".to_owned(), ..draft("accept") },
        ),
        (
            "architecture/match",
            Answer::Pairs(vec![Some(1), Some(0), Some(2)]),
            Draft { pairs: choices(&["1", "0", "2"]), ..draft("accept") },
        ),
        ("troubleshooting/port", typed("6432"), accepting("6432\n7000..7010")),
        ("monitoring/view", typed("pg_stat_wal_receiver"), accepting("*wal_receiver\n pg_x ")),
    ];
    let world = World::at_work().await;
    let slug = |name: &str| question(name).slug;
    let wrong: Vec<(String, Answer)> =
        cases.iter().map(|(name, answer, _)| (slug(name), answer.clone())).collect();
    let wrong: Vec<(&str, Answer)> =
        wrong.iter().map(|(slug, answer)| (slug.as_str(), answer.clone())).collect();
    let adas = world.sit(&world.ada, &wrong).await;
    let bos = world.sit(&world.bo, &[]).await;

    for (name, _, draft) in &cases {
        assert!(!world.score(&adas, &slug(name)).await.is_full(), "{name}");
        let done = world.decide(name, draft).await;
        assert_eq!(done.n_marks(), 1, "{name}");
        assert_eq!(world.score(&adas, &slug(name)).await, full(), "{name}");
        assert_eq!(world.score(&bos, &slug(name)).await, full(), "{name}");
    }

    assert_eq!(world.verdict(&adas).await, world.verdict(&bos).await);
}

#[tokio::test]
async fn a_void_question_counts_for_nobody_and_the_critical_rule_forgets_it() {
    let world = World::at_work().await;
    let adas = world.sit(&world.ada, &[("whom", Answer::One(1))]).await;
    let bos = world.sit(&world.bo, &[("view", typed("none"))]).await;
    assert!(!world.verdict(&adas).await.passed());

    let done = world.decide(WHOM, &draft("void")).await;

    assert_eq!((done.n_marks(), done.n_verdicts()), (2, 1));
    let verdict = world.verdict(&adas).await;
    assert!(verdict.passed());
    assert!(!verdict.clauses.iter().any(|clause| matches!(clause, Clause::Critical { .. })));
    let Clause::Whole { reached, .. } = &verdict.clauses[0] else { panic!("the whole comes first") };
    assert_eq!(reached.possible(), 5 * POINT);
    assert_eq!(world.score(&bos, "whom").await, Score::default());

    // The only question of its topic: no attempt says anything of that any more.
    assert!(matches!(world.standing(&world.bo, Topic::Monitoring).await, Standing::NotPassed));
    world.decide(VIEW, &draft("void")).await;
    assert_eq!(world.standing(&world.bo, Topic::Monitoring).await, Standing::Unknown);
    assert_eq!(world.standing(&world.ada, Topic::Monitoring).await, Standing::Unknown);
    assert!(world.verdict(&bos).await.passed());
}

#[tokio::test]
async fn nobody_passes_a_test_of_which_nothing_is_left() {
    let world = World::at_work().await;
    let adas = world.sit(&world.ada, &[]).await;
    assert!(world.verdict(&adas).await.passed());

    for (name, _) in QUESTIONS {
        world.decide(name, &draft("void")).await;
    }

    assert!(!world.verdict(&adas).await.passed());
    for topic in Topic::ALL {
        assert_eq!(world.standing(&world.ada, topic).await, Standing::Unknown);
    }
}

#[tokio::test]
async fn a_later_decision_takes_an_earlier_one_back_and_the_history_stays() {
    let world = World::at_work().await;
    let adas = world.sit(&world.ada, &[("view", typed("pg_x")), ("port", typed("1"))]).await;
    let first = world.verdict(&adas).await;

    world.decide(VIEW, &accepting("pg_x")).await;
    let more = Draft { go_on: true, ..accepting("pg_y") };
    let done = world.decide(VIEW, &more).await;
    assert_eq!(done.ruling.also_right().len(), 2);
    assert_eq!(done.n_marks(), 0, "what was accepted before still is");
    assert_eq!(world.score(&adas, "view").await, full());
    world.decide(VIEW, &draft("keep")).await;

    assert_eq!(world.verdict(&adas).await, first);
    let rulings: Vec<_> = world.case(VIEW).await.decisions.iter().map(|one| one.ruling.as_str()).collect();
    assert_eq!(rulings, ["keep", "accept", "accept"]);
    let changes = world.afterwards(&world.ada, &adas).await.changes;
    let marks: Vec<_> =
        changes.iter().map(|change| (change.was.unwrap().earned(), change.is.earned())).collect();
    assert_eq!(marks, [(0, POINT), (POINT, 0)]);
}

const MARK_BY_HAND: &str = "
    INSERT INTO marks (attempt, slot, turn, earned, possible, marked_by, why, marked_at)
    SELECT m.attempt, m.slot, m.turn + 1, 5000, m.possible, a.person, 'Half of it.', m.marked_at
    FROM marks m
    JOIN slots s ON s.attempt = m.attempt AND s.n = m.slot
    JOIN attempts a ON a.id = m.attempt
    WHERE s.question = $1";

#[tokio::test]
async fn a_mark_that_a_person_gave_survives_every_decision_and_the_preview_says_so() {
    let world = World::at_work().await;
    let adas = world.sit(&world.ada, &[("view", typed("pg_x"))]).await;
    run_sql(&world.db, MARK_BY_HAND, "orders-db/monitoring/view").await;

    for draft in [accepting("pg_x"), draft("void")] {
        let done = world.decide(VIEW, &draft).await;

        assert_eq!((done.n_marks(), done.n_by_hand), (0, 1));
        assert_eq!(world.score(&adas, "view").await, Score::new(5000, POINT).unwrap());
    }
}

#[tokio::test]
async fn what_changed_between_the_preview_and_its_use_is_told_and_nothing_is_done() {
    let world = World::at_work().await;
    let adas = world.sit(&world.ada, &[("view", typed("pg_x"))]).await;
    let draft = accepting("pg_x");
    let apply = async |fingerprint: &str| {
        world.apply(&world.lena, VIEW, &draft, fingerprint, noon() + minutes(61)).await
    };

    let shown = world.preview(VIEW, &draft).await.unwrap();
    world.object(&world.ada, &adas, "view", noon() + minutes(20)).await;
    assert!(matches!(apply(&shown.fingerprint).await, Err(Error::Refused(_))));

    let shown = world.preview(VIEW, &draft).await.unwrap();
    world.sit(&world.bo, &[("view", typed("pg_x"))]).await;
    assert!(matches!(apply(&shown.fingerprint).await, Err(Error::Refused(_))));
    assert_eq!(world.case(VIEW).await.decisions, []);
    assert_eq!(world.score(&adas, "view").await.earned(), 0);

    let shown = world.preview(VIEW, &draft).await.unwrap();
    assert_eq!(world.preview(VIEW, &draft).await.unwrap(), shown);
    let other = Draft { ruling: "void".to_owned(), ..draft.clone() };
    let swapped = world.apply(&world.lena, VIEW, &other, &shown.fingerprint, noon() + minutes(61)).await;
    assert!(matches!(swapped, Err(Error::Refused(_))), "a preview is of one decision");
    apply(&shown.fingerprint).await.unwrap();
}

#[tokio::test]
async fn of_two_leaders_who_decide_at_once_one_wins_and_the_other_is_told() {
    let world = World::at_work().await;
    world.sit(&world.ada, &[("view", typed("pg_x"))]).await;
    let (void, accept) = (draft("void"), accepting("pg_x"));
    let voided = world.preview(VIEW, &void).await.unwrap();
    let accepted = world.preview(VIEW, &accept).await.unwrap();

    let at = noon() + minutes(61);
    let (one, two) = tokio::join!(
        world.apply(&world.lena, VIEW, &void, &voided.fingerprint, at),
        world.apply(&world.leo, VIEW, &accept, &accepted.fingerprint, at),
    );

    let told = match (one, two) {
        (Ok(_), Err(Error::Refused(told))) | (Err(Error::Refused(told)), Ok(_)) => told,
        other => panic!("{other:?}"),
    };
    assert!(told[0].what.starts_with("This question was decided about meanwhile."), "{told:?}");
    assert_eq!(world.case(VIEW).await.decisions.len(), 1);
}

#[tokio::test]
async fn an_attempt_that_is_being_sat_is_marked_under_the_decision_when_it_is_handed_in() {
    let world = World::at_work().await;
    let attempt = world.start(&world.ada).await;
    world.answer(&world.ada, &attempt, &[("view", typed("pg_x")), ("whom", Answer::One(1))], noon()).await;

    let shown = world.decide(VIEW, &accepting("pg_x")).await;
    assert_eq!((shown.n_met, shown.n_sitting), (0, 1));
    world.decide(WHOM, &draft("void")).await;
    hand_in(&world.db, &world.ada, &attempt, noon() + minutes(6)).await.unwrap();

    assert!(world.verdict(&attempt).await.passed());
    assert_eq!(world.score(&attempt, "view").await, full());
    assert_eq!(world.score(&attempt, "whom").await, Score::default());
    let changes = world.afterwards(&world.ada, &attempt).await.changes;
    assert_eq!(changes.iter().map(|change| change.was).collect::<Vec<_>>(), [None, None]);
}

#[tokio::test]
async fn a_hand_in_at_the_very_moment_of_a_decision_is_marked_by_it() {
    let world = World::at_work().await;
    let attempt = world.start(&world.ada).await;
    world.answer(&world.ada, &attempt, &[("view", typed("pg_x"))], noon()).await;
    let draft = accepting("pg_x");
    let shown = world.preview(VIEW, &draft).await.unwrap();

    let at = noon() + minutes(6);
    let (decided, _) = tokio::join!(world.apply(&world.lena, VIEW, &draft, &shown.fingerprint, at), async {
        hand_in(&world.db, &world.ada, &attempt, at).await.unwrap()
    },);

    // Handed in first, it is in nobody's preview.
    let expected = if decided.is_ok() { POINT } else { 0 };
    assert_eq!(world.score(&attempt, "view").await.earned(), expected);
}

#[tokio::test]
async fn a_decision_about_a_round_stays_within_it() {
    let mut world = World::at_work().await;
    let march = world.sit(&world.ada, &[("view", typed("pg_x"))]).await;
    world.object(&world.ada, &march, "view", noon() + minutes(10)).await;
    let first = std::mem::take(&mut world.round);
    world.round = world.plan("April", |_| {}).await;
    let april = world.sit(&world.ada, &[("view", typed("pg_x"))]).await;
    world.object(&world.ada, &april, "view", noon() + minutes(11)).await;
    let only = |round: &str| Draft { scope: round.to_owned(), ..accepting("pg_x") };

    world.decide(VIEW, &only(&first)).await;

    assert_eq!(world.score(&march, "view").await, full());
    assert_eq!(world.score(&april, "view").await.earned(), 0);
    let case = world.case(VIEW).await;
    assert_eq!(case.decisions[0].round, Some((first, "March".to_owned())));
    assert_eq!(case.reports.iter().filter(|report| report.is_open).count(), 1);
    let bos = world.sit(&world.bo, &[("view", typed("pg_x"))]).await;
    assert_eq!(world.score(&bos, "view").await.earned(), 0, "handed in later, in the other round");

    world.decide(VIEW, &draft("void")).await;
    for attempt in [&march, &april, &bos] {
        assert_eq!(world.score(attempt, "view").await, Score::default());
    }
}

#[tokio::test]
async fn an_attempt_that_keeps_a_topic_gets_its_verdict_anew_with_it() {
    let world =
        World::with(|plan| plan.retakes = Retakes { n: 1, wait: TimeDelta::days(1), asks: Asks::Missed })
            .await;
    let wrong = [("port", typed("1")), ("which", Answer::Several([0].into()))];
    world.sit(&world.ada, &wrong).await;
    let later = noon() + TimeDelta::days(1) + minutes(10);
    let second = start(&world.db, &world.ada, CIRCLE, &world.round, 2, later, &mut dice()).await.unwrap();
    world.answer(&world.ada, &second, &[], later).await;
    hand_in(&world.db, &world.ada, &second, later).await.unwrap();
    let before = world.verdict(&second).await;

    let done =
        world.decide("process/which", &Draft { choices: vec!["0".to_owned()], ..draft("accept") }).await;

    assert_eq!(done.changes.len(), 2);
    assert_eq!(done.changes.iter().filter(|change| change.mark.is_none()).count(), 1);
    let whole = |verdict: &Verdict| match &verdict.clauses[0] {
        Clause::Whole { reached, .. } => reached.earned(),
        other => panic!("{other:?}"),
    };
    assert_eq!(whole(&world.verdict(&second).await), whole(&before) + POINT / 2);
}

#[tokio::test]
async fn what_a_decision_says_is_hidden_while_the_answers_are() {
    let world = World::with(|plan| plan.shows.answers = ShownWhen::Never).await;
    let adas = world.sit(&world.ada, &[("view", typed("pg_x"))]).await;
    world.object(&world.ada, &adas, "view", noon() + minutes(10)).await;
    world.decide(VIEW, &accepting("pg_x")).await;

    let afterwards = world.afterwards(&world.ada, &adas).await;

    assert_eq!(afterwards.changes, []);
    assert_eq!(afterwards.objections[0].decided, Some(own::Decided { at: noon() + minutes(60), what: None }));
    assert_eq!(afterwards.turns.len(), 1, "the result itself is shown");
}

#[tokio::test]
async fn the_list_has_what_is_open_first_and_reports_on_one_question_together() {
    let world = World::at_work().await;
    let adas = world.sit(&world.ada, &[]).await;
    let bos = world.sit(&world.bo, &[]).await;
    world.object(&world.ada, &adas, "view", noon() + minutes(10)).await;
    world.object(&world.bo, &bos, "view", noon() + minutes(12)).await;
    world.object(&world.bo, &bos, "port", noon() + minutes(11)).await;
    world.decide(VIEW, &draft("fix_document")).await;
    world.object(&world.ada, &adas, "whom", noon() + minutes(13)).await;

    let seen = async || {
        let all = list(&world.db, &world.lena, CIRCLE).await.unwrap();
        all.iter().map(|one| (one.question.slug.clone(), one.n_reports, one.n_open)).collect::<Vec<_>>()
    };

    let row = |slug: &str, n, n_open| (slug.to_owned(), n, n_open);
    assert_eq!(seen().await, [row("whom", 1, 1), row("port", 1, 1), row("view", 2, 0)]);
    world.object(&world.ada, &adas, "view", noon() + minutes(99)).await;
    assert_eq!(seen().await, [row("view", 3, 1), row("whom", 1, 1), row("port", 1, 1)]);
    let case = world.case(VIEW).await;
    assert_eq!(case.reports.len(), 3);
    assert_eq!((case.given.len(), case.given[0].n_people, case.n_handed_in), (1, 2, 2));
}

#[tokio::test]
async fn disputes_are_for_leaders_and_of_one_circle() {
    let world = World::at_work().await;
    let adas = world.sit(&world.ada, &[]).await;
    world.object(&world.ada, &adas, "view", noon() + minutes(10)).await;
    let [lia] = circle_with(&world.db, "stock", [("lia", Role::Leader)]).await;
    let id = question(VIEW);
    let version = world.version(&id).await;
    let which = Which { circle: CIRCLE, question: &id, version: &version };
    let elsewhere = Which { circle: "stock", ..which };

    for who in [&world.ada, &lia] {
        assert!(matches!(list(&world.db, who, CIRCLE).await, Err(Error::NotFound)));
        let found = reading::find(&world.db, who, CIRCLE, &id, &version).await;
        assert!(matches!(found, Err(Error::NotFound)));
        let seen = preview(&world.db, who, which, &draft("void"), noon()).await;
        assert!(matches!(seen, Err(Error::NotFound)));
        let done = decide(&world.db, who, which, &draft("void"), "", noon()).await;
        assert!(matches!(done, Err(Error::NotFound)));
    }
    let seen = preview(&world.db, &lia, elsewhere, &draft("void"), noon()).await;
    assert!(matches!(seen, Err(Error::NotFound)));
    let no_version = Which { version: "0", ..which };
    let seen = preview(&world.db, &world.lena, no_version, &draft("void"), noon()).await;
    assert!(matches!(seen, Err(Error::NotFound)));
}

#[tokio::test]
async fn what_cannot_be_decided_is_said_at_its_field() {
    let world = World::at_work().await;
    let cases = [
        (VIEW, Draft { ruling: String::new(), ..draft("") }, "ruling"),
        (VIEW, Draft { because: " ".to_owned(), ..draft("keep") }, "because"),
        (VIEW, Draft { because: "x".repeat(2001), ..draft("keep") }, "because"),
        (VIEW, Draft { scope: "another".to_owned(), ..draft("keep") }, "scope"),
        (VIEW, accepting(" \n"), "lines"),
        (VIEW, accepting("*"), "lines"),
        (VIEW, accepting("pg_stat_replication"), "lines"),
        (VIEW, accepting(&(0..51).map(|n| format!("pg_{n}\n")).collect::<String>()), "lines"),
        ("troubleshooting/port", accepting("many"), "lines"),
        ("troubleshooting/port", accepting("5432"), "lines"),
        ("architecture/order", Draft { order: "1 2 3 4".to_owned(), ..draft("accept") }, "order"),
        ("architecture/order", Draft { order: "1 2 2 4".to_owned(), ..draft("accept") }, "order"),
        ("architecture/match", Draft { pairs: vec!["0".to_owned()], ..draft("accept") }, "pair-0"),
        (WHOM, Draft { choices: vec!["9".to_owned()], ..draft("accept") }, "choices"),
        (WHOM, Draft { choices: vec!["0".to_owned()], ..draft("accept") }, "choices"),
        (WHOM, draft("accept"), "choices"),
    ];
    for (name, draft, field) in cases {
        match world.preview(name, &draft).await {
            Err(Error::Refused(problems)) => {
                let fields: Vec<_> = problems.iter().map(|problem| problem.field.as_str()).collect();
                assert_eq!(fields, [field], "{draft:?}");
            }
            other => panic!("{draft:?}: {other:?}"),
        }
    }
}

const LEAVES: &str = "UPDATE members SET left_at = joined_at WHERE person = $1";

#[tokio::test]
async fn a_leader_does_not_decide_about_their_own_result_unless_they_lead_alone() {
    let mut world = World::at_work().await;
    let lena = (world.lena.person.clone(), 0);
    world.round = world.plan("April", |plan| plan.people.push(lena)).await;
    let lenas = world.sit(&world.lena, &[("view", typed("pg_x"))]).await;
    let accept = accepting("pg_x");
    let apply = async |who: &Who, fingerprint: &str| {
        world.apply(who, VIEW, &accept, fingerprint, noon() + minutes(60)).await
    };

    let shown = world.preview(VIEW, &accept).await.unwrap();

    assert_eq!(shown.own, Own::NeedsAnother);
    match apply(&world.lena, &shown.fingerprint).await {
        Err(Error::Refused(told)) => assert_eq!(told[0].what, NEEDS_ANOTHER),
        other => panic!("{other:?}"),
    }
    assert_eq!(world.case(VIEW).await.decisions, []);
    assert_eq!(world.score(&lenas, "view").await.earned(), 0);
    let done = apply(&world.leo, &shown.fingerprint).await.unwrap();
    assert_eq!((done.own, done.n_marks()), (Own::Untouched, 1));

    run_sql(&world.db, LEAVES, &world.leo.person).await;
    assert_eq!(world.decide(VIEW, &draft("keep")).await.own, Own::Included);

    assert_eq!(world.score(&lenas, "view").await.earned(), 0);
    let log = audit::of_circle(&world.db, &world.lena, CIRCLE, 1).await.unwrap();
    assert_eq!(log.entries[0].what, "decided about a disputed question, own result included");
}

#[tokio::test]
async fn an_open_question_that_was_taken_out_can_come_back() {
    let world = World::at_work().await;
    let text = "Whom do you call?\n\n## Rubric\n\n- (1) names the DBA\n\n> So it is.\n";
    let mut files = bank();
    files.push(SourceFile {
        path: "orders-db/process/call.md".to_owned(),
        content: Content::Bytes(text.as_bytes().to_vec()),
    });
    let bank = domain::bank::read(&files);
    questions::take_bank(&world.db, &world.lena, CIRCLE, &bank.banks[0], noon()).await.unwrap();
    const CALL: &str = "process/call";

    world.decide(CALL, &draft("keep")).await;
    world.decide(CALL, &draft("void")).await;

    // Nobody met it, so nothing has to come back with it.
    for ruling in ["keep", "fix_document"] {
        world.decide(CALL, &draft(ruling)).await;
    }
    world.decide(CALL, &draft("void")).await;
    world.decide(VIEW, &draft("void")).await;
    world.decide(VIEW, &draft("keep")).await;
}

#[tokio::test]
async fn what_was_accepted_for_a_round_goes_on_within_it() {
    let world = World::at_work().await;
    let adas = world.sit(&world.ada, &[("view", typed("pg_x"))]).await;
    world.object(&world.ada, &adas, "view", noon() + minutes(10)).await;
    let only = |lines| Draft { scope: world.round.clone(), go_on: true, ..accepting(lines) };

    world.decide(VIEW, &only("pg_x")).await;
    let done = world.decide(VIEW, &only("pg_y")).await;

    assert_eq!((done.n_marks(), done.ruling.also_right().len()), (0, 2));
    assert_eq!(world.score(&adas, "view").await, full());
}

#[tokio::test]
async fn what_was_accepted_for_one_round_stands_beside_what_is_accepted_for_everybody() {
    let world = World::at_work().await;
    let adas = world.sit(&world.ada, &[("view", typed("pg_x"))]).await;
    world.object(&world.ada, &adas, "view", noon() + minutes(10)).await;
    world.decide(VIEW, &Draft { scope: world.round.clone(), ..accepting("pg_x") }).await;

    let done = world.decide(VIEW, &Draft { go_on: true, ..accepting("pg_y") }).await;

    assert_eq!((done.n_marks(), done.ruling.also_right().len()), (0, 1), "only one is for everybody");
    assert_eq!(world.score(&adas, "view").await, full(), "the other still is for the round");
    let case = world.case(VIEW).await;
    assert_eq!((case.also_right_in("").len(), case.also_right_in(&world.round).len()), (1, 2));
    let bos = world.sit(&world.bo, &[("view", typed("pg_x"))]).await;
    assert_eq!(world.score(&bos, "view").await, full(), "handed in later");

    // Where it is not to go on, it does not.
    let done = world.decide(VIEW, &accepting("pg_y")).await;
    assert_eq!(done.n_marks(), 2);
    assert_eq!(world.score(&adas, "view").await.earned(), 0);
}

#[tokio::test]
async fn a_first_mark_is_told_as_changed_only_where_the_decision_made_it_another() {
    let world = World::at_work().await;
    world.decide(VIEW, &accepting("pg_x")).await;

    let adas = world.sit(&world.ada, &[("view", typed("pg_x"))]).await;
    let bos = world.sit(&world.bo, &[]).await;

    assert_eq!(world.afterwards(&world.ada, &adas).await.changes.len(), 1);
    assert_eq!(world.afterwards(&world.bo, &bos).await.changes, [], "right by the key");
}

#[tokio::test]
async fn the_sources_beside_a_question_are_those_it_names_now() {
    let world = World::at_work().await;
    let adas = world.sit(&world.ada, &[]).await;
    let mut files = bank();
    let view = files.iter_mut().find(|file| file.path.ends_with("view.md")).unwrap();
    let Content::Bytes(bytes) = &view.content else { panic!("a text") };
    let text = format!("+++\nsources = [\"alert:Lag\"]\n+++\n{}", String::from_utf8_lossy(bytes));
    view.content = Content::Bytes(text.into_bytes());
    let bank = domain::bank::read(&files);

    questions::take_bank(&world.db, &world.lena, CIRCLE, &bank.banks[0], noon()).await.unwrap();

    let case = world.case(VIEW).await;
    assert_eq!((case.is_newest, &case.question.sources), (true, &vec!["alert:Lag".to_owned()]));
    let seen = results::find(&world.db, &world.ada, &adas, noon()).await.unwrap().questions.unwrap();
    let view = seen.iter().find(|one| one.question.id.slug == "view").unwrap();
    assert_eq!(view.question.sources, ["alert:Lag"]);
}

#[tokio::test]
async fn many_previews_at_once_leave_no_trace() {
    let world = World::at_work().await;
    world.sit(&world.ada, &[("view", typed("pg_x"))]).await;
    let draft = accepting("pg_x");
    let n_kept = all_at_once(&world.db, 2, async |_, _| false).await;

    let seen = tokio::join!(world.preview(VIEW, &draft), world.preview(VIEW, &draft));

    assert_eq!(seen.0.unwrap(), seen.1.unwrap());
    assert_eq!((n_kept, world.case(VIEW).await.decisions.len()), (0, 0));
}
