//! The questions of a circle: taken from banks, kept version by version.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, LazyLock, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDate, Utc};
use domain::bank::{Bank, BankQuestion};
use domain::blueprint::{Blueprint, Candidate};
use domain::coverage::{Review, lately_from};
use domain::question::{Kind, Level, Question, QuestionId, State, Topic};
use domain::test::Test;
use sqlx::{FromRow, query, query_as, query_scalar};

use crate::attempts::results;
use crate::circles;
use crate::coverage::reviews;
use crate::db::{Db, Tx, commit, on, stored};
use crate::error::{Error, Result};
use crate::people::Who;
use crate::shelf;
use crate::sources::{self, Outcome};
use crate::{audit, search, services};

/// What taking a bank into a circle changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    pub n_added: u32,
    /// Questions with a new version, or with other tags, sources or state.
    pub n_changed: u32,
    pub n_unchanged: u32,
    /// Questions that a bank had and no longer has.
    pub n_outdated: u32,
    /// Written here since the bank brought the same file: they stay as they are.
    pub kept: Vec<String>,
    /// Written here, and the file is another one too: the file counts, and the
    /// history has what was written here.
    pub written_over: Vec<String>,
    /// Which are outdated now.
    pub outdated: Vec<String>,
}

impl Imported {
    fn add(&mut self, other: Imported) {
        self.n_added += other.n_added;
        self.n_changed += other.n_changed;
        self.n_unchanged += other.n_unchanged;
        self.n_outdated += other.n_outdated;
        self.kept.extend(other.kept);
        self.written_over.extend(other.written_over);
        self.outdated.extend(other.outdated);
    }
}

/// A question as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub id: QuestionId,
    pub level: u8,
    pub critical: bool,
    pub state: State,
    pub kind: String,
    pub title: String,
    pub reviewed: Option<NaiveDate>,
    pub changed_at: DateTime<Utc>,
}

/// Which questions a list shows.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub topic: Option<Topic>,
    pub level: Option<Level>,
    pub state: Option<State>,
    pub only_critical: bool,
    pub review: Option<Review>,
    /// Words that stand in the title or the id.
    pub text: String,
    /// From 0.
    pub page: u32,
}

/// How many questions a page lists.
pub const PAGE: u32 = 50;

/// Takes a bank into a circle: all or nothing, the same bank twice changes
/// nothing, old attempts keep their versions. Into the demo, where anybody may
/// enter as the leader and read every key, come only banks that everybody has.
pub async fn take_bank(
    db: &Db,
    who: &Who,
    circle: &str,
    bank: &Bank,
    now: DateTime<Utc>,
) -> Result<Imported> {
    let leader = circles::leader(db, who, circle).await?;
    if leader.is_demo && !shelf::is_sample(bank).map_err(|why| Error::Corrupt(why.to_string()))? {
        let what =
            "The demo takes only the sample banks: what is in it anybody can read, right answers and all.";
        return Err(Error::refused("", what));
    }
    take_as(db, who, circle, bank, now).await
}

/// The same, whatever the bank; who asks must be known before.
pub(crate) async fn take_as(
    db: &Db,
    who: &Who,
    circle: &str,
    bank: &Bank,
    now: DateTime<Utc>,
) -> Result<Imported> {
    let mut tx = db.begin().await?;
    let imported = take(&mut tx, circle, bank, stored(now)).await?;
    audit::record(&mut tx, Some(circle), Some(&who.person), "took a bank", &bank.service.slug, now).await?;
    commit(tx).await?;
    Ok(imported)
}

/// Takes banks into the circle of that name, for the operator at the command
/// line.
pub async fn take_banks(db: &Db, circle_name: &str, banks: &[Bank], now: DateTime<Utc>) -> Result<Imported> {
    let circle = circle_called(db, circle_name).await?;
    let mut tx = db.begin().await?;
    let mut sum = Imported::default();
    for bank in banks {
        sum.add(take(&mut tx, &circle, bank, stored(now)).await?);
        audit::record(&mut tx, Some(&circle), None, "took a bank", &bank.service.slug, now).await?;
    }
    commit(tx).await?;
    Ok(sum)
}

