//! Users: signing up and in, what a session is worth, and who can change what.

use futures_util::future::join_all;
use neonex_testkit::{Answer, AppTenant, Client, TestApp};
use poem::http::Method;
use serde_json::{Value, json};

use crate::api::{expect, problem};
use crate::support::{number, rounds};

pub(crate) const PASSWORD: &str = "correct horse battery staple";
const USERS: &str = "/v1/collections/users/records";

/// Signs somebody up and in.
pub(crate) async fn user(tenant: &AppTenant, email: &str) -> (Client, Value) {
    let anonymous = tenant.anonymous();
    expect(&anonymous.post("/v1/auth/sign-up", &json!({"email": email, "password": PASSWORD})).await, 202);
    let signed_in = expect(&sign_in(&anonymous, email, PASSWORD).await, 200);
    (tenant.nobody().bearer(signed_in["access_token"].as_str().unwrap()), signed_in)
}

/// Where the faults are that an answer names.
fn places(answer: &Answer, status: u16) -> Vec<String> {
    let problem = expect(answer, status);
    let errors = problem["errors"].as_array().cloned().unwrap_or_default();
    errors.iter().map(|error| error["pointer"].as_str().unwrap().to_owned()).collect()
}

pub(crate) async fn sign_in(client: &Client, email: &str, password: &str) -> Answer {
    client.post("/v1/auth/sign-in", &json!({"email": email, "password": password})).await
}

pub(crate) async fn refresh(client: &Client, signed_in: &Value) -> Answer {
    client.post("/v1/auth/refresh", &json!({"refresh_token": signed_in["refresh_token"]})).await
}

#[tokio::test]
async fn somebody_signs_up_and_in_and_out() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let anonymous = acme.publishable().await.unwrap();
    let taken =
        anonymous.post("/v1/auth/sign-up", &json!({"email": "Ann@example.com", "password": PASSWORD})).await;
    assert_eq!(expect(&taken, 202), json!({"email": "Ann@example.com"}));
    let signed_in = expect(&sign_in(&anonymous, "ann@EXAMPLE.com", PASSWORD).await, 200);
    assert_eq!((&signed_in["token_type"], &signed_in["expires_in"]), (&json!("Bearer"), &json!(900)));
    assert_eq!(signed_in["user"]["email"], "Ann@example.com");
    assert!(signed_in["user"].get("disabled").is_none());
    let ann = acme.nobody().bearer(signed_in["access_token"].as_str().unwrap());
    assert_eq!(expect(&ann.get("/v1/auth/user").await, 200), signed_in["user"]);
    let sessions = expect(&ann.get("/v1/auth/sessions").await, 200);
    assert_eq!(
        (sessions["items"].as_array().unwrap().len(), &sessions["items"][0]["method"]),
        (1, &json!("password"))
    );
    expect(&ann.post("/v1/auth/sign-out", &json!({})).await, 204);
    problem(&ann.get("/v1/auth/user").await, 401, "invalid_credential");
    problem(&refresh(&anonymous, &signed_in).await, 401, "invalid_refresh_token");
    problem(&anonymous.get("/v1/auth/user").await, 403, "user_needed");
    app.remove().await.unwrap();
}

/// What is answered does not tell whether there is such a user.
#[tokio::test]
async fn nobody_learns_who_has_signed_up() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    user(&acme, "ann@example.com").await;
    let anonymous = acme.anonymous();
    let again =
        anonymous.post("/v1/auth/sign-up", &json!({"email": "ann@example.com", "password": PASSWORD})).await;
    let first =
        anonymous.post("/v1/auth/sign-up", &json!({"email": "bob@example.com", "password": PASSWORD})).await;
    assert_eq!((again.status, first.status), (202, 202));
    assert_eq!(again.json().as_object().unwrap().len(), first.json().as_object().unwrap().len());
    for (email, password) in [
        ("ann@example.com", "wrong horse battery staple"),
        ("nobody@example.com", PASSWORD),
        ("no address", PASSWORD),
        ("nul\0@example.com", PASSWORD),
        ("ann@example.com", ""),
    ] {
        problem(&sign_in(&anonymous, email, password).await, 401, "wrong_credentials");
    }
    // The second sign-up has not changed the password of the first.
    let taken = json!({"email": "ANN@example.com", "password": "another horse battery staple"});
    expect(&anonymous.post("/v1/auth/sign-up", &taken).await, 202);
    expect(&sign_in(&anonymous, "ann@example.com", PASSWORD).await, 200);
    app.remove().await.unwrap();
}

