//! The domain of Neonex: features, store, authorisation.

pub mod dialect;
pub mod engine;
pub mod expr;
