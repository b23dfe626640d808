//! Passkeys (`WebAuthn`): the two ceremonies, each in two steps.
//!
//! The library checks what the standard asks for: challenge, origin, relying party, signature, that the user was
//! verified, that the authenticator's counter has grown. What it leaves to its callers is done by those who keep the
//! passkeys: that a challenge is answered once, and that a passkey is the user's who is to be known by it.
//!
//! A passkey is made such that it is found without a name being typed (a discoverable credential), and always verifies
//! its user, by a finger, a face or a number. So it stands for two factors: what somebody has, and what they are or
//! know.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};
use url::Url;
use uuid::Uuid;
use webauthn_rs::prelude as webauthn;

use crate::invalid::Invalid;

/// Who asks for a signature: the site or app that a passkey is for.
pub struct RelyingParty(webauthn::Webauthn);

/// A registration that has begun.
#[derive(Serialize, Deserialize)]
pub struct Registration(webauthn::PasskeyRegistration);

/// A signature that was asked for.
#[derive(Serialize, Deserialize)]
pub struct SignatureAsked(webauthn::DiscoverableAuthentication);

/// The public part of a passkey.
#[derive(Clone, Serialize, Deserialize)]
pub struct Passkey(webauthn::Passkey);

/// What somebody sends as a signature, before anything of it is checked.
pub struct Signature(webauthn::PublicKeyCredential);

