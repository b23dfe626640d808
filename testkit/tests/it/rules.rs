//! Rules looked at from outside: what is explained is what requests are told, what is found against them is so; and the rule
//! by which users are made binds every door at which they make themselves.

use neonex_testkit::{Answer, AppTenant, Client, TestApp};
use poem::http::Method;
use serde_json::{Value, json};

use crate::api::{expect, places, problem};
use crate::auth::{PASSWORD, user};
use crate::mail::mails;
use crate::support::rows_of;

const REFERENCE: &str = include_str!("../../../docs/reference/rules.md");
const EXPLAIN: &str = "/v1/rules/explain";
const NOTES: &str = "/v1/collections/notes/records";

/// Notes that are somebody's, or everybody's.
struct World {
    app: TestApp,
    acme: AppTenant,
    developer: Client,
    /// Ann, who has shown that her address is hers, then Bob.
    users: [(Client, String); 2],
    /// A public one, one of Ann's, and one of nobody's of which it is not known whether it is public.
    notes: [String; 3],
}

impl World {
    async fn start() -> Self {
        let app = TestApp::start().await.unwrap();
        let acme = app.tenant("acme").await.unwrap();
        let developer = acme.secret().await.unwrap();
        let ann = user(&acme, "ann@example.com").await;
        let bob = user(&acme, "bob@example.com").await;
        let users = [ann, bob].map(|(client, signed_in)| (client, text(&signed_in["user"]["id"])));
        let verified =
            developer.patch(&format!("/v1/users/{}", users[0].1), &json!({"verified": true})).await;
        expect(&verified, 200);
        let own = "record.owner == auth.id";
        let design = json!({
            "name": "notes",
            "fields": [
                {"name": "title", "type": "text", "unique": true},
                {"name": "owner", "type": "relation", "collection": "users"},
                {"name": "open", "type": "bool"},
                {"name": "room", "type": "relation", "collection": "rooms"},
                {"name": "stars", "type": "int"},
                {"name": "secret", "type": "text", "rules": {"read": own, "write": "auth.verified"}},
            ],
            "rules": {
                "list": "open || record.owner == auth.id",
                "view": "open || record.owner == auth.id",
                "create": "auth != null && (input.owner == auth.id && !(record.title == 'taken') || record.room.name == 'hall')",
                "update": "record.owner == auth.id && input.owner == record.owner && input.stars != 7",
                "delete": "record.owner == auth.id && auth.verified",
            },
        });
        let rooms = json!({"name": "rooms", "fields": [{"name": "name", "type": "text"}]});
        expect(&developer.post("/v1/collections", &rooms).await, 201);
        expect(&developer.post("/v1/collections", &design).await, 201);
        let mut notes = Vec::new();
        for note in [
            json!({"title": "public", "open": true, "owner": users[1].1}),
            json!({"title": "own", "open": false, "owner": users[0].1, "secret": "s"}),
            json!({"title": "nobody's"}),
        ] {
            notes.push(developer.post(NOTES, &note).await.id());
        }
        Self { app, acme, developer, users, notes: notes.try_into().unwrap() }
    }

    /// Everybody who may ask, with what they are called in a question.
    fn askers(&self) -> [(Client, Value); 3] {
        let [ann, bob] = &self.users;
        [
            (self.acme.anonymous(), json!({"anonymous": true})),
            (ann.0.with("x-any", "x"), json!({"user": ann.1})),
            (bob.0.with("x-any", "x"), json!({"user": bob.1})),
        ]
    }

    async fn explain(&self, mut question: Value, subject: &Value) -> Value {
        question["collection"] = "notes".into();
        question["as"] = subject.clone();
        expect(&self.developer.post(EXPLAIN, &question).await, 200)
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// What was explained of a rule, of the collection or of a field.
fn rule<'e>(explained: &'e Value, name: &str, field: Option<&str>) -> &'e Value {
    let rules = explained["rules"].as_array().unwrap();
    let is_meant = |rule: &&Value| rule["rule"] == name && rule["field"].as_str() == field;
    rules.iter().find(is_meant).unwrap_or_else(|| panic!("no {name} in {explained}"))
}

