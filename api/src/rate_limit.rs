//! How often one caller may ask: a token bucket (GCRA) per principal, and per address for those without a
//! credential.
//!
//! Authentication calls [`RateLimits::principal`] or [`RateLimits::anonymous`] once it knows who asks; the
//! gate writes the outcome into `RateLimit` and `RateLimit-Policy`
//! (draft-ietf-httpapi-ratelimit-headers-10). `None` in place of the limits turns the whole thing off.
//!
//! Buckets stand in this process; where instances share a Redis server, theirs count there and these stand in while it
//! is gone. They are charged all the same, so that then nobody has more than this process's own limit. Time is monotonic and not the [`Clock`](neonex_core::clock::Clock): a wall
//! clock set back an hour would lock everybody out for that hour.

use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::middleware::{StateInformationMiddleware, StateSnapshot};
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use neonex_core::credential::CredentialDigest;
use neonex_core::ids::TenantId;
use neonex_core::redis::{Bucket, Redis, Taken};
use poem::http::{HeaderMap, HeaderValue, StatusCode};

use crate::problem::Problem;
use crate::request::RequestContext;

/// How many requests in how long. All of them may come at once; they then come back evenly.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// The requests.
    pub requests: NonZeroU32,
    /// The time in which they come back.
    pub per: Duration,
}

impl Rate {
    /// The time in which one comes back.
    fn each(self) -> Duration {
        (self.per / self.requests.get()).max(Duration::from_nanos(1))
    }

    fn quota(self) -> Quota {
        Quota::with_period(self.each()).unwrap_or(Quota::per_second(self.requests)).allow_burst(self.requests)
    }

    /// `RateLimit-Policy`: quota and window.
    fn policy(self) -> HeaderValue {
        let text = format!("\"default\";q={};w={}", self.requests, seconds_up(self.per).max(1));
        HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("\"default\""))
    }
}

/// Where a caller stands, as headers say it.
#[derive(Debug, Clone)]
pub(crate) struct Standing {
    remaining: u32,
    /// Until more can be had (when refused) or all is back.
    wait: Duration,
    policy: HeaderValue,
}

impl Standing {
    pub(crate) fn write(&self, headers: &mut HeaderMap) {
        let text = format!("\"default\";r={};t={}", self.remaining, seconds_up(self.wait));
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.insert("ratelimit", value);
        }
        headers.insert("ratelimit-policy", self.policy.clone());
    }
}

type Buckets<K, C> = RateLimiter<K, DashMapStateStore<K>, C, StateInformationMiddleware>;

/// Buckets of one class of callers.
struct Limiter<K: Hash + Eq + Clone, C: Clock> {
    buckets: Buckets<K, C>,
    clock: C,
    rate: Rate,
    policy: HeaderValue,
}

impl<K: Hash + Eq + Clone, C: Clock + Clone> Limiter<K, C> {
    fn new(rate: Rate, clock: C) -> Self {
        let buckets = RateLimiter::dashmap_with_clock(rate.quota(), clock.clone())
            .with_middleware::<StateInformationMiddleware>();
        Self { buckets, clock, rate, policy: rate.policy() }
    }

    fn take(&self, key: &K, requests: NonZeroU32) -> Result<Standing, Standing> {
        match self.buckets.check_key_n(key, requests) {
            Ok(Ok(left)) => Ok(self.standing(left.remaining_burst_capacity(), until_full(&left))),
            Ok(Err(refused)) => Err(self.standing(0, refused.wait_time_from(self.clock.now()))),
            // More than the whole bucket holds: it never fits.
            Err(_) => Err(self.standing(0, self.rate.per)),
        }
    }

    /// What all instances together have charged, or `here` where they cannot be asked.
    async fn shared(
        &self,
        redis: &Redis,
        bucket: Bucket,
        requests: NonZeroU32,
        here: Result<Standing, Standing>,
    ) -> Result<Standing, Standing> {
        let taken = redis.take(bucket, requests, self.rate.each(), self.rate.requests).await;
        let Some(Taken { admitted, remaining, wait }) = taken else { return here };
        let standing = self.standing(remaining, wait);
        if admitted { Ok(standing) } else { Err(standing) }
    }

