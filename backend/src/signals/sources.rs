//! Where deliveries come from: each source has an address of its own and a token
//! that is shown once.

use chrono::{DateTime, Utc};
use domain::signal::Sender;
use domain::words::one_line;
use rand::RngCore;
use sqlx::{FromRow, query, query_as};

use crate::db::{Db, Tx, commit, new_id, on, stored};
use crate::error::{Error, Problem, Result};
use crate::people::Who;
use crate::{audit, circles, token};

/// A sender whose deliveries the circle takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    pub id: String,
    pub name: String,
    pub sender: Sender,
    /// What stands in its address.
    pub key: String,
    /// Its deliveries have to be signed.
    pub is_signed: bool,
    pub made_at: DateTime<Utc>,
    pub rotated_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
    pub n_deliveries: i64,
    pub newest_at: Option<DateTime<Utc>>,
}

const LIST: &str = "
    SELECT s.id, s.name, s.kind, s.address_key, s.signs_with <> '' AS is_signed, s.made_at, s.rotated_at,
           s.revoked_at,
           (SELECT count(*) FROM signals d WHERE d.source = s.id) AS n_deliveries,
           (SELECT d.received_at FROM signals d WHERE d.source = s.id ORDER BY d.id DESC LIMIT 1) AS newest_at
    FROM signal_sources s
    WHERE s.circle = $1
    ORDER BY CASE WHEN s.revoked_at IS NULL THEN 0 ELSE 1 END, s.made_at, s.id";

#[derive(FromRow)]
struct Row {
    id: String,
    name: String,
    kind: String,
    address_key: String,
    is_signed: bool,
    made_at: DateTime<Utc>,
    rotated_at: Option<DateTime<Utc>>,
    revoked_at: Option<DateTime<Utc>>,
    n_deliveries: i64,
    newest_at: Option<DateTime<Utc>>,
}

/// The sources of a circle, those in use first, for its leaders.
pub async fn of_circle(db: &Db, who: &Who, circle: &str) -> Result<Vec<Source>> {
    circles::leader(db, who, circle).await?;
    let rows: Vec<Row> = on!(db.read(), |pool| query_as(LIST).bind(circle).fetch_all(pool).await?);
    let read = |row: Row| {
        Ok(Source {
            sender: sender(&row.kind)?,
            id: row.id,
            name: row.name,
            key: row.address_key,
            is_signed: row.is_signed,
            made_at: row.made_at,
            rotated_at: row.rotated_at,
            revoked_at: row.revoked_at,
            n_deliveries: row.n_deliveries,
            newest_at: row.newest_at,
        })
    };
    rows.into_iter().map(read).collect()
}

pub(super) fn sender(kind: &str) -> Result<Sender> {
    Sender::parse(kind).ok_or_else(|| Error::Corrupt(format!("kind of source {kind}")))
}

/// What a new source, or one with a new token, is handed out with; the token is
/// not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedOut {
    pub name: String,
    pub sender: Sender,
    pub key: String,
    pub token: String,
}

/// The most sources that a circle uses at once.
const MOST: usize = 50;

const ADD: &str = "
    INSERT INTO signal_sources (id, circle, name, kind, address_key, token_hash, signs_with, made_by, made_at)
    VALUES ($1, $2, $3, $4, $5, $6, '', $7, $8)";

/// Makes a source, by a leader.
pub async fn make(
    db: &Db,
    who: &Who,
    circle: &str,
    name: &str,
    sender: Option<Sender>,
    rng: &mut (impl RngCore + Send),
    now: DateTime<Utc>,
) -> Result<HandedOut> {
    let had = of_circle(db, who, circle).await?;
    let name = one_line(name);
    let mut problems = Vec::new();
    if !(1..=80).contains(&name.chars().count()) {
        problems.push(Problem::new(
            "name",
            "Enter a name of 1 to 80 characters, for example Alertmanager of the shop.",
        ));
    }
    if sender.is_none() {
        problems.push(Problem::new("sender", "Choose which system delivers."));
    }
    if had.iter().filter(|source| source.revoked_at.is_none()).count() >= MOST {
        problems.push(Problem::new("", "There are fifty sources in use. Revoke one that is not needed."));
    }
    let (Some(sender), true) = (sender, problems.is_empty()) else {
        return Err(Error::Refused(problems));
    };
    // The address is no secret, and short enough to be read.
    let mut key = token::new_token(rng);
    key.truncate(16);
    let token = token::new_token(rng);
    let mut tx = db.begin().await?;
    on!(&mut tx, |tx| query(ADD)
        .bind(new_id())
        .bind(circle)
        .bind(&name)
        .bind(sender.as_str())
        .bind(&key)
        .bind(token::hash(&token))
        .bind(&who.person)
        .bind(stored(now))
        .execute(&mut **tx)
        .await
        .map(drop))?;
    audit::record(&mut tx, Some(circle), Some(&who.person), "made a source of alerts", &name, now).await?;
    commit(tx).await?;
    Ok(HandedOut { name, sender, key, token })
}

