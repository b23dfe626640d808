use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use jsonwebtoken::{EncodingKey, encode};
use serde_json::json;

use super::*;
use crate::clock::{Clock as _, SystemClock};

const CLIENT: &str = "our-app";
const NONCE: &str = "the-nonce";

struct World {
    issuer: Issuer,
    key: EncodingKey,
    keys: Value,
    now: Timestamp,
}

impl World {
    fn new() -> Self {
        let pair = Ed25519KeyPair::generate().unwrap();
        let der = pair.to_pkcs8v1().unwrap();
        let x = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
        Self {
            issuer: issuer("https://idp.example"),
            key: EncodingKey::from_ed_der(der.as_ref()),
            keys: json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "one", "x": x, "use": "sig"}]}),
            now: SystemClock.now(),
        }
    }

    fn seconds(&self) -> i64 {
        self.now.as_micros() / 1_000_000
    }

    fn claims(&self) -> Value {
        json!({"iss": self.issuer.name, "sub": "ann", "aud": CLIENT, "iat": self.seconds(),
            "exp": self.seconds() + 600, "nonce": NONCE, "email": "ann@example.com"})
    }

    fn sign(&self, claims: &Value) -> String {
        let mut header = jsonwebtoken::Header::new(Algorithm::EdDSA);
        header.kid = Some("one".to_owned());
        encode(&header, claims, &self.key).unwrap()
    }

    fn read(&self, token: &str) -> Result<Signed, Fault> {
        let expected =
            Expected { issuer: &self.issuer, client_id: CLIENT, nonce: (NONCE, true), now: self.now };
        read(token, &self.keys, &expected)
    }

    /// What comes of a token with one claim changed; null takes it away.
    fn with(&self, name: &str, value: Value) -> Result<Signed, Fault> {
        let mut claims = self.claims();
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value;
        }
        self.read(&self.sign(&claims))
    }
}

fn issuer(name: &str) -> Issuer {
    let keys = "https://idp.example/keys".parse().unwrap();
    Issuer { name: name.to_owned(), keys, names_itself: false }
}

#[test]
fn a_token_says_who_somebody_is() {
    let world = World::new();
    let Signed { claims, directory } = world.read(&world.sign(&world.claims())).unwrap();
    assert_eq!(directory, None);
    assert_eq!((&claims["sub"], &claims["email"]), (&json!("ann"), &json!("ann@example.com")));
    for (name, value) in [
        ("aud", json!([CLIENT])),
        ("azp", json!(CLIENT)),
        ("exp", json!(world.seconds() - 59)),
        ("iat", json!(world.seconds() + 60)),
    ] {
        assert!(world.with(name, value.clone()).is_ok(), "{name} {value}");
    }
}

/// security.md §2.1 and §2.9: another issuer, another app, another sign-in, another time; a claim of another type.
#[test]
fn a_token_that_is_not_for_this_sign_in_is_none() {
    let world = World::new();
    let wrong = [
        ("iss", json!("https://evil.example")),
        ("iss", json!("https://idp.example/")),
        ("iss", json!(null)),
        ("aud", json!("another-app")),
        ("aud", json!(["another-app"])),
        ("aud", json!([CLIENT, "another-app"])),
        ("aud", json!(null)),
        ("aud", json!({"0": CLIENT})),
        ("azp", json!("another-app")),
        ("azp", json!(7)),
        ("exp", json!(world.seconds() - 60)),
        ("exp", json!(null)),
        ("exp", json!("9999999999")),
        ("iat", json!(world.seconds() + 61)),
        ("iat", json!(null)),
        ("nonce", json!("another")),
        ("nonce", json!(null)),
        ("nonce", json!([NONCE])),
        ("sub", json!(null)),
        ("sub", json!(7)),
    ];
    for (name, value) in wrong {
        assert!(matches!(world.with(name, value.clone()), Err(Fault::Wrong(_))), "{name} {value}");
    }
}

