//! Migration: users' second factors and recovery codes, and when and by what a session was proved.

use crate::Migration;

pub(super) const MIGRATION: Migration = Migration {
    name: "m20261125_000024_factors",
    tables: &["factors", "recovery_codes"],
    up: &[
        // `secret` is that of a one-time password, sealed under the master key; `credential` is a passkey's public part,
        // found by the digest of its id. `counter` is the step of the last one-time password, or the passkey's own
        // count: it only grows, so that nothing is accepted twice. One that was not confirmed is asked for nowhere.
        "CREATE TABLE IF NOT EXISTS factors (
    tenant_id {uuid} NOT NULL,
    id {uuid} NOT NULL,
    user_id {uuid} NOT NULL,
    kind {name} NOT NULL,
    name {name} NOT NULL,
    secret {bytes},
    credential {text},
    credential_digest {digest},
    counter BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    confirmed_at BIGINT,
    last_used_at BIGINT,
    PRIMARY KEY (tenant_id, id)
){table}",
        "CREATE INDEX IF NOT EXISTS factors_user ON factors (tenant_id, user_id)",
        "CREATE UNIQUE INDEX IF NOT EXISTS factors_credential ON factors (tenant_id, credential_digest)",
        // One row for each code that was not used.
        "CREATE TABLE IF NOT EXISTS recovery_codes (
    tenant_id {uuid} NOT NULL,
    user_id {uuid} NOT NULL,
    digest {digest} NOT NULL,
    PRIMARY KEY (tenant_id, user_id, digest)
){table}",
        // Only MariaDB, which cannot take a change of a table back, needs the condition, and only it reads the comment.
        "ALTER TABLE user_sessions ADD COLUMN /*M! IF NOT EXISTS */ second_factor {name}",
        "ALTER TABLE user_sessions ADD COLUMN /*M! IF NOT EXISTS */ proved_at BIGINT NOT NULL DEFAULT 0",
    ],
    down: &[
        "ALTER TABLE user_sessions DROP COLUMN /*M! IF EXISTS */ proved_at",
        "ALTER TABLE user_sessions DROP COLUMN /*M! IF EXISTS */ second_factor",
        "DROP TABLE IF EXISTS recovery_codes",
        "DROP TABLE IF EXISTS factors",
    ],
};
