//! What people read first.

use super::Place;

#[test]
fn help_is_as_reviewed() {
    let place = Place::new();
    let commands: [&[&str]; 25] = [
        &[],
        &["serve"],
        &["worker"],
        &["migrate"],
        &["migrate", "up"],
        &["migrate", "down"],
        &["migrate", "status"],
        &["migrate", "create"],
        &["token"],
        &["token", "create"],
        &["config"],
        &["config", "check"],
        &["config", "show"],
        &["import"],
        &["export"],
        &["schema"],
        &["schema", "pull"],
        &["schema", "plan"],
        &["schema", "apply"],
        &["schema", "history"],
        &["schema", "export-history"],
        &["schema", "replay"],
        &["generate"],
        &["generate", "types"],
        &["openapi"],
    ];
    for command in commands {
        let mut arguments = command.to_vec();
        arguments.push("--help");
        let outcome = place.run(&arguments);
        assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""), "{command:?}");
        let name = if command.is_empty() { "neonex".to_owned() } else { command.join("_") };
        insta::assert_snapshot!(name, outcome.stdout);
    }
}

#[test]
fn the_version_is_data() {
    let outcome = Place::new().run(&["--version"]);
    assert_eq!(outcome.code, Some(0));
    assert_eq!(outcome.stdout, format!("neonex {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn without_a_terminal_there_is_no_colour() {
    let place = Place::new();
    for arguments in [&["--help"][..], &["--nonsense"], &["config", "check"]] {
        assert!(!place.run(arguments).all().contains('\u{1b}'), "{arguments:?}");
    }
}
