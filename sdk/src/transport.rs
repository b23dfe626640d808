//! How requests are carried out, whoever makes them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue, USER_AGENT};
use reqwest::{Method, Request, Response, Url};

use crate::answer::Answer;
use crate::auth::{self, State};
use crate::error::{Error, Refusal};
use crate::random;
use crate::retry::{self, IDEMPOTENCY_KEY, RetryPolicy, is_repeatable};

const TENANT: HeaderName = HeaderName::from_static("x-neonex-tenant");

/// A server, a credential for it, and how to deal with both.
#[derive(Clone)]
pub(crate) struct Transport {
    pub(crate) http: reqwest::Client,
    pub(crate) base: Url,
    /// `Bearer …`, marked sensitive.
    pub(crate) authorization: Option<HeaderValue>,
    pub(crate) tenant: Option<HeaderValue>,
    /// Whose tokens take the place of a credential.
    pub(crate) session: Option<Arc<State>>,
    pub(crate) user_agent: HeaderValue,
    /// For one try.
    pub(crate) timeout: Duration,
    pub(crate) retry: RetryPolicy,
}

impl Transport {
    /// The address of a path below the server's own.
    pub(crate) fn url(&self, segments: &[&str]) -> Url {
        let mut url = self.base.clone();
        // Fails for addresses without a path only, and that of a server is none of these.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }

    /// Whether the path names a tenant itself, which another in a header would contradict.
    fn names_tenant(&self, url: &Url) -> bool {
        let below = url.path().strip_prefix(self.base.path().trim_end_matches('/'));
        below.is_some_and(|path| path.starts_with("/v1/tenants"))
    }

    /// Sends a request until it has an answer that another try would not better. One that is refused to a session, whose
    /// token may have become worthless, is sent once more with the next one: it was not carried out.
    pub(crate) async fn send(&self, mut request: Request) -> Result<Answer, reqwest::Error> {
        self.complete(&mut request);
        let Some(session) = &self.session else { return self.try_often(request).await };
        let authorization = session.authorization().await;
        let again = request.try_clone();
        request.headers_mut().insert(AUTHORIZATION, authorization.clone());
        let answer = self.try_often(request).await?;
        let Some(mut again) = again.filter(|_| auth::is_refused(&answer)) else { return Ok(answer) };
        let Some(authorization) = session.after(&authorization).await else { return Ok(answer) };
        again.headers_mut().insert(AUTHORIZATION, authorization);
        self.try_often(again).await
    }

    async fn try_often(&self, mut request: Request) -> Result<Answer, reqwest::Error> {
        let repeatable = is_repeatable(&request);
        let mut retries = 0;
        let mut doubtful = false;
        loop {
            let same = request.try_clone();
            let mut outcome = self.try_once(request).await;
            if let Ok(answer) = &mut outcome {
                answer.doubtful = doubtful;
            }
            doubtful |= retry::may_have_been_done(&outcome);
            let wait = self.retry.wait(retries, repeatable, &outcome);
            let (Some(same), Some(wait)) = (same, wait) else { return outcome };
            tokio::time::sleep(wait).await;
            request = same;
            retries += 1;
        }
    }

    /// Sends a request once, however long it takes, and leaves the body of a success to be read as it comes.
    pub(crate) async fn open(&self, mut request: Request) -> Result<Response, Error> {
        self.complete(&mut request);
        // What is sent once is not sent again with another token; one that is about to be over is renewed before.
        if let Some(session) = &self.session {
            let authorization = session.authorization().await;
            request.headers_mut().insert(AUTHORIZATION, authorization);
        }
        *request.timeout_mut() = None;
        let mut response = self.http.execute(request).await?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let headers = std::mem::take(response.headers_mut());
        Err(Refusal::from(Answer { status, headers, body: response.bytes().await?, doubtful: false }).into())
    }

    /// An answer counts when all of it has come.
    async fn try_once(&self, request: Request) -> Result<Answer, reqwest::Error> {
        let mut response = self.http.execute(request).await?;
        let headers = std::mem::take(response.headers_mut());
        Ok(Answer { status: response.status(), headers, body: response.bytes().await?, doubtful: false })
    }

    /// Adds what every request carries.
    fn complete(&self, request: &mut Request) {
        *request.timeout_mut() = Some(self.timeout);
        let post = request.method() == Method::POST;
        let tenant = self.tenant.as_ref().filter(|_| !self.names_tenant(request.url()));
        let headers = request.headers_mut();
        if let Some(authorization) = &self.authorization {
            headers.insert(AUTHORIZATION, authorization.clone());
        }
        if let Some(tenant) = tenant {
            headers.insert(TENANT, tenant.clone());
        }
        headers.insert(USER_AGENT, self.user_agent.clone());
        // Without randomness there is no key, and then no retry of what may have been done.
        if post
            && !headers.contains_key(IDEMPOTENCY_KEY)
            && let Some(key) = random::key()
            && let Ok(key) = key.parse()
        {
            headers.insert(IDEMPOTENCY_KEY, key);
        }
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Transport")
            .field("base", &self.base.as_str())
            .field("credential", &self.authorization.as_ref().map(|_| "[redacted]"))
            .field("tenant", &self.tenant)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}
