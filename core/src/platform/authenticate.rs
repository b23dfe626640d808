//! From a credential to who acts: the only place where scopes are made for requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use futures_util::FutureExt as _;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::Platform;
use super::usage::Used;
use crate::access::{AccountScope, Actor, OperatorScope, RequestFacts, ScopeSet, TenantScope, Via};
use crate::accounts::IDLE_SECONDS;
use crate::clock::Timestamp;
use crate::credential::{Credential, CredentialDigest, CredentialKind};
use crate::engine::Undo;
use crate::ids::{AccountId, AccountSessionId, KeyId, TenantId, TokenId};
use crate::keys::KeyKind;
use crate::store::entities::{access_tokens, account_sessions, accounts, api_key_index, api_keys};
use crate::store::{Place, StoreError};
use crate::tenants::TenantStatus;

/// How exactly it is known when a session was last used.
const SEEN_SECONDS: i64 = 60;

/// Whom a credential belongs to, as cached.
#[derive(Debug)]
pub(super) struct Principal {
    pub(super) actor: Actor,
    pub(super) tenant: Option<TenantId>,
    /// What a member may do by this at most, whatever their role allows.
    most: ScopeSet,
    expires_at: Option<Timestamp>,
    /// In microseconds; never later than the present.
    pub(super) last_used_at: AtomicI64,
}

/// Who makes a request.
#[derive(Clone)]
pub enum Authenticated {
    /// A platform operator who named no tenant.
    Operator(OperatorScope),
    /// An account that is no operator, and named no tenant.
    Account(AccountScope),
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
        let mut principal = self.principal(&credential).await?;
        let now = self.now();
        if principal.expires_at.is_some_and(|expires_at| expires_at <= now) {
            return Err(AuthError::InvalidCredential);
        }
        if credential.kind() == CredentialKind::Session {
            principal = self.keep_awake(&credential, principal, now).await?;
        } else {
            self.0.usage.note(&credential, &principal, now);
        }
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
            (None, Some(Some(named))) => self.visit(named, &principal, request).await,
            (None, Some(None)) => Err(AuthError::UnknownTenant),
            (None, None) => Ok(match principal.actor {
                Actor::Account { id, via } => {
                    Authenticated::Account(AccountScope::new(self.clone(), id, via, request))
                }
                ref actor => {
                    Authenticated::Operator(OperatorScope::new(self.clone(), actor.clone(), request))
                }
            }),
        }
    }

    /// Lets somebody into a tenant to which their credential does not belong: an operator into each, an account where it
    /// is a member. To all others there is no such tenant, whatever has become of it.
    async fn visit(
        &self,
        tenant: TenantId,
        principal: &Principal,
        request: RequestFacts,
    ) -> Result<Authenticated, AuthError> {
        let Actor::Account { id, via } = principal.actor else {
            return self.enter(tenant, principal.actor.clone(), request).await;
        };
        let state = self.tenant_state(tenant).await?.ok_or(AuthError::UnknownTenant)?;
        let members = state.members(&self.0.store).await?;
        let place = members.of(id).ok_or(AuthError::UnknownTenant)?;
        let (role, scopes) = (Arc::clone(&place.role), place.scopes.and(principal.most));
        self.enter(tenant, Actor::Member { account: id, role, scopes, via }, request).await
    }

    /// Ends a session that was not used for too long, and notes that another is. Where this process thinks that it has
    /// slept, another may have seen it meanwhile.
    async fn keep_awake(
        &self,
        credential: &Credential,
        mut principal: Arc<Principal>,
        now: Timestamp,
    ) -> Result<Arc<Principal>, AuthError> {
        if principal.slept(now) >= IDLE_SECONDS {
            self.0.principals.invalidate(&credential.digest());
            principal = self.principal(credential).await?;
        }
        let slept = principal.slept(now);
        if slept >= IDLE_SECONDS {
            return Err(AuthError::InvalidCredential);
        }
        if slept >= SEEN_SECONDS && principal.is_first_to_note(now) {
            let seen = account_sessions::Entity::update_many()
                .col_expr(account_sessions::Column::SeenAt, now.as_micros().into())
                .filter(account_sessions::Column::Digest.eq(credential.digest().to_vec()))
                .filter(account_sessions::Column::SeenAt.lt(now.as_micros()));
            let noted = self
                .0
                .store
                .write_again::<_, StoreError, _>(Place::Control, Undo::Savepoint, move |tx| {
                    async move { tx.update(seen).await }.boxed()
                })
                .await;
            // The session is good all the same; it may end sooner than it would.
            if let Err(error) = noted {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "when a session was last used was not written");
            }
        }
        Ok(principal)
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
            CredentialKind::Session => self.session_principal(digest).await?,
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
                    let Some(account) = token.account_id else { return Ok(Some((token, None))) };
                    let account = tx.find(accounts::Entity::find_by_id(account)).await?;
                    let able = account.filter(|account| account.disabled_at.is_none());
                    Ok(able.map(|account| (token, Some(account))))
                }
                .boxed()
            })
            .await?;
        Ok(found.map(|(token, account)| {
            let via = Via::Token(TokenId::from_uuid(token.id));
            // A token that was narrowed is a member's, and stays one whatever its account becomes.
            let operator = token.scopes.is_none() && account.as_ref().is_none_or(|account| account.operator);
            Principal {
                actor: actor(account.map(|account| account.id), operator, via),
                tenant: None,
                most: token.scopes.as_deref().map_or_else(ScopeSet::all, ScopeSet::stored),
                expires_at: token.expires_at.and_then(Timestamp::from_micros),
                last_used_at: AtomicI64::new(token.last_used_at.unwrap_or(0)),
            }
        }))
    }

    async fn session_principal(&self, digest: CredentialDigest) -> Result<Option<Principal>, StoreError> {
        let found = self
            .0
            .store
            .read::<_, StoreError, _>(Place::Control, move |tx| {
                async move {
                    let by_digest = account_sessions::Column::Digest.eq(digest.to_vec());
                    let found = tx.find(account_sessions::Entity::find().filter(by_digest)).await?;
                    let Some(session) = found else { return Ok(None) };
                    let account = tx.find(accounts::Entity::find_by_id(session.account_id)).await?;
                    let able = account.filter(|account| account.disabled_at.is_none());
                    Ok(able.map(|account| (session, account)))
                }
                .boxed()
            })
            .await?;
        Ok(found.map(|(session, account)| {
            let via = Via::Session(AccountSessionId::from_uuid(session.id));
            Principal {
                actor: actor(Some(account.id), account.operator, via),
                tenant: None,
                most: ScopeSet::all(),
                expires_at: Timestamp::from_micros(session.expires_at),
                last_used_at: AtomicI64::new(session.seen_at),
            }
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
                most: ScopeSet::all(),
                expires_at: key.expires_at.and_then(Timestamp::from_micros),
                last_used_at: AtomicI64::new(key.last_used_at.unwrap_or(0)),
            }
        }))
    }
}

