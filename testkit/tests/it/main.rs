//! The one integration-test binary. `make test` runs it once for each database.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test's helpers fail the test as the test itself does"
)]

mod accounts;
mod api;
mod api_conditions;
mod api_idempotency;
mod api_limits;
mod api_pages;
mod api_problems;
mod api_tenants;
mod keys;
mod store;
mod support;
mod tenants;
