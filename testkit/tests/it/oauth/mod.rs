//! Signing in by providers: by a real one, by one that lies, and what nobody gets by it.

mod idp;
mod real;

use std::collections::HashMap;

use futures_util::future::join_all;
use neonex_core::egress::{Allowed, HttpEgress};
use neonex_testkit::{Answer, AppTenant, Client, TestApp};
use poem::http::Method;
use serde_json::{Value, json};
use url::Url;

use self::idp::Idp;
use crate::api::{expect, problem};
use crate::auth::user;
use crate::support::{rounds, texts};

/// Where the platform says that it is.
const PUBLIC: &str = "https://neonex.test";
/// Where the app is.
const APP: &str = "https://app.test/in";
/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const PASSWORD: &str = "correct horse battery staple";

/// A tenant whose app has a page to come back to.
struct World {
    app: TestApp,
    acme: AppTenant,
    developer: Client,
}

impl World {
    async fn of(app: TestApp) -> Self {
        app.platform.platform.set_public_url(PUBLIC);
        let acme = app.tenant("acme").await.unwrap();
        let developer = acme.secret().await.unwrap();
        let settings = json!({"redirect_urls": [APP]});
        expect(&developer.patch("/v1/auth/settings", &settings).await, 200);
        Self { app, acme, developer }
    }

    /// Lets the platform call a provider on this machine. Once.
    fn allow(&self, issuer: &str) {
        let host = issuer.strip_prefix("http://").unwrap();
        let allowed: Allowed = Allowed::parse(host).into_iter().collect();
        self.app.platform.platform.set_egress(HttpEgress::new(allowed));
    }

    /// With a provider `idp` that says what it is told to.
    async fn with_idp() -> (Self, Idp) {
        let (world, idp) = (Self::of(TestApp::start().await.unwrap()).await, Idp::start().await);
        world.allow(idp.issuer());
        let new = json!({"name": "idp", "kind": "oidc", "issuer": idp.issuer(), "client_id": "the-app",
            "client_secret": "canary-of-the-secret"});
        expect(&world.developer.post("/v1/auth/providers", &new).await, 201);
        (world, idp)
    }

    fn seconds(&self) -> i64 {
        self.app.platform.platform.now().as_micros() / 1_000_000
    }

    /// What the provider was sent, by name.
    async fn begin(&self, who: &Client, path: &str) -> HashMap<String, String> {
        let begin = json!({"redirect_url": APP, "code_challenge": CHALLENGE, "state": "kept"});
        let url = expect(&who.post(path, &begin).await, 200)["url"].as_str().unwrap().to_owned();
        query(&url)
    }

    /// What the provider would say of somebody to this flow.
    fn claims(&self, idp: &Idp, sent: &HashMap<String, String>, own: &Value) -> Value {
        let mut claims = json!({"iss": idp.issuer(), "aud": "the-app", "iat": self.seconds(),
            "exp": self.seconds() + 600, "nonce": sent["nonce"]});
        claims.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
        claims
    }

    /// Comes back from the provider, and says with what the app's page is opened.
    async fn come_back(&self, sent: &HashMap<String, String>) -> HashMap<String, String> {
        let path = format!(
            "/v1/auth/oauth/callback/{}/idp?code=given&state={}&session_state=any",
            self.acme.id(),
            sent["state"]
        );
        landed(&self.acme.nobody().get(&path).await)
    }

    /// The code for somebody whom the provider says that of.
    async fn code(&self, idp: &Idp, own: &Value) -> String {
        let sent = self.begin(&self.acme.anonymous(), "/v1/auth/oauth/idp/start").await;
        idp.says_now(|says| says.claims = self.claims(idp, &sent, own));
        let landed = self.come_back(&sent).await;
        landed.get("code").unwrap_or_else(|| panic!("{landed:?}")).clone()
    }

    /// Signs somebody in whom the provider says that of.
    async fn sign_in(&self, idp: &Idp, own: &Value) -> Answer {
        exchange(&self.acme, &self.code(idp, own).await, VERIFIER).await
    }
}

async fn exchange(tenant: &AppTenant, code: &str, verifier: &str) -> Answer {
    let body = json!({"code": code, "code_verifier": verifier});
    tenant.anonymous().post("/v1/auth/oauth/exchange", &body).await
}

fn query(url: &str) -> HashMap<String, String> {
    url.parse::<Url>().unwrap().query_pairs().into_owned().collect()
}

