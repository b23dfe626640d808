//! What comes in with a write, as rules ask of it by `input`.

use std::sync::atomic::{AtomicBool, Ordering};

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
    /// Fields whose values are told by what is done to them, and are not known yet.
    unknown: Vec<usize>,
    /// Whether such a value was asked for.
    missed: AtomicBool,
}

impl Incoming {
    /// With a deletion nothing comes in.
    pub(super) const fn nothing() -> Self {
        Self::new(Vec::new(), Vec::new(), Vec::new())
    }

    /// Of a record that is stored already when the rule is asked.
    pub(super) fn stored(sent: &[bool]) -> Self {
        Self::new(sent.to_vec(), Vec::new(), Vec::new())
    }

    /// Some fields of a record.
    pub(super) fn changes(input: &RecordInput) -> Self {
        let unknown = input.changes.iter().map(|(place, _)| *place).collect();
        Self::new(input.sent(), input.values.clone(), unknown)
    }

    /// All fields of a record, but for those that the server sets, and those at the places of `kept`.
    pub(super) fn whole(sent: &[bool], values: &[FieldValue], kept: &[usize], layout: &Layout) -> Self {
        let mut replaces: Vec<_> = values.iter().cloned().map(Some).collect();
        for place in layout.automatic.iter().map(|(place, _)| place).chain(kept) {
            if let Some(value) = replaces.get_mut(*place) {
                *value = None;
            }
        }
        Self::new(sent.to_vec(), replaces, Vec::new())
    }

    const fn new(sent: Vec<bool>, replaces: Vec<Option<FieldValue>>, unknown: Vec<usize>) -> Self {
        Self { sent, replaces, unknown, missed: AtomicBool::new(false) }
    }

    /// Whether the client sent the field.
    pub(super) fn is_sent(&self, layout: &Layout, field: &str) -> bool {
        layout.place(field).and_then(|place| self.sent.get(place).copied()).unwrap_or_default()
    }

    /// Whether a rule asked for a value that is known only where the record is held: what it then says counts for nothing.
    pub(super) fn is_missed(&self) -> bool {
        self.missed.load(Ordering::Relaxed)
    }

    /// What a rule asks of a field.
    pub(super) fn answer(&self, layout: &Layout, dialect: Dialect, field: &str, part: InputPart) -> Value {
        let place = layout.place(field);
        let value = place.and_then(|place| self.replaces.get(place)?.as_ref());
        if part != InputPart::Sent && place.is_some_and(|place| self.unknown.contains(&place)) {
            self.missed.store(true, Ordering::Relaxed);
        }
        match part {
            InputPart::Sent => Value::Bool(Some(self.is_sent(layout, field))),
            InputPart::Replaces => Value::Bool(Some(value.is_some())),
            InputPart::Value => {
                let column = layout.column(field).and_then(|at| layout.columns.get(at));
                let kind = column.map_or(&FIXED[0].1, |column| &column.kind);
                bind(kind, value.unwrap_or(&FieldValue::Null), dialect)
            }
        }
    }
}
