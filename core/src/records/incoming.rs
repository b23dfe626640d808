//! What comes in with a write, as rules ask of it by `input`.

use sea_query::Value;

use super::column::bind;
use super::input::RecordInput;
use super::layout::{FIXED, Layout};
use super::value::FieldValue;
use crate::dialect::Dialect;
use crate::expr::InputPart;

/// What a client sent, and what of it replaces what is stored when the rule is asked.
pub(super) struct Incoming {
    /// By the field's place.
    sent: Vec<bool>,
    /// The same.
    replaces: Vec<Option<FieldValue>>,
}

impl Incoming {
    /// With a deletion nothing comes in.
    pub(super) const fn nothing() -> Self {
        Self { sent: Vec::new(), replaces: Vec::new() }
    }

    /// Of a record that is stored already when the rule is asked.
    pub(super) fn stored(sent: &[bool]) -> Self {
        Self { sent: sent.to_vec(), replaces: Vec::new() }
    }

    /// Some fields of a record.
    pub(super) fn changes(input: &RecordInput) -> Self {
        Self { sent: input.sent(), replaces: input.values.clone() }
    }

    /// All fields of a record, but for those that the server sets.
    pub(super) fn whole(sent: &[bool], values: &[FieldValue], layout: &Layout) -> Self {
        let mut replaces: Vec<_> = values.iter().cloned().map(Some).collect();
        for (place, _) in &layout.automatic {
            if let Some(value) = replaces.get_mut(*place) {
                *value = None;
            }
        }
        Self { sent: sent.to_vec(), replaces }
    }

    /// What a rule asks of a field.
    pub(super) fn answer(&self, layout: &Layout, dialect: Dialect, field: &str, part: InputPart) -> Value {
        let place = layout.place(field);
        let value = place.and_then(|place| self.replaces.get(place)?.as_ref());
        match part {
            InputPart::Sent => {
                let sent = place.and_then(|place| self.sent.get(place).copied());
                Value::Bool(Some(sent.unwrap_or_default()))
            }
            InputPart::Replaces => Value::Bool(Some(value.is_some())),
            InputPart::Value => {
                let column = layout.column(field).and_then(|at| layout.columns.get(at));
                let kind = column.map_or(&FIXED[0].1, |column| &column.kind);
                bind(kind, value.unwrap_or(&FieldValue::Null), dialect)
            }
        }
    }
}
