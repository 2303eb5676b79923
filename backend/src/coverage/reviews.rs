//! The day on which a question was last reviewed, as it is stored beside the
//! text that says so.

use chrono::NaiveDate;
use domain::question::Question;
use sqlx::{query, query_as};

use crate::db::{Db, commit, on};
use crate::error::{Error, Result};

/// How the day stands in the database, so that it sorts as days do.
pub(crate) fn written(reviewed: Option<NaiveDate>) -> String {
    reviewed.map(|day| day.format(DAY).to_string()).unwrap_or_default()
}

/// The day back from the database.
pub(crate) fn read(reviewed: &str) -> Result<Option<NaiveDate>> {
    if reviewed.is_empty() {
        return Ok(None);
    }
    NaiveDate::parse_from_str(reviewed, DAY)
        .map(Some)
        .map_err(|_| Error::Corrupt(format!("day of a review {reviewed:?}")))
}

const DAY: &str = "%Y-%m-%d";

const UNREAD: &str = "SELECT circle, id, text FROM questions WHERE reviewed IS NULL";

const NOTE: &str = "UPDATE questions SET reviewed = $3 WHERE circle = $1 AND id = $2 AND reviewed IS NULL";

/// Reads the day from the text where an older program left it out; it finds
/// nothing to do at every start but the first of a newer one.
pub(crate) async fn note_missing(db: &Db) -> Result<()> {
    let unread: Vec<(String, String, String)> =
        on!(db.read(), |pool| query_as(UNREAD).fetch_all(pool).await?);
    if unread.is_empty() {
        return Ok(());
    }
    let mut tx = db.begin().await?;
    for (circle, id, text) in &unread {
        let reviewed = question(id, text).and_then(|question| question.reviewed);
        on!(&mut tx, |tx| query(NOTE)
            .bind(circle)
            .bind(id)
            .bind(written(reviewed))
            .execute(&mut **tx)
            .await
            .map(drop))?;
    }
    commit(tx).await
}

/// A text that no longer reads was never reviewed as far as anybody can tell.
fn question(id: &str, text: &str) -> Option<Question> {
    domain::bank::parse(&id.parse().ok()?, text).ok()
}

#[cfg(test)]
mod tests {
    use domain::people::Role;
    use sqlx::query_scalar;

    use super::*;
    use crate::coverage::stories::bank;
    use crate::questions;
    use crate::testing::{circle_with, fresh_address, noon, run_sql};

    async fn stored(db: &Db) -> Vec<Option<String>> {
        let all = "SELECT reviewed FROM questions ORDER BY id";
        on!(db.read(), |pool| query_scalar(all).fetch_all(pool).await).unwrap()
    }

    #[test]
    fn a_day_is_read_back_as_it_was_written() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 2);

        assert_eq!(written(day), "2026-03-02");
        assert_eq!(read("2026-03-02").unwrap(), day);
        assert_eq!((written(None).as_str(), read("").unwrap()), ("", None));
        assert!(read("yesterday").is_err());
    }

    #[tokio::test]
    async fn what_an_older_program_took_in_gets_its_day_at_the_next_start_and_only_once() {
        let address = fresh_address().await;
        let db = Db::open(&address).await.unwrap();
        let [lena] = circle_with(&db, "checkout", [("lena", Role::Leader)]).await;
        let files = [
            ("process/a", "+++\nreviewed = \"2026-01-31\"\n+++\n"),
            ("process/b", "+++\nlevel = 2\n+++\n"),
            ("process/c", ""),
        ];
        questions::take_bank(&db, &lena, "checkout", &bank(&files), noon()).await.unwrap();
        let as_imported = stored(&db).await;
        run_sql(&db, "UPDATE questions SET reviewed = NULL WHERE circle = $1", "checkout").await;
        run_sql(
            &db,
            "UPDATE questions SET text = 'nothing that reads' WHERE circle = $1 AND id LIKE '%/c'",
            "checkout",
        )
        .await;
        assert_eq!(stored(&db).await, [None, None, None]);
        db.close().await;

        let db = Db::open(&address).await.unwrap();

        assert_eq!(stored(&db).await, as_imported);
        assert_eq!(as_imported, ["2026-01-31", "", ""].map(|day| Some(day.to_owned())));
        run_sql(
            &db,
            "UPDATE questions SET reviewed = '2026-02-01' WHERE circle = $1 AND id LIKE '%/b'",
            "checkout",
        )
        .await;
        note_missing(&db).await.unwrap();
        assert_eq!(stored(&db).await[1].as_deref(), Some("2026-02-01"));
    }
}
