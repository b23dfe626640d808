//! The tenant in which a credential works, and what there is in it to work with.

use std::collections::BTreeMap;

use neonex_core::credential::{Credential as Presented, CredentialKind};
use neonex_core::keys::KeyKind;
use neonex_core::store::{Place, Store};
use neonex_testkit::{Answer, AppTenant, Client, TestApp};
use poem::http::Method;
use serde_json::json;

use super::call::Call;
use super::credentials::Credential;
use super::names::Names;
use super::operations::{Entry, Needs};
use crate::api::expect;
use crate::support::execute;

/// The collection that operations on collections work with.
pub(super) const TARGET: &str = "target";
/// The collection without rules.
pub(super) const CLOSED: &str = "closed";
/// Collections for operations on records, with what each of their rules says.
pub(super) const RULED: [(&str, Option<&str>); 3] =
    [(CLOSED, None), ("open", Some("true")), ("never", Some("title == 'never'"))];
/// A unique field of each, and its value in the record.
pub(super) const UNIQUE: &str = "code";
/// A record of each.
const RECORD: &str = "01900000-0000-7000-8000-000000000001";
/// The role of the member that requests are about, and of who is invited.
const SPARE: &str = "spare-role";
/// How long the key lasts that is to expire.
pub(super) const LIFETIME_SECONDS: i64 = 60;

/// A credential's own tenant.
pub(super) struct Own {
    pub(super) credential: Credential,
    /// What its things are called, and what new ones may be.
    pub(super) names: Names,
    tenant: AppTenant,
    platform: Client,
    store: Store,
    /// The member that requests are about.
    member: String,
    /// Who presents the credential; where it is a key of one scope, one for each scope.
    callers: BTreeMap<&'static str, Client>,
}

impl Own {
    /// Makes the tenant and the credential.
    pub(super) async fn start(app: &TestApp, credential: Credential) -> Self {
        let tenant = app.tenant(&credential.slug()).await.unwrap();
        // Older than any key that a request brings, so that a page of one shows none of those.
        tenant.publishable().await.unwrap();
        let callers = callers(app, &tenant, credential).await;
        let names = Names {
            tenant: tenant.id(),
            slug: format!("fresh-{}", credential.slug()),
            collection: TARGET.to_owned(),
            record: RECORD.to_owned(),
            ..Names::own()
        };
        let store = app.platform.store().clone();
        let member = address("member", credential);
        Self { credential, names, tenant, platform: app.operator(), store, member, callers }
    }

    /// Fills the tenant, and lets its end come where the credential is to outlive it.
    pub(super) async fn settle(&mut self) {
        for (name, rule) in RULED {
            let rules = json!({"list": rule, "view": rule, "create": rule, "update": rule, "delete": rule});
            let unique = json!({"name": UNIQUE, "type": "text", "unique": true});
            let fields = json!([{"name": "title", "type": "text"}, unique]);
            let new = json!({"name": name, "fields": fields, "rules": rules});
            expect(&self.tenant.operator().post("/v1/collections", &new).await, 201);
            self.restore_record(name).await;
        }
        self.restore_key().await;
        self.restore_collections().await;
        self.restore_users().await;
        self.restore_settings().await;
        self.restore_providers().await;
        for role in [&self.names.role, SPARE] {
            let new = json!({"name": role, "permissions": []});
            expect(&self.tenant.operator().post("/v1/roles", &new).await, 201);
        }
        let member = self.tenant.member(&self.member, SPARE).await.unwrap();
        self.names.account = expect(&member.get("/v1/account").await, 200)["id"].as_str().unwrap().into();
        self.restore_members().await;
        self.restore_account().await;
        let own = format!("/v1/tenants/{}", self.names.tenant);
        match self.credential {
            Credential::Suspended => {
                expect(&self.platform.post(&format!("{own}/suspend"), &json!({})).await, 200);
            }
            Credential::Deleted => {
                expect(&self.platform.delete(&own).await, 200);
            }
            _ => {}
        }
    }

    /// Who calls an operation.
    fn caller(&self, needs: Needs) -> &Client {
        let needed = match needs {
            // No scope would do.
            Needs::Nobody | Needs::Operator | Needs::Account | Needs::Tenant | Needs::User => "keys:write",
            Needs::Scope(scope) | Needs::Rule(scope) | Needs::PastRules(scope) => scope,
        };
        let scope = if self.credential == Credential::OtherScope { sibling(needed) } else { needed };
        self.callers.get(scope).or_else(|| self.callers.get("")).unwrap()
    }

