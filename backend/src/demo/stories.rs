//! What is promised of the demo: that there is something to see, and that
//! nothing is left of it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{TimeDelta, TimeZone};
use domain::action::{Proposal, State};
use domain::people::Role::{self, Engineer, Leader};
use domain::readiness::Standing;
use domain::round::Phase;
use sqlx::{AssertSqlSafe, query_scalar};

use super::*;
use crate::actions::{self, Action};
use crate::db::{Either, commit};
use crate::rounds::Sitting;
use crate::testing::{ada, fresh_db, noon, person, run_sql};
use crate::{attempts, audit, circles, disputes, people, questions, readiness, reviews, rounds};

/// Somebody of the demo, by the beginning of the name.
async fn somebody(db: &Db, name: &str) -> Who {
    let all = super::people(db, noon()).await.unwrap();
    let one = all.iter().find(|person| person.name.starts_with(name)).unwrap();
    people::who(db, &one.person, 0).await.unwrap().unwrap()
}

#[tokio::test]
async fn the_matrix_shows_everything_that_a_cell_can_show() {
    let db = fresh_db().await;
    make(&db, None, noon()).await.unwrap();
    let lena = somebody(&db, "Lena").await;

    let matrix = readiness::matrix(&db, &lena, "demo", noon()).await.unwrap();

    assert_eq!(matrix.services.len(), 4);
    let mut n = BTreeMap::<&str, usize>::new();
    for cell in matrix.people.iter().flat_map(|person| &person.services).flatten() {
        let kind = match cell.standing {
            Standing::Ready { .. } => "ready",
            Standing::Expiring { .. } => "expiring",
            Standing::NotPassed => "gap",
            Standing::Expired { .. } => "expired",
            Standing::Unknown => "not taken",
        };
        *n.entry(kind).or_default() += 1;
    }
    for kind in ["ready", "expiring", "gap", "expired", "not taken"] {
        assert!(n.get(kind).is_some_and(|n| *n >= 5), "{kind}: {n:?}");
    }
    assert!(n["ready"] + n["expiring"] > n["gap"], "a team that is mostly ready: {n:?}");
    let all_ready = matrix
        .people
        .iter()
        .filter(|person| person.services.iter().flatten().all(|cell| cell.standing.is_ready()));
    assert!(all_ready.count() >= 1, "somebody is ready for everything");
    assert_eq!(matrix.people.len(), 12);
}

#[tokio::test]
async fn there_are_rounds_of_every_sort_and_people_of_every_sort_in_them() {
    let db = fresh_db().await;
    make(&db, None, noon()).await.unwrap();
    let lena = somebody(&db, "Lena").await;
    let (all, _) = rounds::list(&db, &lena, "demo", 0).await.unwrap();

    let of =
        |phase| all.iter().filter(move |round| round.cancelled_at.is_none() && round.phase(noon()) == phase);
    assert!(of(Phase::ResultsReady).count() >= 4);
    assert_eq!(of(Phase::Planned).count(), 1);
    assert_eq!(all.iter().filter(|round| round.cancelled_at.is_some()).count(), 1);

    let running: Vec<_> = of(Phase::Running).collect();
    assert_eq!(running.len(), 1);
    let takers = rounds::takers(&db, &lena, "demo", &running[0].id, noon()).await.unwrap();
    let n = |fits: fn(&Sitting) -> bool| takers.iter().filter(|taker| fits(&taker.sitting)).count();
    assert_eq!(takers.len(), 12);
    assert_eq!(n(|sitting| matches!(sitting, Sitting::Running { n_answered: 1.., .. })), 2);
    assert_eq!(n(|sitting| matches!(sitting, Sitting::NotStarted)), 4);
    assert!(takers.iter().any(|taker| taker.extra > TimeDelta::zero()));

    let mut by_clock = 0;
    let mut n_reports = 0;
    for round in &all {
        let takers = rounds::takers(&db, &lena, "demo", &round.id, noon()).await.unwrap();
        let clock = |sitting: &Sitting| {
            matches!(sitting, Sitting::HandedIn { by: domain::attempt::HandedInBy::Clock, .. })
        };
        by_clock += takers.iter().filter(|taker| clock(&taker.sitting)).count();
        n_reports += attempts::reports_of_round(&db, &lena, "demo", &round.id).await.unwrap().len();
    }
    assert!(by_clock >= 2, "{by_clock}");
    assert_eq!(n_reports, 4);
}

