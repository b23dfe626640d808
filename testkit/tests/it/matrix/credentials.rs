//! The kinds of credential.

/// What somebody presents. Each kind works in a tenant of its own, so that all can go on at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Credential {
    /// None, and names no tenant.
    Nobody,
    /// None, and names the tenant.
    Anonymous,
    /// A publishable key.
    Publishable,
    /// A signed-in user's access token.
    User,
    /// The session of a member who owns the tenant.
    Owner,
    /// That of an admin.
    Admin,
    /// That of a developer.
    Developer,
    /// That of a viewer.
    Viewer,
    /// A secret key with the one scope that the operation needs.
    ItsScope,
    /// A secret key with the scope that lies closest.
    OtherScope,
    /// A secret key with every scope.
    EveryScope,
    /// An operator's token.
    Operator,
    /// An operator's token, with the tenant in the header.
    OperatorWithin,
    /// What no server ever made.
    Malformed,
    /// What could have been made and was not.
    Unknown,
    /// A secret key that was in use until it was revoked.
    Revoked,
    /// A secret key that was in use until it expired.
    Expired,
    /// A secret key of a tenant that is suspended.
    Suspended,
    /// A secret key of a tenant that is deleted.
    Deleted,
}

use Credential::{
    Admin, Anonymous, Deleted, Developer, EveryScope, Expired, ItsScope, Malformed, Nobody, Operator,
    OperatorWithin, OtherScope, Owner, Publishable, Revoked, Suspended, Unknown, User, Viewer,
};

impl Credential {
    /// Those that say who somebody is.
    pub(super) const GOOD: [Self; 10] = [
        Nobody,
        Anonymous,
        Publishable,
        User,
        Owner,
        OtherScope,
        ItsScope,
        EveryScope,
        OperatorWithin,
        Operator,
    ];
    /// Those that open nothing.
    pub(super) const BAD: [Self; 6] = [Malformed, Unknown, Revoked, Expired, Suspended, Deleted];

    /// All of them.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        Self::GOOD.into_iter().chain(Self::BAD)
    }

    /// For people.
    pub(super) const fn heading(self) -> &'static str {
        match self {
            Nobody => "nobody",
            Anonymous => "anonymous",
            Publishable => "publishable",
            User => "user",
            Owner => "owner",
            Admin => "admin",
            Developer => "developer",
            Viewer => "viewer",
            ItsScope => "its scope",
            OtherScope => "other scope",
            EveryScope => "every scope",
            Operator => "operator",
            OperatorWithin => "operator in it",
            Malformed => "malformed",
            Unknown => "unknown",
            Revoked => "revoked",
            Expired => "expired",
            Suspended => "suspended",
            Deleted => "deleted",
        }
    }

    /// The slug of its tenant.
    pub(super) fn slug(self) -> String {
        self.heading().replace(' ', "-")
    }

    /// The role of the member who presents it, if it is one's.
    pub(super) const fn role(self) -> Option<&'static str> {
        match self {
            Owner | Admin | Developer | Viewer => Some(self.heading()),
            _ => None,
        }
    }

    /// Whether it is the operator's, to whom no tenant is another's.
    pub(super) const fn is_operators(self) -> bool {
        matches!(self, Operator | OperatorWithin)
    }

    /// Whether the tenant follows from it, so that a header can only agree.
    pub(super) const fn names_its_tenant(self) -> bool {
        !self.is_operators() && !matches!(self, Nobody | Anonymous)
    }

    /// Whether it is a key or a token in use.
    pub(super) const fn is_in_use(self) -> bool {
        matches!(self, Publishable | User | ItsScope | OtherScope | EveryScope)
    }
}
