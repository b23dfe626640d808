//! Signing in by a provider, and the identities of who is signed in.
//!
//! Two addresses here are none of the document's: those that a browser opens. They answer with where it is to go next,
//! and take what providers add to them.

use std::time::Duration;

use neonex_core::auth::{Back, OAuthBeginning};
use poem::http::StatusCode;
use poem::{Body, Request};
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};

use super::Done;
use super::model::SignedInView;
use super::oauth_model::{
    BeginOAuthBody, ExchangeOAuthBody, IdentityList, IdentityView, LinkIdentityBody, OAuthUrl,
};
use crate::caller::{Caller, Surface};
use crate::problem::Problem;
use crate::route::body::too_large;

/// The operations by which users sign in by providers.
#[derive(Clone)]
pub struct OAuth(pub Surface);

/// Bytes of what a provider sends by way of a form.
const MOST_FORM: usize = 64 * 1024;
/// How long it may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(ApiResponse)]
enum Leads {
    /// To the provider, or back to the app.
    #[oai(status = 303)]
    To(#[oai(header = "Location")] String, #[oai(header = "Cache-Control")] String),
}

impl Leads {
    fn to(url: &impl ToString) -> Self {
        Self::To(url.to_string(), "no-store".to_owned())
    }
}

#[derive(ApiResponse)]
enum Linked {
    /// The identity.
    #[oai(status = 201)]
    Identity(Json<IdentityView>),
}

#[OpenApi]
impl OAuth {
    /// Go to a provider. A browser opens this, which sends no header: so the tenant is named in the query.
    #[oai(path = "/v1/auth/oauth/:provider", method = "get", hidden)]
    async fn go(&self, caller: Caller, provider: Path<String>, request: &Request) -> Result<Leads, Problem> {
        let mut query = Pairs::of_query(request);
        let scope = self.0.tenant_of_address(&caller, query.take("tenant")?.as_deref()).await?;
        let begin = OAuthBeginning {
            redirect_url: query.needed("redirect_url")?,
            code_challenge: query.needed("code_challenge")?,
            state: query.take("state")?,
        };
        query.nothing_else()?;
        Ok(Leads::to(&scope.begin_oauth(&provider, begin).await?))
    }

    /// Come back from a provider.
    #[oai(path = "/v1/auth/oauth/callback/:tenant/:provider", method = "get", hidden)]
    async fn back(
        &self,
        caller: Caller,
        tenant: Path<String>,
        provider: Path<String>,
        request: &Request,
    ) -> Result<Leads, Problem> {
        self.come_back(&caller, &tenant, &provider, Pairs::of_query(request)).await
    }

    /// The same by way of a form that the provider's page sends: Apple's.
    #[oai(path = "/v1/auth/oauth/callback/:tenant/:provider", method = "post", hidden)]
    async fn back_by_form(
        &self,
        caller: Caller,
        tenant: Path<String>,
        provider: Path<String>,
        body: Body,
    ) -> Result<Leads, Problem> {
        let incomplete = || Problem::bad_request("incomplete_body", "The body broke off before its end.");
        let read = tokio::time::timeout(PATIENCE, body.into_bytes_limit(MOST_FORM)).await;
        let form = read.map_err(|_| incomplete())?.map_err(|error| match error {
            poem::error::ReadBodyError::PayloadTooLarge => too_large(MOST_FORM),
            _ => incomplete(),
        })?;
        let form = String::from_utf8(form.to_vec()).map_err(|_| incomplete())?;
        self.come_back(&caller, &tenant, &provider, Pairs::of(&form)).await
    }

