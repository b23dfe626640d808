//! What users do by mail: showing that an address is theirs, choosing another password, signing in, moving to another
//! address, coming in by invitation.
//!
//! Whether an address is somebody's is not to be told from the answer to a request for a mail, nor from the time that it
//! takes. A secret and a mail are made and written in any case, in one transaction with the same statements; where there
//! is nobody, the secret is nobody's and the mail one that is never sent. The mail goes out afterwards, elsewhere.
//!
//! What can still go wrong: whoever reads somebody's mail is that person. So a link or a code is good once and not for
//! long, and what was sent before an address or a password changed is good for nothing after it.

mod change_email;
mod code;
mod invitation;
mod magic_link;
mod reset;
mod verification;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;

use super::audit::{Act, entry};
use super::error::UserError;
use super::one_time::{NewSecret, Purpose, SecretRow};
use super::prove::{Proof, prove_email};
use super::redirect::link;
use crate::access::TenantScope;
use crate::accounts::Email;
use crate::collections::Collection;
use crate::invalid::{Findings, Invalid};
use crate::mail::{Letter, Locale, MailError, Outgoing, TemplateName};
use crate::platform::see_through;
use crate::records::RecordId;
use crate::records::users::{UserKey, UserRecord};
use crate::store::Tx;

pub use self::change_email::EmailConfirmed;
pub use self::invitation::{Invitation, InvitationPage, NewInvitation};

/// What was sent to an address, and ends with its being the user's.
const SENT: [Purpose; 6] = [
    verification::PURPOSE,
    reset::PURPOSE,
    magic_link::PURPOSE,
    code::PURPOSE,
    change_email::NEW,
    change_email::OLD,
];

/// What somebody asks for who names an address.
#[derive(Debug, Clone, Default)]
pub struct MailWish {
    /// The address.
    pub email: String,
    /// Where the link is to lead: an address that the tenant has named, or below one.
    pub redirect_url: Option<String>,
    /// The language of the mail.
    pub locale: Option<String>,
}

/// The same, read.
pub(super) struct Wish {
    pub(super) email: Email,
    redirect: Option<Url>,
    locale: Option<Locale>,
}

/// A kind of mail that somebody asks for.
struct Kind {
    purpose: Purpose,
    template: TemplateName,
    minutes: i64,
    /// How long that is, as the mail says it.
    lasts: (&'static str, &'static str),
}

/// To which address a secret was sent: it is worth nothing to a user who has another by now.
#[derive(Serialize, Deserialize)]
struct SentTo {
    email: String,
}

impl TenantScope {
    /// Reads a wish, and says what is wrong with it.
    pub(super) fn wish(&self, wish: MailWish) -> Result<Wish, Invalid> {
        let mut findings = Findings::default();
        let email = findings.take("/email", Email::try_from(wish.email));
        let settings = self.tenant().auth().settings();
        let redirect = findings.take("/redirect_url", settings.redirect(wish.redirect_url.as_deref()));
        let locale = wish.locale.map(|locale| findings.take("/locale", locale.parse()));
        let read = email.zip(redirect);
        let read = read.map(|(email, redirect)| Wish { email, redirect, locale: locale.flatten() });
        findings.finish(read)
    }

    /// Makes a secret that stands in a link, and the mail that it is sent with, for whoever has the address.
    async fn secret_mail<P: Serialize + Sync>(
        &self,
        wish: &Wish,
        kind: &Kind,
        payload: &P,
    ) -> Result<(SecretRow, Outgoing), UserError> {
        let new = NewSecret { purpose: kind.purpose, user: None, payload, minutes: kind.minutes };
        let (token, row) = self.one_time().token(new)?;
        let values = link_values(wish, kind, token.reveal());
        Ok((row, self.letter(wish, kind, values).await?))
    }

