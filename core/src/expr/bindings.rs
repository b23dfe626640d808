//! What an expression may know of the caller and the request.

use std::net::IpAddr;

use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::clock::Timestamp;

/// What is known only when a request is made.
#[derive(Clone, Copy, Debug)]
pub struct Bindings<'a> {
    /// `auth`; `None` for the anonymous, to whom it is null.
    pub auth: Option<Auth<'a>>,
    /// `request`.
    pub request: Request<'a>,
}

/// Who calls. What is `None` is an error where an expression reads it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Auth<'a> {
    /// `auth.kind`: `user`, `key`, `operator` or `system`.
    pub kind: &'a str,
    /// `auth.id`, of a user.
    pub id: Option<Uuid>,
    /// `auth.email`.
    pub email: Option<&'a str>,
    /// `auth.verified`.
    pub verified: Option<bool>,
    /// `auth.roles`.
    pub roles: &'a [String],
    /// `auth.claims`.
    pub claims: Option<&'a Map<String, Json>>,
}

/// What is asked, and from where. What is `None` is an error where an expression reads it.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// `request.method`, in capitals; there is none for the system's own work.
    pub method: Option<&'a str>,
    /// `request.ip`, past the proxies that are trusted.
    pub ip: Option<IpAddr>,
    /// `request.time`.
    pub time: Timestamp,
    /// `request.headers`: names in lower case, and values.
    pub headers: &'a [(String, String)],
}

impl Bindings<'_> {
    /// Nobody, at that time, with no request behind it.
    pub const fn anonymous(time: Timestamp) -> Self {
        Self { auth: None, request: Request { method: None, ip: None, time, headers: &[] } }
    }
}

/// Headers that say where a request comes from, or who makes it, are no matter for rules: the server reads the former
/// where it trusts the proxy (`request.ip`), and the latter are secrets.
const WITHHELD: [&str; 4] = ["x-forwarded-", "x-real-ip", "x-neonex-", "x-api-key"];
const NAMED: [&str; 3] = ["accept-language", "origin", "user-agent"];

/// Whether expressions may read the header of that name (in lower case): `origin`, `user-agent`, `accept-language`
/// and those whose names begin with `x-`, but for what proxies and credentials are passed in.
pub fn is_readable_header(name: &str) -> bool {
    NAMED.contains(&name) || name.starts_with("x-") && !WITHHELD.iter().any(|part| name.starts_with(part))
}
