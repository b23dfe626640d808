//! The domain of Neonex: features, store, authorisation.

pub mod clock;
pub mod collections;
pub mod credential;
pub mod dialect;
pub mod engine;
pub mod expr;
pub mod ids;
pub mod invalid;
pub mod records;
pub mod rng;
pub mod store;
