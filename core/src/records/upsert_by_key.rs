//! A record as it is to be, found by fields that no two records have alike.
//!
//! Racing writers of one key meet at its unique index: the one whose insert is refused is made again, and finds the
//! other's record.
//!
//! An index of some records only keeps apart those that meet its condition. So the record is sought among these, and
//! what is sent must be one of these.

use std::sync::Arc;

use sea_query::Value;

use super::column::{bind, quote};
use super::error::RecordError;
use super::incoming::Incoming;
use super::input::RecordInput;
use super::layout::FIXED;
use super::query::{Planner, resolved};
use super::service::{Precondition, RecordId, Records, Verb};
use super::storage::{Shadow, Storage};
use super::update::{Replacement, Target, Upserted};
use super::value::FieldValue;
use super::write::Terms;
use crate::collections::{PhysicalIndex, partial};
use crate::engine::Undo;
use crate::expr::Checked;
use crate::ids::new_uuid;
use crate::invalid::{Findings, Invalid};
use crate::slow_queries::Operation;
use crate::store::{Sql, StoreError};

/// Fields that no two records have alike, and how a record is found by them.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) fields: Vec<String>,
    /// Of each of the fields its place, and the place of its shadow where that is what the index has.
    places: Vec<(usize, Option<usize>)>,
    find: Arc<str>,
    /// What the statement takes after the fields' values.
    constants: Vec<Value>,
    /// Where only some records are kept apart: finds the one of an id if it is one of them.
    pub(super) meets: Option<Sql>,
}

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
        let replacement = self.replacement_by(self.key_to_write(key)?, input, precondition)?;
        let asked = self.asked_one(Operation::Upsert, Verb::Create);
        self.scope.make_once(replacement, Undo::Savepoint, once, asked).await
    }

    pub(super) fn replacement_by(
        &self,
        key: Key,
        input: RecordInput,
        precondition: Precondition,
    ) -> Result<Replacement, RecordError> {
        let (sent, fields_sent) = (input.id, input.sent());
        let kept = self.kept(&fields_sent);
        let values = input.complete(&self.collection)?;
        let find = self.find_by(&key, |place| values.get(place))?;
        let platform = self.scope.platform();
        let id = match sent {
            Some(id) => id,
            None => RecordId::new(new_uuid(platform.clock(), platform.rng())?),
        };
        let target = Target::Key { find, fields: key.fields, sent, meets: key.meets };
        let create = self.rule(Verb::Create, id, || Incoming::stored(&fields_sent));
        let update =
            self.rule(Verb::Update, id, || Incoming::whole(&fields_sent, &values, &kept, self.layout()));
        let work = self.work(None);
        Ok(Replacement { work, id, target, values, precondition, create, update, kept })
    }

    /// The key of these fields. What is unique is not for those who may write nothing.
    pub(super) fn key_to_write(&self, names: &str) -> Result<Key, RecordError> {
        self.not_users()?;
        self.access(Verb::Create).or_else(|_| self.access(Verb::Update))?;
        self.key(names, |message| Invalid::one("/key", "invalid_key", message))
    }

    /// The key of these fields, apart by commas.
    pub(super) fn key(&self, names: &str, refuse: impl Fn(String) -> Invalid) -> Result<Key, RecordError> {
        let left_out = self.left_out();
        let seen = |at: usize| !left_out.contains(&(at + FIXED.len()));
        let mut fields: Vec<&str> = Vec::new();
        for name in names.split(',').map(str::trim) {
            let place = self.layout().place(name).filter(|at| seen(*at));
            match place.and_then(|at| self.layout().columns.get(at + FIXED.len())) {
                Some(column) if column.computed => {
                    return Err(refuse(format!("`{name}` is computed, and a key is sent")).into());
                }
                Some(_) => fields.push(name),
                None => return Err(refuse(format!("there is no field `{name}`")).into()),
            }
        }
        let covers = |index: &PhysicalIndex| {
            let same = |name: &&str| index.fields.iter().any(|field| field == *name);
            index.unique && index.fields.len() == fields.len() && fields.iter().all(same)
        };
        let indexes = crate::collections::indexes(self.collection.id(), self.collection.definition());
        let mut covering: Vec<_> = indexes.into_iter().filter(covers).collect();
        covering.sort_by_key(|index| index.condition.is_some());
        let partial = covering.iter().filter(|index| index.condition.is_some()).count();
        if partial > 1 && partial == covering.len() {
            let message =
                format!("`{names}` is unique among several kinds of records, so it names none for sure");
            return Err(refuse(message).into());
        }
        let none =
            || refuse(format!("`{names}` is no key: no field and no index says that these are unique"));
        self.key_of(covering.into_iter().next().ok_or_else(none)?)
    }

    fn key_of(&self, index: PhysicalIndex) -> Result<Key, RecordError> {
        let (layout, dialect) = (self.layout(), self.dialect());
        let mut conditions = Vec::new();
        let mut places = Vec::new();
        for (name, indexed) in index.fields.iter().zip(&index.columns) {
            let place = layout.place(name).unwrap_or_default();
            let Some(column) = layout.columns.get(place + FIXED.len()) else { continue };
            let shadow = column.shadows.iter().position(|shadow| shadow.name == *indexed);
            let storage = shadow
                .and_then(|at| column.shadows.get(at))
                .map_or_else(|| Storage::of(&column.kind), Shadow::storage);
            conditions.push(format!("{} = {}", quote(indexed, dialect), storage.placeholder(dialect)));
            places.push((place, shadow));
        }
        let (mut constants, mut meets) = (Vec::new(), None);
        if let Some(condition) = self.condition_of(&index)? {
            let sql = condition.to_sql(dialect);
            conditions.push(sql.text().to_owned());
            constants = resolved(sql.params(), &self.scope.bindings());
            let planner = Planner { layout, dialect, veils: &[] };
            let plan = planner.one(&[condition], vec![0], 0);
            meets = Some(plan.sql(&self.scope.bindings(), &[], Some(Value::Uuid(None))));
        }
        let lock = if self.scope.platform().store().is_embedded() { "" } else { " FOR UPDATE" };
        let text = format!("{} WHERE {}{lock}", layout.select, conditions.join(" AND "));
        let find = dialect.placeholders(&text).into();
        Ok(Key { fields: index.fields, places, find, constants, meets })
    }

    /// The condition of an index of some records only.
    fn condition_of(&self, index: &PhysicalIndex) -> Result<Option<Checked>, StoreError> {
        let read = |source| partial::read(source, &self.collection.model);
        // It was checked when it was saved.
        index.condition.as_deref().map(read).transpose().map_err(|error| StoreError::Fault(error.into()))
    }

    /// The statement that finds the record of these values, by their fields' places, and holds it.
    pub(super) fn find_by<'v>(
        &self,
        key: &Key,
        value: impl Fn(usize) -> Option<&'v FieldValue>,
    ) -> Result<Sql, Invalid> {
        let mut findings = Findings::default();
        let mut bound: Vec<Value> = Vec::with_capacity(key.places.len() + key.constants.len());
        for (place, shadow) in &key.places {
            let Some(column) = self.layout().columns.get(place + FIXED.len()) else { continue };
            let Some(value) = value(*place).filter(|value| !matches!(value, FieldValue::Null)) else {
                let message = format!("records are found by `{}`, and null is never the same", column.name);
                findings.add(format!("/{}", column.name), "required", message);
                continue;
            };
            bound.push(match shadow.and_then(|at| column.shadows.get(at)) {
                Some(shadow) => shadow.bind(value),
                None => bind(&column.kind, value, self.dialect()),
            });
        }
        bound.extend_from_slice(&key.constants);
        findings.finish(Some(Sql::new(Arc::clone(&key.find), bound)))
    }
}
