//! Who somebody is, as a provider says.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::OAuthError;
use super::presets::EmailTrust;
use super::provider::Provider;
use crate::accounts::Email;

/// Characters of what is kept of a name or a picture's address.
const MOST_CHARACTERS: usize = 1000;

/// Who somebody is, as a provider says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Profile {
    /// What the provider calls the user, and nobody else ever.
    pub(super) subject: String,
    pub(super) email: Option<String>,
    /// Whether the provider promises that the address is the user's.
    pub(super) verified: bool,
    pub(super) name: Option<String>,
    pub(super) picture: Option<String>,
}

/// Where in an answer what stands.
struct Pointers {
    subject: String,
    email: String,
    verified: String,
    name: Vec<String>,
    picture: String,
}

impl Pointers {
    fn of(provider: &Provider) -> Self {
        let own = |text: &Option<String>| text.clone().unwrap_or_default();
        if let Some(claims) = &provider.definition.claims {
            return Self {
                subject: claims.subject.clone(),
                email: own(&claims.email),
                verified: own(&claims.email_verified),
                name: claims.name.iter().cloned().collect(),
                picture: own(&claims.picture),
            };
        }
        let fields = &provider.preset.fields;
        Self {
            subject: fields.subject.to_owned(),
            email: fields.email.to_owned(),
            verified: fields.verified.to_owned(),
            name: fields.name.iter().map(|&name| name.to_owned()).collect(),
            picture: fields.picture.to_owned(),
        }
    }
}

/// The value there; an empty pointer is nowhere, and not the whole.
fn at<'v>(said: &'v Value, pointer: &str) -> Option<&'v Value> {
    if pointer.is_empty() { None } else { said.pointer(pointer) }
}

fn text(said: &Value, pointer: &str) -> Option<String> {
    let text = at(said, pointer)?.as_str()?.trim();
    (!text.is_empty() && !text.contains('\0')).then(|| text.chars().take(MOST_CHARACTERS).collect())
}

impl Profile {
    /// Reads what a provider says of a user.
    pub(super) fn read(provider: &Provider, said: &Value) -> Result<Self, OAuthError> {
        let pointers = Pointers::of(provider);
        let subject = match at(said, &pointers.subject) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) if number.is_u64() => number.to_string(),
            _ => String::new(),
        };
        let fits = (1..=255).contains(&subject.len()) && !subject.chars().any(char::is_control);
        if !fits {
            return Err(OAuthError::Answer("does not say who the user is"));
        }
        let email = text(said, &pointers.email).filter(|email| is_email(email));
        let verified = email.is_some() && is_verified(provider.preset.email, at(said, &pointers.verified));
        let name = pointers.name.iter().find_map(|pointer| text(said, pointer));
        Ok(Self { subject, email, verified, name, picture: text(said, &pointers.picture) })
    }

    /// The same with the primary address of a list, which says whether it is verified: GitHub's.
    pub(super) fn with_primary(mut self, list: &Value) -> Self {
        let addresses = list.as_array().map(Vec::as_slice).unwrap_or_default();
        let is = |address: &Value, flag: &str| address.get(flag) == Some(&Value::Bool(true));
        let primary = addresses.iter().find(|address| is(address, "primary"));
        self.email = primary.and_then(|address| text(address, "/email")).filter(|email| is_email(email));
        self.verified = self.email.is_some() && primary.is_some_and(|address| is(address, "verified"));
        self
    }

    /// The same with what another answer about the same user adds. Address and promise come from one answer.
    pub(super) fn or(self, other: Self) -> Result<Self, OAuthError> {
        // OpenID Connect Core §5.3.2.
        if other.subject != self.subject {
            return Err(OAuthError::Answer("is about another user"));
        }
        let (email, verified) = match self.email {
            Some(email) => (Some(email), self.verified),
            None => (other.email, other.verified),
        };
        Ok(Self {
            subject: self.subject,
            email,
            verified,
            name: self.name.or(other.name),
            picture: self.picture.or(other.picture),
        })
    }
}

fn is_email(text: &str) -> bool {
    Email::try_from(text.to_owned()).is_ok()
}

