//! Accounts of people who administer the platform, and the ways to the first of them: a link, or the environment.

mod setup;
mod tokens;

pub use self::setup::{Email, SETUP_LINK_SECONDS, SetUp, SetUpError};
pub use self::tokens::{MadeToken, TokenError};
