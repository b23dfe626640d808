//! The domain of Neonex: features, store, authorisation.

pub mod access;
pub mod accounts;
pub mod auth;
pub mod clock;
pub mod collections;
pub mod credential;
pub mod dialect;
pub mod engine;
pub mod expr;
mod geo;
pub mod idempotency;
pub mod ids;
pub mod invalid;
pub mod json;
pub mod keys;
pub mod password;
mod plain_text;
pub mod platform;
pub mod records;
pub mod redis;
pub mod rng;
pub mod secrets;
pub mod store;
pub mod tenants;
mod whole_file;
