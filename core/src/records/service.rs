//! The way to a collection's records, and what its operations share.

use std::fmt;
use std::sync::Arc;

use sea_query::Value;
use uuid::Uuid;

use super::batch::References;
use super::column::{bind, bind_time, quote, read};
use super::error::RecordError;
use super::incoming::Incoming;
use super::input::{Reading, RecordInput};
use super::layout::{Column, FIXED, Layout};
use super::query::Plan;
use super::storage::Storage;
use super::value::FieldValue;
use super::veil::Veiled;
use crate::access::{Actor, Denied, Permission as _, RecordsRead, RecordsWrite, TenantScope};
use crate::auth::ProofNeeded;
use crate::clock::Timestamp;
use crate::collections::{Auto, Collection};
use crate::dialect::Dialect;
use crate::expr::Checked;
use crate::invalid::Invalid;
use crate::slow_queries::{Asked, Operation};
use crate::store::{Row, Sql, StoreError, Tx};
pub use crate::version::{ETag, Precondition};

/// A record's id: a UUID, of version 7 where the server made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RecordId(Uuid);

impl RecordId {
    /// Reads the hyphenated form, in which ids are written.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 36 {
            return None;
        }
        Uuid::try_parse(text).ok().map(Self)
    }

    pub(crate) const fn new(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// The id as a database holds it.
    pub const fn as_uuid(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(formatter)
    }
}

/// A record as JSON.
#[derive(Debug, Clone)]
pub struct RecordBody {
    /// Its id.
    pub id: RecordId,
    /// Its version.
    pub etag: ETag,
    /// The object.
    pub json: Vec<u8>,
}

impl RecordBody {
    /// The record in an answer that was kept: its id and version stand in its JSON. `None` if they do not.
    pub fn kept(json: Vec<u8>) -> Option<Self> {
        #[derive(serde::Deserialize)]
        struct Head<'j> {
            id: &'j str,
            updated_at: &'j str,
        }
        let head: Head<'_> = serde_json::from_slice(&json).ok()?;
        let (id, etag) = (RecordId::parse(head.id)?, ETag::new(Timestamp::parse(head.updated_at)?));
        Some(Self { id, etag, json })
    }
}

/// The records of a collection, as one actor may work with them.
pub struct Records<'s> {
    pub(super) scope: &'s TenantScope,
    pub(super) collection: Arc<Collection>,
}

/// Which records an actor may touch.
#[derive(Debug, Clone)]
pub(super) enum Access {
    All,
    /// Those that meet the rule, and of their fields what is not veiled.
    Ruled(Checked, Veiled),
}

impl Access {
    /// Whether the actor may know of the column.
    pub(super) const fn shows(&self, column: &Column) -> bool {
        matches!(self, Self::All) || !column.hidden
    }

    /// Whether the actor may ask for the column at that place, which tells of it in every record.
    pub(super) fn asks(&self, at: usize, column: &Column) -> bool {
        match self {
            Self::All => true,
            Self::Ruled(_, veiled) => !column.hidden && !veiled.contains(at),
        }
    }
}

/// What is done with records, as far as rules tell it apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Verb {
    List,
    View,
    Create,
    Update,
    Delete,
}

impl TenantScope {
    /// The records of the collection of that name or id.
    pub fn records(&self, collection: &str) -> Result<Records<'_>, RecordError> {
        let found = self.tenant().find_collection(collection).ok_or(RecordError::NoCollection)?;
        Ok(Records { scope: self, collection: Arc::clone(found) })
    }
}

