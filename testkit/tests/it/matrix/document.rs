//! The operations as the document describes them, which is as the code declares them.

use neonex_api::Operations;
use poem::http::Method;
use serde_json::Value;

/// An operation of the document.
pub(super) struct Operation {
    pub(super) id: String,
    pub(super) method: Method,
    /// With its parameters in braces.
    pub(super) path: String,
    /// The group that it stands in.
    pub(super) tag: String,
    pub(super) parameters: Vec<Parameter>,
    pub(super) has_body: bool,
}

/// A parameter of an operation.
pub(super) struct Parameter {
    pub(super) name: String,
    /// `path`, `query` or `header`.
    pub(super) place: String,
}

/// Every operation.
pub(super) fn operations() -> Vec<Operation> {
    let document: Value = serde_json::from_str(&neonex_api::document::json::<Operations>()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().iter();
        methods.filter_map(move |(method, operation)| {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            operation.get("operationId").map(|id| read(text(id), method, path, operation))
        })
    });
    operations.collect()
}

fn read(id: String, method: Method, path: &str, operation: &Value) -> Operation {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    Operation {
        id,
        method,
        path: path.to_owned(),
        tag: text(&operation["tags"][0]),
        parameters: parameters
            .map(|parameter| Parameter { name: text(&parameter["name"]), place: text(&parameter["in"]) })
            .collect(),
        has_body: operation.get("requestBody").is_some(),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