/// What a browser is sent to the app with.
fn landed(answer: &Answer) -> HashMap<String, String> {
    assert_eq!(answer.status, 303, "{}", String::from_utf8_lossy(&answer.body));
    let url = answer.header("location").unwrap();
    assert!(url.starts_with(&format!("{APP}?")), "{url}");
    let said = query(url);
    assert_eq!(said["state"], "kept", "{url}");
    said
}

fn somebody(name: &str) -> Value {
    json!({"sub": name, "email": format!("{name}@example.com"), "email_verified": true})
}

async fn sign_in_with_password(tenant: &AppTenant, email: &str) -> Answer {
    tenant.anonymous().post("/v1/auth/sign-in", &json!({"email": email, "password": PASSWORD})).await
}

#[tokio::test]
async fn a_provider_is_sent_what_it_needs() {
    let (world, idp) = World::with_idp().await;
    let sent = world.begin(&world.acme.anonymous(), "/v1/auth/oauth/idp/start").await;
    assert_eq!(sent["redirect_uri"], format!("{PUBLIC}/v1/auth/oauth/callback/{}/idp", world.acme.id()));
    let fixed =
        ["client_id", "response_type", "scope", "code_challenge_method"].map(|name| sent[name].as_str());
    assert_eq!(fixed, ["the-app", "code", "openid email profile", "S256"]);
    // Ours, and not the app's.
    assert_ne!(sent["code_challenge"], CHALLENGE);
    assert!(sent["state"].len() > 30 && sent["nonce"].len() > 30, "{sent:?}");
    let again = world.begin(&world.acme.anonymous(), "/v1/auth/oauth/idp/start").await;
    for name in ["state", "nonce", "code_challenge"] {
        assert_ne!(sent[name], again[name], "{name}");
    }
    // Nobody who is not there is asked for an answer.
    let denied = format!(
        "/v1/auth/oauth/callback/{}/idp?error=access_denied&error_description=x&state={}",
        world.acme.id(),
        sent["state"]
    );
    assert_eq!(landed(&world.acme.nobody().get(&denied).await)["error"], "access_denied");
    let form = format!("code=given&state={}", again["state"]);
    idp.says_now(|says| says.claims = world.claims(&idp, &again, &somebody("ann")));
    let path = format!("/v1/auth/oauth/callback/{}/idp", world.acme.id());
    let nobody = world.acme.nobody().with("content-type", "application/x-www-form-urlencoded");
    assert!(landed(&nobody.send(Method::POST, &path, Some(form)).await).contains_key("code"));
    world.app.remove().await.unwrap();
}

/// security.md: one-time means once, for each of 50 racers, and after a restart.
#[tokio::test]
async fn a_code_is_good_once() {
    let (world, idp) = World::with_idp().await;
    for round in 0..rounds(5) {
        let code = world.code(&idp, &somebody("ann")).await;
        let racers = join_all((0..50).map(|_| exchange(&world.acme, &code, VERIFIER))).await;
        let won = racers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(won, 1, "round {round}");
        assert!(racers.iter().all(|answer| matches!(answer.status, 200 | 401)), "round {round}");
        let other = world.acme.anonymous().at(&world.app.another_process().await.unwrap());
        let body = json!({"code": code, "code_verifier": VERIFIER});
        problem(&other.post("/v1/auth/oauth/exchange", &body).await, 401, "invalid_code");
    }
    let users = expect(&world.developer.get("/v1/collections/users/records").await, 200);
    assert_eq!(users["items"].as_array().unwrap().len(), 1);
    // And for a minute.
    let code = world.code(&idp, &somebody("ann")).await;
    world.app.platform.clock.advance(60);
    problem(&exchange(&world.acme, &code, VERIFIER).await, 401, "invalid_code");
    let sent = world.begin(&world.acme.anonymous(), "/v1/auth/oauth/idp/start").await;
    world.app.platform.clock.advance(600);
    let late = format!("/v1/auth/oauth/callback/{}/idp?code=given&state={}", world.acme.id(), sent["state"]);
    problem(&world.acme.nobody().get(&late).await, 400, "oauth_flow_over");
    world.app.remove().await.unwrap();
}

