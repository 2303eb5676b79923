//! A PostgreSQL of our own for the tests: made in a temporary folder, gone at the end.
//!
//! It keeps its promises on disk (`fsync` and `synchronous_commit` are on), because muster refuses one that does not.

use std::fs::{self, File};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, thread};

use anyhow::{Context, Result, bail};

use crate::accounts::{self, Account};
use crate::command::{find, run, say};
use crate::debian;

const FOLDER_PREFIX: &str = "muster-postgres-";
const START_LIMIT: Duration = Duration::from_secs(60);
/// In lines.
const LAST_WORDS: usize = 20;

/// A running PostgreSQL; dropping it stops it and deletes all it holds.
pub struct Cluster {
    pub url: String,
    programs: Programs,
    folder: PathBuf,
    /// Nothing until the server runs.
    server: Option<Child>,
}

impl Cluster {
    /// Makes and starts one on a free port of this machine.
    pub fn start() -> Result<Self> {
        let programs = Programs::ensure()?;
        remove_left_behind(&programs);
        let port = free_port()?;
        let mut cluster = Self {
            url: format!("postgres://postgres@127.0.0.1:{port}/postgres"),
            folder: new_folder(programs.account)?,
            programs,
            server: None,
        };
        say(format!("starting a PostgreSQL for the tests on port {port}"));
        cluster.init()?;
        cluster.server = Some(cluster.spawn(port)?);
        cluster.wait_until_ready()?;
        Ok(cluster)
    }

    fn init(&self) -> Result<()> {
        let options =
            ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"];
        let mut initdb = self.programs.command("initdb");
        run(initdb.args(options).arg(data(&self.folder)).stdout(Stdio::null()))
    }

    fn spawn(&self, port: u16) -> Result<Child> {
        let mut server = self.programs.command("postgres");
        server.arg("-D").arg(data(&self.folder));
        for setting in [
            "listen_addresses=127.0.0.1",
            &format!("port={port}"),
            "unix_socket_directories=",
            "max_connections=300",
            // Of a log that is no use to anybody, two gigabytes would be kept.
            "max_wal_size=256MB",
            "fsync=on",
            "synchronous_commit=on",
        ] {
            server.args(["-c", setting]);
        }
        let log = File::create(self.log())?;
        server.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        server.spawn().context("postgres cannot be started")
    }

    /// PostgreSQL writes `ready` into its pid file once it takes connections.
    fn wait_until_ready(&mut self) -> Result<()> {
        let began = Instant::now();
        let pid_file = data(&self.folder).join("postmaster.pid");
        while !fs::read_to_string(&pid_file).is_ok_and(|text| text.lines().any(|line| line.trim() == "ready"))
        {
            let ended = self.server.as_mut().and_then(|server| server.try_wait().transpose()).transpose()?;
            if ended.is_some() || began.elapsed() > START_LIMIT {
                bail!("PostgreSQL did not start:\n{}", self.last_words());
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// The last it wrote, which is where a test that failed for its sake finds the reason.
    pub fn last_words(&self) -> String {
        let log = fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(LAST_WORDS)..].join("\n")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        clear_away(&self.programs, &self.folder);
        if let Some(server) = &mut self.server {
            // An error here means that it is gone already.
            let _ = server.wait();
        }
    }
}

/// The installed programs, and who runs them.
struct Programs {
    folder: PathBuf,
    /// Somebody else when we are root, which PostgreSQL refuses.
    account: Option<Account>,
}

impl Programs {
    fn ensure() -> Result<Self> {
        if installed().is_none() {
            debian::install("postgresql", "the tests on PostgreSQL")?;
        }
        let folder = installed().context("the package `postgresql` brought no initdb")?;
        let account = accounts::is_root()?.then(accounts::unprivileged).transpose()?;
        Ok(Self { folder, account })
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.folder.join(program));
        command.current_dir("/");
        if let Some(account) = self.account {
            command.uid(account.user).gid(account.group);
        }
        command
    }
}

/// The folder of the newest PostgreSQL: Debian keeps each version's programs off the PATH.
fn installed() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .map(|version| version.path())
        .filter(|version| version.join("bin/initdb").is_file())
        .max_by_key(|version| version.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok()));
    let on_path = || Some(find("initdb")?.canonicalize().ok()?.parent()?.to_path_buf());
    newest.map(|version| version.join("bin")).or_else(on_path)
}

/// A port that nobody listens on. Somebody could take it before we do; then the start fails and says so.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

fn new_folder(owner: Option<Account>) -> Result<PathBuf> {
    let folder = env::temp_dir().join(format!("{FOLDER_PREFIX}{}", std::process::id()));
    fs::create_dir(&folder).with_context(|| folder.display().to_string())?;
    if let Some(account) = owner {
        std::os::unix::fs::chown(&folder, Some(account.user), Some(account.group))?;
    }
    Ok(folder)
}

/// Clears away what a run that was killed left behind, its server included.
fn remove_left_behind(programs: &Programs) {
    for entry in fs::read_dir(env::temp_dir()).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let maker = name.to_str().and_then(|name| name.strip_prefix(FOLDER_PREFIX)?.parse::<u32>().ok());
        if maker.is_some_and(|process| !Path::new(&format!("/proc/{process}")).exists()) {
            clear_away(programs, &entry.path());
        }
    }
}

/// Stops the server in a folder, if one runs there, and deletes the folder. Failing is no reason to fail the tests.
fn clear_away(programs: &Programs, folder: &Path) {
    let mut stop = programs.command("pg_ctl");
    stop.args(["stop", "--silent", "--mode=immediate", "--pgdata"]).arg(data(folder));
    let _ = stop.stdout(Stdio::null()).stderr(Stdio::null()).status();
    if let Err(error) = fs::remove_dir_all(folder) {
        say(format!("{} cannot be deleted: {error}", folder.display()));
    }
}

fn data(folder: &Path) -> PathBuf {
    folder.join("data")
}
