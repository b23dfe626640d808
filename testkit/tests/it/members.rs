//! Members of tenants: how they come, what their roles allow, and that nobody gets more than they were given.

use futures_util::future::join_all;
use neonex_core::members::TENANT_INVITATION_DAYS;
use neonex_core::store::Place;
use neonex_testkit::{ACCOUNT_PASSWORD, AppTenant, Client, TestApp};
use serde_json::{Value, json};

use crate::api::{expect, places, problem};
use crate::support::{number, texts};

const MEMBERS: &str = "/v1/members";
const INVITATIONS: &str = "/v1/members/invitations";
const ROLES: &str = "/v1/roles";
const JOIN: &str = "/v1/account/join";

/// The path of a member.
async fn path(client: &Client) -> String {
    let account = expect(&client.get("/v1/account").await, 200);
    format!("{MEMBERS}/{}", account["id"].as_str().unwrap())
}

fn role(name: &str) -> Value {
    json!({"role": name})
}

async fn create_role(by: &Client, name: &str, permissions: &[&str]) -> u16 {
    by.post(ROLES, &json!({"name": name, "permissions": permissions})).await.status
}

async fn counted(app: &TestApp, table: &str, tenant: &AppTenant) -> i64 {
    let sql = format!("SELECT count(*) FROM {table} WHERE tenant_id = ?");
    number(app.platform.store(), Place::Control, &sql, &[tenant.tenant.id.as_uuid()]).await
}

#[tokio::test]
async fn somebody_is_invited_and_comes_in() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let token = acme.invited(&acme.operator(), "Ada@example.com", "owner").await.unwrap();
    let open = expect(&acme.operator().get(INVITATIONS).await, 200);
    assert_eq!(
        (&open["items"][0]["email"], &open["items"][0]["role"]),
        (&json!("Ada@example.com"), &json!("owner"))
    );
    let join = |password: &str| json!({"token": token, "password": password});
    // Without a password, or with a bad one, nothing is used up.
    let without = problem(&app.nobody().post(JOIN, &json!({"token": token})).await, 400, "invalid_body");
    assert_eq!(places(&without), [("/password", "required")]);
    let short = problem(&app.nobody().post(JOIN, &join("short")).await, 400, "invalid_body");
    assert_eq!(places(&short), [("/password", "password_length")]);
    let joined = expect(&app.nobody().post(JOIN, &join(ACCOUNT_PASSWORD)).await, 200);
    assert_eq!((&joined["slug"], &joined["role"]), (&json!("acme"), &json!("owner")));
    problem(&app.nobody().post(JOIN, &join(ACCOUNT_PASSWORD)).await, 401, "invalid_token");
    let ada = app.nobody().signed_in("ada@example.com").await.unwrap();
    let account = expect(&ada.get("/v1/account").await, 200);
    assert_eq!(
        (&account["tenants"][0]["slug"], &account["tenants"][0]["role"]),
        (&json!("acme"), &json!("owner"))
    );
    expect(&ada.within("acme").get("/v1/collections").await, 200);
    let members = expect(&ada.within("acme").get(MEMBERS).await, 200);
    assert_eq!(members["items"][0]["account"], joined["account"]);
    assert_eq!(expect(&ada.within("acme").get(INVITATIONS).await, 200)["items"], json!([]));
    let again = json!({"email": "ADA@example.com", "role": "viewer"});
    problem(&acme.operator().post(INVITATIONS, &again).await, 409, "already_member");
    let acts = "SELECT action FROM platform_audit WHERE tenant_id = ? ORDER BY action";
    let ids = [acme.tenant.id.as_uuid()];
    let acts = texts(app.platform.store(), Place::Control, acts, &ids, 1).await;
    assert_eq!(acts, [[Some("member.invited".to_owned())], [Some("member.joined".to_owned())]]);
    app.remove().await.unwrap();
}

