//! Migration: the changes of one record are found without reading those of all.

use crate::Migration;

pub(super) const MIGRATION: Migration = Migration {
    name: "m20261124_000002_changes_of_a_record",
    tables: &[],
    up: &["CREATE INDEX IF NOT EXISTS changes_record ON changes (tenant_id, collection_id, record_id, seq)"],
    // Only MariaDB's names of indexes belong to their table, and only it reads this comment.
    down: &["DROP INDEX IF EXISTS changes_record /*M! ON changes */"],
};
