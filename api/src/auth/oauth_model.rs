//! Providers and identities as clients see them.

use std::collections::HashMap;

use neonex_core::access::TenantScope;
use neonex_core::auth::{
    Available, Check, ClaimNames, Definition, Identity, NewProvider, OAuthBeginning, Provider, ProviderPatch,
};
use poem_openapi::Object;

use crate::text::{Secret, Time};

/// Where in a provider's answer what stands, as JSON pointers.
#[derive(Debug, Clone, Object)]
#[oai(rename = "ProviderClaims", deny_unknown_fields, skip_serializing_if_is_none)]
pub(super) struct ClaimsBody {
    /// What the provider calls the user, and nobody else ever: `/id`.
    subject: String,
    /// The user's address.
    email: Option<String>,
    /// Whether the user has shown that it is theirs: only `true` says so.
    email_verified: Option<String>,
    /// The user's name.
    name: Option<String>,
    /// The address of a picture.
    picture: Option<String>,
}

impl From<ClaimsBody> for ClaimNames {
    fn from(body: ClaimsBody) -> Self {
        let ClaimsBody { subject, email, email_verified, name, picture } = body;
        Self { subject, email, email_verified, name, picture }
    }
}

impl From<ClaimNames> for ClaimsBody {
    fn from(claims: ClaimNames) -> Self {
        let ClaimNames { subject, email, email_verified, name, picture } = claims;
        Self { subject, email, email_verified, name, picture }
    }
}

/// A provider to be set up.
#[derive(Object)]
#[oai(rename = "NewProvider", deny_unknown_fields)]
pub(super) struct NewProviderBody {
    /// What it is called in addresses: 1 to 40 lower-case letters, digits, `-` or `_`.
    name: String,
    /// `google`, `github`, `gitlab`, `microsoft`, `apple`, `discord`, `facebook`, `linkedin`, `slack`, `twitch`, `spotify`
    /// or `x`; `oidc` for any other that speaks OpenID Connect, `oauth2` for any that speaks OAuth 2 alone.
    kind: String,
    /// What the provider calls the app.
    client_id: String,
    /// What the provider knows the app by; of Apple the whole `.p8` file. It is not shown again.
    client_secret: Option<Secret>,
    /// Whether users can sign in by it.
    #[oai(default = "yes")]
    enabled: bool,
    /// What is asked for; the kind's own where nothing is said.
    scopes: Option<Vec<String>>,
    /// Of `oidc`, and of a GitLab of one's own: who signs. The rest is found at its `/.well-known/openid-configuration`.
    issuer: Option<String>,
    /// Of `oauth2`: where users sign in.
    authorization_url: Option<String>,
    /// Of `oauth2`: where codes are exchanged.
    token_url: Option<String>,
    /// Of `oauth2`: where it is said who a user is.
    userinfo_url: Option<String>,
    /// Of `oauth2`: where in it.
    claims: Option<ClaimsBody>,
    /// Of `microsoft`: whose users may sign in, as `organizations`, `consumers` or a directory's id.
    directory: Option<String>,
    /// Of `apple`: the developer's team.
    team_id: Option<String>,
    /// Of `apple`: the key's name.
    key_id: Option<String>,
    /// Which of the users' own fields a new user gets of their profile: `name` or `picture`, by field.
    #[oai(default)]
    profile: HashMap<String, String>,
}

const fn yes() -> bool {
    true
}

impl From<NewProviderBody> for NewProvider {
    fn from(body: NewProviderBody) -> Self {
        Self {
            name: body.name,
            kind: body.kind,
            client_id: body.client_id,
            client_secret: body.client_secret.map(|secret| secret.0),
            enabled: body.enabled,
            definition: Definition {
                scopes: body.scopes,
                issuer: body.issuer,
                authorization_url: body.authorization_url,
                token_url: body.token_url,
                userinfo_url: body.userinfo_url,
                claims: body.claims.map(ClaimNames::from),
                directory: body.directory,
                team_id: body.team_id,
                key_id: body.key_id,
                profile: body.profile.into_iter().collect(),
            },
        }
    }
}

