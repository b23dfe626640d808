//! Mails: what they say, how they wait, who carries them away.
//!
//! A mail is made from a template, of the tenant's own or of those that come with the server, and written into the
//! tenant's outbox in the transaction of what causes it. The worker hands it to the mail server. What it says is sealed
//! under the master key as long as it is kept, for it often opens something.

mod built_in;
mod deliver;
mod error;
mod mailer;
mod outbox;
mod service;
mod smtp;
mod sweep;
mod template;
mod templates;
mod text;

pub(crate) use self::deliver::Outbox;
pub use self::error::MailError;
pub use self::mailer::{Mail, Mailer, SendError};
pub use self::outbox::MailState;
pub(crate) use self::outbox::{Letter, Outgoing};
pub use self::service::{MailFilter, MailPage, MailRecord, OpenMail};
pub use self::smtp::{InvalidSmtpServer, SmtpMailer, SmtpServer};
pub use self::template::{Locale, Rendered, Source, TemplateName, UnknownTemplate};
pub use self::templates::MailTemplate;
