//! The audit log of a tenant.

use neonex_core::audit::{AuditEntry, AuditFilter};
use neonex_core::clock::Timestamp;
use neonex_core::ids::AuditId;
use neonex_core::invalid::Invalid;
use poem_openapi::param::Query;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};

use crate::caller::{Caller, Surface};
use crate::errors::invalid_query;
use crate::paging;
use crate::problem::Problem;
use crate::text::Time;

/// The operation on the audit log.
#[derive(Clone)]
pub struct Audit(pub Surface);

/// Something that was done.
#[derive(Object)]
#[oai(rename = "AuditEntry")]
struct EntryView {
    /// Its id.
    id: String,
    /// When it was done.
    at: Time,
    /// Who has done it: `user:…`, `key_…`, `acc_…`, `anonymous`; `user:… by …` where somebody acts as a user.
    actor: String,
    /// What it was: `auth.user.signed_in`.
    action: String,
    /// Whom or what it concerns: the id of a user, a key or a collection.
    subject: Option<String>,
    /// In which request.
    request_id: String,
    /// From where.
    ip: Option<String>,
    /// What else is to be said of it.
    details: Option<String>,
}

/// A page of the audit log.
#[derive(Object)]
struct AuditLog {
    /// What was done, latest first.
    items: Vec<EntryView>,
    /// Where the next page begins; null on the last one.
    next_cursor: Option<String>,
}

#[derive(ApiResponse)]
enum Listed {
    /// A page of the audit log.
    #[oai(status = 200)]
    Page(Json<AuditLog>, #[oai(header = "Link")] Option<String>),
}

impl From<AuditEntry> for EntryView {
    fn from(entry: AuditEntry) -> Self {
        Self {
            id: entry.id.to_string(),
            at: entry.at.into(),
            actor: entry.actor,
            action: entry.action,
            subject: entry.subject,
            request_id: entry.request_id,
            ip: entry.ip,
            details: entry.details,
        }
    }
}

#[OpenApi]
impl Audit {
    /// Read the audit log
    ///
    /// Who has done what that somebody may have to answer for, latest first. Entries are kept for 400 days, or as long as
    /// the tenant's setting `audit` says.
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the operation")]
    #[oai(path = "/v1/audit", method = "get", operation_id = "list_audit_log", tag = "crate::Tag::Audit")]
    async fn list(
        &self,
        caller: Caller,
        /// Only what was done by that actor, as it stands in entries.
        actor: Query<Option<String>>,
        /// Only what was that.
        action: Query<Option<String>>,
        /// Only what concerns that.
        subject: Query<Option<String>>,
        /// Only what was done from that time on (RFC 3339).
        since: Query<Option<String>>,
        /// Only what was done before that time.
        until: Query<Option<String>>,
        /// Entries on the page: 1 to 200, 50 by default.
        limit: Query<Option<u32>>,
        /// `next_cursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Listed, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let permit = scope.permit()?;
        let before: Option<AuditId> = paging::after(cursor.0.as_deref())?;
        let filter = AuditFilter {
            actor: sent(actor.0),
            action: sent(action.0),
            subject: sent(subject.0),
            since: time(since.0, "/since")?,
            until: time(until.0, "/until")?,
        };
        let page = scope.audit_log(&permit, filter, before, paging::limit(limit.0)?).await?;
        let next_cursor = page.next.map(|id| id.to_string());
        let link = paging::next_link(caller.uri(), next_cursor.as_deref());
        let items = page.items.into_iter().map(EntryView::from).collect();
        Ok(Listed::Page(Json(AuditLog { items, next_cursor }), link))
    }
}

fn sent(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

fn time(text: Option<String>, pointer: &str) -> Result<Option<Timestamp>, Problem> {
    let read = sent(text).map(|text| {
        let message = "an instant, as 2026-11-23T12:00:00Z (RFC 3339)";
        Timestamp::parse(&text).ok_or_else(|| invalid_query(&Invalid::one(pointer, "invalid_value", message)))
    });
    read.transpose()
}
