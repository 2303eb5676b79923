//! Actions from the first note to the effect, on both databases.

mod effect;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use domain::action::{Fixes, How, Move, Number, Origin, OriginKind, Severity, State, Which};
use domain::people::Role::{Engineer, Leader, Reader};
use tokio::task::JoinSet;

use super::calendars::{self, Shows};
use super::making::{Draft, edit, make};
use super::moving::{Moved, Step, comment, step, tick};
use super::{Action, EventKind, clocks, escalated, find, mine, of_circle, stand_up};
use crate::error::{Error, Result};
use crate::people::Who;
use crate::shelf::Shelf;
use crate::testing::{circle_with, dice, fresh_db, noon, run_sql};
use crate::{Db, audit, circles, questions};

/// A circle in which Lena leads, Eve and Bo work, and Rea reads.
struct Team {
    db: Db,
    lena: Who,
    eve: Who,
    bo: Who,
    rea: Who,
}

const CIRCLE: &str = "orders";

impl Team {
    async fn at_work() -> Team {
        let db = fresh_db().await;
        let people = [("lena", Leader), ("eve", Engineer), ("bo", Engineer), ("rea", Reader)];
        let [lena, eve, bo, rea] = circle_with(&db, CIRCLE, people).await;
        Team { db, lena, eve, bo, rea }
    }

    async fn makes(&self, who: &Who, draft: &Draft) -> Result<Number> {
        make(&self.db, who, CIRCLE, Origin::by_hand("a chat"), draft, noon()).await
    }

    /// One that Eve owns.
    async fn eves(&self, title: &str) -> Number {
        self.makes(&self.lena, &Draft { owner: self.eve.person.clone(), ..draft(title) }).await.unwrap()
    }

    async fn moves(&self, who: &Who, number: Number, one: Move) -> Result<Moved> {
        step(&self.db, who, CIRCLE, number, Step::because(one, "It is so."), noon()).await
    }

    async fn all_of(&self, who: &Who, number: Number, moves: &[Move]) {
        for &one in moves {
            assert_eq!(self.moves(who, number, one).await.unwrap(), Moved::Done, "{one:?}");
        }
    }

    async fn action(&self, number: Number) -> Action {
        find(&self.db, &self.rea, CIRCLE, number, noon()).await.unwrap().action
    }
}

