//! From an access token to the user who acts.
//!
//! A token's signature is checked once. Everything else is asked with each request: whether its time is over, its key
//! still accepted, its session still there, its user not disabled. What is known of a user is kept in memory and
//! forgotten when auth changes it; on a server, where others may change it, for [`COHERENCE`](super::COHERENCE).

use std::sync::Arc;

use uuid::Uuid;

use super::{AuthError, Authenticated, Platform};
use crate::access::{Actor, RequestFacts};
use crate::auth::{self, Claims, UserState};
use crate::clock::Timestamp;
use crate::credential::Credential;
use crate::ids::{SigningKeyId, TenantId};
use crate::store::StoreError;
use crate::tenants::TenantState;

/// An access token whose signature has been checked.
#[derive(Debug)]
pub(super) struct CheckedToken {
    tenant: TenantId,
    key: SigningKeyId,
    claims: Claims,
    expires_at: Timestamp,
}

impl Platform {
    /// Says who makes a request by an access token, and by the tenant that it names, if it does.
    pub(super) async fn authenticate_user(
        &self,
        token: &str,
        tenant: Option<&str>,
        request: RequestFacts,
    ) -> Result<Authenticated, AuthError> {
        let (checked, state) = self.check_token(token).await?.ok_or(AuthError::InvalidCredential)?;
        if let Some(named) = tenant
            && self.find_tenant(named).await? != Some(checked.tenant)
        {
            return Err(AuthError::OtherTenant);
        }
        let now = self.now();
        let good = checked.expires_at > now && state.auth().accepts(checked.key, now);
        let user = self.user(&state, checked.claims.sub).await?;
        let user = user.filter(|user| good && !user.disabled && user.has_session(checked.claims.sid, now));
        let user = user.ok_or(AuthError::InvalidCredential)?;
        let by = checked.claims.act.as_ref().map(|act| act.sub.as_str().into());
        self.enter(checked.tenant, Actor::User { session: checked.claims.sid, user, by }, request).await
    }

    async fn check_token(
        &self,
        token: &str,
    ) -> Result<Option<(Arc<CheckedToken>, Arc<TenantState>)>, StoreError> {
        let digest = Credential::digest_of(token);
        if let Some(known) = self.0.tokens.get(&digest) {
            return Ok(self.tenant_state(known.tenant).await?.map(|state| (known, state)));
        }
        let Some(tenant) = auth::named_tenant(token) else { return Ok(None) };
        let Some(state) = self.tenant_state(tenant).await? else { return Ok(None) };
        let now = self.now();
        let Some((key, claims)) = state.auth().verify(token, (&self.issuer(tenant), tenant), now) else {
            return Ok(None);
        };
        let expires_at = Timestamp::from_micros(claims.exp.saturating_mul(1_000_000)).unwrap_or(now);
        let checked = Arc::new(CheckedToken { tenant, key, claims, expires_at });
        self.0.tokens.insert(digest, Arc::clone(&checked));
        Ok(Some((checked, state)))
    }

    /// What is known of a user.
    pub(crate) async fn user(
        &self,
        tenant: &TenantState,
        id: Uuid,
    ) -> Result<Option<Arc<UserState>>, StoreError> {
        let key = (tenant.id(), id);
        if let Some(known) = self.0.users.get(&key) {
            return Ok(Some(known));
        }
        let forgotten = self.forgotten();
        let Some(user) = auth::load_user(&self.0.store, tenant, id, self.now()).await? else {
            return Ok(None);
        };
        let user = Arc::new(user);
        self.0.users.insert(key, Arc::clone(&user));
        if self.forgotten() != forgotten {
            self.0.users.invalidate(&key);
        }
        Ok(Some(user))
    }

    /// Forgets what is known of a user; the next request with a token of theirs looks it up.
    pub(crate) fn forget_user(&self, tenant: TenantId, id: Uuid) {
        self.0.forgotten.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        self.0.users.invalidate(&(tenant, id));
    }

    /// The same of all users of a tenant.
    pub(crate) fn forget_users(&self, tenant: TenantId) {
        self.0.forgotten.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        // It fails only where the cache was not made for this.
        drop(self.0.users.invalidate_entries_if(move |(of, _), _| *of == tenant));
    }

    /// What names a tenant as an issuer of tokens.
    pub(crate) fn issuer(&self, tenant: TenantId) -> String {
        match self.0.public_url.get() {
            Some(url) => format!("{url}/v1/tenants/{tenant}"),
            None => format!("urn:neonex:{tenant}"),
        }
    }
}
