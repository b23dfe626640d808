//! Listening, and what surrounds a request.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use ipnet::IpNet;
use url::Url;

use super::parse;
use super::setting::{Form, Section, Setting, Unset};
use super::values::Values;

/// How the server is reached.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// Where it listens.
    pub listen: ListenAddress,
    /// The address under which clients know it; links in mails and redirects start with it.
    pub public_url: Option<Url>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// How long a request may take.
    pub request_timeout: Duration,
    /// How long requests under way may take to end when the server is told to stop.
    pub shutdown_grace: Duration,
}

/// A host and a port to listen on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListenAddress(String);

impl ListenAddress {
    /// Reads `HOST:PORT`; an IPv6 address stands in square brackets.
    pub fn parse(text: &str) -> Option<Self> {
        let named = || {
            let (host, port) = text.rsplit_once(':')?;
            let letters = |letter: char| letter.is_ascii_alphanumeric() || letter == '.' || letter == '-';
            (!host.is_empty() && host.chars().all(letters) && port.parse::<u16>().is_ok()).then_some(())
        };
        let known = text.parse::<SocketAddr>().is_ok() || named().is_some();
        known.then(|| Self(text.to_owned()))
    }
}

impl fmt::Display for ListenAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// `server.listen`
pub const LISTEN: Setting = Setting::new("server.listen", "NEONEX_LISTEN", Unset::Value("127.0.0.1:8080"))
    .flag("--listen")
    .must_be("a host and a port, such as `127.0.0.1:8080` or `[::]:8080`")
    .about("Where the server listens. The default can be reached from this machine only.");
const PUBLIC_URL: Setting = Setting::new(
    "server.public_url",
    "NEONEX_PUBLIC_URL",
    Unset::Means("links begin with the address where the server listens"),
)
.must_be("an http or https URL without query or fragment, such as `https://api.example.com`")
.about(
    "The address under which clients know the server: what it prints at its start, and what links begin with. \
     Never taken from a request.",
);
const TRUSTED_PROXIES: Setting =
    Setting::new("server.trusted_proxies", "NEONEX_TRUSTED_PROXIES", Unset::Means("no proxy is believed"))
        .form(Form::List)
        .must_be("a list of IP addresses and networks, such as `10.0.0.0/8`")
        .about("Proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.");
const REQUEST_TIMEOUT: Setting =
    Setting::new("server.request_timeout", "NEONEX_REQUEST_TIMEOUT", Unset::Value("30s"))
        .must_be("a duration of up to 24h, such as `30s`")
        .about("How long a request may take, streams apart.");
const SHUTDOWN_GRACE: Setting = Setting::new(
    "server.shutdown_grace",
    "NEONEX_SHUTDOWN_GRACE",
    Unset::Value("30s"),
)
.must_be("a duration of up to 24h, such as `30s`")
.about("How long requests under way may take to end when the server stops. At least the request timeout.");

impl ServerConfig {
    pub(super) const SECTION: Section = Section {
        name: "server",
        about: "How the server is reached.",
        settings: &[&LISTEN, &PUBLIC_URL, &TRUSTED_PROXIES, &REQUEST_TIMEOUT, &SHUTDOWN_GRACE],
    };

    pub(super) fn read(values: &mut Values<'_>) -> Option<Self> {
        let listen = values.get(&LISTEN, ListenAddress::parse);
        let public_url = values.get(&PUBLIC_URL, public_url);
        let trusted_proxies = values.get(&TRUSTED_PROXIES, |text| parse::list(text, network));
        let request_timeout = values.get(&REQUEST_TIMEOUT, parse::duration);
        let shutdown_grace = values.get(&SHUTDOWN_GRACE, parse::duration);
        Self::validate(values, request_timeout, shutdown_grace);
        Some(Self {
            listen: listen?,
            public_url,
            trusted_proxies: trusted_proxies.unwrap_or_default(),
            request_timeout: request_timeout?,
            shutdown_grace: shutdown_grace?,
        })
    }

    /// A stop that is more impatient than a request would cut off requests that are in time.
    fn validate(values: &mut Values<'_>, request: Option<Duration>, grace: Option<Duration>) {
        if let (Some(request), Some(grace)) = (request, grace)
            && grace < request
        {
            let message = format!("must be at least `server.request_timeout`, which is {request:?}");
            values.refuse(&SHUTDOWN_GRACE, message);
        }
    }
}

fn public_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    (plain && url.password().is_none() && matches!(url.scheme(), "http" | "https")).then_some(url)
}

/// A network, or a single address as a network of one.
fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listens_on_addresses_and_names() {
        for right in ["127.0.0.1:8080", "[::1]:0", "localhost:8080", "my-host.example:65535"] {
            assert!(ListenAddress::parse(right).is_some(), "{right}");
        }
        for wrong in
            ["", "8080", ":8080", "localhost", "localhost:65536", "::1:8080", "http://localhost:1", "a b:1"]
        {
            assert!(ListenAddress::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn public_urls_are_plain() {
        assert!(public_url("https://api.example.com/base").is_some());
        for wrong in
            ["api.example.com", "ftp://example.com", "https://a@example.com", "https://example.com?x=1"]
        {
            assert!(public_url(wrong).is_none(), "{wrong}");
        }
    }
}
