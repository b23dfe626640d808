//! Users, sessions and settings of auth as clients see them.

use neonex_core::auth::{
    AuthSettings, Jwk, Methods, PasskeySettings, SecondFactor, Session, SignUp as DomainSignUp, SignedIn,
};
use neonex_core::store::StoreError;
use poem_openapi::payload::Json;
use poem_openapi::types::MaybeUndefined;
use poem_openapi::{Enum, Object};

use crate::caller::{Caller, Surface};
use crate::problem::Problem;
use crate::text::{Secret, Time};

/// A sign-up.
#[derive(Object)]
#[oai(rename = "SignUp", deny_unknown_fields)]
pub(super) struct SignUpBody {
    /// The address to sign in with.
    pub(super) email: String,
    /// The password: as long as the tenant's settings ask for, 15 characters by default. Without one, the user signs in
    /// by mail, where the settings allow that.
    pub(super) password: Option<Secret>,
    /// The user's own fields of the collection `users`, as one object.
    pub(super) profile: Option<serde_json::Value>,
    /// Where the link in the mail leads: one of the tenant's `redirect_urls`, or below one. Without it, to `app_url`.
    pub(super) redirect_url: Option<String>,
    /// The language of the mail: `en`, `pt-BR`. Without it, the tenant's `mail_locale`.
    pub(super) locale: Option<String>,
}

/// A sign-up that was taken.
#[derive(Object)]
#[oai(rename = "SignedUp")]
pub(super) struct SignedUpView {
    /// The address that was sent.
    pub(super) email: String,
}

/// A sign-in with a password.
#[derive(Object)]
#[oai(rename = "SignIn", deny_unknown_fields)]
pub(super) struct SignInBody {
    /// The address, in any case.
    pub(super) email: String,
    /// The password.
    pub(super) password: Secret,
}

/// What a refresh is asked with.
#[derive(Object)]
#[oai(rename = "Refresh", deny_unknown_fields)]
pub(super) struct RefreshBody {
    /// The refresh token that came with the last access token; without it, the one that the browser has as a cookie.
    pub(super) refresh_token: Option<Secret>,
}

/// A change of password.
#[derive(Object)]
#[oai(rename = "ChangePassword", deny_unknown_fields)]
pub(super) struct ChangePasswordBody {
    /// The password of now.
    pub(super) password: Secret,
    /// The one that is to be.
    pub(super) new_password: Secret,
}

/// What a client gets to be known by: two tokens. Who sends `X-Neonex-Session: cookie` gets them as cookies that scripts
/// cannot read, and not here.
#[derive(Object)]
#[oai(rename = "SignedIn", skip_serializing_if_is_none)]
pub(super) struct SignedInView {
    /// To be sent as `Authorization: Bearer …`.
    access_token: Option<Secret>,
    /// For the next access token; good once.
    refresh_token: Option<Secret>,
    /// Seconds that the access token is good for.
    expires_in: u32,
    /// `Bearer`; `Cookie`, where the tokens are cookies.
    token_type: String,
    /// The user's record, as the user sees it.
    user: serde_json::Value,
}

impl SignedInView {
    /// The session in the way that the caller has asked for.
    pub(super) fn of(surface: &Surface, caller: &Caller, signed_in: SignedIn) -> Result<Json<Self>, Problem> {
        if caller.wants_cookies() {
            Self::in_cookies(surface, caller, signed_in)
        } else {
            Self::new(signed_in, false)
        }
    }

    /// The session, whose tokens are cookies of the answer.
    pub(super) fn in_cookies(
        surface: &Surface,
        caller: &Caller,
        signed_in: SignedIn,
    ) -> Result<Json<Self>, Problem> {
        surface.keep_in_cookies(caller, &signed_in);
        Self::new(signed_in, true)
    }

    fn new(signed_in: SignedIn, kept: bool) -> Result<Json<Self>, Problem> {
        let user = serde_json::from_slice(&signed_in.user.json)
            .map_err(|error| Problem::from(StoreError::Fault(error.into())))?;
        let shown = |token: String| (!kept).then_some(Secret(token));
        Ok(Json(Self {
            access_token: shown(signed_in.access_token),
            refresh_token: shown(signed_in.refresh_token.reveal()),
            expires_in: signed_in.expires_in,
            token_type: if kept { "Cookie" } else { "Bearer" }.to_owned(),
            user,
        }))
    }
}