/// Nor where the address is a field that only some see, whose index must not give it away; of racers neither.
#[tokio::test]
async fn a_hidden_address_is_not_told_of_either() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    let hidden =
        json!({"name": "email", "type": "email", "unique": true, "ignore_case": true, "hidden": true});
    expect(&developer.post("/v1/collections", &json!({"name": "users", "fields": [hidden]})).await, 201);
    let anonymous = acme.anonymous();
    let sign_up = json!({"email": "ann@example.com", "password": PASSWORD});
    let racers = join_all((0..8).map(|_| anonymous.post("/v1/auth/sign-up", &sign_up))).await;
    assert!(racers.iter().all(|answer| answer.status == 202), "{racers:?}");
    expect(&anonymous.post("/v1/auth/sign-up", &sign_up).await, 202);
    assert_eq!(expect(&developer.get(USERS).await, 200)["items"].as_array().unwrap().len(), 1);
    expect(&sign_in(&anonymous, "ann@example.com", PASSWORD).await, 200);
    problem(&developer.post("/v1/users", &sign_up).await, 409, "email_taken");
    app.remove().await.unwrap();
}

#[tokio::test]
async fn what_is_wrong_with_a_sign_up_is_named() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    let design = json!({"name": "users", "fields": [{"name": "name", "type": "text", "required": true}]});
    expect(&developer.post("/v1/collections", &design).await, 201);
    let wrong = json!({"email": "ann", "password": "short", "profile": {"nick": 1, "verified": true, "roles": ["admin"]}});
    let refused = acme.anonymous().post("/v1/auth/sign-up", &wrong).await;
    let expected = ["/email", "/password", "/profile/nick", "/profile/roles", "/profile/verified"];
    assert_eq!(places(&refused, 400), expected);
    // Nobody becomes who once was, or is.
    let id = "0190a1b2-0000-7000-8000-000000000001";
    let chosen =
        json!({"email": "ann@example.com", "password": PASSWORD, "profile": {"name": "Ann", "id": id}});
    assert_eq!(places(&acme.anonymous().post("/v1/auth/sign-up", &chosen).await, 400), ["/profile/id"]);
    let missing = json!({"email": "ann@example.com", "password": PASSWORD});
    assert_eq!(places(&acme.anonymous().post("/v1/auth/sign-up", &missing).await, 400), ["/profile/name"]);
    let right = json!({"email": "ann@example.com", "password": PASSWORD, "profile": {"name": "Ann"}});
    expect(&acme.anonymous().post("/v1/auth/sign-up", &right).await, 202);
    expect(&developer.patch("/v1/auth/settings", &json!({"sign_up": "closed"})).await, 200);
    problem(&acme.anonymous().post("/v1/auth/sign-up", &right).await, 403, "sign_up_closed");
    app.remove().await.unwrap();
}

