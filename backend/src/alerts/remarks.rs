//! "I used it": whether a page of a runbook was right, wrong, or missed
//! something. A wrong one becomes a corrective action on request.

use chrono::{DateTime, Utc};
use domain::action::{Fixes, How, Number, Origin, OriginKind, Severity};
use sqlx::{FromRow, query, query_as};

use super::{Described, Night, night};
use crate::actions::making::{self, Draft, Made, Prepared};
use crate::circles;
use crate::db::{Db, commit, new_id, on, stored};
use crate::error::{Error, Result};
use crate::people::Who;
use crate::token;

/// How it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Right,
    Wrong,
    Missing,
}

impl Verdict {
    pub const ALL: [Verdict; 3] = [Verdict::Right, Verdict::Wrong, Verdict::Missing];

    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Right => "right",
            Verdict::Wrong => "wrong",
            Verdict::Missing => "missing",
        }
    }

    pub fn parse(text: &str) -> Option<Verdict> {
        Verdict::ALL.into_iter().find(|one| one.as_str() == text)
    }

    pub fn title(self) -> &'static str {
        match self {
            Verdict::Right => "It was right",
            Verdict::Wrong => "Something was wrong",
            Verdict::Missing => "Something was missing",
        }
    }
}

/// What somebody said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    pub id: String,
    /// The name of the alert whose page was used.
    pub alert: String,
    pub verdict: Verdict,
    pub note: String,
    /// Of the runbook that was used.
    pub version: i64,
    /// The corrective action that was made of it.
    pub action: Option<Number>,
    pub made_by: String,
    pub made_at: DateTime<Utc>,
}

/// The most remarks that are shown.
const N_SHOWN: i64 = 20;

/// Remarks on the runbook of the service `$2` of the circle `$1`, the newest
/// first, at most `$3`.
macro_rules! remarks {
    ($which:literal) => {
        concat!(
            "SELECT r.id, r.alert, r.verdict, r.note, r.version, r.action, p.name AS made_by, r.made_at
             FROM runbook_remarks r
             JOIN people p ON p.id = r.made_by
             WHERE r.circle = $1 AND r.service = $2 AND ",
            $which,
            " ORDER BY r.made_at DESC, r.id DESC LIMIT $3"
        )
    };
}

const OF_ALERT: &str = remarks!("r.alert = $4");

#[derive(FromRow)]
struct Row {
    id: String,
    alert: String,
    verdict: String,
    note: String,
    version: i64,
    action: Option<i64>,
    made_by: String,
    made_at: DateTime<Utc>,
}

/// What was said of an alert's page, the newest first; for whoever was asked
/// already.
pub(super) async fn of_alert(db: &Db, circle: &str, service: &str, name: &str) -> Result<Vec<Remark>> {
    let rows: Vec<Row> = on!(db.read(), |pool| query_as(OF_ALERT)
        .bind(circle)
        .bind(service)
        .bind(N_SHOWN)
        .bind(name)
        .fetch_all(pool)
        .await?);
    rows.into_iter().map(Remark::try_from).collect()
}

impl TryFrom<Row> for Remark {
    type Error = Error;

    fn try_from(row: Row) -> Result<Remark> {
        Ok(Remark {
            verdict: Verdict::parse(&row.verdict).ok_or_else(|| Error::Corrupt(row.verdict.clone()))?,
            id: row.id,
            alert: row.alert,
            note: row.note,
            version: row.version,
            action: row.action.map(Number),
            made_by: row.made_by,
            made_at: row.made_at,
        })
    }
}

const WAITING: &str = remarks!(
    "r.verdict <> 'right' AND r.action IS NULL
     AND r.version >= (SELECT max(g.version) FROM runbook_pages g
                       WHERE g.circle = r.circle AND g.service = r.service AND g.page = r.page)"
);

