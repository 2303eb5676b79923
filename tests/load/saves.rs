//! P2: answers saved over HTTP, against rows committed in groups by nothing but
//! the database.
//!
//! The baseline runs in this process, on the core of the program and on its
//! database file, while the program has nothing to do: the same rows in the same
//! table with the same settings, through the same driver, in groups as large as
//! half of the connections make: while one half waits for the disk, the other
//! half is on its way.

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection, query};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::Asked;
use crate::cores;
use crate::fault::{Fault, fault};
use crate::figure::{Figure, Side};
use crate::process::{Used, load_average};
use crate::rounds::compare;
use crate::sitting::{Person, Sitting, all_sign_in, check_history};
use crate::stage::{Stage, now};

const N_CONNECTIONS: usize = 64;
const GROUP: usize = N_CONNECTIONS / 2;
const SLICE: Duration = Duration::from_millis(800);

pub async fn measure(asked: &Asked) -> Result<Figure, Fault> {
    let stage = Stage::set(2 * N_CONNECTIONS, 1).await?;
    let muster = stage.serve(&asked.muster)?;
    let mut takers = Vec::new();
    for mut person in all_sign_in(muster.address, &stage.takers).await? {
        let sitting = person.starts(stage.round()).await?;
        takers.push((person, sitting));
    }
    // Half of the attempts are for the rows that no program saves.
    let theirs = takers.split_off(N_CONNECTIONS);
    let attempts = theirs.into_iter().map(|(_, sitting)| sitting.attempt).collect();
    let bare = Bare::start(stage.options(), attempts)?;

    let (server_before, here_before, begun) = (muster.used()?.cpu, Used::here()?.cpu, Instant::now());
    let mut state = State { takers, bare, busy: [0.0; 2], measured: Duration::ZERO };
    let compared = compare(
        &mut state,
        async |state| {
            let (server, here, begun) = (muster.used()?.cpu, Used::here()?.cpu, Instant::now());
            let rate = state.save_for(SLICE).await?;
            state.busy[0] += muster.used()?.cpu - server;
            state.busy[1] += Used::here()?.cpu - here;
            state.measured += begun.elapsed();
            Ok(rate)
        },
        async |state| state.bare.run(SLICE).await,
    )
    .await?;
    let used = muster.used()?;
    let people: Vec<Person> = state.takers.into_iter().map(|(person, _)| person).collect();
    let n_saves = check_history(&stage, &people).await?;
    let share = |busy: f64| 100.0 * busy / state.measured.as_secs_f64();
    Ok(Figure {
        id: "P2",
        what: "answers saved over HTTP ÷ rows committed in groups",
        value: compared.ratio.median,
        unit: "ratio",
        side: Side::AtLeast,
        goal: 0.6,
        against: compared.is_void().into_iter().collect(),
        interval: Some(compared.ratio),
        baseline: Some(compared.b),
        notes: vec![
            compared.note(),
            format!(
                "{:.0} saves/s over {N_CONNECTIONS} connections, {:.0} rows/s in groups of {GROUP}",
                compared.a, compared.b
            ),
            format!(
                "while saving: muster {:.0} % of its core, the generator {:.0} % of its own",
                share(state.busy[0]),
                share(state.busy[1])
            ),
            format!(
                "no errors; {n_saves} acknowledged answers, all in the database; {:.1} s of processor for muster, \
                 {:.1} s here, in {:.0} s; {:.0} MiB resident; load average {}",
                used.cpu - server_before,
                Used::here()?.cpu - here_before,
                begun.elapsed().as_secs_f64(),
                used.resident,
                load_average()
            ),
        ],
    })
}

struct State {
    takers: Vec<(Person, Sitting)>,
    bare: Bare,
    /// Seconds of a processor while saving, the program's and ours.
    busy: [f64; 2],
    measured: Duration,
}

impl State {
    /// Everybody saves, each the next as soon as the last is acknowledged.
    async fn save_for(&mut self, time: Duration) -> Result<f64, Fault> {
        let (begun, mut saving) = (Instant::now(), JoinSet::new());
        for (mut person, mut sitting) in std::mem::take(&mut self.takers) {
            saving.spawn(async move {
                let mut n = 0u32;
                while begun.elapsed() < time {
                    person.saves(&mut sitting).await?;
                    n += 1;
                }
                Ok::<_, Fault>((n, person, sitting))
            });
        }
        let mut n_saved = 0;
        for done in saving.join_all().await {
            let (n, person, sitting) = done?;
            n_saved += n;
            self.takers.push((person, sitting));
        }
        Ok(f64::from(n_saved) / begun.elapsed().as_secs_f64())
    }
}

/// How long, and where the rate goes.
type Order = (Duration, oneshot::Sender<Result<f64, Fault>>);

/// A thread on the program's core that writes rows.
struct Bare {
    orders: mpsc::Sender<Order>,
}

impl Bare {
    fn start(options: SqliteConnectOptions, attempts: Vec<String>) -> Result<Bare, Fault> {
        let (orders, waiting) = mpsc::channel::<Order>();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        thread::spawn(move || {
            let connected = cores::pin_to_programs_core()
                .and_then(|()| Ok(runtime.block_on(SqliteConnection::connect_with(&options))?));
            let mut rows = match connected {
                Ok(connection) => Rows { connection, attempts, n: 0 },
                Err(why) => return eprintln!("bench: {why}"),
            };
            while let Ok((time, answer)) = waiting.recv() {
                drop(answer.send(runtime.block_on(rows.write_for(time))));
            }
        });
        Ok(Bare { orders })
    }

    async fn run(&self, time: Duration) -> Result<f64, Fault> {
        let (answer, answered) = oneshot::channel();
        self.orders.send((time, answer)).map_err(|_| fault("the writer of rows has ended"))?;
        answered.await?
    }
}

struct Rows {
    connection: SqliteConnection,
    attempts: Vec<String>,
    n: usize,
}

impl Rows {
    async fn write_for(&mut self, time: Duration) -> Result<f64, Fault> {
        const ADD: &str = "
            INSERT INTO answer_events
                (attempt, slot, turn, client, sequence, answer, confidence, for_review, is_late, received_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        let (begun, before, at) = (Instant::now(), self.n, now());
        while begun.elapsed() < time {
            let mut tx = self.connection.begin_with("BEGIN IMMEDIATE").await?;
            for _ in 0..GROUP {
                let attempt = &self.attempts[self.n % self.attempts.len()];
                let turn = i64::try_from(self.n / self.attempts.len())?;
                query(ADD)
                    .bind(attempt)
                    .bind(turn % 20 + 1)
                    .bind(turn / 20 + 1)
                    .bind("0123456789abcdef")
                    .bind(turn + 1)
                    .bind("{\"one\":2}")
                    .bind("fairly_sure")
                    .bind(false)
                    .bind(false)
                    .bind(at)
                    .execute(&mut *tx)
                    .await?;
                self.n += 1;
            }
            tx.commit().await?;
        }
        Ok((self.n - before) as f64 / begun.elapsed().as_secs_f64())
    }
}
