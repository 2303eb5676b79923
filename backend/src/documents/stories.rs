//! What a service has written down, what it lacks, and who said so.

use chrono::TimeDelta;
use domain::people::Role::{Engineer, Leader, Reader};

use super::writing::{Draft, confirm, write};
use super::*;
use crate::testing::{circle_with, fresh_db, noon};

async fn team(db: &Db) -> [Who; 3] {
    let people = circle_with(db, "orders", [("leo", Leader), ("eve", Engineer), ("rea", Reader)]).await;
    for (slug, name) in [("orders-db", "Orders"), ("cache", "Cache")] {
        let sheet =
            services::Sheet { slug: slug.to_owned(), name: name.to_owned(), ..services::Sheet::default() };
        services::add(db, &people[0], "orders", &sheet, noon()).await.unwrap();
    }
    people
}

fn page(text: &str) -> Draft {
    Draft { form: "page".to_owned(), page: text.to_owned(), ..Draft::default() }
}

fn fields(refused: Result<()>) -> Vec<String> {
    match refused {
        Err(Error::Refused(problems)) => problems.into_iter().map(|problem| problem.field).collect(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn each_version_stays_and_the_newest_stands() {
    let db = fresh_db().await;
    let [leo, eve, rea] = team(&db).await;
    let hosts = async |who: &Who, version, text: &str| {
        write(&db, who, "orders", "orders-db", Kind::Hosts, version, &page(text), noon()).await
    };

    hosts(&eve, 0, "db1").await.unwrap();
    hosts(&leo, 1, "db1, db2").await.unwrap();

    let (service, kept, versions) =
        find(&db, &rea, "orders", "orders-db", Kind::Hosts, noon()).await.unwrap();
    let document = kept.document.unwrap();
    assert_eq!((service.name.as_str(), document.body.as_str(), document.version), ("Orders", "db1, db2", 2));
    let seen: Vec<_> =
        versions.iter().map(|it| (it.version, it.body.as_str(), it.made_by.as_str())).collect();
    assert_eq!(seen, [(2, "db1, db2", "Leo"), (1, "db1", "Eve")]);
    assert_eq!(fields(hosts(&eve, 1, "mine").await), [""], "somebody was first");
    assert!(matches!(hosts(&rea, 2, "mine").await, Err(Error::NotFound)));
    let [lia] = circle_with(&db, "stock", [("lia", Leader)]).await;
    assert!(matches!(hosts(&lia, 2, "mine").await, Err(Error::NotFound)));
    let asked = crate::search::Asked { text: "db2".to_owned(), kind: None, page: 1 };
    let found = crate::search::find(&db, &rea, "orders", &asked);
    assert_eq!(found.await.unwrap().hits[0].title, "Hosts, Orders");
}

#[tokio::test]
async fn what_is_missing_or_old_is_told_and_looking_again_helps() {
    let db = fresh_db().await;
    let [leo, eve, _] = team(&db).await;
    let backups = Draft { tried_on: "2026-01-01".to_owned(), ..page("Every night") };
    write(&db, &leo, "orders", "cache", Kind::Backups, 0, &backups, noon()).await.unwrap();
    let unneeded = Draft { form: "unneeded".to_owned(), reason: "One node.".to_owned(), ..Draft::default() };
    write(&db, &leo, "orders", "cache", Kind::HaTests, 0, &unneeded, noon()).await.unwrap();
    let of = async |kind: Kind, now| {
        let kept = of_service(&db, &eve, "orders", "cache", now).await.unwrap();
        kept.into_iter().find(|kept| kept.kind == kind).unwrap().lacks
    };

    assert_eq!(of(Kind::Hosts, noon()).await, [Lack::Missing]);
    assert_eq!(of(Kind::HaTests, noon() + TimeDelta::days(999)).await, []);
    assert_eq!(of(Kind::Backups, noon()).await, []);
    let later = noon() + TimeDelta::days(200);
    assert_eq!(of(Kind::Backups, later).await.len(), 2);
    let sets = of_circle(&db, &eve, "orders", later).await.unwrap();
    let lacking: Vec<_> = sets.iter().map(|set| (set.service.slug.as_str(), set.n_lacking())).collect();
    assert_eq!(lacking, [("orders-db", 8), ("cache", 7)]);

    let look = async |day: &str| confirm(&db, &eve, "orders", "cache", Kind::Backups, 1, day, later).await;
    assert_eq!(fields(look("2030-01-01").await), ["tried_on"]);
    look("").await.unwrap();
    assert_eq!(of(Kind::Backups, later).await.len(), 1, "it was looked at, and not tried");
    look("2026-09-17").await.unwrap();
    look("").await.unwrap();
    assert_eq!(of(Kind::Backups, later).await, []);
    let (_, kept, _) = find(&db, &leo, "orders", "cache", Kind::Backups, later).await.unwrap();
    let document = kept.document.unwrap();
    assert_eq!((document.checked_by.as_str(), document.version), ("Eve", 1));
}

#[tokio::test]
async fn what_cannot_be_taken_stands_at_its_field() {
    let db = fresh_db().await;
    let [leo, ..] = team(&db).await;
    let refused = async |draft: &Draft| {
        fields(write(&db, &leo, "orders", "cache", Kind::Backups, 0, draft, noon()).await)
    };

    assert_eq!(refused(&Draft::default()).await, ["form"]);
    assert_eq!(refused(&page(" ")).await, ["page"]);
    for link in ["", "javascript:alert(1)", "https://", "https://a b"] {
        let draft = Draft { form: "link".to_owned(), link: link.to_owned(), ..Draft::default() };
        assert_eq!(refused(&draft).await, ["link"], "{link}");
    }
    let draft = Draft { form: "unneeded".to_owned(), tried_on: "yesterday".to_owned(), ..Draft::default() };
    assert_eq!(refused(&draft).await, ["reason", "tried_on"]);
}
