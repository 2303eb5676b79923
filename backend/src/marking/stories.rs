//! Open questions from hand-in to a verdict, as takers and leaders find them.

use chrono::{DateTime, TimeDelta, Utc};
use domain::answer::Answer;
use domain::marking::{POINT, Score};
use domain::people::Role;
use domain::question::{Kind, QuestionId, Topic};
use domain::readiness::Standing;
use domain::retake::{Asks, Next, Retakes};
use domain::round::{Phase, ShownWhen};
use sqlx::query_scalar;

use super::{Agreement, Gives, How, Place, Task, ToMark, give, plan_markers, queue, to_mark};
use crate::attempts::finishing::{hand_in, settle};
use crate::attempts::results::{self, Outcome};
use crate::attempts::saving::{Save, save};
use crate::attempts::{self, start};
use crate::db::{commit, on};
use crate::disputes::deciding::{self, Draft, Which};
use crate::error::Error;
use crate::people::Who;
use crate::rounds::{self, Plan};
use crate::testing::{a_plan, a_test, circle_with, dice, file, fresh_db, noon, run_sql};
use crate::{Db, questions, readiness, tests};

const CIRCLE: &str = "checkout";

/// Lena and Mio lead; Ada and Bo sit a round with one open question about the
/// process of the database and one about its port.
struct World {
    db: Db,
    lena: Who,
    mio: Who,
    ada: Who,
    bo: Who,
    round: String,
}

async fn world() -> World {
    world_with(|_| {}).await
}

async fn world_with(change: impl FnOnce(&mut Plan)) -> World {
    let db = fresh_db().await;
    let people =
        [("lena", Role::Leader), ("mio", Role::Leader), ("ada", Role::Engineer), ("bo", Role::Engineer)];
    let [lena, mio, ada, bo] = circle_with(&db, CIRCLE, people).await;
    let files = [
        file("db/service.toml", "name = \"Orders DB\"\nsummary = \"It keeps orders.\"\nowner = \"Team\"\n"),
        file("db/process/call.md", CALL),
        file("db/monitoring/port.md", "Which port?\n\n= 5432\n\n> So it is.\n"),
    ];
    for bank in domain::bank::read(&files).banks {
        questions::take_bank(&db, &lena, CIRCLE, &bank, noon()).await.unwrap();
    }
    let mut test = a_test("db", &[(Topic::Process, 1), (Topic::Monitoring, 1)]);
    test.asks_open = true;
    let test = tests::add(&db, &lena, CIRCLE, "On call", &test, noon()).await.unwrap();
    let mut plan = a_plan(test, noon(), &[&ada, &bo, &mio]);
    change(&mut plan);
    let round = rounds::plan(&db, &lena, CIRCLE, &plan, noon()).await.unwrap();
    World { db, lena, mio, ada, bo, round }
}

const CALL: &str = "The database is slow at night. Whom do you call, and what do you do first?

## Rubric

- (2) names the on-call DBA before restarting
- (1) looks at the long queries

> A restart loses the evidence.
";

fn minutes(n: i64) -> DateTime<Utc> {
    noon() + TimeDelta::minutes(n)
}

fn at_close() -> DateTime<Utc> {
    noon() + TimeDelta::days(2)
}

impl World {
    /// Somebody hands in the right port and says this to the open question.
    async fn sits(&self, who: &Who, says: Option<Answer>) -> String {
        let attempt = start(&self.db, who, CIRCLE, &self.round, 1, noon(), &mut dice()).await.unwrap();
        self.goes_on(who, attempt, says, minutes(5)).await
    }

    async fn goes_on(&self, who: &Who, attempt: String, says: Option<Answer>, at: DateTime<Utc>) -> String {
        for slot in &attempts::drawn::of(&self.db, &attempt).await.unwrap().slots {
            let answer = match slot.question.kind() {
                Kind::Open => says.clone(),
                _ => Some(typed("5432")),
            };
            let one = Save {
                attempt: attempt.clone(),
                slot: slot.n,
                client: "tab".to_owned(),
                sequence: 1,
                answer,
                confidence: None,
                for_review: false,
                received_at: at,
            };
            save(&self.db, who, one).await.unwrap();
        }
        hand_in(&self.db, who, &attempt, at).await.unwrap();
        attempt
    }