const ROTATE: &str = "
    UPDATE signal_sources SET token_hash = $3, rotated_at = $4
    WHERE circle = $1 AND id = $2 AND revoked_at IS NULL";

/// Gives a source another token, by a leader; the old one ends at once.
pub async fn rotate(
    db: &Db,
    who: &Who,
    circle: &str,
    id: &str,
    rng: &mut (impl RngCore + Send),
    now: DateTime<Utc>,
) -> Result<HandedOut> {
    let source = in_use(db, who, circle, id).await?;
    let token = token::new_token(rng);
    let mut tx = db.begin().await?;
    let n_changed = on!(&mut tx, |tx| query(ROTATE)
        .bind(circle)
        .bind(id)
        .bind(token::hash(&token))
        .bind(stored(now))
        .execute(&mut **tx)
        .await?
        .rows_affected());
    done(tx, who, circle, &source, n_changed, "gave a source another token", now).await?;
    Ok(HandedOut { name: source.name, sender: source.sender, key: source.key, token })
}

const SIGN: &str = "
    UPDATE signal_sources SET signs_with = $3
    WHERE circle = $1 AND id = $2 AND revoked_at IS NULL";

/// Says what the deliveries of a source are signed with, by a leader; nothing:
/// they are not signed, and need the token.
pub async fn sign(
    db: &Db,
    who: &Who,
    circle: &str,
    id: &str,
    secret: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let source = in_use(db, who, circle, id).await?;
    let secret = secret.trim();
    if secret.chars().count() > 500 {
        return Err(Error::refused("secret", "Keep the secret under 500 characters."));
    }
    if source.sender == Sender::Alertmanager && !secret.is_empty() {
        return Err(Error::refused("secret", "Alertmanager cannot sign what it sends; it sends the token."));
    }
    let mut tx = db.begin().await?;
    let n_changed = on!(&mut tx, |tx| query(SIGN)
        .bind(circle)
        .bind(id)
        .bind(secret)
        .execute(&mut **tx)
        .await?
        .rows_affected());
    let what = if secret.is_empty() { "no longer asks a source to sign" } else { "asks a source to sign" };
    done(tx, who, circle, &source, n_changed, what, now).await
}

const REVOKE: &str = "
    UPDATE signal_sources SET revoked_at = $3, signs_with = ''
    WHERE circle = $1 AND id = $2 AND revoked_at IS NULL";

/// Ends a source, by a leader; what it delivered stays.
pub async fn revoke(db: &Db, who: &Who, circle: &str, id: &str, now: DateTime<Utc>) -> Result<()> {
    let source = in_use(db, who, circle, id).await?;
    let mut tx = db.begin().await?;
    let n_changed = on!(&mut tx, |tx| query(REVOKE)
        .bind(circle)
        .bind(id)
        .bind(stored(now))
        .execute(&mut **tx)
        .await?
        .rows_affected());
    done(tx, who, circle, &source, n_changed, "revoked a source of alerts", now).await
}

async fn in_use(db: &Db, who: &Who, circle: &str, id: &str) -> Result<Source> {
    let all = of_circle(db, who, circle).await?;
    all.into_iter().find(|one| one.id == id && one.revoked_at.is_none()).ok_or(Error::NotFound)
}

async fn done(
    mut tx: Tx,
    who: &Who,
    circle: &str,
    source: &Source,
    n_changed: u64,
    what: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    if n_changed == 0 {
        return Err(Error::NotFound);
    }
    audit::record(&mut tx, Some(circle), Some(&who.person), what, &source.name, now).await?;
    commit(tx).await
}
