//! Documentation: all of it, as one comment per line.
//!
//! The generator writes a text of several lines as one attribute. Printed, that is a block comment, whose indented
//! lines rustdoc takes for code to be tested. And it has none for a property that refers to a schema: the reference
//! alone is what it reads.

use std::collections::HashMap;

use serde_json::Value;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Expr, ExprLit, Field, File, ItemStruct, Lit, Meta, parse_quote};

/// What the document says about properties, by schema and name.
pub(crate) struct Properties(HashMap<(String, String), String>);

impl Properties {
    pub(crate) fn of(document: &Value) -> Self {
        let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
        let described = schemas.into_iter().flatten().flat_map(|(schema, object)| {
            let properties = object.get("properties").and_then(Value::as_object);
            properties.into_iter().flatten().filter_map(move |(name, property)| {
                Some(((schema.clone(), name.clone()), description(property)?.to_owned()))
            })
        });
        Self(described.collect())
    }

    /// Gives each field of the file's types that has no documentation what the document says.
    pub(crate) fn document(self, file: &mut File) {
        Describer { properties: self, schema: String::new() }.visit_file_mut(file);
    }
}

fn description(property: &Value) -> Option<&str> {
    let parts = property.get("allOf").and_then(Value::as_array).into_iter().flatten();
    let mut places = std::iter::once(property).chain(parts);
    places.find_map(|place| place.get("description")?.as_str())
}

struct Describer {
    properties: Properties,
    /// Whose fields these are.
    schema: String,
}

impl VisitMut for Describer {
    fn visit_item_struct_mut(&mut self, item: &mut ItemStruct) {
        self.schema = item.ident.to_string();
        visit_mut::visit_item_struct_mut(self, item);
    }

    fn visit_field_mut(&mut self, field: &mut Field) {
        let Some(name) = field.ident.as_ref().map(ToString::to_string) else { return };
        let documented = field.attrs.iter().any(|attribute| attribute.path().is_ident("doc"));
        let key = (self.schema.clone(), name.trim_end_matches('_').to_owned());
        if let Some(text) = self.properties.0.get(&key).filter(|_| !documented) {
            field.attrs.insert(0, parse_quote!(#[doc = #text]));
        }
    }
}

/// Splits all documentation of the file.
pub(crate) fn split(file: &mut File) {
    Splitter.visit_file_mut(file);
}

struct Splitter;

impl VisitMut for Splitter {
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<Attribute>) {
        *attributes = attributes.drain(..).flat_map(lines).collect();
    }
}

fn lines(attribute: Attribute) -> Vec<Attribute> {
    let Some(text) = text(&attribute) else { return vec![attribute] };
    let comment = |line: &str| {
        let line = if line.is_empty() { String::new() } else { format!(" {line}") };
        parse_quote!(#[doc = #line])
    };
    text.trim().lines().map(str::trim).map(comment).collect()
}

fn text(attribute: &Attribute) -> Option<String> {
    match &attribute.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}