    async fn of(&self) -> Place {
        let id: QuestionId = "db/process/call".parse().unwrap();
        let version = questions::find(&self.db, &self.mio, CIRCLE, &id).await.unwrap().version;
        Place { round: self.round.clone(), question: id, version }
    }

    async fn sees(&self, who: &Who) -> ToMark {
        let of = self.of().await;
        to_mark(&self.db, who, CIRCLE, &of.round, &of.question, &of.version).await.unwrap()
    }

    /// What somebody can do with the one answer there is.
    async fn task(&self, who: &Who) -> Task {
        self.sees(who).await.answers.remove(0).task
    }

    async fn gives(&self, who: &Who, points: &[u8]) -> Result<(), Error> {
        self.gives_with(who, points, "", false).await
    }

    async fn gives_with(&self, who: &Who, points: &[u8], why: &str, settles: bool) -> Result<(), Error> {
        let alias = self.sees(who).await.answers.remove(0).alias;
        give(&self.db, who, CIRCLE, &self.giving(&alias, points, why, settles).await, minutes(10)).await
    }

    async fn giving(&self, alias: &str, points: &[u8], why: &str, settles: bool) -> Gives {
        Gives {
            of: self.of().await,
            alias: alias.to_owned(),
            points: points.iter().copied().map(Some).collect(),
            comment: why.to_owned(),
            settles,
        }
    }

    async fn two_markers(&self) {
        plan_markers(&self.db, &self.lena, CIRCLE, &self.of().await, true, minutes(6)).await.unwrap();
    }

    async fn outcome(&self, who: &Who, attempt: &str, at: DateTime<Utc>) -> Outcome {
        results::find(&self.db, who, attempt, at).await.unwrap()
    }

    /// The mark of the open question.
    async fn mark(&self, attempt: &str) -> Option<Score> {
        let outcome = self.outcome(&self.lena, attempt, at_close()).await;
        let found = outcome.questions.unwrap().into_iter().find(|one| one.question.kind() == Kind::Open);
        found.unwrap().score
    }

    async fn phase(&self) -> Phase {
        rounds::find(&self.db, &self.lena, CIRCLE, &self.round).await.unwrap().phase(at_close())
    }

    async fn count(&self, sql: &'static str, attempt: &str) -> i64 {
        on!(self.db.read(), |pool| query_scalar(sql).bind(attempt).fetch_one(pool).await.unwrap())
    }
}

fn typed(text: &str) -> Answer {
    Answer::Typed(text.to_owned())
}

fn points(earned: i64) -> Option<Score> {
    Score::new(earned, POINT)
}

#[tokio::test]
async fn an_open_answer_waits_for_a_leader_and_with_it_the_verdict_the_round_and_readiness() {
    let world = world().await;
    let attempt = world.sits(&world.ada, Some(typed("I call Lou."))).await;
    let standing = async || {
        let (_, mine) = readiness::mine(&world.db, &world.ada, CIRCLE, at_close()).await.unwrap();
        mine.cell(0, Topic::Monitoring).standing
    };

    let before = world.outcome(&world.ada, &attempt, at_close()).await;
    assert_eq!((before.verdict, before.n_unmarked), (None, 1));
    assert_eq!((world.phase().await, standing().await), (Phase::Marking, Standing::Unknown));
    assert!(before.questions.is_none(), "what is shown at the close waits for the last mark");
    let queue = queue(&world.db, &world.lena, CIRCLE, &world.round).await.unwrap();
    assert_eq!((queue.n_left(), queue.questions[0].n_for_me), (1, 1));

    world.gives_with(&world.lena, &[2, 0], "Look at the queries, too.", false).await.unwrap();

    let after = world.outcome(&world.ada, &attempt, at_close()).await;
    assert_eq!(world.phase().await, Phase::ResultsReady);
    assert!(after.verdict.is_some() && matches!(standing().await, Standing::Ready { .. }));
    let open = after.questions.unwrap().into_iter().find(|one| one.question.kind() == Kind::Open).unwrap();
    assert_eq!(open.score, points(6_667));
    let given = open.given.unwrap();
    assert_eq!((given.points, given.comments), (vec![2, 0], vec!["Look at the queries, too.".to_owned()]));
    assert_eq!(world.count("SELECT count(*) FROM verdicts WHERE attempt = $1", &attempt).await, 1);
}

