//! Exit codes, and which stream says what.

use super::Place;

#[test]
fn wrong_arguments_are_usage_errors_on_stderr() {
    let place = Place::new();
    for arguments in [&[][..], &["nonsense"], &["serve", "--nonsense"], &["token", "create", "--name"]] {
        let outcome = place.run(arguments);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(!outcome.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn a_wrong_setting_is_a_usage_error_of_every_command_that_has_settings() {
    let place = Place::new();
    let commands: [&[&str]; 6] = [
        &["serve"],
        &["worker"],
        &["migrate", "up"],
        &["migrate", "down", "--yes"],
        &["migrate", "status"],
        &["token", "create"],
    ];
    for command in commands {
        let outcome = place.run_with(command, &[("NEONEX_DURABILITY", "maybe")]);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(2), ""), "{command:?}");
        assert!(
            outcome.stderr.contains("`data.durability` must be `full` or `normal`"),
            "{}",
            outcome.stderr
        );
    }
}

#[test]
fn taking_a_migration_back_names_its_target_and_needs_consent() {
    let place = Place::new();
    let outcome = place.run(&["migrate", "down", "--data", "precious"]);
    assert_eq!(outcome.code, Some(2));
    assert!(outcome.stderr.contains("/precious`") && outcome.stderr.contains("--yes"), "{}", outcome.stderr);

    let url = "postgres://app:canary-5d1f@db.example/neonex";
    let outcome = place.run_with(&["migrate", "down"], &[("NEONEX_DATABASE_URL", url)]);
    assert!(outcome.stderr.contains("postgres://app:********@db.example/neonex"), "{}", outcome.stderr);
    assert!(!outcome.all().contains("canary"), "{}", outcome.all());
}

#[test]
fn a_reader_that_leaves_early_is_no_failure() {
    use std::process::{Command, Stdio};
    let place = Place::new();
    let mut child = Command::new(env!("CARGO_BIN_EXE_neonex"))
        .args(["config", "show"])
        .current_dir(place.path())
        .env_clear()
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}
