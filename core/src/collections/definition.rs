//! The design of a collection, and how one is read from what a developer sent.
//!
//! The `New…` types are the shape of the input, in which anything may be wrong. The others can only be made from
//! them (or read back from storage), so whoever holds a [`Definition`] need not check it again.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::name::{CollectionName, FieldName, RESERVED_FIELDS};
use crate::invalid::{Findings, Invalid};

/// Fields that a collection may have. SQLite and MariaDB both hold more columns; a record much wider than this
/// does not fit a request either.
pub const MAX_FIELDS: usize = 200;
/// Indexes that a collection may have, beside those of unique fields.
pub const MAX_INDEXES: usize = 32;
const MAX_OPTIONS: usize = 200;
const MAX_SCALE: u32 = 15;
/// Indexes with those of unique fields. MariaDB has 64 with the primary key.
const MAX_ALL_INDEXES: usize = 63;
/// Characters of the longest text that can be a whole index key on MariaDB.
const MAX_VARCHAR: u32 = 768;

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FieldType {
    /// Unicode text, of at most `max_length` characters where that is given.
    Text {
        /// In characters (Unicode scalar values).
        #[serde(skip_serializing_if = "Option::is_none")]
        max_length: Option<u32>,
    },
    /// A whole number of 64 bits.
    Int,
    /// A number of IEEE 754 double precision, never infinite or NaN.
    Float,
    /// An exact number of up to 18 digits, `scale` of them after the point. Written as text in JSON.
    Decimal {
        /// Digits after the point, 0 to 15.
        scale: u32,
    },
    /// True or false.
    Bool,
    /// A day: `2026-11-23`.
    Date,
    /// An instant, kept to the microsecond in UTC.
    Datetime,
    /// Any JSON value.
    Json,
    /// One of the options.
    Select {
        /// What may be chosen.
        options: Vec<String>,
    },
    /// An e-mail address.
    Email,
    /// An absolute URL.
    Url,
    /// A UUID of any version.
    Uuid,
}

/// A field of a collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Its name, in JSON, in expressions and as a column.
    pub name: FieldName,
    /// What it holds.
    #[serde(flatten)]
    pub kind: FieldType,
    /// Whether a new record must give a value (or null, where that is allowed).
    pub required: bool,
    /// Whether it may be null.
    pub nullable: bool,
    /// Whether no two records may have the same value; nulls are never the same.
    pub unique: bool,
    /// What a new record has where it gives nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Json>,
}

/// An index over one field or several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// The fields, most significant first; also `created_at` and `updated_at`.
    pub fields: Vec<String>,
    /// Whether no two records may have the same values in all of them.
    pub unique: bool,
}

/// Who may do what, in CEL. `None`: only members and secret keys.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// Which records a list shows.
    pub list: Option<String>,
    /// Which records can be read by id.
    pub view: Option<String>,
    /// What may be created.
    pub create: Option<String>,
    /// What may be changed.
    pub update: Option<String>,
    /// What may be deleted.
    pub delete: Option<String>,
}

/// The whole design of a collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    /// Its name.
    pub name: CollectionName,
    /// Its fields, in the order in which records show them.
    pub fields: Vec<Field>,
    /// Its indexes, beside those of unique fields.
    pub indexes: Vec<Index>,
    /// Its rules.
    pub rules: Rules,
}

/// A field as sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewField {
    /// Its name.
    pub name: String,
    /// The name of its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Defaults to false.
    #[serde(default)]
    pub required: bool,
    /// Defaults to the opposite of `required`.
    #[serde(default)]
    pub nullable: Option<bool>,
    /// Defaults to false.
    #[serde(default)]
    pub unique: bool,
    /// Defaults to none.
    #[serde(default)]
    pub default: Option<Json>,
    /// For `select`.
    #[serde(default)]
    pub options: Option<Vec<String>>,
    /// For `text`.
    #[serde(default)]
    pub max_length: Option<u32>,
    /// For `decimal`; defaults to 2.
    #[serde(default)]
    pub scale: Option<u32>,
}

/// An index as sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewIndex {
    /// Its fields.
    pub fields: Vec<String>,
    /// Defaults to false.
    #[serde(default)]
    pub unique: bool,
}

/// A collection as sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewCollection {
    /// Its name.
    pub name: String,
    /// Its fields.
    #[serde(default)]
    pub fields: Vec<NewField>,
    /// Its indexes.
    #[serde(default)]
    pub indexes: Vec<NewIndex>,
    /// Its rules.
    #[serde(default)]
    pub rules: Rules,
}

impl TryFrom<NewField> for Field {
    type Error = Invalid;

    fn try_from(new: NewField) -> Result<Self, Invalid> {
        let mut findings = Findings::default();
        let kind = findings.take("", FieldType::read(&new));
        let name = findings.take("/name", FieldName::try_from(new.name));
        let nullable = new.nullable.unwrap_or(!new.required);
        if !nullable && !new.required && new.default.is_none() {
            let message = "a field that is neither required nor nullable needs a default";
            findings.add("/nullable", "needs_default", message);
        }
        if new.unique && matches!(kind, Some(FieldType::Json)) {
            findings.add(
                "/unique",
                "not_comparable",
                "JSON values are not compared, so they cannot be unique",
            );
        }
        let field = name.zip(kind).map(|(name, kind)| Self {
            name,
            kind,
            required: new.required,
            nullable,
            unique: new.unique,
            default: new.default,
        });
        findings.finish(field)
    }
}

