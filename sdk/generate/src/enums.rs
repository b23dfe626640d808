//! Enumerations that stay open: a value that a later server adds is kept as its text, so that one unknown word does
//! not make a whole answer unreadable.

use std::fmt::Write as _;

use heck::ToUpperCamelCase as _;
use serde_json::Value;

/// A schema that is one of several texts.
pub(crate) struct Enumeration {
    pub(crate) name: String,
    description: String,
    values: Vec<String>,
}

/// The document's named enumerations.
pub(crate) fn of(document: &Value) -> Vec<Enumeration> {
    let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
    let found = schemas.into_iter().flatten().filter_map(|(name, schema)| {
        let values = schema.get("enum")?.as_array()?;
        Some(Enumeration {
            name: name.clone(),
            description: schema.get("description").and_then(Value::as_str).unwrap_or_default().to_owned(),
            values: values.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        })
    });
    found.collect()
}

/// The module that holds them.
pub(crate) fn module(enums: &[Enumeration]) -> String {
    let mut code = String::from("/// The document's enumerations.\npub mod enums {\n");
    for Enumeration { name, description, values } in enums {
        code.push_str("    crate::open_enum! {\n");
        for line in description.lines() {
            let _ = writeln!(code, "        /// {line}");
        }
        let _ = writeln!(code, "        {name} {{");
        for value in values {
            let _ = writeln!(code, "            {} = {value:?},", value.to_upper_camel_case());
        }
        code.push_str("        }\n    }\n");
    }
    code.push_str("}\n");
    code
}
