//! All that the databases hold of a tenant, as text.

use neonex_core::store::{Dialect, Place, Scope, Store};
use neonex_testkit::TestTenant;
use uuid::Uuid;

use crate::support::texts;

/// Tables with their columns; of which tenant a row is, is in the condition.
const CONTROL: [(&str, &str, &str); 10] = [
    (
        "tenants",
        "slug, name, placement, settings, version, changed_at, next_due_at, suspended_at, delete_after, \
         created_at, updated_at",
        "id = ?",
    ),
    ("api_key_index", "digest, key_id", "tenant_id = ?"),
    ("mail_due", "due_at, noted_at", "tenant_id = ?"),
    ("members", "account_id, role, created_at", "tenant_id = ?"),
    ("member_roles", "name, description, permissions, created_at, updated_at", "tenant_id = ?"),
    (
        "tenant_invitations",
        "id, email, email_key, role, digest, invited_by, created_at, expires_at",
        "tenant_id = ?",
    ),
    ("platform_audit", "id, at, actor, action, subject, request_id, ip, details", "tenant_id = ?"),
    (
        "accounts",
        "id, email, password_hash, operator, disabled_at",
        "id IN (SELECT account_id FROM members WHERE tenant_id = ?)",
    ),
    (
        "account_sessions",
        "id, digest, created_at, expires_at",
        "account_id IN (SELECT account_id FROM members WHERE tenant_id = ?)",
    ),
    (
        "access_tokens",
        "id, name, digest, expires_at, revoked_at, scopes",
        "account_id IN (SELECT account_id FROM members WHERE tenant_id = ?)",
    ),
];
const TENANT: [(&str, &str); 20] = [
    ("collections", "id, name, definition, created_at, updated_at"),
    (
        "schema_migrations",
        "id, collection_id, name, before_definition, after_definition, statements, actor, created_at, finished_at",
    ),
    ("schema_history", "seq, at, actor, request_id, action, collection, body"),
    (
        "api_keys",
        "id, name, kind, digest, hint, scopes, created_at, expires_at, revoked_at, last_used_at, replaced_by",
    ),
    (
        "changes",
        "seq, collection_id, record_id, operation, before_record, after_record, actor, request_id, at",
    ),
    ("requests", "digest, fingerprint, body, created_at"),
    ("slow_queries", "digest, kind, calls, timeouts, total_micros, max_micros, last_at, request_id"),
    ("tenant_settings", "name, value, updated_at"),
    ("signing_keys", "id, public_key, private_key, created_at, signs_from, accepted_until"),
    ("user_secrets", "user_id, password_hash, changed_at"),
    (
        "user_sessions",
        "id, user_id, method, secret, counter, created_at, refreshed_at, expires_at, user_agent, ip, \
         second_factor, proved_at",
    ),
    (
        "factors",
        "id, user_id, kind, name, secret, credential, credential_digest, counter, created_at, confirmed_at, last_used_at",
    ),
    ("recovery_codes", "user_id, digest"),
    ("one_time_secrets", "id, purpose, user_id, digest, sealed, tries, created_at, expires_at"),
    ("auth_providers", "name, kind, client_id, client_secret, enabled, definition, created_at, updated_at"),
    ("identities", "provider, subject, user_id, email, email_verified, created_at, last_used_at"),
    ("failures", "digest, failures, last_at"),
    (
        "mails",
        "id, recipient, recipient_key, template, locale, subject, body, state, attempts, next_at, last_error, created_at, \
         sent_at, good_until",
    ),
    ("mail_templates", "name, locale, subject, plain, html, updated_at"),
    ("audit_log", "id, at, actor, action, subject, request_id, ip, details"),
];

/// Everything of the tenant, with the records of `collection`, whose fields are `fields`.
pub(super) async fn everything(
    store: &Store,
    tenant: &TestTenant,
    collection: Uuid,
    fields: &[&str],
) -> Vec<String> {
    let mut all = Vec::new();
    let own = [tenant.id.as_uuid()];
    for (table, columns, condition) in CONTROL {
        all.extend(rows(store, Place::Control, (table, columns), condition, &own).await);
    }
    for (table, columns) in TENANT {
        all.extend(rows(store, tenant.place(), (table, columns), "tenant_id = ?", &own).await);
    }
    let table = format!("c_{}", collection.simple());
    let columns =
        ["id", "created_at", "updated_at"].iter().chain(fields).copied().collect::<Vec<_>>().join(", ");
    all.extend(rows(store, tenant.place(), (&table, &columns), "1 = 1", &[]).await);
    all
}

async fn rows(
    store: &Store,
    place: Place,
    (table, columns): (&str, &str),
    condition: &str,
    ids: &[Uuid],
) -> Vec<String> {
    let as_text = |column: &str| match store.dialect() {
        Dialect::Sqlite => format!("quote({column})"),
        Dialect::Postgres => format!("CAST({column} AS TEXT)"),
        Dialect::MariaDb => format!("HEX({column})"),
    };
    let columns: Vec<String> = columns.split(", ").map(as_text).collect();
    let sql = format!("SELECT {} FROM {table} WHERE {condition}", columns.join(", "));
    let found = texts(store, place, &sql, ids, columns.len()).await;
    assert!(!found.is_empty(), "the other tenant has nothing in {table} that could be seen or changed");
    let mut rows: Vec<String> = found.iter().map(|row| format!("{table} {row:?}")).collect();
    rows.sort();
    rows
}

#[test]
fn no_table_of_a_tenant_is_left_out() {
    for table in Scope::Tenant.migrations().iter().flat_map(|migration| migration.tables) {
        assert!(TENANT.iter().any(|(known, _)| known == table), "say here which columns {table} has");
    }
}
