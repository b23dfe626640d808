//! A record as it is to be, found by fields that no two records have alike.
//!
//! Racing writers of one key meet at its unique index: the one whose insert is refused is made again, and finds the
//! other's record.

use sea_query::Value;

use super::column::{bind, quote};
use super::error::RecordError;
use super::incoming::Incoming;
use super::input::RecordInput;
use super::layout::FIXED;
use super::service::{RecordId, Records, Verb};
use super::storage::Storage;
use super::update::{Replacement, Target, Upserted};
use super::value::FieldValue;
use super::write::Terms;
use crate::collections::PhysicalIndex;
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
        self.not_users()?;
        // What is unique is not for those who may write nothing.
        self.access(Verb::Create).or_else(|_| self.access(Verb::Update))?;
        let index = self.unique_index(key)?;
        let (sent, fields_sent) = (input.id, input.sent());
        let values = input.complete(&self.collection)?;
        let find = self.find_by(&index, &values)?;
        let platform = self.scope.platform();
        let id = match sent {
            Some(id) => id,
            None => RecordId::new(new_uuid(platform.clock(), platform.rng())?),
        };
        let target = Target::Key { find, fields: index.fields, sent };
        let create = self.rule(Verb::Create, id, || Incoming::stored(&fields_sent));
        let update = self.rule(Verb::Update, id, || Incoming::whole(&fields_sent, &values, self.layout()));
        let work = self.work(None);
        let replacement = Replacement { work, id, target, values, precondition, create, update };
        self.scope.make_once(replacement, Undo::Savepoint, once).await
    }

    /// The unique index over the fields of a key.
    fn unique_index(&self, key: &str) -> Result<PhysicalIndex, Invalid> {
        let mut findings = Findings::default();
        let mut fields: Vec<&str> = Vec::new();
        let hidden = self.sees_hidden();
        for name in key.split(',').map(str::trim) {
            let column = self.layout().place(name).and_then(|at| self.layout().columns.get(at + FIXED.len()));
            match column {
                Some(column) if hidden || !column.hidden => fields.push(name),
                _ => findings.add("/key", "invalid_key", format!("there is no field `{name}`")),
            }
        }
        let fields = findings.finish(Some(fields))?;
        let covers = |index: &PhysicalIndex| {
            let same = |name: &&str| index.fields.iter().any(|field| field == *name);
            index.unique && index.fields.len() == fields.len() && fields.iter().all(same)
        };
        let indexes = crate::collections::indexes(self.collection.id(), self.collection.definition());
        indexes.into_iter().find(covers).ok_or_else(|| {
            let message = format!("`{key}` is no key: no field and no index says that these are unique");
            Invalid::one("/key", "invalid_key", message)
        })
    }

    /// The statement that finds the record of these values and holds it.
    fn find_by(&self, index: &PhysicalIndex, values: &[FieldValue]) -> Result<Sql, Invalid> {
        let mut findings = Findings::default();
        let (layout, dialect) = (self.layout(), self.dialect());
        let mut conditions = Vec::new();
        let mut bound: Vec<Value> = Vec::new();
        for (name, indexed) in index.fields.iter().zip(&index.columns) {
            let place = layout.place(name).unwrap_or_default();
            let (Some(column), Some(value)) = (layout.columns.get(place + FIXED.len()), values.get(place))
            else {
                continue;
            };
            if matches!(value, FieldValue::Null) {
                let message = format!("`{name}` is part of the key, and null is never the same");
                findings.add(format!("/{name}"), "required", message);
            }
            let (storage, value) = match column.shadows.iter().find(|shadow| shadow.name == *indexed) {
                Some(shadow) => (shadow.storage(), shadow.bind(value)),
                None => (Storage::of(&column.kind), bind(&column.kind, value, dialect)),
            };
            conditions.push(format!("{} = {}", quote(indexed, dialect), storage.placeholder(dialect)));
            bound.push(value);
        }
        let lock = if self.scope.platform().store().is_embedded() { "" } else { " FOR UPDATE" };
        let text = format!("{} WHERE {}{lock}", layout.select, conditions.join(" AND "));
        findings.finish(Some(Sql::new(dialect.placeholders(&text), bound)))
    }
}
