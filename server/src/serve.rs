//! `muster serve`.

use std::error::Error;
use std::fs;
use std::sync::Arc;
use std::time::Duration;

use app::server::{Site, SiteParts};
use backend::shelf::Shelf;
use backend::{Db, setup};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::assets;
use crate::cli::ServeFlags;
use crate::config::Config;
use crate::demo::{self, PassingFolder};
use crate::outward::Outward;
use crate::{clock, jobs, listen, logs, router};

/// Serves until the program is told to stop.
pub fn run(flags: ServeFlags) -> Result<(), Box<dyn Error>> {
    let config = Config::from_flags(flags)?;
    logs::start(&config)?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(serve(config))
}

async fn serve(config: Config) -> Result<(), Box<dyn Error>> {
    // Dropped last, when nothing uses the database any more.
    let passing = make_folder(&config)?;
    let db = Db::open(&config.database).await.map_err(|why| format!("database: {why}"))?;
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|why| format!("listen: {} cannot be used: {why}", config.listen))?;
    let address = listener.local_addr()?;
    let public_url = config.public_url.clone().unwrap_or_else(|| format!("http://{address}"));

    if config.demo {
        demo::prepare(&db).await?;
    }
    let site = Site::new(SiteParts {
        db: db.clone(),
        shelf: config.questions.clone().map_or(Shelf::Samples, Shelf::Folder),
        leptos: assets::leptos_options(address),
        style: assets::style().into(),
        public_url: public_url.as_str().into(),
        leads_to_demo: config.demo,
        lookout: Box::new(Outward::new(config.reach)),
    });
    let (stop, stopping) = watch::channel(false);
    let router = router::router(site, Arc::new(config.trusted_proxies), stopping.clone());
    let jobs = tokio::spawn(jobs::run(db.clone(), stopping.clone()));
    tokio::spawn(jobs::read_deliveries(db.clone(), stopping));

    let mut signal_to_stop = StopSignal::listen()?;
    println!("Listening on http://{address}");
    if let Some(url) = &config.public_url {
        println!("People open {url}");
    }
    if config.demo {
        demo::announce(&public_url, config.is_passing);
    }
    if config.is_passing {
        // A team that set itself up here would lose everything at the end.
    } else if let Some(token) = setup::ensure_token(&db, clock::now(), &mut clock::dice()).await? {
        println!("Nobody is set up yet. Open the address above and enter this token:");
        println!("Set-up token: {token}");
    }

    // This task holds the folder: it goes at once, or with the runtime.
    tokio::spawn(async move {
        signal_to_stop.comes().await;
        tracing::info!("stopping: no new requests, those that run are finished");
        let _ = stop.send(true);
        signal_to_stop.comes().await;
        tracing::warn!("stopping at once");
        drop(passing);
        std::process::exit(1);
    });
    listen::until_stopped(listener, router).await;
    drop(tokio::time::timeout(Duration::from_secs(2), jobs).await);
    drop(tokio::time::timeout(Duration::from_secs(2), db.close()).await);
    Ok(())
}

/// The folder for what is kept; what is not kept has one that goes at the end.
fn make_folder(config: &Config) -> Result<Option<PassingFolder>, String> {
    let made = if config.is_passing {
        PassingFolder::make(&config.data).map(Some)
    } else {
        fs::create_dir_all(&config.data).map(|()| None)
    };
    made.map_err(|why| format!("data: {} cannot be made: {why}", config.data.display()))
}

/// What tells the program to stop. It is heard from the moment this is made,
/// which is before anybody is told that the program is there.
struct StopSignal {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignal {
    fn listen() -> std::io::Result<StopSignal> {
        Ok(StopSignal {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn comes(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
