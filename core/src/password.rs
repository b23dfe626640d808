//! Passwords: read, hashed and compared. Parameters are OWASP's for Argon2id (19 MiB, two passes, one lane).
//!
//! Hashing is dear by design, so it is done on few threads at a time, and only so many wait for their turn: a flood
//! of sign-ins costs those who sign in, and nobody else.

mod foreign;

use std::num::NonZero;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::available_parallelism;

use argon2::password_hash::PasswordHasher as _;
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::{Semaphore, SemaphorePermit};

pub(crate) use self::foreign::Hashed;
use crate::invalid::Invalid;
use crate::rng::{RandomnessUnavailable, Rng};

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
/// Longer ones would make the hash function's own work a way to keep a server busy.
const MOST_BYTES: usize = 1024;
/// Characters of a password that is all that stands between an account and the world.
pub const ALONE: u32 = 15;
/// Guesses that a password has to outlast: so many are on the list of common passwords, which guessers begin with.
const GUESSES: u64 = 30_000;
/// Characters of a password that can be a common one. A longer one is on no list, to estimate it would take a while, and
/// beyond 28 the estimate of a walk over the keyboard no longer fits the crate's numbers.
const LONGEST_COMMON: usize = 28;
/// Those who may wait for a thread.
const WAITING: usize = 256;

/// Half of the processors at most: the others go on with everything else.
static THREADS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new((available_parallelism().map_or(1, NonZero::get) / 2).max(1)));
static QUEUE: AtomicUsize = AtomicUsize::new(0);
/// What is compared with where there is no password, so that this takes as long.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash("nobody's password", &[7; 16]).unwrap_or_default());

/// A new password in plain text: long enough, at most 1,024 bytes, and none that everybody thinks of.
pub struct Password(String);

/// A password as somebody presents it, who has it or has not.
pub struct Presented(String);

/// A password could not be hashed or compared.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Too many wait already.
    #[error("too many passwords are being checked at the moment")]
    Busy,
    /// The hash function failed.
    #[error("the password could not be hashed")]
    Hash(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// No randomness for a salt.
    #[error(transparent)]
    Randomness(#[from] RandomnessUnavailable),
}

impl std::fmt::Debug for Password {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Password(…)")
    }
}

impl std::fmt::Debug for Presented {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Presented(…)")
    }
}

/// One that stands alone.
impl TryFrom<String> for Password {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::of_length(text, ALONE)
    }
}

impl Password {
    /// A password of at least so many characters.
    pub fn of_length(text: String, least: u32) -> Result<Self, Invalid> {
        let enough = usize::try_from(least).is_ok_and(|least| text.chars().count() >= least);
        if !enough || text.len() > MOST_BYTES {
            let message = format!("a password has at least {least} characters and at most 1,024 bytes");
            return Err(Invalid::one("", "password_length", message));
        }
        if is_common(&text) {
            let message = "this is one of the passwords that guessers try first, or hardly differs from one";
            return Err(Invalid::one("", "common_password", message));
        }
        Ok(Self(text))
    }

    /// Hashes it, off the threads that serve requests.
    pub(crate) async fn hash(self, rng: &dyn Rng) -> Result<String, PasswordError> {
        let mut salt = [0_u8; 16];
        rng.fill(&mut salt)?;
        aside(move || hash(&self.0, &salt)).await
    }
}

impl Presented {
    /// As sent. `None` if it is longer than any password.
    pub fn new(text: String) -> Option<Self> {
        (text.len() <= MOST_BYTES).then_some(Self(text))
    }

    /// Whether it is the password of that hash. Where there is none it is not, and that is found out no sooner.
    pub(crate) async fn is(&self, hashed: Option<String>) -> Result<bool, PasswordError> {
        let presented = self.0.clone();
        aside(move || {
            let known = hashed.is_some();
            let hashed = hashed.unwrap_or_else(|| NOBODY.clone());
            let hashed = Hashed::parse(&hashed).map_err(failed)?;
            Ok(hashed.is_of(presented.as_bytes()) && known)
        })
        .await
    }

    /// Hashes it as new ones are, after it was found to be the password of a hash that is not so.
    pub(crate) async fn hash_anew(self, rng: &dyn Rng) -> Result<String, PasswordError> {
        Password(self.0).hash(rng).await
    }
}

