//! What several processes share apart from the database.

use super::parse;
use super::secret::Secret;
use super::setting::{Secrecy, Section, Setting, Unset};
use super::values::Values;

/// What several processes share apart from the database.
#[derive(Debug, Clone)]
pub struct CacheConfig {
    /// The Redis server, where there is one.
    pub redis_url: Option<Secret<String>>,
}

const REDIS_URL: Setting = Setting::new(
    "cache.redis_url",
    "NEONEX_REDIS_URL",
    Unset::Means("each process counts limits for itself and hears of changes elsewhere within a second"),
)
.secret(Secrecy::Url)
.must_be("a Redis URL, such as `redis://:password@host:6379/0` or `rediss://…`")
.about(
    "The Redis server through which several processes count limits together and tell each other of changes. While it \
     does not answer, each counts for itself.",
);

impl CacheConfig {
    pub(super) const SECTION: Section =
        Section { name: "cache", about: "What several processes share.", settings: &[&REDIS_URL] };

    pub(super) fn read(values: &mut Values<'_>) -> Self {
        Self { redis_url: values.get(&REDIS_URL, |text| parse::server_url(text, &["redis", "rediss"])) }
    }
}
