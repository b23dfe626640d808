//! Migration: the audit log is read by who has done what to whom, latest first.

use crate::Migration;

pub(super) const MIGRATION: Migration = Migration {
    name: "m20261201_000029_audit",
    tables: &[],
    up: &[
        "CREATE INDEX IF NOT EXISTS audit_log_actor ON audit_log (tenant_id, actor, id)",
        "CREATE INDEX IF NOT EXISTS audit_log_action ON audit_log (tenant_id, action, id)",
        "CREATE INDEX IF NOT EXISTS audit_log_subject ON audit_log (tenant_id, subject, id)",
    ],
    down: &[
        "DROP INDEX IF EXISTS audit_log_subject /*M! ON audit_log */",
        "DROP INDEX IF EXISTS audit_log_action /*M! ON audit_log */",
        "DROP INDEX IF EXISTS audit_log_actor /*M! ON audit_log */",
    ],
};
