//! The program, started for one test in a folder of its own.

pub mod client;
pub mod database;
pub mod page;
pub mod people;
pub mod two_circles;

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::rc::Rc;
use std::time::{Duration, Instant};

use tempfile::TempDir;

pub use client::Client;
pub use database::Database;
pub use page::{Form, Page};
pub use people::PASSWORD;
pub use two_circles::TwoCircles;

/// The program with its database and its shelf; killed when it is dropped.
pub struct Muster {
    pub url: String,
    pub database: Database,
    folder: Rc<TempDir>,
    /// Its own folder within: two nodes share the rest.
    own: PathBuf,
    flags: Vec<String>,
    process: Child,
}

impl Muster {
    /// A fresh one, with the bank of `tests/stories/banks` on its shelf.
    pub async fn start() -> Muster {
        Muster::fresh("127.0.0.1:0", &[]).await
    }

    /// The same with more flags, one of which may say another public address.
    pub async fn start_with(flags: &[&str]) -> Muster {
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut muster = Muster::fresh(&free.to_string(), flags).await;
        muster.url = format!("http://{free}");
        muster.wait_until_ready().await;
        muster
    }

    /// A second node on the same database; SQLite has none.
    pub async fn second_node(&self) -> Option<Muster> {
        if !self.database.serves_many_nodes() {
            return None;
        }
        let own = self.folder.path().join("node-2");
        Some(
            Muster::listening(self.folder.clone(), self.database.again().await, own, "127.0.0.1:0", &[])
                .await,
        )
    }

    /// A second program on the same database. One that PostgreSQL serves is how
    /// Muster runs on many machines; on SQLite it shows that what one of them
    /// knows stands in the file and not in its memory.
    pub async fn beside(&self) -> Muster {
        let own = self.folder.path().join("beside");
        Muster::listening(self.folder.clone(), self.database.again().await, own, "127.0.0.1:0", &[]).await
    }

    async fn fresh(listen: &str, flags: &[&str]) -> Muster {
        let folder = Rc::new(TempDir::with_prefix("muster_story_").unwrap());
        copy_all(&banks(), &folder.path().join("questions"));
        let database = Database::fresh(folder.path()).await;
        let own = folder.path().join("node-1");
        Muster::listening(folder, database, own, listen, flags).await
    }

    async fn listening(
        folder: Rc<TempDir>,
        database: Database,
        own: PathBuf,
        listen: &str,
        flags: &[&str],
    ) -> Muster {
        fs::create_dir_all(&own).unwrap();
        let flags: Vec<String> = flags.iter().copied().map(str::to_owned).collect();
        let process = spawn(folder.path(), &own, &database, listen, &flags);
        let mut muster = Muster { url: String::new(), database, folder, own, flags, process };
        muster.url = muster.wait_for_line("Listening on ").await;
        if muster.url.starts_with("http://") {
            muster.wait_until_ready().await;
        }
        muster
    }

    /// Kills it as a power cut would, and starts it again where it was.
    pub async fn restart(&mut self) {
        self.kill();
        self.start_again().await;
    }

    /// As `kill -9`: nothing is finished.
    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// On the same data and the same port.
    pub async fn start_again(&mut self) {
        let address = self.address().to_string();
        self.process = spawn(self.folder.path(), &self.own, &self.database, &address, &self.flags);
        self.wait_until_ready().await;
    }

    /// Asks it to stop, as an operator does, and waits for its end.
    pub async fn stop(&mut self) -> ExitStatus {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        until("it stops", Duration::from_secs(15), async || self.process.try_wait().unwrap()).await
    }

    /// What is answered to a request that no client would write; it asks to
    /// close the connection. Empty where the connection is cut instead.
    pub async fn asked_raw(&self, request: &[u8]) -> String {
        let (address, request) = (self.address(), request.to_owned());
        let asked = tokio::task::spawn_blocking(move || {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
            // A server that has read enough answers before it has read all.
            drop(stream.write_all(&request));
            let mut answer = Vec::new();
            drop(stream.read_to_end(&mut answer));
            String::from_utf8_lossy(&answer).into_owned()
        });
        asked.await.unwrap()
    }

    pub fn address(&self) -> SocketAddr {
        self.url.trim_start_matches("http://").parse().unwrap()
    }

    /// The folder that it serves banks from.
    pub fn shelf(&self) -> PathBuf {
        self.folder.path().join("questions")
    }

    /// Puts a file on the shelf.
    pub fn shelve(&self, path: &str, text: &str) {
        let path = self.shelf().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// What it wrote for its operator so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.own.join("stderr")).unwrap()
    }

    /// What it printed since it was started last.
    pub async fn wait_for_line(&mut self, beginning: &str) -> String {
        let path = self.own.join("stdout");
        until(beginning, Duration::from_secs(20), async || {
            let text = fs::read_to_string(&path).unwrap();
            assert!(self.process.try_wait().unwrap().is_none(), "it did not start: {}", self.log());
            let whole = text.rfind('\n').map_or("", |end| &text[..end]);
            whole.lines().find_map(|line| Some(line.strip_prefix(beginning)?.to_owned()))
        })
        .await
    }

    async fn wait_until_ready(&mut self) {
        let nobody = Client::of(self);
        until("it is ready", Duration::from_secs(20), async || {
            nobody.try_get("/health/ready").await.ok().filter(|page| page.status == 200)
        })
        .await;
    }
}

impl Drop for Muster {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
        if std::thread::panicking() {
            eprintln!("--- the log of {}\n{}", self.own.display(), self.log());
        }
    }
}

/// The program's command line, where no setting of this machine is seen.
pub fn muster(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_muster"));
    let settings = std::env::vars().map(|(name, _)| name).filter(|name| name.starts_with("MUSTER_"));
    for name in settings {
        command.env_remove(name);
    }
    command.current_dir(folder).stdin(Stdio::null());
    command
}

/// The banks that stories are told with. What only a leader may see of them
/// holds the word `canary`.
pub fn banks() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/stories/banks")
}

pub fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_all(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Asks again and again until there is an answer, and fails after `limit`.
pub async fn until<T>(what: &str, limit: Duration, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(begun.elapsed() < limit, "waited {limit:?} until: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn spawn(folder: &Path, own: &Path, database: &Database, listen: &str, flags: &[String]) -> Child {
    let log = File::options().create(true).append(true).open(own.join("stderr"));
    muster(own)
        .args(["serve", "--listen", listen, "--data"])
        .arg(own)
        .arg("--questions")
        .arg(folder.join("questions"))
        .args(["--database", database.address()])
        .args(flags)
        .stdout(File::create(own.join("stdout")).unwrap())
        .stderr(log.unwrap())
        .spawn()
        .unwrap()
}
