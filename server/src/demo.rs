//! `muster serve --demo`: a demo circle that is there when the program listens,
//! and a folder for it that goes when the program ends.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use backend::{Db, demo, setup};

use crate::clock;

/// Makes the demo circle, unless there is one. Where real people are at work it
/// is refused: a circle that anybody enters without a password shall not come
/// from a flag that somebody left in a start script.
pub async fn prepare(db: &Db) -> Result<(), String> {
    if demo::exists(db).await.map_err(|why| why.to_string())? {
        return Ok(());
    }
    if setup::is_set_up(db).await.map_err(|why| why.to_string())? {
        return Err(
            "demo: this database is set up for real people, and `--demo` would let anybody in without \
                    a password. Start without `--demo`; an administrator can make a demo circle under Your \
                    circles. To look around apart from it, name neither --data nor --database."
                .to_owned(),
        );
    }
    demo::make(db, None, clock::now()).await.map_err(|why| format!("demo: it could not be made: {why}"))
}

/// What the console says about it.
pub fn announce(address: &str, is_passing: bool) {
    println!("Demo: open {address} and choose whom to be; there is no password");
    if is_passing {
        println!("Everything in it is made up and goes when this program ends");
    }
}

/// A folder that is removed when it is dropped.
pub struct PassingFolder(PathBuf);

impl PassingFolder {
    /// Makes it, for this user alone; one that exists is somebody else's.
    pub fn make(path: &Path) -> std::io::Result<PassingFolder> {
        DirBuilder::new().mode(0o700).create(path)?;
        Ok(PassingFolder(path.to_owned()))
    }
}

impl Drop for PassingFolder {
    fn drop(&mut self) {
        if let Err(why) = fs::remove_dir_all(&self.0) {
            tracing::warn!(%why, folder = %self.0.display(), "the folder of the demo could not be removed");
        }
    }
}
