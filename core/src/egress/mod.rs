//! Requests that the platform makes to the outside, to addresses that tenants choose: providers of sign-in, webhooks.
//!
//! Whoever chooses an address must not reach through us what they cannot reach themselves. So a host is resolved, its
//! addresses are looked at, and the connection goes to those that were looked at and to no other: a name that means
//! something else the next time gains nothing. Redirects are not followed, no proxy is asked, the scheme is HTTPS.
//! Hosts that the operator has named ([`Allowed`]) are exempt: tests, and networks without the internet.
//!
//! What can still go wrong: a public address may lead back inside by a router of somebody's own making.

mod addresses;

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::StreamExt as _;
use http::{Request, Response};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, ClientBuilder};
use url::{Host, Url};

use self::addresses::is_public;

/// How long a request may take, from the connection to the last byte of its answer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Bytes of an answer.
const MOST_BYTES: usize = 1024 * 1024;
/// What we call ourselves: some servers answer nobody who has no name.
const USER_AGENT: &str = concat!("neonex/", env!("CARGO_PKG_VERSION"));

/// Hosts that may be reached wherever they are, and by plain HTTP.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allowed(Vec<(String, Option<u16>)>);

/// The one way out. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct HttpEgress(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    allowed: Allowed,
    /// Made with the first request: most servers make none.
    clients: OnceLock<Clients>,
}

#[derive(Debug)]
struct Clients {
    guarded: Client,
    /// For hosts that are allowed by name.
    trusted: Client,
}

/// A request to the outside was not made, or not answered.
#[derive(Debug, thiserror::Error)]
pub enum EgressError {
    /// What is no address of the web, or has a password in it.
    #[error("this is no address that can be called: write `https://`, a host and a path")]
    NoAddress,
    /// Only HTTPS goes out.
    #[error("only https is called")]
    NotHttps,
    /// The host is on this machine, in a private network, or nowhere.
    #[error("`{host}` is in a private network, which is not called")]
    Private {
        /// The host.
        host: String,
    },
    /// The host's name means nothing.
    #[error("`{host}` cannot be found")]
    Unknown {
        /// The host.
        host: String,
    },
    /// The answer took too long.
    #[error("there was no answer within {} s", TIMEOUT.as_secs())]
    Timeout,
    /// The answer was longer than it may be.
    #[error("the answer is longer than {} bytes", MOST_BYTES)]
    TooLarge,
    /// No connection, no TLS, no HTTP.
    #[error("there was no connection")]
    Failed(#[source] reqwest::Error),
}

/// What a resolver found and did not let through.
#[derive(Debug, thiserror::Error)]
#[error("the name means private addresses")]
struct NotPublic;

impl Allowed {
    /// Reads a host, or a host and a port. `None` if it is neither.
    pub fn parse(text: &str) -> Option<(String, Option<u16>)> {
        let url = Url::parse(&format!("http://{text}/")).ok()?;
        let plain = url.path() == "/" && url.username().is_empty() && url.query().is_none();
        // The scheme's own port is not kept apart from none.
        let port = text.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
        let bare = text.ends_with(']') || !text.contains(':') || port.is_some();
        (plain && bare).then(|| (url.host_str().unwrap_or_default().to_owned(), port))
    }

    fn has(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default();
        self.0.iter().any(|(known, port)| {
            known == host && port.is_none_or(|port| url.port_or_known_default() == Some(port))
        })
    }
}

impl FromIterator<(String, Option<u16>)> for Allowed {
    fn from_iter<I: IntoIterator<Item = (String, Option<u16>)>>(hosts: I) -> Self {
        Self(hosts.into_iter().collect())
    }
}

impl HttpEgress {
    /// With hosts that are exempt.
    pub fn new(allowed: Allowed) -> Self {
        Self(Arc::new(Inner { allowed, clients: OnceLock::new() }))
    }

    /// Whether an address may be called, as far as can be said without resolving its host.
    pub fn check(&self, url: &Url) -> Result<(), EgressError> {
        self.admit(url).map(drop)
    }

