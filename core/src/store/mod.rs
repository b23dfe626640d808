//! Where data lives: the control database and the tenants' databases, embedded or on a server.
//!
//! A unit of work is one async block over [`Tx`], the same for every database. Embedded, it runs on the engine's
//! writer and never waits in the middle; on a server it is a transaction of its own.
//!
//! What can still go wrong: a unit on a server may be given up by the database (a deadlock, a restart). It then
//! ends in an error that [`StoreError::is_retryable`] knows, with nothing kept. [`Store::write_again`] is for those
//! units that bear being run again.

pub(crate) mod entities;
mod entity;
mod error;
pub(crate) mod metrics;
mod migrate;
mod row;
mod server;
mod sql;
mod sqlite;
mod tx;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
pub use neonex_migrations::{Dialect, Scope};

pub use self::error::{OfStore, StoreError};
pub use self::migrate::{AppliedMigration, MigrateError, MigrationStatus};
pub use self::row::Row;
use self::server::Server;
pub use self::server::{ROLE, ServerError};
pub use self::sql::Sql;
pub use self::tx::Tx;
use crate::engine::{DbFile, Engine, EngineError, EngineOptions, Undo};
use crate::ids::TenantId;

/// How long a unit waits that the database undid for the sake of others, before it is run again. At once it would most
/// often meet the same.
const WAITS: [Duration; 4] = [
    Duration::from_millis(20),
    Duration::from_millis(50),
    Duration::from_millis(100),
    Duration::from_millis(200),
];

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// The control database.
    Control,
    /// The database of a tenant, or its part of a shared one.
    Tenant(TenantId),
}

impl Place {
    /// The part that all tenants of a shared database have in common: its schema. It holds no rows.
    pub const ANY_TENANT: Self = Self::Tenant(TenantId::from_uuid(uuid::Uuid::nil()));

    /// The kind of schema it has.
    pub const fn scope(self) -> Scope {
        match self {
            Self::Control => Scope::Control,
            Self::Tenant(_) => Scope::Tenant,
        }
    }
}

/// The database of that tenant.
impl From<TenantId> for Place {
    fn from(tenant: TenantId) -> Self {
        Self::Tenant(tenant)
    }
}

/// For people.
impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Control => formatter.write_str("control"),
            Self::Tenant(_) if *self == Self::ANY_TENANT => formatter.write_str("tenants"),
            Self::Tenant(id) => fmt::Display::fmt(id, formatter),
        }
    }
}

/// The databases of a platform. Cheap to clone.
#[derive(Clone)]
pub struct Store(Arc<Backend>);

enum Backend {
    Embedded { engine: Engine, control: DbFile, tenants: PathBuf },
    Server(Server),
}

impl Store {
    /// The embedded default: SQLite files under `data`, which the caller has locked.
    pub fn embedded(data: &Path, options: EngineOptions) -> Result<Self, EmbeddedError> {
        let tenants = data.join("tenants");
        std::fs::create_dir_all(&tenants)
            .map_err(|source| EmbeddedError::Folder { path: tenants.clone(), source })?;
        let engine = Engine::start(options)?;
        let control = DbFile::large(data.join("neonex.db"));
        Ok(Self(Arc::new(Backend::Embedded { engine, control, tenants })))
    }

    /// A Postgres or MariaDB server that all tenants share, with at most `connections` at a time.
    pub async fn server(
        url: &str,
        connections: usize,
        statement_timeout: Duration,
    ) -> Result<Self, ServerError> {
        let server = Server::open(url, connections, statement_timeout).await?;
        Ok(Self(Arc::new(Backend::Server(server))))
    }

    /// The SQL that is spoken here.
    pub fn dialect(&self) -> Dialect {
        match &*self.0 {
            Backend::Embedded { .. } => Dialect::Sqlite,
            Backend::Server(server) => server.dialect(),
        }
    }

