//! The table: what each operation needs, which of its inputs name what, and what its body may be.

use std::collections::BTreeSet;

use serde_json::Value;

use super::bodies;
use super::document::{self, Operation};
use super::names::Names;

use Input::TenantCursor;
use Input::{
    Account, AccountSession, AccountToken, AuditCursor, Collection, Condition, Etag, Factor, Fields, Filter,
    Invitation, InvitationCursor, Key, KeyCursor, Mail, MailCursor, Once, Plain, Provider, Record,
    RecordCursor, Role, Session, Sort, Tenant, TenantInvitation, Unique, User,
};
use Needs::{Operator, PastRules, Rule, Scope};

/// What an input names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Input {
    /// A tenant, by id or slug.
    Tenant,
    /// A key, by id.
    Key,
    /// A collection, by id or name.
    Collection,
    /// A record, by id.
    Record,
    /// A user, by id.
    User,
    /// A session of a user, by id.
    Session,
    /// A mail, by id.
    Mail,
    /// A mail, before which a page begins.
    MailCursor,
    /// An entry of the audit log, before which a page begins.
    AuditCursor,
    /// An invitation, by id.
    Invitation,
    /// An invitation, before which a page begins.
    InvitationCursor,
    /// A provider of sign-in, by name.
    Provider,
    /// A factor of a user, by id.
    Factor,
    /// An account, by id.
    Account,
    /// A session of an account, by id.
    AccountSession,
    /// A token of an account, by id.
    AccountToken,
    /// An invitation to be a member, by id.
    TenantInvitation,
    /// A role, by name.
    Role,
    /// A condition, which names fields, values and ids.
    Filter,
    /// The same, of an operation that does not do without.
    Condition,
    /// Fields.
    Sort,
    /// Fields.
    Fields,
    /// A field that is unique.
    Unique,
    /// A tenant, after which a page begins.
    TenantCursor,
    /// A key, after which a page begins.
    KeyCursor,
    /// A record, after which a page begins.
    RecordCursor,
    /// A version of a record.
    Etag,
    /// A request that was made before.
    Once,
    /// Nothing that could be anybody's. Every request sends this value.
    Plain(&'static str),
}

impl Input {
    /// Whether it is in the path and says what the operation is about.
    pub(super) const fn is_id(self) -> bool {
        matches!(
            self,
            Self::Tenant
                | Self::Key
                | Self::Collection
                | Self::Record
                | Self::User
                | Self::Session
                | Self::Mail
                | Self::Invitation
                | Self::Provider
                | Self::Factor
                | Self::Account
                | Self::AccountSession
                | Self::AccountToken
                | Self::TenantInvitation
                | Self::Role
        )
    }
}

/// What an operation asks of whom it obeys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    /// Nothing: it says itself who it is for.
    Nobody,
    /// To run the platform.
    Operator,
    /// To be an account.
    Account,
    /// To say which tenant is meant.
    Tenant,
    /// To be a user who is signed in.
    User,
    /// A scope in the tenant.
    Scope(&'static str),
    /// A scope in the tenant, or a rule that holds.
    Rule(&'static str),
    /// A scope in the tenant, for work on records of which no rule is asked.
    PastRules(&'static str),
}

/// What the tests have to know of an operation.
#[derive(Clone, Copy)]
pub(super) struct Row {
    /// Its id in the document.
    pub(super) operation: &'static str,
    pub(super) needs: Needs,
    /// Each of its parameters, with what it names.
    pub(super) takes: &'static [(&'static str, Input)],
    /// Its body, and others that name more. The first is accepted with a tenant's own names in it.
    pub(super) bodies: &'static [fn(&Names) -> Value],
}