/// Whether it says that the request is let through; of what the database alone can tell nothing is said without it.
fn allows(explained: &Value, name: &str, field: Option<&str>) -> bool {
    match rule(explained, name, field)["answer"].as_str().unwrap() {
        "allowed" => true,
        "refused" | "error" => false,
        other => panic!("{name} is {other} in {explained}"),
    }
}

/// The values of a rule's parts, in their order.
fn values(rule: &Value) -> Vec<(&str, u64, Option<&str>)> {
    let parts = rule["parts"].as_array().unwrap().iter();
    parts
        .map(|part| {
            (part["source"].as_str().unwrap(), part["depth"].as_u64().unwrap(), part["value"].as_str())
        })
        .collect()
}

#[tokio::test]
async fn what_is_explained_is_what_a_request_is_told() {
    let world = World::start().await;
    let tables = ["changes", "audit_log", "schema_history"];
    for (asker, subject) in world.askers() {
        for id in &world.notes {
            let path = format!("{NOTES}/{id}");
            let explained = world.explain(json!({"record": id}), &subject).await;
            let listed = expect(&asker.get(NOTES).await, 200);
            let is_listed = listed["items"].as_array().unwrap().iter().any(|note| note["id"] == *id);
            assert_eq!(allows(&explained, "list", None), is_listed, "{subject} {id}");
            let seen = asker.get(&path).await;
            assert_eq!(allows(&explained, "view", None), seen.status == 200, "{subject} {id}");
            if seen.status == 200 {
                let shown = seen.json().get("secret").is_some();
                assert_eq!(allows(&explained, "read", Some("secret")), shown, "{subject} {id}");
            }
            // A deletion that is let through is not carried out here.
            let stale = asker.with("if-match", "\"0\"").delete(&path).await.status;
            assert_eq!(allows(&explained, "delete", None), stale == 412, "{subject} {id}: {stale}");
            for input in [
                json!({"stars": 1}),
                json!({"stars": 7}),
                json!({"owner": world.users[1].1}),
                json!({"secret": "t"}),
                json!({"stars": {"$increment": 1}}),
            ] {
                let question = json!({"record": id, "input": input});
                let explained = world.explain(question, &subject).await;
                let told = asker.with("if-match", "\"0\"").patch(&path, &input).await;
                let writes = input.get("secret").is_none() || allows(&explained, "write", Some("secret"));
                let is_allowed = allows(&explained, "update", None) && writes;
                assert_eq!(is_allowed, told.status == 412, "{subject} {id} {input}: {}", told.status);
            }
        }
        for input in [
            json!({"title": "new", "owner": world.users[0].1}),
            json!({"title": "taken", "owner": world.users[0].1}),
            json!({"title": "new", "owner": world.users[0].1, "secret": "s"}),
            json!({"title": "new", "owner": world.users[1].1, "secret": "s"}),
            json!({"title": "own", "owner": world.users[0].1}),
            json!({"title": "new", "room": world.notes[0]}),
            json!({"titel": "new"}),
            json!({}),
        ] {
            let mut before = Vec::new();
            for table in tables {
                before.push(rows_of(world.app.platform.store(), &world.acme.tenant, table).await);
            }
            let explained = world.explain(json!({"input": input}), &subject).await;
            let mut after = Vec::new();
            for table in tables {
                after.push(rows_of(world.app.platform.store(), &world.acme.tenant, table).await);
            }
            assert_eq!(before, after, "something was kept of {input}");
            let told = asker.post(NOTES, &input).await;
            let writes = input.get("secret").is_none()
                || rule(&explained, "write", Some("secret"))["answer"] == "allowed";
            let is_allowed = allows(&explained, "create", None) && writes;
            assert_eq!(is_allowed, told.status == 201, "{subject} {input}: {}, {explained}", told.status);
            if told.status == 201 {
                expect(&world.developer.delete(&format!("{NOTES}/{}", told.id())).await, 204);
            }
            let notes = expect(&world.developer.get(NOTES).await, 200);
            assert_eq!(notes["items"].as_array().unwrap().len(), 3);
        }
    }
    world.app.remove().await.unwrap();
}

