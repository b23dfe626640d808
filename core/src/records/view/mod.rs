//! What a view shows, as a query: its text stands in the place of a table in each statement that reads the view.
//!
//! So a view needs no care of the database's: filters, sorts and cursors of those who read it reach the indexes of what
//! it shows, a change of that is a change of the text, and row-level security binds it as it binds the tables in it.
//! Constants are a part of the text; no `?` is, which other parts of a statement have for their values.

mod group;
mod path;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use sea_query::Value;

use self::path::{Paths, Reached};
use super::column::quote;
use super::storage::Storage;
use crate::collections::{Definition, Field, FieldName, FieldRules, FieldType, View, partial};
use crate::dialect::Dialect;
use crate::expr::{self, Catalogue, Model, Vocabulary};
use crate::ids::CollectionId;
use crate::invalid::{Findings, Invalid};

/// The collections that views can show.
pub(crate) struct Designs<'d> {
    pub(crate) each: HashMap<CollectionId, &'d Definition>,
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) dialect: Dialect,
}

/// The fields of a view, and its query in brackets.
pub(crate) fn derive(view: &View, designs: &Designs<'_>) -> Result<(Vec<Field>, Arc<str>), Invalid> {
    let source = designs.each.get(&view.collection).zip(designs.catalogue.get(view.collection));
    let Some((design, model)) = source else {
        return Err(Invalid::one(
            "/collection",
            "unknown_collection",
            "the collection that it shows is gone",
        ));
    };
    let mut findings = Findings::default();
    let filter = findings.take("/filter", filter(view, model, designs));
    let mut paths = Paths::new(designs, design, &model.table);
    let shown = if view.group_by.is_empty() {
        records(view, &mut paths, &mut findings)
    } else {
        group::groups(view, &mut paths, &mut findings)
    };
    let Shown { fields, columns, end } = shown;
    let text = format!(
        "(SELECT {} FROM {}{}{}{end})",
        columns.join(", "),
        model.source,
        paths.joins(),
        filter.flatten().map(|filter| format!(" WHERE {filter}")).unwrap_or_default()
    );
    findings.finish(Some((fields, text.into())))
}

/// What a view selects, and what stands at the end of its query.
struct Shown {
    fields: Vec<Field>,
    columns: Vec<String>,
    end: String,
}

fn filter(view: &View, model: &Arc<Model>, designs: &Designs<'_>) -> Result<Option<String>, Invalid> {
    let Some(source) = view.filter.as_deref().filter(|filter| !filter.trim().is_empty()) else {
        return Ok(None);
    };
    let vocabulary = Vocabulary::of_view(Arc::clone(&designs.catalogue), Arc::clone(model));
    let checked = expr::parse(source, &vocabulary)
        .map_err(|error| Invalid::one("", "invalid_filter", error.to_string()))?;
    Ok(checked.to_joined_text(designs.dialect, &|value| constant(value, designs.dialect)))
}

/// A value written out, without a question mark.
fn constant(value: &Value, dialect: Dialect) -> String {
    let whole = partial::constant(value, dialect);
    let Value::String(Some(text)) = value else { return whole };
    if !text.contains('?') {
        return whole;
    }
    let parts = text.split('?').map(|part| partial::constant(&Value::String(Some(part.to_owned())), dialect));
    let parts: Vec<_> = parts.collect();
    match dialect {
        Dialect::Sqlite => format!("({})", parts.join(" || char(63) || ")),
        Dialect::Postgres => format!("({})", parts.join(" || chr(63) || ")),
        Dialect::MariaDb => format!("concat({})", parts.join(", char(63 USING utf8mb4), ")),
    }
}

/// A view whose records are those of its collection.
fn records(view: &View, paths: &mut Paths<'_>, findings: &mut Findings) -> Shown {
    let (table, dialect) = (paths.table(), paths.dialect());
    let mut columns: Vec<_> =
        super::layout::FIXED.iter().map(|(name, _)| format!("{table}.{name} AS {name}")).collect();
    let mut fields = Vec::with_capacity(view.fields.len());
    for (at, field) in view.fields.iter().enumerate() {
        let pointer = format!("/fields/{at}");
        let Some(reached) = findings.take(&pointer, paths.resolve(&field.path)) else { continue };
        let own = quote(field.name.as_str(), dialect);
        columns.push(format!("{} AS {own}", reached.column));
        columns.extend(reached.beside.iter().map(|(suffix, column)| {
            format!("{column} AS {}", quote(&format!("{}{suffix}", field.name), dialect))
        }));
        let Reached { kind, nullable, .. } = reached;
        fields.push(shown(field.name.clone(), kind, nullable));
    }
    Shown { fields, columns, end: String::new() }
}

/// A field of a view.
fn shown(name: FieldName, kind: FieldType, nullable: bool) -> Field {
    let kind = match kind {
        // No write goes through a view, so the server sets nothing there.
        FieldType::Datetime { .. } => FieldType::Datetime { auto: None },
        kind => kind,
    };
    Field {
        name,
        kind,
        required: false,
        nullable,
        unique: false,
        ignore_case: false,
        generation: 0,
        formerly: Vec::new(),
        hidden: false,
        rules: FieldRules::default(),
        computed: None,
        default: None,
        min: None,
        max: None,
    }
}

/// Names that are the same whatever their case, which are one column.
#[derive(Default)]
struct Names(HashSet<String>);

impl Names {
    fn take(&mut self, term: &str, name: &str) -> Result<FieldName, Invalid> {
        let wrong = |_| {
            let message = format!("`{term}` needs a name that a field can have, as in `total:{term}`");
            Invalid::one("", "invalid_name", message)
        };
        let name = FieldName::try_from(name.to_owned()).map_err(wrong)?;
        if !self.0.insert(name.as_str().to_ascii_lowercase()) {
            return Err(Invalid::one("", "duplicate", format!("there is a field `{name}` already")));
        }
        Ok(name)
    }
}

/// A value as text, by which groups are told apart. No two values have the same.
fn as_text(column: &str, kind: &FieldType, dialect: Dialect) -> String {
    match (Storage::of(kind), dialect) {
        (Storage::Text | Storage::Date, Dialect::Sqlite) | (Storage::Text, _) => column.to_owned(),
        (Storage::Float, Dialect::Sqlite) => format!("printf('%!.17g', {column} + 0.0)"),
        (Storage::Float, Dialect::Postgres) => format!("CAST({column} + 0.0 AS TEXT)"),
        (Storage::Float, Dialect::MariaDb) => format!("CAST({column} + 0e0 AS CHAR)"),
        // Neither depends on how the connection writes times.
        (Storage::Date, Dialect::Postgres) => format!("CAST({column} - DATE '2000-01-01' AS TEXT)"),
        (Storage::Time, Dialect::Postgres) => {
            format!("CAST(CAST(EXTRACT(EPOCH FROM {column}) * 1000000 AS BIGINT) AS TEXT)")
        }
        (Storage::Uuid, Dialect::Sqlite | Dialect::MariaDb) => format!("hex({column})"),
        (_, Dialect::Sqlite | Dialect::Postgres) => format!("CAST({column} AS TEXT)"),
        (_, Dialect::MariaDb) => format!("CAST({column} AS CHAR)"),
    }
}
