//! Passwords: read, hashed and compared. Parameters are OWASP's for Argon2id (19 MiB, two passes, one lane).

use argon2::password_hash::PasswordHasher as _;
use argon2::{Algorithm, Argon2, Params, Version};

use crate::invalid::Invalid;
use crate::rng::{RandomnessUnavailable, Rng};

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
/// Hashing at a time: each takes 19 MiB.
static HASHING: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(4);

/// A password in plain text, long enough to stand alone: 15 characters, and at most 1,024 bytes.
pub struct Password(String);

/// A password could not be hashed.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// The hash function failed.
    #[error("the password could not be hashed")]
    Hash(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// No randomness for a salt.
    #[error(transparent)]
    Randomness(#[from] RandomnessUnavailable),
}

impl TryFrom<String> for Password {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        if text.chars().count() < 15 || text.len() > 1024 {
            let message = "a password has at least 15 characters and at most 1,024 bytes";
            return Err(Invalid::one("", "password_length", message));
        }
        Ok(Self(text))
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Password(…)")
    }
}

impl Password {
    /// Hashes it, off the threads that serve requests.
    pub(crate) async fn hash(self, rng: &dyn Rng) -> Result<String, PasswordError> {
        let mut salt = [0_u8; 16];
        rng.fill(&mut salt)?;
        let _turn = HASHING.acquire().await.map_err(|error| PasswordError::Hash(error.into()))?;
        let hashed = tokio::task::spawn_blocking(move || hash(&self.0, &salt)).await;
        hashed.map_err(|error| PasswordError::Hash(error.into()))?
    }
}

fn hash(password: &str, salt: &[u8]) -> Result<String, PasswordError> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None)
        .map_err(|error| PasswordError::Hash(error.to_string().into()))?;
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hashed = argon.hash_password_with_salt(password.as_bytes(), salt);
    hashed.map(|hash| hash.to_string()).map_err(|error| PasswordError::Hash(error.to_string().into()))
}

#[cfg(test)]
mod tests {
    use argon2::password_hash::PasswordVerifier as _;
    use argon2::password_hash::phc::PasswordHash;

    use super::*;
    use crate::rng::SystemRng;

    #[tokio::test]
    async fn a_hash_verifies_its_password_and_no_other() {
        let password = Password::try_from("correct horse battery".to_owned()).unwrap();
        let hash = password.hash(&SystemRng).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let parsed = PasswordHash::new(&hash).unwrap();
        assert!(Argon2::default().verify_password(b"correct horse battery", &parsed).is_ok());
        assert!(Argon2::default().verify_password(b"correct horse batterz", &parsed).is_err());
    }

    #[test]
    fn short_and_huge_passwords_are_refused() {
        for bad in ["fourteen chars", &"x".repeat(1025)] {
            assert!(Password::try_from(bad.to_owned()).is_err());
        }
        assert!(Password::try_from("ä".repeat(15)).is_ok());
    }
}
