//! Who we are on this machine, and who PostgreSQL may run as.

use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::command::output;

/// A user and their group, as the system counts them.
#[derive(Clone, Copy, Debug)]
pub struct Account {
    pub user: u32,
    pub group: u32,
}

pub fn is_root() -> Result<bool> {
    Ok(id("-u", None)? == 0)
}

/// The account that a PostgreSQL which refuses root can run as.
pub fn unprivileged() -> Result<Account> {
    let named =
        |name| Ok::<_, anyhow::Error>(Account { user: id("-u", Some(name))?, group: id("-g", Some(name))? });
    named("postgres").or_else(|_| named("nobody"))
}

fn id(what: &str, name: Option<&str>) -> Result<u32> {
    let number = output(Command::new("id").arg(what).args(name).stdin(Stdio::null()))?;
    number.trim().parse().with_context(|| format!("`id {what}` printed no number"))
}
