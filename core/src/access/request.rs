//! What is known of a request, apart from who makes it.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

use super::actor::RequestId;
use crate::expr::is_readable_header;

/// A request as rules see it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct RequestFacts {
    id: RequestId,
    seen: Option<Arc<Seen>>,
}

#[derive(Debug, Clone)]
struct Seen {
    method: String,
    ip: Option<IpAddr>,
    headers: Vec<(String, String)>,
}

impl RequestFacts {
    /// A request over HTTP: its method in capitals, where it came from past the proxies that are trusted, and its
    /// headers, of which those are kept that rules may read. Of several with one name the values are joined by commas.
    pub fn new<'h>(
        id: RequestId,
        method: &str,
        ip: Option<IpAddr>,
        headers: impl IntoIterator<Item = (&'h str, &'h str)>,
    ) -> Self {
        let mut kept: Vec<(String, String)> = Vec::new();
        for (name, value) in headers {
            // HTTP libraries hand them over in lower case.
            let name = if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
                Cow::Owned(name.to_ascii_lowercase())
            } else {
                Cow::Borrowed(name)
            };
            if !is_readable_header(&name) || value.contains('\0') {
                continue;
            }
            match kept.iter_mut().find(|(known, _)| *known == name) {
                Some((_, values)) => {
                    values.push_str(", ");
                    values.push_str(value);
                }
                None => kept.push((name.into_owned(), value.to_owned())),
            }
        }
        Self { id, seen: Some(Arc::new(Seen { method: method.to_owned(), ip, headers: kept })) }
    }

    /// The same, had it another method.
    pub(super) fn with_method(&self, method: &str) -> Self {
        let seen = self.seen.as_deref().map(|seen| Seen { method: method.to_owned(), ..seen.clone() });
        Self { id: self.id.clone(), seen: seen.map(Arc::new) }
    }

    /// Which request it is.
    pub const fn id(&self) -> &RequestId {
        &self.id
    }

    pub(super) fn method(&self) -> Option<&str> {
        self.seen.as_ref().map(|seen| seen.method.as_str())
    }

    pub(crate) fn ip(&self) -> Option<IpAddr> {
        self.seen.as_ref()?.ip
    }

    /// The value of a header that rules may read.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers().iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn headers(&self) -> &[(String, String)] {
        self.seen.as_ref().map(|seen| seen.headers.as_slice()).unwrap_or_default()
    }
}

/// Work of which nothing is known but its id.
impl From<RequestId> for RequestFacts {
    fn from(id: RequestId) -> Self {
        Self { id, seen: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_headers_that_rules_may_read_are_kept() {
        let id = RequestId::parse("test").unwrap();
        let sent = [
            ("X-Team", "a"),
            ("authorization", "Bearer secret"),
            ("cookie", "session=secret"),
            ("X-Forwarded-For", "10.0.0.1"),
            ("x-team", "b"),
            ("Origin", "https://example.com"),
        ];
        let facts = RequestFacts::new(id, "GET", None, sent);
        let kept = [("x-team", "a, b"), ("origin", "https://example.com")];
        assert_eq!(facts.headers(), kept.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}