/// What is to change of a provider. Who it is stays: another one is set up under another name.
#[derive(Object)]
#[oai(rename = "ProviderPatch", deny_unknown_fields)]
pub(super) struct ProviderPatchBody {
    /// What the provider calls the app.
    client_id: Option<String>,
    /// What the provider knows the app by.
    client_secret: Option<Secret>,
    /// Whether users can sign in by it.
    enabled: Option<bool>,
    /// What is asked for.
    scopes: Option<Vec<String>>,
    /// Of `microsoft`: whose users may sign in.
    directory: Option<String>,
    /// Of `apple`: the developer's team.
    team_id: Option<String>,
    /// Of `apple`: the key's name.
    key_id: Option<String>,
    /// Which of the users' own fields a new user gets of their profile: `name` or `picture`, by field.
    profile: Option<HashMap<String, String>>,
}

impl From<ProviderPatchBody> for ProviderPatch {
    fn from(body: ProviderPatchBody) -> Self {
        Self {
            client_id: body.client_id,
            client_secret: body.client_secret.map(|secret| secret.0),
            enabled: body.enabled,
            scopes: body.scopes,
            directory: body.directory,
            team_id: body.team_id,
            key_id: body.key_id,
            profile: body.profile.map(|profile| profile.into_iter().collect()),
        }
    }
}

/// A provider.
#[derive(Object)]
#[oai(rename = "Provider", skip_serializing_if_is_none)]
pub(super) struct ProviderView {
    /// What it is called in addresses.
    name: String,
    /// Its kind.
    kind: String,
    /// What the provider calls the app.
    client_id: String,
    /// Whether there is a secret, which is not shown.
    has_secret: bool,
    /// Whether users can sign in by it.
    enabled: bool,
    /// What is asked for.
    scopes: Vec<String>,
    /// The address to be written down at the provider as the one that it sends users back to. Not there where whoever
    /// runs the server has not set `server.public_url`: nobody can sign in then.
    callback_url: Option<String>,
    /// Who signs.
    issuer: Option<String>,
    /// Where users sign in.
    authorization_url: Option<String>,
    /// Where codes are exchanged.
    token_url: Option<String>,
    /// Where it is said who a user is.
    userinfo_url: Option<String>,
    /// Where in it.
    claims: Option<ClaimsBody>,
    /// Whose users may sign in.
    directory: Option<String>,
    /// The developer's team.
    team_id: Option<String>,
    /// The key's name.
    key_id: Option<String>,
    /// Which of the users' own fields a new user gets of their profile.
    profile: HashMap<String, String>,
    /// When it was set up.
    created_at: Time,
    /// When it was last changed.
    updated_at: Time,
}

impl ProviderView {
    pub(super) fn of(scope: &TenantScope, provider: Provider) -> Self {
        Self {
            kind: provider.kind().to_owned(),
            has_secret: provider.has_secret(),
            scopes: provider.scopes(),
            callback_url: scope.callback_url(&provider),
            name: provider.name,
            client_id: provider.client_id,
            enabled: provider.enabled,
            issuer: provider.definition.issuer,
            authorization_url: provider.definition.authorization_url,
            token_url: provider.definition.token_url,
            userinfo_url: provider.definition.userinfo_url,
            claims: provider.definition.claims.map(ClaimsBody::from),
            directory: provider.definition.directory,
            team_id: provider.definition.team_id,
            key_id: provider.definition.key_id,
            profile: provider.definition.profile.into_iter().collect(),
            created_at: provider.created_at.into(),
            updated_at: provider.updated_at.into(),
        }
    }
}

/// Providers.
#[derive(Object)]
pub(super) struct ProviderList {
    /// The providers.
    pub(super) items: Vec<ProviderView>,
    /// Always null: there is one page.
    pub(super) next_cursor: Option<String>,
}

/// A provider as everybody sees it.
#[derive(Object)]
#[oai(rename = "AvailableProvider")]
pub(super) struct AvailableView {
    /// What it is called in addresses.
    name: String,
    /// Its kind.
    kind: String,
    /// What stands on a button.
    title: String,
}

/// Providers by which users can sign in.
#[derive(Object)]
pub(super) struct AvailableProviderList {
    /// The providers.
    items: Vec<AvailableView>,
    /// Always null: there is one page.
    next_cursor: Option<String>,
}

