//! Passkeys, as Chromium makes and uses them.

use futures_util::future::join_all;
use neonex_testkit::{Answer, AppTenant, Client, TestApp};
use serde_json::{Value, json};

use crate::api::{expect, problem};
use crate::auth::{PASSWORD, sign_in, user};
use crate::browser::{Browser, empty, page};
use crate::factors::{claims, text};
use crate::support::texts;

const BEGIN: &str = "/v1/auth/passkeys/registration";
const FINISH: &str = "/v1/auth/passkeys/registration/finish";
const ASK: &str = "/v1/auth/passkeys/sign-in";
const ANSWER: &str = "/v1/auth/passkeys/sign-in/finish";

const CREATE: &str = "navigator.credentials.create({publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(input)})\
                      .then(made => done(made.toJSON()), error => done({error: error.name}));";
const GET: &str = "navigator.credentials.get({publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(input)})\
                   .then(found => done(found.toJSON()), error => done({error: error.name}));";

/// A tenant whose passkeys are for a page, and a browser that shows it.
struct World {
    app: TestApp,
    acme: AppTenant,
    developer: Client,
    browser: Browser,
    /// The authenticator's commands.
    authenticator: String,
}

impl World {
    async fn start() -> Self {
        let app = TestApp::start().await.unwrap();
        let acme = app.tenant("acme").await.unwrap();
        let developer = acme.secret().await.unwrap();
        let (browser, origin) = (Browser::start().await, page(empty).await);
        let passkeys = json!({"rp_id": "localhost", "rp_name": "Acme", "origins": [origin]});
        expect(&developer.patch("/v1/auth/settings", &json!({"passkeys": passkeys})).await, 200);
        browser.open(&origin).await;
        let wished = json!({
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": true, "hasUserVerification": true,
            "isUserConsenting": true, "isUserVerified": true,
        });
        let id = browser.post("/webauthn/authenticator", &wished).await;
        let authenticator = format!("/webauthn/authenticator/{}", id.as_str().unwrap());
        Self { app, acme, developer, browser, authenticator }
    }

    /// Registers a passkey: of who calls, or under the token of a sign-in that waits.
    async fn register(&self, caller: &Client, token: Option<&Value>) -> Answer {
        let mut wish = json!({"name": "Laptop"});
        if let Some(token) = token {
            wish["token"] = token.clone();
        }
        let begun = expect(&caller.post(BEGIN, &wish).await, 200);
        let made = self.browser.run(CREATE, &begun["options"]).await;
        assert!(made.get("error").is_none(), "{made}");
        caller.post(FINISH, &json!({"id": begun["id"], "credential": made})).await
    }

    /// The answer of a passkey that was asked for, ready to be sent.
    async fn signed(&self, wish: &Value) -> Value {
        let asked = expect(&self.acme.anonymous().post(ASK, wish).await, 200);
        let found = self.browser.run(GET, &asked["options"]).await;
        assert!(found.get("error").is_none(), "{found}");
        json!({"id": asked["id"], "credential": found})
    }

    /// Why the last answer of a passkey was refused.
    async fn refusals(&self) -> Vec<String> {
        let sql = "SELECT details FROM audit_log WHERE action = 'auth.factor.refused' ORDER BY at, id";
        let found = texts(self.app.platform.store(), self.acme.tenant.place(), sql, &[], 1).await;
        found.into_iter().flatten().flatten().collect()
    }
}

#[tokio::test]
async fn a_passkey_signs_in_without_a_name_and_after_a_password() {
    let world = World::start().await;
    let anonymous = world.acme.anonymous();
    let (ann, signed_up) = user(&world.acme, "ann@example.com").await;
    let made = expect(&world.register(&ann, None).await, 200);
    assert_eq!(made["recovery_codes"].as_array().unwrap().len(), 10);
    let listed = expect(&ann.get("/v1/auth/factors").await, 200);
    assert_eq!(
        (&listed["items"][0]["kind"], &listed["items"][0]["name"]),
        (&json!("passkey"), &json!("Laptop"))
    );

    // In place of a name and a password; it stands for two factors.
    let answer = world.signed(&json!({})).await;
    let racers = join_all((0..50).map(|_| anonymous.post(ANSWER, &answer))).await;
    let won: Vec<_> = racers.iter().filter(|answer| answer.status == 200).collect();
    assert_eq!(won.len(), 1, "an answer is good once");
    let signed_in = won[0].json();
    assert_eq!(signed_in["user"], signed_up["user"]);
    assert_eq!(claims(&signed_in)["amr"], json!(["pop", "mfa"]));
    problem(&anonymous.post(ANSWER, &answer).await, 401, "wrong_passkey");
    // Nor is it an answer to another question.
    let other = expect(&anonymous.post(ASK, &json!({})).await, 200);
    let replayed = json!({"id": other["id"], "credential": answer["credential"]});
    problem(&anonymous.post(ANSWER, &replayed).await, 401, "wrong_passkey");
    // A question is over in its time, and another tenant knows it not.
    let late = world.signed(&json!({})).await;
    let stranger = world.app.tenant("other").await.unwrap();
    problem(&stranger.anonymous().post(ANSWER, &late).await, 403, "passkeys_off");
    world.app.platform.clock.advance(300);
    problem(&anonymous.post(ANSWER, &late).await, 401, "wrong_passkey");

    // After a password, as the second factor: of this user alone.
    let asked = sign_in(&anonymous, "ann@example.com", PASSWORD).await;
    let asked = problem(&asked, 401, "second_factor_needed");
    assert_eq!(asked["second_factor"]["methods"], json!(["passkey", "recovery_code"]));
    let answer = world.signed(&json!({"token": asked["second_factor"]["token"]})).await;
    let signed_in = expect(&anonymous.post(ANSWER, &answer).await, 200);
    assert_eq!(claims(&signed_in)["amr"], json!(["pwd", "pop", "mfa"]));
    let again = json!({"token": asked["second_factor"]["token"]});
    problem(&anonymous.post(ASK, &again).await, 401, "invalid_second_factor_token");

    // As a fresh proof.
    let ann = world.acme.nobody().bearer(&text(&signed_in["access_token"]));
    world.app.platform.clock.advance(600);
    problem(&ann.post(BEGIN, &json!({"name": "Theirs"})).await, 403, "step_up_needed");
    let mut proof = world.signed(&json!({})).await;
    proof["method"] = "passkey".into();
    let (bob, _) = user(&world.acme, "bob@example.com").await;
    problem(&bob.post("/v1/auth/step-up", &proof).await, 401, "wrong_passkey");
    let mut proof = world.signed(&json!({})).await;
    proof["method"] = "passkey".into();
    expect(&ann.post("/v1/auth/step-up", &proof).await, 204);
    expect(&ann.post(BEGIN, &json!({"name": "Hers"})).await, 200);
    let id = text(&listed["items"][0]["id"]);
    expect(&ann.delete(&format!("/v1/auth/factors/{id}")).await, 204);
    let answer = world.signed(&json!({})).await;
    problem(&anonymous.post(ANSWER, &answer).await, 401, "wrong_passkey");
    world.app.remove().await.unwrap();
}