#[tokio::test]
async fn each_part_of_a_rule_has_its_value() {
    let world = World::start().await;
    let [anonymous, ann, bob] = world.askers().map(|(_, subject)| subject);
    let whole = "open || record.owner == auth.id";
    let view = |explained: &Value| rule(explained, "view", None).clone();
    let explained = view(&world.explain(json!({"record": world.notes[1]}), &anonymous).await);
    assert_eq!((&explained["answer"], &explained["because"]), (&json!("error"), &json!("rule")));
    let expected = [
        (whole, 0, Some("error")),
        ("open", 1, Some("false")),
        ("record.owner == auth.id", 1, Some("error")),
    ];
    assert_eq!(values(&explained), expected);
    let at = |place: usize| explained["parts"][place]["at"].as_u64().unwrap();
    assert_eq!(([at(0), at(1), at(2)], &explained["parts"][0]["operator"]), ([0, 0, 8], &json!("or")));
    let explained = view(&world.explain(json!({"record": world.notes[1]}), &bob).await);
    assert_eq!(explained["answer"], "refused");
    assert_eq!(values(&explained)[2].2, Some("false"));
    let explained = world.explain(json!({"record": world.notes[1]}), &ann).await;
    let sees = json!({"kind": "user", "id": world.users[0].1, "email": "ann@example.com", "verified": true, "roles": []});
    assert_eq!(explained["auth"], sees);
    assert_eq!(values(&view(&explained))[2].2, Some("true"));
    // Of what nobody has said it is an error, which refuses.
    let explained = view(&world.explain(json!({"record": world.notes[2]}), &bob).await);
    assert_eq!((&explained["answer"], values(&explained)[1].2), (&json!("error"), Some("error")));

    // Without a record it is said what is known without one.
    let explained = world.explain(json!({}), &anonymous).await;
    assert_eq!(explained["auth"], Value::Null);
    let create = rule(&explained, "create", None);
    assert_eq!(
        (&create["answer"], values(create)[1]),
        (&json!("refused"), ("auth != null", 1, Some("false")))
    );
    assert_eq!(rule(&explained, "view", None)["answer"], "undecided");
    assert_eq!(rule(&explained, "delete", None)["answer"], "refused");
    let create = rule(&world.explain(json!({}), &ann).await, "create", None).clone();
    assert_eq!((&create["answer"], values(&create)[1].2), (&json!("undecided"), Some("true")));

    // A rule that holds for a record that is made sees what only the database knows.
    let hall = world.developer.post("/v1/collections/rooms/records", &json!({"name": "hall"})).await.id();
    let explained = world.explain(json!({"input": {"title": "x", "room": hall}}), &bob).await;
    let create = rule(&explained, "create", None);
    let expected = [
        ("auth != null", 1, Some("true")),
        (
            "(input.owner == auth.id && !(record.title == 'taken') || record.room.name == 'hall')",
            1,
            Some("true"),
        ),
        ("input.owner == auth.id && !(record.title == 'taken')", 2, Some("false")),
        ("input.owner == auth.id", 3, Some("false")),
        ("!(record.title == 'taken')", 3, Some("true")),
        ("(record.title == 'taken')", 4, Some("false")),
        ("record.room.name == 'hall'", 2, Some("true")),
    ];
    assert_eq!(values(create)[1..], expected);
    let sql = text(&create["sql"]);
    assert!(sql.contains("rooms") && sql.contains('?') && !sql.contains("hall"), "{sql}");

    // Whom rules do not bind passes them; what is not there needs a scope.
    let keys = format!("/v1/tenants/{}/keys", world.acme.id());
    let mut ids = Vec::new();
    for scopes in [json!(["records:read"]), json!(["keys:read"])] {
        let new = json!({"name": "k", "kind": "secret", "scopes": scopes});
        ids.push(expect(&world.acme.operator().post(&keys, &new).await, 201)["id"].clone());
    }
    let explained = world.explain(json!({"record": world.notes[1]}), &json!({"key": ids[0]})).await;
    assert_eq!(explained["auth"]["kind"], "key");
    let view = rule(&explained, "view", None);
    assert_eq!((&view["answer"], &view["because"]), (&json!("allowed"), &json!("scope")));
    assert_eq!(rule(&explained, "delete", None)["because"], "rule");
    let explained = world.explain(json!({"record": world.notes[1]}), &json!({"key": ids[1]})).await;
    assert_eq!(rule(&explained, "view", None)["answer"], "error");
    expect(&world.developer.patch("/v1/collections/notes", &json!({"rules": {}})).await, 200);
    let explained = world.explain(json!({"record": world.notes[1]}), &ann).await;
    let view = rule(&explained, "view", None);
    assert_eq!((&view["answer"], &view["because"]), (&json!("refused"), &json!("no_rule")));
    assert_eq!(explained["list"], Value::Null);
    world.app.remove().await.unwrap();
}

