//! Signing in by a link.

use futures_util::FutureExt as _;

use super::{Kind, MailWish};
use crate::access::TenantScope;
use crate::auth::audit::{Act, entry};
use crate::auth::error::UserError;
use crate::auth::one_time::Purpose;
use crate::auth::prove::Proof;
use crate::auth::session::SignedIn;
use crate::mail::TemplateName;

pub(super) const PURPOSE: Purpose = Purpose("magic_link");
const METHOD: &str = "magic_link";
const KIND: Kind =
    Kind { purpose: PURPOSE, template: TemplateName::MagicLink, minutes: 15, lasts: ("minutes", "15") };

impl TenantScope {
    /// Has a link sent that signs whoever has the address in. Whether there is such a user is not told.
    pub async fn send_magic_link(&self, wish: MailWish) -> Result<(), UserError> {
        self.has_magic_links()?;
        self.ask(wish, &KIND, |_| true).await
    }

    /// Begins a session for whom the token was sent to.
    pub async fn sign_in_by_link(&self, token: String) -> Result<SignedIn, UserError> {
        self.has_magic_links()?;
        let scope = self.clone();
        let (user, ()) = self
            .write_of_user(move |tx| {
                async move {
                    let user = scope.take_link(tx, PURPOSE, &token, Proof::Owner).await?;
                    let id = user.id.as_uuid();
                    tx.insert(entry(&scope, Act::EmailConfirmed, Some(id), Some(METHOD.to_owned()))?).await?;
                    Ok((user, ()))
                }
                .boxed()
            })
            .await?;
        // Who is held up because somebody has guessed at their codes gets in by a link.
        let tried = super::code::account(user.id.as_uuid());
        self.begin(user, METHOD, Some(tried)).await
    }

    fn has_magic_links(&self) -> Result<(), UserError> {
        let on = self.tenant().auth().settings().methods.magic_link;
        if on { Ok(()) } else { Err(UserError::MethodOff(METHOD)) }
    }
}
