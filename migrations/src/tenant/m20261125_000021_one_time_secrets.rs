//! Migration: secrets that are good once.

use crate::Migration;

pub(super) const MIGRATION: Migration = Migration {
    name: "m20261125_000021_one_time_secrets",
    tables: &["one_time_secrets"],
    up: &[
        // `digest` is that of the token by which it is found; `sealed`, under the master key, is what it stands for.
        "CREATE TABLE IF NOT EXISTS one_time_secrets (
    tenant_id {uuid} NOT NULL,
    id {uuid} NOT NULL,
    purpose {name} NOT NULL,
    user_id {uuid},
    digest {digest} NOT NULL,
    sealed {bytes} NOT NULL,
    tries BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
){table}",
        "CREATE UNIQUE INDEX IF NOT EXISTS one_time_secrets_digest ON one_time_secrets (tenant_id, digest)",
        "CREATE INDEX IF NOT EXISTS one_time_secrets_user ON one_time_secrets (tenant_id, user_id)",
        "CREATE INDEX IF NOT EXISTS one_time_secrets_expiry ON one_time_secrets (tenant_id, expires_at)",
    ],
    down: &["DROP TABLE IF EXISTS one_time_secrets"],
};
