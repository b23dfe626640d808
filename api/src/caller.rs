//! Who calls: from a request's headers to a scope of the domain.
//!
//! An operation takes a [`Caller`] (or an [`OperatorCaller`], which the document marks as needing a credential) and
//! asks the [`Surface`] for the scope that it works in. That is the one way to a scope, and on it lie the rate limit,
//! the tenant's CORS decision and the log's tenant.

use std::num::NonZeroU32;
use std::sync::Arc;

use neonex_core::access::{AccountScope, Actor, OperatorScope, RequestFacts, RequestId, TenantScope};
use neonex_core::credential::Credential;
use neonex_core::ids::{AccountId, TenantId};
use neonex_core::platform::{AuthError, Authenticated, Platform};
use neonex_core::tenants::Tenant;
use poem::http::{StatusCode, Uri};
use poem::{FromRequest as _, Request, RequestBody};
use poem_openapi::registry::Registry;
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};

use crate::credentials::{BearerToken, OptionalBearer};
use crate::problem::Problem;
use crate::rate_limit::RateLimits;
use crate::request::RequestContext;

/// The header that names a tenant.
pub const TENANT_HEADER: &str = "X-Neonex-Tenant";

/// What operations are made from. Cheap to clone.
#[derive(Clone)]
pub struct Surface {
    platform: Platform,
    limits: Option<Arc<RateLimits>>,
}

/// Whoever calls, with a credential or without.
pub struct Caller {
    context: RequestContext,
    token: Option<String>,
    tenant: Option<String>,
    uri: Uri,
    facts: RequestFacts,
}

/// A caller who has to have a credential.
pub struct OperatorCaller(pub Caller);

impl Caller {
    async fn read(request: &Request, token: Option<String>) -> poem::Result<Self> {
        let context = RequestContext::from_request_without_body(request).await?;
        let tenant = match request.headers().get(TENANT_HEADER) {
            Some(value) => {
                let unreadable =
                    || Problem::bad_request("invalid_tenant", format!("{TENANT_HEADER} is no id or slug."));
                Some(value.to_str().map_err(|_| unreadable())?.to_owned())
            }
            None => None,
        };
        let id = RequestId::parse(context.id().as_str()).ok_or_else(|| Problem::internal(&NoRequestId))?;
        let headers = request.headers().iter();
        let headers = headers.filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
        let facts = RequestFacts::new(id, request.method().as_str(), context.client_address(), headers);
        Ok(Self { context, token, tenant, uri: request.original_uri().clone(), facts })
    }

    /// Whether a credential was sent.
    pub const fn has_credential(&self) -> bool {
        self.token.is_some()
    }

    /// The path and query of the request.
    pub const fn uri(&self) -> &Uri {
        &self.uri
    }

    /// Whether the header, if it names a tenant, names that one.
    fn agrees_with(&self, tenant: &Tenant) -> Result<(), AuthError> {
        match self.tenant.as_deref() {
            Some(header) if header != tenant.slug.as_str() && header != tenant.id.to_string() => {
                Err(AuthError::OtherTenant)
            }
            _ => Ok(()),
        }
    }
}

impl<'a> ApiExtractor<'a> for Caller {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        OptionalBearer::register(registry);
    }

    fn security_schemes() -> Vec<&'static str> {
        OptionalBearer::security_schemes()
    }

    fn has_security_fallback() -> bool {
        true
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        let token = OptionalBearer::from_request(request, body, ExtractParamOptions::default()).await?;
        Self::read(request, token.0.map(|token| token.0.token)).await
    }
}

impl<'a> ApiExtractor<'a> for OperatorCaller {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        <BearerToken as ApiExtractor<'_>>::register(registry);
    }

    fn security_schemes() -> Vec<&'static str> {
        <BearerToken as ApiExtractor<'_>>::security_schemes()
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        let token =
            <BearerToken as ApiExtractor<'_>>::from_request(request, body, ExtractParamOptions::default())
                .await?;
        Ok(Self(Caller::read(request, Some(token.0.token)).await?))
    }
}

impl Surface {
    /// Over a platform; without limits where they are switched off.
    pub const fn new(platform: Platform, limits: Option<Arc<RateLimits>>) -> Self {
        Self { platform, limits }
    }

