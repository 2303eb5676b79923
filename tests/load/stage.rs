//! What is there before anything is measured: a circle with the sample banks, a
//! test of twenty questions, and people who may sit it.

use std::path::Path;

use backend::people::Who;
use backend::rounds::Plan;
use backend::setup::SetUp;
use backend::shelf::Shelf;
use backend::{Db, passwords, people, questions, setup};
use chrono::{DateTime, TimeDelta, Utc};
use domain::blueprint::{Blueprint, Row};
use domain::question::Topic;
use domain::retake::Retakes;
use domain::round::{Showing, ShownWhen};
use domain::test::{Percent, Rules, Test};
use rand::SeedableRng;
use rand::rngs::StdRng;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqliteSynchronous};
use sqlx::{ConnectOptions, SqliteConnection, query};
use tempfile::TempDir;

use crate::fault::{Fault, fault};
use crate::process::Process;

/// The circle that everybody is in.
pub const CIRCLE: &str = "orders";

/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery";

/// How many questions the test asks.
pub const N_QUESTIONS: usize = 20;

/// A data folder that a muster can serve; gone when it is dropped.
pub struct Stage {
    pub folder: TempDir,
    /// What each person signs in with.
    pub takers: Vec<String>,
    /// Rounds that run now, given to all of them.
    pub rounds: Vec<String>,
}

/// A folder on the disk that the repository is on: memory would make every
/// commit free.
pub fn folder() -> Result<TempDir, Fault> {
    Ok(TempDir::with_prefix_in("muster_bench_", env!("CARGO_TARGET_TMPDIR"))?)
}

impl Stage {
    pub async fn set(n_takers: usize, n_rounds: usize) -> Result<Stage, Fault> {
        let mut stage = Stage { folder: folder()?, takers: Vec::new(), rounds: Vec::new() };
        let db = Db::open(&format!("sqlite:{}", stage.file().display())).await?;
        let (leader, now) = (set_up(&db).await?, now());
        let shelf = Shelf::Samples.read()?;
        questions::take_banks(&db, CIRCLE, &shelf.banks, now).await?;
        let test = backend::tests::add(&db, &leader, CIRCLE, "On call", &a_test(), now).await?;
        let ids = stage.add_takers(n_takers).await?;
        for n in 1..=n_rounds {
            let plan = a_round(&format!("Round {n}"), &test, &ids, now);
            stage.rounds.push(backend::rounds::plan(&db, &leader, CIRCLE, &plan, now).await?);
        }
        db.close().await;
        Ok(stage)
    }

    /// Serves it.
    pub fn serve(&self, muster: &Path) -> Result<Process, Fault> {
        Process::muster(muster, self.folder.path())
    }

    pub fn round(&self) -> &str {
        self.rounds.first().map_or("", String::as_str)
    }

    fn file(&self) -> std::path::PathBuf {
        self.folder.path().join("muster.db")
    }

    /// The settings that the program uses.
    pub fn options(&self) -> SqliteConnectOptions {
        SqliteConnectOptions::new()
            .filename(self.file())
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(std::time::Duration::from_secs(5))
    }

    pub async fn connection(&self) -> Result<SqliteConnection, Fault> {
        Ok(self.options().connect().await?)
    }

    /// The people, all with one password, which is hashed once.
    async fn add_takers(&mut self, n_takers: usize) -> Result<Vec<String>, Fault> {
        const ADD_PERSON: &str = "
            INSERT INTO people (id, email, name, password_hash, administrator, epoch, created_at)
            VALUES ($1, $2, $3, $4, FALSE, 0, $5)";
        const ADD_MEMBER: &str = "
            INSERT INTO members (circle, person, role, joined_at) VALUES ($1, $2, 'engineer', $3)";
        let hash = passwords::hash(PASSWORD).await?;
        let pool = SqlitePool::connect_with(self.options()).await?;
        let mut tx = pool.begin().await?;
        let mut ids = Vec::new();
        for n in 0..n_takers {
            let (id, email) = (format!("taker-{n:05}"), format!("taker{n}@example.org"));
            query(ADD_PERSON)
                .bind(&id)
                .bind(&email)
                .bind(format!("Taker {n}"))
                .bind(&hash)
                .bind(now())
                .execute(&mut *tx)
                .await?;
            query(ADD_MEMBER).bind(CIRCLE).bind(&id).bind(now()).execute(&mut *tx).await?;
            ids.push(id);
            self.takers.push(email);
        }
        tx.commit().await?;
        pool.close().await;
        Ok(ids)
    }
}

async fn set_up(db: &Db) -> Result<Who, Fault> {
    let mut rng = StdRng::seed_from_u64(20);
    let token = setup::ensure_token(db, now(), &mut rng).await?.ok_or_else(|| fault("it is set up"))?;
    let form = SetUp {
        name: "Lea".to_owned(),
        email: "lea@example.org".to_owned(),
        password: PASSWORD.to_owned(),
        team: "Orders".to_owned(),
        time_zone: "Europe/Rome".to_owned(),
    };
    let lea = setup::set_up(db, &token, &form, now()).await?;
    people::who(db, &lea.person, lea.epoch).await?.ok_or_else(|| fault("nobody leads the circle"))
}

/// Five questions of each topic of one service.
fn a_test() -> Test {
    let row = |topic| Row { service: "orders-db".to_owned(), topic, level: None, n_questions: 5 };
    let percent = |n| Percent::try_from(n).expect("at most 100");
    Test {
        blueprint: Blueprint { rows: Topic::ALL.map(row).to_vec() },
        limit_minutes: Some(60),
        rules: Rules {
            cut: percent(70),
            cuts: Default::default(),
            topic_cut: percent(60),
            critical_must_hold: false,
            counts_for_days: 90,
            all_or_nothing: false,
        },
        open_book: true,
        asks_open: false,
    }
}

/// A round that shows everything at hand-in: the result page is then the
/// largest it can be.
fn a_round(name: &str, test: &str, people: &[String], now: DateTime<Utc>) -> Plan {
    Plan {
        name: name.to_owned(),
        test: test.to_owned(),
        opens_at: now - TimeDelta::hours(1),
        closes_at: now + TimeDelta::hours(8),
        shows: Showing { score: ShownWhen::AtHandIn, answers: ShownWhen::AtHandIn },
        retakes: Retakes::NONE,
        people: people.iter().map(|person| (person.clone(), 0)).collect(),
    }
}

#[allow(clippy::disallowed_methods, reason = "what is measured happens now")]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}
