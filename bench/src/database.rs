//! An empty database of a PostgreSQL or MariaDB server, for one run.

use anyhow::Context as _;
use serde::Serialize;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, Row as _};

/// The servers that Neonex knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Postgres,
    MariaDb,
}

impl Kind {
    /// The name of its scenarios.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::MariaDb => "mariadb",
        }
    }
}

/// A database that [`Database::drop`] removes.
pub(crate) struct Database {
    kind: Kind,
    admin: String,
    name: String,
}

impl Database {
    /// Makes an empty database on the server at `admin`. Its name begins as those of the tests do, because the tests'
    /// account may make no others.
    pub(crate) async fn create(kind: Kind, admin: &str, purpose: &str) -> anyhow::Result<Self> {
        let name = format!("neonex_test_bench_{purpose}_{}", std::process::id());
        run(kind, admin, &format!("CREATE DATABASE {name}")).await?;
        Ok(Self { kind, admin: admin.to_owned(), name })
    }

    /// Its URL.
    pub(crate) fn url(&self) -> anyhow::Result<String> {
        let mut url = reqwest::Url::parse(&self.admin).context("not the URL of a database server")?;
        url.set_path(&self.name);
        Ok(url.to_string())
    }

    /// Runs one statement in it.
    pub(crate) async fn run(&self, sql: &str) -> anyhow::Result<()> {
        run(self.kind, &self.url()?, sql).await
    }

    /// Removes it, from under those who are still connected.
    pub(crate) async fn drop(self) -> anyhow::Result<()> {
        let force = if self.kind == Kind::Postgres { " WITH (FORCE)" } else { "" };
        run(self.kind, &self.admin, &format!("DROP DATABASE {}{force}", self.name)).await
    }
}

/// What the server at `url` is, and what it does at a commit.
pub(crate) async fn version(kind: Kind, url: &str) -> anyhow::Result<String> {
    let ask = match kind {
        Kind::Postgres => {
            "SELECT 'PostgreSQL ' || current_setting('server_version') || ' (fsync ' || \
             current_setting('fsync') || ', synchronous_commit ' || current_setting('synchronous_commit') || ')'"
        }
        Kind::MariaDb => {
            "SELECT concat('MariaDB ', version(), ' (innodb_flush_log_at_trx_commit ', \
             @@innodb_flush_log_at_trx_commit, ')')"
        }
    };
    Ok(match kind {
        Kind::Postgres => sqlx::PgConnection::connect(url).await?.fetch_one(ask).await?.try_get(0)?,
        Kind::MariaDb => mariadb(url).await?.fetch_one(ask).await?.try_get(0)?,
    })
}

async fn run(kind: Kind, url: &str, sql: &str) -> anyhow::Result<()> {
    let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
    match kind {
        Kind::Postgres => sqlx::PgConnection::connect(url).await?.execute(sql).await.map(drop)?,
        Kind::MariaDb => mariadb(url).await?.execute(sql).await.map(drop)?,
    }
    Ok(())
}

async fn mariadb(url: &str) -> sqlx::Result<sqlx::MySqlConnection> {
    sqlx::MySqlConnection::connect(&url.replacen("mariadb://", "mysql://", 1)).await
}
