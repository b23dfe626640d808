//! `neonex migrate create`, in a copy of what it edits.

use super::Place;

const LIST: &str = include_str!("../../../migrations/src/tenant/mod.rs");

fn checkout() -> Place {
    let place = Place::new();
    place.write("migrations/Cargo.toml", include_str!("../../../migrations/Cargo.toml"));
    place.write("migrations/src/tenant/mod.rs", LIST);
    place
}

#[test]
fn writes_a_file_and_registers_it_last() {
    let place = checkout();
    let outcome = place.run(&["migrate", "create", "webhook_secrets"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let path = outcome.stdout.trim_end();
    let name = path.rsplit('/').next().unwrap().strip_suffix(".rs").unwrap();
    let skeleton = std::fs::read_to_string(path).unwrap();
    insta::assert_snapshot!(skeleton.replace(name, "NAME"));

    let list = place.read("migrations/src/tenant/mod.rs");
    let added: Vec<&str> = list.lines().filter(|line| !LIST.lines().any(|old| old == *line)).collect();
    assert_eq!(added, [format!("mod {name};"), format!("    {name}::MIGRATION,")]);

    let outcome = place.run(&["migrate", "create", "later"]);
    let later = outcome.stdout.trim_end().rsplit('/').next().unwrap().to_owned();
    assert!(later.as_str() > name, "{later} follows {name}");
}

#[test]
fn refuses_what_it_cannot_do_and_changes_nothing() {
    let place = checkout();
    let outcome = place.run(&["migrate", "create", "Bad-Name"]);
    assert_eq!(outcome.code, Some(2));
    let outcome = place.run(&["migrate", "create", "foundation"]);
    assert_eq!(outcome.code, Some(5), "{}", outcome.stderr);
    let outcome = place.run(&["migrate", "create", "webhooks", "--dry-run"]);
    assert_eq!(outcome.code, Some(0));
    assert_eq!(place.read("migrations/src/tenant/mod.rs"), LIST);
    assert_eq!(std::fs::read_dir(place.path().join("migrations/src/tenant")).unwrap().count(), 1);

    let outcome = Place::new().run(&["migrate", "create", "webhooks"]);
    assert_eq!(outcome.code, Some(2));
    assert!(outcome.stderr.contains("not in a checkout of Neonex"), "{}", outcome.stderr);
}
