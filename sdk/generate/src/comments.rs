//! Documentation as one comment per line.
//!
//! The generator writes a text of several lines as one attribute. Printed, that is a block comment, whose indented
//! lines rustdoc takes for code to be tested.

use syn::visit_mut::VisitMut;
use syn::{Attribute, Expr, ExprLit, File, Lit, Meta, parse_quote};

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
