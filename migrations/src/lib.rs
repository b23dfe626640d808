//! Schema of the control database and of tenant databases, as an ordered list of migrations for each.
//!
//! A migration is SQL with the few words that differ between databases left open (see [`Dialect::render`]), so
//! that the schema reads as the schema. A migration that has been released is never changed: a new one follows.
//!
//! Conventions: ids are `UUIDv7`; times are `BIGINT` microseconds since 1970-01-01 UTC; structured values are JSON
//! text; every table of a tenant database has `tenant_id`.

mod control;
mod dialect;
mod tenant;

pub use dialect::Dialect;

/// Which kind of database a migration belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Accounts, tenants, placements, the index of API keys.
    Control,
    /// All that belongs to one tenant; in shared placement, to all tenants that share the database.
    Tenant,
}

impl Scope {
    /// The migrations of this scope, oldest first.
    pub fn migrations(self) -> &'static [Migration] {
        match self {
            Self::Control => control::MIGRATIONS,
            Self::Tenant => tenant::MIGRATIONS,
        }
    }

    /// The name under which applied migrations of this scope are recorded.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Control => "control",
            Self::Tenant => "tenant",
        }
    }
}

/// One step of a schema's history.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Date and subject: `m20261123_000001_tenants`. Unique within its scope, and sorts by age.
    pub name: &'static str,
    /// Tables that it makes. On Postgres those of the tenant scope come under row-level security.
    pub tables: &'static [&'static str],
    /// Statements that apply it, each of which may be run again after an interruption.
    pub up: &'static [&'static str],
    /// Statements that take it back.
    pub down: &'static [&'static str],
}

impl Migration {
    /// The statements that apply it on `dialect`.
    pub fn up(&self, scope: Scope, dialect: Dialect) -> Vec<String> {
        let own = self.up.iter().map(|sql| dialect.render(sql));
        let secured = self.tables.iter().filter(|_| scope == Scope::Tenant);
        own.chain(secured.flat_map(|table| dialect.isolate(table))).collect()
    }

    /// The statements that take it back on `dialect`.
    pub fn down(&self, dialect: Dialect) -> Vec<String> {
        self.down.iter().map(|sql| dialect.render(sql)).collect()
    }
}

/// The table that records which migrations have been applied: name, scope, and when.
pub const HISTORY_TABLE: &str = "CREATE TABLE IF NOT EXISTS neonex_migrations (
    scope {name} NOT NULL,
    name {name} NOT NULL,
    applied_at BIGINT NOT NULL,
    PRIMARY KEY (scope, name)
){table}";

#[cfg(test)]
mod tests {
    use super::*;

    const SCOPES: [Scope; 2] = [Scope::Control, Scope::Tenant];

    #[test]
    fn names_are_unique_and_in_order() {
        for scope in SCOPES {
            assert!(scope.migrations().is_sorted_by(|a, b| a.name < b.name), "{}", scope.name());
        }
    }

    /// `neonex migrate create` writes them empty.
    #[test]
    fn a_migration_can_be_applied_and_taken_back() {
        for scope in SCOPES {
            for migration in scope.migrations() {
                assert!(!migration.up.is_empty() && !migration.down.is_empty(), "{}", migration.name);
            }
        }
    }

    #[test]
    fn every_word_left_open_is_filled_on_every_database() {
        for dialect in Dialect::ALL {
            for scope in SCOPES {
                for migration in scope.migrations() {
                    for sql in migration.up(scope, dialect).into_iter().chain(migration.down(dialect)) {
                        assert!(!sql.contains('{'), "{dialect:?} {}: {sql}", migration.name);
                    }
                }
            }
        }
    }

    #[test]
    fn tables_are_named_as_made_and_tenant_tables_have_a_tenant() {
        for scope in SCOPES {
            for migration in scope.migrations() {
                let made = migration.up.iter().filter(|sql| sql.starts_with("CREATE TABLE"));
                assert_eq!(made.clone().count(), migration.tables.len(), "{}", migration.name);
                for (sql, table) in made.zip(migration.tables) {
                    assert!(sql.starts_with(&format!("CREATE TABLE IF NOT EXISTS {table} (")), "{sql}");
                    assert!(scope == Scope::Control || sql.contains("tenant_id {uuid} NOT NULL"), "{sql}");
                }
            }
        }
    }
}
