//! What can come of a wish about mails.

use crate::access::Denied;
use crate::invalid::Invalid;
use crate::rng::RandomnessUnavailable;
use crate::secrets::SecretError;
use crate::store::{OfStore, StoreError};

/// What can come of a wish about mails.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// There is no such mail.
    #[error("there is no such mail")]
    NotFound,
    /// There is no such template, or none of the tenant's own.
    #[error("there is no such template")]
    NoTemplate,
    /// It was sent.
    #[error("the mail was sent already")]
    Sent,
    /// What it says is gone, for it is worth nothing any more.
    #[error("what the mail holds is over; have another one made")]
    Over,
    /// Too many mails.
    #[error("too many mails; the next may be sent in {seconds} s")]
    TooMany {
        /// When there is room for one more.
        seconds: i64,
    },
    /// What was sent is not right.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The permission is missing.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// A mail could not be sealed or opened.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// No randomness.
    #[error(transparent)]
    Randomness(#[from] RandomnessUnavailable),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl OfStore for MailError {
    fn store(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            _ => None,
        }
    }
}
