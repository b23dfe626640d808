//! Records: the rows of a tenant's collections.
//!
//! A write and its entry in the change log are one transaction. A record's JSON goes from the row to the response
//! without a tree in between. Who may do what is decided by the scopes of a key, or else by the collection's rules,
//! which are conditions of the very statement that reads or writes.

mod advice;
mod aggregate;
mod batch;
mod bulk;
mod change;
pub(crate) mod column;
pub(crate) mod computed;
pub(crate) mod create;
mod cursor;
mod delete;
mod error;
mod expand;
mod explain;
mod export;
mod history;
pub(crate) mod import;
mod incoming;
mod input;
mod json;
pub(crate) mod layout;
pub(crate) mod limits;
mod list;
pub(crate) mod observed;
mod place;
pub(crate) mod query;
mod read;
mod relations;
mod rules;
mod scan;
pub(crate) mod search;
pub(crate) mod service;
mod special;
pub(crate) mod storage;
mod update;
mod upsert_by_key;
pub(crate) mod users;
pub(crate) mod value;
pub(crate) mod veil;
pub(crate) mod view;
mod wanted;
pub(crate) mod write;

pub use self::advice::{Advice, MissingIndex};
pub use self::aggregate::{AggregateQuery, MAX_GROUPS};
pub use self::batch::{Batch, BatchError, BatchMethod, BatchOperation, MAX_OPERATIONS};
pub use self::bulk::{BulkQuery, MAX_BULK};
pub use self::error::RecordError;
pub use self::explain::Explanation;
pub use self::export::{Export, ExportQuery, Format};
pub use self::history::{PastQuery, Reversion};
pub use self::import::{
    BATCH, Columns, Import, ImportOptions, ImportReport, LineError, MAX_ERRORS, OnError, Ragged,
};
pub use self::input::RecordInput;
pub use self::list::{Count, ListQuery, MAX_LIMIT, RecordPage};
pub use self::rules::{
    Answer, Because, Finding, FindingCode, RuleAnswer, RuleName, RulePart, RuleQuestion, RulesExplanation,
    SeenAuth, Severity, Subject,
};
pub use self::service::{ETag, Precondition, RecordBody, RecordId, Records};
pub use self::update::Upserted;
pub use self::value::FieldValue;
pub use self::write::{Outdated, Terms};
pub use crate::vectors::Metric;
