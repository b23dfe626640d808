//! The one integration-test binary. `make test` runs it once for each database.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    reason = "a test's helpers fail the test as the test itself does, and take what `json!` makes"
)]

mod abandoned;
mod accounts;
mod advice;
mod aggregates;
mod api;
mod api_batch;
mod api_conditions;
mod api_document;
mod api_export;
mod api_idempotency;
mod api_import;
mod api_limits;
mod api_pages;
mod api_problems;
mod api_races;
mod api_tenants;
mod api_versions;
mod api_writes;
mod audit;
mod auth;
mod auth_cookies;
mod auth_issuer;
mod auth_mail;
mod auth_repeats;
mod auth_timing;
mod browser;
mod collections;
mod computed;
mod expand;
mod explain;
mod expressions;
mod expressions_reference;
mod expressions_relations;
mod factors;
mod field_rules;
mod fields;
mod history;
mod history_schema;
mod history_settings;
mod idempotency;
mod isolation;
mod keys;
mod mail;
mod matrix;
mod members;
mod nearby;
mod oauth;
mod pages;
mod partial_indexes;
mod passkeys;
mod records;
mod redis;
mod referrers;
mod relations;
mod retype;
mod rules;
mod schema_history;
mod search;
mod slow_queries;
mod store;
mod support;
mod tenants;
mod users_import;
mod views;