    /// The platform.
    pub const fn platform(&self) -> &Platform {
        &self.platform
    }

    /// The caller's scope in the tenant that its credential or its header names.
    pub async fn tenant(&self, caller: &Caller) -> Result<TenantScope, Problem> {
        match self.authenticate(caller, caller.tenant.as_deref()).await? {
            Authenticated::Tenant(scope) => Ok(scope),
            Authenticated::Operator(_) => {
                let detail =
                    format!("An operator's token belongs to no tenant: name one in {TENANT_HEADER}.");
                Err(Problem::bad_request("tenant_needed", detail))
            }
            Authenticated::Account(_) => {
                let detail = format!("An account belongs to no tenant: name one in {TENANT_HEADER}.");
                Err(Problem::bad_request("tenant_needed", detail))
            }
        }
    }

    /// What is known of a request for which nobody has to be anybody. It is charged to where it comes from.
    pub async fn visitor<'c>(&self, caller: &'c Caller) -> Result<&'c RequestFacts, Problem> {
        self.charge_to(caller, Payer::Address, NonZeroU32::MIN).await?;
        Ok(&caller.facts)
    }

    /// The caller as an account, an operator's too.
    pub async fn account(&self, caller: &Caller) -> Result<AccountScope, Problem> {
        let needed = || {
            let detail = "This needs an account's session or token; a key or a user of an app is no account.";
            Problem::new(StatusCode::FORBIDDEN, "account_needed", detail)
        };
        match self.authenticate(caller, None).await? {
            Authenticated::Account(scope) => Ok(scope),
            Authenticated::Operator(scope) => scope.account().ok_or_else(needed),
            Authenticated::Tenant(scope) => {
                caller.agrees_with(scope.tenant().tenant())?;
                Err(needed())
            }
        }
    }

    /// The caller's scope in the tenant that its credential or its header names, else in that one.
    pub async fn tenant_or(&self, caller: &Caller, tenant: TenantId) -> Result<TenantScope, Problem> {
        if caller.token.is_some() || caller.tenant.is_some() {
            return self.tenant(caller).await;
        }
        match self.authenticate(caller, Some(&tenant.to_string())).await? {
            Authenticated::Tenant(scope) => Ok(scope),
            Authenticated::Operator(_) | Authenticated::Account(_) => Err(no_tenant()),
        }
    }

    /// The caller's scope in the tenant that the address names, else that its credential or its header names: an address
    /// that a browser opens comes with neither.
    pub async fn tenant_of_address(
        &self,
        caller: &Caller,
        named: Option<&str>,
    ) -> Result<TenantScope, Problem> {
        let Some(named) = named else { return self.tenant(caller).await };
        match self.authenticate(caller, Some(named)).await? {
            Authenticated::Tenant(scope) => {
                caller.agrees_with(scope.tenant().tenant())?;
                Ok(scope)
            }
            Authenticated::Operator(_) | Authenticated::Account(_) => Err(no_tenant()),
        }
    }

    /// The caller's scope in the tenant that the path names. Another tenant's is as absent as none.
    pub async fn tenant_of_path(&self, caller: &Caller, named: &str) -> Result<TenantScope, Problem> {
        if caller.token.is_none() {
            return Err(AuthError::Missing.into());
        }
        let scope = match self.authenticate(caller, Some(named)).await {
            Ok(Authenticated::Tenant(scope)) => scope,
            Ok(Authenticated::Operator(_) | Authenticated::Account(_)) => return Err(no_tenant()),
            Err(problem) if matches!(problem.code(), "tenant_mismatch" | "not_found") => {
                return Err(no_tenant());
            }
            Err(problem) => return Err(problem),
        };
        caller.agrees_with(scope.tenant().tenant())?;
        Ok(scope)
    }

    /// The caller as an operator of the platform.
    pub async fn operator(&self, caller: &OperatorCaller) -> Result<OperatorScope, Problem> {
        match self.authenticate(&caller.0, None).await? {
            Authenticated::Operator(scope) => Ok(scope),
            Authenticated::Account(_) => Err(Problem::new(
                StatusCode::FORBIDDEN,
                "operator_needed",
                "This needs an operator; an account that is none works inside tenants only.",
            )),
            Authenticated::Tenant(scope) => {
                caller.0.agrees_with(scope.tenant().tenant())?;
                Err(Problem::new(
                    StatusCode::FORBIDDEN,
                    "operator_needed",
                    "This needs an operator's token; an API key works inside its own tenant only.",
                ))
            }
        }
    }

    /// The same, for what is done to the tenant that the path names. A header that names another contradicts it.
    pub async fn operator_of_path(
        &self,
        caller: &OperatorCaller,
        named: &str,
    ) -> Result<OperatorScope, Problem> {
        let scope = self.operator(caller).await?;
        if caller.0.tenant.is_some() {
            caller.0.agrees_with(&scope.tenant(named).await?)?;
        }
        Ok(scope)
    }

    /// Charges further requests to a caller whose one request is as much work as many.
    pub async fn charge(&self, caller: &Caller, scope: &TenantScope, further: usize) -> Result<(), Problem> {
        let further = u32::try_from(further).unwrap_or(u32::MAX);
        let Some(further) = NonZeroU32::new(further) else { return Ok(()) };
        self.charge_to(caller, Payer::of(scope), further).await
    }

    async fn charge_to(&self, caller: &Caller, payer: Payer, requests: NonZeroU32) -> Result<(), Problem> {
        let Some(limits) = &self.limits else { return Ok(()) };
        // A publishable key is everybody's: its users are told apart by where they come from, as guessers are.
        match (&caller.token, payer) {
            // Whatever number of tokens a user has, and however many more they ask for.
            (_, Payer::User(tenant, user)) => {
                let digest = Credential::digest_of(&user);
                limits.principal(&caller.context, Some(tenant), &digest, requests).await
            }
            // The same of an account, whichever tenant it works in.
            (_, Payer::Account(account)) => {
                let digest = Credential::digest_of(&account.to_string());
                limits.principal(&caller.context, None, &digest, requests).await
            }
            (Some(token), Payer::Credential(tenant)) if !token.starts_with("nx_pub_") => {
                let digest = Credential::digest_of(token);
                limits.principal(&caller.context, tenant, &digest, requests).await
            }
            _ => limits.anonymous(&caller.context, requests).await,
        }
    }

    async fn authenticate(&self, caller: &Caller, tenant: Option<&str>) -> Result<Authenticated, Problem> {
        let context = &caller.context;
        let who = self.platform.authenticate(caller.token.as_deref(), tenant, caller.facts.clone()).await;
        let payer = who.as_ref().map_or(Payer::Address, |who| match who {
            Authenticated::Operator(_) => Payer::Credential(None),
            Authenticated::Account(scope) => Payer::Account(scope.id()),
            Authenticated::Tenant(scope) => Payer::of(scope),
        });
        self.charge_to(caller, payer, NonZeroU32::MIN).await?;
        let who = who?;
        if let Authenticated::Tenant(scope) = &who {
            context.set_tenant(scope.tenant().id());
            context.decide_origin(|origin| scope.tenant().settings().allows_origin(origin));
        }
        Ok(who)
    }
}

/// Whom a request is charged to.
enum Payer {
    /// A credential that was accepted, with the tenant that it belongs to. An operator's token belongs to none,
    /// whichever it works in.
    Credential(Option<TenantId>),
    /// A user of the tenant, by what names them.
    User(TenantId, String),
    /// An account that is no operator.
    Account(AccountId),
    /// Wherever it comes from.
    Address,
}

impl Payer {
    fn of(scope: &TenantScope) -> Self {
        let tenant = scope.tenant().id();
        match scope.actor() {
            Actor::Operator { .. } => Self::Credential(None),
            Actor::Account { id: account, .. } | Actor::Member { account, .. } => Self::Account(*account),
            Actor::User { .. } => Self::User(tenant, scope.actor().to_string()),
            Actor::Key { .. } | Actor::Anonymous { .. } | Actor::System(_) => Self::Credential(Some(tenant)),
        }
    }
}

fn no_tenant() -> Problem {
    Problem::not_found("There is no such tenant.")
}

#[derive(Debug, thiserror::Error)]
#[error("a request has no id")]
struct NoRequestId;
