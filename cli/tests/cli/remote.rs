//! Commands that call a server.

use serde_json::{Value, json};

use super::running::Running;
use super::{Outcome, Place};

/// A server with tenants `acme` and `other`.
struct Site {
    place: Place,
    running: Running,
    token: String,
}

impl Site {
    async fn open() -> Self {
        let place = Place::new();
        let running = Running::start(&place).await;
        let token = place.program().token().unwrap();
        for slug in ["acme", "other"] {
            running.call(&token, "/v1/tenants", Some(&json!({"slug": slug, "name": slug}))).await;
        }
        Self { place, running, token }
    }

    fn run(&self, tenant: &str, arguments: &[&str]) -> Outcome {
        let environment = [
            ("NEONEX_URL", self.running.base.as_str()),
            ("NEONEX_TOKEN", &self.token),
            ("NEONEX_TENANT", tenant),
        ];
        self.place.run_with(arguments, &environment)
    }

    /// Runs what must end with that code, and returns what it wrote.
    fn expect(&self, tenant: &str, arguments: &[&str], code: i32) -> String {
        let outcome = self.run(tenant, arguments);
        assert_eq!(outcome.code, Some(code), "{arguments:?}: {}", outcome.all());
        outcome.stdout
    }
}

const ROOMS: &str = "\
name = \"rooms\"

[rules]
list = \"true\"

[[fields]]
name = \"name\"
required = true
type = \"text\"
unique = true

[[fields]]
collection = \"people\"
name = \"owner\"
type = \"relation\"

