//! A tenant's users: how they sign up and in, their sessions, and the tokens by which they are known.
//!
//! A user is a record of the collection `users` (see `collections::users`): auth owns some of its fields, developers
//! add others. What must never be read as a record lies in tables of its own: passwords, sessions, signing keys.
//!
//! A session begins with a sign-in and ends for ever: when it is ended, when its time is over, when its user is
//! disabled or gone, or when a refresh token of it comes up a second time. While it lasts, each refresh token is good
//! once, for the next one and for an access token of some minutes.
//!
//! Every way to sign in ends in `begin`, where a second factor is asked for ([`factors`]). What would make a session
//! somebody else's for good takes a proof that is not old ([`fresh`]).

mod anonymous;
mod audit;
mod begin;
mod by_mail;
mod error;
mod factors;
mod fresh;
mod impersonate;
mod import;
mod load;
mod mails;
mod newcomer;
mod oauth;
mod one_time;
mod prove;
mod redirect;
mod refresh_token;
mod session;
mod settings;
mod sign_in;
mod sign_up;
mod signing;
mod signing_keys;
mod user;
mod users;

pub(crate) use self::audit::{Act, entry as audit_entry, entry_about as audit_entry_about};
pub use self::by_mail::{EmailConfirmed, Invitation, InvitationPage, MailWish, NewInvitation};
pub use self::error::UserError;
pub use self::factors::{
    Answer, Ceremony, Confirmed, Factor, FactorKind, Factors, NewTotp, SecondFactorNeeded,
};
pub(crate) use self::fresh::ProofNeeded;
pub use self::fresh::StepUp;
pub use self::impersonate::Impersonation;
pub use self::import::{USERS_AT_ONCE, UserImport};
pub(crate) use self::load::{TenantAuth, load, load_user};
pub(crate) use self::oauth::Documents;
pub use self::oauth::{
    Available, Back, Check, ClaimNames, Definition, Identity, NewProvider, OAuthBeginning, OAuthError,
    Provider, ProviderPatch,
};
pub use self::refresh_token::RefreshToken;
pub(crate) use self::session::forget_secrets;
pub use self::session::{Session, SignedIn};
pub use self::settings::{AuthSettings, Methods, PasskeySettings, SecondFactor, SignUp};
pub use self::sign_in::Credentials;
pub use self::sign_up::NewUser;
pub(crate) use self::signing::{Claims, named_tenant};
pub use self::signing::{Jwk, SigningError};
pub use self::user::UserState;
pub use self::users::{EmailChange, UserPatch};
