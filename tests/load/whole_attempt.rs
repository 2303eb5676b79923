//! P1: what a whole attempt costs the processor, without the sign-in, where some
//! sit at once; so the yardstick was measured.

use std::sync::atomic::Ordering::Relaxed;

use futures_util::future::try_join_all;

use crate::Asked;
use crate::client::N_BYTES;
use crate::fault::Fault;
use crate::figure::{Figure, Side};
use crate::process::load_average;
use crate::rounds::spread;
use crate::sitting::{all_sign_in, check_history};
use crate::stage::Stage;

/// So many attempts are measured together: the kernel counts in hundredths.
const BATCH: usize = 20;
const N_BATCHES: usize = 15;

pub async fn measure(asked: &Asked) -> Result<Figure, Fault> {
    let stage = Stage::set(BATCH * (N_BATCHES + 1), 1).await?;
    let muster = stage.serve(&asked.muster)?;
    let mut people = all_sign_in(muster.address, &stage.takers).await?;
    let bytes_before = N_BYTES.load(Relaxed);

    let mut costs = Vec::new();
    for batch in people.chunks_mut(BATCH) {
        let before = muster.used()?.cpu;
        try_join_all(batch.iter_mut().map(|person| person.sits(stage.round()))).await?;
        costs.push((muster.used()?.cpu - before) * 1000.0 / batch.len() as f64);
    }
    let warm_up = costs.remove(0);

    let n_saves = check_history(&stage, &people).await?;
    let n_bytes = N_BYTES.load(Relaxed) - bytes_before;
    let cost = spread(&costs);
    Ok(Figure {
        id: "P1",
        what: "processor for a whole attempt, without the hash",
        value: cost.median,
        unit: "ms",
        side: Side::AtMost,
        goal: 5.0,
        against: Vec::new(),
        interval: Some(cost),
        baseline: None,
        notes: vec![
            format!(
                "{N_BATCHES} × {BATCH} attempts, each {BATCH} at once, in a round of {} people; the first {BATCH} \
                 ({warm_up:.1} ms each) do not count",
                people.len()
            ),
            "each: home, start page, start, page with 20 questions, 20 saves, check, hand-in, result"
                .to_owned(),
            format!(
                "no errors; {n_saves} acknowledged answers, all in the database; {} kB of bodies an attempt; \
                 {:.0} MiB resident; load average {}",
                n_bytes / 1000 / people.len() as u64,
                muster.used()?.resident,
                load_average()
            ),
        ],
    })
}