/// security.md §2.1: another app's token, an attacker's issuer, an unsigned one, one of another sign-in.
#[tokio::test]
async fn a_provider_that_lies_signs_nobody_in() {
    let (world, idp) = World::with_idp().await;
    let seconds = world.seconds();
    let lies = [
        json!({"aud": "another-app"}),
        json!({"aud": ["the-app", "another-app"]}),
        json!({"azp": "another-app"}),
        json!({"iss": "https://evil.example"}),
        json!({"nonce": "another"}),
        json!({"nonce": null}),
        json!({"exp": seconds - 600}),
        json!({"exp": (seconds + 600).to_string()}),
        json!({"iat": seconds + 600}),
        json!({"sub": ""}),
        json!({"sub": 7}),
    ];
    for lie in lies {
        let mut own = somebody("ann");
        own.as_object_mut().unwrap().extend(lie.as_object().unwrap().clone());
        let sent = world.begin(&world.acme.anonymous(), "/v1/auth/oauth/idp/start").await;
        idp.says_now(|says| says.claims = world.claims(&idp, &sent, &own));
        assert_eq!(world.come_back(&sent).await["error"], "provider_answer", "{lie}");
    }
    for change in [(|says| says.unsigned = true) as fn(&mut idp::Says), |says| {
        says.unsigned = false;
        says.claims = Value::Null;
    }] {
        let sent = world.begin(&world.acme.anonymous(), "/v1/auth/oauth/idp/start").await;
        idp.says_now(|says| says.claims = world.claims(&idp, &sent, &somebody("ann")));
        idp.says_now(change);
        assert_eq!(world.come_back(&sent).await["error"], "provider_answer");
    }
    // An answer that says that it is another's.
    let sent = world.begin(&world.acme.anonymous(), "/v1/auth/oauth/idp/start").await;
    idp.says_now(|says| says.claims = world.claims(&idp, &sent, &somebody("ann")));
    let mixed = format!(
        "/v1/auth/oauth/callback/{}/idp?code=given&state={}&iss=https://evil.example",
        world.acme.id(),
        sent["state"]
    );
    assert_eq!(landed(&world.acme.nobody().get(&mixed).await)["error"], "provider_answer");
    problem(&world.developer.get("/v1/collections/users/records").await, 404, "not_found");
    world.app.remove().await.unwrap();
}

/// security.md §2.1: {nobody, unverified, verified, by a provider alone} × {true, false, absent, "true"}: 0 takeovers.
#[tokio::test]
async fn nobody_comes_into_anothers_account() {
    let (world, idp) = World::with_idp().await;
    let flags =
        [("true", json!(true)), ("false", json!(false)), ("absent", Value::Null), ("text", json!("true"))];
    let mut at = 0;
    for holder in ["nobody", "unverified", "verified", "by_provider"] {
        for (flag, value) in &flags {
            at += 1;
            let told = format!("{holder} {flag}");
            let email = format!("owner{at}@example.com");
            // Whoever had the address before, with what they can come in by.
            let before = match holder {
                "nobody" => None,
                "by_provider" => {
                    let own = json!({"sub": format!("owner{at}"), "email": email, "email_verified": true});
                    Some(expect(&world.sign_in(&idp, &own).await, 200))
                }
                _ => Some(user(&world.acme, &email).await.1),
            };
            let id = before.as_ref().map(|before| before["user"]["id"].as_str().unwrap().to_owned());
            if holder == "verified" {
                let path = format!("/v1/users/{}", id.as_ref().unwrap());
                expect(&world.developer.patch(&path, &json!({"verified": true})).await, 200);
            }
            let mut own = json!({"sub": format!("comer{at}"), "email": email.to_uppercase()});
            if !value.is_null() {
                own["email_verified"] = value.clone();
            }
            let came = world.sign_in(&idp, &own).await;
            let proven = *flag == "true";
            match (&id, proven) {
                (None, _) => {
                    let came = expect(&came, 200);
                    assert_eq!(came["user"]["verified"], json!(proven), "{told}");
                }
                (Some(_), false) => {
                    problem(&came, 409, "email_taken");
                }
                (Some(id), true) => {
                    let came = expect(&came, 200);
                    assert_eq!(
                        (&came["user"]["id"], &came["user"]["verified"]),
                        (&json!(id), &json!(true)),
                        "{told}"
                    );
                }
            }
            let Some(before) = before else { continue };
            let earlier = world.acme.nobody().bearer(before["access_token"].as_str().unwrap());
            let session = earlier.get("/v1/auth/user").await;
            let refresh = json!({"refresh_token": before["refresh_token"]});
            let refreshed = world.acme.nobody().post("/v1/auth/refresh", &refresh).await;
            let password = sign_in_with_password(&world.acme, &email).await;
            if holder == "unverified" && proven {
                // The squatter is out, by every way.
                problem(&session, 401, "invalid_credential");
                problem(&refreshed, 401, "invalid_refresh_token");
                problem(&password, 401, "wrong_credentials");
            } else {
                expect(&session, 200);
                expect(&refreshed, 200);
                assert_eq!(password.status, if holder == "by_provider" { 401 } else { 200 }, "{told}");
            }
        }
    }
    world.app.remove().await.unwrap();
}