const CALLED: &str = "SELECT slug FROM circles WHERE name = $1 OR slug = $1";

pub(crate) async fn circle_called(db: &Db, name: &str) -> Result<String> {
    let found: Vec<(String,)> = on!(db.read(), |pool| query_as(CALLED).bind(name).fetch_all(pool).await?);
    match found.as_slice() {
        [(slug,)] => Ok(slug.clone()),
        [] => Err(Error::NotFound),
        _ => Err(Error::refused(
            "circle",
            format!(
                "{} circles are called {name}. Name one by its short name: {}.",
                found.len(),
                found.iter().map(|(slug,)| slug.as_str()).collect::<Vec<_>>().join(", ")
            ),
        )),
    }
}

const KNOWN: &str =
    "SELECT id, version, text, state, bank_text FROM questions WHERE circle = $1 AND service = $2";

const OUTDATE: &str = "
    UPDATE questions SET state = 'outdated', bank_text = NULL, changed_at = $3
    WHERE circle = $1 AND id = $2";

pub(crate) async fn take(tx: &mut Tx, circle: &str, bank: &Bank, now: DateTime<Utc>) -> Result<Imported> {
    services::take_sheet(tx, circle, &bank.service, now).await?;
    let known: Vec<Known> = on!(&mut *tx, |tx| query_as(KNOWN)
        .bind(circle)
        .bind(&bank.service.slug)
        .fetch_all(&mut **tx)
        .await?);
    let known: HashMap<String, Known> = known.into_iter().map(|known| (known.id.clone(), known)).collect();

    let mut imported = Imported::default();
    let mut in_bank = HashSet::new();
    for question in &bank.questions {
        let id = question.question.id.to_string();
        match known.get(&id) {
            Some(known) if known.is(question) && known.is_of_bank() => imported.n_unchanged += 1,
            Some(known) if known.bank_text.as_ref() == Some(&question.text) && !known.is_of_bank() => {
                imported.n_unchanged += 1;
                imported.kept.push(id.clone());
            }
            known => {
                write_question(tx, circle, question, Some(&question.text), now).await?;
                match known {
                    Some(known) => {
                        if known.state != "outdated" && !known.is(question) && !known.is_of_bank() {
                            imported.written_over.push(id.clone());
                        }
                        // Only what is asked of people answers what its source asks of it.
                        if known.version != question.version.0 {
                            sources::settle(tx, circle, &id, None, Outcome::Edited, now).await?;
                        }
                        imported.n_changed += 1;
                    }
                    None => imported.n_added += 1,
                }
            }
        }
        in_bank.insert(id);
    }
    let is_gone = |known: &&Known| {
        !in_bank.contains(&known.id) && known.state != "outdated" && known.bank_text.is_some()
    };
    for gone in known.values().filter(is_gone) {
        on!(&mut *tx, |tx| query(OUTDATE)
            .bind(circle)
            .bind(&gone.id)
            .bind(now)
            .execute(&mut **tx)
            .await
            .map(drop))?;
        sources::settle(tx, circle, &gone.id, None, Outcome::Retired, now).await?;
        imported.n_outdated += 1;
        imported.outdated.push(gone.id.clone());
    }
    imported.outdated.sort();
    Ok(imported)
}

const ADD_VERSION: &str = "
    INSERT INTO question_versions (circle, question, hash, text, created_at)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (circle, question, hash) DO NOTHING";

const ADD_IMAGE: &str = "
    INSERT INTO question_images (circle, question, version, n, name, media_type, base64)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (circle, question, version, n) DO NOTHING";

