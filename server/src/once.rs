//! What the commands have in common that do one piece of work and end.

use std::io::{self, Write, stdout};

use backend::{Db, Error};

use crate::cli::{DatabaseFlags, ServeFlags};
use crate::config::Config;

/// Opens the database that the flags name, for one piece of work.
pub fn with_db<T>(
    flags: &DatabaseFlags,
    work: impl AsyncFnOnce(&Db) -> Result<T, String>,
) -> Result<T, String> {
    let settings = ServeFlags {
        data: flags.data.clone(),
        database: flags.database.clone(),
        config: flags.config.clone(),
        ..ServeFlags::default()
    };
    let database = Config::from_flags(settings).map_err(|why| why.to_string())?.database;
    let runtime = tokio::runtime::Runtime::new().map_err(|why| why.to_string())?;
    runtime.block_on(async {
        let db = Db::open(&database).await.map_err(|why| format!("database: {why}"))?;
        let done = work(&db).await;
        db.close().await;
        done
    })
}

/// Why nothing came of it, as it is told at the command line.
pub fn in_words(why: Error) -> String {
    match why {
        Error::Refused(problems) => {
            problems.into_iter().map(|problem| problem.what).collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
    }
}

/// The same, where nothing but the circle can be missing.
pub fn about_circle(circle: &str, why: Error) -> String {
    match why {
        Error::NotFound => format!("circle: there is no circle {circle:?}"),
        other => in_words(other),
    }
}

/// Prints what was written. A closed pipe ends the printing, and that is no
/// fault of what was read.
pub fn print(written: io::Result<()>, text: &[u8]) -> io::Result<()> {
    match written.and_then(|()| stdout().lock().write_all(text)) {
        Err(why) if why.kind() != io::ErrorKind::BrokenPipe => Err(why),
        _ => Ok(()),
    }
}

/// "1 file", "2 files".
pub fn counted(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}
