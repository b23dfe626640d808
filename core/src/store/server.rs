//! Connections to Postgres and MariaDB, and the pool that keeps them.
//!
//! On Postgres every connection runs as a role that row-level security binds. A superuser is above it, so a
//! connection made as one steps down to the role [`ROLE`] before its first statement; a pool that cannot be so
//! bound is refused. The tenant of the row-level policies is a setting of the connection. It is sent only when a
//! connection changes tenants: [`Server::tenant`] is the one way to a connection, and sets it.

use std::str::FromStr;
use std::time::{Duration, Instant};

use deadpool::managed::{self, Metrics, RecycleError, RecycleResult};
use futures_util::TryStreamExt as _;
use futures_util::future::BoxFuture;
use neonex_migrations::Dialect;
use sea_query_sqlx::SqlxValues;
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, Row as _};
use uuid::Uuid;

use super::error::StoreError;
use super::metrics::PoolMetrics;
use super::row::Row;
use super::sql::Sql;
use super::tx::Tx;

/// The role that the server steps down to where it was given a superuser.
pub const ROLE: &str = "neonex_server";

enum Link {
    Postgres(PgConnection),
    MariaDb(MySqlConnection),
}

/// One connection.
pub(crate) struct ServerConnection {
    link: Link,
    tenant: Option<Uuid>,
    /// False while a transaction or a statement is under way. A connection that comes back like that was dropped
    /// in the middle (its request was cancelled), and is closed rather than lent again.
    at_rest: bool,
}

impl ServerConnection {
    pub(crate) const fn dialect(&self) -> Dialect {
        match self.link {
            Link::Postgres(_) => Dialect::Postgres,
            Link::MariaDb(_) => Dialect::MariaDb,
        }
    }

    pub(crate) async fn execute(&mut self, sql: &Sql) -> Result<u64, StoreError> {
        let query = (AssertSqlSafe(sql.text.clone()), SqlxValues(sea_query::Values(sql.values.clone())));
        Ok(match &mut self.link {
            Link::Postgres(link) => sqlx::query_with(query.0, query.1).execute(link).await?.rows_affected(),
            Link::MariaDb(link) => sqlx::query_with(query.0, query.1).execute(link).await?.rows_affected(),
        })
    }

    pub(crate) async fn query<T, R>(&mut self, sql: &Sql, mut read: R) -> Result<Vec<T>, StoreError>
    where
        T: Send,
        R: FnMut(&Row<'_>) -> Result<T, StoreError> + Send,
    {
        let query = (AssertSqlSafe(sql.text.clone()), SqlxValues(sea_query::Values(sql.values.clone())));
        let mut found = Vec::new();
        // Row by row, so that no more is held than `read` keeps.
        match &mut self.link {
            Link::Postgres(link) => {
                let mut rows = sqlx::query_with(query.0, query.1).fetch(link);
                while let Some(row) = rows.try_next().await? {
                    found.push(read(&Row::Postgres(&row))?);
                }
            }
            Link::MariaDb(link) => {
                let mut rows = sqlx::query_with(query.0, query.1).fetch(link);
                while let Some(row) = rows.try_next().await? {
                    found.push(read(&Row::MariaDb(&row))?);
                }
            }
        }
        Ok(found)
    }

    pub(crate) async fn define(&mut self, statements: &[String]) -> Result<(), StoreError> {
        for sql in statements {
            self.simple(sql.clone()).await?;
        }
        Ok(())
    }

    async fn simple(&mut self, sql: String) -> Result<(), StoreError> {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql));
        match &mut self.link {
            Link::Postgres(link) => link.execute(sql).await.map(drop)?,
            Link::MariaDb(link) => link.execute(sql).await.map(drop)?,
        }
        Ok(())
    }

    /// Makes every later statement of this connection see the rows of `tenant` alone.
    async fn enter(&mut self, tenant: Option<Uuid>) -> Result<(), StoreError> {
        if self.tenant == tenant || self.dialect() != Dialect::Postgres {
            return Ok(());
        }
        let value = tenant.map(|tenant| tenant.to_string()).unwrap_or_default();
        self.simple(format!("SET neonex.tenant = '{value}'")).await?;
        self.tenant = tenant;
        Ok(())
    }

    /// Opens a transaction; [`ServerConnection::end`] ends it.
    pub(crate) async fn begin(&mut self) -> Result<(), StoreError> {
        self.simple("BEGIN".to_owned()).await
    }

    /// Ends the transaction. After an error here the connection is not lent again.
    pub(crate) async fn end(&mut self, commit: bool) -> Result<(), StoreError> {
        let word = if commit { "COMMIT" } else { "ROLLBACK" };
        self.simple(word.to_owned()).await?;
        self.at_rest = true;
        Ok(())
    }
}