    fn standing(&self, remaining: u32, wait: Duration) -> Standing {
        Standing { remaining, wait, policy: self.policy.clone() }
    }
}

fn until_full(left: &StateSnapshot) -> Duration {
    let missing = left.quota().burst_size().get().saturating_sub(left.remaining_burst_capacity());
    left.quota().replenish_interval().saturating_mul(missing)
}

fn seconds_up(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

/// The limits of both classes of callers.
pub struct RateLimits<C: Clock = DefaultClock> {
    principals: Limiter<CredentialDigest, C>,
    addresses: Limiter<IpAddr, C>,
    redis: Option<Redis>,
}

impl RateLimits {
    /// Limits per credential and per address.
    pub fn new(principal: Rate, anonymous: Rate) -> Self {
        Self::with_clock(principal, anonymous, &DefaultClock::default())
    }

    /// The same limits, shared with the other instances.
    #[must_use]
    pub fn shared_through(self, redis: Redis) -> Self {
        Self { redis: Some(redis), ..self }
    }

    /// Forgets idle callers every minute, for ever; run it as a task. A bucket that is full again says nothing.
    pub async fn keep_swept(self: Arc<Self>) {
        let mut minute = tokio::time::interval(Duration::from_mins(1));
        loop {
            minute.tick().await;
            self.sweep();
        }
    }
}

impl<C: Clock + Clone> RateLimits<C> {
    fn with_clock(principal: Rate, anonymous: Rate, clock: &C) -> Self {
        Self {
            principals: Limiter::new(principal, clock.clone()),
            addresses: Limiter::new(anonymous, clock.clone()),
            redis: None,
        }
    }

    /// Charges requests to a credential, or refuses all of them with 429. `tenant` is whose credential it is; an
    /// operator's is nobody's.
    pub async fn principal(
        &self,
        context: &RequestContext,
        tenant: Option<TenantId>,
        key: &CredentialDigest,
        requests: NonZeroU32,
    ) -> Result<(), Problem> {
        let here = self.principals.take(key, requests);
        let Some(redis) = &self.redis else { return note(context, here) };
        let bucket = tenant.map_or(Bucket::Operator(*key), |tenant| Bucket::Tenant(tenant, *key));
        // Boxed, because without Redis it would have to be moved for nothing.
        note(context, Box::pin(self.principals.shared(redis, bucket, requests, here)).await)
    }

    /// Charges requests to the client's address, or refuses all of them with 429. Those of a Unix socket, which have
    /// no address, share one bucket.
    pub async fn anonymous(&self, context: &RequestContext, requests: NonZeroU32) -> Result<(), Problem> {
        let address = network(context.client_address().unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED)));
        let here = self.addresses.take(&address, requests);
        let Some(redis) = &self.redis else { return note(context, here) };
        let bucket = Bucket::Address(address);
        note(context, Box::pin(self.addresses.shared(redis, bucket, requests, here)).await)
    }

    fn sweep(&self) {
        self.principals.buckets.retain_recent();
        self.principals.buckets.shrink_to_fit();
        self.addresses.buckets.retain_recent();
        self.addresses.buckets.shrink_to_fit();
    }
}

/// One customer of an IPv6 provider has a /64 or more to send from, so that is what is counted.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
    }
}

