//! A source changes, and the questions that rest on it ask to be checked.

use chrono::{DateTime, TimeDelta, Utc};
use domain::people::Role::{Engineer, Leader};
use domain::question::{QuestionId, State, Topic};

use super::editing::{add, edit, text_of};
use super::*;
use crate::coverage::stories::bank;
use crate::runbooks::{MAIN, writing};
use crate::testing::{a_plan, a_test, circle_with, dice, fresh_db, noon, run_sql};
use crate::token::stamp;
use crate::{attempts, questions, readiness, rounds, tests};

const CIRCLE: &str = "checkout";

fn after(minutes: i64) -> DateTime<Utc> {
    noon() + TimeDelta::minutes(minutes)
}

fn on_source(source: &str) -> String {
    format!("+++\nsources = [\"{source}\"]\n+++\n")
}

fn id(name: &str) -> QuestionId {
    format!("edge/process/{name}").parse().unwrap()
}

/// Lena leads, Bo is an engineer; three questions, two of which rest on the
/// runbook of the edge.
async fn world() -> (Db, Who, Who) {
    let db = fresh_db().await;
    let [lena, bo] = circle_with(&db, CIRCLE, [("lena", Leader), ("bo", Engineer)]).await;
    let (section, whole) = (on_source("runbook:edge#Alerts"), on_source("runbook:edge"));
    let files = [("process/a", section.as_str()), ("process/b", whole.as_str()), ("process/c", "")];
    questions::take_bank(&db, &lena, CIRCLE, &bank(&files), noon()).await.unwrap();
    (db, lena, bo)
}

/// A part of the runbook changes, and with it the whole.
async fn changes(db: &Db, source: &str, was: &str, is: &str, at: DateTime<Utc>) {
    let mut tx = db.begin().await.unwrap();
    let whole = source.split('#').next().unwrap();
    for source in std::collections::BTreeSet::from([source, whole]) {
        let change = Change { source, from: "version 1", to: "version 2", was, is };
        changed(&mut tx, CIRCLE, &change, at).await.unwrap();
    }
    commit(tx).await.unwrap();
}

async fn asking(db: &Db, lena: &Who) -> Vec<String> {
    to_check(db, lena, CIRCLE).await.unwrap().into_iter().map(|check| check.question.slug).collect()
}

async fn n_ready(db: &Db) -> usize {
    questions::ready(db, CIRCLE).await.unwrap().with_open(true).len()
}

#[tokio::test]
async fn questions_on_a_section_that_changes_ask_to_be_checked_and_are_left_out_of_draws() {
    let (db, lena, bo) = world().await;

    changes(&db, "runbook:edge#alerts", "Look at the pool.", "Look at the disk.", after(1)).await;

    assert_eq!(asking(&db, &lena).await, ["a", "b"]);
    assert_eq!(n_ready(&db).await, 1);
    set_leaves_out(&db, &lena, CIRCLE, false, after(2)).await.unwrap();
    assert_eq!(n_ready(&db).await, 3);
    set_leaves_out(&db, &lena, CIRCLE, true, after(2)).await.unwrap();
    assert!(matches!(to_check(&db, &bo, CIRCLE).await, Err(Error::NotFound)));
    assert!(questions_on(&db, &bo, CIRCLE, "runbook:edge").await.unwrap().is_empty());
    let resting = questions_on(&db, &lena, CIRCLE, "runbook:edge#alerts").await.unwrap();
    assert_eq!(resting.iter().map(|one| one.asks_to_be_checked).collect::<Vec<_>>(), [true, true]);
}

#[tokio::test]
async fn another_section_or_the_same_words_ask_for_nothing_and_going_back_takes_it_back() {
    let (db, lena, _) = world().await;
    changes(&db, "runbook:other#alerts", "a", "b", after(1)).await;
    changes(&db, "runbook:edge#alerts", "a", " a\n", after(1)).await;
    assert!(asking(&db, &lena).await.is_empty());

    changes(&db, "runbook:edge#doc", "a", "b", after(2)).await;
    assert_eq!(asking(&db, &lena).await, ["b"], "only the one that rests on the whole");
    changes(&db, "runbook:edge#doc", "b", "a", after(3)).await;
    assert!(asking(&db, &lena).await.is_empty());
}

