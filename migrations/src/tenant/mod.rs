//! Tenant databases.

use crate::Migration;

mod m20261123_000001_foundation;
mod m20261124_000002_changes_of_a_record;
mod m20261124_000003_schema_history;
mod m20261124_000004_history;
mod m20261124_000010_slow_queries;
mod m20261124_000020_auth;
mod m20261125_000021_one_time_secrets;
mod m20261125_000022_mail;
mod m20261125_000023_oauth;
mod m20261125_000024_factors;
mod m20261125_000026_failures_end;
mod m20261201_000029_audit;

pub(crate) const MIGRATIONS: &[Migration] = &[
    // Oldest first. `neonex migrate create` adds to both lists.
    m20261123_000001_foundation::MIGRATION,
    m20261124_000002_changes_of_a_record::MIGRATION,
    m20261124_000003_schema_history::MIGRATION,
    m20261124_000004_history::MIGRATION,
    m20261124_000010_slow_queries::MIGRATION,
    m20261124_000020_auth::MIGRATION,
    m20261125_000021_one_time_secrets::MIGRATION,
    m20261125_000022_mail::MIGRATION,
    m20261125_000023_oauth::MIGRATION,
    m20261125_000024_factors::MIGRATION,
    m20261125_000026_failures_end::MIGRATION,
    m20261201_000029_audit::MIGRATION,
];
