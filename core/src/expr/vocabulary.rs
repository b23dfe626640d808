//! The names an expression may use, and how the column behind each is stored.

use std::collections::BTreeMap;

use super::ir::{Column, Row};

/// How a field's column is typed and stored.
///
/// Fields of kind email, URL and select are [`Text`](Self::Text) here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FieldKind {
    /// Text, binary-collated.
    Text,
    /// A 64-bit integer.
    Int,
    /// A 64-bit float; never NaN.
    Float,
    /// A decimal, stored as a 64-bit integer: the value times 10 to the power of `scale`.
    Decimal {
        /// Digits after the point.
        scale: u32,
    },
    /// True or false: 0 and 1 in SQLite and MariaDB, `boolean` in PostgreSQL.
    Bool,
    /// A day: text `YYYY-MM-DD` in SQLite, `date` elsewhere.
    Date,
    /// An instant to the microsecond: microseconds since 1970 in SQLite, `timestamptz` in PostgreSQL,
    /// `DATETIME(6)` in UTC in MariaDB.
    DateTime,
    /// A JSON document; it can be compared with null only.
    Json,
    /// A UUID: 16 bytes in SQLite and MariaDB, `uuid` in PostgreSQL.
    Uuid,
}

impl FieldKind {
    /// The kind in words, with its article.
    pub(super) const fn described(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Int => "a whole number",
            Self::Float => "a number",
            Self::Decimal { .. } => "a decimal number",
            Self::Bool => "true or false",
            Self::Date => "a date",
            Self::DateTime => "a date and time",
            Self::Json => "JSON",
            Self::Uuid => "a UUID",
        }
    }

    pub(super) const fn is_number(self) -> bool {
        matches!(self, Self::Int | Self::Float | Self::Decimal { .. })
    }
}

/// The names an expression may use.
///
/// A field is written `year` or `record.year`, and with [`with_input`](Self::with_input) also `input.year`.
/// `auth`, `request`, `record` and `input` are always the roots of that name; a field so called is written
/// `record.auth`.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    fields: BTreeMap<String, (FieldKind, String)>,
    input: bool,
}

impl Vocabulary {
    /// A vocabulary of fields, each stored in the column of its name.
    pub fn new(fields: impl IntoIterator<Item = (String, FieldKind)>) -> Self {
        Self::stored(fields.into_iter().map(|(name, kind)| (name.clone(), kind, name)))
    }

    /// A vocabulary of fields, each with the name of its column.
    pub(crate) fn stored(fields: impl IntoIterator<Item = (String, FieldKind, String)>) -> Self {
        let fields = fields.into_iter().map(|(name, kind, stored)| (name, (kind, stored)));
        Self { fields: fields.collect(), input: false }
    }

    /// The same, with `input.…` for what a record is going to be.
    #[must_use]
    pub fn with_input(self) -> Self {
        Self { input: true, ..self }
    }

    pub(super) fn has_input(&self) -> bool {
        self.input
    }

    pub(super) fn find(&self, name: &str, row: Row) -> Option<Column> {
        let (kind, stored) = self.fields.get(name)?;
        Some(Column { row, name: name.to_owned(), stored: stored.clone(), kind: *kind })
    }

    /// The field whose name is nearest, if one is near enough to have been meant.
    pub(super) fn nearest(&self, name: &str) -> Option<&str> {
        nearest(name, self.fields.keys().map(String::as_str))
    }
}

/// The name that is nearest, if one is near enough to have been meant.
pub(super) fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let near = name.chars().count() / 3 + 1;
    known
        .map(|known| (distance(name, known), known))
        .min()
        .filter(|(distance, _)| *distance <= near)
        .map(|(_, known)| known)
}

/// Levenshtein distance, in characters, by the two-row method.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.chars().count()).collect();
    for (i, l) in left.chars().enumerate() {
        let mut diagonal = i;
        let mut last = i + 1;
        for (cell, r) in row.iter_mut().skip(1).zip(right.chars()) {
            let next = (*cell + 1).min(last + 1).min(diagonal + usize::from(l != r));
            diagonal = *cell;
            *cell = next;
            last = next;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}
