//! Databases, people and circles for tests. No test knows which database it
//! runs on: its own SQLite file, or with `TEST_POSTGRES=postgres://…` its own
//! database on that server.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex};

use argon2::password_hash::{PasswordHasher, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use domain::answer::Answer;
use domain::bank::{Content, SourceFile};
use domain::blueprint::{Blueprint, Row};
use domain::people::Role;
use domain::question::{Key, Topic};
use domain::retake::Retakes;
use domain::round::{Showing, ShownWhen};
use domain::test::{Percent, Rules, Test};
use rand::SeedableRng;
use rand::rngs::StdRng;
use sqlx::postgres::PgPoolOptions;
use sqlx::{AssertSqlSafe, query, query_as};
use tokio::sync::OnceCell;

use crate::db::{Db, Tx, commit, new_id, on};
use crate::people::{Who, WhoRow};
use crate::rounds::Plan;

/// An empty database that no other test sees. It goes once the test is over,
/// and what is left of it with the next run.
pub async fn fresh_db() -> Db {
    Db::open(&fresh_address().await).await.unwrap()
}

/// Where such a database is, for a test that opens it more than once.
pub async fn fresh_address() -> String {
    match std::env::var("TEST_POSTGRES") {
        Ok(server) => fresh_postgres(&server).await,
        Err(_) => fresh_sqlite(),
    }
}

/// An instant to start from.
pub fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 2, 12, 0, 0).unwrap()
}

/// Chance that differs in every test, and may be held across an `await`.
pub fn dice() -> StdRng {
    StdRng::from_os_rng()
}

/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery";

/// Its hash, made cheaply so that tests are quick.
pub static PASSWORD_HASH: LazyLock<String> = LazyLock::new(|| {
    let quick = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8, 1, 1, None).unwrap());
    let salt = SaltString::encode_b64(b"salt of the test").unwrap();
    quick.hash_password(PASSWORD.as_bytes(), &salt).unwrap().to_string()
});

const ADD_PERSON: &str = "
    INSERT INTO people (id, email, name, password_hash, administrator, epoch, created_at)
    VALUES ($1, $2, $3, $4, $5, 0, $6)
    ON CONFLICT (email) DO NOTHING";
const FIND_PERSON: &str = "SELECT id, name, email, administrator, time_zone FROM people WHERE email = $1";

/// Ada, who administers the installation.
pub async fn ada(db: &Db) -> Who {
    add_person(db, "ada", true).await
}

/// A person in no circle yet, made when first named: `person(db, "eve")` is
/// Eve with the e-mail eve@example.org.
pub async fn person(db: &Db, name: &str) -> Who {
    add_person(db, name, false).await
}

async fn add_person(db: &Db, name: &str, administrator: bool) -> Who {
    let email = format!("{name}@example.org");
    let title = name[..1].to_uppercase() + &name[1..];
    let mut tx = db.begin().await.unwrap();
    on!(&mut tx, |tx| query(ADD_PERSON)
        .bind(new_id())
        .bind(&email)
        .bind(title)
        .bind(PASSWORD_HASH.as_str())
        .bind(administrator)
        .bind(noon())
        .execute(&mut **tx)
        .await
        .map(drop))
    .unwrap();
    commit(tx).await.unwrap();
    let row: WhoRow =
        on!(db.read(), |pool| query_as(FIND_PERSON).bind(&email).fetch_one(pool).await).unwrap();
    row.into()
}

const ADD_CIRCLE: &str = "
    INSERT INTO circles (slug, name, time_zone, is_demo, created_at)
    VALUES ($1, $1, 'Europe/Rome', FALSE, $2)
    ON CONFLICT (slug) DO NOTHING";
const ADD_MEMBER: &str = "INSERT INTO members (circle, person, role, joined_at) VALUES ($1, $2, $3, $4)";

