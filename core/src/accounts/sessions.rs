//! Sessions of accounts: begun with a password, listed, ended.
//!
//! Whether there is such an account is not to be told from the answer, nor from the time that it takes: a password is
//! compared in any case, and a try counts against the address that was typed, whether somebody has it or not.

use futures_util::FutureExt as _;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use uuid::Uuid;

use super::account::find_by_email;
use super::audit::{Act, Entry};
use super::error::AccountError;
use crate::access::{AccountScope, Actor, RequestFacts, Via};
use crate::auth::Credentials;
use crate::clock::Timestamp;
use crate::credential::{Credential, CredentialDigest, CredentialKind};
use crate::dialect::Dialect;
use crate::engine::Undo;
use crate::guard;
use crate::ids::{AccountId, AccountSessionId};
use crate::password::{Presented, is_current};
use crate::platform::{Platform, see_through};
use crate::store::entities::account_sessions::{ActiveModel, Column, Entity, Model};
use crate::store::entities::accounts;
use crate::store::{Place, StoreError, Tx};

/// How long a session lasts, however much it is used: 12 hours.
pub const SESSION_SECONDS: i64 = 12 * 3600;
/// How long a session lasts that is not used: a quarter of an hour.
pub const IDLE_SECONDS: i64 = 15 * 60;
/// Sessions that an account has at most; beyond it the ones end that were not used for longest.
const MOST: u64 = 100;

/// A sign-in of an account that has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountSession {
    /// Its id.
    pub id: AccountSessionId,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub seen_at: Timestamp,
    /// When it ends, however much it is used.
    pub expires_at: Timestamp,
    /// What the client called itself.
    pub user_agent: Option<String>,
    /// Where it began.
    pub ip: Option<String>,
}

/// A new session, and the only sight of what it is known by.
#[derive(Debug)]
pub struct AccountSignIn {
    /// What is to be presented.
    pub credential: Credential,
    /// The session.
    pub session: AccountSession,
}

/// Sessions that have ended in a transaction, and are to be forgotten after it.
#[derive(Debug, Clone, Default)]
pub(super) struct Ended(Vec<Vec<u8>>);

impl From<Model> for AccountSession {
    fn from(row: Model) -> Self {
        let time = |micros| Timestamp::from_micros(micros).unwrap_or(Timestamp::MIN);
        Self {
            id: AccountSessionId::from_uuid(row.id),
            created_at: time(row.created_at),
            seen_at: time(row.seen_at),
            expires_at: time(row.expires_at),
            user_agent: row.user_agent,
            ip: row.ip,
        }
    }
}

impl Ended {
    /// How many have ended.
    pub(super) const fn count(&self) -> usize {
        self.0.len()
    }

    /// Refuses them from now on, here and elsewhere.
    pub(super) async fn forget(self, platform: &Platform) {
        for digest in self.0 {
            if let Ok(digest) = CredentialDigest::try_from(digest) {
                platform.forget_credential(&digest).await;
            }
        }
    }
}

impl Platform {
    /// Begins a session for whoever has that address and that password.
    pub async fn sign_in_account(
        &self,
        request: &RequestFacts,
        credentials: Credentials,
    ) -> Result<AccountSignIn, AccountError> {
        let Credentials { email, password } = credentials;
        let presented = Presented::new(password).ok_or(AccountError::WrongCredentials)?;
        // What is no address is nobody's, and is not asked for: Postgres takes some of it for no text at all.
        if email.len() > 254 || email.contains('\0') {
            return Err(AccountError::WrongCredentials);
        }
        let key = email.to_lowercase();
        admit(self, request, &key).await?;
        let find = key.clone();
        let row = self
            .store()
            .read::<_, StoreError, _>(Place::Control, move |tx| {
                async move { find_by_email(tx, &find).await }.boxed()
            })
            .await?;
        // Who has not set a password yet has none.
        let hash = row.as_ref().map(|row| row.password_hash.clone()).filter(|hash| !hash.is_empty());
        if !presented.is(hash.clone()).await? {
            self.note_refusal(request, row.map(|row| row.id)).await?;
            return Err(AccountError::WrongCredentials);
        }
        let row = row.ok_or(AccountError::WrongCredentials)?;
        if row.disabled_at.is_some() {
            return Err(AccountError::Disabled);
        }
        let renewed = match hash.filter(|hash| !is_current(hash)) {
            Some(_) => Some(presented.hash_anew(self.rng()).await?),
            None => None,
        };
        self.begin_session(request, row, renewed).await
    }

