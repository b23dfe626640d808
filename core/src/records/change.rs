//! Changes that are told by what is to be done to a value, not by what it is to be: `{"$increment": 1}`, and
//! `{"$append": […], "$remove": […]}`. What comes of them is known only where the record is held.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::batch::References;
use super::limits::Limits;
use super::value::FieldValue;
use crate::collections::{Field, FieldType};
use crate::invalid::Invalid;

/// Bytes that a JSON array may grow to: as many as a request has.
const MAX_ARRAY: usize = 1 << 20;

/// What is to be done to a value.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    /// It is so much more. Of a number; null counts as zero.
    Increment(FieldValue),
    /// These leave an array, then those come to its end. Null counts as empty.
    Items { remove: Items, append: Items },
}

/// Elements of an array.
#[derive(Debug, Clone)]
pub(crate) enum Items {
    /// Of `multi_select`.
    Chosen(Vec<String>),
    /// Of `relation` to many.
    Ids(Vec<Uuid>),
    /// Of `json`.
    Json(Vec<Box<RawValue>>),
}

/// A change as sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent<'j> {
    #[serde(rename = "$increment", borrow, default)]
    increment: Option<&'j RawValue>,
    #[serde(rename = "$append", borrow, default)]
    append: Option<&'j RawValue>,
    #[serde(rename = "$remove", borrow, default)]
    remove: Option<&'j RawValue>,
}

impl Change {
    /// Reads a change of a value of `field`; `None` where what was sent is none, and so a value. The reason for a refusal
    /// names what the field takes.
    pub(super) fn read(field: &Field, sent: &RawValue, made: &References) -> Option<Result<Self, Invalid>> {
        // Most of what is sent is no object, and no object but this has names that begin so.
        if !sent.get().starts_with('{') || !sent.get().contains("\"$") {
            return None;
        }
        let Sent { increment, append, remove } = serde_json::from_str(sent.get()).ok()?;
        match (&field.kind, increment, append, remove) {
            (FieldType::Int | FieldType::Float | FieldType::Decimal { .. }, Some(by), None, None) => {
                let read = match by.get() {
                    "null" => None,
                    text => FieldValue::read_kind(&field.kind, text, by),
                };
                let message = || format!("`{}` can be incremented by another value of its type", field.name);
                let wrong = || Invalid::one("/$increment", "invalid_value", message());
                Some(read.map(Self::Increment).ok_or_else(wrong))
            }
            (
                FieldType::MultiSelect { .. } | FieldType::Relation { many: Some(_), .. } | FieldType::Json,
                None,
                append,
                remove,
            ) if append.or(remove).is_some() => {
                let read = |name: &str, sent: Option<&RawValue>| {
                    let sent = sent.map_or(Cow::Borrowed(EMPTY), |sent| match field.kind {
                        FieldType::Relation { .. } => Cow::Owned(made.resolve(sent).get().to_owned()),
                        _ => Cow::Borrowed(sent.get()),
                    });
                    let message = || format!("`{}` takes an array of what it may hold", field.name);
                    let wrong = || Invalid::one(format!("/{name}"), "invalid_value", message());
                    Items::read(&field.kind, &sent).ok_or_else(wrong)
                };
                let both = read("$remove", remove).and_then(|remove| Ok((remove, read("$append", append)?)));
                Some(both.map(|(remove, append)| Self::Items { remove, append }))
            }
            _ => None,
        }
    }

    /// The value that comes of `before`.
    pub(super) fn apply(
        &self,
        field: &Field,
        limits: &Limits,
        before: &FieldValue,
    ) -> Result<FieldValue, Invalid> {
        match self {
            Self::Increment(by) => {
                let sum = add(&field.kind, before, by).ok_or_else(|| {
                    let message = format!("`{}` cannot hold what comes of {}", field.name, by.to_json());
                    Invalid::one("", "out_of_range", message)
                })?;
                limits.check(field, sum)
            }
            Self::Items { remove, append } => remove.then(append, field, before),
        }
    }
}

