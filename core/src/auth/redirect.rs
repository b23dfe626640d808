//! Where somebody may be led back to: addresses that the tenant has named, and for mails also what lies below them.
//! Nothing that a request says of its own address takes part in it.

use url::Url;

use super::settings::AuthSettings;
use crate::invalid::Invalid;

/// Bytes of an address to lead back to.
const LONGEST: usize = 2_000;
/// What a browser does something else with than going there.
const NO_PLACES: [&str; 10] =
    ["javascript", "data", "vbscript", "file", "blob", "about", "view-source", "filesystem", "ws", "wss"];

/// An address to lead back to, if it is one. A scheme of an app's own is one, too.
pub(super) fn target(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok().filter(|_| text.len() <= LONGEST)?;
    let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    let web = matches!(url.scheme(), "http" | "https");
    let placed = !web || url.host_str().is_some_and(|host| !host.is_empty());
    (plain && placed && !NO_PLACES.contains(&url.scheme())).then_some(url)
}

/// How much of an address has to be one that was named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// All of it. What a provider sends back ends a sign-in, and other pages below may lead on to elsewhere, with it
    /// (RFC 9700 §4.1).
    Exactly,
    /// What it begins with. A mail goes to nobody but its recipient, and opens the page that it speaks of.
    Below,
}

/// A machine's own address, of which any port is meant: apps on it take one that is free (RFC 8252 §7.3).
fn is_own_machine(url: &Url) -> bool {
    url.scheme() == "http" && matches!(url.host_str(), Some("127.0.0.1" | "[::1]"))
}

/// Whether an address is the one that was named, or lies below it: same scheme, host and port, and a path that is the
/// same or goes on after a slash. A query that was named has to be the same; where none was, there may be any below.
fn is_within(url: &Url, named: &Url, reach: Reach) -> bool {
    let free = is_own_machine(url) && is_own_machine(named);
    let same = url.scheme() == named.scheme()
        && url.host() == named.host()
        && (free || url.port_or_known_default() == named.port_or_known_default());
    if !same {
        return false;
    }
    if reach == Reach::Exactly {
        return url.path() == named.path() && url.query() == named.query();
    }
    if named.query().is_some() && url.query() != named.query() {
        return false;
    }
    if url.path() == named.path() {
        return true;
    }
    // What has no path to speak of (`app:in`) has nothing below it, and what a server may take for a slash or for a
    // step up is neither to us.
    let lower = url.path().to_ascii_lowercase();
    let odd = lower.contains("%2f") || lower.contains("%5c") || lower.contains("%2e") || lower.contains('\\');
    let base = named.path().strip_suffix('/').unwrap_or(named.path());
    !url.cannot_be_a_base()
        && !odd
        && url.path().strip_prefix(base).is_some_and(|below| below.starts_with('/'))
}

impl AuthSettings {
    /// The address that is asked for, if the tenant has named it.
    pub(super) fn named(&self, wanted: &str, reach: Reach) -> Result<Url, Invalid> {
        let named = self.redirect_urls.iter().filter_map(|named| target(named));
        let found = target(wanted).filter(|url| named.into_iter().any(|named| is_within(url, &named, reach)));
        found.ok_or_else(|| {
            let message = match reach {
                Reach::Exactly => "this address is none of the `redirect_urls` of the settings",
                Reach::Below => {
                    "this address is none of the `redirect_urls` of the settings, nor below one of them"
                }
            };
            Invalid::one("", "redirect_refused", message)
        })
    }

    /// Where a link in a mail leads: to what was asked for, if the tenant has named it, else to the app, if it has an
    /// address.
    pub(super) fn redirect(&self, wanted: Option<&str>) -> Result<Option<Url>, Invalid> {
        match wanted {
            Some(wanted) => self.named(wanted, Reach::Below).map(Some),
            None => Ok(self.app_url.as_deref().and_then(target)),
        }
    }
}

/// A link that hands something over in its fragment, which browsers send to no server and leave out of `Referer`.
pub(super) fn link(to: &Url, kind: &str, token: &str) -> String {
    let mut link = to.clone();
    link.set_fragment(Some(&format!("token={token}&type={kind}")));
    link.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(named: &[&str], app: Option<&str>) -> AuthSettings {
        AuthSettings {
            redirect_urls: named.iter().map(|&named| named.to_owned()).collect(),
            app_url: app.map(str::to_owned),
            ..AuthSettings::default()
        }
    }

    #[test]
    fn only_what_was_named_or_lies_below_is_led_to() {
        let settings = settings(
            &[
                "https://app.example.com/in",
                "myapp://auth/",
                "app:in",
                "http://localhost:3000",
                "https://q.example/?a=1",
            ],
            Some("https://home.example.com"),
        );
        let right = [
            "https://app.example.com/in",
            "https://APP.example.com:443/in?next=1",
            "https://app.example.com/in/there",
            "myapp://auth/",
            "myapp://auth/deep",
            "app:in",
            "http://localhost:3000/any?x=1",
            "https://q.example/?a=1",
        ];
        for right in right {
            assert!(settings.redirect(Some(right)).is_ok_and(|url| url.is_some()), "{right}");
        }
        let wrong = [
            "https://app.example.com",
            "https://app.example.com/inner",
            "https://app.example.com/in/../out",
            "https://app.example.com/in/%2e%2e/out",
            "https://app.example.com/in/..%2fout",
            "https://app.example.com/in%5c..%5cout",
            "http://app.example.com/in",
            "https://app.example.com:8443/in",
            "https://app.example.com.evil.example/in",
            "https://evil.example/https://app.example.com/in",
            "https://app.example.com@evil.example/in",
            "https://user@app.example.com/in",
            "https://evil.example\\@app.example.com/in",
            "https://app.example.com/in#token=stolen",
            "//app.example.com/in",
            "/in",
            "",
            "javascript:alert(1)//https://app.example.com/in",
            "app:out",
            "app:in/there",
            "myapp://other/",
            "http://localhost:3001/",
            "https://q.example/?a=2",
            "https://q.example/",
            "https://home.example.com/",
        ];
        for wrong in wrong {
            assert!(settings.redirect(Some(wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_link_leads_to_the_app_where_nothing_is_asked_for() {
        assert_eq!(settings(&["https://a.example"], None).redirect(None), Ok(None));
        let home = settings(&[], Some("https://home.example.com/app?x=1")).redirect(None).unwrap().unwrap();
        assert_eq!(
            link(&home, "magic_link", "nx_one_1"),
            "https://home.example.com/app?x=1#token=nx_one_1&type=magic_link"
        );
    }

    #[test]
    fn only_to_where_was_named_does_a_sign_in_lead_back() {
        let named = ["https://app.example/in", "com.example.app:/in", "http://127.0.0.1/in"];
        let settings = settings(&named, None);
        let leads = |to: &str| settings.named(to, Reach::Exactly).is_ok();
        for right in [named[0], named[1], "HTTPS://APP.example:443/in", "http://127.0.0.1:54321/in"] {
            assert!(leads(right), "{right}");
        }
        for wrong in [
            "https://app.example/in/",
            "https://app.example/in/there",
            "https://app.example/in?x=1",
            "https://app.example/in#x",
            "https://app.example/in/../out",
            "https://app.example:8443/in",
            "http://app.example/in",
            "https://app.example.evil.example/in",
            "https://app.example@evil.example/in",
            "https://evil.example/https://app.example/in",
            "//app.example/in",
            "/in",
            "javascript:alert(1)",
            "http://localhost:54321/in",
            "http://[::1]:54321/in",
            "",
        ] {
            assert!(!leads(wrong), "{wrong}");
        }
    }
}
