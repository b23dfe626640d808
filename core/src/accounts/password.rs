//! Passwords of accounts: changed by who knows the one before, or set by a secret that the machine has printed.

use futures_util::FutureExt as _;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::account::{find_by_email, machine};
use super::audit::{Act, Entry};
use super::error::AccountError;
use super::sessions::{Ended, admit, end_sessions};
use super::setup::Email;
use crate::access::{AccountScope, Actor, RequestFacts};
use crate::clock::Timestamp;
use crate::credential::{Credential, CredentialKind};
use crate::engine::Undo;
use crate::guard;
use crate::ids::AccountId;
use crate::password::{Password, Presented};
use crate::platform::{Platform, see_through};
use crate::rng::RandomnessUnavailable;
use crate::store::entities::{account_resets, accounts};
use crate::store::{Place, StoreError, Tx};

/// How long a password can be set by a secret of the machine: a day.
pub const RESET_SECONDS: i64 = 24 * 3600;

/// A secret by which an account gets a password, and the only sight of it.
#[derive(Debug)]
pub struct MadeReset {
    /// What is to be presented.
    pub credential: Credential,
    /// Until when it works.
    pub expires_at: Timestamp,
}

impl Platform {
    /// Makes what the owner of an account sets a password with. Only who holds the databases can call this.
    pub async fn make_reset(&self, email: &Email) -> Result<MadeReset, AccountError> {
        let key = email.key();
        let found = self
            .store()
            .read::<_, StoreError, _>(Place::Control, move |tx| {
                async move { find_by_email(tx, &key).await }.boxed()
            })
            .await?;
        let id = AccountId::from_uuid(found.ok_or(AccountError::NoAccount)?.id);
        let (row, made) = reset_row(self, id)?;
        let audit = machine(Act::ResetMade, id, None).row(self, None)?;
        self.store()
            .write::<_, StoreError, _>(Place::Control, Undo::Savepoint, move |tx| {
                async move {
                    tx.insert(row).await?;
                    tx.insert(audit).await
                }
                .boxed()
            })
            .await?;
        Ok(made)
    }

    /// Sets a password by a secret of the machine, which is used up. Every session of the account ends, and nobody is
    /// signed in by it.
    pub async fn reset_account_password(
        &self,
        request: &RequestFacts,
        token: &str,
        password: String,
    ) -> Result<(), AccountError> {
        let password = Password::try_from(password).map_err(|invalid| invalid.below("/password"))?;
        let token = Credential::parse(token).filter(|token| token.kind() == CredentialKind::OneTime);
        let digest = token.ok_or(AccountError::InvalidToken)?.digest().to_vec();
        // Nobody has passwords hashed who has no secret; the deletion below decides.
        let (look, now) = (account_resets::Entity::find_by_id(digest.clone()), self.now());
        let found = self
            .store()
            .read::<_, StoreError, _>(Place::Control, move |tx| async move { tx.find(look).await }.boxed())
            .await?;
        let reset = found.filter(|reset| reset.expires_at > now.as_micros());
        let account = reset.ok_or(AccountError::InvalidToken)?.account_id;
        let hash = password.hash(self.rng()).await?;
        let audit = Entry {
            act: Act::PasswordReset,
            actor: Actor::Anonymous { key: None }.to_string(),
            tenant: None,
            subject: Some(AccountId::from_uuid(account).to_string()),
            details: None,
        };
        let audit = audit.row(self, Some(request))?;
        let platform = self.clone();
        see_through(async move {
            let ended = platform
                .store()
                .write_again(Place::Control, Undo::Savepoint, move |tx| {
                    async move {
                        let used = account_resets::Entity::delete_by_id(digest)
                            .filter(account_resets::Column::ExpiresAt.gt(now.as_micros()));
                        if tx.delete(used).await? == 0 {
                            return Err(AccountError::InvalidToken);
                        }
                        let row = tx.find(accounts::Entity::find_by_id(account)).await?;
                        let row = row.ok_or(AccountError::InvalidToken)?;
                        guard::absolve(tx, Place::Control, &row.email_key, None).await?;
                        let ended = set_password(tx, account, hash, None).await?;
                        tx.insert(audit).await?;
                        Ok(ended)
                    }
                    .boxed()
                })
                .await?
                .0;
            ended.forget(&platform).await;
            Ok(())
        })
        .await
    }
}

