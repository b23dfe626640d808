//! API keys of a tenant: made, listed, rotated and revoked. The key itself is shown once, when it is made.
//!
//! A key lies in the tenant's database, and its digest with the tenant's id in the control database, so that a
//! presented key finds its tenant. The two are written one after the other, the index first: an interruption leaves an
//! index entry without a key, which opens nothing.

mod model;
mod service;

pub(crate) use self::model::future;
pub use self::model::{Key, KeyKind, NewKey};
pub use self::service::{KeyError, KeyPage, MadeKey};
