//! P12: the memory that a day with a thousand takers needs, in a minute.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::Asked;
use crate::client::N_BYTES;
use crate::fault::{Fault, fault};
use crate::figure::{Figure, Side};
use crate::process::load_average;
use crate::sitting::{Person, all_sign_in, check_history};
use crate::stage::{N_QUESTIONS, Stage};

const N_TAKERS: usize = 1000;

/// An hour of answering takes this long here.
const ANSWERING: Duration = Duration::from_secs(20);

pub async fn measure(asked: &Asked) -> Result<Figure, Fault> {
    let stage = Stage::set(N_TAKERS, 1).await?;
    let muster = stage.serve(&asked.muster)?;
    let at_rest = muster.used()?.resident;
    let people = all_sign_in(muster.address, &stage.takers).await?;
    let signed_in = muster.used()?;

    let (begun, bytes_before) = (Instant::now(), N_BYTES.load(Relaxed));
    let together = Arc::new(Barrier::new(N_TAKERS));
    let round: Arc<str> = stage.round().into();
    let mut sitting = JoinSet::new();
    for (n, person) in people.into_iter().enumerate() {
        sitting.spawn(sit(person, n, round.clone(), together.clone()));
    }
    let (mut people, mut failures, mut slowest) = (Vec::new(), Vec::new(), Duration::ZERO);
    for done in sitting.join_all().await {
        match done {
            Ok((person, started)) => {
                people.push(person);
                slowest = slowest.max(started);
            }
            Err(why) => failures.push(why),
        }
    }
    let used = muster.used()?;
    let n_saves = check_history(&stage, &people).await?;
    let against = failures.first().map(|why| format!("{} of {N_TAKERS} failed: {why}", failures.len()));
    if people.len() + failures.len() != N_TAKERS {
        return Err(fault("somebody is missing"));
    }
    Ok(Figure {
        id: "P12",
        what: "most resident memory in a day of 1,000 takers",
        value: used.peak,
        unit: "MiB",
        side: Side::AtMost,
        goal: 80.0,
        against: against.into_iter().collect(),
        interval: None,
        baseline: Some(at_rest),
        notes: vec![
            "the baseline is the program at rest, after its start".to_owned(),
            format!(
                "{:.0} MiB at most while all signed in, {:.0} MiB at most by the end, {:.0} MiB at the end",
                signed_in.peak, used.peak, used.resident
            ),
            format!(
                "all pressed Start at one moment, and the last had its questions {:.1} s later; then {N_QUESTIONS} \
                 saves each within {} s, and hand-in",
                slowest.as_secs_f64(),
                ANSWERING.as_secs()
            ),
            format!(
                "{} errors; {n_saves} acknowledged answers, all in the database; {:.0} MB of bodies; {:.1} s of \
                 processor in {:.0} s after the sign-ins; load average {}",
                failures.len(),
                (N_BYTES.load(Relaxed) - bytes_before) as f64 / 1e6,
                used.cpu - signed_in.cpu,
                begun.elapsed().as_secs_f64(),
                load_average()
            ),
        ],
    })
}

/// One taker's day; returns how long the start took.
async fn sit(
    mut person: Person,
    n: usize,
    round: Arc<str>,
    together: Arc<Barrier>,
) -> Result<(Person, Duration), Fault> {
    let mut rng = StdRng::seed_from_u64(n as u64);
    let looked = person.looks(&round).await;
    together.wait().await;
    looked?;
    let begun = Instant::now();
    let mut sitting = person.starts(&round).await?;
    let started = begun.elapsed();
    let each = ANSWERING / N_QUESTIONS as u32;
    for _ in 0..N_QUESTIONS {
        tokio::time::sleep(each.mul_f64(rng.random_range(0.5..1.5))).await;
        person.saves(&mut sitting).await?;
    }
    person.hands_in(&sitting).await?;
    Ok((person, started))
}
