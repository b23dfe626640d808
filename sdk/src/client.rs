//! The client, and how it is made.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use reqwest::header::HeaderValue;
use reqwest::redirect::Policy;

use crate::call::Call;
use crate::generated::{self, ResponseValue};
use crate::retry::RetryPolicy;
use crate::transport::Transport;
use crate::types::Problem;
use crate::{Batch, Collections, Error, Keys, Records, Tenants, env};

/// Speaks to a server with one credential. Cheap to clone; all clones share their connections.
///
/// ```
/// use std::time::Duration;
///
/// use neonex_sdk::{Client, RetryPolicy};
///
/// # fn main() -> Result<(), neonex_sdk::Error> {
/// let client = Client::builder("https://api.example.com")
///     .credential("nx_sec_0")
///     .timeout(Duration::from_secs(5))
///     .retry(RetryPolicy::times(1))
///     .user_agent("blog/1.0")
///     .build()?;
/// assert!(!format!("{client:?}").contains("nx_sec"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client(Arc<Transport>);

/// Makes a [`Client`].
#[derive(Clone)]
#[must_use = "`build` makes the client"]
pub struct ClientBuilder {
    url: String,
    http: Option<reqwest::Client>,
    credential: Option<String>,
    tenant: Option<String>,
    timeout: Duration,
    retry: RetryPolicy,
    user_agent: String,
}

impl Client {
    /// A client of the server at `url`, as `https://api.example.com`.
    pub fn builder(url: impl Into<String>) -> ClientBuilder {
        ClientBuilder {
            url: url.into(),
            http: None,
            credential: None,
            tenant: None,
            timeout: Duration::from_secs(30),
            retry: RetryPolicy::default(),
            user_agent: concat!("neonex-sdk/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }

    /// A client of the server and with the credential that the environment names: [`env::URL`], which must be set,
    /// [`env::TOKEN`] and [`env::TENANT`].
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env()?.build()
    }

    /// The same server, with another credential and no tenant named.
    pub fn with_credential(&self, credential: &str) -> Result<Self, Error> {
        let authorization = Some(bearer(credential)?);
        Ok(Self(Arc::new(Transport {
            authorization,
            tenant: None,
            session: None,
            ..Transport::clone(&self.0)
        })))
    }

    /// The same server and credential, with the tenant named by id or slug: for an operator, or for nobody in
    /// particular. An API key names its own.
    pub fn with_tenant(&self, tenant: &str) -> Result<Self, Error> {
        let tenant = Some(header("tenant", tenant)?);
        Ok(Self(Arc::new(Transport { tenant, ..Transport::clone(&self.0) })))
    }

    /// The tenants of the platform, for operators.
    pub fn tenants(&self) -> Tenants {
        Tenants(self.clone())
    }

    /// The API keys of the tenant, named by id or slug.
    pub fn keys(&self, tenant: impl Into<String>) -> Keys {
        Keys { client: self.clone(), tenant: tenant.into() }
    }

    /// The collections of the tenant.
    pub fn collections(&self) -> Collections {
        Collections(self.clone())
    }

    /// The records of the collection, named by name or id, as values of `T`.
    pub fn records<T>(&self, collection: impl Into<String>) -> Records<T> {
        Records::new(self.clone(), collection.into())
    }

    /// Writes of records that are done together or not at all.
    pub fn batch(&self) -> Batch {
        Batch::new(self.clone())
    }

    /// Calls any operation of the API document, each of which is a method of [`generated::Client`].
    ///
    /// ```
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), neonex_sdk::Error> {
    /// let client = neonex_sdk::Client::from_env()?;
    /// let posts = client.call(|api| async move { api.get_collection("posts", None).await }).await?;
    /// assert_eq!(posts.name, "posts");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn call<R, F>(&self, operation: impl FnOnce(generated::Client) -> F) -> Result<R, Error>
    where
        F: Future<Output = Result<ResponseValue<R>, generated::Error<Problem>>>,
    {
        let call = Call::new(Arc::clone(&self.0));
        let base = self.0.base.as_str().trim_end_matches('/');
        let api = generated::Client::new_with_client(base, self.0.http.clone(), call.clone());
        match operation(api).await {
            Ok(answer) => Ok(answer.into_inner()),
            Err(error) => Err(call.error(error)),
        }
    }

    pub(crate) const fn over(transport: Arc<Transport>) -> Self {
        Self(transport)
    }

    pub(crate) fn transport(&self) -> &Arc<Transport> {
        &self.0
    }
}

impl ClientBuilder {
    /// What the environment says; see [`Client::from_env`].
    pub fn from_env() -> Result<Self, Error> {
        let url = env::read(env::URL)?.ok_or_else(|| Error::Invalid(format!("{} is not set", env::URL)))?;
        Ok(Self {
            credential: env::read(env::TOKEN)?,
            tenant: env::read(env::TENANT)?,
            ..Client::builder(url)
        })
    }

    /// An API key, or a token of an operator or a user.
    pub fn credential(mut self, credential: impl Into<String>) -> Self {
        self.credential = Some(credential.into());
        self
    }

    /// The tenant by id or slug, where the credential does not name it.
    pub fn tenant(mut self, tenant: impl Into<String>) -> Self {
        self.tenant = Some(tenant.into());
        self
    }

    /// Sends with this client, for a proxy or certificates of one's own. Whether a redirection is followed is then for
    /// it to say; by default none is, as the API redirects nobody.
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http = Some(client);
        self
    }

    /// How long one try may take: 30 seconds by default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// When a failed call is made again.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Who is calling, as the server's log shows it.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = user_agent.into();
        self
    }

