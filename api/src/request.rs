//! What is known about a request besides what it asks for.
//!
//! The [gate](crate::gate) makes one [`RequestContext`] per request and puts it into the request's data. On the
//! way in, authentication and rate limiting note there what the answer's headers and the log need; on the way
//! out the gate reads it, also where the operation failed or panicked.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use neonex_core::clock::Clock;
use neonex_core::ids::{TenantId, new_uuid};
use neonex_core::rng::Rng;
use poem::http::HeaderValue;
use poem::{FromRequest, Request, RequestBody};

use crate::problem::Problem;
use crate::rate_limit::Standing;
use crate::route::Operation;

/// The request's id: the client's own where it is well-formed, else a new `UUIDv7`.
#[derive(Debug, Clone)]
pub struct RequestId(HeaderValue);

impl RequestId {
    /// The client's id, if it is 1 to 128 of `[A-Za-z0-9._-]`: nothing that could forge a log line.
    pub(crate) fn accept(sent: &HeaderValue) -> Option<Self> {
        let well_formed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        let bytes = sent.as_bytes();
        ((1..=128).contains(&bytes.len()) && bytes.iter().all(well_formed)).then(|| Self(sent.clone()))
    }

    /// A new one. It is no secret: without randomness, the time alone will do.
    pub(crate) fn generate(clock: &dyn Clock, rng: &dyn Rng) -> Self {
        let made = new_uuid(clock, rng).ok().and_then(|uuid| {
            let mut text = [0_u8; 32];
            HeaderValue::from_str(uuid.simple().encode_lower(&mut text)).ok()
        });
        Self(made.unwrap_or_else(|| HeaderValue::from(clock.now().as_micros())))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }

    pub(crate) fn header(&self) -> HeaderValue {
        self.0.clone()
    }
}

/// A valid `traceparent` header (W3C Trace Context, version 00 and what later ones keep of it).
#[derive(Debug, Clone)]
pub struct TraceParent(HeaderValue);

impl TraceParent {
    pub(crate) fn parse(header: &HeaderValue) -> Option<Self> {
        let mut parts = header.to_str().ok()?.split('-');
        let (version, trace, parent, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let hex = |text: &str, length: usize| {
            text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        };
        let zero = |text: &str| text.bytes().all(|byte| byte == b'0');
        let known = hex(version, 2) && version != "ff" && (version != "00" || parts.next().is_none());
        let valid =
            known && hex(trace, 32) && !zero(trace) && hex(parent, 16) && !zero(parent) && hex(flags, 2);
        valid.then(|| Self(header.clone()))
    }

    /// The trace this request belongs to.
    pub fn trace_id(&self) -> &str {
        self.part(1)
    }

    /// The caller's span.
    pub fn parent_id(&self) -> &str {
        self.part(2)
    }

    fn part(&self, index: usize) -> &str {
        self.0.to_str().ok().and_then(|text| text.split('-').nth(index)).unwrap_or_default()
    }
}

/// What is known about a request. A handle: clones share it.
#[derive(Clone)]
pub struct RequestContext(Arc<Known>);

struct Known {
    arrived: Arrived,
    operation: OnceLock<Arc<Operation>>,
    tenant: OnceLock<TenantId>,
    origin_allowed: OnceLock<bool>,
    credentials_allowed: OnceLock<bool>,
    cookies: Mutex<Vec<HeaderValue>>,
    /// After what was charged last: a batch is charged more than once.
    standing: Mutex<Option<Standing>>,
}

/// What the request brought along.
pub(crate) struct Arrived {
    pub(crate) id: RequestId,
    pub(crate) address: Option<IpAddr>,
    pub(crate) origin: Option<HeaderValue>,
    pub(crate) trace: Option<TraceParent>,
}

impl RequestContext {
    pub(crate) fn new(arrived: Arrived) -> Self {
        Self(Arc::new(Known {
            arrived,
            operation: OnceLock::new(),
            tenant: OnceLock::new(),
            origin_allowed: OnceLock::new(),
            credentials_allowed: OnceLock::new(),
            cookies: Mutex::new(Vec::new()),
            standing: Mutex::new(None),
        }))
    }

