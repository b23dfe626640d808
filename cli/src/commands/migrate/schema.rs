//! Migrations of the databases that are configured.

use neonex_core::clock::{Clock as _, SystemClock};
use neonex_core::engine::DataFolder;
use neonex_core::store::{MigrateError, MigrationStatus, Place, Store};

use crate::config::Config;
use crate::exit::CommandError;
use crate::output;
use crate::platform;

/// The databases, and the lock on the folder in which they lie.
struct Databases {
    store: Store,
    places: Vec<Place>,
    _folder: Option<DataFolder>,
}

/// Every database that there is: on a server the tenants share one, embedded each has a file.
async fn open(config: &Config) -> Result<Databases, CommandError> {
    let embedded = config.data.database_url.is_none();
    let folder = if embedded { Some(platform::lock(&config.data.dir)?) } else { None };
    let store = platform::store(config).await?;
    let mut places = vec![Place::Control];
    places.extend(store.tenants().map_err(MigrateError::from)?);
    Ok(Databases { store, places, _folder: folder })
}

/// Applies what is missing, or says what would be.
pub(super) async fn up(config: &Config, dry_run: bool) -> Result<(), CommandError> {
    let databases = open(config).await?;
    let mut count = 0;
    for &place in &databases.places {
        let names = if dry_run {
            let missing = |row: &MigrationStatus| row.applied_at.is_none();
            let status = databases.store.migration_status(place).await?;
            status.iter().filter(|row| missing(row)).map(|row| row.name).collect()
        } else {
            databases.store.migrate_up(place, SystemClock.now()).await?
        };
        for name in names {
            count += 1;
            output::text(&format!("{} {place} {name}\n", if dry_run { "would apply" } else { "applied" }))?;
        }
    }
    if count == 0 {
        output::note("nothing to apply");
    }
    databases.store.close().await;
    Ok(())
}

/// Takes the newest migration back, or says which it would be. Tenants' databases go before the control database,
/// which knows of them.
pub(super) async fn down(config: &Config, dry_run: bool) -> Result<(), CommandError> {
    let databases = open(config).await?;
    let tenants: Vec<Place> =
        databases.places.iter().copied().filter(|place| *place != Place::Control).collect();
    let mut newest = None;
    for &place in &databases.places {
        let status = databases.store.migration_status(place).await?;
        let applied = status.iter().rev().find(|row| row.applied_at.is_some()).map(|row| row.name);
        newest = newest.max(applied);
    }
    for place in tenants.into_iter().chain([Place::Control]) {
        let status = databases.store.migration_status(place).await?;
        let applied = status.iter().rev().find(|row| row.applied_at.is_some()).map(|row| row.name);
        if newest.is_none() || applied != newest {
            continue;
        }
        let name = if dry_run { newest } else { Some(databases.store.migrate_down(place).await?) };
        let word = if dry_run { "would take back" } else { "took back" };
        output::text(&format!("{word} {place} {}\n", name.unwrap_or_default()))?;
    }
    if newest.is_none() {
        output::note("nothing to take back");
    }
    databases.store.close().await;
    Ok(())
}

/// Lists the migrations.
pub(super) async fn status(config: &Config, json: bool) -> Result<(), CommandError> {
    let databases = open(config).await?;
    let mut rows = Vec::new();
    for &place in &databases.places {
        for row in databases.store.migration_status(place).await? {
            rows.push((place.to_string(), row));
        }
    }
    databases.store.close().await;
    if json {
        let rows: Vec<_> = rows
            .iter()
            .map(|(place, row)| {
                serde_json::json!({"database": place, "migration": row.name, "applied_at": row.applied_at})
            })
            .collect();
        return output::json(&rows);
    }
    let lines = rows.iter().map(|(place, row)| {
        let when = row.applied_at.map_or_else(|| "missing".to_owned(), |at| at.to_string());
        format!("{place}  {}  {when}\n", row.name)
    });
    output::text(&lines.collect::<String>())
}
