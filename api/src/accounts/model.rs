//! Accounts as clients see them.

use neonex_core::accounts::{Account, AccountSession, AccountSignIn, AccountToken, MadeAccountToken};
use poem_openapi::Object;

use crate::text::{Secret, Time};

/// Who signs in.
#[derive(Object)]
#[oai(rename = "SignInAccount", deny_unknown_fields)]
pub(super) struct SignInBody {
    /// The address of the account, in any case.
    pub(super) email: String,
    /// Its password.
    pub(super) password: Secret,
}

/// What a client gets to be known by.
#[derive(Object)]
#[oai(rename = "AccountSignedIn")]
pub(super) struct SignedInView {
    /// To be sent as `Authorization: Bearer …`. Shown once.
    token: Secret,
    /// The session.
    session: SessionView,
}

impl From<AccountSignIn> for SignedInView {
    fn from(signed_in: AccountSignIn) -> Self {
        let token = Secret(signed_in.credential.reveal().to_owned());
        Self { token, session: signed_in.session.into() }
    }
}

/// A password that is set by a secret.
#[derive(Object)]
#[oai(rename = "AccountReset", deny_unknown_fields)]
pub(super) struct ResetBody {
    /// The secret that the machine has printed.
    pub(super) token: Secret,
    /// The password that is to be.
    pub(super) password: Secret,
}

/// What is to change of the account.
#[derive(Object)]
#[oai(rename = "AccountPatch", deny_unknown_fields)]
pub(super) struct PatchBody {
    /// The password of now.
    pub(super) password: Secret,
    /// The one that is to be: at least 15 characters.
    pub(super) new_password: Secret,
}

/// An account.
#[derive(Object)]
#[oai(rename = "Account")]
pub(super) struct AccountView {
    /// Its id.
    id: String,
    /// Its address.
    email: String,
    /// Whether it runs the platform.
    operator: bool,
    /// When it was made.
    created_at: Time,
    /// Where it is a member.
    tenants: Vec<PlaceView>,
}

/// An account's place in a tenant.
#[derive(Object)]
#[oai(rename = "AccountTenant")]
struct PlaceView {
    /// The tenant's id.
    id: String,
    /// Its slug.
    slug: String,
    /// Its name for people.
    name: String,
    /// The account's role there.
    role: String,
}

impl From<Account> for AccountView {
    fn from(account: Account) -> Self {
        let place = |place: neonex_core::accounts::Place| PlaceView {
            id: place.tenant.to_string(),
            slug: place.slug,
            name: place.name,
            role: place.role,
        };
        Self {
            id: account.id.to_string(),
            email: account.email,
            operator: account.operator,
            created_at: account.created_at.into(),
            tenants: account.places.into_iter().map(place).collect(),
        }
    }
}

/// A sign-in of an account that has not ended.
#[derive(Object)]
#[oai(rename = "AccountSession", skip_serializing_if_is_none)]
pub(super) struct SessionView {
    /// Its id.
    id: String,
    /// When it began.
    created_at: Time,
    /// When it was last used, to the minute. It ends after a quarter of an hour without use.
    seen_at: Time,
    /// When it ends, however much it is used.
    expires_at: Time,
    /// What the client called itself when it began.
    user_agent: Option<String>,
    /// Where it began.
    ip: Option<String>,
}

impl From<AccountSession> for SessionView {
    fn from(session: AccountSession) -> Self {
        Self {
            id: session.id.to_string(),
            created_at: session.created_at.into(),
            seen_at: session.seen_at.into(),
            expires_at: session.expires_at.into(),
            user_agent: session.user_agent,
            ip: session.ip,
        }
    }
}

/// Sessions of an account.
#[derive(Object)]
#[oai(rename = "AccountSessionList")]
pub(super) struct SessionList {
    /// The sessions.
    items: Vec<SessionView>,
    /// Always null: all are on one page.
    next_cursor: Option<String>,
}

impl From<Vec<AccountSession>> for SessionList {
    fn from(sessions: Vec<AccountSession>) -> Self {
        Self { items: sessions.into_iter().map(SessionView::from).collect(), next_cursor: None }
    }
}

/// A token that is to be.
#[derive(Object)]
#[oai(rename = "NewAccountToken", deny_unknown_fields)]
pub(super) struct NewTokenBody {
    /// Its name for people.
    pub(super) name: String,
    /// What it may do in tenants at most, as scopes of keys. All that the account may where nothing is said; an
    /// operator's token cannot be narrowed.
    pub(super) scopes: Option<Vec<String>>,
    /// From when on it is refused (RFC 3339). Never, where nothing is said.
    pub(super) expires_at: Option<Time>,
}

/// A personal access token.
#[derive(Object)]
#[oai(rename = "AccountToken", skip_serializing_if_is_none)]
pub(super) struct TokenView {
    /// Its id.
    id: String,
    /// Its name for people.
    name: String,
    /// What is to be presented. Shown when the token is made, and never again.
    token: Option<Secret>,
    /// Its first characters, to tell tokens apart.
    hint: String,
    /// What it may do in tenants at most; not there where that is all that the account may.
    scopes: Option<Vec<String>>,
    /// When it was made.
    created_at: Time,
    /// From when on it is refused.
    expires_at: Option<Time>,
    /// When it was last used, to the minute.
    last_used_at: Option<Time>,
}

impl From<AccountToken> for TokenView {
    fn from(token: AccountToken) -> Self {
        let names = |scopes: neonex_core::access::ScopeSet| {
            scopes.names().into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        Self {
            id: token.id.to_string(),
            name: token.name,
            token: None,
            hint: token.hint,
            scopes: token.scopes.map(names),
            created_at: token.created_at.into(),
            expires_at: token.expires_at.map(Into::into),
            last_used_at: token.last_used_at.map(Into::into),
        }
    }
}

impl From<MadeAccountToken> for TokenView {
    fn from(made: MadeAccountToken) -> Self {
        let token = Some(Secret(made.credential.reveal().to_owned()));
        Self { token, ..Self::from(made.token) }
    }
}

/// Tokens of an account.
#[derive(Object)]
#[oai(rename = "AccountTokenList")]
pub(super) struct TokenList {
    /// The tokens.
    items: Vec<TokenView>,
    /// Always null: all are on one page.
    next_cursor: Option<String>,
}

impl From<Vec<AccountToken>> for TokenList {
    fn from(tokens: Vec<AccountToken>) -> Self {
        Self { items: tokens.into_iter().map(TokenView::from).collect(), next_cursor: None }
    }
}
