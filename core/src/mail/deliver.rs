//! From the outbox to whoever carries mails away.
//!
//! Who sends a mail takes it first: the time of its next try is put off, on the condition that it is still what was
//! read. Of two processes one gets it. One that dies on the way leaves a mail that is tried again when that time has
//! come, and its recipient may have it twice then: which of the two it was, nobody can know.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use futures_util::{FutureExt as _, StreamExt as _, stream};
use metrics::counter;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, UpdateMany,
};
use tokio::sync::{Notify, Semaphore};

use super::mailer::{Mail, Mailer, SendError};
use super::outbox::{Body, MailState};
use crate::clock::Timestamp;
use crate::engine::Undo;
use crate::ids::{MailId, TenantId};
use crate::platform::{Platform, Swept};
use crate::rng::Rng;
use crate::store::entities::mails::{Column, Entity, Model};
use crate::store::{Place, StoreError};
use crate::tenants::TenantStatus;

/// Mails that are under way at once.
const AT_ONCE: usize = 8;
/// Of one tenant, so that it does not hold up the others.
const AT_ONCE_OF_A_TENANT: usize = 4;
/// Mails that are read at once.
const BATCH: usize = 20;
/// Mails of a tenant that are sent in one go; the rest is for the next.
const MOST: usize = 200;
/// How long a try may take, at least: until then nobody else makes one.
const LEASE_SECONDS: i64 = 5 * 60;
/// How long it takes from one try to the next, in seconds; after the last of these a mail is given up.
const WAITS: [i64; 7] = [60, 5 * 60, 15 * 60, 3600, 3 * 3600, 6 * 3600, 12 * 3600];
/// Characters that are kept of what a mail server said.
const WORDS: usize = 500;
/// What stands as the last error while there is nobody who carries mails away.
const NO_SERVER: &str = "no SMTP server is configured";

/// What a process knows of mails.
pub(crate) struct Outbox {
    mailer: OnceLock<Arc<dyn Mailer>>,
    woken: Mutex<HashSet<TenantId>>,
    works: OnceLock<()>,
    notify: Notify,
    room: Semaphore,
}

impl Default for Outbox {
    fn default() -> Self {
        Self {
            mailer: OnceLock::new(),
            woken: Mutex::default(),
            works: OnceLock::new(),
            notify: Notify::new(),
            room: Semaphore::new(AT_ONCE),
        }
    }
}

impl Outbox {
    /// Says that a tenant has a mail to be sent, to the worker in this process, if there is one.
    pub(super) fn wake(&self, tenant: TenantId) {
        if self.works.get().is_some() {
            self.woken.lock().unwrap_or_else(PoisonError::into_inner).insert(tenant);
            self.notify.notify_one();
        }
    }

