//! Days and instants, in UTC.

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, TimeDelta, Timelike as _, Utc};

use super::Failed;
use crate::clock::Timestamp;
use crate::expr::ir::ClockPart;

pub(super) fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

pub(super) fn moved(instant: DateTime<Utc>, micros: i64) -> Result<DateTime<Utc>, Failed> {
    let moved = instant.checked_add_signed(TimeDelta::microseconds(micros)).ok_or(Failed)?;
    Timestamp::from_micros(moved.timestamp_micros()).map(|_| moved).ok_or(Failed)
}

pub(super) fn between(to: DateTime<Utc>, from: DateTime<Utc>) -> Result<i64, Failed> {
    let between = to.signed_duration_since(from);
    between.num_nanoseconds().and(between.num_microseconds()).ok_or(Failed)
}

pub(super) fn read(part: ClockPart, instant: DateTime<Utc>) -> i64 {
    match part {
        ClockPart::Year => i64::from(instant.year()),
        ClockPart::Month => i64::from(instant.month0()),
        ClockPart::DayOfMonth => i64::from(instant.day0()),
        ClockPart::Date => i64::from(instant.day()),
        ClockPart::DayOfWeek => i64::from(instant.weekday().num_days_from_sunday()),
        ClockPart::DayOfYear => i64::from(instant.ordinal0()),
        ClockPart::Hours => i64::from(instant.hour()),
        ClockPart::Minutes => i64::from(instant.minute()),
        ClockPart::Seconds => i64::from(instant.second()),
        ClockPart::Milliseconds => i64::from(instant.timestamp_subsec_millis()),
    }
}
