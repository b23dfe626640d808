//! Rust, for the SDK: `client.records::<Movies>("movies")`. A record's id and times are in the SDK's `Record` already.

use std::fmt::Write as _;

use serde_json::Value;

use super::{HEAD, Role, Shape, is_nullable, shapes, text};

const KEYWORDS: [&str; 47] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait",
    "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while",
];
/// What no prefix makes a name of a field.
const NEVER: [&str; 5] = ["_", "Self", "crate", "self", "super"];

/// A struct for each object.
pub(crate) fn rust(document: &Value) -> Result<String, String> {
    let mut out = HEAD.to_owned();
    out.push_str("\nuse serde::{Deserialize, Serialize};\n");
    let shapes = shapes(document)?;
    for shape in &shapes {
        out.push_str(&structure(shape));
    }
    if shapes
        .iter()
        .flat_map(|shape| shape.properties.values())
        .any(|schema| text(schema, "type") == "object")
    {
        out.push_str(
            "\n/// A place on earth, in degrees.\n#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]\n\
             pub struct GeoPoint {\n    pub lat: f64,\n    pub lon: f64,\n}\n",
        );
    }
    Ok(out)
}

fn structure(shape: &Shape<'_>) -> String {
    let what = match shape.role {
        Role::Record => "A record of",
        Role::Create => "A new record of",
        Role::Update => "What is to change of a record of",
    };
    let default = if shape.role == Role::Update { ", Default" } else { "" };
    let mut out = format!(
        "\n/// {what} `{}`.\n#[derive(Debug, Clone, PartialEq{default}, Serialize, Deserialize)]\npub struct {} {{\n",
        shape.collection, shape.name
    );
    for (name, schema) in shape.properties {
        let in_every_record = matches!(name.as_str(), "id" | "created_at" | "updated_at");
        if in_every_record && shape.role == Role::Record {
            continue;
        }
        let required = shape.required.contains(&name.as_str());
        let kind = kind(schema);
        let value = if is_nullable(schema) { format!("Option<{kind}>") } else { kind.clone() };
        let kind = if required { value } else { format!("Option<{value}>") };
        if let Some(options) = schema.get("enum").and_then(Value::as_array) {
            let options: Vec<_> = options.iter().filter_map(Value::as_str).collect();
            let _infallible = writeln!(out, "    /// One of {options:?}.");
        }
        if !required {
            out.push_str("    #[serde(default, skip_serializing_if = \"Option::is_none\")]\n");
        }
        let _infallible = writeln!(out, "    {}: {kind},", field(name));
    }
    out.push_str("}\n");
    out
}

fn field(name: &str) -> String {
    if NEVER.contains(&name) {
        return format!("#[serde(rename = \"{name}\")]\n    pub {name}_");
    }
    let plain = if KEYWORDS.contains(&name) { format!("r#{name}") } else { name.to_owned() };
    format!("pub {plain}")
}

fn kind(schema: &Value) -> String {
    match (text(schema, "type"), text(schema, "format")) {
        ("string", "uuid") => "neonex_sdk::uuid::Uuid".to_owned(),
        ("string", "date-time") => "neonex_sdk::chrono::DateTime<neonex_sdk::chrono::Utc>".to_owned(),
        ("string", _) => "String".to_owned(),
        ("integer", _) => "i64".to_owned(),
        ("number", _) => "f64".to_owned(),
        ("boolean", _) => "bool".to_owned(),
        ("array", _) => format!("Vec<{}>", kind(schema.get("items").unwrap_or(&Value::Null))),
        ("object", _) => "GeoPoint".to_owned(),
        _ => "serde_json::Value".to_owned(),
    }
}