/// Reading a mail makes nobody the owner of an account that is there already.
#[tokio::test]
async fn an_account_that_is_there_has_to_sign_in() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let ada = app.account("ada@example.com", false).await.unwrap();
    let eve = app.account("eve@example.com", false).await.unwrap();
    let token = acme.invited(&acme.operator(), "ADA@example.com", "viewer").await.unwrap();
    let body = json!({"token": token, "password": "another horse battery"});
    problem(&app.nobody().post(JOIN, &body).await, 401, "sign_in_needed");
    problem(&eve.post(JOIN, &body).await, 403, "other_account");
    problem(&acme.secret().await.unwrap().post(JOIN, &body).await, 403, "account_needed");
    let pat = expect(&ada.post("/v1/account/tokens", &json!({"name": "x"})).await, 201);
    let pat = app.nobody().bearer(pat["token"].as_str().unwrap());
    problem(&pat.post(JOIN, &body).await, 403, "session_needed");
    expect(&ada.post(JOIN, &body).await, 200);
    // The password is what it was.
    app.nobody().signed_in("ada@example.com").await.unwrap();
    assert_eq!(counted(&app, "members", &acme).await, 1);
    app.remove().await.unwrap();
}

#[tokio::test]
async fn an_invitation_ends() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let operator = acme.operator();
    let join = |token: &str| json!({"token": token, "password": ACCOUNT_PASSWORD});
    // By another to the same address, by being revoked, by its age, and with whoever has invited.
    let first = acme.invited(&operator, "ada@example.com", "viewer").await.unwrap();
    let second = acme.invited(&operator, "ada@example.com", "admin").await.unwrap();
    problem(&app.nobody().post(JOIN, &join(&first)).await, 401, "invalid_token");
    let open = expect(&operator.get(INVITATIONS).await, 200);
    let id = open["items"][0]["id"].as_str().unwrap();
    expect(&operator.delete(&format!("{INVITATIONS}/{id}")).await, 204);
    problem(&operator.delete(&format!("{INVITATIONS}/{id}")).await, 404, "not_found");
    problem(&app.nobody().post(JOIN, &join(&second)).await, 401, "invalid_token");
    let third = acme.invited(&operator, "ada@example.com", "viewer").await.unwrap();
    app.platform.clock.advance(TENANT_INVITATION_DAYS * 24 * 3600);
    problem(&app.nobody().post(JOIN, &join(&third)).await, 401, "invalid_token");
    assert_eq!(expect(&operator.get(INVITATIONS).await, 200)["items"], json!([]));
    let bob = acme.member("bob@example.com", "admin").await.unwrap();
    let fourth = acme.invited(&bob, "bob2@example.com", "admin").await.unwrap();
    expect(&operator.delete(&path(&bob).await).await, 204);
    problem(&app.nobody().post(JOIN, &join(&fourth)).await, 401, "invalid_token");
    // What is no secret of an invitation is none here.
    problem(&app.nobody().post(JOIN, &join("nonsense")).await, 401, "invalid_token");
    app.remove().await.unwrap();
}

/// security.md: one-time means once.
#[tokio::test(flavor = "multi_thread")]
async fn of_racers_with_one_invitation_one_comes_in() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let token = acme.invited(&acme.operator(), "ada@example.com", "owner").await.unwrap();
    let racers = (0..50).map(|number| {
        let body = json!({"token": token, "password": format!("correct horse battery {number}")});
        let nobody = app.nobody();
        tokio::spawn(async move { nobody.post(JOIN, &body).await.status })
    });
    let done: Vec<_> = join_all(racers).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(done.iter().filter(|status| **status == 200).count(), 1, "{done:?}");
    assert_eq!(counted(&app, "members", &acme).await, 1);
    let accounts = "SELECT count(*) FROM accounts";
    assert_eq!(number(app.platform.store(), Place::Control, accounts, &[]).await, 1);
    app.remove().await.unwrap();
}