const WRITE: &str = "
    INSERT INTO questions (circle, id, service, topic, level, critical, state, kind, title, version, text, changed_at, reviewed, sources,
                           bank_text, is_amended)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
            $11 <> (SELECT v.text FROM question_versions v WHERE v.circle = $1 AND v.question = $2 AND v.hash = $10))
    ON CONFLICT (circle, id) DO UPDATE
    SET level = excluded.level, critical = excluded.critical, state = excluded.state, kind = excluded.kind,
        title = excluded.title, version = excluded.version, text = excluded.text, changed_at = excluded.changed_at,
        reviewed = excluded.reviewed, sources = excluded.sources, is_amended = excluded.is_amended,
        bank_text = coalesce(excluded.bank_text, questions.bank_text)";

/// Writes a question as it is to stand; `bank_text` is its file where a bank
/// brings it.
pub(crate) async fn write_question(
    tx: &mut Tx,
    circle: &str,
    from: &BankQuestion,
    bank_text: Option<&str>,
    now: DateTime<Utc>,
) -> Result<()> {
    let question = &from.question;
    let id = question.id.to_string();
    on!(&mut *tx, |tx| query(ADD_VERSION)
        .bind(circle)
        .bind(&id)
        .bind(&from.version.0)
        .bind(&from.text)
        .bind(now)
        .execute(&mut **tx)
        .await
        .map(drop))?;
    for (n, image) in (0i64..).zip(&from.images) {
        on!(&mut *tx, |tx| query(ADD_IMAGE)
            .bind(circle)
            .bind(&id)
            .bind(&from.version.0)
            .bind(n)
            .bind(&image.name)
            .bind(image.media_type)
            .bind(STANDARD.encode(&image.bytes))
            .execute(&mut **tx)
            .await
            .map(drop))?;
    }
    on!(&mut *tx, |tx| query(WRITE)
        .bind(circle)
        .bind(&id)
        .bind(&question.id.service)
        .bind(question.id.topic.as_str())
        .bind(i64::from(question.level.get()))
        .bind(question.critical)
        .bind(question.state.as_str())
        .bind(question.kind().as_str())
        .bind(title(&question.text))
        .bind(&from.version.0)
        .bind(&from.text)
        .bind(now)
        .bind(reviews::written(question.reviewed))
        .bind(sources::reading::written(&question.sources))
        .bind(bank_text)
        .execute(&mut **tx)
        .await
        .map(drop))?;
    let entry = search::Entry {
        circle,
        kind: domain::search::Kind::Question,
        key: &id,
        service: Some(&question.id.service),
        path: format!("/questions/{id}"),
        title: &title(&question.text),
        body: &from.text,
    };
    search::put(tx, &entry, now).await
}

/// The first line of a prompt, short enough for a list.
pub(crate) fn title(text: &str) -> String {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let plain = line.trim_start_matches(['#', ' ', '>']).trim();
    if plain.chars().count() <= 140 {
        plain.to_owned()
    } else {
        plain.chars().take(139).chain(['…']).collect()
    }
}

const LIST: &str = "
    SELECT id, level, critical, state, kind, title, coalesce(reviewed, '') AS reviewed, changed_at,
           count(*) OVER () AS n_all
    FROM questions
    WHERE circle = $1 AND service = $2
      AND ($3 = '' OR topic = $3)
      AND ($4 = '' OR state = $4)
      AND ($5 = '' OR lower(title) LIKE $5 ESCAPE '\\' OR id LIKE $5 ESCAPE '\\')
      AND ($6 = 0 OR level = $6)
      AND ($7 = 0 OR critical)
      AND ($8 = '' OR ($8 = 'never' AND coalesce(reviewed, '') = '')
                   OR ($8 = 'long ago' AND reviewed <> '' AND reviewed < $9)
                   OR ($8 = 'lately' AND reviewed >= $9))
    ORDER BY topic, id
    LIMIT $10 OFFSET $11";