#[tokio::test]
async fn who_says_nothing_or_does_not_know_has_nought_by_rule_at_once() {
    let world = world().await;
    for (who, says) in [(&world.ada, None), (&world.bo, Some(Answer::DoNotKnow))] {
        let attempt = world.sits(who, says).await;

        assert_eq!(world.mark(&attempt).await, points(0));
        assert!(world.outcome(&world.lena, &attempt, at_close()).await.verdict.is_some());
    }
    let queue = queue(&world.db, &world.lena, CIRCLE, &world.round).await.unwrap();
    assert_eq!((queue.questions.len(), world.phase().await), (0, Phase::ResultsReady));
}

#[tokio::test]
async fn two_markers_are_blind_to_each_other_and_what_they_agree_on_counts() {
    let world = world().await;
    let attempt = world.sits(&world.ada, Some(typed("I call Lou."))).await;
    world.two_markers().await;

    world.gives(&world.lena, &[2, 1]).await.unwrap();
    assert_eq!(world.mark(&attempt).await, None, "one of two is not enough");
    assert!(matches!(world.task(&world.mio).await, Task::Mark { given: None }));
    assert!(matches!(world.task(&world.lena).await, Task::Mark { given: Some(_) }));
    world.gives(&world.mio, &[2, 1]).await.unwrap();

    assert_eq!(world.mark(&attempt).await, points(POINT));
    assert!(matches!(world.task(&world.lena).await, Task::Done { how: How::Agreed, .. }));
    let agreement = Agreement { n_answers: 1, n_differing: 0, n_lines: 2, n_equal_lines: 2 };
    assert_eq!(world.sees(&world.mio).await.agreement, agreement);
    let again = world.gives(&world.mio, &[0, 0]).await;
    assert!(matches!(again, Err(Error::Refused(_))), "what both gave is changed only by settling");
}

#[tokio::test]
async fn what_two_markers_give_differently_has_no_mark_until_a_leader_settles_it_and_says_why() {
    let world = world().await;
    let attempt = world.sits(&world.ada, Some(typed("I restart it."))).await;
    world.two_markers().await;
    world.gives(&world.lena, &[2, 1]).await.unwrap();
    world.gives(&world.mio, &[0, 1]).await.unwrap();

    assert_eq!((world.mark(&attempt).await, world.phase().await), (None, Phase::Marking));
    let Task::Settle { first, second } = world.task(&world.mio).await else { panic!("they differ") };
    assert_eq!((first.1.points, second.1.points), (vec![2, 1], vec![0, 1]));
    assert!(matches!(world.gives_with(&world.mio, &[1, 1], " ", true).await, Err(Error::Refused(_))));
    world.gives_with(&world.mio, &[1, 1], "Lou is the DBA.", true).await.unwrap();

    assert_eq!((world.mark(&attempt).await, world.phase().await), (points(6_667), Phase::ResultsReady));
    let agreement = Agreement { n_answers: 1, n_differing: 1, n_lines: 2, n_equal_lines: 1 };
    assert_eq!(world.sees(&world.lena).await.agreement, agreement, "how they agreed stays readable");
    assert_eq!(world.count("SELECT count(*) FROM markings WHERE attempt = $1", &attempt).await, 3);
}