/// Who acts by what is an account's, or by a token that was made on the machine itself.
fn actor(account: Option<Uuid>, operator: bool, via: Via) -> Actor {
    match account.map(AccountId::from_uuid) {
        Some(id) if !operator => Actor::Account { id, via },
        account => Actor::Operator { via, account },
    }
}

impl Principal {
    /// Seconds since it was last used. A clock that was set back makes none.
    fn slept(&self, now: Timestamp) -> i64 {
        now.as_micros().saturating_sub(self.last_used_at.load(Ordering::Relaxed)).div_euclid(1_000_000)
    }

    /// Notes a use; says to one of those who do so at the same time that it is for them to write it down.
    fn is_first_to_note(&self, now: Timestamp) -> bool {
        let last = self.last_used_at.load(Ordering::Relaxed);
        let cell = &self.last_used_at;
        cell.compare_exchange(last, now.as_micros(), Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    /// Which row to note the use in.
    pub(super) fn used(&self) -> Option<Used> {
        match (&self.actor, self.tenant) {
            (
                Actor::Operator { via: Via::Token(token), .. }
                | Actor::Account { via: Via::Token(token), .. },
                _,
            ) => Some(Used::Token(*token)),
            (Actor::Key { id, .. } | Actor::Anonymous { key: Some(id) }, Some(tenant)) => {
                Some(Used::Key(tenant, *id))
            }
            _ => None,
        }
    }
}
