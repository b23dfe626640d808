//! Migration: users' secrets and sessions, keys that sign tokens, settings, the audit log.
//!
//! Users themselves are records of the collection `users`; what stands here no operation on records reaches.

use crate::Migration;

pub(super) const MIGRATION: Migration = Migration {
    name: "m20261124_000020_auth",
    tables: &["tenant_settings", "signing_keys", "user_secrets", "user_sessions", "failures", "audit_log"],
    up: &[
        "CREATE TABLE IF NOT EXISTS tenant_settings (
    tenant_id {uuid} NOT NULL,
    name {name} NOT NULL,
    value {text} NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, name)
){table}",
        // `private_key` is sealed under the master key. A key is published when it is made, signs from `signs_from`
        // on, and what it has signed is accepted until `accepted_until`.
        "CREATE TABLE IF NOT EXISTS signing_keys (
    tenant_id {uuid} NOT NULL,
    id {uuid} NOT NULL,
    public_key {digest} NOT NULL,
    private_key {bytes} NOT NULL,
    created_at BIGINT NOT NULL,
    signs_from BIGINT NOT NULL,
    accepted_until BIGINT,
    PRIMARY KEY (tenant_id, id)
){table}",
        // A user who signs in otherwise has no row here.
        "CREATE TABLE IF NOT EXISTS user_secrets (
    tenant_id {uuid} NOT NULL,
    user_id {uuid} NOT NULL,
    password_hash {text} NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, user_id)
){table}",
        // `counter` is that of the one refresh token that is good; `secret`, sealed, is what these are made with.
        "CREATE TABLE IF NOT EXISTS user_sessions (
    tenant_id {uuid} NOT NULL,
    id {uuid} NOT NULL,
    user_id {uuid} NOT NULL,
    method {name} NOT NULL,
    secret {bytes} NOT NULL,
    counter BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    refreshed_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    user_agent {text},
    ip {name},
    PRIMARY KEY (tenant_id, id)
){table}",
        "CREATE INDEX IF NOT EXISTS user_sessions_user ON user_sessions (tenant_id, user_id)",
        "CREATE INDEX IF NOT EXISTS user_sessions_expiry ON user_sessions (tenant_id, expires_at)",
        // Tries that have failed, by the digest of what was tried: an account, an address.
        "CREATE TABLE IF NOT EXISTS failures (
    tenant_id {uuid} NOT NULL,
    digest {digest} NOT NULL,
    failures BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, digest)
){table}",
        "CREATE TABLE IF NOT EXISTS audit_log (
    tenant_id {uuid} NOT NULL,
    id {uuid} NOT NULL,
    at BIGINT NOT NULL,
    actor {name} NOT NULL,
    action {name} NOT NULL,
    subject {name},
    request_id {name} NOT NULL,
    ip {name},
    details {text},
    PRIMARY KEY (tenant_id, id)
){table}",
    ],
    down: &[
        "DROP TABLE IF EXISTS audit_log",
        "DROP TABLE IF EXISTS failures",
        "DROP TABLE IF EXISTS user_sessions",
        "DROP TABLE IF EXISTS user_secrets",
        "DROP TABLE IF EXISTS signing_keys",
        "DROP TABLE IF EXISTS tenant_settings",
    ],
};
