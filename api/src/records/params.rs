//! Parameters that a list has.

use neonex_core::records::{Count, Metric};
use poem_openapi::Enum;

/// Whether and how the total is counted.
#[derive(Enum)]
#[oai(rename_all = "snake_case")]
pub(super) enum CountMode {
    /// Every record that the list shows.
    Exact,
    /// No further than 10,000, which then means "at least".
    Estimated,
}

impl From<CountMode> for Count {
    fn from(mode: CountMode) -> Self {
        match mode {
            CountMode::Exact => Self::Exact,
            CountMode::Estimated => Self::Estimated,
        }
    }
}

/// How vectors are compared.
#[derive(Enum)]
#[oai(rename_all = "snake_case")]
pub(super) enum MetricMode {
    /// By one less the cosine of the angle between them.
    Cosine,
    /// By the length of their difference.
    L2,
}

impl From<MetricMode> for Metric {
    fn from(mode: MetricMode) -> Self {
        match mode {
            MetricMode::Cosine => Self::Cosine,
            MetricMode::L2 => Self::L2,
        }
    }
}