    /// Makes a request to an operation, and undoes what it changed.
    pub(super) async fn carry_out(&mut self, entry: &Entry, collection: &str, call: &Call) -> Answer {
        let answer = call.send(self.caller(entry.row.needs)).await;
        if (200..300).contains(&answer.status) && entry.operation.method != Method::GET {
            self.restore(entry, collection).await;
        }
        answer
    }

    async fn restore(&mut self, entry: &Entry, collection: &str) {
        match entry.operation.tag.as_str() {
            "Tenants" => self.restore_tenant().await,
            "Keys" => self.restore_key().await,
            "Collections" => self.restore_collections().await,
            "Records" => self.restore_record(collection).await,
            "Auth" if entry.row.operation.contains("provider") => self.restore_providers().await,
            "Auth" if entry.row.operation.contains("settings") => self.restore_settings().await,
            "Auth" | "Users" => self.restore_users().await,
            "Mails" => self.restore_mails().await,
            "Accounts" => self.restore_account().await,
            "Members" => self.restore_members().await,
            other => panic!("say here how to undo what {} does to {other}", entry.row.operation),
        }
    }

    /// The account that calls, or the tenant's member where none does: signed in anew, with a session beside that and a
    /// token, and nothing of what a request brought.
    async fn restore_account(&mut self) {
        let email = self.credential.role().map_or(self.member.clone(), |role| address(role, self.credential));
        let (nobody, path) = (self.tenant.nobody(), "/v1/account/sign-in");
        let body = json!({"email": email, "password": super::bodies::PASSWORD});
        let signed_in = expect(&nobody.post(path, &body).await, 200);
        let account = nobody.bearer(signed_in["token"].as_str().unwrap());
        let sessions = expect(&account.get("/v1/account/sessions").await, 200);
        for session in sessions["items"].as_array().unwrap() {
            if session["id"] != signed_in["session"]["id"] {
                let path = format!("/v1/account/sessions/{}", session["id"].as_str().unwrap());
                expect(&account.delete(&path).await, 204);
            }
        }
        let other = expect(&nobody.post(path, &body).await, 200);
        self.names.account_session = other["session"]["id"].as_str().unwrap().into();
        let tokens = expect(&account.get("/v1/account/tokens").await, 200);
        for token in tokens["items"].as_array().unwrap() {
            let path = format!("/v1/account/tokens/{}", token["id"].as_str().unwrap());
            expect(&account.delete(&path).await, 204);
        }
        let token = account.post("/v1/account/tokens", &json!({"name": "own token"})).await;
        self.names.account_token = expect(&token, 201)["id"].as_str().unwrap().into();
        if self.credential.role().is_some() {
            self.callers = BTreeMap::from([("", account.within(&self.tenant.tenant.slug))]);
        }
    }

    /// The one member beside whoever calls, the two roles, and the one invitation.
    async fn restore_members(&mut self) {
        self.restore_mails().await;
        let operator = self.tenant.operator();
        let invitations = expect(&operator.get("/v1/members/invitations").await, 200);
        for invitation in invitations["items"].as_array().unwrap() {
            let path = format!("/v1/members/invitations/{}", invitation["id"].as_str().unwrap());
            expect(&operator.delete(&path).await, 204);
        }
        let members = expect(&operator.get("/v1/members").await, 200);
        let account: &str = &self.names.account;
        if members["items"].as_array().unwrap().iter().all(|member| member["account"] != account) {
            let id = uuid::Uuid::try_parse(account.trim_start_matches("acc_")).unwrap();
            let insert = format!(
                "INSERT INTO members (tenant_id, account_id, role, created_at) VALUES (?, ?, '{SPARE}', 0)"
            );
            let row = (insert, vec![self.tenant.tenant.id.as_uuid(), id]);
            execute(&self.store, Place::Control, vec![row]).await;
        }
        // What was written past the server is told to it by another change.
        for role in ["viewer", SPARE] {
            let path = format!("/v1/members/{account}");
            expect(&operator.patch(&path, &json!({"role": role})).await, 200);
        }
        let roles = expect(&operator.get("/v1/roles").await, 200);
        for role in roles["items"].as_array().unwrap().iter().filter(|role| role["built_in"] == false) {
            if role["name"] != SPARE {
                let path = format!("/v1/roles/{}", role["name"].as_str().unwrap());
                expect(&operator.delete(&path).await, 204);
            }
        }
        expect(&operator.post("/v1/roles", &json!({"name": self.names.role, "permissions": []})).await, 201);
        let guest = json!({"email": "next@example.com", "role": SPARE});
        let invited = expect(&operator.post("/v1/members/invitations", &guest).await, 201);
        self.names.tenant_invitation = invited["id"].as_str().unwrap().into();
    }