    fn take_woken(&self) -> HashSet<TenantId> {
        std::mem::take(&mut *self.woken.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Platform {
    /// Says who carries mails away. Once, at the start.
    pub fn set_mailer(&self, mailer: Arc<dyn Mailer>) {
        self.outbox().mailer.get_or_init(|| mailer);
    }

    /// Says that this process sends mails, and waits until there are some that its own requests have caused.
    pub async fn mail_woken(&self) {
        self.outbox().works.get_or_init(|| ());
        self.outbox().notify.notified().await;
    }

    /// Sends the mails that requests of this process have caused.
    pub async fn deliver_woken(&self) -> Swept<usize> {
        let woken = self.outbox().take_woken();
        let outcomes = stream::iter(woken).map(|tenant| async move {
            let sent = self.deliver(tenant).await;
            sent.inspect_err(|error| note_failure(tenant, error))
        });
        let outcomes: Vec<_> = outcomes.buffer_unordered(AT_ONCE).collect().await;
        outcomes.into_iter().fold(Swept::default(), |mut swept, outcome| {
            match outcome {
                Ok(sent) => swept.done += sent,
                Err(_) => swept.failed += 1,
            }
            swept
        })
    }

    /// Sends the mails of a tenant that are due, as many as go in one go, and counts those that were taken.
    pub(super) async fn deliver(&self, tenant: TenantId) -> Result<usize, StoreError> {
        let state = self.tenant_state(tenant).await?;
        // Who is stopped sends nothing, and a file is not made anew for a tenant that has gone.
        if !state.is_some_and(|state| state.status() == TenantStatus::Active) {
            return Ok(0);
        }
        let Some(mailer) = self.outbox().mailer.get().cloned() else {
            return self.note_waiting(tenant).await.map(|()| 0);
        };
        let (mut sent, mut tried) = (0, 0);
        while tried < MOST {
            let due = self.due_mails(tenant).await?;
            let count = due.len();
            let outcomes: Vec<_> = stream::iter(due)
                .map(|mail| self.try_mail(&*mailer, mail))
                .buffer_unordered(AT_ONCE_OF_A_TENANT)
                .collect()
                .await;
            for outcome in outcomes {
                sent += usize::from(outcome?);
            }
            tried += count;
            if count < BATCH {
                break;
            }
        }
        Ok(sent)
    }

    async fn due_mails(&self, tenant: TenantId) -> Result<Vec<Model>, StoreError> {
        let due = due(tenant, self.now()).order_by_asc(Column::NextAt).limit(BATCH as u64);
        self.store()
            .read::<_, StoreError, _>(Place::Tenant(tenant), move |tx| {
                async move { tx.all(due).await }.boxed()
            })
            .await
    }

    /// Tries to send a mail, unless somebody else does; says whether it was taken.
    async fn try_mail(&self, mailer: &dyn Mailer, mail: Model) -> Result<bool, StoreError> {
        // Never closed.
        let _room = self.outbox().room.acquire().await;
        let (tenant, id, now) = (TenantId::from_uuid(mail.tenant_id), MailId::from_uuid(mail.id), self.now());
        let lease = now.plus_seconds(LEASE_SECONDS).as_micros();
        let take = of(&mail)
            .col_expr(Column::NextAt, lease.into())
            .col_expr(Column::Attempts, (mail.attempts + 1).into())
            .filter(Column::NextAt.eq(mail.next_at));
        if self.change_mail(tenant, take).await? == 0 {
            return Ok(false);
        }
        let outcome = match self.open_mail(tenant, &mail, now) {
            Some(opened) => mailer.send(&opened).await,
            None => Err(SendError::Refused("it does not open under this master key".to_owned())),
        };
        let now = self.now();
        let attempts = usize::try_from(mail.attempts).unwrap_or(usize::MAX);
        let (word, settled) = match &outcome {
            Ok(()) => ("sent", sent(of(&mail), now)),
            Err(SendError::NotNow(words)) if attempts < WAITS.len() => {
                let wait = WAITS.get(attempts).copied().unwrap_or_default();
                let next = now.plus_seconds(jittered(wait, self.rng())).as_micros();
                let later = of(&mail).col_expr(Column::NextAt, next.into());
                ("postponed", with_words(later, words).filter(Column::NextAt.eq(lease)))
            }
            Err(error) => ("failed", failed(of(&mail), &error.to_string())),
        };
        counter!("neonex_mails_total", "outcome" => word).increment(1);
        if let Err(error) = &outcome {
            let template = mail.template.as_str();
            tracing::warn!(%tenant, mail = %id, template, outcome = word, %error, "a mail was not taken");
        }
        self.change_mail(tenant, settled).await?;
        Ok(outcome.is_ok())
    }

    fn open_mail(&self, tenant: TenantId, mail: &Model, now: Timestamp) -> Option<Mail> {
        let id = MailId::from_uuid(mail.id);
        let body = Body::open(tenant, id, mail.body.as_deref()?, self.master_key()).ok()?;
        let (to, subject) = (mail.recipient.clone(), mail.subject.clone());
        Some(Mail { id, at: now, to, subject, text: body.text, html: body.html })
    }

    async fn change_mail(&self, tenant: TenantId, change: UpdateMany<Entity>) -> Result<u64, StoreError> {
        self.store()
            .write_again::<_, StoreError, _>(Place::Tenant(tenant), Undo::Savepoint, move |tx| {
                let change = change.clone();
                async move { tx.update(change).await }.boxed()
            })
            .await
            .map(|(changed, _)| changed)
    }

    /// Says of each mail once that nobody carries it away.
    async fn note_waiting(&self, tenant: TenantId) -> Result<(), StoreError> {
        let new = due(tenant, self.now()).filter(Column::LastError.is_null()).limit(MOST as u64);
        let noted = self
            .store()
            .write_again::<_, StoreError, _>(Place::Tenant(tenant), Undo::Savepoint, move |tx| {
                let new = new.clone();
                async move {
                    let new = tx.all(new).await?;
                    for mail in &new {
                        tx.update(with_words(of(mail), NO_SERVER)).await?;
                    }
                    Ok(new)
                }
                .boxed()
            })
            .await?;
        for mail in noted.0 {
            let (id, template) = (MailId::from_uuid(mail.id), mail.template);
            tracing::info!(%tenant, mail = %id, template, "a mail waits in the outbox: {NO_SERVER}");
        }
        Ok(())
    }

    /// Whether somebody carries mails away.
    pub(super) fn has_mailer(&self) -> bool {
        self.outbox().mailer.get().is_some()
    }
}

pub(super) fn note_failure(tenant: TenantId, error: &StoreError) {
    let error = error as &dyn std::error::Error;
    tracing::warn!(%tenant, error, "a tenant's mails could not be sent yet");
}

/// The mails that wait, and whose time has come.
fn due(tenant: TenantId, now: Timestamp) -> sea_orm::Select<Entity> {
    let alive = Column::GoodUntil.is_null().or(Column::GoodUntil.gt(now.as_micros()));
    Entity::find()
        .filter(Column::TenantId.eq(tenant.as_uuid()))
        .filter(Column::State.eq(MailState::Queued.as_str()))
        .filter(Column::NextAt.lte(now.as_micros()))
        .filter(alive)
}

/// A change of that mail, while it waits.
fn of(mail: &Model) -> UpdateMany<Entity> {
    Entity::update_many()
        .filter(Column::TenantId.eq(mail.tenant_id))
        .filter(Column::Id.eq(mail.id))
        .filter(Column::State.eq(MailState::Queued.as_str()))
}

/// What it said is nobody's any more.
fn sent(change: UpdateMany<Entity>, now: Timestamp) -> UpdateMany<Entity> {
    change
        .col_expr(Column::State, MailState::Sent.as_str().into())
        .col_expr(Column::SentAt, now.as_micros().into())
        .col_expr(Column::NextAt, Expr::value(None::<i64>))
        .col_expr(Column::Body, Expr::value(None::<Vec<u8>>))
        .col_expr(Column::LastError, Expr::value(None::<String>))
}

pub(super) fn failed(change: UpdateMany<Entity>, words: &str) -> UpdateMany<Entity> {
    let change = change
        .col_expr(Column::State, MailState::Failed.as_str().into())
        .col_expr(Column::NextAt, Expr::value(None::<i64>));
    with_words(change, words)
}

fn with_words(change: UpdateMany<Entity>, words: &str) -> UpdateMany<Entity> {
    let words: String = words.chars().filter(|letter| *letter != '\0').take(WORDS).collect();
    change.col_expr(Column::LastError, words.into())
}

/// A tenth more or less, so that mails which failed together do not come together again.
fn jittered(seconds: i64, rng: &dyn Rng) -> i64 {
    let mut bytes = [0; 2];
    // Without randomness there is none to be shared out.
    let random = rng.fill(&mut bytes).map_or(32_768, |()| i64::from(u16::from_be_bytes(bytes)));
    seconds - seconds / 10 + seconds * random / 327_680
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::SystemRng;

    #[test]
    fn a_mail_is_tried_for_about_a_day() {
        assert_eq!(WAITS.len() + 1, 8);
        assert_eq!(WAITS.iter().sum::<i64>(), 22 * 3600 + 21 * 60);
        let waits: Vec<i64> = (0..1_000).map(|_| jittered(3600, &SystemRng)).collect();
        assert!(waits.iter().all(|wait| (3240..=3960).contains(wait)), "{waits:?}");
        assert!(waits.iter().any(|wait| *wait < 3500) && waits.iter().any(|wait| *wait > 3700), "{waits:?}");
    }
}
