//! How a tenant's users sign up and in.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::factors::{PasskeyError, RelyingParty};
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

/// Whether users show a second factor when they sign in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondFactor {
    /// Those who have set one up.
    #[default]
    Optional,
    /// All; who has none sets one up when they sign in.
    Required,
    /// Nobody.
    Off,
}

/// Which site or app a tenant's passkeys are for. A passkey is good for its domain alone: another domain makes those
/// that there are useless.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasskeySettings {
    /// The domain: `example.com`.
    pub rp_id: String,
    /// What users read when they are asked.
    pub rp_name: String,
    /// The pages that may ask: `https://app.example.com`.
    pub origins: Vec<String>,
}

impl PasskeySettings {
    pub(super) fn relying_party(&self) -> Result<RelyingParty, PasskeyError> {
        let origins: Vec<_> = self.origins.iter().filter_map(|origin| Url::parse(origin).ok()).collect();
        RelyingParty::new(&self.rp_id, &self.rp_name, &origins)
    }

    fn check(&self, findings: &mut Findings) {
        if !(1..=100).contains(&self.rp_name.chars().count()) {
            findings.add("/passkeys/rp_name", "invalid_name", "a name has 1 to 100 characters");
        }
        if !(1..=20).contains(&self.origins.len()) {
            findings.add("/passkeys/origins", "too_many", "1 to 20 origins can be named");
        }
        for (at, origin) in self.origins.iter().enumerate() {
            if !Url::parse(origin).is_ok_and(|origin| RelyingParty::is_origin_of(&self.rp_id, &origin)) {
                let message = format!(
                    "`{origin}` is no origin within `{}`: write `https://`, the host, and the port if there is one",
                    self.rp_id
                );
                findings.add(format!("/passkeys/origins/{at}"), "invalid_origin", message);
            }
        }
    }
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
    /// Whether users show a second factor when they sign in.
    pub second_factor: SecondFactor,
    /// Minutes for which it counts that a user has shown who they are, when they do what is dangerous: 1 to 60.
    pub step_up_minutes: u32,
    /// Which site passkeys are for; without it there are none.
    pub passkeys: Option<PasskeySettings>,
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
            second_factor: SecondFactor::Optional,
            step_up_minutes: 10,
            passkeys: None,
        }
    }
}

impl AuthSettings {
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
        within("step_up_minutes", self.step_up_minutes, 1, 60);
        if self.redirect_urls.len() > 100 {
            findings.add("/redirect_urls", "too_many", "at most 100 addresses can be named");
        }
        for (at, address) in self.redirect_urls.iter().enumerate() {
            // A scheme of an app's own is one, too; a script is not.
            let safe = Url::parse(address)
                .is_ok_and(|url| !matches!(url.scheme(), "javascript" | "data" | "vbscript" | "file"));
            if !safe {
                let message =
                    format!("`{address}` is no address to lead back to: write all of it, with its scheme");
                findings.add(format!("/redirect_urls/{at}"), "invalid_url", message);
            }
        }
        if let Some(passkeys) = &self.passkeys {
            passkeys.check(&mut findings);
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
    fn what_is_not_stored_is_as_by_default() {
        let stored: AuthSettings = serde_json::from_str(r#"{"session_days": 7}"#).unwrap();
        assert_eq!(stored, AuthSettings { session_days: 7, ..AuthSettings::default() });
    }
}