/// A squatter who came by a provider that promised nothing is put out like one with a password.
#[tokio::test]
async fn a_squatters_identity_goes_too() {
    let (world, idp) = World::with_idp().await;
    let squatter = json!({"sub": "eve", "email": "ann@example.com"});
    let theirs = expect(&world.sign_in(&idp, &squatter).await, 200);
    assert_eq!(theirs["user"]["verified"], false);
    let own = json!({"sub": "ann", "email": "ann@example.com", "email_verified": true});
    let ann = expect(&world.sign_in(&idp, &own).await, 200);
    assert_eq!(ann["user"]["id"], theirs["user"]["id"]);
    let earlier = world.acme.nobody().bearer(theirs["access_token"].as_str().unwrap());
    problem(&earlier.get("/v1/auth/user").await, 401, "invalid_credential");
    problem(&world.sign_in(&idp, &squatter).await, 409, "email_taken");
    world.app.remove().await.unwrap();
}

/// What a flow comes to is for who began it, at the provider and in the tenant where it was begun.
#[tokio::test]
async fn a_flow_belongs_to_who_began_it() {
    let (world, idp) = World::with_idp().await;
    let other = world.app.tenant("other").await.unwrap();
    let code = world.code(&idp, &somebody("ann")).await;
    // In another tenant it is none, and stays good.
    problem(&exchange(&other, &code, VERIFIER).await, 401, "invalid_code");
    // Whoever has stolen it has no verifier: and it is used up, so that they try once.
    for verifier in ["", CHALLENGE, "another-verifier-which-is-as-long-as-they-are-to-be"] {
        let code = world.code(&idp, &somebody("ann")).await;
        problem(&exchange(&world.acme, &code, verifier).await, 401, "invalid_code");
        problem(&exchange(&world.acme, &code, VERIFIER).await, 401, "invalid_code");
    }
    expect(&exchange(&world.acme, &code, VERIFIER).await, 200);
    // No other provider's callback, and no other tenant's, ends it.
    let second = json!({"name": "second", "kind": "oidc", "issuer": idp.issuer(), "client_id": "the-app"});
    expect(&world.developer.post("/v1/auth/providers", &second).await, 201);
    for (tenant, provider) in [(world.acme.id(), "second"), (other.id(), "idp")] {
        let sent = world.begin(&world.acme.anonymous(), "/v1/auth/oauth/idp/start").await;
        let path = format!("/v1/auth/oauth/callback/{tenant}/{provider}?code=given&state={}", sent["state"]);
        problem(&world.acme.nobody().get(&path).await, 400, "oauth_flow_over");
    }
    // The state is no code, nor the code a state.
    let sent = world.begin(&world.acme.anonymous(), "/v1/auth/oauth/idp/start").await;
    problem(&exchange(&world.acme, &sent["state"], VERIFIER).await, 401, "invalid_code");
    let code = world.code(&idp, &somebody("ann")).await;
    let path = format!("/v1/auth/oauth/callback/{}/idp?code=given&state={code}", world.acme.id());
    problem(&world.acme.nobody().get(&path).await, 400, "oauth_flow_over");
    // A provider that was switched off in between.
    let sent = world.begin(&world.acme.anonymous(), "/v1/auth/oauth/idp/start").await;
    expect(&world.developer.patch("/v1/auth/providers/idp", &json!({"enabled": false})).await, 200);
    assert_eq!(world.come_back(&sent).await["error"], "provider_disabled");
    world.app.remove().await.unwrap();
}

