//! Tenants: made, renamed, suspended and deleted by operators.

mod announce;
mod due;
mod model;
mod purge;
mod service;
mod state;

pub(crate) use self::announce::announce;
pub(crate) use self::due::due_by;
pub(crate) use self::model::display_name;
pub use self::model::{NewTenant, Settings, Slug, Tenant, TenantPatch, TenantStatus};
pub use self::service::{DELETION_GRACE_SECONDS, TenantError, TenantPage};
pub use self::state::TenantState;
