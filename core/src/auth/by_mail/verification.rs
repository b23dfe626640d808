//! A new user shows that the address they have signed up with is theirs.

use futures_util::FutureExt as _;

use super::{Kind, MailWish, SentTo, Wish};
use crate::access::TenantScope;
use crate::auth::audit::{Act, entry};
use crate::auth::error::UserError;
use crate::auth::one_time::{Purpose, SecretRow};
use crate::auth::prove::Proof;
use crate::mail::{Outgoing, TemplateName};

pub(super) const PURPOSE: Purpose = Purpose("verify_email");
const KIND: Kind =
    Kind { purpose: PURPOSE, template: TemplateName::VerifyEmail, minutes: 24 * 60, lasts: ("hours", "24") };

impl TenantScope {
    /// Makes the mail for somebody who signs up.
    pub(in crate::auth) async fn verification(
        &self,
        wish: &Wish,
    ) -> Result<(SecretRow, Outgoing), UserError> {
        self.secret_mail(wish, &KIND, &SentTo { email: wish.email.as_str().to_owned() }).await
    }

    /// Has the mail sent again. Whether there is such a user, and whether they need it, is not told.
    pub async fn send_verification(&self, wish: MailWish) -> Result<(), UserError> {
        self.ask(wish, &KIND, |user| !user.verified).await
    }

    /// Notes that the address is the user's to whom the token was sent.
    pub async fn verify_email(&self, token: String) -> Result<(), UserError> {
        let scope = self.clone();
        self.write_of_user(move |tx| {
            async move {
                let user = scope.take_link(tx, PURPOSE, &token, Proof::Asked).await?;
                tx.insert(entry(&scope, Act::EmailVerified, Some(user.id.as_uuid()), None)?).await?;
                Ok((user, ()))
            }
            .boxed()
        })
        .await
        .map(drop)
    }
}
