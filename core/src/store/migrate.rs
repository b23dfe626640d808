//! Schema migrations of the control database and of tenant databases.
//!
//! One migration is one transaction with the row that records it, where the database's DDL is transactional.
//! MariaDB's is not: there each statement may be run again, and the row is written last, so an interrupted
//! migration is taken up again from its start. Instances that start together wait for each other.

use futures_util::FutureExt as _;
use neonex_migrations::{Dialect, HISTORY_TABLE, Migration, Scope};
use sea_query::Value;

use super::{Place, Sql, Store, StoreError, Tx};
use crate::clock::Timestamp;
use crate::engine::Undo;

/// A migration that a database has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedMigration {
    /// Its name.
    pub name: String,
    /// When it was applied.
    pub at: Timestamp,
}

/// A migration that this version of Neonex has, and whether the database has it too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationStatus {
    /// Its name.
    pub name: &'static str,
    /// When it was applied; `None` where it is still to come.
    pub applied_at: Option<Timestamp>,
}

/// The schema could not be brought to where it should be.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database has been written to by a newer version.
    #[error(
        "the {scope} database has the migration `{name}`, which this version of Neonex does not know: it was \
         last used by a newer version; start that version or a later one"
    )]
    Newer {
        /// `control` or `tenant`.
        scope: &'static str,
        /// The first migration that is unknown here.
        name: String,
    },
    /// There is nothing to take back.
    #[error("the {scope} database has no migration to take back")]
    NothingToRevert {
        /// `control` or `tenant`.
        scope: &'static str,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Applies what is missing, oldest first, and says which migrations those were.
    pub async fn migrate_up(&self, place: Place, now: Timestamp) -> Result<Vec<&'static str>, MigrateError> {
        if self.has_them_all(place).await {
            return Ok(Vec::new());
        }
        let applied = self.applied(place).await?;
        let mut done = Vec::new();
        for migration in place.scope().migrations() {
            if applied.iter().all(|known| known.name != migration.name)
                && self.apply(place, migration, now).await?
            {
                done.push(migration.name);
            }
        }
        Ok(done)
    }

    /// Takes the newest migration back, with all data that lies in what it made, and names it.
    pub async fn migrate_down(&self, place: Place) -> Result<&'static str, MigrateError> {
        let scope = place.scope();
        let applied = self.applied(place).await?;
        let newest = scope.migrations().iter().rev();
        let newest = newest.into_iter().find(|known| applied.iter().any(|row| row.name == known.name));
        let migration = newest.ok_or(MigrateError::NothingToRevert { scope: scope.name() })?;
        self.write(place, Undo::Savepoint, move |tx| {
            async move {
                tx.define(&migration.down(tx.dialect())).await?;
                let forget =
                    tx.dialect().placeholders("DELETE FROM neonex_migrations WHERE scope = ? AND name = ?");
                tx.execute(&Sql::new(forget, vec![text(scope.name()), text(migration.name)])).await?;
                Ok::<_, MigrateError>(migration.name)
            }
            .boxed()
        })
        .await
    }

    /// Every migration of this version, oldest first, and when the database got it.
    pub async fn migration_status(&self, place: Place) -> Result<Vec<MigrationStatus>, MigrateError> {
        let applied = self.applied(place).await?;
        let migrations = place.scope().migrations().iter();
        Ok(migrations
            .map(|migration| MigrationStatus {
                name: migration.name,
                applied_at: applied.iter().find(|row| row.name == migration.name).map(|row| row.at),
            })
            .collect())
    }

    /// Whether nothing is to be done, found by reading alone: a tenant that is only read then has no connection that
    /// writes, which is half of the memory that an open file costs. Any failure means that the longer way is taken,
    /// which makes the database where there is none yet, and reports what is wrong.
    async fn has_them_all(&self, place: Place) -> bool {
        let scope = place.scope();
        let applied = self
            .read::<_, StoreError, _>(place, move |tx| async move { history(tx, scope).await }.boxed())
            .await;
        let known = scope.migrations().iter().map(|migration| migration.name);
        applied.is_ok_and(|applied| known.eq(applied.iter().map(|row| row.name.as_str())))
    }

    async fn applied(&self, place: Place) -> Result<Vec<AppliedMigration>, MigrateError> {
        let scope = place.scope();
        self.write(place, Undo::Savepoint, move |tx| {
            async move {
                lock(tx).await?;
                tx.define(&[tx.dialect().render(HISTORY_TABLE)]).await?;
                let applied = history(tx, scope).await?;
                let known = |name: &str| scope.migrations().iter().any(|migration| migration.name == name);
                match applied.iter().find(|row| !known(&row.name)) {
                    Some(row) => Err(MigrateError::Newer { scope: scope.name(), name: row.name.clone() }),
                    None => Ok(applied),
                }
            }
            .boxed()
        })
        .await
    }

    /// Applies one migration, unless another instance has done so in the meantime.
    async fn apply(
        &self,
        place: Place,
        migration: &'static Migration,
        now: Timestamp,
    ) -> Result<bool, MigrateError> {
        let scope = place.scope();
        self.write(place, Undo::Savepoint, move |tx| {
            async move {
                lock(tx).await?;
                if history(tx, scope).await?.iter().any(|row| row.name == migration.name) {
                    return Ok(false);
                }
                tx.define(&migration.up(scope, tx.dialect())).await?;
                let insert = "INSERT INTO neonex_migrations (scope, name, applied_at) VALUES (?, ?, ?)";
                let values = vec![text(scope.name()), text(migration.name), now.as_micros().into()];
                tx.execute(&Sql::new(tx.dialect().placeholders(insert), values)).await?;
                Ok::<_, MigrateError>(true)
            }
            .boxed()
        })
        .await
    }
}

async fn history(tx: &mut Tx<'_>, scope: Scope) -> Result<Vec<AppliedMigration>, StoreError> {
    let select = "SELECT name, applied_at FROM neonex_migrations WHERE scope = ? ORDER BY name";
    let sql = Sql::new(tx.dialect().placeholders(select), vec![text(scope.name())]);
    tx.query(&sql, |row| {
        let at = row.int(1)?.and_then(Timestamp::from_micros);
        Ok(AppliedMigration {
            name: row.text(0)?.unwrap_or_default(),
            at: at.ok_or(StoreError::Column { column: 1, wanted: "a time" })?,
        })
    })
    .await
}

/// Keeps other instances out until the transaction ends. Embedded there are none. MariaDB's lock belongs to the
/// connection, and is given back by the next transaction that takes it or when the connection closes, so there
/// the statements must bear being run twice, and do.
async fn lock(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    match tx.dialect() {
        Dialect::Postgres => tx.define(&["SELECT pg_advisory_xact_lock(5641229)".to_owned()]).await,
        Dialect::Sqlite | Dialect::MariaDb => Ok(()),
    }
}

fn text(value: &str) -> Value {
    value.into()
}
