//! Personal access tokens: how people work from the command line.

use futures_util::FutureExt as _;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};

use super::audit::{Act, Entry};
use super::error::AccountError;
use crate::access::{AccountScope, ScopeSet};
use crate::clock::Timestamp;
use crate::credential::{Credential, CredentialDigest, CredentialKind};
use crate::engine::Undo;
use crate::ids::{AccountId, TokenId};
use crate::invalid::{Findings, Invalid};
use crate::keys::future;
use crate::platform::{Platform, see_through};
use crate::rng::RandomnessUnavailable;
use crate::store::entities::access_tokens::{self, Column, Entity, Model};
use crate::store::entities::accounts;
use crate::store::{Dialect, Place, StoreError};
use crate::tenants::display_name;

/// Tokens that an account has at most, revoked ones aside.
const MOST: u64 = 100;

/// A new token, and the only sight of it.
#[derive(Debug)]
pub struct MadeToken {
    /// Its id.
    pub id: TokenId,
    /// Its name for people.
    pub name: String,
    /// What is to be presented.
    pub credential: Credential,
}

/// A token of an account, without the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountToken {
    /// Its id.
    pub id: TokenId,
    /// Its name for people.
    pub name: String,
    /// Its prefix and first characters.
    pub hint: String,
    /// What it may do in tenants at most; `None` for all that its account may.
    pub scopes: Option<ScopeSet>,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is refused.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
}

/// A new token of an account, and the only sight of it.
#[derive(Debug)]
pub struct MadeAccountToken {
    /// The token.
    pub token: AccountToken,
    /// What is to be presented.
    pub credential: Credential,
}

/// What a new token of an account is to be.
#[derive(Debug, Clone)]
pub struct NewAccountToken {
    name: String,
    scopes: Option<ScopeSet>,
    expires_at: Option<Timestamp>,
}

impl NewAccountToken {
    /// Reads what was sent. Without scopes it may all that its account may.
    pub fn parse(
        name: String,
        scopes: Option<&[String]>,
        expires_at: Option<&str>,
        now: Timestamp,
    ) -> Result<Self, Invalid> {
        let mut findings = Findings::default();
        let name = findings.take("/name", display_name(name));
        let scopes = scopes.map(|names| findings.take("/scopes", ScopeSet::parse(names)));
        let expires_at =
            expires_at.and_then(|text| findings.take("/expires_at", future("a token", text, now)));
        findings.finish(name.map(|name| Self { name, scopes: scopes.flatten(), expires_at }))
    }
}

impl From<Model> for AccountToken {
    fn from(row: Model) -> Self {
        let time = |micros: Option<i64>| micros.and_then(Timestamp::from_micros);
        Self {
            id: TokenId::from_uuid(row.id),
            name: row.name,
            hint: row.hint,
            scopes: row.scopes.as_deref().map(ScopeSet::stored),
            created_at: Timestamp::from_micros(row.created_at).unwrap_or(Timestamp::MIN),
            expires_at: time(row.expires_at),
            last_used_at: time(row.last_used_at),
        }
    }
}