    /// The request's id.
    pub fn id(&self) -> &RequestId {
        &self.0.arrived.id
    }

    /// Where the request came from, past the proxies that are trusted; `None` on a Unix socket.
    pub fn client_address(&self) -> Option<IpAddr> {
        self.0.arrived.address
    }

    /// The trace the request belongs to, where the client named one.
    pub fn trace(&self) -> Option<&TraceParent> {
        self.0.arrived.trace.as_ref()
    }

    /// Notes whose request this is, for the log. Authentication calls it.
    pub fn set_tenant(&self, tenant: TenantId) {
        let _ = self.0.tenant.set(tenant);
    }

    /// The tenant, once authentication has found it.
    pub fn tenant(&self) -> Option<TenantId> {
        self.0.tenant.get().copied()
    }

    /// Notes whether the tenant lets the page's origin read the answer; `allows` is asked only where the request
    /// has an `Origin`. Authentication calls it, with the tenant's settings.
    pub fn decide_origin(&self, allows: impl FnOnce(&str) -> bool) {
        if let Some(origin) = self.origin() {
            let _ = self.0.origin_allowed.set(origin.to_str().is_ok_and(allows));
        }
    }

    /// Notes whether the tenant names the page's origin, so that the browser may add its user's cookies for it.
    pub(crate) fn decide_credentials(&self, names: impl FnOnce(&str) -> bool) {
        if let Some(origin) = self.origin() {
            let _ = self.0.credentials_allowed.set(origin.to_str().is_ok_and(names));
        }
    }

    pub(crate) fn credentials_allowed(&self) -> bool {
        self.0.credentials_allowed.get().copied().unwrap_or_default()
    }

    /// Adds a cookie to the answer.
    pub(crate) fn set_cookie(&self, cookie: HeaderValue) {
        self.0.cookies.lock().unwrap_or_else(PoisonError::into_inner).push(cookie);
    }

    pub(crate) fn cookies(&self) -> Vec<HeaderValue> {
        self.0.cookies.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn origin(&self) -> Option<&HeaderValue> {
        self.0.arrived.origin.as_ref()
    }

    pub(crate) fn origin_allowed(&self) -> Option<bool> {
        self.0.origin_allowed.get().copied()
    }

    pub(crate) fn set_standing(&self, standing: Standing) {
        *self.0.standing.lock().unwrap_or_else(PoisonError::into_inner) = Some(standing);
    }

    pub(crate) fn standing(&self) -> Option<Standing> {
        self.0.standing.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_operation(&self, operation: Arc<Operation>) {
        let _ = self.0.operation.set(operation);
    }

    pub(crate) fn operation(&self) -> Option<&Operation> {
        self.0.operation.get().map(Arc::as_ref)
    }
}

impl<'a> FromRequest<'a> for RequestContext {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> poem::Result<Self> {
        let context = request.data::<Self>().cloned();
        Ok(context.ok_or_else(|| Problem::internal(&NoContext))?)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("a request came to an operation past the gate")]
struct NoContext;

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> HeaderValue {
        HeaderValue::from_str(text).unwrap()
    }

    #[test]
    fn a_well_formed_id_is_kept_and_another_refused() {
        assert_eq!(RequestId::accept(&value("a.B_9-z")).unwrap().as_str(), "a.B_9-z");
        for bad in ["", "a b", "a\tb", "é", "a\"b", &"x".repeat(129)] {
            assert!(RequestId::accept(&value(bad)).is_none(), "{bad} passed");
        }
        assert!(RequestId::accept(&value(&"x".repeat(128))).is_some());
    }

    #[test]
    fn a_trace_parent_is_read_only_if_valid() {
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let read = TraceParent::parse(&value(good)).unwrap();
        assert_eq!(read.trace_id(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(read.parent_id(), "00f067aa0ba902b7");
        for bad in [
            "",
            &good.replace("00-4", "ff-4"),
            &good.replace("4bf9", "4BF9"),
            &format!("{good}-more"),
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        ] {
            assert!(TraceParent::parse(&value(bad)).is_none(), "{bad} passed");
        }
        assert!(TraceParent::parse(&value(&format!("01{}-more", &good[2..]))).is_some());
    }
}
