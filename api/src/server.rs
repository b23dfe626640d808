//! Connections: accepting, timing out and draining them.
//!
//! poem's own server has no time limit for a request's head and does not close connections that never send one,
//! so the loop is ours, on the same hyper underneath. HTTP/1.1 and HTTP/2 without TLS (by prior knowledge) share
//! the port; TLS is ended in front of it.
//!
//! Stopping: `/readyz` turns to 503; connections are still taken for `announce`, so that balancers learn of it
//! before they meet a closed port; then the port closes, idle connections are closed, and requests that have
//! begun are given `drain` to end. What is not done by then (live subscriptions never are) is cut.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use poem::http::uri::Scheme;
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Addr, Endpoint, Request};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::probes::Readiness;

/// Times of the server.
#[derive(Debug, Clone, Copy)]
pub struct Timing {
    /// From a connection's opening, or the end of its last answer, to the next request's head. Bounds idle
    /// connections and those that send a byte a minute.
    pub head: Duration,
    /// From the wish to stop until no more connections are taken.
    pub announce: Duration,
    /// From then until what still runs is cut.
    pub drain: Duration,
}

impl Default for Timing {
    /// 60 s, none, 25 s: with what comes after, a stop stays below 30 s.
    fn default() -> Self {
        Self { head: Duration::from_mins(1), announce: Duration::ZERO, drain: Duration::from_secs(25) }
    }
}

/// Serves until `shutdown` ends and everything is drained.
pub async fn serve<E, S>(
    listener: TcpListener,
    endpoint: E,
    readiness: &Readiness,
    shutdown: S,
    timing: Timing,
) -> io::Result<()>
where
    E: Endpoint + 'static,
    S: Future<Output = ()>,
{
    let local = listener.local_addr()?;
    tracing::info!(address = %local, "listening");
    let graceful = GracefulShutdown::new();
    let server =
        Arc::new(Server { endpoint, local, connections: connections(timing.head), head: timing.head });
    let mut tasks = JoinSet::new();
    let mut stop = pin!(async {
        shutdown.await;
        readiness.drain();
        tokio::time::sleep(timing.announce).await;
    });
    loop {
        tokio::select! {
            () = &mut stop => break,
            (stream, peer) = accept(&listener) => {
                tasks.spawn(server.clone().attend(stream, peer, graceful.watcher()));
                while tasks.try_join_next().is_some() {}
            }
        }
    }
    drop(listener);
    tracing::info!(connections = graceful.count(), "draining");
    if tokio::time::timeout(timing.drain, graceful.shutdown()).await.is_err() {
        tracing::warn!("connections were cut: their requests did not end in time");
    }
    tasks.shutdown().await;
    Ok(())
}

/// The next connection. An error here is one connection's, or a lack of file descriptors that others may soon
/// give back.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

fn connections(head: Duration) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(head);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(200)
        .max_header_list_size(16 * 1024)
        .keep_alive_interval(head)
        .keep_alive_timeout(Duration::from_secs(20));
    builder
}

struct Server<E> {
    endpoint: E,
    local: SocketAddr,
    connections: Builder<TokioExecutor>,
    head: Duration,
}

impl<E: Endpoint + 'static> Server<E> {
    /// Attends to one connection until it closes.
    async fn attend(self: Arc<Self>, stream: TcpStream, peer: SocketAddr, watcher: Watcher) {
        // Without it, a small answer may wait for the acknowledgement of the one before. Failing leaves it slow.
        let _ = stream.set_nodelay(true);
        let asked = Arc::new(AtomicBool::new(false));
        let service = {
            let (server, asked) = (self.clone(), asked.clone());
            service_fn(move |request| {
                asked.store(true, Ordering::Relaxed);
                server.clone().answer(request, peer)
            })
        };
        let connection = self.connections.serve_connection_with_upgrades(TokioIo::new(stream), service);
        let mut connection = pin!(watcher.watch(connection.into_owned()));
        // While it is open which version of HTTP is spoken, hyper keeps no time.
        tokio::select! {
            _ = &mut connection => return,
            () = tokio::time::sleep(self.head) => if !asked.load(Ordering::Relaxed) { return },
        }
        // An error is the client's hanging up; there is nobody left to tell.
        let _ = connection.await;
    }

    async fn answer(
        self: Arc<Self>,
        request: hyper::Request<Incoming>,
        peer: SocketAddr,
    ) -> Result<hyper::Response<Body>, Infallible> {
        let (local, remote) = (LocalAddr(Addr::SocketAddr(self.local)), RemoteAddr(Addr::SocketAddr(peer)));
        let request = Request::from((request, local, remote, Scheme::HTTP));
        Ok(self.endpoint.get_response(request).await.into())
    }
}

type Body = http_body_util::combinators::BoxBody<bytes::Bytes, io::Error>;