[[indexes]]
fields = [\"name\", \"created_at\"]
kind = \"ordered\"
unique = false
";
const PEOPLE: &str = "\
name = \"people\"

[[fields]]
name = \"name\"
type = \"text\"

[[fields]]
collection = \"rooms\"
many = true
name = \"rooms\"
on_delete = \"set_null\"
type = \"relation\"
";

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_is_made_what_files_say() {
    let site = Site::open().await;
    let dir = site.place.path().join("design").to_str().unwrap().to_owned();
    let dir = dir.as_str();
    site.place.write("design/rooms.toml", ROOMS);
    site.place.write("design/people.toml", PEOPLE);
    site.expect("acme", &["schema", "plan", "--dir", dir, "--exit-code"], 5);
    let done = site.expect("acme", &["schema", "apply", "--dir", dir], 0);
    assert!(
        done.starts_with("create people\n") && done.contains("change people\n    + field rooms"),
        "{done}"
    );
    assert_eq!(site.expect("acme", &["schema", "plan", "--dir", dir, "--exit-code"], 0), "");

    // What was pulled is what was applied, here and in the tenant to which it is taken.
    site.expect("acme", &["schema", "pull", "--dir", dir], 0);
    assert_eq!(
        (site.place.read("design/rooms.toml").as_str(), site.place.read("design/people.toml").as_str()),
        (ROOMS, PEOPLE)
    );
    site.expect("other", &["schema", "apply", "--dir", dir, "--json"], 0);
    site.expect("other", &["schema", "plan", "--dir", dir, "--exit-code"], 0);

    // A rename keeps what is there, and is named once.
    let path = "/v1/collections/rooms/records";
    let body = json!({"name": "attic"});
    let acme = format!("{}{path}", site.running.base);
    let client = reqwest::Client::new();
    let send = client.post(acme).bearer_auth(&site.token).header("x-neonex-tenant", "acme").json(&body);
    assert_eq!(send.send().await.unwrap().status(), 201);
    let renamed = ROOMS
        .replace("name = \"rooms\"\n", "name = \"places\"\nrenamed_from = \"rooms\"\n")
        .replace("name = \"name\"\n", "name = \"title\"\nrenamed_from = \"name\"\n")
        .replace("[\"name\"", "[\"title\"");
    std::fs::remove_file(site.place.path().join("design/rooms.toml")).unwrap();
    site.place.write("design/places.toml", &renamed);
    site.place.write("design/people.toml", &PEOPLE.replace("\"rooms\"\nmany", "\"places\"\nmany"));
    let done = site.expect("acme", &["schema", "apply", "--dir", dir], 0);
    assert!(done.contains("rename to places") && done.contains("> field name is renamed to title"), "{done}");
    site.expect("acme", &["schema", "plan", "--dir", dir, "--exit-code"], 0);
    let file = site.expect("acme", &["export", "places", "--format", "csv", "--fields", "title"], 0);
    assert_eq!(file, "title\nattic\n");

    // What would be lost is lost only by the word for it.
    std::fs::remove_file(site.place.path().join("design/places.toml")).unwrap();
    site.place
        .write("design/people.toml", "name = \"people\"\n[[fields]]\nname = \"name\"\ntype = \"text\"\n");
    let plan: Value =
        serde_json::from_str(&site.expect("acme", &["schema", "plan", "--dir", dir, "--json"], 0)).unwrap();
    assert_eq!(plan["steps"][1]["loses"], json!(["collection places with all its records"]));
    let refused = site.run("acme", &["schema", "apply", "--dir", dir]);
    assert!(refused.code == Some(5) && refused.stderr.contains("--allow-loss"), "{}", refused.all());
    site.expect("acme", &["schema", "apply", "--dir", dir, "--allow-loss"], 0);
    site.expect("acme", &["schema", "plan", "--dir", dir, "--exit-code"], 0);

    site.place.write("design/people.toml", "name = \"people\"\nfeilds = []\n");
    let wrong = site.run("acme", &["schema", "plan", "--dir", dir]);
    assert!(wrong.code == Some(2) && wrong.stderr.contains("feilds"), "{}", wrong.all());
    site.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_gets_the_history_of_another() {
    let site = Site::open().await;
    let dir = |name: &str| site.place.path().join(name).to_str().unwrap().to_owned();
    let (dir, other) = (dir("design"), dir("other"));
    // Rooms and people point to each other. Then there are renames and a loss.
    site.place.write("design/rooms.toml", ROOMS);
    site.place.write("design/people.toml", PEOPLE);
    site.expect("acme", &["schema", "apply", "--dir", &dir], 0);
    let renamed = ROOMS
        .replace("name = \"rooms\"\n", "name = \"places\"\nrenamed_from = \"rooms\"\n")
        .replace("name = \"name\"\n", "name = \"title\"\nrenamed_from = \"name\"\n")
        .replace("[\"name\"", "[\"title\"");
    std::fs::remove_file(site.place.path().join("design/rooms.toml")).unwrap();
    site.place.write("design/places.toml", &renamed);
    let people = "name = \"people\"\n[[fields]]\ntype = \"decimal\"\nname = \"money\"\ndefault = 1.50\n";
    site.place.write("design/people.toml", people);
    site.expect("acme", &["schema", "apply", "--dir", &dir, "--allow-loss"], 0);
    // A default is what it means, and not how it is written.
    site.place.write("design/people.toml", &people.replace("1.50", "\"1.5\""));
    site.expect("acme", &["schema", "plan", "--dir", &dir, "--exit-code"], 0);

    let listed = site.expect("acme", &["schema", "history"], 0);
    assert!(listed.contains("create people") && listed.contains("update rooms: > places"), "{listed}");
    let file = site.expect("acme", &["schema", "export-history"], 0);
    let count = file.lines().count();
    assert_eq!(listed.lines().count(), count);
    let json: Value =
        serde_json::from_str(&site.expect("acme", &["schema", "history", "--json"], 0)).unwrap();
    assert_eq!(json["items"].as_array().unwrap().len(), count);

    // One that broke off goes on when it is run again.
    let first: String = file.split_inclusive('\n').take(2).collect();
    let part = site.place.write("part.ndjson", &first);
    let part = site.expect("other", &["schema", "replay", &part, "--json"], 0);
    assert_eq!(part, "{\"made\":2,\"there_already\":0}\n");
    let path = site.place.write("history.ndjson", &file);
    let rest = site.expect("other", &["schema", "replay", &path, "--json"], 0);
    assert_eq!(rest, format!("{{\"made\":{},\"there_already\":2}}\n", count - 2));
    let none = site.expect("other", &["schema", "replay", &path, "--json"], 0);
    assert_eq!(none, format!("{{\"made\":0,\"there_already\":{count}}}\n"));

    // What was pulled is the same.
    let pulled = site.place.path().join("pulled").to_str().unwrap().to_owned();
    site.expect("acme", &["schema", "pull", "--dir", &pulled], 0);
    site.expect("other", &["schema", "pull", "--dir", &other], 0);
    for name in ["people.toml", "places.toml"] {
        assert_eq!(site.place.read(&format!("pulled/{name}")), site.place.read(&format!("other/{name}")));
    }
    let files = |dir: &str| std::fs::read_dir(dir).unwrap().count();
    assert_eq!((files(&pulled), files(&other)), (2, 2));

    // A tenant that went another way is left alone, and so is one after a call that was refused.
    let refused = site.run("other", &["schema", "replay", &site.place.write("part.ndjson", &first)]);
    assert!(refused.code == Some(5) && refused.stderr.contains("nothing was done"), "{}", refused.all());
    let next = format!("{{\"seq\":{},\"at\":\"2026-11-24T10:00:00Z\",\"actor\":\"me\"", count + 1);
    let wrong = site
        .place
        .write("wrong.ndjson", &format!("{file}{next},\"action\":\"delete\",\"collection\":\"none\"}}\n"));
    let stopped = site.run("other", &["schema", "replay", &wrong]);
    let told = format!("stopped at change {} (drop none)", count + 1);
    assert!(stopped.code == Some(4) && stopped.stderr.contains(&told), "{}", stopped.all());
    site.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_go_in_and_out() {
    let site = Site::open().await;
    site.place.write(
        "schema/people.toml",
        "name = \"people\"\n[[fields]]\nname = \"name\"\ntype = \"text\"\nrequired = true\n",
    );
    let dir = site.place.path().join("schema");
    site.expect("acme", &["schema", "apply", "--dir", dir.to_str().unwrap()], 0);
    let file = site.place.write("people.csv", "Name\nAda\n\nBob\n\"\"\n");
    let columns = ["--columns", "{\"Name\":\"name\"}"];
    let import = ["import", "people", &file, columns[0], columns[1]];
    let dry = site.run("acme", &[&import[..], &["--dry-run"]].concat());
    assert!(dry.code == Some(1) && dry.stderr.contains("line 5/name: `name` is required"), "{}", dry.all());
    let report = site.expect("acme", &[&import[..], &["--on-error", "skip", "--json"]].concat(), 1);
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!((&report["created"], &report["failed"]), (&json!(2), &json!(1)));
    let out = site.place.path().join("out.ndjson");
    site.expect("acme", &["export", "people", "--fields", "name", "--output", out.to_str().unwrap()], 0);
    assert_eq!(site.place.read("out.ndjson").lines().count(), 2);
    site.expect("acme", &["import", "people", out.to_str().unwrap()], 0);
    site.expect("acme", &["export", "nothing"], 4);
    site.expect("acme", &["import", "people", "-"], 2);
    let nobody = site
        .place
        .run_with(&["export", "people"], &[("NEONEX_URL", &site.running.base), ("NEONEX_TENANT", "acme")]);
    assert_eq!(nobody.code, Some(3), "{}", nobody.all());
    site.running.stop().await;
}

/// What `generate types` writes for [`TYPED`]; that it compiles is half of the test.
#[expect(
    unreachable_pub,
    clippy::option_option,
    clippy::doc_link_with_quotes,
    reason = "it is written for others, whose lints are their own"
)]
mod generated;

const TYPED: &str = r#"
name = "all_kinds"
[[fields]]
name = "type"
type = "text"
required = true
[[fields]]
name = "self"
type = "int"
[[fields]]
name = "state"
type = "select"
options = ["a", "b \"c\""]
[[fields]]
name = "tags"
type = "multi_select"
options = ["x"]
required = true
[[fields]]
name = "at"
type = "datetime"
[[fields]]
name = "room"
type = "relation"
collection = "all_kinds"
[[fields]]
name = "place"
type = "geo_point"
[[fields]]
name = "extra"
type = "json"
"#;

#[tokio::test(flavor = "multi_thread")]
async fn types_compile_in_their_languages() {
    let site = Site::open().await;
    site.place.write("schema/all_kinds.toml", TYPED);
    let dir = site.place.path().join("schema");
    site.expect("acme", &["schema", "apply", "--dir", dir.to_str().unwrap()], 0);
    let rust = site.expect("acme", &["generate", "types", "--lang", "rust"], 0);
    let kept = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/remote/generated.rs");
    if std::env::var_os("INSTA_UPDATE").is_some_and(|wish| wish == "always") {
        std::fs::write(kept, &rust).unwrap();
    }
    assert_eq!(rust, std::fs::read_to_string(kept).unwrap());
    let read: generated::AllKinds = serde_json::from_value(json!({
        "type": "t", "self": 1, "state": null, "tags": ["x"], "at": null, "room": null, "place": {"lat": 1.0, "lon": 2.0}, "extra": [],
    }))
    .unwrap();
    assert_eq!((read.r#type.as_str(), read.self_), ("t", Some(1)));
    // What is not set is not sent, and null is something else.
    let sent = json!({"type": "t", "tags": ["x"]});
    let made: generated::AllKindsCreate = serde_json::from_value(sent.clone()).unwrap();
    assert_eq!(serde_json::to_value(made).unwrap(), sent);
    let change = generated::AllKindsUpdate { self_: Some(None), ..Default::default() };
    assert_eq!(serde_json::to_value(change).unwrap(), json!({"self": null}));

    let script = site.expect("acme", &["generate", "types", "--lang", "typescript"], 0);
    let good = format!(
        "{script}\nconst made: Collections[\"all_kinds\"][\"create\"] = {{ type: \"t\", tags: [\"x\"], state: \"b \\\"c\\\"\" }};\n\
         export const change: AllKindsUpdate = {{ self: null, extra: made }};\n"
    );
    let file = site.place.write("good.ts", &good);
    assert!(checks(&file), "{good}");
    let file = site.place.write("bad.ts", &good.replace("tags: [\"x\"], ", ""));
    assert!(!checks(&file));
    site.running.stop().await;
}

/// Whether TypeScript's compiler finds nothing.
fn checks(file: &str) -> bool {
    let mut command = std::process::Command::new("npx");
    command.args([
        "--yes",
        "--package",
        "typescript@5.9.3",
        "tsc",
        "--noEmit",
        "--strict",
        "--target",
        "es2022",
        file,
    ]);
    let outcome = command.output().expect("npm is there");
    outcome.status.success()
}