/// RFC 8725: no other algorithm, no unsigned token, no key that a token brings along, no other kind of token.
#[test]
fn the_header_decides_nothing() {
    let world = World::new();
    let token = world.sign(&world.claims());
    let [_, payload, signature] = token.split('.').collect::<Vec<_>>()[..] else { panic!("{token}") };
    let x = world.keys["keys"][0]["x"].clone();
    let headers = [
        json!({"alg": "none", "kid": "one"}),
        json!({"alg": "None", "kid": "one"}),
        json!({"alg": "HS256", "kid": "one"}),
        json!({"alg": "RS256", "kid": "one"}),
        json!({"alg": "ES256", "kid": "one"}),
        json!({"alg": "EdDSA", "kid": "two", "jku": "https://evil.example/keys"}),
        json!({"alg": "EdDSA", "jwk": {"kty": "OKP", "crv": "Ed25519", "x": x}, "kid": "two"}),
        json!({"alg": "EdDSA", "kid": "one", "typ": "at+jwt"}),
        json!({"alg": "EdDSA", "kid": "one", "crit": ["exp"]}),
        json!({"alg": ["EdDSA"], "kid": "one"}),
    ];
    for header in headers {
        let header = URL_SAFE_NO_PAD.encode(header.to_string());
        for signature in [signature, ""] {
            let forged = format!("{header}.{payload}.{signature}");
            assert!(world.read(&forged).is_err(), "{forged}");
        }
    }
    // With the public key as the secret of a symmetric signature.
    let secret = URL_SAFE_NO_PAD.decode(x.as_str().unwrap()).unwrap();
    for kid in [Some("one".to_owned()), None] {
        let mut header = jsonwebtoken::Header::new(Algorithm::HS256);
        header.kid = kid;
        let forged = encode(&header, &world.claims(), &EncodingKey::from_secret(&secret)).unwrap();
        assert!(world.read(&forged).is_err());
    }
    // Another's key under the same name.
    assert!(world.read(&World::new().sign(&world.claims())).is_err());
    assert!(world.read(&token[..token.len() - 1]).is_err());
    assert!(world.read("").is_err() && world.read("..").is_err());
}

#[test]
fn keys_are_found_by_name_and_kind() {
    let mut world = World::new();
    let token = world.sign(&world.claims());
    let own = world.keys["keys"][0].clone();
    // Beside others, some of which nobody here can read.
    let strange = json!({"kty": "PQC", "kid": "one", "k": "x"});
    let mut for_encryption = own.clone();
    for_encryption["use"] = json!("enc");
    world.keys = json!({"keys": [strange, own]});
    assert!(world.read(&token).is_ok());
    world.keys = json!({"keys": [for_encryption]});
    assert_eq!(world.read(&token), Err(Fault::UnknownKey));
    world.keys = json!({"keys": "none"});
    assert_eq!(world.read(&token), Err(Fault::UnknownKey));
}

#[test]
fn keys_of_elliptic_curves_sign_too() {
    let mut world = World::new();
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let point = pair.public_key().as_ref();
    let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..]));
    world.keys = json!({"keys": [{"kty": "EC", "crv": "P-256", "x": x, "y": y}]});
    let key = EncodingKey::from_ec_der(pair.to_pkcs8v1().unwrap().as_ref());
    let token = encode(&jsonwebtoken::Header::new(Algorithm::ES256), &world.claims(), &key).unwrap();
    assert!(world.read(&token).is_ok());
}

/// Microsoft has an issuer for each directory, and a directory's users are its own.
#[test]
fn an_issuer_for_each_directory_is_that_directorys() {
    let mut world = World::new();
    world.issuer = issuer("https://login.microsoftonline.com/{tenantid}/v2.0");
    let mut claims = world.claims();
    claims["iss"] = json!("https://login.microsoftonline.com/aaa-1/v2.0");
    claims["tid"] = json!("aaa-1");
    assert_eq!(world.read(&world.sign(&claims)).unwrap().directory.as_deref(), Some("aaa-1"));
    for tid in [json!("bbb-2"), json!("../aaa-1"), json!(null), json!("")] {
        claims["tid"] = tid.clone();
        assert!(world.read(&world.sign(&claims)).is_err(), "{tid}");
    }
}
