//! The Redis server of the tests, and a wire to it that can be cut.

use std::env;
use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Context as _, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// The address of the test's Redis server.
pub fn redis_url() -> anyhow::Result<String> {
    env::var("NEONEX_TEST_REDIS_URL")
        .context("NEONEX_TEST_REDIS_URL is not set; run the tests through `make test`")
}

/// How a wire treats those who use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wire {
    /// As if it were not there.
    Whole,
    /// Connections end, and new ones end at once.
    Cut,
    /// Connections are made and stay, and nothing comes through.
    Silent,
}

/// A wire to the Redis server.
pub struct RedisWire {
    url: String,
    state: watch::Sender<Wire>,
}

impl RedisWire {
    /// A wire, as it is to be at first.
    pub async fn lay(state: Wire) -> anyhow::Result<Self> {
        let url = redis_url()?;
        let start = url.find("://").context("the address has no scheme")? + 3;
        let end = url[start..].find('/').map_or(url.len(), |at| start + at);
        let Some((user, server)) = url[start..end].rsplit_once('@').or(Some(("", &url[start..end]))) else {
            bail!("the address has no server");
        };
        let server = if server.contains(':') { server.to_owned() } else { format!("{server}:6379") };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let here: SocketAddr = listener.local_addr()?;
        let user = if user.is_empty() { String::new() } else { format!("{user}@") };
        let (state, watched) = watch::channel(state);
        tokio::spawn(accept(listener, server, watched));
        Ok(Self { url: format!("redis://{user}{here}{}", &url[end..]), state })
    }

    /// The address by which Redis is reached over this wire.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Cuts it, mends it.
    pub fn set(&self, state: Wire) {
        self.state.send_replace(state);
    }
}

async fn accept(listener: TcpListener, server: String, state: watch::Receiver<Wire>) {
    while let Ok((client, _)) = listener.accept().await {
        let (server, state) = (server.clone(), state.clone());
        tokio::spawn(async move {
            if *state.borrow() == Wire::Cut {
                return;
            }
            let Ok(server) = TcpStream::connect(server).await else { return };
            let ((from_client, to_client), (from_server, to_server)) =
                (client.into_split(), server.into_split());
            // When one direction ends, so does the other.
            tokio::select! {
                () = carry(from_client, to_server, state.clone()) => {}
                () = carry(from_server, to_client, state) => {}
            }
        });
    }
}

async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut state: watch::Receiver<Wire>) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let now = *state.borrow_and_update();
        let read = async {
            if now == Wire::Silent { std::future::pending().await } else { from.read(&mut buffer).await }
        };
        tokio::select! {
            changed = state.changed() => if changed.is_err() || *state.borrow() == Wire::Cut { return },
            read = read => {
                let Ok(length @ 1..) = read else { return };
                let sent = to.write_all(buffer.get(..length).unwrap_or_default()).await;
                if sent.is_err() {
                    return;
                }
            }
        }
    }
}
