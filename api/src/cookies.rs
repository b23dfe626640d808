//! Sessions in cookies, for pages whose scripts are not to hold tokens.
//!
//! Who begins a session with `X-Neonex-Session: cookie` gets its tokens as two cookies that no script reads, and a browser
//! sends them along from then on. They are this host's alone, go over TLS alone and to requests of the same site alone; a
//! machine's own address is served without TLS while an app is developed, so there they have neither the prefix nor
//! `Secure`. Each tenant's have a name of their own, so that a browser may be signed in to several.
//!
//! What a browser adds by itself says nothing of whether its user wanted the request. So what changes something by a
//! cookie, or begins a session in one, is obeyed from the platform's own pages and from origins that the tenant has named,
//! and from nowhere else.

use neonex_core::ids::TenantId;
use neonex_core::tenants::Settings;
use poem::Request;
use poem::http::HeaderValue;
use poem::http::header::{COOKIE, HOST, HeaderName, ORIGIN};

use crate::problem::Problem;

/// The header that says how a session is to be kept.
pub(crate) const SESSION_HEADER: &str = "X-Neonex-Session";
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What a cookie is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// To be known by.
    Access,
    /// For the next ones.
    Refresh,
}

impl Kind {
    const ALL: [Self; 2] = [Self::Access, Self::Refresh];

    const fn name(self) -> &'static str {
        match self {
            Self::Access => "nx-access-",
            Self::Refresh => "nx-refresh-",
        }
    }
}

/// What a request says of the browser that it comes from.
pub(crate) struct Browser {
    host: Option<String>,
    origin: Option<String>,
    fetch_site: Option<String>,
    cookies: Vec<String>,
    /// Whether a session that begins is to be kept in cookies.
    pub(crate) wants_cookies: bool,
    /// Whether the request only reads.
    pub(crate) reads: bool,
}

impl Browser {
    pub(crate) fn read(request: &Request) -> Result<Self, Problem> {
        let text = |name: &HeaderName| request.headers().get(name)?.to_str().ok().map(str::to_owned);
        let wants_cookies = match request.headers().get(SESSION_HEADER).map(HeaderValue::as_bytes) {
            None | Some(b"bearer") => false,
            Some(b"cookie") => true,
            Some(_) => {
                let detail = format!("{SESSION_HEADER} is `bearer` or `cookie`.");
                return Err(Problem::bad_request("invalid_parameter", detail));
            }
        };
        let cookies = request.headers().get_all(COOKIE).iter();
        Ok(Self {
            host: text(&HOST).or_else(|| request.original_uri().authority().map(ToString::to_string)),
            origin: text(&ORIGIN),
            fetch_site: text(&FETCH_SITE),
            cookies: cookies.filter_map(|line| line.to_str().ok().map(str::to_owned)).collect(),
            wants_cookies,
            reads: request.method().is_safe(),
        })
    }

    /// The cookies of sessions, of a platform that is reached under that address.
    pub(crate) fn cookies(&self, public_url: Option<&str>) -> Cookies {
        let local = self.is_local(public_url);
        let pairs = self.cookies.iter().flat_map(|line| line.split(';'));
        let found = pairs.filter_map(|pair| {
            let (name, value) = pair.trim().split_once('=')?;
            let (kind, tenant) = parse(name, local)?;
            Some((kind, tenant, value.to_owned()))
        });
        Cookies { local, found: found.collect() }
    }

    /// Whether the page that asks is the platform's own, or one whose origin the tenant has named. That any may call (`*`)
    /// names none.
    pub(crate) fn is_of_site(&self, public_url: Option<&str>, settings: &Settings) -> bool {
        match self.origin.as_deref() {
            Some(origin) => settings.names_origin(origin) || self.is_own(origin, public_url),
            None => matches!(self.fetch_site.as_deref(), Some("same-origin" | "same-site")),
        }
    }

    fn is_own(&self, origin: &str, public_url: Option<&str>) -> bool {
        if let Some(url) = public_url {
            return url.splitn(4, '/').take(3).eq(origin.splitn(4, '/'));
        }
        let scheme = if self.is_local(None) { "http" } else { "https" };
        origin.split_once("://").is_some_and(|(sent, host)| {
            sent == scheme && self.host.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(host))
        })
    }

    /// Whether it is reached at a machine's own address without TLS.
    fn is_local(&self, public_url: Option<&str>) -> bool {
        let secure = public_url.is_some_and(|url| url.starts_with("https:"));
        let host = self.host.as_deref().unwrap_or_default();
        // What comes after the last colon is a port, unless it is a part of an IPv6 address.
        let name =
            host.rsplit_once(':').filter(|(_, port)| !port.ends_with(']')).map_or(host, |(name, _)| name);
        !secure && matches!(name, "localhost" | "127.0.0.1" | "[::1]")
    }
}

/// Reads a cookie's name. One that a page of a neighbouring host, or of this one without TLS, could have set has not the
/// prefix, and is none.
fn parse(name: &str, local: bool) -> Option<(Kind, TenantId)> {
    let name = if local { name } else { name.strip_prefix("__Host-")? };
    Kind::ALL.into_iter().find_map(|kind| Some((kind, name.strip_prefix(kind.name())?.parse().ok()?)))
}

