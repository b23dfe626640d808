//! The history of records: what the change log tells of them.
//!
//! A change is named by its time, which is later than that of the change before, whatever the clock says. What a record
//! was at some time is what the first change after that time found, or, if there is none, what it is now. So no change
//! has to be kept that is older than the times that are asked for, and removing those that are leaves no gap.
//!
//! Rules cannot be asked of the past. Only those see it who read past the rules (the scope `records:read`); what is
//! written because of it asks everything that any other write asks.

mod as_of;
mod deleted;
mod log;
mod past;
mod prune;
mod revert;
mod revisions;
mod undelete;

pub use self::as_of::PastQuery;
pub(super) use self::log::{is_after_all, last_logged};
pub use self::revert::Reversion;
use super::error::RecordError;
use super::service::Records;
use crate::clock::Timestamp;
use crate::invalid::Invalid;

impl Records<'_> {
    /// Refuses a time at which the log may have gaps.
    fn reaches(&self, at: Timestamp, pointer: &str) -> Result<(), RecordError> {
        let reach = self.collection.definition().history.reaches_back_to(self.scope.platform().now());
        match reach.filter(|reach| at < *reach) {
            Some(reach) => {
                let message = format!("the changes of `{}` are kept since {reach}", self.collection.name());
                Err(Invalid::one(pointer, "beyond_history", message).into())
            }
            None => Ok(()),
        }
    }
}
