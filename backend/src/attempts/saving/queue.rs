//! Saves that wait for SQLite's one writer, which commits those waiting
//! together: one sync for all of them, and one question to the connection.

use std::fmt::Write;
use std::sync::LazyLock;

use domain::answer::Confidence;
use domain::attempt::GRACE;
use futures_util::TryStreamExt;
use sqlx::{Either, Executor, Row, query};
use tokio::sync::{mpsc, oneshot};

use super::{ACCEPT, ADD, By, Said, Save, bind_save, save_alone};
use crate::db::{Db, Writer, stored};
use crate::error::{Error, Result};

/// How many saves may wait; past that the answer is "try again".
const WAITING_LIMIT: usize = 4096;

#[derive(Clone)]
pub struct SaveQueue {
    jobs: mpsc::Sender<Job>,
}

struct Job {
    by: By,
    save: Save,
    reply: oneshot::Sender<Result<Option<Said>>>,
}

impl SaveQueue {
    /// Starts the writer; it ends when the database is dropped.
    pub(crate) fn start(writer: Writer) -> SaveQueue {
        let (jobs, mut waiting) = mpsc::channel(WAITING_LIMIT);
        tokio::spawn(async move {
            let mut gathered: Vec<Job> = Vec::with_capacity(MOST);
            while waiting.recv_many(&mut gathered, MOST).await > 0 {
                let said = save_all(&writer, &gathered).await;
                for (n, job) in gathered.drain(..).enumerate() {
                    // What one of them broke was undone for all.
                    drop(job.reply.send(Ok(said.as_ref().ok().map(|said| said[n].clone()))));
                }
            }
        });
        SaveQueue { jobs }
    }

    /// Saves an answer together with those that wait; by itself where one of
    /// them cannot be saved.
    pub(super) async fn save(&self, db: &Db, by: &By, save: &Save) -> Result<Said> {
        let full = || Error::Unavailable(sqlx::Error::PoolTimedOut);
        let (reply, answered) = oneshot::channel();
        let job = Job { by: by.clone(), save: save.clone(), reply };
        self.jobs.try_send(job).map_err(|_| full())?;
        let said = match answered.await.map_err(|_| full())?? {
            Some(said) => return Ok(said),
            None => save_alone(db, by, save).await,
        };
        said.map_err(|why| {
            tracing::error!(error = %why, "an answer could not be committed");
            Error::Unavailable(sqlx::Error::WorkerCrashed)
        })
    }
}

/// How many saves one commit gathers at most.
const MOST: usize = 32;

/// For how many saves there is a text; each is prepared once.
const SIZES: [usize; 6] = [1, 2, 4, 8, 16, MOST];

/// What the two statements of a save are given.
const N_BOUND: usize = 11;

/// A whole transaction for so many saves.
static TOGETHER: LazyLock<[(usize, String); 6]> = LazyLock::new(|| {
    SIZES.map(|size| {
        let both = |n| format!("{}; {}; ", shifted(ACCEPT, n * N_BOUND), shifted(ADD, n * N_BOUND));
        let all: String = (0..size).map(both).collect();
        (size, format!("BEGIN IMMEDIATE; {all} COMMIT"))
    })
});

/// A statement with its places counted from another number on.
fn shifted(statement: &str, by: usize) -> String {
    let mut pieces = statement.split('$');
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = piece.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(piece.len());
        let place: usize = piece[..end].parse().expect("a place is a number");
        let _ = write!(text, "${}{}", place + by, &piece[end..]);
    }
    text
}

/// What the statements said of each, once all are committed. On an error
/// nothing of what this call did stays, unless it was the commit that failed,
/// and then the same answers may come again.
async fn save_all(writer: &Writer, jobs: &[Job]) -> Result<Vec<Said>> {
    let fitting = TOGETHER.iter().find(|(size, _)| *size >= jobs.len());
    let (size, text) = fitting.expect("no more are gathered than there are texts for");
    let mut all = query(text.as_str());
    for job in jobs {
        all = bind_save!(all, &job.by, &job.save);
    }
    // Places that nobody takes are given nothing, and accept nothing.
    let mut said: Vec<Said> = vec![(None, None); *size];
    let mut turn = writer.turn().await?;
    let mut told = turn.fetch_many(all);
    // The first statement begins; then there are two for each.
    let mut n_ended = 0;
    while let Some(item) = told.try_next().await? {
        match item {
            Either::Left(_) => n_ended += 1,
            Either::Right(row) if n_ended % 2 == 1 => {
                said[n_ended / 2].0 = Some((row.try_get(0)?, row.try_get(1)?));
            }
            Either::Right(row) => said[n_ended / 2 - 1].1 = Some(row.try_get(0)?),
        }
    }
    drop(told);
    turn.committed();
    Ok(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_given_what_belongs_to_its_place_in_line() {
        assert_eq!(shifted("a = $1 AND b = $10 OR c > $2", 22), "a = $23 AND b = $32 OR c > $24");
        for (size, text) in TOGETHER.iter() {
            assert!(text.contains(&format!("${}", size * N_BOUND)));
            assert!(!text.contains(&format!("${}", size * N_BOUND + 1)));
        }
    }
}
