//! A limit of rate that instances share: the generic cell rate algorithm (GCRA, ITU-T I.371), run by Redis as a script,
//! so that reading, deciding and writing are one step and one round trip.
//!
//! What is kept of a caller is one number: when its bucket will be full again. Time is that of Redis: the instances'
//! clocks need not agree.

use std::fmt;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use redis::Script;

use super::Redis;
use crate::credential::CredentialDigest;
use crate::ids::TenantId;

/// `ARGV`: the microseconds in which one request comes back, how many may come at once, and how many there are. Answers
/// whether they are admitted, all or none, how many more would be now, and the microseconds until they would be (refused)
/// or all are back.
///
/// Whole microseconds keep every sum exact: they stay below 2^53 until the year 2255. A number that lies further in the
/// future than a full burst comes from before Redis's clock was set back, and counts as none.
const SCRIPT: &str = r"
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval, burst, requests = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local window = interval * burst
local full = tonumber(redis.call('GET', KEYS[1]) or now)
if full < now or full > now + window then full = now end
local ahead = full + interval * requests - now
if ahead > window then return {0, 0, ahead - window} end
redis.call('SET', KEYS[1], string.format('%.0f', now + ahead), 'PX', math.ceil(ahead / 1000))
return {1, math.floor((window - ahead) / interval), ahead}
";

pub(super) fn script() -> Script {
    Script::new(SCRIPT)
}

/// Whose requests are counted together.
#[derive(Debug, Clone, Copy)]
pub enum Bucket {
    /// Those of a tenant's credential.
    Tenant(TenantId, CredentialDigest),
    /// Those of an operator's token, whichever tenant they are for.
    Operator(CredentialDigest),
    /// Those without a credential of their own, by where they come from.
    Address(IpAddr),
}

/// How a caller stands after it has asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// Whether it gets what it asked for.
    pub admitted: bool,
    /// How many more it would get now.
    pub remaining: u32,
    /// Until what was asked for can be had (when refused) or all is back.
    pub wait: Duration,
}

impl Redis {
    /// Charges requests. `None` where Redis is gone.
    pub async fn take(
        &self,
        bucket: Bucket,
        requests: NonZeroU32,
        interval: Duration,
        burst: NonZeroU32,
    ) -> Option<Taken> {
        let key = self.key(bucket);
        let interval = interval.as_nanos().div_ceil(1000).max(1);
        let interval = u64::try_from(interval).unwrap_or(u64::MAX);
        let script = &self.0.limit;
        let (admitted, remaining, wait) = self
            .ask(async |connection| {
                let mut call = script.key(key);
                call.arg(interval).arg(burst.get()).arg(requests.get());
                call.invoke_async::<(bool, u32, u64)>(connection).await
            })
            .await?;
        Some(Taken { admitted, remaining, wait: Duration::from_micros(wait) })
    }

    /// Half of a digest tells callers apart well enough.
    fn key(&self, bucket: Bucket) -> String {
        let installation = &self.0.installation;
        match bucket {
            Bucket::Tenant(tenant, digest) => format!("{tenant}:limit:{}", Half(digest)),
            Bucket::Operator(digest) => format!("platform:{installation}:limit:{}", Half(digest)),
            Bucket::Address(address) => format!("platform:{installation}:limit:{address}"),
        }
    }
}

struct Half(CredentialDigest);

impl fmt::Display for Half {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().take(16).try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}
