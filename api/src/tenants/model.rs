//! Tenants as clients see them.

use neonex_core::audit::AuditRetention;
use neonex_core::tenants::{Settings, Tenant, TenantStatus};
use poem_openapi::{Enum, Object};

use crate::text::Time;

/// A new tenant.
#[derive(Debug, Object)]
#[oai(rename = "NewTenant", deny_unknown_fields)]
pub(super) struct NewTenantBody {
    /// Its name in addresses: 2 to 63 lower-case letters, digits and hyphens.
    pub(super) slug: String,
    /// Its name for people.
    pub(super) name: String,
    /// Its settings.
    pub(super) settings: Option<TenantSettings>,
}

/// What is to change of a tenant.
#[derive(Debug, Object)]
#[oai(rename = "TenantPatch", deny_unknown_fields)]
pub(super) struct TenantPatchBody {
    /// Its name in addresses.
    pub(super) slug: Option<String>,
    /// Its name for people.
    pub(super) name: Option<String>,
    /// All settings as they are to be.
    pub(super) settings: Option<TenantSettings>,
}

/// A tenant's settings.
#[derive(Debug, Default, Object)]
#[oai(deny_unknown_fields, skip_serializing_if_is_none)]
pub(super) struct TenantSettings {
    /// Origins whose pages may call the API; `*` stands for all.
    #[oai(default)]
    pub(super) cors_origins: Vec<String>,
    /// From how many milliseconds on a query counts as slow; 0 for all. As `NEONEX_SLOW_QUERY` says where nothing is said.
    pub(super) slow_query_ms: Option<u32>,
    /// How long the entries of its audit log are kept: 400 days where nothing is said.
    pub(super) audit: Option<AuditSettings>,
}

/// How long the entries of an audit log are kept.
#[derive(Debug, Clone, Copy, Object)]
#[oai(deny_unknown_fields, skip_serializing_if_is_none)]
pub(super) struct AuditSettings {
    /// Days, at least 1; for as long as the tenant is there if not given.
    days: Option<u32>,
}

impl From<TenantSettings> for Settings {
    fn from(settings: TenantSettings) -> Self {
        let audit = settings.audit.map(|audit| AuditRetention { days: audit.days }).unwrap_or_default();
        Self { cors_origins: settings.cors_origins, slow_query_ms: settings.slow_query_ms, audit }
    }
}

/// Whether a tenant works.
#[derive(Debug, Enum)]
#[oai(rename_all = "snake_case")]
pub(super) enum TenantState {
    /// It does.
    Active,
    /// An operator has stopped it; its data stays.
    Suspended,
    /// It is deleted, and can be restored until `delete_after`.
    Deleting,
}

/// A tenant.
#[derive(Debug, Object)]
#[oai(rename = "Tenant", skip_serializing_if_is_none)]
pub(super) struct TenantView {
    /// Its id.
    id: String,
    /// Its name in addresses.
    slug: String,
    /// Its name for people.
    name: String,
    /// Whether it works.
    status: TenantState,
    /// Its settings.
    settings: TenantSettings,
    /// When its data goes, if it is deleted.
    delete_after: Option<Time>,
    /// When it was made.
    created_at: Time,
    /// When it was last changed.
    updated_at: Time,
}

impl From<&Tenant> for TenantView {
    fn from(tenant: &Tenant) -> Self {
        let (status, delete_after) = match tenant.status {
            TenantStatus::Active => (TenantState::Active, None),
            TenantStatus::Suspended => (TenantState::Suspended, None),
            TenantStatus::Deleting { after } => (TenantState::Deleting, Some(after.into())),
        };
        Self {
            id: tenant.id.to_string(),
            slug: tenant.slug.to_string(),
            name: tenant.name.clone(),
            status,
            settings: TenantSettings {
                cors_origins: tenant.settings.cors_origins.clone(),
                slow_query_ms: tenant.settings.slow_query_ms,
                audit: Some(tenant.settings.audit)
                    .filter(|audit| !audit.is_default())
                    .map(|audit| AuditSettings { days: audit.days }),
            },
            delete_after,
            created_at: tenant.created_at.into(),
            updated_at: tenant.updated_at.into(),
        }
    }
}

/// A page of tenants.
#[derive(Debug, Object)]
pub(super) struct TenantList {
    /// The tenants.
    pub(super) items: Vec<TenantView>,
    /// Where the next page begins; null on the last one.
    pub(super) next_cursor: Option<String>,
}
