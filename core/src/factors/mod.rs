//! By what people show who they are beside a password, or in its place: one-time passwords of an app ([`Totp`]),
//! recovery codes, and passkeys ([`RelyingParty`]).
//!
//! What stands here knows of no tenant and no database: whose a factor is, how often it may be tried, and that nothing
//! is accepted twice, is for those who keep it.

mod passkeys;
mod recovery_codes;
mod totp;

pub use self::passkeys::{Passkey, PasskeyError, Registration, RelyingParty, Signature, SignatureAsked};
pub use self::recovery_codes::{RecoveryCode, RecoveryCodes};
pub use self::totp::{Enrolment, Totp};

/// A factor could not be made or read.
#[derive(Debug, thiserror::Error)]
pub enum FactorError {
    /// A secret or a name is none that the standard allows.
    #[error("a one-time password could not be set up")]
    Totp(#[source] totp_rs::TotpError),
    /// What an app has to learn does not fit into a picture.
    #[error("a picture of a one-time password's address could not be made")]
    Picture(#[source] qrcodegen::DataTooLong),
}
