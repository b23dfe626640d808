//! A tenant's own document: its collections as typed schemas.
//!
//! Schemas are named after their collections: `movies` is a record, `movies.create` what makes one, `movies.update`
//! what changes one, `movies.page` a page of a list. Names of collections have no points, so nothing collides.

use std::sync::Arc;

use neonex_core::collections::{Collection, Field, FieldType};
use serde_json::{Map, Value, json};

const PROBLEM: &str = "neonex.Problem";

/// The document, in `OpenAPI` 3.0.
pub(super) fn document(tenant: &str, collections: &[Arc<Collection>]) -> Value {
    let mut schemas = Map::from_iter([(PROBLEM.to_owned(), problem())]);
    let mut paths = Map::new();
    for collection in collections {
        let name = collection.name();
        schemas.insert(name.to_owned(), record(collection));
        if !collection.is_view() {
            schemas.insert(format!("{name}.create"), input(collection, true));
            schemas.insert(format!("{name}.update"), input(collection, false));
        }
        schemas.insert(format!("{name}.page"), page(name));
        let (records, record) = operations(collection);
        paths.insert(format!("/v1/collections/{name}/records"), records);
        paths.insert(format!("/v1/collections/{name}/records/{{id}}"), record);
    }
    json!({
        "openapi": "3.0.3",
        "info": {
            "title": tenant,
            "description": "Records of this tenant's collections. The other operations are in /openapi.json.",
            "version": env!("CARGO_PKG_VERSION"),
        },
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}, {}],
        "tags": collections.iter().map(|collection| json!({"name": collection.name()})).collect::<Vec<_>>(),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    })
}

