//! A record as it is to be, found by fields that no two records have alike.
//!
//! Racing writers of one key meet at its unique index: the one whose insert is refused is made again, and finds the
//! other's record.

use std::sync::Arc;

use sea_query::Value;

use super::column::{bind, quote};
use super::error::RecordError;
use super::input::RecordInput;
use super::layout::FIXED;
use super::service::{RecordId, Records, Verb};
use super::storage::Storage;
use super::update::{Replacement, Target, Upserted};
use super::value::FieldValue;
use super::write::Terms;
use crate::engine::Undo;
use crate::ids::new_uuid;
use crate::invalid::{Findings, Invalid};
use crate::store::Sql;

impl Records<'_> {
    /// Makes the record with the values that `input` has in the fields of `key` (apart by commas) what was sent, whether
    /// there is one or not.
    pub async fn upsert_by(
        &self,
        key: &str,
        input: RecordInput,
        terms: impl Into<Terms>,
    ) -> Result<Upserted, RecordError> {
        let Terms { precondition, once } = terms.into();
        let fields = self.unique_key(key)?;
        let sent = input.id;
        let values = input.complete(&self.collection)?;
        let find = self.find_by(&fields, &values)?;
        let platform = self.scope.platform();
        let id = match sent {
            Some(id) => id,
            None => RecordId::new(new_uuid(platform.clock(), platform.rng())?),
        };
        let target = Target::Key { find, fields, sent };
        let (create, update) = (self.rule(Verb::Create, id), self.rule(Verb::Update, id));
        let work = self.work(None);
        let replacement = Replacement { work, id, target, values, precondition, create, update };
        self.scope.make_once(replacement, Undo::Savepoint, once).await
    }

    /// The fields of a key, which a unique index must cover.
    fn unique_key(&self, key: &str) -> Result<Vec<String>, Invalid> {
        let mut findings = Findings::default();
        let mut fields: Vec<String> = Vec::new();
        let hidden = self.sees_hidden();
        for name in key.split(',').map(str::trim) {
            let place = self.layout().place(name).and_then(|at| self.layout().columns.get(at + FIXED.len()));
            match place {
                Some(column) if hidden || !column.hidden => fields.push(name.to_owned()),
                _ => findings.add("/key", "invalid_key", format!("there is no field `{name}`")),
            }
        }
        fields.sort_unstable();
        fields.dedup();
        let fields = findings.finish(Some(fields))?;
        let unique = crate::collections::indexes(self.collection.id(), self.collection.definition())
            .into_iter()
            .filter(|index| index.unique)
            .any(|index| {
                let mut covered = index.fields;
                covered.sort_unstable();
                covered == fields
            });
        if unique {
            return Ok(fields);
        }
        let message = format!("`{key}` is no key: no field and no index says that these are unique");
        Err(Invalid::one("/key", "invalid_key", message))
    }

    /// The statement that finds the record of these values and holds it.
    fn find_by(&self, key: &[String], values: &[FieldValue]) -> Result<Sql, Invalid> {
        let mut findings = Findings::default();
        let (layout, dialect) = (self.layout(), self.dialect());
        let mut conditions = Vec::new();
        let mut bound: Vec<Value> = Vec::new();
        for name in key {
            let place = layout.place(name).unwrap_or_default();
            let (Some(column), Some(value)) = (layout.columns.get(place + FIXED.len()), values.get(place))
            else {
                continue;
            };
            if matches!(value, FieldValue::Null) {
                let message = format!("`{name}` is part of the key, and null is never the same");
                findings.add(format!("/{name}"), "required", message);
            }
            let mark = Storage::of(&column.kind).placeholder(dialect);
            conditions.push(format!("{} = {mark}", quote(&column.name, dialect)));
            bound.push(bind(&column.kind, value, dialect));
        }
        let lock = if self.scope.platform().store().is_embedded() { "" } else { " FOR UPDATE" };
        let text = format!("{} WHERE {}{lock}", layout.select, conditions.join(" AND "));
        findings.finish(Some(Sql::new(Arc::<str>::from(dialect.placeholders(&text)), bound)))
    }
}
