//! Literals, converted at check time to what the column beside them stores.

use cel::Value;
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use uuid::Uuid;

use crate::expr::ir::Scalar;
use crate::expr::vocabulary::FieldKind;

/// The years CEL's timestamps span; SQLite's dates, being text, order rightly in these only.
const YEARS: std::ops::RangeInclusive<i32> = 1..=9999;

/// A constant, as CEL sees it.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Literal {
    Null,
    Bool(bool),
    /// An int or a uint: CEL compares them by value.
    Int(i128),
    Float(f64),
    Text(String),
    Instant(DateTime<Utc>),
    Duration(TimeDelta),
}

impl Literal {
    pub(super) fn from_value(value: Value) -> Option<Self> {
        Some(match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(value),
            Value::Int(value) => Self::Int(value.into()),
            Value::UInt(value) => Self::Int(value.into()),
            Value::Float(value) if value.is_finite() => Self::Float(value),
            Value::String(value) => Self::Text((*value).clone()),
            Value::Timestamp(value) => Self::Instant(value.to_utc()),
            Value::Duration(value) => Self::Duration(value),
            _ => return None,
        })
    }

    pub(super) fn described(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "true or false",
            Self::Int(_) | Self::Float(_) => "a number",
            Self::Text(_) => "text",
            Self::Instant(_) => "a timestamp",
            Self::Duration(_) => "a duration",
        }
    }
}

/// A literal's place among the values a column can store.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Placed {
    /// The column orders as the scalar does.
    Exact(Scalar),
    /// The column stores integers, or what counts as such: of these, the ones equal to the literal are
    /// `first..=last`. Where it lies between two, `first` is `last + 1`.
    Between { first: i128, last: i128 },
}

/// Places a literal among the values of a kind; `Err` says why it cannot be compared with one.
pub(super) fn place(literal: &Literal, kind: FieldKind) -> Result<Placed, String> {
    match (kind, literal) {
        (FieldKind::Text, Literal::Text(text)) => Ok(Placed::Exact(Scalar::Text(text.clone()))),
        (FieldKind::Bool, Literal::Bool(value)) => Ok(Placed::Exact(Scalar::Bool(*value))),
        (FieldKind::Int, Literal::Int(value)) => Ok(Placed::Between { first: *value, last: *value }),
        (FieldKind::Int, Literal::Float(value)) => Ok(among_integers(*value)),
        (FieldKind::Float, Literal::Int(value)) => Ok(Placed::Exact(Scalar::Float(nearest_float(*value)))),
        (FieldKind::Float, Literal::Float(value)) => Ok(Placed::Exact(Scalar::Float(*value))),
        (FieldKind::Decimal { scale }, Literal::Int(value)) => Ok(scaled(&value.to_string(), scale)),
        // The shortest text that reads back as this double: what the author wrote, or means the same.
        (FieldKind::Decimal { scale }, Literal::Float(value)) => Ok(scaled(&value.to_string(), scale)),
        (FieldKind::Uuid, Literal::Text(text)) => Uuid::parse_str(text)
            .map(|uuid| Placed::Exact(Scalar::Uuid(uuid)))
            .map_err(|_| format!("'{text}' is not a UUID")),
        (FieldKind::Date, Literal::Text(_) | Literal::Instant(_)) => Ok(among_days(instant(literal)?)),
        (FieldKind::DateTime, Literal::Text(_) | Literal::Instant(_)) => Ok(among_micros(instant(literal)?)),
        _ => Err(format!("{} cannot be compared with {}", kind.described(), literal.described())),
    }
}

/// The value a column of the kind stores for an integer of [`Placed::Between`], if it can.
pub(super) fn stored(kind: FieldKind, value: i128) -> Option<Scalar> {
    let value = i64::try_from(value).ok()?;
    match kind {
        FieldKind::Date => {
            let days = i32::try_from(value).ok()?;
            NaiveDate::from_epoch_days(days).filter(|day| YEARS.contains(&day.year())).map(Scalar::Date)
        }
        FieldKind::DateTime => DateTime::from_timestamp_micros(value).map(Scalar::DateTime),
        _ => Some(Scalar::Int(value)),
    }
}

