//! A provider as a tenant has set it up.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use url::Url;

use super::client::apple_key;
use super::presets::{PRESETS, Preset, Protocol};
use crate::clock::Timestamp;
use crate::invalid::{Findings, Invalid};
use crate::store::StoreError;
use crate::store::entities::auth_providers;

/// Names that mean something else where a provider's stands.
const RESERVED: [&str; 3] = ["callback", "exchange", "available"];
/// What of a profile may be put into a user's own fields.
const PROFILE: [&str; 2] = ["name", "picture"];

/// A provider.
#[derive(Debug, Clone)]
pub struct Provider {
    /// What it is called in addresses.
    pub name: String,
    pub(super) preset: &'static Preset,
    /// What the provider calls us.
    pub client_id: String,
    /// Sealed.
    pub(super) client_secret: Option<Vec<u8>>,
    /// Whether users can sign in by it.
    pub enabled: bool,
    /// The rest.
    pub definition: Definition,
    /// When it was set up.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What kinds of providers have each for themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Definition {
    /// What is asked for; the kind's own where nothing is said.
    pub scopes: Option<Vec<String>>,
    /// Who signs: of `oidc`, and of a GitLab of one's own.
    pub issuer: Option<String>,
    /// Where users sign in: of `oauth2`.
    pub authorization_url: Option<String>,
    /// Where codes are exchanged: of `oauth2`.
    pub token_url: Option<String>,
    /// Where it is said who a user is: of `oauth2`.
    pub userinfo_url: Option<String>,
    /// Where in it: of `oauth2`.
    pub claims: Option<ClaimNames>,
    /// Whose users may sign in: of `microsoft`.
    pub directory: Option<String>,
    /// Who develops the app: of `apple`.
    pub team_id: Option<String>,
    /// Which key the secret is: of `apple`.
    pub key_id: Option<String>,
    /// The users' own fields that a new user gets of their profile: `name` or `picture`, by field.
    pub profile: BTreeMap<String, String>,
}

/// Where in an answer what stands: JSON pointers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimNames {
    /// What is nobody else's, ever.
    pub subject: String,
    /// The address.
    pub email: Option<String>,
    /// Whether the user has shown that it is theirs.
    pub email_verified: Option<String>,
    /// The user's name.
    pub name: Option<String>,
    /// A picture's address.
    pub picture: Option<String>,
}

/// A provider as it is sent.
#[derive(Debug, Default)]
pub struct NewProvider {
    /// What it is to be called.
    pub name: String,
    /// Its kind.
    pub kind: String,
    /// What it calls us.
    pub client_id: String,
    /// What it knows us by; of Apple a private key.
    pub client_secret: Option<String>,
    /// Whether users can sign in by it.
    pub enabled: bool,
    /// The rest.
    pub definition: Definition,
}

/// What is to change of a provider. Who says who somebody is does not: what its users are called there would be others.
#[derive(Debug, Default)]
pub struct ProviderPatch {
    /// What it calls us.
    pub client_id: Option<String>,
    /// What it knows us by.
    pub client_secret: Option<String>,
    /// Whether users can sign in by it.
    pub enabled: Option<bool>,
    /// What is asked for.
    pub scopes: Option<Vec<String>>,
    /// Of Microsoft: whose users may sign in.
    pub directory: Option<String>,
    /// Of Apple: who develops the app.
    pub team_id: Option<String>,
    /// Of Apple: which key the secret is.
    pub key_id: Option<String>,
    /// The users' own fields that a new user gets.
    pub profile: Option<BTreeMap<String, String>>,
}

/// A provider as everybody sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Available {
    /// What it is called in addresses.
    pub name: String,
    /// Its kind.
    pub kind: &'static str,
    /// What stands on a button.
    pub title: &'static str,
}