/// A sign-in that has not ended.
#[derive(Object)]
#[oai(rename = "Session", skip_serializing_if_is_none)]
pub(super) struct SessionView {
    /// Its id, which access tokens carry as `sid`.
    id: String,
    /// How it began: `password`, `magic_link`, `code`, `invitation`, `anonymous`.
    method: String,
    /// What was shown beside that: `totp`, `passkey`, `recovery_code`.
    second_factor: Option<String>,
    /// When it began.
    created_at: Time,
    /// When its tokens were last renewed.
    refreshed_at: Time,
    /// When it ends, however much it is used.
    expires_at: Time,
    /// When its user last showed that it is them.
    proved_at: Time,
    /// What the client called itself when it began.
    user_agent: Option<String>,
    /// Where it began.
    ip: Option<String>,
}

impl From<Session> for SessionView {
    fn from(session: Session) -> Self {
        Self {
            id: session.id.to_string(),
            method: session.method,
            second_factor: session.second_factor,
            created_at: session.created_at.into(),
            refreshed_at: session.refreshed_at.into(),
            expires_at: session.expires_at.into(),
            proved_at: session.proved_at.into(),
            user_agent: session.user_agent,
            ip: session.ip,
        }
    }
}

/// Sessions.
#[derive(Object)]
pub(super) struct SessionList {
    /// The sessions.
    pub(super) items: Vec<SessionView>,
    /// Always null: there is one page.
    pub(super) next_cursor: Option<String>,
}

/// How many sessions have ended.
#[derive(Object)]
pub(super) struct EndedSessions {
    /// How many.
    pub(super) count: u64,
}

/// A public key (RFC 7517, RFC 8037).
#[derive(Object)]
#[oai(rename = "Jwk")]
pub(super) struct JwkView {
    /// The kind of key: `OKP`.
    kty: String,
    /// Its curve: `Ed25519`.
    crv: String,
    /// What it signs with: `EdDSA`.
    alg: String,
    /// What it is for: `sig`.
    #[oai(rename = "use")]
    usage: String,
    /// Its name, which tokens carry.
    kid: String,
    /// Its bytes, in base64url.
    x: String,
}

/// Public keys.
#[derive(Object)]
pub(super) struct Jwks {
    /// The keys.
    keys: Vec<JwkView>,
}

impl From<Vec<Jwk>> for Jwks {
    fn from(keys: Vec<Jwk>) -> Self {
        let keys = keys.into_iter().map(|key| JwkView {
            kty: key.kty.to_owned(),
            crv: key.crv.to_owned(),
            alg: key.alg.to_owned(),
            usage: key.usage.to_owned(),
            kid: key.kid,
            x: key.x,
        });
        Self { keys: keys.collect() }
    }
}

/// How the signing key is rotated.
#[derive(Object)]
#[oai(rename = "RotateSigningKey", deny_unknown_fields)]
pub(super) struct RotateSigningKeyBody {
    /// Whether the new key signs now, and what was signed before counts no more.
    #[oai(default)]
    pub(super) at_once: bool,
}

/// Who may sign up.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename = "SignUpPolicy", rename_all = "snake_case")]
pub(super) enum SignUpPolicy {
    /// Everybody.
    Open,
    /// Who is invited.
    Invitation,
    /// Nobody; users are made by those who may.
    Closed,
}

/// By what users sign in.
#[derive(Debug, Clone, Copy, Object)]
#[oai(rename = "SignInMethods")]
#[expect(clippy::struct_excessive_bools, reason = "each is on or off for itself")]
pub(super) struct MethodsView {
    /// A password.
    password: bool,
    /// A link that is sent to them.
    magic_link: bool,
    /// A code that is sent to them.
    code: bool,
    /// Nothing: a user who may become somebody later.
    anonymous: bool,
}

impl From<Methods> for MethodsView {
    fn from(methods: Methods) -> Self {
        let Methods { password, magic_link, code, anonymous } = methods;
        Self { password, magic_link, code, anonymous }
    }
}

