//! How a list would be carried out: its statement, what the database makes of it, and which index would help.

use futures_util::FutureExt as _;
use sea_query::Value;

use super::column::quote;
use super::error::RecordError;
use super::list::{DEFAULT_LIMIT, ListQuery};
use super::query::Term;
use super::service::{Access, Records};
use crate::access::{Permit, RecordsRead};
use crate::collections::{PhysicalIndex, indexes, partial};
use crate::dialect::Dialect;
use crate::expr::{Checked, Sought};
use crate::invalid::Invalid;
use crate::store::{Row, Sql, StoreError};

/// How a list is carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The statement, with the collection's name for its table.
    pub sql: String,
    /// What the database says it does, line by line.
    pub plan: Vec<String>,
    /// Fields of an index that would find or sort the records and is not there.
    pub missing_index: Option<Vec<String>>,
}

impl Records<'_> {
    /// Explains a list; with `ruled`, as those see it whom the collection's list rule binds. Only for those who may read
    /// all records: what a database says of its plan tells of values.
    pub async fn explain(
        &self,
        _: &Permit<RecordsRead>,
        query: &ListQuery,
        ruled: bool,
    ) -> Result<Explanation, RecordError> {
        let access = match (&self.collection.rules.list, ruled) {
            (_, false) => Access::All,
            (Some(rule), true) => Access::Ruled(rule.clone(), self.most_veiled()),
            (None, true) => {
                let message = "there is no list rule, so nobody whom rules bind gets a list";
                return Err(Invalid::one("/ruled", "no_rule", message).into());
            }
        };
        let special = self.special(query, &access)?;
        let plan = self.list_plan(query, &access, None, &[], &special)?;
        let conditions = self.conditions(query.filter.as_deref(), &access)?;
        let missing_index = self.missing_index(&conditions, &plan.order);
        let limit = Value::BigInt(Some(i64::from(DEFAULT_LIMIT) + 1));
        let statement = plan.sql(&self.scope.bindings(), &[], Some(limit));
        let dialect = self.dialect();
        let word = if dialect == Dialect::Sqlite { "EXPLAIN QUERY PLAN" } else { "EXPLAIN" };
        let explain = Sql::new(format!("{word} {}", statement.text), statement.values);
        let lines = self
            .scope
            .platform()
            .store()
            .read::<_, StoreError, _>(self.scope.place(), move |tx| {
                async move { tx.query(&explain, line).await }.boxed()
            })
            .await?;
        let names = self.names();
        Ok(Explanation {
            sql: self.readable(&statement.text, &names),
            plan: lines.iter().map(|line| self.readable(line, &names)).collect(),
            missing_index,
        })
    }

    /// What the database calls tables and indexes, with what people call them. Views and rules read those of others.
    pub(super) fn names(&self) -> Vec<(String, String)> {
        let names = self.scope.tenant().collections().flat_map(|collection| {
            let indexes = indexes(collection.id(), collection.definition()).into_iter();
            let indexes = indexes.map(|index| (index.name, format!("index({})", index.fields.join(", "))));
            std::iter::once((collection.layout.table.clone(), collection.name().to_owned())).chain(indexes)
        });
        names.collect()
    }

    /// An index of this order: what has one value, then what the list is sorted by, or else what lies in a range.
    /// Nothing is said of a view, whose fields are those of others.
    pub(super) fn missing_index(&self, conditions: &[Checked], order: &[Term]) -> Option<Vec<String>> {
        if self.collection.is_view() {
            return None;
        }
        let mut sought = Sought::default();
        for condition in conditions {
            sought.add(condition);
        }
        let layout = self.layout();
        let is_indexable = |name: &String| {
            let column = layout.column(name).and_then(|at| layout.columns.get(at));
            column.is_some_and(|column| column.kind.is_comparable())
        };
        sought.equal.retain(is_indexable);
        sought.ranged.retain(is_indexable);
        let one_record = |name: &String| {
            let fields = &self.collection.definition().fields;
            name == "id"
                || fields
                    .iter()
                    .any(|field| field.name.as_str() == name && field.unique && !field.ignore_case)
        };
        if sought.equal.iter().any(one_record) {
            return None;
        }
        // The id ends every order and every index.
        let sorted =
            order.iter().filter_map(|term| layout.columns.get(term.by.column()?)).map(|column| &column.name);
        let sorted: Vec<_> =
            sorted.take_while(|name| *name != "id").filter(|name| !sought.equal.contains(name)).collect();
        let one_way =
            order.windows(2).all(|pair| matches!(pair, [one, other] if one.descending == other.descending));
        let mut wanted = sought.equal.clone();
        if one_way && !sorted.is_empty() {
            wanted.extend(sorted.into_iter().cloned());
        } else {
            wanted.extend(sought.ranged.iter().find(|name| !sought.equal.contains(name)).cloned());
        }
        let is_own = |(field, column): (&String, &String)| {
            let found = layout.column(field).and_then(|at| layout.columns.get(at));
            found.is_some_and(|found| found.stored == *column)
        };
        // One of some records finds all that are asked for where its condition is asked for, too, whose values it need
        // not hold then.
        let settled = |index: &PhysicalIndex| {
            let mut settled = Sought::default();
            if let Some(source) = &index.condition {
                let read = partial::read(source, &self.collection.model).ok()?;
                settled.add(read.follows_from(conditions).then_some(&read)?);
            }
            Some(settled.equal)
        };
        let is_there = |index: &PhysicalIndex| {
            let Some(settled) = settled(index) else { return false };
            let open = sought.equal.iter().filter(|name| !settled.contains(name)).count();
            let (first, rest) = index.fields.split_at(open.min(index.fields.len()));
            let rest_wanted = wanted.get(sought.equal.len()..).unwrap_or_default();
            index.fields.iter().zip(&index.columns).all(is_own)
                && first.len() == open
                && first.iter().all(|field| sought.equal.contains(field) && !settled.contains(field))
                && rest.starts_with(rest_wanted)
        };
        let there = indexes(self.collection.id(), self.collection.definition());
        (!wanted.is_empty() && wanted != ["id"] && !there.iter().any(is_there)).then_some(wanted)
    }

    /// Names instead of those that the database knows.
    pub(super) fn readable(&self, text: &str, names: &[(String, String)]) -> String {
        let name = quote(self.collection.name(), self.dialect());
        let text = text.replace(&self.layout().source, &name);
        names.iter().fold(text, |text, (from, to)| text.replace(from, to))
    }
}

/// A step of the database's plan.
fn line(row: &Row<'_>) -> Result<String, StoreError> {
    match row {
        Row::Sqlite(_) => Ok(row.text(3)?.unwrap_or_default()),
        Row::Postgres(_) => Ok(row.text(0)?.unwrap_or_default()),
        Row::MariaDb(_) => {
            let (table, kind, key) = (row.text(2)?, row.text(3)?, row.text(5)?);
            let (table, kind) = (table.unwrap_or_default(), kind.unwrap_or_default());
            let key = key.map(|key| format!(" by {key}")).unwrap_or_default();
            let extra = row.text(9)?.filter(|extra| !extra.is_empty());
            Ok(format!(
                "{table}: {kind}{key}{}",
                extra.map(|extra| format!(" ({extra})")).unwrap_or_default()
            ))
        }
    }
}
