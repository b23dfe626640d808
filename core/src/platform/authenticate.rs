//! From a credential to who acts: the only place where scopes are made for requests.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use futures_util::FutureExt as _;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::Platform;
use super::usage::Used;
use crate::access::{Actor, OperatorScope, RequestFacts, ScopeSet, TenantScope};
use crate::clock::Timestamp;
use crate::credential::{Credential, CredentialDigest, CredentialKind};
use crate::ids::{AccountId, KeyId, TenantId, TokenId};
use crate::keys::KeyKind;
use crate::store::entities::{access_tokens, accounts, api_key_index, api_keys};
use crate::store::{Place, StoreError};
use crate::tenants::TenantStatus;

/// Whom a credential belongs to, as cached.
#[derive(Debug)]
pub(super) struct Principal {
    pub(super) actor: Actor,
    pub(super) tenant: Option<TenantId>,
    expires_at: Option<Timestamp>,
    /// In microseconds; never later than the present.
    pub(super) last_used_at: AtomicI64,
}

/// Who makes a request.
#[derive(Clone)]
pub enum Authenticated {
    /// A platform operator who named no tenant.
    Operator(OperatorScope),
    /// Somebody inside a tenant.
    Tenant(TenantScope),
}

/// Why a request is nobody's.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// The credential is malformed, unknown, revoked or expired. Which of them is not said.
    #[error("the credential is not valid")]
    InvalidCredential,
    /// Neither a credential nor a tenant was named.
    #[error("this needs a credential")]
    Missing,
    /// The request names another tenant than its credential does.
    #[error("the request names another tenant than its credential belongs to")]
    OtherTenant,
    /// There is no such tenant, as far as this caller may know.
    #[error("there is no such tenant")]
    UnknownTenant,
    /// An operator has suspended the tenant.
    #[error("the tenant is suspended")]
    Suspended,
    /// The tenant is deleted.
    #[error("the tenant is deleted")]
    Deleted,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Platform {
    /// Says who makes a request: by its credential (the text after `Bearer`), and by the tenant that it names (an id
    /// or a slug), if it does either.
    pub async fn authenticate(
        &self,
        credential: Option<&str>,
        tenant: Option<&str>,
        request: impl Into<RequestFacts>,
    ) -> Result<Authenticated, AuthError> {
        let request = request.into();
        let Some(credential) = credential else {
            let tenant = self.find_tenant(tenant.ok_or(AuthError::Missing)?).await?;
            let tenant = tenant.ok_or(AuthError::UnknownTenant)?;
            return self.enter(tenant, Actor::Anonymous { key: None }, request).await;
        };
        let Some(credential) = Credential::parse(credential) else {
            return self.authenticate_user(credential, tenant, request).await;
        };
        let principal = self.principal(&credential).await?;
        let now = self.now();
        if principal.expires_at.is_some_and(|expires_at| expires_at <= now) {
            return Err(AuthError::InvalidCredential);
        }
        self.0.usage.note(&credential, &principal, now);
        let named = match tenant {
            Some(named) => Some(self.find_tenant(named).await?),
            None => None,
        };
        match (principal.tenant, named) {
            (Some(own), None) => self.enter(own, principal.actor.clone(), request).await,
            (Some(own), Some(named)) if named == Some(own) => {
                self.enter(own, principal.actor.clone(), request).await
            }
            (Some(_), Some(_)) => Err(AuthError::OtherTenant),
            (None, Some(Some(named))) => self.enter(named, principal.actor.clone(), request).await,
            (None, Some(None)) => Err(AuthError::UnknownTenant),
            (None, None) => {
                let actor = principal.actor.clone();
                Ok(Authenticated::Operator(OperatorScope::new(self.clone(), actor, request.id().clone())))
            }
        }
    }

    /// Lets an actor into a tenant, where the tenant's status allows it. Operators get into a suspended one.
    pub(super) async fn enter(
        &self,
        tenant: TenantId,
        actor: Actor,
        request: RequestFacts,
    ) -> Result<Authenticated, AuthError> {
        let state = self.tenant_state(tenant).await?.ok_or(AuthError::UnknownTenant)?;
        match state.status() {
            TenantStatus::Active => {}
            TenantStatus::Suspended if matches!(actor, Actor::Operator { .. }) => {}
            TenantStatus::Suspended => return Err(AuthError::Suspended),
            TenantStatus::Deleting { .. } => return Err(AuthError::Deleted),
        }
        Ok(Authenticated::Tenant(TenantScope::new(self.clone(), state, actor, request)))
    }

    async fn principal(&self, credential: &Credential) -> Result<Arc<Principal>, AuthError> {
        let digest = credential.digest();
        if let Some(known) = self.0.principals.get(&digest) {
            return Ok(known);
        }
        let forgotten = self.forgotten();
        let found = match credential.kind() {
            CredentialKind::PersonalAccess => self.token_principal(digest).await?,
            CredentialKind::Publishable | CredentialKind::Secret => self.key_principal(digest).await?,
            CredentialKind::SetUp | CredentialKind::OneTime => None,
        };
        // What is unknown is not kept: it may be made the next moment, and the checksum keeps guessers cheap.
        let principal = Arc::new(found.ok_or(AuthError::InvalidCredential)?);
        self.0.principals.insert(digest, Arc::clone(&principal));
        if self.forgotten() != forgotten {
            self.0.principals.invalidate(&digest);
        }
        Ok(principal)
    }

    async fn token_principal(&self, digest: CredentialDigest) -> Result<Option<Principal>, StoreError> {
        let found = self
            .0
            .store
            .read::<_, StoreError, _>(Place::Control, move |tx| {
                async move {
                    let by_digest = access_tokens::Column::Digest.eq(digest.to_vec());
                    let found = tx.find(access_tokens::Entity::find().filter(by_digest)).await?;
                    let Some(token) = found.filter(|token| token.revoked_at.is_none()) else {
                        return Ok(None);
                    };
                    let Some(account) = token.account_id else { return Ok(Some(token)) };
                    let account = tx.find(accounts::Entity::find_by_id(account)).await?;
                    let able =
                        account.is_some_and(|account| account.operator && account.disabled_at.is_none());
                    Ok(able.then_some(token))
                }
                .boxed()
            })
            .await?;
        Ok(found.map(|row| Principal {
            actor: Actor::Operator {
                token: TokenId::from_uuid(row.id),
                account: row.account_id.map(AccountId::from_uuid),
            },
            tenant: None,
            expires_at: row.expires_at.and_then(Timestamp::from_micros),
            last_used_at: AtomicI64::new(row.last_used_at.unwrap_or(0)),
        }))
    }

    async fn key_principal(&self, digest: CredentialDigest) -> Result<Option<Principal>, AuthError> {
        let index = self
            .0
            .store
            .read::<_, StoreError, _>(Place::Control, move |tx| {
                async move { tx.find(api_key_index::Entity::find_by_id(digest.to_vec())).await }.boxed()
            })
            .await?;
        let Some(index) = index else { return Ok(None) };
        let tenant = TenantId::from_uuid(index.tenant_id);
        // Opens and migrates the tenant's database, unless that may be about to go.
        let Some(state) = self.tenant_state(tenant).await? else { return Ok(None) };
        if matches!(state.status(), TenantStatus::Deleting { .. }) {
            return Err(AuthError::Deleted);
        }
        let key = self
            .0
            .store
            .read::<_, StoreError, _>(Place::Tenant(tenant), move |tx| {
                async move { tx.find(api_keys::Entity::find_by_id((index.tenant_id, index.key_id))).await }
                    .boxed()
            })
            .await?;
        Ok(key.filter(|key| key.revoked_at.is_none() && key.digest == digest).map(|key| {
            let id = KeyId::from_uuid(key.id);
            Principal {
                actor: match KeyKind::of(&key.kind) {
                    KeyKind::Secret => Actor::Key { id, scopes: ScopeSet::stored(&key.scopes) },
                    KeyKind::Publishable => Actor::Anonymous { key: Some(id) },
                },
                tenant: Some(tenant),
                expires_at: key.expires_at.and_then(Timestamp::from_micros),
                last_used_at: AtomicI64::new(key.last_used_at.unwrap_or(0)),
            }
        }))
    }
}

impl Principal {
    /// Which row to note the use in.
    pub(super) fn used(&self) -> Option<Used> {
        match (&self.actor, self.tenant) {
            (Actor::Operator { token, .. }, _) => Some(Used::Token(*token)),
            (Actor::Key { id, .. } | Actor::Anonymous { key: Some(id) }, Some(tenant)) => {
                Some(Used::Key(tenant, *id))
            }
            _ => None,
        }
    }
}
