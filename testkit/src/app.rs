//! The whole HTTP surface in this process, and those who call it. What is sent passes every layer that it would pass
//! in the server, and stands on the same platform; only the socket is missing.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use metrics_exporter_prometheus::PrometheusBuilder;
use neonex_api::app::{App, Settings};
use neonex_api::caller::Surface;
use neonex_api::gate::Gate;
use neonex_api::metrics::Exposition;
use neonex_api::probes::Readiness;
use neonex_api::rate_limit::{Rate, RateLimits};
use neonex_api::{Operations, operations};
use neonex_core::accounts::{Email, NewAccount};
use neonex_core::keys::KeyKind;
use neonex_core::platform::Platform;
use neonex_core::redis::Redis;
use poem::http::header::CONTENT_TYPE;
use poem::http::uri::Scheme;
use poem::http::{HeaderMap, HeaderName, HeaderValue, Method};
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Addr, Body, Endpoint as _, Request, RequestParts, Response, Route};
use serde_json::{Value, json};

use crate::platform::{TestPlatform, TestTenant};

/// The password of accounts that tests make.
pub const ACCOUNT_PASSWORD: &str = "correct horse battery staple";
/// Where every request comes from.
const CLIENT: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(192, 0, 2, 1), 40_000);

/// The surface over a database of its own.
pub struct TestApp {
    /// What it stands on.
    pub platform: TestPlatform,
    api: Api,
}

/// One process's surface. Cheap to clone.
#[derive(Clone)]
pub struct Api(Arc<Gate<Route>>);

/// Somebody who calls: a surface, and the headers that go with every request. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    api: Api,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// A tenant, and those who call for it.
pub struct AppTenant {
    /// The tenant.
    pub tenant: TestTenant,
    api: Api,
    operator: Client,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub body: Vec<u8>,
}

impl TestApp {
    /// Over an empty database on the back end of this run, without limits of rate.
    pub async fn start() -> anyhow::Result<Self> {
        Self::start_with(None).await
    }

    /// The same, with so many requests an hour for each credential, and for each address without one.
    pub async fn limited(principal: u32, anonymous: u32) -> anyhow::Result<Self> {
        let rate = |requests| {
            let requests = NonZeroU32::new(requests).context("a rate of none")?;
            anyhow::Ok(Rate { requests, per: Duration::from_hours(1) })
        };
        Self::start_with(Some(Arc::new(RateLimits::new(rate(principal)?, rate(anonymous)?)))).await
    }

    async fn start_with(limits: Option<Arc<RateLimits>>) -> anyhow::Result<Self> {
        let platform = TestPlatform::start().await?;
        let api = Api::over(&platform, platform.platform.clone(), limits);
        Ok(Self { platform, api })
    }

    /// Without limits, and with other ids and secrets than in any other test or run.
    pub async fn start_alone() -> anyhow::Result<Self> {
        let platform = TestPlatform::start_alone().await?;
        let api = Api::over(&platform, platform.platform.clone(), None);
        Ok(Self { platform, api })
    }

    /// The surface of another process over the same databases, whose limits are shared through the Redis server at
    /// `url`; and what it knows of that server.
    pub async fn sharing_process(&self, url: &str, rate: Rate) -> anyhow::Result<(Api, Redis)> {
        let platform = self.platform.another_process().await?;
        let redis = platform.share(url)?;
        tokio::spawn(platform.clone().keep_shared());
        let limits = RateLimits::new(rate, rate).shared_through(redis.clone());
        Ok((Api::over(&self.platform, platform, Some(Arc::new(limits))), redis))
    }

    /// The surface of another process over the same databases; embedded, of this one after a restart.
    pub async fn another_process(&self) -> anyhow::Result<Api> {
        Ok(Api::over(&self.platform, self.platform.another_process().await?, None))
    }

    /// Who has no credential and names no tenant.
    pub fn nobody(&self) -> Client {
        Client { api: self.api.clone(), headers: Vec::new() }
    }

    /// The operator, who names no tenant.
    pub fn operator(&self) -> Client {
        self.nobody().bearer(self.platform.operator_token())
    }

    /// Makes a tenant of that slug and name.
    pub async fn tenant(&self, slug: &str) -> anyhow::Result<AppTenant> {
        let tenant = self.platform.tenant(slug).await?;
        Ok(AppTenant { tenant, api: self.api.clone(), operator: self.operator() })
    }

