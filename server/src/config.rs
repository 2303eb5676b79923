//! Settings: from flags, variables and a file, checked by name.

use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use ipnet::IpNet;
use rand::Rng;
use serde::Deserialize;

use crate::cli::ServeFlags;
use crate::clock;

/// What the program runs with.
#[derive(Debug, Clone)]
pub struct Config {
    pub listen: SocketAddr,
    pub data: PathBuf,
    pub database: String,
    pub questions: Option<PathBuf>,
    /// Without a slash at the end; `None`: made of the address it listens on.
    pub public_url: Option<String>,
    pub trusted_proxies: Vec<IpNet>,
    /// Networks of one's own where addresses of runbooks are looked at.
    pub reach: Vec<IpNet>,
    pub log: String,
    pub log_json: Option<bool>,
    /// There is a demo circle, and the first address leads into it.
    pub demo: bool,
    /// Nothing is kept: the data folder goes when the program ends.
    pub is_passing: bool,
}

/// A setting that cannot be taken, by its name.
#[derive(Debug, thiserror::Error)]
pub enum WrongSetting {
    #[error("{name}: {what}")]
    Value { name: &'static str, what: String },
    #[error("{path}: {what}")]
    File { path: String, what: String },
}

/// `muster.toml`: the same settings under the same names.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    listen: Option<String>,
    data: Option<PathBuf>,
    database: Option<String>,
    questions: Option<PathBuf>,
    public_url: Option<String>,
    trusted_proxies: Vec<String>,
    reach: Vec<String>,
    log: Option<String>,
    log_format: Option<String>,
}

impl Config {
    pub fn from_flags(flags: ServeFlags) -> Result<Config, WrongSetting> {
        let file = read_file(flags.config.as_deref())?;
        let is_set = [&flags.data, &file.data].into_iter().any(Option::is_some)
            || [&flags.database, &file.database].into_iter().any(Option::is_some);
        let is_passing = flags.demo && !is_set;
        let by_default = if is_passing { passing_folder() } else { "data".into() };
        let data = flags.data.or(file.data).unwrap_or(by_default);
        Ok(Config {
            listen: listen(flags.listen.or(file.listen).as_deref().unwrap_or("127.0.0.1:3000"))?,
            database: flags.database.or(file.database).unwrap_or_else(|| sqlite_below(&data)),
            data,
            questions: questions(flags.questions.or(file.questions))?,
            public_url: public_url(flags.public_url.or(file.public_url))?,
            trusted_proxies: networks("trusted-proxies", flags.trusted_proxies, file.trusted_proxies)?,
            reach: networks("reach", flags.reach, file.reach)?,
            log: flags.log.or(file.log).unwrap_or_else(|| "info".to_owned()),
            log_json: log_json(flags.log_format.or(file.log_format))?,
            demo: flags.demo,
            is_passing,
        })
    }
}

/// A folder that nobody else has, for a demo of which nothing is kept.
fn passing_folder() -> PathBuf {
    let name = format!("muster-demo-{}-{:08x}", std::process::id(), clock::dice().random::<u32>());
    std::env::temp_dir().join(name)
}

/// The SQLite file in a data folder.
fn sqlite_below(data: &Path) -> String {
    format!("sqlite:{}", data.join("muster.db").display())
}

fn wrong(name: &'static str, what: impl Into<String>) -> WrongSetting {
    WrongSetting::Value { name, what: what.into() }
}

fn read_file(named: Option<&Path>) -> Result<File, WrongSetting> {
    let path = named.unwrap_or(Path::new("muster.toml"));
    let at = |what: String| WrongSetting::File { path: path.display().to_string(), what };
    if named.is_none() && !path.exists() {
        return Ok(File::default());
    }
    let text = fs::read_to_string(path).map_err(|why| at(format!("cannot be read: {why}")))?;
    toml::from_str(&text).map_err(|why| at(why.to_string()))
}

fn listen(text: &str) -> Result<SocketAddr, WrongSetting> {
    text.replace("localhost:", "127.0.0.1:").parse().map_err(|_| {
        wrong("listen", format!("{text:?} is not an address and a port; write for example 127.0.0.1:3000"))
    })
}

fn questions(folder: Option<PathBuf>) -> Result<Option<PathBuf>, WrongSetting> {
    match folder {
        Some(folder) if !folder.is_dir() => {
            Err(wrong("questions", format!("{} is not a folder that can be read", folder.display())))
        }
        folder => Ok(folder),
    }
}

fn public_url(text: Option<String>) -> Result<Option<String>, WrongSetting> {
    let Some(text) = text else { return Ok(None) };
    let url = text.trim_end_matches('/');
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    match host {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', ' ', '@']) => {
            Ok(Some(url.to_owned()))
        }
        _ => Err(wrong(
            "public-url",
            format!(
                "{text:?} is not an address people can open; write for example https://muster.example.org"
            ),
        )),
    }
}

/// What the flags say, or else the file.
fn networks(name: &'static str, flags: Vec<String>, file: Vec<String>) -> Result<Vec<IpNet>, WrongSetting> {
    let texts = if flags.is_empty() { file } else { flags };
    texts.iter().map(|text| network(name, text.trim())).collect()
}

fn network(name: &'static str, text: &str) -> Result<IpNet, WrongSetting> {
    text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).map_err(|_| {
        wrong(name, format!("{text:?} is neither an address nor a network; write for example 10.0.0.0/8"))
    })
}

fn log_json(format: Option<String>) -> Result<Option<bool>, WrongSetting> {
    match format.as_deref() {
        None => Ok(None),
        Some("json") => Ok(Some(true)),
        Some("text") => Ok(Some(false)),
        Some(other) => Err(wrong("log-format", format!("{other:?} is neither text nor json"))),
    }
}
