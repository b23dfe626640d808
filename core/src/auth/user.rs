//! A user as requests see them.

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::ids::SessionId;

/// What is known of a user while their requests come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserState {
    /// The record's id.
    pub id: Uuid,
    /// The address that they sign in with, if they have one.
    pub email: Option<String>,
    /// Whether they have shown that it is theirs.
    pub verified: bool,
    /// What rules see as `auth.roles`.
    pub roles: Vec<String>,
    pub(crate) disabled: bool,
    /// Their sessions, each with its end.
    pub(super) sessions: Vec<(SessionId, Timestamp)>,
}

impl UserState {
    /// Whether the session is one of theirs, and not over.
    pub(crate) fn has_session(&self, session: SessionId, now: Timestamp) -> bool {
        self.sessions.iter().any(|(own, ends)| *own == session && now < *ends)
    }
}
