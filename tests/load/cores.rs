//! Who runs on which core: the program on one, the generator on another.

use std::sync::OnceLock;
use std::thread;

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

use crate::fault::{Fault, fault};

/// The program's core and the generator's, where there are two.
static CORES: OnceLock<Option<(usize, usize)>> = OnceLock::new();

/// Takes this process to its core, with all that it starts later, and says who
/// runs where. The first thing to do: a thread that runs already stays.
pub fn pin_the_generator() -> Result<String, Fault> {
    let allowed = sched_getaffinity(this_thread())?;
    let mut cores = (0..CpuSet::count()).filter(|&core| allowed.is_set(core).unwrap_or(false));
    let two = cores.next().zip(cores.next());
    if CORES.set(two).is_err() {
        return Err(fault("the cores are given out once"));
    }
    match two {
        Some((program, generator)) => {
            pin(generator)?;
            Ok(format!("muster runs on core {program} alone, the generator on core {generator}"))
        }
        None => Ok("there is one core: muster and the generator share it, and every rate is too low".into()),
    }
}

/// Does something on the program's core: what is started there, threads and
/// processes alike, stays there.
pub fn on_programs_core<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, Fault> {
    thread::scope(|scope| {
        let worker = scope.spawn(|| {
            pin_to_programs_core()?;
            Ok(work())
        });
        worker.join().map_err(|_| fault("a thread panicked"))?
    })
}

/// Takes this thread to the program's core.
pub fn pin_to_programs_core() -> Result<(), Fault> {
    match CORES.get() {
        Some(Some((program, _))) => pin(*program),
        _ => Ok(()),
    }
}

fn pin(core: usize) -> Result<(), Fault> {
    let mut set = CpuSet::new();
    set.set(core)?;
    Ok(sched_setaffinity(this_thread(), &set)?)
}

fn this_thread() -> Pid {
    Pid::from_raw(0)
}