fn refer(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// A record as it is read.
fn record(collection: &Collection) -> Value {
    let time =
        |what: &str| json!({"type": "string", "format": "date-time", "readOnly": true, "description": what});
    let mut properties = Map::from_iter([
        ("id".to_owned(), json!({"type": "string", "format": "uuid", "readOnly": true})),
        ("created_at".to_owned(), time("When it was made.")),
        ("updated_at".to_owned(), time("When it was last changed.")),
    ]);
    let fields = &collection.definition().fields;
    properties.extend(fields.iter().map(|field| (field.name.to_string(), schema(collection, field))));
    // Hidden fields, and those with a rule of who reads them, are there for some only.
    let hidden = |name: &str| {
        fields.iter().any(|field| (field.hidden || field.rules.read.is_some()) && field.name.as_str() == name)
    };
    let required: Vec<_> = properties.keys().filter(|name| !hidden(name)).cloned().collect();
    json!({"type": "object", "x-neonex-collection": collection.name(), "required": required, "properties": properties})
}

/// What a client sends for a new record, or for a change of one.
fn input(collection: &Collection, new: bool) -> Value {
    let fields = || collection.definition().fields.iter().filter(|field| !field.is_set_by_server());
    let mut properties = Map::new();
    if new {
        let id = json!({"type": "string", "format": "uuid", "description": "Where the client chooses it."});
        properties.insert("id".to_owned(), id);
    }
    properties.extend(fields().map(|field| (field.name.to_string(), schema(collection, field))));
    let mut object = json!({"type": "object", "additionalProperties": false, "properties": properties});
    let needed = fields().filter(|field| (field.required || !field.nullable) && field.default.is_none());
    let needed: Vec<_> = needed.map(|field| field.name.to_string()).collect();
    if let Some(object) = object.as_object_mut().filter(|_| new && !needed.is_empty()) {
        object.insert("required".to_owned(), json!(needed));
    }
    object
}

fn page(name: &str) -> Value {
    json!({
        "type": "object",
        "required": ["items", "next_cursor", "total"],
        "properties": {
            "items": {"type": "array", "items": refer(name)},
            "next_cursor": {"type": "string", "nullable": true, "description": "Null on the last page."},
            "total": {"type": "integer", "format": "int64", "nullable": true, "description": "As `count` asks for."},
        },
    })
}

fn schema(collection: &Collection, field: &Field) -> Value {
    let text = |format: &str| json!({"type": "string", "format": format});
    let mut schema = match &field.kind {
        FieldType::Text { min_length, max_length, pattern } => {
            let mut schema = json!({"type": "string"});
            set(&mut schema, "minLength", *min_length);
            set(&mut schema, "maxLength", *max_length);
            // Of Rust's dialect, and so not what `pattern` of a schema is.
            set(
                &mut schema,
                "description",
                pattern.as_ref().map(|pattern| format!("Matches `{}`.", pattern.as_str())),
            );
            schema
        }
        FieldType::RichText { max_length } => {
            let mut schema = json!({"type": "string", "description": "HTML."});
            set(&mut schema, "maxLength", *max_length);
            schema
        }
        FieldType::Int => json!({"type": "integer", "format": "int64"}),
        FieldType::Float => json!({"type": "number", "format": "double"}),
        FieldType::Decimal { precision, scale } => json!({
            "type": "string",
            "format": "decimal",
            "description": format!("A number of at most {precision} digits, {scale} of them after the point."),
        }),
        FieldType::Bool => json!({"type": "boolean"}),
        FieldType::Date => text("date"),
        FieldType::Datetime { .. } => text("date-time"),
        FieldType::Json => json!({"description": "Any JSON value."}),
        FieldType::Select { options } => json!({"type": "string", "enum": options}),
        FieldType::MultiSelect { options, max_items } => json!({
            "type": "array",
            "items": {"type": "string", "enum": options},
            "uniqueItems": true,
            "maxItems": max_items,
        }),
        FieldType::Email => text("email"),
        FieldType::Url => text("uri"),
        FieldType::Uuid | FieldType::Relation { many: None, .. } => text("uuid"),
        FieldType::Relation { many: Some(many), .. } => {
            json!({"type": "array", "items": text("uuid"), "uniqueItems": true, "maxItems": many.max_items})
        }
        FieldType::GeoPoint => json!({
            "type": "object",
            "required": ["lat", "lon"],
            "properties": {
                "lat": {"type": "number", "minimum": -90, "maximum": 90},
                "lon": {"type": "number", "minimum": -180, "maximum": 180},
            },
        }),
        FieldType::Vector { dimensions } => {
            json!({"type": "array", "items": {"type": "number"}, "minItems": dimensions, "maxItems": dimensions})
        }
    };
    if matches!(field.kind, FieldType::Int | FieldType::Float) {
        set(&mut schema, "minimum", field.min.clone());
        set(&mut schema, "maximum", field.max.clone());
    }
    if field.nullable && !matches!(field.kind, FieldType::Json) {
        set(&mut schema, "nullable", Some(true));
        if let Some(options) = schema.get_mut("enum").and_then(Value::as_array_mut) {
            options.push(Value::Null);
        }
    }
    if field.is_set_by_server() {
        set(&mut schema, "readOnly", Some(true));
    }
    set(&mut schema, "x-neonex-relation", collection.target(field.name.as_str()));
    schema
}

fn set<T: Into<Value>>(schema: &mut Value, name: &str, value: Option<T>) {
    if let (Some(schema), Some(value)) = (schema.as_object_mut(), value) {
        schema.insert(name.to_owned(), value.into());
    }
}

/// The operations on all records, and on one.
fn operations(collection: &Collection) -> (Value, Value) {
    let name = collection.name();
    let operation = |verb: &str, summary: &str, parameters: &Value, body: Option<&str>, answers: Value| {
        let mut operation = json!({
            "operationId": format!("{verb}_{name}"),
            "summary": summary,
            "tags": [name],
            "parameters": parameters,
            "responses": answers,
        });
        if let (Some(body), Some(operation)) = (body, operation.as_object_mut()) {
            let content = json!({"application/json": {"schema": refer(&format!("{name}.{body}"))}});
            operation.insert("requestBody".to_owned(), json!({"required": true, "content": content}));
        }
        operation
    };
    let parameter = |name: &str, schema: Value, description: &str| json!({"name": name, "in": "query", "schema": schema, "description": description});
    let text = || json!({"type": "string"});
    let known: Vec<_> =
        collection.definition().fields.iter().map(|field| format!("`{}`", field.name)).collect();
    let filter = format!(
        "A condition in CEL over the fields, as `created_at > timestamp('2026-01-01T00:00:00Z')`. Fields are `id`, \
         `created_at`, `updated_at`, {}.",
        known.join(", ")
    );
    let filter = filter.replace(", .", ".");
    let (fields, expand) = (
        parameter("fields", text(), "Fields to be shown, apart by commas."),
        parameter("expand", text(), "Relations to be followed, by paths apart by commas."),
    );
    let list = json!([
        parameter("filter", text(), &filter),
        parameter("sort", text(), "Fields apart by commas, `-` before one for the other way around."),
        fields,
        expand,
        parameter(
            "limit",
            json!({"type": "integer", "minimum": 1, "maximum": 200, "default": 50}),
            "Records on the page."
        ),
        parameter("cursor", text(), "`next_cursor` of the page before."),
        parameter(
            "count",
            json!({"type": "string", "enum": ["exact", "estimated"]}),
            "Whether the total is counted."
        ),
    ]);
    let if_match = json!([{"name": "If-Match", "in": "header", "schema": text()}]);
    let once = json!([{"name": "Idempotency-Key", "in": "header", "schema": text()}]);
    let of = |status: &str, what: &str, schema: &str| {
        let content = json!({"application/json": {"schema": refer(schema)}});
        answers(Map::from_iter([(status.to_owned(), json!({"description": what, "content": content}))]))
    };
    let put = answers(Map::from_iter(["200", "201"].map(|status| {
        let content = json!({"application/json": {"schema": refer(name)}});
        (status.to_owned(), json!({"description": "The record.", "content": content}))
    })));
    let gone = answers(Map::from_iter([("204".to_owned(), json!({"description": "The record is gone."}))]));
    let id =
        json!({"name": "id", "in": "path", "required": true, "schema": {"type": "string", "format": "uuid"}});
    if collection.is_view() {
        let page = of("200", "A page.", &format!("{name}.page"));
        let record = of("200", "The record.", name);
        return (
            json!({"get": operation("list", "List records", &list, None, page)}),
            json!({
                "parameters": [id],
                "get": operation("get", "Get a record", &json!([fields, expand]), None, record),
            }),
        );
    }
    let records = json!({
        "get": operation("list", "List records", &list, None, of("200", "A page.", &format!("{name}.page"))),
        "post": operation("create", "Create a record", &once, Some("create"), of("201", "The record.", name)),
    });
    let record = json!({
        "parameters": [id],
        "get": operation("get", "Get a record", &json!([fields, expand]), None, of("200", "The record.", name)),
        "patch": operation("update", "Change a record", &if_match, Some("update"), of("200", "The record.", name)),
        "put": operation("upsert", "Create or replace a record", &if_match, Some("create"), put),
        "delete": operation("delete", "Delete a record", &if_match, None, gone),
    });
    (records, record)
}

fn answers(mut answers: Map<String, Value>) -> Value {
    let content = json!({"application/problem+json": {"schema": refer(PROBLEM)}});
    for (range, what) in
        [("4XX", "The request cannot be carried out as it stands."), ("5XX", "The server failed.")]
    {
        answers.insert(range.to_owned(), json!({"description": what, "content": content}));
    }
    answers.into()
}

/// RFC 9457.
fn problem() -> Value {
    let text = || json!({"type": "string"});
    json!({
        "type": "object",
        "required": ["type", "title", "status", "detail", "code"],
        "properties": {
            "type": text(), "title": text(), "status": {"type": "integer"}, "detail": text(), "instance": text(),
            "code": text(), "request_id": text(),
            "errors": {"type": "array", "items": {
                "type": "object",
                "required": ["pointer", "code", "message"],
                "properties": {"pointer": text(), "code": text(), "message": text()},
            }},
        },
    })
}
