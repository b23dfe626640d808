//! The history of the collections, as clients see it.

use neonex_core::collections::{SchemaAction, SchemaChange};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Enum, Object};
use serde_json::Value;

use crate::text::Time;

#[derive(ApiResponse)]
pub(super) enum Listed {
    /// A page of the history.
    #[oai(status = 200)]
    Page(Json<SchemaMigrationList>, #[oai(header = "Link")] Option<String>),
}

/// What kind of change it was.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
enum SchemaMigrationAction {
    /// A collection was made.
    Create,
    /// A collection was changed.
    Update,
    /// A collection was deleted.
    Delete,
    /// Collections were there before there was a history.
    Baseline,
}

/// A change of the collections.
#[derive(Debug, Object)]
pub(super) struct SchemaMigration {
    /// Its number: from 1, without gaps.
    seq: i64,
    /// When it was made.
    at: Time,
    /// Who made it: the id of a key, an account or a token.
    actor: String,
    /// In which request; null of a baseline.
    request_id: Option<String>,
    /// What kind of change it was.
    action: SchemaMigrationAction,
    /// The collection, by its name before the change; null of a baseline.
    collection: Option<String>,
    /// The request as it was understood: of `create` the body of `POST /v1/collections`, of `update` that of
    /// `PATCH /v1/collections/{collection}`, of `baseline` `{"collections": […]}` with the body of `POST` for each;
    /// null of `delete`. Collections are called by the names that they had then.
    change: Option<Value>,
}

/// A page of the history.
#[derive(Debug, Object)]
pub(super) struct SchemaMigrationList {
    /// The changes, oldest first.
    pub(super) items: Vec<SchemaMigration>,
    /// Where the next page begins; null on the last one.
    pub(super) next_cursor: Option<String>,
}

impl From<SchemaAction> for SchemaMigrationAction {
    fn from(action: SchemaAction) -> Self {
        match action {
            SchemaAction::Create => Self::Create,
            SchemaAction::Update => Self::Update,
            SchemaAction::Delete => Self::Delete,
            SchemaAction::Baseline => Self::Baseline,
        }
    }
}

impl From<SchemaChange> for SchemaMigration {
    fn from(change: SchemaChange) -> Self {
        let SchemaChange { seq, at, actor, request_id, action, collection, change } = change;
        Self { seq, at: at.into(), actor, request_id, action: action.into(), collection, change }
    }
}
