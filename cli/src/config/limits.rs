//! How much one client may ask for.

use std::num::NonZeroU32;

use super::parse;
use super::setting::{Form, Section, Setting, Unset};
use super::values::Values;

/// How much one client may ask for.
#[derive(Debug, Clone)]
pub struct LimitsConfig {
    /// How often; `None` where the limit is switched off.
    pub rate: Option<RateLimit>,
    /// Bytes of a JSON body.
    pub max_body: usize,
}

/// How many requests one client may make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// For as long as it likes.
    pub per_second: NonZeroU32,
    /// At once.
    pub burst: NonZeroU32,
}

const RATE_LIMIT: Setting = Setting::new("limits.rate_limit", "NEONEX_RATE_LIMIT", Unset::Value("on"))
    .must_be("`on` or `off`")
    .about("Whether requests are limited at all. `off` is for benchmarks.");
const PER_SECOND: Setting =
    Setting::new("limits.requests_per_second", "NEONEX_REQUESTS_PER_SECOND", Unset::Value("100"))
        .form(Form::Number)
        .must_be("a whole number of at least 1")
        .about("Requests that one client may make each second, for as long as it likes.");
const BURST: Setting = Setting::new("limits.burst", "NEONEX_BURST", Unset::Value("200"))
    .form(Form::Number)
    .must_be("a whole number of at least 1")
    .about("Requests that one client may make at once. At least the requests per second.");
const MAX_BODY: Setting = Setting::new("limits.max_body", "NEONEX_MAX_BODY", Unset::Value("1MiB"))
    .must_be("a size of at least 1 byte, such as `1MiB` or `64KiB`")
    .about("Size of a JSON body, at most. Uploads have limits of their own.");

impl LimitsConfig {
    pub(super) const SECTION: Section = Section {
        name: "limits",
        about: "How much one client may ask for.",
        settings: &[&RATE_LIMIT, &PER_SECOND, &BURST, &MAX_BODY],
    };

    pub(super) fn read(values: &mut Values<'_>) -> Option<Self> {
        let on = values.get(&RATE_LIMIT, parse::switch);
        let per_second = values.get(&PER_SECOND, parse::positive);
        let burst = values.get(&BURST, parse::positive);
        let max_body = values.get(&MAX_BODY, parse::bytes);
        let rate = per_second.zip(burst).map(|(per_second, burst)| RateLimit { per_second, burst });
        Self::validate(values, rate);
        Some(Self { rate: rate.filter(|_| on == Some(true)), max_body: max_body? })
    }

    /// A burst below the rate would make the rate unreachable.
    fn validate(values: &mut Values<'_>, rate: Option<RateLimit>) {
        if let Some(RateLimit { per_second, burst }) = rate
            && burst < per_second
        {
            values.refuse(
                &BURST,
                format!("must be at least `limits.requests_per_second`, which is {per_second}"),
            );
        }
    }
}
