//! Connections: each with a limit on how long its headers may take, and an
//! end that lets running requests finish.

use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1::Builder;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tower::Service;

/// A client that sends its headers slower than this holds a connection for
/// nothing.
const HEADER_LIMIT: Duration = Duration::from_secs(10);

/// How long running requests have to finish after the signal to stop.
const DRAIN_LIMIT: Duration = Duration::from_secs(10);

/// How long connections are still taken after the signal to stop, so that a
/// balancer sees readiness turn red before it is refused.
const LINGER: Duration = Duration::from_secs(1);

/// Serves connections until `stopping` says so, then lets them finish.
pub async fn until_stopped(listener: TcpListener, (router, mut stopping): (Router, watch::Receiver<bool>)) {
    let graceful = GracefulShutdown::new();
    let mut told_to_stop = pin!(told_to_stop(&mut stopping));
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => serve(stream, peer, router.clone(), &graceful),
                Err(why) => {
                    // Out of file descriptors, mostly: it passes.
                    tracing::warn!(%why, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            },
            () = &mut told_to_stop => break,
        }
    }
    drop(listener);
    if tokio::time::timeout(DRAIN_LIMIT, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not finish in time");
    }
}

async fn told_to_stop(stopping: &mut watch::Receiver<bool>) {
    // The sender lives as long as the program.
    let _ = stopping.wait_for(|stop| *stop).await;
    tokio::time::sleep(LINGER).await;
}

fn serve(stream: TcpStream, peer: SocketAddr, router: Router, graceful: &GracefulShutdown) {
    // An answer to an autosave is small; it shall not wait for more.
    drop(stream.set_nodelay(true));
    // HTTP/2 is the matter of the proxy that speaks TLS.
    let mut builder = Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEADER_LIMIT);
    let service = hyper::service::service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().call(request)
    });
    let connection = graceful.watch(builder.serve_connection(TokioIo::new(stream), service));
    tokio::spawn(async move {
        if let Err(why) = connection.await {
            tracing::debug!(%why, %peer, "a connection ended early");
        }
    });
}
