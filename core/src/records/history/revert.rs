//! Back to what a record was: an ordinary change of it, to values of the past.

use crate::access::{Permit, RecordsRead, RecordsWrite};
use crate::clock::Timestamp;
use crate::invalid::Invalid;
use crate::records::error::RecordError;
use crate::records::service::{RecordBody, RecordId, Records};
use crate::records::write::Terms;

/// To when a record is to be taken back, and what of it.
#[derive(Debug, Clone)]
pub struct Reversion {
    /// To what it was then.
    pub to: Timestamp,
    /// The fields that are taken back; all that the record had then if not given.
    pub fields: Option<Vec<String>>,
}

impl Records<'_> {
    /// Gives a record's fields the values that they had at a time. Fields that the record did not have then stay as they
    /// are, and so do those that the server sets.
    pub async fn revert(
        &self,
        _: &Permit<RecordsRead>,
        id: RecordId,
        wanted: &Reversion,
        terms: impl Into<Terms>,
    ) -> Result<RecordBody, RecordError> {
        self.reaches(wanted.to, "/to")?;
        let Some(past) = self.state(id, wanted.to).await? else {
            let message = "there was no such record then";
            return Err(match self.state(id, Timestamp::MAX).await? {
                Some(_) => Invalid::one("/to", "no_record", message).into(),
                None => RecordError::NotFound,
            });
        };
        let hidden = self.scope.permit::<RecordsWrite>().is_ok();
        let input = past.input(&self.collection, (hidden, false), wanted.fields.as_deref())?;
        self.update(id, input, terms).await
    }
}
