//! Some lines of a file, written as one transaction.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;

use crate::access::TenantScope;
use crate::collections::Collection;
use crate::engine::Undo;
use crate::invalid::{Detail, Invalid};
use crate::records::create::Creation;
use crate::records::error::RecordError;
use crate::records::input::RecordInput;
use crate::records::service::{Precondition, RecordId, Records, find_locked, read_stored};
use crate::records::update::{is_met, may_have_met};
use crate::records::upsert_by_key::Key;
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

/// Where and how the lines of an import are written.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) scope: TenantScope,
    pub(super) collection: Arc<Collection>,
    /// By what records that are there are found; where there is nothing, every line is a new record.
    pub(super) found_by: Option<Arc<FoundBy>>,
    /// Whether everything is tried and nothing kept.
    pub(super) dry_run: bool,
}

/// By what a record is found that may be there.
pub(super) enum FoundBy {
    Id,
    Key(Key),
}

impl Target {
    pub(super) fn records(&self) -> Records<'_> {
        Records { scope: &self.scope, collection: Arc::clone(&self.collection) }
    }
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
pub(super) async fn write(target: &Target, lines: Arc<[Line]>) -> Result<Attempt, RecordError> {
    let mut tries = 0;
    loop {
        tries += 1;
        let error = match write_once(target, &lines).await {
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

async fn write_once(target: &Target, lines: &[Line]) -> Result<Written, Reason> {
    let records = target.records();
    let mut steps = Vec::with_capacity(lines.len());
    for (at, line) in lines.iter().enumerate() {
        let step = records.step(target.found_by.as_deref(), line.input.clone());
        steps.push(step.map_err(|error| Reason::Line(at, error))?);
    }
    let (store, place, target) = (target.scope.platform().store(), target.scope.place(), target.clone());
    store
        .write(place, Undo::Savepoint, move |tx| {
            async move {
                let mut written = Written::default();
                for (at, step) in steps.into_iter().enumerate() {
                    let done = step.apply(&target, tx).await;
                    if done.map_err(|error| Reason::Line(at, error))? {
                        written.created += 1;
                    } else {
                        written.updated += 1;
                    }
                }
                if target.dry_run { Err(Reason::DryRun(written)) } else { Ok(written) }
            }
            .boxed()
        })
        .await
}

enum Step {
    Create(Box<Creation>),
    UpsertById(RecordId, RecordInput),
    /// With the statement that finds it.
    UpsertByKey(Sql, RecordInput),
}

impl Step {
    /// Writes it, and says whether it is new.
    async fn apply(self, target: &Target, tx: &mut Tx<'_>) -> Result<bool, RecordError> {
        let records = target.records();
        let layout = records.layout();
        let (found, input) = match self {
            Self::Create(creation) => return creation.apply(tx).await.map(|_| true),
            Self::UpsertById(id, input) => (find_locked(tx, layout, id, None).await?, input),
            Self::UpsertByKey(find, input) => {
                (tx.query(&find, |row| read_stored(layout, row)).await?.into_iter().next(), input)
            }
        };
        let key = match target.found_by.as_deref() {
            Some(FoundBy::Key(key)) => Some(key),
            _ => None,
        };
        let new = found.is_none();
        let written = match found {
            None => {
                let created = records.creation(input)?.apply(tx).await;
                created.map_err(|error| match key {
                    Some(key) => may_have_met(&key.fields, error),
                    None => error,
                })?
            }
            Some(before) => {
                let change = records.modification(before.id, input, Precondition::None)?;
                if change.is_ruled() { change.apply(tx).await? } else { change.apply_to(tx, before).await? }
            }
        };
        if let Some(key) = key {
            is_met(tx, (key.meets.as_ref(), &key.fields), written.id, "").await?;
        }
        Ok(new)
    }
}

impl Records<'_> {
    /// A line, ready to be written.
    fn step(&self, found_by: Option<&FoundBy>, input: RecordInput) -> Result<Step, RecordError> {
        let missing = || Invalid::one("/id", "required", "records are found by `id`");
        Ok(match found_by {
            None => Step::Create(Box::new(self.creation(input)?)),
            Some(FoundBy::Id) => Step::UpsertById(input.id.ok_or_else(missing)?, input),
            Some(FoundBy::Key(key)) => {
                let find = self.find_by(key, |place| input.values.get(place)?.as_ref())?;
                Step::UpsertByKey(find, input)
            }
        })
    }
}

/// What is wrong with a line, for the report; or the error, where it is none of the line's.
pub(crate) fn details(error: RecordError) -> Result<Vec<Detail>, RecordError> {
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
        RecordError::FieldsForbidden { fields } => Ok(fields
            .into_iter()
            .map(|field| Detail {
                pointer: format!("/{field}"),
                code: "rule_refused",
                message: message.clone(),
            })
            .collect()),
        RecordError::Denied(_) => one("scope_needed"),
        RecordError::Referenced { .. } => one("record_referenced"),
        RecordError::TooManyReferrers { .. } => one("too_many_referrers"),
        RecordError::PreconditionFailed => one("precondition_failed"),
        error @ (RecordError::NoCollection
        | RecordError::View
        | RecordError::MadeByAuth
        | RecordError::StepUpNeeded
        | RecordError::TooManyRecords { .. }
        | RecordError::OtherCount { .. }
        | RecordError::OfRecord { .. }
        | RecordError::KeyReused(_)
        | RecordError::Randomness(_)
        | RecordError::Store(_)) => Err(error),
    }
}
