//! New users: who sign up, and who are made by those who may.
//!
//! A sign-up is answered in the same way whether the address has a user already or not; its owner learns the rest.

use futures_util::FutureExt as _;
use sea_orm::ActiveValue::Set;

use super::audit::{Act, entry};
use super::by_mail::{MailWish, Wish};
use super::error::UserError;
use super::one_time::SecretRow;
use super::settings::SignUp;
use crate::access::{AuthWrite, Permit, TenantScope};
use crate::collections::users::USERS;
use crate::idempotency::IdempotencyKey;
use crate::invalid::Findings;
use crate::mail::{Outgoing, TemplateName};
use crate::password::Password;
use crate::records::RecordBody;
use crate::records::create::Creation;
use crate::records::users::{Owned, UserKey, UserRecord};
use crate::records::write::Write as _;
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
    /// Where the link leads in the mail to who signs up: an address that the tenant has named, or below one.
    pub redirect_url: Option<String>,
    /// The language of that mail.
    pub locale: Option<String>,
}

/// What is written with a new user.
#[derive(Clone)]
struct Written {
    email: String,
    creation: Creation,
    secret: Option<user_secrets::ActiveModel>,
    audit: audit_log::ActiveModel,
    /// What is sent to who signs up.
    mails: Option<Mails>,
    /// Marks repetitions of the request.
    once: Option<IdempotencyKey>,
}

/// The mails of a sign-up: to who is new, and to who has that address already.
#[derive(Clone)]
struct Mails {
    token: SecretRow,
    verify: Outgoing,
    already: Outgoing,
    /// Whether there were not too many of them.
    told: bool,
}

impl TenantScope {
    /// Makes a user of whoever asks, where sign-ups are taken; once, where the request may be a repetition. Nothing has to
    /// be kept for that: what is answered was sent.
    pub async fn sign_up(&self, new: NewUser, once: Option<IdempotencyKey>) -> Result<(), UserError> {
        if let Some(key) = &once
            && self.answered(key).await?.is_some()
        {
            return Ok(());
        }
        if self.tenant().auth().settings().sign_up != SignUp::Open {
            return Err(UserError::SignUpClosed);
        }
        let new = NewUser { verified: false, roles: Vec::new(), ..new };
        Box::pin(self.with_users().await?.make_user(new, Act::SignUp, once)).await.map(drop)
    }

    /// Makes a user.
    pub async fn create_user(&self, _: &Permit<AuthWrite>, new: NewUser) -> Result<RecordBody, UserError> {
        let made = Box::pin(self.with_users().await?.make_user(new, Act::UserCreated, None)).await?;
        made.ok_or(UserError::EmailTaken)
    }

    /// The answer to an earlier request of that key.
    pub(super) async fn answered(&self, key: &IdempotencyKey) -> Result<Option<Vec<u8>>, UserError> {
        let (key, place) = (key.clone(), self.place());
        self.platform()
            .store()
            .read(place, move |tx| async move { key.answer::<UserError>(tx, place).await }.boxed())
            .await
    }

    /// Makes a user; `None` where the address is another's, or the request a repetition.
    async fn make_user(
        &self,
        new: NewUser,
        act: Act,
        once: Option<IdempotencyKey>,
    ) -> Result<Option<RecordBody>, UserError> {
        let least = self.tenant().auth().settings().password_min_length;
        let mut findings = Findings::default();
        let (email, redirect_url) = (new.email, new.redirect_url);
        let wish = self.wish(MailWish { email, redirect_url, locale: new.locale });
        let wish = wish.map_err(|invalid| findings.within("", invalid)).ok();
        let password = if act == Act::SignUp {
            self.first_password(new.password).map_err(|invalid| findings.within("", invalid)).ok().flatten()
        } else {
            let password = new.password.map(|password| Password::of_length(password, least));
            password.and_then(|password| findings.take("/password", password))
        };
        // What the user may set of themselves is read as theirs; the record is made by auth.
        let sent = new.profile.as_deref().unwrap_or(b"{}");
        let profile = if act == Act::SignUp { self.own_profile(sent) } else { self.read_profile(sent) };
        let profile = match profile {
            Err(UserError::Invalid(invalid)) => findings.take("", Err(invalid)),
            read => Some(read?),
        };
        let (wish, profile) = findings.finish(wish.zip(profile))?;
        let owned = Owned {
            email: Some(wish.email.as_str().into()),
            verified: Some(new.verified),
            roles: Some(new.roles),
            ..Owned::default()
        };
        let creation = if act == Act::SignUp {
            let creation = self.newcomer(profile, owned)?;
            self.ask_newcomer(creation.clone(), wish.email.as_str().to_owned()).await?;
            creation
        } else {
            self.as_system("auth").records(USERS)?.new_user(profile, owned)?
        };
        let hash = match password {
            Some(password) => Some(password.hash(self.platform().rng()).await?),
            None => None,
        };
        let id = creation.id().as_uuid();
        let secret = hash.map(|hash| user_secrets::ActiveModel {
            tenant_id: Set(self.tenant().id().as_uuid()),
            user_id: Set(id),
            password_hash: Set(hash),
            changed_at: Set(self.platform().now().as_micros()),
        });
        let audit = entry(self, act, Some(id), None)?;
        let mails = if act == Act::SignUp { Some(self.sign_up_mails(&wish).await?) } else { None };
        let email = wish.email.as_str().to_owned();
        let written = Written { email, creation, secret, audit, mails, once };
        match self.insert_user(written.clone()).await {
            // Of racers with one address the index refuses one, who finds the other then.
            Err(UserError::EmailTaken) => self.insert_user(written).await,
            made => made,
        }
    }

    async fn sign_up_mails(&self, wish: &Wish) -> Result<Mails, UserError> {
        let (token, verify) = self.verification(wish).await?;
        let already = self.notice(wish.email.as_str(), TemplateName::AlreadyRegistered, None).await?;
        // That there were too many is told to nobody here: the sign-up itself is none of them.
        let told = self.may_mail(wish.email.as_str()).await?;
        Ok(Mails { token, verify, already, told })
    }

    async fn insert_user(&self, written: Written) -> Result<Option<RecordBody>, UserError> {
        let users = self.tenant().users().cloned().ok_or(UserError::OtherUsers)?;
        let Written { email, creation, secret, audit, mails, once } = written;
        let (place, now) = (self.place(), self.platform().now());
        self.write_with_mail(move |tx| {
            async move {
                if let Some(key) = once
                    && key.take::<UserError>(tx, place, now).await?.is_some()
                {
                    return Ok(None);
                }
                // Asked and not left to the index, whose refusal does not name a field that is hidden.
                let taken = UserRecord::find(tx, &users, &UserKey::Email(email)).await?.is_some();
                if let Some(Mails { token, verify, already, told }) = mails {
                    let whose = (!taken).then(|| creation.id().as_uuid());
                    token.of_user(whose).write(tx).await?;
                    verify.if_there(told && !taken).write(tx).await?;
                    already.if_there(told && taken).write(tx).await?;
                }
                if taken {
                    return Ok(None);
                }
                let made = creation.apply(tx).await?;
                if let Some(secret) = secret {
                    tx.insert(secret).await?;
                }
                tx.insert(audit).await?;
                Ok::<_, UserError>(Some(made))
            }
            .boxed()
        })
        .await
    }
}
