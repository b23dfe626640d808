//! What was sent for a record, read field by field without a tree in between.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, MapAccess, Visitor};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::batch::References;
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
}

impl RecordInput {
    /// Reads a JSON object, and says of each part what is wrong with it. Without `hidden`, hidden fields are unknown.
    pub(super) fn parse(
        collection: &Collection,
        body: &[u8],
        hidden: bool,
        made: &References,
    ) -> Result<Self, Invalid> {
        let mut findings = Findings::default();
        let mut reader = serde_json::Deserializer::from_slice(body);
        let seed = Reader { collection, hidden, made, findings: &mut findings };
        let read = seed.deserialize(&mut reader).and_then(|input| reader.end().map(|()| input));
        let input = findings.take(
            "",
            read.map_err(|error| {
                Invalid::one("", "malformed_json", format!("the body is no JSON object: {error}"))
            }),
        );
        findings.finish(input)
    }

    /// Which fields were sent, by their places.
    pub(super) fn sent(&self) -> Vec<bool> {
        self.values.iter().map(Option::is_some).collect()
    }

    /// The values of a new record: what was sent, else the default, else null.
    pub(crate) fn complete(self, collection: &Collection) -> Result<Vec<FieldValue>, Invalid> {
        let mut findings = Findings::default();
        let mut values = Vec::with_capacity(self.values.len());
        let fields = collection.definition().fields.iter().zip(&collection.defaults);
        for ((field, default), sent) in fields.zip(self.values) {
            let value = sent.or_else(|| default.clone());
            let wanted = (field.required || !field.nullable) && !field.kind.is_automatic();
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
    hidden: bool,
    made: &'c References,
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
        let mut input = RecordInput { id: None, values: vec![None; fields.len()] };
        while let Some(name) = map.next_key::<Cow<'de, str>>()? {
            let sent: &'de RawValue = map.next_value()?;
            // Pointers are made for what is wrong only.
            let pointer = || format!("/{}", name.replace('~', "~0").replace('/', "~1"));
            let known = |place: &usize| self.hidden || fields.get(*place).is_some_and(|field| !field.hidden);
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
            if field.kind.is_automatic() {
                self.findings.add(pointer(), "read_only", format!("`{name}` is set by the server"));
                continue;
            }
            if slot.is_some() {
                self.findings.add(pointer(), "duplicate", format!("`{name}` stands there twice"));
            }
            let sent = match &field.kind {
                FieldType::Relation { .. } => self.made.resolve(sent),
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
