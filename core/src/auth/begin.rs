//! The one way in: every way to sign in ends in [`TenantScope::begin`], and a session is begun with [`Proven`] only,
//! which nothing outside this module makes. So no way in can forget to ask whether the user is kept out, or for their
//! second factor.

use futures_util::FutureExt as _;
use serde_json::Value as Json;

use super::audit::{Act, entry};
use super::error::UserError;
use super::factors::{Answer, Asked, FactorKind, Passed, ShownPasskey};
use super::session::{Beginning, SignedIn};
use crate::access::TenantScope;
use crate::engine::Undo;
use crate::guard;
use crate::platform::see_through;
use crate::records::RecordId;
use crate::records::users::{UserKey, UserRecord};
use crate::store::StoreError;

/// Somebody who has shown all that they are asked for.
pub(super) struct Proven {
    user: UserRecord,
    first: String,
    second: Option<&'static str>,
    /// Under which name their tries were counted, which are now taken back.
    tried: Option<String>,
}

impl Proven {
    pub(super) const fn user(&self) -> &UserRecord {
        &self.user
    }

    /// How they came: `password`.
    pub(super) fn first(&self) -> &str {
        &self.first
    }

    /// What they have shown beside it: `totp`.
    pub(super) const fn second(&self) -> Option<&'static str> {
        self.second
    }
}

impl TenantScope {
    /// Begins a session for a user who has shown one factor, by that method, and takes back what was counted against the
    /// name under which they tried; or lets them wait for their second factor ([`UserError::SecondFactorNeeded`]).
    /// `user` is the record as it is now: who is kept out, or has to be verified and is not, is refused here.
    pub(super) async fn begin(
        &self,
        user: UserRecord,
        method: &str,
        tried: Option<String>,
    ) -> Result<SignedIn, UserError> {
        self.lets_in(&user)?;
        let id = user.id.as_uuid();
        let (methods, enrolment) = match self.asked(id).await? {
            Asked::Nothing => {
                return self.open(Proven { user, first: method.to_owned(), second: None, tried }).await;
            }
            Asked::Second(methods) => (methods, false),
            Asked::Enrolment(methods) => (methods, true),
        };
        let needed = self.await_second(id, (method, tried), (methods, enrolment)).await?;
        Err(UserError::SecondFactorNeeded(needed))
    }

    /// Ends a sign-in that waits under that token for a second factor.
    pub async fn finish_sign_in(&self, token: String, answer: Answer) -> Result<SignedIn, UserError> {
        let passed = self.pass(token, answer).await?;
        self.finish(passed).await
    }

    /// Begins the session of whoever's passkey has signed; or ends their sign-in that has waited for it.
    pub async fn sign_in_with_passkey(&self, id: String, signature: &Json) -> Result<SignedIn, UserError> {
        let ShownPasskey { user, passed } = self.shown_passkey(id, signature).await?;
        if let Some(passed) = passed {
            return self.finish(passed).await;
        }
        let found = self.find_with_secret(UserKey::Id(RecordId::new(user))).await?;
        let (user, _) = found.ok_or(UserError::WrongPasskey)?;
        self.lets_in(&user)?;
        // It has verified its user, so that no second factor is asked for.
        let first = FactorKind::Passkey.name().to_owned();
        self.open(Proven { user, first, second: None, tried: None }).await
    }

    /// Begins the session of somebody who has shown a second factor after the first.
    pub(super) async fn finish(&self, passed: Passed) -> Result<SignedIn, UserError> {
        let Passed { user, first, second } = passed;
        let found = self.find_with_secret(UserKey::Id(RecordId::new(user))).await?;
        let (user, _) = found.ok_or(UserError::InvalidSecondFactorToken)?;
        self.lets_in(&user)?;
        self.open(Proven { user, first, second: Some(second), tried: None }).await
    }

    fn lets_in(&self, user: &UserRecord) -> Result<(), UserError> {
        if user.disabled {
            return Err(UserError::Disabled);
        }
        if self.tenant().auth().settings().require_verification && !user.verified {
            return Err(UserError::Unverified);
        }
        Ok(())
    }

    async fn open(&self, proven: Proven) -> Result<SignedIn, UserError> {
        let id = proven.user.id.as_uuid();
        let (row, session) = Beginning::new(self, &proven)?.split();
        let shown = [Some(proven.first.as_str()), proven.second].into_iter().flatten();
        let details = shown.chain([session.id.to_string().as_str()]).collect::<Vec<_>>().join(" ");
        let audit = entry(self, Act::SignIn, Some(id), Some(details))?;
        let signed_in = self.tokens(&proven.user, &session, 1)?;
        let (tenant, address, tried) = (self.tenant().id(), self.facts().ip(), proven.tried);
        let (platform, place) = (self.platform().clone(), self.place());
        see_through(async move {
            let begun = platform
                .store()
                .write_again::<_, StoreError, _>(place, Undo::Savepoint, move |tx| {
                    async move {
                        if let Some(tried) = tried {
                            guard::absolve(tx, tenant, &tried, address).await?;
                        }
                        Beginning::write(row, tx).await?;
                        tx.insert(audit).await
                    }
                    .boxed()
                })
                .await
                .map(|(done, _)| done);
            platform.forget_user(tenant, id);
            begun.map_err(UserError::from)
        })
        .await?;
        Ok(signed_in)
    }
}
