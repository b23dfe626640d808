//! A tenant as an issuer: who has nothing but a token finds the keys.

use neonex_testkit::{AppTenant, TestApp};
use serde_json::{Value, json};

use crate::api::{expect, problem};
use crate::auth::user;

const PUBLIC: &str = "https://neonex.test";

/// Follows a token's issuer to the keys, with no credential and no header.
async fn keys(acme: &AppTenant, issuer: &str) -> Value {
    let at = |url: &Value| url.as_str().unwrap().strip_prefix(PUBLIC).unwrap().to_owned();
    let path = format!("{}/.well-known/openid-configuration", at(&issuer.into()));
    let metadata = expect(&acme.nobody().get(&path).await, 200);
    assert_eq!(metadata["issuer"], issuer);
    expect(&acme.nobody().get(&at(&metadata["jwks_uri"])).await, 200)
}

#[tokio::test]
async fn who_has_a_token_finds_the_keys_that_check_it() {
    let app = TestApp::start().await.unwrap();
    app.platform.platform.set_public_url(PUBLIC);
    let acme = app.tenant("acme").await.unwrap();
    let (_, signed_in) = user(&acme, "ann@example.com").await;
    let token = signed_in["access_token"].as_str().unwrap();
    let mut any = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::EdDSA);
    any.set_audience(&[acme.id()]);
    any.validate_exp = false;
    // What the token says before anything is checked.
    let said = jsonwebtoken::dangerous::insecure_decode::<Value>(token).unwrap().claims;
    let issuer = said["iss"].as_str().unwrap();
    any.set_issuer(&[issuer]);
    let jwks = serde_json::from_value::<jsonwebtoken::jwk::JwkSet>(keys(&acme, issuer).await).unwrap();
    let kid = jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
    let key = jsonwebtoken::DecodingKey::from_jwk(jwks.find(&kid).unwrap()).unwrap();
    let checked = jsonwebtoken::decode::<Value>(token, &key, &any).unwrap();
    assert_eq!(checked.claims["sub"], signed_in["user"]["id"]);
    app.remove().await.unwrap();
}

#[tokio::test]
async fn keys_are_everybodys_and_may_be_kept_for_a_while() {
    let app = TestApp::start().await.unwrap();
    let (acme, other) = (app.tenant("acme").await.unwrap(), app.tenant("other").await.unwrap());
    user(&acme, "ann@example.com").await;
    let path = format!("/v1/tenants/{}/auth/jwks.json", acme.id());
    let read = app.nobody().get(&path).await;
    assert_eq!(expect(&read, 200), expect(&acme.anonymous().get("/v1/auth/jwks.json").await, 200));
    assert_eq!(read.header("cache-control"), Some("public, max-age=300"));
    let etag = read.header("etag").unwrap();
    let again = app.nobody().with("if-none-match", etag).get(&path).await;
    assert_eq!((again.status, again.header("etag"), again.body.len()), (304, Some(etag), 0));
    assert_eq!(app.nobody().get("/v1/tenants/acme/auth/jwks.json").await.body, read.body);
    // A new key is seen by who has kept the ones before.
    let developer = acme.secret().await.unwrap();
    expect(&developer.post("/v1/auth/signing-keys/rotate", &json!({})).await, 204);
    let both = expect(&app.nobody().with("if-none-match", etag).get(&path).await, 200);
    assert_eq!(both["keys"].as_array().unwrap().len(), 2);
    for absent in ["nobody", "ten_00000000000070008000000000000000"] {
        for path in ["auth/jwks.json", ".well-known/openid-configuration"] {
            let path = format!("/v1/tenants/{absent}/{path}");
            problem(&app.nobody().get(&path).await, 404, "not_found");
        }
    }
    problem(&other.secret().await.unwrap().get(&path).await, 400, "tenant_mismatch");
    // A server that does not know its address makes tokens of an issuer without one.
    let metadata = format!("/v1/tenants/{}/.well-known/openid-configuration", acme.id());
    problem(&app.nobody().get(&metadata).await, 404, "not_found");
    app.remove().await.unwrap();
}