/// security.md: refresh tokens are single use; of racers one succeeds; a token that comes up again ends its session.
#[tokio::test]
async fn a_refresh_token_is_good_once() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let (ann, first) = user(&acme, "ann@example.com").await;
    let nobody = acme.nobody();
    for round in 0..rounds(5) {
        let signed_in = expect(&sign_in(&acme.anonymous(), "ann@example.com", PASSWORD).await, 200);
        let racers = join_all((0..50).map(|_| refresh(&nobody, &signed_in))).await;
        let won: Vec<_> = racers.iter().filter(|answer| answer.status == 200).collect();
        assert_eq!(won.len(), 1, "round {round}");
        assert!(racers.iter().all(|answer| matches!(answer.status, 200 | 401)), "round {round}");
        // They came at once, so nobody is taken for a thief, and the one goes on.
        let next = expect(&refresh(&nobody, &won[0].json()).await, 200);
        app.platform.clock.advance(11);
        // Now somebody has the old one.
        problem(&refresh(&nobody, &signed_in).await, 401, "invalid_refresh_token");
        problem(&refresh(&nobody, &next).await, 401, "invalid_refresh_token");
        let thief = acme.nobody().bearer(next["access_token"].as_str().unwrap());
        problem(&thief.get("/v1/auth/user").await, 401, "invalid_credential");
    }
    // Her other session has nothing to do with it.
    expect(&ann.get("/v1/auth/user").await, 200);
    // One that was made up says nothing, whatever session it names.
    let forged = first["refresh_token"].as_str().unwrap();
    let forged = format!("{}{}", &forged[..forged.len() - 4], "AAAA");
    problem(&refresh(&nobody, &json!({"refresh_token": forged})).await, 401, "invalid_refresh_token");
    expect(&refresh(&nobody, &first).await, 200);
    app.remove().await.unwrap();
}

/// After a restart as before it.
#[tokio::test]
async fn a_used_refresh_token_stays_used() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let (_, signed_in) = user(&acme, "ann@example.com").await;
    let next = expect(&refresh(&acme.nobody(), &signed_in).await, 200);
    let other = acme.nobody().at(&app.another_process().await.unwrap());
    problem(&refresh(&other, &signed_in).await, 401, "invalid_refresh_token");
    expect(&refresh(&other, &next).await, 200);
    app.remove().await.unwrap();
}

#[tokio::test]
async fn tokens_and_sessions_end_in_time() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    expect(
        &developer.patch("/v1/auth/settings", &json!({"session_days": 1, "access_token_minutes": 60})).await,
        200,
    );
    let (ann, signed_in) = user(&acme, "ann@example.com").await;
    app.platform.clock.advance(3599);
    expect(&ann.get("/v1/auth/user").await, 200);
    app.platform.clock.advance(1);
    problem(&ann.get("/v1/auth/user").await, 401, "invalid_credential");
    app.platform.clock.advance(24 * 3600 - 3600 - 10);
    let last = expect(&refresh(&acme.nobody(), &signed_in).await, 200);
    assert_eq!(last["expires_in"], 10, "no token outlives its session");
    app.platform.clock.advance(10);
    problem(&refresh(&acme.nobody(), &last).await, 401, "invalid_refresh_token");
    app.remove().await.unwrap();
}

#[tokio::test]
async fn guessing_is_held_up() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    user(&acme, "ann@example.com").await;
    let anonymous = acme.anonymous();
    for email in ["ann@example.com", "nobody@example.com"] {
        // Whatever the case, and however many at once.
        let spelt = [email.to_owned(), email.to_uppercase()];
        let tries =
            join_all((0..30).map(|at| sign_in(&anonymous, &spelt[at % 2], "wrong horse battery staple")))
                .await;
        let compared = tries.iter().filter(|answer| answer.status == 401).count();
        let held: Vec<_> = tries.iter().filter(|answer| answer.status == 429).collect();
        assert_eq!((compared, compared + held.len()), (5, 30), "{email}");
        assert_eq!((held[0].code(), held[0].header("retry-after")), ("too_many_tries".to_owned(), Some("1")));
    }
    // Not even the right one.
    problem(&sign_in(&anonymous, "ann@example.com", PASSWORD).await, 429, "too_many_tries");
    app.platform.clock.advance(1);
    expect(&sign_in(&anonymous, "ann@example.com", PASSWORD).await, 200);
    // What was right takes it back.
    for _ in 0..5 {
        problem(&sign_in(&anonymous, "ann@example.com", "wrong").await, 401, "wrong_credentials");
    }
    problem(&sign_in(&anonymous, "ann@example.com", "wrong").await, 429, "too_many_tries");
    app.remove().await.unwrap();
}