    async fn letter(
        &self,
        wish: &Wish,
        kind: &Kind,
        values: Vec<(&'static str, String)>,
    ) -> Result<Outgoing, MailError> {
        self.compose(Letter {
            to: wish.email.as_str(),
            template: kind.template,
            locale: wish.locale.as_ref(),
            values,
            minutes: Some(kind.minutes),
        })
        .await
    }

    /// A mail that only tells something, in the tenant's language.
    pub(super) async fn notice(
        &self,
        to: &str,
        template: TemplateName,
        new_email: Option<&str>,
    ) -> Result<Outgoing, MailError> {
        let values = [("email", Some(to)), ("new_email", new_email)];
        let values = values.into_iter().filter_map(|(name, value)| Some((name, value?.to_owned()))).collect();
        self.compose(Letter { to, template, locale: None, values, minutes: None }).await
    }

    /// Has a link sent to that address, if it is somebody's for whom it is.
    async fn ask(
        &self,
        wish: MailWish,
        kind: &Kind,
        is_for: fn(&UserRecord) -> bool,
    ) -> Result<(), UserError> {
        let wish = self.wish(wish)?;
        self.admit_mail(Some(wish.email.as_str())).await?;
        let payload = SentTo { email: wish.email.as_str().to_owned() };
        let (row, mail) = self.secret_mail(&wish, kind, &payload).await?;
        self.write_asked(&wish, kind, (row, mail), is_for).await
    }

    /// Writes what was made for an address, for its user or for nobody.
    async fn write_asked(
        &self,
        wish: &Wish,
        kind: &Kind,
        (row, mail): (SecretRow, Outgoing),
        is_for: fn(&UserRecord) -> bool,
    ) -> Result<(), UserError> {
        let users = self.tenant().users().cloned();
        let (key, scope) = (UserKey::Email(wish.email.as_str().to_owned()), self.clone());
        let template = kind.template.as_str();
        self.write_with_mail(move |tx| {
            async move {
                let found = match &users {
                    Some(users) => UserRecord::find(tx, users, &key).await?,
                    None => None,
                };
                let found = found.filter(|user| !user.disabled && is_for(user)).map(|user| user.id.as_uuid());
                row.of_user(found).write(tx).await?;
                mail.if_there(found.is_some()).write(tx).await?;
                tx.insert(entry(&scope, Act::MailAsked, found, Some(template.to_owned()))?).await?;
                Ok::<_, UserError>(())
            }
            .boxed()
        })
        .await
    }

    /// Uses a link up that was sent to a user's address, which shows that it is theirs, and notes that.
    async fn take_link(
        &self,
        tx: &mut Tx<'_>,
        purpose: Purpose,
        token: &str,
        proof: Proof,
    ) -> Result<UserRecord, UserError> {
        let found = self.one_time().take::<SentTo>(tx, purpose, token).await?;
        let found = found.ok_or(UserError::InvalidToken)?;
        let user = self.user_sent_to(tx, found.user, &found.payload).await?.ok_or(UserError::InvalidToken)?;
        prove_email(tx, self, user, proof).await
    }

    /// The user to whom something was sent, if they still have that address.
    async fn user_sent_to(
        &self,
        tx: &mut Tx<'_>,
        user: Option<Uuid>,
        sent: &SentTo,
    ) -> Result<Option<UserRecord>, UserError> {
        let (Some(users), Some(user)) = (self.tenant().users(), user) else { return Ok(None) };
        let found = find(tx, users, user).await?;
        let has = |user: &UserRecord| {
            let own = user.email.as_deref().map(str::to_lowercase);
            own.is_some_and(|own| own == sent.email.to_lowercase()) && !user.disabled
        };
        Ok(found.filter(has))
    }

    /// Whether one more mail may be sent to that address. Where that is no reason to refuse what it tells of.
    pub(super) async fn may_mail(&self, to: &str) -> Result<bool, UserError> {
        match self.admit_mail(Some(to)).await {
            Ok(()) => Ok(true),
            Err(MailError::TooMany { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Runs `work`, which may write mails, and forgets the user whom it gives.
    async fn write_of_user<T, W>(&self, work: W) -> Result<(UserRecord, T), UserError>
    where
        T: Send + 'static,
        W: for<'a, 'c> FnOnce(&'a mut Tx<'c>) -> BoxFuture<'a, Result<(UserRecord, T), UserError>>
            + Clone
            + Send
            + 'static,
    {
        let scope = self.clone();
        see_through(async move {
            let (user, done) = scope.write_with_mail(work).await?;
            scope.platform().forget_user(scope.tenant().id(), user.id.as_uuid());
            Ok((user, done))
        })
        .await
    }
}

async fn find(tx: &mut Tx<'_>, users: &Collection, id: Uuid) -> Result<Option<UserRecord>, UserError> {
    Ok(UserRecord::find(tx, users, &UserKey::Id(RecordId::new(id))).await?)
}

/// What a mail with a link says.
fn link_values(wish: &Wish, kind: &Kind, token: &str) -> Vec<(&'static str, String)> {
    let mut values = vec![("email", wish.email.as_str().to_owned()), ("token", token.to_owned())];
    values.extend(wish.redirect.as_ref().map(|to| ("link", link(to, kind.template.as_str(), token))));
    values.push((kind.lasts.0, kind.lasts.1.to_owned()));
    values
}
