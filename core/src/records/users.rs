//! Users' records, as auth works with them: what it owns of them is read and set here, and nowhere else.

use sea_query::Value;
use serde_json::Value as Json;

use super::column::quote;
use super::create::Creation;
use super::error::RecordError;
use super::incoming::Incoming;
use super::input::RecordInput;
use super::layout::Layout;
use super::service::{Precondition, RecordBody, RecordId, Records, Stored, read_stored};
use super::update::Modification;
use super::value::FieldValue;
use crate::collections::Collection;
use crate::collections::users::UserFields;
use crate::dialect::Dialect;
use crate::invalid::{Findings, Invalid};
use crate::store::{Sql, StoreError, Tx};

/// A user as auth knows them.
#[derive(Debug, Clone)]
pub(crate) struct UserRecord {
    pub(crate) id: RecordId,
    pub(crate) email: Option<String>,
    pub(crate) verified: bool,
    pub(crate) disabled: bool,
    pub(crate) roles: Vec<String>,
    /// The record without what is hidden.
    pub(crate) body: RecordBody,
}

/// By what a user is found.
#[derive(Debug, Clone)]
pub(crate) enum UserKey {
    Id(RecordId),
    /// An address, whatever its case.
    Email(String),
}

/// What is to be set of what auth owns; `None` leaves it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Owned {
    /// Text, or null.
    pub(crate) email: Option<Json>,
    pub(crate) verified: Option<bool>,
    pub(crate) disabled: Option<bool>,
    pub(crate) roles: Option<Vec<String>>,
}

impl Owned {
    /// Puts the values among those of an input, and says of each what is wrong with it.
    fn put(
        self,
        collection: &Collection,
        fields: UserFields,
        input: &mut RecordInput,
    ) -> Result<(), Invalid> {
        let values = [
            (fields.email, self.email),
            (fields.verified, self.verified.map(Json::from)),
            (fields.disabled, self.disabled.map(Json::from)),
            (fields.roles, self.roles.map(Json::from)),
        ];
        let mut findings = Findings::default();
        for (place, value) in values {
            let (Some(field), Some(value)) = (collection.definition().fields.get(place), value) else {
                continue;
            };
            let read = findings.take(&format!("/{}", field.name), FieldValue::read_json(field, &value));
            if let Some(slot) = input.values.get_mut(place) {
                *slot = read;
            }
        }
        findings.finish(Some(()))
    }
}

impl UserRecord {
    /// The user of that key, from the users' collection.
    pub(crate) async fn find(
        tx: &mut Tx<'_>,
        collection: &Collection,
        key: &UserKey,
    ) -> Result<Option<Self>, StoreError> {
        let Some(fields) = collection.users else { return Ok(None) };
        let sql = key.find(collection, fields, tx.dialect());
        let found = tx.query(&sql, |row| read_stored(&collection.layout, row)).await?;
        Ok(found.into_iter().next().map(|stored| Self::new(&stored, collection, fields)))
    }

    fn new(stored: &Stored, collection: &Collection, fields: UserFields) -> Self {
        let layout = &collection.layout;
        let flag = |place: usize| matches!(stored.values.get(place), Some(FieldValue::Bool(true)));
        let email = match stored.values.get(fields.email) {
            Some(FieldValue::Text(email)) => Some(email.clone()),
            _ => None,
        };
        let roles = match stored.values.get(fields.roles) {
            Some(FieldValue::Json(roles)) => serde_json::from_str(roles.get()).unwrap_or_default(),
            _ => Vec::new(),
        };
        Self {
            id: stored.id,
            email,
            verified: flag(fields.verified),
            disabled: flag(fields.disabled),
            roles,
            body: stored.body(layout, &stored.json(layout), &left_out(layout)),
        }
    }
}