#[tokio::test]
async fn what_was_missed_is_talked_about_and_put_right() {
    let db = fresh_db().await;
    make(&db, None, noon()).await.unwrap();
    let lena = somebody(&db, "Lena").await;

    let all = actions::of_circle(&db, &lena, "demo", noon()).await.unwrap().all;
    let n = |fits: &dyn Fn(&Action) -> bool| all.iter().filter(|action| fits(action)).count();
    for state in
        [State::Open, State::InProgress, State::InReview, State::Done, State::EffectSeen, State::WontDo]
    {
        assert!(n(&|action| action.state == state) >= 1, "{state:?}");
    }
    assert_eq!(n(&|action| action.late.is_some_and(|late| late.is_escalated)), 1, "past its date");
    assert_eq!(n(&Action::is_done_without_proof), 1);
    assert_eq!(n(&Action::is_to_judge), 1);
    assert!(n(&|action| action.n_silent_days > 0) >= 1);
    let helped = all.iter().find(|action| action.state == State::EffectSeen).unwrap();
    assert_eq!(helped.proposal(), Some(Proposal::EffectSeen), "{:?}", helped.effect);

    let disputes = disputes::list(&db, &lena, "demo").await.unwrap();
    assert_eq!(disputes.iter().filter(|one| one.n_open > 0).count(), 3);
    assert_eq!(disputes.iter().filter(|one| one.ruling.is_some()).count(), 1);
    let reviews = reviews::list(&db, &lena, "demo").await.unwrap();
    let minutes = reviews.iter().find_map(|review| review.minutes.as_deref()).unwrap();
    assert!(minutes.contains("Write down when a broker must not be restarted"), "{minutes}");
    assert!(
        reviews.iter().any(|review| review.state == reviews::State::Planned && review.planned_at > noon())
    );
    let (rounds, _) = rounds::list(&db, &lena, "demo", 0).await.unwrap();
    let marking: Vec<_> = rounds.iter().filter(|round| round.phase(noon()) == Phase::Marking).collect();
    assert!(marking.len() == 1 && marking[0].n_unmarked >= 3, "{marking:?}");
}

#[tokio::test]
async fn the_bank_has_drafts_and_outdated_questions_and_somebody_left() {
    let db = fresh_db().await;
    make(&db, None, noon()).await.unwrap();
    let lena = somebody(&db, "Lena").await;

    for state in ["draft", "outdated"] {
        let n: i64 = on!(db.read(), |pool| query_scalar("SELECT count(*) FROM questions WHERE state = $1")
            .bind(state)
            .fetch_one(pool)
            .await
            .unwrap());
        assert_eq!(n, 1, "{state}");
    }
    assert!(super::people(&db, noon()).await.unwrap().iter().all(|person| person.name != "Tomáš Novák"));
    let mut done = Vec::new();
    for page in 1..=5 {
        done.extend(audit::of_circle(&db, &lena, "demo", page).await.unwrap().entries);
    }
    assert!(done.iter().any(|entry| entry.what == "removed a member"));
    let certain_and_wrong: i64 = on!(db.read(), |pool| query_scalar(
        "SELECT count(*) FROM answer_events e
         JOIN marks m ON m.attempt = e.attempt AND m.slot = e.slot
         WHERE e.confidence = 'certain' AND m.earned = 0"
    )
    .fetch_one(pool)
    .await
    .unwrap());
    assert!(certain_and_wrong > 5, "{certain_and_wrong}");
}

#[tokio::test]
async fn everybody_in_the_choice_has_something_to_do_or_to_see() {
    let db = fresh_db().await;
    make(&db, None, noon()).await.unwrap();

    let people = super::people(&db, noon()).await.unwrap();

    let of = |role: Role| people.iter().filter(move |person| person.role == role);
    assert_eq!((of(Leader).count(), of(Engineer).count(), of(Role::Reader).count()), (2, 12, 1));
    assert!(of(Engineer).all(|person| person.n_to_sit + person.n_sitting + person.n_results > 0));
    let ada = people.iter().find(|person| person.name == "Ada Brown").unwrap();
    assert!(ada.n_to_sit == 1 && ada.n_results >= 4, "{ada:?}");
    assert_eq!(of(Engineer).filter(|person| person.n_sitting == 1).count(), 2);
}