/// security.md §2.3: an address of nobody's choice but the tenant's; nothing of a request's headers.
#[tokio::test]
async fn a_sign_in_leads_only_where_the_tenant_says() {
    let (world, _idp) = World::with_idp().await;
    let hostile = [
        "https://evil.example/in",
        "https://app.test.evil.example/in",
        "https://app.test@evil.example/in",
        "https://evil.example\\@app.test/in",
        "https://app.test:8443/in",
        "http://app.test/in",
        "//app.test/in",
        "/in",
        "in",
        "",
        " ",
        "https://app.test/in/",
        "https://app.test/in?next=https://evil.example",
        "https://app.test/in#x",
        "https://app.test/in/../../evil",
        "https://app.test/%69n/x",
        "https://app.test/in\r\nSet-Cookie: x=y",
        "https://app.test/in%0d%0aSet-Cookie:%20x=y/",
        "javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "https://",
        "https:///app.test/in",
        "https://app.test。evil.example/in",
        "https://аpp.test/in",
        "https://app.test./in",
        "https://[::1]/in",
        "http://127.0.0.1/in",
        "null",
    ];
    for url in hostile {
        // Spelt otherwise, it is the same address.
        if url.parse::<Url>().is_ok_and(|url| url.as_str() == APP) {
            continue;
        }
        let begin = json!({"redirect_url": url, "code_challenge": CHALLENGE});
        let refused = world.acme.anonymous().post("/v1/auth/oauth/idp/start", &begin).await;
        assert_eq!(problem(&refused, 400, "invalid_body")["errors"][0]["pointer"], "/redirect_url", "{url}");
        let pairs = [("tenant", "acme"), ("redirect_url", url), ("code_challenge", CHALLENGE)];
        let encoded = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let refused = world.acme.nobody().get(&format!("/v1/auth/oauth/idp?{encoded}")).await;
        assert_eq!((refused.status, refused.header("location")), (400, None), "{url}");
    }
    let right = format!("/v1/auth/oauth/idp?tenant=acme&redirect_url={APP}&code_challenge={CHALLENGE}");
    for header in
        ["host", "origin", "referer", "forwarded", "x-forwarded-host", "x-forwarded-proto", "x-original-url"]
    {
        let answer = world.acme.nobody().with(header, "https://evil.example").get(&right).await;
        let location = answer.header("location").unwrap_or_default();
        assert!(answer.status == 303 && !location.contains("evil"), "{header}: {answer:?}");
    }
    // Without a challenge, or with one of the kind that is none, there is no flow.
    for challenge in ["", VERIFIER, "plain", &CHALLENGE[1..]] {
        if challenge.len() == CHALLENGE.len() {
            continue;
        }
        let begin = json!({"redirect_url": APP, "code_challenge": challenge});
        let refused = world.acme.anonymous().post("/v1/auth/oauth/idp/start", &begin).await;
        assert_eq!(problem(&refused, 400, "invalid_body")["errors"][0]["pointer"], "/code_challenge");
    }
    for wrong in ["tenant=acme", &right[19..], "x=y"] {
        let path = format!("/v1/auth/oauth/idp?{wrong}&x=y");
        assert_eq!(
            world.acme.nobody().get(&path).await.status,
            if wrong == "x=y" { 401 } else { 400 },
            "{wrong}"
        );
    }
    problem(&world.acme.nobody().get(&right.replace("acme", "nobody")).await, 404, "not_found");
    problem(&world.acme.nobody().within("other").get(&right).await, 400, "tenant_mismatch");
    world.app.remove().await.unwrap();
}

#[tokio::test]
async fn a_user_links_a_provider_and_takes_it_away() {
    let (world, idp) = World::with_idp().await;
    let (ann, _) = user(&world.acme, "ann@example.com").await;
    let (bob, _) = user(&world.acme, "bob@example.com").await;
    let begin = "/v1/auth/identities/idp/link";
    let code = async |who: &Client, own: &Value| {
        let sent = world.begin(who, begin).await;
        idp.says_now(|says| says.claims = world.claims(&idp, &sent, own));
        world.come_back(&sent).await["code"].clone()
    };
    let link = async |who: &Client, code: &str| {
        who.post("/v1/auth/identities", &json!({"code": code, "code_verifier": VERIFIER})).await
    };
    let anonymous = world.acme.anonymous();
    let beginning = json!({"redirect_url": APP, "code_challenge": CHALLENGE});
    problem(&anonymous.post(begin, &beginning).await, 403, "user_needed");
    // What one has begun another does not end, nor does it sign in.
    let own = json!({"sub": "ann", "email": "elsewhere@example.com"});
    problem(&link(&bob, &code(&ann, &own).await).await, 401, "invalid_code");
    problem(&exchange(&world.acme, &code(&ann, &own).await, VERIFIER).await, 401, "invalid_code");
    problem(&link(&ann, &world.code(&idp, &own).await).await, 401, "invalid_code");
    let linked = expect(&link(&ann, &code(&ann, &own).await).await, 201);
    assert_eq!((&linked["provider"], &linked["subject"]), (&json!("idp"), &json!("ann")));
    expect(&link(&ann, &code(&ann, &own).await).await, 201);
    problem(&link(&bob, &code(&bob, &own).await).await, 409, "identity_taken");
    let identities = expect(&ann.get("/v1/auth/identities").await, 200);
    assert_eq!(identities["items"].as_array().unwrap().len(), 1);
    // By it she comes in, whatever her address there.
    let signed_in = expect(&world.sign_in(&idp, &own).await, 200);
    assert_eq!(signed_in["user"]["email"], "ann@example.com");
    expect(&ann.delete("/v1/auth/identities/idp").await, 204);
    problem(&ann.delete("/v1/auth/identities/idp").await, 404, "not_found");
    // Who came by a provider alone keeps a way in.
    let signed_in = expect(&world.sign_in(&idp, &somebody("cy")).await, 200);
    let cy = world.acme.nobody().bearer(signed_in["access_token"].as_str().unwrap());
    problem(&cy.delete("/v1/auth/identities/idp").await, 409, "last_way_in");
    let second = json!({"name": "second", "kind": "oidc", "issuer": idp.issuer(), "client_id": "the-app"});
    expect(&world.developer.post("/v1/auth/providers", &second).await, 201);
    let sent = world.begin(&cy, "/v1/auth/identities/second/link").await;
    idp.says_now(|says| says.claims = world.claims(&idp, &sent, &somebody("cy")));
    let path = format!("/v1/auth/oauth/callback/{}/second?code=x&state={}", world.acme.id(), sent["state"]);
    let code = landed(&world.acme.nobody().get(&path).await)["code"].clone();
    expect(&link(&cy, &code).await, 201);
    // Of two that go at once one stays.
    let gone = join_all(
        ["idp", "second"]
            .map(async |provider| cy.delete(&format!("/v1/auth/identities/{provider}")).await.status),
    )
    .await;
    assert_eq!(gone.iter().filter(|status| **status == 204).count(), 1, "{gone:?}");
    world.app.remove().await.unwrap();
}

