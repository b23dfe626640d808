//! The domain of Neonex: features, store, authorisation.

pub mod engine;
pub mod expr;
