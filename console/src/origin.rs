//! Whether one of our own pages sent a form, as far as the browser says.
//!
//! `Sec-Fetch-Site` says so where there is TLS or a loopback address. Elsewhere there is `Origin` alone, and from our
//! own pages it is `null`, for that is what `Referrer-Policy: no-referrer` makes of it; so `null` has to pass. What
//! keeps other sites out even then is the token in the form, which they do not know.

use poem::Request;
use poem::http::header::{HOST, ORIGIN};

/// Whether it may be a form of ours: anything but a browser's word that another site sent it. `base` is the address
/// under which clients reach the server; a proxy need not pass the host name on.
pub(crate) fn is_ours(request: &Request, base: &str) -> bool {
    if let Some(site) = request.header("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    match request.header(ORIGIN) {
        None | Some("null") => true,
        Some(origin) => origin == origin_of(base) || authority(origin) == request.header(HOST),
    }
}

/// An address without its path.
fn origin_of(base: &str) -> &str {
    let authority = base.find("://").map_or(0, |at| at + 3);
    let path = base.get(authority..).and_then(|rest| rest.find('/'));
    path.and_then(|at| base.get(..authority + at)).unwrap_or(base)
}

fn authority(origin: &str) -> Option<&str> {
    origin.split_once("://").map(|(_, authority)| authority)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://nx.test/behind";

    fn sent(headers: &[(&str, &str)]) -> bool {
        let request =
            headers.iter().fold(Request::builder(), |request, (name, value)| request.header(*name, *value));
        is_ours(&request.finish(), BASE)
    }

    #[test]
    fn a_browsers_word_that_another_site_sent_it_is_taken() {
        for site in ["cross-site", "same-site", "nonsense"] {
            assert!(!sent(&[("sec-fetch-site", site)]), "{site}");
            assert!(!sent(&[("sec-fetch-site", site), ("origin", "https://nx.test")]), "{site}");
        }
        for origin in
            ["https://evil.test", "https://nx.test.evil.test", "https://nx.test:444", "nonsense", ""]
        {
            assert!(!sent(&[("origin", origin), ("host", "127.0.0.1:8080")]), "{origin}");
        }
    }

    #[test]
    fn our_own_pages_and_programs_pass() {
        assert!(sent(&[("sec-fetch-site", "same-origin"), ("origin", "null")]));
        assert!(sent(&[("origin", "null"), ("host", "192.0.2.1:8080")]));
        assert!(sent(&[("origin", "https://nx.test"), ("host", "127.0.0.1:8080")]));
        assert!(sent(&[("origin", "http://192.0.2.1:8080"), ("host", "192.0.2.1:8080")]));
        assert!(sent(&[]));
    }

    #[test]
    fn an_origin_has_no_path() {
        for base in ["https://nx.test", "https://nx.test/", "https://nx.test/a/b"] {
            assert_eq!(origin_of(base), "https://nx.test");
        }
        assert_eq!(origin_of("http://[::1]:8080"), "http://[::1]:8080");
    }
}
