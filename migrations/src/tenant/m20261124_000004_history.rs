//! Migration: the changes of a record by their times, and those of a collection by what they did and when.

use crate::Migration;

pub(super) const MIGRATION: Migration = Migration {
    name: "m20261124_000004_history",
    tables: &[],
    up: &[
        // No two changes of a record have the same time.
        "CREATE INDEX IF NOT EXISTS changes_of_record ON changes (tenant_id, collection_id, record_id, at)",
        "CREATE INDEX IF NOT EXISTS changes_by_time ON changes (tenant_id, collection_id, operation, at, record_id)",
        // Only MariaDB's names of indexes belong to their table, and only it reads this comment.
        "DROP INDEX IF EXISTS changes_record /*M! ON changes */",
    ],
    down: &[
        "CREATE INDEX IF NOT EXISTS changes_record ON changes (tenant_id, collection_id, record_id, seq)",
        "DROP INDEX IF EXISTS changes_by_time /*M! ON changes */",
        "DROP INDEX IF EXISTS changes_of_record /*M! ON changes */",
    ],
};
