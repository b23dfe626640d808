//! The outboxes that are due: what waits there is sent, what is over is removed.
//!
//! The control database says when a tenant's outbox is to be looked at. A look takes that time first, which keeps
//! others away and is when it is looked at again if this one fails. It is said when the next look is to be on the
//! condition that no mail was announced meanwhile; and after an announcement there is one more look, some time later
//! than any transaction lasts, for the mail that was announced and not there yet.

use futures_util::{FutureExt as _, StreamExt as _, stream};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};

use super::deliver::{failed, note_failure};
use super::outbox::{MailState, VOID};
use crate::clock::Timestamp;
use crate::engine::Undo;
use crate::ids::TenantId;
use crate::platform::{Platform, Swept};
use crate::store::entities::mail_due::{Column as Due, Entity as DueEntity, Model as DueRow};
use crate::store::entities::mails::{Column, Entity};
use crate::store::{Place, Sql, StoreError};
use crate::tenants::TenantStatus;

/// Tenants that one sweep looks at.
const TENANTS: u64 = 100;
/// Tenants that are looked at at once.
const AT_ONCE: usize = 4;
/// How long a look may take, and how long one that failed is put off.
const LEASE_SECONDS: i64 = 10 * 60;
/// How long after its announcement a mail may be written: longer than a request may take.
const GRACE_SECONDS: i64 = 60;
/// How long mails are kept.
pub(super) const KEPT_SECONDS: i64 = 30 * 24 * 3600;
/// How often an outbox is looked at that cannot be emptied, for want of a server or because the tenant is stopped.
const STUCK_SECONDS: i64 = 3600;

impl Platform {
    /// Looks at once at the outboxes whose mails waited for somebody to carry them away, now that there is.
    pub async fn deliver_what_waited(&self) -> Result<(), StoreError> {
        let now = self.now();
        let near = now.plus_seconds(STUCK_SECONDS).as_micros();
        let look = DueEntity::update_many()
            .col_expr(Due::DueAt, now.as_micros().into())
            .filter(Due::DueAt.gt(now.as_micros()))
            .filter(Due::DueAt.lte(near));
        self.store()
            .write::<_, StoreError, _>(Place::Control, Undo::None, move |tx| {
                async move { tx.update(look).await.map(drop) }.boxed()
            })
            .await
    }

    /// Sends what is due in all outboxes, and counts the mails that were taken. An error is one of the control
    /// database: without it nothing can be done for anybody.
    pub async fn deliver_due(&self) -> Result<Swept<usize>, StoreError> {
        let until = self.now().as_micros();
        let due = self
            .store()
            .read::<_, StoreError, _>(Place::Control, move |tx| {
                async move {
                    let due = DueEntity::find().filter(Due::DueAt.lte(until));
                    tx.all(due.order_by_asc(Due::DueAt).limit(TENANTS)).await
                }
                .boxed()
            })
            .await?;
        let looks = stream::iter(due).map(|row| self.look_at_outbox(row)).buffer_unordered(AT_ONCE);
        let looks: Vec<Result<Option<usize>, StoreError>> = looks.collect().await;
        let mut swept = Swept::default();
        for look in looks {
            match look? {
                Some(sent) => swept.done += sent,
                None => swept.failed += 1,
            }
        }
        Ok(swept)
    }

    /// Looks at one outbox; `None` where that failed.
    async fn look_at_outbox(&self, row: DueRow) -> Result<Option<usize>, StoreError> {
        let tenant = TenantId::from_uuid(row.tenant_id);
        let Some(lease) = self.take_look(&row).await? else { return Ok(Some(0)) };
        match self.empty_outbox(tenant).await {
            Ok((sent, next)) => self.set_next_look(&lease, next).await.map(|()| Some(sent)),
            Err(error) => {
                note_failure(tenant, &error);
                Ok(None)
            }
        }
    }

    async fn take_look(&self, row: &DueRow) -> Result<Option<DueRow>, StoreError> {
        let lease = self.now().plus_seconds(LEASE_SECONDS).as_micros();
        let id = row.tenant_id;
        let take = DueEntity::update_many()
            .col_expr(Due::DueAt, lease.into())
            .filter(Due::TenantId.eq(id))
            .filter(Due::DueAt.eq(row.due_at));
        self.store()
            .write::<_, StoreError, _>(Place::Control, Undo::Savepoint, move |tx| {
                async move {
                    if tx.update(take).await? == 0 {
                        return Ok(None);
                    }
                    tx.find(DueEntity::find_by_id(id)).await
                }
                .boxed()
            })
            .await
    }