#[tokio::test]
async fn two_leaders_who_mark_the_same_answer_at_once_are_both_kept_and_the_first_counts() {
    let world = world().await;
    let attempt = world.sits(&world.ada, Some(typed("I call Lou."))).await;
    let alias = world.sees(&world.lena).await.answers.remove(0).alias;
    let (of_lena, of_mio) =
        (world.giving(&alias, &[2, 1], "", false).await, world.giving(&alias, &[0, 0], "", false).await);

    let (lena, mio) = tokio::join!(
        give(&world.db, &world.lena, CIRCLE, &of_lena, minutes(10)),
        give(&world.db, &world.mio, CIRCLE, &of_mio, minutes(10)),
    );
    lena.unwrap();
    mio.unwrap();

    assert_eq!(world.count("SELECT count(*) FROM markings WHERE attempt = $1", &attempt).await, 2);
    let Task::Settle { first, .. } = world.task(&world.lena).await else { panic!("they differ") };
    let counts = if first.1.points == [2, 1] { POINT } else { 0 };
    assert_eq!((world.mark(&attempt).await, world.phase().await), (points(counts), Phase::ResultsReady));
}

#[tokio::test]
async fn the_newest_of_one_marker_stands_and_a_form_posted_twice_is_one_marking() {
    let world = world().await;
    let attempt = world.sits(&world.ada, Some(typed("I call Lou."))).await;
    for points in [[2, 0], [2, 0], [2, 1]] {
        world.gives(&world.lena, &points).await.unwrap();
    }

    assert_eq!(world.mark(&attempt).await, points(POINT));
    assert_eq!(world.count("SELECT count(*) FROM markings WHERE attempt = $1", &attempt).await, 2);
    assert_eq!(world.count("SELECT count(*) FROM verdicts WHERE attempt = $1", &attempt).await, 2);
}

#[tokio::test]
async fn nobody_marks_their_own_answer_unless_nobody_else_can_and_then_says_why() {
    let world = world().await;
    let attempt = world.sits(&world.mio, Some(typed("I call Lou."))).await;
    let alias = world.sees(&world.lena).await.answers.remove(0).alias;

    let page = world.sees(&world.mio).await;
    assert!(page.answers.is_empty() && page.leaves_out_own);
    let own = world.giving(&alias, &[2, 1], "I did.", false).await;
    let refused = give(&world.db, &world.mio, CIRCLE, &own, minutes(9)).await;
    assert!(matches!(refused, Err(Error::NotFound)));
    run_sql(&world.db, "UPDATE members SET left_at = joined_at WHERE person = $1", &world.lena.person).await;

    let answer = world.sees(&world.mio).await.answers.remove(0);
    assert!(answer.is_own);
    let silent = world.gives(&world.mio, &[2, 1]).await;
    assert!(matches!(silent, Err(Error::Refused(problems)) if problems[0].field == "comment"));
    world.gives_with(&world.mio, &[2, 1], "Nobody else leads.", false).await.unwrap();
    let marks = "SELECT count(*) FROM marks WHERE attempt = $1 AND marked_by IS NOT NULL";
    assert_eq!(world.count(marks, &attempt).await, 1);
}

#[tokio::test]
async fn where_a_second_marker_is_asked_for_and_none_is_left_the_first_may_settle_it() {
    let world = world().await;
    let attempt = world.sits(&world.ada, Some(typed("I call Lou."))).await;
    world.two_markers().await;
    world.gives(&world.mio, &[2, 0]).await.unwrap();
    assert!(matches!(world.gives_with(&world.mio, &[2, 0], "Alone.", true).await, Err(Error::Refused(_))));
    run_sql(&world.db, "UPDATE members SET left_at = joined_at WHERE person = $1", &world.lena.person).await;

    assert!(matches!(world.task(&world.mio).await, Task::Done { how: How::Alone, .. }));
    world.gives_with(&world.mio, &[2, 0], "Nobody else leads.", true).await.unwrap();

    let earned = "SELECT max(earned) FROM marks WHERE attempt = $1 AND marked_by IS NOT NULL";
    assert_eq!(world.count(earned, &attempt).await, 6_667);
}

#[tokio::test]
async fn each_line_needs_its_points_and_no_more_than_it_has() {
    let world = world().await;
    world.sits(&world.ada, Some(typed("I call Lou."))).await;
    for (given, field) in [(vec![2], "points-1"), (vec![3, 1], "points-0"), (vec![2, 2], "points-1")] {
        let refused = world.gives(&world.lena, &given).await;
        let Err(Error::Refused(problems)) = refused else { panic!("{given:?} was kept") };
        assert_eq!(problems.iter().map(|problem| problem.field.as_str()).collect::<Vec<_>>(), [field]);
    }
}

