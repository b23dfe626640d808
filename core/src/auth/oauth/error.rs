//! What can come of a wish about providers.

use super::super::error::UserError;
use crate::access::Denied;
use crate::egress::EgressError;
use crate::invalid::Invalid;
use crate::records::RecordError;
use crate::rng::RandomnessUnavailable;
use crate::secrets::SecretError;
use crate::store::{OfStore, StoreError};

/// What can come of a wish about providers.
#[derive(Debug, thiserror::Error)]
pub enum OAuthError {
    /// There is no such provider, or none by which users can sign in.
    #[error("there is no such provider")]
    NoProvider,
    /// There is one of that name.
    #[error("there is a provider of this name")]
    NameTaken,
    /// Providers send browsers back to an address that nobody has said.
    #[error(
        "providers need an address to send users back to: whoever runs the server has to set `server.public_url`"
    )]
    NoPublicUrl,
    /// The flow is over, or was none.
    #[error("this sign-in has taken too long or was ended already; begin it again")]
    NoFlow,
    /// The code is unknown, used or over, or somebody else's. Which of them is not said.
    #[error("the code is not valid any more; sign in again")]
    InvalidCode,
    /// The provider has refused, or the user has.
    #[error("the sign-in was cancelled at the provider")]
    Refused,
    /// The provider did not answer as it should.
    #[error("the provider's answer {0}")]
    Answer(&'static str),
    /// The provider answered with an error.
    #[error("the provider answered with status {0}")]
    Status(u16),
    /// The provider has refused the code or the secret.
    #[error("the provider has refused the exchange of its code: {0}")]
    Exchange(String),
    /// The provider could not be called.
    #[error("the provider could not be called: {0}")]
    Egress(#[from] EgressError),
    /// What the provider has signed does not count.
    #[error("what the provider has signed is not for this sign-in: {0}")]
    IdToken(&'static str),
    /// Somebody has the address already, and the provider does not say that it is this user's.
    #[error(
        "there is a user with this e-mail address, and the provider does not say that it is yours: sign in as you did \
         before, then link the provider"
    )]
    AddressTaken,
    /// The identity is another user's.
    #[error("this account at the provider belongs to another user")]
    IdentityTaken,
    /// The user has no such identity.
    #[error("there is no such identity")]
    NoIdentity,
    /// Without it the user could not sign in any more.
    #[error("this is the only way in which you can sign in: set a password or link another provider first")]
    LastWayIn,
    /// Anything that can come of a wish about users.
    #[error(transparent)]
    User(#[from] UserError),
}

impl OAuthError {
    /// What the app is told of it in the address that the browser is sent on to.
    pub(super) const fn code(&self) -> &'static str {
        match self {
            Self::Refused => "access_denied",
            Self::NoProvider => "provider_disabled",
            Self::Answer(_) | Self::Status(_) | Self::Exchange(_) | Self::IdToken(_) => "provider_answer",
            Self::Egress(_) => "provider_unreachable",
            _ => "server_error",
        }
    }
}

macro_rules! of_users {
    ($($error:ty),+) => {
        $(impl From<$error> for OAuthError {
            fn from(error: $error) -> Self {
                Self::User(error.into())
            }
        })+
    };
}

of_users!(Invalid, Denied, RecordError, SecretError, RandomnessUnavailable, StoreError);

impl OfStore for OAuthError {
    fn store(&self) -> Option<&StoreError> {
        match self {
            Self::User(error) => error.store(),
            _ => None,
        }
    }
}