    /// Makes an account of that address, with [`ACCOUNT_PASSWORD`], and signs it in. It names no tenant.
    pub async fn account(&self, email: &str, operator: bool) -> anyhow::Result<Client> {
        let new = NewAccount { email: Email::try_from(email.to_owned())?, operator };
        let (_, reset) = self.platform.platform.create_account(new).await?;
        let body = json!({"token": reset.credential.reveal(), "password": ACCOUNT_PASSWORD});
        let set = self.nobody().post("/v1/account/reset-password", &body).await;
        ensure!(set.status == 204, "the password was not set: {}", set.code());
        self.nobody().signed_in(email).await
    }

    /// Removes the database. A test that fails leaves it behind to be looked at.
    pub async fn remove(self) -> anyhow::Result<()> {
        self.platform.remove().await
    }
}

impl Api {
    fn over(test: &TestPlatform, platform: Platform, limits: Option<Arc<RateLimits>>) -> Self {
        let surface = Surface::new(platform, limits);
        let metrics = Exposition::new(PrometheusBuilder::new().build_recorder().handle(), || ());
        let app = App::new(Settings::new(test.clock.clone(), test.rng()))
            .operations(operations(&surface))
            .document::<Operations>()
            .probes(Readiness::new(|| async { Vec::new() }), metrics)
            .build();
        Self(Arc::new(app))
    }
}

impl AppTenant {
    /// The tenant's id as text.
    pub fn id(&self) -> String {
        self.tenant.id.to_string()
    }

    /// The operator, who names this tenant.
    pub fn operator(&self) -> Client {
        self.operator.within(&self.tenant.slug)
    }

    /// Who has no credential and names no tenant.
    pub fn nobody(&self) -> Client {
        Client { api: self.api.clone(), headers: Vec::new() }
    }

    /// Who has no credential and names this tenant.
    pub fn anonymous(&self) -> Client {
        self.nobody().within(&self.tenant.slug)
    }

    /// Who holds a new secret key with every scope.
    pub async fn secret(&self) -> anyhow::Result<Client> {
        self.key(KeyKind::Secret, None).await
    }

    /// Who holds a new secret key with these scopes.
    pub async fn secret_with(&self, scopes: &[&str]) -> anyhow::Result<Client> {
        self.key(KeyKind::Secret, Some(scopes)).await
    }

    /// Who holds a new publishable key.
    pub async fn publishable(&self) -> anyhow::Result<Client> {
        self.key(KeyKind::Publishable, None).await
    }

    /// Makes a member of that address and role, with [`ACCOUNT_PASSWORD`]: invited by the operator, and signed in.
    pub async fn member(&self, email: &str, role: &str) -> anyhow::Result<Client> {
        let token = self.invited(&self.operator(), email, role).await?;
        let body = json!({"token": token, "password": ACCOUNT_PASSWORD});
        let joined = self.nobody().post("/v1/account/join", &body).await;
        ensure!(joined.status == 200, "{email} has not joined: {}", joined.code());
        Ok(self.nobody().signed_in(email).await?.within(&self.tenant.slug))
    }

    /// Has somebody invited as a member, and gives the secret of the mail.
    pub async fn invited(&self, by: &Client, email: &str, role: &str) -> anyhow::Result<String> {
        let invitation = json!({"email": email, "role": role});
        let invited = by.post("/v1/members/invitations", &invitation).await;
        ensure!(invited.status == 201, "{email} was not invited: {}", invited.code());
        let mails = self.operator().get("/v1/mails").await.json();
        let mails = mails.get("items").and_then(Value::as_array).cloned().unwrap_or_default();
        // Of those that were sent at the same instant the order says nothing.
        for mail in mails.iter().filter(|mail| mail["to"] == email && mail["template"] == "tenant_invitation")
        {
            let path = format!("/v1/mails/{}", mail["id"].as_str().unwrap_or_default());
            let text = self.operator().get(&path).await.text("text");
            let token = text.split_once("nx_one_").and_then(|(_, rest)| rest.get(..36));
            let token = format!("nx_one_{}", token.context("an invitation has no secret")?);
            if self.is_open(&token).await {
                return Ok(token);
            }
        }
        bail!("no mail has come to {email}")
    }

