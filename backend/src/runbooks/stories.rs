use domain::bank::{Content, SourceFile};
use domain::people::Role::{Engineer, Leader, Reader};
use domain::runbook::import::Read;
use domain::runbook::{Filling, Section};

use super::writing::{self, Place};
use super::{MAIN, find, history, importing, of_circle};
use crate::db::Db;
use crate::error::Error;
use crate::people::Who;
use crate::services::{self, Sheet};
use crate::testing::{circle_with, fresh_db, noon};

async fn orders(db: &Db) -> [Who; 3] {
    let people = circle_with(db, "orders", [("leo", Leader), ("eve", Engineer), ("ray", Reader)]).await;
    let sheet =
        Sheet { slug: "orders-db".to_owned(), name: "Orders database".to_owned(), ..Sheet::default() };
    services::add(db, &people[0], "orders", &sheet, noon()).await.unwrap();
    people
}

const PLACE: Place<'_> = Place { circle: "orders", service: "orders-db", page: MAIN };

fn files(given: &[(&str, &str)]) -> Vec<Read> {
    let file = |(path, text): &(&str, &str)| SourceFile {
        path: (*path).to_owned(),
        content: Content::Bytes(text.as_bytes().to_vec()),
    };
    importing::read_files(&given.iter().map(file).collect::<Vec<_>>()).files
}

#[tokio::test]
async fn a_page_is_written_in_versions_and_every_one_stays_readable() {
    let db = fresh_db().await;
    let [_, eve, ray] = orders(&db).await;

    let one =
        writing::save(&db, &eve, &PLACE, "# Orders\n\n## Summary\nOld.\n", 0, "", noon()).await.unwrap();
    let two = writing::save(&db, &eve, &PLACE, "# Orders\n\n## Summary\nNew.\n", 1, "New words", noon())
        .await
        .unwrap();
    let same =
        writing::save(&db, &eve, &PLACE, "# Orders\n\n## Summary\nNew.\n", 2, "", noon()).await.unwrap();

    assert_eq!((one, two, same), (1, 2, 2));
    let (runbook, changed) = history::compared(&db, &ray, "orders", "orders-db", 2, 1).await.unwrap();
    assert!(changed[0].before.as_ref().unwrap().content.contains("Old."));
    assert!(changed[0].after.as_ref().unwrap().content.contains("New."));
    let versions = history::versions(&db, &runbook, 1).await.unwrap();
    let told: Vec<_> = versions.iter().map(|version| (version.version, version.note.as_str())).collect();
    assert_eq!(told, [(2, "New words"), (1, "")]);
}

#[tokio::test]
async fn a_draft_is_its_writers_alone_and_goes_with_the_version() {
    let db = fresh_db().await;
    let [leo, eve, _] = orders(&db).await;

    writing::save_draft(&db, &eve, &PLACE, "half a", 0, noon()).await.unwrap();
    writing::save_draft(&db, &eve, &PLACE, "half a page", 0, noon()).await.unwrap();

    let draft = |who: Who| {
        let db = db.clone();
        async move { writing::draft(&db, &who, "orders", "orders-db", MAIN).await.unwrap() }
    };
    assert_eq!(draft(eve.clone()).await.unwrap().content, "half a page");
    assert_eq!(draft(leo).await, None);
    writing::save(&db, &eve, &PLACE, "# A page", 0, "", noon()).await.unwrap();
    assert_eq!(draft(eve).await, None);
}

#[tokio::test]
async fn nobody_writes_over_what_somebody_else_has_just_written() {
    let db = fresh_db().await;
    let [leo, eve, _] = orders(&db).await;
    writing::save(&db, &leo, &PLACE, "# One", 0, "", noon()).await.unwrap();

    let refused = writing::save(&db, &eve, &PLACE, "# Other", 0, "", noon()).await;

    assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    let stands = find(&db, &eve, "orders", "orders-db").await.unwrap();
    assert_eq!((stands.version, stands.main().unwrap().content.as_str()), (1, "# One"));
    let draft = writing::draft(&db, &eve, "orders", "orders-db", MAIN).await.unwrap().unwrap();
    assert_eq!(draft.content, "# Other");
}

