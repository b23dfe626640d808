//! Programs and documentation of the workspace, built and run by cargo as `make test` builds everything.
//!
//! Cargo hands a test the programs of its own package only. It is therefore asked again here, for the whole workspace
//! with the same features, so that there is nothing left to compile but what changed.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// The clone.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Cargo, as if called from a shell: what cargo tells a test about its package would make build scripts run again.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.args(arguments).current_dir(root()).stdin(Stdio::null());
    let of_the_test =
        ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_TARGET_TMPDIR", "NEONEX_"];
    for (name, _) in std::env::vars_os() {
        if of_the_test.iter().any(|start| name.to_string_lossy().starts_with(start)) {
            command.env_remove(name);
        }
    }
    command
}

/// The programs that are no part of the server, by name.
pub(crate) fn programs() -> HashMap<String, PathBuf> {
    let arguments =
        ["build", "--workspace", "--locked", "--message-format", "json", "--example", "quickstart"];
    let mut command = cargo(&arguments);
    let output = command.args(["--bin", "neonex-example-movies"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    let messages = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let program = |message: Value| {
        let path = message["executable"].as_str()?;
        Some((message["target"]["name"].as_str()?.to_owned(), path.into()))
    };
    messages.filter_map(program).collect()
}