impl FieldType {
    const NAMES: &'static str =
        "text, int, float, decimal, bool, date, datetime, json, select, email, url, uuid";

    /// Whether a column holds it as text.
    pub(crate) const fn is_text(&self) -> bool {
        matches!(self, Self::Text { .. } | Self::Select { .. } | Self::Email | Self::Url)
    }

    /// How many characters a text may have, where that is few enough for a key of an index.
    pub(crate) const fn key_length(&self) -> Option<u32> {
        match self {
            Self::Text { max_length: Some(most) } if *most <= MAX_VARCHAR => Some(*most),
            Self::Select { .. } | Self::Email => Some(255),
            _ => None,
        }
    }

    /// Its name in a design.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Int => "int",
            Self::Float => "float",
            Self::Decimal { .. } => "decimal",
            Self::Bool => "bool",
            Self::Date => "date",
            Self::Datetime => "datetime",
            Self::Json => "json",
            Self::Select { .. } => "select",
            Self::Email => "email",
            Self::Url => "url",
            Self::Uuid => "uuid",
        }
    }

    fn read(new: &NewField) -> Result<Self, Invalid> {
        let mut findings = Findings::default();
        let kind = match new.kind.as_str() {
            "text" => Some(Self::Text { max_length: new.max_length }),
            "int" => Some(Self::Int),
            "float" => Some(Self::Float),
            "decimal" => Some(Self::Decimal { scale: new.scale.unwrap_or(2) }),
            "bool" => Some(Self::Bool),
            "date" => Some(Self::Date),
            "datetime" => Some(Self::Datetime),
            "json" => Some(Self::Json),
            "select" => Some(Self::Select { options: new.options.clone().unwrap_or_default() }),
            "email" => Some(Self::Email),
            "url" => Some(Self::Url),
            "uuid" => Some(Self::Uuid),
            other => {
                let message = format!("there is no field type `{other}`; there are {}", Self::NAMES);
                findings.add("/type", "unknown_type", message);
                None
            }
        };
        if let Some(kind) = &kind {
            kind.check_settings(new, &mut findings);
        }
        findings.finish(kind)
    }

    fn check_settings(&self, new: &NewField, findings: &mut Findings) {
        let stray = |findings: &mut Findings, setting: &str, owner: &str| {
            findings.add(
                format!("/{setting}"),
                "not_applicable",
                format!("only a {owner} field has `{setting}`"),
            );
        };
        if new.max_length.is_some() && !matches!(self, Self::Text { .. }) {
            stray(findings, "max_length", "text");
        }
        if new.scale.is_some() && !matches!(self, Self::Decimal { .. }) {
            stray(findings, "scale", "decimal");
        }
        if new.options.is_some() && !matches!(self, Self::Select { .. }) {
            stray(findings, "options", "select");
        }
        match self {
            Self::Text { max_length: Some(0) } => {
                findings.add("/max_length", "out_of_range", "a text must have room for a character");
            }
            Self::Decimal { scale } if *scale > MAX_SCALE => {
                let message = format!("at most {MAX_SCALE} digits can stand after the point");
                findings.add("/scale", "out_of_range", message);
            }
            Self::Select { options } => check_options(options, findings),
            _ => {}
        }
    }
}

fn check_options(options: &[String], findings: &mut Findings) {
    if options.is_empty() || options.len() > MAX_OPTIONS {
        findings.add("/options", "out_of_range", format!("a select field has 1 to {MAX_OPTIONS} options"));
    }
    let mut seen = HashSet::new();
    for (at, option) in options.iter().enumerate() {
        let length = option.chars().count();
        if length == 0 || length > 255 || option.contains('\0') {
            let message = "an option has 1 to 255 characters, none of them NUL";
            findings.add(format!("/options/{at}"), "out_of_range", message);
        }
        if !seen.insert(option) {
            findings.add(format!("/options/{at}"), "duplicate", format!("`{option}` stands there already"));
        }
    }
}

impl TryFrom<NewCollection> for Definition {
    type Error = Invalid;

