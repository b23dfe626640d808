//! ID tokens: OpenID Connect Core §3.1.3.7, with what RFC 8725 asks for.
//!
//! Of a header only the algorithm and the key's name are looked at; keys come from the issuer's own address, whatever a
//! token brings along. Every claim has its JSON type or the token does not count: a claim of another type is not taken
//! for one that is absent.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::endpoints::{Issuer, MICROSOFT};
use crate::clock::Timestamp;

/// Symmetric ones are not among them: what checks a signature is public.
const ALGORITHMS: [(&str, Algorithm); 4] = [
    ("RS256", Algorithm::RS256),
    ("PS256", Algorithm::PS256),
    ("ES256", Algorithm::ES256),
    ("EdDSA", Algorithm::EdDSA),
];
/// How far clocks may differ.
const LEEWAY_SECONDS: i64 = 60;
/// Longer ones are nobody's.
const MOST_BYTES: usize = 64 * 1024;
const MOST_KEYS: usize = 100;

/// What a token has to be.
pub(super) struct Expected<'e> {
    pub(super) issuer: &'e Issuer,
    pub(super) client_id: &'e str,
    /// What was sent along; and whether a token without it counts.
    pub(super) nonce: (&'e str, bool),
    pub(super) now: Timestamp,
}

/// Why a token does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Its key is not among those that are known; there may be new ones.
    UnknownKey,
    /// It is not what it should be.
    Wrong(&'static str),
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<Value>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: i64,
    iat: i64,
    nonce: Option<String>,
    azp: Option<String>,
    tid: Option<String>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// Whether algorithms of that name are taken.
pub(super) fn is_taken(algorithm: &str) -> bool {
    ALGORITHMS.iter().any(|(name, _)| *name == algorithm)
}

/// What a token says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Signed {
    pub(super) claims: Value,
    /// Of an issuer for each directory, whose user it is: a user's name is one within it.
    pub(super) directory: Option<String>,
}

/// What a token says that is what it has to be, by those of `keys` (RFC 7517).
pub(super) fn read(token: &str, keys: &Value, expected: &Expected<'_>) -> Result<Signed, Fault> {
    let header = token.split('.').next().and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let header = header.and_then(|bytes| serde_json::from_slice::<Header>(&bytes).ok());
    let header = header.filter(|_| token.len() <= MOST_BYTES).ok_or(Fault::Wrong("it is no token"))?;
    // An access token of the same issuer is none, nor is a token with conditions that nobody here knows.
    if header.crit.is_some() || header.typ.as_ref().is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT")) {
        return Err(Fault::Wrong("it is another kind of token"));
    }
    let algorithm = ALGORITHMS.iter().find(|(name, _)| *name == header.alg);
    let &(_, algorithm) = algorithm.ok_or(Fault::Wrong("its algorithm is not taken"))?;
    let key = key(keys, &header, algorithm).ok_or(Fault::UnknownKey)?;
    let mut validation = Validation::new(algorithm);
    // By the platform's clock and to the letter, below.
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    let read = jsonwebtoken::decode::<Claims>(token, &key, &validation);
    let claims = read.map_err(|_| Fault::Wrong("its signature or its claims are not right"))?.claims;
    claims.check(expected)?;
    Ok(claims.all())
}

/// The key that a header names, or the only one that fits where it names none.
fn key(keys: &Value, header: &Header, algorithm: Algorithm) -> Option<DecodingKey> {
    let keys = keys.get("keys")?.as_array()?;
    // One that cannot be read is as if it was not there: issuers have keys of kinds that we do not know.
    let read = keys.iter().take(MOST_KEYS).filter_map(|key| Jwk::deserialize(key).ok());
    let fits = |key: &Jwk| {
        let signs = key.common.public_key_use.as_ref().is_none_or(|usage| *usage == PublicKeyUse::Signature);
        let same = key.common.key_algorithm.is_none_or(|own| own.to_string() == header.alg);
        signs && same && is_of_kind(key, algorithm)
    };
    let mut fitting = read.filter(fits);
    match &header.kid {
        Some(kid) => fitting.find(|key| key.common.key_id.as_ref() == Some(kid)),
        None => fitting.next().filter(|_| fitting.next().is_none()),
    }
    .and_then(|key| DecodingKey::from_jwk(&key).ok())
}

fn is_of_kind(key: &Jwk, algorithm: Algorithm) -> bool {
    use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve};
    match (&key.algorithm, algorithm) {
        (AlgorithmParameters::RSA(_), Algorithm::RS256 | Algorithm::PS256) => true,
        (AlgorithmParameters::EllipticCurve(key), Algorithm::ES256) => key.curve == EllipticCurve::P256,
        (AlgorithmParameters::OctetKeyPair(key), Algorithm::EdDSA) => key.curve == EllipticCurve::Ed25519,
        _ => false,
    }
}

impl Claims {
    fn check(&self, expected: &Expected<'_>) -> Result<(), Fault> {
        let directory = |tid: &String| tid.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        let tid = self.tid.as_ref().filter(|tid| directory(tid)).map_or("", String::as_str);
        if self.iss != expected.issuer.name.replace("{tenantid}", tid) {
            return Err(Fault::Wrong("it is of another issuer"));
        }
        let own = |audience: &String| audience == expected.client_id;
        let (for_us, for_others) = match &self.aud {
            Audience::One(one) => (own(one), false),
            Audience::Many(many) => (many.iter().any(own), many.len() > 1),
        };
        let party = self.azp.as_ref();
        if !for_us || party.map_or(for_others, |party| !own(party)) {
            return Err(Fault::Wrong("it is for another app"));
        }
        let now = expected.now.as_micros().div_euclid(1_000_000);
        if self.exp.saturating_add(LEEWAY_SECONDS) <= now {
            return Err(Fault::Wrong("its time is over"));
        }
        if self.iat.saturating_sub(LEEWAY_SECONDS) > now {
            return Err(Fault::Wrong("it is from the future"));
        }
        let (nonce, needed) = expected.nonce;
        if self.nonce.as_ref().map_or(needed, |own| own != nonce) {
            return Err(Fault::Wrong("it is of another sign-in"));
        }
        Ok(())
    }

    fn all(self) -> Signed {
        let directory = self.tid.filter(|_| self.iss.starts_with(MICROSOFT));
        let mut claims = self.rest;
        claims.insert("sub".to_owned(), self.sub.into());
        Signed { claims: Value::Object(claims), directory }
    }
}

#[cfg(test)]
#[path = "id_token_tests.rs"]
mod tests;
