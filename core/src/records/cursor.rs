//! Where a page begins: the values by which the last record of the page before stands in the order.
//!
//! A cursor is JSON in base64url. It holds nothing that the client has not been shown or could not ask for, and what
//! a client forges into it is a place in the order and nothing more.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sea_query::Value;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use super::column::bind;
use super::layout::Layout;
use super::query::Term;
use super::value::FieldValue;
use crate::dialect::Dialect;
use crate::invalid::Invalid;

/// A cursor that has been read.
#[derive(Debug)]
pub(super) struct Cursor {
    pub(super) nulls: Vec<bool>,
    pub(super) values: Vec<Value>,
}

/// Writes the cursor after a record of these values.
pub(super) fn write(values: &[FieldValue], question: &str) -> String {
    let mut json = format!("[\"{}\"", short(question)).into_bytes();
    for value in values {
        json.push(b',');
        value.write_json(&mut json);
    }
    json.push(b']');
    URL_SAFE_NO_PAD.encode(json)
}

/// Reads a cursor of a list with that order and question (its collection, and filter and sort as sent).
pub(super) fn read(
    text: &str,
    order: &[Term],
    layout: &Layout,
    question: &str,
    dialect: Dialect,
) -> Result<Cursor, Invalid> {
    let wrong = || Invalid::one("/cursor", "invalid_cursor", "this is no cursor of a page before");
    let json = URL_SAFE_NO_PAD.decode(text).map_err(|_| wrong())?;
    let parts: Vec<&RawValue> = serde_json::from_slice(&json).map_err(|_| wrong())?;
    let (first, sent) = parts.split_first().ok_or_else(wrong)?;
    if first.get().trim_matches('"') != short(question) {
        let message = "the cursor belongs to a list with another filter or sort; start again without it";
        return Err(Invalid::one("/cursor", "other_list", message));
    }
    if sent.len() != order.len() {
        return Err(wrong());
    }
    let mut cursor = Cursor { nulls: Vec::new(), values: Vec::new() };
    for (term, sent) in order.iter().zip(sent) {
        let (kind, nullable) = term.by.kind(layout).ok_or_else(wrong)?;
        let value = if sent.get() == "null" && nullable {
            FieldValue::Null
        } else {
            FieldValue::read_kind(kind, sent.get(), sent).ok_or_else(wrong)?
        };
        cursor.nulls.push(matches!(value, FieldValue::Null));
        cursor.values.push(bind(kind, &value, dialect));
    }
    Ok(cursor)
}

/// Enough of a digest to notice a mix-up.
fn short(question: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(question.as_bytes()).get(..6).unwrap_or_default())
}