#[tokio::test]
async fn who_may_not_come_in_does_not_come_by_a_provider() {
    let (world, idp) = World::with_idp().await;
    let ann = expect(&world.sign_in(&idp, &somebody("ann")).await, 200);
    let path = format!("/v1/users/{}", ann["user"]["id"].as_str().unwrap());
    expect(&world.developer.patch(&path, &json!({"disabled": true})).await, 200);
    problem(&world.sign_in(&idp, &somebody("ann")).await, 403, "user_disabled");
    // Nor by another account there with her address.
    let other = json!({"sub": "ann2", "email": "ann@example.com", "email_verified": true});
    problem(&world.sign_in(&idp, &other).await, 403, "user_disabled");
    expect(&world.developer.patch("/v1/auth/settings", &json!({"sign_up": "closed"})).await, 200);
    problem(&world.sign_in(&idp, &somebody("bob")).await, 403, "sign_up_closed");
    expect(&world.developer.patch(&path, &json!({"disabled": false})).await, 200);
    expect(&world.sign_in(&idp, &somebody("ann")).await, 200);
    let settings = json!({"sign_up": "open", "require_verification": true});
    expect(&world.developer.patch("/v1/auth/settings", &settings).await, 200);
    let unproven = json!({"sub": "cy", "email": "cy@example.com"});
    problem(&world.sign_in(&idp, &unproven).await, 403, "email_unverified");
    idp.says_now(|says| says.userinfo = json!({"sub": "dan"}));
    problem(&world.sign_in(&idp, &json!({"sub": "dan"})).await, 403, "email_unverified");
    // Who is gone is gone there, too, and comes back as somebody new.
    let users = "/v1/collections/users/records";
    let id = ann["user"]["id"].as_str().unwrap();
    expect(&world.developer.delete(&format!("{users}/{id}")).await, 204);
    let again = expect(&world.sign_in(&idp, &somebody("ann")).await, 200);
    assert_ne!(again["user"]["id"], ann["user"]["id"]);
    world.app.remove().await.unwrap();
}