/// Which ways to sign in are to be on or off; what is not sent stays as it is.
#[derive(Object)]
#[oai(rename = "SignInMethodsPatch", deny_unknown_fields)]
pub(super) struct MethodsPatchBody {
    /// A password.
    password: Option<bool>,
    /// A link that is sent to them.
    magic_link: Option<bool>,
    /// A code that is sent to them.
    code: Option<bool>,
    /// Nothing.
    anonymous: Option<bool>,
}

impl MethodsPatchBody {
    fn over(self, before: &Methods) -> Methods {
        Methods {
            password: self.password.unwrap_or(before.password),
            magic_link: self.magic_link.unwrap_or(before.magic_link),
            code: self.code.unwrap_or(before.code),
            anonymous: self.anonymous.unwrap_or(before.anonymous),
        }
    }
}

impl From<DomainSignUp> for SignUpPolicy {
    fn from(policy: DomainSignUp) -> Self {
        match policy {
            DomainSignUp::Open => Self::Open,
            DomainSignUp::Invitation => Self::Invitation,
            DomainSignUp::Closed => Self::Closed,
        }
    }
}

impl From<SignUpPolicy> for DomainSignUp {
    fn from(policy: SignUpPolicy) -> Self {
        match policy {
            SignUpPolicy::Open => Self::Open,
            SignUpPolicy::Invitation => Self::Invitation,
            SignUpPolicy::Closed => Self::Closed,
        }
    }
}

/// Whether users show a second factor when they sign in.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename = "SecondFactorPolicy", rename_all = "snake_case")]
pub(super) enum SecondFactorPolicy {
    /// Those who have set one up.
    Optional,
    /// All; who has none sets one up when they sign in.
    Required,
    /// Nobody.
    Off,
}

impl From<SecondFactor> for SecondFactorPolicy {
    fn from(policy: SecondFactor) -> Self {
        match policy {
            SecondFactor::Optional => Self::Optional,
            SecondFactor::Required => Self::Required,
            SecondFactor::Off => Self::Off,
        }
    }
}

impl From<SecondFactorPolicy> for SecondFactor {
    fn from(policy: SecondFactorPolicy) -> Self {
        match policy {
            SecondFactorPolicy::Optional => Self::Optional,
            SecondFactorPolicy::Required => Self::Required,
            SecondFactorPolicy::Off => Self::Off,
        }
    }
}

/// Which site or app a tenant's passkeys are for.
#[derive(Object)]
#[oai(rename = "PasskeySettings", deny_unknown_fields)]
pub(super) struct PasskeySettingsView {
    /// The domain, as `example.com`. A passkey is good for its domain alone: another makes those there are useless.
    rp_id: String,
    /// What users read when they are asked: 1 to 100 characters.
    rp_name: String,
    /// The pages that may ask, as `https://app.example.com`: within the domain, 1 to 20.
    origins: Vec<String>,
}

impl From<PasskeySettings> for PasskeySettingsView {
    fn from(settings: PasskeySettings) -> Self {
        Self { rp_id: settings.rp_id, rp_name: settings.rp_name, origins: settings.origins }
    }
}

impl From<PasskeySettingsView> for PasskeySettings {
    fn from(settings: PasskeySettingsView) -> Self {
        Self { rp_id: settings.rp_id, rp_name: settings.rp_name, origins: settings.origins }
    }
}

/// A tenant's settings of auth.
#[derive(Object)]
#[oai(rename = "AuthSettings", skip_serializing_if_is_none)]
pub(super) struct AuthSettingsView {
    /// Who may sign up.
    sign_up: SignUpPolicy,
    /// Characters that a password has at least.
    password_min_length: u32,
    /// Whether only those sign in whose e-mail address is verified.
    require_verification: bool,
    /// Minutes that an access token is good for.
    access_token_minutes: u32,
    /// Days after which a session ends, however much it is used.
    session_days: u32,
    /// Addresses to which a sign-in or a link in a mail may lead back, with what lies below them.
    redirect_urls: Vec<String>,
    /// By what users sign in.
    methods: MethodsView,
    /// The address of the app, to which links in mails lead where a request names no other; null where there is none.
    app_url: Option<String>,
    /// The language of mails, where a request names no other.
    mail_locale: String,
    /// Mails that may be caused in an hour.
    mails_per_hour: u32,
    /// Whether users show a second factor when they sign in.
    second_factor: SecondFactorPolicy,
    /// Minutes for which it counts that a user has shown who they are, when they do what is dangerous.
    step_up_minutes: u32,
    /// Which site passkeys are for; without it there are none.
    passkeys: Option<PasskeySettingsView>,
}

