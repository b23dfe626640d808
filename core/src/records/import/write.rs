//! Some lines of a file, written as one transaction.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use sea_query::Value;

use super::ImportOptions;
use crate::access::TenantScope;
use crate::collections::Collection;
use crate::engine::Undo;
use crate::invalid::{Detail, Invalid};
use crate::records::column::{bind, quote};
use crate::records::create::Creation;
use crate::records::error::RecordError;
use crate::records::input::RecordInput;
use crate::records::service::{Precondition, RecordId, Records, find_locked};
use crate::records::storage::Storage;
use crate::records::value::FieldValue;
use crate::records::write::Write as _;
use crate::store::{Sql, StoreError, Tx};

/// How often a transaction is tried that met a busy database.
const TRIES: u32 = 6;

/// A record of the file that can be written.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) line: u64,
    pub(super) input: RecordInput,
}

/// How many records were written.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Written {
    pub(super) created: u64,
    pub(super) updated: u64,
}

/// What came of a transaction.
pub(super) struct Attempt {
    pub(super) written: Written,
    /// The line that failed, from 0, and why. Nothing was written then.
    pub(super) failure: Option<(usize, RecordError)>,
}

/// Why a transaction is taken back.
enum Reason {
    Line(usize, RecordError),
    DryRun(Written),
    Store(StoreError),
}

impl From<StoreError> for Reason {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Writes all of the lines, or none.
pub(super) async fn write(
    scope: &TenantScope,
    collection: &Arc<Collection>,
    options: &Arc<ImportOptions>,
    lines: Arc<[Line]>,
) -> Result<Attempt, RecordError> {
    let mut tries = 0;
    loop {
        tries += 1;
        let error = match write_once(scope, collection, options, Arc::clone(&lines)).await {
            Ok(written) | Err(Reason::DryRun(written)) => return Ok(Attempt { written, failure: None }),
            Err(Reason::Line(_, RecordError::Store(error)) | Reason::Store(error)) => error,
            Err(Reason::Line(at, error)) => {
                return Ok(Attempt { written: Written::default(), failure: Some((at, error)) });
            }
        };
        // Of these nothing was kept for sure.
        let again = matches!(error, StoreError::Busy | StoreError::Conflict(_));
        if !again || tries == TRIES {
            return Err(error.into());
        }
        tokio::time::sleep(Duration::from_millis(20 << tries)).await;
    }
}

async fn write_once(
    scope: &TenantScope,
    collection: &Arc<Collection>,
    options: &Arc<ImportOptions>,
    lines: Arc<[Line]>,
) -> Result<Written, Reason> {
    let records = Records { scope, collection: Arc::clone(collection) };
    let mut steps = Vec::with_capacity(lines.len());
    for (at, line) in lines.iter().enumerate() {
        let step = match &options.upsert_by {
            None => records.creation(line.input.clone()).map(|creation| Step::Create(Box::new(creation))),
            Some(key) => {
                records.by_key(key, line.input.clone()).map(|(found, input)| Step::Upsert(found, input))
            }
        };
        steps.push(step.map_err(|error| Reason::Line(at, error))?);
    }
    let (scope, collection, dry_run) = (scope.clone(), Arc::clone(collection), options.dry_run);
    let (store, place) = (scope.platform().store().clone(), scope.place());
    store
        .write(place, Undo::Savepoint, move |tx| {
            async move {
                let records = Records { scope: &scope, collection };
                let mut written = Written::default();
                for (at, step) in steps.into_iter().enumerate() {
                    let done = step.apply(&records, tx).await;
                    if done.map_err(|error| Reason::Line(at, error))? {
                        written.created += 1;
                    } else {
                        written.updated += 1;
                    }
                }
                if dry_run { Err(Reason::DryRun(written)) } else { Ok(written) }
            }
            .boxed()
        })
        .await
}

/// How a record that may be there is found.
enum Found {
    ById(RecordId),
    /// The statement for its id.
    ByField(Sql),
}

enum Step {
    Create(Box<Creation>),
    Upsert(Found, RecordInput),
}

impl Step {
    /// Writes it, and says whether it is new.
    async fn apply(self, records: &Records<'_>, tx: &mut Tx<'_>) -> Result<bool, RecordError> {
        let (found, input) = match self {
            Self::Create(creation) => return creation.apply(tx).await.map(|_| true),
            Self::Upsert(found, input) => (found, input),
        };
        let id = match found {
            Found::ById(id) => find_locked(tx, records.layout(), id, None).await?.map(|_| id),
            Found::ByField(sql) => {
                tx.query(&sql, |row| row.uuid(0)).await?.into_iter().flatten().next().map(RecordId::new)
            }
        };
        match id {
            Some(id) => {
                records.modification(id, input, Precondition::None)?.apply(tx).await?;
                Ok(false)
            }
            None => records.creation(input)?.apply(tx).await.map(|_| true),
        }
    }
}

impl Records<'_> {
    /// How the record that is meant is found.
    fn by_key(&self, key: &str, input: RecordInput) -> Result<(Found, RecordInput), RecordError> {
        let missing = || Invalid::one(format!("/{key}"), "required", format!("records are found by `{key}`"));
        let Some(place) = self.layout().place(key) else {
            return Ok((Found::ById(input.id.ok_or_else(missing)?), input));
        };
        let (value, column) = (input.values.get(place), self.layout().column(key));
        let column = column.and_then(|at| self.layout().columns.get(at)).ok_or_else(missing)?;
        let value = match value {
            Some(Some(value)) if !matches!(value, FieldValue::Null) => value,
            _ => return Err(missing().into()),
        };
        let dialect = self.dialect();
        let text = format!(
            "SELECT id FROM {} WHERE {} = {}",
            self.layout().source,
            quote(&column.stored, dialect),
            Storage::of(&column.kind).placeholder(dialect)
        );
        let value: Value = bind(&column.kind, value, dialect);
        Ok((Found::ByField(Sql::new(dialect.placeholders(&text), vec![value])), input))
    }
}

/// What is wrong with a line, for the report; or the error, where it is none of the line's.
pub(super) fn details(error: RecordError) -> Result<Vec<Detail>, RecordError> {
    let message = error.to_string();
    let one = |code| Ok(vec![Detail { pointer: String::new(), code, message: message.clone() }]);
    match error {
        RecordError::Invalid(invalid) => Ok(invalid.details().to_vec()),
        RecordError::NotUnique { fields } if !fields.is_empty() => Ok(fields
            .into_iter()
            .map(|field| Detail {
                pointer: format!("/{field}"),
                code: "not_unique",
                message: message.clone(),
            })
            .collect()),
        RecordError::NotUnique { .. } => one("not_unique"),
        RecordError::Exists => one("record_exists"),
        RecordError::NotFound => one("not_found"),
        RecordError::Forbidden => one("rule_refused"),
        RecordError::Denied(_) => one("scope_needed"),
        RecordError::Referenced { .. } => one("record_referenced"),
        RecordError::TooManyReferrers { .. } => one("too_many_referrers"),
        RecordError::PreconditionFailed => one("precondition_failed"),
        error @ (RecordError::NoCollection
        | RecordError::MadeByAuth
        | RecordError::TooManyRecords { .. }
        | RecordError::OtherCount { .. }
        | RecordError::OfRecord { .. }
        | RecordError::KeyReused(_)
        | RecordError::Randomness(_)
        | RecordError::Store(_)) => Err(error),
    }
}
