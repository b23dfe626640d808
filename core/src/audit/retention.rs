//! How long entries are kept.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::invalid::Invalid;

/// Days that entries are kept where nothing else is said: a year, and the month in which it is looked back at.
const DEFAULT_DAYS: u32 = 400;
/// A hundred years.
const MAX_DAYS: u32 = 36_500;

/// How long the entries of a tenant's audit log are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditRetention {
    /// Days, at least 1; `None` for as long as the tenant is there.
    pub days: Option<u32>,
}

impl Default for AuditRetention {
    fn default() -> Self {
        Self { days: Some(DEFAULT_DAYS) }
    }
}

impl AuditRetention {
    /// Whether it is as it is where nothing is said.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    pub(crate) fn check(self) -> Result<(), Invalid> {
        if self.days.is_some_and(|days| !(1..=MAX_DAYS).contains(&days)) {
            let message =
                format!("the audit log is kept for 1 to {MAX_DAYS} days, or for ever without `days`");
            return Err(Invalid::one("/days", "out_of_range", message));
        }
        Ok(())
    }

    /// When an entry of that time has been kept long enough.
    pub(super) fn ends(self, at: Timestamp) -> Option<Timestamp> {
        self.days.map(|days| at.plus_seconds(i64::from(days) * 24 * 3600))
    }

    /// Entries that are not younger have been kept long enough.
    pub(super) fn reaches_back_to(self, now: Timestamp) -> Option<Timestamp> {
        self.days.map(|days| now.plus_seconds(-i64::from(days) * 24 * 3600))
    }
}
