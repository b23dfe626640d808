//! What processes share apart from the database.

use super::parse;
use super::secret::Secret;
use super::setting::{Secrecy, Section, Setting, Unset};
use super::values::Values;

/// Cache, limits and live messages over several processes.
#[derive(Debug, Clone)]
pub struct CacheConfig {
    /// The Redis server; without one they stay within the process.
    pub redis_url: Option<Secret<String>>,
}

const REDIS_URL: Setting = Setting::new(
    "cache.redis_url",
    "NEONEX_REDIS_URL",
    Unset::Means("cache, limits and live messages stay within the process"),
)
.secret(Secrecy::Url)
.must_be("a Redis URL, such as `redis://:password@host:6379/0` or `rediss://…`")
.about("The Redis server through which several processes share cache, limits and live messages.");

impl CacheConfig {
    pub(super) const SECTION: Section =
        Section { name: "cache", about: "What several processes share.", settings: &[&REDIS_URL] };

    pub(super) fn read(values: &mut Values<'_>) -> Self {
        Self { redis_url: values.get(&REDIS_URL, |text| parse::server_url(text, &["redis", "rediss"])) }
    }
}
