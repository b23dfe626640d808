//! Where settings come from, what is refused, and what is never shown.

use serde_json::Value;

use super::{Outcome, Place};

fn shown(outcome: &Outcome, key: &str) -> (Value, String) {
    let shown: Value = serde_json::from_str(&outcome.stdout).unwrap();
    let items = shown.get("items").and_then(Value::as_array).unwrap();
    let item = items.iter().find(|item| item["key"] == key).expect("every setting is shown");
    (item["value"].clone(), item["origin"].as_str().unwrap().to_owned())
}

#[test]
fn a_flag_beats_a_variable_beats_its_file_beats_the_configuration_beats_the_default() {
    let place = Place::new();
    let show = ["config", "show", "--json"];
    let mut environment: Vec<(&str, &str)> = Vec::new();
    let key = "data.database_url";

    let outcome = place.run_with(&show, &environment);
    assert_eq!(shown(&outcome, key), (Value::Null, "not set".to_owned()));
    assert_eq!(shown(&outcome, "server.listen"), ("127.0.0.1:8080".into(), "default".to_owned()));

    place.write("neonex.toml", "[data]\ndatabase_url = \"mysql://toml.example/n\"\n");
    let outcome = place.run_with(&show, &environment);
    assert_eq!(shown(&outcome, key), ("mysql://toml.example/n".into(), "neonex.toml".to_owned()));

    let file = place.write("url", "mysql://file.example/n\n");
    environment.push(("NEONEX_DATABASE_URL_FILE", &file));
    let outcome = place.run_with(&show, &environment);
    let origin = format!("NEONEX_DATABASE_URL_FILE, {file}");
    assert_eq!(shown(&outcome, key), ("mysql://file.example/n".into(), origin));

    environment.push(("NEONEX_DATABASE_URL", "mysql://variable.example/n"));
    let outcome = place.run_with(&show, &environment);
    assert_eq!(shown(&outcome, key), ("mysql://variable.example/n".into(), "NEONEX_DATABASE_URL".to_owned()));

    // Which of them `migrate down` would work on is said before anything happens.
    let arguments = ["migrate", "down", "--database", "mysql://flag.example/n"];
    let outcome = place.run_with(&arguments, &environment);
    assert!(outcome.stderr.contains("mysql://flag.example/n"), "{}", outcome.stderr);
}

#[test]
fn a_flag_is_named_where_it_is_wrong() {
    let outcome =
        Place::new().run_with(&["serve", "--listen", "nowhere"], &[("NEONEX_LISTEN", "127.0.0.1:1")]);
    assert_eq!(outcome.code, Some(2));
    assert!(outcome.stderr.contains("it is `nowhere` (set in --listen)"), "{}", outcome.stderr);
}

#[test]
fn the_configuration_file_is_the_named_one() {
    let place = Place::new();
    place.write("neonex.toml", "[server]\nlisten = \"127.0.0.1:1\"\n");
    let second = place.write("second.toml", "[server]\nlisten = \"127.0.0.1:2\"\n");
    let third = place.write("third.toml", "[server]\nlisten = \"127.0.0.1:3\"\n");
    let variable = [("NEONEX_CONFIG", second.as_str())];
    let outcome = place.run_with(&["config", "show", "--json"], &variable);
    assert_eq!(shown(&outcome, "server.listen"), ("127.0.0.1:2".into(), second.clone()));
    let outcome = place.run_with(&["config", "show", "--json", "--config", &third], &variable);
    assert_eq!(shown(&outcome, "server.listen"), ("127.0.0.1:3".into(), third.clone()));

    let outcome = place.run(&["config", "check", "--config", "absent.toml"]);
    assert_eq!(outcome.code, Some(2));
    assert!(outcome.stderr.contains("`absent.toml` could not be read"), "{}", outcome.stderr);
}

#[test]
fn all_faults_are_named_at_once_with_their_origin_and_remedy() {
    let place = Place::new();
    place.write(
        "neonex.toml",
        "[server]\nlisten = \"nowhere\"\nlissten = 1\nshutdown_grace = \"1s\"\n\n[sevrer]\nx = 1\n\n\
         [engine]\nreaders = 0\n\n[data]\ndir = { a = 1 }\n",
    );
    let environment = [
        ("NEONEX_RATE_LIMIT", "maybe"),
        ("NEONEX_LISTN", "x"),
        ("NEONEX_ADMIN_PASSWORD", "canary-71ce"),
        ("NEONEX_MASTER_KEY", "canary-a90b"),
        ("NEONEX_REDIS_URL_FILE", "/nonexistent/redis"),
        ("NEONEX_ADMIN_EMAIL", "ann@example.com"),
        ("NEONEX_TEST_ANYTHING", "is not ours"),
        ("NEONEX_PORT", "tcp://10.0.0.1:8080"),
        ("NEONEX_DURABILITY", ""),
    ];
    let outcome = place.run_with(&["config", "check"], &environment);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(2), ""));
    insta::assert_snapshot!(outcome.stderr);

    let outcome = place.run_with(&["config", "check", "--json"], &environment);
    assert_eq!(outcome.code, Some(2));
    let checked: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!((&checked["ok"], checked["faults"].as_array().unwrap().len()), (&Value::Bool(false), 12));
}

