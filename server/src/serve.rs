//! `muster serve`.

use std::error::Error;
use std::fs;
use std::sync::Arc;
use std::time::Duration;

use app::server::Site;
use backend::shelf::Shelf;
use backend::{Db, setup};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::assets;
use crate::cli::ServeFlags;
use crate::config::Config;
use crate::{clock, jobs, listen, logs, router};

/// Serves until the program is told to stop.
pub fn run(flags: ServeFlags) -> Result<(), Box<dyn Error>> {
    let config = Config::from_flags(flags)?;
    logs::start(&config)?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(serve(config))
}

async fn serve(config: Config) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(&config.data)
        .map_err(|why| format!("data: {} cannot be made: {why}", config.data.display()))?;
    let db = Db::open(&config.database).await.map_err(|why| format!("database: {why}"))?;
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|why| format!("listen: {} cannot be used: {why}", config.listen))?;
    let address = listener.local_addr()?;
    let public_url = config.public_url.clone().unwrap_or_else(|| format!("http://{address}"));

    let site = Site {
        db: db.clone(),
        shelf: config.questions.clone().map_or(Shelf::Samples, Shelf::Folder),
        leptos: assets::leptos_options(address),
        style: assets::style().into(),
        public_url: public_url.as_str().into(),
    };
    let (stop, stopping) = watch::channel(false);
    let router = router::router(site, Arc::new(config.trusted_proxies), stopping.clone());
    let jobs = tokio::spawn(jobs::run(db.clone(), stopping));

    println!("Listening on http://{address}");
    if let Some(url) = &config.public_url {
        println!("People open {url}");
    }
    if let Some(token) = setup::ensure_token(&db, clock::now(), &mut clock::dice()).await? {
        println!("Nobody is set up yet. Open the address above and enter this token:");
        println!("Set-up token: {token}");
    }

    tokio::spawn(async move {
        wait_for_signal().await;
        tracing::info!("stopping: no new requests, those that run are finished");
        let _ = stop.send(true);
        wait_for_signal().await;
        tracing::warn!("stopping at once");
        std::process::exit(1);
    });
    listen::until_stopped(listener, router).await;
    drop(tokio::time::timeout(Duration::from_secs(2), jobs).await);
    drop(tokio::time::timeout(Duration::from_secs(2), db.close()).await);
    Ok(())
}

async fn wait_for_signal() {
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