/// Links in mails come from settings alone (GHSA-3529-5m8x-rpv3).
#[tokio::test]
async fn a_mail_has_the_secret_and_nothing_that_the_request_says() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    app.platform.platform.set_public_url("https://neonex.test/");
    let mut by = acme.operator();
    for name in ["host", "origin", "referer", "x-forwarded-host", "forwarded"] {
        by = by.with(name, "https://evil.example");
    }
    acme.invited(&by, "ada@example.com", "viewer").await.unwrap();
    let mails = expect(&acme.operator().get("/v1/mails").await, 200);
    let mail = mails["items"][0]["id"].as_str().unwrap();
    let mail = expect(&acme.operator().get(&format!("/v1/mails/{mail}")).await, 200).to_string();
    assert!(mail.contains("nx_one_"), "{mail}");
    assert!(!mail.contains("evil") && !mail.contains("/console/"), "{mail}");
    app.remove().await.unwrap();
}

#[tokio::test]
async fn the_last_owner_stays() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let ada = acme.member("ada@example.com", "owner").await.unwrap();
    let own = path(&ada).await;
    for by in [&ada, &acme.operator()] {
        problem(&by.delete(&own).await, 409, "last_owner");
        problem(&by.patch(&own, &role("admin")).await, 409, "last_owner");
        expect(&by.patch(&own, &role("owner")).await, 200);
    }
    let bob = acme.member("bob@example.com", "owner").await.unwrap();
    expect(&ada.patch(&own, &role("viewer")).await, 200);
    problem(&bob.delete(&path(&bob).await).await, 409, "last_owner");
    problem(&ada.delete(&path(&bob).await).await, 403, "scope_needed");
    app.remove().await.unwrap();
}

/// Two owners who remove each other, and themselves, at the same moment: one stays.
#[tokio::test(flavor = "multi_thread")]
async fn of_racing_owners_one_stays() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let elsewhere = app.another_process().await.unwrap();
    for round in 0..10 {
        let ada = acme.member(&format!("ada{round}@example.com"), "owner").await.unwrap();
        let bob = acme.member(&format!("bob{round}@example.com"), "owner").await.unwrap();
        // Who has stayed from the round before goes first.
        let members = expect(&ada.get(MEMBERS).await, 200);
        let (own, other) = (path(&ada).await, path(&bob).await);
        for member in members["items"].as_array().unwrap() {
            let path = format!("{MEMBERS}/{}", member["account"].as_str().unwrap());
            if path != own && path != other {
                expect(&ada.delete(&path).await, 204);
            }
        }
        let racers = [
            (ada.clone(), other.clone(), true),
            (bob.at(&elsewhere), own.clone(), true),
            (ada.clone(), own.clone(), false),
            (bob.at(&elsewhere), other.clone(), false),
        ];
        let racers = racers.map(|(by, path, removes)| {
            tokio::spawn(async move {
                if removes { by.delete(&path).await } else { by.patch(&path, &role("admin")).await }.status
            })
        });
        join_all(racers).await;
        let left = expect(&acme.operator().get(MEMBERS).await, 200);
        let owners = left["items"].as_array().unwrap().iter().filter(|member| member["role"] == "owner");
        assert_eq!(owners.count(), 1, "{left}");
        // Mails are not without number.
        app.platform.clock.advance(600);
    }
    app.remove().await.unwrap();
}