impl Provider {
    /// Its kind.
    pub const fn kind(&self) -> &'static str {
        self.preset.kind
    }

    /// Whether there is a secret.
    pub const fn has_secret(&self) -> bool {
        self.client_secret.is_some()
    }

    /// What is asked for.
    pub fn scopes(&self) -> Vec<String> {
        let usual = || self.preset.scopes.split_whitespace().map(str::to_owned).collect();
        self.definition.scopes.clone().unwrap_or_else(usual)
    }

    /// Who signs, as far as that is known before the issuer is asked.
    pub(super) fn issuer(&self) -> Option<String> {
        match self.preset.protocol {
            Protocol::Oidc { issuer, .. } => {
                let own = self.definition.issuer.as_deref().unwrap_or(issuer);
                let directory = self.definition.directory.as_deref().unwrap_or("common");
                Some(own.replace("/common/", &format!("/{directory}/")))
            }
            Protocol::OAuth2 { .. } => None,
            Protocol::Custom => self.definition.issuer.clone(),
        }
    }

    pub(super) fn available(&self) -> Available {
        Available { name: self.name.clone(), kind: self.preset.kind, title: self.preset.title }
    }
}

impl TryFrom<auth_providers::Model> for Provider {
    type Error = StoreError;

    fn try_from(row: auth_providers::Model) -> Result<Self, StoreError> {
        let time = |micros| Timestamp::from_micros(micros).unwrap_or(Timestamp::MIN);
        let unknown = || StoreError::Fault(format!("there is no kind of provider `{}`", row.kind).into());
        Ok(Self {
            preset: Preset::of(&row.kind).ok_or_else(unknown)?,
            name: row.name,
            client_id: row.client_id,
            client_secret: row.client_secret,
            enabled: row.enabled,
            definition: serde_json::from_str(&row.definition)
                .map_err(|error| StoreError::Fault(error.into()))?,
            created_at: time(row.created_at),
            updated_at: time(row.updated_at),
        })
    }
}

impl NewProvider {
    /// Says what is wrong with it.
    pub(super) fn check(&self) -> Result<&'static Preset, Invalid> {
        let mut findings = Findings::default();
        if !is_name(&self.name) || RESERVED.contains(&self.name.as_str()) {
            let message = format!(
                "a name has 1 to 40 lower-case letters, digits, `-` or `_`, and is none of {}",
                RESERVED.join(", ")
            );
            findings.add("/name", "invalid_name", message);
        }
        let Some(preset) = Preset::of(&self.kind) else {
            let known: Vec<_> = PRESETS.iter().map(|preset| preset.kind).collect();
            findings.add("/kind", "unknown_kind", format!("there are the kinds {}", known.join(", ")));
            return findings.finish(None);
        };
        if self.client_id.is_empty() || self.client_id.len() > 500 {
            findings.add("/client_id", "required", "this is what the provider calls the app");
        }
        let secret = self.client_secret.as_deref();
        if secret.is_none() && preset.kind != "oidc" && preset.kind != "oauth2" {
            findings.add("/client_secret", "required", format!("{} needs the app's secret", preset.title));
        }
        findings.take("", check_secret(preset, secret));
        findings.take("", self.definition.check(preset));
        findings.finish(Some(preset))
    }
}

/// Whether a provider can have the name: what cannot is not looked for.
pub(super) fn is_name(text: &str) -> bool {
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    (1..=40).contains(&text.len()) && text.chars().all(letters)
}

pub(super) fn check_secret(preset: &Preset, secret: Option<&str>) -> Result<(), Invalid> {
    let Some(secret) = secret else { return Ok(()) };
    if preset.kind == "apple" && apple_key(secret).is_none() {
        let message =
            "Apple's secret is a private key: send the whole `.p8` file, from its first line to its last";
        return Err(Invalid::one("/client_secret", "invalid_key", message));
    }
    if secret.is_empty() || secret.len() > 5000 || secret.contains('\0') {
        return Err(Invalid::one("/client_secret", "invalid", "this cannot be a secret"));
    }
    Ok(())
}