    /// Begins a session of an account whose password was shown, as its row was then.
    async fn begin_session(
        &self,
        request: &RequestFacts,
        shown: accounts::Model,
        renewed: Option<String>,
    ) -> Result<AccountSignIn, AccountError> {
        let account = AccountId::from_uuid(shown.id);
        let (id, now) = (AccountSessionId::generate(self.clock(), self.rng())?, self.now());
        let credential = Credential::generate(CredentialKind::Session, self.rng())?;
        let row = Model {
            id: id.as_uuid(),
            account_id: account.as_uuid(),
            digest: credential.digest().to_vec(),
            created_at: now.as_micros(),
            seen_at: now.as_micros(),
            expires_at: now.plus_seconds(SESSION_SECONDS).as_micros(),
            user_agent: request.header("user-agent").map(|agent| agent.chars().take(500).collect()),
            ip: request.ip().map(|ip| ip.to_string()),
        };
        let session = AccountSession::from(row.clone());
        let audit = Entry {
            act: Act::SignIn,
            actor: Actor::Anonymous { key: None }.to_string(),
            tenant: None,
            subject: Some(account.to_string()),
            details: Some(format!("password {id}")),
        };
        let (audit, address) = (audit.row(self, Some(request))?, request.ip());
        let platform = self.clone();
        see_through(async move {
            let surplus = platform
                .store()
                .write_again::<_, AccountError, _>(Place::Control, Undo::Savepoint, move |tx| {
                    async move {
                        still_is(tx, &shown).await?;
                        guard::absolve(tx, Place::Control, &shown.email_key, address).await?;
                        if let Some(after) = renewed {
                            renew_hash(tx, account, shown.password_hash, after).await?;
                        }
                        let surplus = begin(tx, row).await?;
                        tx.insert(audit).await?;
                        Ok(surplus)
                    }
                    .boxed()
                })
                .await?
                .0;
            surplus.forget(&platform).await;
            Ok::<_, AccountError>(())
        })
        .await?;
        Ok(AccountSignIn { credential, session })
    }

    async fn note_refusal(&self, request: &RequestFacts, account: Option<Uuid>) -> Result<(), AccountError> {
        let audit = Entry {
            act: Act::SignInRefused,
            actor: Actor::Anonymous { key: None }.to_string(),
            tenant: None,
            subject: account.map(|account| AccountId::from_uuid(account).to_string()),
            details: None,
        };
        let audit = audit.row(self, Some(request))?;
        self.store()
            .write::<_, StoreError, _>(Place::Control, Undo::None, move |tx| {
                async move { tx.insert(audit).await }.boxed()
            })
            .await?;
        Ok(())
    }
}

impl AccountScope {
    /// The session that calls. A token is none.
    pub(crate) const fn session(&self) -> Result<AccountSessionId, AccountError> {
        match self.via() {
            Via::Session(session) => Ok(session),
            Via::Token(_) => Err(AccountError::SessionNeeded),
        }
    }

    /// Ends the session that calls.
    pub async fn sign_out(&self) -> Result<(), AccountError> {
        let session = self.session()?;
        self.end(session, Act::SignOut).await.map(drop)
    }

    /// The sessions of the account, latest used first.
    pub async fn sessions(&self) -> Result<Vec<AccountSession>, AccountError> {
        self.session()?;
        let now = self.platform().now();
        let own = Entity::find()
            .filter(Column::AccountId.eq(self.id().as_uuid()))
            .filter(Column::ExpiresAt.gt(now.as_micros()))
            .filter(Column::SeenAt.gt(now.plus_seconds(-IDLE_SECONDS).as_micros()))
            .order_by_desc(Column::SeenAt)
            .order_by_desc(Column::Id);
        let rows = self
            .platform()
            .store()
            .read::<_, StoreError, _>(Place::Control, move |tx| async move { tx.all(own).await }.boxed())
            .await?;
        Ok(rows.into_iter().map(AccountSession::from).collect())
    }

    /// Ends one session of the account.
    pub async fn end_session(&self, session: AccountSessionId) -> Result<(), AccountError> {
        self.session()?;
        match self.end(session, Act::SessionEnded).await? {
            0 => Err(AccountError::NoSession),
            _ => Ok(()),
        }
    }

