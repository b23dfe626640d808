//! Migration: accounts, tokens and tenants.

use crate::Migration;

pub(super) const MIGRATION: Migration = Migration {
    name: "m20261123_000001_foundation",
    tables: &["accounts", "access_tokens", "setup_links", "tenants", "api_key_index", "operator_requests"],
    up: &[
        // People who sign in to the console. `email` is kept as typed, `email_key` is what must be unique.
        "CREATE TABLE IF NOT EXISTS accounts (
    id {uuid} PRIMARY KEY,
    email {text} NOT NULL,
    email_key {name} NOT NULL UNIQUE,
    password_hash {text} NOT NULL,
    operator {bool} NOT NULL,
    disabled_at BIGINT,
    created_at BIGINT NOT NULL
){table}",
        // Personal access tokens. Without an account: made on the machine itself, by whoever holds the data folder.
        "CREATE TABLE IF NOT EXISTS access_tokens (
    id {uuid} PRIMARY KEY,
    account_id {uuid} REFERENCES accounts (id) ON DELETE CASCADE,
    name {name} NOT NULL,
    digest {digest} NOT NULL UNIQUE,
    hint {name} NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT,
    last_used_at BIGINT
){table}",
        // The link that `serve` prints until there is an operator. Used once.
        "CREATE TABLE IF NOT EXISTS setup_links (
    digest {digest} PRIMARY KEY,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
){table}",
        // `version` counts changes of schema, keys and settings; `changed_at` lets other instances ask for news.
        // `next_due_at` is when the tenant's next background work is due; null while there is none.
        "CREATE TABLE IF NOT EXISTS tenants (
    id {uuid} PRIMARY KEY,
    slug {name} NOT NULL UNIQUE,
    name {name} NOT NULL,
    placement {name} NOT NULL,
    settings {text} NOT NULL,
    version BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    next_due_at BIGINT,
    suspended_at BIGINT,
    delete_after BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
){table}",
        "CREATE INDEX IF NOT EXISTS tenants_changed_at ON tenants (changed_at)",
        "CREATE INDEX IF NOT EXISTS tenants_next_due_at ON tenants (next_due_at)",
        // Which tenant a presented key belongs to. The key itself is the tenant's, in the tenant's database.
        "CREATE TABLE IF NOT EXISTS api_key_index (
    digest {digest} PRIMARY KEY,
    tenant_id {uuid} NOT NULL,
    key_id {uuid} NOT NULL UNIQUE
){table}",
        "CREATE INDEX IF NOT EXISTS api_key_index_tenant_id ON api_key_index (tenant_id)",
        // Answers of requests made to the platform with an Idempotency-Key.
        "CREATE TABLE IF NOT EXISTS operator_requests (
    digest {digest} PRIMARY KEY,
    fingerprint {digest} NOT NULL,
    body {bytes} NOT NULL,
    created_at BIGINT NOT NULL
){table}",
        "CREATE INDEX IF NOT EXISTS operator_requests_created_at ON operator_requests (created_at)",
    ],
    down: &[
        "DROP TABLE IF EXISTS operator_requests",
        "DROP TABLE IF EXISTS api_key_index",
        "DROP TABLE IF EXISTS tenants",
        "DROP TABLE IF EXISTS setup_links",
        "DROP TABLE IF EXISTS access_tokens",
        "DROP TABLE IF EXISTS accounts",
    ],
};
