//! P13: from the start of the program to its first page, with nothing in the
//! database and with a million answers.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::time::{Duration, Instant};

use sqlx::{Executor, query_scalar};
use tokio::net::TcpStream;

use crate::Asked;
use crate::client::Browser;
use crate::fault::{Fault, fault};
use crate::figure::{Figure, Side, short};
use crate::process::{kill, load_average, muster, spawn};
use crate::rounds::{N_ROUNDS, spread};
use crate::stage::{Stage, folder};

const N_TAKERS: usize = 1000;
const N_ROUNDS_SAT: usize = 50;
const GOAL: f64 = 0.3;

pub async fn measure(asked: &Asked) -> Result<Figure, Fault> {
    let stage = Stage::set(N_TAKERS, N_ROUNDS_SAT).await?;
    let n_answers = fill(&stage).await?;
    let (mut full, mut empty) = (Vec::new(), Vec::new());
    for round in 0..=N_ROUNDS {
        let times = [
            first_page(&asked.muster, stage.folder.path()).await?,
            first_page(&asked.muster, folder()?.path()).await?,
            first_page(&asked.muster, folder()?.path()).await?,
            first_page(&asked.muster, stage.folder.path()).await?,
        ];
        if round > 0 {
            full.extend([times[0], times[3]]);
            empty.extend([times[1], times[2]]);
        }
    }
    let (full, empty) = (spread(&full), spread(&empty));
    let too_slow = format!("with an empty database it takes {} s", short(empty.median));
    Ok(Figure {
        id: "P13",
        what: "start of the program to its first page",
        value: full.median,
        unit: "s",
        side: Side::AtMost,
        goal: GOAL,
        against: if empty.median > GOAL { vec![too_slow] } else { Vec::new() },
        interval: Some(full),
        baseline: Some(empty.median),
        notes: vec![
            format!(
                "the value is with {n_answers} answers, the baseline with no database at all, whose tables it makes"
            ),
            format!("{} starts each, after a kill; load average {}", 2 * N_ROUNDS, load_average()),
        ],
    })
}

/// Starts the program, asks for a page until there is one, and kills it.
async fn first_page(program: &Path, folder: &Path) -> Result<f64, Fault> {
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let begun = Instant::now();
    let mut child = spawn(muster(program, folder, &address.to_string()), &folder.join("log"))?;
    let page = first_page_of(address).await;
    let took = begun.elapsed().as_secs_f64();
    kill(&mut child);
    page.map(|()| took)
}

async fn first_page_of(address: SocketAddr) -> Result<(), Fault> {
    let begun = Instant::now();
    while TcpStream::connect(address).await.is_err() {
        if begun.elapsed() > Duration::from_secs(30) {
            return Err(fault("muster did not start"));
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let mut browser = Browser::new(address);
    let mut reply = browser.get("/").await?;
    if reply.status == 303 {
        reply = browser.get(&reply.location).await?;
    }
    reply.page().map(drop)
}

/// Everybody has sat every round: attempts, their slots, an answer and a mark
/// for each.
async fn fill(stage: &Stage) -> Result<i64, Fault> {
    const FILL: &str = "
        BEGIN IMMEDIATE;
        INSERT INTO attempts (id, circle, round, person, started_at, deadline, finished_at, finished_by, saved_at)
        SELECT p.round || p.person, r.circle, r.id, p.person, r.opens_at, r.closes_at, r.opens_at, 'person', r.opens_at
        FROM round_people p JOIN rounds r ON r.id = p.round;
        INSERT INTO slots (attempt, n, circle, question, version, kind, show_order)
        SELECT a.id, q.n, a.circle, q.id, q.version, q.kind, '[0,1,2,3]'
        FROM attempts a, (SELECT row_number() OVER (ORDER BY id) AS n, * FROM questions LIMIT 20) q;
        INSERT INTO answer_events
            (attempt, slot, turn, client, sequence, answer, confidence, for_review, is_late, received_at)
        SELECT s.attempt, s.n, 1, '0123456789abcdef', 1, '{\"one\":2}', 'fairly_sure', FALSE, FALSE, a.saved_at
        FROM slots s JOIN attempts a ON a.id = s.attempt;
        INSERT INTO marks (attempt, slot, turn, earned, possible, marked_by, why, marked_at)
        SELECT s.attempt, s.n, 1, 10000, 10000, NULL, 'All right', a.finished_at
        FROM slots s JOIN attempts a ON a.id = s.attempt;
        COMMIT";
    let mut connection = stage.connection().await?;
    connection.execute(FILL).await?;
    Ok(query_scalar("SELECT count(*) FROM answer_events").fetch_one(&mut connection).await?)
}
