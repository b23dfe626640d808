//! What is known of a collection's table before any request: its columns and its statements.

use std::collections::HashMap;
use std::sync::Arc;

use super::column::{placeholder, quote, selected};
use crate::collections::{Definition, Field, FieldType};
use crate::dialect::Dialect;
use crate::expr::{FieldKind, Vocabulary};

/// Columns that stand before the fields: `id`, `created_at`, `updated_at`.
pub(crate) const FIXED: [(&str, FieldType); 3] =
    [("id", FieldType::Uuid), ("created_at", FieldType::Datetime), ("updated_at", FieldType::Datetime)];

/// A column: its name, and what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) kind: FieldType,
    pub(crate) nullable: bool,
}

/// A collection's table.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) table: String,
    /// The fixed columns, then the fields in their order.
    pub(crate) columns: Vec<Column>,
    /// Where a field stands among the fields.
    places: HashMap<String, usize>,
    pub(crate) insert: Arc<str>,
    /// The row of an id, held against other writers.
    pub(crate) by_id_locked: Arc<str>,
    pub(crate) delete: Arc<str>,
    /// `"name":` of each column, so that a row's JSON is written without looking at names.
    pub(crate) keys: Vec<Vec<u8>>,
}

impl Layout {
    pub(crate) fn new(table: String, definition: &Definition, dialect: Dialect) -> Self {
        let fixed =
            FIXED.into_iter().map(|(name, kind)| Column { name: name.to_owned(), kind, nullable: false });
        let own = definition.fields.iter().map(|field| Column {
            name: field.name.to_string(),
            kind: field.kind.clone(),
            nullable: field.nullable,
        });
        let columns: Vec<Column> = fixed.chain(own).collect();
        let list =
            |write: &dyn Fn(&Column) -> String| columns.iter().map(write).collect::<Vec<_>>().join(", ");
        let names = list(&|column| quote(&column.name, dialect));
        let marks = list(&|column| placeholder(&column.kind, dialect).to_owned());
        let select =
            format!("SELECT {} FROM {table}", list(&|column| selected(&column.name, &column.kind, dialect)));
        let by_id = dialect.placeholders(&format!("{select} WHERE id = ?"));
        let lock = if dialect == Dialect::Sqlite { "" } else { " FOR UPDATE" };
        let fields = definition.fields.iter().enumerate();
        Self {
            places: fields.map(|(at, field)| (field.name.to_string(), at)).collect(),
            keys: columns.iter().map(|column| format!("\"{}\":", column.name).into_bytes()).collect(),
            insert: dialect.placeholders(&format!("INSERT INTO {table} ({names}) VALUES ({marks})")).into(),
            by_id_locked: format!("{by_id}{lock}").into(),
            delete: dialect.placeholders(&format!("DELETE FROM {table} WHERE id = ?")).into(),
            columns,
            table,
        }
    }

    /// Where the field of that name stands among the fields.
    pub(crate) fn place(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }

    /// Where the column of that name stands among the columns.
    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        match FIXED.iter().position(|(fixed, _)| *fixed == name) {
            Some(fixed) => Some(fixed),
            None => self.place(name).map(|place| place + FIXED.len()),
        }
    }
}

/// The names that filters and rules of a collection may use.
pub(crate) fn vocabulary(fields: &[Field]) -> Vocabulary {
    let fixed = FIXED.into_iter().map(|(name, kind)| (name.to_owned(), kind_of(&kind)));
    Vocabulary::new(fixed.chain(fields.iter().map(|field| (field.name.to_string(), kind_of(&field.kind)))))
}

const fn kind_of(kind: &FieldType) -> FieldKind {
    match kind {
        FieldType::Text { .. } | FieldType::Select { .. } | FieldType::Email | FieldType::Url => {
            FieldKind::Text
        }
        FieldType::Int => FieldKind::Int,
        FieldType::Float => FieldKind::Float,
        FieldType::Decimal { scale } => FieldKind::Decimal { scale: *scale },
        FieldType::Bool => FieldKind::Bool,
        FieldType::Date => FieldKind::Date,
        FieldType::Datetime => FieldKind::DateTime,
        FieldType::Json => FieldKind::Json,
        FieldType::Uuid => FieldKind::Uuid,
    }
}