/// One page of a service's questions, and how many there are in all. Only for
/// leaders: the bank is the answer key. From `today` it is reckoned which
/// review is long ago.
pub async fn list(
    db: &Db,
    who: &Who,
    circle: &str,
    service: &str,
    filter: &Filter,
    today: NaiveDate,
) -> Result<(Vec<Listed>, i64)> {
    circles::leader(db, who, circle).await?;
    let rows: Vec<ListedRow> = on!(db.read(), |pool| query_as(LIST)
        .bind(circle)
        .bind(service)
        .bind(filter.topic.map_or("", Topic::as_str))
        .bind(filter.state.map_or("", State::as_str))
        .bind(like(&filter.text))
        .bind(filter.level.map_or(0, |level| i64::from(level.get())))
        .bind(i64::from(filter.only_critical))
        .bind(filter.review.map_or("", review_key))
        .bind(reviews::written(Some(lately_from(today))))
        .bind(i64::from(PAGE))
        .bind(i64::from(filter.page.min(10_000)) * i64::from(PAGE))
        .fetch_all(pool)
        .await?);
    let n_all = rows.first().map_or(0, |row| row.n_all);
    Ok((rows.into_iter().map(Listed::try_from).collect::<Result<_>>()?, n_all))
}

fn review_key(review: Review) -> &'static str {
    match review {
        Review::Never => "never",
        Review::LongAgo => "long ago",
        Review::Lately => "lately",
    }
}

/// A LIKE pattern for what a person typed, its wildcards taken literally.
pub(crate) fn like(text: &str) -> String {
    let text: String = text.trim().to_lowercase().chars().take(100).collect();
    if text.is_empty() {
        return text;
    }
    let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}

/// A question with its key and its history, for a leader.
#[derive(Debug, Clone)]
pub struct Shown {
    pub question: Arc<Question>,
    pub version: String,
    pub state: State,
    /// In how many attempts it was asked, whatever its version then.
    pub n_drawn: i64,
    /// The versions before this one, newest first.
    pub older: Vec<(String, DateTime<Utc>)>,
}

const SHOW: &str = "
    SELECT q.version, q.text, q.state,
           (SELECT count(*) FROM slots s WHERE s.circle = q.circle AND s.question = q.id) AS n_drawn
    FROM questions q
    WHERE q.circle = $1 AND q.id = $2";

const VERSIONS: &str = "
    SELECT hash, created_at FROM question_versions
    WHERE circle = $1 AND question = $2
    ORDER BY created_at DESC, hash";

/// One question, key and all, for a leader.
pub async fn find(db: &Db, who: &Who, circle: &str, id: &QuestionId) -> Result<Shown> {
    circles::leader(db, who, circle).await?;
    let row: Option<(String, String, String, i64)> =
        on!(db.read(), |pool| query_as(SHOW).bind(circle).bind(id.to_string()).fetch_optional(pool).await?);
    let (version, text, state, n_drawn) = row.ok_or(Error::NotFound)?;
    let versions: Vec<(String, DateTime<Utc>)> =
        on!(db.read(), |pool| query_as(VERSIONS).bind(circle).bind(id.to_string()).fetch_all(pool).await?);
    Ok(Shown {
        question: Arc::new(read_again(id, &text)?),
        state: state.parse().map_err(|_| Error::Corrupt(state))?,
        n_drawn,
        older: versions.into_iter().filter(|(hash, _)| *hash != version).collect(),
        version,
    })
}

/// What one version of a question said, as its file stood, for a leader.
pub async fn text_of_version(
    db: &Db,
    who: &Who,
    circle: &str,
    id: &QuestionId,
    version: &str,
) -> Result<Option<String>> {
    circles::leader(db, who, circle).await?;
    Ok(on!(db.read(), |pool| query_scalar(TEXT)
        .bind(circle)
        .bind(id.to_string())
        .bind(version)
        .fetch_optional(pool)
        .await?))
}

/// What can be drawn in a circle: open questions only by tests that may ask
/// them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ready {
    all: Vec<Candidate>,
    by_rule: Vec<Candidate>,
}