#[tokio::test]
async fn at_any_hour_and_twice_at_once_one_demo_is_made() {
    let db = fresh_db().await;
    let just_after_midnight = Utc.with_ymd_and_hms(2026, 3, 1, 0, 0, 30).unwrap();

    let (one, two) = tokio::join!(make(&db, None, just_after_midnight), make(&db, None, just_after_midnight));

    one.unwrap();
    two.unwrap();
    let n: i64 =
        on!(db.read(), |pool| query_scalar("SELECT count(*) FROM circles").fetch_one(pool).await.unwrap());
    assert_eq!(n, 1);
}

#[tokio::test]
async fn once_set_up_only_an_administrator_makes_and_removes_it() {
    let db = fresh_db().await;
    make(&db, None, noon()).await.unwrap();
    let lena = somebody(&db, "Lena").await;
    let ada = ada(&db).await;
    let bob = person(&db, "bob").await;

    for stranger in [None, Some(&lena), Some(&bob)] {
        assert!(matches!(contents(&db, stranger).await, Err(Error::NotFound)));
        assert!(matches!(remove(&db, stranger, noon()).await, Err(Error::NotFound)));
    }
    assert_eq!(contents(&db, Some(&ada)).await.unwrap().n_people, 16);
    remove(&db, Some(&ada), noon()).await.unwrap();

    assert!(matches!(remove(&db, Some(&ada), noon()).await, Err(Error::NotFound)), "there is none");
    for stranger in [None, Some(&bob)] {
        assert!(matches!(make(&db, stranger, noon()).await, Err(Error::NotFound)));
    }
    make(&db, Some(&ada), noon()).await.unwrap();
    let log = audit::of_installation(&db, &ada, 1).await.unwrap();
    assert_eq!(log.entries[0].what, "removed the demo circle");
}

#[tokio::test]
async fn nobody_takes_a_bank_into_the_demo_that_not_everybody_has() {
    let db = fresh_db().await;
    make(&db, None, noon()).await.unwrap();
    let lena = somebody(&db, "Lena").await;
    let mut bank = crate::shelf::Shelf::Samples.read().unwrap().banks.remove(0);

    assert!(questions::take_bank(&db, &lena, "demo", &bank, noon()).await.is_ok());
    bank.questions.pop();
    let taken = questions::take_bank(&db, &lena, "demo", &bank, noon()).await;

    assert!(matches!(taken, Err(Error::Refused(_))), "{taken:?}");
}

/// Tables of the installation as a whole: nothing in them is a circle's.
const NOBODYS: [&str; 1] = ["setup_tokens"];