    fn try_from(new: NewCollection) -> Result<Self, Invalid> {
        let mut findings = Findings::default();
        let name = findings.take("/name", CollectionName::try_from(new.name));
        if new.fields.len() > MAX_FIELDS {
            findings.add("/fields", "too_many", format!("a collection has at most {MAX_FIELDS} fields"));
        }
        let mut fields = Vec::with_capacity(new.fields.len());
        let mut columns = HashSet::new();
        for (at, field) in new.fields.into_iter().enumerate() {
            let pointer = format!("/fields/{at}");
            let Some(field) = findings.take(&pointer, Field::try_from(field)) else { continue };
            if !columns.insert(field.name.as_str().to_ascii_lowercase()) {
                let message =
                    format!("there is a field `{}` already (names are compared without case)", field.name);
                findings.add(format!("{pointer}/name"), "duplicate", message);
            }
            fields.push(field);
        }
        let indexes = findings.take("/indexes", read_indexes(new.indexes, &fields)).unwrap_or_default();
        if fields.iter().filter(|field| field.unique).count() + indexes.len() > MAX_ALL_INDEXES {
            let message = format!(
                "a collection has at most {MAX_ALL_INDEXES} indexes, those of unique fields included"
            );
            findings.add("/indexes", "too_many", message);
        }
        let definition = name.map(|name| Self { name, fields, indexes, rules: new.rules });
        findings.finish(definition)
    }
}

fn read_indexes(new: Vec<NewIndex>, fields: &[Field]) -> Result<Vec<Index>, Invalid> {
    let mut findings = Findings::default();
    if new.len() > MAX_INDEXES {
        findings.add("", "too_many", format!("a collection has at most {MAX_INDEXES} indexes"));
    }
    for (at, index) in new.iter().enumerate() {
        if index.fields.is_empty() || index.fields.len() > 16 {
            findings.add(format!("/{at}/fields"), "out_of_range", "an index has 1 to 16 fields");
        }
        for (place, name) in index.fields.iter().enumerate() {
            let pointer = format!("/{at}/fields/{place}");
            match fields.iter().find(|field| field.name.as_str() == name) {
                Some(Field { kind: FieldType::Json, .. }) => {
                    findings.add(pointer, "not_comparable", "JSON values are not compared, so not indexed");
                }
                None if !RESERVED_FIELDS.contains(&name.as_str()) => {
                    findings.add(pointer, "unknown_field", format!("there is no field `{name}`"));
                }
                _ if index.fields.iter().take(place).any(|earlier| earlier == name) => {
                    findings.add(pointer, "duplicate", format!("`{name}` stands in this index already"));
                }
                _ => {}
            }
        }
    }
    let indexes = new.into_iter().map(|index| Index { fields: index.fields, unique: index.unique });
    findings.finish(Some(indexes.collect()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(collection: Json) -> Result<Definition, Invalid> {
        Definition::try_from(serde_json::from_value::<NewCollection>(collection).unwrap())
    }

    fn faults(collection: Json) -> Vec<(String, &'static str)> {
        let invalid = read(collection).unwrap_err();
        invalid.details().iter().map(|detail| (detail.pointer.clone(), detail.code)).collect()
    }

    #[test]
    fn a_definition_survives_storage() {
        let definition = read(json!({
            "name": "movies",
            "fields": [
                {"name": "title", "type": "text", "required": true, "max_length": 300},
                {"name": "gross", "type": "decimal", "scale": 3, "default": "0.000", "nullable": false},
                {"name": "rating", "type": "select", "options": ["G", "PG"]},
                {"name": "notes", "type": "json"},
            ],
            "indexes": [{"fields": ["rating", "created_at"]}, {"fields": ["title"], "unique": true}],
            "rules": {"list": "true", "view": "true"},
        }))
        .unwrap();
        let stored = serde_json::to_string(&definition).unwrap();
        assert_eq!(serde_json::from_str::<Definition>(&stored).unwrap(), definition);
        assert!(!definition.fields[0].nullable && definition.fields[2].nullable);
    }

    #[test]
    fn every_fault_is_named_with_its_place() {
        let found = faults(json!({
            "name": "my movies",
            "fields": [
                {"name": "title", "type": "string"},
                {"name": "Year", "type": "int", "scale": 2},
                {"name": "year", "type": "int"},
                {"name": "kind", "type": "select", "options": ["a", "a", ""]},
                {"name": "notes", "type": "json", "unique": true},
                {"name": "flag", "type": "bool", "nullable": false},
                {"name": "price", "type": "decimal", "scale": 16},
            ],
            "indexes": [{"fields": []}, {"fields": ["nope", "Year"]}],
        }));
        let expected = [
            ("/name", "invalid_name"),
            ("/fields/0/type", "unknown_type"),
            ("/fields/1/scale", "not_applicable"),
            ("/fields/3/options/1", "duplicate"),
            ("/fields/3/options/2", "out_of_range"),
            ("/fields/4/unique", "not_comparable"),
            ("/fields/5/nullable", "needs_default"),
            ("/fields/6/scale", "out_of_range"),
            ("/indexes/0/fields", "out_of_range"),
            ("/indexes/1/fields/0", "unknown_field"),
            ("/indexes/1/fields/1", "unknown_field"),
        ];
        assert_eq!(found, expected.map(|(pointer, code)| (pointer.to_owned(), code)));
    }

    #[test]
    fn columns_are_one_whatever_their_case() {
        let twice = json!({"name": "a", "fields": [{"name": "Year", "type": "int"}, {"name": "year", "type": "int"}]});
        assert_eq!(faults(twice), [("/fields/1/name".to_owned(), "duplicate")]);
    }
}
