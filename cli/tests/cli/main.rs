//! The real binary, run as people and scripts run it.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests; a failure is the test's")]
#![expect(clippy::indexing_slicing, reason = "the same")]

mod beside;
mod config;
mod databases;
mod exits;
mod help;
mod metrics;
mod migrate_create;
mod remote;
mod running;

use std::path::Path;
use std::process::{Command, Output};

use neonex_testkit::Program;

/// A place to run `neonex` in: an empty folder, and an environment without settings.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).unwrap()
    }

    fn run(&self, arguments: &[&str]) -> Outcome {
        self.run_with(arguments, &[])
    }

    fn run_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Outcome {
        Outcome::of(&self.command(arguments, environment).output().expect("the binary runs"))
    }

    fn command(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Command {
        let mut command = self.program().command(arguments);
        command.env("COLUMNS", "100").envs(environment.iter().copied());
        command
    }

    fn program(&self) -> Program {
        Program::new(env!("CARGO_BIN_EXE_neonex"), self.path())
    }
}

/// What a run said and how it ended.
#[derive(Debug)]
struct Outcome {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Outcome {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }

    /// Both streams.
    fn all(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}
