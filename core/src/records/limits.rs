//! The least and the greatest value of a field.

use std::cmp::Ordering;

use super::value::FieldValue;
use crate::collections::Field;
use crate::invalid::{Findings, Invalid};

/// Between which values those of a field lie, ends included.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    pub(crate) min: Option<FieldValue>,
    pub(crate) max: Option<FieldValue>,
}

impl Limits {
    pub(crate) const NONE: Self = Self { min: None, max: None };

    /// Those of each field, which must be values of it.
    pub(crate) fn of_each(fields: &[Field]) -> Result<Vec<Self>, Invalid> {
        let mut findings = Findings::default();
        let mut each = Vec::with_capacity(fields.len());
        for (at, field) in fields.iter().enumerate() {
            let mut read = |name: &str, limit: &Option<serde_json::Value>| {
                let read = limit.as_ref().map(|limit| FieldValue::read_json(field, limit))?;
                findings
                    .take(&format!("/{at}/{name}"), read)
                    .filter(|limit| !matches!(limit, FieldValue::Null))
            };
            let limits = Self { min: read("min", &field.min), max: read("max", &field.max) };
            if let (Some(min), Some(max)) = (&limits.min, &limits.max)
                && min.compare(max) == Some(Ordering::Greater)
            {
                findings.add(format!("/{at}/min"), "out_of_range", "`min` is more than `max`");
            }
            each.push(limits);
        }
        findings.finish(Some(each))
    }

    /// The value, if it lies between them. Null does.
    pub(crate) fn check(&self, field: &Field, value: FieldValue) -> Result<FieldValue, Invalid> {
        let refuse = |word: &str, limit: &FieldValue| {
            let message = format!("`{}` is {word} {}", field.name, limit.to_json());
            Err(Invalid::one("", "out_of_range", message))
        };
        match (&self.min, &self.max) {
            (Some(min), _) if value.compare(min) == Some(Ordering::Less) => refuse("at least", min),
            (_, Some(max)) if value.compare(max) == Some(Ordering::Greater) => refuse("at most", max),
            _ => Ok(value),
        }
    }
}
