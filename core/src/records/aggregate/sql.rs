//! Aggregates as SQL, and what their columns hold.

use super::terms::{Computed, Function, Group, Period};
use crate::collections::FieldType;
use crate::dialect::Dialect;
use crate::records::column::{quote, read};
use crate::records::layout::Layout;
use crate::records::value::{FieldValue, write_decimal, write_float};
use crate::store::{Row, StoreError};

/// Digits that the average of decimals has after the point beyond those of the field.
const MORE_DIGITS: u32 = 6;

/// What is selected for one term, and what comes of it.
pub(super) struct Selected {
    pub(super) columns: Vec<String>,
    /// By what a result is sorted.
    pub(super) order: String,
    pub(super) form: Form,
}

/// How a term's columns are read.
pub(super) enum Form {
    /// A value of a field.
    Value(FieldType),
    /// A whole number that cannot be null.
    Count,
    /// A sum of whole numbers, of so many digits after the point where it is one of decimals.
    Sum(Option<u32>),
    /// Such a sum, and of how many.
    Average(Option<u32>),
    Float,
}

/// A sum, exact, is beyond what a number here can be.
pub(super) struct TooLarge;

impl Group {
    pub(super) fn select(&self, layout: &Layout, dialect: Dialect) -> Option<Selected> {
        let column = layout.columns.get(self.column)?;
        let name = quote(&column.stored, dialect);
        let Some(period) = self.period else {
            let form = Form::Value(column.kind.clone());
            return Some(Selected { columns: vec![name.clone()], order: name, form });
        };
        let first = first_day(period, &name, matches!(column.kind, FieldType::Date), dialect);
        Some(Selected { columns: vec![first.clone()], order: first, form: Form::Value(FieldType::Date) })
    }
}

/// The first day of the period in UTC.
pub(in crate::records) fn first_day(period: Period, name: &str, is_date: bool, dialect: Dialect) -> String {
    match dialect {
        Dialect::Sqlite => {
            // Whole seconds, rounded down before 1970, too.
            let seconds =
                format!("({name} - (({name} % 1000000) + 1000000) % 1000000) / 1000000, 'unixepoch'");
            let at = if is_date { name.to_owned() } else { seconds };
            match period {
                Period::Day => format!("date({at})"),
                Period::Week => format!("date({at}, '-6 days', 'weekday 1')"),
                Period::Month => format!("date({at}, 'start of month')"),
                Period::Year => format!("date({at}, 'start of year')"),
            }
        }
        Dialect::Postgres => {
            let unit = match period {
                Period::Day => "day",
                Period::Week => "week",
                Period::Month => "month",
                Period::Year => "year",
            };
            let local = if is_date {
                format!("CAST({name} AS TIMESTAMP)")
            } else {
                format!("{name} AT TIME ZONE 'UTC'")
            };
            format!("CAST(date_trunc('{unit}', {local}) AS DATE)")
        }
        Dialect::MariaDb => match period {
            Period::Day => format!("CAST({name} AS DATE)"),
            Period::Week => format!("CAST({name} - INTERVAL WEEKDAY({name}) DAY AS DATE)"),
            Period::Month => format!("CAST({name} - INTERVAL (DAYOFMONTH({name}) - 1) DAY AS DATE)"),
            Period::Year => format!("CAST({name} - INTERVAL (DAYOFYEAR({name}) - 1) DAY AS DATE)"),
        },
    }
}

