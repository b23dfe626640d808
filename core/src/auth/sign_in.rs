//! Signing in with a password.
//!
//! Whether there is such a user is not to be told from the answer, nor from the time that it takes: a password is
//! compared in any case, and a try counts against the address that was typed, whether somebody has it or not.

use futures_util::FutureExt as _;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::audit::{Act, entry};
use super::error::UserError;
use super::session::SignedIn;
use crate::access::TenantScope;
use crate::engine::Undo;
use crate::guard;
use crate::password::{Presented, is_current};
use crate::records::users::{UserKey, UserRecord};
use crate::store::StoreError;
use crate::store::entities::user_secrets;

/// What somebody says they are known by.
#[derive(Debug)]
pub struct Credentials {
    /// The e-mail address, in any case.
    pub email: String,
    /// The password.
    pub password: String,
}

impl TenantScope {
    /// Begins a session for whoever has that address and that password.
    pub async fn sign_in(&self, credentials: Credentials) -> Result<SignedIn, UserError> {
        self.has_passwords()?;
        let Credentials { email, password } = credentials;
        let presented = Presented::new(password).ok_or(UserError::WrongCredentials)?;
        // What is no address is nobody's, and is not asked for: Postgres takes some of it for no text at all.
        if email.len() > 254 || email.contains('\0') {
            return Err(UserError::WrongCredentials);
        }
        let key = email.to_lowercase();
        self.admit(Some(&key)).await?;
        let (user, hash) = self.find_with_secret(UserKey::Email(email)).await?.unzip();
        let hash = hash.flatten();
        if !presented.is(hash.clone()).await? {
            self.note_refusal(user.map(|user| user.id.as_uuid())).await?;
            return Err(UserError::WrongCredentials);
        }
        let user = user.ok_or(UserError::WrongCredentials)?;
        if let Some(hash) = hash.filter(|hash| !is_current(hash)) {
            self.renew_hash(user.id.as_uuid(), hash, presented).await;
        }
        self.begin(user, "password", Some(key)).await
    }

    /// Hashes a password anew that was hashed elsewhere, or by an earlier version. Where that fails it is done the next
    /// time: the user has signed in all the same.
    async fn renew_hash(&self, user: Uuid, before: String, presented: Presented) {
        use user_secrets::{Column, Entity};
        let renewed = async {
            let hash = presented.hash_anew(self.platform().rng()).await?;
            let update = Entity::update_many()
                .col_expr(Column::PasswordHash, hash.into())
                .filter(Column::TenantId.eq(self.tenant().id().as_uuid()))
                .filter(Column::UserId.eq(user))
                // Unless the password was changed meanwhile.
                .filter(Column::PasswordHash.eq(before));
            let write = self.platform().store().write_again::<_, StoreError, _>(
                self.place(),
                Undo::Savepoint,
                move |tx| async move { tx.update(update).await }.boxed(),
            );
            Ok::<_, UserError>(write.await?)
        };
        if let Err(error) = renewed.await {
            tracing::warn!(error = &error as &dyn std::error::Error, "a password was not hashed anew");
        }
    }

    /// Counts a try as failed before it is made, against the account and against where it comes from.
    pub(super) async fn admit(&self, account: Option<&str>) -> Result<(), UserError> {
        let (tenant, now) = (self.tenant().id(), self.platform().now());
        let (account, address) = (account.map(str::to_owned), self.facts().ip());
        self.platform()
            .store()
            .write_again(self.place(), Undo::Savepoint, move |tx| {
                async move { guard::admit_from(tx, tenant, account.as_deref(), address, now).await }.boxed()
            })
            .await
            .map(|(done, _)| done)
    }

    /// Takes a try back that was right and begins nothing.
    pub(super) async fn absolve(&self, tried: String) -> Result<(), StoreError> {
        let (tenant, address) = (self.tenant().id(), self.facts().ip());
        self.platform()
            .store()
            .write_again::<_, StoreError, _>(self.place(), Undo::Savepoint, move |tx| {
                async move { guard::absolve(tx, tenant, &tried, address).await }.boxed()
            })
            .await
            .map(drop)
    }

    /// A user and the hash of their password, if they have one.
    pub(super) async fn find_with_secret(
        &self,
        key: UserKey,
    ) -> Result<Option<(UserRecord, Option<String>)>, UserError> {
        let Some(users) = self.tenant().users().cloned() else { return Ok(None) };
        let tenant = self.tenant().id().as_uuid();
        let found = self
            .platform()
            .store()
            .read::<_, StoreError, _>(self.place(), move |tx| {
                async move {
                    let Some(user) = UserRecord::find(tx, &users, &key).await? else { return Ok(None) };
                    let secret = user_secrets::Entity::find_by_id((tenant, user.id.as_uuid()));
                    let secret = tx.find(secret).await?;
                    Ok(Some((user, secret.map(|secret| secret.password_hash))))
                }
                .boxed()
            })
            .await?;
        Ok(found)
    }

    async fn note_refusal(&self, user: Option<Uuid>) -> Result<(), UserError> {
        let audit = entry(self, Act::SignInRefused, user, None)?;
        self.platform()
            .store()
            .write::<_, StoreError, _>(self.place(), Undo::None, move |tx| {
                async move { tx.insert(audit).await }.boxed()
            })
            .await?;
        Ok(())
    }
}
