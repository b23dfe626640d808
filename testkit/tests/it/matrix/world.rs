//! The tenant that is to be seen by nobody else, and one tenant for each kind of credential.

use futures_util::future::join_all;
use neonex_core::credential::CredentialKind;
use neonex_testkit::{AppTenant, Client, TestApp};
use serde_json::{Value, json};

use super::bodies;
use super::credentials::Credential;
use super::names::{CANARY, Names};
use super::own::{LIFETIME_SECONDS, Own};
use crate::api::expect;
use crate::factors;
use crate::support::execute;

/// All that the tests work with.
pub(super) struct World {
    pub(super) app: TestApp,
    pub(super) other: AppTenant,
    /// What the other tenant's things are called.
    pub(super) foreign: Names,
    /// What nothing is called.
    pub(super) absent: Names,
    /// What none but the other tenant may see, in lower case.
    pub(super) canaries: Vec<String>,
    pub(super) owns: Vec<Own>,
}

impl World {
    pub(super) async fn start() -> Self {
        let app = TestApp::start().await.unwrap();
        app.platform.platform.set_public_url("https://neonex.test");
        let other = app.tenant(&format!("{CANARY}-slug")).await.unwrap();
        let (foreign, mut secrets, hidden) = fill(&app, &other).await;
        let foreign_ids = [
            &foreign.tenant,
            &foreign.key,
            &foreign.collection,
            &foreign.record,
            &foreign.user,
            &foreign.session,
            &foreign.mail,
            &foreign.audit,
            &foreign.factor,
            &foreign.account,
            &foreign.tenant_invitation,
        ];
        secrets.extend(foreign_ids.into_iter().cloned());
        let mut canaries: Vec<String> = secrets.iter().flat_map(|secret| spellings(secret)).collect();
        canaries.push(CANARY.to_owned());
        assert_shown_to_its_own(&app, &other, &canaries).await;
        canaries.extend(hidden.iter().flat_map(|secret| spellings(secret)));
        // So that no version of the other's is one of theirs.
        app.platform.clock.advance(1);
        let mut owns: Vec<Own> = join_all(Credential::all().map(|kind| Own::start(&app, kind))).await;
        app.platform.clock.advance(LIFETIME_SECONDS);
        join_all(owns.iter_mut().map(Own::settle)).await;
        let absent = foreign.absent();
        Self { app, other, foreign, absent, canaries, owns }
    }
}

/// Fills the other tenant, with something telling in every place. Also gives what else of it is secret, and what
/// nobody is shown a second time.
async fn fill(app: &TestApp, other: &AppTenant) -> (Names, Vec<String>, Vec<String>) {
    let operator = other.operator();
    let origins = [format!("https://{CANARY}.example")];
    let settings = json!({"settings": {"cors_origins": origins, "slow_query_ms": 0}});
    expect(&app.operator().patch(&format!("/v1/tenants/{}", other.id()), &settings).await, 200);
    let mut names = Names {
        tenant: other.id(),
        slug: other.tenant.slug.clone(),
        key_name: format!("{CANARY} key"),
        collection_name: format!("{CANARY}_collection"),
        field: format!("{CANARY}_field"),
        value: format!("{CANARY} value"),
        once: format!("{CANARY} once"),
        email: format!("{CANARY}@example.com"),
        provider: format!("{CANARY}-idp"),
        role: format!("{CANARY}-role"),
        ..Names::default()
    };
    let keys = format!("/v1/tenants/{}/keys", names.tenant);
    let made = expect(&operator.post(&keys, &json!({"name": names.key_name, "kind": "secret"})).await, 201);
    names.key = text(&made["id"]);
    let secrets = vec![text(&made["key"])];
    let made = expect(&operator.post("/v1/collections", &bodies::collection(&names)).await, 201);
    names.collection = text(&made["id"]);
    let records = format!("/v1/collections/{}/records", names.collection);
    let record = json!({names.field.clone(): names.value, "note": format!("{CANARY} note")});
    let answer = operator.post(&records, &record).await;
    expect(&answer, 201);
    names.etag = answer.header("etag").unwrap().to_owned();
    names.record = answer.id();
    expect(&operator.post(&records, &record).await, 201);
    names.cursor = text(&expect(&operator.get(&format!("{records}?limit=1")).await, 200)["next_cursor"]);
    expect(&operator.get(&format!("{records}?sort={}", names.field)).await, 200);
    app.platform.platform.flush_slow_queries().await;
    let user = json!({"email": names.email, "password": bodies::PASSWORD});
    names.user = text(&expect(&operator.post("/v1/users", &user).await, 201)["id"]);
    let signed_in = expect(&other.anonymous().post("/v1/auth/sign-in", &user).await, 200);
    let wrong = json!({"email": names.email, "password": "wrong"});
    assert_eq!(other.anonymous().post("/v1/auth/sign-in", &wrong).await.status, 401);
    let settings = json!({"redirect_urls": [format!("https://{}", names.slug)]});
    expect(&operator.patch("/v1/auth/settings", &settings).await, 200);
    fill_providers(app, other, &names).await;
    let token = text(&signed_in["access_token"]);
    let sessions = expect(&other.nobody().bearer(&token).get("/v1/auth/sessions").await, 200);
    names.session = text(&sessions["items"][0]["id"]);
    let template = json!({"subject": names.value, "text": names.value});
    expect(&operator.put("/v1/mail-templates/code/en", &template).await, 200);
    let guest = json!({"email": format!("{CANARY}-guest@example.com")});
    names.invitation = text(&expect(&operator.post("/v1/users/invitations", &guest).await, 201)["id"]);
    names.mail = text(&expect(&operator.get("/v1/mails").await, 200)["items"][0]["id"]);
    names.audit = text(&expect(&operator.get("/v1/audit?limit=1").await, 200)["items"][0]["id"]);
    let theirs = other.nobody().bearer(&token);
    let (factor, codes) = factors::with_totp(app, &theirs).await;
    names.factor = text(&expect(&theirs.get("/v1/auth/factors").await, 200)["items"][0]["id"]);
    // A sign-in that waits for its second factor.
    let asked = other.anonymous().post("/v1/auth/sign-in", &user).await.json();
    let waiting = text(&asked["second_factor"]["token"]);
    let tokens = [token, text(&signed_in["refresh_token"])];
    let theirs = fill_members(other, &mut names).await;
    let repeatable = repeatable(other, &operator.with("idempotency-key", &names.once)).await;
    let hidden = codes.into_iter().chain([factor, waiting]).chain(theirs).collect();
    (names, secrets.into_iter().chain(repeatable).chain(tokens).collect(), hidden)
}

