//! What is known of a collection's table before any request: its columns and its statements.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use super::column::{quote, selected};
use super::storage::{Shadow, Storage};
use super::value::FieldValue;
use crate::collections::{
    Auto, Definition, Field as DesignedField, FieldType, Index, IndexKind, link_table, table_name,
};
use crate::dialect::Dialect;
use crate::expr::{Field, FieldKind, Holds, Model};
use crate::ids::CollectionId;

/// Columns that stand before the fields: `id`, `created_at`, `updated_at`.
pub(crate) const FIXED: [(&str, FieldType); 3] = [
    ("id", FieldType::Uuid),
    ("created_at", FieldType::Datetime { auto: None }),
    ("updated_at", FieldType::Datetime { auto: None }),
];

/// A column: its name, and what it holds.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each says something else of a column")]
pub(crate) struct Column {
    /// The field's name.
    pub(crate) name: String,
    /// What it is called in the table.
    pub(crate) stored: String,
    pub(crate) kind: FieldType,
    pub(crate) nullable: bool,
    /// Whether the server computes it.
    pub(crate) computed: bool,
    /// Whether only those see it who read past the rules.
    pub(crate) hidden: bool,
    /// Whether a rule of its own says who reads it.
    pub(crate) ruled: bool,
    /// Columns that are written with it.
    pub(crate) shadows: Vec<Shadow>,
}

/// A collection's table.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) table: String,
    /// The table as statements name it, which hold only as long as its columns are these.
    pub(crate) source: String,
    /// The fixed columns, then the fields in their order.
    pub(crate) columns: Vec<Column>,
    /// Where a field stands among the fields.
    places: HashMap<String, usize>,
    /// Fields that the server sets, by their places among the fields.
    pub(crate) automatic: Vec<(usize, Auto)>,
    /// Fields that the server computes, by the same.
    computed: Vec<usize>,
    pub(crate) insert: Arc<str>,
    /// `SELECT` of every column `FROM` the table.
    pub(crate) select: String,
    /// The row of an id, held against other writers.
    pub(crate) by_id_locked: Arc<str>,
    pub(crate) delete: Arc<str>,
    /// `"name":` of each column, so that a row's JSON is written without looking at names.
    pub(crate) keys: Vec<Vec<u8>>,
}

impl Layout {
    pub(crate) fn new(table: String, definition: &Definition, dialect: Dialect) -> Self {
        let columns = columns(definition);
        let list =
            |write: &dyn Fn(&Column) -> String| columns.iter().map(write).collect::<Vec<_>>().join(", ");
        // Shadows stand right after their column.
        let names = list(&|column| {
            let own = std::iter::once(&column.stored);
            let all = own.chain(column.shadows.iter().map(|shadow| &shadow.name));
            all.map(|name| quote(name, dialect)).collect::<Vec<_>>().join(", ")
        });
        let marks = list(&|column| {
            let own = std::iter::once(Storage::of(&column.kind));
            let all = own.chain(column.shadows.iter().map(Shadow::storage));
            all.map(|storage| storage.placeholder(dialect)).collect::<Vec<_>>().join(", ")
        });
        let source = match &definition.view {
            Some(view) => format!("{} AS {table}", view.select),
            None => source(&table, &columns, dialect),
        };
        let select = format!(
            "SELECT {} FROM {source}",
            list(&|column| selected(&column.stored, &column.kind, dialect))
        );
        let by_id = dialect.placeholders(&format!("{select} WHERE id = ?"));
        let lock = if dialect == Dialect::Sqlite { "" } else { " FOR UPDATE" };
        let fields = definition.fields.iter().enumerate();
        let automatic = fields.clone().filter_map(|(at, field)| match field.kind {
            FieldType::Datetime { auto } => auto.map(|auto| (at, auto)),
            _ => None,
        });
        Self {
            automatic: automatic.collect(),
            computed: fields
                .clone()
                .filter(|(_, field)| field.computed.is_some())
                .map(|(at, _)| at)
                .collect(),
            places: fields.map(|(at, field)| (field.name.to_string(), at)).collect(),
            keys: columns.iter().map(|column| format!("\"{}\":", column.name).into_bytes()).collect(),
            insert: dialect.placeholders(&format!("INSERT INTO {source} ({names}) VALUES ({marks})")).into(),
            by_id_locked: format!("{by_id}{lock}").into(),
            select,
            delete: dialect.placeholders(&format!("DELETE FROM {source} WHERE id = ?")).into(),
            columns,
            source,
            table,
        }
    }

    /// Where the field of that name stands among the fields.
    pub(crate) fn place(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }

    /// Fields that the server sets and computes with every change, by their places.
    pub(crate) fn touched(&self) -> impl Iterator<Item = usize> {
        let set = self.automatic.iter().filter(|(_, auto)| *auto == Auto::Update).map(|(place, _)| *place);
        set.chain(self.computed.iter().copied())
    }

