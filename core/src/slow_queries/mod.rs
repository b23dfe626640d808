//! Slow queries of a tenant: those whose statements took longer than they should, by kind, with how often and how long.
//!
//! A kind is a collection, an operation, and the filter and the order without any constant: no value of anybody's is in
//! it. What was slow is noted in memory, and written to the tenant's database by whoever flushes notes, one transaction
//! for a tenant that had any; a request that was fast enough does nothing but compare two numbers.
//!
//! What can still go wrong: what was noted since the last flush is lost with a crash. Two processes may meet at a kind
//! that is new to both; the one that loses writes its notes at its next flush.

mod model;
mod note;
mod store;

pub use self::model::{InvalidCursor, Operation, SlowQuery, SlowQueryCursor, SlowQueryPage};
pub(crate) use self::note::{Asked, SlowQueries};
pub use self::store::MAX_KINDS;
