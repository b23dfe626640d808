//! Redis, through which the instances of one installation count limits together and tell each other of changes.
//!
//! Redis is a help and never the truth: nothing is kept there that could not be lost. Where it does not answer in
//! [`ANSWER`] it counts as gone, and from then on nobody waits for it: limits are counted by each process for itself,
//! and changes elsewhere are noticed by comparing versions, a second late. A task finds it again.
//!
//! One connection serves all: what many ask at once goes out together and comes back in order. The pool lends it once
//! and for as long as it works, for it asks Redis each time it lends one (decision 0005).
//!
//! Every key begins with the tenant it belongs to, or with `platform` and the installation where it belongs to none,
//! so that installations may share a server.

mod changes;
mod limit;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use ::redis::aio::MultiplexedConnection;
use ::redis::{AsyncConnectionConfig, Client, RedisError, RedisResult, Script};
use deadpool_redis::{Connection, Manager, Pool, PoolError, Runtime};
use metrics::{Counter, Gauge, counter, gauge};
use tokio::sync::Notify;

pub(crate) use self::changes::Change;
pub use self::limit::{Bucket, Taken};

/// How long an answer may take before Redis counts as gone. It takes well under a millisecond.
const ANSWER: Duration = Duration::from_millis(250);
/// How long making a connection may take, with all that is said over it at first.
const CONNECT: Duration = Duration::from_secs(1);
/// From one attempt to connect to the next: at first, and at most. It doubles in between.
const PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// A connection that lasted this long was a good one, and the next attempt need not wait longer than the first.
const STEADY: Duration = Duration::from_secs(10);

/// A Redis server. Cheap to clone.
#[derive(Clone)]
pub struct Redis(Arc<Inner>);

struct Inner {
    pool: Pool,
    /// For the connection that listens.
    client: Client,
    installation: String,
    link: RwLock<Link>,
    lost: Notify,
    limit: Script,
    up: Gauge,
    failures: Counter,
}

/// The connection, while there is one. The number tells it from those before, so that a late failure of one that is
/// gone already does not cost the next.
#[derive(Default)]
struct Link {
    connection: Option<Connection>,
    number: u64,
}

/// The server's address cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the address of the Redis server cannot be read: {0}")]
pub struct InvalidRedisUrl(String);

impl Redis {
    /// The server at `url` (`redis://…`, `rediss://…`), for the instances of `installation`. It need not be there:
    /// [`Redis::keep_connected`] finds it. Install the metrics recorder before.
    pub fn open(url: &str, installation: String) -> Result<Self, InvalidRedisUrl> {
        let wrong = |error: RedisError| InvalidRedisUrl(error.to_string());
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(Some(ANSWER));
        let manager = Manager::new_with_config(url, config).map_err(wrong)?;
        let pool = Pool::builder(manager).max_size(1).runtime(Runtime::Tokio1).build();
        Ok(Self(Arc::new(Inner {
            pool: pool.map_err(|error| InvalidRedisUrl(error.to_string()))?,
            client: Client::open(url).map_err(wrong)?,
            installation,
            link: RwLock::default(),
            lost: Notify::new(),
            limit: limit::script(),
            up: gauge!("neonex_redis_up"),
            failures: counter!("neonex_redis_failures_total"),
        })))
    }

    /// Whether it answers, as far as is known.
    pub fn is_up(&self) -> bool {
        self.0.link.read().unwrap_or_else(PoisonError::into_inner).connection.is_some()
    }

    /// How often it has been found: one and the same number before and after means that it was there all along.
    pub fn times_found(&self) -> u64 {
        self.0.link.read().unwrap_or_else(PoisonError::into_inner).number
    }

    /// Connects, and does so again whenever the connection is lost, for ever; run it as a task.
    pub async fn keep_connected(self) {
        let mut pause = PAUSE;
        self.0.up.set(0.0);
        loop {
            let began = Instant::now();
            match self.connect().await {
                Ok(connection) => {
                    tracing::info!("Redis answers: limits are shared");
                    self.gain(connection);
                    self.0.lost.notified().await;
                }
                Err(error) if pause == PAUSE => {
                    log(&error, "Redis does not answer: limits are each process's own");
                }
                Err(error) => {
                    tracing::debug!(error = &error as &dyn std::error::Error, "Redis does not answer yet");
                }
            }
            if began.elapsed() >= STEADY {
                pause = PAUSE;
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// A connection over which something has been answered.
    async fn connect(&self) -> RedisResult<Connection> {
        let made = async {
            let mut connection = self.0.pool.get().await.map_err(|error| match error {
                PoolError::Backend(error) => error,
                error => std::io::Error::other(error).into(),
            })?;
            self.0.limit.load_async(&mut connection).await?;
            Ok(connection)
        };
        within(CONNECT, made).await
    }

    fn gain(&self, connection: Connection) {
        let mut link = self.0.link.write().unwrap_or_else(PoisonError::into_inner);
        *link = Link { connection: Some(connection), number: link.number + 1 };
        self.0.up.set(1.0);
    }

    /// Runs `ask` over the connection. `None` where Redis is gone, also where that is found out by asking.
    async fn ask<T>(&self, ask: impl AsyncFnOnce(&mut MultiplexedConnection) -> RedisResult<T>) -> Option<T> {
        let (mut connection, number) = {
            let link = self.0.link.read().unwrap_or_else(PoisonError::into_inner);
            (MultiplexedConnection::clone(link.connection.as_ref()?), link.number)
        };
        match ask(&mut connection).await {
            Ok(answer) => Some(answer),
            Err(error) => {
                self.lose(number, &error);
                None
            }
        }
    }

    /// Any error is reason enough: one that Redis itself sends (read-only after a failover, out of memory, a right
    /// that is missing) comes again with the next request.
    fn lose(&self, number: u64, error: &RedisError) {
        self.0.failures.increment(1);
        let mut link = self.0.link.write().unwrap_or_else(PoisonError::into_inner);
        if link.number == number && link.connection.take().is_some() {
            self.0.up.set(0.0);
            log(error, "Redis is gone: limits are each process's own");
            self.0.lost.notify_one();
        }
    }
}

fn log(error: &RedisError, message: &'static str) {
    tracing::warn!(error = error as &dyn std::error::Error, "{message}");
}

/// Gives up after `limit`.
async fn within<T>(limit: Duration, work: impl Future<Output = RedisResult<T>>) -> RedisResult<T> {
    let late = |_| std::io::Error::from(std::io::ErrorKind::TimedOut).into();
    tokio::time::timeout(limit, work).await.unwrap_or_else(|elapsed| Err(late(elapsed)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_is_none_is_refused_without_its_password() {
        for wrong in ["", "redis", "http://cache", "redis://:hunter2@", "redis://:hunter2@cache:port"] {
            let error = Redis::open(wrong, String::new()).err().unwrap().to_string();
            assert!(!error.contains("hunter2"), "{error}");
        }
        assert!(Redis::open("redis://:hunter2@cache:6379/1", String::new()).is_ok());
        assert!(Redis::open("rediss://cache", String::new()).is_ok());
    }
}