/// Takes an address away from whoever has it, for as long as the transaction lasts that is taken back.
pub(crate) async fn set_aside(
    tx: &mut Tx<'_>,
    collection: &Collection,
    email: &str,
) -> Result<(), StoreError> {
    let Some(fields) = collection.users else { return Ok(()) };
    let (layout, dialect) = (&collection.layout, tx.dialect());
    let Some(column) = layout.field_column(fields.email) else { return Ok(()) };
    let Some(lower) = column.shadows.first() else { return Ok(()) };
    let shadows = column.shadows.iter().map(|shadow| shadow.name.as_str());
    let columns = std::iter::once(column.stored.as_str()).chain(shadows);
    let nulls: Vec<_> = columns.map(|name| format!("{} = NULL", quote(name, dialect))).collect();
    let name = quote(&lower.name, dialect);
    let text = format!("UPDATE {} SET {} WHERE {name} = ?", layout.source, nulls.join(", "));
    let values = vec![Value::String(Some(email.to_lowercase()))];
    tx.execute(&Sql::new(dialect.placeholders(&text), values)).await.map(drop)
}

impl UserKey {
    fn find(&self, collection: &Collection, fields: UserFields, dialect: Dialect) -> Sql {
        let layout = &collection.layout;
        let (column, value) = match self {
            Self::Id(id) => ("id", Value::Uuid(Some(id.as_uuid()))),
            Self::Email(email) => {
                let column = layout.field_column(fields.email);
                let lower = column.and_then(|column| column.shadows.first());
                (lower.map_or("id", |shadow| shadow.name.as_str()), Value::String(Some(email.to_lowercase())))
            }
        };
        let text = format!("{} WHERE {} = ?", layout.select, quote(column, dialect));
        Sql::new(dialect.placeholders(&text), vec![value])
    }
}

impl Records<'_> {
    /// A new user, ready to be written, with fields of its own as they were sent.
    pub(crate) fn new_user(&self, own: RecordInput, owned: Owned) -> Result<Creation, RecordError> {
        let fields = self.collection.users.ok_or(RecordError::NoCollection)?;
        let mut input = own;
        owned.put(&self.collection, fields, &mut input)?;
        self.creation(input).map_err(of_profile)
    }

    /// The same of somebody who makes a user of themselves: as `asker` sees them, the collection's `create` rule is asked
    /// with what they send and the address that they come with.
    pub(crate) fn newcomer(
        &self,
        asker: &Records<'_>,
        own: RecordInput,
        owned: Owned,
    ) -> Result<Creation, RecordError> {
        let fields = self.collection.users.ok_or(RecordError::NoCollection)?;
        let mut sent = own.sent();
        if let Some(email) = sent.get_mut(fields.email) {
            *email = owned.email.as_ref().is_some_and(|email| !email.is_null());
        }
        let mut input = own;
        owned.put(&self.collection, fields, &mut input)?;
        let rule = |id| asker.rule_of_newcomer(id, || Incoming::stored(&sent));
        self.creation_asking(input, rule).map_err(of_profile)
    }

    /// A change of a user, ready to be made.
    pub(crate) fn user_change(
        &self,
        id: RecordId,
        owned: Owned,
        precondition: Precondition,
    ) -> Result<Modification, RecordError> {
        let fields = self.collection.users.ok_or(RecordError::NoCollection)?;
        let mut input = RecordInput::empty(&self.collection);
        owned.put(&self.collection, fields, &mut input)?;
        self.modification(id, input, precondition)
    }
}

/// What is missing is the user's own.
fn of_profile(error: RecordError) -> RecordError {
    match error {
        RecordError::Invalid(invalid) => invalid.below("/profile").into(),
        error => error,
    }
}

/// What an answer of auth leaves out, whoever asks for it.
fn left_out(layout: &Layout) -> Vec<usize> {
    let columns = layout.columns.iter().enumerate();
    columns.filter(|(_, column)| column.hidden || column.ruled).map(|(at, _)| at).collect()
}
