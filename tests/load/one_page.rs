//! P4: the page with all questions of an attempt, with its session and its
//! database, against an empty page of the same framework.

use std::process::Command;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::client::Browser;
use crate::fault::{Fault, fault};
use crate::figure::{Figure, Side};
use crate::process::{Process, Used, load_average};
use crate::rounds::compare;
use crate::sitting::all_sign_in;
use crate::stage::Stage;
use crate::{Asked, empty_page};

const N_CONNECTIONS: usize = 16;
const SLICE: Duration = Duration::from_millis(600);

/// Those who ask for the same page again and again.
struct Crowd {
    /// Each browser with the path it asks for and the least it must get.
    browsers: Vec<(Browser, String, usize)>,
    n_bytes: u64,
    n_pages: u64,
    /// Seconds of a processor: the server's, ours; and of the clock.
    busy: [f64; 3],
}

pub async fn measure(asked: &Asked) -> Result<Figure, Fault> {
    let stage = Stage::set(N_CONNECTIONS, 1).await?;
    let muster = stage.serve(&asked.muster)?;
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(empty_page::MODE);
    let empty = Process::start(command, &stage.folder.path().join("empty.log"))?;

    let mut questions = Crowd::new();
    for mut person in all_sign_in(muster.address, &stage.takers).await? {
        let attempt = person.starts(stage.round()).await?.attempt;
        questions.browsers.push((person.browser, format!("/attempts/{attempt}?all=1"), 20_000));
    }
    let mut nothing = Crowd::new();
    nothing.browsers.extend((0..N_CONNECTIONS).map(|_| (Browser::new(empty.address), "/".to_owned(), 100)));

    let mut both = (questions, nothing);
    let compared = compare(
        &mut both,
        async |both| both.0.ask_for(SLICE, &muster).await,
        async |both| both.1.ask_for(SLICE, &empty).await,
    )
    .await?;
    Ok(Figure {
        id: "P4",
        what: "page with 20 questions ÷ empty page of Leptos, pages/s",
        value: compared.ratio.median,
        unit: "ratio",
        side: Side::AtLeast,
        goal: 0.2,
        against: compared.is_void().into_iter().collect(),
        interval: Some(compared.ratio),
        baseline: Some(compared.b),
        notes: vec![
            compared.note(),
            format!(
                "{:.0} pages/s of {} kB with 20 questions ({}), {:.0} pages/s with nothing ({})",
                compared.a,
                both.0.n_bytes / both.0.n_pages.max(1) / 1000,
                both.0.shares(),
                compared.b,
                both.1.shares()
            ),
            format!(
                "{N_CONNECTIONS} connections; no errors; {:.0} MiB resident; load average {}",
                muster.used()?.resident,
                load_average()
            ),
        ],
    })
}

impl Crowd {
    fn new() -> Crowd {
        Crowd { browsers: Vec::new(), n_bytes: 0, n_pages: 0, busy: [0.0; 3] }
    }

    async fn ask_for(&mut self, time: Duration, server: &Process) -> Result<f64, Fault> {
        let (used, here) = (server.used()?.cpu, Used::here()?.cpu);
        let (begun, mut asking) = (Instant::now(), JoinSet::new());
        for (mut browser, path, at_least) in std::mem::take(&mut self.browsers) {
            asking.spawn(async move {
                let (mut n_pages, mut n_bytes) = (0u32, 0);
                while begun.elapsed() < time {
                    let n = browser.get(&path).await?.page()?.len();
                    if n < at_least {
                        return Err(fault(format!("{path} has {n} bytes")));
                    }
                    (n_pages, n_bytes) = (n_pages + 1, n_bytes + n as u64);
                }
                Ok((n_pages, n_bytes, browser, path, at_least))
            });
        }
        let mut n_asked = 0;
        for done in asking.join_all().await {
            let (n_pages, n_bytes, browser, path, at_least) = done?;
            n_asked += n_pages;
            self.n_pages += u64::from(n_pages);
            self.n_bytes += n_bytes;
            self.browsers.push((browser, path, at_least));
        }
        let took = begun.elapsed().as_secs_f64();
        self.busy[0] += server.used()?.cpu - used;
        self.busy[1] += Used::here()?.cpu - here;
        self.busy[2] += took;
        Ok(f64::from(n_asked) / took)
    }

    fn shares(&self) -> String {
        let share = |busy: f64| 100.0 * busy / self.busy[2];
        format!(
            "the server {:.0} % of its core, the generator {:.0} %",
            share(self.busy[0]),
            share(self.busy[1])
        )
    }
}
