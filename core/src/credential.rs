//! Keys and tokens that a client carries: their text, their checksum, and the digest that is stored.
//!
//! A credential is `nx_<kind>_` followed by 30 base62 characters of randomness (178 bits) and 6 of the CRC-32 of
//! everything before them. The checksum lets secret scanners tell a real key from a lookalike, and lets the
//! server refuse a mistyped one before any query. Only the SHA-256 of the whole is stored: with that much
//! randomness a slow hash would add nothing but time to every request.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::rng::{RandomnessUnavailable, Rng};

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const RANDOM_LENGTH: usize = 30;
const CHECKSUM_LENGTH: usize = 6;

/// What a credential is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CredentialKind {
    /// `nx_pub_…`: names a tenant and acts as anonymous; may stand in a page's source.
    Publishable,
    /// `nx_sec_…`: acts for a tenant with its scopes.
    Secret,
    /// `nx_pat_…`: acts as an account, from the command line.
    PersonalAccess,
    /// `nx_ses_…`: acts as an account that has signed in.
    Session,
    /// `nx_set_…`: makes the first operator, once.
    SetUp,
    /// `nx_one_…`: does one thing for one user of a tenant, or one account, once.
    OneTime,
}

impl CredentialKind {
    const ALL: [Self; 6] =
        [Self::Publishable, Self::Secret, Self::PersonalAccess, Self::Session, Self::SetUp, Self::OneTime];

    /// What such a credential starts with.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Publishable => "nx_pub_",
            Self::Secret => "nx_sec_",
            Self::PersonalAccess => "nx_pat_",
            Self::Session => "nx_ses_",
            Self::SetUp => "nx_set_",
            Self::OneTime => "nx_one_",
        }
    }
}

/// SHA-256 of a credential: what is stored and looked up.
pub type CredentialDigest = [u8; 32];

/// A credential in plain text. It exists where one is made or presented, and is never stored or logged.
#[derive(Clone)]
pub struct Credential {
    kind: CredentialKind,
    text: String,
}

impl Credential {
    /// A new one.
    pub fn generate(kind: CredentialKind, rng: &dyn Rng) -> Result<Self, RandomnessUnavailable> {
        let mut text = String::with_capacity(kind.prefix().len() + RANDOM_LENGTH + CHECKSUM_LENGTH);
        text.push_str(kind.prefix());
        let full = text.len() + RANDOM_LENGTH;
        let mut bytes = [0_u8; 64];
        while text.len() < full {
            rng.fill(&mut bytes)?;
            // Bytes from 248 up are thrown away, or the first letters would come up more often than the rest.
            let fair = bytes.iter().filter(|byte| **byte < 248).take(full - text.len());
            text.extend(fair.filter_map(|byte| ALPHABET.get(usize::from(byte % 62)).map(|&c| char::from(c))));
        }
        let checksum = checksum(&text);
        text.push_str(&checksum);
        Ok(Self { kind, text })
    }

    /// Reads a presented credential. `None` where it has not the shape or the checksum of one.
    pub fn parse(text: &str) -> Option<Self> {
        let kind = CredentialKind::ALL.into_iter().find(|kind| text.starts_with(kind.prefix()))?;
        if text.len() != kind.prefix().len() + RANDOM_LENGTH + CHECKSUM_LENGTH || !text.is_ascii() {
            return None;
        }
        let (body, sum) = text.split_at_checked(text.len() - CHECKSUM_LENGTH)?;
        (checksum(body) == sum).then(|| Self { kind, text: text.to_owned() })
    }

    /// What would be stored of a presented text, whatever it is: for those who only tell callers apart.
    pub fn digest_of(text: &str) -> CredentialDigest {
        Sha256::digest(text.as_bytes()).into()
    }

    /// What it is for.
    pub const fn kind(&self) -> CredentialKind {
        self.kind
    }

    /// What is stored of it.
    pub fn digest(&self) -> CredentialDigest {
        Sha256::digest(self.text.as_bytes()).into()
    }

    /// The prefix and the first four characters: enough to tell keys apart in a list.
    pub fn hint(&self) -> &str {
        self.text.get(..self.kind.prefix().len() + 4).unwrap_or_default()
    }

    /// The whole, to be shown once to whom it belongs.
    pub fn reveal(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}…", self.hint())
    }
}

fn checksum(body: &str) -> String {
    let mut rest = crc32fast::hash(body.as_bytes());
    let mut text = [b'0'; CHECKSUM_LENGTH];
    for place in text.iter_mut().rev() {
        let digit = usize::try_from(rest % 62).unwrap_or(0);
        *place = ALPHABET.get(digit).copied().unwrap_or(b'0');
        rest /= 62;
    }
    text.iter().map(|&byte| char::from(byte)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::SystemRng;

    #[test]
    fn a_generated_credential_reads_back_with_the_same_digest() {
        for kind in CredentialKind::ALL {
            let made = Credential::generate(kind, &SystemRng).unwrap();
            let read = Credential::parse(made.reveal()).unwrap();
            assert_eq!((read.kind(), read.digest()), (kind, made.digest()));
            assert_eq!(made.reveal().len(), kind.prefix().len() + 36);
        }
    }

    #[test]
    fn any_changed_character_is_noticed() {
        let made = Credential::generate(CredentialKind::Secret, &SystemRng).unwrap();
        for at in 7..made.reveal().len() {
            let mut changed = made.reveal().as_bytes().to_vec();
            changed[at] = if changed[at] == b'a' { b'b' } else { b'a' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(Credential::parse(&changed).is_none(), "{changed} passed for {}", made.reveal());
        }
    }

    #[test]
    fn what_is_no_credential_is_refused() {
        let made = Credential::generate(CredentialKind::Secret, &SystemRng).unwrap();
        let whole = made.reveal();
        let other_kind = whole.replace("nx_sec_", "nx_pat_");
        let accented = format!("{}é", &whole[..whole.len() - 2]);
        for text in ["", "nx_sec_", "Bearer", &whole[1..], &format!("{whole}0"), &other_kind, &accented] {
            assert!(Credential::parse(text).is_none(), "{text} passed");
        }
    }

    #[test]
    fn debug_output_hides_the_secret() {
        let made = Credential::generate(CredentialKind::PersonalAccess, &SystemRng).unwrap();
        let shown = format!("{made:?}");
        assert!(shown.starts_with("nx_pat_") && shown.chars().count() == 12, "{shown}");
    }
}
