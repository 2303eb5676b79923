use chrono::TimeDelta;
use domain::people::Role::{Engineer, Leader, Reader};

use super::*;
use crate::people::{self, Profile};
use crate::services::{Sheet, StepDraft};
use crate::testing::{circle_with, fresh_db, noon};

fn in_days(n: i64) -> DateTime<Utc> {
    noon() + TimeDelta::days(n)
}

fn week(people: &[&Who], times: &str) -> Draft {
    Draft {
        service: "checkout".to_owned(),
        people: people.iter().map(|who| who.person.clone()).collect(),
        from: Some(in_days(1)),
        to: Some(in_days(8)),
        times: times.to_owned(),
    }
}

async fn add_service(db: &Db, leo: &Who) {
    let sheet = Sheet { slug: "checkout".to_owned(), name: "Checkout".to_owned(), ..Sheet::default() };
    services::add(db, leo, "orders", &sheet, noon()).await.unwrap();
}

async fn names(db: &Db, who: &Who, now: DateTime<Utc>) -> Vec<String> {
    let shifts = planned(db, who, "orders", "", now).await.unwrap();
    shifts.into_iter().map(|shift| shift.name).collect()
}

#[tokio::test]
async fn people_take_turns_and_everybody_in_the_circle_sees_it() {
    let db = fresh_db().await;
    let people = [("leo", Leader), ("ada", Engineer), ("bo", Engineer), ("rea", Reader)];
    let [leo, ada, bo, rea] = circle_with(&db, "orders", people).await;
    let [stranger] = circle_with(&db, "other", [("stranger", Leader)]).await;
    add_service(&db, &leo).await;
    assert_eq!(plan(&db, &leo, "orders", &week(&[&ada, &bo], "3"), noon()).await.unwrap(), 3);
    assert_eq!(names(&db, &rea, noon()).await, ["Ada", "Bo", "Ada"]);
    assert_eq!(names(&db, &rea, in_days(8)).await, ["Bo", "Ada"], "who hands over is not on call any more");

    let current = |now| current(&db, &rea, "orders", "checkout", now);
    assert_eq!(current(noon()).await.unwrap(), None);
    assert_eq!(current(in_days(1)).await.unwrap().unwrap().name, "Ada");
    assert_eq!(current(in_days(8)).await.unwrap().unwrap().name, "Bo");
    let (gone, more) = over(&db, &rea, "orders", "", 1, in_days(30)).await.unwrap();
    assert_eq!((gone.len(), more), (3, false));

    for (who, draft) in
        [(&ada, week(&[&ada], "1")), (&rea, week(&[&rea], "1")), (&stranger, week(&[&ada], "1"))]
    {
        assert!(
            matches!(plan(&db, who, "orders", &draft, noon()).await, Err(Error::NotFound)),
            "{}",
            who.name
        );
    }
    assert!(matches!(planned(&db, &stranger, "orders", "", noon()).await, Err(Error::NotFound)));
}

#[tokio::test]
async fn who_is_on_call_is_called_on_their_own_number_or_on_that_of_the_path() {
    let db = fresh_db().await;
    let [leo, ada] = circle_with(&db, "orders", [("leo", Leader), ("ada", Engineer)]).await;
    add_service(&db, &leo).await;
    plan(&db, &leo, "orders", &week(&[&ada], "1"), noon()).await.unwrap();
    let number = async || current(&db, &leo, "orders", "checkout", in_days(2)).await.unwrap().unwrap().phone;
    assert_eq!(number().await, "");

    let step = StepDraft {
        person: ada.person.clone(),
        phone: "+44 20 7946 0134".to_owned(),
        after_minutes: "0".to_owned(),
        ..StepDraft::default()
    };
    let revision = services::find(&db, &leo, "orders", "checkout").await.unwrap().revision;
    services::set_escalation(&db, &leo, "orders", "checkout", revision, &[step], noon()).await.unwrap();
    assert_eq!(number().await, "+44 20 7946 0134");

    let own = Profile { name: "Ada", time_zone: "", phone: "+44 20 7946 0999" };
    people::set_profile(&db, &ada, own).await.unwrap();
    assert_eq!(number().await, "+44 20 7946 0999");
}