    /// Begin a sign-in by a provider
    ///
    /// Gives the address of the provider's page, for an app that opens it itself. The browser comes out at
    /// `redirect_url` with a `code`, or with an `error`. An app in a browser can send it to
    /// `GET /v1/auth/oauth/{provider}?tenant=…&redirect_url=…&code_challenge=…` instead, which leads there.
    #[oai(
        path = "/v1/auth/oauth/:provider/start",
        method = "post",
        operation_id = "begin_oauth",
        tag = "super::super::Tag::Auth"
    )]
    async fn begin(
        &self,
        caller: Caller,
        /// The provider's name.
        provider: Path<String>,
        body: Json<BeginOAuthBody>,
    ) -> Result<Json<OAuthUrl>, Problem> {
        let scope = self.0.visitor(&caller).await?;
        let url = scope.begin_oauth(&provider, body.0.into()).await?.to_string();
        Ok(Json(OAuthUrl { url }))
    }

    /// End a sign-in by a provider
    ///
    /// Begins a session for the code that the app was given. It is good once, for a minute, and for who has the verifier.
    #[oai(
        path = "/v1/auth/oauth/exchange",
        method = "post",
        operation_id = "exchange_oauth",
        tag = "super::super::Tag::Auth"
    )]
    async fn exchange(
        &self,
        caller: Caller,
        body: Json<ExchangeOAuthBody>,
    ) -> Result<Json<SignedInView>, Problem> {
        let scope = self.0.visitor(&caller).await?;
        let ExchangeOAuthBody { code, code_verifier, profile } = body.0;
        let profile = profile.map(|profile| profile.to_string().into_bytes());
        SignedInView::of(&self.0, &caller, scope.exchange_oauth(&code.0, &code_verifier.0, profile).await?)
    }

    /// List identities
    ///
    /// Whom providers know the signed-in user as.
    #[oai(
        path = "/v1/auth/identities",
        method = "get",
        operation_id = "list_identities",
        tag = "super::super::Tag::Auth"
    )]
    async fn identities(&self, caller: Caller) -> Result<Json<IdentityList>, Problem> {
        let scope = self.0.tenant(&caller).await?;
        Ok(Json(IdentityList::from(scope.own_identities().await?)))
    }

    /// Begin to link a provider
    ///
    /// To the signed-in user. It is linked when the app comes back with the code.
    #[oai(
        path = "/v1/auth/identities/:provider/link",
        method = "post",
        operation_id = "begin_linking_identity",
        tag = "super::super::Tag::Auth"
    )]
    async fn begin_link(
        &self,
        caller: Caller,
        /// The provider's name.
        provider: Path<String>,
        body: Json<BeginOAuthBody>,
    ) -> Result<Json<OAuthUrl>, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let url = scope.begin_link(&provider, body.0.into()).await?.to_string();
        Ok(Json(OAuthUrl { url }))
    }

    /// Link a provider
    ///
    /// To the signed-in user, for the code that the app was given. Only who has begun it can end it.
    #[oai(
        path = "/v1/auth/identities",
        method = "post",
        operation_id = "link_identity",
        tag = "super::super::Tag::Auth"
    )]
    async fn link(&self, caller: Caller, body: Json<LinkIdentityBody>) -> Result<Linked, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let identity = scope.finish_link(&body.0.code.0, &body.0.code_verifier.0).await?;
        Ok(Linked::Identity(Json(identity.into())))
    }

    /// Unlink a provider
    ///
    /// From the signed-in user, unless there is no other way in.
    #[oai(
        path = "/v1/auth/identities/:provider",
        method = "delete",
        operation_id = "unlink_identity",
        tag = "super::super::Tag::Auth"
    )]
    async fn unlink(
        &self,
        caller: Caller,
        /// The provider's name.
        provider: Path<String>,
    ) -> Result<Done, Problem> {
        self.0.tenant(&caller).await?.unlink(&provider).await?;
        Ok(Done::Done)
    }
}

impl OAuth {
    async fn come_back(
        &self,
        caller: &Caller,
        tenant: &str,
        provider: &str,
        mut sent: Pairs,
    ) -> Result<Leads, Problem> {
        let scope = self.0.tenant_of_address(caller, Some(tenant)).await?;
        let back = Back {
            state: sent.needed("state")?,
            code: sent.take("code")?,
            error: sent.take("error")?,
            iss: sent.take("iss")?,
            user: sent.take("user")?,
        };
        Ok(Leads::to(&scope.finish_oauth(provider, back).await?))
    }
}

/// What stands in a query or a form.
struct Pairs(Vec<(String, String)>);

impl Pairs {
    fn of(text: &str) -> Self {
        Self(form_urlencoded::parse(text.as_bytes()).into_owned().collect())
    }

    fn of_query(request: &Request) -> Self {
        Self::of(request.original_uri().query().unwrap_or_default())
    }

    /// The value of a name, which stands there once.
    fn take(&mut self, name: &str) -> Result<Option<String>, Problem> {
        let Some(at) = self.0.iter().position(|(known, _)| known == name) else { return Ok(None) };
        let (_, value) = self.0.swap_remove(at);
        if self.0.iter().any(|(known, _)| known == name) {
            return Err(wrong(name, "it is there more than once"));
        }
        Ok(Some(value))
    }

    fn needed(&mut self, name: &str) -> Result<String, Problem> {
        self.take(name)?.ok_or_else(|| wrong(name, "it is needed"))
    }

    fn nothing_else(&self) -> Result<(), Problem> {
        self.0.first().map_or(Ok(()), |(name, _)| Err(wrong(name, "there is no such parameter")))
    }
}

fn wrong(name: &str, what: &str) -> Problem {
    let detail = format!("The parameter `{name}` cannot be accepted: {what}.");
    Problem::new(StatusCode::BAD_REQUEST, "invalid_parameter", detail).error(
        format!("?{name}"),
        "invalid",
        what,
    )
}
