//! Migration: tenants that are there already are looked at once for what is to be done in the background.

use crate::Migration;

pub(super) const MIGRATION: Migration = Migration {
    name: "m20261124_000002_due",
    tables: &[],
    up: &["UPDATE tenants SET next_due_at = created_at WHERE next_due_at IS NULL"],
    down: &["UPDATE tenants SET next_due_at = NULL WHERE delete_after IS NULL"],
};
