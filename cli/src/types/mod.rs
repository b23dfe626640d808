//! Types of a tenant's records in other languages, made from its own `OpenAPI` document.

mod rust;
mod typescript;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

pub(crate) use self::rust::rust;
pub(crate) use self::typescript::typescript;

/// What stands at the head of a file that was made.
const HEAD: &str = "// Made by `neonex generate types`. Not to be changed by hand.\n";

/// An object of the document.
struct Shape<'d> {
    /// `MoviesCreate` of `movies.create`.
    name: String,
    role: Role,
    collection: &'d str,
    properties: &'d Map<String, Value>,
    required: Vec<&'d str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Record,
    Create,
    Update,
}

/// The objects of all collections, by name.
fn shapes(document: &Value) -> Result<Vec<Shape<'_>>, String> {
    let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
    let schemas = schemas.ok_or("the server's document has no schemas")?;
    let mut found: BTreeMap<String, Shape<'_>> = BTreeMap::new();
    for (name, schema) in schemas {
        let (collection, role, suffix) = match name.split_once('.') {
            None => (name.as_str(), Role::Record, ""),
            Some((collection, "create")) => (collection, Role::Create, "Create"),
            Some((collection, "update")) => (collection, Role::Update, "Update"),
            Some(_) => continue,
        };
        let Some(properties) = schema.get("properties").and_then(Value::as_object) else { continue };
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        let shape = Shape {
            name: format!("{}{suffix}", pascal(collection)),
            role,
            collection,
            properties,
            required: required.filter_map(Value::as_str).collect(),
        };
        if let Some(other) = found.insert(shape.name.clone(), shape) {
            return Err(format!(
                "`{}` and `{collection}` would both be the type {}",
                other.collection, other.name
            ));
        }
    }
    Ok(found.into_values().collect())
}

/// `room_members` → `RoomMembers`.
fn pascal(name: &str) -> String {
    let word = |word: &str| {
        let mut characters = word.chars();
        let first = characters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(characters).collect::<String>()
    };
    name.split('_').map(word).collect()
}

fn is_nullable(schema: &Value) -> bool {
    schema.get("nullable") == Some(&Value::Bool(true))
}

fn text<'s>(schema: &'s Value, name: &str) -> &'s str {
    schema.get(name).and_then(Value::as_str).unwrap_or_default()
}