impl Records<'_> {
    /// The collection.
    pub fn collection(&self) -> &Collection {
        &self.collection
    }

    pub(super) fn layout(&self) -> &Layout {
        &self.collection.layout
    }

    /// Refuses writes where there is nothing to be written to. Each of them asks, or takes an input that did.
    pub(super) fn is_writable(&self) -> Result<(), RecordError> {
        if self.collection.is_view() { Err(RecordError::View) } else { Ok(()) }
    }

    /// Reads what was sent for a record, field by field. Hidden fields are unknown to those who do not write past the
    /// rules.
    pub fn input(&self, body: &[u8]) -> Result<RecordInput, RecordError> {
        self.is_writable()?;
        Ok(self.input_with(body, false, &References::default())?)
    }

    /// The same of what is to be changed of a record, where a value may be told by what is to be done to the one that is
    /// there.
    pub fn patch(&self, body: &[u8]) -> Result<RecordInput, RecordError> {
        self.is_writable()?;
        Ok(self.input_with(body, true, &References::default())?)
    }

    /// The same of a collection that is no view, where relations may name records that are made by the same request.
    pub(super) fn input_with(
        &self,
        body: &[u8],
        changes: bool,
        made: &References,
    ) -> Result<RecordInput, Invalid> {
        let hidden = !self.layout().has_hidden() || self.scope.permit::<RecordsWrite>().is_ok();
        RecordInput::parse(&self.collection, body, Reading { hidden, changes, made })
    }

    /// What a statement that concerns one record is run for.
    pub(super) fn asked_one(&self, operation: Operation, verb: Verb) -> Asked<'static> {
        let ruled = self.access(verb).is_ok_and(|access| access.is_ruled());
        Asked { ruled, ..Asked::new(operation, self.collection.id()) }
    }

    /// Whether the actor makes records here: users are made by auth, which acts as a part of the system.
    pub(super) fn not_users(&self) -> Result<(), RecordError> {
        let is_auth = matches!(self.scope.actor(), Actor::System(_));
        if self.collection.users.is_some() && !is_auth { Err(RecordError::MadeByAuth) } else { Ok(()) }
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.scope.platform().store().dialect()
    }

    /// The condition that a rule puts on the record of that id; none for whom no rule binds.
    pub(super) fn rule(
        &self,
        verb: Verb,
        id: RecordId,
        incoming: impl FnOnce() -> Incoming,
    ) -> Result<Option<Question>, Denied> {
        let Access::Ruled(rule, _) = self.access(verb)? else { return Ok(None) };
        self.ask_rule(verb, &rule, id, incoming)
    }

    /// The same for somebody who makes a user of themselves. Where the collection has no rule for that, the settings of
    /// auth alone say who does, but the rules of fields are asked all the same.
    pub(super) fn rule_of_newcomer(
        &self,
        id: RecordId,
        incoming: impl FnOnce() -> Incoming,
    ) -> Result<Option<Question>, Denied> {
        match self.access(Verb::Create) {
            Ok(_) => self.rule(Verb::Create, id, incoming),
            Err(_) => {
                self.ask_rule(Verb::Create, &Checked::always(&self.collection.model.table), id, incoming)
            }
        }
    }

    fn ask_rule(
        &self,
        verb: Verb,
        rule: &Checked,
        id: RecordId,
        incoming: impl FnOnce() -> Incoming,
    ) -> Result<Option<Question>, Denied> {
        let of_fields: &[_] = if verb == Verb::Delete { &[] } else { &self.collection.field_rules.write };
        if rule.is_true() && of_fields.is_empty() {
            return Ok(None);
        }
        let incoming = incoming();
        let sent = of_fields.iter().map(|(field, _)| field);
        let fields: Vec<_> = sent.filter(|field| incoming.is_sent(self.layout(), field)).cloned().collect();
        if rule.is_true() && fields.is_empty() {
            return Ok(None);
        }
        let denied = || Denied { needs: RecordsWrite::NAME };
        let asked = |plan: &Plan| {
            let dialect = self.dialect();
            let input = |field: &str, part| incoming.answer(self.layout(), dialect, field, part);
            plan.asked(&self.scope.bindings(), &input, id)
        };
        let rules = &self.collection.write_rules;
        let alone = rules.alone(verb).map(asked);
        let question = if fields.is_empty() {
            Question { sql: alone.ok_or_else(denied)?, alone: None, fields }
        } else {
            Question { sql: rules.of(verb).map(asked).ok_or_else(denied)?, alone, fields }
        };
        if incoming.is_missed() { Err(denied()) } else { Ok(Some(question)) }
    }

    /// Which records may be touched: all by a scope, else those that the rule names.
    pub(super) fn access(&self, verb: Verb) -> Result<Access, Denied> {
        let rules = &self.collection.rules;
        let (permit, rule) = match verb {
            Verb::List => (self.scope.permit::<RecordsRead>().map(drop), &rules.list),
            Verb::View => (self.scope.permit::<RecordsRead>().map(drop), &rules.view),
            Verb::Create => (self.scope.permit::<RecordsWrite>().map(drop), &rules.create),
            Verb::Update => (self.scope.permit::<RecordsWrite>().map(drop), &rules.update),
            Verb::Delete => (self.scope.permit::<RecordsWrite>().map(drop), &rules.delete),
        };
        match (permit, rule) {
            (Ok(()), _) => Ok(Access::All),
            (Err(_), Some(rule)) => Ok(Access::Ruled(rule.clone(), self.veiled())),
            (Err(denied), None) => Err(denied),
        }
    }
}