#[tokio::test]
async fn providers_are_set_up_by_those_who_may() {
    let (world, idp) = World::with_idp().await;
    let path = "/v1/auth/providers";
    let idp_path = "/v1/auth/providers/idp";
    let (ann, _) = user(&world.acme, "ann@example.com").await;
    problem(&ann.get(path).await, 403, "scope_needed");
    problem(
        &world.acme.anonymous().post(path, &json!({"name": "x", "kind": "x", "client_id": "x"})).await,
        403,
        "scope_needed",
    );
    let listed = expect(&world.developer.get(path).await, 200);
    let shown = &listed["items"][0];
    assert_eq!(
        (&shown["kind"], &shown["has_secret"], &shown["enabled"]),
        (&json!("oidc"), &json!(true), &json!(true))
    );
    assert!(!listed.to_string().contains("canary"), "{listed}");
    // Nor is it in the database.
    let rows = texts(
        world.app.platform.store(),
        world.acme.tenant.place(),
        "SELECT kind, definition, client_id FROM auth_providers WHERE tenant_id = ?",
        &[world.acme.tenant.id.as_uuid()],
        3,
    )
    .await;
    assert!(!format!("{rows:?}").contains("canary"));
    let available = expect(&world.acme.anonymous().get("/v1/auth/providers/available").await, 200);
    assert_eq!(available["items"], json!([{"name": "idp", "kind": "oidc", "title": "OpenID Connect"}]));
    problem(
        &world
            .developer
            .post(path, &json!({"name": "idp", "kind": "oidc", "issuer": idp.issuer(), "client_id": "x"}))
            .await,
        409,
        "name_taken",
    );
    // What is inside is no issuer, unless the operator has named it.
    for issuer in
        ["https://127.0.0.1:1", "https://169.254.169.254", "http://example.com", "https://[::ffff:10.0.0.1]"]
    {
        let inside = json!({"name": "inside", "kind": "oidc", "issuer": issuer, "client_id": "x"});
        let refused = problem(&world.developer.post(path, &inside).await, 400, "invalid_body");
        assert_eq!(
            (&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]),
            (&json!("/issuer"), &json!("not_callable")),
            "{issuer}"
        );
    }
    let change = json!({"client_id": "another", "scopes": ["openid"], "enabled": false});
    let changed = expect(&world.developer.patch(idp_path, &change).await, 200);
    assert_eq!((&changed["client_id"], &changed["has_secret"]), (&json!("another"), &json!(true)));
    problem(
        &world.developer.patch(idp_path, &json!({"issuer": "https://evil.example"})).await,
        400,
        "invalid_body",
    );
    let begin = json!({"redirect_url": APP, "code_challenge": CHALLENGE});
    problem(&world.acme.anonymous().post("/v1/auth/oauth/idp/start", &begin).await, 404, "not_found");
    let available = expect(&world.acme.anonymous().get("/v1/auth/providers/available").await, 200);
    assert_eq!(available["items"], json!([]));
    // What is wrong with it is said.
    let tested = expect(&world.developer.post(&format!("{idp_path}/test"), &json!({})).await, 200);
    assert_eq!(tested["ok"], true, "{tested}");
    idp.says_now(|says| says.metadata = json!({"issuer": "https://evil.example"}));
    let tested = expect(&world.developer.post(&format!("{idp_path}/test"), &json!({})).await, 200);
    assert_eq!(
        (&tested["ok"], &tested["checks"][1]["name"]),
        (&json!(false), &json!("discovery")),
        "{tested}"
    );
    // With the provider goes whom it knew.
    idp.says_now(|says| {
        says.metadata = Value::Null;
        says.userinfo = json!({"sub": "eve"});
    });
    let tested = expect(&world.developer.post(&format!("{idp_path}/test"), &json!({})).await, 200);
    assert_eq!(tested["ok"], true, "what was wrong is not kept: {tested}");
    expect(&world.developer.patch(idp_path, &json!({"client_id": "the-app", "enabled": true})).await, 200);
    let before = expect(&world.sign_in(&idp, &json!({"sub": "eve"})).await, 200);
    expect(&world.developer.delete(idp_path).await, 204);
    problem(&world.developer.get(idp_path).await, 404, "not_found");
    let new = json!({"name": "idp", "kind": "oidc", "issuer": idp.issuer(), "client_id": "the-app"});
    expect(&world.developer.post(path, &new).await, 201);
    let after = expect(&world.sign_in(&idp, &json!({"sub": "eve"})).await, 200);
    assert_ne!(after["user"]["id"], before["user"]["id"]);
    world.app.remove().await.unwrap();
}

/// One that speaks OAuth 2 alone, and calls things by names of its own.
#[tokio::test]
async fn a_provider_without_tokens_that_say_who_is_asked() {
    let (world, idp) = World::with_idp().await;
    let issuer = idp.issuer();
    let new = json!({
        "name": "plain", "kind": "oauth2", "client_id": "the-app", "client_secret": "s",
        "authorization_url": format!("{issuer}/authorize"), "token_url": format!("{issuer}/token"),
        "userinfo_url": format!("{issuer}/userinfo"), "scopes": ["me"],
        "claims": {"subject": "/data/id", "email": "/data/mail", "email_verified": "/data/sure"},
    });
    expect(&world.developer.post("/v1/auth/providers", &new).await, 201);
    let sign_in = async |said: Value| {
        let sent = world.begin(&world.acme.anonymous(), "/v1/auth/oauth/plain/start").await;
        assert!(!sent.contains_key("nonce") && sent["scope"] == "me", "{sent:?}");
        idp.says_now(|says| says.userinfo = said);
        let path =
            format!("/v1/auth/oauth/callback/{}/plain?code=x&state={}", world.acme.id(), sent["state"]);
        landed(&world.acme.nobody().get(&path).await)
    };
    let said = sign_in(json!({"data": {"id": 7, "mail": "ann@example.com", "sure": true}})).await;
    let ann = expect(&exchange(&world.acme, &said["code"], VERIFIER).await, 200);
    assert_eq!((&ann["user"]["email"], &ann["user"]["verified"]), (&json!("ann@example.com"), &json!(true)));
    for nobody in
        [json!({}), json!([]), json!("x"), json!({"data": {"id": null}}), json!({"data": {"id": {}}})]
    {
        assert_eq!(sign_in(nobody.clone()).await["error"], "provider_answer", "{nobody}");
    }
    world.app.remove().await.unwrap();
}

