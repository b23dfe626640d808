//! Indexes of some records only: those that meet a condition.
//!
//! The condition is a part of the index, in the database's own words and with its constants in the text. MariaDB has
//! no such indexes. There a generated column stands at the end of a unique one, null where the condition does not
//! hold, and nulls are never the same; one that is not unique simply holds every record.

use std::sync::Arc;

use sea_query::{MysqlQueryBuilder, PostgresQueryBuilder, QueryBuilder as _, SqliteQueryBuilder, Value};

use super::ddl::{Ddl, indexes};
use super::definition::Definition;
use super::field::Field;
use super::patch::Demand;
use crate::dialect::Dialect;
use crate::expr::{self, Checked, ExprError, Model, Vocabulary};
use crate::invalid::{Findings, Invalid};
use crate::records::layout::model;

/// Checks the conditions of all indexes.
pub(super) fn check(definition: &Definition, model: &Arc<Model>) -> Result<(), Invalid> {
    let mut findings = Findings::default();
    for (at, index) in definition.indexes.iter().enumerate() {
        let Some(source) = &index.condition else { continue };
        let checked = read(source, model)
            .map_err(|error| Invalid::one(format!("/{at}/where"), "invalid_condition", error.to_string()));
        findings.take("", checked);
    }
    findings.finish(Some(()))
}

/// Reads the condition of an index.
pub(crate) fn read(source: &str, model: &Arc<Model>) -> Result<Checked, ExprError> {
    expr::parse(source, &Vocabulary::of_index(Arc::clone(model)))
}

/// The condition of an index as a statement that makes it has it. `None` where it is none, and so has been refused.
pub(super) fn written(source: &str, model: &Arc<Model>, dialect: Dialect) -> Option<String> {
    read(source, model).ok()?.to_text(dialect, &|value| constant(value, dialect))
}

/// A value written out.
pub(super) fn constant(value: &Value, dialect: Dialect) -> String {
    match (value, dialect) {
        // The fewest digits, which every database reads back as the same number.
        (Value::Double(Some(number)), _) => format!("{number:e}"),
        (_, Dialect::Sqlite) => SqliteQueryBuilder.value_to_string(value),
        (_, Dialect::Postgres) => PostgresQueryBuilder.value_to_string(value),
        (_, Dialect::MariaDb) => MysqlQueryBuilder.value_to_string(value),
    }
}

/// MariaDB's column in the place of a condition, of the index of that name.
pub(super) fn column(index: &str) -> String {
    format!("${index}")
}

/// An index by what it keeps unique: its fields and columns, and the condition in SQL.
type Kept = (Vec<String>, Vec<String>, Option<String>);

impl Ddl {
    /// What unique indexes that are new ask of the records that are there, of those whose columns are there, too. The
    /// others are left to the database, which names no records.
    pub(super) fn uniques(
        &self,
        before: &Definition,
        after: &Definition,
        renames: &[(String, String)],
    ) -> Vec<Demand> {
        let was = |field: &Field| {
            let name = field.name.as_str();
            let from = renames.iter().find(|(_, to)| to == name).map_or(name, |(from, _)| from);
            let was = before.fields.iter().find(|was| was.name.as_str() == from)?;
            (was.generation == field.generation).then_some(was)
        };
        let kept = self.kept(before, &|field| Some(field));
        let wanted = self.kept(after, &was);
        let is_new = |wanted: &Kept| kept.iter().all(|kept| (&kept.1, &kept.2) != (&wanted.1, &wanted.2));
        let demand = |(fields, columns, condition)| Demand::Unique { fields, columns, condition };
        wanted.into_iter().filter(is_new).map(demand).collect()
    }

    /// The unique indexes of a design, with the columns of what `was` says that each field was.
    fn kept<'d>(
        &self,
        definition: &'d Definition,
        was: &dyn Fn(&'d Field) -> Option<&'d Field>,
    ) -> Vec<Kept> {
        let mut model = model(self.collection, definition, self.dialect);
        for field in &definition.fields {
            let name = field.name.as_str();
            match (was(field), model.fields.get_mut(name)) {
                (Some(was), Some(known)) => known.column = was.column(),
                _ => drop(model.fields.remove(name)),
            }
        }
        let model = Arc::new(model);
        let unique = indexes(self.collection, definition).into_iter().filter(|index| index.unique);
        let kept = unique.filter_map(|index| {
            let earlier = |(name, column): (&String, &String)| {
                let Some(field) = definition.fields.iter().find(|field| field.name.as_str() == name) else {
                    return Some(column.clone());
                };
                let was = was(field)?;
                // What stands beside the field's own column is there only where it was asked for.
                let suffix = column.strip_prefix(&field.column())?;
                (suffix.is_empty() || was.ignore_case).then(|| was.column() + suffix)
            };
            let columns = index.fields.iter().zip(&index.columns).map(earlier).collect::<Option<_>>()?;
            let condition = match &index.condition {
                Some(source) => Some(written(source, &model, self.dialect)?),
                None => None,
            };
            Some((index.fields, columns, condition))
        });
        kept.collect()
    }
}