#[tokio::test]
async fn a_shift_is_taken_off_put_back_and_ended() {
    let db = fresh_db().await;
    let [leo, ada, bo] =
        circle_with(&db, "orders", [("leo", Leader), ("ada", Engineer), ("bo", Engineer)]).await;
    add_service(&db, &leo).await;
    plan(&db, &leo, "orders", &week(&[&ada, &bo], "2"), noon()).await.unwrap();
    let shifts = planned(&db, &leo, "orders", "checkout", noon()).await.unwrap();
    let [first, second] = [&shifts[0].id, &shifts[1].id];

    assert!(matches!(take_off(&db, &ada, "orders", first, noon()).await, Err(Error::NotFound)));
    assert!(take_off(&db, &leo, "orders", second, noon()).await.unwrap());
    assert_eq!(names(&db, &leo, noon()).await, ["Ada"]);
    put_back(&db, &leo, "orders", second, noon()).await.unwrap();
    put_back(&db, &leo, "orders", second, noon()).await.unwrap();
    assert_eq!(names(&db, &leo, noon()).await, ["Ada", "Bo"]);

    assert!(!take_off(&db, &leo, "orders", first, in_days(3)).await.unwrap(), "it has begun: it ends");
    assert_eq!(current(&db, &leo, "orders", "checkout", in_days(3)).await.unwrap(), None);
    let (gone, _) = over(&db, &leo, "orders", "", 1, in_days(3)).await.unwrap();
    assert_eq!(gone[0].span, Span { from: in_days(1), to: in_days(3) });
    assert!(!take_off(&db, &leo, "orders", first, in_days(4)).await.unwrap(), "what is over stays as it was");

    take_off(&db, &leo, "orders", second, in_days(3)).await.unwrap();
    let instead = Draft { from: Some(in_days(9)), to: Some(in_days(10)), ..week(&[&ada], "1") };
    plan(&db, &leo, "orders", &instead, in_days(3)).await.unwrap();
    let refused = put_back(&db, &leo, "orders", second, in_days(3)).await;
    assert!(matches!(refused, Err(Error::Refused(_))), "somebody else has that time");
}

#[tokio::test]
async fn what_cannot_be_planned_is_named_field_by_field_and_nothing_is() {
    let db = fresh_db().await;
    let [leo, ada, rea] =
        circle_with(&db, "orders", [("leo", Leader), ("ada", Engineer), ("rea", Reader)]).await;
    add_service(&db, &leo).await;
    let good = week(&[&ada], "1");
    let refusals = [
        (Draft::default(), vec!["service", "people", "from", "to", "times"]),
        (Draft { people: vec![rea.person.clone()], ..good.clone() }, vec!["people"]),
        (Draft { to: good.from, ..good.clone() }, vec!["to"]),
        (Draft { from: Some(in_days(-9)), to: Some(in_days(-2)), ..good.clone() }, vec!["to"]),
        (Draft { to: Some(in_days(33)), ..good.clone() }, vec!["to"]),
        (Draft { times: "53".to_owned(), ..good.clone() }, vec!["times"]),
    ];
    for (draft, fields) in refusals {
        let Err(Error::Refused(problems)) = plan(&db, &leo, "orders", &draft, noon()).await else {
            panic!("{draft:?}");
        };
        assert_eq!(problems.iter().map(|one| one.field.as_str()).collect::<Vec<_>>(), fields);
    }
    plan(&db, &leo, "orders", &good, noon()).await.unwrap();
    let over_it = Draft { from: Some(in_days(7)), to: Some(in_days(9)), ..week(&[&leo], "4") };
    let Err(Error::Refused(problems)) = plan(&db, &leo, "orders", &over_it, noon()).await else { panic!() };
    assert!(problems[0].what.contains("Ada"), "{problems:?}");
    assert_eq!(names(&db, &leo, noon()).await, ["Ada"]);
}

#[tokio::test]
async fn two_leaders_who_plan_the_same_time_at_once_leave_one_shift() {
    let db = fresh_db().await;
    let [leo, lea, ada] =
        circle_with(&db, "orders", [("leo", Leader), ("lea", Leader), ("ada", Engineer)]).await;
    add_service(&db, &leo).await;
    let draft = week(&[&ada], "1");
    let both =
        tokio::join!(plan(&db, &leo, "orders", &draft, noon()), plan(&db, &lea, "orders", &draft, noon()));
    assert_eq!(usize::from(both.0.is_ok()) + usize::from(both.1.is_ok()), 1, "{both:?}");
    assert_eq!(names(&db, &leo, noon()).await, ["Ada"]);
}