impl AccountScope {
    /// Replaces the password of the account, which has to be shown. All its other sessions end.
    pub async fn change_password(&self, current: String, new: String) -> Result<(), AccountError> {
        let session = self.session()?;
        let new = Password::try_from(new).map_err(|invalid| invalid.below("/new_password"))?;
        let current = Presented::new(current).ok_or(AccountError::WrongCredentials)?;
        let (id, platform) = (self.id(), self.platform());
        let find = accounts::Entity::find_by_id(id.as_uuid());
        let row = platform
            .store()
            .read::<_, StoreError, _>(Place::Control, move |tx| async move { tx.find(find).await }.boxed())
            .await?;
        let row = row.ok_or(AccountError::NoAccount)?;
        let tried = row.email_key;
        admit(platform, self.facts(), &tried).await?;
        let entry = |act| Entry {
            act,
            actor: id.to_string(),
            tenant: None,
            subject: Some(id.to_string()),
            details: None,
        };
        if !current.is(Some(row.password_hash)).await? {
            let refused = entry(Act::PasswordRefused).row(platform, Some(self.facts()))?;
            platform
                .store()
                .write::<_, StoreError, _>(Place::Control, Undo::None, move |tx| {
                    async move { tx.insert(refused).await }.boxed()
                })
                .await?;
            return Err(AccountError::WrongCredentials);
        }
        let hash = new.hash(platform.rng()).await?;
        let audit = entry(Act::PasswordChanged).row(platform, Some(self.facts()))?;
        let (platform, address) = (platform.clone(), self.facts().ip());
        see_through(async move {
            let ended = platform
                .store()
                .write_again::<_, StoreError, _>(Place::Control, Undo::Savepoint, move |tx| {
                    async move {
                        guard::absolve(tx, Place::Control, &tried, address).await?;
                        let ended = set_password(tx, id.as_uuid(), hash, Some(session.as_uuid())).await?;
                        tx.insert(audit).await?;
                        Ok(ended)
                    }
                    .boxed()
                })
                .await?
                .0;
            ended.forget(&platform).await;
            Ok(())
        })
        .await
    }
}

/// Sets a password. All sessions end but that one, and secrets by which it could be set.
async fn set_password(
    tx: &mut Tx<'_>,
    account: Uuid,
    hash: String,
    but: Option<Uuid>,
) -> Result<Ended, StoreError> {
    let update = accounts::Entity::update_many()
        .col_expr(accounts::Column::PasswordHash, hash.into())
        .filter(accounts::Column::Id.eq(account));
    tx.update(update).await?;
    let resets = account_resets::Entity::delete_many();
    tx.delete(resets.filter(account_resets::Column::AccountId.eq(account))).await?;
    end_sessions(tx, account, (None, but)).await
}

/// A secret by which an account gets a password, and its row.
pub(super) fn reset_row(
    platform: &Platform,
    account: AccountId,
) -> Result<(account_resets::ActiveModel, MadeReset), RandomnessUnavailable> {
    let credential = Credential::generate(CredentialKind::OneTime, platform.rng())?;
    let now = platform.now();
    let expires_at = now.plus_seconds(RESET_SECONDS);
    let row = account_resets::ActiveModel {
        digest: Set(credential.digest().to_vec()),
        account_id: Set(account.as_uuid()),
        created_at: Set(now.as_micros()),
        expires_at: Set(expires_at.as_micros()),
    };
    Ok((row, MadeReset { credential, expires_at }))
}
