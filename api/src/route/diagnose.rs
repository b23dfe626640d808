//! What is wrong with a JSON body, place by place.
//!
//! poem-openapi stops at the first fault and says which type it was in, but not where. When it has refused a
//! body, the body is held once more against the schema, this time to find the places. Time does not matter
//! then: the body is bounded.

use std::collections::BTreeMap;

use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use serde_json::{Map, Value};

use crate::problem::Problem;

/// More places than these help nobody.
const MAX_FINDINGS: usize = 20;

/// The schemas that the operations' bodies refer to.
#[derive(Default)]
pub(crate) struct Schemas(BTreeMap<String, MetaSchema>);

impl Schemas {
    pub(super) fn new(schemas: BTreeMap<String, MetaSchema>) -> Self {
        Self(schemas)
    }

    /// The problem of a body that was refused for `reason`.
    pub(super) fn diagnose(&self, schema: &MetaSchemaRef, body: &[u8], reason: &str) -> Problem {
        let value = match serde_json::from_slice(body) {
            Ok(value) => value,
            Err(_) if body.is_empty() => return Problem::bad_request("missing_body", "A body is needed."),
            Err(error) => {
                return Problem::bad_request("invalid_json", format!("The body is not JSON: {error}."));
            }
        };
        let unknown = between(reason, "unknown field `", "`");
        let mut walk = Walk { schemas: self, unknown, found: Vec::new() };
        walk.value(&value, schema, "");
        if walk.found.is_empty() {
            let field =
                between(reason, "field `", "` verification").map(|field| format!("/{}", escape(field)));
            walk.found.push(Finding {
                pointer: field.unwrap_or_default(),
                code: "invalid",
                message: reason.to_owned(),
            });
        }
        let detail = walk.found.iter().map(Finding::sentence).collect::<Vec<_>>().join("; ");
        let problem = Problem::bad_request("invalid_body", format!("The body cannot be accepted: {detail}."));
        walk.found.into_iter().fold(problem, |problem, one| problem.error(one.pointer, one.code, one.message))
    }
}

struct Finding {
    pointer: String,
    code: &'static str,
    message: String,
}

impl Finding {
    fn sentence(&self) -> String {
        if self.pointer.is_empty() {
            self.message.clone()
        } else {
            format!("{}: {}", self.pointer, self.message)
        }
    }
}

struct Walk<'a> {
    schemas: &'a Schemas,
    /// The field that poem-openapi did not know. Whether an object takes other fields than it declares is not in
    /// the schema; that this name was refused says so of the objects that have it.
    unknown: Option<&'a str>,
    found: Vec<Finding>,
}

impl Walk<'_> {
    fn note(&mut self, pointer: impl Into<String>, code: &'static str, message: impl Into<String>) {
        if self.found.len() < MAX_FINDINGS {
            self.found.push(Finding { pointer: pointer.into(), code, message: message.into() });
        }
    }

    fn value(&mut self, value: &Value, schema: &MetaSchemaRef, pointer: &str) {
        let schemas = self.schemas;
        let schema = match schema {
            MetaSchemaRef::Inline(schema) => schema.as_ref(),
            MetaSchemaRef::Reference(name) => match schemas.0.get(name) {
                Some(schema) => schema,
                None => return,
            },
        };
        for part in &schema.all_of {
            self.value(value, part, pointer);
        }
        if value.is_null() && schema.nullable {
            return;
        }
        if !has_type(value, schema.ty) {
            self.note(pointer, "type", format!("expected {}, found {}", schema.ty, kind(value)));
        } else if !schema.enum_items.is_empty() && !schema.enum_items.contains(value) {
            let allowed = schema.enum_items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            self.note(pointer, "not_allowed", format!("must be one of {allowed}"));
        }
        match value {
            Value::Object(fields) => self.object(fields, schema, pointer),
            Value::Array(items) => {
                let each = schema.items.iter().flat_map(|item| items.iter().map(move |value| (item, value)));
                for (index, (item, value)) in each.enumerate() {
                    self.value(value, item, &format!("{pointer}/{index}"));
                }
            }
            _ => {}
        }
    }

    fn object(&mut self, fields: &Map<String, Value>, schema: &MetaSchema, pointer: &str) {
        for name in schema.required.iter().filter(|name| !fields.contains_key(**name)) {
            self.note(format!("{pointer}/{}", escape(name)), "required", "is needed");
        }
        let declared = |name: &str| schema.properties.iter().find(|(property, _)| *property == name);
        let unknown_here =
            self.unknown.is_some_and(|name| fields.contains_key(name) && declared(name).is_none());
        let closed = unknown_here && schema.ty == "object" && schema.additional_properties.is_none();
        for (name, value) in fields {
            let place = format!("{pointer}/{}", escape(name));
            match declared(name) {
                // Null stands for absent where a field may be absent.
                Some((name, _)) if value.is_null() && !schema.required.contains(name) => {}
                Some((_, property)) => self.value(value, property, &place),
                None if closed => self.note(place, "unknown_field", "there is no such field"),
                None => {}
            }
        }
    }
}

fn has_type(value: &Value, wanted: &str) -> bool {
    match wanted {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        _ => true,
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// A name as a step of a JSON Pointer (RFC 6901 §3).
fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(middle, _)| middle)
}