fn draft(title: &str) -> Draft {
    Draft {
        title: title.to_owned(),
        fixes: Some(Fixes::Alert),
        how: Some(How::Preventive),
        severity: Severity::new(2),
        ..Draft::default()
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Noon, so many days after the Monday on which stories begin.
fn later(days: i64) -> DateTime<Utc> {
    noon() + TimeDelta::days(days)
}

fn fields<T: std::fmt::Debug>(refused: Result<T>) -> Vec<String> {
    match refused {
        Err(Error::Refused(problems)) => problems.into_iter().map(|problem| problem.field).collect(),
        other => panic!("{other:?}"),
    }
}

fn is_hidden<T>(result: Result<T>) -> bool {
    matches!(result, Err(Error::NotFound))
}

#[tokio::test]
async fn an_action_says_all_that_was_written_down() {
    let team = Team::at_work().await;
    let bank = Shelf::Samples.read().unwrap().banks.remove(0);
    questions::take_bank(&team.db, &team.lena, CIRCLE, &bank, noon()).await.unwrap();
    let found = bank.questions[0].question.id.to_string();
    let draft = Draft {
        title: "  Raise the pool\nalarm ".to_owned(),
        description: "It fires *late*.".to_owned(),
        tasks: "- [ ] Ask Bo\nChange it".to_owned(),
        done_when: "It fires at 80 %.".to_owned(),
        labels: "Alerts, pool".to_owned(),
        owner: team.eve.person.clone(),
        questions: found.clone(),
        ..draft("")
    };

    let number = team.makes(&team.bo, &draft).await.unwrap();

    let seen = find(&team.db, &team.rea, CIRCLE, number, noon()).await.unwrap();
    let action = &seen.action;
    assert_eq!(number, Number(1));
    assert_eq!(action.title, "Raise the pool alarm");
    assert_eq!((action.state, action.fixes, action.how), (State::Open, Fixes::Alert, How::Preventive));
    assert_eq!((action.origin.kind, action.origin.reference.as_str()), (OriginKind::ByHand, "a chat"));
    assert_eq!(action.labels, ["alerts", "pool"]);
    assert_eq!((action.n_tasks, action.n_ticked), (2, 0));
    assert_eq!(seen.questions, [found]);
    assert_eq!(
        (seen.description.as_str(), seen.done_when.as_str()),
        ("It fires *late*.", "It fires at 80 %.")
    );
    // Made on a Monday; severity 2 has two and ten working days.
    assert_eq!((action.assign_by, action.done_by), (day("2026-03-04"), day("2026-03-16")));
    assert_eq!((action.owner.as_ref().unwrap().name.as_str(), action.made_by.as_str()), ("Eve", "Bo"));
    let kinds: Vec<_> = seen.events.iter().map(|event| (event.turn, event.kind)).collect();
    assert_eq!(kinds, [(1, EventKind::Made)]);
}

#[tokio::test]
async fn numbers_are_short_and_none_is_used_twice_even_by_many_at_once() {
    let team = Team::at_work().await;
    let [kim] = circle_with(&team.db, "billing", [("kim", Leader)]).await;
    let mut makers = JoinSet::new();
    for n in 0..12 {
        let (db, eve) = (team.db.clone(), team.eve.clone());
        makers.spawn(async move {
            let draft = draft(&format!("Number {n}"));
            make(&db, &eve, CIRCLE, Origin::by_hand(""), &draft, noon()).await.unwrap().0
        });
    }

    let mut numbers = makers.join_all().await;

    numbers.sort_unstable();
    assert_eq!(numbers, (1..=12).collect::<Vec<_>>());
    let refused = team.makes(&team.eve, &draft("")).await;
    assert_eq!(fields(refused), ["title"]);
    let elsewhere = make(&team.db, &kim, "billing", Origin::by_hand(""), &draft("Ours"), noon()).await;
    assert_eq!(elsewhere.unwrap(), Number(1), "each circle has its own");
    assert_eq!(team.makes(&team.eve, &draft("Next")).await.unwrap(), Number(13));
}

#[tokio::test]
async fn what_cannot_be_taken_is_named_field_by_field_all_at_once() {
    let team = Team::at_work().await;
    let wrong = Draft {
        title: "x".repeat(151),
        tasks: "task\n".repeat(51),
        labels: "y".repeat(31),
        owner: team.rea.person.clone(),
        assign_by: "tomorrow".to_owned(),
        done_by: "2026-03-01".to_owned(),
        proof: "p".repeat(2001),
        questions: "orders-db/process/no-such".to_owned(),
        ..Draft::default()
    };

    let refused = team.makes(&team.eve, &wrong).await;

    assert_eq!(
        fields(refused),
        [
            "title",
            "proof",
            "tasks",
            "labels",
            "fixes",
            "how",
            "severity",
            "assign_by",
            "done_by",
            "owner",
            "questions"
        ]
    );
    let turned =
        Draft { assign_by: "2026-03-10".to_owned(), done_by: "2026-03-09".to_owned(), ..draft("Too early") };
    assert_eq!(fields(team.makes(&team.eve, &turned).await), ["done_by"]);
    assert_eq!(of_circle(&team.db, &team.eve, CIRCLE, noon()).await.unwrap().all, []);
    let soon = Draft { done_by: "2026-03-02".to_owned(), ..draft("Today") };
    let soon = team.makes(&team.eve, &soon).await.unwrap();
    assert_eq!(team.action(soon).await.assign_by, day("2026-03-02"), "a done-by bounds the other date");
}

#[tokio::test]
async fn who_may_do_what() {
    let team = Team::at_work().await;
    let [kim] = circle_with(&team.db, "billing", [("kim", Leader)]).await;
    let number = team.eves("Raise it").await;
    let db = &team.db;

    assert!(is_hidden(team.makes(&team.rea, &draft("Mine")).await));
    assert!(is_hidden(team.makes(&kim, &draft("Mine")).await));
    for stranger in [&team.bo, &team.rea, &kim] {
        assert!(is_hidden(team.moves(stranger, number, Move::Start).await));
        assert!(is_hidden(edit(db, stranger, CIRCLE, number, 1, &draft("Mine"), noon()).await));
        assert!(is_hidden(tick(db, stranger, CIRCLE, number, 1, 1, true, noon()).await));
    }
    assert!(is_hidden(find(db, &kim, CIRCLE, number, noon()).await.map(drop)));
    assert!(is_hidden(comment(db, &kim, CIRCLE, number, ("", "Hello"), noon()).await));
    assert!(is_hidden(escalated(db, &team.eve, CIRCLE, noon()).await.map(drop)));
    let no_days = std::array::from_fn(|_| ("1".to_owned(), "2".to_owned()));
    assert!(is_hidden(clocks::set(db, &team.eve, CIRCLE, &no_days, noon()).await));
    // Everybody in the circle reads and comments.
    for member in [&team.lena, &team.bo, &team.rea] {
        comment(db, member, CIRCLE, number, ("", "I see."), noon()).await.unwrap();
    }
    // The owner works, the leader decides.
    team.all_of(&team.eve, number, &[Move::Start, Move::Pause, Move::Start, Move::SendToReview]).await;
    for one in [Move::Accept, Move::SendBack, Move::Abandon] {
        assert!(is_hidden(team.moves(&team.eve, number, one).await), "{one:?}");
    }
    team.all_of(&team.lena, number, &[Move::Accept]).await;
    for one in [Move::SeeEffect, Move::SeeNoEffect, Move::Reopen] {
        assert!(is_hidden(team.moves(&team.eve, number, one).await), "{one:?}");
    }
    team.all_of(&team.lena, number, &[Move::SeeEffect]).await;
}

#[tokio::test]
async fn each_change_is_added_to_the_history_and_the_leader_reads_it_in_the_log() {
    let team = Team::at_work().await;
    let number = team.eves("Raise it").await;
    team.all_of(&team.eve, number, &[Move::Start]).await;
    comment(&team.db, &team.eve, CIRCLE, number, ("", "Half of it."), later(1)).await.unwrap();
    let proof = Step { proof: "https://git.example.org/1", ..Step::new(Move::SendToReview) };
    step(&team.db, &team.eve, CIRCLE, number, proof, later(2)).await.unwrap();
    team.all_of(&team.lena, number, &[Move::SendBack]).await;
    team.all_of(&team.eve, number, &[Move::Start, Move::SendToReview]).await;
    team.all_of(&team.lena, number, &[Move::Accept, Move::SeeNoEffect, Move::Reopen]).await;

    let seen = find(&team.db, &team.rea, CIRCLE, number, later(3)).await.unwrap();

    let states: Vec<_> = seen.events.iter().map(|event| (event.kind, event.state)).collect();
    use EventKind::{Comment, Made, Moved};
    use State::{Done, InProgress, InReview, NoEffect, Open, Reopened};
    assert_eq!(
        states,
        [
            (Made, Open),
            (Moved, InProgress),
            (Comment, InProgress),
            (Moved, InReview),
            (Moved, Reopened),
            (Moved, InProgress),
            (Moved, InReview),
            (Moved, Done),
            (Moved, NoEffect),
            (Moved, Reopened),
        ]
    );
    assert_eq!(seen.events[4].note, "It is so.");
    assert_eq!(seen.events[3].changes[0].is, "https://git.example.org/1");
    assert_eq!(seen.action.proof, "https://git.example.org/1");
    let log = audit::of_circle(&team.db, &team.lena, CIRCLE, 1).await.unwrap();
    assert_eq!(log.entries.iter().filter(|entry| entry.subject == "CA-1 Raise it").count(), 10);
    assert!(log.entries.iter().any(|entry| entry.what == "moved a corrective action to: In review"));
}

#[tokio::test]
async fn a_move_that_cannot_be_made_changes_nothing_and_one_without_its_reason_is_refused() {
    let team = Team::at_work().await;
    let number = team.eves("Raise it").await;

    assert_eq!(fields(team.moves(&team.lena, number, Move::Accept).await), [""]);
    let silent = step(&team.db, &team.lena, CIRCLE, number, Step::because(Move::Abandon, "  "), noon()).await;
    assert_eq!(fields(silent), ["note"]);
    assert_eq!(fields(comment(&team.db, &team.rea, CIRCLE, number, ("", " \n"), noon()).await), ["comment"]);
    let unowned = team.makes(&team.lena, &draft("Nobody's")).await.unwrap();
    assert_eq!(fields(team.moves(&team.lena, unowned, Move::Start).await), [""]);

    let seen = find(&team.db, &team.rea, CIRCLE, number, noon()).await.unwrap();
    assert_eq!((seen.action.state, seen.events.len()), (State::Open, 1));
}

#[tokio::test]
async fn a_second_one_in_progress_asks_to_pause_the_first() {
    let team = Team::at_work().await;
    let (first, second) = (team.eves("First").await, team.eves("Second").await);
    team.all_of(&team.eve, first, &[Move::Start]).await;

    let asked = team.moves(&team.eve, second, Move::Start).await.unwrap();

    assert_eq!(asked, Moved::HasAnother(first));
    assert_eq!(team.action(second).await.state, State::Open);
    let wrong = Step { pause: Some(second), ..Step::new(Move::Start) };
    let asked = step(&team.db, &team.eve, CIRCLE, second, wrong, noon()).await.unwrap();
    assert_eq!(asked, Moved::HasAnother(first), "another one was meant");
    let pause = Step { pause: Some(first), ..Step::new(Move::Start) };
    assert_eq!(step(&team.db, &team.eve, CIRCLE, second, pause, noon()).await.unwrap(), Moved::Done);
    assert_eq!(team.action(first).await.state, State::Paused);
    assert_eq!(team.action(second).await.state, State::InProgress);
    let seen = find(&team.db, &team.eve, CIRCLE, first, noon()).await.unwrap();
    assert_eq!(seen.events.last().unwrap().note, "CA-2 comes first.");
    // Somebody else has their own, and so has the same person elsewhere.
    let bos =
        team.makes(&team.lena, &Draft { owner: team.bo.person.clone(), ..draft("Third") }).await.unwrap();
    team.all_of(&team.bo, bos, &[Move::Start]).await;
}

#[tokio::test]
async fn of_two_started_at_once_one_is_in_progress() {
    let team = Team::at_work().await;
    let numbers = [team.eves("First").await, team.eves("Second").await, team.eves("Third").await];
    let mut starters = JoinSet::new();
    for number in numbers {
        let (db, eve) = (team.db.clone(), team.eve.clone());
        starters.spawn(async move { step(&db, &eve, CIRCLE, number, Step::new(Move::Start), noon()).await });
    }

    let outcomes = starters.join_all().await;

    assert_eq!(
        outcomes.iter().filter(|outcome| matches!(outcome, Ok(Moved::Done))).count(),
        1,
        "{outcomes:?}"
    );
    let all = of_circle(&team.db, &team.eve, CIRCLE, noon()).await.unwrap().all;
    assert_eq!(all.iter().filter(|action| action.state == State::InProgress).count(), 1);
}

#[tokio::test]
async fn an_edit_says_what_it_was_and_an_older_page_cannot_overwrite_it() {
    let team = Team::at_work().await;
    let db = &team.db;
    let number = team.eves("Raise it").await;
    let with = |title: &str, tasks: &str| Draft {
        tasks: tasks.to_owned(),
        owner: team.eve.person.clone(),
        reference: "a chat".to_owned(),
        ..draft(title)
    };
    edit(db, &team.eve, CIRCLE, number, 1, &with("Raise it", "One\nTwo"), noon()).await.unwrap();
    tick(db, &team.eve, CIRCLE, number, 2, 2, true, noon()).await.unwrap();
    tick(db, &team.eve, CIRCLE, number, 2, 2, true, noon()).await.unwrap();

    edit(db, &team.lena, CIRCLE, number, 2, &with("Raise it more", "Two\nThree"), later(1)).await.unwrap();

    let seen = find(db, &team.rea, CIRCLE, number, noon()).await.unwrap();
    let tasks: Vec<_> = seen.tasks.iter().map(|task| (task.text.as_str(), task.is_ticked)).collect();
    assert_eq!(tasks, [("Two", true), ("Three", false)], "the same words keep their tick");
    let kinds: Vec<_> = seen.events.iter().map(|event| event.kind).collect();
    use EventKind::{Edited, Made, Ticked};
    assert_eq!(kinds, [Made, Edited, Ticked, Edited], "a second click is no second tick");
    let changes: Vec<_> =
        seen.events[3].changes.iter().map(|it| (it.field.as_str(), it.was.as_str())).collect();
    assert_eq!(changes, [("Title", "Raise it"), ("Tasks", "One\nTwo")]);
    for stale in [1, 2] {
        let late = edit(db, &team.eve, CIRCLE, number, stale, &with("Mine", ""), noon()).await;
        assert_eq!(fields(late), [""]);
        assert_eq!(fields(tick(db, &team.eve, CIRCLE, number, stale, 1, true, noon()).await), [""]);
    }
    // Saving it as it is adds nothing.
    edit(db, &team.eve, CIRCLE, number, 3, &with("Raise it more", "Two\nThree"), noon()).await.unwrap();
    assert_eq!(find(db, &team.rea, CIRCLE, number, noon()).await.unwrap().events.len(), 4);
}

#[tokio::test]
async fn who_takes_over_begins_it_and_a_date_that_is_over_may_stay() {
    let team = Team::at_work().await;
    let number = team.eves("Raise it").await;
    team.all_of(&team.eve, number, &[Move::Start]).await;
    let handed_over = Draft {
        owner: team.bo.person.clone(),
        reference: "a chat".to_owned(),
        assign_by: "2026-03-04".to_owned(),
        done_by: "2026-03-16".to_owned(),
        ..draft("Raise it")
    };

    edit(&team.db, &team.lena, CIRCLE, number, 1, &handed_over, later(30)).await.unwrap();

    let seen = find(&team.db, &team.rea, CIRCLE, number, later(30)).await.unwrap();
    assert_eq!(seen.action.state, State::Paused);
    assert_eq!(seen.action.owner.as_ref().unwrap().name, "Bo");
    assert_eq!(seen.events[2].changes.len(), 1, "{:?}", seen.events[2].changes);
    assert!(seen.events[3].note.contains("another owner"));
    assert!(is_hidden(step(&team.db, &team.eve, CIRCLE, number, Step::new(Move::Start), noon()).await));
}

#[tokio::test]
async fn what_passes_its_date_is_on_its_owners_page_and_then_on_the_leaders() {
    let team = Team::at_work().await;
    let number = team.eves("Raise it").await;
    let unowned = team.makes(&team.bo, &draft("Nobody's")).await.unwrap();
    let late_on = async |text: &str| {
        let now = day(text).and_hms_opt(12, 0, 0).unwrap().and_utc();
        let own = mine(&team.db, &team.eve, CIRCLE, now).await.unwrap();
        let late = escalated(&team.db, &team.lena, CIRCLE, now).await.unwrap().late;
        let numbers: Vec<_> = late.iter().map(|action| (action.number, action.late.unwrap().which)).collect();
        (own[0].late.is_some(), numbers)
    };

    // Assign by Wednesday 4 March, done by Monday 16 March.
    assert_eq!(late_on("2026-03-04").await, (false, vec![]));
    assert_eq!(late_on("2026-03-05").await, (false, vec![(unowned, Which::Assign)]));
    assert_eq!(late_on("2026-03-16").await, (false, vec![(unowned, Which::Assign)]));
    assert_eq!(late_on("2026-03-17").await, (true, vec![(unowned, Which::Done)]));
    assert_eq!(late_on("2026-03-18").await, (true, vec![(number, Which::Done), (unowned, Which::Done)]));
    // Whose owner has left is nobody's.
    circles::remove_member(&team.db, &team.lena, CIRCLE, &team.eve.person, noon()).await.unwrap();
    let late = escalated(&team.db, &team.lena, CIRCLE, later(15)).await.unwrap().late;
    assert_eq!(late.len(), 2);
}

#[tokio::test]
async fn a_day_ends_by_the_clock_of_the_circle() {
    let team = Team::at_work().await;
    // Rome is two hours ahead in summer, and it is already the 30th there.
    let night = "2026-03-29T22:30:00Z".parse().unwrap();
    let urgent = Draft { severity: Severity::new(1), ..draft("At night") };
    let number = make(&team.db, &team.eve, CIRCLE, Origin::by_hand(""), &urgent, night).await.unwrap();

    let action = team.action(number).await;

    assert_eq!((action.assign_by, action.done_by), (day("2026-03-31"), day("2026-04-06")));
    let late_at = async |at: &str| {
        let found = find(&team.db, &team.eve, CIRCLE, number, at.parse().unwrap()).await.unwrap();
        found.action.late.is_some()
    };
    assert!(!late_at("2026-03-31T21:59:59Z").await);
    assert!(late_at("2026-03-31T22:00:00Z").await);
}

#[tokio::test]
async fn a_day_in_progress_without_a_word_is_seen_at_stand_up() {
    let team = Team::at_work().await;
    let number = team.eves("Raise it").await;
    team.all_of(&team.eve, number, &[Move::Start]).await;
    let silent = async |days: i64| {
        let seen = stand_up(&team.db, &team.rea, CIRCLE, later(days)).await.unwrap();
        let eve = seen.people.into_iter().find(|one| one.name == "Eve").unwrap();
        let (action, comment) = eve.in_progress.unwrap();
        (action.n_silent_days, comment.map(|comment| comment.note))
    };

    assert_eq!(silent(0).await, (0, None));
    assert_eq!(silent(1).await, (0, None), "begun yesterday");
    assert_eq!(silent(2).await, (1, None));
    comment(&team.db, &team.lena, CIRCLE, number, ("", "How far?"), later(2)).await.unwrap();
    assert_eq!(silent(2).await, (1, Some("How far?".to_owned())), "a word of its owner is expected");
    comment(&team.db, &team.eve, CIRCLE, number, ("", "Half."), later(2)).await.unwrap();
    assert_eq!(silent(3).await, (0, Some("Half.".to_owned())));
    // Wednesday to Monday: Thursday and Friday; the weekend does not count.
    assert_eq!(silent(7).await.0, 2);
    let seen = stand_up(&team.db, &team.rea, CIRCLE, later(0)).await.unwrap();
    let names: Vec<_> = seen.people.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["Bo", "Eve", "Lena"], "by name, and readers do not work on actions");
}

#[tokio::test]
async fn a_circle_sets_its_own_days_and_what_is_there_keeps_its_dates() {
    let team = Team::at_work().await;
    let before = team.eves("Before").await;
    let typed = |days: [(&str, &str); 4]| days.map(|(assign, done)| (assign.to_owned(), done.to_owned()));

    let wrong = typed([("0", "5"), ("1", "x"), ("3", "2"), ("5", "40")]);
    let refused = clocks::set(&team.db, &team.lena, CIRCLE, &wrong, noon()).await;
    assert_eq!(fields(refused), ["assign-1", "done-2", "done-3"]);
    let days = typed([("1", "2"), (" 1 ", "3"), ("2", "4"), ("2", "5")]);
    clocks::set(&team.db, &team.lena, CIRCLE, &days, noon()).await.unwrap();

    let after = team.eves("After").await;
    let dates = async |number| {
        let action = team.action(number).await;
        (action.assign_by, action.done_by)
    };
    assert_eq!(dates(before).await, (day("2026-03-04"), day("2026-03-16")));
    assert_eq!(dates(after).await, (day("2026-03-03"), day("2026-03-05")));
    assert_eq!(clocks::of_circle(&team.db, &team.rea, CIRCLE).await.unwrap().days(Severity::ALL[3]), (2, 5));
}

#[tokio::test]
async fn a_calendar_is_read_by_its_secret_until_it_is_revoked_or_its_maker_leaves() {
    let team = Team::at_work().await;
    let db = &team.db;
    let own = team.eves("Mine, and only mine").await;
    team.makes(&team.bo, &draft("Nobody's")).await.unwrap();
    let done = team.eves("Given up").await;
    team.all_of(&team.lena, done, &[Move::Abandon]).await;
    let mine = calendars::make(db, &team.eve, CIRCLE, Shows::Mine, &mut dice(), noon()).await.unwrap();
    let all = calendars::make(db, &team.rea, CIRCLE, Shows::Circle, &mut dice(), noon()).await.unwrap();
    let read = async |secret: &str| calendars::read(db, secret, "https://m.example.org", noon()).await;

    let (name, events) = read(&mine).await.unwrap();

    assert_eq!(name, "My actions, orders");
    assert_eq!(events.len(), 1);
    assert_eq!((events[0].summary.as_str(), events[0].day), ("CA-1 Mine, and only mine", day("2026-03-16")));
    assert_eq!(events[0].url, format!("https://m.example.org/circles/orders/actions/{own}"));
    assert_eq!(read(&all).await.unwrap().1.len(), 2);
    for wrong in ["", "0", "'", &mine[1..], &mine.to_uppercase()] {
        assert!(is_hidden(read(wrong).await.map(drop)), "{wrong}");
    }
    run_sql(db, "UPDATE people SET disabled_at = created_at WHERE id = $1", &team.rea.person).await;
    assert!(is_hidden(read(&all).await.map(drop)), "a disabled account reads nothing");
    // Only its maker revokes it, once.
    let id = calendars::of_person(db, &team.eve, CIRCLE).await.unwrap().remove(0).id;
    assert!(is_hidden(calendars::revoke(db, &team.lena, CIRCLE, &id, noon()).await));
    let second = calendars::make(db, &team.eve, CIRCLE, Shows::Mine, &mut dice(), noon()).await.unwrap();
    calendars::revoke(db, &team.eve, CIRCLE, &id, noon()).await.unwrap();
    assert!(is_hidden(read(&mine).await.map(drop)));
    assert!(is_hidden(calendars::revoke(db, &team.eve, CIRCLE, &id, noon()).await));
    assert!(read(&second).await.is_ok());
    circles::remove_member(db, &team.lena, CIRCLE, &team.eve.person, noon()).await.unwrap();
    assert!(is_hidden(read(&second).await.map(drop)), "who has left reads nothing");
}

#[tokio::test]
async fn nobody_has_more_than_five_calendars_in_a_circle() {
    let team = Team::at_work().await;
    let make =
        async || calendars::make(&team.db, &team.rea, CIRCLE, Shows::Circle, &mut dice(), noon()).await;
    for _ in 0..5 {
        make().await.unwrap();
    }

    assert_eq!(fields(make().await), ["shows"]);
}

#[tokio::test]
async fn done_without_proof_says_so_and_what_is_given_up_needs_none() {
    let team = Team::at_work().await;
    let (bare, given_up) = (team.eves("Bare").await, team.eves("Given up").await);
    team.all_of(&team.lena, bare, &[Move::Start, Move::SendToReview, Move::Accept]).await;
    team.all_of(&team.lena, given_up, &[Move::Abandon]).await;

    assert!(team.action(bare).await.is_done_without_proof());
    assert!(!team.action(given_up).await.is_done_without_proof());
    let flow = team.action(bare).await;
    let member = circles::member(&team.db, &team.eve, CIRCLE).await.unwrap();
    assert_eq!(flow.flow(&member).closed.unwrap().on, noon().date_naive());
    assert_eq!(flow.done_by.checked_add_days(Days::new(0)), Some(day("2026-03-16")));
}

#[tokio::test]
async fn what_is_sent_again_after_a_lost_answer_is_made_once() {
    let team = Team::at_work().await;
    let draft =
        Draft { key: "page-1".to_owned(), owner: team.eve.person.clone(), ..draft("Raise the threshold") };
    let number = team.makes(&team.lena, &draft).await.unwrap();

    let again = team.makes(&team.lena, &draft).await.unwrap();
    let mut senders = JoinSet::new();
    for n in 0..6 {
        let (db, lena) = (team.db.clone(), team.lena.clone());
        let draft = Draft { key: format!("page-{}", 2 + n % 2), ..draft.clone() };
        let origin = Origin::by_hand("a chat");
        senders.spawn(async move { make(&db, &lena, CIRCLE, origin, &draft, noon()).await.unwrap() });
    }
    let mut made = senders.join_all().await;
    made.sort();
    made.dedup();
    let other = Draft { title: "Something else".to_owned(), ..draft.clone() };
    let changed = team.makes(&team.lena, &other).await.unwrap();

    assert_eq!(again, number);
    assert_eq!(made, [Number(2), Number(3)], "one for each page, and no number is left out");
    assert_eq!(changed, Number(4), "changed before it was sent again");
    assert_eq!(team.makes(&team.eve, &draft).await.unwrap(), Number(5), "another person");

    for _ in 0..2 {
        comment(&team.db, &team.eve, CIRCLE, number, ("page-4", "Half of it."), noon()).await.unwrap();
        let start = Step { key: "page-5", ..Step::new(Move::Start) };
        assert_eq!(step(&team.db, &team.eve, CIRCLE, number, start, noon()).await.unwrap(), Moved::Done);
        let proof =
            Step { key: "page-6", proof: "https://git.example.org/1", ..Step::new(Move::SendToReview) };
        assert_eq!(step(&team.db, &team.eve, CIRCLE, number, proof, noon()).await.unwrap(), Moved::Done);
    }
    let before = find(&team.db, &team.lena, CIRCLE, number, noon()).await.unwrap();
    let kinds: Vec<EventKind> = before.events.iter().map(|event| event.kind).collect();
    assert_eq!(kinds, [EventKind::Made, EventKind::Comment, EventKind::Moved, EventKind::Moved]);

    let (revision, edited) = (before.action.revision, Draft { title: "Better said".to_owned(), ..draft });
    for _ in 0..2 {
        edit(&team.db, &team.lena, CIRCLE, number, revision, &edited, noon()).await.unwrap();
    }
    let other = Draft { title: "Otherwise".to_owned(), ..edited };
    let refused = edit(&team.db, &team.lena, CIRCLE, number, revision, &other, noon()).await;
    assert_eq!(fields(refused), [""]);
}
