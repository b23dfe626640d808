//! Accounts: people who work with the platform's console and command line. Operators run the platform; the others are
//! members of tenants (see [`crate::members`]).
//!
//! An account acts by a session, which begins with a sign-in and a password, or by a personal access token that it has
//! made in a session. What would make an account somebody else's for good takes a session: a token that gets lost makes
//! no other, and changes no password.
//!
//! The first operator comes by a link, or from the environment; the others are made on the machine itself, or by an
//! invitation to a tenant. Who has no password yet, or has forgotten theirs, sets one by a secret that the machine
//! prints: mails belong to tenants, and an account to none.

mod account;
mod audit;
mod error;
mod password;
mod sessions;
mod setup;
mod tokens;

pub use self::account::{Account, NewAccount, Place};
pub(crate) use self::account::{account_row, find_by_email, find_email_of};
pub(crate) use self::audit::{Act, Entry};
pub use self::error::AccountError;
pub use self::password::{MadeReset, RESET_SECONDS};
pub use self::sessions::{AccountSession, AccountSignIn, IDLE_SECONDS, SESSION_SECONDS};
pub use self::setup::{Email, SETUP_LINK_SECONDS, SetUp, SetUpError};
pub use self::tokens::{AccountToken, MadeAccountToken, MadeToken, NewAccountToken, TokenError};