impl From<AuthSettings> for AuthSettingsView {
    fn from(settings: AuthSettings) -> Self {
        Self {
            sign_up: settings.sign_up.into(),
            password_min_length: settings.password_min_length,
            require_verification: settings.require_verification,
            access_token_minutes: settings.access_token_minutes,
            session_days: settings.session_days,
            redirect_urls: settings.redirect_urls,
            methods: settings.methods.into(),
            app_url: settings.app_url,
            mail_locale: settings.mail_locale,
            mails_per_hour: settings.mails_per_hour,
            second_factor: settings.second_factor.into(),
            step_up_minutes: settings.step_up_minutes,
            passkeys: settings.passkeys.map(PasskeySettingsView::from),
        }
    }
}

/// What is to change of a tenant's settings of auth.
#[derive(Object)]
#[oai(rename = "AuthSettingsPatch", deny_unknown_fields)]
pub(super) struct AuthSettingsPatchBody {
    /// Who may sign up.
    sign_up: Option<SignUpPolicy>,
    /// Characters that a password has at least: 8 to 128.
    password_min_length: Option<u32>,
    /// Whether only those sign in whose e-mail address is verified.
    require_verification: Option<bool>,
    /// Minutes that an access token is good for: 5 to 60.
    access_token_minutes: Option<u32>,
    /// Days after which a session ends, however much it is used: 1 to 365.
    session_days: Option<u32>,
    /// All addresses to which a sign-in or a link in a mail may lead back.
    redirect_urls: Option<Vec<String>>,
    /// Ways to sign in that are to be on or off.
    methods: Option<MethodsPatchBody>,
    /// The address of the app, or null for none.
    app_url: MaybeUndefined<String>,
    /// The language of mails, where a request names no other: `en`, `pt-BR`.
    mail_locale: Option<String>,
    /// Mails that may be caused in an hour: 1 to 1,000,000.
    mails_per_hour: Option<u32>,
    /// Whether users show a second factor when they sign in.
    second_factor: Option<SecondFactorPolicy>,
    /// Minutes for which it counts that a user has shown who they are, when they do what is dangerous: 1 to 60.
    step_up_minutes: Option<u32>,
    /// Which site passkeys are for, or null for none.
    passkeys: MaybeUndefined<PasskeySettingsView>,
}

impl AuthSettingsPatchBody {
    pub(super) fn over(self, before: AuthSettings) -> AuthSettings {
        AuthSettings {
            sign_up: self.sign_up.map_or(before.sign_up, DomainSignUp::from),
            password_min_length: self.password_min_length.unwrap_or(before.password_min_length),
            require_verification: self.require_verification.unwrap_or(before.require_verification),
            access_token_minutes: self.access_token_minutes.unwrap_or(before.access_token_minutes),
            session_days: self.session_days.unwrap_or(before.session_days),
            redirect_urls: self.redirect_urls.unwrap_or(before.redirect_urls),
            methods: match self.methods {
                Some(methods) => methods.over(&before.methods),
                None => before.methods,
            },
            app_url: match self.app_url {
                MaybeUndefined::Undefined => before.app_url,
                MaybeUndefined::Null => None,
                MaybeUndefined::Value(url) => Some(url),
            },
            mail_locale: self.mail_locale.unwrap_or(before.mail_locale),
            mails_per_hour: self.mails_per_hour.unwrap_or(before.mails_per_hour),
            second_factor: self.second_factor.map_or(before.second_factor, SecondFactor::from),
            step_up_minutes: self.step_up_minutes.unwrap_or(before.step_up_minutes),
            passkeys: match self.passkeys {
                MaybeUndefined::Undefined => before.passkeys,
                MaybeUndefined::Null => None,
                MaybeUndefined::Value(settings) => Some(settings.into()),
            },
        }
    }
}
