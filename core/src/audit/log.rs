//! Entries, latest first.

use futures_util::FutureExt as _;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use uuid::Uuid;

use crate::access::{AuditRead, Permit, TenantScope};
use crate::clock::Timestamp;
use crate::ids::AuditId;
use crate::store::StoreError;
use crate::store::entities::audit_log::{Column, Entity, Model};

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its id.
    pub id: AuditId,
    /// When it was done.
    pub at: Timestamp,
    /// Who has done it.
    pub actor: String,
    /// What it was: `auth.user.signed_in`.
    pub action: String,
    /// Whom or what it concerns.
    pub subject: Option<String>,
    /// In which request.
    pub request_id: String,
    /// From where, if it came over the network.
    pub ip: Option<String>,
    /// What else is to be said of it.
    pub details: Option<String>,
}

/// Which entries are asked for: those that meet all of it.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// By whom.
    pub actor: Option<String>,
    /// What was done.
    pub action: Option<String>,
    /// Whom or what it concerns.
    pub subject: Option<String>,
    /// From then on.
    pub since: Option<Timestamp>,
    /// Before then.
    pub until: Option<Timestamp>,
}

/// A page of entries, latest first.
#[derive(Debug, Clone)]
pub struct AuditPage {
    /// The entries.
    pub items: Vec<AuditEntry>,
    /// The last one's id, where more follow.
    pub next: Option<AuditId>,
}

impl From<Model> for AuditEntry {
    fn from(row: Model) -> Self {
        Self {
            id: AuditId::from_uuid(row.id),
            at: Timestamp::from_micros(row.at).unwrap_or(Timestamp::MIN),
            actor: row.actor,
            action: row.action,
            subject: row.subject,
            request_id: row.request_id,
            ip: row.ip,
            details: row.details,
        }
    }
}

impl TenantScope {
    /// A page of at most `limit` entries that were made before `before`.
    pub async fn audit_log(
        &self,
        _: &Permit<AuditRead>,
        filter: AuditFilter,
        before: Option<AuditId>,
        limit: u64,
    ) -> Result<AuditPage, StoreError> {
        /// An entry's id may have been made in the millisecond before its time.
        const SLACK_SECONDS: i64 = 1;
        let mut select = Entity::find()
            .filter(Column::TenantId.eq(self.tenant().id().as_uuid()))
            .order_by_desc(Column::Id)
            .limit(limit + 1);
        let texts = [
            (Column::Actor, filter.actor),
            (Column::Action, filter.action),
            (Column::Subject, filter.subject),
        ];
        for (column, text) in texts {
            if let Some(text) = text {
                // What is no text to Postgres stands in no entry.
                select = select.filter(column.eq(text.replace('\0', "\u{1}")));
            }
        }
        if let Some(since) = filter.since {
            select = select
                .filter(Column::Id.gte(first_id(since.plus_seconds(-SLACK_SECONDS))))
                .filter(Column::At.gte(since.as_micros()));
        }
        if let Some(until) = filter.until {
            select = select
                .filter(Column::Id.lt(first_id(until.plus_seconds(SLACK_SECONDS))))
                .filter(Column::At.lt(until.as_micros()));
        }
        if let Some(before) = before {
            select = select.filter(Column::Id.lt(before.as_uuid()));
        }
        let mut rows = self
            .platform()
            .store()
            .read::<_, StoreError, _>(self.place(), move |tx| async move { tx.all(select).await }.boxed())
            .await?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let items: Vec<_> = rows.into_iter().map(AuditEntry::from).collect();
        let next = items.last().filter(|_| more).map(|entry| entry.id);
        Ok(AuditPage { items, next })
    }
}

/// The least id that may have been made in the millisecond of that time.
pub(super) fn first_id(at: Timestamp) -> Uuid {
    let millis = u64::try_from(at.as_micros().div_euclid(1_000)).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid()
}
