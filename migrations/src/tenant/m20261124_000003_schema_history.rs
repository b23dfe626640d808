//! Migration: what was done to a tenant's collections, in a form that can be done again.

use crate::Migration;

pub(super) const MIGRATION: Migration = Migration {
    name: "m20261124_000003_schema_history",
    tables: &["schema_history"],
    // `body` is the request as it was understood. `schema_migrations` has the statements that carry a change out on
    // one database; this has what makes the same change on any.
    up: &["CREATE TABLE IF NOT EXISTS schema_history (
    tenant_id {uuid} NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor {name} NOT NULL,
    request_id {name},
    action {name} NOT NULL,
    collection {name},
    body {text},
    PRIMARY KEY (tenant_id, seq)
){table}"],
    down: &["DROP TABLE IF EXISTS schema_history"],
};
