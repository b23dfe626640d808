//! Changes to the document that make for better code, and change nothing of what it says.

use serde_json::{Value, json};

/// The schema of what is never shown, which the document has as `format: password` wherever it stands.
pub(crate) const SECRET: &str = "Secret";

/// Makes them all.
pub(crate) fn prepare(document: &mut Value) {
    leave_out_streams(document);
    simplify(document);
    name_secrets(document);
    let schemas = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut);
    for (name, schema) in schemas.into_iter().flatten() {
        if name.starts_with("New") || name.ends_with("Patch") {
            tell_empty_from_absent(schema);
        }
    }
}

/// Leaves out what streams a file: the generator knows one format for each body, and holds it whole.
fn leave_out_streams(document: &mut Value) {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for operations in paths.into_iter().flat_map(|paths| paths.values_mut()).filter_map(Value::as_object_mut)
    {
        let streams = |operation: &Value| {
            let text = operation.to_string();
            text.contains("\"text/csv\"") || text.contains("\"application/x-ndjson\"")
        };
        operations.retain(|_, operation| !streams(operation));
    }
}

/// Writes a reference with a description beside it as the reference alone.
///
/// `OpenAPI` 3.0 has no place for that description but `allOf: [{$ref}, {description}]`, of which the generator makes
/// a type for each field that refers. One that may be null says more than the reference.
fn simplify(value: &mut Value) {
    if let Some(reference) = reference(value) {
        *value = reference;
        return;
    }
    visit(value, simplify);
}

fn reference(value: &Value) -> Option<Value> {
    if value.get("nullable").and_then(Value::as_bool) == Some(true) {
        return None;
    }
    let parts = value.get("allOf")?.as_array()?;
    let mut constraining = parts.iter().filter(|part| !only_describes(part));
    let reference = constraining.next().filter(|part| part.get("$ref").is_some())?;
    constraining.next().is_none().then(|| reference.clone())
}

fn only_describes(part: &Value) -> bool {
    let says = |key: &String| !matches!(key.as_str(), "description" | "default" | "title");
    part.as_object().is_some_and(|part| !part.keys().any(says))
}

/// Makes of each secret a reference to one schema, for which the SDK has a type that does not show it.
fn name_secrets(document: &mut Value) {
    refer_to_secret(document);
    if let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        schemas.insert(SECRET.to_owned(), json!({ "type": "string" }));
    }
}

fn refer_to_secret(value: &mut Value) {
    if value.get("format").and_then(Value::as_str) == Some("password") {
        *value = json!({ "$ref": format!("#/components/schemas/{SECRET}") });
        return;
    }
    visit(value, refer_to_secret);
}

/// Lets a list in what is sent be absent, which means something of its own, or empty: no scopes of a key are not all of
/// them, and no indexes are not those that there are. Of a list that is merely optional the generator makes one that is
/// never sent when it is empty.
fn tell_empty_from_absent(sent: &mut Value) {
    let properties = sent.get_mut("properties").and_then(Value::as_object_mut);
    for property in properties.into_iter().flat_map(|properties| properties.values_mut()) {
        let unset = property.get("default").is_none();
        if let Some(schema) = property.as_object_mut()
            && unset
            && schema.get("type").and_then(Value::as_str) == Some("array")
        {
            schema.insert("nullable".to_owned(), Value::Bool(true));
        }
    }
}

fn visit(value: &mut Value, each: fn(&mut Value)) {
    match value {
        Value::Object(map) => map.values_mut().for_each(each),
        Value::Array(items) => items.iter_mut().for_each(each),
        _ => {}
    }
}
