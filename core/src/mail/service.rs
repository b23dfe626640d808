//! What those who administer a tenant do with its mails.

use futures_util::FutureExt as _;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};

use super::error::MailError;
use super::outbox::{Body, MailState, VOID};
use crate::access::{AuthRead, AuthWrite, Permit, TenantScope};
use crate::auth::{Act, audit_entry};
use crate::clock::Timestamp;
use crate::ids::MailId;
use crate::store::StoreError;
use crate::store::entities::mails::{Column, Entity, Model};

/// A mail of the outbox.
#[derive(Debug, Clone)]
pub struct MailRecord {
    /// Its id.
    pub id: MailId,
    /// Whom it is for.
    pub to: String,
    /// Which kind it is.
    pub template: String,
    /// In which language.
    pub locale: String,
    /// Its subject.
    pub subject: String,
    /// Where it stands.
    pub state: MailState,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next.
    pub next_at: Option<Timestamp>,
    /// What the mail server said when it was tried last and not taken.
    pub last_error: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was handed over.
    pub sent_at: Option<Timestamp>,
    /// Until when what it says is worth anything.
    pub good_until: Option<Timestamp>,
}

/// A mail with what it says, while that is kept: until it was sent, or is over.
#[derive(Clone)]
pub struct OpenMail {
    /// The mail.
    pub mail: MailRecord,
    /// The text.
    pub text: Option<String>,
    /// The same as HTML.
    pub html: Option<String>,
}

/// It holds what opens something.
impl std::fmt::Debug for OpenMail {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "OpenMail({} …)", self.mail.id)
    }
}

/// Which mails are asked for.
#[derive(Debug, Clone, Default)]
pub struct MailFilter {
    /// Those in that state.
    pub state: Option<MailState>,
    /// Those to that address, in any case.
    pub to: Option<String>,
}

/// A page of mails, latest first.
#[derive(Debug, Clone)]
pub struct MailPage {
    /// The mails.
    pub items: Vec<MailRecord>,
    /// The last one's id, where more follow.
    pub next: Option<MailId>,
}

impl TryFrom<Model> for MailRecord {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let time = |micros: i64| {
            let unknown = || StoreError::Fault(format!("a mail has the time {micros}").into());
            Timestamp::from_micros(micros).ok_or_else(unknown)
        };
        let state = MailState::ALL.into_iter().find(|state| state.as_str() == row.state);
        Ok(Self {
            id: MailId::from_uuid(row.id),
            to: row.recipient,
            template: row.template,
            locale: row.locale,
            subject: row.subject,
            state: state.ok_or_else(|| StoreError::Fault("a mail has a state of no version's".into()))?,
            attempts: row.attempts,
            next_at: row.next_at.map(time).transpose()?,
            last_error: row.last_error,
            created_at: time(row.created_at)?,
            sent_at: row.sent_at.map(time).transpose()?,
            good_until: row.good_until.map(time).transpose()?,
        })
    }
}

impl TenantScope {
    /// A page of at most `limit` mails that were made before `before`, without what they say.
    pub async fn mails(
        &self,
        _: &Permit<AuthRead>,
        filter: MailFilter,
        before: Option<MailId>,
        limit: u64,
    ) -> Result<MailPage, MailError> {
        let mut select = Entity::find()
            .filter(Column::TenantId.eq(self.tenant().id().as_uuid()))
            .filter(Column::State.ne(VOID))
            .order_by_desc(Column::Id)
            .limit(limit + 1);
        if let Some(state) = filter.state {
            select = select.filter(Column::State.eq(state.as_str()));
        }
        if let Some(to) = filter.to {
            // What is no text to Postgres is nobody's address.
            select = select.filter(Column::RecipientKey.eq(to.to_lowercase().replace('\0', "\u{1}")));
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
        let items = rows.into_iter().map(MailRecord::try_from).collect::<Result<Vec<_>, _>>()?;
        let next = items.last().filter(|_| more).map(|mail| mail.id);
        Ok(MailPage { items, next })
    }

    /// A mail with what it says. Who reads that can do what its recipient can, so it takes the permit to write.
    pub async fn mail(&self, _: &Permit<AuthWrite>, id: MailId) -> Result<OpenMail, MailError> {
        let row = self.find_mail(id).await?;
        let tenant = self.tenant().id();
        let key = self.platform().master_key();
        let body = row.body.as_deref().map(|sealed| Body::open(tenant, id, sealed, key)).transpose()?;
        let (text, html) = body.map(|body| (body.text, body.html)).unzip();
        Ok(OpenMail { mail: row.try_into()?, text, html: html.flatten() })
    }

    /// Has a mail that waits or was given up tried again now, as often as a new one.
    pub async fn retry_mail(&self, _: &Permit<AuthWrite>, id: MailId) -> Result<MailRecord, MailError> {
        let row = self.find_mail(id).await?;
        let now = self.platform().now().as_micros();
        if row.state == MailState::Sent.as_str() {
            return Err(MailError::Sent);
        }
        if row.body.is_none() || row.good_until.is_some_and(|until| until <= now) {
            return Err(MailError::Over);
        }
        let audit = audit_entry(self, Act::MailRetried, None, Some(id.to_string()))?;
        let tenant = self.tenant().id().as_uuid();
        let again = Entity::update_many()
            .col_expr(Column::State, MailState::Queued.as_str().into())
            .col_expr(Column::Attempts, 0.into())
            .col_expr(Column::NextAt, now.into())
            .col_expr(Column::LastError, Expr::value(None::<String>))
            .filter(Column::TenantId.eq(tenant))
            .filter(Column::Id.eq(id.as_uuid()))
            .filter(Column::State.eq(row.state))
            .filter(Column::Body.is_not_null());
        let changed = self
            .write_with_mail::<_, StoreError, _>(move |tx| {
                async move {
                    let changed = tx.update(again).await?;
                    if changed > 0 {
                        tx.insert(audit).await?;
                    }
                    Ok(changed)
                }
                .boxed()
            })
            .await?;
        // It went out, or was given up, in this very moment.
        if changed == 0 { Err(MailError::Sent) } else { Ok(self.find_mail(id).await?.try_into()?) }
    }

    async fn find_mail(&self, id: MailId) -> Result<Model, MailError> {
        let own =
            Entity::find_by_id((self.tenant().id().as_uuid(), id.as_uuid())).filter(Column::State.ne(VOID));
        let found = self
            .platform()
            .store()
            .read::<_, StoreError, _>(self.place(), move |tx| async move { tx.find(own).await }.boxed())
            .await?;
        found.ok_or(MailError::NotFound)
    }
}
