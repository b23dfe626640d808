//! Somebody of whom it is asked what rules say.

use uuid::Uuid;

use crate::access::{Actor, AuthRead, KeysRead, Permit, TenantScope};
use crate::auth::UserError;
use crate::ids::{KeyId, SessionId};
use crate::keys::{KeyError, KeyKind};
use crate::records::RecordId;

/// Somebody whom rules may bind. Nothing is done in their name: all that can be asked of a subject is what rules say.
pub struct Subject(pub(super) TenantScope);

/// What rules see as `auth`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenAuth {
    /// `auth.kind`
    pub kind: &'static str,
    /// `auth.id`
    pub id: Option<Uuid>,
    /// `auth.email`
    pub email: Option<String>,
    /// `auth.verified`
    pub verified: Option<bool>,
    /// `auth.roles`
    pub roles: Vec<String>,
}

impl TenantScope {
    /// Somebody anonymous.
    pub fn as_anonymous(&self) -> Subject {
        Subject(self.seen_by(Actor::Anonymous { key: None }))
    }

    /// A user, who is not one that is kept out.
    pub async fn as_user(&self, _: &Permit<AuthRead>, user: RecordId) -> Result<Subject, UserError> {
        let found = self.platform().user(self.tenant(), user.as_uuid()).await?;
        let user = found.ok_or(UserError::NoUser)?;
        if user.disabled {
            return Err(UserError::Disabled);
        }
        let session = SessionId::from_uuid(Uuid::nil());
        Ok(Subject(self.seen_by(Actor::User { session, user, by: None })))
    }

    /// Whoever has a key, whether it is in use any more or not.
    pub async fn as_key(&self, permit: &Permit<KeysRead>, id: KeyId) -> Result<Subject, KeyError> {
        let key = self.key(permit, id).await?;
        Ok(Subject(self.seen_by(match key.kind {
            KeyKind::Publishable => Actor::Anonymous { key: Some(id) },
            KeyKind::Secret => Actor::Key { id, scopes: key.scopes },
        })))
    }
}

impl Subject {
    /// What rules see of them as `auth`; `None` where it is null.
    pub(super) fn seen(&self) -> Option<SeenAuth> {
        let auth = self.0.bindings().auth?;
        Some(SeenAuth {
            kind: self.0.actor().kind()?,
            id: auth.id,
            email: auth.email.map(str::to_owned),
            verified: auth.verified,
            roles: auth.roles.to_vec(),
        })
    }
}