/// Nobody gets more than they were given, by none of the ways to give it.
#[tokio::test]
async fn nobody_gives_or_takes_more_than_they_have() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let owner = acme.member("ada@example.com", "owner").await.unwrap();
    let admin = acme.member("bob@example.com", "admin").await.unwrap();
    let developer = acme.member("dan@example.com", "developer").await.unwrap();
    let key = acme.secret().await.unwrap();
    let invite = |role: &str| json!({"email": format!("{role}@example.com"), "role": role});
    // Only owners make owners, and stop them.
    for by in [&admin, &key] {
        problem(&by.post(INVITATIONS, &invite("owner")).await, 403, "owner_needed");
        problem(&by.patch(&path(&admin).await, &role("owner")).await, 403, "owner_needed");
        problem(&by.patch(&path(&owner).await, &role("viewer")).await, 403, "owner_needed");
        problem(&by.delete(&path(&owner).await).await, 403, "owner_needed");
    }
    problem(&developer.post(INVITATIONS, &invite("viewer")).await, 403, "scope_needed");
    problem(&developer.patch(&path(&developer).await, &role("admin")).await, 403, "scope_needed");
    assert_eq!(create_role(&developer, "mine", &["records:read"]).await, 403);
    // Who may give roles and little else gives little.
    assert_eq!(create_role(&owner, "staff", &["members:read", "members:write", "records:read"]).await, 201);
    assert_eq!(create_role(&owner, "strong", &["records:read", "records:write"]).await, 201);
    let staff = acme.member("sam@example.com", "staff").await.unwrap();
    for beyond in ["admin", "developer", "strong"] {
        problem(&staff.post(INVITATIONS, &invite(beyond)).await, 403, "beyond_own_scopes");
        problem(&staff.patch(&path(&staff).await, &role(beyond)).await, 403, "beyond_own_scopes");
    }
    problem(&staff.patch(&path(&developer).await, &role("staff")).await, 403, "beyond_own_scopes");
    problem(&staff.delete(&path(&developer).await).await, 403, "beyond_own_scopes");
    assert_eq!(create_role(&staff, "mine", &["records:write"]).await, 403);
    let more = json!({"permissions": ["members:read", "members:write", "records:read", "keys:write"]});
    problem(&staff.patch(&format!("{ROLES}/staff"), &more).await, 403, "beyond_own_scopes");
    // Nor is taken from others what they have beyond that.
    let less = json!({"permissions": []});
    problem(&staff.patch(&format!("{ROLES}/strong"), &less).await, 403, "beyond_own_scopes");
    problem(&staff.delete(&format!("{ROLES}/strong")).await, 403, "beyond_own_scopes");
    problem(&staff.patch(&path(&staff).await, &role("owner")).await, 403, "owner_needed");
    // What they have they give.
    assert_eq!(create_role(&staff, "readers", &["records:read"]).await, 201);
    expect(&staff.post(INVITATIONS, &invite("readers")).await, 201);
    // Nor does a key go further than its scopes.
    let key = acme.secret_with(&["members:read", "members:write"]).await.unwrap();
    problem(&key.patch(&path(&developer).await, &role("viewer")).await, 403, "beyond_own_scopes");
    problem(&key.post(INVITATIONS, &invite("viewer")).await, 403, "beyond_own_scopes");
    app.remove().await.unwrap();
}

#[tokio::test]
async fn roles_are_made_changed_and_removed() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let owner = acme.member("ada@example.com", "owner").await.unwrap();
    let wrong = json!({"name": "owner", "permissions": ["records:read", "records:*"]});
    let wrong = problem(&owner.post(ROLES, &wrong).await, 400, "invalid_body");
    assert_eq!(places(&wrong), [("/name", "reserved"), ("/permissions/1", "unknown_scope")]);
    assert_eq!(create_role(&owner, "support", &["records:read"]).await, 201);
    assert_eq!(create_role(&owner, "support", &[]).await, 409);
    let names = expect(&owner.get(ROLES).await, 200);
    let names: Vec<_> = names["items"].as_array().unwrap().iter().map(|role| &role["name"]).collect();
    assert_eq!(names, ["owner", "admin", "developer", "viewer", "support"]);
    let support = format!("{ROLES}/support");
    assert_eq!(expect(&owner.get(&support).await, 200)["permissions"], json!(["records:read"]));
    for built_in in ["owner", "viewer"] {
        let path = format!("{ROLES}/{built_in}");
        problem(&owner.patch(&path, &json!({"permissions": []})).await, 409, "built_in_role");
        problem(&owner.delete(&path).await, 409, "built_in_role");
    }
    let unknown = json!({"permissions": ["records:all"]});
    problem(&owner.patch(&support, &unknown).await, 400, "invalid_body");
    problem(&owner.patch(&format!("{ROLES}/nobody"), &json!({})).await, 404, "not_found");
    let bob = acme.member("bob@example.com", "support").await.unwrap();
    problem(&owner.delete(&support).await, 409, "role_in_use");
    // What a role says counts at once for all who have it.
    problem(&bob.get("/v1/collections").await, 403, "scope_needed");
    let more = json!({"permissions": ["records:read", "collections:read"], "description": "Helps users."});
    expect(&owner.patch(&support, &more).await, 200);
    expect(&bob.get("/v1/collections").await, 200);
    expect(&owner.patch(&support, &json!({"permissions": []})).await, 200);
    problem(&bob.get("/v1/collections").await, 403, "scope_needed");
    expect(&owner.delete(&path(&bob).await).await, 204);
    expect(&owner.delete(&support).await, 204);
    problem(&owner.get(&support).await, 404, "not_found");
    app.remove().await.unwrap();
}

