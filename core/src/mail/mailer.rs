//! The edge of the process: who carries mails away.

use futures_util::future::BoxFuture;

use crate::clock::Timestamp;
use crate::ids::MailId;

/// A mail as it leaves.
#[derive(Clone)]
pub struct Mail {
    /// Its id, the same however often it is sent.
    pub id: MailId,
    /// When it leaves.
    pub at: Timestamp,
    /// Whom it is for.
    pub to: String,
    /// One line.
    pub subject: String,
    /// What those read who see no HTML.
    pub text: String,
    /// The same as HTML.
    pub html: Option<String>,
}

/// A mail holds what opens something, so it does not show itself.
impl std::fmt::Debug for Mail {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Mail({} …)", self.id)
    }
}

/// A mail was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// It will not be taken later either: the address, say, is none.
    #[error("{0}")]
    Refused(String),
    /// It may be taken later.
    #[error("{0}")]
    NotNow(String),
}

/// Carries mails away. A mail may be handed over a second time, after a crash in between.
pub trait Mailer: Send + Sync + 'static {
    /// Hands a mail over. It ends within a minute or two, whatever the other side does.
    fn send<'m>(&'m self, mail: &'m Mail) -> BoxFuture<'m, Result<(), SendError>>;
}
