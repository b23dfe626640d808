//! Keys that sign a tenant's access tokens, and the tokens: JWT (RFC 7519) of the profile of RFC 9068, signed with
//! `EdDSA` over Ed25519 (RFC 8037).
//!
//! Each tenant is an issuer of its own. A token names its key (`kid`), its tenant (`aud`) and its session (`sid`);
//! nothing else of a header is looked at, so that no token brings its own key along.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::ids::{SessionId, SigningKeyId, TenantId};
use crate::rng::Rng;
use crate::secrets::{MasterKey, SecretError};
use crate::store::StoreError;
use crate::store::entities::signing_keys;

/// The longest that an access token can be good for, so the longest that a key is needed after it signs no more.
pub(super) const LONGEST_TOKEN_SECONDS: i64 = 60 * 60;
/// How long a key is published before it signs: others keep what they have read of the keys for a while.
pub(super) const PUBLISHED_AHEAD_SECONDS: i64 = 10 * 60;
/// What stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410).
const PKCS8: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
/// The media type of an access token.
const TOKEN_TYPE: &str = "at+jwt";

/// A key that signs, or has signed, or will.
#[derive(Clone)]
pub(crate) struct SigningKey {
    id: SigningKeyId,
    public: [u8; 32],
    verifies: DecodingKey,
    /// Sealed under the master key for this tenant and key.
    sealed: Vec<u8>,
    created_at: Timestamp,
    signs_from: Timestamp,
    accepted_until: Option<Timestamp>,
}

/// What an access token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claims {
    pub(crate) iss: String,
    /// The tenant.
    pub(crate) aud: String,
    /// The user.
    pub(crate) sub: Uuid,
    pub(crate) sid: SessionId,
    pub(crate) iat: i64,
    pub(crate) exp: i64,
    /// How the session's user has shown that it is them (RFC 8176).
    #[serde(default)]
    pub(crate) amr: Vec<String>,
    /// When they last did.
    #[serde(default)]
    pub(crate) auth_time: i64,
    /// Who acts as the user, where it is not they.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) act: Option<Acting>,
}

/// Who acts as somebody (RFC 8693 §4.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Acting {
    pub(crate) sub: String,
}

/// A token could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SigningError {
    /// No key is there to sign with.
    #[error("the tenant has no key to sign with")]
    NoKey,
    /// The signature could not be made.
    #[error("a token could not be signed")]
    Sign(#[source] jsonwebtoken::errors::Error),
    /// The private key does not open.
    #[error(transparent)]
    Secret(#[from] SecretError),
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}", self.id)
    }
}

impl SigningKey {
    /// A new key, which signs from then on.
    pub(super) fn generate(
        tenant: TenantId,
        id: SigningKeyId,
        (now, signs_from): (Timestamp, Timestamp),
        master: &MasterKey,
        rng: &dyn Rng,
    ) -> Result<Self, SecretError> {
        let mut seed = [0; 32];
        rng.fill(&mut seed)?;
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| SecretError::Unreadable)?;
        let public: [u8; 32] = pair.public_key().as_ref().try_into().map_err(|_| SecretError::Unreadable)?;
        let sealed = master.seal(&context(tenant, id), &seed, rng)?;
        let verifies = DecodingKey::from_ed_der(&public);
        Ok(Self { id, public, verifies, sealed, created_at: now, signs_from, accepted_until: None })
    }

    /// What an issuer publishes of it (RFC 7517).
    pub(super) fn jwk(&self) -> Jwk {
        Jwk {
            kty: "OKP",
            crv: "Ed25519",
            alg: "EdDSA",
            usage: "sig",
            kid: self.id.to_string(),
            x: URL_SAFE_NO_PAD.encode(self.public),
        }
    }

    pub(super) const fn id(&self) -> SigningKeyId {
        self.id
    }

    /// Whether what it has signed counts.
    pub(super) fn is_accepted(&self, now: Timestamp) -> bool {
        self.accepted_until.is_none_or(|until| now < until)
    }

    pub(super) fn row(&self, tenant: TenantId) -> signing_keys::ActiveModel {
        use sea_orm::ActiveValue::Set;
        signing_keys::ActiveModel {
            tenant_id: Set(tenant.as_uuid()),
            id: Set(self.id.as_uuid()),
            public_key: Set(self.public.to_vec()),
            private_key: Set(self.sealed.clone()),
            created_at: Set(self.created_at.as_micros()),
            signs_from: Set(self.signs_from.as_micros()),
            accepted_until: Set(self.accepted_until.map(Timestamp::as_micros)),
        }
    }

    fn sign(&self, claims: &Claims, tenant: TenantId, master: &MasterKey) -> Result<String, SigningError> {
        let seed = master.open(&context(tenant, self.id), &self.sealed)?;
        let key = EncodingKey::from_ed_der(&[&PKCS8[..], &seed].concat());
        let header = Header {
            typ: Some(TOKEN_TYPE.to_owned()),
            kid: Some(self.id.to_string()),
            ..Header::new(Algorithm::EdDSA)
        };
        jsonwebtoken::encode(&header, claims, &key).map_err(SigningError::Sign)
    }
}

