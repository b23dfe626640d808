//! The test harness: what the integration tests stand on. Never part of the product.

mod aftermath;
mod app;
mod database;
mod platform;
mod process;
mod redis;
mod smtp;
mod world;

pub use self::aftermath::{Logged, change_log, check_integrity, copy_databases};
pub use self::app::{ACCOUNT_PASSWORD, Answer, Api, AppTenant, Client, TestApp};
pub use self::database::{Backend, TestStore, wait_until_unused};
pub use self::platform::{TestKey, TestPlatform, TestTenant, enter, operator};
pub use self::process::{Program, Server, terminate};
pub use self::redis::{RedisWire, Wire, redis_url};
pub use self::smtp::MailServer;
pub use self::world::{ManualClock, SeededRng};