#[tokio::test]
async fn rules_know_who_has_signed_in() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    let (ann, signed_in) = user(&acme, "ann@example.com").await;
    let (bob, _) = user(&acme, "bob@example.com").await;
    let own = "record.owner == auth.id";
    let notes = json!({
        "name": "notes",
        "fields": [
            {"name": "text", "type": "text"},
            {"name": "owner", "type": "relation", "collection": "users", "on_delete": "cascade"},
        ],
        "rules": {
            "list": format!("{own} || 'admin' in auth.roles"),
            "view": "record.owner.email == auth.email",
            "create": own,
            "update": format!("{own} && auth.verified"),
            "delete": own,
        },
    });
    expect(&developer.post("/v1/collections", &notes).await, 201);
    let path = "/v1/collections/notes/records";
    let id = signed_in["user"]["id"].as_str().unwrap();
    let note = expect(&ann.post(path, &json!({"text": "hers", "owner": id})).await, 201);
    problem(&bob.post(path, &json!({"text": "not his", "owner": id})).await, 403, "rule_refused");
    let note = format!("{path}/{}", note["id"].as_str().unwrap());
    let count = async |who: &Client| expect(&who.get(path).await, 200)["items"].as_array().unwrap().len();
    assert_eq!((count(&ann).await, count(&bob).await), (1, 0));
    expect(&ann.get(&note).await, 200);
    problem(&bob.get(&note).await, 404, "not_found");
    // What a rule knows of a user is what is known now, not what it was when the token was made.
    problem(&ann.patch(&note, &json!({"text": "new"})).await, 404, "not_found");
    let verified = json!({"verified": true, "roles": []});
    expect(&developer.patch(&format!("/v1/users/{id}"), &verified).await, 200);
    expect(&ann.patch(&note, &json!({"text": "new"})).await, 200);
    let bobs = expect(&bob.get("/v1/auth/user").await, 200);
    let bobs = format!("/v1/users/{}", bobs["id"].as_str().unwrap());
    expect(&developer.patch(&bobs, &json!({"roles": ["admin"]})).await, 200);
    assert_eq!(count(&bob).await, 1);
    app.remove().await.unwrap();
}

/// CVE-2026-27946: nobody makes themselves somebody.
#[tokio::test]
async fn what_auth_owns_is_not_written_as_a_record() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    let (ann, signed_in) = user(&acme, "ann@example.com").await;
    let id = signed_in["user"]["id"].as_str().unwrap();
    let own = format!("{USERS}/{id}");
    for sent in [json!({"verified": true}), json!({"roles": ["admin"]}), json!({"email": "b@example.com"})] {
        let place = format!("/{}", sent.as_object().unwrap().keys().next().unwrap());
        for who in [&ann, &developer] {
            assert_eq!(places(&who.patch(&own, &sent).await, 400), std::slice::from_ref(&place));
        }
        let batch =
            json!({"operations": [{"method": "update", "collection": "users", "id": id, "record": sent}]});
        assert_eq!(ann.post("/v1/batch", &batch).await.status, 400);
        let many = developer.patch(&format!("{USERS}?filter=true"), &sent).await;
        assert_eq!(places(&many, 400), [place]);
    }
    assert_eq!(places(&ann.patch(&own, &json!({"disabled": false})).await, 400), ["/disabled"]);
    for made in [
        developer.post(USERS, &json!({})).await,
        developer.put(&own, &json!({})).await,
        developer.put(&format!("{USERS}?key=email"), &json!({})).await,
        developer
            .post(
                "/v1/batch",
                &json!({"operations": [{"method": "create", "collection": "users", "record": {}}]}),
            )
            .await,
        developer
            .with("content-type", "application/x-ndjson")
            .post(&format!("{USERS}/import"), &json!({}))
            .await,
    ] {
        problem(&made, 409, "owned_by_auth");
    }
    // No one but the user themselves is shown.
    let (bob, _) = user(&acme, "bob@example.com").await;
    expect(&ann.get(&own).await, 200);
    problem(&bob.get(&own).await, 404, "not_found");
    problem(&bob.get(USERS).await, 403, "scope_needed");
    problem(&developer.delete("/v1/collections/users").await, 409, "owned_by_auth");
    app.remove().await.unwrap();
}

