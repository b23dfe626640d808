//! The tutorial, run as its reader would run it. The commands stand in the document and nowhere else.
//!
//! Two things differ from a reader's machine: the program has been built already, and the server listens on a free
//! port.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use neonex_testkit::Server;
use serde_json::Value;

use crate::cargo::root;
use crate::site::program;

/// A fenced block of the document: its language and its text.
pub(crate) type Block = (String, String);

const BUILD: &str = "cargo build --release\n";
const SERVE: &str = "neonex serve\n";
const ADDRESS: &str = "http://127.0.0.1:8080";
/// Ends the output of a block.
const MARK: &str = "\u{1e}";

/// The platform that the tutorial has made.
pub(crate) struct Platform {
    pub(crate) server: Server,
    /// An operator's token.
    pub(crate) token: String,
    outputs: Vec<(Block, String)>,
    _folder: tempfile::TempDir,
}

fn blocks() -> Vec<Block> {
    blocks_of("docs/tutorial/quickstart.md")
}

/// The fenced blocks of a document.
pub(crate) fn blocks_of(document: &str) -> Vec<Block> {
    let text = fs::read_to_string(root().join(document)).unwrap();
    let fenced = text.split("\n```").skip(1).step_by(2);
    fenced
        .map(|block| block.split_once('\n').expect("a fence ends its line"))
        .map(|(language, text)| (language.to_owned(), format!("{text}\n")))
        .collect()
}

/// Goes through the tutorial's commands in order.
pub(crate) async fn follow() -> Platform {
    let (folder, program) = program();
    // Where a build puts it.
    let release = folder.path().join("target/release");
    fs::create_dir_all(&release).unwrap();
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_neonex"), release.join("neonex")).unwrap();

    let mut shell: Vec<_> = blocks().into_iter().filter(|(language, _)| language == "sh").collect();
    assert!(shell[0].1.starts_with(BUILD), "the tutorial begins with the build: {}", shell[0].1);
    assert_eq!(shell[1].1, SERVE, "then the server starts");
    let server = program.serve().await.unwrap();
    shell.remove(1);
    shell[0].1 = shell[0].1.replace(BUILD, "");
    let addresses = shell.iter().map(|(_, text)| text.matches(ADDRESS).count()).sum::<usize>();
    assert_eq!(addresses, 1, "the server's address stands in one place");

    let marked: Vec<_> = shell.iter().map(|(_, text)| format!("{text}printf '{MARK}'\n")).collect();
    let output = bash(&marked.concat().replace(ADDRESS, server.url()), folder.path());
    let outputs = output.split(MARK).map(str::to_owned);
    let outputs = shell.into_iter().zip(outputs).collect();
    let token = program.token().unwrap();
    Platform { server, token, outputs, _folder: folder }
}

/// What the commands write, one after the other in one shell; none of them may fail.
pub(crate) fn bash(script: &str, folder: &Path) -> String {
    let mut command = Command::new("bash");
    command.args(["-euo", "pipefail", "-c", script]).current_dir(folder).stdin(Stdio::null());
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("NEONEX_")) {
        command.env_remove(name);
    }
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    text
}

#[tokio::test]
async fn every_command_works_and_answers_what_is_written() {
    let platform = follow().await;
    let blocks = blocks();
    let mut compared = 0;
    for (shell, output) in &platform.outputs {
        let after = blocks.iter().skip_while(|block| *block != shell).nth(1);
        if let Some((_, written)) = after.filter(|(language, _)| language == "json") {
            let written: Value = serde_json::from_str(written).unwrap();
            assert_eq!(serde_json::from_str::<Value>(output).unwrap(), written, "after {}", shell.1);
            compared += 1;
        }
    }
    assert_eq!(compared, 1, "the list is compared with the one in the document");
}
