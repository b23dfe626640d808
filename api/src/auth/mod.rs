//! Signing up and in, sessions, and what a tenant decides of them.

mod by_mail;
mod factor_model;
mod factors;
mod import;
mod issuer;
mod model;
mod oauth;
mod oauth_model;
mod providers;
mod users;

use neonex_core::auth::{Credentials, NewUser, RefreshToken, UserError};
use neonex_core::ids::SessionId;
use poem_openapi::param::{Header, Path};
use poem_openapi::payload::Json;
use poem_openapi::types::ToJSON as _;
use poem_openapi::{ApiResponse, OpenApi};

pub use self::by_mail::ByMail;
pub use self::factors::Factors;
pub use self::import::Imports;
pub use self::issuer::Issuer;
use self::model::{
    AuthSettingsPatchBody, AuthSettingsView, ChangePasswordBody, EndedSessions, Jwks, RefreshBody,
    RotateSigningKeyBody, SessionList, SessionView, SignInBody, SignUpBody, SignedInView, SignedUpView,
};
pub use self::oauth::OAuth;
pub use self::providers::Providers;
pub use self::users::Users;
use crate::caller::{Caller, Surface};
use crate::payload::{AnyRecord, RawJson};
use crate::problem::Problem;

/// Every operation on users and how they sign in.
pub type Operations = (Auth, Issuer, ByMail, Factors, Providers, OAuth, Users, Imports);

/// Every operation on users and how they sign in, over a platform.
pub fn operations(surface: &Surface) -> Operations {
    (
        Auth(surface.clone()),
        Issuer(surface.clone()),
        ByMail(surface.clone()),
        Factors(surface.clone()),
        Providers(surface.clone()),
        OAuth(surface.clone()),
        Users(surface.clone()),
        Imports(surface.clone()),
    )
}

/// The operations by which users are known.
#[derive(Clone)]
pub struct Auth(pub Surface);

#[derive(ApiResponse)]
enum SignedUp {
    /// The sign-up is taken.
    #[oai(status = 202)]
    Taken(Json<SignedUpView>),
}

#[derive(ApiResponse)]
enum Done {
    /// It is done.
    #[oai(status = 204)]
    Done,
}

#[OpenApi]
impl Auth {
    /// Sign up
    ///
    /// Makes a user, who can sign in from then on, and has a mail sent by which they show that the address is theirs.
    /// Whether the address has a user already is not told; its owner is.
    #[oai(path = "/v1/auth/sign-up", method = "post", operation_id = "sign_up", tag = "super::Tag::Auth")]
    async fn sign_up(
        &self,
        caller: Caller,
        /// Makes a repetition of the request safe. That its password is the same is not looked at.
        #[oai(name = "Idempotency-Key")]
        idempotency_key: Header<Option<String>>,
        body: Json<SignUpBody>,
    ) -> Result<SignedUp, Problem> {
        let scope = self.0.visitor(&caller).await?;
        let mut body = body.0;
        // What is kept of a request must not be a quick way to try passwords.
        let password = body.password.take();
        let sent = body.to_json_string();
        let key = idempotency_key.0.as_deref();
        let once = key
            .map(|key| crate::tenants::idempotency_key(key, scope.actor(), "POST sign-up", sent.as_bytes()));
        let once = once.transpose()?;
        let SignUpBody { email, password: _, profile, redirect_url, locale } = body;
        let profile = profile.map(|profile| profile.to_string().into_bytes());
        let password = password.map(|password| password.0);
        let answer = SignedUpView { email: email.clone() };
        let new = NewUser { email, password, profile, redirect_url, locale, ..NewUser::default() };
        scope.sign_up(new, once).await?;
        Ok(SignedUp::Taken(Json(answer)))
    }