#[tokio::test]
async fn the_number_of_markers_is_chosen_before_the_first_marks() {
    let world = world().await;
    world.sits(&world.ada, Some(typed("I call Lou."))).await;
    assert!(world.sees(&world.lena).await.can_plan);
    world.gives(&world.lena, &[2, 1]).await.unwrap();

    let late = plan_markers(&world.db, &world.lena, CIRCLE, &world.of().await, true, minutes(11)).await;

    assert!(matches!(late, Err(Error::Refused(_))));
    assert!(!world.sees(&world.lena).await.can_plan);
}

#[tokio::test]
async fn marking_is_for_the_leaders_of_the_circle_and_to_others_it_does_not_exist() {
    let world = world().await;
    world.sits(&world.ada, Some(typed("I call Lou."))).await;
    let [zoe] = circle_with(&world.db, "billing", [("zoe", Role::Leader)]).await;
    let alias = world.sees(&world.lena).await.answers.remove(0).alias;
    let gives = world.giving(&alias, &[2, 1], "", false).await;

    for (who, circle) in [(&world.ada, CIRCLE), (&world.bo, CIRCLE), (&zoe, CIRCLE), (&zoe, "billing")] {
        let (of, db) = (&gives.of, &world.db);
        assert!(matches!(queue(db, who, circle, &of.round).await, Err(Error::NotFound)));
        let page = to_mark(db, who, circle, &of.round, &of.question, &of.version).await;
        assert!(matches!(page, Err(Error::NotFound)));
        assert!(matches!(give(db, who, circle, &gives, minutes(9)).await, Err(Error::NotFound)));
        let planned = plan_markers(db, who, circle, of, true, minutes(9)).await;
        assert!(matches!(planned, Err(Error::NotFound)));
    }
}

#[tokio::test]
async fn a_leader_who_marks_is_not_told_by_the_result_whose_answer_it_is() {
    let world = world().await;
    let attempt = world.sits(&world.ada, Some(typed("I call Lou."))).await;
    let open = async |who: &Who| {
        let questions = world.outcome(who, &attempt, at_close()).await.questions.unwrap();
        questions.into_iter().find(|one| one.question.kind() == Kind::Open).unwrap()
    };

    assert!(open(&world.lena).await.is_hidden && open(&world.lena).await.answer.is_none());
    world.gives(&world.lena, &[2, 1]).await.unwrap();
    assert_eq!(open(&world.lena).await.answer, Some(typed("I call Lou.")));
}

#[tokio::test]
async fn a_retake_waits_until_the_attempt_before_it_is_marked() {
    let retakes = Retakes { n: 1, wait: TimeDelta::zero(), asks: Asks::Missed };
    let world = world_with(|plan| {
        plan.retakes = retakes;
        plan.shows.score = ShownWhen::AtHandIn;
    })
    .await;
    let next = async || {
        rounds::mine_by_id(&world.db, &world.ada, CIRCLE, &world.round).await.unwrap().next(minutes(20))
    };
    let attempt = world.sits(&world.ada, Some(typed("I restart it."))).await;

    assert_eq!(next().await, Next::Marking);
    let early = start(&world.db, &world.ada, CIRCLE, &world.round, 2, minutes(20), &mut dice()).await;
    assert!(matches!(early, Err(Error::Refused(_))));
    world.gives(&world.lena, &[0, 0]).await.unwrap();

    assert_eq!(next().await, Next::Start { number: 2 });
    let second =
        start(&world.db, &world.ada, CIRCLE, &world.round, 2, minutes(20), &mut dice()).await.unwrap();
    let second = world.goes_on(&world.ada, second, None, minutes(25)).await;
    // What the first one kept of the port counts in the second, and follows it.
    let whole =
        async || world.outcome(&world.lena, &second, at_close()).await.verdict.unwrap().clauses.remove(0);
    let before = whole().await;
    run_sql(
        &world.db,
        "INSERT INTO marks (attempt, slot, turn, earned, possible, why, marked_at)
         SELECT m.attempt, m.slot, 2, 0, m.possible, 'Another key.', m.marked_at
         FROM marks m WHERE m.attempt = $1 AND m.earned = m.possible",
        &attempt,
    )
    .await;
    let mut tx = world.db.begin().await.unwrap();
    settle(&mut tx, &attempt, "The key changed.", None, minutes(30)).await.unwrap();
    commit(tx).await.unwrap();
    assert_ne!(before, whole().await);
    assert_eq!(world.count("SELECT count(*) FROM verdicts WHERE attempt = $1", &second).await, 2);
}