#[tokio::test]
async fn a_list_is_explained_with_the_rule_in_it() {
    let world = World::start().await;
    let ann = json!({"user": world.users[0].1});
    let list = world.explain(json!({}), &ann).await["list"].clone();
    assert!(
        text(&list["sql"]).contains("notes") && list["plan"].as_array().is_some_and(|plan| !plan.is_empty())
    );
    assert_eq!(list["missing_index"], Value::Null);
    let rules = json!({"rules": {"list": "record.stars == 1"}});
    expect(&world.developer.patch("/v1/collections/notes", &rules).await, 200);
    let list = world.explain(json!({}), &ann).await["list"].clone();
    assert_eq!(list["missing_index"], json!(["stars"]));
    world.app.remove().await.unwrap();
}

#[tokio::test]
async fn only_who_sees_records_and_rules_has_them_explained() {
    let world = World::start().await;
    let question = |subject: Value| json!({"collection": "notes", "as": subject, "record": world.notes[1]});
    let [anonymous, user, key] = [
        json!({"anonymous": true}),
        json!({"user": world.users[0].1}),
        json!({"key": "key_00000000000000000000000000000000"}),
    ];
    for (scopes, subject, told) in [
        (&["records:read"][..], &anonymous, (403, "scope_needed")),
        (&["collections:read"], &anonymous, (403, "scope_needed")),
        (&["records:read", "collections:read"], &user, (403, "scope_needed")),
        (&["records:read", "collections:read", "auth:read"], &key, (403, "scope_needed")),
        (&["records:read", "collections:read", "keys:read"], &key, (404, "not_found")),
    ] {
        let client = world.acme.secret_with(scopes).await.unwrap();
        problem(&client.post(EXPLAIN, &question(subject.clone())).await, told.0, told.1);
    }
    let reader = world.acme.secret_with(&["records:read", "collections:read", "auth:read"]).await.unwrap();
    for subject in [&anonymous, &user] {
        expect(&reader.post(EXPLAIN, &question(subject.clone())).await, 200);
    }
    for wrong in
        [json!({}), json!({"anonymous": false}), json!({"anonymous": true, "user": world.users[0].1})]
    {
        let refused = problem(&reader.post(EXPLAIN, &question(wrong)).await, 400, "invalid_body");
        assert_eq!(places(&refused), [("/as", "one_of")]);
    }
    for (field, absent) in
        [("record", world.users[0].1.clone()), ("record", "none".into()), ("collection", "none".into())]
    {
        let mut asked = question(anonymous.clone());
        asked[field] = absent.into();
        problem(&reader.post(EXPLAIN, &asked).await, 404, "not_found");
    }
    // Who is kept out is told nothing, whatever rules say.
    let path = format!("/v1/users/{}", world.users[0].1);
    expect(&world.developer.patch(&path, &json!({"disabled": true})).await, 200);
    problem(&reader.post(EXPLAIN, &question(user.clone())).await, 403, "user_disabled");
    let lint = world.acme.secret_with(&["records:read"]).await.unwrap();
    problem(&lint.get("/v1/rules/lint").await, 403, "scope_needed");
    world.app.remove().await.unwrap();
}

