//! A database of its own for each test, on the back end that the run is for.
//!
//! `NEONEX_TEST_BACKEND` names the back end: `sqlite` (the default), `postgres` or `mariadb`. The servers' addresses
//! come from `infra/services.sh`. A server that is asked for and missing fails the test; nothing is skipped.

use std::env;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use neonex_core::clock::SystemClock;
use neonex_core::engine::EngineOptions;
use neonex_core::ids::new_uuid;
use neonex_core::rng::SystemRng;
use neonex_core::store::Store;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};

/// What a run of the integration tests is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// The embedded default.
    Sqlite,
    /// A PostgreSQL server.
    Postgres,
    /// A MariaDB server.
    MariaDb,
}

impl Backend {
    /// The one that this run is for.
    pub fn of_this_run() -> anyhow::Result<Self> {
        match env::var("NEONEX_TEST_BACKEND").as_deref() {
            Ok("sqlite") | Err(env::VarError::NotPresent) => Ok(Self::Sqlite),
            Ok("postgres") => Ok(Self::Postgres),
            Ok("mariadb") => Ok(Self::MariaDb),
            other => bail!("NEONEX_TEST_BACKEND is {other:?}, not sqlite, postgres or mariadb"),
        }
    }
}

/// A store over an empty database, which goes when this does.
pub struct TestStore {
    /// The store.
    pub store: Store,
    home: Home,
}

enum Home {
    Folder(tempfile::TempDir),
    Server { backend: Backend, admin: String, name: String },
}

impl TestStore {
    /// An empty database on the back end of this run.
    pub async fn create() -> anyhow::Result<Self> {
        match Backend::of_this_run()? {
            Backend::Sqlite => {
                let folder = tempfile::tempdir()?;
                let store = Store::embedded(folder.path(), EngineOptions::default())?;
                Ok(Self { store, home: Home::Folder(folder) })
            }
            backend => {
                let variable = match backend {
                    Backend::Postgres => "NEONEX_TEST_POSTGRES_URL",
                    Backend::MariaDb | Backend::Sqlite => "NEONEX_TEST_MARIADB_URL",
                };
                let admin = env::var(variable)
                    .with_context(|| format!("{variable} is not set; run the tests through `make test`"))?;
                let name = format!("neonex_test_{}", new_uuid(&SystemClock, &SystemRng)?.simple());
                administer(backend, &admin, &format!("CREATE DATABASE {name}")).await?;
                let home = Home::Server { backend, admin: admin.clone(), name: name.clone() };
                let store = Store::server(&with_database(&admin, &name)?, 4, Duration::from_secs(20)).await?;
                Ok(Self { store, home })
            }
        }
    }

    /// The address of the database, where it is on a server.
    pub fn url(&self) -> Option<String> {
        match &self.home {
            Home::Folder(_) => None,
            Home::Server { admin, name, .. } => with_database(admin, name).ok(),
        }
    }

    /// The folder of the files, where it is embedded.
    pub fn folder(&self) -> Option<&Path> {
        match &self.home {
            Home::Folder(folder) => Some(folder.path()),
            Home::Server { .. } => None,
        }
    }

    /// Closes the store and removes the database. A test that fails leaves its database behind to be looked at.
    pub async fn remove(self) -> anyhow::Result<()> {
        self.store.close().await;
        match self.home {
            Home::Folder(folder) => Ok(folder.close()?),
            Home::Server { backend: Backend::Postgres, admin, name } => {
                administer(Backend::Postgres, &admin, &format!("DROP DATABASE {name} WITH (FORCE)")).await
            }
            Home::Server { backend, admin, name } => {
                administer(backend, &admin, &format!("DROP DATABASE {name}")).await
            }
        }
    }
}

/// Waits until nobody else is connected to the database at `url`. The sessions of a process that was killed outlive
/// it: each ends what it was doing, which may be a commit, before it finds that nobody listens.
pub async fn wait_until_unused(url: &str) -> anyhow::Result<()> {
    if url.starts_with("postgres") {
        let others = "SELECT count(*) FROM pg_stat_activity \
                      WHERE datname = current_database() AND pid <> pg_backend_pid() \
                      AND backend_type = 'client backend'";
        let mut connection = sqlx::PgConnection::connect(url).await?;
        wait_for_none(async || Ok(sqlx::query_scalar(others).fetch_one(&mut connection).await?)).await
    } else {
        let others = "SELECT count(*) FROM information_schema.processlist \
                      WHERE db = database() AND id <> connection_id()";
        let mut connection =
            sqlx::MySqlConnection::connect(&url.replacen("mariadb://", "mysql://", 1)).await?;
        wait_for_none(async || Ok(sqlx::query_scalar(others).fetch_one(&mut connection).await?)).await
    }
}

async fn wait_for_none(mut count: impl AsyncFnMut() -> anyhow::Result<i64>) -> anyhow::Result<()> {
    let started = Instant::now();
    loop {
        let others = count().await?;
        if others == 0 {
            return Ok(());
        }
        if started.elapsed() > Duration::from_secs(30) {
            bail!("{others} sessions of the database do not end");
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn administer(backend: Backend, url: &str, sql: &str) -> anyhow::Result<()> {
    let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
    if backend == Backend::Postgres {
        let mut connection = sqlx::PgConnection::connect(url).await?;
        connection.execute(sql).await?;
        Ok(connection.close().await?)
    } else {
        let url = url.replacen("mariadb://", "mysql://", 1);
        let mut connection = sqlx::MySqlConnection::connect(&url).await?;
        connection.execute(sql).await?;
        Ok(connection.close().await?)
    }
}

/// The same server and user, another database.
fn with_database(url: &str, name: &str) -> anyhow::Result<String> {
    let (address, query) = url.split_once('?').map_or((url, None), |(address, query)| (address, Some(query)));
    let after_scheme = address.find("://").context("the test server's address has no scheme")? + 3;
    let path = address[after_scheme..].find('/').map_or(address.len(), |at| after_scheme + at);
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    Ok(format!("{}/{name}{query}", &address[..path]))
}