/// A row's values: id, when it was made and last written, and its fields.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) id: RecordId,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    pub(super) values: Vec<FieldValue>,
}

impl Stored {
    /// The record with every field.
    pub(super) fn json(&self, layout: &Layout) -> Vec<u8> {
        self.json_without(layout, &[])
    }

    /// The record without the columns at those places.
    fn json_without(&self, layout: &Layout, left_out: &[usize]) -> Vec<u8> {
        let mut out = Vec::with_capacity(128 + layout.columns.len() * 32);
        let fixed = [
            FieldValue::Uuid(self.id.as_uuid()),
            FieldValue::Datetime(self.created_at),
            FieldValue::Datetime(self.updated_at),
        ];
        let values = fixed.iter().chain(&self.values);
        for (at, (key, value)) in layout.keys.iter().zip(values).enumerate() {
            if left_out.contains(&at) {
                continue;
            }
            out.push(if at == 0 { b'{' } else { b',' });
            out.extend_from_slice(key);
            value.write_json(&mut out);
        }
        out.push(b'}');
        out
    }

    /// The answer to a write, from the record as the change log has it.
    pub(super) fn body(&self, layout: &Layout, whole: &[u8], left_out: &[usize]) -> RecordBody {
        let json = if left_out.is_empty() { whole.to_vec() } else { self.json_without(layout, left_out) };
        RecordBody { id: self.id, etag: ETag::new(self.updated_at), json }
    }

    /// Sets what the server sets: everything of a new record, else what tells of a change.
    pub(super) fn set_automatic(&mut self, layout: &Layout, new: bool) {
        for (place, auto) in &layout.automatic {
            if let Some(value) = self.values.get_mut(*place)
                && (new || *auto == Auto::Update)
            {
                *value = FieldValue::Datetime(self.updated_at);
            }
        }
    }

    /// Sets what the server sets of a record that is made again: when that was first, and when it is now.
    pub(super) fn set_automatic_again(&mut self, layout: &Layout) {
        for (place, auto) in &layout.automatic {
            if let Some(value) = self.values.get_mut(*place) {
                *value = FieldValue::Datetime(match auto {
                    Auto::Create => self.created_at,
                    Auto::Update => self.updated_at,
                });
            }
        }
    }

    pub(super) fn insert(&self, layout: &Layout, dialect: Dialect) -> Sql {
        let fixed = [
            Value::Uuid(Some(self.id.as_uuid())),
            bind_time(self.created_at, dialect),
            bind_time(self.updated_at, dialect),
        ];
        let fields = layout.columns.iter().skip(FIXED.len()).zip(&self.values);
        let fields = fields.flat_map(|(column, value)| {
            let shadows = column.shadows.iter().map(move |shadow| shadow.bind(value));
            std::iter::once(bind(&column.kind, value, dialect)).chain(shadows)
        });
        Sql::new(Arc::clone(&layout.insert), fixed.into_iter().chain(fields).collect())
    }

