//! Users who come from elsewhere with the hashes of their passwords, and acting as a user.

use neonex_testkit::{Answer, Client, TestApp};
use poem::http::Method;
use serde_json::{Value, json};

use crate::api::{expect, places, problem};
use crate::auth::user;
use crate::support::texts;

const IMPORT: &str = "/v1/users/import";
const USERS: &str = "/v1/collections/users/records";
/// Each made by another implementation, of `correct horse`.
const HASHES: [(&str, &str); 5] = [
    ("bcrypt", "$2b$05$/OW7k7j5fOv91fMtMUUC5uU/UYqr8bCp2BVtkFKwWyiKdngGopfx2"),
    (
        "argon2i",
        "$argon2i$v=19$m=4096,t=3,p=1$x1iByD5+56VQC8sxVUiR5A$79+DDpl5iX2YuPNE3wDUTv46H3lMF6+xR38kRiYd7mI",
    ),
    ("scrypt", "$scrypt$ln=10,r=8,p=1$c2l4dGVlbiBieXRlcyBvZg$19kR5BJnX7Sf3qhzB+3lEPAat2ujkkd3B9U0w0iHen8"),
    (
        "pbkdf2",
        "$pbkdf2-sha256$i=1000,l=32$c2l4dGVlbiBieXRlcyBvZg$y6QesfSHiadJe14jSg2x291T5Tyg3Jl9BU9qqM70WLU",
    ),
    ("django", "pbkdf2_sha256$1000$abcDEF123$L976N2gLUUrlB5ESxtk3TLeeDGoP0DvnDZW8r9F5sFo="),
];

async fn import(who: &Client, query: &str, lines: &[Value]) -> Answer {
    let file = lines.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
    let who = who.with("content-type", "application/x-ndjson");
    who.send(Method::POST, &format!("{IMPORT}{query}"), Some(file)).await
}

#[tokio::test]
async fn what_users_know_stays_good() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    let lines = HASHES.map(|(name, hash)| {
        json!({"email": format!("{name}@example.com"), "verified": true, "password_hash": hash,
            "created_at": "2024-05-01T12:00:00Z"})
    });
    let dry = expect(&import(&developer, "?dry_run=true", &lines).await, 200);
    assert_eq!((&dry["created"], &dry["failed"]), (&json!(5), &json!(0)), "{dry}");
    let made = expect(&import(&developer, "", &lines).await, 200);
    assert_eq!((&made["created"], &made["last_line"]), (&json!(5), &json!(5)), "{made}");
    let hashes = async || {
        let sql = "SELECT password_hash FROM user_secrets WHERE tenant_id = ?";
        let ids = [acme.tenant.id.as_uuid()];
        let rows = texts(app.platform.store(), acme.tenant.place(), sql, &ids, 1).await;
        rows.into_iter().map(|row| row[0].clone().unwrap()).collect::<Vec<_>>()
    };
    assert!(hashes().await.iter().all(|hash| !hash.starts_with("$argon2id$")));
    let sign_in = async |name: &str, password: &str| {
        let body = json!({"email": format!("{name}@example.com"), "password": password});
        acme.anonymous().post("/v1/auth/sign-in", &body).await
    };
    for (name, _) in HASHES {
        problem(&sign_in(name, "correct horsf").await, 401, "wrong_credentials");
        for _ in 0..2 {
            let signed_in = expect(&sign_in(name, "correct horse").await, 200);
            let created_at = signed_in["user"]["created_at"].as_str().unwrap();
            assert!(created_at.starts_with("2024-05-01T12:00:00"), "{signed_in}");
            assert_eq!(signed_in["user"]["verified"], true);
        }
    }
    // Hashed anew, as ours are.
    let ours = "$argon2id$v=19$m=19456,t=2,p=1$";
    assert!(hashes().await.iter().all(|hash| hash.starts_with(ours)));
    app.remove().await.unwrap();
}