/// The sum, where the type has it.
fn add(kind: &FieldType, value: &FieldValue, by: &FieldValue) -> Option<FieldValue> {
    match (value, by) {
        (FieldValue::Null, by) => Some(by.clone()),
        (FieldValue::Int(value), FieldValue::Int(by)) => value.checked_add(*by).map(FieldValue::Int),
        (FieldValue::Float(value), FieldValue::Float(by)) => {
            let sum = value + by + 0.0;
            sum.is_finite().then_some(FieldValue::Float(sum))
        }
        (FieldValue::Decimal { unscaled, scale }, FieldValue::Decimal { unscaled: by, .. }) => {
            let FieldType::Decimal { precision, .. } = kind else { return None };
            let unscaled = unscaled.checked_add(*by)?;
            let fits = unscaled.unsigned_abs().cmp(&10_u64.pow(*precision)) == Ordering::Less;
            fits.then_some(FieldValue::Decimal { unscaled, scale: *scale })
        }
        _ => None,
    }
}

const EMPTY: &str = "[]";

impl Items {
    /// Reads an array. One that is larger than the field may hold is refused here.
    fn read(kind: &FieldType, text: &str) -> Option<Self> {
        if matches!(kind, FieldType::Json) {
            let items: Vec<Box<RawValue>> = serde_json::from_str(text).ok()?;
            return (!text.contains("\\u0000")).then_some(Self::Json(items));
        }
        let raw = RawValue::from_string(text.to_owned()).ok()?;
        match FieldValue::read_kind(kind, text, &raw)? {
            FieldValue::Ids(ids) => Some(Self::Ids(ids)),
            FieldValue::Json(chosen) => serde_json::from_str(chosen.get()).ok().map(Self::Chosen),
            _ => None,
        }
    }

    /// The array of `before` without these, and then with those of `append` that a field of this type can have once more.
    fn then(&self, append: &Self, field: &Field, before: &FieldValue) -> Result<FieldValue, Invalid> {
        let no_array = || Invalid::one("", "no_array", format!("`{}` holds no array", field.name));
        let text = before.to_json();
        let text = if text == "null" { EMPTY } else { &text };
        let (changed, most) = match (self, append, &field.kind) {
            (Self::Chosen(remove), Self::Chosen(append), FieldType::MultiSelect { max_items, .. }) => {
                let items = serde_json::from_str(text).map_err(|_| no_array())?;
                (json(&once(items, remove, append), *max_items), *max_items)
            }
            (Self::Ids(remove), Self::Ids(append), FieldType::Relation { many: Some(many), .. }) => {
                let items = serde_json::from_str(text).map_err(|_| no_array())?;
                let ids = once(items, remove, append);
                let fits = ids.len() <= many.max_items as usize;
                (fits.then_some(FieldValue::Ids(ids)), many.max_items)
            }
            (Self::Json(remove), Self::Json(append), _) => {
                let mut items: Vec<Box<RawValue>> = serde_json::from_str(text).map_err(|_| no_array())?;
                let parsed = |item: &RawValue| serde_json::from_str::<serde_json::Value>(item.get()).ok();
                let remove: Vec<_> = remove.iter().map(|item| parsed(item)).collect();
                items.retain(|item| !remove.contains(&parsed(item)));
                items.extend(append.iter().cloned());
                let array = json(&items, u32::MAX).filter(|array| match array {
                    FieldValue::Json(text) => text.get().len() <= MAX_ARRAY,
                    _ => false,
                });
                return array.ok_or_else(|| {
                    let message = format!("`{}` would have more than {MAX_ARRAY} bytes", field.name);
                    Invalid::one("", "too_long", message)
                });
            }
            _ => return Err(no_array()),
        };
        changed.ok_or_else(|| Invalid::one("", "too_many", format!("`{}` holds at most {most}", field.name)))
    }
}

/// The items that are left, and those that come anew.
fn once<T: PartialEq + Clone>(mut items: Vec<T>, remove: &[T], append: &[T]) -> Vec<T> {
    items.retain(|item| !remove.contains(item));
    for item in append {
        if !items.contains(item) {
            items.push(item.clone());
        }
    }
    items
}

fn json<T: serde::Serialize>(items: &[T], most: u32) -> Option<FieldValue> {
    let fits = items.len() <= most as usize;
    fits.then(|| serde_json::value::to_raw_value(items).ok()).flatten().map(FieldValue::Json)
}