/// Where a server is, and how long a statement may take there.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    target: Target,
    statement_timeout: Duration,
}

#[derive(Debug, Clone)]
enum Target {
    Postgres(Box<PgConnectOptions>),
    MariaDb(Box<MySqlConnectOptions>),
}

impl Address {
    /// Reads `postgres://…` or `mysql://…` (also `postgresql:`, `mariadb:`).
    fn parse(url: &str, statement_timeout: Duration) -> Result<Self, ServerError> {
        let wrong = |error: sqlx::Error| ServerError::Url(error.to_string());
        let (scheme, rest) = url.split_once("://").ok_or_else(|| ServerError::Scheme(url.to_owned()))?;
        let target = match scheme {
            "postgres" | "postgresql" => {
                let options = PgConnectOptions::from_str(url).map_err(wrong)?;
                Target::Postgres(Box::new(options.application_name("neonex").disable_statement_logging()))
            }
            "mysql" | "mariadb" => {
                let options = MySqlConnectOptions::from_str(&format!("mysql://{rest}")).map_err(wrong)?;
                Target::MariaDb(Box::new(options.disable_statement_logging()))
            }
            other => return Err(ServerError::Scheme(other.to_owned())),
        };
        Ok(Self { target, statement_timeout })
    }

    async fn connect(&self) -> Result<ServerConnection, StoreError> {
        let link = match &self.target {
            Target::Postgres(options) => Link::Postgres(PgConnection::connect_with(options).await?),
            Target::MariaDb(options) => Link::MariaDb(MySqlConnection::connect_with(options).await?),
        };
        let mut connection = ServerConnection { link, tenant: None, at_rest: true };
        let limit = self.statement_timeout.as_millis();
        match connection.dialect() {
            Dialect::Postgres => {
                connection.simple(format!("SET statement_timeout = {limit}; SET TIME ZONE 'UTC'; SET client_min_messages = warning")).await?;
                step_down(&mut connection).await?;
            }
            Dialect::MariaDb | Dialect::Sqlite => {
                let seconds = self.statement_timeout.as_secs_f64();
                connection.simple(format!("SET max_statement_time = {seconds}")).await?;
                connection
                    .simple("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED".to_owned())
                    .await?;
            }
        }
        Ok(connection)
    }
}

/// Leaves the superuser's rights behind, where the connection has them.
async fn step_down(connection: &mut ServerConnection) -> Result<(), StoreError> {
    let above = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user";
    let above = connection.query(&Sql::new(above, Vec::new()), |row| row.bool(0)).await?;
    if above.first().copied().flatten() != Some(false) {
        connection.simple(format!("SET ROLE {ROLE}")).await?;
    }
    Ok(())
}

impl managed::Manager for Address {
    type Type = ServerConnection;
    type Error = StoreError;

    async fn create(&self) -> Result<ServerConnection, StoreError> {
        self.connect().await
    }

    async fn recycle(&self, connection: &mut ServerConnection, _: &Metrics) -> RecycleResult<StoreError> {
        if connection.at_rest { Ok(()) } else { Err(RecycleError::message("left in the middle of its work")) }
    }
}

