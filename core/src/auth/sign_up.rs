//! New users: who sign up, and who are made by those who may.
//!
//! A sign-up is answered in the same way whether the address has a user already or not; its owner learns the rest.

use futures_util::FutureExt as _;
use sea_orm::ActiveValue::Set;

use super::audit::{Act, entry};
use super::error::UserError;
use super::settings::SignUp;
use crate::access::{AuthWrite, Permit, TenantScope};
use crate::accounts::Email;
use crate::engine::Undo;
use crate::invalid::Findings;
use crate::password::Password;
use crate::records::create::Creation;
use crate::records::users::{Owned, UserKey, UserRecord};
use crate::records::write::Write as _;
use crate::records::{RecordBody, RecordError};
use crate::store::entities::{audit_log, user_secrets};

/// A new user as sent.
#[derive(Debug, Default)]
pub struct NewUser {
    /// The address that they sign in with.
    pub email: String,
    /// Their password, if they have one.
    pub password: Option<String>,
    /// Fields of their own, as a JSON object.
    pub profile: Option<Vec<u8>>,
    /// Whether the address is known to be theirs; not for those who sign up.
    pub verified: bool,
    /// Their roles; not for those who sign up.
    pub roles: Vec<String>,
}

impl TenantScope {
    /// Makes a user of whoever asks, where sign-ups are taken.
    pub async fn sign_up(&self, new: NewUser) -> Result<(), UserError> {
        if self.tenant().auth().settings().sign_up == SignUp::Closed {
            return Err(UserError::SignUpClosed);
        }
        let new = NewUser { verified: false, roles: Vec::new(), ..new };
        match self.with_users().await?.make_user(new, Act::SignUp).await {
            Ok(_) | Err(UserError::EmailTaken) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Makes a user.
    pub async fn create_user(&self, _: &Permit<AuthWrite>, new: NewUser) -> Result<RecordBody, UserError> {
        self.with_users().await?.make_user(new, Act::UserCreated).await
    }

    async fn make_user(&self, new: NewUser, act: Act) -> Result<RecordBody, UserError> {
        let least = self.tenant().auth().settings().password_min_length;
        let mut findings = Findings::default();
        let email = findings.take("/email", Email::try_from(new.email));
        let password = new.password.map(|password| Password::of_length(password, least));
        let password = password.map(|password| findings.take("/password", password));
        // What the user may set of themselves is read as theirs; the record is made by auth.
        let own = self.records(crate::collections::users::USERS)?;
        let sent = new.profile.as_deref().unwrap_or(b"{}");
        let profile = match own.input(sent) {
            Err(RecordError::Invalid(invalid)) => findings.take("/profile", Err(invalid)),
            read => Some(read?),
        };
        // Who chose the id of somebody who is gone would be taken for them wherever that id was written down.
        if act == Act::SignUp && profile.as_ref().is_some_and(|profile| profile.id.is_some()) {
            findings.add("/profile/id", "read_only", "`id` is set by the server");
        }
        let (email, profile) = findings.finish(email.zip(profile))?;
        let hash = match password.flatten() {
            Some(password) => Some(password.hash(self.platform().rng()).await?),
            None => None,
        };
        let owned = Owned {
            email: Some(email.as_str().into()),
            verified: Some(new.verified),
            roles: Some(new.roles),
            ..Owned::default()
        };
        let system = self.as_system("auth");
        let creation = system.records(crate::collections::users::USERS)?.new_user(profile, owned)?;
        let id = creation.id().as_uuid();
        let secret = hash.map(|hash| user_secrets::ActiveModel {
            tenant_id: Set(self.tenant().id().as_uuid()),
            user_id: Set(id),
            password_hash: Set(hash),
            changed_at: Set(self.platform().now().as_micros()),
        });
        let audit = entry(self, act, Some(id), None)?;
        self.insert_user(email.as_str().to_owned(), creation, secret, audit).await
    }

    async fn insert_user(
        &self,
        email: String,
        creation: Creation,
        secret: Option<user_secrets::ActiveModel>,
        audit: audit_log::ActiveModel,
    ) -> Result<RecordBody, UserError> {
        let users = self.tenant().users().cloned().ok_or(UserError::OtherUsers)?;
        self.platform()
            .store()
            .write_again(self.place(), Undo::Savepoint, move |tx| {
                async move {
                    // Asked and not left to the index, whose refusal does not name a field that is hidden.
                    if UserRecord::find(tx, &users, &UserKey::Email(email)).await?.is_some() {
                        return Err(UserError::EmailTaken);
                    }
                    let made = creation.apply(tx).await?;
                    if let Some(secret) = secret {
                        tx.insert(secret).await?;
                    }
                    tx.insert(audit).await?;
                    Ok::<_, UserError>(made)
                }
                .boxed()
            })
            .await
            .map(|(done, _)| done)
    }
}
