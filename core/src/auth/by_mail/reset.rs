//! Another password, for who has forgotten theirs. It signs nobody in: whoever has it signs in with it, and shows
//! whatever else is asked for then.

use futures_util::FutureExt as _;

use super::{Kind, MailWish, SENT, SentTo, code};
use crate::access::TenantScope;
use crate::auth::audit::{Act, entry};
use crate::auth::error::UserError;
use crate::auth::one_time::Purpose;
use crate::auth::prove::Proof;
use crate::auth::session::end_sessions;
use crate::auth::users::{own_password, set_password};
use crate::guard;
use crate::mail::TemplateName;
use crate::password::Password;

pub(super) const PURPOSE: Purpose = Purpose("reset_password");
const KIND: Kind =
    Kind { purpose: PURPOSE, template: TemplateName::ResetPassword, minutes: 60, lasts: ("minutes", "60") };

impl TenantScope {
    /// Has a link sent by which whoever has the address sets another password. Whether there is such a user is not told.
    pub async fn send_password_reset(&self, wish: MailWish) -> Result<(), UserError> {
        self.has_passwords()?;
        self.ask(wish, &KIND, |_| true).await
    }

    /// Sets the password of whom the token was sent to. It ends every session, and whatever else was sent to them.
    pub async fn reset_password(&self, token: String, password: String) -> Result<(), UserError> {
        self.has_passwords()?;
        let least = self.tenant().auth().settings().password_min_length;
        let password = Password::of_length(password, least).map_err(|invalid| invalid.below("/password"))?;
        // Nobody has passwords hashed who has no token.
        let email = self.reset_address(&token).await?.ok_or(UserError::InvalidToken)?;
        let hash = password.hash(self.platform().rng()).await?;
        let mail = self.notice(&email, TemplateName::PasswordChanged, None).await?;
        let told = self.may_mail(&email).await?;
        let (scope, tenant, now) = (self.clone(), self.tenant().id(), self.platform().now());
        self.write_of_user(move |tx| {
            async move {
                let user = scope.take_link(tx, PURPOSE, &token, Proof::Owner).await?;
                let id = user.id.as_uuid();
                set_password(tx, (tenant.as_uuid(), id), hash, now.as_micros()).await?;
                end_sessions(tx, tenant, id, (None, None)).await?;
                scope.one_time().forget(tx, id, &SENT).await?;
                // Who was locked out by guessers gets in with the new one.
                for tried in [email.to_lowercase(), own_password(id), code::account(id)] {
                    guard::absolve(tx, tenant, &tried, None).await?;
                }
                tx.insert(entry(&scope, Act::PasswordReset, Some(id), None)?).await?;
                mail.if_there(told).write(tx).await?;
                Ok((user, ()))
            }
            .boxed()
        })
        .await
        .map(drop)
    }

    /// To which address the token was sent, if it is one.
    async fn reset_address(&self, token: &str) -> Result<Option<String>, UserError> {
        let (secrets, token) = (self.one_time(), token.to_owned());
        let found = self
            .platform()
            .store()
            .read::<_, UserError, _>(self.place(), move |tx| {
                async move { secrets.look::<SentTo>(tx, PURPOSE, &token).await }.boxed()
            })
            .await?;
        Ok(found.filter(|found| found.user.is_some()).map(|found| found.payload.email))
    }

    /// Whether users have passwords here.
    pub(in crate::auth) fn has_passwords(&self) -> Result<(), UserError> {
        let on = self.tenant().auth().settings().methods.password;
        if on { Ok(()) } else { Err(UserError::MethodOff("password")) }
    }
}
