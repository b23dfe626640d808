//! Chromium, by way of `chromedriver` (Debian: `chromium-driver`), and authenticators that it makes up: `WebDriver` and
//! the commands that `WebAuthn` (Level 2, §11) adds to it.

use std::process::Stdio;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};

/// A browser with one tab. It goes with this.
pub(crate) struct Browser {
    driver: Child,
    http: reqwest::Client,
    /// Where commands to the tab go.
    session: String,
}

impl Browser {
    pub(crate) async fn start() -> Self {
        let driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // Its browser with it, so that both can be ended.
            .process_group(0)
            .spawn();
        let mut driver = driver.unwrap_or_else(|error| panic!("chromedriver does not run: {error}"));
        let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = loop {
            let line = lines.next_line().await.unwrap().unwrap_or_else(|| panic!("chromedriver has ended"));
            if let Some((_, port)) = line.split_once("successfully on port ") {
                break port.trim_end_matches('.').to_owned();
            }
        };
        let session = format!("http://127.0.0.1:{port}/session");
        let mut browser = Self { driver, http: reqwest::Client::new(), session };
        let options =
            json!({"args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]});
        let wished = json!({"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}});
        let made = browser.post("", &wished).await;
        browser.session = format!("{}/{}", browser.session, made["sessionId"].as_str().unwrap());
        browser
    }

    pub(crate) async fn open(&self, url: &str) {
        self.post("/url", &json!({"url": url})).await;
    }

    /// Runs what a page would, with `input` as its argument, and gives what it calls `done` with.
    pub(crate) async fn run(&self, script: &str, input: &Value) -> Value {
        let script = format!("const [input, done] = arguments; {script}");
        self.post("/execute/async", &json!({"script": script, "args": [input]})).await
    }

    pub(crate) async fn post(&self, command: &str, body: &Value) -> Value {
        self.send(self.http.post(format!("{}{command}", self.session)).json(body)).await
    }

    pub(crate) async fn get(&self, command: &str) -> Value {
        self.send(self.http.get(format!("{}{command}", self.session))).await
    }

    pub(crate) async fn delete(&self, command: &str) -> Value {
        self.send(self.http.delete(format!("{}{command}", self.session))).await
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Value {
        let answer = request.send().await.unwrap();
        let (status, body) = (answer.status(), answer.json::<Value>().await.unwrap());
        assert!(status.is_success(), "{body}");
        body["value"].clone()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let Some(group) = self.driver.id() else { return };
        let ended = std::process::Command::new("kill").args(["-KILL", "--", &format!("-{group}")]).status();
        assert!(ended.is_ok_and(|status| status.success()) || std::thread::panicking());
    }
}

/// Serves the page that is made for its origin, for as long as the test runs. Gives the origin.
pub(crate) async fn page(html: impl FnOnce(&str) -> String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    let html = html(&origin);
    let head = format!("Content-Type: text/html\r\nContent-Length: {}\r\nConnection: close", html.len());
    let answer = format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n{html}");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let answer = answer.clone();
            tokio::spawn(async move {
                let mut request = [0; 4096];
                let _read = stream.read(&mut request).await;
                let _sent = stream.write_all(answer.as_bytes()).await;
            });
        }
    });
    origin
}

/// A page with nothing on it.
pub(crate) fn empty(_: &str) -> String {
    "<!doctype html>".to_owned()
}
