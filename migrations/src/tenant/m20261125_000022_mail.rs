//! Migration: mails that were sent or are to be, and what a tenant writes in them.

use crate::Migration;

pub(super) const MIGRATION: Migration = Migration {
    name: "m20261125_000022_mail",
    tables: &["mails", "mail_templates"],
    up: &[
        // `body` is sealed under the master key, for it may hold what signs somebody in, and gone when it was sent.
        // `next_at` is of those that wait, `good_until` of those that are worth nothing after it.
        "CREATE TABLE IF NOT EXISTS mails (
    tenant_id {uuid} NOT NULL,
    id {uuid} NOT NULL,
    recipient {name} NOT NULL,
    recipient_key {name} NOT NULL,
    template {name} NOT NULL,
    locale {name} NOT NULL,
    subject {text} NOT NULL,
    body {bytes},
    state {name} NOT NULL,
    attempts BIGINT NOT NULL,
    next_at BIGINT,
    last_error {text},
    created_at BIGINT NOT NULL,
    sent_at BIGINT,
    good_until BIGINT,
    PRIMARY KEY (tenant_id, id)
){table}",
        "CREATE INDEX IF NOT EXISTS mails_next ON mails (tenant_id, state, next_at)",
        "CREATE INDEX IF NOT EXISTS mails_recipient ON mails (tenant_id, recipient_key, id)",
        "CREATE INDEX IF NOT EXISTS mails_created ON mails (tenant_id, created_at)",
        // What a tenant has written itself; of the others there are those that come with the server.
        "CREATE TABLE IF NOT EXISTS mail_templates (
    tenant_id {uuid} NOT NULL,
    name {name} NOT NULL,
    locale {name} NOT NULL,
    subject {text} NOT NULL,
    plain {text} NOT NULL,
    html {text},
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, name, locale)
){table}",
    ],
    down: &["DROP TABLE IF EXISTS mail_templates", "DROP TABLE IF EXISTS mails"],
};
