//! What can come of a wish about users.

use crate::access::Denied;
use crate::collections::CollectionError;
use crate::factors::{FactorError, PasskeyError};
use crate::guard::Wait;
use crate::idempotency::KeyReused;
use crate::invalid::Invalid;
use crate::mail::MailError;
use crate::password::PasswordError;
use crate::records::RecordError;
use crate::rng::RandomnessUnavailable;
use crate::secrets::SecretError;
use crate::store::{OfStore, StoreError};

use super::factors::SecondFactorNeeded;
use super::signing::SigningError;

/// What can come of a wish about users.
#[derive(Debug, thiserror::Error)]
pub enum UserError {
    /// There is no such user, or the password is another. Which of them is not said.
    #[error("the e-mail address or the password is wrong")]
    WrongCredentials,
    /// Too many tries have failed.
    #[error("{}", wait(*seconds))]
    Wait {
        /// The next try may be made after so many; `None` after a reset only.
        seconds: Option<i64>,
    },
    /// The refresh token is unknown, used or over. Which of them is not said.
    #[error("the refresh token is not valid any more; sign in again")]
    InvalidRefreshToken,
    /// The token of a link is unknown, used or over. Which of them is not said.
    #[error("this link is not valid any more; ask for another")]
    InvalidToken,
    /// The code is another, or none any more. Which of them is not said.
    #[error("the code is wrong, or not valid any more")]
    WrongCode,
    /// Users of this app do not sign in like that.
    #[error("users of this app do not sign in by `{0}`")]
    MethodOff(&'static str),
    /// The password was right, but the address is not known to be the user's.
    #[error("the e-mail address has to be verified before signing in")]
    Unverified,
    /// The password was right, but the user is kept out.
    #[error("this user is disabled")]
    Disabled,
    /// The user has shown one factor, and is asked for a second.
    #[error("{}", if .0.enrolment { "a second factor has to be set up to sign in" } else { "a second factor is needed" })]
    SecondFactorNeeded(SecondFactorNeeded),
    /// There is no such sign-in any more that waits for a second factor: its time or its tries are over.
    #[error("this sign-in is not waiting for a second factor any more; sign in again")]
    InvalidSecondFactorToken,
    /// The ceremony is over, or the passkey's answer is not right. Which of them is not said.
    #[error("the passkey was not accepted; begin again")]
    WrongPasskey,
    /// The passkey is somebody's already.
    #[error("this passkey is registered already")]
    PasskeyTaken,
    /// The tenant has not said which site passkeys are for.
    #[error("this app takes no passkeys")]
    PasskeysOff,
    /// The tenant's users have no second factors.
    #[error("this app asks for no second factor")]
    SecondFactorsOff,
    /// Each user has to have one.
    #[error("this app asks for a second factor, so the last one cannot be removed; set up another first")]
    LastFactor,
    /// A user has only so many.
    #[error("a user has at most {most} factors; remove one first")]
    TooManyFactors {
        /// How many.
        most: usize,
    },
    /// There is no such factor of this user.
    #[error("there is no such factor")]
    NoFactor,
    /// It is long ago that the user showed who they are.
    #[error("this needs a fresh proof that it is you: see POST /v1/auth/step-up")]
    StepUpNeeded,
    /// Nobody may sign up.
    #[error("this app takes no sign-ups")]
    SignUpClosed,
    /// This is for a signed-in user.
    #[error("this is for users who are signed in")]
    NotAUser,
    /// This is for the user alone.
    #[error("this is for the user alone, and not for who acts as them")]
    Impersonated,
    /// There is no such user.
    #[error("there is no such user")]
    NoUser,
    /// There is no such session of this user.
    #[error("there is no such session")]
    NoSession,
    /// There is no such invitation, or it was taken.
    #[error("there is no such invitation")]
    NoInvitation,
    /// Another user has the address. Only those learn of it who see all users.
    #[error("another user has this e-mail address")]
    EmailTaken,
    /// The tenant's collection `users` is not one that auth can use.
    #[error("the collection `users` of this tenant was not made for auth; rename it, and one is made")]
    OtherUsers,
    /// What was sent is not right.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The permission is missing.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The idempotency key was used for something else.
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
    /// The user's record could not be written.
    #[error(transparent)]
    Record(RecordError),
    /// The users' collection could not be made.
    #[error(transparent)]
    Collection(#[from] CollectionError),
    /// The password could not be hashed or compared.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// A token could not be signed.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// A factor could not be made.
    #[error(transparent)]
    Factor(#[from] FactorError),
    /// A passkey could not be asked for, or kept.
    #[error(transparent)]
    Passkey(#[from] PasskeyError),
    /// A secret could not be sealed or opened.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// No randomness.
    #[error(transparent)]
    Randomness(#[from] RandomnessUnavailable),
    /// A mail could not be made.
    #[error(transparent)]
    Mail(MailError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Wait> for UserError {
    fn from(Wait { seconds }: Wait) -> Self {
        Self::Wait { seconds }
    }
}

impl From<MailError> for UserError {
    fn from(error: MailError) -> Self {
        match error {
            MailError::Store(error) => Self::Store(error),
            error => Self::Mail(error),
        }
    }
}

impl From<RecordError> for UserError {
    fn from(error: RecordError) -> Self {
        match error {
            RecordError::NotFound => Self::NoUser,
            RecordError::Invalid(invalid) => Self::Invalid(invalid),
            RecordError::Store(error) => Self::Store(error),
            // Of racers with one address the index refuses one, and names no field that is hidden.
            RecordError::NotUnique { fields }
                if fields.is_empty() || fields.iter().any(|field| field == "email") =>
            {
                Self::EmailTaken
            }
            error => Self::Record(error),
        }
    }
}

impl OfStore for UserError {
    fn store(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) | Self::Mail(MailError::Store(error)) => Some(error),
            Self::Record(error) => error.store(),
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
