//! What mails say: for each kind of mail a subject, a text and HTML, in one language each.

use std::fmt;
use std::str::FromStr;

use super::built_in;
use super::text::{Escape, Text, TextError};
use crate::invalid::{Findings, Invalid};

/// Characters of a subject.
const SUBJECT: usize = 200;
/// Bytes of a text or of HTML.
const BODY: usize = 64 * 1024;
/// What opens something. It stands in a mail's body, which is kept sealed, and not in its subject, which is not.
const SECRETS: [&str; 3] = ["link", "token", "code"];

/// A kind of mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TemplateName {
    /// Asks a new user to show that the address is theirs.
    VerifyEmail,
    /// Lets somebody choose another password.
    ResetPassword,
    /// Signs somebody in.
    MagicLink,
    /// Signs somebody in who types it.
    Code,
    /// Asks both addresses whether one is to replace the other.
    ChangeEmail,
    /// Tells the old address that it is not the user's any more.
    EmailChanged,
    /// Tells that the password is another.
    PasswordChanged,
    /// Asks somebody to become a user.
    Invitation,
    /// Tells a user that somebody wanted to sign up with their address.
    AlreadyRegistered,
    /// Asks somebody to become a member of the tenant.
    TenantInvitation,
}

use TemplateName::{
    AlreadyRegistered, ChangeEmail, Code, EmailChanged, Invitation, MagicLink, PasswordChanged,
    ResetPassword, TenantInvitation, VerifyEmail,
};

impl TemplateName {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        VerifyEmail,
        ResetPassword,
        MagicLink,
        Code,
        ChangeEmail,
        EmailChanged,
        PasswordChanged,
        Invitation,
        AlreadyRegistered,
        TenantInvitation,
    ];

    /// What it is called.
    pub const fn as_str(self) -> &'static str {
        match self {
            VerifyEmail => "verify_email",
            ResetPassword => "reset_password",
            MagicLink => "magic_link",
            Code => "code",
            ChangeEmail => "change_email",
            EmailChanged => "email_changed",
            PasswordChanged => "password_changed",
            Invitation => "invitation",
            AlreadyRegistered => "already_registered",
            TenantInvitation => "tenant_invitation",
        }
    }

    /// The values that such a mail can show, each with one to show it by.
    pub const fn variables(self) -> &'static [(&'static str, &'static str)] {
        const APP: (&str, &str) = ("app", "Example");
        const EMAIL: (&str, &str) = ("email", "ann@example.com");
        const NEW: (&str, &str) = ("new_email", "ann@example.org");
        const TOKEN: (&str, &str) = ("token", "nx_one_0000000000000000000000");
        const LINK: (&str, &str) = ("link", "https://app.example.com/#token=nx_one_0000000000000000000000");
        const HOURS: (&str, &str) = ("hours", "24");
        match self {
            VerifyEmail => &[APP, EMAIL, LINK, TOKEN, HOURS],
            ResetPassword => &[APP, EMAIL, LINK, TOKEN, ("minutes", "60")],
            MagicLink => &[APP, EMAIL, LINK, TOKEN, ("minutes", "15")],
            Code => &[APP, EMAIL, ("code", "123456"), ("minutes", "10")],
            ChangeEmail => &[APP, EMAIL, NEW, LINK, TOKEN, HOURS],
            EmailChanged => &[APP, EMAIL, NEW],
            Invitation | TenantInvitation => &[APP, EMAIL, LINK, TOKEN, ("days", "7")],
            PasswordChanged | AlreadyRegistered => &[APP, EMAIL],
        }
    }

    fn known(self) -> Vec<&'static str> {
        self.variables().iter().map(|(name, _)| *name).collect()
    }
}

impl fmt::Display for TemplateName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for TemplateName {
    type Err = UnknownTemplate;

    fn from_str(text: &str) -> Result<Self, UnknownTemplate> {
        Self::ALL.into_iter().find(|name| name.as_str() == text).ok_or(UnknownTemplate)
    }
}

/// There is no such kind of mail, or no such language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such template")]
pub struct UnknownTemplate;