/// Rows that the story does not make, of the circle `$1`.
const MORE: [&str; 20] = [
    "INSERT INTO looked_addresses (circle, url, answer, looked_at)
     SELECT slug, 'https://wiki.corp.org/a', '404', created_at FROM circles WHERE slug = $1",
    "INSERT INTO timeline_withdrawals (entry, reason, person, withdrawn_at)
     SELECT min(t.id), 'Too much', min(t.person), min(t.written_at)
     FROM timeline_entries t JOIN incidents i ON i.id = t.incident
     WHERE i.circle = $1 AND t.person IS NOT NULL",
    "INSERT INTO runbook_drafts (circle, service, page, person, content, based_on, saved_at)
     SELECT r.circle, r.service, '', min(m.person), 'A draft', 1, min(m.joined_at)
     FROM runbooks r JOIN members m ON m.circle = r.circle
     WHERE r.circle = $1 AND r.service = 'orders-db' GROUP BY r.circle, r.service",
    "INSERT INTO postmortem_promises (postmortem, line, n, words, owner, due)
     SELECT id, 1, 1, 'Look again', '', '' FROM postmortems WHERE circle = $1",
    "INSERT INTO check_settings (circle, leaves_out) SELECT slug, TRUE FROM circles WHERE slug = $1",
    "INSERT INTO question_checks (id, circle, question, source, from_version, to_version, was, says, noted_at)
     SELECT 'of ' || circle, circle, id, 'alert:A', '1', '2', 'a', 'b', changed_at
     FROM questions
     WHERE circle = $1 AND id = (SELECT min(x.id) FROM questions x WHERE x.circle = $1)",
    "INSERT INTO incident_severities (circle, level, meaning, update_minutes) VALUES ($1, 4, 'Nobody notices', NULL)",
    "INSERT INTO book_openings (id, attempt, slot, source, opened_at)
     SELECT 'of ' || a.circle, a.id, 1, '', a.started_at
     FROM attempts a
     WHERE a.circle = $1 AND a.id = (SELECT min(x.id) FROM attempts x WHERE x.circle = $1)",
    "INSERT INTO open_answers (alias, round, question, version, attempt, slot)
     SELECT 'of ' || a.circle, a.round, s.question, s.version, s.attempt, s.n
     FROM slots s JOIN attempts a ON a.id = s.attempt
     WHERE a.circle = $1 AND s.n = 1 AND a.id = (SELECT min(x.id) FROM attempts x WHERE x.circle = $1)",
    "INSERT INTO marking_plans (round, question, version, n_markers)
     SELECT round, question, version, 2 FROM open_answers WHERE alias = 'of ' || $1",
    "INSERT INTO markings (attempt, slot, turn, settles, points, comment, marked_by, marked_at)
     SELECT o.attempt, o.slot, 1, FALSE, '[1]', '', a.person, a.started_at
     FROM open_answers o JOIN attempts a ON a.id = o.attempt WHERE o.alias = 'of ' || $1",
    "INSERT INTO invitations (token_hash, circle, email, role, invited_by, created_at, expires_at)
     SELECT 'of ' || circle, circle, 'new@example.org', 'engineer', min(person), min(joined_at), min(joined_at)
     FROM members WHERE circle = $1 GROUP BY circle",
    "INSERT INTO password_resets (token_hash, person, made_by, expires_at)
     SELECT 'of ' || circle, min(person), max(person), min(joined_at)
     FROM members WHERE circle = $1 GROUP BY circle",
    "INSERT INTO sessions (id, record, expires_at)
     SELECT 'of ' || circle, '{\"signed_in\":[\"' || min(person) || '\",0]}', min(joined_at)
     FROM members WHERE circle = $1 GROUP BY circle",
    "INSERT INTO sign_in_failures (id, address, email, failed_at)
     SELECT 'of ' || min(m.circle), '192.0.2.1', min(p.email), min(m.joined_at)
     FROM members m JOIN people p ON p.id = m.person WHERE m.circle = $1",
    "INSERT INTO question_images (circle, question, version, n, name, media_type, base64)
     SELECT circle, min(id), min(version), 99, 'a.png', 'image/png', ''
     FROM questions WHERE circle = $1 AND id = (SELECT min(id) FROM questions WHERE circle = $1)
     GROUP BY circle",
    "INSERT INTO kept_topics (attempt, service, topic, kept_from)
     SELECT min(id), 'orders-db', 'process', max(id) FROM attempts WHERE circle = $1",
    "INSERT INTO action_clocks (circle, severity, assign_days, done_days)
     SELECT slug, 1, 1, 1 FROM circles WHERE slug = $1",
    "INSERT INTO decided_marks (attempt, slot, turn, decision)
     SELECT min(m.attempt), 1, 1, min(d.id)
     FROM dispute_decisions d
     JOIN attempts a ON a.circle = d.circle
     JOIN marks m ON m.attempt = a.id
     WHERE d.circle = $1",
    "INSERT INTO calendar_feeds (id, token_hash, circle, person, shows, made_at)
     SELECT 'of ' || circle, 'of ' || circle, circle, min(person), 'mine', min(joined_at)
     FROM members WHERE circle = $1 GROUP BY circle",
];