/// What an attacker can bring: a copy of the key, a page of their own, a user who did not touch anything.
#[tokio::test]
async fn what_is_not_the_users_passkey_is_refused() {
    let world = World::start().await;
    let anonymous = world.acme.anonymous();
    let (ann, _) = user(&world.acme, "ann@example.com").await;
    expect(&world.register(&ann, None).await, 200);
    let credentials = format!("{}/credentials", world.authenticator);
    let copy = world.browser.get(&credentials).await[0].clone();
    let answer = world.signed(&json!({})).await;
    expect(&anonymous.post(ANSWER, &answer).await, 200);
    // The copy has signed less often than the original.
    let id = text(&copy["credentialId"]);
    world.browser.delete(&format!("{credentials}/{id}")).await;
    world.browser.post(&format!("{}/credential", world.authenticator), &copy).await;
    let answer = world.signed(&json!({})).await;
    problem(&anonymous.post(ANSWER, &answer).await, 401, "wrong_passkey");
    assert_eq!(world.refusals().await, ["passkey, its counter has gone back"]);
    // Another page of the same machine, which the tenant has not named; and what was signed is changed.
    world.browser.open(&page(empty).await).await;
    let answer = world.signed(&json!({})).await;
    problem(&anonymous.post(ANSWER, &answer).await, 401, "wrong_passkey");
    let mut forged = world.signed(&json!({})).await;
    forged["credential"]["response"]["userHandle"] = "AAAAAAAAAAAAAAAAAAAAAA".into();
    problem(&anonymous.post(ANSWER, &forged).await, 401, "wrong_passkey");
    assert_eq!(world.refusals().await.len(), 2);
    // Who does not show a finger is not signed for.
    let uv = format!("{}/uv", world.authenticator);
    world.browser.post(&uv, &json!({"isUserVerified": false})).await;
    let asked = expect(&anonymous.post(ASK, &json!({})).await, 200);
    assert_eq!(world.browser.run(GET, &asked["options"]).await, json!({"error": "NotAllowedError"}));
    for garbage in [json!({}), json!("text"), json!({"id": "AA"})] {
        let answer = json!({"id": asked["id"], "credential": garbage});
        problem(&anonymous.post(ANSWER, &answer).await, 400, "invalid_body");
    }
    world.app.remove().await.unwrap();
}

#[tokio::test]
async fn a_passkey_is_set_up_by_who_has_to_have_a_factor() {
    let world = World::start().await;
    let anonymous = world.acme.anonymous();
    let (ann, _) = user(&world.acme, "ann@example.com").await;
    let settings = json!({"second_factor": "required"});
    expect(&world.developer.patch("/v1/auth/settings", &settings).await, 200);
    let asked = sign_in(&anonymous, "ann@example.com", PASSWORD).await;
    let asked = problem(&asked, 401, "second_factor_enrolment_needed");
    assert_eq!(asked["second_factor"]["methods"], json!(["totp", "passkey"]));
    let made = expect(&world.register(&anonymous, Some(&asked["second_factor"]["token"])).await, 200);
    assert_eq!(claims(&made["session"])["amr"], json!(["pwd", "pop", "mfa"]));
    // A ceremony is ended by who has begun it.
    let begun = expect(&ann.post(BEGIN, &json!({"name": "Second"})).await, 200);
    let answer = json!({"id": begun["id"], "credential": {}});
    problem(&anonymous.post(FINISH, &answer).await, 403, "user_needed");
    // Settings that fit no page are refused.
    let wrong = json!({"passkeys": {"rp_id": "example.com", "rp_name": "", "origins": ["http://example.com", "https://a.example.com"]}});
    let refused = problem(&world.developer.patch("/v1/auth/settings", &wrong).await, 400, "invalid_body");
    let places: Vec<_> =
        refused["errors"].as_array().unwrap().iter().map(|error| text(&error["pointer"])).collect();
    assert_eq!(places, ["/passkeys/rp_name", "/passkeys/origins/0"]);
    expect(&world.developer.patch("/v1/auth/settings", &json!({"passkeys": null})).await, 200);
    problem(&ann.post(BEGIN, &json!({"name": "Third"})).await, 403, "passkeys_off");
    world.app.remove().await.unwrap();
}
