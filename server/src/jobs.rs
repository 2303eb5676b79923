//! What happens by the clock.

use std::time::Duration;

use backend::attempts::finishing;
use backend::incidents::escalating;
use backend::reviews::opening;
use backend::sessions;
use backend::signals::{deliveries, processing};
use backend::{Db, throttle};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

use crate::clock;

/// How often attempts are looked through that the clock ended.
const SWEEP_EVERY: Duration = Duration::from_secs(5);

/// How often what has expired is thrown away: every so many sweeps.
const TIDY_EVERY: u32 = 120;

/// Runs until the program stops; the first sweep is at once, for what ended
/// while it was down.
pub async fn run(db: Db, mut stopping: watch::Receiver<bool>) {
    let mut ticks = interval(SWEEP_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut n_ticks = 0u32;
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stopping.wait_for(|stop| *stop) => return,
        }
        let sweeping = db.clone();
        // In a task of its own: a panic ends this sweep, and not the next.
        match tokio::spawn(async move { finishing::sweep(&sweeping, clock::now()).await }).await {
            Ok(Ok(0)) => {}
            Ok(Ok(n)) => tracing::info!(n_attempts = n, "closed what the clock ended"),
            Ok(Err(cause)) => tracing::error!(%cause, "attempts could not be swept"),
            Err(cause) => tracing::error!(%cause, "a sweep panicked"),
        }
        open_reviews(&db).await;
        hand_on(&db).await;
        if n_ticks.is_multiple_of(TIDY_EVERY) {
            tidy(&db).await;
        }
        n_ticks = n_ticks.wrapping_add(1);
    }
}

/// Opens the reviews of rounds whose results are ready; they may be since the
/// sweep before.
async fn open_reviews(db: &Db) {
    let opening = db.clone();
    match tokio::spawn(async move { opening::open_ready(&opening, clock::now()).await }).await {
        Ok(Ok(0)) => {}
        Ok(Ok(n)) => tracing::info!(n_reviews = n, "opened reviews of rounds that are ready"),
        Ok(Err(cause)) => tracing::error!(%cause, "reviews could not be opened"),
        Err(cause) => tracing::error!(%cause, "opening reviews panicked"),
    }
}

/// Hands incidents on that nobody has acknowledged.
async fn hand_on(db: &Db) {
    let handing = db.clone();
    match tokio::spawn(async move { escalating::hand_on(&handing, clock::now()).await }).await {
        Ok(Ok(0)) => {}
        Ok(Ok(n)) => tracing::info!(n_incidents = n, "handed on along the escalation path"),
        Ok(Err(cause)) => tracing::error!(%cause, "incidents could not be handed on"),
        Err(cause) => tracing::error!(%cause, "handing incidents on panicked"),
    }
}

/// How often what was delivered is read.
const READ_EVERY: Duration = Duration::from_millis(500);

/// Reads what was delivered, until the program stops; what was left when it
/// stopped last is read at once.
pub async fn read_deliveries(db: Db, mut stopping: watch::Receiver<bool>) {
    let mut ticks = interval(READ_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stopping.wait_for(|stop| *stop) => return,
        }
        let reading = db.clone();
        match tokio::spawn(async move { processing::work(&reading, clock::now()).await }).await {
            Ok(Ok(_)) => {}
            Ok(Err(cause)) => tracing::error!(%cause, "deliveries could not be read"),
            Err(cause) => tracing::error!(%cause, "reading deliveries panicked"),
        }
    }
}

async fn tidy(db: &Db) {
    let now = clock::now();
    if let Err(cause) = sessions::sweep(db, now).await {
        tracing::error!(%cause, "expired sessions could not be removed");
    }
    if let Err(cause) = deliveries::sweep(db, now).await {
        tracing::error!(%cause, "old deliveries could not be removed");
    }
    if let Err(cause) = throttle::sweep(db, now).await {
        tracing::error!(%cause, "old failures could not be removed");
    }
}