#[tokio::test]
async fn what_is_wrong_with_rules_is_found_and_nothing_else() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    let found = async || {
        let list = expect(&developer.get("/v1/rules/lint").await, 200);
        assert_eq!(list["next_cursor"], Value::Null);
        let items = list["items"].as_array().unwrap().iter();
        let line = |finding: &Value| {
            let word = |name: &str| finding[name].as_str().unwrap_or("-").to_owned();
            let words = ["collection", "field", "rule", "code", "severity"].map(word).join(" ");
            format!("{words} {}", finding["at"])
        };
        items.map(line).collect::<Vec<_>>()
    };
    let make = async |name: &str, rules: Value, field_rules: Value| {
        let fields = json!([
            {"name": "title", "type": "text"},
            {"name": "stars", "type": "int"},
            {"name": "owner", "type": "text"},
            {"name": "ruled", "type": "text", "rules": field_rules},
        ]);
        let new = json!({"name": name, "fields": fields, "indexes": [{"fields": ["stars"]}], "rules": rules});
        expect(&developer.post("/v1/collections", &new).await, 201);
    };
    assert_eq!(found().await, [""; 0]);
    make("closed", json!({}), json!({"write": "false"})).await;
    let sound = "auth != null && record.owner == auth.id";
    make(
        "sound",
        json!({"list": "record.stars > 1", "view": sound, "create": sound, "update": sound}),
        json!({}),
    )
    .await;
    make("shut", json!({"list": "false", "view": "!(auth == null && auth.verified)"}), json!({})).await;
    assert_eq!(found().await, [""; 0]);
    make(
        "bad",
        json!({
            "list": "record.title == 'x'",
            "view": "record.owner == auth.id || auth == null && auth.verified",
            "create": "auth == null || auth != null",
            "update": "true",
            "delete": "!has(auth.id) && auth.verified",
        }),
        json!({"read": "record.owner == auth.email", "write": "true && auth != null"}),
    )
    .await;
    let expected = [
        "bad - list no_index info 0",
        "bad - view unreachable warning 27",
        "bad - create open_to_everybody warning 0",
        "bad - update open_to_everybody critical 0",
        "bad - update write_wider_than_read critical 0",
        "bad - delete unreachable warning 0",
        "bad ruled read unverified_email warning 0",
        "bad ruled write unreachable warning 0",
    ];
    assert_eq!(found().await, expected);
    // Where only verified users sign in, an address can be trusted.
    expect(&developer.patch("/v1/auth/settings", &json!({"require_verification": true})).await, 200);
    assert!(found().await.iter().all(|line| !line.contains("unverified_email")));
    app.remove().await.unwrap();
}

/// A tenant whose users come from example.com, by every door that there is.
async fn of_example(rules: Value) -> (TestApp, AppTenant, Client) {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    let fields = json!([
        {"name": "team", "type": "text"},
        {"name": "plan", "type": "text", "rules": {"write": "'admin' in auth.roles"}},
        {"name": "handle", "type": "text", "unique": true},
    ]);
    expect(
        &developer.post("/v1/collections", &json!({"name": "users", "fields": fields, "rules": rules})).await,
        201,
    );
    let settings = json!({"methods": {"anonymous": true}});
    expect(&developer.patch("/v1/auth/settings", &settings).await, 200);
    (app, acme, developer)
}

async fn sign_up(tenant: &AppTenant, email: &str, profile: Value) -> Answer {
    let new = json!({"email": email, "password": PASSWORD, "profile": profile});
    tenant.anonymous().post("/v1/auth/sign-up", &new).await
}

