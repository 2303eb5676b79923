//! An incident from its opening to its end.

use chrono::{DateTime, TimeDelta, Utc};
use domain::incident::{Audience, Kind, Lack, Number, Part, Phase, Severity};
use domain::people::Role::{Engineer, Leader, Reader};

use super::opening::{Draft, open};
use super::working::{Facts, Said, add, assign, change, explain, note_postmortem, snooze, step, withdraw};
use super::{Detail, Drills, States, Wanted, closing, escalating, find, of_circle, severities};
use crate::db::{Db, commit};
use crate::error::{Error, Result};
use crate::people::Who;
use crate::shifts;
use crate::testing::{circle_with, fresh_db, noon, run_sql};
use crate::token::stamp;

fn after(minutes: i64) -> DateTime<Utc> {
    noon() + TimeDelta::minutes(minutes)
}

fn draft(title: &str) -> Draft {
    Draft { title: title.to_owned(), severity: Some(Severity::ALL[0]), ..Draft::default() }
}

async fn opened(db: &Db, who: &Who) -> Number {
    open(db, who, "orders", &draft("Checkout is slow"), noon()).await.unwrap()
}

/// What somebody tells stakeholders, or keeps inside.
async fn tells(
    db: &Db,
    who: &Who,
    number: Number,
    kind: Kind,
    audience: Audience,
    words: &str,
) -> Result<()> {
    let id = crate::db::new_id();
    let said = Said { id: &id, kind, audience, words, about: None, happened_at: None };
    add(db, who, "orders", number, said, after(10)).await
}

async fn seen(db: &Db, who: &Who, number: Number) -> Detail {
    find(db, who, "orders", number).await.unwrap()
}

