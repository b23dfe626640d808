//! Migrations of the databases that are configured.
//!
//! What changes a schema has the data folder to itself. What only looks works beside a running server, and makes no
//! database where there is none.

use neonex_core::clock::{Clock as _, SystemClock, Timestamp};
use neonex_core::engine::DataFolder;
use neonex_core::store::{MigrateError, MigrationStatus, Place, Scope, Store};

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

/// What one database has and lacks.
struct Standing {
    place: Place,
    migrations: Vec<MigrationStatus>,
}

impl Databases {
    /// Every database that there is: on a server the tenants share one, embedded each has a file.
    async fn open(config: &Config, folder: Option<DataFolder>) -> Result<Self, CommandError> {
        let store = platform::store(config).await?;
        let mut tenants = store.tenants().map_err(MigrateError::from)?;
        tenants.sort_by_cached_key(ToString::to_string);
        let places = [Place::Control].into_iter().chain(tenants).collect();
        Ok(Self { store, places, _folder: folder })
    }

    async fn standings(&self) -> Result<Vec<Standing>, CommandError> {
        let mut standings = Vec::with_capacity(self.places.len());
        for &place in &self.places {
            standings.push(Standing { place, migrations: self.store.migration_status(place).await? });
        }
        Ok(standings)
    }
}

impl Standing {
    /// That of a folder without databases, which will begin with the control database.
    fn of_nothing() -> Self {
        let missing = |name| MigrationStatus { name, applied_at: None };
        let names = Scope::Control.migrations().iter().map(|migration| migration.name);
        Self { place: Place::Control, migrations: names.map(missing).collect() }
    }

    fn missing(&self) -> impl Iterator<Item = &'static str> {
        self.migrations.iter().filter(|row| row.applied_at.is_none()).map(|row| row.name)
    }

    fn newest(&self) -> Option<&'static str> {
        self.migrations.iter().rev().find(|row| row.applied_at.is_some()).map(|row| row.name)
    }
}

/// How all databases stand.
async fn look(config: &Config) -> Result<Vec<Standing>, CommandError> {
    if platform::is_empty(config) {
        return Ok(vec![Standing::of_nothing()]);
    }
    let databases = Databases::open(config, platform::lock_if_free(config)?).await?;
    let standings = databases.standings().await?;
    databases.store.close().await;
    Ok(standings)
}

/// Applies what is missing, or says what would be.
pub(super) async fn up(config: &Config, dry_run: bool) -> Result<(), CommandError> {
    let mut count = 0;
    if dry_run {
        for standing in look(config).await? {
            for name in standing.missing() {
                count += 1;
                output::text(&format!("would apply {} {name}\n", standing.place))?;
            }
        }
    } else {
        let databases = Databases::open(config, platform::lock(config)?).await?;
        for &place in &databases.places {
            for name in databases.store.migrate_up(place, SystemClock.now()).await? {
                count += 1;
                output::text(&format!("applied {place} {name}\n"))?;
            }
        }
        databases.store.close().await;
    }
    if count == 0 {
        output::note("nothing to apply");
    }
    Ok(())
}

/// Takes the newest migration back, or says which it would be. Tenants' databases go before the control database,
/// which knows of them; one that has not come as far is left alone, so that an interrupted run can be repeated.
pub(super) async fn down(config: &Config, dry_run: bool) -> Result<(), CommandError> {
    let steps;
    if dry_run || platform::is_empty(config) {
        steps = to_take_back(&look(config).await?);
        for (place, name) in &steps {
            output::text(&format!("would take back {place} {name}\n"))?;
        }
    } else {
        let databases = Databases::open(config, platform::lock(config)?).await?;
        steps = to_take_back(&databases.standings().await?);
        for &(place, _) in &steps {
            let name = databases.store.migrate_down(place).await?;
            output::text(&format!("took back {place} {name}\n"))?;
        }
        databases.store.close().await;
    }
    if steps.is_empty() {
        output::note("nothing to take back");
    }
    Ok(())
}

/// The newest migration of all, from every database that has it. The control database, which stands first, is last.
fn to_take_back(standings: &[Standing]) -> Vec<(Place, &'static str)> {
    let newest = standings.iter().filter_map(Standing::newest).max();
    let steps = standings.iter().rev().filter_map(|standing| Some((standing.place, standing.newest()?)));
    steps.filter(|(_, name)| Some(*name) == newest).collect()
}

/// Lists the migrations.
pub(super) async fn status(config: &Config, json: bool) -> Result<(), CommandError> {
    let mut rows = Vec::new();
    for standing in look(config).await? {
        let database = standing.place.to_string();
        rows.extend(standing.migrations.into_iter().map(|row| (database.clone(), row.name, row.applied_at)));
    }
    if json {
        let item = |(database, name, at): &Row| serde_json::json!({ "database": database, "migration": name, "applied_at": at });
        return output::json(&serde_json::json!({ "items": rows.iter().map(item).collect::<Vec<_>>() }));
    }
    let width = |of: fn(&Row) -> usize| rows.iter().map(of).max().unwrap_or_default();
    let (databases, names) = (width(|row| row.0.len()), width(|row| row.1.len()));
    let line = |(database, name, at): &Row| {
        let when = at.map_or_else(|| "missing".to_owned(), |at| at.to_string());
        format!("{database:databases$}  {name:names$}  {when}\n")
    };
    output::text(&rows.iter().map(line).collect::<String>())
}

/// A database, a migration, and when the one got the other.
type Row = (String, &'static str, Option<Timestamp>);
