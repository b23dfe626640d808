//! A request, and what its answer says apart from what was sent.

use neonex_testkit::{Answer, Client};
use poem::http::Method;
use serde_json::Value;

/// A request to be sent by anybody.
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) path: String,
    query: Vec<(&'static str, String)>,
    headers: Vec<(&'static str, String)>,
    body: Option<String>,
    /// What stands in it of another side, which an answer may repeat.
    sent: Vec<String>,
}

impl Call {
    pub(super) fn new(method: Method, path: &str) -> Self {
        let (query, headers, sent) = (Vec::new(), Vec::new(), Vec::new());
        Self { method, path: path.to_owned(), query, headers, body: None, sent }
    }

    /// Fills in a parameter.
    pub(super) fn parameter(&mut self, place: &str, name: &'static str, value: &str) {
        match place {
            "path" => self.path = self.path.replace(&format!("{{{name}}}"), &encoded(value)),
            "query" => self.query.push((name, encoded(value))),
            "header" => self.headers.push((name, value.to_owned())),
            other => panic!("nothing is known of a parameter in a {other}"),
        }
    }

    pub(super) fn body(&mut self, body: &Value) -> String {
        self.body.insert(body.to_string()).clone()
    }

    /// Notes that `text` stands in the request, and those of `names` that stand in it, in whatever case.
    pub(super) fn sends(&mut self, text: &str, names: &[&str]) {
        let lower = text.to_lowercase();
        let parts = names.iter().copied().filter(|name| !name.is_empty() && lower.contains(name));
        self.sent
            .extend(std::iter::once(text).chain(parts).flat_map(|text| [text.to_owned(), encoded(text)]));
    }

    pub(super) async fn send(&self, caller: &Client) -> Answer {
        let mut caller = caller.with("x-request-id", "matrix");
        for (name, value) in &self.headers {
            caller = caller.with(name, value);
        }
        let query: Vec<String> = self.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let path =
            if query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, query.join("&")) };
        caller.send(self.method.clone(), &path, self.body.clone()).await
    }

    /// Status, headers and body, with a number in place of each text that was sent. The version of what was written follows
    /// from that.
    pub(super) fn told(&self, answer: &Answer) -> String {
        let mut headers: Vec<String> = answer
            .headers
            .iter()
            .map(|(name, value)| match name.as_str() {
                "etag" if !matches!(self.method, Method::GET | Method::HEAD) => "etag: ‹version›".to_owned(),
                name => format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())),
            })
            .collect();
        headers.sort();
        let body = String::from_utf8_lossy(&answer.body);
        let mut told = format!("{}\n{}\n\n{body}", answer.status, headers.join("\n"));
        for (at, sent) in self.sent.iter().enumerate() {
            // Both spellings of a text are one, for a text that needs no encoding has but one.
            told = told.replace(sent, &format!("‹{}›", at / 2));
        }
        told
    }
}

/// The text as one part of a path or a query.
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// What stands before a key, the secret of a factor, or a picture of that.
const MADE_UP: [&str; 6] = ["nx_pub_", "nx_sec_", "nx_pat_", "secret=", "\"secret\":\"", "base64,"];

/// The same text without ids and keys that the server made up on the way.
pub(super) fn anonymised(told: &str) -> String {
    let hexadecimal = |c: char| matches!(c, '0'..='9' | 'a'..='f' | '-');
    let mut out = String::new();
    let mut rest = told;
    while let Some(first) = rest.chars().next() {
        let run = rest.find(|c| !hexadecimal(c)).unwrap_or(rest.len());
        let key = MADE_UP.iter().find_map(|before| rest.strip_prefix(before));
        let taken = if let Some(key) = key {
            let ends = |c: char| !c.is_ascii_alphanumeric() && !matches!(c, '+' | '/' | '=');
            out.push_str("‹key›");
            rest.len() - key.len() + key.find(ends).unwrap_or(key.len())
        } else if run > 0 {
            let digits = rest[..run].replace('-', "");
            out.push_str(if digits.len() == 32 { "‹id›" } else { &rest[..run] });
            run
        } else {
            out.push(first);
            first.len_utf8()
        };
        rest = &rest[taken..];
    }
    out
}

#[test]
fn an_answer_is_told_without_what_was_sent_and_what_was_made_up() {
    let mut call = Call::new(Method::GET, "/{a}");
    call.parameter("path", "a", "X y");
    assert_eq!(call.path, "/X%20y");
    call.sends("X y", &["x y", "z", ""]);
    let body = b"X y z x%20y ten_0190000000007000800000000000000a 01900000-0000-7000-8000-000000000001 abc nx_sec_Ab1";
    let answer = Answer { status: 404, headers: poem::http::HeaderMap::new(), body: body.to_vec() };
    let told = "404\n\n\n‹0› z ‹1› ten_‹id› ‹id› abc ‹key›";
    assert_eq!(anonymised(&call.told(&answer)), told);
}
