//! TypeScript.

use std::fmt::Write as _;

use serde_json::Value;

use super::{HEAD, is_nullable, shapes, text};

/// An interface for each object.
pub(crate) fn typescript(document: &Value) -> Result<String, String> {
    let shapes = shapes(document)?;
    let mut out = HEAD.to_owned();
    for shape in &shapes {
        let _infallible = write!(out, "\nexport interface {} {{\n", shape.name);
        for (name, schema) in shape.properties {
            let mark = if shape.required.contains(&name.as_str()) { "" } else { "?" };
            let _infallible = writeln!(out, "  {name}{mark}: {};", kind(schema));
        }
        out.push_str("}\n");
    }
    out.push_str("\n/** Records by the names of their collections. */\nexport interface Collections {\n");
    for shape in shapes.iter().filter(|shape| shape.role == super::Role::Record) {
        let (collection, name) = (shape.collection, &shape.name);
        // Nothing is written to a view.
        let is_written =
            shapes.iter().any(|other| other.collection == collection && other.role == super::Role::Create);
        let line = if is_written {
            format!("{collection}: {{ record: {name}; create: {name}Create; update: {name}Update }};")
        } else {
            format!("{collection}: {{ record: {name}; create: never; update: never }};")
        };
        let _infallible = writeln!(out, "  {line}");
    }
    out.push_str("}\n");
    Ok(out)
}

fn kind(schema: &Value) -> String {
    let kind = match (schema.get("enum").and_then(Value::as_array), text(schema, "type")) {
        (Some(options), _) => options.iter().map(Value::to_string).collect::<Vec<_>>().join(" | "),
        (None, "string") => "string".to_owned(),
        (None, "integer" | "number") => "number".to_owned(),
        (None, "boolean") => "boolean".to_owned(),
        (None, "array") => format!("Array<{}>", kind(schema.get("items").unwrap_or(&Value::Null))),
        (None, "object") => {
            let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
            let parts: Vec<_> =
                properties.map(|(name, schema)| format!("{name}: {}", kind(schema))).collect();
            format!("{{ {} }}", parts.join("; "))
        }
        _ => return "unknown".to_owned(),
    };
    if is_nullable(schema) && !kind.ends_with("null") { format!("{kind} | null") } else { kind }
}