/// Whoever tries ever other addresses fills nothing: what is forgiven is removed.
#[tokio::test]
async fn failed_tries_end() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let counted = async || {
        let own = [acme.tenant.id.as_uuid()];
        let sql = "SELECT count(*) FROM failures WHERE tenant_id = ?";
        number(app.platform.store(), acme.tenant.place(), sql, &own).await
    };
    for name in ["ann", "bob", "eve"] {
        let tried = sign_in(&acme.anonymous(), &format!("{name}@example.com"), PASSWORD).await;
        problem(&tried, 401, "wrong_credentials");
    }
    let before = counted().await;
    assert!(before >= 3, "{before}");
    app.platform.clock.advance(24 * 3600 + 1);
    problem(&sign_in(&acme.anonymous(), "joe@example.com", PASSWORD).await, 401, "wrong_credentials");
    assert_eq!(counted().await, before - 2);
    app.remove().await.unwrap();
}

/// Who is undeleted has the roles of before, and so who gives roles undeletes.
#[tokio::test]
async fn users_are_undeleted_by_who_may_make_them() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    let made = json!({"email": "ann@example.com", "roles": ["admin"]});
    let made = expect(&developer.post("/v1/users", &made).await, 201);
    let path = format!("{USERS}/{}", made["id"].as_str().unwrap());
    expect(&developer.delete(&path).await, 204);
    let undelete = format!("{path}/undelete");
    let writer = acme.secret_with(&["records:read", "records:write"]).await.unwrap();
    problem(&writer.post(&undelete, &json!({})).await, 403, "scope_needed");
    let back = expect(&developer.post(&undelete, &json!({})).await, 200);
    assert_eq!((&back["email"], &back["roles"]), (&made["email"], &json!(["admin"])));
    app.remove().await.unwrap();
}

/// security.md §2.4: no session survives what is to end it.
#[tokio::test]
async fn revocation_counts_at_once() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    let auth = "/v1/auth/user";
    let ends = async |name: &str, end: &dyn Fn(String) -> (Method, String, Option<Value>)| {
        let email = format!("{name}@example.com");
        let (client, signed_in) = user(&acme, &email).await;
        expect(&client.get(auth).await, 200);
        let id = signed_in["user"]["id"].as_str().unwrap().to_owned();
        let (method, path, body) = end(id);
        let done = developer.send(method, &path, body.map(|body| body.to_string())).await;
        assert!(matches!(done.status, 200 | 204), "{name}: {done:?}");
        problem(&client.get(auth).await, 401, "invalid_credential");
        problem(&refresh(&acme.nobody(), &signed_in).await, 401, "invalid_refresh_token");
    };
    let patch =
        |body: Value| move |id: String| (Method::PATCH, format!("/v1/users/{id}"), Some(body.clone()));
    ends("disabled", &patch(json!({"disabled": true}))).await;
    ends("reset", &patch(json!({"password": "another horse battery staple"}))).await;
    ends("ended", &|id| (Method::DELETE, format!("/v1/users/{id}/sessions"), None)).await;
    ends("deleted", &|id| (Method::DELETE, format!("{USERS}/{id}"), None)).await;
    ends("swept", &|id| (Method::DELETE, format!("{USERS}?filter=record.id%20==%20'{id}'"), None)).await;
    ends("batched", &|id| {
        let operations = json!([{"method": "delete", "collection": "users", "id": id}]);
        (Method::POST, "/v1/batch".to_owned(), Some(json!({"operations": operations})))
    })
    .await;
    problem(&sign_in(&acme.anonymous(), "disabled@example.com", PASSWORD).await, 403, "user_disabled");
    problem(&sign_in(&acme.anonymous(), "deleted@example.com", PASSWORD).await, 401, "wrong_credentials");
    let (ann, first) = user(&acme, "ann@example.com").await;
    expect(&developer.post("/v1/auth/signing-keys/rotate", &json!({})).await, 204);
    expect(&ann.get(auth).await, 200);
    expect(&developer.post("/v1/auth/signing-keys/rotate", &json!({"at_once": true})).await, 204);
    problem(&ann.get(auth).await, 401, "invalid_credential");
    let next = expect(&refresh(&acme.nobody(), &first).await, 200);
    expect(&acme.nobody().bearer(next["access_token"].as_str().unwrap()).get(auth).await, 200);
    app.remove().await.unwrap();
}