impl From<Vec<Available>> for AvailableProviderList {
    fn from(providers: Vec<Available>) -> Self {
        let items = providers.into_iter().map(|provider| AvailableView {
            name: provider.name,
            kind: provider.kind.to_owned(),
            title: provider.title.to_owned(),
        });
        Self { items: items.collect(), next_cursor: None }
    }
}

/// One thing that was looked at.
#[derive(Object)]
#[oai(rename = "ProviderCheck")]
pub(super) struct CheckView {
    /// What: `callback`, `discovery`, `flow`, `algorithms`, `pkce`, `keys` or `addresses`.
    name: String,
    /// Whether it is as it should be.
    ok: bool,
    /// What was found.
    message: String,
}

/// What was found of a provider.
#[derive(Object)]
pub(super) struct ProviderTest {
    /// Whether all is as it should be.
    ok: bool,
    /// What was looked at.
    checks: Vec<CheckView>,
}

impl From<Vec<Check>> for ProviderTest {
    fn from(checks: Vec<Check>) -> Self {
        let ok = checks.iter().all(|check| check.ok);
        let checks = checks.into_iter().map(|check| CheckView {
            name: check.name.to_owned(),
            ok: check.ok,
            message: check.message,
        });
        Self { ok, checks: checks.collect() }
    }
}

/// How an app begins.
#[derive(Object)]
#[oai(rename = "BeginOAuth", deny_unknown_fields)]
pub(super) struct BeginOAuthBody {
    /// Where the browser is to come out: one of the tenant's `redirect_urls`.
    redirect_url: String,
    /// The SHA-256 of a secret that stays with the app (RFC 7636, `S256`), in base64url: 43 characters.
    code_challenge: String,
    /// What the app gets back beside the code.
    state: Option<String>,
}

impl From<BeginOAuthBody> for OAuthBeginning {
    fn from(body: BeginOAuthBody) -> Self {
        let BeginOAuthBody { redirect_url, code_challenge, state } = body;
        Self { redirect_url, code_challenge, state }
    }
}

/// Where a browser is to go.
#[derive(Object)]
#[oai(rename = "OAuthUrl")]
pub(super) struct OAuthUrl {
    /// The provider's page.
    pub(super) url: String,
}

/// A code that an app was given.
#[derive(Object)]
#[oai(rename = "ExchangeOAuth", deny_unknown_fields)]
pub(super) struct ExchangeOAuthBody {
    /// The code.
    pub(super) code: Secret,
    /// The secret of the challenge that the app began with.
    pub(super) code_verifier: Secret,
    /// The user's own fields of the collection `users`, for the case that they are new.
    pub(super) profile: Option<serde_json::Value>,
}

/// A code that an app was given for a user who is signed in.
#[derive(Object)]
#[oai(rename = "LinkIdentity", deny_unknown_fields)]
pub(super) struct LinkIdentityBody {
    /// The code.
    pub(super) code: Secret,
    /// The secret of the challenge that the app began with.
    pub(super) code_verifier: Secret,
}

/// Whom a provider knows a user as.
#[derive(Object)]
#[oai(rename = "Identity", skip_serializing_if_is_none)]
pub(super) struct IdentityView {
    /// The provider, by name.
    provider: String,
    /// What it calls the user.
    subject: String,
    /// The address that the user has there.
    email: Option<String>,
    /// Whether the provider promises that it is theirs.
    email_verified: bool,
    /// When it was linked.
    created_at: Time,
    /// When it was last signed in by.
    last_used_at: Time,
}

impl From<Identity> for IdentityView {
    fn from(identity: Identity) -> Self {
        Self {
            provider: identity.provider,
            subject: identity.subject,
            email: identity.email,
            email_verified: identity.email_verified,
            created_at: identity.created_at.into(),
            last_used_at: identity.last_used_at.into(),
        }
    }
}

/// Identities.
#[derive(Object)]
pub(super) struct IdentityList {
    /// The identities.
    items: Vec<IdentityView>,
    /// Always null: there is one page.
    next_cursor: Option<String>,
}

impl From<Vec<Identity>> for IdentityList {
    fn from(identities: Vec<Identity>) -> Self {
        Self { items: identities.into_iter().map(IdentityView::from).collect(), next_cursor: None }
    }
}
