//! Entities of the fixed tables, one for each; the tables themselves are made by `neonex-migrations`.

macro_rules! entity {
    ($(#[$doc:meta])* $module:ident, $table:literal, { $($(#[$attribute:meta])* $field:ident: $kind:ty,)+ }) => {
        $(#[$doc])*
        pub(crate) mod $module {
            use sea_orm::entity::prelude::*;

            #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
            #[sea_orm(table_name = $table)]
            pub(crate) struct Model {
                $($(#[$attribute])* pub(crate) $field: $kind,)+
            }

            #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
            pub(crate) enum Relation {}

            impl ActiveModelBehavior for ActiveModel {}
        }
    };
}

entity!(
    /// People who sign in to the console.
    accounts, "accounts", {
        #[sea_orm(primary_key, auto_increment = false)]
        id: Uuid,
        email: String,
        email_key: String,
        password_hash: String,
        operator: bool,
        disabled_at: Option<i64>,
        created_at: i64,
    }
);
entity!(
    /// Personal access tokens.
    access_tokens, "access_tokens", {
        #[sea_orm(primary_key, auto_increment = false)]
        id: Uuid,
        account_id: Option<Uuid>,
        name: String,
        digest: Vec<u8>,
        hint: String,
        created_at: i64,
        expires_at: Option<i64>,
        revoked_at: Option<i64>,
        last_used_at: Option<i64>,
        scopes: Option<String>,
    }
);
entity!(
    /// Accounts' sessions. One that has ended is gone.
    account_sessions, "account_sessions", {
        #[sea_orm(primary_key, auto_increment = false)]
        id: Uuid,
        account_id: Uuid,
        digest: Vec<u8>,
        created_at: i64,
        seen_at: i64,
        expires_at: i64,
        user_agent: Option<String>,
        ip: Option<String>,
    }
);
entity!(
    /// By which accounts get a password.
    account_resets, "account_resets", {
        #[sea_orm(primary_key, auto_increment = false)]
        digest: Vec<u8>,
        account_id: Uuid,
        created_at: i64,
        expires_at: i64,
    }
);
entity!(
    /// Accounts' places in tenants.
    members, "members", {
        #[sea_orm(primary_key, auto_increment = false)]
        tenant_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        account_id: Uuid,
        role: String,
        created_at: i64,
    }
);
entity!(
    /// Tenants' own roles.
    member_roles, "member_roles", {
        #[sea_orm(primary_key, auto_increment = false)]
        tenant_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        name: String,
        description: String,
        permissions: String,
        created_at: i64,
        updated_at: i64,
    }
);
entity!(
    /// Those who are asked to be members.
    tenant_invitations, "tenant_invitations", {
        #[sea_orm(primary_key, auto_increment = false)]
        tenant_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        id: Uuid,
        email: String,
        email_key: String,
        role: String,
        digest: Vec<u8>,
        invited_by: Option<Uuid>,
        created_at: i64,
        expires_at: i64,
    }
);
entity!(
    /// What was done with accounts and members that somebody may have to answer for.
    platform_audit, "platform_audit", {
        #[sea_orm(primary_key, auto_increment = false)]
        id: Uuid,
        tenant_id: Option<Uuid>,
        at: i64,
        actor: String,
        action: String,
        subject: Option<String>,
        request_id: Option<String>,
        ip: Option<String>,
        details: Option<String>,
    }
);
entity!(
    /// Links to the set-up page.
    setup_links, "setup_links", {
        #[sea_orm(primary_key, auto_increment = false)]
        digest: Vec<u8>,
        created_at: i64,
        expires_at: i64,
        used_at: Option<i64>,
    }
);
entity!(
    /// Tenants.
    tenants, "tenants", {
        #[sea_orm(primary_key, auto_increment = false)]
        id: Uuid,
        slug: String,
        name: String,
        placement: String,
        settings: String,
        version: i64,
        changed_at: i64,
        next_due_at: Option<i64>,
        suspended_at: Option<i64>,
        delete_after: Option<i64>,
        created_at: i64,
        updated_at: i64,
    }
);
entity!(
    /// Which tenant a key belongs to.
    api_key_index, "api_key_index", {
        #[sea_orm(primary_key, auto_increment = false)]
        digest: Vec<u8>,
        tenant_id: Uuid,
        key_id: Uuid,
    }
);
entity!(
    /// A tenant's keys.
    api_keys, "api_keys", {
        #[sea_orm(primary_key, auto_increment = false)]
        tenant_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        id: Uuid,
        name: String,
        kind: String,
        digest: Vec<u8>,
        hint: String,
        scopes: String,
        created_at: i64,
        expires_at: Option<i64>,
        revoked_at: Option<i64>,
        last_used_at: Option<i64>,
        replaced_by: Option<Uuid>,
    }
);
entity!(
    /// A tenant's collections.
    collections, "collections", {
        #[sea_orm(primary_key, auto_increment = false)]
        tenant_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        id: Uuid,
        name: String,
        definition: String,
        created_at: i64,
        updated_at: i64,
    }
);
entity!(
    /// Queries of a tenant that took too long, by kind.
    slow_queries, "slow_queries", {
        #[sea_orm(primary_key, auto_increment = false)]
        tenant_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        digest: Vec<u8>,
        kind: String,
        calls: i64,
        timeouts: i64,
        total_micros: i64,
        max_micros: i64,
        last_at: i64,
        request_id: String,
    }
);
entity!(
    /// The history of a tenant's collections.
    schema_migrations, "schema_migrations", {
        #[sea_orm(primary_key, auto_increment = false)]
        tenant_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        id: Uuid,
        collection_id: Uuid,
        name: String,
        before_definition: Option<String>,
        after_definition: Option<String>,
        statements: String,
        actor: String,
        created_at: i64,
        finished_at: Option<i64>,
    }
);
entity!(
    /// What was asked for, of a tenant's collections.
    schema_history, "schema_history", {
        #[sea_orm(primary_key, auto_increment = false)]
        tenant_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        seq: i64,
        at: i64,
        actor: String,
        request_id: Option<String>,
        action: String,
        collection: Option<String>,
        body: Option<String>,
    }
);
entity!(
    /// A tenant's own settings, by subject.
    tenant_settings, "tenant_settings", {
        #[sea_orm(primary_key, auto_increment = false)]
        tenant_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        name: String,
        value: String,
        updated_at: i64,
    }
);
entity!(
    /// Keys that sign the tokens of a tenant's users.
    signing_keys, "signing_keys", {
        #[sea_orm(primary_key, auto_increment = false)]
        tenant_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        id: Uuid,
        public_key: Vec<u8>,
        private_key: Vec<u8>,
        created_at: i64,
        signs_from: i64,
        accepted_until: Option<i64>,
    }
);
entity!(
    /// Passwords of users, hashed.
    user_secrets, "user_secrets", {
        #[sea_orm(primary_key, auto_increment = false)]
        tenant_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        user_id: Uuid,
        password_hash: String,
        changed_at: i64,
    }
);
entity!(
    /// Users' sessions. One that has ended is gone.
    user_sessions, "user_sessions", {
        #[sea_orm(primary_key, auto_increment = false)]
        tenant_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        id: Uuid,
        user_id: Uuid,
        method: String,
        secret: Vec<u8>,
        counter: i64,
        created_at: i64,
        refreshed_at: i64,
        expires_at: i64,
        user_agent: Option<String>,
        ip: Option<String>,
        second_factor: Option<String>,
        proved_at: i64,
    }
);
entity!(
    /// Users' factors.
    factors, "factors", {
        #[sea_orm(primary_key, auto_increment = false)]
        tenant_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        id: Uuid,
        user_id: Uuid,
        kind: String,
        name: String,
        secret: Option<Vec<u8>>,
        credential: Option<String>,
        credential_digest: Option<Vec<u8>>,
        counter: i64,
        created_at: i64,
        confirmed_at: Option<i64>,
        last_used_at: Option<i64>,
    }
);
entity!(
    /// Recovery codes that were not used.
    recovery_codes, "recovery_codes", {
        #[sea_orm(primary_key, auto_increment = false)]
        tenant_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        user_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        digest: Vec<u8>,
    }
);
entity!(
    /// Secrets that are good once.
    one_time_secrets, "one_time_secrets", {
        #[sea_orm(primary_key, auto_increment = false)]
        tenant_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        id: Uuid,
        purpose: String,
        user_id: Option<Uuid>,
        digest: Vec<u8>,
        sealed: Vec<u8>,
        tries: i64,
        created_at: i64,
        expires_at: i64,
    }
);
entity!(
    /// What was done that somebody may have to answer for.
    audit_log, "audit_log", {
        #[sea_orm(primary_key, auto_increment = false)]
        tenant_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        id: Uuid,
        at: i64,
        actor: String,
        action: String,
        subject: Option<String>,
        request_id: String,
        ip: Option<String>,
        details: Option<String>,
    }
);
entity!(
    /// When a tenant's mails are due.
    mail_due, "mail_due", {
        #[sea_orm(primary_key, auto_increment = false)]
        tenant_id: Uuid,
        due_at: i64,
        noted_at: i64,
    }
);
entity!(
    /// Mails that were sent or are to be.
    mails, "mails", {
        #[sea_orm(primary_key, auto_increment = false)]
        tenant_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        id: Uuid,
        recipient: String,
        recipient_key: String,
        template: String,
        locale: String,
        subject: String,
        body: Option<Vec<u8>>,
        state: String,
        attempts: i64,
        next_at: Option<i64>,
        last_error: Option<String>,
        created_at: i64,
        sent_at: Option<i64>,
        good_until: Option<i64>,
    }
);
entity!(
    /// What a tenant writes in its mails.
    mail_templates, "mail_templates", {
        #[sea_orm(primary_key, auto_increment = false)]
        tenant_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        name: String,
        #[sea_orm(primary_key, auto_increment = false)]
        locale: String,
        subject: String,
        plain: String,
        html: Option<String>,
        updated_at: i64,
    }
);
entity!(
    /// Providers by which a tenant's users sign in.
    auth_providers, "auth_providers", {
        #[sea_orm(primary_key, auto_increment = false)]
        tenant_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        name: String,
        kind: String,
        client_id: String,
        client_secret: Option<Vec<u8>>,
        enabled: bool,
        definition: String,
        created_at: i64,
        updated_at: i64,
    }
);
entity!(
    /// Whom a provider knows a user as.
    identities, "identities", {
        #[sea_orm(primary_key, auto_increment = false)]
        tenant_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        provider: String,
        #[sea_orm(primary_key, auto_increment = false)]
        subject: String,
        user_id: Uuid,
        email: Option<String>,
        email_verified: bool,
        created_at: i64,
        last_used_at: i64,
    }
);
