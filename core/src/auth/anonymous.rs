//! Users who have not said who they are. They have an id, a record and a session, as others have, and become somebody
//! with an address ([`TenantScope::ask_for_email`]). Who loses the session of one has lost the user.

use futures_util::FutureExt as _;

use super::audit::{Act, entry};
use super::error::UserError;
use super::session::SignedIn;
use crate::access::TenantScope;
use crate::engine::Undo;
use crate::guard::{self, Allowance};
use crate::records::users::{Owned, UserKey, UserRecord};
use crate::records::write::Write as _;

const METHOD: &str = "anonymous";

impl TenantScope {
    /// Makes a user of nobody in particular, with fields of their own, and begins a session for them.
    pub async fn sign_in_anonymously(&self, profile: Option<Vec<u8>>) -> Result<SignedIn, UserError> {
        if !self.tenant().auth().settings().methods.anonymous {
            return Err(UserError::MethodOff(METHOD));
        }
        let scope = self.with_users().await?;
        let profile = scope.own_profile(profile.as_deref().unwrap_or(b"{}"))?;
        let owned = Owned { verified: Some(false), ..Owned::default() };
        let creation = scope.newcomer(profile, owned)?;
        let (id, now) = (creation.id(), self.platform().now());
        let audit = entry(&scope, Act::SignUp, Some(id.as_uuid()), Some(METHOD.to_owned()))?;
        let users = scope.tenant().users().cloned().ok_or(UserError::OtherUsers)?;
        let (tenant, from) = (self.tenant().id(), self.facts().ip());
        let made = self.platform().store().write_again(self.place(), Undo::Savepoint, move |tx| {
            async move {
                if let Some(from) = from {
                    let spent = guard::spend(tx, tenant, Allowance::UsersFrom(from), now).await?;
                    spent.map_err(|seconds| UserError::Wait { seconds: Some(seconds) })?;
                }
                creation.apply(tx).await?;
                tx.insert(audit).await?;
                Ok::<_, UserError>(UserRecord::find(tx, &users, &UserKey::Id(id)).await?)
            }
            .boxed()
        });
        let user = made.await?.0.ok_or(UserError::NoUser)?;
        scope.begin(user, METHOD, None).await
    }
}