/// A language, and where it is spoken: `en`, `pt-BR`, `zh-Hant-TW` (RFC 5646, as far as that).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Locale(String);

impl Locale {
    /// English.
    pub fn english() -> Self {
        Self("en".to_owned())
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The language alone.
    pub(super) fn language(&self) -> &str {
        self.0.split('-').next().unwrap_or_default()
    }
}

impl FromStr for Locale {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let mut parts = text.split('-');
        let lower = |part: &str| part.bytes().all(|byte| byte.is_ascii_lowercase());
        let language = parts.next().is_some_and(|part| (2..=3).contains(&part.len()) && lower(part));
        let rest: Vec<&str> = parts.collect();
        let script = |part: &str| {
            part.len() == 4
                && part.starts_with(|c: char| c.is_ascii_uppercase())
                && part.get(1..).is_some_and(lower)
        };
        let region = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_uppercase());
        let fits = match rest.as_slice() {
            [] => true,
            [one] => script(one) || region(one),
            [one, two] => script(one) && region(two),
            _ => false,
        };
        if language && fits {
            return Ok(Self(text.to_owned()));
        }
        Err(Invalid::one("", "invalid_locale", "this is no language: write it as `en` or `pt-BR`"))
    }
}

/// A template as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// One line.
    pub subject: String,
    /// What those read who see no HTML.
    pub text: String,
    /// The same as HTML, where there is any.
    pub html: Option<String>,
}

/// A template that has been read.
#[derive(Debug, Clone)]
pub(super) struct Template {
    subject: Text,
    text: Text,
    html: Option<Text>,
}

/// What a mail says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// One line.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The same as HTML.
    pub html: Option<String>,
}

impl Source {
    /// Reads it for mails of one kind, and says of each part what is wrong with it.
    pub(super) fn read(&self, name: TemplateName) -> Result<Template, Invalid> {
        let mut findings = Findings::default();
        if self.subject.trim().is_empty() || self.subject.chars().count() > SUBJECT {
            findings.add("/subject", "invalid_length", format!("a subject has 1 to {SUBJECT} characters"));
        }
        if self.subject.contains(char::is_control) {
            findings.add("/subject", "invalid_character", "a subject is one line");
        }
        let bodies = [("/text", Some(&self.text)), ("/html", self.html.as_ref())];
        for (place, body) in bodies.into_iter().filter_map(|(place, body)| Some((place, body?))) {
            if body.trim().is_empty() || body.len() > BODY {
                findings.add(place, "invalid_length", format!("this has 1 to {BODY} bytes"));
            }
            if body.contains('\0') {
                findings.add(place, "invalid_character", "this holds a NUL");
            }
        }
        let known = name.known();
        let open: Vec<_> = known.iter().copied().filter(|name| !SECRETS.contains(name)).collect();
        let subject = findings.take("/subject", read(&self.subject, &open));
        let text = findings.take("/text", read(&self.text, &known));
        let html = self.html.as_ref().map(|html| findings.take("/html", read(html, &known)));
        let parts = subject.zip(text).map(|(subject, text)| Template { subject, text, html: html.flatten() });
        findings.finish(parts)
    }
}

impl Template {
    /// The mail with these values.
    pub(super) fn render<'v>(&self, value: impl Fn(&str) -> Option<&'v str>) -> Rendered {
        Rendered {
            subject: self.subject.fill(Escape::Line, &value),
            text: self.text.fill(Escape::None, &value),
            html: self.html.as_ref().map(|html| html.fill(Escape::Html, &value)),
        }
    }

    /// The mail with values to show it by.
    pub(super) fn sample(&self, name: TemplateName) -> Rendered {
        self.render(|wanted| {
            name.variables().iter().find(|(known, _)| *known == wanted).map(|(_, value)| *value)
        })
    }
}

