//! The variables that [`Client::from_env`](crate::Client::from_env) reads. They are the clients': `neonex serve` takes
//! none of them for a setting.

use crate::Error;

/// Where the server is, as `http://127.0.0.1:8080`.
pub const URL: &str = "NEONEX_URL";
/// The credential: an API key, or a token of an operator or a user.
pub const TOKEN: &str = "NEONEX_TOKEN";
/// The tenant by id or slug, where the credential does not name it.
pub const TENANT: &str = "NEONEX_TENANT";

/// What a variable says. One that is empty counts as not set.
pub(crate) fn read(name: &str) -> Result<Option<String>, Error> {
    match std::env::var(name) {
        Ok(text) => Ok(Some(text).filter(|text| !text.is_empty())),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => Err(Error::Invalid(format!("{name} is not UTF-8"))),
    }
}