    /// Whether an invitation's secret is good still: without a password it says what it lacks.
    async fn is_open(&self, token: &str) -> bool {
        self.nobody().post("/v1/account/join", &json!({"token": token})).await.code() != "invalid_token"
    }

    async fn key(&self, kind: KeyKind, scopes: Option<&[&str]>) -> anyhow::Result<Client> {
        let key = self.tenant.key(kind, scopes).await?;
        Ok(self.nobody().bearer(&key.credential))
    }
}

impl Client {
    /// The same caller with one more header, or with another value of it. What cannot be a header is sent empty.
    ///
    /// # Panics
    ///
    /// Where the name is none.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a header that cannot be sent fails the test")]
    pub fn with(&self, name: &str, value: &str) -> Self {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a test's header has a name");
        let mut headers: Vec<_> = self.headers.iter().filter(|(known, _)| *known != name).cloned().collect();
        headers.push((name, HeaderValue::from_str(value).unwrap_or(HeaderValue::from_static(""))));
        Self { api: self.api.clone(), headers }
    }

    /// The same caller with another credential.
    #[must_use]
    pub fn bearer(&self, credential: &str) -> Self {
        self.with("authorization", &format!("Bearer {credential}"))
    }

    /// Whoever signs in as the account of that address, with [`ACCOUNT_PASSWORD`].
    pub async fn signed_in(&self, email: &str) -> anyhow::Result<Self> {
        let body = json!({"email": email, "password": ACCOUNT_PASSWORD});
        let signed_in = self.post("/v1/account/sign-in", &body).await;
        ensure!(signed_in.status == 200, "{email} has not signed in: {}", signed_in.code());
        Ok(self.bearer(&signed_in.text("token")))
    }

    /// The same caller, who names a tenant.
    #[must_use]
    pub fn within(&self, tenant: &str) -> Self {
        self.with("x-neonex-tenant", tenant)
    }

    /// The same caller at another process.
    #[must_use]
    pub fn at(&self, api: &Api) -> Self {
        Self { api: api.clone(), headers: self.headers.clone() }
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    /// POST.
    pub async fn post(&self, path: &str, json: &Value) -> Answer {
        self.send(Method::POST, path, Some(json.to_string())).await
    }

    /// PUT.
    pub async fn put(&self, path: &str, json: &Value) -> Answer {
        self.send(Method::PUT, path, Some(json.to_string())).await
    }

    /// PATCH.
    pub async fn patch(&self, path: &str, json: &Value) -> Answer {
        self.send(Method::PATCH, path, Some(json.to_string())).await
    }

    /// Any request. A body goes as JSON, unless the caller's headers say something else.
    ///
    /// # Panics
    ///
    /// Where the path is none.
    pub async fn send(&self, method: Method, path: &str, body: Option<String>) -> Answer {
        let (parts, body) = self.open(method, path, body.map(Body::from_string)).await.into_parts();
        // A body that breaks off is seen as the empty one that it is to a client who waits for all of it.
        let body = body.into_vec().await.unwrap_or_default();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    /// Any request, whose body and answer may be read piece by piece.
    ///
    /// # Panics
    ///
    /// Where the path is none.
    #[expect(clippy::expect_used, reason = "a request that cannot be sent fails the test")]
    pub async fn open(&self, method: Method, path: &str, body: Option<Body>) -> Response {
        let mut request = poem::http::Request::builder().method(method).uri(path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if body.is_some() && self.headers.iter().all(|(name, _)| *name != CONTENT_TYPE) {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        let (parts, ()) = request.body(()).expect("a test's request is well-formed").into_parts();
        let address = RemoteAddr(Addr::SocketAddr(CLIENT.into()));
        let parts = RequestParts::from((parts, LocalAddr::default(), address, Scheme::HTTP));
        self.api.0.get_response(Request::from_parts(parts, body.unwrap_or_default())).await
    }
}

impl Answer {
    /// The body; null where it is no JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The code of the problem; empty where it is none.
    pub fn code(&self) -> String {
        let problem = self.header("content-type") == Some("application/problem+json");
        if problem { self.text("code") } else { String::new() }
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The id of what the body shows; empty where it shows none.
    pub fn id(&self) -> String {
        self.text("id")
    }

    fn text(&self, name: &str) -> String {
        self.json().get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    }
}
