//! The design of a collection, and how one is read from what a developer sent.
//!
//! The `New…` types are the shape of the input, in which anything may be wrong. The others can only be made from
//! them (or read back from storage), so whoever holds a [`Definition`] need not check it again.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::field::{Field, NewField};
use super::field_type::FieldType;
use super::name::{CollectionName, RESERVED_FIELDS};
use super::retention::{History, NewHistory};
use super::users;
use super::view::{self, NewView, View};
use crate::invalid::{Findings, Invalid};

/// Fields that a collection may have. SQLite and MariaDB both hold more columns; a record much wider than this
/// does not fit a request either.
pub const MAX_FIELDS: usize = 200;
/// Indexes that a collection may have, beside those of unique fields.
pub const MAX_INDEXES: usize = 32;
/// Indexes with those of unique fields. MariaDB has 64 with the primary key.
const MAX_ALL_INDEXES: usize = 63;

/// For what an index is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IndexKind {
    /// For values and their order.
    #[default]
    Ordered,
    /// For words in texts. A collection has one at most.
    Search,
}

impl IndexKind {
    /// Whether values of that type can stand in it.
    const fn takes(self, kind: &FieldType) -> bool {
        match self {
            Self::Ordered => kind.is_comparable(),
            Self::Search => matches!(kind, FieldType::Text { .. } | FieldType::RichText { .. }),
        }
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks it")]
    const fn is_ordered(&self) -> bool {
        matches!(self, Self::Ordered)
    }
}

/// An index over one field or several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// The fields, most significant first; also `created_at` and `updated_at`.
    pub fields: Vec<String>,
    /// Whether no two records may have the same values in all of them.
    pub unique: bool,
    /// For what it is.
    #[serde(default, skip_serializing_if = "IndexKind::is_ordered")]
    pub kind: IndexKind,
    /// Which records stand in it, in CEL; all where nothing is said.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Definition {
    /// Its name.
    pub name: CollectionName,
    /// Its fields, in the order in which records show them.
    pub fields: Vec<Field>,
    /// Its indexes, beside those of unique fields.
    pub indexes: Vec<Index>,
    /// Its rules.
    pub rules: Rules,
    /// What its records are made of, where it has none of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub view: Option<View>,
    /// How long the changes of its records are kept.
    #[serde(default, skip_serializing_if = "History::is_default")]
    pub history: History,
}

/// An index as sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewIndex {
    /// Its fields.
    pub fields: Vec<String>,
    /// Defaults to false.
    #[serde(default)]
    pub unique: bool,
    /// For what it is; for values and their order by default.
    #[serde(default)]
    pub kind: IndexKind,
    /// Which records stand in it, in CEL; all by default.
    #[serde(default, rename = "where")]
    pub condition: Option<String>,
}

impl From<Index> for NewIndex {
    fn from(index: Index) -> Self {
        let Index { fields, unique, kind, condition } = index;
        Self { fields, unique, kind, condition }
    }
}

/// A collection as sent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
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
    /// What it shows of another, where it is a view.
    #[serde(default)]
    pub view: Option<NewView>,
    /// How long the changes of its records are kept: 90 days by default.
    #[serde(default)]
    pub history: Option<NewHistory>,
}

impl TryFrom<NewCollection> for Definition {
    type Error = Invalid;

    fn try_from(mut new: NewCollection) -> Result<Self, Invalid> {
        let mut findings = Findings::default();
        findings.take("", users::complete(&mut new));
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
        if fields.iter().filter(|field| field.unique || field.kind.is_indexed()).count() + indexes.len()
            > MAX_ALL_INDEXES
        {
            let message = format!(
                "a collection has at most {MAX_ALL_INDEXES} indexes, those of unique fields and of relations included"
            );
            findings.add("/indexes", "too_many", message);
        }
        let view = new.view.and_then(|view| {
            view::check_alone(!fields.is_empty(), !indexes.is_empty(), &new.rules, &mut findings);
            findings.take("/view", View::try_from(view))
        });
        let history = new.history.map(History::try_from).transpose();
        let history = findings.take("/history", history).flatten().unwrap_or_default();
        let definition = name.map(|name| Self { name, fields, indexes, rules: new.rules, view, history });
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
        if index.kind == IndexKind::Search {
            if index.unique {
                findings.add(
                    format!("/{at}/unique"),
                    "not_applicable",
                    "a search index keeps nothing unique",
                );
            }
            if index.condition.is_some() {
                let message = "a search index holds every record";
                findings.add(format!("/{at}/where"), "not_applicable", message);
            }
            if new.iter().take(at).any(|other| other.kind == IndexKind::Search) {
                findings.add(format!("/{at}"), "too_many", "a collection has one search index at most");
            }
        }
        for (place, name) in index.fields.iter().enumerate() {
            let pointer = format!("/{at}/fields/{place}");
            match fields.iter().find(|field| field.name.as_str() == name) {
                Some(field) if !index.kind.takes(&field.kind) => {
                    let name = field.kind.name();
                    let (code, message) = match index.kind {
                        IndexKind::Ordered => (
                            "not_comparable",
                            format!("values of type {name} are not compared, so not indexed"),
                        ),
                        IndexKind::Search => {
                            ("not_applicable", format!("values of type {name} are not searched"))
                        }
                    };
                    findings.add(pointer, code, message);
                }
                None if index.kind == IndexKind::Search => {
                    findings.add(pointer, "unknown_field", format!("there is no text `{name}`"));
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
    let indexes = new.into_iter().map(|NewIndex { fields, unique, kind, condition }| Index {
        fields,
        unique,
        kind,
        condition,
    });
    findings.finish(Some(indexes.collect()))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

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
            "indexes": [
                {"fields": ["rating", "created_at"]},
                {"fields": ["title"], "unique": true},
                {"fields": ["title"], "kind": "search"},
            ],
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
                {"name": "code", "type": "text", "pattern": "("},
                {"name": "seen", "type": "datetime", "auto": "always"},
                {"name": "made", "type": "datetime", "auto": "create", "required": true},
                {"name": "tags", "type": "multi_select", "options": ["a"], "max_items": 2},
                {"name": "shape", "type": "vector"},
                {"name": "size", "type": "text", "min_length": 3, "max_length": 2},
                {"name": "about", "type": "text", "min": 3},
                {"name": "place", "type": "geo_point", "unique": true},
            ],
            "indexes": [
                {"fields": []},
                {"fields": ["nope", "Year"]},
                {"fields": ["created_at", "place"], "kind": "search", "unique": true},
                {"fields": ["about"], "kind": "search"},
            ],
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
            ("/fields/7/pattern", "invalid_pattern"),
            ("/fields/8/auto", "unknown_value"),
            ("/fields/9/required", "not_applicable"),
            ("/fields/10/max_items", "out_of_range"),
            ("/fields/11/dimensions", "out_of_range"),
            ("/fields/12/min_length", "out_of_range"),
            ("/fields/13/min", "not_applicable"),
            ("/fields/14/unique", "not_comparable"),
            ("/indexes/0/fields", "out_of_range"),
            ("/indexes/1/fields/0", "unknown_field"),
            ("/indexes/1/fields/1", "unknown_field"),
            ("/indexes/2/unique", "not_applicable"),
        ];
        assert_eq!(found, expected.map(|(pointer, code)| (pointer.to_owned(), code)));
    }

    #[test]
    fn columns_are_one_whatever_their_case() {
        let twice = json!({"name": "a", "fields": [{"name": "Year", "type": "int"}, {"name": "year", "type": "int"}]});
        assert_eq!(faults(twice), [("/fields/1/name".to_owned(), "duplicate")]);
    }
}