/// A circle with these people in it, who are returned in the same order.
pub async fn circle_with<const N: usize>(db: &Db, slug: &str, people: [(&str, Role); N]) -> [Who; N] {
    let mut members = Vec::new();
    for (name, _) in people {
        members.push(person(db, name).await);
    }
    let mut tx = db.begin().await.unwrap();
    on!(&mut tx, |tx| query(ADD_CIRCLE).bind(slug).bind(noon()).execute(&mut **tx).await.map(drop)).unwrap();
    for (who, (_, role)) in members.iter().zip(people) {
        on!(&mut tx, |tx| query(ADD_MEMBER)
            .bind(slug)
            .bind(&who.person)
            .bind(role.as_str())
            .bind(noon())
            .execute(&mut **tx)
            .await
            .map(drop))
        .unwrap();
    }
    commit(tx).await.unwrap();
    members.try_into().unwrap()
}

/// A file of a bank.
pub fn file(path: &str, text: &str) -> SourceFile {
    SourceFile { path: path.to_owned(), content: Content::Bytes(text.as_bytes().to_vec()) }
}

/// A test that asks so many questions of these topics of a service within half
/// an hour. It wants 70 per cent of the whole, 60 of each topic and every
/// critical question, and counts for 90 days.
pub fn a_test(service: &str, rows: &[(Topic, u32)]) -> Test {
    let percent = |n| Percent::try_from(n).unwrap();
    let row = |&(topic, n_questions): &(Topic, u32)| Row {
        service: service.to_owned(),
        topic,
        level: None,
        n_questions,
    };
    Test {
        blueprint: Blueprint { rows: rows.iter().map(row).collect() },
        limit_minutes: Some(30),
        rules: Rules {
            cut: percent(70),
            cuts: [].into(),
            topic_cut: percent(60),
            critical_must_hold: true,
            counts_for_days: 90,
            all_or_nothing: false,
        },
        open_book: false,
        asks_open: false,
    }
}

/// A round of that test for a day, without retakes, which shows the score at
/// hand-in and the answers when it closes.
pub fn a_plan(test: String, opens_at: DateTime<Utc>, people: &[&Who]) -> Plan {
    Plan {
        name: "March".to_owned(),
        test,
        opens_at,
        closes_at: opens_at + TimeDelta::days(1),
        shows: Showing { score: ShownWhen::AtHandIn, answers: ShownWhen::AtClose },
        retakes: Retakes::NONE,
        people: people.iter().map(|who| (who.person.clone(), 0)).collect(),
    }
}

/// What answers a question wholly right, where its choices are shown in this
/// order.
pub fn right_answer(key: &Key, order: &[u8]) -> Answer {
    let shown = |i: usize| {
        u8::try_from(order.iter().position(|&written| usize::from(written) == i).unwrap()).unwrap()
    };
    match key {
        Key::Single { choices } => {
            Answer::One(shown(choices.iter().position(|choice| choice.is_right).unwrap()))
        }
        Key::Multiple { choices } => {
            Answer::Several((0..choices.len()).filter(|&i| choices[i].is_right).map(shown).collect())
        }
        Key::Ordering { steps } => Answer::Order((0..steps.len()).map(shown).collect()),
        Key::Matching { pairs, .. } => Answer::Pairs((0..pairs.len()).map(|i| Some(shown(i))).collect()),
        Key::Numeric(number) => Answer::Typed(number.low.to_string()),
        Key::Open { rubric } => {
            Answer::Typed(rubric.iter().map(|line| format!("{}.\n", line.text)).collect())
        }
        Key::Short { accepted, .. } => Answer::Typed(accepted[0].replace('*', "")),
    }
}

/// Runs a statement that no use case has, such as one that makes a circle a
/// demo. The statement may name one parameter.
pub async fn run_sql(db: &Db, sql: &'static str, parameter: &str) {
    let mut tx = db.begin().await.unwrap();
    on!(&mut tx, |tx| query(sql).bind(parameter).execute(&mut **tx).await.map(drop)).unwrap();
    commit(tx).await.unwrap();
}