    /// Whether this process alone keeps the databases, a file for each tenant.
    pub fn is_embedded(&self) -> bool {
        matches!(&*self.0, Backend::Embedded { .. })
    }

    /// The schema, quoted, in which a Postgres server has the extension pgvector, if it did when it was connected to.
    pub(crate) fn vectors(&self) -> Option<&str> {
        match &*self.0 {
            Backend::Embedded { .. } => None,
            Backend::Server(server) => server.vectors(),
        }
    }

    /// Where the database of a new tenant comes to lie.
    pub fn placement(&self) -> &'static str {
        if self.is_embedded() { "dedicated" } else { "shared" }
    }

    /// The databases of tenants that are there: embedded the files, on a server the one that they share.
    pub fn tenants(&self) -> Result<Vec<Place>, StoreError> {
        let Backend::Embedded { tenants, .. } = &*self.0 else { return Ok(vec![Place::ANY_TENANT]) };
        let fault = |error: std::io::Error| StoreError::Fault(error.into());
        let mut found = Vec::new();
        for entry in std::fs::read_dir(tenants).map_err(fault)? {
            let name = entry.map_err(fault)?.file_name();
            let id = name.to_str().and_then(|name| name.strip_suffix(".db")?.parse().ok());
            found.extend(id.map(Place::Tenant));
        }
        Ok(found)
    }

    /// Asks the control database for a sign of life.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let sql = Sql::new("SELECT 1", Vec::new());
        self.read::<_, StoreError, _>(Place::Control, move |tx| {
            async move { tx.query(&sql, |_| Ok(())).await.map(drop) }.boxed()
        })
        .await
    }

    /// Removes the file of a tenant, embedded. On a server there is none.
    pub(crate) async fn remove_file(&self, tenant: TenantId) -> Result<(), StoreError> {
        let Backend::Embedded { engine, .. } = &*self.0 else { return Ok(()) };
        let file = self.file(Place::Tenant(tenant))?;
        engine.close(&file).await?;
        for suffix in ["", "-wal", "-shm"] {
            let path = file.path().with_extension(format!("db{suffix}"));
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(StoreError::Fault(error.into()));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Runs `work`, which only reads. It sees every write that was answered before.
    pub async fn read<T, E, W>(&self, place: Place, work: W) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        W: for<'a, 'c> FnOnce(&'a mut Tx<'c>) -> BoxFuture<'a, Result<T, E>> + Send + 'static,
    {
        self.read_timed(place, work).await.map(|(done, _)| done)
    }

    /// The same, and how long the work took once it had what it runs on.
    pub(crate) async fn read_timed<T, E, W>(&self, place: Place, work: W) -> Result<(T, Duration), E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        W: for<'a, 'c> FnOnce(&'a mut Tx<'c>) -> BoxFuture<'a, Result<T, E>> + Send + 'static,
    {
        match &*self.0 {
            Backend::Embedded { engine, .. } => {
                let file = self.file(place)?;
                engine.read(&file, |connection| at_once(connection, work)).await.map_err(StoreError::from)?
            }
            // Boxed, because a driver's futures are large and would have to be moved on the embedded path too.
            Backend::Server(server) => Box::pin(server.read(tenant(place), work)).await,
        }
    }

    /// The same for work that is expected to take microseconds. Embedded it is done on the caller's own thread where
    /// that can be, and begun again on a reader where it turns out to take longer.
    pub(crate) async fn read_quick<T, E, W>(&self, place: Place, work: W) -> Result<(T, Duration), E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        W: for<'a, 'c> Fn(&'a mut Tx<'c>) -> BoxFuture<'a, Result<T, E>> + Send + 'static,
    {
        if let Backend::Embedded { engine, .. } = &*self.0 {
            let file = self.file(place)?;
            if let Some(done) = engine.read_quick(&file, |connection| at_once(connection, &work)) {
                return done;
            }
        }
        self.read_timed(place, work).await
    }

    /// Runs `work` as one transaction: all of it is kept, durably, before this returns `Ok`, and nothing of it
    /// after an error.
    pub async fn write<T, E, W>(&self, place: Place, undo: Undo, work: W) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        W: for<'a, 'c> FnOnce(&'a mut Tx<'c>) -> BoxFuture<'a, Result<T, E>> + Send + 'static,
    {
        self.write_timed(place, undo, work).await.map(|(done, _)| done)
    }

    /// The same, and how long the work took: without waiting for its turn and the disk.
    async fn write_timed<T, E, W>(&self, place: Place, undo: Undo, work: W) -> Result<(T, Duration), E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        W: for<'a, 'c> FnOnce(&'a mut Tx<'c>) -> BoxFuture<'a, Result<T, E>> + Send + 'static,
    {
        match &*self.0 {
            Backend::Embedded { engine, .. } => {
                let file = self.file(place)?;
                let done = engine.write(&file, undo, |connection| at_once(connection, work)).await;
                done.map_err(StoreError::from)?
            }
            Backend::Server(server) => Box::pin(server.write(tenant(place), work)).await,
        }
    }

    /// The same, and on a server the work is done again, a few times at most, where it met another's that went first (a
    /// deadlock, a serialisation failure). With how long it took in the end.
    pub(crate) async fn write_again<T, E, W>(
        &self,
        place: Place,
        undo: Undo,
        work: W,
    ) -> Result<(T, Duration), E>
    where
        T: Send + 'static,
        E: OfStore + Send + 'static,
        W: for<'a, 'c> FnOnce(&'a mut Tx<'c>) -> BoxFuture<'a, Result<T, E>> + Clone + Send + 'static,
    {
        let waits: &[Duration] = if self.is_embedded() { &[] } else { &WAITS };
        for wait in waits {
            let done = self.write_timed(place, undo, work.clone()).await;
            if !matches!(done.as_ref().map_err(OfStore::store), Err(Some(StoreError::Conflict(_)))) {
                return done;
            }
            tokio::time::sleep(*wait).await;
        }
        self.write_timed(place, undo, work).await
    }

    /// Brings the metrics of what is not counted as it changes up to date.
    pub fn observe(&self) {
        if let Backend::Server(server) = &*self.0 {
            server.observe();
        }
    }

    /// Ends all work that has been accepted, then closes every database.
    pub async fn close(&self) {
        match &*self.0 {
            Backend::Embedded { engine, .. } => engine.shutdown().await,
            Backend::Server(server) => server.close(),
        }
    }

    fn file(&self, place: Place) -> Result<DbFile, StoreError> {
        match (&*self.0, place) {
            (Backend::Embedded { control, .. }, Place::Control) => Ok(control.clone()),
            (Backend::Embedded { tenants, .. }, Place::Tenant(id)) => {
                Ok(DbFile::small(tenants.join(format!("{id}.db"))))
            }
            (Backend::Server(_), _) => Err(StoreError::Fault("a server keeps no files".into())),
        }
    }
}

/// The embedded databases cannot be used as they are.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// The folder for tenants' files could not be made.
    #[error("cannot make the folder {path}")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The engine did not start.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

const fn tenant(place: Place) -> Option<uuid::Uuid> {
    match place {
        Place::Control => None,
        Place::Tenant(id) => Some(id.as_uuid()),
    }
}

/// Runs a unit on an engine thread, where everything it may wait for is ready, and says how long it took.
fn at_once<T, E, W>(connection: &mut rusqlite::Connection, work: W) -> Result<(T, Duration), E>
where
    E: From<StoreError>,
    W: for<'a, 'c> FnOnce(&'a mut Tx<'c>) -> BoxFuture<'a, Result<T, E>>,
{
    let mut tx = Tx::sqlite(connection);
    let started = Instant::now();
    let done = work(&mut tx).now_or_never().unwrap_or_else(|| Err(StoreError::Waited.into()))?;
    Ok((done, started.elapsed()))
}
