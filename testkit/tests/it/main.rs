//! The one integration-test binary. `make test` runs it once for each database.

mod store;