impl Ready {
    /// What a test can draw.
    pub fn of(&self, test: &Test) -> &[Candidate] {
        self.with_open(test.asks_open)
    }

    pub fn with_open(&self, asks_open: bool) -> &[Candidate] {
        if asks_open { &self.all } else { &self.by_rule }
    }
}

/// Leaves out what asks to be checked, unless the circle `$1` has it only marked.
macro_rules! unless_to_check {
    () => {
        " AND id NOT IN (SELECT c.question FROM question_checks c
                         WHERE c.circle = $1 AND c.settled_at IS NULL
                           AND $1 NOT IN (SELECT s.circle FROM check_settings s WHERE NOT s.leaves_out))"
    };
}

const READY: &str = concat!(
    "SELECT id, level, kind FROM questions WHERE circle = $1 AND state = 'ready'",
    unless_to_check!(),
    " ORDER BY id"
);

/// What can be drawn in a circle.
pub(crate) async fn ready(db: &Db, circle: &str) -> Result<Ready> {
    let rows: Vec<(String, i64, String)> =
        on!(db.read(), |pool| query_as(READY).bind(circle).fetch_all(pool).await?);
    let mut ready = Ready { all: Vec::with_capacity(rows.len()), by_rule: Vec::with_capacity(rows.len()) };
    for (id, level, kind) in rows {
        let candidate = candidate(id, level)?;
        if kind != Kind::Open.as_str() {
            ready.by_rule.push(candidate.clone());
        }
        ready.all.push(candidate);
    }
    Ok(ready)
}

fn candidate(id: String, level: i64) -> Result<Candidate> {
    Ok(Candidate {
        level: u8::try_from(level)
            .ok()
            .and_then(|n| Level::try_from(n).ok())
            .ok_or_else(|| Error::Corrupt(format!("level {level} of {id}")))?,
        id: id.parse().map_err(|_| Error::Corrupt(id))?,
    })
}

/// What a test can draw: level and version of each question. It is in the same
/// order every time, so that the same dice draw the same.
pub(crate) type Drawable = BTreeMap<QuestionId, (Level, String)>;

const DRAWABLE: &str = concat!(
    "SELECT id, level, version, kind FROM questions WHERE circle = $1 AND state = 'ready'",
    unless_to_check!()
);

const DRAWABLE_OF_SERVICE: &str = concat!(
    "SELECT id, level, version, kind FROM questions WHERE circle = $1 AND state = 'ready' AND service = $2",
    unless_to_check!()
);

/// What a test can draw for a blueprint, which is its own or a part of it.
pub(crate) async fn drawable(db: &Db, circle: &str, test: &Test, blueprint: &Blueprint) -> Result<Drawable> {
    let service = blueprint.rows.first().map(|row| &row.service);
    let only = service.filter(|first| blueprint.rows.iter().all(|row| row.service == **first));
    let rows: Vec<(String, i64, String, String)> = match only {
        Some(service) => on!(db.read(), |pool| query_as(DRAWABLE_OF_SERVICE)
            .bind(circle)
            .bind(service)
            .fetch_all(pool)
            .await?),
        None => on!(db.read(), |pool| query_as(DRAWABLE).bind(circle).fetch_all(pool).await?),
    };
    let asked = rows.into_iter().filter(|(.., kind)| test.asks_open || kind != Kind::Open.as_str());
    asked
        .map(|(id, level, version, _)| {
            let Candidate { id, level } = candidate(id, level)?;
            Ok((id, (level, version)))
        })
        .collect()
}

/// The same, as a draw wants it.
pub(crate) fn candidates_of(drawable: &Drawable) -> Vec<Candidate> {
    drawable.iter().map(|(id, (level, _))| Candidate { id: id.clone(), level: *level }).collect()
}

/// Circle, question and hash.
type VersionKey = (String, String, String);

