//! The audit log, read and bounded: who has done what in a tenant that somebody may have to answer for.
//!
//! An entry is written in the transaction of what it tells of (`auth::audit`), and so with it or not at all. Its id begins
//! with its time, so that entries are found in their order and by their time without another index.
//!
//! How long entries are kept is a setting of the tenant that its operator makes: who has a key of the tenant cannot shorten
//! what is known of them.

mod log;
mod prune;
mod retention;

pub use self::log::{AuditEntry, AuditFilter, AuditPage};
pub use self::retention::AuditRetention;
