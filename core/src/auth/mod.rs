//! A tenant's users: how they sign up and in, their sessions, and the tokens by which they are known.
//!
//! A user is a record of the collection `users` (see `collections::users`): auth owns some of its fields, developers
//! add others. What must never be read as a record lies in tables of its own: passwords, sessions, signing keys.
//!
//! A session begins with a sign-in and ends for ever: when it is ended, when its time is over, when its user is
//! disabled or gone, or when a refresh token of it comes up a second time. While it lasts, each refresh token is good
//! once, for the next one and for an access token of some minutes.

mod audit;
mod error;
mod guard;
mod load;
mod one_time;
mod refresh_token;
mod session;
mod settings;
mod sign_in;
mod sign_up;
mod signing;
mod signing_keys;
mod user;
mod users;

pub use self::error::UserError;
pub(crate) use self::load::{TenantAuth, load, load_user};
pub use self::refresh_token::RefreshToken;
pub(crate) use self::session::forget_secrets;
pub use self::session::{Session, SignedIn};
pub use self::settings::{AuthSettings, SignUp};
pub use self::sign_in::Credentials;
pub use self::sign_up::NewUser;
pub(crate) use self::signing::{Claims, named_tenant};
pub use self::signing::{Jwk, SigningError};
pub use self::user::UserState;
pub use self::users::{EmailChange, UserPatch};
