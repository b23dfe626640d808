//! Migration: accounts sign in, and are members of tenants.

use crate::Migration;

pub(super) const MIGRATION: Migration = Migration {
    name: "m20261201_000027_members",
    tables: &[
        "account_sessions",
        "account_resets",
        "account_failures",
        "members",
        "member_roles",
        "tenant_invitations",
        "platform_audit",
    ],
    up: &[
        // `seen_at` is when it was last used, to the minute. One that has ended is gone.
        "CREATE TABLE IF NOT EXISTS account_sessions (
    id {uuid} PRIMARY KEY,
    account_id {uuid} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    digest {digest} NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    user_agent {text},
    ip {name}
){table}",
        "CREATE INDEX IF NOT EXISTS account_sessions_account ON account_sessions (account_id)",
        "CREATE INDEX IF NOT EXISTS account_sessions_expiry ON account_sessions (expires_at)",
        // By which somebody sets a password who has none, or has forgotten theirs. Used once, by deleting it.
        "CREATE TABLE IF NOT EXISTS account_resets (
    digest {digest} PRIMARY KEY,
    account_id {uuid} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
){table}",
        // Tries that have failed, by the digest of what was tried: an account, an address.
        "CREATE TABLE IF NOT EXISTS account_failures (
    digest {digest} PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_at BIGINT NOT NULL
){table}",
        "CREATE INDEX IF NOT EXISTS account_failures_last_at ON account_failures (last_at)",
        // `role` is one that comes with the server, or one of the tenant's own.
        "CREATE TABLE IF NOT EXISTS members (
    tenant_id {uuid} NOT NULL,
    account_id {uuid} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    role {name} NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, account_id)
){table}",
        "CREATE INDEX IF NOT EXISTS members_account ON members (account_id)",
        // A tenant's own roles. `permissions` are names apart by spaces.
        "CREATE TABLE IF NOT EXISTS member_roles (
    tenant_id {uuid} NOT NULL,
    name {name} NOT NULL,
    description {text} NOT NULL,
    permissions {text} NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, name)
){table}",
        // One for each address. `invited_by` is the account that has invited, if it was one.
        "CREATE TABLE IF NOT EXISTS tenant_invitations (
    tenant_id {uuid} NOT NULL,
    id {uuid} NOT NULL,
    email {text} NOT NULL,
    email_key {name} NOT NULL,
    role {name} NOT NULL,
    digest {digest} NOT NULL UNIQUE,
    invited_by {uuid},
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
){table}",
        "CREATE UNIQUE INDEX IF NOT EXISTS tenant_invitations_email ON tenant_invitations (tenant_id, email_key)",
        // As the audit log of a tenant, of what is done with accounts and members. `tenant_id` where it concerns one.
        "CREATE TABLE IF NOT EXISTS platform_audit (
    id {uuid} PRIMARY KEY,
    tenant_id {uuid},
    at BIGINT NOT NULL,
    actor {name} NOT NULL,
    action {name} NOT NULL,
    subject {name},
    request_id {name},
    ip {name},
    details {text}
){table}",
        "CREATE INDEX IF NOT EXISTS platform_audit_tenant ON platform_audit (tenant_id, id)",
        // What a token may do in tenants, as names apart by spaces; all that its account may where it is null. Only
        // MariaDB, which cannot take a change of a table back, needs the condition, and only it reads the comment.
        "ALTER TABLE access_tokens ADD COLUMN /*M! IF NOT EXISTS */ scopes {text}",
    ],
    down: &[
        "ALTER TABLE access_tokens DROP COLUMN /*M! IF EXISTS */ scopes",
        "DROP TABLE IF EXISTS platform_audit",
        "DROP TABLE IF EXISTS tenant_invitations",
        "DROP TABLE IF EXISTS member_roles",
        "DROP TABLE IF EXISTS members",
        "DROP TABLE IF EXISTS account_failures",
        "DROP TABLE IF EXISTS account_resets",
        "DROP TABLE IF EXISTS account_sessions",
    ],
};
