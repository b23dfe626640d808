//! Hashes that other systems have made: compared as they are, once, after which the password is hashed as ours are.
//!
//! Whoever brings a hash chooses what comparing with it costs, so each kind has a bound: what lies beyond is refused
//! when it is brought, and not when somebody signs in.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use argon2::Argon2;
use argon2::password_hash::PasswordVerifier as _;
use argon2::password_hash::phc::PasswordHash;
use aws_lc_rs::cipher::{AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::pbkdf2;
use base64::Engine as _;
use base64::alphabet::{BCRYPT, STANDARD};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Bytes that comparing may fill.
const MOST_MEMORY: u64 = 64 * 1024 * 1024;
const MOST_ARGON2_PASSES: u64 = 10;
const MOST_BCRYPT_COST: u32 = 14;
const MOST_SCRYPT_LANES: u32 = 16;
const MOST_PBKDF2_ROUNDS: u32 = 2_000_000;
/// Characters of a hash as it is written.
const MOST_CHARACTERS: usize = 1000;
/// Bytes of which a hash consists.
const BYTES: std::ops::RangeInclusive<usize> = 16..=64;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
const BCRYPT_BASE64: GeneralPurpose = GeneralPurpose::new(
    &BCRYPT,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// A hash that can be compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Hashed {
    /// `$argon2id$v=19$m=…,t=…,p=…$salt$hash`, as the reference implementation writes it.
    Argon2(String),
    /// `$2a$`, `$2b$` or `$2y$`, the cost, salt and hash.
    Bcrypt(String),
    /// `$scrypt$ln=…,r=…,p=…$salt$hash`; Firebase's: `$fbscrypt$v=1,n=…,r=…,p=…,ss=…,sk=…$salt$hash`.
    Scrypt { cost: Scrypt, salt: Vec<u8>, hash: Vec<u8>, signer: Option<Vec<u8>> },
    /// `$pbkdf2-sha256$i=…$salt$hash` and its like; Django's: `pbkdf2_sha256$rounds$salt$hash`.
    Pbkdf2 { digest: Digest, rounds: NonZeroU32, salt: Vec<u8>, hash: Vec<u8> },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scrypt {
    log_n: u8,
    r: u32,
    p: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Digest {
    Sha1,
    Sha256,
    Sha512,
}

/// Why a hash is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// It is none of the known kinds, or not whole.
    #[error(
        "this is no hash of a known kind: there are argon2, bcrypt, scrypt, Firebase's scrypt and PBKDF2"
    )]
    Unknown,
    /// Comparing with it costs too much.
    #[error("comparing with this hash would cost too much: {0}")]
    TooDear(&'static str),
}

impl Hashed {
    /// Reads a hash.
    pub(crate) fn parse(text: &str) -> Result<Self, Refusal> {
        if text.len() > MOST_CHARACTERS || !text.is_ascii() || text.contains('\0') {
            return Err(Refusal::Unknown);
        }
        let parts: Vec<&str> = text.split('$').collect();
        match parts.as_slice() {
            ["", "2a" | "2b" | "2y", cost, rest] => bcrypt(text, cost, rest),
            ["", kind, ..] if kind.starts_with("argon2") => argon2(text),
            ["", "scrypt", parameters, salt, hash] => scrypt(parameters, salt, hash),
            ["", "fbscrypt", parameters, salt, hash] => firebase(parameters, salt, hash),
            ["", kind, parameters, salt, hash] => {
                let rounds = number(&named(parameters), "i")?;
                pbkdf2(Digest::of(kind.strip_prefix("pbkdf2-"))?, rounds, bytes(salt)?, hash)
            }
            // The salt is text there, and not base64.
            [kind, rounds, salt, hash] => {
                let rounds = rounds.parse().map_err(|_| Refusal::Unknown)?;
                pbkdf2(Digest::of(kind.strip_prefix("pbkdf2_"))?, rounds, salt.as_bytes().to_vec(), hash)
            }
            _ => Err(Refusal::Unknown),
        }
    }

    /// Whether it is the hash of a password. Takes long, as it should.
    pub(crate) fn is_of(&self, password: &[u8]) -> bool {
        match self {
            Self::Argon2(text) => PasswordHash::new(text)
                .is_ok_and(|hash| Argon2::default().verify_password(password, &hash).is_ok()),
            Self::Bcrypt(text) => bcrypt::verify(password, text).unwrap_or(false),
            Self::Scrypt { cost, salt, hash, signer } => {
                let Ok(parameters) = scrypt::Params::new(cost.log_n, cost.r, cost.p) else { return false };
                let length = if signer.is_some() { 64 } else { hash.len() };
                let mut derived = vec![0; length];
                let filled = scrypt::scrypt(password, salt, &parameters, &mut derived).is_ok();
                let made = match signer {
                    Some(signer) => signed(&derived, signer),
                    None => Some(derived),
                };
                filled && made.is_some_and(|made| verify_slices_are_equal(&made, hash).is_ok())
            }
            Self::Pbkdf2 { digest, rounds, salt, hash } => {
                pbkdf2::verify(digest.algorithm(), *rounds, salt, password, hash).is_ok()
            }
        }
    }
}

impl Digest {
    fn of(name: Option<&str>) -> Result<Self, Refusal> {
        match name {
            Some("sha1") => Ok(Self::Sha1),
            Some("sha256") => Ok(Self::Sha256),
            Some("sha512") => Ok(Self::Sha512),
            _ => Err(Refusal::Unknown),
        }
    }

    const fn algorithm(self) -> pbkdf2::Algorithm {
        match self {
            Self::Sha1 => pbkdf2::PBKDF2_HMAC_SHA1,
            Self::Sha256 => pbkdf2::PBKDF2_HMAC_SHA256,
            Self::Sha512 => pbkdf2::PBKDF2_HMAC_SHA512,
        }
    }
}

fn argon2(text: &str) -> Result<Hashed, Refusal> {
    let hash = PasswordHash::new(text).map_err(|_| Refusal::Unknown)?;
    let known = matches!(hash.algorithm.as_str(), "argon2id" | "argon2i" | "argon2d");
    if !known || hash.hash.is_none() || hash.salt.is_none() {
        return Err(Refusal::Unknown);
    }
    let parameter = |name: &str| hash.params.get_decimal(name).map(u64::from);
    let (memory, passes) = parameter("m").zip(parameter("t")).ok_or(Refusal::Unknown)?;
    if memory.saturating_mul(1024) > MOST_MEMORY || passes > MOST_ARGON2_PASSES {
        return Err(Refusal::TooDear("argon2 may fill 64 MiB, ten times"));
    }
    Ok(Hashed::Argon2(text.to_owned()))
}

fn bcrypt(text: &str, cost: &str, rest: &str) -> Result<Hashed, Refusal> {
    let cost: u32 = cost.parse().map_err(|_| Refusal::Unknown)?;
    if rest.len() != 53 || BCRYPT_BASE64.decode(rest.get(..22).unwrap_or_default()).is_err() || cost < 4 {
        return Err(Refusal::Unknown);
    }
    if cost > MOST_BCRYPT_COST {
        return Err(Refusal::TooDear("the cost of bcrypt may be 14"));
    }
    Ok(Hashed::Bcrypt(text.to_owned()))
}

fn scrypt(parameters: &str, salt: &str, hash: &str) -> Result<Hashed, Refusal> {
    let named = named(parameters);
    let log_n = number(&named, "ln")?;
    let cost = Scrypt::within(log_n, number(&named, "r")?, number(&named, "p")?)?;
    let (salt, hash) = (bytes(salt)?, bytes(hash)?);
    if BYTES.contains(&hash.len()) {
        Ok(Hashed::Scrypt { cost, salt, hash, signer: None })
    } else {
        Err(Refusal::Unknown)
    }
}

/// Firebase derives a key and encrypts a key of the project's with it.
fn firebase(parameters: &str, salt: &str, hash: &str) -> Result<Hashed, Refusal> {
    let named = named(parameters);
    let cost = Scrypt::within(number(&named, "n")?, number(&named, "r")?, number(&named, "p")?)?;
    let part = |name: &str| named.get(name).ok_or(Refusal::Unknown).and_then(|text| bytes(text));
    let (mut salt, signer, hash) = (bytes(salt)?, part("sk")?, bytes(hash)?);
    salt.extend(part("ss")?);
    let fits = signer.len() == hash.len() && BYTES.contains(&hash.len());
    if fits { Ok(Hashed::Scrypt { cost, salt, hash, signer: Some(signer) }) } else { Err(Refusal::Unknown) }
}

impl Scrypt {
    fn within(log_n: u32, r: u32, p: u32) -> Result<Self, Refusal> {
        let memory =
            1_u64.checked_shl(log_n).unwrap_or(u64::MAX).saturating_mul(u64::from(r)).saturating_mul(128);
        if log_n >= 63 || memory > MOST_MEMORY || p > MOST_SCRYPT_LANES {
            return Err(Refusal::TooDear("scrypt may fill 64 MiB, in 16 lanes"));
        }
        let log_n = u8::try_from(log_n).map_err(|_| Refusal::Unknown)?;
        scrypt::Params::new(log_n, r, p).map(|_| Self { log_n, r, p }).map_err(|_| Refusal::Unknown)
    }
}

fn pbkdf2(digest: Digest, rounds: u32, salt: Vec<u8>, hash: &str) -> Result<Hashed, Refusal> {
    let (rounds, hash) = (NonZeroU32::new(rounds).ok_or(Refusal::Unknown)?, bytes(hash)?);
    if rounds.get() > MOST_PBKDF2_ROUNDS {
        return Err(Refusal::TooDear("PBKDF2 may go round two million times"));
    }
    if BYTES.contains(&hash.len()) && !salt.is_empty() {
        Ok(Hashed::Pbkdf2 { digest, rounds, salt, hash })
    } else {
        Err(Refusal::Unknown)
    }
}

/// `a=1,b=2`.
fn named(parameters: &str) -> BTreeMap<&str, &str> {
    parameters.split(',').filter_map(|parameter| parameter.split_once('=')).collect()
}

fn number(named: &BTreeMap<&str, &str>, name: &str) -> Result<u32, Refusal> {
    named.get(name).and_then(|text| text.parse().ok()).ok_or(Refusal::Unknown)
}

fn bytes(text: &str) -> Result<Vec<u8>, Refusal> {
    BASE64.decode(text).map_err(|_| Refusal::Unknown)
}

/// A project's key encrypted with what was derived: AES-256 in counter mode, from zero.
fn signed(derived: &[u8], signer: &[u8]) -> Option<Vec<u8>> {
    let key = UnboundCipherKey::new(&AES_256, derived.get(..32)?).ok()?;
    let mut text = signer.to_vec();
    let start = EncryptionContext::Iv128([0; 16].into());
    EncryptingKey::ctr(key).ok()?.less_safe_encrypt(&mut text, start).ok()?;
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each made by another implementation, of the password `correct horse`, but for Firebase's, whose makers publish
    /// one of `user1password`.
    const KNOWN: [(&str, &str); 9] = [
        ("correct horse", "$2b$05$/OW7k7j5fOv91fMtMUUC5uU/UYqr8bCp2BVtkFKwWyiKdngGopfx2"),
        ("correct horse", "$2y$05$pf.Glc4YnwTRh3dVPnuICupocHn8I7HamIRV47cL85GGGmeL5SlbC"),
        (
            "correct horse",
            "$argon2id$v=19$m=4096,t=2,p=2$uvztnlKXoUWMu1Bg6GIg7A$hDdtKxlouVc6Sm/m0GUM/RBQ2EqwRGgT1UNwfSZpKfI",
        ),
        (
            "correct horse",
            "$argon2i$v=19$m=4096,t=3,p=1$x1iByD5+56VQC8sxVUiR5A$79+DDpl5iX2YuPNE3wDUTv46H3lMF6+xR38kRiYd7mI",
        ),
        (
            "correct horse",
            "$scrypt$ln=10,r=8,p=1$c2l4dGVlbiBieXRlcyBvZg$19kR5BJnX7Sf3qhzB+3lEPAat2ujkkd3B9U0w0iHen8",
        ),
        (
            "user1password",
            "$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmY\
             USDzZvpjeJ9WmXA==$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo\
             78198JAdRuid5lQ==",
        ),
        (
            "correct horse",
            "$pbkdf2-sha256$i=1000,l=32$c2l4dGVlbiBieXRlcyBvZg$y6QesfSHiadJe14jSg2x291T5Tyg3Jl9BU9qqM70WLU",
        ),
        (
            "correct horse",
            "$pbkdf2-sha512$i=1000,l=64$c2l4dGVlbiBieXRlcyBvZg$xtUHJEfRfqTEYYolO3dcYZg/Rmx0gSVJXOJcdPqweU9Cfo1peXdB3Cp2\
             Pg4K2PQMWSd9d0nMQnMQkAbq70N3jw",
        ),
        ("correct horse", "pbkdf2_sha256$1000$abcDEF123$L976N2gLUUrlB5ESxtk3TLeeDGoP0DvnDZW8r9F5sFo="),
    ];

    #[test]
    fn hashes_of_others_are_of_their_password_and_no_other() {
        for (password, hash) in KNOWN {
            let hashed = Hashed::parse(hash).unwrap_or_else(|error| panic!("{hash}: {error}"));
            assert!(hashed.is_of(password.as_bytes()), "{hash}");
            assert!(!hashed.is_of(b"correct horsf") && !hashed.is_of(b""), "{hash}");
        }
    }

    #[test]
    fn what_would_cost_too_much_is_refused() {
        let dear = [
            "$2b$15$abcdefghijklmnopqrstuuKJH1GBqPNkJ1Eyh3zqK9y3yDqvYb5y2",
            "$scrypt$ln=17,r=8,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=62,r=8,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=10,r=8,p=17$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$fbscrypt$v=1,n=17,r=8,p=1,ss=Bw==,sk=AAAAAAAAAAAAAAAAAAAAAA==$c2FsdA==$AAAAAAAAAAAAAAAAAAAAAA==",
            "$pbkdf2-sha256$i=2000001,l=32$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "pbkdf2_sha256$4000000000$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            "$argon2id$v=19$m=65537,t=2,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$argon2id$v=19$m=19456,t=11,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ];
        for hash in dear {
            assert!(
                matches!(Hashed::parse(hash), Err(Refusal::TooDear(_))),
                "{hash}: {:?}",
                Hashed::parse(hash)
            );
        }
    }

    #[test]
    fn what_is_no_hash_is_refused() {
        let none = [
            "",
            "correct horse",
            "5f4dcc3b5aa765d61d8327deb882cf99",
            "$2b$10$short",
            "$2b$xx$abcdefghijklmnopqrstuuKJH1GBqPNkJ1Eyh3zqK9y3yDqvYb5y2",
            "$1$salt$AAAAAAAAAAAAAAAAAAAAAA",
            "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ",
            "$argon2id$v=19$t=2,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=10,r=8,p=1$c2FsdHNhbHQ$AAAA",
            "$scrypt$ln=0,r=0,p=0$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$pbkdf2-md5$i=1000$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
            "$pbkdf2-sha256$i=0$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "pbkdf2_sha256$1000$$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            "pbkdf2_sha256$1000$salt$",
        ];
        for hash in none {
            assert_eq!(Hashed::parse(hash), Err(Refusal::Unknown), "{hash}");
        }
    }
}