    /// Sign in
    ///
    /// Begins a session, or is answered by `second_factor_needed` (or `second_factor_enrolment_needed`) with a token under
    /// which the second factor is shown (or set up). With `X-Neonex-Session: cookie`, here and wherever a session begins,
    /// the tokens are cookies that scripts cannot read. After five tries in a row that have failed for one address, the
    /// next has to wait, each time twice as long.
    #[oai(path = "/v1/auth/sign-in", method = "post", operation_id = "sign_in", tag = "super::Tag::Auth")]
    async fn sign_in(&self, caller: Caller, body: Json<SignInBody>) -> Result<Json<SignedInView>, Problem> {
        let scope = self.0.visitor(&caller).await?;
        let SignInBody { email, password } = body.0;
        SignedInView::of(&self.0, &caller, scope.sign_in(Credentials { email, password: password.0 }).await?)
    }

    /// Refresh the tokens
    ///
    /// A refresh token is good once. One that comes up a second time ends its session: somebody else may have it.
    /// The token names its tenant, so that nothing else has to. Where it is a cookie, so are the next ones.
    #[oai(
        path = "/v1/auth/refresh",
        method = "post",
        operation_id = "refresh_tokens",
        tag = "super::Tag::Auth"
    )]
    async fn refresh(&self, caller: Caller, body: Json<RefreshBody>) -> Result<Json<SignedInView>, Problem> {
        let (sent, kept) = match body.0.refresh_token {
            Some(token) => (Some(token.0), false),
            None => (self.0.refresh_cookie(&caller).await?, true),
        };
        let token = sent.as_deref().and_then(RefreshToken::parse).ok_or(UserError::InvalidRefreshToken)?;
        // A tenant that is not there is no better known than a session that is not.
        let scope =
            self.0.visitor_or(&caller, token.tenant()).await.map_err(|problem| match problem.code() {
                "not_found" => UserError::InvalidRefreshToken.into(),
                _ => problem,
            })?;
        if kept {
            self.0.check_site(&caller, &scope)?;
            return SignedInView::in_cookies(&self.0, &caller, scope.refresh(token).await?);
        }
        SignedInView::of(&self.0, &caller, scope.refresh(token).await?)
    }

    /// Sign out
    ///
    /// Ends the session whose access token is sent, and takes its cookies away, also where it was over already.
    #[oai(path = "/v1/auth/sign-out", method = "post", operation_id = "sign_out", tag = "super::Tag::Auth")]
    async fn sign_out(&self, caller: Caller) -> Result<Done, Problem> {
        let scope = match self.0.tenant(&caller).await {
            Err(problem) if problem.code() == "invalid_credential" => {
                self.0.forget_spent_cookies(&caller).await?;
                return Err(problem);
            }
            scope => scope?,
        };
        scope.sign_out().await?;
        self.0.forget_cookies(&caller, scope.tenant().id());
        Ok(Done::Done)
    }

    /// Get the signed-in user
    #[oai(
        path = "/v1/auth/user",
        method = "get",
        operation_id = "get_signed_in_user",
        tag = "super::Tag::Auth"
    )]
    async fn user(&self, caller: Caller) -> Result<RawJson<AnyRecord>, Problem> {
        Ok(RawJson::new(self.0.tenant(&caller).await?.own_user().await?.json))
    }

    /// Change the password
    ///
    /// Of the signed-in user. All their other sessions end.
    #[oai(
        path = "/v1/auth/password",
        method = "post",
        operation_id = "change_password",
        tag = "super::Tag::Auth"
    )]
    async fn password(&self, caller: Caller, body: Json<ChangePasswordBody>) -> Result<Done, Problem> {
        let scope = self.0.tenant(&caller).await?;
        scope.change_password(body.0.password.0, body.0.new_password.0).await?;
        Ok(Done::Done)
    }

    /// List sessions
    ///
    /// Of the signed-in user, latest used first: 100 at most.
    #[oai(
        path = "/v1/auth/sessions",
        method = "get",
        operation_id = "list_sessions",
        tag = "super::Tag::Auth"
    )]
    async fn sessions(&self, caller: Caller) -> Result<Json<SessionList>, Problem> {
        let sessions = self.0.tenant(&caller).await?.own_sessions().await?;
        Ok(Json(SessionList::from(sessions)))
    }

    /// End the other sessions
    ///
    /// All of the signed-in user's but the one whose access token is sent.
    #[oai(
        path = "/v1/auth/sessions",
        method = "delete",
        operation_id = "end_other_sessions",
        tag = "super::Tag::Auth"
    )]
    async fn end_others(&self, caller: Caller) -> Result<Json<EndedSessions>, Problem> {
        let count = self.0.tenant(&caller).await?.end_other_sessions().await?;
        Ok(Json(EndedSessions { count }))
    }

    /// End a session
    ///
    /// One of the signed-in user's.
    #[oai(
        path = "/v1/auth/sessions/:session",
        method = "delete",
        operation_id = "end_session",
        tag = "super::Tag::Auth"
    )]
    async fn end(
        &self,
        caller: Caller,
        /// The session's id.
        session: Path<String>,
    ) -> Result<Done, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let session: SessionId = session.parse().map_err(|_| UserError::NoSession)?;
        scope.end_own_session(session).await?;
        Ok(Done::Done)
    }

    /// Get the signing keys
    ///
    /// The public keys (RFC 7517) by which others check the access tokens of the tenant's users. A key is here ten
    /// minutes before it signs: what is read may be kept for that long.
    #[oai(
        path = "/v1/auth/jwks.json",
        method = "get",
        operation_id = "get_signing_keys",
        tag = "super::Tag::Auth"
    )]
    async fn jwks(&self, caller: Caller) -> Result<Json<Jwks>, Problem> {
        Ok(Json(Jwks::from(self.0.visitor(&caller).await?.signing_keys())))
    }

    /// Rotate the signing key
    ///
    /// Makes a key that signs in ten minutes; what the ones before have signed is good until it would be over anyway.
    /// With `at_once` it signs now, and what they have signed counts no more: clients have to refresh their tokens.
    #[oai(
        path = "/v1/auth/signing-keys/rotate",
        method = "post",
        operation_id = "rotate_signing_key",
        tag = "super::Tag::Auth"
    )]
    async fn rotate(&self, caller: Caller, body: Json<RotateSigningKeyBody>) -> Result<Done, Problem> {
        let scope = self.0.tenant(&caller).await?;
        scope.rotate_signing_key(&scope.permit()?, body.0.at_once).await?;
        Ok(Done::Done)
    }

    /// Get the settings of auth
    #[oai(
        path = "/v1/auth/settings",
        method = "get",
        operation_id = "get_auth_settings",
        tag = "super::Tag::Auth"
    )]
    async fn settings(&self, caller: Caller) -> Result<Json<AuthSettingsView>, Problem> {
        let scope = self.0.tenant(&caller).await?;
        Ok(Json(AuthSettingsView::from(scope.auth_settings(&scope.permit()?))))
    }

    /// Change the settings of auth
    ///
    /// What is not sent stays as it is.
    #[oai(
        path = "/v1/auth/settings",
        method = "patch",
        operation_id = "update_auth_settings",
        tag = "super::Tag::Auth"
    )]
    async fn change_settings(
        &self,
        caller: Caller,
        body: Json<AuthSettingsPatchBody>,
    ) -> Result<Json<AuthSettingsView>, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let changed = scope.change_auth_settings(&scope.permit()?, |before| body.0.over(before)).await?;
        Ok(Json(AuthSettingsView::from(changed)))
    }
}

impl From<Vec<neonex_core::auth::Session>> for SessionList {
    fn from(sessions: Vec<neonex_core::auth::Session>) -> Self {
        Self { items: sessions.into_iter().map(SessionView::from).collect(), next_cursor: None }
    }
}