#[tokio::test]
async fn nothing_is_left_of_the_demo_and_nothing_else_is_touched() {
    let db = fresh_db().await;
    // A real team with rows everywhere: what a demo was, made theirs.
    make(&db, None, noon()).await.unwrap();
    run_sql(&db, "UPDATE circles SET is_demo = FALSE WHERE slug = $1", "demo").await;
    run_sql(&db, "UPDATE people SET email = replace(email, $1, '@example.org')", cast::MAIL).await;
    let guest = person(&db, "guest").await;
    for sql in MORE {
        run_sql(&db, sql, "demo").await;
    }
    let before = all_rows(&db).await;

    make(&db, None, noon()).await.unwrap();
    let circle = circle(&db).await.unwrap().unwrap();
    assert_eq!(circle, "demo-2", "the name is taken");
    for sql in MORE {
        run_sql(&db, sql, "demo-2").await;
    }
    let mut tx = db.begin().await.unwrap();
    circles::join(&mut tx, &circle, &guest.person, Leader, noon()).await.unwrap();
    commit(tx).await.unwrap();
    the_guest_works_in_it(&db, &guest, &circle).await;
    let lena = somebody(&db, "Lena").await;
    people::end_all_sessions(&db, &lena, noon()).await.unwrap();
    let with = all_rows(&db).await;
    for (table, rows) in &with {
        assert!(
            NOBODYS.contains(&table.as_str()) || rows.len() > before[table].len(),
            "the demo has no row in {table}: let the story or MORE make one, and `removing` remove it; or \
             name it in NOBODYS"
        );
    }

    let contents = contents(&db, None).await.unwrap();
    remove(&db, None, noon()).await.unwrap();

    assert_eq!((contents.n_people, contents.n_guests), (16, 1));
    let after = all_rows(&db).await;
    for (table, rows) in &before {
        let left: Vec<_> = after[table].difference(rows).collect();
        let gone: Vec<_> = rows.difference(&after[table]).collect();
        assert!(left.is_empty() && gone.is_empty(), "{table}: left {left:?}, gone {gone:?}");
    }
    assert_eq!(super::people(&db, noon()).await.unwrap(), []);
}

/// Somebody real plans a round in the demo and takes a bank.
async fn the_guest_works_in_it(db: &Db, guest: &Who, circle: &str) {
    let (all, _) = rounds::list(db, guest, circle, 0).await.unwrap();
    let planned = all.iter().find(|round| round.phase(noon()) == Phase::Planned).unwrap();
    rounds::cancel(db, guest, circle, &planned.id, noon()).await.unwrap();
    let banks = crate::shelf::Shelf::Samples.read().unwrap().banks;
    questions::take_bank(db, guest, circle, &banks[0], noon()).await.unwrap();
}

/// Every row of every table of the schema, as text.
async fn all_rows(db: &Db) -> BTreeMap<String, BTreeSet<String>> {
    let tables: Vec<String> = match db.read() {
        Either::Sqlite(pool) => query_scalar(
            "SELECT name FROM sqlite_master
             WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' AND name NOT LIKE '~_%' ESCAPE '~'",
        )
        .fetch_all(pool)
        .await
        .unwrap(),
        Either::Postgres(pool) => query_scalar(
            "SELECT table_name::text FROM information_schema.tables
             WHERE table_schema = 'public' AND table_name NOT LIKE '~_%' ESCAPE '~'",
        )
        .fetch_all(pool)
        .await
        .unwrap(),
    };
    let mut all = BTreeMap::new();
    for table in tables {
        let rows = rows_of(db, &table).await;
        all.insert(table, rows.into_iter().collect());
    }
    all
}

async fn rows_of(db: &Db, table: &str) -> Vec<String> {
    match db.read() {
        Either::Sqlite(pool) => {
            let columns: Vec<String> =
                query_scalar("SELECT 'quote(' || name || ')' FROM pragma_table_info($1)")
                    .bind(table)
                    .fetch_all(pool)
                    .await
                    .unwrap();
            let sql = format!("SELECT {} FROM {table}", columns.join(" || ',' || "));
            query_scalar(AssertSqlSafe(sql)).fetch_all(pool).await.unwrap()
        }
        Either::Postgres(pool) => query_scalar(AssertSqlSafe(format!("SELECT t::text FROM {table} t")))
            .fetch_all(pool)
            .await
            .unwrap(),
    }
}