    /// Sends what is due, removes what is over, and says when there is more to do.
    async fn empty_outbox(&self, tenant: TenantId) -> Result<(usize, Option<Timestamp>), StoreError> {
        let now = self.now();
        let stuck = Some(now.plus_seconds(STUCK_SECONDS));
        let can_send = match self.tenant_state(tenant).await?.map(|state| state.status()) {
            None => return Ok((0, None)),
            // It may be restored. If not, the row goes with the tenant.
            Some(TenantStatus::Deleting { .. }) => return Ok((0, stuck)),
            Some(TenantStatus::Suspended) => false,
            Some(TenantStatus::Active) => self.has_mailer(),
        };
        self.tidy_outbox(tenant, now).await?;
        let sent = self.deliver(tenant).await?;
        let (waiting, oldest) = self.outbox_times(tenant).await?;
        let over = oldest.map(|oldest| oldest.plus_seconds(KEPT_SECONDS));
        // Where it is time for one that was not sent, there were too many of them, or it cannot be at the moment.
        let again = if can_send { Some(now) } else { stuck };
        let waiting = waiting.and_then(|next| if next <= now { again } else { Some(next) });
        Ok((sent, waiting.into_iter().chain(over).min()))
    }

    /// Removes what is over: mails that were kept long enough, what those said that are worth nothing any more, and
    /// rows that were none.
    async fn tidy_outbox(&self, tenant: TenantId, now: Timestamp) -> Result<(), StoreError> {
        let old = now.plus_seconds(-KEPT_SECONDS).as_micros();
        let now = now.as_micros();
        self.store()
            .write::<_, StoreError, _>(Place::Tenant(tenant), Undo::Savepoint, move |tx| {
                async move {
                    let own = Column::TenantId.eq(tenant.as_uuid());
                    let void = Entity::delete_many().filter(own.clone()).filter(Column::State.eq(VOID));
                    tx.delete(void).await?;
                    let old = Entity::delete_many().filter(own.clone()).filter(Column::CreatedAt.lte(old));
                    tx.delete(old).await?;
                    let over = |state: MailState| {
                        Entity::update_many()
                            .col_expr(Column::Body, Expr::value(None::<Vec<u8>>))
                            .filter(own.clone())
                            .filter(Column::State.eq(state.as_str()))
                            .filter(Column::GoodUntil.lte(now))
                    };
                    tx.update(failed(
                        over(MailState::Queued),
                        "what it holds was over before it could be sent",
                    ))
                    .await?;
                    tx.update(over(MailState::Failed).filter(Column::Body.is_not_null())).await.map(drop)
                }
                .boxed()
            })
            .await
    }

    /// When the next mail is to be sent, and when the oldest was made.
    async fn outbox_times(
        &self,
        tenant: TenantId,
    ) -> Result<(Option<Timestamp>, Option<Timestamp>), StoreError> {
        const WAITING: &str = "SELECT MIN(next_at) FROM mails WHERE tenant_id = ? AND state = ?";
        const OLDEST: &str = "SELECT MIN(created_at) FROM mails WHERE tenant_id = ?";
        let own = sea_query::Value::from(tenant.as_uuid());
        let queries = [(WAITING, vec![own.clone(), MailState::Queued.as_str().into()]), (OLDEST, vec![own])];
        self.store()
            .read::<_, StoreError, _>(Place::Tenant(tenant), move |tx| {
                async move {
                    let mut times = [None; 2];
                    for ((text, values), time) in queries.into_iter().zip(&mut times) {
                        let sql = Sql::new(tx.dialect().placeholders(text), values);
                        let found = tx.query(&sql, |row| row.int(0)).await?;
                        *time = found.into_iter().flatten().next().and_then(Timestamp::from_micros);
                    }
                    let [waiting, oldest] = times;
                    Ok((waiting, oldest))
                }
                .boxed()
            })
            .await
    }

    /// Says when the outbox is to be looked at next, unless a mail was announced meanwhile.
    async fn set_next_look(&self, lease: &DueRow, next: Option<Timestamp>) -> Result<(), StoreError> {
        let noted = Timestamp::from_micros(lease.noted_at).unwrap_or(Timestamp::MIN);
        let grace = noted.plus_seconds(GRACE_SECONDS);
        let next = next.into_iter().chain((grace > self.now()).then_some(grace)).min();
        let held = Due::TenantId
            .eq(lease.tenant_id)
            .and(Due::DueAt.eq(lease.due_at))
            .and(Due::NotedAt.eq(lease.noted_at));
        self.store()
            .write::<_, StoreError, _>(Place::Control, Undo::Savepoint, move |tx| {
                async move {
                    match next {
                        Some(next) => {
                            let next = DueEntity::update_many().col_expr(Due::DueAt, next.as_micros().into());
                            tx.update(next.filter(held)).await.map(drop)
                        }
                        None => tx.delete(DueEntity::delete_many().filter(held)).await.map(drop),
                    }
                }
                .boxed()
            })
            .await
    }
}
