//! Fields that the server computes from the others of their record, whenever it is written.
//!
//! They lie in ordinary columns, so that they are found, sorted and kept unique as any field. Every write has the whole
//! new record in hand before its statement is made ([`Stored::settle`]), and there they are computed; records that are
//! there already when such a field comes about get it with the change of the schema.

use std::sync::Arc;

use chrono::DateTime;
use serde_json::value::RawValue;

use super::layout::{FIXED, Layout};
use super::limits::Limits;
use super::service::Stored;
use super::value::FieldValue;
use crate::clock::Timestamp;
use crate::collections::{Collection, Field, FieldType};
use crate::expr::{Formula, Model, Scalar, Vocabulary, parse_formula};
use crate::invalid::{Findings, Invalid};

/// A computed field.
#[derive(Debug, Clone)]
pub(crate) struct Computed {
    pub(crate) field: Field,
    /// Its place among the fields.
    pub(crate) place: usize,
    limits: Limits,
    formula: Formula,
}

impl Computed {
    /// Those of a design, each after those that it is computed from. `limits` are those of the fields.
    pub(crate) fn of(fields: &[Field], limits: &[Limits], model: &Arc<Model>) -> Result<Vec<Self>, Invalid> {
        let mut findings = Findings::default();
        let vocabulary = Vocabulary::of_computed(Arc::clone(model));
        let mut found = Vec::new();
        for (place, field) in fields.iter().enumerate() {
            let (Some(source), Some(known)) = (&field.computed, model.fields.get(field.name.as_str())) else {
                continue;
            };
            let formula = parse_formula(source, &vocabulary, known.kind)
                .map_err(|error| Invalid::one("", "invalid_expression", error.to_string()));
            let Some(formula) = findings.take(&format!("/{place}/computed"), formula) else { continue };
            let limits = limits.get(place).unwrap_or(&Limits::NONE).clone();
            found.push(Self { field: field.clone(), place, limits, formula });
        }
        let found = findings.finish(Some(found))?;
        in_order(found)
    }

    /// The names of the fields that it is computed from.
    pub(crate) fn sources(&self) -> impl Iterator<Item = &str> {
        self.formula.fields()
    }

    /// Its value, which is one that a client could send.
    fn value(&self, layout: &Layout, record: &Stored) -> Result<FieldValue, Invalid> {
        let known = |name: &str| record.scalar(layout, name);
        let computed = self.formula.evaluate(&known).and_then(|scalar| stored(&self.field.kind, scalar));
        let Some(value) = computed else {
            if self.field.nullable {
                return Ok(FieldValue::Null);
            }
            let message =
                format!("`{}` is computed and must have a value, and here it has none", self.field.name);
            return Err(Invalid::one("", "required", message));
        };
        let text = RawValue::from_string(value.to_json())
            .map_err(|error| Invalid::one("", "invalid_value", error.to_string()))?;
        FieldValue::read(&self.field, &text).and_then(|value| self.limits.check(&self.field, value))
    }
}

/// Each after those that it is computed from.
fn in_order(mut waiting: Vec<Computed>) -> Result<Vec<Computed>, Invalid> {
    let mut ordered = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let names: Vec<_> = waiting.iter().map(|computed| computed.field.name.to_string()).collect();
        let is_waiting = |computed: &Computed| computed.sources().any(|name| names.iter().any(|n| n == name));
        let (later, now): (Vec<_>, Vec<_>) = waiting.into_iter().partition(is_waiting);
        if let (Some(first), true) = (later.first(), now.is_empty()) {
            let message = format!("computed fields go round in a circle: {}", names.join(", "));
            return Err(Invalid::one(format!("/{}/computed", first.place), "circular", message));
        }
        ordered.extend(now);
        waiting = later;
    }
    Ok(ordered)
}

/// Computes those fields of a record that is complete but for them.
pub(crate) fn compute(fields: &[Computed], layout: &Layout, record: &mut Stored) -> Result<(), Invalid> {
    let mut findings = Findings::default();
    for computed in fields {
        let value = computed.value(layout, record);
        let value = findings.take(&format!("/{}", computed.field.name), value);
        if let Some(slot) = record.values.get_mut(computed.place) {
            *slot = value.unwrap_or(FieldValue::Null);
        }
    }
    findings.finish(Some(()))
}

impl Stored {
    /// Sets what the server sets, of a new record or a changed one, and computes what it computes. Says which value
    /// is none of its field.
    pub(super) fn settle(&mut self, collection: &Collection, new: bool) -> Result<(), Invalid> {
        self.set_automatic(&collection.layout, new);
        if collection.computed.is_empty() {
            return Ok(());
        }
        compute(&collection.computed, &collection.layout, self)
    }

    /// The value of the field of that name, as expressions know it.
    fn scalar(&self, layout: &Layout, name: &str) -> Option<Scalar> {
        let instant = |at: Timestamp| DateTime::from_timestamp_micros(at.as_micros()).map(Scalar::DateTime);
        let column = layout.column(name)?;
        let Some(place) = column.checked_sub(FIXED.len()) else {
            return match column {
                0 => Some(Scalar::Uuid(self.id.as_uuid())),
                1 => instant(self.created_at),
                _ => instant(self.updated_at),
            };
        };
        let kind = &layout.columns.get(column)?.kind;
        Some(match self.values.get(place)? {
            FieldValue::Null => return None,
            FieldValue::Text(text) if *kind == FieldType::Date => Scalar::Date(text.parse().ok()?),
            FieldValue::Text(text) => Scalar::Text(text.clone()),
            FieldValue::Int(value) | FieldValue::Decimal { unscaled: value, .. } => Scalar::Int(*value),
            FieldValue::Float(value) => Scalar::Float(*value),
            FieldValue::Bool(value) => Scalar::Bool(*value),
            FieldValue::Datetime(at) => return instant(*at),
            FieldValue::Json(text) => Scalar::Text(text.get().to_owned()),
            FieldValue::Uuid(id) => Scalar::Uuid(*id),
            other @ (FieldValue::Ids(_) | FieldValue::Point { .. } | FieldValue::Vector(_)) => {
                Scalar::Text(other.to_json())
            }
        })
    }
}

/// A value as a field of that type has it.
fn stored(kind: &FieldType, scalar: Scalar) -> Option<FieldValue> {
    Some(match (scalar, kind) {
        (Scalar::Int(unscaled), FieldType::Decimal { scale, .. }) => {
            FieldValue::Decimal { unscaled, scale: *scale }
        }
        (Scalar::Int(value), _) => FieldValue::Int(value),
        (Scalar::Float(value), _) => FieldValue::Float(value),
        (Scalar::Bool(value), _) => FieldValue::Bool(value),
        (Scalar::Text(text), _) => FieldValue::Text(text),
        (Scalar::Date(day), _) => FieldValue::Text(day.to_string()),
        (Scalar::DateTime(at), FieldType::Date) => FieldValue::Text(at.date_naive().to_string()),
        (Scalar::DateTime(at), _) => FieldValue::Datetime(Timestamp::from_micros(at.timestamp_micros())?),
        (Scalar::Uuid(id), _) => FieldValue::Uuid(id),
    })
}