/// A role, a member who has it, with a session and a token, and somebody who is invited. Gives what is the member's own.
async fn fill_members(other: &AppTenant, names: &mut Names) -> [String; 3] {
    let operator = other.operator();
    let role = json!({"name": names.role, "description": names.value, "permissions": ["members:read"]});
    expect(&operator.post("/v1/roles", &role).await, 201);
    let member = other.member(&format!("{CANARY}-member@example.com"), &names.role).await.unwrap();
    names.account = text(&expect(&member.get("/v1/account").await, 200)["id"]);
    let sessions = expect(&member.get("/v1/account/sessions").await, 200);
    names.account_session = text(&sessions["items"][0]["id"]);
    let token = json!({"name": names.value, "scopes": ["members:read"]});
    let token = expect(&member.post("/v1/account/tokens", &token).await, 201);
    names.account_token = text(&token["id"]);
    let guest = json!({"email": format!("{CANARY}-next@example.com"), "role": names.role});
    names.tenant_invitation =
        text(&expect(&operator.post("/v1/members/invitations", &guest).await, 201)["id"]);
    [names.account_session.clone(), names.account_token.clone(), text(&token["token"])]
}

/// A provider, a sign-in by it that has begun, and somebody whom it knows.
async fn fill_providers(app: &TestApp, other: &AppTenant, names: &Names) {
    let provider = bodies::provider_named(&names.provider, &names.value);
    expect(&other.operator().post("/v1/auth/providers", &provider).await, 201);
    let begin = format!("/v1/auth/oauth/{}/start", names.provider);
    expect(&other.anonymous().post(&begin, &bodies::oauth(names)).await, 200);
    let identity = format!(
        "INSERT INTO identities (tenant_id, provider, subject, user_id, email, email_verified, created_at, last_used_at) \
         VALUES (?, '{}', '{CANARY}', ?, '{}', FALSE, 0, 0)",
        names.provider, names.email
    );
    let ids = vec![other.tenant.id.as_uuid(), names.user.parse().unwrap()];
    execute(app.platform.store(), other.tenant.place(), vec![(identity, ids)]).await;
}

/// Makes the requests that the operator makes in every tenant, with an idempotency key; gives the ids of what came.
async fn repeatable(other: &AppTenant, operator: &Client) -> [String; 2] {
    let keys = format!("/v1/tenants/{}/keys", other.id());
    let key = operator.post(&keys, &bodies::key(&Names::own())).await;
    let collection = operator.post("/v1/collections", &bodies::collection(&Names::own())).await;
    [key, collection].map(|answer| text(&expect(&answer, 201)["id"]))
}

/// What the tests look for is there to be found: the other tenant's own operator sees all of it but the key itself.
async fn assert_shown_to_its_own(app: &TestApp, other: &AppTenant, canaries: &[String]) {
    let records = format!("/v1/collections/{CANARY}_collection/records");
    let mut shown = String::new();
    let keys = format!("/v1/tenants/{}/keys", other.id());
    let users = "/v1/collections/users/records";
    let audit = "/v1/audit?limit=200";
    for path in [
        &keys,
        "/v1/collections",
        &records,
        "/v1/slow-queries",
        users,
        "/v1/mails",
        "/v1/members",
        "/v1/members/invitations",
        audit,
    ] {
        shown.push_str(&expect(&other.operator().get(path).await, 200).to_string());
    }
    let user = text(&expect(&other.operator().get(users).await, 200)["items"][0]["id"]);
    let sessions = format!("/v1/users/{user}/sessions");
    shown.push_str(&expect(&other.operator().get(&sessions).await, 200).to_string());
    let factors = format!("/v1/users/{user}/factors");
    shown.push_str(&expect(&other.operator().get(&factors).await, 200).to_string());
    shown.push_str(&expect(&app.operator().get("/v1/tenants").await, 200).to_string());
    let shown = shown.to_lowercase();
    // Nobody is shown a key or a token a second time.
    let prefixes = [CredentialKind::Secret.prefix(), "nx_ref_", "eyj"];
    for pair in canaries.chunks(2) {
        let is_key = prefixes.iter().any(|prefix| pair[0].starts_with(prefix));
        assert!(is_key || pair.iter().any(|canary| shown.contains(canary.as_str())), "{pair:?} is nowhere");
    }
}

/// An id in both forms that ids have; any other text twice.
fn spellings(secret: &str) -> [String; 2] {
    let digits = secret.rsplit('_').next().unwrap_or(secret);
    match uuid::Uuid::try_parse(digits) {
        Ok(id) => [id.simple().to_string(), id.hyphenated().to_string()],
        Err(_) => [secret.to_lowercase(), secret.to_lowercase()],
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