impl Computed {
    pub(super) fn select(&self, layout: &Layout, dialect: Dialect) -> Option<Selected> {
        let one = |order: String, form| Some(Selected { columns: vec![order.clone()], order, form });
        let Some(at) = self.column else { return one("count(*)".to_owned(), Form::Count) };
        let column = layout.columns.get(at)?;
        let (name, kind) = (quote(&column.stored, dialect), &column.kind);
        let scale = match kind {
            FieldType::Decimal { scale, .. } => Some(*scale),
            _ => None,
        };
        // Sums of whole numbers are wider than these on servers, and are read from text.
        let sum = match dialect {
            Dialect::Sqlite => format!("sum({name})"),
            Dialect::Postgres => format!("CAST(sum({name}) AS TEXT)"),
            Dialect::MariaDb => format!("CAST(sum({name}) AS CHAR)"),
        };
        let average = match dialect {
            Dialect::Sqlite => format!("avg({name})"),
            Dialect::Postgres | Dialect::MariaDb => {
                format!("CAST(sum({name}) AS DOUBLE PRECISION) / nullif(count({name}), 0)")
            }
        };
        let average = if dialect == Dialect::MariaDb { average.replace(" PRECISION", "") } else { average };
        match (self.function, kind) {
            (Function::Count, _) => one(format!("count({name})"), Form::Count),
            (Function::CountDistinct, _) => one(format!("count(DISTINCT {name})"), Form::Count),
            (Function::Sum, FieldType::Float) => one(format!("sum({name})"), Form::Float),
            (Function::Avg, FieldType::Float) => one(format!("avg({name})"), Form::Float),
            (Function::Sum, _) => {
                let order = format!("sum({name})");
                Some(Selected { columns: vec![sum], order, form: Form::Sum(scale) })
            }
            (Function::Avg, _) => {
                let columns = vec![sum, format!("count({name})")];
                Some(Selected { columns, order: average, form: Form::Average(scale) })
            }
            (Function::Min, _) => one(format!("min({name})"), Form::Value(kind.clone())),
            (Function::Max, _) => one(format!("max({name})"), Form::Value(kind.clone())),
        }
    }
}

impl Form {
    /// Writes what the columns from `at` on hold.
    pub(super) fn write(
        &self,
        row: &Row<'_>,
        at: usize,
        out: &mut Vec<u8>,
    ) -> Result<Result<(), TooLarge>, StoreError> {
        match self {
            Self::Value(kind) => read(kind, row, at)?.write_json(out),
            Self::Count => FieldValue::Int(row.int(at)?.unwrap_or(0)).write_json(out),
            Self::Float => match row.float(at)? {
                Some(number) if !number.is_finite() => return Ok(Err(TooLarge)),
                Some(number) => write_float(number, out),
                None => out.extend_from_slice(b"null"),
            },
            Self::Sum(scale) => match (read_sum(row, at)?, scale) {
                (Err(too_large), _) => return Ok(Err(too_large)),
                (Ok(None), _) => out.extend_from_slice(b"null"),
                (Ok(Some(sum)), Some(scale)) => write_decimal(sum.into(), *scale, out),
                (Ok(Some(sum)), None) => FieldValue::Int(sum).write_json(out),
            },
            Self::Average(scale) => {
                let sum = match read_sum(row, at)? {
                    Err(too_large) => return Ok(Err(too_large)),
                    Ok(sum) => sum,
                };
                match (sum, row.int(at + 1)?, scale) {
                    (Some(sum), Some(count), Some(scale)) if count > 0 => {
                        write_decimal(average(sum, count), scale + MORE_DIGITS, out);
                    }
                    #[expect(clippy::cast_precision_loss, reason = "an average is a float, the nearest")]
                    (Some(sum), Some(count), None) if count > 0 => {
                        write_float(sum as f64 / count as f64, out);
                    }
                    _ => out.extend_from_slice(b"null"),
                }
            }
        }
        Ok(Ok(()))
    }
}

fn read_sum(row: &Row<'_>, at: usize) -> Result<Result<Option<i64>, TooLarge>, StoreError> {
    if let Row::Sqlite(_) = row {
        return row.int(at).map(Ok);
    }
    Ok(row.text(at)?.map(|text| text.parse()).transpose().map_err(|_| TooLarge))
}

/// With [`MORE_DIGITS`] more, a half rounded away from zero.
fn average(sum: i64, count: i64) -> i128 {
    let wide = i128::from(sum) * 10_i128.pow(MORE_DIGITS);
    let count = i128::from(count);
    (wide + wide.signum() * count / 2) / count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn averages_of_decimals_are_rounded_away_from_zero() {
        assert_eq!(average(1, 3), 333_333);
        assert_eq!(average(2, 3), 666_667);
        assert_eq!(average(-2, 3), -666_667);
        assert_eq!(average(1, 2_000_000), 1);
        assert_eq!(average(i64::MAX, 1), i128::from(i64::MAX) * 1_000_000);
    }
}