#[tokio::test]
async fn a_leader_confirms_what_was_shown_and_not_what_changed_since() {
    let (db, lena, bo) = world().await;
    changes(&db, "runbook:edge#alerts", "a", "b", after(1)).await;
    let seen: Vec<String> =
        of_question(&db, &lena, CIRCLE, &id("a")).await.unwrap().iter().map(seen_as).collect();
    let seen: Vec<&str> = seen.iter().map(String::as_str).collect();
    changes(&db, "runbook:edge#alerts", "b", "c", after(2)).await;

    let unseen = confirm(&db, &lena, CIRCLE, &id("a"), &seen, after(3)).await;
    assert!(matches!(unseen, Err(Error::Refused(_))));
    let now = of_question(&db, &lena, CIRCLE, &id("a")).await.unwrap();
    assert_eq!(
        (now[0].was.as_str(), now[0].is.as_str()),
        ("a", "c"),
        "all that changed since it was checked"
    );
    let seen = seen_as(&now[0]);
    assert!(matches!(confirm(&db, &bo, CIRCLE, &id("a"), &[&seen], after(3)).await, Err(Error::NotFound)));
    confirm(&db, &lena, CIRCLE, &id("a"), &[&seen], after(3)).await.unwrap();

    assert_eq!(asking(&db, &lena).await, ["b"]);
    assert_eq!(n_ready(&db).await, 2);
}

#[tokio::test]
async fn writing_a_question_makes_a_new_version_and_settles_it_and_faults_name_their_line() {
    let (db, lena, bo) = world().await;
    changes(&db, "runbook:edge#alerts", "a", "b", after(1)).await;
    let text = text_of(&db, &lena, CIRCLE, &id("a")).await.unwrap();
    let before = questions::find(&db, &lena, CIRCLE, &id("a")).await.unwrap().version;

    let bad = edits(&db, &lena, "a", "+++\nlevel = 9\n+++\nWhat?\n").await;
    let Err(Error::Refused(problems)) = bad else { panic!("{bad:?}") };
    assert!(problems[0].what.starts_with("Line 2: "), "{problems:?}");
    assert!(matches!(edits(&db, &bo, "a", &text).await, Err(Error::NotFound)));
    let better = text.replace("What about", "What of");
    edits(&db, &lena, "a", &better).await.unwrap();

    let found = questions::find(&db, &lena, CIRCLE, &id("a")).await.unwrap();
    assert_ne!(found.version, before);
    assert_eq!(found.older.len(), 1);
    assert_eq!(asking(&db, &lena).await, ["b"]);
    assert_eq!(questions::text_of_version(&db, &lena, CIRCLE, &id("a"), &before).await.unwrap(), Some(text));
}

#[tokio::test]
async fn a_retired_question_says_so_in_its_file() {
    let (db, lena, _) = world().await;
    changes(&db, "runbook:edge#alerts", "a", "", after(1)).await;

    retire(&db, &lena, CIRCLE, &id("a"), after(2)).await.unwrap();

    assert_eq!(questions::find(&db, &lena, CIRCLE, &id("a")).await.unwrap().state, State::Outdated);
    assert!(text_of(&db, &lena, CIRCLE, &id("a")).await.unwrap().contains("state = \"outdated\""));
    assert_eq!(asking(&db, &lena).await, ["b"]);
}

#[tokio::test]
async fn a_new_question_is_added_once_and_to_a_service_that_is_there() {
    let (db, lena, bo) = world().await;
    let text = domain::source::draft(&Source::parse("postmortem:PM-1"), "The pool was empty", "");
    let at = after(1);

    let made = add(&db, &lena, CIRCLE, "edge/troubleshooting/pool", &text, at).await.unwrap();
    assert_eq!(questions_on(&db, &lena, CIRCLE, "postmortem:PM-1").await.unwrap()[0].question, made);
    for wrong in ["edge/troubleshooting/pool", "nowhere/process/x", "edge/x/y", ""] {
        let refused = add(&db, &lena, CIRCLE, wrong, &text, at).await;
        assert!(matches!(refused, Err(Error::Refused(_))), "{wrong}: {refused:?}");
    }
    assert!(matches!(add(&db, &bo, CIRCLE, "edge/process/z", &text, at).await, Err(Error::NotFound)));
}

