//! Many writes as one: all of them are kept, or none.
//!
//! An operation may name the record that it makes (`as`); where later ones point to records, in their relations and
//! by their `id`, they write `$name` for its id. Each operation asks what it would ask alone.
//!
//! All operations are made ready before the first is done. Of an upsert by key the id is known only then: where it is
//! another than that of a new record, and has a name, what follows is made ready again.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::create::Creation;
use super::delete::Removal;
use super::error::RecordError;
use super::input::RecordInput;
use super::service::{Precondition, RecordBody, RecordId};
use super::update::{Modification, Replacement, Upserted};
use super::write::Write;
use crate::access::TenantScope;
use crate::engine::Undo;
use crate::idempotency::{IdempotencyKey, KeyReused, Outcome};
use crate::invalid::Invalid;
use crate::store::{OfStore, StoreError, Tx};

/// Operations of one batch at most.
pub const MAX_OPERATIONS: usize = 50;

/// A batch, as sent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// What to do, in this order.
    pub operations: Vec<BatchOperation>,
}

/// One write of a batch.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchOperation {
    /// What is done.
    pub method: BatchMethod,
    /// The collection's name or id.
    pub collection: String,
    /// The record's id; of `create` only where the client chooses it.
    #[serde(default)]
    pub id: Option<String>,
    /// Fields that no two records have alike, apart by commas, by which an `upsert` finds its record.
    #[serde(default)]
    pub key: Option<String>,
    /// A name by which later operations call the record.
    #[serde(default, rename = "as")]
    pub name: Option<String>,
    /// The fields; not of `delete`.
    #[serde(default)]
    pub record: Option<Box<RawValue>>,
    /// The version that the record must have.
    #[serde(default)]
    pub if_match: Option<String>,
}

/// What is done with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchMethod {
    /// There is a new one.
    Create,
    /// Some of its fields change.
    Update,
    /// It is what is sent, whether there is one or not.
    Upsert,
    /// It is gone.
    Delete,
}

/// Why a batch was not done. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// The batch is not one.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// One of its operations cannot be done.
    #[error("operation {at}: {error}")]
    Operation {
        /// Which, from 0.
        at: usize,
        /// Why.
        #[source]
        error: RecordError,
    },
    /// The idempotency key was used for something else.
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Records that one request makes, by the names that it gives them.
#[derive(Debug, Clone, Default)]
pub(super) struct References(HashMap<String, RecordId>);

impl References {
    /// The value of a relation with ids for names. A name of nothing stays, and is no id.
    pub(super) fn resolve<'v>(&self, sent: &'v RawValue) -> Cow<'v, RawValue> {
        if self.0.is_empty() || !sent.get().contains("\"$") {
            return Cow::Borrowed(sent);
        }
        let replaced = match serde_json::from_str(sent.get()) {
            Ok(serde_json::Value::String(name)) => serde_json::value::to_raw_value(&self.id(&name)),
            Ok(serde_json::Value::Array(items)) => {
                let ids: Vec<_> = items
                    .into_iter()
                    .map(|item| match item {
                        serde_json::Value::String(name) => self.id(&name).into(),
                        other => other,
                    })
                    .collect();
                serde_json::value::to_raw_value(&ids)
            }
            _ => return Cow::Borrowed(sent),
        };
        replaced.map_or(Cow::Borrowed(sent), Cow::Owned)
    }

    /// The id of `$name`, or the text itself.
    fn id(&self, text: &str) -> String {
        let made = text.strip_prefix('$').and_then(|name| self.0.get(name));
        made.map_or_else(|| text.to_owned(), ToString::to_string)
    }
}

impl OfStore for BatchError {
    fn store(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            Self::Operation { error, .. } => error.store(),
            Self::Invalid(_) | Self::KeyReused(_) => None,
        }
    }
}

/// Operations that are ready.
#[derive(Clone)]
struct Steps {
    scope: TenantScope,
    batch: Arc<Batch>,
    ready: Vec<(Step, RecordId)>,
}

#[derive(Clone)]
enum Step {
    Create(Creation),
    Update(Modification),
    Upsert(Box<Replacement>),
    Delete(Removal),
}