/// What can come of the wish for a token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The name is none.
    #[error(transparent)]
    Name(#[from] Invalid),
    /// No randomness.
    #[error(transparent)]
    Randomness(#[from] RandomnessUnavailable),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Platform {
    /// Makes an operator's token that belongs to no account. Only who holds the databases can call this.
    pub async fn create_token(&self, name: String) -> Result<MadeToken, TokenError> {
        let made = MadeToken {
            id: TokenId::generate(self.clock(), self.rng())?,
            name: display_name(name)?,
            credential: Credential::generate(CredentialKind::PersonalAccess, self.rng())?,
        };
        let row = token_row(&made, None, self.now());
        self.store()
            .write::<_, StoreError, _>(Place::Control, Undo::None, move |tx| {
                async move { tx.insert(row).await }.boxed()
            })
            .await?;
        Ok(made)
    }
}

impl AccountScope {
    /// Makes a token of the account. In a session only, so that a token that gets lost makes no other.
    pub async fn create_token(&self, new: NewAccountToken) -> Result<MadeAccountToken, AccountError> {
        self.session()?;
        let (id, platform, now) = (self.id(), self.platform(), self.platform().now());
        let credential = Credential::generate(CredentialKind::PersonalAccess, platform.rng())?;
        let token = AccountToken {
            id: TokenId::generate(platform.clock(), platform.rng())?,
            name: new.name,
            hint: credential.hint().to_owned(),
            scopes: new.scopes,
            created_at: now,
            expires_at: new.expires_at,
            last_used_at: None,
        };
        let row = access_tokens::ActiveModel {
            id: Set(token.id.as_uuid()),
            account_id: Set(Some(id.as_uuid())),
            name: Set(token.name.clone()),
            digest: Set(credential.digest().to_vec()),
            hint: Set(token.hint.clone()),
            created_at: Set(now.as_micros()),
            expires_at: Set(token.expires_at.map(Timestamp::as_micros)),
            revoked_at: Set(None),
            last_used_at: Set(None),
            scopes: Set(token.scopes.map(|scopes| scopes.names().join(" "))),
        };
        let audit = self.entry(Act::TokenCreated, token.id).row(platform, Some(self.facts()))?;
        let narrowed = token.scopes.is_some();
        platform
            .store()
            .write_again(Place::Control, Undo::Savepoint, move |tx| {
                async move {
                    // Whoever makes one at the same time waits, so that there are never too many.
                    let mut find = accounts::Entity::find_by_id(id.as_uuid());
                    if tx.dialect() != Dialect::Sqlite {
                        find = find.lock_exclusive();
                    }
                    let account = tx.find(find).await?.ok_or(AccountError::NoAccount)?;
                    if account.operator && narrowed {
                        let message = "an operator's token cannot be narrowed: it runs the platform";
                        return Err(Invalid::one("/scopes", "not_applicable", message).into());
                    }
                    let used = tx.all(own(id).limit(MOST)).await?.len();
                    if u64::try_from(used).unwrap_or(MOST) >= MOST {
                        return Err(AccountError::TooManyTokens { most: MOST });
                    }
                    tx.insert(row).await?;
                    Ok(tx.insert(audit).await?)
                }
                .boxed()
            })
            .await?;
        Ok(MadeAccountToken { token, credential })
    }

    /// The tokens of the account that were not revoked, oldest first.
    pub async fn tokens(&self) -> Result<Vec<AccountToken>, AccountError> {
        self.session()?;
        let own = own(self.id());
        let rows = self
            .platform()
            .store()
            .read::<_, StoreError, _>(Place::Control, move |tx| async move { tx.all(own).await }.boxed())
            .await?;
        Ok(rows.into_iter().map(AccountToken::from).collect())
    }

    /// Refuses a token of the account from now on.
    pub async fn revoke_token(&self, token: TokenId) -> Result<(), AccountError> {
        self.session()?;
        let (id, platform) = (self.id(), self.platform().clone());
        let now = platform.now().as_micros();
        let audit = self.entry(Act::TokenRevoked, token).row(&platform, Some(self.facts()))?;
        see_through(async move {
            let digest = platform
                .store()
                .write(Place::Control, Undo::Savepoint, move |tx| {
                    async move {
                        let found = tx.find(own(id).filter(Column::Id.eq(token.as_uuid()))).await?;
                        let found = found.ok_or(AccountError::NoToken)?;
                        let revoke = Entity::update_many()
                            .col_expr(Column::RevokedAt, now.into())
                            .filter(Column::Id.eq(found.id))
                            .filter(Column::RevokedAt.is_null());
                        tx.update(revoke).await?;
                        tx.insert(audit).await?;
                        Ok::<_, AccountError>(found.digest)
                    }
                    .boxed()
                })
                .await?;
            if let Ok(digest) = CredentialDigest::try_from(digest) {
                platform.forget_credential(&digest).await;
            }
            Ok(())
        })
        .await
    }

    fn entry(&self, act: Act, token: TokenId) -> Entry {
        let (actor, subject) = (self.id().to_string(), Some(self.id().to_string()));
        Entry { act, actor, tenant: None, subject, details: Some(token.to_string()) }
    }
}

/// An account's tokens that were not revoked, oldest first.
fn own(account: AccountId) -> sea_orm::Select<Entity> {
    Entity::find()
        .filter(Column::AccountId.eq(account.as_uuid()))
        .filter(Column::RevokedAt.is_null())
        .order_by_asc(Column::Id)
}

pub(super) fn token_row(
    made: &MadeToken,
    account: Option<AccountId>,
    now: Timestamp,
) -> access_tokens::ActiveModel {
    access_tokens::ActiveModel {
        id: Set(made.id.as_uuid()),
        account_id: Set(account.map(AccountId::as_uuid)),
        name: Set(made.name.clone()),
        digest: Set(made.credential.digest().to_vec()),
        hint: Set(made.credential.hint().to_owned()),
        created_at: Set(now.as_micros()),
        expires_at: Set(None),
        revoked_at: Set(None),
        last_used_at: Set(None),
        scopes: Set(None),
    }
}