/// Whether who begins with the most common passwords, words and names, and what people make of them, comes by it soon
/// (decision 0017).
fn is_common(text: &str) -> bool {
    text.chars().count() <= LONGEST_COMMON && zxcvbn::zxcvbn(text, &[]).guesses() <= GUESSES
}

/// Whether a hash is made as new ones are.
pub(crate) fn is_current(hash: &str) -> bool {
    hash.strip_prefix("$argon2id$v=19$")
        .is_some_and(|rest| rest.starts_with(&format!("m={MEMORY_KIB},t={PASSES},p=1$")))
}

/// Waits for a thread, and works on it.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
) -> Result<T, PasswordError> {
    let _turn = turn().await?;
    tokio::task::spawn_blocking(work).await.map_err(|error| PasswordError::Hash(error.into()))?
}

async fn turn() -> Result<SemaphorePermit<'static>, PasswordError> {
    /// Leaves the queue, also where whoever waits goes away.
    struct Place;
    impl Drop for Place {
        fn drop(&mut self) {
            QUEUE.fetch_sub(1, Ordering::Relaxed);
        }
    }
    let ahead = QUEUE.fetch_add(1, Ordering::Relaxed);
    let _place = Place;
    if ahead >= WAITING {
        return Err(PasswordError::Busy);
    }
    THREADS.acquire().await.map_err(|error| PasswordError::Hash(error.into()))
}

fn hash(password: &str, salt: &[u8]) -> Result<String, PasswordError> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(failed)?;
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hashed = argon.hash_password_with_salt(password.as_bytes(), salt).map_err(failed)?;
    Ok(hashed.to_string())
}

fn failed(error: impl std::fmt::Display) -> PasswordError {
    PasswordError::Hash(error.to_string().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::SystemRng;

    fn presented(text: &str) -> Presented {
        Presented::new(text.to_owned()).unwrap()
    }

    #[tokio::test]
    async fn a_hash_is_of_its_password_and_no_other() {
        let password = Password::try_from("correct horse battery".to_owned()).unwrap();
        let hash = password.hash(&SystemRng).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$") && is_current(&hash), "{hash}");
        assert!(presented("correct horse battery").is(Some(hash.clone())).await.unwrap());
        assert!(!presented("correct horse batterz").is(Some(hash)).await.unwrap());
    }

    #[tokio::test]
    async fn nobodys_password_is_none() {
        assert!(!presented("nobody's password").is(None).await.unwrap());
    }

    #[test]
    fn what_guessers_try_first_is_refused() {
        for common in [
            "password",
            "P@ssw0rd",
            "iloveyou",
            "qwertyuiop",
            "12345678",
            "aaaaaaaa",
            "football1",
            "passwordpassword",
        ] {
            let refused = Password::of_length(common.to_owned(), 8).unwrap_err();
            assert_eq!(refused.details()[0].code, "common_password", "{common}");
        }
        for good in ["correct horse battery", "kV8#tz2Q", "vertrauliche-Wolke-7", &"x9".repeat(500)] {
            assert!(Password::of_length(good.to_owned(), 8).is_ok(), "{good}");
        }
    }

    /// Whoever sets a password must not be able to keep a thread busy with it.
    #[test]
    fn no_password_is_too_much_for_the_estimate() {
        let walk = "qazwsxedcrfvtgbyhnujmikolp1q2w3e4r5t6y7u8i9o0p";
        let hostile =
            [walk.to_owned(), "a@4$5s".repeat(7), "1!iIlL|".repeat(6), "0o".repeat(20), "p4$$w0rd".repeat(5)];
        for hostile in hostile {
            for length in 1..=hostile.len() {
                is_common(&hostile[..length]);
            }
            assert!(!is_common(&hostile), "{hostile}");
        }
    }

    #[test]
    fn short_and_huge_passwords_are_refused() {
        for bad in ["fourteen chars", &"x".repeat(1025)] {
            assert!(Password::try_from(bad.to_owned()).is_err());
        }
        assert!(Password::try_from("äöüß und das Meer".to_owned()).is_ok());
        assert!(Presented::new("x".repeat(1025)).is_none());
    }
}