/// To who is no member there is no such tenant, whatever has become of it.
#[tokio::test]
async fn a_foreign_tenant_is_as_an_absent_one() {
    let app = TestApp::start().await.unwrap();
    let (acme, beta) = (app.tenant("acme").await.unwrap(), app.tenant("beta").await.unwrap());
    let ada = acme.member("ada@example.com", "owner").await.unwrap();
    beta.member("bob@example.com", "owner").await.unwrap();
    let pat = expect(&ada.post("/v1/account/tokens", &json!({"name": "x"})).await, 201);
    let pat = app.nobody().bearer(pat["token"].as_str().unwrap());
    let own = format!("/v1/tenants/{}", beta.id());
    let compare = async |state: &str| {
        for by in [&ada, &pat] {
            for path in ["/v1/collections", MEMBERS, "/v1/mails", "/v1/auth/jwks.json"] {
                let absent = by.within("gamma").get(path).await;
                problem(&absent, 404, "not_found");
                for named in ["beta", &beta.id()] {
                    let foreign = by.within(named).get(path).await;
                    let told =
                        [&foreign, &absent].map(|answer| (answer.status, answer.json()["detail"].clone()));
                    assert_eq!(told[0], told[1], "{state} {path}");
                }
            }
            let [foreign, absent] =
                [beta.id().as_str(), "gamma"].map(|named| format!("/v1/tenants/{named}/keys"));
            let by = by.with("x-neonex-tenant", "acme");
            assert_eq!(by.get(&foreign).await.status, 404, "{state}");
            assert_eq!(by.get(&absent).await.status, 404, "{state}");
        }
    };
    compare("active").await;
    expect(&app.operator().post(&format!("{own}/suspend"), &json!({})).await, 200);
    compare("suspended").await;
    expect(&app.operator().delete(&own).await, 200);
    compare("deleted").await;
    // Their own is told to them as it is.
    let acme = format!("/v1/tenants/{}", acme.id());
    expect(&app.operator().post(&format!("{acme}/suspend"), &json!({})).await, 200);
    problem(&ada.get("/v1/collections").await, 403, "tenant_suspended");
    app.remove().await.unwrap();
}

/// security.md: revocation is immediate.
#[tokio::test]
async fn a_demotion_counts_at_once() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let owner = acme.member("ada@example.com", "owner").await.unwrap();
    let bob = acme.member("bob@example.com", "admin").await.unwrap();
    let pat = expect(&bob.post("/v1/account/tokens", &json!({"name": "x"})).await, 201);
    let pat = acme.anonymous().bearer(pat["token"].as_str().unwrap());
    let collection = json!({"name": "notes", "fields": [{"name": "title", "type": "text"}]});
    let own = path(&bob).await;
    // On a server another process notices within a second; embedded there is none.
    let elsewhere = (!app.platform.store().is_embedded()).then_some(app.another_process().await.unwrap());
    let elsewhere = elsewhere.map(|api| bob.at(&api));
    for by in [&bob, &pat].into_iter().chain(&elsewhere) {
        expect(&by.post("/v1/collections", &collection).await, 201);
        expect(&by.delete("/v1/collections/notes").await, 204);
    }
    expect(&owner.patch(&own, &role("viewer")).await, 200);
    for by in [&bob, &pat] {
        problem(&by.post("/v1/collections", &collection).await, 403, "scope_needed");
        expect(&by.get("/v1/collections").await, 200);
    }
    app.platform.clock.advance(1);
    if let Some(by) = &elsewhere {
        problem(&by.post("/v1/collections", &collection).await, 403, "scope_needed");
    }
    expect(&owner.delete(&own).await, 204);
    for by in [&bob, &pat] {
        problem(&by.get("/v1/collections").await, 404, "not_found");
    }
    app.platform.clock.advance(1);
    if let Some(by) = &elsewhere {
        problem(&by.get("/v1/collections").await, 404, "not_found");
    }
    // The account stays.
    assert_eq!(expect(&bob.get("/v1/account").await, 200)["tenants"], json!([]));
    app.remove().await.unwrap();
}