#[test]
fn a_variable_that_is_not_text_is_refused() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let place = Place::new();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_neonex"))
        .args(["config", "check"])
        .current_dir(place.path())
        .env_clear()
        .env("NEONEX_DATA", OsStr::from_bytes(b"/srv/\xff"))
        .output();
    let outcome = Outcome::of(&output.unwrap());
    assert_eq!(outcome.code, Some(2));
    assert!(outcome.stderr.contains("`NEONEX_DATA` must be UTF-8"), "{}", outcome.stderr);
}

#[test]
fn a_right_configuration_is_right() {
    let outcome = Place::new().run(&["config", "check", "--json"]);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(0), "{\"faults\":[],\"ok\":true}\n"));
}

#[test]
fn what_is_shown_is_a_configuration_that_says_the_same() {
    let place = Place::new();
    let environment = [("NEONEX_TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.1"), ("NEONEX_ENGINE_READERS", "3")];
    let first = place.run_with(&["config", "show", "--origin"], &environment);
    assert_eq!(first.code, Some(0), "{}", first.stderr);
    insta::assert_snapshot!(first.stdout);
    place.write("neonex.toml", &first.stdout);
    let plain = place.run_with(&["config", "show"], &environment);
    let second = place.run(&["config", "show"]);
    assert_eq!((second.code, second.stdout), (Some(0), plain.stdout));
}

#[test]
fn a_secret_is_never_shown() {
    // base64 of 32 bytes that spell a canary
    let key = "Y2FuYXJ5LTAwMS1jYW5hcnktMDAxLWNhbmFyeS0wMDE=";
    let environment = [
        ("NEONEX_MASTER_KEY", key),
        ("NEONEX_DATABASE_URL", "postgres://app:canary-002@db.example/n?password=canary-003#canary-004"),
        ("NEONEX_REDIS_URL", "redis://canary-005@cache.example/0"),
        ("NEONEX_LOG", "trace"),
    ];
    let commands: [&[&str]; 8] = [
        &["config", "check"],
        &["config", "show"],
        &["config", "show", "--origin"],
        &["config", "show", "--json"],
        &["serve"],
        &["worker"],
        &["migrate", "status"],
        &["token", "create"],
    ];
    let place = Place::new();
    for command in commands {
        let said = place.run_with(command, &environment).all();
        assert!(!said.contains("canary") && !said.contains(key), "{command:?}: {said}");
    }
    let shown = place.run_with(&["config", "show"], &environment).stdout;
    assert_eq!(shown.matches("********").count(), 5, "{shown}");
}

#[test]
fn a_secret_is_not_shown_where_it_is_wrong_either() {
    let place = Place::new();
    let wrong = [
        ("NEONEX_MASTER_KEY", "canary-101"),
        ("NEONEX_DATABASE_URL", "canary-102"),
        ("NEONEX_REDIS_URL", "http://:canary-103@cache.example"),
        ("NEONEX_PUBLIC_URL", "https://user:canary-104@example.com"),
    ];
    let outcome = place.run_with(&["config", "check"], &wrong);
    assert_eq!(outcome.code, Some(2));
    assert_eq!(outcome.stderr.matches(" must be ").count(), 4, "{}", outcome.stderr);
    assert!(!outcome.all().contains("canary"), "{}", outcome.all());

    for broken in ["[secrets]\nmaster_key = \"canary-106\n", "[secrets]\nmaster_key = canary-107\n"] {
        place.write("neonex.toml", broken);
        let outcome = place.run(&["config", "check"]);
        assert_eq!(outcome.code, Some(2));
        assert!(outcome.stderr.contains("`neonex.toml` is not TOML"), "{}", outcome.stderr);
        assert!(outcome.stderr.contains("line 2"), "{}", outcome.stderr);
        assert!(!outcome.all().contains("canary"), "{}", outcome.all());
    }
}
