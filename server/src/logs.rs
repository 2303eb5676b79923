//! Logs: text for a person at a terminal, a JSON line for a machine.

use std::io::{IsTerminal, stderr};

use tracing_subscriber::EnvFilter;

use crate::config::Config;

/// Starts logging to standard error.
pub fn start(config: &Config) -> Result<(), String> {
    let filter = EnvFilter::try_new(&config.log)
        .map_err(|why| format!("log: {:?} is not a filter: {why}", config.log))?;
    let json = config.log_json.unwrap_or_else(|| !stderr().is_terminal());
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(stderr);
    if json {
        builder.json().flatten_event(true).init()
    } else {
        builder.init()
    }
    Ok(())
}
