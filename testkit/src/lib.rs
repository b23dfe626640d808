//! The test harness: what the integration tests stand on. Never part of the product.

mod database;

pub use self::database::{Backend, TestStore};
