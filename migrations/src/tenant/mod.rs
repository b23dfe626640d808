//! Tenant databases.

use crate::Migration;

mod m20261123_000001_foundation;

pub(crate) const MIGRATIONS: &[Migration] = &[
    // Oldest first. `neonex migrate create` adds to both lists.
    m20261123_000001_foundation::MIGRATION,
];
