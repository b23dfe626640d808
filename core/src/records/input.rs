//! What was sent for a record, read field by field without a tree in between.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, MapAccess, Visitor};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::batch::References;
use super::change::Change;
use super::service::RecordId;
use super::value::FieldValue;
use crate::collections::{Collection, FieldType};
use crate::invalid::{Findings, Invalid};

/// Values of a record as sent, each of its field's type.
#[derive(Debug, Clone)]
pub struct RecordInput {
    /// The id that the client chose, if it did.
    pub id: Option<RecordId>,
    /// By the field's place; `None` where nothing was sent, which is not null.
    pub(crate) values: Vec<Option<FieldValue>>,
    /// What is to be done to values, by their field's place.
    pub(super) changes: Vec<(usize, Change)>,
}

/// How the fields of a record are read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading<'r> {
    /// Whether hidden fields are known.
    pub(super) hidden: bool,
    /// Whether a value may be told by what is to be done to the one that is there.
    pub(super) changes: bool,
    /// Records that relations may name.
    pub(super) made: &'r References,
}

impl RecordInput {
    /// Nothing of a record.
    pub(super) fn empty(collection: &Collection) -> Self {
        Self { id: None, values: vec![None; collection.definition().fields.len()], changes: Vec::new() }
    }

    /// Reads a JSON object, and says of each part what is wrong with it.
    pub(super) fn parse(collection: &Collection, body: &[u8], reading: Reading<'_>) -> Result<Self, Invalid> {
        let mut findings = Findings::default();
        let mut reader = serde_json::Deserializer::from_slice(body);
        let seed = Reader { collection, reading, findings: &mut findings };
        let read = seed.deserialize(&mut reader).and_then(|input| reader.end().map(|()| input));
        let input = findings.take(
            "",
            read.map_err(|error| {
                Invalid::one("", "malformed_json", format!("the body is no JSON object: {error}"))
            }),
        );
        findings.finish(input)
    }

    /// The values that come of those of a record, and the places of what was sent.
    pub(super) fn over(
        &self,
        before: &[FieldValue],
        collection: &Collection,
    ) -> Result<(Vec<FieldValue>, Vec<usize>), Invalid> {
        let mut findings = Findings::default();
        let mut values = before.to_vec();
        let mut places = Vec::new();
        for (place, (value, sent)) in values.iter_mut().zip(&self.values).enumerate() {
            if let Some(sent) = sent {
                value.clone_from(sent);
                places.push(place);
            }
        }
        for (place, change) in &self.changes {
            let field = collection.definition().fields.get(*place);
            let (Some(field), Some(value)) = (field, values.get_mut(*place)) else { continue };
            let changed = change.apply(field, collection.limits(*place), value);
            if let Some(changed) = findings.take(&format!("/{}", field.name), changed) {
                *value = changed;
                places.push(*place);
            }
        }
        findings.finish(Some((values, places)))
    }

    /// Which fields were sent, by their places.
    pub(super) fn sent(&self) -> Vec<bool> {
        let changed = |at| self.changes.iter().any(|(place, _)| *place == at);
        self.values.iter().enumerate().map(|(at, value)| value.is_some() || changed(at)).collect()
    }

    /// The values of a new record: what was sent, else the default, else null.
    pub(crate) fn complete(self, collection: &Collection) -> Result<Vec<FieldValue>, Invalid> {
        let mut findings = Findings::default();
        let mut values = Vec::with_capacity(self.values.len());
        let fields = collection.definition().fields.iter().zip(&collection.defaults);
        for ((field, default), sent) in fields.zip(self.values) {
            let value = sent.or_else(|| default.clone());
            let wanted = (field.required || !field.nullable) && !field.is_set_by_server();
            if value.is_none() && wanted {
                let message = format!("`{}` is required", field.name);
                findings.add(format!("/{}", field.name), "required", message);
            }
            values.push(value.unwrap_or(FieldValue::Null));
        }
        findings.finish(Some(values))
    }
}

struct Reader<'c> {
    collection: &'c Collection,
    reading: Reading<'c>,
    findings: &'c mut Findings,
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = RecordInput;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<RecordInput, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = RecordInput;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object with the record's fields")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RecordInput, A::Error> {
        let fields = &self.collection.definition().fields;
        let mut input = RecordInput::empty(self.collection);
        while let Some(name) = map.next_key::<Cow<'de, str>>()? {
            let sent: &'de RawValue = map.next_value()?;
            // Pointers are made for what is wrong only.
            let pointer = || format!("/{}", name.replace('~', "~0").replace('/', "~1"));
            let known =
                |place: &usize| self.reading.hidden || fields.get(*place).is_some_and(|field| !field.hidden);
            let Some(place) = self.collection.layout.place(&name).filter(known) else {
                match name.as_ref() {
                    "id" => input.id = self.findings.take("/id", read_id(sent)),
                    "created_at" | "updated_at" => {
                        self.findings.add(pointer(), "read_only", format!("`{name}` is set by the server"));
                    }
                    _ => self.findings.add(pointer(), "unknown_field", format!("there is no field `{name}`")),
                }
                continue;
            };
            let (Some(field), Some(slot)) = (fields.get(place), input.values.get_mut(place)) else {
                continue;
            };
            if field.is_set_by_server() {
                self.findings.add(pointer(), "read_only", format!("`{name}` is set by the server"));
                continue;
            }
            if self.collection.users.is_some_and(|users| users.owns(place)) {
                let message = format!("`{name}` is changed by the operations of auth");
                self.findings.add(pointer(), "read_only", message);
                continue;
            }
            if slot.is_some() || input.changes.iter().any(|(changed, _)| *changed == place) {
                self.findings.add(pointer(), "duplicate", format!("`{name}` stands there twice"));
            }
            if self.reading.changes
                && let Some(change) = Change::read(field, sent, self.reading.made)
            {
                let change = self.findings.take(&pointer(), change);
                input.changes.extend(change.map(|change| (place, change)));
                continue;
            }
            let sent = match &field.kind {
                FieldType::Relation { .. } => self.reading.made.resolve(sent),
                _ => Cow::Borrowed(sent),
            };
            let value = FieldValue::read(field, &sent)
                .and_then(|value| self.collection.limits(place).check(field, value));
            *slot = match value {
                Ok(value) => Some(value),
                Err(invalid) => {
                    self.findings.within(&pointer(), invalid);
                    Some(FieldValue::Null)
                }
            };
        }
        Ok(input)
    }
}

fn read_id(sent: &RawValue) -> Result<RecordId, Invalid> {
    let text: Option<Cow<'_, str>> = serde_json::from_str(sent.get()).ok();
    let uuid = text.and_then(|text| RecordId::parse(&text));
    let message = "an id is a UUID in the hyphenated form, best of version 7";
    uuid.filter(|id| id.as_uuid() != Uuid::nil()).ok_or_else(|| Invalid::one("", "invalid_id", message))
}