impl Batch {
    /// Reads a batch; of its records only that they are JSON.
    pub fn parse(body: &[u8]) -> Result<Self, Invalid> {
        let batch: Self = serde_json::from_slice(body).map_err(|error| {
            Invalid::one("", "malformed_json", format!("the body is no batch of operations: {error}"))
        })?;
        if batch.operations.is_empty() || batch.operations.len() > MAX_OPERATIONS {
            let message = format!("a batch has 1 to {MAX_OPERATIONS} operations");
            return Err(Invalid::one("/operations", "out_of_range", message));
        }
        Ok(batch)
    }
}

impl TenantScope {
    /// Does all of a batch, or nothing of it. The answer is `{"results":[…]}` with the records in the order of their
    /// operations, null for a deleted one.
    pub async fn batch(
        &self,
        batch: &Arc<Batch>,
        once: Option<IdempotencyKey>,
    ) -> Result<Outcome<Vec<u8>>, BatchError> {
        let ready = self.steps(batch, 0, References::default())?;
        let steps = Steps { scope: self.clone(), batch: Arc::clone(batch), ready };
        self.make(steps, Undo::Savepoint, once, None).await
    }

    /// Everything that needs no database, of the operations from there on, each with the id of its record.
    fn steps(
        &self,
        batch: &Batch,
        from: usize,
        mut made: References,
    ) -> Result<Vec<(Step, RecordId)>, BatchError> {
        let mut steps = Vec::with_capacity(batch.operations.len());
        for (at, operation) in batch.operations.iter().enumerate().skip(from) {
            let wrong = |error: RecordError| match error {
                RecordError::Invalid(invalid) => {
                    BatchError::Invalid(invalid.below(&format!("/operations/{at}")))
                }
                error => BatchError::Operation { at, error },
            };
            let name = read_name(operation, &made).map_err(|invalid| wrong(invalid.into()))?;
            let (step, id) = self.step(operation, &made).map_err(wrong)?;
            made.0.extend(name.map(|name| (name, id)));
            steps.push((step, id));
        }
        Ok(steps)
    }

    fn step(&self, operation: &BatchOperation, made: &References) -> Result<(Step, RecordId), RecordError> {
        let records = self.records(&operation.collection)?;
        records.is_writable()?;
        let chosen = operation.id.as_deref().map(|text| read_id(text, made)).transpose()?;
        let existing =
            || chosen.ok_or_else(|| Invalid::one("/id", "required", "this needs the record's `id`"));
        let precondition = match &operation.if_match {
            None => Precondition::None,
            Some(_) if operation.method == BatchMethod::Create => {
                let message = "what is made has no version yet";
                return Err(Invalid::one("/if_match", "not_applicable", message).into());
            }
            Some(tag) if tag == "*" => Precondition::Exists,
            Some(tag) => Precondition::OneOf(vec![tag.clone()]),
        };
        if operation.key.is_some() && operation.method != BatchMethod::Upsert {
            let message = "only the record of an `upsert` is found by a key";
            return Err(Invalid::one("/key", "not_applicable", message).into());
        }
        let input = || -> Result<RecordInput, RecordError> {
            let missing = || Invalid::one("/record", "required", "this needs the fields, in `record`");
            let record = operation.record.as_ref().ok_or_else(missing)?;
            Ok(records
                .input_with(record.get().as_bytes(), operation.method == BatchMethod::Update, made)
                .map_err(|invalid| invalid.below("/record"))?)
        };
        let ready = match operation.method {
            BatchMethod::Create => records.creation(choose(chosen, input()?)?).map(|step| {
                let id = step.id();
                (Step::Create(step), id)
            }),
            BatchMethod::Update => {
                let id = existing()?;
                records.modification(id, input()?, precondition).map(|step| (Step::Update(step), id))
            }
            BatchMethod::Upsert => {
                let input = input()?;
                let step = match &operation.key {
                    None => records.replacement(existing()?, input, precondition),
                    Some(key) => {
                        let key = records.key_to_write(key)?;
                        records.replacement_by(key, choose(chosen, input)?, precondition)
                    }
                };
                step.map(|step| (step.id, step)).map(|(id, step)| (Step::Upsert(Box::new(step)), id))
            }
            BatchMethod::Delete if operation.record.is_some() => {
                return Err(
                    Invalid::one("/record", "not_applicable", "what is deleted has no `record`").into()
                );
            }
            BatchMethod::Delete => {
                let id = existing()?;
                records.removal(id, precondition).map(|step| (Step::Delete(step), id))
            }
        };
        ready.map_err(|error| match error {
            RecordError::Invalid(invalid) => invalid.below("/record").into(),
            error => error,
        })
    }
}