/// Keys that a provider has changed are found, and are not asked for more than once a minute by whoever sends nonsense.
#[tokio::test]
async fn a_providers_new_keys_are_found() {
    let (world, idp) = World::with_idp().await;
    expect(&world.sign_in(&idp, &somebody("ann")).await, 200);
    expect(&world.sign_in(&idp, &somebody("ann")).await, 200);
    assert_eq!(idp.says().keys_read, 1);
    world.app.platform.clock.advance(61);
    idp.says_now(|says| says.kid = "two".to_owned());
    expect(&world.sign_in(&idp, &somebody("ann")).await, 200);
    assert_eq!(idp.says().keys_read, 2);
    // The key is known by its new name only; tokens of a third are refused without asking again.
    for _ in 0..3 {
        let sent = world.begin(&world.acme.anonymous(), "/v1/auth/oauth/idp/start").await;
        idp.says_now(|says| {
            says.claims = world.claims(&idp, &sent, &somebody("ann"));
            says.kid = "three".to_owned();
        });
        assert_eq!(world.come_back(&sent).await["error"], "provider_answer");
    }
    assert_eq!(idp.says().keys_read, 2);
    world.app.remove().await.unwrap();
}

/// What an issuer says of itself leads no browser to a script, and us to no address inside.
#[tokio::test]
async fn what_an_issuer_says_of_itself_is_not_believed_blindly() {
    let (world, idp) = World::with_idp().await;
    let begin = json!({"redirect_url": APP, "code_challenge": CHALLENGE});
    let start = "/v1/auth/oauth/idp/start";
    let anonymous = world.acme.anonymous();
    for (name, value) in [
        ("authorization_endpoint", "javascript:alert(document.domain)//"),
        ("authorization_endpoint", "data:text/html,x"),
        ("issuer", "https://accounts.google.com"),
        ("jwks_uri", "nowhere"),
    ] {
        idp.says_now(|says| says.metadata = json!({name: value}));
        problem(&anonymous.post(start, &begin).await, 502, "provider_failed");
        world.app.platform.clock.advance(3601);
    }
    for inside in
        ["https://127.0.0.1:1/x", "http://169.254.169.254/x", "https://localhost/x", "https://[::1]/x"]
    {
        idp.says_now(|says| says.metadata = json!({"token_endpoint": inside, "jwks_uri": inside}));
        world.app.platform.clock.advance(3601);
        let sent = world.begin(&anonymous, start).await;
        assert_eq!(world.come_back(&sent).await["error"], "provider_unreachable", "{inside}");
    }
    world.app.remove().await.unwrap();
}

/// The `create` rule of `users` is asked with the address that the provider gives.
#[tokio::test]
async fn a_provider_lets_in_nobody_whom_the_create_rule_keeps_out() {
    let (world, idp) = World::with_idp().await;
    expect(&world.sign_in(&idp, &somebody("ann")).await, 200);
    let rules = json!({"rules": {"create": "input.email.endsWith('@example.com')"}});
    expect(&world.developer.patch("/v1/collections/users", &rules).await, 200);
    expect(&world.sign_in(&idp, &somebody("bob")).await, 200);
    let mut eve = somebody("eve");
    eve["email"] = "eve@evil.example".into();
    problem(&world.sign_in(&idp, &eve).await, 403, "rule_refused");
    eve.as_object_mut().unwrap().retain(|name, _| name == "sub");
    idp.says_now(|says| says.userinfo = eve.clone());
    problem(&world.sign_in(&idp, &eve).await, 403, "rule_refused");
    // Who is there already is asked nothing.
    let none = json!({"rules": {"create": "false"}});
    expect(&world.developer.patch("/v1/collections/users", &none).await, 200);
    expect(&world.sign_in(&idp, &somebody("ann")).await, 200);
    let users = expect(&world.developer.get("/v1/collections/users/records").await, 200);
    assert_eq!(users["items"].as_array().unwrap().len(), 2);
    world.app.remove().await.unwrap();
}