/// What was found wrong or missing in the runbook of a service and nobody has
/// answered: its page is as it was, and no action was made of it. The newest
/// first, for the members of the circle.
pub async fn waiting(db: &Db, who: &Who, circle: &str, service: &str) -> Result<Vec<Remark>> {
    circles::member(db, who, circle).await?;
    let rows: Vec<Row> = on!(db.read(), |pool| query_as(WAITING)
        .bind(circle)
        .bind(service)
        .bind(N_SHOWN)
        .fetch_all(pool)
        .await?);
    rows.into_iter().map(Remark::try_from).collect()
}

const ADD: &str = "
    INSERT INTO runbook_remarks (id, circle, service, page, alert, version, verdict, note, action, made_by, made_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    ON CONFLICT (id) DO NOTHING";

/// What somebody says after using a page.
#[derive(Debug, Clone, Copy)]
pub struct Said<'a> {
    pub verdict: Verdict,
    pub note: &'a str,
    /// Whether a corrective action is to be made of it.
    pub is_to_do: bool,
    /// Made by the page, so that sending it twice says it once.
    pub key: &'a str,
}

/// Keeps what somebody says after using a page: any member may. With `is_to_do`
/// an engineer or a leader makes a corrective action of it in the same
/// transaction; its number is returned.
pub async fn say(
    db: &Db,
    who: &Who,
    place: &Described,
    said: Said<'_>,
    now: DateTime<Utc>,
) -> Result<Option<Number>> {
    let night = night(db, who, place).await?;
    let note = said.note.trim();
    if note.chars().count() > 2000 {
        return Err(Error::refused("note", "Keep it under 2000 characters."));
    }
    if note.is_empty() && said.is_to_do && said.verdict != Verdict::Right {
        return Err(Error::refused("note", "Say in a few words what is to be put right."));
    }
    let mut action = None;
    if said.is_to_do && said.verdict != Verdict::Right && night.may_write {
        let (origin, draft) = action_of(&night, said);
        action = Some(match making::prepare(db, who, &night.member.circle, origin, &draft, now).await? {
            Prepared::Ready(ready) => ready,
            Prepared::Before(number) => return Ok(Some(number)),
        });
    }
    let id = match said.key {
        "" => new_id(),
        // Of one page, other words are another remark.
        key => {
            let said_before = token::hash(&format!("{key} {} {note}", said.verdict.as_str()));
            format!("{}-{said_before}", who.person)
        }
    };
    let mut tx = db.begin().await?;
    let action = match action {
        None => None,
        Some(ready) => match ready.add(&mut tx, who, now).await? {
            Made::Now(number) => Some(number),
            Made::Before(number) => return Ok(Some(number)),
        },
    };
    on!(&mut tx, |tx| query(ADD)
        .bind(id)
        .bind(&night.member.circle)
        .bind(&night.service)
        .bind(&night.page.page)
        .bind(&night.name)
        .bind(night.version)
        .bind(said.verdict.as_str())
        .bind(note)
        .bind(action.map(|number| number.0))
        .bind(&who.person)
        .bind(stored(now))
        .execute(&mut **tx)
        .await
        .map(drop))?;
    commit(tx).await?;
    Ok(action)
}

/// The action that puts a page right.
fn action_of(night: &Night, said: Said<'_>) -> (Origin, Draft) {
    let what = if said.verdict == Verdict::Wrong { "Put right" } else { "Complete" };
    let name: String = night.name.chars().take(100).collect();
    let draft = Draft {
        title: format!("{what} the runbook of {name}"),
        description: format!("Said after using version {}:\n\n{}", night.version, said.note.trim()),
        done_when: "The page says what was found, and somebody else has followed it.".to_owned(),
        fixes: Some(Fixes::Document),
        how: Some(How::Corrective),
        severity: Severity::new(3),
        key: said.key.to_owned(),
        ..Draft::default()
    };
    let reference = format!("runbook:{}#{}", night.service, night.name);
    (Origin { kind: OriginKind::RunbookRemark, reference }, draft)
}