fn fields(outcome: Result<()>) -> Vec<String> {
    match outcome {
        Err(Error::Refused(problems)) => problems.into_iter().map(|problem| problem.field).collect(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_incident_is_opened_worked_through_its_phases_and_closed() {
    let db = fresh_db().await;
    let [_, eve] = circle_with(&db, "orders", [("leo", Leader), ("eve", Engineer)]).await;
    let number = opened(&db, &eve).await;
    assert_eq!(number.to_string(), "INC-1");

    step(&db, &eve, "orders", number, Phase::Acknowledged, None, after(2)).await.unwrap();
    step(&db, &eve, "orders", number, Phase::Acknowledged, None, after(3)).await.unwrap();
    step(&db, &eve, "orders", number, Phase::Resolved, None, after(20)).await.unwrap();
    explain(&db, &eve, "orders", number, "The pool was raised.", None, after(21)).await.unwrap();
    let incident = seen(&db, &eve, number).await.incident;
    let mut tx = db.begin().await.unwrap();
    note_postmortem(&mut tx, &eve, &incident, false, "Known and small.", after(22)).await.unwrap();
    commit(tx).await.unwrap();
    closing::close(&db, &eve, "orders", number, "", after(23)).await.unwrap();

    let detail = seen(&db, &eve, number).await;
    assert_eq!(detail.incident.phase, Phase::Closed);
    assert_eq!(detail.incident.reached.acknowledged, Some(after(2)), "a double click changes nothing");
    assert_eq!(detail.incident.assignee.unwrap().name, "Eve", "who acknowledges what nobody has, has it");
    let turns: Vec<i64> = detail.entries.iter().map(|entry| entry.turn).collect();
    assert_eq!(turns, (1..=6).collect::<Vec<_>>());
    let late = step(&db, &eve, "orders", number, Phase::Acknowledged, None, after(30)).await;
    assert!(matches!(late, Err(Error::Refused(_))), "closed is the end");
}

#[tokio::test]
async fn closing_is_refused_with_what_lacks_and_a_leader_may_say_why_all_the_same() {
    let db = fresh_db().await;
    let [leo, eve] = circle_with(&db, "orders", [("leo", Leader), ("eve", Engineer)]).await;
    let number = opened(&db, &eve).await;

    let refused = closing::close(&db, &eve, "orders", number, "I want to", after(5)).await;
    match refused {
        Err(Error::Refused(problems)) => assert_eq!(problems.len(), 3, "{problems:?}"),
        other => panic!("{other:?}"),
    }
    assert!(closing::close(&db, &leo, "orders", number, " ", after(5)).await.is_err());
    closing::close(&db, &leo, "orders", number, "A false alarm.", after(6)).await.unwrap();

    let detail = seen(&db, &eve, number).await;
    assert_eq!(
        (detail.incident.phase, detail.incident.overridden.as_str()),
        (Phase::Closed, "A false alarm.")
    );
    assert!(detail.entries.iter().any(|entry| entry.entry.kind == Kind::Overridden));
}

#[tokio::test]
async fn where_business_is_affected_the_report_needs_its_parts_and_holds_nothing_internal() {
    let db = fresh_db().await;
    let [_, eve] = circle_with(&db, "orders", [("leo", Leader), ("eve", Engineer)]).await;
    let affected = Draft {
        business_affected: true,
        impact: "One cart in eight fails.".to_owned(),
        ..draft("Checkout is slow")
    };
    let number = open(&db, &eve, "orders", &affected, noon()).await.unwrap();
    tells(&db, &eve, number, Kind::Cause, Audience::Internal, "canary: somebody typed it").await.unwrap();
    tells(&db, &eve, number, Kind::Update, Audience::Stakeholders, "Carts are slow.").await.unwrap();
    tells(&db, &eve, number, Kind::Action, Audience::Stakeholders, "Raised the pool.").await.unwrap();

    let detail = seen(&db, &eve, number).await;

    assert!(detail.lacks.contains(&Lack::ReportSays(Part::Causes)));
    assert!(!detail.lacks.contains(&Lack::UpdateIn(Phase::Detected)));
    let report = detail.report().markdown(&chrono_tz::Tz::Europe__Rome, "Rome");
    assert!(report.contains("Raised the pool.") && report.contains("One cart in eight fails."));
    assert!(!report.contains("canary"));
    assert_eq!(fields(tells(&db, &eve, number, Kind::Update, Audience::Internal, "x").await), ["audience"]);
}

#[tokio::test]
async fn the_next_update_is_due_by_severity_and_is_put_off_with_a_reason() {
    let db = fresh_db().await;
    let [leo, eve] = circle_with(&db, "orders", [("leo", Leader), ("eve", Engineer)]).await;
    let number = opened(&db, &eve).await;
    let due = async || seen(&db, &eve, number).await.incident.next_update.map(|next| next.due_at);
    assert_eq!(due().await, Some(after(30)));

    tells(&db, &eve, number, Kind::Update, Audience::Stakeholders, "Carts are slow.").await.unwrap();
    assert_eq!(due().await, Some(after(40)), "from the update on");
    let snoozed = snooze(&db, &eve, "orders", number, "45", "They sleep.", after(20)).await;
    snoozed.unwrap();
    assert_eq!(due().await, Some(after(85)));
    assert_eq!(
        fields(snooze(&db, &eve, "orders", number, "soon", " ", after(20)).await),
        ["minutes", "reason"]
    );
    let facts =
        Facts { title: "Checkout is slow".to_owned(), severity: Some(Severity::ALL[3]), ..Facts::default() };
    change(&db, &eve, "orders", number, &facts, after(21)).await.unwrap();
    assert_eq!(due().await, None, "the least has no clock");

    let typed = ["5", "60", "240", "10"].map(|minutes| ("As we mean it".to_owned(), minutes.to_owned()));
    severities::set(&db, &leo, "orders", &typed, None, after(22)).await.unwrap();
    assert_eq!(due().await, Some(after(85)), "put off until then");
    let wrong = [("", "5"), ("b", "4"), ("c", ""), ("d", "x")]
        .map(|(meaning, minutes)| (meaning.to_owned(), minutes.to_owned()));
    let refused = severities::set(&db, &leo, "orders", &wrong, None, after(22)).await;
    assert_eq!(fields(refused), ["meaning-1", "minutes-2", "minutes-4"]);
}

#[tokio::test]
async fn an_entry_that_is_sent_twice_is_there_once() {
    let db = fresh_db().await;
    let [_, eve] = circle_with(&db, "orders", [("leo", Leader), ("eve", Engineer)]).await;
    let number = opened(&db, &eve).await;
    let said = Said {
        id: "made-by-the-page",
        kind: Kind::Note,
        audience: Audience::Internal,
        words: "I look at the pool.",
        about: None,
        happened_at: Some(after(-5)),
    };

    for _ in 0..2 {
        add(&db, &eve, "orders", number, said, after(1)).await.unwrap();
    }

    let notes = seen(&db, &eve, number).await.entries;
    let notes: Vec<_> = notes.iter().filter(|entry| entry.entry.kind == Kind::Note).collect();
    assert_eq!(notes.len(), 1);
    assert_eq!(notes[0].entry.happened_at, after(-5));
    assert!(matches!(
        add(&db, &eve, "orders", number, Said { kind: Kind::Alert, id: "b", ..said }, after(1)).await,
        Err(Error::Refused(_))
    ));
}

#[tokio::test]
async fn readers_look_and_others_find_nothing() {
    let db = fresh_db().await;
    let [leo, eve, rita] =
        circle_with(&db, "orders", [("leo", Leader), ("eve", Engineer), ("rita", Reader)]).await;
    let [lia] = circle_with(&db, "stock", [("lia", Leader)]).await;
    let number = opened(&db, &eve).await;

    assert!(!seen(&db, &rita, number).await.may_work());
    assert!(seen(&db, &leo, number).await.may_work());
    for who in [&rita, &lia] {
        let tried = [
            open(&db, who, "orders", &draft("Mine"), noon()).await.map(drop),
            step(&db, who, "orders", number, Phase::Acknowledged, None, noon()).await,
            assign(&db, who, "orders", number, &eve.person, noon()).await,
            explain(&db, who, "orders", number, "Mine", None, noon()).await,
            closing::close(&db, who, "orders", number, "Mine", noon()).await,
            tells(&db, who, number, Kind::Note, Audience::Internal, "Mine").await,
        ];
        for outcome in tried {
            assert!(matches!(outcome, Err(Error::NotFound)), "{outcome:?}");
        }
    }
    assert!(matches!(find(&db, &lia, "orders", number).await, Err(Error::NotFound)));
    assert!(matches!(find(&db, &lia, "stock", number).await, Err(Error::NotFound)));
    assert_eq!(open(&db, &lia, "stock", &draft("Ours"), noon()).await.unwrap().to_string(), "INC-1");
}

#[tokio::test]
async fn a_list_shows_what_is_wanted_with_what_runs_first() {
    let db = fresh_db().await;
    let [_, eve] = circle_with(&db, "orders", [("leo", Leader), ("eve", Engineer)]).await;
    let first = opened(&db, &eve).await;
    let drill =
        Draft { is_drill: true, severity: Some(Severity::ALL[2]), ..draft("Game day: 100% of disks") };
    let drill = open(&db, &eve, "orders", &drill, after(1)).await.unwrap();
    let third = open(&db, &eve, "orders", &draft("Mail is late"), after(2)).await.unwrap();
    step(&db, &eve, "orders", third, Phase::Resolved, None, after(5)).await.unwrap();
    assign(&db, &eve, "orders", first, &eve.person, after(5)).await.unwrap();
    let numbers = async |wanted: Wanted| {
        let listed = of_circle(&db, &eve, "orders", &wanted, 1).await.unwrap();
        assert_eq!(listed.n_found, i64::try_from(listed.incidents.len()).unwrap());
        listed.incidents.iter().map(|incident| incident.number).collect::<Vec<_>>()
    };
    let usual = Wanted::default;

    assert_eq!(numbers(usual()).await, [drill, first, third]);
    assert_eq!(numbers(Wanted { state: States::Running, ..usual() }).await, [drill, first]);
    assert_eq!(numbers(Wanted { state: States::One(Phase::Resolved), ..usual() }).await, [third]);
    assert_eq!(numbers(Wanted { drills: Drills::Only, ..usual() }).await, [drill]);
    assert_eq!(numbers(Wanted { drills: Drills::Real, ..usual() }).await, [first, third]);
    assert_eq!(numbers(Wanted { severity: Some(Severity::ALL[2]), ..usual() }).await, [drill]);
    assert_eq!(numbers(Wanted { is_mine: true, ..usual() }).await, [first]);
    for (text, found) in [("inc-1", vec![first]), ("MAIL", vec![third]), ("100%", vec![drill]), ("_", vec![])]
    {
        assert_eq!(numbers(Wanted { text: text.to_owned(), ..usual() }).await, found, "{text}");
    }
    let figures = of_circle(&db, &eve, "orders", &usual(), 1).await.unwrap().figures;
    assert_eq!((figures.n_all, figures.n_running, figures.n_to_close), (3, 1, 1), "drills are not counted");
}

/// A service whose path leads to the first after 5 minutes, and to the second
/// after 15.
async fn checkout_with_a_path(db: &Db, first: &Who, second: &Who) {
    let service = "
        INSERT INTO services (circle, slug, name, summary, owner, links, created_at)
        VALUES ($1, 'checkout', 'Checkout', '', '', '[]', '2026-01-01T00:00:00Z')";
    run_sql(db, service, "orders").await;
    let steps = [
        ("INSERT INTO escalation_steps VALUES ('orders', 'checkout', 1, $1, '', '', 5)", first),
        ("INSERT INTO escalation_steps VALUES ('orders', 'checkout', 2, $1, '', '', 15)", second),
    ];
    for (step, who) in steps {
        run_sql(db, step, &who.person).await;
    }
}

#[tokio::test]
async fn the_escalation_path_leads_on_until_somebody_acknowledges() {
    let db = fresh_db().await;
    let [leo, eve] = circle_with(&db, "orders", [("leo", Leader), ("eve", Engineer)]).await;
    checkout_with_a_path(&db, &eve, &leo).await;
    let draft = Draft { service: "checkout".to_owned(), ..draft("Checkout is slow") };
    let number = open(&db, &eve, "orders", &draft, noon()).await.unwrap();
    let name = async || seen(&db, &eve, number).await.incident.assignee.map(|assignee| assignee.name);
    assert_eq!(name().await.as_deref(), Some("Eve"), "the first at once");

    assert_eq!(escalating::hand_on(&db, after(14)).await.unwrap(), 0);
    assert_eq!(escalating::hand_on(&db, after(15)).await.unwrap(), 1);
    assert_eq!(escalating::hand_on(&db, after(15)).await.unwrap(), 0);
    assert_eq!(name().await.as_deref(), Some("Leo"));

    assign(&db, &leo, "orders", number, &eve.person, after(16)).await.unwrap();
    assert_eq!(escalating::hand_on(&db, after(60)).await.unwrap(), 0, "a hand has decided");
    assert_eq!(name().await.as_deref(), Some("Eve"));
}

#[tokio::test]
async fn whoever_is_on_call_has_an_incident_first_and_then_the_path_leads_on() {
    let db = fresh_db().await;
    let people = [("leo", Leader), ("eve", Engineer), ("ada", Engineer)];
    let [leo, eve, ada] = circle_with(&db, "orders", people).await;
    checkout_with_a_path(&db, &eve, &leo).await;
    run_sql(&db, "UPDATE escalation_steps SET after_minutes = 0 WHERE person = $1", &eve.person).await;
    let shift = shifts::Draft {
        service: "checkout".to_owned(),
        people: vec![ada.person.clone()],
        from: Some(noon()),
        to: Some(after(60)),
        times: "1".to_owned(),
    };
    shifts::plan(&db, &leo, "orders", &shift, noon()).await.unwrap();
    let draft = Draft { service: "checkout".to_owned(), ..draft("Checkout is slow") };
    let number = open(&db, &eve, "orders", &draft, noon()).await.unwrap();
    let assignee = async |number| seen(&db, &eve, number).await.incident.assignee.unwrap();
    assert_eq!((assignee(number).await.name.as_str(), assignee(number).await.path_step), ("Ada", Some(0)));

    assert_eq!(escalating::hand_on(&db, after(14)).await.unwrap(), 0, "the first step stands where Ada is");
    assert_eq!(escalating::hand_on(&db, after(15)).await.unwrap(), 1);
    assert_eq!(assignee(number).await.name, "Leo");

    run_sql(&db, "DELETE FROM escalation_steps WHERE circle = $1 AND n = 2", "orders").await;
    let at_once = open(&db, &eve, "orders", &draft, after(20)).await.unwrap();
    assert_eq!(escalating::hand_on(&db, after(34)).await.unwrap(), 0);
    assert_eq!(escalating::hand_on(&db, after(35)).await.unwrap(), 1, "a path that only says at once");
    assert_eq!(assignee(at_once).await.name, "Eve");

    let later = open(&db, &eve, "orders", &draft, after(60)).await.unwrap();
    assert_eq!(assignee(later).await.name, "Eve", "the shift is over");
    run_sql(&db, "UPDATE members SET role = 'reader' WHERE person = $1", &ada.person).await;
    let without = open(&db, &eve, "orders", &draft, after(30)).await.unwrap();
    assert_eq!(assignee(without).await.name, "Eve", "who cannot work on it is passed over");
}

#[tokio::test]
async fn what_cannot_be_taken_is_named_field_by_field() {
    let db = fresh_db().await;
    let [_, eve] = circle_with(&db, "orders", [("leo", Leader), ("eve", Engineer)]).await;
    let wrong = Draft {
        title: " ".to_owned(),
        service: "nowhere".to_owned(),
        detected_at: Some(after(10)),
        ..Draft::default()
    };
    let refused = open(&db, &eve, "orders", &wrong, noon()).await.map(drop);
    assert_eq!(fields(refused), ["title", "severity", "service", "detected_at"]);
    assert_eq!(opened(&db, &eve).await, Number(1), "no number was used");
}

#[tokio::test]
async fn a_phase_that_was_reached_earlier_is_written_down_as_it_was() {
    let db = fresh_db().await;
    let [_, eve] = circle_with(&db, "orders", [("leo", Leader), ("eve", Engineer)]).await;
    let number = opened(&db, &eve).await;
    let to = async |phase, happened_at, now| {
        step(&db, &eve, "orders", number, phase, Some(happened_at), now).await
    };
    for impossible in [after(-1), after(45)] {
        assert!(matches!(to(Phase::Acknowledged, impossible, after(40)).await, Err(Error::Refused(_))));
    }
    to(Phase::Acknowledged, after(3), after(40)).await.unwrap();
    assert!(matches!(to(Phase::Resolved, after(2), after(40)).await, Err(Error::Refused(_))));
    to(Phase::Resolved, after(20), after(41)).await.unwrap();
    let incident = seen(&db, &eve, number).await.incident;
    assert_eq!((incident.reached.acknowledged, incident.reached.resolved), (Some(after(3)), Some(after(20))));
}

#[tokio::test]
async fn what_is_taken_out_of_the_report_stays_in_the_timeline() {
    let db = fresh_db().await;
    let [_, eve, ray] =
        circle_with(&db, "orders", [("leo", Leader), ("eve", Engineer), ("ray", Reader)]).await;
    let number = opened(&db, &eve).await;
    let said = Said {
        id: "one",
        kind: Kind::Update,
        audience: Audience::Stakeholders,
        words: "The key is hunter2.",
        about: None,
        happened_at: None,
    };
    add(&db, &eve, "orders", number, said, after(1)).await.unwrap();
    let report = async || seen(&db, &ray, number).await.report().markdown(&chrono_tz::Tz::UTC, "UTC");
    assert!(report().await.contains("hunter2"));
    let entries = seen(&db, &eve, number).await.entries;
    let turn = entries.iter().find(|one| one.entry.kind == Kind::Update).unwrap().turn;
    let internal = entries.iter().find(|one| one.entry.audience == Audience::Internal).unwrap().turn;

    let take_out = async |who, turn, why| withdraw(&db, who, "orders", number, turn, why, after(2)).await;
    assert!(matches!(take_out(&ray, turn, "No.").await, Err(Error::NotFound)));
    assert!(matches!(take_out(&eve, internal, "No.").await, Err(Error::NotFound)));
    assert!(matches!(take_out(&eve, turn, " ").await, Err(Error::Refused(_))));
    take_out(&eve, turn, "It names a secret.").await.unwrap();
    take_out(&eve, turn, "Twice.").await.unwrap();

    assert!(!report().await.contains("hunter2"));
    let entry = seen(&db, &eve, number).await.entries.into_iter().find(|one| one.turn == turn).unwrap();
    assert_eq!(entry.withdrawn.as_deref(), Some("It names a secret."));
    assert!(entry.entry.words.contains("hunter2"));
}

#[tokio::test]
async fn notes_that_somebody_else_wrote_meanwhile_are_not_written_over() {
    let db = fresh_db().await;
    let [leo, eve] = circle_with(&db, "orders", [("leo", Leader), ("eve", Engineer)]).await;
    let number = opened(&db, &eve).await;
    let shown = stamp("");
    explain(&db, &leo, "orders", number, "A disk.", Some(&shown), after(1)).await.unwrap();
    let Err(Error::Refused(problems)) =
        explain(&db, &eve, "orders", number, "A query.", Some(&shown), after(2)).await
    else {
        panic!("Leo's notes are lost");
    };
    assert!(problems[0].what.contains("A disk."), "{problems:?}");
    explain(&db, &eve, "orders", number, "Both.", Some(&stamp("A disk.")), after(3)).await.unwrap();

    let had = severities::stamp_of(&severities::of_circle(&db, &leo, "orders").await.unwrap());
    let typed = |words: &str| std::array::from_fn(|_| (words.to_owned(), "15".to_owned()));
    let (theirs, mine) = (typed("Theirs"), typed("Mine"));
    let (one, other) = tokio::join!(
        severities::set(&db, &leo, "orders", &theirs, Some(&had), after(4)),
        severities::set(&db, &leo, "orders", &mine, Some(&had), after(4)),
    );
    let told = [one, other].map(|outcome| matches!(outcome, Err(Error::Refused(_))));
    assert_eq!(told.iter().filter(|is_refused| **is_refused).count(), 1, "one of two is told of the other");
}