impl TryFrom<signing_keys::Model> for SigningKey {
    type Error = StoreError;

    fn try_from(row: signing_keys::Model) -> Result<Self, StoreError> {
        let time =
            |micros| Timestamp::from_micros(micros).ok_or(StoreError::Column { column: 0, wanted: "a time" });
        let wrong = StoreError::Column { column: 2, wanted: "a public key" };
        let public: [u8; 32] = row.public_key.try_into().map_err(|_| wrong)?;
        Ok(Self {
            id: SigningKeyId::from_uuid(row.id),
            verifies: DecodingKey::from_ed_der(&public),
            public,
            sealed: row.private_key,
            created_at: time(row.created_at)?,
            signs_from: time(row.signs_from)?,
            accepted_until: row.accepted_until.map(time).transpose()?,
        })
    }
}

/// A public key as an issuer publishes it.
#[derive(Debug, Clone, Serialize)]
pub struct Jwk {
    /// The kind of key.
    pub kty: &'static str,
    /// Its curve.
    pub crv: &'static str,
    /// What it signs with.
    pub alg: &'static str,
    /// What it is for.
    #[serde(rename = "use")]
    pub usage: &'static str,
    /// Its name.
    pub kid: String,
    /// Its bytes, in base64url.
    pub x: String,
}

/// The tenant that a token says it is for, before anything of it is checked.
pub(crate) fn named_tenant(token: &str) -> Option<TenantId> {
    #[derive(Deserialize)]
    struct Audience {
        aud: String,
    }
    let payload = token.split('.').nth(1)?;
    let claims: Audience = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
    claims.aud.parse().ok()
}

/// Signs with the key whose turn it is.
pub(super) fn sign(
    keys: &[SigningKey],
    claims: &Claims,
    tenant: TenantId,
    now: Timestamp,
    master: &MasterKey,
) -> Result<String, SigningError> {
    let key = keys.iter().filter(|key| key.signs_from <= now && key.is_accepted(now));
    let key = key.max_by_key(|key| (key.signs_from, key.id)).ok_or(SigningError::NoKey)?;
    key.sign(claims, tenant, master)
}

/// What a token says and which key has signed it, if it is one of the tenant's, for this tenant, and its time is not
/// over.
pub(super) fn verify(
    keys: &[SigningKey],
    token: &str,
    (issuer, tenant): (&str, TenantId),
    now: Timestamp,
) -> Option<(SigningKeyId, Claims)> {
    let header = jsonwebtoken::decode_header(token).ok()?;
    if header.typ.as_deref() != Some(TOKEN_TYPE) || header.alg != Algorithm::EdDSA {
        return None;
    }
    let id: SigningKeyId = header.kid?.parse().ok()?;
    let key = keys.iter().find(|key| key.id == id && key.is_accepted(now))?;
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    validation.set_issuer(&[issuer]);
    validation.set_audience(&[tenant]);
    // By the platform's clock, below.
    validation.validate_exp = false;
    let claims = jsonwebtoken::decode::<Claims>(token, &key.verifies, &validation).ok()?.claims;
    let now = now.as_micros().div_euclid(1_000_000);
    (now < claims.exp && claims.aud == tenant.to_string()).then_some((id, claims))
}