    /// Writes the fields at `places`, and when that was.
    pub(crate) fn update(&self, layout: &Layout, places: &[usize], dialect: Dialect) -> Sql {
        let mut text = format!("UPDATE {} SET {} = ?", layout.source, quote("updated_at", dialect));
        let mut values = vec![bind_time(self.updated_at, dialect)];
        for &place in places {
            let (Some(column), Some(value)) =
                (layout.columns.get(place + FIXED.len()), self.values.get(place))
            else {
                continue;
            };
            let mut set = |name: &str, storage: Storage, value| {
                text.push_str(", ");
                text.push_str(&quote(name, dialect));
                text.push_str(" = ");
                text.push_str(storage.placeholder(dialect));
                values.push(value);
            };
            set(&column.stored, Storage::of(&column.kind), bind(&column.kind, value, dialect));
            for shadow in &column.shadows {
                set(&shadow.name, shadow.storage(), shadow.bind(value));
            }
        }
        text.push_str(" WHERE id = ?");
        values.push(Value::Uuid(Some(self.id.as_uuid())));
        Sql::new(dialect.placeholders(&text), values)
    }
}

/// What is asked of a record before it is written: the collection's rule, and those of fields that are sent.
#[derive(Debug, Clone)]
pub(super) struct Question {
    /// Finds a row where all of it holds.
    sql: Sql,
    /// The same of the collection's rule alone, where that is not all and does not hold for every record.
    alone: Option<Sql>,
    /// The fields that are sent and have rules of their own.
    fields: Vec<String>,
}

impl Question {
    /// Whether it holds. Where nothing but the rule of a field stands against it, that is said.
    pub(super) async fn holds(&self, tx: &mut Tx<'_>) -> Result<bool, RecordError> {
        if !tx.query(&self.sql, |_| Ok(())).await?.is_empty() {
            return Ok(true);
        }
        if self.fields.is_empty() {
            return Ok(false);
        }
        let is_fields = match &self.alone {
            Some(alone) => !tx.query(alone, |_| Ok(())).await?.is_empty(),
            None => true,
        };
        if is_fields { Err(RecordError::FieldsForbidden { fields: self.fields.clone() }) } else { Ok(false) }
    }

    /// The same of another record.
    #[must_use]
    pub(super) fn of(mut self, id: RecordId) -> Self {
        // The id is what such a statement takes last.
        for sql in std::iter::once(&mut self.sql).chain(&mut self.alone) {
            if let Some(last) = sql.values.last_mut() {
                *last = id.as_uuid().into();
            }
        }
        self
    }
}

/// The record of that id, held against other writers, if it is there and the rule lets it be touched.
pub(super) async fn find_locked(
    tx: &mut Tx<'_>,
    layout: &Layout,
    id: RecordId,
    rule: Option<&Question>,
) -> Result<Option<Stored>, RecordError> {
    let sql = Sql::new(Arc::clone(&layout.by_id_locked), vec![Value::Uuid(Some(id.as_uuid()))]);
    let found = tx.query(&sql, |row| read_stored(layout, row)).await?;
    // Asked only now that nobody else can change the record.
    if let Some(rule) = rule
        && !rule.holds(tx).await?
    {
        return Ok(None);
    }
    Ok(found.into_iter().next())
}

/// A row of every column.
pub(crate) fn read_stored(layout: &Layout, row: &Row<'_>) -> Result<Stored, StoreError> {
    let mut values = Vec::with_capacity(layout.columns.len());
    for (at, column) in layout.columns.iter().enumerate() {
        values.push(read(&column.kind, row, at)?);
    }
    let fields = values.split_off(FIXED.len().min(values.len()));
    match values.as_slice() {
        [FieldValue::Uuid(id), FieldValue::Datetime(created_at), FieldValue::Datetime(updated_at)] => {
            Ok(Stored {
                id: RecordId::new(*id),
                created_at: *created_at,
                updated_at: *updated_at,
                values: fields,
            })
        }
        _ => Err(StoreError::Column { column: 0, wanted: "an id and two instants" }),
    }
}

/// One entry of the change log.
pub(super) struct ChangeEntry {
    pub(super) operation: &'static str,
    pub(super) before: Option<Vec<u8>>,
    pub(super) after: Option<Vec<u8>>,
}

/// What every change log entry of one request has in common.
#[derive(Clone)]
pub(super) struct Author {
    tenant: Uuid,
    collection: Uuid,
    actor: String,
    request: String,
    /// What a user has to have proved to delete a user.
    proof_needed: Option<ProofNeeded>,
}

