//! P15: a search among a hundred thousand records of one circle, over HTTP:
//! how long the slowest of many questions takes, from words that stand in a few
//! records to one that stands in all.

use std::time::{Duration, Instant};

use domain::search::indexed;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use sqlx::query;
use sqlx::sqlite::SqlitePool;

use crate::Asked;
use crate::client::Browser;
use crate::fault::{Fault, fault};
use crate::figure::{Figure, Side};
use crate::process::load_average;
use crate::stage::{CIRCLE, PASSWORD, Stage};

const N_RECORDS: usize = 100_000;
const N_WORDS: usize = 5000;
const WORDS_IN_A_RECORD: usize = 80;
const TIMES: usize = 15;

/// What is asked for: rare words, several words, beginnings, pages, a word that
/// stands in every record, and one that stands in none.
const QUESTIONS: [&str; 9] = [
    "word4321",
    "INC-77777",
    "word1+word2",
    "word100+word200",
    "word43",
    "wor",
    "replica&page=5",
    "word0+replica",
    "nonesuch",
];

pub async fn measure(asked: &Asked) -> Result<Figure, Fault> {
    let stage = Stage::set(1, 0).await?;
    let filled = fill(&stage).await?;
    let muster = stage.serve(&asked.muster)?;
    let mut lea = Browser::new(muster.address);
    lea.post("/sign-in", &[("email", "lea@example.org"), ("password", PASSWORD)]).await?.leads_to()?;
    let (mut slowest, mut notes) = (Duration::ZERO, Vec::new());
    for question in QUESTIONS {
        let mut times = Vec::new();
        for _ in 0..TIMES {
            let begun = Instant::now();
            let page = lea.get(&format!("/circles/{CIRCLE}/search?q={question}")).await?;
            times.push(begun.elapsed());
            let found = page.page()?.contains("<ol class=\"rows\">");
            if found == (question == "nonesuch") {
                return Err(fault(format!("{question}: found is {found}")));
            }
        }
        times.sort();
        let ms = |time: Duration| time.as_secs_f64() * 1000.0;
        let (half, last) = (times[TIMES / 2], times[TIMES - 1]);
        notes.push(format!("{question}: half within {:.1} ms, all within {:.1} ms", ms(half), ms(last)));
        slowest = slowest.max(last);
    }
    notes.push(format!("{N_RECORDS} records, indexed in {:.1} s", filled.as_secs_f64()));
    notes.push(format!("{:.0} MiB resident; load average {}", muster.used()?.resident, load_average()));
    Ok(Figure {
        id: "P15",
        what: "slowest search among 100,000 records",
        value: slowest.as_secs_f64() * 1000.0,
        unit: "ms",
        side: Side::AtMost,
        goal: 200.0,
        against: Vec::new(),
        interval: None,
        baseline: None,
        notes,
    })
}

/// Records as `backend::search::put` writes them; the index follows by itself.
async fn fill(stage: &Stage) -> Result<Duration, Fault> {
    const ADD: &str = "
        INSERT INTO search_entries (n, circle, kind, key, path, title, body, leaders_only, title_words, body_words)
        VALUES ($1, $2, 'incident', $3, '/incidents/' || $3, $4, $5, FALSE, $6, $7)";
    let mut rng = StdRng::seed_from_u64(15);
    let pool = SqlitePool::connect_with(stage.options()).await?;
    let begun = Instant::now();
    let mut tx = pool.begin().await?;
    for n in 1..=N_RECORDS {
        let words: Vec<String> = (0..WORDS_IN_A_RECORD).map(|_| format!("word{}", word(&mut rng))).collect();
        let (key, title) = (format!("INC-{n}"), words[..3].join(" "));
        let body = format!("{} the replica", words.join(" "));
        query(ADD)
            .bind(i64::try_from(n).unwrap_or(i64::MAX))
            .bind(CIRCLE)
            .bind(&key)
            .bind(&title)
            .bind(&body)
            .bind(indexed(&format!("{title} {key}")))
            .bind(indexed(&body))
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    pool.close().await;
    Ok(begun.elapsed())
}

/// Some words are frequent, most are rare.
fn word(rng: &mut StdRng) -> usize {
    let chance: f64 = rng.random();
    ((chance * chance * chance) * N_WORDS as f64) as usize
}
