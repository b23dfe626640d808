//! Signing in with a password.
//!
//! Whether there is such a user is not to be told from the answer, nor from the time that it takes: a password is
//! compared in any case, and a try counts against the address that was typed, whether somebody has it or not.

use futures_util::FutureExt as _;
use sea_orm::EntityTrait as _;
use uuid::Uuid;

use super::audit::{Act, entry};
use super::error::UserError;
use super::guard;
use super::session::SignedIn;
use crate::access::TenantScope;
use crate::engine::Undo;
use crate::password::Presented;
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
        let Credentials { email, password } = credentials;
        let presented = Presented::new(password).ok_or(UserError::WrongCredentials)?;
        // What is no address is nobody's, and is not asked for: Postgres takes some of it for no text at all.
        if email.len() > 254 || email.contains('\0') {
            return Err(UserError::WrongCredentials);
        }
        let key = email.to_lowercase();
        self.admit(Some(&key)).await?;
        let (user, hash) = self.find_with_secret(UserKey::Email(email)).await?.unzip();
        if !presented.is(hash.flatten()).await? {
            self.note_refusal(user.map(|user| user.id.as_uuid())).await?;
            return Err(UserError::WrongCredentials);
        }
        let user = user.ok_or(UserError::WrongCredentials)?;
        self.begin(user, "password", Some(key)).await
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
