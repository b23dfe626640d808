//! Keys as clients see them.

use neonex_core::keys::{Key, KeyKind as DomainKind, MadeKey};
use poem_openapi::{Enum, Object};

use crate::text::{Secret, Time};

/// What a key is for.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
pub(super) enum KeyKind {
    /// Names the tenant and acts as anonymous; may stand in a page's source.
    Publishable,
    /// Acts with its scopes.
    Secret,
}

impl From<KeyKind> for DomainKind {
    fn from(kind: KeyKind) -> Self {
        match kind {
            KeyKind::Publishable => Self::Publishable,
            KeyKind::Secret => Self::Secret,
        }
    }
}

/// A new key.
#[derive(Debug, Object)]
#[oai(rename = "NewKey", deny_unknown_fields)]
pub(super) struct NewKeyBody {
    /// Its name for people.
    pub(super) name: String,
    /// What it is for.
    pub(super) kind: KeyKind,
    /// What a secret key may do: `audit:read`, `auth:read`, `auth:write`, `collections:read`, `collections:write`,
    /// `keys:read`, `keys:write`, `members:read`, `members:write`, `records:read`, `records:write`, `users:impersonate`.
    /// All of it where nothing is said.
    pub(super) scopes: Option<Vec<String>>,
    /// From when on it is refused (RFC 3339). Never, where nothing is said.
    pub(super) expires_at: Option<Time>,
}

/// How a key is rotated.
#[derive(Debug, Object)]
#[oai(rename = "RotateKey", deny_unknown_fields)]
pub(super) struct RotateKeyBody {
    /// How long the old key goes on working, in seconds: at most 30 days, a day where nothing is said.
    #[oai(default = "day", validator(maximum(value = "2592000")))]
    pub(super) overlap_seconds: u32,
}

const fn day() -> u32 {
    24 * 3600
}

/// A key.
#[derive(Debug, Object)]
#[oai(rename = "Key", skip_serializing_if_is_none)]
pub(super) struct KeyView {
    /// Its id.
    id: String,
    /// Its name for people.
    name: String,
    /// What it is for.
    kind: KeyKind,
    /// What is to be presented. Shown when the key is made, and never again.
    key: Option<Secret>,
    /// Its first characters, to tell keys apart.
    hint: String,
    /// What it may do.
    scopes: Vec<String>,
    /// When it was made.
    created_at: Time,
    /// From when on it is refused.
    expires_at: Option<Time>,
    /// Since when it is refused.
    revoked_at: Option<Time>,
    /// When it was last used, to the minute.
    last_used_at: Option<Time>,
    /// The key that a rotation made in its place.
    replaced_by: Option<String>,
}

impl From<&Key> for KeyView {
    fn from(key: &Key) -> Self {
        Self {
            id: key.id.to_string(),
            name: key.name.clone(),
            kind: match key.kind {
                DomainKind::Publishable => KeyKind::Publishable,
                DomainKind::Secret => KeyKind::Secret,
            },
            key: None,
            hint: key.hint.clone(),
            scopes: key.scopes.names().into_iter().map(str::to_owned).collect(),
            created_at: key.created_at.into(),
            expires_at: key.expires_at.map(Into::into),
            revoked_at: key.revoked_at.map(Into::into),
            last_used_at: key.last_used_at.map(Into::into),
            replaced_by: key.replaced_by.map(|id| id.to_string()),
        }
    }
}

impl From<&MadeKey> for KeyView {
    fn from(made: &MadeKey) -> Self {
        Self { key: Some(Secret(made.credential.reveal().to_owned())), ..Self::from(&made.key) }
    }
}

/// A page of keys.
#[derive(Debug, Object)]
pub(super) struct KeyList {
    /// The keys.
    pub(super) items: Vec<KeyView>,
    /// Where the next page begins; null on the last one.
    pub(super) next_cursor: Option<String>,
}