const ROWS: &[Row] = &[
    row("create_tenant", Operator, &[("Idempotency-Key", Once)], &[bodies::tenant]),
    row("list_tenants", Operator, &[("limit", Plain("1")), ("cursor", TenantCursor)], &[]),
    row("get_tenant", Operator, &[("tenant", Tenant), ("If-None-Match", Etag)], &[]),
    row(
        "update_tenant",
        Operator,
        &[("tenant", Tenant), ("If-Match", Etag)],
        &[bodies::tenant_name, bodies::tenant_slug],
    ),
    row("delete_tenant", Operator, &[("tenant", Tenant), ("If-Match", Etag)], &[]),
    row("restore_tenant", Operator, &[("tenant", Tenant)], &[]),
    row("suspend_tenant", Operator, &[("tenant", Tenant)], &[]),
    row("resume_tenant", Operator, &[("tenant", Tenant)], &[]),
    row(
        "create_key",
        Scope("keys:write"),
        &[("tenant", Tenant), ("Idempotency-Key", Once)],
        &[bodies::key, bodies::key_with_scopes],
    ),
    row(
        "list_keys",
        Scope("keys:read"),
        &[("tenant", Tenant), ("limit", Plain("1")), ("cursor", KeyCursor)],
        &[],
    ),
    row("get_key", Scope("keys:read"), &[("tenant", Tenant), ("key", Key), ("If-None-Match", Etag)], &[]),
    row("revoke_key", Scope("keys:write"), &[("tenant", Tenant), ("key", Key), ("If-Match", Etag)], &[]),
    row(
        "rotate_key",
        Scope("keys:write"),
        &[("tenant", Tenant), ("key", Key), ("Idempotency-Key", Once)],
        &[bodies::rotation],
    ),
    row(
        "create_collection",
        Scope("collections:write"),
        &[("Idempotency-Key", Once)],
        &[bodies::collection, bodies::collection_of_unknown_fields, bodies::view, bodies::view_of_groups],
    ),
    row("list_collections", Scope("collections:read"), &[], &[]),
    row(
        "list_schema_migrations",
        Scope("collections:read"),
        &[("limit", Plain("2")), ("cursor", Plain("0"))],
        &[],
    ),
    row("get_tenant_document", Scope("collections:read"), &[], &[]),
    row(
        "get_collection",
        Scope("collections:read"),
        &[("collection", Collection), ("If-None-Match", Etag)],
        &[],
    ),
    row(
        "update_collection",
        Scope("collections:write"),
        &[("collection", Collection), ("If-Match", Etag)],
        &[
            bodies::collection_name,
            bodies::collection_fields,
            bodies::collection_rules,
            bodies::collection_as_view,
        ],
    ),
    row(
        "explain_rules",
        Scope("collections:read records:read"),
        &[],
        &[
            bodies::rules_of_new,
            bodies::rules_of_record,
            bodies::rules_as_user,
            bodies::rules_as_key,
            bodies::rules_of_unknown_field,
        ],
    ),
    row("lint_rules", Scope("collections:read"), &[], &[]),
    row(
        "list_audit_log",
        Scope("audit:read"),
        &[
            ("actor", Plain("")),
            ("action", Plain("")),
            ("subject", User),
            ("since", Plain("")),
            ("until", Plain("")),
            ("limit", Plain("1")),
            ("cursor", AuditCursor),
        ],
        &[],
    ),
    row("get_advice", Scope("records:read"), &[("collection", Collection)], &[]),
    row(
        "explain_list",
        Scope("records:read"),
        &[("collection", Collection), ("filter", Filter), ("sort", Sort), ("ruled", Plain("false"))],
        &[],
    ),
    row("list_slow_queries", Scope("records:read"), &[("limit", Plain("1")), ("cursor", Plain("1-0"))], &[]),
    row(
        "delete_collection",
        Scope("collections:write"),
        &[("collection", Collection), ("If-Match", Etag)],
        &[],
    ),
    row(
        "create_record",
        Rule("records:write"),
        &[("collection", Collection), ("Idempotency-Key", Once)],
        &[bodies::record, bodies::record_of_unknown_field, bodies::record_with_id],
    ),
    row(
        "list_records",
        Rule("records:read"),
        &[
            ("collection", Collection),
            ("filter", Filter),
            ("sort", Sort),
            ("fields", Fields),
            ("expand", Plain("")),
            ("limit", Plain("1")),
            ("cursor", RecordCursor),
            ("count", Plain("exact")),
            ("search", Plain("")),
            ("highlight", Plain("false")),
            ("near", Plain("")),
            ("within", Plain("")),
            ("nearest", Plain("")),
            ("metric", Plain("l2")),
            ("as_of", Plain("")),
        ],
        &[],
    ),
    row(
        "query_records",
        Rule("records:read"),
        &[("collection", Collection)],
        &[bodies::question, bodies::question_of_unknown_field],
    ),
    row(
        "get_record",
        Rule("records:read"),
        &[
            ("collection", Collection),
            ("record", Record),
            ("fields", Fields),
            ("expand", Plain("")),
            ("as_of", Plain("")),
            ("If-None-Match", Etag),
        ],
        &[],
    ),
    row(
        "list_revisions",
        PastRules("records:read"),
        &[("collection", Collection), ("record", Record), ("limit", Plain("1")), ("cursor", RecordCursor)],
        &[],
    ),
    row(
        "get_revision",
        PastRules("records:read"),
        &[("collection", Collection), ("record", Record), ("at", Plain("9999-12-31T00:00:00Z"))],
        &[],
    ),
    row(
        "revert_record",
        Rule("records:read"),
        &[("collection", Collection), ("record", Record), ("If-Match", Etag), ("Idempotency-Key", Once)],
        &[bodies::reversion, bodies::reversion_of_unknown_field],
    ),
    row(
        "undelete_record",
        PastRules("records:write"),
        &[("collection", Collection), ("record", Record), ("Idempotency-Key", Once)],
        &[],
    ),
    row(
        "list_deleted_records",
        PastRules("records:read"),
        &[("collection", Collection), ("limit", Plain("1")), ("cursor", RecordCursor)],
        &[],
    ),
    row(
        "update_record",
        Rule("records:write"),
        &[("collection", Collection), ("record", Record), ("If-Match", Etag), ("Idempotency-Key", Once)],
        &[bodies::record, bodies::record_of_unknown_field, bodies::record_with_id],
    ),
    row(
        "upsert_record",
        Rule("records:write"),
        &[
            ("collection", Collection),
            ("record", Record),
            ("If-Match", Etag),
            ("If-None-Match", Etag),
            ("Idempotency-Key", Once),
        ],
        &[bodies::record, bodies::record_of_unknown_field, bodies::record_with_id],
    ),
    row(
        "delete_record",
        Rule("records:write"),
        &[("collection", Collection), ("record", Record), ("If-Match", Etag), ("Idempotency-Key", Once)],
        &[],
    ),
    row(
        "aggregate_records",
        Rule("records:read"),
        &[
            ("collection", Collection),
            ("calculate", Plain("count")),
            ("group_by", Fields),
            ("filter", Filter),
            ("sort", Plain("count")),
            ("limit", Plain("1")),
        ],
        &[],
    ),
    row(
        "update_records",
        Rule("records:write"),
        &[
            ("collection", Collection),
            ("filter", Condition),
            ("dry_run", Plain("false")),
            ("expect", Plain("1")),
            ("Idempotency-Key", Once),
        ],
        &[bodies::record, bodies::record_of_unknown_field],
    ),
    row(
        "delete_records",
        Rule("records:write"),
        &[
            ("collection", Collection),
            ("filter", Condition),
            ("dry_run", Plain("false")),
            ("expect", Plain("1")),
            ("Idempotency-Key", Once),
        ],
        &[],
    ),
    row(
        "upsert_record_by_key",
        Rule("records:write"),
        &[
            ("collection", Collection),
            ("key", Unique),
            ("If-Match", Etag),
            ("If-None-Match", Etag),
            ("Idempotency-Key", Once),
        ],
        &[bodies::record_of_key, bodies::record_of_unknown_field, bodies::record_with_id],
    ),
    row(
        "write_batch",
        Scope("records:write"),
        &[("Idempotency-Key", Once)],
        &[
            bodies::batch,
            bodies::batch_of_update,
            bodies::batch_of_upsert,
            bodies::batch_of_upsert_by_key,
            bodies::batch_of_delete,
        ],
    ),
    row(
        "export_records",
        Rule("records:read"),
        &[("collection", Collection), ("format", Plain("ndjson")), ("filter", Filter), ("fields", Fields)],
        &[],
    ),
    row(
        "import_records",
        Rule("records:write"),
        &[
            ("collection", Collection),
            ("format", Plain("json")),
            ("columns", Plain("{}")),
            ("delimiter", Plain("")),
            ("ragged", Plain("pad")),
            ("upsert_by", Sort),
            ("on_error", Plain("skip")),
            ("dry_run", Plain("false")),
        ],
        &[bodies::file, bodies::file_of_unknown_field, bodies::file_with_id],
    ),
    row("sign_up", Needs::Tenant, &[("Idempotency-Key", Once)], &[bodies::sign_up]),
    row("sign_in", Needs::Tenant, &[], &[bodies::sign_in]),
    row("refresh_tokens", Needs::Tenant, &[], &[bodies::refresh]),
    row("get_signing_keys", Needs::Tenant, &[], &[]),
    row("get_tenant_signing_keys", Needs::Tenant, &[("tenant", Tenant), ("If-None-Match", Etag)], &[]),
    row("get_issuer_metadata", Needs::Tenant, &[("tenant", Tenant), ("If-None-Match", Etag)], &[]),
    row("sign_out", Needs::User, &[], &[]),
    row("get_signed_in_user", Needs::User, &[], &[]),
    row("change_password", Needs::User, &[], &[bodies::password]),
    row("list_sessions", Needs::User, &[], &[]),
    row("end_other_sessions", Needs::User, &[], &[]),
    row("end_session", Needs::User, &[("session", Session)], &[]),
    row("rotate_signing_key", Scope("auth:write"), &[], &[bodies::rotation]),
    row("get_auth_settings", Scope("auth:read"), &[], &[]),
    row("update_auth_settings", Scope("auth:write"), &[], &[bodies::auth_settings]),
    row("list_auth_providers", Scope("auth:read"), &[], &[]),
    row("create_auth_provider", Scope("auth:write"), &[], &[bodies::provider]),
    row("list_available_auth_providers", Needs::Tenant, &[], &[]),
    row("get_auth_provider", Scope("auth:read"), &[("provider", Provider)], &[]),
    row(
        "update_auth_provider",
        Scope("auth:write"),
        &[("provider", Provider)],
        &[bodies::provider_client, bodies::provider_scopes],
    ),
    row("delete_auth_provider", Scope("auth:write"), &[("provider", Provider)], &[]),
    row("test_auth_provider", Scope("auth:write"), &[("provider", Provider)], &[]),
    row("begin_oauth", Needs::Tenant, &[("provider", Provider)], &[bodies::oauth]),
    row("exchange_oauth", Needs::Tenant, &[], &[bodies::oauth_code]),
    row("list_identities", Needs::User, &[], &[]),
    row("begin_linking_identity", Needs::User, &[("provider", Provider)], &[bodies::oauth]),
    row("link_identity", Needs::User, &[], &[bodies::oauth_code]),
    row("unlink_identity", Needs::User, &[("provider", Provider)], &[]),
    row("show_second_factor", Needs::Tenant, &[], &[bodies::second_factor]),
    row("step_up", Needs::User, &[], &[bodies::step_up]),
    row("list_factors", Needs::User, &[], &[]),
    row("create_totp_factor", Needs::User, &[], &[bodies::totp_factor]),
    row("confirm_factor", Needs::User, &[("factor", Factor)], &[bodies::code]),
    row("delete_factor", Needs::User, &[("factor", Factor)], &[]),
    row("create_recovery_codes", Needs::User, &[], &[]),
    row("begin_passkey_registration", Needs::User, &[], &[bodies::totp_factor]),
    row("finish_passkey_registration", Needs::User, &[], &[bodies::passkey]),
    row("begin_passkey_sign_in", Needs::Tenant, &[], &[bodies::rotation]),
    row("finish_passkey_sign_in", Needs::Tenant, &[], &[bodies::passkey]),
    row("list_user_factors", Scope("auth:read"), &[("user", User)], &[]),
    row("delete_user_factors", Scope("auth:write"), &[("user", User)], &[]),
    row("create_user", Scope("auth:write"), &[], &[bodies::user]),
    row("update_user", Scope("auth:write"), &[("user", User)], &[bodies::user_roles]),
    row(
        "import_users",
        Scope("auth:write"),
        &[("on_error", Plain("skip")), ("dry_run", Plain("false"))],
        &[bodies::imported_user, bodies::imported_user_with_id],
    ),
    row("impersonate_user", Scope("users:impersonate"), &[("user", User)], &[]),
    row("list_user_sessions", Scope("auth:read"), &[("user", User)], &[]),
    row("end_user_sessions", Scope("auth:write"), &[("user", User)], &[]),
    row("send_verification", Needs::Tenant, &[], &[bodies::mail_wish]),
    row("verify_email", Needs::Tenant, &[], &[bodies::link_token]),
    row("send_password_reset", Needs::Tenant, &[], &[bodies::mail_wish]),
    row("reset_password", Needs::Tenant, &[], &[bodies::password_reset]),
    row("send_magic_link", Needs::Tenant, &[], &[bodies::mail_wish]),
    row("sign_in_by_link", Needs::Tenant, &[], &[bodies::link_token]),
    row("send_code", Needs::Tenant, &[], &[bodies::mail_wish]),
    row("sign_in_by_code", Needs::Tenant, &[], &[bodies::mail_code]),
    row("change_email", Needs::User, &[], &[bodies::change_email]),
    row("confirm_email", Needs::Tenant, &[], &[bodies::link_token]),
    row("sign_in_anonymously", Needs::Tenant, &[], &[bodies::rotation]),
    row("accept_invitation", Needs::Tenant, &[], &[bodies::password_reset]),
    row("invite_user", Scope("auth:write"), &[("Idempotency-Key", Once)], &[bodies::invitation]),
    row("list_invitations", Scope("auth:read"), &[("limit", Plain("1")), ("cursor", InvitationCursor)], &[]),
    row("revoke_invitation", Scope("auth:write"), &[("invitation", Invitation)], &[]),
    row("sign_in_account", Needs::Nobody, &[], &[bodies::sign_in_account]),
    row("reset_account_password", Needs::Nobody, &[], &[bodies::password_reset]),
    row("join_tenant", Needs::Nobody, &[], &[bodies::password_reset]),
    row("sign_out_account", Needs::Account, &[], &[]),
    row("get_account", Needs::Account, &[], &[]),
    row("update_account", Needs::Account, &[], &[bodies::password]),
    row("list_account_sessions", Needs::Account, &[], &[]),
    row("end_account_session", Needs::Account, &[("session", AccountSession)], &[]),
    row("create_account_token", Needs::Account, &[], &[bodies::account_token]),
    row("list_account_tokens", Needs::Account, &[], &[]),
    row("revoke_account_token", Needs::Account, &[("token", AccountToken)], &[]),
    row("list_members", Scope("members:read"), &[], &[]),
    row("update_member", Scope("members:write"), &[("account", Account)], &[bodies::member]),
    row("remove_member", Scope("members:write"), &[("account", Account)], &[]),
    row("invite_member", Scope("members:write"), &[], &[bodies::member_invitation]),
    row("list_tenant_invitations", Scope("members:read"), &[], &[]),
    row("revoke_tenant_invitation", Scope("members:write"), &[("invitation", TenantInvitation)], &[]),
    row("list_roles", Scope("members:read"), &[], &[]),
    row("create_role", Scope("members:write"), &[], &[bodies::role]),
    row("get_role", Scope("members:read"), &[("role", Role)], &[]),
    row("update_role", Scope("members:write"), &[("role", Role)], &[bodies::role_description]),
    row("delete_role", Scope("members:write"), &[("role", Role)], &[]),
    row(
        "list_mails",
        Scope("auth:read"),
        &[("state", Plain("queued")), ("to", Plain("")), ("limit", Plain("1")), ("cursor", MailCursor)],
        &[],
    ),
    row("get_mail", Scope("auth:write"), &[("mail", Mail)], &[]),
    row("retry_mail", Scope("auth:write"), &[("mail", Mail)], &[]),
    row("list_mail_templates", Scope("auth:read"), &[], &[]),
    row("get_mail_template", Scope("auth:read"), TEMPLATE, &[]),
    row("preview_mail", Scope("auth:read"), TEMPLATE, &[bodies::rotation]),
    row("set_mail_template", Scope("auth:write"), TEMPLATE, &[bodies::template]),
    row("delete_mail_template", Scope("auth:write"), TEMPLATE, &[]),
    row("send_test_mail", Scope("auth:write"), TEMPLATE, &[bodies::test_mail]),
];