fn context(tenant: TenantId, key: SigningKeyId) -> Vec<u8> {
    format!("signing key {key} of {tenant}").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{Clock as _, SystemClock};
    use crate::rng::SystemRng;

    fn key(tenant: TenantId, master: &MasterKey, signs_from: Timestamp) -> SigningKey {
        let id = SigningKeyId::generate(&SystemClock, &SystemRng).unwrap();
        SigningKey::generate(tenant, id, (signs_from, signs_from), master, &SystemRng).unwrap()
    }

    fn claims(tenant: TenantId, now: Timestamp) -> Claims {
        let iat = now.as_micros() / 1_000_000;
        Claims {
            iss: "https://neonex.example".to_owned(),
            aud: tenant.to_string(),
            sub: Uuid::from_u128(7),
            sid: SessionId::from_uuid(Uuid::from_u128(8)),
            iat,
            exp: iat + 900,
            act: None,
            amr: vec!["pwd".to_owned()],
            auth_time: iat,
        }
    }

    struct World {
        master: MasterKey,
        tenant: TenantId,
        keys: Vec<SigningKey>,
        now: Timestamp,
    }

    impl World {
        fn new() -> Self {
            let master = MasterKey::from_bytes(&[7; 32]);
            let tenant = TenantId::generate(&SystemClock, &SystemRng).unwrap();
            let now = SystemClock.now();
            Self { keys: vec![key(tenant, &master, now)], master, tenant, now }
        }

        fn sign(&self, claims: &Claims) -> String {
            sign(&self.keys, claims, self.tenant, self.now, &self.master).unwrap()
        }

        fn verify(&self, token: &str, now: Timestamp) -> Option<Claims> {
            let whose = ("https://neonex.example", self.tenant);
            verify(&self.keys, token, whose, now).map(|(_, claims)| claims)
        }
    }

    #[test]
    fn a_token_is_read_back_until_its_time_is_over() {
        let world = World::new();
        let claims = claims(world.tenant, world.now);
        let token = world.sign(&claims);
        assert_eq!(named_tenant(&token), Some(world.tenant));
        assert_eq!(world.verify(&token, world.now), Some(claims.clone()));
        assert_eq!(world.verify(&token, world.now.plus_seconds(899)), Some(claims));
        assert_eq!(world.verify(&token, world.now.plus_seconds(900)), None);
    }

    #[test]
    fn a_token_of_another_issuer_tenant_or_key_is_none() {
        let world = World::new();
        let good = claims(world.tenant, world.now);
        let others = [
            Claims { iss: "https://evil.example".to_owned(), ..good.clone() },
            Claims { aud: TenantId::generate(&SystemClock, &SystemRng).unwrap().to_string(), ..good.clone() },
        ];
        for claims in others {
            assert_eq!(world.verify(&world.sign(&claims), world.now), None, "{claims:?}");
        }
        let own = world.keys.clone();
        let keys = vec![key(world.tenant, &world.master, world.now)];
        let other = World { keys, master: world.master.clone(), ..world };
        assert_eq!(
            verify(&own, &other.sign(&good), ("https://neonex.example", other.tenant), other.now),
            None
        );
    }

    /// RFC 8725: no other algorithm, no unsigned token, no key that the token brings along, no other kind of token.
    #[test]
    fn the_header_decides_nothing() {
        let world = World::new();
        let token = world.sign(&claims(world.tenant, world.now));
        let [_, payload, signature] = token.split('.').collect::<Vec<_>>()[..] else { panic!("{token}") };
        let kid = world.keys[0].id.to_string();
        let x = world.keys[0].jwk().x;
        let headers = [
            serde_json::json!({"typ": TOKEN_TYPE, "alg": "none", "kid": kid}),
            serde_json::json!({"typ": TOKEN_TYPE, "alg": "HS256", "kid": kid}),
            serde_json::json!({"typ": "JWT", "alg": "EdDSA", "kid": kid}),
            serde_json::json!({"typ": TOKEN_TYPE, "alg": "EdDSA"}),
            serde_json::json!({"typ": TOKEN_TYPE, "alg": "EdDSA", "kid": "sig_00"}),
            serde_json::json!({"typ": TOKEN_TYPE, "alg": "EdDSA", "jku": "https://evil.example/keys", "jwk":
                {"kty": "OKP", "crv": "Ed25519", "x": x}}),
        ];
        for header in headers {
            let header = URL_SAFE_NO_PAD.encode(header.to_string());
            for signature in [signature, ""] {
                let forged = format!("{header}.{payload}.{signature}");
                assert_eq!(world.verify(&forged, world.now), None, "{forged}");
            }
        }
        // With the public key as the secret of a symmetric signature.
        let mut header = Header::new(Algorithm::HS256);
        header.typ = Some(TOKEN_TYPE.to_owned());
        header.kid = Some(world.keys[0].id.to_string());
        let secret = EncodingKey::from_secret(&world.keys[0].public);
        let forged = jsonwebtoken::encode(&header, &claims(world.tenant, world.now), &secret).unwrap();
        assert_eq!(world.verify(&forged, world.now), None);
        // A shortened signature, a changed payload.
        assert_eq!(world.verify(&token[..token.len() - 1], world.now), None);
        let mut changed = claims(world.tenant, world.now);
        changed.sub = Uuid::from_u128(9);
        let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&changed).unwrap());
        let head = token.split('.').next().unwrap();
        assert_eq!(world.verify(&format!("{head}.{payload}.{signature}"), world.now), None);
    }

    #[test]
    fn the_newest_key_signs_when_its_turn_comes_and_a_retired_one_is_refused() {
        let mut world = World::new();
        let token = world.sign(&claims(world.tenant, world.now));
        let next = key(world.tenant, &world.master, world.now.plus_seconds(600));
        world.keys.push(next);
        assert!(world.sign(&claims(world.tenant, world.now)).starts_with(token.split('.').next().unwrap()));
        world.now = world.now.plus_seconds(600);
        assert!(!world.sign(&claims(world.tenant, world.now)).starts_with(token.split('.').next().unwrap()));
        world.keys[0].accepted_until = Some(world.now.plus_seconds(10));
        assert!(world.verify(&token, world.now).is_some());
        assert!(world.verify(&token, world.now.plus_seconds(10)).is_none());
    }
}