    /// Puts back what the server set, where a record is replaced by what a client sent.
    pub(crate) fn keep_automatic(&self, before: &[FieldValue], values: &mut [FieldValue]) {
        for (place, _) in &self.automatic {
            if let (Some(before), Some(value)) = (before.get(*place), values.get_mut(*place)) {
                value.clone_from(before);
            }
        }
    }

    /// Whether some fields are not for everybody.
    pub(crate) fn has_hidden(&self) -> bool {
        self.columns.iter().any(|column| column.hidden)
    }

    /// The column of the field at that place.
    pub(crate) fn field_column(&self, place: usize) -> Option<&Column> {
        self.columns.get(place + FIXED.len())
    }

    /// Where the column of that name stands among the columns.
    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        match FIXED.iter().position(|(fixed, _)| *fixed == name) {
            Some(fixed) => Some(fixed),
            None => self.place(name).map(|place| place + FIXED.len()),
        }
    }
}

/// The fixed columns, then those of the fields.
fn columns(definition: &Definition) -> Vec<Column> {
    let fixed = FIXED.into_iter().map(|(name, kind)| Column {
        name: name.to_owned(),
        stored: name.to_owned(),
        kind,
        nullable: false,
        computed: false,
        hidden: false,
        ruled: false,
        shadows: Vec::new(),
    });
    let own = definition.fields.iter().map(|field| Column {
        name: field.name.to_string(),
        stored: field.column(),
        kind: field.kind.clone(),
        nullable: field.nullable,
        computed: field.computed.is_some(),
        hidden: field.hidden,
        ruled: field.rules.read.is_some(),
        shadows: Shadow::of(field),
    });
    fixed.chain(own).collect()
}

/// Postgres types the values of a prepared statement once: kept by a connection, it would read values of a field that
/// has another type by now as if they were of the old one. So the types stand in the text, which the statement is
/// kept by. The other two type values with each run.
fn source(table: &str, columns: &[Column], dialect: Dialect) -> String {
    if dialect != Dialect::Postgres {
        return table.to_owned();
    }
    let mut types = DefaultHasher::new();
    for column in columns {
        (&column.stored, Storage::of(&column.kind), column.shadows.len()).hash(&mut types);
    }
    format!("{table} /* {:016x} */", types.finish())
}

/// A collection as expressions know it.
pub(crate) fn model(id: CollectionId, definition: &Definition, dialect: Dialect) -> Model {
    let columns = columns(definition);
    let table = table_name(id.as_uuid());
    // A view's records have the links of what it shows.
    let linked = definition.view.as_ref().map_or(id, |view| view.collection);
    let field = |column: &Column| Field {
        column: column.stored.clone(),
        kind: kind_of(&column.kind),
        holds: holds(linked, &column.kind),
        hidden: column.hidden,
        ruled: column.ruled,
        computed: column.computed,
        unique: definition.view.is_none() && is_unique(definition, &column.name),
    };
    Model {
        id,
        name: definition.name.to_string(),
        source: match &definition.view {
            Some(view) => Arc::clone(&view.select),
            None => source(&table, &columns, dialect).into(),
        },
        table: table.into(),
        fields: columns.iter().map(|column| (column.name.clone(), field(column))).collect(),
    }
}

/// Whether no two records have the same value of a field, by an index of its values as they are.
fn is_unique(definition: &Definition, name: &str) -> bool {
    let by_itself = |field: &DesignedField| field.name.as_str() == name && field.unique && !field.ignore_case;
    let by_index = |index: &Index| {
        index.unique
            && index.kind == IndexKind::Ordered
            && index.condition.is_none()
            && index.fields.iter().eq([name])
    };
    definition.fields.iter().any(by_itself) || definition.indexes.iter().any(by_index)
}

fn holds(collection: CollectionId, kind: &FieldType) -> Holds {
    match kind {
        FieldType::Relation { collection: target, many: None, .. } => Holds::One(*target),
        FieldType::Relation { collection: target, many: Some(many), .. } => {
            Holds::Many { target: *target, links: link_table(collection.as_uuid(), many.link).into() }
        }
        FieldType::MultiSelect { .. } => Holds::Texts,
        FieldType::Json | FieldType::GeoPoint => Holds::Document,
        _ => Holds::Value,
    }
}

const fn kind_of(kind: &FieldType) -> FieldKind {
    match kind {
        FieldType::Text { .. }
        | FieldType::RichText { .. }
        | FieldType::Select { .. }
        | FieldType::Email
        | FieldType::Url => FieldKind::Text,
        FieldType::Int => FieldKind::Int,
        FieldType::Float => FieldKind::Float,
        FieldType::Decimal { scale, .. } => FieldKind::Decimal { scale: *scale },
        FieldType::Bool => FieldKind::Bool,
        FieldType::Date => FieldKind::Date,
        FieldType::Datetime { .. } => FieldKind::DateTime,
        FieldType::Json
        | FieldType::MultiSelect { .. }
        | FieldType::Relation { many: Some(_), .. }
        | FieldType::GeoPoint
        | FieldType::Vector { .. } => FieldKind::Json,
        FieldType::Uuid | FieldType::Relation { many: None, .. } => FieldKind::Uuid,
    }
}
