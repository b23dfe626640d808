//! Authorisation: who acts, in which tenant, and what they may do there.
//!
//! A [`TenantScope`], an [`OperatorScope`] or an [`AccountScope`] can only come from authentication
//! ([`crate::platform::Platform`]) and is the only way to start work. What changes or shows data takes a [`Permit`] of
//! the matching permission, which only a scope gives out, so that a forgotten check does not compile.

mod actor;
mod permission;
mod request;
mod scope;

pub use self::actor::{Actor, RequestId, Via};
pub use self::permission::{
    AuditRead, AuthRead, AuthWrite, CollectionsRead, CollectionsWrite, KeysRead, KeysWrite, MembersRead,
    MembersWrite, Permission, RecordsRead, RecordsWrite, ScopeSet, UsersImpersonate,
};
pub use self::request::RequestFacts;
pub use self::scope::{AccountScope, Denied, OperatorScope, Permit, TenantScope};