/// Versions already parsed.
static PARSED: LazyLock<Mutex<HashMap<VersionKey, Arc<Question>>>> = LazyLock::new(Mutex::default);

/// More than all banks of an installation; past it the cache starts anew.
const PARSED_LIMIT: usize = 20_000;

const TEXT: &str = "SELECT text FROM question_versions WHERE circle = $1 AND question = $2 AND hash = $3";

/// A stored version, parsed; the text is only read the first time.
pub(crate) async fn version(db: &Db, circle: &str, id: &str, hash: &str) -> Result<Arc<Question>> {
    let key = (circle.to_owned(), id.to_owned(), hash.to_owned());
    let known = PARSED.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get(&key).cloned();
    if let Some(question) = known {
        return Ok(question);
    }
    let text: Option<String> = on!(db.read(), |pool| query_scalar(TEXT)
        .bind(circle)
        .bind(id)
        .bind(hash)
        .fetch_optional(pool)
        .await?);
    let text = text.ok_or_else(|| Error::Corrupt(format!("{id} has no version {hash}")))?;
    parsed(circle, id, hash, || text)
}

/// A stored version, parsed; the text is only parsed the first time.
pub(crate) fn parsed(
    circle: &str,
    id: &str,
    hash: &str,
    text: impl FnOnce() -> String,
) -> Result<Arc<Question>> {
    let key = (circle.to_owned(), id.to_owned(), hash.to_owned());
    let lock = || PARSED.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(question) = lock().get(&key) {
        return Ok(question.clone());
    }
    let parsed_id = id.parse().map_err(|_| Error::Corrupt(id.to_owned()))?;
    let question = Arc::new(read_again(&parsed_id, &text())?);
    let mut cache = lock();
    if cache.len() >= PARSED_LIMIT {
        cache.clear();
    }
    cache.insert(key, question.clone());
    Ok(question)
}

const TEXT_NOW: &str = "
    SELECT text
    FROM questions
    WHERE circle = $1 AND id = $2 AND version = $3 AND is_amended";

/// A stored version with the sources that it rests on now: to name others makes
/// no new version. An older version keeps those it was taken with.
pub(crate) async fn version_now(db: &Db, circle: &str, id: &str, hash: &str) -> Result<Arc<Question>> {
    let question = version(db, circle, id, hash).await?;
    let text: Option<String> = on!(db.read(), |pool| query_scalar(TEXT_NOW)
        .bind(circle)
        .bind(id)
        .bind(hash)
        .fetch_optional(pool)
        .await?);
    match text {
        Some(text) => Ok(resting_on(&question, as_it_stands(id, &text)?.sources)),
        None => Ok(question),
    }
}

const TEXTS_NOW: &str = "
    SELECT id, version, text
    FROM questions
    WHERE circle = $1 AND is_amended AND id IN (SELECT s.question FROM slots s WHERE s.attempt = $2)";

/// The questions of an attempt, by id and version, whose sources may be others
/// now than when their version was taken.
pub(crate) async fn sources_now(
    db: &Db,
    circle: &str,
    attempt: &str,
) -> Result<HashMap<(String, String), Vec<String>>> {
    let rows: Vec<(String, String, String)> =
        on!(db.read(), |pool| query_as(TEXTS_NOW).bind(circle).bind(attempt).fetch_all(pool).await?);
    let read = |(id, version, text): (String, String, String)| {
        let sources = as_it_stands(&id, &text)?.sources;
        Ok(((id, version), sources))
    };
    rows.into_iter().map(read).collect()
}

/// The question with these sources.
pub(crate) fn resting_on(question: &Arc<Question>, sources: Vec<String>) -> Arc<Question> {
    match question.sources == sources {
        true => question.clone(),
        false => Arc::new(Question { sources, ..Question::clone(question) }),
    }
}

/// A question as its text of today says it, with what no version holds.
pub(crate) fn as_it_stands(id: &str, text: &str) -> Result<Question> {
    read_again(&id.parse().map_err(|_| Error::Corrupt(id.to_owned()))?, text)
}