#[tokio::test]
async fn a_pass_that_rests_on_a_changed_source_is_weaker_until_it_is_checked() {
    let (db, lena, bo) = world().await;
    let test = tests::add(&db, &lena, CIRCLE, "Edge", &a_test("edge", &[(Topic::Process, 3)]), noon())
        .await
        .unwrap();
    let round = rounds::plan(&db, &lena, CIRCLE, &a_plan(test, noon(), &[&bo]), noon()).await.unwrap();
    let attempt = attempts::start(&db, &bo, CIRCLE, &round, 1, noon(), &mut dice()).await.unwrap();
    attempts::finishing::hand_in(&db, &bo, &attempt, after(5)).await.unwrap();
    let weaker = async || {
        let (_, row) = readiness::mine(&db, &bo, CIRCLE, after(60)).await.unwrap();
        row.cell(0, Topic::Process).n_to_check
    };
    assert_eq!(weaker().await, 0);

    changes(&db, "runbook:edge#alerts", "a", "b", after(10)).await;
    assert_eq!(weaker().await, 2);
    retire(&db, &lena, CIRCLE, &id("a"), after(11)).await.unwrap();
    assert_eq!(weaker().await, 1);
}

#[tokio::test]
async fn a_bank_that_is_taken_again_settles_what_it_changes_and_an_older_store_is_read() {
    let (db, lena, _) = world().await;
    changes(&db, "runbook:edge#alerts", "a", "b", after(1)).await;
    let (section, whole) = (on_source("runbook:edge#alerts"), on_source("runbook:edge"));
    let files = [("process/a", section.as_str()), ("process/b", whole.as_str()), ("process/c", "")];
    questions::take_bank(&db, &lena, CIRCLE, &bank(&files), after(2)).await.unwrap();
    assert_eq!(asking(&db, &lena).await, ["a", "b"], "both ask what they asked");
    let other = format!("{section}Mind the pool. ");
    let files = [("process/a", other.as_str()), ("process/b", whole.as_str()), ("process/c", "")];
    questions::take_bank(&db, &lena, CIRCLE, &bank(&files), after(3)).await.unwrap();
    assert_eq!(asking(&db, &lena).await, ["b"], "the text of the other has changed");

    run_sql(&db, "UPDATE questions SET sources = NULL WHERE circle = $1", CIRCLE).await;
    assert!(questions_on(&db, &lena, CIRCLE, "runbook:edge").await.unwrap().is_empty());
    reading::note_missing(&db).await.unwrap();
    assert_eq!(questions_on(&db, &lena, CIRCLE, "runbook:edge").await.unwrap().len(), 2);
}