    /// Whether the address is one that is exempt.
    fn admit(&self, url: &Url) -> Result<bool, EgressError> {
        let plain = url.username().is_empty() && url.password().is_none();
        if !plain || url.cannot_be_a_base() || !matches!(url.scheme(), "http" | "https") {
            return Err(EgressError::NoAddress);
        }
        if self.0.allowed.has(url) {
            return Ok(true);
        }
        if url.scheme() != "https" {
            return Err(EgressError::NotHttps);
        }
        // An address that is written out is not resolved, so that no resolver would look at it.
        let written = match url.host().ok_or(EgressError::NoAddress)? {
            Host::Ipv4(address) => Some(IpAddr::V4(address)),
            Host::Ipv6(address) => Some(IpAddr::V6(address)),
            Host::Domain(_) => None,
        };
        match written {
            Some(address) if !is_public(address) => {
                Err(EgressError::Private { host: url.host_str().unwrap_or_default().to_owned() })
            }
            _ => Ok(false),
        }
    }

    /// Makes a request, and reads its answer. An answer of any status is one, a redirect too.
    pub async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, EgressError> {
        let url = Url::parse(&request.uri().to_string()).map_err(|_| EgressError::NoAddress)?;
        let exempt = self.admit(&url)?;
        let clients = self.clients()?;
        let client = if exempt { &clients.trusted } else { &clients.guarded };
        let (parts, body) = request.into_parts();
        let asked = client.request(parts.method, url.clone()).headers(parts.headers).body(body);
        let failed = |error| explain(error, &url);
        let answer = asked.send().await.map_err(failed)?;
        let mut whole = Response::new(Vec::new());
        *whole.status_mut() = answer.status();
        whole.headers_mut().clone_from(answer.headers());
        let mut parts = answer.bytes_stream();
        while let Some(part) = parts.next().await {
            let part = part.map_err(failed)?;
            if whole.body().len() + part.len() > MOST_BYTES {
                return Err(EgressError::TooLarge);
            }
            whole.body_mut().extend_from_slice(&part);
        }
        Ok(whole)
    }

    fn clients(&self) -> Result<&Clients, EgressError> {
        if let Some(made) = self.0.clients.get() {
            return Ok(made);
        }
        let guarded = builder().https_only(true).dns_resolver(Guarded).build();
        let guarded = guarded.map_err(EgressError::Failed)?;
        let trusted = builder().build().map_err(EgressError::Failed)?;
        Ok(self.0.clients.get_or_init(|| Clients { guarded, trusted }))
    }
}

fn builder() -> ClientBuilder {
    Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .no_proxy()
        .timeout(TIMEOUT)
        .connect_timeout(TIMEOUT)
        .user_agent(USER_AGENT)
}

/// Finds out what is behind an error.
fn explain(error: reqwest::Error, url: &Url) -> EgressError {
    if error.is_timeout() {
        return EgressError::Timeout;
    }
    let host = || url.host_str().unwrap_or_default().to_owned();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        if cause.is::<NotPublic>() {
            return EgressError::Private { host: host() };
        }
        if cause.is::<NotFound>() {
            return EgressError::Unknown { host: host() };
        }
        source = cause.source();
    }
    // The address may hold what is secret.
    EgressError::Failed(error.without_url())
}

#[derive(Debug, thiserror::Error)]
#[error("the name cannot be found")]
struct NotFound;

/// Resolves names, and lets only those through whose every address is public.
struct Guarded;

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await.map_err(|_| NotFound)?;
            Ok(Box::new(public(found.collect())?.into_iter()) as Addrs)
        })
    }
}

/// The addresses of a name, if it has any and all of them are public: of a name that has both kinds, one is a trick.
fn public(found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, Box<dyn std::error::Error + Send + Sync>> {
    if found.is_empty() {
        return Err(NotFound.into());
    }
    if found.iter().all(|address| is_public(address.ip())) { Ok(found) } else { Err(NotPublic.into()) }
}

#[cfg(test)]
mod tests;