fn note(context: &RequestContext, taken: Result<Standing, Standing>) -> Result<(), Problem> {
    match taken {
        Ok(standing) => {
            context.set_standing(standing);
            Ok(())
        }
        Err(standing) => {
            let wait = seconds_up(standing.wait).max(1);
            context.set_standing(standing);
            let detail = format!("Too many requests. Try again in {wait} s.");
            Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", detail).retry_after(wait))
        }
    }
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;

    use super::*;
    use crate::request::{Arrived, RequestId};

    const ONE: NonZeroU32 = NonZeroU32::MIN;

    fn limits(clock: &FakeRelativeClock) -> RateLimits<FakeRelativeClock> {
        let rate =
            |requests| Rate { requests: NonZeroU32::new(requests).unwrap(), per: Duration::from_mins(1) };
        RateLimits::with_clock(rate(3), rate(2), clock)
    }

    fn from(address: &str) -> RequestContext {
        RequestContext::new(Arrived {
            id: RequestId::accept(&HeaderValue::from_static("test")).unwrap(),
            address: Some(address.parse().unwrap()),
            origin: None,
            trace: None,
        })
    }

    fn header(context: &RequestContext, name: &str) -> String {
        let mut headers = HeaderMap::new();
        context.standing().unwrap().write(&mut headers);
        headers[name].to_str().unwrap().to_owned()
    }

    #[tokio::test]
    async fn a_principal_has_its_quota_and_gets_it_back() {
        let clock = FakeRelativeClock::default();
        let limits = limits(&clock);
        let key = [7; 32];
        for remaining in [2, 1, 0] {
            let context = from("192.0.2.1");
            limits.principal(&context, None, &key, ONE).await.unwrap();
            let wait = (3 - remaining) * 20;
            assert_eq!(header(&context, "ratelimit"), format!("\"default\";r={remaining};t={wait}"));
            assert_eq!(header(&context, "ratelimit-policy"), "\"default\";q=3;w=60");
        }
        let context = from("192.0.2.1");
        let refused = limits.principal(&context, None, &key, ONE).await.unwrap_err();
        assert_eq!((refused.status_code().as_u16(), refused.code()), (429, "rate_limited"));
        assert_eq!(header(&context, "ratelimit"), "\"default\";r=0;t=20");
        limits.principal(&from("192.0.2.1"), None, &[8; 32], ONE).await.unwrap();

        clock.advance(Duration::from_secs(20));
        limits.principal(&from("192.0.2.1"), None, &key, ONE).await.unwrap();
        limits.principal(&from("192.0.2.1"), None, &key, ONE).await.unwrap_err();
    }

    #[tokio::test]
    async fn several_are_charged_together_or_not_at_all() {
        let clock = FakeRelativeClock::default();
        let limits = limits(&clock);
        let many = |requests| NonZeroU32::new(requests).unwrap();
        let context = from("192.0.2.1");
        limits.principal(&context, None, &[7; 32], many(2)).await.unwrap();
        assert_eq!(header(&context, "ratelimit"), "\"default\";r=1;t=40");
        limits.principal(&context, None, &[7; 32], many(2)).await.unwrap_err();
        assert_eq!(header(&context, "ratelimit"), "\"default\";r=0;t=20");
        limits.principal(&context, None, &[7; 32], ONE).await.unwrap();
        // What the whole bucket does not hold is refused of a full one, too.
        limits.principal(&context, None, &[8; 32], many(4)).await.unwrap_err();
        assert_eq!(header(&context, "ratelimit"), "\"default\";r=0;t=60");
    }

    #[tokio::test]
    async fn an_ipv6_client_cannot_hop_within_its_network() {
        let clock = FakeRelativeClock::default();
        let limits = limits(&clock);
        limits.anonymous(&from("2001:db8::1"), ONE).await.unwrap();
        limits.anonymous(&from("2001:db8::2"), ONE).await.unwrap();
        limits.anonymous(&from("2001:db8::3"), ONE).await.unwrap_err();
        limits.anonymous(&from("2001:db8:0:1::1"), ONE).await.unwrap();
        limits.anonymous(&from("192.0.2.1"), ONE).await.unwrap();
    }

    #[tokio::test]
    async fn idle_callers_are_forgotten() {
        let clock = FakeRelativeClock::default();
        let limits = limits(&clock);
        limits.principal(&from("192.0.2.1"), None, &[1; 32], ONE).await.unwrap();
        limits.sweep();
        assert_eq!(limits.principals.buckets.len(), 1);
        clock.advance(Duration::from_secs(61));
        limits.sweep();
        assert_eq!(limits.principals.buckets.len(), 0);
    }
}