const TEMPLATE: &[(&str, Input)] = &[("name", Plain("code")), ("locale", Plain("en"))];

const fn row(
    operation: &'static str,
    needs: Needs,
    takes: &'static [(&'static str, Input)],
    bodies: &'static [fn(&Names) -> Value],
) -> Row {
    Row { operation, needs, takes, bodies }
}

/// An operation with its row.
pub(super) struct Entry {
    pub(super) operation: Operation,
    pub(super) row: &'static Row,
}

/// Every operation, in the order of the table.
///
/// # Panics
///
/// Where table and document disagree.
pub(super) fn entries() -> Vec<Entry> {
    let mut operations = document::operations();
    let faults = faults(&operations, ROWS);
    assert!(faults.is_empty(), "the isolation matrix is out of date:\n{}", faults.join("\n"));
    let entry = |row: &'static Row| {
        let at = operations.iter().position(|operation| operation.id == row.operation).unwrap();
        Entry { operation: operations.swap_remove(at), row }
    };
    ROWS.iter().map(entry).collect()
}

/// What is in the document and not in the table, and the other way around.
fn faults(operations: &[Operation], rows: &[Row]) -> Vec<String> {
    let mut faults = Vec::new();
    for operation in operations {
        let Some(row) = rows.iter().find(|row| row.operation == operation.id) else {
            faults.push(format!("operation {} has no row", operation.id));
            continue;
        };
        let declared: BTreeSet<&str> =
            operation.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
        let taken: BTreeSet<&str> = row.takes.iter().map(|(name, _)| *name).collect();
        for name in declared.symmetric_difference(&taken) {
            faults.push(format!("{}: parameter {name} is not in both", operation.id));
        }
        if operation.has_body == row.bodies.is_empty() {
            faults.push(format!("{}: its body is not in both", operation.id));
        }
    }
    for row in rows {
        if operations.iter().filter(|operation| operation.id == row.operation).count() != 1 {
            faults.push(format!("row {} has no operation", row.operation));
        }
    }
    faults
}

#[test]
fn every_operation_has_its_row_and_what_is_missing_is_named() {
    assert_eq!(entries().len(), ROWS.len());
    let operations = document::operations();
    let change = |row: &Row| match row.operation {
        "list_tenants" => Row { takes: &[("limit", Plain("1")), ("page", Plain("1"))], ..*row },
        "get_tenant" => Row { bodies: &[bodies::rotation], ..*row },
        "get_key" => Row { operation: "frobnicate", ..*row },
        _ => *row,
    };
    let rows: Vec<Row> = ROWS.iter().map(change).collect();
    let named = [
        "list_tenants: parameter cursor is not in both",
        "list_tenants: parameter page is not in both",
        "get_tenant: its body is not in both",
        "operation get_key has no row",
        "row frobnicate has no operation",
    ];
    assert_eq!(faults(&operations, &rows), named);
}
