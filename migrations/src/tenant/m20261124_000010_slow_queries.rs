//! Migration: queries that took too long, by kind.

use crate::Migration;

pub(super) const MIGRATION: Migration = Migration {
    name: "m20261124_000010_slow_queries",
    tables: &["slow_queries"],
    up: &[
        // `kind` is JSON without any value of a record; `digest` is that of it.
        "CREATE TABLE IF NOT EXISTS slow_queries (
    tenant_id {uuid} NOT NULL,
    digest {digest} NOT NULL,
    kind {text} NOT NULL,
    calls BIGINT NOT NULL,
    timeouts BIGINT NOT NULL,
    total_micros BIGINT NOT NULL,
    max_micros BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    request_id {name} NOT NULL,
    PRIMARY KEY (tenant_id, digest)
){table}",
    ],
    down: &["DROP TABLE IF EXISTS slow_queries"],
};