    async fn restore_tenant(&self) {
        let own = format!("/v1/tenants/{}", self.names.tenant);
        for verb in ["restore", "resume"] {
            expect(&self.platform.post(&format!("{own}/{verb}"), &json!({})).await, 200);
        }
        let named = json!({"name": self.tenant.tenant.slug});
        expect(&self.platform.patch(&own, &named).await, 200);
    }

    /// The one before is used up if it was rotated or revoked.
    async fn restore_key(&mut self) {
        let new = json!({"name": "target", "kind": "publishable"});
        let keys = format!("/v1/tenants/{}/keys", self.names.tenant);
        self.names.key = expect(&self.platform.post(&keys, &new).await, 201)["id"].as_str().unwrap().into();
    }

    async fn restore_collections(&self) {
        let operator = self.tenant.operator();
        let all = expect(&operator.get("/v1/collections").await, 200);
        for name in all["items"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()) {
            if name != "users" && RULED.iter().all(|(kept, _)| *kept != name) {
                expect(&operator.delete(&format!("/v1/collections/{name}")).await, 204);
            }
        }
        let fields = json!([{"name": "title", "type": "text"}]);
        expect(&operator.post("/v1/collections", &json!({"name": TARGET, "fields": fields})).await, 201);
    }

    /// Where a sign-in may lead back.
    async fn restore_settings(&self) {
        let settings = json!({"redirect_urls": [format!("https://{}", self.names.slug)]});
        expect(&self.tenant.operator().patch("/v1/auth/settings", &settings).await, 200);
    }

    /// The one provider of the tenant.
    async fn restore_providers(&self) {
        let (operator, providers) = (self.tenant.operator(), "/v1/auth/providers");
        let all = expect(&operator.get(providers).await, 200);
        for provider in all["items"].as_array().unwrap() {
            let path = format!("{providers}/{}", provider["name"].as_str().unwrap());
            expect(&operator.delete(&path).await, 204);
        }
        let own = super::bodies::provider_named(&self.names.provider, "the-app");
        expect(&operator.post(providers, &own).await, 201);
    }

    /// The one user of the tenant, made anew so that the record has the version it had, and signed in.
    async fn restore_users(&mut self) {
        let operator = self.tenant.operator();
        let records = "/v1/collections/users/records";
        let email = self.names.email.clone();
        let all = operator.get(&format!("{records}?fields=id")).await;
        for user in all.json()["items"].as_array().into_iter().flatten() {
            expect(&operator.delete(&format!("{records}/{}", user["id"].as_str().unwrap())).await, 204);
        }
        let user = json!({"email": email, "password": super::bodies::PASSWORD});
        expect(&operator.post("/v1/users", &user).await, 201);
        let signed_in = expect(&self.tenant.anonymous().post("/v1/auth/sign-in", &user).await, 200);
        self.names.user = signed_in["user"]["id"].as_str().unwrap().into();
        let token = signed_in["access_token"].as_str().unwrap();
        let user = self.tenant.nobody().bearer(token);
        let sessions = expect(&user.get("/v1/auth/sessions").await, 200);
        self.names.session = sessions["items"][0]["id"].as_str().unwrap().into();
        // One that was begun, and waits for its code.
        let factor = user.post("/v1/auth/factors/totp", &json!({"name": "own factor"})).await;
        self.names.factor = expect(&factor, 201)["id"].as_str().unwrap().into();
        if self.credential == Credential::User {
            self.callers = BTreeMap::from([("", user)]);
        }
        self.restore_mails().await;
    }

    /// A mail and an invitation, and nothing of what a request brought. Mails are not without number, so that what was
    /// spent is given back.
    async fn restore_mails(&mut self) {
        let tenant = &self.tenant.tenant;
        let tables = ["mails", "mail_templates", "failures", "one_time_secrets"];
        let delete = tables
            .map(|table| (format!("DELETE FROM {table} WHERE tenant_id = ?"), vec![tenant.id.as_uuid()]));
        execute(&self.store, tenant.place(), delete.to_vec()).await;
        let operator = self.tenant.operator();
        let guest = json!({"email": "guest@example.com"});
        self.names.invitation =
            expect(&operator.post("/v1/users/invitations", &guest).await, 201)["id"].as_str().unwrap().into();
        let mails = expect(&operator.get("/v1/mails").await, 200);
        self.names.mail = mails["items"][0]["id"].as_str().unwrap().into();
    }

