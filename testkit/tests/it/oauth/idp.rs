//! A provider of the tests' own, which says whatever a test wants it to say.

use std::sync::{Arc, Mutex};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use poem::listener::{Acceptor as _, Listener as _, TcpListener};
use poem::web::{Data, Json};
use poem::{EndpointExt as _, Route, Server, get, handler, post};
use serde_json::{Value, json};

/// The provider. Cheap to clone.
#[derive(Clone)]
pub(super) struct Idp(Arc<Inner>);

struct Inner {
    issuer: String,
    key: EncodingKey,
    x: String,
    says: Mutex<Says>,
}

/// What it says.
#[derive(Clone, Default)]
pub(super) struct Says {
    /// In the ID token, if there is one.
    pub(super) claims: Value,
    /// Signed by whom; by nobody where this is empty.
    pub(super) unsigned: bool,
    /// Where it is asked.
    pub(super) userinfo: Value,
    /// In its description, over what it would say.
    pub(super) metadata: Value,
    /// The name of its key.
    pub(super) kid: String,
    /// How often its keys were read.
    pub(super) keys_read: usize,
}

#[handler]
fn metadata(idp: Data<&Idp>) -> Json<Value> {
    let issuer = &idp.0.0.issuer;
    let mut said = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"],
        "id_token_signing_alg_values_supported": ["EdDSA"],
        "code_challenge_methods_supported": ["S256"],
    });
    if let Value::Object(other) = idp.says().metadata {
        said.as_object_mut().unwrap().extend(other);
    }
    Json(said)
}

#[handler]
fn keys(idp: Data<&Idp>) -> Json<Value> {
    idp.0.says_now(|says| says.keys_read += 1);
    let kid = idp.says().kid;
    Json(json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": idp.0.0.x, "use": "sig"}]}))
}

#[handler]
fn token(idp: Data<&Idp>) -> Json<Value> {
    let says = idp.says();
    let mut answer = json!({"access_token": "the-access-token", "token_type": "Bearer"});
    if !says.claims.is_null() {
        answer["id_token"] = idp.sign(&says).into();
    }
    Json(answer)
}

#[handler]
fn userinfo(idp: Data<&Idp>) -> Json<Value> {
    Json(idp.says().userinfo)
}

impl Idp {
    pub(super) async fn start() -> Self {
        let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.unwrap();
        let port = acceptor.local_addr()[0].as_socket_addr().unwrap().port();
        let pair = Ed25519KeyPair::generate().unwrap();
        let inner = Inner {
            issuer: format!("http://127.0.0.1:{port}"),
            key: EncodingKey::from_ed_der(pair.to_pkcs8v1().unwrap().as_ref()),
            x: URL_SAFE_NO_PAD.encode(pair.public_key().as_ref()),
            says: Mutex::new(Says { kid: "one".to_owned(), ..Says::default() }),
        };
        let idp = Self(Arc::new(inner));
        let routes = Route::new()
            .at("/.well-known/openid-configuration", get(metadata))
            .at("/keys", get(keys))
            .at("/token", post(token))
            .at("/userinfo", get(userinfo))
            .data(idp.clone());
        tokio::spawn(Server::new_with_acceptor(acceptor).run(routes));
        idp
    }

    pub(super) fn issuer(&self) -> &str {
        &self.0.issuer
    }

    pub(super) fn says(&self) -> Says {
        self.0.says.lock().unwrap().clone()
    }

    /// Changes what it says.
    pub(super) fn says_now(&self, change: impl FnOnce(&mut Says)) {
        change(&mut self.0.says.lock().unwrap());
    }

    fn sign(&self, says: &Says) -> String {
        if says.unsigned {
            let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
            return format!("{}.{}.", part(&json!({"alg": "none"})), part(&says.claims));
        }
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(says.kid.clone());
        encode(&header, &says.claims, &self.0.key).unwrap()
    }
}
