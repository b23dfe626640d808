//! Time: instants of microsecond precision, and the clock they come from.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

/// An instant in UTC, in microseconds since 1970-01-01. This is the precision that all three databases keep,
/// so an instant read back equals the one written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The earliest instant that can be stored: the start of year 1.
    pub const MIN: Self = Self(-62_135_596_800_000_000);
    /// The latest instant that can be stored: the last microsecond of year 9999.
    pub const MAX: Self = Self(253_402_300_799_999_999);

    /// The instant `micros` microseconds after 1970-01-01T00:00:00Z, where it lies in years 1 to 9999.
    pub fn from_micros(micros: i64) -> Option<Self> {
        (Self::MIN.0..=Self::MAX.0).contains(&micros).then_some(Self(micros))
    }

    /// Reads an RFC 3339 instant of any offset. Digits below a microsecond are cut off.
    pub fn parse(text: &str) -> Option<Self> {
        let instant = chrono::DateTime::parse_from_rfc3339(text).ok()?;
        Self::from_micros(instant.timestamp_micros())
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// This instant moved by `seconds`, held within [`Timestamp::MIN`] and [`Timestamp::MAX`].
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        let micros = self.0.saturating_add(seconds.saturating_mul(1_000_000));
        Self(micros.clamp(Self::MIN.0, Self::MAX.0))
    }

    /// The next instant that can be told from this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1).min(Self::MAX.0))
    }

    /// Appends the instant as RFC 3339 in UTC with six digits of fraction: 27 bytes, so that text sorts by time.
    pub fn write_rfc3339(self, out: &mut Vec<u8>) {
        let days = self.0.div_euclid(86_400_000_000);
        let micros = self.0.rem_euclid(86_400_000_000);
        let (year, month, day) = civil_from_days(days);
        let seconds = micros / 1_000_000;
        digits(out, year, 4);
        out.push(b'-');
        digits(out, month, 2);
        out.push(b'-');
        digits(out, day, 2);
        out.push(b'T');
        digits(out, seconds / 3600, 2);
        out.push(b':');
        digits(out, seconds / 60 % 60, 2);
        out.push(b':');
        digits(out, seconds % 60, 2);
        out.push(b'.');
        digits(out, micros % 1_000_000, 6);
        out.push(b'Z');
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Vec::with_capacity(27);
        self.write_rfc3339(&mut text);
        formatter.write_str(&String::from_utf8_lossy(&text))
    }
}

impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

fn digits(out: &mut Vec<u8>, value: i64, width: u32) {
    for place in (0..width).rev() {
        let digit = value / 10_i64.pow(place) % 10;
        out.push(b'0' + u8::try_from(digit).unwrap_or(0));
    }
}

/// Year, month and day of a count of days since 1970-01-01, in the proleptic Gregorian calendar. The algorithm
/// is Howard Hinnant's `civil_from_days` (<https://howardhinnant.github.io/date_algorithms.html>): a record's
/// times are formatted on every read, and a calendar library costs ten times as much there.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// Where time comes from. Tests hold one that moves only when told.
pub trait Clock: Send + Sync + 'static {
    /// The present instant.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place where ambient time is read")]
    fn now(&self) -> Timestamp {
        let micros = match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_micros()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_micros()).map_or(i64::MIN, |micros| -micros),
        };
        Timestamp(micros.clamp(Timestamp::MIN.0, Timestamp::MAX.0))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn writes_fixed_width_utc() {
        assert_eq!(Timestamp(0).to_string(), "1970-01-01T00:00:00.000000Z");
        assert_eq!(Timestamp::MIN.to_string(), "0001-01-01T00:00:00.000000Z");
        assert_eq!(Timestamp::MAX.to_string(), "9999-12-31T23:59:59.999999Z");
    }

    #[test]
    fn reads_offsets_and_refuses_what_cannot_be_stored() {
        assert_eq!(Timestamp::parse("1970-01-01T01:00:00.5+01:00"), Some(Timestamp(500_000)));
        assert_eq!(Timestamp::parse(&Timestamp::MIN.to_string()), Some(Timestamp::MIN));
        assert_eq!(Timestamp::parse(&Timestamp::MAX.to_string()), Some(Timestamp::MAX));
        assert_eq!(Timestamp::parse("1970-01-01T00:00:00"), None);
        assert_eq!(Timestamp::parse("0000-12-31T00:00:00Z"), None);
        assert_eq!(Timestamp::from_micros(i64::MAX), None);
    }

    proptest! {
        #[test]
        fn text_reads_back_and_sorts_by_time(
            a in Timestamp::MIN.0..=Timestamp::MAX.0,
            b in Timestamp::MIN.0..=Timestamp::MAX.0,
        ) {
            let (a, b) = (Timestamp(a), Timestamp(b));
            prop_assert_eq!(Timestamp::parse(&a.to_string()), Some(a));
            prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
        }
    }
}