#[tokio::test]
async fn a_user_changes_their_password_and_ends_their_sessions() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let (ann, _) = user(&acme, "ann@example.com").await;
    let signed_in = expect(&sign_in(&acme.anonymous(), "ann@example.com", PASSWORD).await, 200);
    let elsewhere = acme.nobody().bearer(signed_in["access_token"].as_str().unwrap());
    let change = async |password: &str, new: &str| {
        ann.post("/v1/auth/password", &json!({"password": password, "new_password": new})).await
    };
    assert_eq!(places(&change("wrong", "another horse battery staple").await, 400), ["/password"]);
    assert_eq!(places(&change(PASSWORD, "short").await, 400), ["/new_password"]);
    expect(&change(PASSWORD, "another horse battery staple").await, 204);
    problem(&elsewhere.get("/v1/auth/user").await, 401, "invalid_credential");
    expect(&ann.get("/v1/auth/user").await, 200);
    problem(&sign_in(&acme.anonymous(), "ann@example.com", PASSWORD).await, 401, "wrong_credentials");
    // So that it is the latest.
    app.platform.clock.advance(1);
    expect(&sign_in(&acme.anonymous(), "ann@example.com", "another horse battery staple").await, 200);
    let sessions = expect(&ann.get("/v1/auth/sessions").await, 200);
    let other = sessions["items"][0]["id"].as_str().unwrap().to_owned();
    let (bob, _) = user(&acme, "bob@example.com").await;
    problem(&bob.delete(&format!("/v1/auth/sessions/{other}")).await, 404, "not_found");
    expect(&ann.delete(&format!("/v1/auth/sessions/{other}")).await, 204);
    problem(&ann.delete(&format!("/v1/auth/sessions/{other}")).await, 404, "not_found");
    expect(&sign_in(&acme.anonymous(), "ann@example.com", "another horse battery staple").await, 200);
    assert_eq!(expect(&ann.delete("/v1/auth/sessions").await, 200), json!({"count": 1}));
    app.remove().await.unwrap();
}

/// The same address in two tenants is two people, and a token works in its own tenant alone.
#[tokio::test]
async fn users_belong_to_their_tenant() {
    let app = TestApp::start().await.unwrap();
    let (acme, other) = (app.tenant("acme").await.unwrap(), app.tenant("other").await.unwrap());
    let (ann, signed_in) = user(&acme, "ann@example.com").await;
    problem(&sign_in(&other.anonymous(), "ann@example.com", PASSWORD).await, 401, "wrong_credentials");
    let (_, theirs) = user(&other, "ann@example.com").await;
    assert_ne!(theirs["user"]["id"], signed_in["user"]["id"]);
    problem(&ann.within("other").get("/v1/auth/user").await, 400, "tenant_mismatch");
    expect(&ann.within("acme").get("/v1/auth/user").await, 200);
    problem(&refresh(&other.anonymous(), &signed_in).await, 401, "invalid_refresh_token");
    let keys = expect(&acme.anonymous().get("/v1/auth/jwks.json").await, 200);
    assert_eq!((keys["keys"].as_array().unwrap().len(), &keys["keys"][0]["crv"]), (1, &json!("Ed25519")));
    assert_ne!(keys, expect(&other.anonymous().get("/v1/auth/jwks.json").await, 200));
    let developer = other.secret().await.unwrap();
    let foreign = signed_in["user"]["id"].as_str().unwrap();
    problem(
        &developer.patch(&format!("/v1/users/{foreign}"), &json!({"verified": true})).await,
        404,
        "not_found",
    );
    app.remove().await.unwrap();
}