impl Records<'_> {
    pub(super) fn author(&self) -> Author {
        Author {
            tenant: self.scope.tenant().id().as_uuid(),
            collection: self.collection.id().as_uuid(),
            actor: self.scope.actor().to_string(),
            request: self.scope.request().as_str().to_owned(),
            proof_needed: ProofNeeded::of(self.scope),
        }
    }
}

impl Author {
    /// The tenant and the collection of the changes.
    pub(super) const fn place(&self) -> (Uuid, Uuid) {
        (self.tenant, self.collection)
    }

    /// The same, of changes in another collection.
    pub(super) fn of(&self, collection: &Collection) -> Self {
        Self { collection: collection.id().as_uuid(), ..self.clone() }
    }

    /// Whether it may delete users: a user only who has shown a short while ago that it is them.
    pub(super) async fn may_delete_users(&self, tx: &mut Tx<'_>) -> Result<bool, StoreError> {
        match self.proof_needed {
            Some(needed) => needed.is_met(tx).await,
            None => Ok(true),
        }
    }

    /// Appends to the change log, in the transaction of the write.
    pub(super) async fn log(
        self,
        tx: &mut Tx<'_>,
        id: RecordId,
        at: Timestamp,
        entry: ChangeEntry,
    ) -> Result<(), StoreError> {
        const INSERT: &str = "INSERT INTO changes (tenant_id, collection_id, record_id, operation, before_record, \
                              after_record, actor, request_id, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
        const NUMBERED: &str = "INSERT INTO changes (tenant_id, collection_id, record_id, operation, \
                                before_record, after_record, actor, request_id, at) \
                                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let text = |json: Option<Vec<u8>>| -> Result<Value, StoreError> {
            let text = json.map(String::from_utf8).transpose();
            text.map(Value::String).map_err(|error| StoreError::Fault(error.into()))
        };
        let values = vec![
            self.tenant.into(),
            self.collection.into(),
            id.as_uuid().into(),
            entry.operation.into(),
            text(entry.before)?,
            text(entry.after)?,
            self.actor.into(),
            self.request.into(),
            at.as_micros().into(),
        ];
        let insert = if tx.dialect() == Dialect::Postgres { NUMBERED } else { INSERT };
        tx.execute(&Sql::new(insert, values)).await.map(drop)
    }
}

/// What a failed read means: a sum of a view may be beyond what a number here can be.
pub(super) fn unread(error: StoreError) -> RecordError {
    if error.is_out_of_range() {
        let message = "a sum that the view shows is beyond the numbers of 64 bits";
        return Invalid::one("", "out_of_range", message).into();
    }
    error.into()
}

/// Says what a refusal by an index means for the client.
pub(super) fn refused(error: StoreError, collection: &Collection, dialect: Dialect) -> RecordError {
    if error.is_too_long_for_an_index() {
        let message = "a text of the record is too long for an index that it stands in";
        return Invalid::one("", "too_long", message).into();
    }
    let StoreError::Unique { constraint } = &error else { return error.into() };
    let table = &collection.layout.table;
    let own_key = match dialect {
        Dialect::Sqlite => constraint.ends_with(&format!("{table}.id")),
        Dialect::Postgres => *constraint == format!("{table}_pkey"),
        Dialect::MariaDb => constraint.ends_with(" for key 'PRIMARY'"),
    };
    if own_key {
        return RecordError::Exists;
    }
    let names = |columns: &[String]| {
        columns.iter().map(|column| format!("{table}.{column}")).collect::<Vec<_>>().join(", ")
    };
    let broken =
        crate::collections::indexes(collection.id(), collection.definition()).into_iter().find(|index| {
            index.unique
                && match dialect {
                    Dialect::Sqlite => constraint.ends_with(&format!(": {}", names(&index.columns))),
                    Dialect::Postgres => *constraint == index.name,
                    // Before it stands the value, in which anything may stand.
                    Dialect::MariaDb => constraint.ends_with(&format!(" for key '{}'", index.name)),
                }
        });
    // Which hidden field it was is not for everybody.
    let visible = |field: &String| {
        let place = collection.layout.column(field).and_then(|at| collection.layout.columns.get(at));
        place.is_none_or(|column| !column.hidden)
    };
    broken.map_or(error.into(), |index| RecordError::NotUnique {
        fields: index.fields.into_iter().filter(visible).collect(),
    })
}
