//! Migration: providers by which a tenant's users sign in, and whom these know them as.

use crate::Migration;

pub(super) const MIGRATION: Migration = Migration {
    name: "m20261125_000023_oauth",
    tables: &["auth_providers", "identities"],
    up: &[
        // `client_secret` is sealed under the master key.
        "CREATE TABLE IF NOT EXISTS auth_providers (
    tenant_id {uuid} NOT NULL,
    name {name} NOT NULL,
    kind {name} NOT NULL,
    client_id {text} NOT NULL,
    client_secret {bytes},
    enabled {bool} NOT NULL,
    definition {text} NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, name)
){table}",
        // `subject` is the user's name at the provider, which is nobody else's ever after.
        "CREATE TABLE IF NOT EXISTS identities (
    tenant_id {uuid} NOT NULL,
    provider {name} NOT NULL,
    subject {name} NOT NULL,
    user_id {uuid} NOT NULL,
    email {text},
    email_verified {bool} NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, provider, subject)
){table}",
        "CREATE INDEX IF NOT EXISTS identities_user ON identities (tenant_id, user_id)",
    ],
    down: &["DROP TABLE IF EXISTS identities", "DROP TABLE IF EXISTS auth_providers"],
};
