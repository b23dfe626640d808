//! Who calls: from a request's headers to a scope of the domain.
//!
//! An operation takes a [`Caller`] (or an [`OperatorCaller`], which the document marks as needing a credential) and
//! asks the [`Surface`] for the scope that it works in. That is the one way to a scope, and on it lie the rate limit,
//! the tenant's CORS decision and the log's tenant.
//!
//! A credential in the header counts before the [cookie](crate::cookies) of a session. A publishable key is none in
//! this: it says which tenant is meant, and the cookie who calls.

use std::num::NonZeroU32;
use std::sync::Arc;

use neonex_core::access::{AccountScope, Actor, OperatorScope, RequestFacts, RequestId, TenantScope};
use neonex_core::auth::SignedIn;
use neonex_core::credential::Credential;
use neonex_core::ids::{AccountId, TenantId};
use neonex_core::platform::{AuthError, Authenticated, Platform};
use neonex_core::tenants::Tenant;
use poem::http::{StatusCode, Uri};
use poem::{FromRequest as _, Request, RequestBody};
use poem_openapi::registry::Registry;
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};

use crate::cookies::{Browser, Cookies, Kind};
use crate::credentials::{BearerToken, OptionalBearer};
use crate::problem::Problem;
use crate::rate_limit::RateLimits;
use crate::request::RequestContext;

