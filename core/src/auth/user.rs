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
    pub(super) sessions: Vec<SessionState>,
}

/// What is known of a user's session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SessionState {
    pub(super) id: SessionId,
    pub(super) ends: Timestamp,
    /// When its user last showed that it is them.
    pub(super) proved_at: Timestamp,
}

impl UserState {
    /// Whether the session is one of theirs, and not over.
    pub(crate) fn has_session(&self, session: SessionId, now: Timestamp) -> bool {
        self.sessions.iter().any(|own| own.id == session && now < own.ends)
    }

    /// When the user of that session last showed that it is them, as far as is known.
    pub(super) fn proved_at(&self, session: SessionId) -> Option<Timestamp> {
        self.sessions.iter().find(|own| own.id == session).map(|own| own.proved_at)
    }
}