/// As CEL compares an int with a double: by the double nearest the int.
#[expect(clippy::cast_precision_loss, reason = "the loss is CEL's own")]
pub(super) fn nearest_float(value: i128) -> f64 {
    value as f64
}

/// The 64-bit integers whose nearest double is `value`: more than one from 2^53 on.
fn among_integers(value: f64) -> Placed {
    let first = first_integer(|integer| nearest_float(integer) >= value);
    let last = first_integer(|integer| nearest_float(integer) > value) - 1;
    Placed::Between { first, last }
}

/// The first 64-bit integer for which a monotone condition holds, or the one after the last.
fn first_integer(holds: impl Fn(i128) -> bool) -> i128 {
    let (mut low, mut high) = (i128::from(i64::MIN), i128::from(i64::MAX) + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

/// A decimal text times 10 to the power of `scale`, rounded down and up.
fn scaled(text: &str, scale: u32) -> Placed {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let width = usize::try_from(scale).unwrap_or(usize::MAX);
    let split = fraction.len().min(width);
    let (kept, rest) = fraction.split_at_checked(split).unwrap_or((fraction, ""));
    // Beyond 10^36 all is out of a column's range alike, and padding stays short.
    let shift = u32::try_from(width - split).unwrap_or(u32::MAX);
    let floor = format!("{whole}{kept}")
        .parse::<i128>()
        .ok()
        .and_then(|value| value.checked_mul(10_i128.checked_pow(shift)?))
        .unwrap_or(i128::MAX - 1);
    let exact = rest.chars().all(|digit| digit == '0');
    match (exact, negative) {
        (true, false) => Placed::Between { first: floor, last: floor },
        (true, true) => Placed::Between { first: -floor, last: -floor },
        (false, false) => Placed::Between { first: floor + 1, last: floor },
        (false, true) => Placed::Between { first: -floor, last: -floor - 1 },
    }
}

/// The instant a literal names: RFC 3339, or a day for its midnight in UTC.
fn instant(literal: &Literal) -> Result<DateTime<Utc>, String> {
    let instant = match literal {
        Literal::Instant(instant) => Ok(*instant),
        Literal::Text(text) => DateTime::parse_from_rfc3339(text)
            .map(|instant| instant.to_utc())
            .ok()
            .or_else(|| Some(text.parse::<NaiveDate>().ok()?.and_hms_opt(0, 0, 0)?.and_utc()))
            .ok_or_else(|| {
                format!("'{text}' is neither a date like '2020-01-31' nor a time like '2020-01-31T12:00:00Z'")
            }),
        other => Err(format!("{} is not a date", other.described())),
    }?;
    if !YEARS.contains(&instant.year()) {
        return Err("years run from 0001 to 9999".to_owned());
    }
    // No database stores one, and the next second's beginning is not the same instant.
    if instant.timestamp_subsec_nanos() >= 1_000_000_000 {
        return Err("leap seconds are not supported".to_owned());
    }
    Ok(instant)
}

fn among_days(instant: DateTime<Utc>) -> Placed {
    let day = instant.date_naive();
    let last = i128::from(day.to_epoch_days());
    let midnight = day.and_hms_opt(0, 0, 0).map(|midnight| midnight.and_utc());
    if midnight == Some(instant) {
        Placed::Between { first: last, last }
    } else {
        Placed::Between { first: last + 1, last }
    }
}

fn among_micros(instant: DateTime<Utc>) -> Placed {
    let last = i128::from(instant.timestamp_micros());
    let first = if instant.timestamp_subsec_nanos().is_multiple_of(1000) { last } else { last + 1 };
    Placed::Between { first, last }
}
