//! What a key is.

use crate::access::ScopeSet;
use crate::clock::Timestamp;
use crate::ids::KeyId;
use crate::invalid::{Findings, Invalid};
use crate::store::entities::api_keys;
use crate::tenants::display_name;
use crate::version::ETag;

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// Names the tenant and acts as anonymous; may stand in a page's source.
    Publishable,
    /// Acts with its scopes.
    Secret,
}

impl KeyKind {
    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Publishable => "publishable",
            Self::Secret => "secret",
        }
    }

    /// As stored. What this version does not know can do the least.
    pub(crate) fn of(stored: &str) -> Self {
        if stored == "secret" { Self::Secret } else { Self::Publishable }
    }
}

/// A key, without the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its id.
    pub id: KeyId,
    /// Its name for people.
    pub name: String,
    /// What it is for.
    pub kind: KeyKind,
    /// Its prefix and first characters.
    pub hint: String,
    /// What it may do.
    pub scopes: ScopeSet,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is refused.
    pub expires_at: Option<Timestamp>,
    /// Since when it is refused.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// The key that a rotation made in its place.
    pub replaced_by: Option<KeyId>,
}

impl Key {
    /// Its version: another once it was revoked, replaced or used.
    pub fn etag(&self) -> ETag {
        let replaced_by = self.replaced_by.map(|key| key.to_string());
        let times = (self.created_at, self.expires_at, self.revoked_at, self.last_used_at);
        ETag::of(&(&self.name, self.kind.as_str(), self.scopes.names(), times, replaced_by))
    }
}

impl From<api_keys::Model> for Key {
    fn from(row: api_keys::Model) -> Self {
        let time = |micros: Option<i64>| micros.and_then(Timestamp::from_micros);
        Self {
            id: KeyId::from_uuid(row.id),
            name: row.name,
            kind: KeyKind::of(&row.kind),
            hint: row.hint,
            scopes: ScopeSet::stored(&row.scopes),
            created_at: Timestamp::from_micros(row.created_at).unwrap_or(Timestamp::MIN),
            expires_at: time(row.expires_at),
            revoked_at: time(row.revoked_at),
            last_used_at: time(row.last_used_at),
            replaced_by: row.replaced_by.map(KeyId::from_uuid),
        }
    }
}

/// What a new key is to be.
#[derive(Debug, Clone)]
pub struct NewKey {
    pub(super) name: String,
    pub(super) kind: KeyKind,
    pub(super) scopes: ScopeSet,
    pub(super) expires_at: Option<Timestamp>,
}

impl NewKey {
    /// Reads what was sent. A secret key without scopes has all of them; a publishable one has none.
    pub fn parse(
        name: String,
        kind: KeyKind,
        scopes: Option<&[String]>,
        expires_at: Option<&str>,
        now: Timestamp,
    ) -> Result<Self, Invalid> {
        let mut findings = Findings::default();
        let name = findings.take("/name", display_name(name));
        let scopes = match (kind, scopes) {
            (KeyKind::Secret, None) => Some(ScopeSet::all()),
            (KeyKind::Secret, Some([])) => {
                findings.add("/scopes", "empty", "a secret key without any scope could do nothing");
                None
            }
            (KeyKind::Secret, Some(names)) => findings.take("/scopes", ScopeSet::parse(names)),
            (KeyKind::Publishable, None | Some([])) => Some(ScopeSet::default()),
            (KeyKind::Publishable, Some(_)) => {
                let message = "a publishable key has no scopes: it acts as anonymous, and rules decide";
                findings.add("/scopes", "not_applicable", message);
                None
            }
        };
        let expires_at = expires_at.and_then(|text| findings.take("/expires_at", future("a key", text, now)));
        findings.finish(name.zip(scopes).map(|(name, scopes)| Self { name, kind, scopes, expires_at }))
    }
}

/// Reads an instant that lies ahead, at which `what` is to expire.
pub(crate) fn future(what: &str, text: &str, now: Timestamp) -> Result<Timestamp, Invalid> {
    match Timestamp::parse(text) {
        Some(at) if at > now => Ok(at),
        Some(_) => Err(Invalid::one("", "past", format!("{what} has to expire in the future"))),
        None => Err(Invalid::one("", "invalid_value", "write an instant as 2026-11-23T12:00:00Z (RFC 3339)")),
    }
}

/// A time as an optional column holds it.
pub(super) fn micros(at: Option<Timestamp>) -> Option<i64> {
    at.map(Timestamp::as_micros)
}
