//! Changes to the document that make for better code, and change nothing of what it says.

use serde_json::Value;

/// Writes a reference with a description beside it as the reference alone.
///
/// `OpenAPI` 3.0 has no place for that description but `allOf: [{$ref}, {description}]`, of which the generator makes
/// a type for each field that refers.
pub(crate) fn simplify(value: &mut Value) {
    if let Some(reference) = reference(value) {
        *value = reference;
        return;
    }
    match value {
        Value::Object(map) => map.values_mut().for_each(simplify),
        Value::Array(items) => items.iter_mut().for_each(simplify),
        _ => {}
    }
}

fn reference(value: &Value) -> Option<Value> {
    let parts = value.get("allOf")?.as_array()?;
    let mut constraining = parts.iter().filter(|part| !only_describes(part));
    let reference = constraining.next().filter(|part| part.get("$ref").is_some())?;
    constraining.next().is_none().then(|| reference.clone())
}

fn only_describes(part: &Value) -> bool {
    let says = |key: &String| !matches!(key.as_str(), "description" | "default" | "title");
    part.as_object().is_some_and(|part| !part.keys().any(says))
}