/// The server cannot be used as it is.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The database's address has another scheme than those spoken here.
    #[error("`{0}` is no database that Neonex speaks to: use postgres://… or mysql://…")]
    Scheme(String),
    /// The database's address could not be read.
    #[error("the database's address could not be read: {0}")]
    Url(String),
    /// The pool could not be built.
    #[error("the pool of connections could not be built")]
    Pool(#[source] managed::BuildError),
    /// The role could not be made.
    #[error("the role {ROLE}, which row-level security needs, could not be made or taken")]
    Role(#[source] sqlx::Error),
    /// The server does not answer, or refuses this user.
    #[error("the database server cannot be reached")]
    Unreachable(#[source] sqlx::Error),
}

/// A database server.
#[derive(Clone)]
pub(crate) struct Server {
    pool: managed::Pool<Address>,
    metrics: PoolMetrics,
    dialect: Dialect,
    /// The schema, quoted, in which the extension pgvector lies, where the database has it.
    vectors: Option<String>,
}

impl Server {
    /// Connects, and on Postgres sees to it that row-level security will bind every connection.
    pub(crate) async fn open(
        url: &str,
        connections: usize,
        statement_timeout: Duration,
    ) -> Result<Self, ServerError> {
        let address = Address::parse(url, statement_timeout)?;
        let (dialect, vectors) = match &address.target {
            Target::Postgres(options) => {
                prepare_role(options).await?;
                (Dialect::Postgres, find_vectors(options).await?)
            }
            Target::MariaDb(options) => {
                let link = MySqlConnection::connect_with(options).await.map_err(ServerError::Unreachable)?;
                link.close().await.map_err(ServerError::Unreachable)?;
                (Dialect::MariaDb, None)
            }
        };
        let pool = managed::Pool::builder(address)
            .max_size(connections)
            .wait_timeout(Some(statement_timeout))
            .create_timeout(Some(statement_timeout))
            .runtime(deadpool::Runtime::Tokio1)
            .build()
            .map_err(ServerError::Pool)?;
        Ok(Self { pool, metrics: PoolMetrics::new("database"), dialect, vectors })
    }

    pub(crate) const fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The schema, quoted, of the extension that computes with vectors.
    pub(crate) fn vectors(&self) -> Option<&str> {
        self.vectors.as_deref()
    }

    /// A connection on which only rows of `tenant` can be seen; of no tenant where it is `None`.
    async fn tenant(&self, tenant: Option<Uuid>) -> Result<managed::Object<Address>, StoreError> {
        let asked = Instant::now();
        let lent = self.pool.get().await;
        self.metrics.waited(asked.elapsed());
        let mut connection = lent.map_err(|error| match error {
            managed::PoolError::Backend(error) => error,
            managed::PoolError::Timeout(_) => StoreError::Busy,
            error => StoreError::Unavailable(error.to_string().into()),
        })?;
        // Until its work is done. If whoever asked goes away meanwhile, an answer may be under way that nobody reads.
        connection.at_rest = false;
        connection.enter(tenant).await?;
        Ok(connection)
    }

    /// Runs `work`, which only reads, and says how long it took.
    pub(crate) async fn read<T, E, W>(&self, tenant: Option<Uuid>, work: W) -> Result<(T, Duration), E>
    where
        E: From<StoreError>,
        W: for<'a, 'c> FnOnce(&'a mut Tx<'c>) -> BoxFuture<'a, Result<T, E>>,
    {
        let mut connection = self.tenant(tenant).await?;
        let started = Instant::now();
        let result = work(&mut Tx::server(&mut connection)).await;
        let spent = started.elapsed();
        connection.at_rest = true;
        result.map(|done| (done, spent))
    }

    /// Runs `work` as a transaction, and says how long it took.
    pub(crate) async fn write<T, E, W>(&self, tenant: Option<Uuid>, work: W) -> Result<(T, Duration), E>
    where
        E: From<StoreError>,
        W: for<'a, 'c> FnOnce(&'a mut Tx<'c>) -> BoxFuture<'a, Result<T, E>>,
    {
        let mut connection = self.tenant(tenant).await?;
        connection.begin().await?;
        let started = Instant::now();
        let result = work(&mut Tx::server(&mut connection)).await;
        let spent = started.elapsed();
        connection.end(result.is_ok()).await?;
        result.map(|done| (done, spent))
    }

    pub(crate) fn observe(&self) {
        self.metrics.observe(self.pool.status());
    }

    pub(crate) fn close(&self) {
        self.pool.close();
    }
}

/// Makes the role that a superuser's connections step down to. Several processes may start at once, so the role
/// may appear in between.
async fn prepare_role(options: &PgConnectOptions) -> Result<(), ServerError> {
    let mut link = PgConnection::connect_with(options).await.map_err(ServerError::Unreachable)?;
    let above = sqlx::query("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        .fetch_one(&mut link)
        .await
        .and_then(|row| row.try_get::<bool, _>(0))
        .map_err(ServerError::Role)?;
    if above {
        let make = format!(
            "DO $$ BEGIN
                 CREATE ROLE {ROLE} NOLOGIN NOSUPERUSER NOBYPASSRLS;
             EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
             END $$;
             DO $$ BEGIN
                 EXECUTE format('GRANT CREATE, USAGE ON SCHEMA %I TO {ROLE}', current_schema());
             END $$"
        );
        link.execute(sqlx::raw_sql(AssertSqlSafe(make))).await.map_err(ServerError::Role)?;
    }
    link.close().await.map_err(ServerError::Unreachable)
}

/// Where pgvector lies, if the database has it.
async fn find_vectors(options: &PgConnectOptions) -> Result<Option<String>, ServerError> {
    let mut link = PgConnection::connect_with(options).await.map_err(ServerError::Unreachable)?;
    let select = "SELECT quote_ident(nspname) FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace \
                  WHERE extname = 'vector'";
    let found =
        sqlx::query_scalar(select).fetch_optional(&mut link).await.map_err(ServerError::Unreachable)?;
    link.close().await.map_err(ServerError::Unreachable)?;
    Ok(found)
}
