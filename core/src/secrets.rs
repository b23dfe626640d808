//! Secrets at rest: AES-256-GCM under the platform's master key.
//!
//! A ciphertext is bound to what it is for (its context): one that is copied to another place does not open there.
//! What can still go wrong: whoever loses the master key loses the secrets; it belongs in the backup, apart from the
//! data.

use std::io;
use std::path::{Path, PathBuf};

use aes_gcm::aead::{Aead as _, Payload};
use aes_gcm::{Aes256Gcm, KeyInit as _, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::rng::{RandomnessUnavailable, Rng};
use crate::whole_file;

const KEY_LENGTH: usize = 32;
const NONCE_LENGTH: usize = 12;

/// The master key.
#[derive(Clone)]
pub struct MasterKey {
    cipher: Aes256Gcm,
    installation: [u8; 8],
}

/// The master key cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    /// Not 32 bytes in base64.
    #[error("the master key is not 32 bytes in base64; `openssl rand -base64 32` makes one")]
    Malformed,
    /// The key file does not hold a key: it was cut short, emptied or overwritten.
    #[error(
        "the key file {} does not hold a master key (32 bytes in base64); restore it from a backup, for secrets that \
         were stored under it open with no other; only if nothing has been stored yet, delete it, and the next start \
         makes a new one",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// The key file cannot be read or made.
    #[error("cannot use the key file {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// No randomness for a new key.
    #[error(transparent)]
    Randomness(#[from] RandomnessUnavailable),
}

/// A secret could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// Another key, another context, or a damaged ciphertext.
    #[error("a stored secret does not open under this master key")]
    Unreadable,
    /// No randomness for a nonce.
    #[error(transparent)]
    Randomness(#[from] RandomnessUnavailable),
}

impl MasterKey {
    /// Reads a key given as 32 bytes in base64.
    pub fn from_base64(text: &str) -> Result<Self, MasterKeyError> {
        let bytes = STANDARD.decode(text.trim()).map_err(|_| MasterKeyError::Malformed)?;
        let bytes = bytes.as_slice().try_into().map_err(|_| MasterKeyError::Malformed)?;
        Ok(Self::from_bytes(bytes))
    }

    /// The key of these bytes.
    pub fn from_bytes(bytes: &[u8; KEY_LENGTH]) -> Self {
        let name = Sha256::new().chain_update(b"neonex installation").chain_update(bytes).finalize();
        let mut installation = [0; 8];
        installation.iter_mut().zip(name).for_each(|(to, from)| *to = from);
        Self { cipher: Aes256Gcm::new(bytes.into()), installation }
    }

    /// Names the installation, whose instances have this key in common. It is no secret and leads to none.
    pub fn installation(&self) -> String {
        format!("{:016x}", u64::from_be_bytes(self.installation))
    }

    /// Reads the key in `path`, which is made (readable by its owner only) where it is missing. Of two processes that
    /// make it at once one would lose its key: hold the data folder's lock.
    pub fn from_file(path: &Path, rng: &dyn Rng) -> Result<Self, MasterKeyError> {
        let failed = |source| MasterKeyError::File { path: path.to_owned(), source };
        match std::fs::read_to_string(path) {
            Ok(text) => {
                Self::from_base64(&text).map_err(|_| MasterKeyError::Damaged { path: path.to_owned() })
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let mut bytes = [0; KEY_LENGTH];
                rng.fill(&mut bytes)?;
                let text = STANDARD.encode(bytes);
                whole_file::write(path, &format!("{text}\n")).map_err(failed)?;
                Self::from_base64(&text)
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// Encrypts `plain` for one context.
    pub fn seal(&self, context: &[u8], plain: &[u8], rng: &dyn Rng) -> Result<Vec<u8>, SecretError> {
        let mut nonce = [0; NONCE_LENGTH];
        rng.fill(&mut nonce)?;
        let payload = Payload { msg: plain, aad: context };
        let sealed =
            self.cipher.encrypt(Nonce::from_slice(&nonce), payload).map_err(|_| SecretError::Unreadable)?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// Decrypts what [`MasterKey::seal`] made for the same context.
    pub fn open(&self, context: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SecretError> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE_LENGTH).ok_or(SecretError::Unreadable)?;
        let payload = Payload { msg: sealed, aad: context };
        self.cipher.decrypt(Nonce::from_slice(nonce), payload).map_err(|_| SecretError::Unreadable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::SystemRng;

    #[test]
    fn a_secret_opens_under_its_key_and_context_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        let key = MasterKey::from_file(&path, &SystemRng).unwrap();
        let sealed = key.seal(b"here", b"canary", &SystemRng).unwrap();
        let again = MasterKey::from_file(&path, &SystemRng).unwrap();
        assert_eq!(again.open(b"here", &sealed).unwrap(), b"canary");
        assert!(key.open(b"there", &sealed).is_err());
        let other = MasterKey::from_file(&folder.path().join("other.key"), &SystemRng).unwrap();
        assert!(other.open(b"here", &sealed).is_err());
        let mut flipped = sealed;
        flipped[15] ^= 1;
        assert!(key.open(b"here", &flipped).is_err() && key.open(b"here", b"short").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_new_key_file_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        MasterKey::from_file(&path, &SystemRng).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_key_file_that_holds_no_key_is_left_alone_and_says_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        let key = STANDARD.encode([7; KEY_LENGTH]);
        for damaged in ["", "\n", &key[..20], &STANDARD.encode([7; KEY_LENGTH - 1]), "no base64 at all"] {
            std::fs::write(&path, damaged).unwrap();
            let error = MasterKey::from_file(&path, &SystemRng).err().unwrap().to_string();
            assert!(error.contains("master.key") && error.contains("restore it from a backup"), "{error}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), damaged, "it was overwritten");
        }
        std::fs::write(&path, key).unwrap();
        MasterKey::from_file(&path, &SystemRng).unwrap();
    }

    /// As a crash or a full disk would leave it: where the whole of it cannot be written, there is no key file.
    #[test]
    fn a_key_file_is_there_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        let unfinished = folder.path().join("master.key.new");
        std::fs::create_dir_all(unfinished.join("full")).unwrap();
        let refused = MasterKey::from_file(&path, &SystemRng);
        assert!(matches!(refused, Err(MasterKeyError::File { .. })));
        assert!(!path.exists());
        std::fs::remove_dir_all(&unfinished).unwrap();
        std::fs::write(&unfinished, "half of a k").unwrap();
        let key = MasterKey::from_file(&path, &SystemRng).unwrap();
        let sealed = key.seal(b"here", b"canary", &SystemRng).unwrap();
        assert_eq!(
            MasterKey::from_file(&path, &SystemRng).unwrap().open(b"here", &sealed).unwrap(),
            b"canary"
        );
        assert!(!unfinished.exists(), "the unfinished file was left behind");
    }
}
