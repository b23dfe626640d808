//! Signing in by a code that is typed.
//!
//! A code is short, so it belongs to the id of the request that it was sent for, and is tried five times at most. Tries
//! are counted against the user, too, over all of their codes and apart from those at their password.

use futures_util::FutureExt as _;
use uuid::Uuid;

use super::{Kind, MailWish, SentTo};
use crate::access::TenantScope;
use crate::auth::audit::{Act, entry};
use crate::auth::error::UserError;
use crate::auth::one_time::{NewSecret, Purpose};
use crate::auth::prove::{Proof, prove_email};
use crate::auth::session::SignedIn;
use crate::engine::Undo;
use crate::ids::OneTimeId;
use crate::mail::TemplateName;
use crate::store::StoreError;

pub(super) const PURPOSE: Purpose = Purpose("code");
const METHOD: &str = "code";
const KIND: Kind =
    Kind { purpose: PURPOSE, template: TemplateName::Code, minutes: 10, lasts: ("minutes", "10") };

/// Under which name tries at a user's codes are counted.
pub(super) fn account(user: Uuid) -> String {
    format!("codes of {user}")
}

impl TenantScope {
    /// Has a code sent to whoever has the address, and gives the id that it belongs to; an id, too, where there is no
    /// such user.
    pub async fn send_code(&self, wish: MailWish) -> Result<OneTimeId, UserError> {
        self.has_codes()?;
        let wish = self.wish(wish)?;
        self.admit_mail(Some(wish.email.as_str())).await?;
        let payload = SentTo { email: wish.email.as_str().to_owned() };
        let new = NewSecret { purpose: PURPOSE, user: None, payload: &payload, minutes: KIND.minutes };
        let (id, code, row) = self.one_time().code(new)?;
        let (name, minutes) = KIND.lasts;
        let values = vec![("email", payload.email.clone()), ("code", code), (name, minutes.to_owned())];
        let mail = self.letter(&wish, &KIND, values).await?;
        self.write_asked(&wish, &KIND, (row, mail), |_| true).await?;
        Ok(id)
    }

    /// Begins a session for whom that code was sent to.
    pub async fn sign_in_by_code(&self, id: OneTimeId, code: String) -> Result<SignedIn, UserError> {
        self.has_codes()?;
        let whose = self.whose_code(id).await?;
        let tried = account(whose.unwrap_or(id.as_uuid()));
        self.admit(Some(&tried)).await?;
        let taken = self.take_code(id, code).await?.ok_or(UserError::WrongCode)?;
        self.begin(taken, METHOD, Some(tried)).await
    }

    async fn whose_code(&self, id: OneTimeId) -> Result<Option<Uuid>, StoreError> {
        let codes = self.one_time();
        self.platform()
            .store()
            .read::<_, StoreError, _>(self.place(), move |tx| {
                async move { codes.whose_code(tx, PURPOSE, id).await }.boxed()
            })
            .await
    }

    /// The user of a code that is right. That one is not is kept, too: it counts as a try.
    async fn take_code(
        &self,
        id: OneTimeId,
        code: String,
    ) -> Result<Option<crate::records::users::UserRecord>, UserError> {
        let (scope, platform, tenant) = (self.clone(), self.platform().clone(), self.tenant().id());
        let place = self.place();
        crate::platform::see_through(async move {
            let taken = platform.store().write_again(place, Undo::Savepoint, move |tx| {
                async move {
                    let taken = scope.one_time().take_code::<SentTo>(tx, PURPOSE, id, code.trim()).await?;
                    let Some(taken) = taken else { return Ok(None) };
                    let user = scope.user_sent_to(tx, taken.user, &taken.payload).await?;
                    let Some(user) = user else { return Ok(None) };
                    let user = prove_email(tx, &scope, user, Proof::Owner).await?;
                    let subject = Some(user.id.as_uuid());
                    tx.insert(entry(&scope, Act::EmailConfirmed, subject, Some(METHOD.to_owned()))?).await?;
                    Ok::<_, UserError>(Some(user))
                }
                .boxed()
            });
            let user = taken.await?.0;
            if let Some(user) = &user {
                platform.forget_user(tenant, user.id.as_uuid());
            }
            Ok(user)
        })
        .await
    }

    fn has_codes(&self) -> Result<(), UserError> {
        let on = self.tenant().auth().settings().methods.code;
        if on { Ok(()) } else { Err(UserError::MethodOff(METHOD)) }
    }
}