/// The cookies of sessions that a request has brought.
pub(crate) struct Cookies {
    local: bool,
    found: Vec<(Kind, TenantId, String)>,
}

impl Cookies {
    /// Whether there is one of that kind.
    pub(crate) fn has(&self, kind: Kind) -> bool {
        self.found.iter().any(|(of, _, _)| *of == kind)
    }

    /// The cookie of that tenant.
    pub(crate) fn of(&self, kind: Kind, tenant: TenantId) -> Option<&str> {
        let found = self.found.iter().find(|(of, whose, _)| (*of, *whose) == (kind, tenant));
        found.map(|(_, _, value)| value.as_str())
    }

    /// Whose they are, if there is one of that kind; an error, if there are several and it has to be said which is meant.
    pub(crate) fn whose(&self, kind: Kind) -> Result<Option<TenantId>, Problem> {
        let mut tenants = self.found.iter().filter(|(of, _, _)| *of == kind).map(|(_, tenant, _)| *tenant);
        let first = tenants.next();
        if tenants.any(|other| Some(other) != first) {
            let detail =
                "There are cookies of several tenants: name the one that is meant in X-Neonex-Tenant.";
            return Err(Problem::bad_request("tenant_needed", detail));
        }
        Ok(first)
    }

    /// A cookie to be set, which is kept for so many seconds; none at all takes it away.
    pub(crate) fn set(&self, kind: Kind, tenant: TenantId, value: &str, seconds: i64) -> Option<HeaderValue> {
        let (prefix, secure) = if self.local { ("", "") } else { ("__Host-", "; Secure") };
        let name = kind.name();
        let text = format!(
            "{prefix}{name}{tenant}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"
        );
        let mut header = HeaderValue::from_str(&text).ok()?;
        header.set_sensitive(true);
        Some(header)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn browser(host: &str, origin: Option<&str>, cookies: &[&str]) -> Browser {
        Browser {
            host: Some(host.to_owned()),
            origin: origin.map(str::to_owned),
            fetch_site: None,
            cookies: cookies.iter().map(|line| (*line).to_owned()).collect(),
            wants_cookies: false,
            reads: false,
        }
    }

    fn is_of_site(host: &str, origin: &str, public_url: Option<&str>) -> bool {
        let settings = Settings {
            cors_origins: vec!["*".to_owned(), "https://app.example".to_owned()],
            ..Settings::default()
        };
        browser(host, Some(origin), &[]).is_of_site(public_url, &settings)
    }

    #[test]
    fn a_page_is_of_the_site_where_it_is_the_platforms_or_named() {
        let public = Some("https://api.example:8443/base");
        for right in ["https://app.example", "https://api.example:8443"] {
            assert!(is_of_site("inside:8080", right, public), "{right}");
        }
        for wrong in ["https://inside:8080", "https://api.example", "http://api.example:8443", "null", ""] {
            assert!(!is_of_site("inside:8080", wrong, public), "{wrong}");
        }
        assert!(is_of_site("api.example", "https://API.example", None));
        assert!(!is_of_site("api.example", "http://api.example", None));
        assert!(is_of_site("localhost:8080", "http://localhost:8080", None));
        assert!(!is_of_site("localhost:8080", "http://localhost:3000", None));
    }

    #[test]
    fn a_browser_that_says_no_origin_says_at_least_that_it_is_no_other() {
        let with = |site: Option<&str>| {
            let browser =
                Browser { fetch_site: site.map(str::to_owned), ..browser("api.example", None, &[]) };
            browser.is_of_site(None, &Settings::default())
        };
        assert!(with(Some("same-origin")) && with(Some("same-site")));
        assert!(!with(Some("cross-site")) && !with(Some("none")) && !with(None));
    }

    #[test]
    fn only_cookies_that_nobody_else_can_have_set_are_read() {
        let own = "ten_0190000000007000800000000000000a";
        let plain = format!("a=b; nx-access-{own}=plain");
        let prefixed = format!("__Host-nx-access-{own}=prefixed; __Host-nx-refresh-{own}=next");
        let lines = [plain.as_str(), prefixed.as_str()];
        let tenant = own.parse().unwrap();
        let read = |host: &str, public: Option<&str>| {
            let cookies = browser(host, None, &lines).cookies(public);
            cookies.of(Kind::Access, tenant).map(str::to_owned)
        };
        assert_eq!(read("api.example", None).as_deref(), Some("prefixed"));
        assert_eq!(read("localhost:8080", Some("https://api.example")).as_deref(), Some("prefixed"));
        for local in ["localhost", "127.0.0.1:8080", "[::1]:8080", "[::1]"] {
            assert_eq!(read(local, None).as_deref(), Some("plain"), "{local}");
        }
        let other = "__Host-nx-access-ten_0190000000007000800000000000000b=x";
        let both = browser("api.example", None, &[lines[1], other]).cookies(None);
        assert_eq!(both.whose(Kind::Access).unwrap_err().code(), "tenant_needed");
        assert_eq!(both.whose(Kind::Refresh).unwrap(), Some(tenant));
    }
}