/// The input with the id that the operation has, which its record may repeat.
fn choose(chosen: Option<RecordId>, mut input: RecordInput) -> Result<RecordInput, Invalid> {
    if chosen.is_some() && input.id.is_some() && chosen != input.id {
        return Err(Invalid::one("/record/id", "mismatch", "this is not the operation's `id`"));
    }
    input.id = chosen.or(input.id);
    Ok(input)
}

fn read_id(text: &str, made: &References) -> Result<RecordId, Invalid> {
    let id = RecordId::parse(&made.id(text)).filter(|id| id.as_uuid() != Uuid::nil());
    let message = "an id is a UUID in the hyphenated form, or `$` and the name of a record made before";
    id.ok_or_else(|| Invalid::one("/id", "invalid_id", message))
}

/// The name that the operation gives its record.
fn read_name(operation: &BatchOperation, made: &References) -> Result<Option<String>, Invalid> {
    let Some(name) = &operation.name else { return Ok(None) };
    let makes = matches!(operation.method, BatchMethod::Create | BatchMethod::Upsert);
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !makes || !plain || !(1..=60).contains(&name.len()) {
        let message = "`as` names a record that is made, by 1 to 60 letters, digits and `_`";
        return Err(Invalid::one("/as", "invalid_name", message));
    }
    if made.0.contains_key(name) {
        return Err(Invalid::one("/as", "duplicate", format!("an earlier operation made a record `{name}`")));
    }
    Ok(Some(name.clone()))
}

impl Write for Steps {
    type Done = Vec<u8>;
    type Error = BatchError;

    async fn apply(self, tx: &mut Tx<'_>) -> Result<Vec<u8>, BatchError> {
        let Self { scope, batch, ready } = self;
        let mut answer = b"{\"results\":[".to_vec();
        let mut made = References::default();
        let mut steps = ready.into_iter();
        for (at, operation) in batch.operations.iter().enumerate() {
            let Some((step, expected)) = steps.next() else { break };
            if at > 0 {
                answer.push(b',');
            }
            let done = step.apply(tx).await;
            let record = done.map_err(|error| BatchError::Operation { at, error })?;
            answer.extend_from_slice(record.as_ref().map_or(b"null".as_slice(), |record| &record.json));
            if let (Some(name), Some(record)) = (&operation.name, record) {
                made.0.insert(name.clone(), record.id);
                if record.id != expected {
                    steps = scope.steps(&batch, at + 1, made.clone())?.into_iter();
                }
            }
        }
        answer.extend_from_slice(b"]}");
        Ok(answer)
    }

    fn ends_users(&self) -> bool {
        self.ready.iter().any(|(step, _)| matches!(step, Step::Delete(removal) if removal.ends_users()))
    }

    fn answer(done: &Vec<u8>) -> Vec<u8> {
        done.clone()
    }

    fn replay(answer: Vec<u8>) -> Option<Vec<u8>> {
        Some(answer)
    }
}

impl Step {
    async fn apply(self, tx: &mut Tx<'_>) -> Result<Option<RecordBody>, RecordError> {
        match self {
            Self::Create(creation) => creation.apply(tx).await.map(Some),
            Self::Update(modification) => modification.apply(tx).await.map(Some),
            Self::Upsert(replacement) => match replacement.apply(tx).await? {
                Upserted::Created(record) | Upserted::Replaced(record) => Ok(Some(record)),
            },
            Self::Delete(removal) => removal.apply(tx).await.map(|()| None),
        }
    }
}