/// What a publishable key begins with.
const PUBLISHABLE: &str = "nx_pub_";

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
    browser: Browser,
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
        let (uri, browser) = (request.original_uri().clone(), Browser::read(request)?);
        Ok(Self { context, token, tenant, uri, facts, browser })
    }

    /// Whether a credential was sent.
    pub const fn has_credential(&self) -> bool {
        self.token.is_some()
    }

    /// The path and query of the request.
    pub const fn uri(&self) -> &Uri {
        &self.uri
    }

    /// Whether a session that begins is to be kept in cookies.
    pub(crate) const fn wants_cookies(&self) -> bool {
        self.browser.wants_cookies
    }

    /// Whether a header says who calls, so that no cookie does.
    fn is_named(&self) -> bool {
        self.token.as_ref().is_some_and(|token| !token.starts_with(PUBLISHABLE))
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

    /// The caller's scope in the tenant that its credential, its cookie or its header names.
    pub async fn tenant(&self, caller: &Caller) -> Result<TenantScope, Problem> {
        match self.session(caller).await? {
            Some(scope) => Ok(scope),
            None => self.visitor(caller).await,
        }
    }

    /// What is known of a request for which nobody has to be anybody. It is charged to where it comes from.
    pub async fn anyone<'c>(&self, caller: &'c Caller) -> Result<&'c RequestFacts, Problem> {
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

    /// The same of somebody who wants to be let in: a cookie that they may have of a session that is over is not looked
    /// at.
    pub async fn visitor(&self, caller: &Caller) -> Result<TenantScope, Problem> {
        let scope = match self.authenticate(caller, caller.tenant.as_deref()).await? {
            Authenticated::Tenant(scope) => scope,
            Authenticated::Operator(_) => {
                let detail =
                    format!("An operator's token belongs to no tenant: name one in {TENANT_HEADER}.");
                return Err(Problem::bad_request("tenant_needed", detail));
            }
            Authenticated::Account(_) => {
                let detail = format!("An account belongs to no tenant: name one in {TENANT_HEADER}.");
                return Err(Problem::bad_request("tenant_needed", detail));
            }
        };
        if caller.wants_cookies() {
            self.check_site(caller, &scope)?;
        }
        Ok(scope)
    }

    /// The same in the tenant that the caller's credential or its header names, else in that one.
    pub async fn visitor_or(&self, caller: &Caller, tenant: TenantId) -> Result<TenantScope, Problem> {
        if caller.token.is_some() || caller.tenant.is_some() {
            return self.visitor(caller).await;
        }
        match self.authenticate(caller, Some(&tenant.to_string())).await? {
            Authenticated::Tenant(scope) => Ok(scope),
            Authenticated::Operator(_) | Authenticated::Account(_) => Err(no_tenant()),
        }
    }

    /// The scope of the user whose session the browser has a cookie of.
    async fn session(&self, caller: &Caller) -> Result<Option<TenantScope>, Problem> {
        let cookies = self.cookies(caller);
        let Some(tenant) = self.meant(caller, &cookies, Kind::Access).await? else { return Ok(None) };
        let Some(token) = cookies.of(Kind::Access, tenant) else { return Ok(None) };
        let named = tenant.to_string();
        let who = self.platform.authenticate(Some(token), Some(&named), caller.facts.clone()).await;
        // Keys are for headers, and open nothing in a cookie.
        let who = who.and_then(|who| match who {
            Authenticated::Tenant(scope) if matches!(scope.actor(), Actor::User { .. }) => Ok(scope),
            Authenticated::Tenant(_) | Authenticated::Operator(_) | Authenticated::Account(_) => {
                Err(AuthError::InvalidCredential)
            }
        });
        let payer = who.as_ref().map_or(Payer::Address, Payer::of);
        self.charge_to(caller, payer, NonZeroU32::MIN).await?;
        let scope = who?;
        if caller.wants_cookies() || !caller.browser.reads {
            self.check_site(caller, &scope)?;
        }
        Ok(Some(scope))
    }

    /// Which tenant's cookie is meant, if one is: that of the tenant that the request names, else the only one. Notes the
    /// tenant, so that a page may read why its cookie was refused.
    async fn meant(
        &self,
        caller: &Caller,
        cookies: &Cookies,
        kind: Kind,
    ) -> Result<Option<TenantId>, Problem> {
        if caller.is_named() || !cookies.has(kind) {
            return Ok(None);
        }
        let (token, mut named) = (caller.token.as_deref(), caller.tenant.clone());
        if token.is_none() && named.is_none() {
            named = cookies.whose(kind)?.map(|tenant| tenant.to_string());
        }
        match self.platform.authenticate(token, named.as_deref(), caller.facts.clone()).await {
            Ok(Authenticated::Tenant(scope)) => {
                let tenant = scope.tenant().id();
                if cookies.of(kind, tenant).is_some() {
                    note(caller, &scope);
                }
                Ok(Some(tenant))
            }
            // Why not is said to who comes without a cookie.
            Ok(Authenticated::Operator(_) | Authenticated::Account(_)) | Err(_) => Ok(None),
        }
    }

    /// The refresh token that the browser has as a cookie, and whose tenant it is of.
    pub(crate) async fn refresh_cookie(&self, caller: &Caller) -> Result<Option<String>, Problem> {
        let cookies = self.cookies(caller);
        let Some(tenant) = self.meant(caller, &cookies, Kind::Refresh).await? else { return Ok(None) };
        Ok(cookies.of(Kind::Refresh, tenant).map(str::to_owned))
    }

    fn cookies(&self, caller: &Caller) -> Cookies {
        caller.browser.cookies(self.platform.public_url())
    }

    /// Sets the cookies of a session, which take the place of those before. That of the access token stays when the token
    /// is over: it is then refused, and not taken for nobody's.
    pub(crate) fn keep_in_cookies(&self, caller: &Caller, signed_in: &SignedIn) {
        let (cookies, tenant) = (self.cookies(caller), signed_in.refresh_token.tenant());
        let refresh = signed_in.refresh_token.reveal();
        for (kind, value) in [(Kind::Access, &signed_in.access_token), (Kind::Refresh, &refresh)] {
            let cookie = cookies.set(kind, tenant, value, signed_in.session_ends_in);
            if let Some(cookie) = cookie {
                caller.context.set_cookie(cookie);
            }
        }
    }

    /// Takes the cookies of a session away that has ended, where it was one of cookies.
    pub(crate) fn forget_cookies(&self, caller: &Caller, tenant: TenantId) {
        if caller.is_named() {
            return;
        }
        let cookies = self.cookies(caller);
        for kind in [Kind::Access, Kind::Refresh] {
            let cookie = cookies.set(kind, tenant, "", 0);
            if let Some(cookie) = cookie {
                caller.context.set_cookie(cookie);
            }
        }
    }

    /// The same for somebody whose session was over before they wanted to end it.
    pub(crate) async fn forget_spent_cookies(&self, caller: &Caller) -> Result<(), Problem> {
        let cookies = self.cookies(caller);
        if let Some(tenant) = self.meant(caller, &cookies, Kind::Access).await? {
            self.forget_cookies(caller, tenant);
        }
        Ok(())
    }

    /// Refuses what a page of another site has had a browser ask for.
    pub(crate) fn check_site(&self, caller: &Caller, scope: &TenantScope) -> Result<(), Problem> {
        if caller.browser.is_of_site(self.platform.public_url(), scope.tenant().settings()) {
            return Ok(());
        }
        let detail = "By a cookie this is done from the platform's own pages and from origins that stand in the tenant's \
                      `cors_origins` only.";
        Err(Problem::new(StatusCode::FORBIDDEN, "cross_site", detail))
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
            (Some(token), Payer::Credential(tenant)) if !token.starts_with(PUBLISHABLE) => {
                let digest = Credential::digest_of(token);
                limits.principal(&caller.context, tenant, &digest, requests).await
            }
            _ => limits.anonymous(&caller.context, requests).await,
        }
    }

    async fn authenticate(&self, caller: &Caller, tenant: Option<&str>) -> Result<Authenticated, Problem> {
        let who = self.platform.authenticate(caller.token.as_deref(), tenant, caller.facts.clone()).await;
        let payer = who.as_ref().map_or(Payer::Address, |who| match who {
            Authenticated::Operator(_) => Payer::Credential(None),
            Authenticated::Account(scope) => Payer::Account(scope.id()),
            Authenticated::Tenant(scope) => Payer::of(scope),
        });
        self.charge_to(caller, payer, NonZeroU32::MIN).await?;
        let who = who?;
        if let Authenticated::Tenant(scope) = &who {
            note(caller, scope);
        }
        Ok(who)
    }
}

/// Notes in which tenant a request works, and what it lets the page do that asks.
fn note(caller: &Caller, scope: &TenantScope) {
    let (context, settings) = (&caller.context, scope.tenant().settings());
    context.set_tenant(scope.tenant().id());
    context.decide_origin(|origin| settings.allows_origin(origin));
    context.decide_credentials(|origin| settings.names_origin(origin));
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