impl Definition {
    /// Says what is wrong with it for a provider of that kind.
    pub(super) fn check(&self, preset: &Preset) -> Result<(), Invalid> {
        let mut findings = Findings::default();
        let oauth2 = preset.kind == "oauth2";
        let issuer = preset.kind == "oidc";
        let own_issuer = issuer || matches!(preset.protocol, Protocol::Oidc { own: true, .. });
        let apple = preset.kind == "apple";
        // What it is, whether it is sent, whether the kind has it and needs it.
        let parts = [
            ("issuer", self.issuer.is_some(), own_issuer, issuer),
            ("authorization_url", self.authorization_url.is_some(), oauth2, oauth2),
            ("token_url", self.token_url.is_some(), oauth2, oauth2),
            ("userinfo_url", self.userinfo_url.is_some(), oauth2, oauth2),
            ("claims", self.claims.is_some(), oauth2, oauth2),
            ("directory", self.directory.is_some(), preset.kind == "microsoft", false),
            ("team_id", self.team_id.is_some(), apple, apple),
            ("key_id", self.key_id.is_some(), apple, apple),
        ];
        for (name, sent, has, needs) in parts {
            if sent && !has {
                findings.add(
                    format!("/{name}"),
                    "not_applicable",
                    format!("`{}` has no `{name}`", preset.kind),
                );
            } else if needs && !sent {
                findings.add(format!("/{name}"), "required", format!("`{}` needs its `{name}`", preset.kind));
            }
        }
        let addresses = [
            ("issuer", &self.issuer),
            ("authorization_url", &self.authorization_url),
            ("token_url", &self.token_url),
            ("userinfo_url", &self.userinfo_url),
        ];
        for (name, address) in addresses {
            if address.as_deref().is_some_and(|address| !is_address(address)) {
                findings.add(
                    format!("/{name}"),
                    "invalid_url",
                    "write all of the address, without a fragment",
                );
            }
        }
        self.check_texts(&mut findings);
        findings.finish(Some(()))
    }

    fn check_texts(&self, findings: &mut Findings) {
        let word = |text: &String| {
            (1..=100).contains(&text.len())
                && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.'))
        };
        for (name, text) in
            [("directory", &self.directory), ("team_id", &self.team_id), ("key_id", &self.key_id)]
        {
            if text.as_ref().is_some_and(|text| !word(text)) {
                findings.add(format!("/{name}"), "invalid", "letters, digits, `-` and `.` alone stand here");
            }
        }
        for (at, scope) in self.scopes.iter().flatten().enumerate() {
            // RFC 6749 §3.3.
            let fits = !scope.is_empty()
                && scope.len() <= 200
                && scope.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e));
            if !fits || at >= 50 {
                findings.add(format!("/scopes/{at}"), "invalid_scope", "this is no scope");
            }
        }
        for (field, part) in &self.profile {
            if !PROFILE.contains(&part.as_str()) {
                let message = format!("of a profile there are {}", PROFILE.join(" and "));
                findings.add(format!("/profile/{field}"), "unknown", message);
            }
        }
        let Some(claims) = &self.claims else { return };
        let pointers = [
            ("subject", Some(&claims.subject)),
            ("email", claims.email.as_ref()),
            ("email_verified", claims.email_verified.as_ref()),
            ("name", claims.name.as_ref()),
            ("picture", claims.picture.as_ref()),
        ];
        for (name, pointer) in pointers {
            if pointer.is_some_and(|pointer| !pointer.starts_with('/') || pointer.len() > 200) {
                let message = "this is a JSON pointer, such as `/id` or `/data/id`";
                findings.add(format!("/claims/{name}"), "invalid_pointer", message);
            }
        }
    }
}

fn is_address(text: &str) -> bool {
    let url = Url::parse(text).ok().filter(|url| text.len() <= 2000 && url.fragment().is_none());
    url.is_some_and(|url| matches!(url.scheme(), "http" | "https") && url.username().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(new: &NewProvider) -> Vec<String> {
        let refused = new.check().unwrap_err();
        refused.details().iter().map(|detail| detail.pointer.clone()).collect()
    }

    #[test]
    fn what_a_kind_needs_and_has_is_said() {
        let text = |text: &str| Some(text.to_owned());
        let mut new =
            NewProvider { name: "idp".to_owned(), kind: "oidc".to_owned(), ..NewProvider::default() };
        assert_eq!(places(&new), ["/client_id", "/issuer"]);
        new.client_id = "app".to_owned();
        new.definition.issuer = text("https://idp.example");
        assert!(new.check().is_ok());
        new.definition.team_id = text("T");
        new.definition.issuer = text("/idp");
        assert_eq!(places(&new), ["/team_id", "/issuer"]);
        let new = NewProvider { name: "callback".to_owned(), kind: "nobody".to_owned(), ..new };
        assert_eq!(places(&new), ["/name", "/kind"]);
        let apple = NewProvider {
            name: "apple".to_owned(),
            kind: "apple".to_owned(),
            client_id: "app".to_owned(),
            client_secret: text("no key"),
            ..NewProvider::default()
        };
        assert_eq!(places(&apple), ["/client_secret", "/team_id", "/key_id"]);
    }
}