#[tokio::test]
async fn what_is_wrong_with_a_line_is_told_and_takes_no_other_along() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    let design = json!({"name": "users", "fields": [{"name": "name", "type": "text", "required": true}]});
    expect(&developer.post("/v1/collections", &design).await, 201);
    let named = |email: &str, own: Value| {
        let mut line = json!({"email": email, "profile": {"name": "N"}});
        line.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
        line
    };
    let id = "0190a1b2-0000-7000-8000-000000000001";
    let lines = [
        named("a@example.com", json!({"id": id, "roles": ["admin"], "disabled": true})),
        named("a", json!({})),
        named("b@example.com", json!({"password_hash": "5f4dcc3b5aa765d61d8327deb882cf99"})),
        named(
            "c@example.com",
            json!({"password_hash": "$2b$31$/OW7k7j5fOv91fMtMUUC5uU/UYqr8bCp2BVtkFKwWyiKdngGopfx2"}),
        ),
        json!({"email": "d@example.com"}),
        named("A@example.com", json!({})),
        named("e@example.com", json!({"created_at": "2999-01-01T00:00:00Z"})),
        named("f@example.com", json!({"id": id})),
        named("g@example.com", json!({"password": "plain"})),
        json!([1]),
        named("h@example.com", json!({"roles": ["king"]})),
        named("z@example.com", json!({})),
    ];
    let report = expect(&import(&developer, "?on_error=skip", &lines).await, 200);
    assert_eq!((&report["created"], &report["failed"]), (&json!(2), &json!(10)), "{report}");
    let told: Vec<(u64, &str, &str)> = report["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| {
            let text = |name: &str| error[name].as_str().unwrap();
            (error["line"].as_u64().unwrap(), text("pointer"), text("code"))
        })
        .collect();
    let expected = [
        (2, "/email", "invalid_email"),
        (3, "/password_hash", "unknown_hash"),
        (4, "/password_hash", "unknown_hash"),
        (5, "/profile/name", "required"),
        (6, "/email", "email_taken"),
        (7, "/created_at", "invalid_time"),
        (8, "", "record_exists"),
        (9, "", "invalid_json"),
        (10, "", "invalid_json"),
        (11, "/roles", "invalid_value"),
    ];
    assert_eq!(told, expected);
    let first = expect(&developer.get(&format!("{USERS}/{id}")).await, 200);
    assert_eq!((&first["roles"], &first["disabled"]), (&json!(["admin"]), &json!(true)));
    // Where nothing else is said the first wrong line is the last.
    let report = expect(
        &import(
            &developer,
            "",
            &[named("i@example.com", json!({})), json!({}), named("j@example.com", json!({}))],
        )
        .await,
        200,
    );
    assert_eq!(
        (&report["created"], &report["stopped"], &report["last_line"]),
        (&json!(1), &json!(true), &json!(2)),
        "{report}"
    );
    let (ann, _) = {
        expect(&developer.post("/v1/users", &json!({"email": "ann@example.com", "password": "correct horse battery staple", "profile": {"name": "Ann"}})).await, 201);
        let body = json!({"email": "ann@example.com", "password": "correct horse battery staple"});
        let signed_in = expect(&acme.anonymous().post("/v1/auth/sign-in", &body).await, 200);
        (acme.nobody().bearer(signed_in["access_token"].as_str().unwrap()), signed_in)
    };
    problem(&import(&ann, "", &[]).await, 403, "scope_needed");
    let refused =
        developer.with("content-type", "text/csv").send(Method::POST, IMPORT, Some(String::new())).await;
    problem(&refused, 415, "unsupported_media_type");
    let unknown = problem(&import(&developer, "?upsert_by=id", &[]).await, 400, "unknown_parameter");
    assert_eq!(places(&unknown)[0].0, "?upsert_by");
    app.remove().await.unwrap();
}

/// Who acts as a user sees what the user sees, for a while, and it is told by whom it was done.
#[tokio::test]
async fn somebody_acts_as_a_user() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    let (ann, signed_in) = user(&acme, "ann@example.com").await;
    let id = signed_in["user"]["id"].as_str().unwrap();
    let path = format!("/v1/users/{id}/impersonate");
    let auth_only = acme.secret_with(&["auth:read", "auth:write"]).await.unwrap();
    problem(&auth_only.post(&path, &json!({})).await, 403, "scope_needed");
    problem(&ann.post(&path, &json!({})).await, 403, "scope_needed");
    let helper = acme.secret_with(&["users:impersonate"]).await.unwrap();
    let begun = expect(&helper.post(&path, &json!({})).await, 200);
    assert!(begun.get("refresh_token").is_none(), "{begun}");
    assert_eq!((&begun["user"], &begun["expires_in"]), (&signed_in["user"], &json!(900)));
    let acting = acme.nobody().bearer(begun["access_token"].as_str().unwrap());
    assert_eq!(expect(&acting.get("/v1/auth/user").await, 200), signed_in["user"]);
    let own = json!({"name": "notes", "fields": [{"name": "owner", "type": "relation", "collection": "users"}],
        "rules": {"list": "record.owner == auth.id", "create": "record.owner == auth.id"}});
    expect(&developer.post("/v1/collections", &own).await, 201);
    let notes = "/v1/collections/notes/records";
    expect(&acting.post(notes, &json!({"owner": id})).await, 201);
    assert_eq!(expect(&ann.get(notes).await, 200)["items"].as_array().unwrap().len(), 1);
    let sql = "SELECT actor FROM changes WHERE tenant_id = ? ORDER BY seq DESC";
    let ids = [acme.tenant.id.as_uuid()];
    let actors = texts(app.platform.store(), acme.tenant.place(), sql, &ids, 1).await;
    let actor = actors[0][0].clone().unwrap();
    assert!(actor.starts_with(&format!("user:{id} by key_")), "{actor}");
    // The user sees it.
    let sessions = expect(&ann.get("/v1/auth/sessions").await, 200);
    let methods: Vec<_> =
        sessions["items"].as_array().unwrap().iter().map(|one| one["method"].clone()).collect();
    assert!(methods.contains(&json!("impersonation")), "{sessions}");
    // What would outlive it is the user's own affair.
    let password =
        json!({"password": "correct horse battery staple", "new_password": "another horse battery staple"});
    problem(&acting.post("/v1/auth/password", &password).await, 403, "not_while_impersonating");
    problem(&acting.delete("/v1/auth/sessions").await, 403, "not_while_impersonating");
    problem(&acting.get("/v1/auth/identities").await, 403, "not_while_impersonating");
    // Nor does one become another by it.
    problem(&acting.post(&path, &json!({})).await, 403, "scope_needed");
    app.platform.clock.advance(900);
    problem(&acting.get("/v1/auth/user").await, 401, "invalid_credential");
    let begun = expect(&helper.post(&path, &json!({})).await, 200);
    let acting = acme.nobody().bearer(begun["access_token"].as_str().unwrap());
    expect(&acting.post("/v1/auth/sign-out", &json!({})).await, 204);
    problem(&acting.get("/v1/auth/user").await, 401, "invalid_credential");
    expect(&developer.patch(&format!("/v1/users/{id}"), &json!({"disabled": true})).await, 200);
    problem(&helper.post(&path, &json!({})).await, 403, "user_disabled");
    problem(
        &helper.post("/v1/users/0190a1b2-0000-7000-8000-000000000009/impersonate", &json!({})).await,
        404,
        "not_found",
    );
    app.remove().await.unwrap();
}