/// Runs a step in `n` transactions at once and commits those that it says yes
/// to; returns how many those were. On SQLite they come one after the other.
pub async fn all_at_once(db: &Db, n: usize, step: impl AsyncFn(&mut Tx, usize) -> bool) -> usize {
    let start = tokio::sync::Barrier::new(n);
    let one = async |i| {
        start.wait().await;
        let mut tx = db.begin().await.unwrap();
        let yes = step(&mut tx, i).await;
        if yes {
            commit(tx).await.unwrap();
        }
        yes
    };
    let mut all: Vec<_> = (0..n).map(|i| Some(Box::pin(one(i)))).collect();
    let mut n_yes = 0;
    std::future::poll_fn(|context| {
        for place in &mut all {
            if let Some(std::task::Poll::Ready(yes)) = place.as_mut().map(|run| run.as_mut().poll(context)) {
                n_yes += usize::from(yes);
                *place = None;
            }
        }
        if all.iter().all(Option::is_none) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    n_yes
}

/// Files and databases carry the process in their name, so that a later run
/// knows which are nobody's.
fn own_prefix() -> String {
    format!("muster_test_{}_", std::process::id())
}

fn is_abandoned(name: &str) -> bool {
    let process = name.strip_prefix("muster_test_").and_then(|rest| rest.split('_').next());
    process.is_some_and(|process| !Path::new("/proc").join(process).exists())
}

thread_local! {
    /// A test has its thread to itself.
    static OF_THIS_TEST: RefCell<Made> = const { RefCell::new(Made(Vec::new())) };
}

/// The databases a test made on a server.
struct Made(Vec<String>);

/// Those of the tests that are over. All of them together fill a disk.
static OVER: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Dropping one makes the server write down everything it holds, so they are
/// dropped by the dozen.
const N_OVER: usize = 12;

impl Drop for Made {
    fn drop(&mut self) {
        OVER.lock().unwrap().append(&mut self.0);
    }
}

fn take_over() -> Vec<String> {
    let mut over = OVER.lock().unwrap();
    if over.len() < N_OVER { Vec::new() } else { std::mem::take(&mut *over) }
}

fn fresh_sqlite() -> String {
    static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
        let all = std::env::temp_dir();
        for old in std::fs::read_dir(&all).unwrap().flatten() {
            if is_abandoned(&old.file_name().to_string_lossy()) {
                let _ = std::fs::remove_dir_all(old.path());
            }
        }
        let folder = all.join(own_prefix());
        std::fs::create_dir_all(&folder).unwrap();
        folder
    });
    format!("sqlite:{}", FOLDER.join(format!("{}.db", new_id())).display())
}

async fn fresh_postgres(server: &str) -> String {
    static SWEPT: OnceCell<()> = OnceCell::const_new();
    // The migrations run once.
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    let pool = PgPoolOptions::new().max_connections(1).connect(server).await.unwrap();
    let mut old = take_over();
    SWEPT
        .get_or_init(|| async {
            let names: Vec<String> =
                sqlx::query_scalar("SELECT datname FROM pg_database").fetch_all(&pool).await.unwrap();
            old.extend(names.into_iter().filter(|name| is_abandoned(name)));
        })
        .await;
    for name in old {
        let drop_it = AssertSqlSafe(format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)"));
        let _ = query(drop_it).execute(&pool).await;
    }
    let name = own_prefix() + &new_id().replace('-', "");
    OF_THIS_TEST.with_borrow_mut(|made| made.0.push(name.clone()));
    let template = TEMPLATE
        .get_or_init(|| async {
            let template = own_prefix() + "template";
            query(AssertSqlSafe(format!("CREATE DATABASE {template}"))).execute(&pool).await.unwrap();
            Db::open(&with_database(server, &template)).await.unwrap().close().await;
            template
        })
        .await;
    query(AssertSqlSafe(format!("CREATE DATABASE {name} TEMPLATE {template}"))).execute(&pool).await.unwrap();
    pool.close().await;
    with_database(server, &name)
}

/// `postgres://user@host:port/old?options` with another database.
fn with_database(server: &str, name: &str) -> String {
    let (place, options) =
        server.split_once('?').map_or((server, None), |(place, options)| (place, Some(options)));
    let after_scheme = place.find("://").map_or(0, |at| at + 3);
    let host_end = place[after_scheme..].find('/').map_or(place.len(), |at| after_scheme + at);
    let options = options.map(|options| format!("?{options}")).unwrap_or_default();
    format!("{}/{name}{options}", &place[..host_end])
}