#[tokio::test]
async fn the_create_rule_of_users_binds_those_who_make_themselves() {
    let rules = json!({"create": "input.email.endsWith('@example.com') && input.team != 'owners'"});
    let (app, acme, developer) = of_example(rules).await;
    expect(&sign_up(&acme, "ann@example.com", json!({"team": "red"})).await, 202);
    problem(&sign_up(&acme, "eve@evil.example", json!({})).await, 403, "rule_refused");
    problem(&sign_up(&acme, "eve@example.com", json!({"team": "owners"})).await, 403, "rule_refused");
    problem(&acme.anonymous().post("/v1/auth/anonymous", &json!({})).await, 403, "rule_refused");
    let users = expect(&developer.get("/v1/collections/users/records").await, 200);
    assert_eq!(users["items"].as_array().unwrap().len(), 1);
    // Who may make users is not asked, nor is whom they invite.
    let bob = json!({"email": "bob@elsewhere.example", "profile": {"team": "owners"}});
    expect(&developer.post("/v1/users", &bob).await, 201);
    let guest = json!({"email": "guest@elsewhere.example"});
    expect(&developer.post("/v1/users/invitations", &guest).await, 201);
    let token = json!({"token": crate::mail::token(&developer, "guest@elsewhere.example", "invitation").await, "password": PASSWORD});
    expect(&acme.anonymous().post("/v1/auth/invitation/confirm", &token).await, 200);
    // A rule that holds for those without an address lets them in.
    let rules = json!({"rules": {"create": "input.email == null || auth.verified"}});
    expect(&developer.patch("/v1/collections/users", &rules).await, 200);
    expect(&acme.anonymous().post("/v1/auth/anonymous", &json!({})).await, 200);
    problem(&sign_up(&acme, "zoe@example.com", json!({})).await, 403, "rule_refused");
    // The rule is explained as it is asked.
    let question =
        json!({"collection": "users", "as": {"anonymous": true}, "input": {"email": "zoe@example.com"}});
    let explained = expect(&developer.post(EXPLAIN, &question).await, 200);
    assert!(!allows(&explained, "create", None));
    assert_eq!(values(rule(&explained, "create", None))[1], ("input.email == null", 1, Some("false")));
    app.remove().await.unwrap();
}

/// A refusal tells nothing of who has signed up: it is the same for an address that is taken, and so is the answer to a
/// sign-up that is let through.
#[tokio::test]
async fn a_refusal_does_not_tell_whose_address_is_taken() {
    let rules = json!({"create": "record.email.endsWith('.com') && input.team == 'red'"});
    let (app, acme, developer) = of_example(rules).await;
    expect(&sign_up(&acme, "ann@example.com", json!({"team": "red", "handle": "ann"})).await, 202);
    let told = async |email: &str, profile: Value| {
        let answer = sign_up(&acme, email, profile).await;
        let body = String::from_utf8(answer.body.clone()).unwrap().replace(email, "‹email›");
        let id = answer.header("x-request-id").unwrap().to_owned();
        (answer.status, answer.code(), body.replace(&id, "‹id›"))
    };
    for (profile, status) in [
        (json!({"team": "blue"}), 403),
        (json!({"team": "red", "plan": "gold"}), 403),
        (json!({"team": "red", "handle": "ann"}), 409),
        (json!({"team": "red"}), 202),
    ] {
        let taken = told("Ann@example.com", profile.clone()).await;
        let fresh = told("new@example.com", profile.clone()).await;
        assert_eq!((&taken, taken.0), (&fresh, status), "{profile}");
    }
    // Nothing of it was kept: Ann has her address, and signs in by it.
    let users = expect(&developer.get("/v1/collections/users/records?sort=email").await, 200);
    let emails: Vec<_> = users["items"].as_array().unwrap().iter().map(|user| &user["email"]).collect();
    assert_eq!(emails, [&json!("ann@example.com"), &json!("new@example.com")]);
    let ann = json!({"email": "ann@example.com", "password": PASSWORD});
    expect(&acme.anonymous().post("/v1/auth/sign-in", &ann).await, 200);
    // Her mail that somebody has tried came once, for the one that was let through.
    let tried = mails(&developer, "ann@example.com").await;
    assert_eq!(tried.iter().filter(|mail| mail["template"] == "already_registered").count(), 1);
    app.remove().await.unwrap();
}

/// Where there is no `create` rule, the setting says who signs up; rules of fields bind all the same.
#[tokio::test]
async fn without_a_rule_the_setting_says_who_signs_up() {
    let (app, acme, developer) = of_example(json!({})).await;
    expect(&sign_up(&acme, "ann@elsewhere.example", json!({"team": "owners"})).await, 202);
    let refused =
        problem(&sign_up(&acme, "eve@example.com", json!({"plan": "gold"})).await, 403, "rule_refused");
    assert!(text(&refused["detail"]).contains("`plan`"), "{refused}");
    let anonymous = acme.anonymous();
    problem(
        &anonymous.post("/v1/auth/anonymous", &json!({"profile": {"plan": "gold"}})).await,
        403,
        "rule_refused",
    );
    expect(&anonymous.post("/v1/auth/anonymous", &json!({"profile": {"team": "red"}})).await, 200);
    let question =
        json!({"collection": "users", "as": {"anonymous": true}, "input": {"email": "x@example.com"}});
    let create = async || {
        let explained = expect(&developer.post(EXPLAIN, &question).await, 200);
        let create = rule(&explained, "create", None);
        (text(&create["answer"]), text(&create["because"]))
    };
    assert_eq!(create().await, ("allowed".to_owned(), "sign_up".to_owned()));
    expect(&developer.patch("/v1/auth/settings", &json!({"sign_up": "closed"})).await, 200);
    assert_eq!(create().await, ("refused".to_owned(), "sign_up".to_owned()));
    problem(&sign_up(&acme, "bob@example.com", json!({})).await, 403, "sign_up_closed");
    // A rule opens nothing that the setting keeps shut.
    let rules = json!({"rules": {"create": "true"}});
    expect(&developer.patch("/v1/collections/users", &rules).await, 200);
    problem(&sign_up(&acme, "bob@example.com", json!({})).await, 403, "sign_up_closed");
    app.remove().await.unwrap();
}