#[tokio::test]
async fn users_are_made_by_those_who_may() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    let new = json!({"email": "ann@example.com", "password": PASSWORD, "verified": true, "roles": ["admin"]});
    let (bob, _) = user(&acme, "bob@example.com").await;
    problem(&bob.post("/v1/users", &new).await, 403, "scope_needed");
    let made = developer.post("/v1/users", &new).await;
    assert_eq!(expect(&made, 201)["roles"], json!(["admin"]));
    expect(&developer.get(made.header("location").unwrap()).await, 200);
    problem(&developer.post("/v1/users", &new).await, 409, "email_taken");
    let unknown = json!({"email": "eve@example.com", "roles": ["king"]});
    assert_eq!(places(&developer.post("/v1/users", &unknown).await, 400), ["/roles"]);
    expect(&sign_in(&acme.anonymous(), "ann@example.com", PASSWORD).await, 200);
    expect(&developer.post("/v1/users", &json!({"email": "eve@example.com"})).await, 201);
    problem(&sign_in(&acme.anonymous(), "eve@example.com", PASSWORD).await, 401, "wrong_credentials");
    expect(&developer.patch("/v1/auth/settings", &json!({"require_verification": true})).await, 200);
    problem(&sign_in(&acme.anonymous(), "bob@example.com", PASSWORD).await, 403, "email_unverified");
    expect(&sign_in(&acme.anonymous(), "ann@example.com", PASSWORD).await, 200);
    let wrong = json!({"password_min_length": 4, "session_days": 400});
    assert_eq!(
        places(&developer.patch("/v1/auth/settings", &wrong).await, 400),
        ["/password_min_length", "/session_days"]
    );
    app.remove().await.unwrap();
}

#[tokio::test]
async fn what_guessers_try_first_is_no_password() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    expect(&developer.patch("/v1/auth/settings", &json!({"password_min_length": 8})).await, 200);
    let (ann, signed_in) = user(&acme, "ann@example.com").await;
    let refused = |answer: &Answer| {
        let problem = problem(answer, 400, "invalid_body");
        (problem["errors"][0]["pointer"].clone(), problem["errors"][0]["code"].clone())
    };
    let new = json!({"email": "bob@example.com", "password": "P@ssw0rd"});
    let common = |place: &str| (json!(place), json!("common_password"));
    assert_eq!(refused(&acme.anonymous().post("/v1/auth/sign-up", &new).await), common("/password"));
    assert_eq!(refused(&developer.post("/v1/users", &new).await), common("/password"));
    let changed = json!({"password": PASSWORD, "new_password": "iloveyou"});
    assert_eq!(refused(&ann.post("/v1/auth/password", &changed).await), common("/new_password"));
    let id = signed_in["user"]["id"].as_str().unwrap();
    let set = developer.patch(&format!("/v1/users/{id}"), &json!({"password": "qwertyuiop"})).await;
    assert_eq!(refused(&set), common("/password"));
    expect(
        &acme.anonymous().post("/v1/auth/password-reset", &json!({"email": "ann@example.com"})).await,
        202,
    );
    let token = crate::mail::token(&developer, "ann@example.com", "reset_password").await;
    let reset = json!({"token": token, "password": "football1"});
    let confirm = "/v1/auth/password-reset/confirm";
    assert_eq!(refused(&acme.anonymous().post(confirm, &reset).await), common("/password"));
    // It was not used up by that.
    let reset = json!({"token": token, "password": "another horse battery staple"});
    expect(&acme.anonymous().post(confirm, &reset).await, 204);
    app.remove().await.unwrap();
}
