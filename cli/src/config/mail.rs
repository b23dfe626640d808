//! Mails, and where they go out.

use std::path::PathBuf;

use super::parse;
use super::secret::Secret;
use super::setting::{Secrecy, Section, Setting, Unset};
use super::values::Values;

/// Where mails go out, and from whom they come.
#[derive(Debug, Clone)]
pub struct MailConfig {
    /// The SMTP server and the sender, where mails are sent.
    pub smtp: Option<SmtpConfig>,
}

/// An SMTP server.
#[derive(Debug, Clone)]
pub struct SmtpConfig {
    /// Its URL.
    pub url: Secret<String>,
    /// From whom mails come.
    pub from: String,
    /// Authorities that are trusted besides the system's.
    pub authorities: Option<PathBuf>,
}

const SMTP_URL: Setting = Setting::new(
    "mail.smtp_url",
    "NEONEX_SMTP_URL",
    Unset::Means("mails stay in the outbox, where they can be read"),
)
.secret(Secrecy::Url)
.must_be("an SMTP URL, such as `smtp://user:password@mail.example.com:587` or `smtps://…`")
.about(
    "The server through which mails go out. With `smtp` TLS begins with STARTTLS, without which nothing is sent; \
     `?tls=none` does without, for a server on the same machine.",
);
const FROM: Setting =
    Setting::new("mail.from", "NEONEX_MAIL_FROM", Unset::Means("needed where `mail.smtp_url` is set"))
        .must_be("an address, such as `mail@example.com` or `Example <mail@example.com>`")
        .about("From whom mails come.");
const AUTHORITIES: Setting = Setting::new(
    "mail.smtp_ca_file",
    "NEONEX_SMTP_CA_FILE",
    Unset::Means("the authorities are trusted that the system trusts"),
)
.must_be("the path of a PEM file")
.about(
    "A certificate authority that the SMTP server's certificate may come from, besides those of the system.",
);

impl MailConfig {
    pub(super) const SECTION: Section = Section {
        name: "mail",
        about: "Mails to users, and where they go out.",
        settings: &[&SMTP_URL, &FROM, &AUTHORITIES],
    };

    pub(super) fn read(values: &mut Values<'_>) -> Self {
        let url = values.get(&SMTP_URL, |text| parse::server_url(text, &["smtp", "smtps"]));
        let from = values.get(&FROM, |text| text.contains('@').then(|| text.to_owned()));
        let authorities = values.get(&AUTHORITIES, |text| Some(PathBuf::from(text)));
        if url.is_some() && !values.is_set(&FROM) {
            values.refuse(&FROM, "must be set where `mail.smtp_url` is".to_owned());
        }
        let smtp = url.zip(from).map(|(url, from)| SmtpConfig { url, from, authorities });
        Self { smtp }
    }
}
