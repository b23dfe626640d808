//! The control database.

use crate::Migration;

mod m20261123_000001_foundation;
mod m20261124_000002_due;
mod m20261125_000022_mail;
mod m20261201_000027_members;

pub(crate) const MIGRATIONS: &[Migration] = &[
    // Oldest first. `neonex migrate create` adds to both lists.
    m20261123_000001_foundation::MIGRATION,
    m20261124_000002_due::MIGRATION,
    m20261125_000022_mail::MIGRATION,
    m20261201_000027_members::MIGRATION,
];