impl World {
    async fn decides(&self, ruling: &str) -> Result<deciding::Preview, Error> {
        let of = self.of().await;
        let which = Which { circle: CIRCLE, question: &of.question, version: &of.version };
        let draft = Draft {
            ruling: ruling.to_owned(),
            because: "It asked for what nobody wrote down.".to_owned(),
            ..Draft::default()
        };
        let shown = deciding::preview(&self.db, &self.mio, which, &draft, minutes(20)).await?;
        deciding::decide(&self.db, &self.mio, which, &draft, &shown.fingerprint, minutes(20)).await
    }
}

#[tokio::test]
async fn an_open_question_that_was_taken_out_comes_back_with_what_leaders_gave_meanwhile() {
    let world = world().await;
    let adas = world.sits(&world.ada, Some(typed("I call Lou."))).await;
    world.decides("void").await.unwrap();
    assert_eq!(world.mark(&adas).await, Some(Score::default()));
    let queue = queue(&world.db, &world.lena, CIRCLE, &world.round).await.unwrap();
    assert_eq!(queue.questions[0].n_for_me, 0, "nobody has to mark it");
    assert!(matches!(world.task(&world.lena).await, Task::Done { how: How::Decided, .. }));

    match world.decides("keep").await {
        Err(Error::Refused(told)) => assert_eq!(told[0].field, "ruling", "it has no points yet"),
        other => panic!("{other:?}"),
    }
    world.gives(&world.lena, &[2, 0]).await.unwrap();
    assert_eq!(world.mark(&adas).await, Some(Score::default()), "kept, and not counted");

    let done = world.decides("keep").await.unwrap();

    assert_eq!((done.n_marks(), world.mark(&adas).await), (1, points(6_667)));
    // It is a mark that a person gave, and can be changed as one.
    world.gives(&world.lena, &[2, 1]).await.unwrap();
    assert_eq!(world.mark(&adas).await, points(POINT));
    assert_eq!(world.decides("void").await.unwrap().n_by_hand, 1);
    // Handed in while it is out, it can still be marked.
    let bos = world.sits(&world.bo, Some(typed("I restart it."))).await;
    assert_eq!(world.mark(&bos).await, Some(Score::default()));
    assert!(world.decides("keep").await.is_err());
    let waiting = world.sees(&world.lena).await.answers;
    let bos_answer = waiting.iter().find(|answer| answer.text == "I restart it.").unwrap();
    let gives = world.giving(&bos_answer.alias, &[0, 0], "", false).await;
    give(&world.db, &world.lena, CIRCLE, &gives, minutes(30)).await.unwrap();
    world.decides("keep").await.unwrap();
    assert_eq!((world.mark(&adas).await, world.mark(&bos).await), (points(POINT), points(0)));
}

#[tokio::test]
async fn an_open_question_is_only_drawn_by_a_test_that_may_ask_one() {
    let world = world().await;
    let closed = a_test("db", &[(Topic::Process, 1)]);
    let open = domain::test::Test { asks_open: true, ..closed.clone() };

    let lacking = tests::shortfalls(&world.db, &world.lena, CIRCLE, &closed).await.unwrap();
    assert_eq!(lacking.len(), 1);
    assert!(tests::shortfalls(&world.db, &world.lena, CIRCLE, &open).await.unwrap().is_empty());
    let ready = tests::ready_questions(&world.db, &world.lena, CIRCLE).await.unwrap();
    assert_eq!((ready.of(&closed).len(), ready.of(&open).len()), (1, 2));
}
