//! What can come of a wish about accounts.

use crate::guard::Wait;
use crate::invalid::Invalid;
use crate::password::PasswordError;
use crate::rng::RandomnessUnavailable;
use crate::store::{OfStore, StoreError};

/// What can come of a wish about accounts.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// There is no such account, or the password is another. Which of them is not said.
    #[error("the e-mail address or the password is wrong")]
    WrongCredentials,
    /// Too many tries have failed.
    #[error("{}", wait(*seconds))]
    Wait {
        /// The next try may be made after so many; `None` after a reset only.
        seconds: Option<i64>,
    },
    /// The password was right, but the account is kept out.
    #[error("this account is disabled")]
    Disabled,
    /// A token does not do what a session does.
    #[error("this needs a session: sign in, for a personal access token is not enough")]
    SessionNeeded,
    /// The secret is unknown, used or over. Which of them is not said.
    #[error("this secret is not valid any more; ask for another")]
    InvalidToken,
    /// There is no such account.
    #[error("there is no such account")]
    NoAccount,
    /// There is no such session of this account.
    #[error("there is no such session")]
    NoSession,
    /// There is no such token of this account.
    #[error("there is no such token")]
    NoToken,
    /// An account has only so many tokens.
    #[error("an account has at most {most} tokens; revoke one first")]
    TooManyTokens {
        /// How many.
        most: u64,
    },
    /// The address has an account already.
    #[error("this e-mail address has an account already")]
    EmailTaken,
    /// What was sent is not right.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The password could not be hashed or compared.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// No randomness.
    #[error(transparent)]
    Randomness(#[from] RandomnessUnavailable),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Wait> for AccountError {
    fn from(Wait { seconds }: Wait) -> Self {
        Self::Wait { seconds }
    }
}

impl OfStore for AccountError {
    fn store(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            _ => None,
        }
    }
}

fn wait(seconds: Option<i64>) -> String {
    match seconds {
        Some(seconds) => format!("too many tries have failed; the next may be made in {seconds} s"),
        None => "too many tries have failed; the password has to be reset".to_owned(),
    }
}
