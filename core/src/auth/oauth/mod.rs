//! Signing in by a provider: OAuth 2 and OpenID Connect, as the party that relies on another.
//!
//! An app sends the user's browser to [`TenantScope::begin_oauth`](crate::access::TenantScope::begin_oauth)'s address;
//! the provider sends it back to the callback, which asks the provider who it was and sends the browser on to the app
//! with a code; and for the code, the app gets what any sign-in gives.
//!
//! Until the app has exchanged the code nothing has happened: no user is made, no identity linked, no session begun.
//! The code is good once, for a minute, and for whoever has the verifier of the challenge that the app began with. So a
//! code that is stolen, or slipped to somebody, is worth nothing: what PKCE (RFC 7636) does between us and the provider
//! is done once more between the app and us, and it is what ties the end of a flow to its beginning.
//!
//! What can still go wrong: a provider whose word is taken for an address being somebody's may be wrong about it. What
//! each of them promises stands in [`presets`]; who is let into which account on it is decided in [`linking`].

mod check;
mod client;
mod documents;
mod endpoints;
mod error;
mod exchange;
mod flow;
mod id_token;
mod identities;
mod linking;
mod presets;
mod profile;
mod provider;
mod providers;

pub use self::check::Check;
pub(crate) use self::documents::Documents;
pub use self::error::OAuthError;
pub use self::flow::{Back, Beginning as OAuthBeginning};
pub use self::identities::Identity;
pub(super) use self::identities::forget as forget_identities;
pub use self::provider::{Available, ClaimNames, Definition, NewProvider, Provider, ProviderPatch};