fn read(text: &str, known: &[&'static str]) -> Result<Text, Invalid> {
    Text::read(text).and_then(|text| text.with_values(known)).map_err(|error| {
        let code = match &error {
            TextError::Unknown { .. } => "unknown_variable",
            TextError::Open { .. }
            | TextError::Tag { .. }
            | TextError::Closed { .. }
            | TextError::Unclosed { .. }
            | TextError::Deep { .. } => "invalid_template",
        };
        Invalid::one("", code, error.to_string())
    })
}

/// In which of the languages that there are a mail is written: the one asked for, the same without its place, then the
/// same of the tenant's own, and English where there is none of these.
pub(super) fn choices<'l>(wanted: Option<&'l Locale>, own: &'l Locale) -> impl Iterator<Item = &'l str> {
    let both = |locale: &'l Locale| [locale.as_str(), locale.language()];
    wanted.into_iter().flat_map(both).chain(both(own)).chain(["en"])
}

/// The template that comes with the server.
pub(super) fn built_in(name: TemplateName, locale: &str) -> Option<Source> {
    built_in::find(name, locale).map(|(subject, text)| Source {
        subject: subject.to_owned(),
        text: text.to_owned(),
        html: Some(built_in::html(text)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_with_the_server_can_be_read_and_shows_what_opens_something() {
        for name in TemplateName::ALL {
            assert_eq!(name.as_str().parse(), Ok(name));
            for locale in built_in::LOCALES {
                let source = built_in(name, locale).unwrap();
                let rendered = source.read(name).unwrap().sample(name);
                let html = rendered.html.unwrap();
                for body in [&rendered.text, &html] {
                    assert!(!body.contains("{{") && body.contains("Example"), "{name} {locale}: {body}");
                    for (_, value) in
                        name.variables().iter().filter(|(known, _)| ["link", "code"].contains(known))
                    {
                        assert!(body.contains(value), "{name} {locale}: {body}");
                    }
                }
                assert_eq!(html.matches("<p").count(), html.matches("</p>").count(), "{html}");
                // Where the tenant has named no page of its app, what would be in the link is shown.
                let without = |wanted: &str| (wanted == "token").then_some("nx_token");
                let text = source.read(name).unwrap().render(without).text;
                let has_token = name.variables().iter().any(|(known, _)| *known == "token");
                assert_eq!(text.contains("nx_token"), has_token, "{name} {locale}: {text}");
            }
        }
    }

    #[test]
    fn what_is_wrong_with_a_template_is_named() {
        let source = |subject: &str, text: &str, html: &str| Source {
            subject: subject.to_owned(),
            text: text.to_owned(),
            html: Some(html.to_owned()),
        };
        let wrong = |source: Source| -> Vec<(String, &'static str)> {
            let refused = source.read(TemplateName::Code).unwrap_err();
            refused.details().iter().map(|detail| (detail.pointer.clone(), detail.code)).collect()
        };
        let named = |place: &str, code| vec![(place.to_owned(), code)];
        assert_eq!(wrong(source("Hi", "{{name}}", "x")), named("/text", "unknown_variable"));
        assert_eq!(wrong(source("Hi", "x", "{{#code}}")), named("/html", "invalid_template"));
        assert_eq!(wrong(source("Hi\nBcc: a@b", "x", "x")), named("/subject", "invalid_character"));
        assert_eq!(wrong(source("", "x", "x")), named("/subject", "invalid_length"));
        // A subject is kept as it is, and what opens something is not.
        assert_eq!(wrong(source("{{code}}", "x", "x")), named("/subject", "unknown_variable"));
        assert_eq!(wrong(source("x", &"x".repeat(BODY + 1), "x")), named("/text", "invalid_length"));
    }

    #[test]
    fn languages_are_written_in_one_way() {
        for right in ["en", "de", "pt-BR", "zh-Hant", "zh-Hant-TW", "gsw"] {
            assert_eq!(right.parse::<Locale>().unwrap().as_str(), right);
        }
        for wrong in ["", "EN", "en_GB", "en-gb", "english", "en-GB-x", "en-", "../en", "e1"] {
            assert!(wrong.parse::<Locale>().is_err(), "{wrong}");
        }
        let (wanted, own) = ("de-AT".parse().unwrap(), "fr".parse().unwrap());
        let order: Vec<_> = choices(Some(&wanted), &own).collect();
        assert_eq!(order, ["de-AT", "de", "fr", "fr", "en"]);
    }
}
