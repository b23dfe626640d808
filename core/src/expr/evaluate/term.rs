//! Values.

use std::cmp::Ordering;

use super::{Evaluator, Failed, arithmetic, time};
use crate::expr::ir::{Case, Scalar, Term};
use crate::expr::vocabulary::FieldKind;

impl Evaluator<'_> {
    /// A value, or null.
    pub(in crate::expr) fn term(&self, term: &Term) -> Result<Option<Scalar>, Failed> {
        let value = match term {
            Term::Literal(scalar) => scalar.clone(),
            Term::Late(late) => self.late(late)?,
            Term::Count(list) => Scalar::Int(length(self.list(list)?.len())),
            Term::Column(column) => return self.column(column),
            Term::Within(within, kind) => {
                return Ok(self.within(within)?.and_then(|found| of_kind(&found, *kind)));
            }
            Term::Length(list) => Scalar::Int(length(self.texts(list)?.len())),
            Term::AsFloat(inner) => match self.term(inner)? {
                Some(Scalar::Int(value)) => Scalar::Float(nearest_float(value)),
                other => return Ok(other),
            },
            Term::Midnight(inner) => match self.term(inner)? {
                Some(Scalar::Date(day)) => Scalar::DateTime(time::midnight(day)),
                other => return Ok(other),
            },
            Term::Size(inner) => Scalar::Int(length(self.text(inner)?.chars().count())),
            Term::Cased(Case::Lower, inner) => Scalar::Text(self.text(inner)?.to_ascii_lowercase()),
            Term::Cased(Case::Upper, inner) => Scalar::Text(self.text(inner)?.to_ascii_uppercase()),
            Term::Trimmed(inner) => Scalar::Text(self.text(inner)?.trim().to_owned()),
            Term::Part(inner, start, end) => part(&self.text(inner)?, *start, *end)?,
            Term::Place(text, part) => {
                let (text, part) = (self.text(text)?, self.text(part)?);
                let before = text.find(&part).and_then(|at| text.get(..at));
                Scalar::Int(before.map_or(-1, |before| length(before.chars().count())))
            }
            Term::Moved(inner, micros) => Scalar::DateTime(time::moved(self.instant(inner)?, *micros)?),
            Term::Between(from, to) => Scalar::Int(time::between(self.instant(from)?, self.instant(to)?)?),
            Term::Clock(part, inner) => Scalar::Int(time::read(*part, self.instant(inner)?)),
            Term::Decimal(digits, _) => Scalar::Int(*digits),
            Term::Arithmetic(operator, left, right) => self.arithmetic(*operator, left, right)?,
            Term::Scaled(inner, scale) => {
                let Some(Scalar::Int(digits)) = self.term(inner)? else { return Err(Failed) };
                Scalar::Int(arithmetic::scaled(digits.into(), inner.scale(), *scale)?)
            }
            Term::Joined(left, right) => {
                Scalar::Text(arithmetic::joined(self.text(left)?, &self.text(right)?)?)
            }
            Term::Converted(conversion, inner) => {
                let value = self.term(inner)?.ok_or(Failed)?;
                arithmetic::converted(*conversion, inner.kind(), value)?
            }
        };
        Ok(Some(value))
    }

    fn text(&self, term: &Term) -> Result<String, Failed> {
        match self.term(term)? {
            Some(Scalar::Text(text)) => Ok(text),
            _ => Err(Failed),
        }
    }

    fn instant(&self, term: &Term) -> Result<chrono::DateTime<chrono::Utc>, Failed> {
        match self.term(term)? {
            Some(Scalar::DateTime(instant)) => Ok(instant),
            _ => Err(Failed),
        }
    }
}

/// A value of JSON where it is of that kind. A number is the double that it is nearest to.
fn of_kind(found: &serde_json::Value, kind: FieldKind) -> Option<Scalar> {
    match kind {
        FieldKind::Text => found.as_str().map(|text| Scalar::Text(text.to_owned())),
        FieldKind::Float => found.as_f64().map(Scalar::Float),
        FieldKind::Bool => found.as_bool().map(Scalar::Bool),
        _ => None,
    }
}

fn part(text: &str, start: u32, end: Option<u32>) -> Result<Scalar, Failed> {
    let size = text.chars().count();
    let (start, end) = (start as usize, end.map_or(size, |end| end as usize));
    if start > end || end > size {
        return Err(Failed);
    }
    Ok(Scalar::Text(text.chars().skip(start).take(end - start).collect()))
}

fn length(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// As CEL compares an int with a double: by the double nearest the int.
#[expect(clippy::cast_precision_loss, reason = "the loss is CEL's own")]
pub(super) fn nearest_float(value: i64) -> f64 {
    value as f64
}

/// Whether two values are the same; null is the same as null.
pub(super) fn equal(left: Option<&Scalar>, right: Option<&Scalar>) -> bool {
    match (left, right) {
        (None, None) => true,
        (Some(left), Some(right)) => match compare(left, right) {
            Some(order) => order == Ordering::Equal,
            None => left == right,
        },
        _ => false,
    }
}

/// How two values of one kind stand in order; text by code point. `None` where they have none.
pub(super) fn compare(left: &Scalar, right: &Scalar) -> Option<Ordering> {
    match (left, right) {
        (Scalar::Text(left), Scalar::Text(right)) => Some(left.cmp(right)),
        (Scalar::Int(left), Scalar::Int(right)) => Some(left.cmp(right)),
        (Scalar::Float(left), Scalar::Float(right)) => left.partial_cmp(right),
        (Scalar::Date(left), Scalar::Date(right)) => Some(left.cmp(right)),
        (Scalar::DateTime(left), Scalar::DateTime(right)) => Some(left.cmp(right)),
        _ => None,
    }
}