/// Whether what a provider says of an address is a promise.
fn is_verified(trust: EmailTrust, flag: Option<&Value>) -> bool {
    match trust {
        EmailTrust::Flag => flag == Some(&Value::Bool(true)),
        EmailTrust::FlagOrText => flag.is_some_and(|flag| *flag == Value::Bool(true) || *flag == "true"),
        EmailTrust::Confirmed => true,
        EmailTrust::Never | EmailTrust::List(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::presets::{PRESETS, Preset};
    use super::super::provider::Definition;
    use super::*;
    use crate::clock::Timestamp;

    fn provider(preset: &'static Preset) -> Provider {
        Provider {
            name: preset.kind.to_owned(),
            preset,
            client_id: "app".to_owned(),
            client_secret: None,
            enabled: true,
            definition: Definition::default(),
            created_at: Timestamp::MIN,
            updated_at: Timestamp::MIN,
        }
    }

    /// An answer as that kind of provider gives it, with that flag; `None` leaves it out.
    fn answer(preset: &Preset, flag: Option<Value>) -> Value {
        let mut answer = json!({"data": {}});
        let mut put = |pointer: &str, value: Value| match pointer.rsplit_once('/') {
            Some(("", name)) => answer[name] = value,
            Some(("/data", name)) => answer["data"][name] = value,
            _ => {}
        };
        put(preset.fields.subject, json!("42"));
        put(preset.fields.email, json!("ann@example.com"));
        if let Some(flag) = flag {
            put(preset.fields.verified, flag);
        }
        answer
    }

    /// security.md §2.1: what counts as verified is JSON's true and nothing else; but for Apple, which documents more,
    /// for X, which has none but confirmed addresses, and for those who promise nothing.
    #[test]
    fn only_a_promise_is_one() {
        for preset in PRESETS {
            let verified = |flag: Option<Value>| {
                Profile::read(&provider(preset), &answer(preset, flag)).unwrap().verified
            };
            let expected = match preset.email {
                EmailTrust::Flag => [true, false, false, false, false, false, false],
                EmailTrust::FlagOrText => [true, false, false, true, false, false, false],
                EmailTrust::Confirmed => [true; 7],
                EmailTrust::Never | EmailTrust::List(_) => [false; 7],
            };
            let flags = [
                Some(json!(true)),
                Some(json!(false)),
                None,
                Some(json!("true")),
                Some(json!(1)),
                Some(json!("yes")),
                Some(json!([true])),
            ];
            assert_eq!(flags.map(verified), expected, "{}", preset.kind);
        }
    }

    #[test]
    fn github_promises_in_its_list() {
        let github = Preset::of("github").unwrap();
        let user = json!({"id": 42, "login": "ann", "email": "shown@example.com", "email_verified": true});
        let read = Profile::read(&provider(github), &user).unwrap();
        assert_eq!((read.subject.as_str(), read.name.as_deref(), read.verified), ("42", Some("ann"), false));
        let of = |list: Value| {
            let profile = read.clone().with_primary(&list);
            (profile.email, profile.verified)
        };
        let address = |email: &str, primary: Value, verified: Value| json!({"email": email, "primary": primary, "verified": verified});
        let (other, own) = (address("b@example.com", json!(false), json!(true)), "a@example.com");
        assert_eq!(of(json!([other, address(own, json!(true), json!(true))])), (Some(own.to_owned()), true));
        assert_eq!(
            of(json!([other, address(own, json!(true), json!(false))])),
            (Some(own.to_owned()), false)
        );
        assert_eq!(
            of(json!([other, address(own, json!(true), json!("true"))])),
            (Some(own.to_owned()), false)
        );
        assert_eq!(of(json!([other])), (None, false));
        assert_eq!(of(json!({"message": "rate limited"})), (None, false));
    }

    #[test]
    fn who_is_nobody_is_refused() {
        let oidc = provider(Preset::of("oidc").unwrap());
        for subject in [json!(null), json!(""), json!({}), json!(1.5), json!("a\n"), json!("x".repeat(256))] {
            assert!(Profile::read(&oidc, &json!({"sub": subject})).is_err(), "{subject}");
        }
    }

    /// An address of one answer is not promised by the other.
    #[test]
    fn answers_are_about_one_user_and_not_mixed() {
        let oidc = provider(Preset::of("oidc").unwrap());
        let read = |said: Value| Profile::read(&oidc, &said).unwrap();
        let token = json!({"sub": "ann", "email": "ann@example.com"});
        let other = json!({"sub": "ann", "email": "eve@example.com", "email_verified": true, "name": "Ann"});
        let both = read(token).or(read(other.clone())).unwrap();
        assert_eq!((both.email.as_deref(), both.verified), (Some("ann@example.com"), false));
        assert_eq!(both.name.as_deref(), Some("Ann"));
        assert!(read(json!({"sub": "bob"})).or(read(other)).is_err());
    }
}
