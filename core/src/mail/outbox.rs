//! The outbox: a mail is written in the transaction of what causes it, and sent after that.
//!
//! So nothing is sent of what was undone, and what was done has its mail even if the process ends at that moment. The
//! control database is told before the transaction that a mail is about to come, and the worker of this process after
//! it, so that no tenant has to be asked whether it has mails and nobody waits for the next sweep.

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde::{Deserialize, Serialize};

use super::error::MailError;
use super::template::{Locale, TemplateName, choices};
use crate::access::TenantScope;
use crate::engine::Undo;
use crate::ids::{MailId, TenantId};
use crate::platform::{Platform, see_through};
use crate::secrets::{MasterKey, SecretError};
use crate::store::entities::{mail_due, mails};
use crate::store::{OfStore, Place, StoreError, Tx};

/// What is to be written to whom.
pub(crate) struct Letter<'l> {
    /// Whom it is for.
    pub(crate) to: &'l str,
    pub(crate) template: TemplateName,
    /// The language that was asked for.
    pub(crate) locale: Option<&'l Locale>,
    /// What it says in its places, beside the name of the app.
    pub(crate) values: Vec<(&'static str, String)>,
    /// How long what it says is worth anything.
    pub(crate) minutes: Option<i64>,
}

/// A mail that is ready to be written into the outbox.
#[derive(Clone)]
pub(crate) struct Outgoing(mails::ActiveModel);

/// What is sealed of a mail.
#[derive(Serialize, Deserialize)]
pub(super) struct Body {
    pub(super) text: String,
    pub(super) html: Option<String>,
}

/// Where a mail stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailState {
    /// It waits to be sent, for the first time or again.
    Queued,
    /// It was handed over.
    Sent,
    /// It was given up.
    Failed,
}

impl MailState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Queued, Self::Sent, Self::Failed];

    /// What it is called.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Failed => "failed",
        }
    }
}

/// The state of what is written like a mail and is none: see [`Outgoing::void`].
pub(super) const VOID: &str = "void";

impl Outgoing {
    /// Writes it into the outbox.
    pub(crate) async fn write(self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        tx.insert(self.0).await
    }

    /// The same row, of a mail that nobody gets: where there is nobody, as much is done as where there is somebody, so
    /// that the time tells nothing. It is gone when the outbox is looked at next.
    #[must_use]
    pub(crate) fn void(mut self) -> Self {
        self.0.state = Set(VOID.to_owned());
        self.0.next_at = Set(None);
        self
    }

    /// The same mail, unless it is to be [void](Self::void).
    #[must_use]
    pub(crate) fn if_there(self, somebody: bool) -> Self {
        if somebody { self } else { self.void() }
    }

    /// Its id.
    pub(crate) fn id(&self) -> MailId {
        MailId::from_uuid(*self.0.id.as_ref())
    }
}

impl TenantScope {
    /// Makes a mail of the tenant's template, or of the one that comes with the server.
    pub(crate) async fn compose(&self, letter: Letter<'_>) -> Result<Outgoing, MailError> {
        let Letter { to, template, locale, values, minutes } = letter;
        let own = &self.tenant().auth().settings().mail_locale;
        let own = own.parse().unwrap_or_else(|_| Locale::english());
        let wanted: Vec<&str> = choices(locale, &own).collect();
        let (locale, source) = self.template_in(template, &wanted).await?;
        let app = &self.tenant().tenant().name;
        let rendered = source.read(template)?.render(|name| match name {
            "app" => Some(app.as_str()),
            name => values.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str()),
        });
        let (platform, tenant) = (self.platform(), self.tenant().id());
        let (id, now) = (MailId::generate(platform.clock(), platform.rng())?, platform.now());
        let body = Body { text: rendered.text, html: rendered.html };
        Ok(Outgoing(mails::ActiveModel {
            tenant_id: Set(tenant.as_uuid()),
            id: Set(id.as_uuid()),
            recipient: Set(to.to_owned()),
            recipient_key: Set(to.to_lowercase()),
            template: Set(template.as_str().to_owned()),
            locale: Set(locale),
            subject: Set(rendered.subject),
            body: Set(Some(body.seal(tenant, id, platform)?)),
            state: Set(MailState::Queued.as_str().to_owned()),
            attempts: Set(0),
            next_at: Set(Some(now.as_micros())),
            last_error: Set(None),
            created_at: Set(now.as_micros()),
            sent_at: Set(None),
            good_until: Set(minutes.map(|minutes| now.plus_seconds(minutes * 60).as_micros())),
        }))
    }

    /// Runs `work`, which may write mails, as one transaction, and sees to it that they go out.
    pub(crate) async fn write_with_mail<T, E, W>(&self, work: W) -> Result<T, E>
    where
        T: Send + 'static,
        E: OfStore + Send + 'static,
        W: for<'a, 'c> FnOnce(&'a mut Tx<'c>) -> BoxFuture<'a, Result<T, E>> + Clone + Send + 'static,
    {
        let (platform, tenant, place) = (self.platform().clone(), self.tenant().id(), self.place());
        see_through(async move {
            platform.announce_mail(tenant).await?;
            let (done, _) = platform.store().write_again(place, Undo::Savepoint, work).await?;
            platform.outbox().wake(tenant);
            Ok(done)
        })
        .await
    }
}

impl Body {
    fn seal(&self, tenant: TenantId, mail: MailId, platform: &Platform) -> Result<Vec<u8>, MailError> {
        let plain = serde_json::to_vec(self).map_err(|error| StoreError::Fault(error.into()))?;
        Ok(platform.master_key().seal(&context(tenant, mail), &plain, platform.rng())?)
    }

    pub(super) fn open(
        tenant: TenantId,
        mail: MailId,
        sealed: &[u8],
        key: &MasterKey,
    ) -> Result<Self, SecretError> {
        let plain = key.open(&context(tenant, mail), sealed)?;
        serde_json::from_slice(&plain).map_err(|_| SecretError::Unreadable)
    }
}

fn context(tenant: TenantId, mail: MailId) -> Vec<u8> {
    format!("{mail} of {tenant}").into_bytes()
}

impl Platform {
    /// Says that a mail is about to be written. Before it is: what was said for nothing costs a look.
    async fn announce_mail(&self, tenant: TenantId) -> Result<(), StoreError> {
        let now = self.now().as_micros();
        self.store()
            .write_again::<_, StoreError, _>(Place::Control, Undo::Savepoint, move |tx| {
                async move { note_due(tx, tenant, now).await }.boxed()
            })
            .await
            .map(drop)
    }
}

/// Says that a tenant's outbox is to be looked at now.
async fn note_due(tx: &mut Tx<'_>, tenant: TenantId, now: i64) -> Result<(), StoreError> {
    use mail_due::{ActiveModel, Column, Entity};
    let sooner = Entity::update_many()
        .col_expr(Column::DueAt, now.into())
        .col_expr(Column::NotedAt, now.into())
        .filter(Column::TenantId.eq(tenant.as_uuid()));
    if tx.update(sooner).await? > 0 {
        return Ok(());
    }
    let first = ActiveModel { tenant_id: Set(tenant.as_uuid()), due_at: Set(now), noted_at: Set(now) };
    match tx.insert(first).await {
        // Another was the first: this one is made anew and finds it.
        Err(StoreError::Unique { .. }) => Err(StoreError::Conflict("a racing first mail".into())),
        inserted => inserted,
    }
}
