//! Migration: tries that failed are found by when they did, so that they end.

use crate::Migration;

pub(super) const MIGRATION: Migration = Migration {
    name: "m20261125_000026_failures_end",
    tables: &[],
    up: &["CREATE INDEX IF NOT EXISTS failures_last_at ON failures (tenant_id, last_at)"],
    down: &["DROP INDEX IF EXISTS failures_last_at /*M! ON failures */"],
};
