//! How a tenant's users sign up and in.

use serde::{Deserialize, Serialize};

use crate::invalid::{Findings, Invalid};

/// Who may sign up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignUp {
    /// Everybody.
    #[default]
    Open,
    /// Nobody; users are made by those who may.
    Closed,
}

/// A tenant's settings of auth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuthSettings {
    /// Who may sign up.
    pub sign_up: SignUp,
    /// Characters that a password has at least: 8 to 128. What stands alone should have 15.
    pub password_min_length: u32,
    /// Whether only those sign in who have shown that their e-mail address is theirs.
    pub require_verification: bool,
    /// Minutes that an access token is good for: 5 to 60.
    pub access_token_minutes: u32,
    /// Days after which a session ends, however much it is used: 1 to 365.
    pub session_days: u32,
    /// Addresses to which a sign-in may lead back.
    pub redirect_urls: Vec<String>,
}

impl Default for AuthSettings {
    fn default() -> Self {
        Self {
            sign_up: SignUp::Open,
            password_min_length: 15,
            require_verification: false,
            access_token_minutes: 15,
            session_days: 30,
            redirect_urls: Vec::new(),
        }
    }
}

impl AuthSettings {
    /// Whether a sign-in may lead back there: an address is one of those that are named, to the letter but for how it is
    /// spelt. The port of a machine's own address may be any (RFC 8252 §7.3): apps on it take one that is free.
    pub(super) fn leads_back_to(&self, address: &str) -> bool {
        let local =
            |url: &url::Url| url.scheme() == "http" && matches!(url.host_str(), Some("127.0.0.1" | "[::1]"));
        let read = |address: &str| {
            let mut url = url::Url::parse(address).ok()?;
            if local(&url) {
                url.set_port(None).ok()?;
            }
            Some(url)
        };
        let Some(asked) = read(address).filter(|url| url.fragment().is_none()) else { return false };
        self.redirect_urls.iter().any(|named| read(named).is_some_and(|named| named == asked))
    }

    /// The settings, if each lies within its bounds.
    pub fn check(self) -> Result<Self, Invalid> {
        let mut findings = Findings::default();
        let mut within = |name: &str, value: u32, least: u32, most: u32| {
            if !(least..=most).contains(&value) {
                findings.add(
                    format!("/{name}"),
                    "out_of_range",
                    format!("`{name}` lies between {least} and {most}"),
                );
            }
        };
        within("password_min_length", self.password_min_length, 8, 128);
        within("access_token_minutes", self.access_token_minutes, 5, 60);
        within("session_days", self.session_days, 1, 365);
        if self.redirect_urls.len() > 100 {
            findings.add("/redirect_urls", "too_many", "at most 100 addresses can be named");
        }
        for (at, address) in self.redirect_urls.iter().enumerate() {
            // A scheme of an app's own is one, too; a script is not.
            let safe = url::Url::parse(address)
                .is_ok_and(|url| !matches!(url.scheme(), "javascript" | "data" | "vbscript" | "file"));
            if !safe {
                let message =
                    format!("`{address}` is no address to lead back to: write all of it, with its scheme");
                findings.add(format!("/redirect_urls/{at}"), "invalid_url", message);
            }
        }
        findings.finish(Some(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_lie_within_their_bounds() {
        let wrong = AuthSettings {
            password_min_length: 7,
            access_token_minutes: 61,
            session_days: 0,
            redirect_urls: vec!["https://a.example/in".into(), "javascript:alert(1)".into(), "/in".into()],
            ..AuthSettings::default()
        };
        let refused = wrong.check().unwrap_err();
        let places: Vec<_> = refused.details().iter().map(|detail| detail.pointer.as_str()).collect();
        let expected = [
            "/password_min_length",
            "/access_token_minutes",
            "/session_days",
            "/redirect_urls/1",
            "/redirect_urls/2",
        ];
        assert_eq!(places, expected);
        assert!(AuthSettings::default().check().is_ok());
    }

    #[test]
    fn only_to_where_was_named_does_a_sign_in_lead_back() {
        let named = ["https://app.example/in", "com.example.app:/in", "http://127.0.0.1/in"];
        let settings =
            AuthSettings { redirect_urls: named.map(str::to_owned).to_vec(), ..AuthSettings::default() };
        for right in [named[0], named[1], "HTTPS://APP.example:443/in", "http://127.0.0.1:54321/in"] {
            assert!(settings.leads_back_to(right), "{right}");
        }
        for wrong in [
            "https://app.example/in/",
            "https://app.example/in?x=1",
            "https://app.example/in#x",
            "https://app.example/in/../out",
            "https://app.example:8443/in",
            "http://app.example/in",
            "https://app.example.evil.example/in",
            "https://app.example@evil.example/in",
            "https://evil.example/https://app.example/in",
            "//app.example/in",
            "/in",
            "javascript:alert(1)",
            "http://localhost:54321/in",
            "",
        ] {
            assert!(!settings.leads_back_to(wrong), "{wrong}");
        }
    }

    #[test]
    fn what_is_not_stored_is_as_by_default() {
        let stored: AuthSettings = serde_json::from_str(r#"{"session_days": 7}"#).unwrap();
        assert_eq!(stored, AuthSettings { session_days: 7, ..AuthSettings::default() });
    }
}
