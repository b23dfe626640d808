//! How long the changes of a collection's records are kept, and what its fields were called before.

use serde::{Deserialize, Serialize};

use super::definition::Definition;
use super::field::Field;
use super::name::FieldName;
use crate::clock::Timestamp;
use crate::invalid::Invalid;

/// Days that changes are kept where nothing else is said.
const DEFAULT_DAYS: u32 = 90;
/// A hundred years.
const MAX_DAYS: u32 = 36_500;
/// Others who read the log, some of them late, find everything that is younger than this: a day.
pub(crate) const LEAST_SECONDS: i64 = 24 * 3600;

/// How long the changes of a collection's records are kept, as sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NewHistory {
    /// Days, at least 1; `None` for as long as the collection is there.
    pub days: Option<u32>,
}

/// How long the changes of a collection's records are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    days: Option<u32>,
    /// Before that, in microseconds, changes may be gone because they were once kept for fewer days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    since: Option<i64>,
}

impl Default for History {
    fn default() -> Self {
        Self { days: Some(DEFAULT_DAYS), since: None }
    }
}

impl TryFrom<NewHistory> for History {
    type Error = Invalid;

    fn try_from(new: NewHistory) -> Result<Self, Invalid> {
        if new.days.is_some_and(|days| !(1..=MAX_DAYS).contains(&days)) {
            let message = format!("changes are kept for 1 to {MAX_DAYS} days, or for ever without `days`");
            return Err(Invalid::one("/days", "out_of_range", message));
        }
        Ok(Self { days: new.days, since: None })
    }
}

impl History {
    /// Days; `None` for as long as the collection is there.
    pub const fn days(self) -> Option<u32> {
        self.days
    }

    /// What a client would send for it; nothing for what is as usual.
    pub(super) fn sent(self) -> Option<NewHistory> {
        (self.days != Self::default().days).then_some(NewHistory { days: self.days })
    }

    /// The same in seconds.
    pub(crate) fn seconds(self) -> Option<i64> {
        self.days.map(|days| i64::from(days) * LEAST_SECONDS)
    }

    /// Since when every change is still there; `None` if none was ever removed.
    pub(crate) fn reaches_back_to(self, now: Timestamp) -> Option<Timestamp> {
        let kept = self.seconds().map(|seconds| now.plus_seconds(-seconds));
        kept.max(self.since.and_then(Timestamp::from_micros))
    }

    /// The same setting where `before` was in force until now.
    pub(super) fn after(self, before: Self, now: Timestamp) -> Self {
        Self { since: before.reaches_back_to(now).map(Timestamp::as_micros), ..self }
    }

    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// A name that a field once had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Former {
    pub(crate) name: FieldName,
    /// Until when, in microseconds.
    pub(crate) until: i64,
}

impl Field {
    /// What it was called then, where that was something else than now.
    pub(crate) fn former_name(&self, at: Timestamp) -> Option<&str> {
        let then = self.formerly.iter().find(|former| at.as_micros() < former.until);
        then.map(|former| former.name.as_str())
    }

    /// All names that it has or had, the latest first.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let former = self.formerly.iter().rev().map(|former| former.name.as_str());
        std::iter::once(self.name.as_str()).chain(former)
    }
}

/// Takes along into a changed design what is known of its past.
pub(super) fn carry_on(
    before: &Definition,
    after: &mut Definition,
    renames: &[(String, String)],
    now: Timestamp,
) {
    let same = after.history.days == before.history.days;
    after.history = if same { before.history } else { after.history.after(before.history, now) };
    for field in &mut after.fields {
        let other = renames.iter().find(|(_, to)| to == field.name.as_str());
        let from = other.map_or(field.name.as_str(), |(from, _)| from);
        let Some(was) = before.fields.iter().find(|was| was.name.as_str() == from) else { continue };
        field.formerly.clone_from(&was.formerly);
        if other.is_some() {
            field.formerly.push(Former { name: was.name.clone(), until: now.as_micros() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_removed_under_an_earlier_setting_stays_removed() {
        let day = |day: i64| Timestamp::from_micros(0).unwrap().plus_seconds(day * LEAST_SECONDS);
        let days = |days| History::try_from(NewHistory { days }).unwrap();
        let short = days(Some(10));
        assert_eq!(short.reaches_back_to(day(100)), Some(day(90)));
        let long = days(Some(50)).after(short, day(100));
        assert_eq!(long.reaches_back_to(day(120)), Some(day(90)));
        assert_eq!(long.reaches_back_to(day(150)), Some(day(100)));
        assert_eq!(days(None).after(long, day(120)).reaches_back_to(day(500)), Some(day(90)));
        assert_eq!(days(None).after(days(None), day(120)).reaches_back_to(day(500)), None);
        for wrong in [0, MAX_DAYS + 1] {
            let refused = History::try_from(NewHistory { days: Some(wrong) }).unwrap_err();
            assert_eq!(refused.details()[0].pointer, "/days");
        }
    }
}