#[tokio::test]
async fn what_is_known_of_a_service_and_asked_of_nobody_is_told_to_leaders() {
    let (db, lena, bo) = world().await;
    let text = "# Edge\n\n## Monitoring\nLook at the pool.\n\n## Escalation path\nTODO\n\n## Alerts\n\n\
                ### EdgeDown / EdgeGone\n#### Meaning\nIt is down.\n\n### EdgeSlow\n#### Meaning\nIt is slow.\n";
    let place = writing::Place { circle: CIRCLE, service: "edge", page: MAIN };
    writing::save(&db, &lena, &place, text, 0, "", noon()).await.unwrap();
    add(&db, &lena, CIRCLE, "edge/monitoring/gone", &question_on("alert:EdgeGone"), noon()).await.unwrap();

    let unasked = || async {
        let all = unasked::unasked(&db, &lena, CIRCLE, "edge").await.unwrap();
        all.iter().map(|one| one.source.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(unasked().await, ["alert:EdgeSlow", "runbook:edge#monitoring"], "either name will do");
    add(&db, &lena, CIRCLE, "edge/monitoring/pool", &question_on("runbook:edge#Monitoring"), noon())
        .await
        .unwrap();
    assert_eq!(unasked().await, ["alert:EdgeSlow"]);
    let others = unasked::unasked(&db, &bo, CIRCLE, "edge").await;
    assert!(matches!(others, Err(Error::NotFound)));
}

fn question_on(source: &str) -> String {
    format!("{}What is it?\n\n- [x] Down\n- [ ] Up\n", on_source(source))
}

/// Somebody saves what a page has shown, two minutes after noon.
async fn edits(db: &Db, who: &Who, name: &str, text: &str) -> Result<()> {
    let shown = text_of(db, who, CIRCLE, &id(name)).await.unwrap_or_default();
    let checks = of_question(db, who, CIRCLE, &id(name)).await.unwrap_or_default();
    let seen: Vec<String> = checks.iter().map(seen_as).collect();
    let seen: Vec<&str> = seen.iter().map(String::as_str).collect();
    edit(db, who, CIRCLE, &id(name), text, (&stamp(&shown), &seen), after(2)).await
}

#[tokio::test]
async fn what_somebody_else_wrote_or_a_source_said_meanwhile_is_not_written_over() {
    let (db, lena, _) = world().await;
    let shown = text_of(&db, &lena, CIRCLE, &id("a")).await.unwrap();
    let save = |text: String, was: String| {
        let (db, lena) = (&db, &lena);
        async move { edit(db, lena, CIRCLE, &id("a"), &text, (&stamp(&was), &[]), after(3)).await }
    };
    let [one, other] = ["Better", "Best"].map(|word| shown.replacen("What", word, 1));

    save(one.clone(), shown.clone()).await.unwrap();
    assert!(matches!(save(other.clone(), shown).await, Err(Error::Refused(_))));
    assert_eq!(text_of(&db, &lena, CIRCLE, &id("a")).await.unwrap(), one);
    changes(&db, "runbook:edge#alerts", "Old.", "New.", after(1)).await;
    assert!(matches!(save(other, one).await, Err(Error::Refused(_))));
    assert_eq!(asking(&db, &lena).await, ["a", "b"]);
}

#[tokio::test]
async fn what_two_pages_say_of_one_source_is_kept_apart() {
    let (db, lena, _) = world().await;
    let source = "runbook:edge";
    changes(&db, source, "A1", "A2", after(1)).await;
    changes(&db, source, "B1", "B2", after(2)).await;

    let checks = || async { to_check(&db, &lena, CIRCLE).await.unwrap() };
    let one = checks().await.remove(0);
    assert_eq!((one.was.as_str(), one.is.as_str()), ("A1\n\nB1", "A2\n\nB2"));
    changes(&db, source, "A2", "A1", after(3)).await;
    assert_eq!(checks().await[0].is, "A1\n\nB2", "the other page has still changed");
    changes(&db, source, "B2", "B1", after(4)).await;
    assert!(checks().await.is_empty());
}

#[tokio::test]
async fn what_was_written_here_outlives_the_same_file_of_its_bank() {
    let (db, lena, _) = world().await;
    let (section, whole) = (on_source("runbook:edge#Alerts"), on_source("runbook:edge"));
    let files = |c: &'static str| {
        [("process/a", section.clone()), ("process/b", whole.clone()), ("process/c", c.to_owned())]
    };
    let take = async |c: &'static str, minute| {
        let files = files(c);
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        questions::take_bank(&db, &lena, CIRCLE, &bank(&files), after(minute)).await.unwrap()
    };
    let mine = text_of(&db, &lena, CIRCLE, &id("c")).await.unwrap().replace("What", "Which");
    edits(&db, &lena, "c", &mine).await.unwrap();
    add(&db, &lena, CIRCLE, "edge/process/own", &question_on("incident:INC-1"), after(3)).await.unwrap();

    let same = take("", 4).await;
    assert_eq!((same.n_changed, same.n_unchanged, same.n_outdated), (0, 3, 0));
    assert_eq!(same.kept, ["edge/process/c"]);
    assert_eq!(text_of(&db, &lena, CIRCLE, &id("c")).await.unwrap(), mine);

    let other = take("+++\ncritical = true\n+++\n", 5).await;
    assert_eq!(
        (other.n_changed, other.written_over.as_slice()),
        (1, ["edge/process/c".to_owned()].as_slice())
    );
    let own = questions::find(&db, &lena, CIRCLE, &id("own")).await.unwrap();
    assert_ne!(own.state, State::Outdated, "no bank ever had it");
}