#[tokio::test]
async fn nobody_but_who_asks_rightly_is_answered() {
    let world = World::start().await;
    for body in [
        "{",
        "[]",
        "{\"collection\":\"notes\"}",
        "{\"collection\":\"notes\",\"as\":{\"anonymous\":true},\"x\":1}",
    ] {
        let answer = world.developer.send(Method::POST, EXPLAIN, Some(body.to_owned())).await;
        assert_eq!(answer.status, 400, "{body}");
    }
    let question = json!({"collection": "notes", "as": {"anonymous": true}, "input": [1]});
    let create = expect(&world.developer.post(EXPLAIN, &question).await, 200);
    let create = rule(&create, "create", None);
    assert_eq!((&create["answer"], &create["because"]), (&json!("refused"), &json!("input")));
    world.app.remove().await.unwrap();
}

/// The one block of that kind in the reference.
fn block(kind: &str) -> &'static str {
    let found: Vec<_> = REFERENCE.split(&format!("```{kind}\n")).skip(1).collect();
    let [found] = found[..] else { panic!("{kind}") };
    found.split_once("```").unwrap().0
}

/// Whether all that is written of an answer stands in it.
fn assert_answers(answer: &Value, written: &Value) {
    match (answer, written) {
        (Value::Object(answer), Value::Object(written)) => {
            written.iter().for_each(|(name, written)| assert_answers(&answer[name], written));
        }
        (Value::Array(answer), Value::Array(written)) => {
            assert_eq!(answer.len(), written.len(), "{answer:?}");
            answer.iter().zip(written).for_each(|(answer, written)| assert_answers(answer, written));
        }
        _ => assert_eq!(answer, written),
    }
}

/// What the reference shows is taken, asked and answered as it says.
#[tokio::test]
async fn the_examples_of_the_reference_are_so() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    let users: Value = serde_json::from_str(block("json users")).unwrap();
    expect(&developer.post("/v1/collections", &users).await, 201);
    let (_, ann) = user(&acme, "ann@example.com").await;
    let (_, bob) = user(&acme, "bob@example.com").await;
    problem(&sign_up(&acme, "eve@evil.example", json!({})).await, 403, "rule_refused");
    let posts: Value = serde_json::from_str(block("json collection")).unwrap();
    expect(&developer.post("/v1/collections", &posts).await, 201);
    let post = json!({"title": "x", "author": ann["user"]["id"]});
    let post = developer.post("/v1/collections/posts/records", &post).await.id();
    let explain = block("sh explain");
    assert!(explain.contains(&format!("-X POST \"$URL{EXPLAIN}\"")), "{explain}");
    let body = explain.split_once("<<END\n").unwrap().1.split_once("\nEND").unwrap().0;
    let body = body.replace("$BOB", bob["user"]["id"].as_str().unwrap()).replace("$POST", &post);
    let answer = expect(&developer.post(EXPLAIN, &serde_json::from_str(&body).unwrap()).await, 200);
    assert_answers(&answer, &serde_json::from_str(block("json answer")).unwrap());
    let lint = block("sh lint");
    let path = lint.split_once("$URL").unwrap().1.split_once('"').unwrap().0;
    expect(&developer.get(path).await, 200);
    app.remove().await.unwrap();
}
