//! Answers that come with a session and no name.

use serde_json::json;
use sqlx::query_scalar;
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};

use super::*;
use crate::attempts::saving::save_in_session;
use crate::db::on;
use crate::sessions::{SEEN_AT, SIGNED_IN, SessionTable};

/// A session of somebody that was used at noon and ends an hour later.
async fn session_of(world: &World, who: &Who, id: i128) -> Id {
    let epoch: i64 = on!(world.db.read(), |pool| query_scalar("SELECT epoch FROM people WHERE id = $1")
        .bind(&who.person)
        .fetch_one(pool)
        .await
        .unwrap());
    let data = [(SIGNED_IN.to_owned(), json!([who.person, epoch])), (SEEN_AT.to_owned(), json!(noon()))];
    let ends_at = (noon() + minutes(60)).timestamp();
    let expiry_date = time::OffsetDateTime::from_unix_timestamp(ends_at).unwrap();
    let mut record = Record { id: Id(id), data: data.into(), expiry_date };
    SessionTable::new(world.db.clone(), noon).create(&mut record).await.unwrap();
    record.id
}

async fn n_answers(world: &World) -> i64 {
    on!(world.db.read(), |pool| query_scalar("SELECT count(*) FROM answer_events")
        .fetch_one(pool)
        .await
        .unwrap())
}

#[tokio::test]
async fn an_answer_is_saved_for_the_one_whose_session_it_is() {
    let world = world().await;
    let attempt = world.start(&world.ada, noon()).await;
    let slot = port_slot(&world, &attempt).await;
    let session = session_of(&world, &world.ada, 1).await;

    let one = said(&attempt, slot, "tab", 1, typed("5432"), noon() + minutes(10));
    let (saved, seen_at) = save_in_session(&world.db, &session, one.clone()).await.unwrap();
    let (again, _) = save_in_session(&world.db, &session, one).await.unwrap();

    assert_eq!((saved.ack_seq, saved.superseded, seen_at), (1, false, Some(noon())));
    assert_eq!((again.ack_seq, again.superseded), (1, false));
    assert_eq!(n_answers(&world).await, 1);
    let paper = world.paper(&world.ada, &attempt, noon()).await;
    assert_eq!(paper.slots[usize::from(slot) - 1].answer, Some(typed("5432")));
}

#[tokio::test]
async fn a_session_that_is_anothers_or_does_not_count_any_more_saves_nothing() {
    let world = world().await;
    let attempt = world.start(&world.ada, noon()).await;
    let slot = port_slot(&world, &attempt).await;
    let (adas, bos) = (session_of(&world, &world.ada, 1).await, session_of(&world, &world.bo, 2).await);
    let at = |after| said(&attempt, slot, "tab", 1, typed("5432"), noon() + minutes(after));
    let misfit = said(&attempt, slot, "tab", 1, Answer::One(0), noon());

    let outcome = save_in_session(&world.db, &bos, at(1)).await;
    assert!(matches!(outcome, Err(Error::NotFound)), "of another: {outcome:?}");
    let outcome = save_in_session(&world.db, &bos, misfit.clone()).await;
    assert!(matches!(outcome, Err(Error::NotFound)), "of another, and no answer: {outcome:?}");
    let outcome = save_in_session(&world.db, &adas, misfit).await;
    assert!(matches!(outcome, Err(Error::Refused(_))), "no answer: {outcome:?}");
    let outcome = save_in_session(&world.db, &Id(3), at(1)).await;
    assert!(matches!(outcome, Err(Error::SignInFirst)), "of nobody: {outcome:?}");
    let outcome = save_in_session(&world.db, &adas, at(60)).await;
    assert!(matches!(outcome, Err(Error::SignInFirst)), "over: {outcome:?}");
    run_sql(&world.db, "UPDATE people SET epoch = epoch + 1 WHERE id = $1", &world.ada.person).await;
    let outcome = save_in_session(&world.db, &adas, at(1)).await;
    assert!(matches!(outcome, Err(Error::SignInFirst)), "ended everywhere: {outcome:?}");
    assert_eq!(n_answers(&world).await, 0);
}
