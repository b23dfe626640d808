//! The three databases, where their SQL differs.

pub use neonex_migrations::Dialect;
