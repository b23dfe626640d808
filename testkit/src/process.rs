//! The real program, as people and scripts run it: a process of its own, in a folder of its own.

use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout};
use tokio::sync::Mutex;

/// How long a server may take until it listens; after a crash it first recovers its files.
const PATIENCE: Duration = Duration::from_secs(30);
const LOG: &str = "serve.log";

/// The program under test, in a folder, with no settings but those it is given here.
#[derive(Debug, Clone)]
pub struct Program {
    path: OsString,
    folder: PathBuf,
    variables: Vec<(String, String)>,
}

/// A server that runs. It is killed when this is dropped.
#[derive(Debug)]
pub struct Server {
    url: String,
    id: u32,
    /// Killed by one while others still call.
    child: Mutex<Child>,
    output: Mutex<Lines<BufReader<ChildStdout>>>,
}

impl Program {
    /// The program that cargo built for the test (`env!("CARGO_BIN_EXE_neonex")`), in `folder`.
    /// `NEONEX_TEST_BINARY` names another build of it: the one that is packaged, say.
    pub fn new(built: &str, folder: impl Into<PathBuf>) -> Self {
        let path = env::var_os("NEONEX_TEST_BINARY").unwrap_or_else(|| built.into());
        Self { path, folder: folder.into(), variables: Vec::new() }
    }

    /// With a variable in its environment.
    #[must_use]
    pub fn with(mut self, variable: &str, value: &str) -> Self {
        self.variables.push((variable.to_owned(), value.to_owned()));
        self
    }

    /// The folder it runs in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A run of it. Nothing of this process's environment reaches it.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.path);
        command.args(arguments).current_dir(&self.folder).env_clear().stdin(Stdio::null());
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// What a run that must succeed writes to its standard output.
    pub fn run(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let output = self.command(arguments).output()?;
        if !output.status.success() {
            bail!("`neonex {}` failed: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr));
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    /// A new operator's token.
    pub fn token(&self) -> anyhow::Result<String> {
        Ok(self.run(&["token", "create"])?.trim_end().to_owned())
    }

    /// Starts the server on a free port and waits until it listens. Its log goes into the folder.
    pub async fn serve(&self) -> anyhow::Result<Server> {
        self.serve_on("127.0.0.1:0").await
    }

    /// The same, on a given address.
    pub async fn serve_on(&self, listen: &str) -> anyhow::Result<Server> {
        let log = File::options().create(true).append(true).open(self.folder.join(LOG))?;
        let mut command = self.command(&["serve", "--listen", listen]);
        command.stdout(Stdio::piped()).stderr(log);
        let mut child = tokio::process::Command::from(command).kill_on_drop(true).spawn()?;
        let id = child.id().context("the server ended at once")?;
        let output = child.stdout.take().context("standard output is a pipe")?;
        let mut output = BufReader::new(output).lines();
        let first = tokio::time::timeout(PATIENCE, output.next_line()).await.map_or(Ok(None), |line| line)?;
        let Some(url) = first.as_deref().and_then(|line| line.strip_prefix("Neonex is running at ")) else {
            bail!("the server does not listen; it said {first:?}, and its log:\n{}", self.log()?);
        };
        // The first, if it can be opened at several.
        let url = url.split(" and ").next().unwrap_or(url).to_owned();
        Ok(Server { url, id, child: Mutex::new(child), output: Mutex::new(output) })
    }

    /// The log of its servers.
    pub fn log(&self) -> anyhow::Result<String> {
        Ok(fs::read_to_string(self.folder.join(LOG))?)
    }
}

impl Server {
    /// Its address, as `http://127.0.0.1:40123`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The number of its process.
    pub fn process_id(&self) -> u32 {
        self.id
    }

    /// The next line of what it writes to its standard output after its address.
    pub async fn line(&self) -> anyhow::Result<String> {
        self.output.lock().await.next_line().await?.context("the server has nothing more to say")
    }

    /// Ends it as nothing else does: SIGKILL, no handler runs, nothing is flushed.
    pub async fn kill(&self) -> anyhow::Result<()> {
        Ok(self.child.lock().await.kill().await?)
    }

    /// Tells it to stop, and waits until it has.
    pub async fn stop(self) -> anyhow::Result<ExitStatus> {
        terminate(self.id)?;
        Ok(self.child.into_inner().wait().await?)
    }
}

/// Tells a process to stop, as a service manager does.
pub fn terminate(process: u32) -> anyhow::Result<()> {
    // The shell's own `kill`: a minimal Debian has no other.
    let sent = Command::new("sh").args(["-c", &format!("kill -TERM {process}")]).status()?;
    anyhow::ensure!(sent.success(), "process {process} cannot be told to stop");
    Ok(())
}