/// A ceremony has failed.
#[derive(Debug, thiserror::Error)]
pub enum PasskeyError {
    /// The name of the relying party or an origin is none.
    #[error("the passkeys of this app are not set up rightly")]
    Settings(#[source] webauthn::WebauthnError),
    /// The authenticator has signed less often than before: there may be two of it.
    #[error("the passkey's counter has gone back, as that of a copy would")]
    Copied,
    /// The answer is not right.
    #[error("the passkey's answer is not right")]
    Refused(#[source] webauthn::WebauthnError),
    /// What was kept of a ceremony or a passkey cannot be read, or written.
    #[error("a passkey could not be kept")]
    Kept(#[source] serde_json::Error),
}

impl RelyingParty {
    /// The one of that domain, which is used from these origins: `https`, or `http` on the machine itself.
    pub fn new(domain: &str, name: &str, origins: &[Url]) -> Result<Self, PasskeyError> {
        let failed = PasskeyError::Settings;
        let first = origins.first().ok_or(failed(webauthn::WebauthnError::Configuration))?;
        let builder = webauthn::WebauthnBuilder::new(domain, first).map_err(failed)?.rp_name(name);
        let all = origins.iter().skip(1).fold(builder, webauthn::WebauthnBuilder::append_allowed_origin);
        all.build().map(Self).map_err(failed)
    }

    /// Whether that origin may use the passkeys of that domain.
    pub fn is_origin_of(domain: &str, origin: &Url) -> bool {
        let host = origin.domain().unwrap_or_default();
        let within = host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
        let secure = origin.scheme() == "https" || (origin.scheme() == "http" && host == "localhost");
        let bare = origin.path() == "/" && origin.query().is_none() && origin.fragment().is_none();
        let anonymous = origin.username().is_empty() && origin.password().is_none();
        within && secure && bare && anonymous && !domain.is_empty()
    }

    /// Begins a registration: the options for `navigator.credentials.create()`, and what is kept until it ends.
    pub fn begin_registration(
        &self,
        user: Uuid,
        name: &str,
        existing: &[Passkey],
    ) -> Result<(Json, Registration), PasskeyError> {
        let existing = existing.iter().map(|passkey| passkey.0.cred_id().clone()).collect();
        let begun = self.0.start_passkey_registration(user, name, name, Some(existing));
        let (options, state) = begun.map_err(PasskeyError::Refused)?;
        let mut options = serde_json::to_value(options.public_key).map_err(PasskeyError::Kept)?;
        // The library leaves it to the authenticator whether a name has to be typed.
        if let Some(selection) = options.get_mut("authenticatorSelection").and_then(Json::as_object_mut) {
            selection.insert("residentKey".to_owned(), "required".into());
            selection.insert("requireResidentKey".to_owned(), true.into());
        }
        Ok((options, Registration(state)))
    }

    /// Ends a registration with what the browser has made.
    pub fn end_registration(&self, made: &Json, begun: &Registration) -> Result<Passkey, PasskeyError> {
        let made = webauthn::RegisterPublicKeyCredential::deserialize(made);
        let made = made.map_err(|_| PasskeyError::Refused(webauthn::WebauthnError::ParseNOMFailure))?;
        self.0.finish_passkey_registration(&made, &begun.0).map(Passkey).map_err(PasskeyError::Refused)
    }

    /// Asks for a signature: the options for `navigator.credentials.get()`, and what is kept until it comes. Of one of
    /// those passkeys, or where there are none, of any that the user has.
    pub fn ask(&self, of: &[Passkey]) -> Result<(Json, SignatureAsked), PasskeyError> {
        let asked = self.0.start_discoverable_authentication();
        let (options, state) = asked.map_err(PasskeyError::Refused)?;
        let mut options = serde_json::to_value(options.public_key).map_err(PasskeyError::Kept)?;
        if !of.is_empty() {
            let of: Vec<_> = of.iter().map(|one| json!({"type": "public-key", "id": one.id()})).collect();
            if let Some(options) = options.as_object_mut() {
                options.insert("allowCredentials".to_owned(), of.into());
            }
        }
        Ok((options, SignatureAsked(state)))
    }

    /// Checks a signature, and gives the passkey as it is from then on and the counter that it has signed.
    pub fn check(
        &self,
        signature: &Signature,
        asked: SignatureAsked,
        mut passkey: Passkey,
    ) -> Result<(Passkey, i64), PasskeyError> {
        let checked = self.0.finish_discoverable_authentication_v2(&signature.0, asked.0, &passkey.0);
        let checked = checked.map_err(|error| match error {
            webauthn::WebauthnError::CredentialPossibleCompromise => PasskeyError::Copied,
            error => PasskeyError::Refused(error),
        })?;
        // Asked for already; without it a passkey would be one factor, so this is not left to an option.
        if !checked.user_verified() {
            return Err(PasskeyError::Refused(webauthn::WebauthnError::UserNotVerified));
        }
        passkey.0.update_credential(&checked);
        Ok((passkey, i64::from(checked.counter())))
    }
}

impl Passkey {
    /// By what it is found when it signs.
    pub fn digest(&self) -> [u8; 32] {
        credential_digest(self.0.cred_id())
    }

    /// As it is kept.
    pub fn to_text(&self) -> Result<String, PasskeyError> {
        serde_json::to_string(self).map_err(PasskeyError::Kept)
    }

    /// As it was kept.
    pub fn from_text(text: &str) -> Result<Self, PasskeyError> {
        serde_json::from_str(text).map_err(PasskeyError::Kept)
    }

    /// Its id in base64url.
    fn id(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.cred_id())
    }
}

impl Signature {
    /// Reads what a client sends.
    pub fn read(sent: &Json) -> Result<Self, Invalid> {
        webauthn::PublicKeyCredential::deserialize(sent).map(Self).map_err(|_| unreadable())
    }

    /// By what the passkey that claims to have signed is found.
    pub fn digest(&self) -> [u8; 32] {
        credential_digest(self.0.get_credential_id())
    }

    /// The user that it names, if it names one: bytes that are no id are nobody's.
    pub fn user(&self) -> Option<Uuid> {
        self.0.get_user_unique_id().map(|id| Uuid::from_slice(id).unwrap_or_default())
    }
}

/// By what a passkey is found.
fn credential_digest(id: &[u8]) -> [u8; 32] {
    Sha256::digest(id).into()
}

fn unreadable() -> Invalid {
    Invalid::one("/credential", "invalid_credential", "this is no answer of an authenticator, as JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn origins_lie_within_the_domain_and_are_safe() {
        for (domain, origin, fits) in [
            ("example.com", "https://example.com", true),
            ("example.com", "https://app.example.com:8443", true),
            ("localhost", "http://localhost:3000", true),
            ("example.com", "http://example.com", false),
            ("example.com", "https://badexample.com", false),
            ("example.com", "https://example.com.evil.example", false),
            ("app.example.com", "https://example.com", false),
            ("example.com", "https://example.com/in", false),
            ("example.com", "https://ann@example.com", false),
            ("", "https://example.com", false),
            ("192.0.2.1", "https://192.0.2.1", false),
        ] {
            assert_eq!(RelyingParty::is_origin_of(domain, &url(origin)), fits, "{domain} {origin}");
        }
    }

    #[test]
    fn a_passkey_is_asked_to_be_found_without_a_name_and_to_verify_its_user() {
        let party = RelyingParty::new("example.com", "Acme", &[url("https://example.com")]).unwrap();
        let (options, _) = party.begin_registration(Uuid::from_u128(7), "ann@example.com", &[]).unwrap();
        assert_eq!(options["rp"], json!({"id": "example.com", "name": "Acme"}));
        let selection = &options["authenticatorSelection"];
        assert_eq!(
            (&selection["residentKey"], &selection["userVerification"]),
            (&json!("required"), &json!("required"))
        );
        let (asked, _) = party.ask(&[]).unwrap();
        assert_eq!(
            (&asked["userVerification"], &asked["allowCredentials"]),
            (&json!("required"), &json!([]))
        );
        let (again, _) = party.ask(&[]).unwrap();
        assert_ne!(asked["challenge"], again["challenge"]);
        assert!(asked["challenge"].as_str().unwrap().len() >= 43, "32 bytes");
    }
}
