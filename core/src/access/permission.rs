//! Permissions: as types, so that a permit for one thing cannot be used for another, and as the names by which keys
//! carry them.

use std::fmt;

use crate::invalid::{Findings, Invalid};

/// Something that an actor may be allowed to do in a tenant.
pub trait Permission: Send + Sync + 'static {
    /// Its name, as in a key's scopes.
    const NAME: &'static str;
    /// Its place in a [`ScopeSet`].
    const BIT: u32;
}

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $text:literal @ $bit:literal,)+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy)]
            pub struct $name;

            impl Permission for $name {
                const NAME: &'static str = $text;
                const BIT: u32 = $bit;
            }
        )+

        /// Every permission with its place.
        const ALL: &[(&str, u32)] = &[$(($text, $bit)),+];
    };
}

permissions! {
    /// See collections and their design.
    CollectionsRead = "collections:read" @ 0,
    /// Create, alter and delete collections.
    CollectionsWrite = "collections:write" @ 1,
    /// See keys (never the secret itself).
    KeysRead = "keys:read" @ 2,
    /// Create, rotate and revoke keys.
    KeysWrite = "keys:write" @ 3,
    /// Read every record, past the rules.
    RecordsRead = "records:read" @ 4,
    /// Write every record, past the rules.
    RecordsWrite = "records:write" @ 5,
    /// See users' sessions and the settings of auth.
    AuthRead = "auth:read" @ 6,
    /// Make and change users, end their sessions, change the settings of auth.
    AuthWrite = "auth:write" @ 7,
    /// Act as a user.
    UsersImpersonate = "users:impersonate" @ 8,
    /// See members, roles and invitations.
    MembersRead = "members:read" @ 9,
    /// Invite and remove members, give and make roles.
    MembersWrite = "members:write" @ 10,
    /// Read the audit log.
    AuditRead = "audit:read" @ 11,
}

/// A set of permissions.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct ScopeSet(u64);

impl ScopeSet {
    /// Every permission.
    pub fn all() -> Self {
        Self(ALL.iter().fold(0, |bits, (_, bit)| bits | 1 << bit))
    }

    /// Reads names, and says of each unknown one that it is.
    pub fn parse<S: AsRef<str>>(names: &[S]) -> Result<Self, Invalid> {
        let mut findings = Findings::default();
        let mut bits = 0;
        for (at, name) in names.iter().enumerate() {
            let name = name.as_ref();
            if let Some((_, bit)) = ALL.iter().find(|(known, _)| *known == name) {
                bits |= 1 << bit;
            } else {
                let known: Vec<_> = ALL.iter().map(|(known, _)| *known).collect();
                let message = format!("there is no scope `{name}`; there are {}", known.join(", "));
                findings.add(format!("/{at}"), "unknown_scope", message);
            }
        }
        findings.finish(Some(Self(bits)))
    }

    /// Reads names as they were stored, apart by spaces. One that this version does not know gives nothing.
    pub(crate) fn stored(names: &str) -> Self {
        let known = ALL.iter().filter(|(known, _)| names.split(' ').any(|name| name == *known));
        Self(known.fold(0, |bits, (_, bit)| bits | 1 << bit))
    }

    /// Those that are among both.
    #[must_use]
    pub const fn and(self, others: Self) -> Self {
        Self(self.0 & others.0)
    }

    /// Whether `P` is among them.
    pub const fn has<P: Permission>(self) -> bool {
        self.0 & (1 << P::BIT) != 0
    }

    /// Whether all of `others` are among them.
    pub const fn covers(self, others: Self) -> bool {
        others.0 & !self.0 == 0
    }

    /// Their names.
    pub fn names(self) -> Vec<&'static str> {
        ALL.iter().filter(|(_, bit)| self.0 & (1 << bit) != 0).map(|(name, _)| *name).collect()
    }
}

impl fmt::Debug for ScopeSet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.names()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_places_are_unique_and_read_back() {
        let names = ScopeSet::all().names();
        assert_eq!(names.len(), ALL.len());
        assert_eq!(ScopeSet::parse(&names).unwrap(), ScopeSet::all());
        let one = ScopeSet::parse(&["keys:read"]).unwrap();
        assert!(one.has::<KeysRead>() && !one.has::<KeysWrite>());
        assert!(ScopeSet::all().covers(one) && !one.covers(ScopeSet::all()));
    }

    #[test]
    fn an_unknown_name_is_named() {
        let refused = ScopeSet::parse(&["keys:read", "keys:*"]).unwrap_err();
        assert_eq!(refused.details()[0].pointer, "/1");
        assert!(refused.to_string().contains("`keys:*`"));
    }
}
