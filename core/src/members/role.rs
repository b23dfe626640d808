//! Roles: those that come with the server, and a tenant's own.

use crate::access::ScopeSet;
use crate::clock::Timestamp;
use crate::invalid::{Findings, Invalid};
use crate::store::entities::member_roles;

/// Characters of a description.
const DESCRIPTION: usize = 500;

/// A role that comes with the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuiltIn {
    /// May do everything, and makes owners.
    Owner,
    /// May do everything but make owners.
    Admin,
    /// Builds the app: its collections, records, keys and users.
    Developer,
    /// Looks on.
    Viewer,
}

impl BuiltIn {
    /// Every one, from the one that may do most.
    pub const ALL: [Self; 4] = [Self::Owner, Self::Admin, Self::Developer, Self::Viewer];

    /// What it is called.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Developer => "developer",
            Self::Viewer => "viewer",
        }
    }

    /// What it is for.
    pub const fn description(self) -> &'static str {
        match self {
            Self::Owner => "May do everything, and makes other owners.",
            Self::Admin => "May do everything but make owners.",
            Self::Developer => "Builds the app: its collections, records, keys and users.",
            Self::Viewer => "Sees everything but secrets, and changes nothing.",
        }
    }

    /// What it allows.
    pub fn scopes(self) -> ScopeSet {
        match self {
            Self::Owner | Self::Admin => ScopeSet::all(),
            Self::Developer => ScopeSet::stored(
                "audit:read auth:read auth:write collections:read collections:write keys:read keys:write members:read \
                 records:read records:write",
            ),
            Self::Viewer => {
                ScopeSet::stored("audit:read auth:read collections:read keys:read members:read records:read")
            }
        }
    }

    /// The one of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }
}

/// What a member may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// What it is called: also by which it is known.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// What it allows.
    pub permissions: ScopeSet,
    /// When the tenant has made it; `None` of those that come with the server.
    pub created_at: Option<Timestamp>,
}

impl Role {
    /// Whether only owners give and take it.
    pub(super) fn is_owner(&self) -> bool {
        self.name == BuiltIn::Owner.as_str()
    }
}

impl From<BuiltIn> for Role {
    fn from(role: BuiltIn) -> Self {
        Self {
            name: role.as_str().to_owned(),
            description: role.description().to_owned(),
            permissions: role.scopes(),
            created_at: None,
        }
    }
}

impl From<member_roles::Model> for Role {
    fn from(row: member_roles::Model) -> Self {
        Self {
            permissions: ScopeSet::stored(&row.permissions),
            created_at: Timestamp::from_micros(row.created_at),
            name: row.name,
            description: row.description,
        }
    }
}

/// A role that a tenant makes.
#[derive(Debug, Clone)]
pub struct NewRole {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) permissions: ScopeSet,
}

impl NewRole {
    /// Reads what was sent.
    pub fn parse(name: String, description: Option<String>, permissions: &[String]) -> Result<Self, Invalid> {
        let mut findings = Findings::default();
        let name = findings.take("/name", own_name(name));
        let description = findings.take("/description", read_description(description.unwrap_or_default()));
        let permissions = findings.take("/permissions", ScopeSet::parse(permissions));
        let read = name.zip(description).zip(permissions);
        let read = read.map(|((name, description), permissions)| Self { name, description, permissions });
        findings.finish(read)
    }
}

/// What is to change of a tenant's own role; `None` leaves it.
#[derive(Debug, Clone, Default)]
pub struct RolePatch {
    pub(super) description: Option<String>,
    pub(super) permissions: Option<ScopeSet>,
}

impl RolePatch {
    /// Reads what was sent.
    pub fn parse(description: Option<String>, permissions: Option<&[String]>) -> Result<Self, Invalid> {
        let mut findings = Findings::default();
        let description = description.and_then(|text| findings.take("/description", read_description(text)));
        let permissions = permissions.and_then(|names| findings.take("/permissions", ScopeSet::parse(names)));
        findings.finish(Some(Self { description, permissions }))
    }
}

/// Whether a text can be a role's name: 2 to 63 small letters, digits, `-` and `_`, with a letter first.
pub(super) fn is_name(text: &str) -> bool {
    let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
    (2..=63).contains(&text.len())
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(plain)
}

fn own_name(text: String) -> Result<String, Invalid> {
    if !is_name(&text) {
        let message = "a role's name has 2 to 63 small letters, digits, - and _, and begins with a letter";
        return Err(Invalid::one("", "invalid_name", message));
    }
    if BuiltIn::named(&text).is_some() {
        let message = format!("the role `{text}` comes with the server");
        return Err(Invalid::one("", "reserved", message));
    }
    Ok(text)
}

fn read_description(text: String) -> Result<String, Invalid> {
    if text.chars().count() <= DESCRIPTION && !text.chars().any(char::is_control) {
        return Ok(text);
    }
    let message =
        format!("a description has at most {DESCRIPTION} characters, none of them control characters");
    Err(Invalid::one("", "invalid_description", message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_what_the_next_one_may() {
        for pair in BuiltIn::ALL.windows(2) {
            assert!(pair[0].scopes().covers(pair[1].scopes()), "{pair:?}");
        }
        let viewer = BuiltIn::Viewer.scopes().names();
        assert!(viewer.iter().all(|name| name.ends_with(":read")), "{viewer:?}");
        let developer = BuiltIn::Developer.scopes().names();
        assert!(!developer.contains(&"members:write") && developer.len() == 10, "{developer:?}");
    }

    #[test]
    fn what_is_wrong_with_a_role_is_named() {
        let wrong = NewRole::parse("Owner".to_owned(), None, &["keys:*".to_owned()]).unwrap_err();
        let places: Vec<_> = wrong.details().iter().map(|detail| detail.pointer.as_str()).collect();
        assert_eq!(places, ["/name", "/permissions/0"]);
        assert!(NewRole::parse("owner".to_owned(), None, &[]).is_err());
        assert!(NewRole::parse("support".to_owned(), None, &["records:read".to_owned()]).is_ok());
    }
}
