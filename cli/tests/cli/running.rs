//! A server that runs while a test looks at it.

use neonex_testkit::Server;
use reqwest::Client;
use serde_json::Value;

use super::Place;

/// `neonex serve`, with what it prints when it starts on an empty platform.
pub(crate) struct Running {
    server: Server,
    /// Its address.
    pub(crate) base: String,
    /// The set-up link.
    pub(crate) setup: String,
}

impl Running {
    pub(crate) async fn start(place: &Place) -> Self {
        Self::start_with(place, "127.0.0.1:0", &[]).await
    }

    pub(crate) async fn start_with(place: &Place, listen: &str, environment: &[(&str, &str)]) -> Self {
        let with = |program: neonex_testkit::Program, (name, value): &(&str, &str)| program.with(name, value);
        let program = environment.iter().fold(place.program(), with);
        let server = program.serve_on(listen).await.unwrap();
        let heading = server.line().await.unwrap();
        assert!(heading.starts_with("Make the first operator"), "{heading}");
        let setup = server.line().await.unwrap().trim().to_owned();
        Self { base: server.url().to_owned(), server, setup }
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

    pub(crate) fn process_id(&self) -> u32 {
        self.server.process_id()
    }

    pub(crate) async fn stop(self) {
        assert_eq!(self.server.stop().await.unwrap().code(), Some(0));
    }
}
