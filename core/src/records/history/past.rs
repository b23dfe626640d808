//! What a record was, by the names that its fields have now.
//!
//! The log has values under the names that fields had at the time. A field that was renamed since is known by its present
//! name; one that is no more keeps the name that it had. Values stand as they were logged, whatever the field's type is by
//! now.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::clock::Timestamp;
use crate::collections::{Collection, Definition, convert};
use crate::invalid::{Findings, Invalid};
use crate::records::input::RecordInput;
use crate::records::layout::{FIXED, Layout};
use crate::records::service::{RecordId, Stored};
use crate::records::value::FieldValue;
use crate::store::StoreError;

/// A record as it was.
#[derive(Debug)]
pub(super) struct Past {
    pub(super) id: RecordId,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    /// By the field's place; `None` where the record had no such field.
    pub(super) fields: Vec<Option<Box<RawValue>>>,
    /// Of fields that are no more.
    pub(super) gone: BTreeMap<String, Box<RawValue>>,
}

impl Past {
    /// Reads what a change at that time logged.
    pub(super) fn read(json: &str, at: Timestamp, definition: &Definition) -> Result<Self, StoreError> {
        let mut values: BTreeMap<String, Box<RawValue>> =
            serde_json::from_str(json).map_err(|error| StoreError::Fault(error.into()))?;
        let mut fixed =
            |name: &str| values.remove(name).map(|value| value.get().trim_matches('"').to_owned());
        let (id, created_at, updated_at) = (fixed("id"), fixed("created_at"), fixed("updated_at"));
        let head =
            id.as_deref().and_then(RecordId::parse).zip(created_at.as_deref().and_then(Timestamp::parse));
        let head = head.zip(updated_at.as_deref().and_then(Timestamp::parse));
        let ((id, created_at), updated_at) =
            head.ok_or_else(|| StoreError::Fault("a change of the log holds no record".into()))?;
        Ok(Self { id, created_at, updated_at, fields: by_place(&mut values, at, definition), gone: values })
    }

    /// A record as it is.
    pub(super) fn present(stored: &Stored) -> Self {
        let raw = |value: &FieldValue| RawValue::from_string(value.to_json()).ok();
        let (created_at, updated_at) = (stored.created_at, stored.updated_at);
        let fields = stored.values.iter().map(raw).collect();
        Self { id: stored.id, created_at, updated_at, fields, gone: BTreeMap::new() }
    }

    /// Writes the columns at `places` as one JSON object; what was in none of today's fields with `gone`.
    pub(super) fn write(&self, layout: &Layout, places: &[usize], gone: bool, out: &mut Vec<u8>) {
        let fixed = [
            FieldValue::Uuid(self.id.as_uuid()),
            FieldValue::Datetime(self.created_at),
            FieldValue::Datetime(self.updated_at),
        ];
        for (at, &place) in places.iter().enumerate() {
            out.push(if at == 0 { b'{' } else { b',' });
            out.extend_from_slice(layout.keys.get(place).map(Vec::as_slice).unwrap_or_default());
            match (fixed.get(place), place.checked_sub(FIXED.len()).and_then(|place| self.fields.get(place)))
            {
                (Some(value), _) => value.write_json(out),
                (None, Some(Some(value))) => out.extend_from_slice(value.get().as_bytes()),
                (None, _) => out.extend_from_slice(b"null"),
            }
        }
        let hidden_by_now = |name: &str| layout.column(name).is_some();
        for (name, value) in self.gone.iter().filter(|(name, _)| gone && !hidden_by_now(name)) {
            out.extend_from_slice(format!(",\"{name}\":").as_bytes());
            out.extend_from_slice(value.get().as_bytes());
        }
        out.push(b'}');
    }

    /// What a client would send for it: every field that a client may send and the record had, or those of `wanted`.
    /// What auth owns of a user comes with `owned` only.
    /// A value of another type than its field has now becomes what a change of the type would make of it.
    pub(super) fn input(
        &self,
        collection: &Collection,
        (hidden, owned): (bool, bool),
        wanted: Option<&[String]>,
    ) -> Result<RecordInput, Invalid> {
        let mut findings = Findings::default();
        let fields = &collection.definition().fields;
        let known = |field: &&crate::collections::Field| hidden || !field.hidden;
        let owned = |place: usize| !owned && collection.users.is_some_and(|users| users.owns(place));
        for (at, name) in wanted.unwrap_or_default().iter().enumerate() {
            let found = fields.iter().position(|field| field.name.as_str() == name && known(&field));
            let value = found.and_then(|place| self.fields.get(place)?.as_ref());
            let (code, what) = match found.and_then(|place| fields.get(place)) {
                None => ("unknown_field", "there is no such field"),
                Some(field) if field.is_set_by_server() => ("read_only", "the server sets it"),
                Some(_) if found.is_some_and(owned) => ("read_only", "it belongs to auth"),
                Some(_) if value.is_none() => ("unknown_field", "the record had no such field then"),
                Some(_) => continue,
            };
            findings.add(format!("/fields/{at}"), code, format!("`{name}`: {what}"));
        }
        let chosen = |name: &str| wanted.is_none_or(|wanted| wanted.iter().any(|wanted| wanted == name));
        let mut values = Vec::with_capacity(fields.len());
        for (place, field) in fields.iter().enumerate() {
            let sent = self.fields.get(place).and_then(Option::as_ref);
            let sent = sent.filter(|_| {
                known(&field) && !field.is_set_by_server() && !owned(place) && chosen(field.name.as_str())
            });
            let limits = collection.limits(place);
            values.push(sent.and_then(|sent| {
                let read = FieldValue::read(field, sent).and_then(|value| limits.check(field, value));
                let read = read.or_else(|invalid| {
                    let other = Some(sent).filter(|sent| sent.get() != "null");
                    let other = other.map(|sent| FieldValue::Json(sent.clone()));
                    other.and_then(|other| convert(field, limits, &other)).ok_or(invalid)
                });
                findings.take(&format!("/{}", field.name), read)
            }));
        }
        findings.finish(Some(RecordInput { id: None, values, changes: Vec::new() }))
    }
}

/// Takes the values of today's fields out of those that were logged. Who carried a name then comes first; names of other
/// times are tried last, for a write may have been under way while its field was renamed.
fn by_place(
    values: &mut BTreeMap<String, Box<RawValue>>,
    at: Timestamp,
    definition: &Definition,
) -> Vec<Option<Box<RawValue>>> {
    let fields = &definition.fields;
    let mut found: Vec<Option<Box<RawValue>>> = vec![None; fields.len()];
    let former = fields.iter().map(|field| field.former_name(at));
    for (found, former) in found.iter_mut().zip(former.clone()) {
        *found = former.and_then(|name| values.remove(name));
    }
    for ((found, field), former) in found.iter_mut().zip(fields).zip(former) {
        if former.is_none() {
            *found = values.remove(field.name.as_str());
        }
    }
    for (found, field) in found.iter_mut().zip(fields) {
        if found.is_none() {
            *found = field.names().find_map(|name| values.remove(name));
        }
    }
    found
}

/// Whether two values are the same, however they are written.
pub(super) fn same(one: &RawValue, other: &RawValue) -> bool {
    let parsed = |value: &RawValue| serde_json::from_str::<serde_json::Value>(value.get()).ok();
    one.get() == other.get() || parsed(one).is_some_and(|one| Some(one) == parsed(other))
}