    /// The address as it may be shown: one with a user in it, which `build` refuses, may be what opens the server.
    fn shown_url(&self) -> &str {
        if self.url.contains('@') { "[redacted]" } else { &self.url }
    }

    /// Makes the client. Nothing is sent.
    pub fn build(self) -> Result<Client, Error> {
        // A credential in the address would be shown with it, in errors above all.
        let plain = |url: &Url| {
            matches!(url.scheme(), "http" | "https")
                && url.username().is_empty()
                && url.password().is_none()
                && url.query().is_none()
                && url.fragment().is_none()
        };
        let base = Url::parse(&self.url).ok().filter(plain).ok_or_else(|| {
            let rule = "must be one of http or https, without user and parameters";
            Error::Invalid(format!("the server's address {rule}; it is `{}`", self.shown_url()))
        })?;
        let http = match self.http {
            Some(client) => client,
            // Whoever redirects is not to get the credential.
            None => reqwest::Client::builder().redirect(Policy::none()).build()?,
        };
        Ok(Client(Arc::new(Transport {
            http,
            base,
            authorization: self.credential.as_deref().map(bearer).transpose()?,
            tenant: self.tenant.map(|tenant| header("tenant", &tenant)).transpose()?,
            session: None,
            user_agent: header("user agent", &self.user_agent)?,
            timeout: self.timeout,
            retry: self.retry,
        })))
    }
}

pub(crate) fn bearer(credential: &str) -> Result<HeaderValue, Error> {
    let mut value = header("credential", &format!("Bearer {credential}"))?;
    value.set_sensitive(true);
    Ok(value)
}

fn header(what: &str, value: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(value)
        .map_err(|_| Error::Invalid(format!("the {what} has characters that no header can carry")))
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Client").field(&self.0).finish()
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ClientBuilder")
            .field("url", &self.shown_url())
            .field("credential", &self.credential.as_ref().map(|_| "[redacted]"))
            .field("tenant", &self.tenant)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_goes_anywhere_and_tells_no_secret() {
        fn everywhere<T: Clone + Send + Sync + 'static>(_: &T) {}
        let builder = Client::builder("http://localhost:1").credential("nx_sec_hidden").tenant("acme");
        let client = builder.clone().build().unwrap();
        everywhere(&client);
        for shown in
            [format!("{builder:?}"), format!("{client:?}"), format!("{:#?}", client.records::<()>("a"))]
        {
            assert!(!shown.contains("hidden") && shown.contains("acme"), "{shown}");
        }
    }

    #[test]
    fn what_cannot_be_sent_is_refused_at_once() {
        for url in ["localhost:8080", "ftp://localhost", "", "http://localhost/?a=b", "http://localhost/#a"] {
            assert!(matches!(Client::builder(url).build(), Err(Error::Invalid(_))), "{url}");
        }
        let secret = Client::builder("http://nx_sec_hidden@localhost");
        assert!(!format!("{secret:?}").contains("hidden"));
        let refused = secret.build().unwrap_err();
        assert!(!format!("{refused:?} {refused}").contains("hidden"));
        let broken = Client::builder("http://localhost").credential("two\nlines").build().unwrap_err();
        assert!(!format!("{broken:?} {broken}").contains("two"));
    }

    #[test]
    fn paths_are_escaped_and_stand_below_the_servers() {
        for url in ["http://localhost/neonex", "http://localhost/neonex/"] {
            let client = Client::builder(url).build().unwrap();
            let url = client.transport().url(&["v1", "a/b", "ü"]);
            assert_eq!(url.as_str(), "http://localhost/neonex/v1/a%2Fb/%C3%BC");
        }
    }
}