    /// Made anew and without a past, so that it has the version it had; and the only one, so that no list shows what a
    /// request brought.
    async fn restore_record(&self, collection: &str) {
        let operator = self.tenant.operator();
        let records = format!("/v1/collections/{collection}/records");
        let all = expect(&operator.get(&format!("{records}?fields=id")).await, 200);
        for id in all["items"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()) {
            expect(&operator.delete(&format!("{records}/{id}")).await, 204);
        }
        let forget = format!(
            "DELETE FROM changes WHERE tenant_id = ? AND collection_id = \
             (SELECT id FROM collections WHERE tenant_id = ? AND name = '{collection}')"
        );
        let tenant = &self.tenant.tenant;
        execute(&self.store, tenant.place(), vec![(forget, vec![tenant.id.as_uuid(); 2])]).await;
        let mut own = json!({"title": self.names.value});
        if collection != TARGET {
            own[UNIQUE] = UNIQUE.into();
        }
        expect(&operator.put(&format!("{records}/{RECORD}"), &own).await, 201);
    }
}

/// An account's address.
fn address(who: &str, credential: Credential) -> String {
    format!("{who}@{}.example", credential.slug())
}

/// Of two scopes that belong together, the other.
fn sibling(scope: &'static str) -> &'static str {
    match scope {
        "collections:read" => "collections:write",
        "collections:write" => "collections:read",
        "keys:read" => "keys:write",
        "keys:write" => "keys:read",
        "members:read" => "members:write",
        "members:write" => "members:read",
        "auth:read" | "users:impersonate" => "auth:write",
        "auth:write" | "audit:read" => "auth:read",
        "records:read" => "records:write",
        "records:write" | "collections:read records:read" => "records:read",
        other => panic!("say here which scope lies closest to {other}"),
    }
}

async fn callers(
    app: &TestApp,
    tenant: &AppTenant,
    credential: Credential,
) -> BTreeMap<&'static str, Client> {
    let bearer = |text: &str| app.nobody().bearer(text);
    let caller = match credential {
        // A user signs in when the tenant is filled.
        Credential::Nobody | Credential::User => app.nobody(),
        Credential::Anonymous => tenant.anonymous(),
        Credential::Publishable => tenant.publishable().await.unwrap(),
        Credential::ItsScope | Credential::OtherScope => {
            let mut callers = BTreeMap::new();
            for scope in ["auth:read", "collections:read", "keys:read", "members:read", "records:read"] {
                for scope in [scope, sibling(scope)] {
                    callers.insert(scope, tenant.secret_with(&[scope]).await.unwrap());
                }
            }
            for scopes in ["users:impersonate", "audit:read", "collections:read records:read"] {
                let apart: Vec<_> = scopes.split(' ').collect();
                callers.insert(scopes, tenant.secret_with(&apart).await.unwrap());
            }
            return callers;
        }
        Credential::EveryScope | Credential::Suspended | Credential::Deleted => {
            tenant.secret().await.unwrap()
        }
        Credential::Owner | Credential::Admin | Credential::Developer | Credential::Viewer => {
            let role = credential.heading();
            tenant.member(&address(role, credential), role).await.unwrap()
        }
        Credential::Operator => app.operator(),
        Credential::OperatorWithin => tenant.operator(),
        Credential::Malformed => bearer("nx_sec_malformed"),
        Credential::Unknown => {
            let rng = app.platform.rng();
            bearer(Presented::generate(CredentialKind::Secret, &*rng).unwrap().reveal())
        }
        Credential::Revoked => {
            let key = tenant.tenant.key(KeyKind::Secret, None).await.unwrap();
            let caller = bearer(&key.credential);
            expect(&caller.get("/v1/collections").await, 200);
            let path = format!("/v1/tenants/{}/keys/{}", tenant.id(), key.key.id);
            expect(&app.operator().delete(&path).await, 204);
            caller
        }
        Credential::Expired => {
            let until = app.platform.platform.now().plus_seconds(LIFETIME_SECONDS).to_string();
            let key = tenant.tenant.key_until(KeyKind::Secret, None, Some(&until)).await.unwrap();
            let caller = bearer(&key.credential);
            expect(&caller.get("/v1/collections").await, 200);
            caller
        }
    };
    BTreeMap::from([("", caller)])
}