#[tokio::test]
async fn a_members_token_goes_no_further_than_both() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let owner = acme.member("ada@example.com", "owner").await.unwrap();
    let bob = acme.member("bob@example.com", "viewer").await.unwrap();
    let within = async |by: &Client, scopes: &[&str]| {
        let made = by.post("/v1/account/tokens", &json!({"name": "x", "scopes": scopes})).await;
        acme.anonymous().bearer(expect(&made, 201)["token"].as_str().unwrap())
    };
    let token = within(&owner, &["members:write", "collections:read"]).await;
    expect(&token.get("/v1/collections").await, 200);
    problem(&token.get(MEMBERS).await, 403, "scope_needed");
    // An owner's token that was narrowed makes no owners, and gives nothing that it has not itself.
    problem(&token.patch(&path(&bob).await, &role("owner")).await, 403, "beyond_own_scopes");
    problem(&token.patch(&path(&bob).await, &role("developer")).await, 403, "beyond_own_scopes");
    let token = within(&bob, &["collections:write", "collections:read"]).await;
    expect(&token.get("/v1/collections").await, 200);
    problem(&token.post("/v1/collections", &json!({"name": "notes"})).await, 403, "scope_needed");
    app.remove().await.unwrap();
}

/// What a rule sees of a member whose role lets them see no records.
#[tokio::test]
async fn a_rule_sees_a_member() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    assert_eq!(create_role(&acme.operator(), "nothing", &[]).await, 201);
    let bob = acme.member("bob@example.com", "nothing").await.unwrap();
    let rules = json!({"list": "auth.kind == 'member'", "create": "auth.kind == 'user'"});
    let notes = json!({"name": "notes", "fields": [{"name": "title", "type": "text"}], "rules": rules});
    expect(&acme.operator().post("/v1/collections", &notes).await, 201);
    let records = "/v1/collections/notes/records";
    expect(&acme.operator().post(records, &json!({"title": "a"})).await, 201);
    assert_eq!(expect(&bob.get(records).await, 200)["items"].as_array().unwrap().len(), 1);
    problem(&bob.post(records, &json!({"title": "b"})).await, 403, "rule_refused");
    assert_eq!(expect(&acme.anonymous().get(records).await, 200)["items"], json!([]));
    app.remove().await.unwrap();
}

#[tokio::test]
async fn with_a_tenant_its_members_go() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let ada = acme.member("ada@example.com", "owner").await.unwrap();
    assert_eq!(create_role(&ada, "support", &[]).await, 201);
    acme.invited(&ada, "bob@example.com", "support").await.unwrap();
    expect(&app.operator().delete(&format!("/v1/tenants/{}", acme.id())).await, 200);
    assert_eq!(expect(&ada.get("/v1/account").await, 200)["tenants"], json!([]));
    app.platform.clock.advance(8 * 24 * 3600);
    app.platform.platform.purge_tenants().await.unwrap();
    for table in ["members", "member_roles", "tenant_invitations"] {
        assert_eq!(counted(&app, table, &acme).await, 0, "{table}");
    }
    app.nobody().signed_in("ada@example.com").await.unwrap();
    app.remove().await.unwrap();
}
