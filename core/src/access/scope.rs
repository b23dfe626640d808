//! Scopes and permits.

use std::marker::PhantomData;
use std::sync::Arc;

use super::actor::{Actor, RequestId, Via};
use super::permission::Permission;
use super::request::RequestFacts;
use crate::expr::{Auth, Bindings, Request};
use crate::ids::AccountId;
use crate::platform::Platform;
use crate::store::{Place, StoreError};
use crate::tenants::TenantState;

/// An actor inside a tenant.
#[derive(Clone)]
pub struct TenantScope {
    platform: Platform,
    tenant: Arc<TenantState>,
    actor: Actor,
    request: RequestFacts,
}

/// Proof that an actor may do `P` in its tenant.
#[derive(Debug)]
pub struct Permit<P>(PhantomData<P>);

/// The actor may not do that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this needs the scope `{needs}`")]
pub struct Denied {
    /// The permission that is missing.
    pub needs: &'static str,
}

impl TenantScope {
    /// Only authentication and job intake make scopes.
    pub(crate) const fn new(
        platform: Platform,
        tenant: Arc<TenantState>,
        actor: Actor,
        request: RequestFacts,
    ) -> Self {
        Self { platform, tenant, actor, request }
    }

    /// The same scope in the tenant as it is now; `None` where there is none any more.
    pub(crate) async fn renewed(&self) -> Result<Option<Self>, StoreError> {
        let tenant = self.platform.load_tenant(self.tenant.id()).await?;
        Ok(tenant.map(|tenant| Self { tenant, ..self.clone() }))
    }

    /// The same work, as a part of the system does it: what a caller has asked for and is not the caller's to do.
    pub(crate) fn as_system(&self, part: &'static str) -> Self {
        Self { actor: Actor::System(part), ..self.clone() }
    }

    /// As somebody else would ask from the same place, for what is only looked into and never done.
    pub(crate) fn seen_by(&self, actor: Actor) -> Self {
        Self { actor, ..self.clone() }
    }

    /// The same, by a request of another method.
    pub(crate) fn by_method(&self, method: &str) -> Self {
        Self { request: self.request.with_method(method), ..self.clone() }
    }

    /// Proof that the actor may do `P`, or the refusal.
    pub fn permit<P: Permission>(&self) -> Result<Permit<P>, Denied> {
        if self.actor.scopes().has::<P>() { Ok(Permit(PhantomData)) } else { Err(Denied { needs: P::NAME }) }
    }

    /// The tenant as it stood when the request came in.
    pub fn tenant(&self) -> &TenantState {
        &self.tenant
    }

    /// Who acts.
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Which request this is.
    pub const fn request(&self) -> &RequestId {
        self.request.id()
    }

    /// What is known of the request.
    pub(crate) const fn facts(&self) -> &RequestFacts {
        &self.request
    }

    /// What rules may know of the caller and the request.
    pub(crate) fn bindings(&self) -> Bindings<'_> {
        let request = Request {
            method: self.request.method(),
            ip: self.request.ip(),
            time: self.platform.now(),
            headers: self.request.headers(),
        };
        let auth = self.actor.kind().map(|kind| match &self.actor {
            Actor::User { user, .. } => Auth {
                kind,
                id: Some(user.id),
                email: user.email.as_deref(),
                verified: Some(user.verified),
                roles: &user.roles,
                claims: None,
            },
            _ => Auth { kind, ..Auth::default() },
        });
        Bindings { auth, request }
    }

    pub(crate) const fn platform(&self) -> &Platform {
        &self.platform
    }

    /// The tenant, for work that outlives the scope.
    pub(crate) fn shared_tenant(&self) -> Arc<TenantState> {
        Arc::clone(&self.tenant)
    }

    pub(crate) fn place(&self) -> Place {
        Place::Tenant(self.tenant.id())
    }
}

/// A platform operator outside any tenant. Holding one is the proof: nobody else gets it.
#[derive(Clone)]
pub struct OperatorScope {
    platform: Platform,
    actor: Actor,
    request: RequestFacts,
}

impl OperatorScope {
    /// Only authentication makes scopes.
    pub(crate) const fn new(platform: Platform, actor: Actor, request: RequestFacts) -> Self {
        Self { platform, actor, request }
    }

    /// Who acts.
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Which request this is.
    pub const fn request(&self) -> &RequestId {
        self.request.id()
    }

    /// The operator as an account; `None` where a token acts that was made on the machine itself.
    pub fn account(&self) -> Option<AccountScope> {
        let Actor::Operator { via, account: Some(account) } = self.actor else { return None };
        Some(AccountScope::new(self.platform.clone(), account, via, self.request.clone()))
    }

    pub(crate) const fn platform(&self) -> &Platform {
        &self.platform
    }
}

/// An account that works on what is its own. Holding one is the proof that it has signed in, or presents a token.
#[derive(Clone)]
pub struct AccountScope {
    platform: Platform,
    account: AccountId,
    via: Via,
    request: RequestFacts,
}

impl AccountScope {
    /// Only authentication makes scopes.
    pub(crate) const fn new(platform: Platform, account: AccountId, via: Via, request: RequestFacts) -> Self {
        Self { platform, account, via, request }
    }

    /// Which account.
    pub const fn id(&self) -> AccountId {
        self.account
    }

    /// By what it acts.
    pub const fn via(&self) -> Via {
        self.via
    }

    /// What is known of the request.
    pub(crate) const fn facts(&self) -> &RequestFacts {
        &self.request
    }

    pub(crate) const fn platform(&self) -> &Platform {
        &self.platform
    }
}
