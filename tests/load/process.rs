//! The programs that are measured, and what the system says of them.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use nix::time::ClockId;
use nix::unistd::Pid;

use crate::cores;
use crate::fault::{Fault, fault};

/// A program that serves; killed when it is dropped.
pub struct Process {
    pub address: SocketAddr,
    child: Child,
}

impl Process {
    /// Starts `muster serve` with its data in a folder.
    pub fn muster(program: &Path, folder: &Path) -> Result<Process, Fault> {
        Process::start(muster(program, folder, "127.0.0.1:0"), &folder.join("log"))
    }

    /// Starts a program on its core, and waits for the line that says where it
    /// listens. What it logs goes to a file, as it would for an operator.
    pub fn start(command: Command, log: &Path) -> Result<Process, Fault> {
        let mut child = spawn(command, log)?;
        let mut lines = BufReader::new(child.stdout.take().ok_or_else(|| fault("it has no output"))?).lines();
        let address = loop {
            let Some(line) = lines.next() else {
                return Err(fault(format!("it did not start:\n{}", fs::read_to_string(log)?)));
            };
            if let Some(address) = line?.strip_prefix("Listening on http://") {
                break address.parse()?;
            }
        };
        // Nobody reads the rest, and it must not stop at a full pipe.
        thread::spawn(move || lines.for_each(drop));
        Ok(Process { address, child })
    }

    pub fn used(&self) -> Result<Used, Fault> {
        Used::by(self.child.id())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        kill(&mut self.child);
    }
}

/// The command line of a muster, where no setting of this machine is seen.
pub fn muster(program: &Path, folder: &Path, listen: &str) -> Command {
    let mut command = Command::new(program);
    for (setting, _) in std::env::vars().filter(|(name, _)| name.starts_with("MUSTER_")) {
        command.env_remove(setting);
    }
    command.current_dir(folder).args(["serve", "--listen", listen, "--data"]).arg(folder);
    command
}

/// Starts a program on its core.
pub fn spawn(mut command: Command, log: &Path) -> Result<Child, Fault> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(File::create(log)?);
    Ok(cores::on_programs_core(move || command.spawn())??)
}

pub fn kill(child: &mut Child) {
    drop(child.kill());
    drop(child.wait());
}

/// What a process has used so far.
#[derive(Clone, Copy, Debug)]
pub struct Used {
    /// Seconds of a processor, its own and the kernel's for it.
    pub cpu: f64,
    /// Resident memory now, in MiB.
    pub resident: f64,
    /// The most it ever was.
    pub peak: f64,
}

impl Used {
    /// By this process.
    pub fn here() -> Result<Used, Fault> {
        Used::by(std::process::id())
    }

    fn by(process: u32) -> Result<Used, Fault> {
        // To the nanosecond; `stat` counts in hundredths of a second.
        let cpu = ClockId::pid_cpu_clock_id(Pid::from_raw(process.try_into()?))?.now()?;
        let status = fs::read_to_string(format!("/proc/{process}/status"))?;
        let mib = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
            kib.map(|kib| kib / 1024.0).ok_or_else(|| fault(format!("no {name}")))
        };
        Ok(Used { cpu: Duration::from(cpu).as_secs_f64(), resident: mib("VmRSS:")?, peak: mib("VmHWM:")? })
    }
}

/// As the kernel says it.
pub fn load_average() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').take(3).collect::<Vec<_>>().join(" ")
}
