//! A mail server of a test's own: the real thing, by aiosmtpd. See `smtp/server.py` for what recipients make it do.

use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/smtp/server.py");
/// How long it may take to start, and a mail to arrive.
const PATIENCE: Duration = Duration::from_secs(30);

/// A mail server. It ends with this.
pub struct MailServer {
    /// Where it listens, on this machine.
    pub port: u16,
    /// The certificate that it shows, where it speaks TLS.
    pub certificate: Option<String>,
    lines: Lines<BufReader<ChildStdout>>,
    child: Child,
    _stdin: Option<ChildStdin>,
}

impl MailServer {
    /// Starts one with these arguments.
    pub async fn start(arguments: &[&str]) -> anyhow::Result<Self> {
        let mut child = Command::new(python())
            .arg(SCRIPT)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("cannot start python3")?;
        let stdin = child.stdin.take();
        let stdout = child.stdout.take().context("no output")?;
        let lines = BufReader::new(stdout).lines();
        let mut server = Self { port: 0, certificate: None, lines, child, _stdin: stdin };
        let first =
            server.said().await.context("the mail server did not start: is python3-aiosmtpd there?")?;
        server.port = u16::try_from(first.get("port").and_then(Value::as_u64).context("no port")?)?;
        server.certificate = first.get("certificate").and_then(Value::as_str).map(str::to_owned);
        Ok(server)
    }

    /// Its URL, without TLS.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}?tls=none", self.port)
    }

    /// The next mail that it takes, or what else it has to say.
    pub async fn said(&mut self) -> anyhow::Result<Value> {
        let line =
            timeout(PATIENCE, self.lines.next_line()).await.context("the mail server said nothing")??;
        Ok(serde_json::from_str(&line.context("the mail server has ended")?)?)
    }

    /// Ends it, so that nobody answers there any more.
    pub async fn stop(mut self) -> anyhow::Result<u16> {
        self.child.kill().await?;
        Ok(self.port)
    }
}

/// Debian's own Python, which has aiosmtpd, unless another is named.
fn python() -> String {
    std::env::var("NEONEX_TEST_PYTHON").unwrap_or_else(|_| "/usr/bin/python3".to_owned())
}
