//! A server that runs while a test looks at it.

use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, Stdio};

use reqwest::Client;
use serde_json::Value;

use super::{Place, terminate};

/// `neonex serve`. It is killed when this is dropped.
pub(crate) struct Running {
    pub(crate) child: Child,
    /// Its address.
    pub(crate) base: String,
    /// The set-up link.
    pub(crate) setup: String,
    /// Kept, so that the server may go on writing.
    _stdout: Box<dyn Read>,
}

impl Running {
    pub(crate) fn start(place: &Place) -> Self {
        Self::start_with(place, "127.0.0.1:0", &[])
    }

    pub(crate) fn start_with(place: &Place, listen: &str, environment: &[(&str, &str)]) -> Self {
        let mut command = place.command(&["serve", "--listen", listen], environment);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = || {
            let mut line = String::new();
            stdout.read_line(&mut line).unwrap();
            line.trim().to_owned()
        };
        let line_of_addresses = line();
        let addresses = line_of_addresses.strip_prefix("Neonex is running at ").expect("an address");
        let base = addresses.split(" and ").next().unwrap().to_owned();
        assert!(line().contains("first operator"));
        let setup = line();
        Self { child, base, setup, _stdout: Box::new(stdout) }
    }

    pub(crate) async fn call(&self, token: &str, path: &str, body: Option<&Value>) -> Value {
        let url = format!("{}{path}", self.base);
        let client = Client::new();
        let request = match body {
            Some(body) => client.post(url).json(body),
            None => client.get(url),
        };
        let answer = request.bearer_auth(token).send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{path}: {status}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    pub(crate) fn stop(mut self) {
        terminate(&self.child);
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _nothing_to_tell = self.child.wait();
    }
}