fn read_again(id: &QuestionId, text: &str) -> Result<Question> {
    domain::bank::parse(id, text).map_err(|findings| {
        Error::Corrupt(format!(
            "{id}: {}",
            findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
        ))
    })
}

/// An image of a version.
#[derive(Debug, Clone)]
pub struct ImageFile {
    pub media_type: String,
    pub bytes: Vec<u8>,
}

const IMAGE: &str = "
    SELECT media_type, base64 FROM question_images
    WHERE circle = $1 AND question = $2 AND version = $3 AND name = $4
    LIMIT 1";

const SEEN_BY: &str = "
    SELECT a.id, v.text
    FROM slots s
    JOIN attempts a ON a.id = s.attempt
    JOIN question_versions v ON v.circle = s.circle AND v.question = s.question AND v.hash = s.version
    WHERE a.person = $1 AND s.circle = $2 AND s.question = $3 AND s.version = $4";

/// An image that a question shows: for leaders, for those who attend a review
/// of it, and for those who were drawn that version. Before the answers may be seen these get the images of the
/// prompt alone: one in an explanation can tell the answer.
pub async fn image(
    db: &Db,
    who: &Who,
    circle: &str,
    id: &str,
    version: &str,
    name: &str,
    now: DateTime<Utc>,
) -> Result<ImageFile> {
    let member = circles::member(db, who, circle).await?;
    if member.role != domain::people::Role::Leader {
        let drawn: Vec<(String, String)> = on!(db.read(), |pool| query_as(SEEN_BY)
            .bind(&who.person)
            .bind(circle)
            .bind(id)
            .bind(version)
            .fetch_all(pool)
            .await?);
        let mut may_see = false;
        for (attempt, text) in drawn {
            may_see = may_see
                || parsed(circle, id, version, || text)?.prompt_shows(name)
                || results::answers_may_be_seen(db, who, &attempt, now).await?;
        }
        if !may_see && !crate::reviews::shows(db, who, circle, id, version).await? {
            return Err(Error::NotFound);
        }
    }
    let row: Option<(String, String)> = on!(db.read(), |pool| query_as(IMAGE)
        .bind(circle)
        .bind(id)
        .bind(version)
        .bind(name)
        .fetch_optional(pool)
        .await?);
    let (media_type, base64) = row.ok_or(Error::NotFound)?;
    let bytes = STANDARD.decode(base64).map_err(|_| Error::Corrupt(format!("image {name} of {id}")))?;
    Ok(ImageFile { media_type, bytes })
}

#[derive(FromRow)]
struct Known {
    id: String,
    version: String,
    text: String,
    state: String,
    bank_text: Option<String>,
}

impl Known {
    /// Whether it stands as a bank brought it.
    fn is_of_bank(&self) -> bool {
        self.bank_text.as_ref() == Some(&self.text)
    }

    fn is(&self, question: &BankQuestion) -> bool {
        self.version == question.version.0
            && self.text == question.text
            && self.state == question.question.state.as_str()
    }
}

#[derive(FromRow)]
struct ListedRow {
    id: String,
    level: i64,
    critical: bool,
    state: String,
    kind: String,
    title: String,
    reviewed: String,
    changed_at: DateTime<Utc>,
    n_all: i64,
}

impl TryFrom<ListedRow> for Listed {
    type Error = Error;

    fn try_from(row: ListedRow) -> Result<Listed> {
        Ok(Listed {
            level: u8::try_from(row.level).map_err(|_| Error::Corrupt(format!("level {}", row.level)))?,
            critical: row.critical,
            state: row.state.parse().map_err(|_| Error::Corrupt(row.state))?,
            id: row.id.parse().map_err(|_| Error::Corrupt(row.id))?,
            kind: row.kind,
            title: row.title,
            reviewed: reviews::read(&row.reviewed)?,
            changed_at: row.changed_at,
        })
    }
}
