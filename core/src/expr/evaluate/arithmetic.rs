//! Arithmetic and conversions.

use super::{Evaluator, Failed, term, time};
use crate::clock::Timestamp;
use crate::expr::ir::{Conversion, Operator, Scalar, Term};
use crate::expr::vocabulary::FieldKind;
use crate::records::value::write_decimal;

/// Bytes of a text that is joined of others: as many as a request has.
const MAX_TEXT: usize = 1 << 20;

impl Evaluator<'_> {
    pub(super) fn arithmetic(&self, operator: Operator, left: &Term, right: &Term) -> Result<Scalar, Failed> {
        let values = (self.term(left)?.ok_or(Failed)?, self.term(right)?.ok_or(Failed)?);
        match values {
            (Scalar::Float(a), Scalar::Float(b)) => floats(operator, a, b).map(Scalar::Float),
            (Scalar::Int(a), Scalar::Int(b)) => match (operator, operator.kind(left, right)) {
                (Operator::Divide, FieldKind::Decimal { scale }) => {
                    quotient((a, left.scale()), (b, right.scale()), scale).map(Scalar::Int)
                }
                _ => integers(operator, a, b).map(Scalar::Int),
            },
            _ => Err(Failed),
        }
    }
}

fn integers(operator: Operator, a: i64, b: i64) -> Result<i64, Failed> {
    let result = match operator {
        Operator::Add => a.checked_add(b),
        Operator::Subtract => a.checked_sub(b),
        Operator::Multiply => a.checked_mul(b),
        Operator::Divide => a.checked_div(b),
        Operator::Remainder => a.checked_rem(b),
    };
    result.ok_or(Failed)
}

fn floats(operator: Operator, a: f64, b: f64) -> Result<f64, Failed> {
    let result = match operator {
        Operator::Add => a + b,
        Operator::Subtract => a - b,
        Operator::Multiply => a * b,
        Operator::Divide => a / b,
        Operator::Remainder => return Err(Failed),
    };
    // There is no negative zero: see `FieldValue`.
    if result.is_finite() { Ok(result + 0.0) } else { Err(Failed) }
}

/// Two decimals' digits and scales, and the scale that the quotient is to have.
fn quotient((a, a_scale): (i64, u32), (b, b_scale): (i64, u32), scale: u32) -> Result<i64, Failed> {
    // At most 18 + 18 digits more than the 19 of an `i64`, which may be too many.
    let shift = 10_i128.pow((scale + b_scale).saturating_sub(a_scale));
    let dividend = i128::from(a).checked_mul(shift).ok_or(Failed)?;
    rounded(dividend, i128::from(b))
}

/// Digits of one scale as those of another.
pub(super) fn scaled(digits: i128, from: u32, to: u32) -> Result<i64, Failed> {
    match to.checked_sub(from) {
        Some(more) => i64::try_from(digits.checked_mul(10_i128.pow(more)).ok_or(Failed)?).map_err(|_| Failed),
        None => rounded(digits, 10_i128.pow(from - to)),
    }
}

/// The integer nearest to the quotient; of two, the one farther from zero.
fn rounded(dividend: i128, divisor: i128) -> Result<i64, Failed> {
    let whole = dividend.checked_div(divisor).ok_or(Failed)?;
    let rest = dividend.checked_rem(divisor).ok_or(Failed)?;
    let up = rest.unsigned_abs() * 2 >= divisor.unsigned_abs() && rest != 0;
    let away = if (dividend < 0) == (divisor < 0) { 1 } else { -1 };
    i64::try_from(if up { whole + away } else { whole }).map_err(|_| Failed)
}

pub(super) fn joined(mut left: String, right: &str) -> Result<String, Failed> {
    if left.len() + right.len() > MAX_TEXT {
        return Err(Failed);
    }
    left.push_str(right);
    Ok(left)
}

/// A value of that kind, made into something else.
pub(super) fn converted(conversion: Conversion, kind: FieldKind, value: Scalar) -> Result<Scalar, Failed> {
    match conversion {
        Conversion::Int => int(kind, &value).map(Scalar::Int),
        Conversion::Float => float(kind, &value).map(Scalar::Float),
        Conversion::Text => text(kind, value).map(Scalar::Text),
    }
}

fn int(kind: FieldKind, value: &Scalar) -> Result<i64, Failed> {
    match (kind, value) {
        (FieldKind::Decimal { scale }, Scalar::Int(digits)) => {
            i64::try_from(i128::from(*digits) / 10_i128.pow(scale)).map_err(|_| Failed)
        }
        (_, Scalar::Int(value)) => Ok(*value),
        (_, Scalar::Float(value)) => whole(*value),
        (_, Scalar::Text(text)) => text.parse().map_err(|_| Failed),
        (_, Scalar::Date(day)) => Ok(time::midnight(*day).timestamp()),
        (_, Scalar::DateTime(instant)) => Ok(instant.timestamp()),
        _ => Err(Failed),
    }
}

/// As CEL has it, the least of 64 bits is none.
#[expect(clippy::cast_possible_truncation, reason = "its fraction is what is to go")]
fn whole(value: f64) -> Result<i64, Failed> {
    let bound = term::nearest_float(i64::MAX);
    if value > -bound && value < bound { Ok(value as i64) } else { Err(Failed) }
}

fn float(kind: FieldKind, value: &Scalar) -> Result<f64, Failed> {
    let float = match (kind, value) {
        // Read from its text, so that it is the nearest.
        (FieldKind::Decimal { scale }, Scalar::Int(digits)) => {
            format!("{digits}e-{scale}").parse().map_err(|_| Failed)?
        }
        (_, Scalar::Int(value)) => term::nearest_float(*value),
        (_, Scalar::Float(value)) => *value,
        (_, Scalar::Text(text)) => text.parse().map_err(|_| Failed)?,
        _ => return Err(Failed),
    };
    if float.is_finite() { Ok(float + 0.0) } else { Err(Failed) }
}

fn text(kind: FieldKind, value: Scalar) -> Result<String, Failed> {
    Ok(match (kind, value) {
        (FieldKind::Decimal { scale }, Scalar::Int(digits)) => {
            let mut quoted = Vec::new();
            write_decimal(digits.into(), scale, &mut quoted);
            String::from_utf8_lossy(&quoted).trim_matches('"').to_owned()
        }
        (_, Scalar::Int(value)) => value.to_string(),
        (_, Scalar::Float(value)) => value.to_string(),
        (_, Scalar::Bool(value)) => value.to_string(),
        (_, Scalar::Text(text)) => text,
        (_, Scalar::Date(day)) => day.to_string(),
        (_, Scalar::Uuid(id)) => id.hyphenated().to_string(),
        (_, Scalar::DateTime(instant)) => {
            let mut written = Vec::new();
            Timestamp::from_micros(instant.timestamp_micros()).ok_or(Failed)?.write_rfc3339(&mut written);
            String::from_utf8_lossy(&written).into_owned()
        }
    })
}