#[tokio::test]
async fn readers_read_and_to_other_circles_there_is_nothing() {
    let db = fresh_db().await;
    let [_, _, ray] = orders(&db).await;
    let [bob] = circle_with(&db, "billing", [("bob", Leader)]).await;

    assert_eq!(find(&db, &ray, "orders", "orders-db").await.unwrap().version, 0);
    assert!(matches!(writing::save(&db, &ray, &PLACE, "# A", 0, "", noon()).await, Err(Error::NotFound)));
    assert!(matches!(find(&db, &bob, "orders", "orders-db").await, Err(Error::NotFound)));
    assert!(matches!(writing::save(&db, &bob, &PLACE, "# A", 0, "", noon()).await, Err(Error::NotFound)));
}

#[tokio::test]
async fn an_import_takes_every_file_once_and_the_same_again_changes_nothing() {
    let db = fresh_db().await;
    let [_, eve, _] = orders(&db).await;
    let given = [
        ("README.md", "# Orders\n## Summary\nx\n## Monitoring\n"),
        ("a/PoolFull.md", "# PoolFull\n## Impact\nSlow.\n"),
        ("b/PoolFull.md", "# PoolFull\n## Impact\nOther.\n"),
        ("a/Pool Gone", "# Pool gone\n## Impact\nx\n"),
    ];

    let first = importing::take(&db, &eve, "orders", "orders-db", &files(&given), noon()).await.unwrap();
    let again = importing::take(&db, &eve, "orders", "orders-db", &files(&given), noon()).await.unwrap();
    let mut newer = given;
    newer[2].1 = "# PoolFull\n## Impact\nNewer.\n";
    let third = importing::take_by_command(&db, None, "orders-db", &files(&newer), noon()).await.unwrap();

    assert_eq!((first.n_added, first.n_changed, first.version), (4, 0, 1));
    assert_eq!((again.n_unchanged, again.version), (4, 1));
    assert_eq!((third.n_changed, third.n_unchanged, third.version), (1, 3, 2));
    let runbook = find(&db, &eve, "orders", "orders-db").await.unwrap();
    let pages: Vec<&str> = runbook.pages.iter().map(|page| page.page.as_str()).collect();
    assert_eq!(pages, ["runbook", "Pool-gone", "PoolFull", "PoolFull-2"]);
    assert_eq!(runbook.page("PoolFull-2").unwrap().content, newer[2].1);
}

#[tokio::test]
async fn the_list_says_what_each_runbook_lacks() {
    let db = fresh_db().await;
    let [_, eve, _] = orders(&db).await;
    let text = "# Orders\n## Summary\nx\n## Escalation path\nTODO\n## Alerts\n### PoolFull\nMitigation: raise it\n### PoolGone\nImpact: bad\nMitigation: TODO\n";
    writing::save(&db, &eve, &PLACE, text, 0, "", noon()).await.unwrap();

    let standing = of_circle(&db, &eve, "orders").await.unwrap().remove(0);

    assert_eq!((standing.n_alerts, standing.n_without_mitigation), (2, 1));
    assert!(standing.fillings.contains(&(Section::EscalationPath, Filling::Todo)));
    assert_eq!(standing.lacking().len(), 6);
}

#[tokio::test]
async fn a_page_that_is_taken_out_stays_in_the_versions_before() {
    let db = fresh_db().await;
    let [_, eve, _] = orders(&db).await;
    writing::save(&db, &eve, &PLACE, "# Orders\n## Alerts\n### PoolFull\nRaise it.\n", 0, "", noon())
        .await
        .unwrap();

    writing::remove(&db, &eve, &PLACE, noon()).await.unwrap();

    assert!(find(&db, &eve, "orders", "orders-db").await.unwrap().pages.is_empty());
    assert_eq!(super::at(&db, &eve, "orders", "orders-db", Some(1)).await.unwrap().pages.len(), 1);
    assert!(crate::alerts::places(&db, &eve, "PoolFull", None, None).await.unwrap().is_empty());
}
