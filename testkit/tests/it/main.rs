//! The one integration-test binary. `make test` runs it once for each database.
#![expect(clippy::unwrap_used, reason = "a test's helpers fail the test as the test itself does")]

mod accounts;
mod keys;
mod store;
mod support;
mod tenants;
