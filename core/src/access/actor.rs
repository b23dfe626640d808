//! Who acts.

use std::fmt;
use std::sync::Arc;

use super::permission::ScopeSet;
use crate::auth::UserState;
use crate::ids::{AccountId, AccountSessionId, KeyId, SessionId, TokenId};

/// By what an account acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// A session of the console.
    Session(AccountSessionId),
    /// A personal access token.
    Token(TokenId),
}

/// Who acts. There is no bare 'internal': work of the system's own says which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A platform operator.
    Operator {
        /// By what.
        via: Via,
        /// Whose it is; `None` for a token made on the machine itself.
        account: Option<AccountId>,
    },
    /// An account that is no operator, outside any tenant.
    Account {
        /// Which.
        id: AccountId,
        /// By what.
        via: Via,
    },
    /// An account in a tenant of which it is a member.
    Member {
        /// Which.
        account: AccountId,
        /// Its role there.
        role: Arc<str>,
        /// What the role allows, as far as a token of theirs goes.
        scopes: ScopeSet,
        /// By what.
        via: Via,
    },
    /// A tenant's secret key.
    Key {
        /// The key.
        id: KeyId,
        /// What it may do.
        scopes: ScopeSet,
    },
    /// Nobody in particular, by a publishable key where there is one.
    Anonymous {
        /// The key that named the tenant.
        key: Option<KeyId>,
    },
    /// A user of the tenant's app, signed in.
    User {
        /// The sign-in.
        session: SessionId,
        /// Who it is.
        user: Arc<UserState>,
        /// Who acts as the user, where it is not they.
        by: Option<Arc<str>>,
    },
    /// A part of the system, by name.
    System(&'static str),
}

impl Actor {
    /// What a rule sees as `auth.kind`; `None` where `auth` is null.
    pub const fn kind(&self) -> Option<&'static str> {
        match self {
            Self::Operator { .. } => Some("operator"),
            Self::Account { .. } => Some("account"),
            Self::Member { .. } => Some("member"),
            Self::Key { .. } => Some("key"),
            Self::User { .. } => Some("user"),
            Self::Anonymous { .. } => None,
            Self::System(_) => Some("system"),
        }
    }

    /// What this actor may do in a tenant, before any rule.
    pub fn scopes(&self) -> ScopeSet {
        match self {
            Self::Operator { .. } | Self::System(_) => ScopeSet::all(),
            Self::Key { scopes, .. } | Self::Member { scopes, .. } => *scopes,
            Self::User { .. } | Self::Anonymous { .. } | Self::Account { .. } => ScopeSet::default(),
        }
    }
}

/// As it stands in the change log and in logs.
impl fmt::Display for Actor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operator { account: Some(account), .. }
            | Self::Account { id: account, .. }
            | Self::Member { account, .. } => write!(formatter, "{account}"),
            Self::Operator { via: Via::Token(token), account: None } => write!(formatter, "{token}"),
            Self::Operator { via: Via::Session(session), account: None } => write!(formatter, "{session}"),
            Self::Key { id, .. } | Self::Anonymous { key: Some(id) } => write!(formatter, "{id}"),
            Self::Anonymous { key: None } => formatter.write_str("anonymous"),
            Self::User { user, by: Some(by), .. } => write!(formatter, "user:{} by {by}", user.id),
            Self::User { user, by: None, .. } => write!(formatter, "user:{}", user.id),
            Self::System(name) => write!(formatter, "system:{name}"),
        }
    }
}

/// Names one request in answers, logs and the change log: 1 to 128 letters, digits, `-`, `_` or `.`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// Takes a client's own, if it is one.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=128).contains(&text.len());
        let plain =
            text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
        (fits && plain).then(|| Self(text.into()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
