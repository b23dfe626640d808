//! How a tenant's users sign up and in.

use serde::{Deserialize, Serialize};
use url::Url;

use super::redirect;
use crate::factors::{PasskeyError, RelyingParty};
use crate::invalid::{Findings, Invalid};
use crate::mail::Locale;

/// Who may sign up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignUp {
    /// Everybody.
    #[default]
    Open,
    /// Who is invited.
    Invitation,
    /// Nobody; users are made by those who may.
    Closed,
}

/// By what users sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "each is on or off for itself")]
pub struct Methods {
    /// A password.
    pub password: bool,
    /// A link that is sent to them.
    pub magic_link: bool,
    /// A code that is sent to them.
    pub code: bool,
    /// Nothing: a user who may become somebody later.
    pub anonymous: bool,
}

impl Default for Methods {
    fn default() -> Self {
        Self { password: true, magic_link: true, code: true, anonymous: false }
    }
}

impl Methods {
    /// Whether somebody without a password can sign in.
    pub(super) const fn by_mail(&self) -> bool {
        self.magic_link || self.code
    }
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
    /// Addresses to which a sign-in or a link in a mail may lead back.
    pub redirect_urls: Vec<String>,
    /// By what users sign in.
    pub methods: Methods,
    /// The address of the app, to which links in mails lead where a request names no other.
    pub app_url: Option<String>,
    /// The language of mails, where a request names no other.
    pub mail_locale: String,
    /// Mails that may be caused in an hour: 1 to 1,000,000.
    pub mails_per_hour: u32,
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
            methods: Methods::default(),
            app_url: None,
            mail_locale: "en".to_owned(),
            mails_per_hour: 1_000,
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
        within("mails_per_hour", self.mails_per_hour, 1, 1_000_000);
        findings.take("/mail_locale", self.mail_locale.parse::<Locale>());
        if self.redirect_urls.len() > 100 {
            findings.add("/redirect_urls", "too_many", "at most 100 addresses can be named");
        }
        let named = self.redirect_urls.iter().enumerate();
        let named = named.map(|(at, address)| (format!("/redirect_urls/{at}"), address));
        let app = self.app_url.iter().map(|address| ("/app_url".to_owned(), address));
        for (place, address) in named.chain(app) {
            if redirect::target(address).is_none() {
                let message = format!(
                    "`{address}` is no address to lead back to: write all of it, with its scheme and without a user, \
                     a password or a fragment"
                );
                findings.add(place, "invalid_url", message);
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
            app_url: Some("https://user@a.example".into()),
            mail_locale: "English".into(),
            mails_per_hour: 0,
            ..AuthSettings::default()
        };
        let refused = wrong.check().unwrap_err();
        let places: Vec<_> = refused.details().iter().map(|detail| detail.pointer.as_str()).collect();
        let expected = [
            "/password_min_length",
            "/access_token_minutes",
            "/session_days",
            "/mails_per_hour",
            "/mail_locale",
            "/redirect_urls/1",
            "/redirect_urls/2",
            "/app_url",
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