    async fn end(&self, session: AccountSessionId, act: Act) -> Result<usize, AccountError> {
        let id = self.id();
        let (actor, subject) = (id.to_string(), Some(id.to_string()));
        let audit = Entry { act, actor, tenant: None, subject, details: Some(session.to_string()) };
        let audit = audit.row(self.platform(), Some(self.facts()))?;
        let platform = self.platform().clone();
        see_through(async move {
            let ended = platform
                .store()
                .write::<_, StoreError, _>(Place::Control, Undo::Savepoint, move |tx| {
                    async move {
                        let ended = end_sessions(tx, id.as_uuid(), (Some(session.as_uuid()), None)).await?;
                        if ended.count() > 0 {
                            tx.insert(audit).await?;
                        }
                        Ok(ended)
                    }
                    .boxed()
                })
                .await?;
            let count = ended.count();
            ended.forget(&platform).await;
            Ok(count)
        })
        .await
    }
}

/// Refuses who has shown a password that was replaced meanwhile: the sessions that ended with it must not get another.
/// Whoever replaces it waits until this one has begun, and then ends it.
async fn still_is(tx: &mut Tx<'_>, shown: &accounts::Model) -> Result<(), AccountError> {
    let mut find = accounts::Entity::find_by_id(shown.id);
    if tx.dialect() != Dialect::Sqlite {
        find = find.lock_exclusive();
    }
    let now = tx.find(find).await?;
    let same = |now: &accounts::Model| {
        now.password_hash == shown.password_hash && now.disabled_at == shown.disabled_at
    };
    if now.as_ref().is_some_and(same) { Ok(()) } else { Err(AccountError::WrongCredentials) }
}

/// Counts a try as failed before it is made, against the account and against where it comes from.
pub(super) async fn admit(
    platform: &Platform,
    request: &RequestFacts,
    key: &str,
) -> Result<(), AccountError> {
    let (key, address, now) = (key.to_owned(), request.ip(), platform.now());
    platform
        .store()
        .write_again(Place::Control, Undo::Savepoint, move |tx| {
            async move { guard::admit_from(tx, Place::Control, Some(&key), address, now).await }.boxed()
        })
        .await
        .map(|(done, _)| done)
}

/// Ends an account's sessions: one; or all but one, or all.
pub(super) async fn end_sessions(
    tx: &mut Tx<'_>,
    account: Uuid,
    (only, but): (Option<Uuid>, Option<Uuid>),
) -> Result<Ended, StoreError> {
    let mut those = Entity::find().filter(Column::AccountId.eq(account));
    if let Some(only) = only {
        those = those.filter(Column::Id.eq(only));
    }
    if let Some(but) = but {
        those = those.filter(Column::Id.ne(but));
    }
    let rows = tx.all(those).await?;
    end_rows(tx, rows).await
}

async fn end_rows(tx: &mut Tx<'_>, rows: Vec<Model>) -> Result<Ended, StoreError> {
    let mut ended = Ended::default();
    for row in rows {
        if tx.delete(Entity::delete_by_id(row.id)).await? > 0 {
            ended.0.push(row.digest);
        }
    }
    Ok(ended)
}

/// Writes a session, removes those that are over, and ends those of the account that are too many.
async fn begin(tx: &mut Tx<'_>, row: Model) -> Result<Ended, StoreError> {
    let slept = row.created_at.saturating_sub(IDLE_SECONDS * 1_000_000);
    let over = Column::ExpiresAt.lte(row.created_at).or(Column::SeenAt.lte(slept));
    tx.delete(Entity::delete_many().filter(over)).await?;
    let account = row.account_id;
    tx.insert(active(row)).await?;
    let surplus = Entity::find()
        .filter(Column::AccountId.eq(account))
        .order_by_desc(Column::SeenAt)
        .order_by_desc(Column::Id)
        .offset(MOST)
        .limit(MOST);
    let surplus = tx.all(surplus).await?;
    end_rows(tx, surplus).await
}

fn active(row: Model) -> ActiveModel {
    ActiveModel {
        id: Set(row.id),
        account_id: Set(row.account_id),
        digest: Set(row.digest),
        created_at: Set(row.created_at),
        seen_at: Set(row.seen_at),
        expires_at: Set(row.expires_at),
        user_agent: Set(row.user_agent),
        ip: Set(row.ip),
    }
}

/// Keeps a password's new hash, unless the password was changed meanwhile.
async fn renew_hash(
    tx: &mut Tx<'_>,
    account: AccountId,
    before: String,
    after: String,
) -> Result<(), StoreError> {
    let update = accounts::Entity::update_many()
        .col_expr(accounts::Column::PasswordHash, after.into())
        .filter(accounts::Column::Id.eq(account.as_uuid()))
        .filter(accounts::Column::PasswordHash.eq(before));
    tx.update(update).await.map(drop)
}
