//! Acting as a user, for those who help them: what the user sees, and under the same rules.
//!
//! What is done so is never taken for the user's own doing: the token says who acts (`act`, RFC 8693 §4.1), the session
//! is among the user's sessions and ends soon, and logs name both. What would outlive the session is refused: passwords,
//! identities and other sessions are the user's own affair.

use futures_util::FutureExt as _;

use super::audit::{Act, entry};
use super::error::UserError;
use super::session::Beginning;
use super::signing::{Acting, Claims};
use crate::access::{Permit, TenantScope, UsersImpersonate};
use crate::engine::Undo;
use crate::platform::see_through;
use crate::records::users::UserKey;
use crate::records::{RecordBody, RecordId};
use crate::store::StoreError;

/// How such a session is called among the user's.
const METHOD: &str = "impersonation";

/// What somebody acts as a user with.
#[derive(Debug, Clone)]
pub struct Impersonation {
    /// Good for some minutes, and not renewed.
    pub access_token: String,
    /// Seconds that it is good for.
    pub expires_in: u32,
    /// The user's record, as they see it.
    pub user: RecordBody,
}

impl TenantScope {
    /// Begins to act as a user, who is not one that is kept out.
    pub async fn impersonate(
        &self,
        _: &Permit<UsersImpersonate>,
        user: RecordId,
    ) -> Result<Impersonation, UserError> {
        let scope = self.with_users().await?;
        let found = scope.find_with_secret(UserKey::Id(user)).await?;
        let (user, _) = found.ok_or(UserError::NoUser)?;
        if user.disabled {
            return Err(UserError::Disabled);
        }
        let (tenant, id) = (scope.tenant().id(), user.id.as_uuid());
        let seconds = i64::from(scope.tenant().auth().settings().access_token_minutes) * 60;
        let now = scope.platform().now();
        let (row, session) = Beginning::of_another(&scope, id, METHOD, now.plus_seconds(seconds))?.split();
        let iat = now.as_micros().div_euclid(1_000_000);
        let claims = Claims {
            iss: scope.platform().issuer(tenant),
            aud: tenant.to_string(),
            sub: id,
            sid: session.id,
            iat,
            exp: session.expires_at.as_micros().div_euclid(1_000_000),
            amr: Vec::new(),
            auth_time: 0,
            act: Some(Acting { sub: scope.actor().to_string() }),
        };
        let access_token = scope.tenant().auth().sign(&claims, tenant, now, scope.platform().master_key())?;
        let audit = entry(&scope, Act::Impersonated, Some(id), Some(session.id.to_string()))?;
        let (platform, place) = (scope.platform().clone(), scope.place());
        see_through(async move {
            let begun = platform
                .store()
                .write_again::<_, StoreError, _>(place, Undo::Savepoint, move |tx| {
                    async move {
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
        let expires_in = u32::try_from(claims.exp - iat).unwrap_or_default();
        Ok(Impersonation { access_token, expires_in, user: user.body })
    }
}
