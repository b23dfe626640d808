//! Migration: when a tenant's mails are due.

use crate::Migration;

pub(super) const MIGRATION: Migration = Migration {
    name: "m20261125_000022_mail",
    tables: &["mail_due"],
    up: &[
        // A tenant that never sent a mail has no row. `noted_at` is when a mail was last announced, which is before it
        // is written: whoever looks must not take away what has been announced and is about to come.
        "CREATE TABLE IF NOT EXISTS mail_due (
    tenant_id {uuid} PRIMARY KEY,
    due_at BIGINT NOT NULL,
    noted_at BIGINT NOT NULL
){table}",
        "CREATE INDEX IF NOT EXISTS mail_due_due_at ON mail_due (due_at)",
    ],
    down: &["DROP TABLE IF EXISTS mail_due"],
};
