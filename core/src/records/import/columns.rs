//! From what a file calls things to the fields of a collection.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::collections::{Collection, Field, FieldType};
use crate::invalid::{Findings, Invalid};
use crate::records::value::write_string;

/// Which field each of a file's names means; `None` for what is left out.
pub type Columns = HashMap<String, Option<String>>;

/// What to do with rows that have other numbers of cells than the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ragged {
    /// They are wrong.
    #[default]
    Refuse,
    /// Cells that are missing are as if their column was; empty ones beyond the header are nothing.
    Pad,
}

/// What is written by the server and so passed over.
fn is_set_by_server(collection: &Collection, name: &str) -> bool {
    matches!(name, "created_at" | "updated_at")
        || field(collection, name).is_some_and(Field::is_set_by_server)
}

fn field<'c>(collection: &'c Collection, name: &str) -> Option<&'c Field> {
    collection.definition().fields.get(collection.layout.place(name)?)
}

/// The field that a name of the file means.
fn target<'n>(columns: &'n Columns, collection: &Collection, name: &'n str) -> Option<&'n str> {
    let name = columns.get(name).map_or(Some(name), |to| to.as_deref())?;
    (!is_set_by_server(collection, name)).then_some(name)
}

/// An object with the fields' own names. What is no object is left to the reader of records.
pub(super) fn rename(columns: &Columns, collection: &Collection, json: Vec<u8>) -> Vec<u8> {
    struct Pairs<'c>(&'c Columns, &'c Collection);
    impl<'de> Visitor<'de> for Pairs<'_> {
        type Value = Vec<u8>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vec<u8>, A::Error> {
            let mut out = b"{".to_vec();
            while let Some((name, value)) = map.next_entry::<Cow<'de, str>, &'de RawValue>()? {
                if let Some(name) = target(self.0, self.1, &name) {
                    add(name, value.get(), &mut out);
                }
            }
            out.push(b'}');
            Ok(out)
        }
    }
    let mut reader = serde_json::Deserializer::from_slice(&json);
    let renamed = reader.deserialize_map(Pairs(columns, collection));
    match renamed.and_then(|renamed| reader.end().map(|()| renamed)) {
        Ok(renamed) => renamed,
        Err(_) => json,
    }
}

fn add(name: &str, json: &str, out: &mut Vec<u8>) {
    if out.len() > 1 {
        out.push(b',');
    }
    write_string(name, out);
    out.push(b':');
    out.extend_from_slice(json.as_bytes());
}

/// A table's first line.
pub(super) struct Header {
    /// The field of each column; `None` where it is left out.
    names: Vec<Option<String>>,
    ragged: Ragged,
}

impl Header {
    /// Reads it. A column of an unknown field is refused at once, and not once a line.
    pub(super) fn read(
        cells: Vec<Vec<u8>>,
        columns: &Columns,
        collection: &Collection,
        hidden: bool,
        ragged: Ragged,
    ) -> Result<Self, Invalid> {
        let mut findings = Findings::default();
        let mut names: Vec<Option<String>> = Vec::with_capacity(cells.len());
        for cell in cells {
            let Ok(column) = String::from_utf8(cell) else {
                findings.add("", "not_utf8", "the first line is not UTF-8");
                continue;
            };
            let column = column.trim();
            let name = target(columns, collection, column).map(str::to_owned);
            if let Some(name) = &name {
                let known =
                    name == "id" || field(collection, name).is_some_and(|field| hidden || !field.hidden);
                if !known {
                    let message = format!(
                        "the column `{column}` means no field: name its field in `columns`, or null to leave it out"
                    );
                    findings.add("?columns", "unknown_field", message);
                } else if names.iter().flatten().any(|earlier| earlier == name) {
                    findings.add("?columns", "duplicate", format!("two columns mean `{name}`"));
                }
            }
            names.push(name);
        }
        findings.finish(Some(Self { names, ragged }))
    }

    /// A row as an object.
    pub(super) fn object(&self, cells: &[Vec<u8>], collection: &Collection) -> Result<Vec<u8>, Invalid> {
        let beyond = cells.get(self.names.len()..).unwrap_or_default();
        let fits = match self.ragged {
            Ragged::Refuse => cells.len() == self.names.len(),
            Ragged::Pad => beyond.iter().all(|cell| cell.trim_ascii().is_empty()),
        };
        if !fits {
            let message = format!("there are {} cells for {} columns", cells.len(), self.names.len());
            return Err(Invalid::one("", "ragged", message));
        }
        let mut out = b"{".to_vec();
        for (name, cell) in self.names.iter().zip(cells) {
            let Some(name) = name else { continue };
            let cell = std::str::from_utf8(cell)
                .map_err(|_| Invalid::one(format!("/{name}"), "not_utf8", "the cell is not UTF-8"))?;
            if let Some(json) = value(field(collection, name), cell) {
                add(name, &json, &mut out);
            }
        }
        out.push(b'}');
        Ok(out)
    }
}

/// A cell as the JSON of its field. An empty one is null; of a field that is never null, it is nothing.
fn value<'c>(field: Option<&Field>, cell: &'c str) -> Option<Cow<'c, str>> {
    if cell.is_empty() {
        return field.is_some_and(|field| field.nullable).then_some(Cow::Borrowed("null"));
    }
    let text = || {
        let mut out = Vec::with_capacity(cell.len() + 2);
        write_string(cell, &mut out);
        Some(String::from_utf8_lossy(&out).into_owned().into())
    };
    let trimmed = cell.trim();
    match field.map(|field| &field.kind) {
        Some(FieldType::Bool) => match trimmed.to_ascii_lowercase().as_str() {
            "true" => Some("true".into()),
            "false" => Some("false".into()),
            _ => text(),
        },
        Some(
            FieldType::Int
            | FieldType::Float
            | FieldType::Decimal { .. }
            | FieldType::Json
            | FieldType::MultiSelect { .. }
            | FieldType::Relation { many: Some(_), .. }
            | FieldType::GeoPoint
            | FieldType::Vector { .. },
        ) if serde_json::from_str::<&RawValue>(trimmed).is_ok() => Some(trimmed.into()),
        _ => text(),
    }
}
