//! Migration: collections, keys, the change log.

use crate::Migration;

pub(super) const MIGRATION: Migration = Migration {
    name: "m20261123_000001_foundation",
    tables: &["collections", "schema_migrations", "api_keys", "changes", "requests"],
    up: &[
        // `definition` is the whole design: fields, indexes, rules. Records lie in a table named after the id.
        "CREATE TABLE IF NOT EXISTS collections (
    tenant_id {uuid} NOT NULL,
    id {uuid} NOT NULL,
    name {name} NOT NULL,
    definition {text} NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, name)
){table}",
        // Every change of a collection's design, with the statements that carry it out. `finished_at` is null while
        // one is under way: a database whose DDL is not transactional resumes it from here.
        "CREATE TABLE IF NOT EXISTS schema_migrations (
    tenant_id {uuid} NOT NULL,
    id {uuid} NOT NULL,
    collection_id {uuid} NOT NULL,
    name {name} NOT NULL,
    before_definition {text},
    after_definition {text},
    statements {text} NOT NULL,
    actor {name} NOT NULL,
    created_at BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (tenant_id, id)
){table}",
        "CREATE TABLE IF NOT EXISTS api_keys (
    tenant_id {uuid} NOT NULL,
    id {uuid} NOT NULL,
    name {name} NOT NULL,
    kind {name} NOT NULL,
    digest {digest} NOT NULL,
    hint {name} NOT NULL,
    scopes {text} NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT,
    last_used_at BIGINT,
    replaced_by {uuid},
    PRIMARY KEY (tenant_id, id)
){table}",
        // The change log. `seq` is the tenant's order on SQLite, where the one writer numbers; elsewhere a number
        // may become visible after a later one, and readers order by what the database offers for it.
        "CREATE TABLE IF NOT EXISTS changes (
    seq {sequence},
    tenant_id {uuid} NOT NULL,
    collection_id {uuid} NOT NULL,
    record_id {uuid} NOT NULL,
    operation {name} NOT NULL,
    before_record {text},
    after_record {text},
    actor {name} NOT NULL,
    request_id {name} NOT NULL,
    at BIGINT NOT NULL
){table}",
        // Answers of requests made with an Idempotency-Key. `digest` covers principal, route and key.
        "CREATE TABLE IF NOT EXISTS requests (
    tenant_id {uuid} NOT NULL,
    digest {digest} NOT NULL,
    fingerprint {digest} NOT NULL,
    body {bytes} NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, digest)
){table}",
        "CREATE INDEX IF NOT EXISTS requests_created_at ON requests (tenant_id, created_at)",
    ],
    down: &[
        "DROP TABLE IF EXISTS requests",
        "DROP TABLE IF EXISTS changes",
        "DROP TABLE IF EXISTS api_keys",
        "DROP TABLE IF EXISTS schema_migrations",
        "DROP TABLE IF EXISTS collections",
    ],
};
