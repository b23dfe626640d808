//! Mails and their templates as clients see them.

use neonex_core::mail::{MailRecord, MailState, MailTemplate, OpenMail, Rendered, Source};
use poem_openapi::{Enum, Object};

use crate::text::Time;

/// Where a mail stands.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename = "MailState", rename_all = "snake_case")]
pub(super) enum StateView {
    /// It waits to be sent, for the first time or again.
    Queued,
    /// It was handed over to the mail server.
    Sent,
    /// It was given up.
    Failed,
}

impl From<MailState> for StateView {
    fn from(state: MailState) -> Self {
        match state {
            MailState::Queued => Self::Queued,
            MailState::Sent => Self::Sent,
            MailState::Failed => Self::Failed,
        }
    }
}

impl From<StateView> for MailState {
    fn from(state: StateView) -> Self {
        match state {
            StateView::Queued => Self::Queued,
            StateView::Sent => Self::Sent,
            StateView::Failed => Self::Failed,
        }
    }
}

/// A mail.
#[derive(Object)]
#[oai(rename = "Mail", skip_serializing_if_is_none)]
pub(super) struct MailView {
    /// Its id.
    id: String,
    /// Whom it is for.
    to: String,
    /// Which kind it is.
    template: String,
    /// In which language.
    locale: String,
    /// Its subject.
    subject: String,
    /// Where it stands.
    state: StateView,
    /// How often it was tried.
    attempts: i64,
    /// When it is tried next.
    next_attempt_at: Option<Time>,
    /// What was said when it was tried last and not taken.
    last_error: Option<String>,
    /// When it was made.
    created_at: Time,
    /// When it was handed over.
    sent_at: Option<Time>,
    /// Until when what it says is worth anything.
    expires_at: Option<Time>,
}

impl From<MailRecord> for MailView {
    fn from(mail: MailRecord) -> Self {
        Self {
            id: mail.id.to_string(),
            to: mail.to,
            template: mail.template,
            locale: mail.locale,
            subject: mail.subject,
            state: mail.state.into(),
            attempts: mail.attempts,
            next_attempt_at: mail.next_at.map(Time::from),
            last_error: mail.last_error,
            created_at: mail.created_at.into(),
            sent_at: mail.sent_at.map(Time::from),
            expires_at: mail.good_until.map(Time::from),
        }
    }
}

/// A page of mails.
#[derive(Object)]
pub(super) struct MailList {
    /// The mails.
    pub(super) items: Vec<MailView>,
    /// Where the next page begins; null on the last one.
    pub(super) next_cursor: Option<String>,
}

/// A mail with what it says.
#[derive(Object)]
#[oai(rename = "OpenMail", skip_serializing_if_is_none)]
pub(super) struct OpenMailView {
    /// The mail.
    mail: MailView,
    /// The text, until the mail was sent or is over.
    text: Option<String>,
    /// The same as HTML.
    html: Option<String>,
}

impl From<OpenMail> for OpenMailView {
    fn from(open: OpenMail) -> Self {
        Self { mail: open.mail.into(), text: open.text, html: open.html }
    }
}

/// What the mails of one kind say in one language.
#[derive(Object)]
#[oai(rename = "MailTemplate", skip_serializing_if_is_none)]
pub(super) struct TemplateView {
    /// The kind.
    name: String,
    /// The language.
    locale: String,
    /// One line.
    subject: String,
    /// What those read who see no HTML.
    text: String,
    /// The same as HTML.
    html: Option<String>,
    /// What can stand in it as `{{name}}`.
    variables: Vec<String>,
    /// When it was written; not there where it is the one that comes with the server.
    updated_at: Option<Time>,
}

impl From<MailTemplate> for TemplateView {
    fn from(template: MailTemplate) -> Self {
        let variables = template.name.variables().iter().map(|(name, _)| (*name).to_owned());
        Self {
            name: template.name.to_string(),
            locale: template.locale,
            subject: template.source.subject,
            text: template.source.text,
            html: template.source.html,
            variables: variables.collect(),
            updated_at: template.updated_at.map(Time::from),
        }
    }
}

/// Templates.
#[derive(Object)]
pub(super) struct MailTemplateList {
    /// The templates.
    pub(super) items: Vec<TemplateView>,
    /// Always null: there is one page.
    pub(super) next_cursor: Option<String>,
}

/// A template as it is to be.
#[derive(Object)]
#[oai(rename = "MailTemplateSource", deny_unknown_fields)]
pub(super) struct SourceBody {
    /// One line, of 200 characters at most. What opens something (`link`, `token`, `code`) does not stand in it.
    subject: String,
    /// What those read who see no HTML.
    text: String,
    /// The same as HTML. Without it, mails are text alone.
    html: Option<String>,
}

impl From<SourceBody> for Source {
    fn from(body: SourceBody) -> Self {
        Self { subject: body.subject, text: body.text, html: body.html }
    }
}

/// What is to be shown: a template that is being written, or the one that is kept.
#[derive(Object)]
#[oai(rename = "PreviewMail", deny_unknown_fields)]
pub(super) struct PreviewBody {
    /// What is being written.
    pub(super) draft: Option<SourceBody>,
}

/// A mail as it would be.
#[derive(Object)]
#[oai(rename = "MailPreview", skip_serializing_if_is_none)]
pub(super) struct PreviewView {
    /// One line.
    subject: String,
    /// The text.
    text: String,
    /// The same as HTML.
    html: Option<String>,
}

impl From<Rendered> for PreviewView {
    fn from(rendered: Rendered) -> Self {
        Self { subject: rendered.subject, text: rendered.text, html: rendered.html }
    }
}

/// Whom a mail is sent to that is to be looked at.
#[derive(Object)]
#[oai(rename = "TestMail", deny_unknown_fields)]
pub(super) struct TestBody {
    /// The address.
    pub(super) to: String,
}

/// A mail that is on its way.
#[derive(Object)]
#[oai(rename = "TestMailAsked")]
pub(super) struct TestView {
    /// The mail's id.
    pub(super) id: String,
}
