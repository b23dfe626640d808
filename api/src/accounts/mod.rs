//! Accounts: signing in to the console, sessions, and personal access tokens.

mod model;
mod tokens;

use neonex_core::accounts::AccountError;
use neonex_core::auth::Credentials;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};

use self::model::{AccountView, PatchBody, ResetBody, SessionList, SignInBody, SignedInView};
pub use self::tokens::Tokens;
use crate::caller::{Caller, OperatorCaller, Surface};
use crate::problem::Problem;

/// The operations of accounts on themselves.
#[derive(Clone)]
pub struct Accounts(pub Surface);

#[derive(ApiResponse)]
pub(crate) enum Done {
    /// It is done.
    #[oai(status = 204)]
    Done,
}

#[OpenApi]
impl Accounts {
    /// Sign in as an account
    ///
    /// Begins a session of the console: 12 hours at most, and a quarter of an hour without use. Its token is a new one each
    /// time, and shown once. After five tries in a row that have failed for one address, the next has to wait, each time
    /// twice as long. Whether there is such an account is not told.
    #[oai(
        path = "/v1/account/sign-in",
        method = "post",
        operation_id = "sign_in_account",
        tag = "crate::Tag::Accounts"
    )]
    async fn sign_in(&self, caller: Caller, body: Json<SignInBody>) -> Result<Json<SignedInView>, Problem> {
        let facts = self.0.anyone(&caller).await?;
        let SignInBody { email, password } = body.0;
        let credentials = Credentials { email, password: password.0 };
        let signed_in = self.0.platform().sign_in_account(facts, credentials).await?;
        Ok(Json(SignedInView::from(signed_in)))
    }

    /// Sign out as an account
    ///
    /// Ends the session whose token is sent.
    #[oai(
        path = "/v1/account/sign-out",
        method = "post",
        operation_id = "sign_out_account",
        tag = "crate::Tag::Accounts"
    )]
    async fn sign_out(&self, caller: OperatorCaller) -> Result<Done, Problem> {
        self.0.account(&caller.0).await?.sign_out().await?;
        Ok(Done::Done)
    }

    /// Set a password by a secret
    ///
    /// With what `neonex account create` or `neonex account reset-password` has printed: good once, for a day. Every
    /// session of the account ends, and nobody is signed in by it.
    #[oai(
        path = "/v1/account/reset-password",
        method = "post",
        operation_id = "reset_account_password",
        tag = "crate::Tag::Accounts"
    )]
    async fn reset(&self, caller: Caller, body: Json<ResetBody>) -> Result<Done, Problem> {
        let facts = self.0.anyone(&caller).await?;
        let ResetBody { token, password } = body.0;
        self.0.platform().reset_account_password(facts, &token.0, password.0).await?;
        Ok(Done::Done)
    }

    /// Get the account
    ///
    /// Whose session or token is sent, with the tenants of which it is a member.
    #[oai(path = "/v1/account", method = "get", operation_id = "get_account", tag = "crate::Tag::Accounts")]
    async fn get(&self, caller: OperatorCaller) -> Result<Json<AccountView>, Problem> {
        let account = self.0.account(&caller.0).await?.account().await?;
        Ok(Json(AccountView::from(account)))
    }

    /// Change the account
    ///
    /// Its password, for which that of now has to be shown. All its other sessions end.
    #[oai(
        path = "/v1/account",
        method = "patch",
        operation_id = "update_account",
        tag = "crate::Tag::Accounts"
    )]
    async fn update(&self, caller: OperatorCaller, body: Json<PatchBody>) -> Result<Done, Problem> {
        let scope = self.0.account(&caller.0).await?;
        let PatchBody { password, new_password } = body.0;
        scope.change_password(password.0, new_password.0).await?;
        Ok(Done::Done)
    }

    /// List the account's sessions
    ///
    /// Latest used first: 100 at most.
    #[oai(
        path = "/v1/account/sessions",
        method = "get",
        operation_id = "list_account_sessions",
        tag = "crate::Tag::Accounts"
    )]
    async fn sessions(&self, caller: OperatorCaller) -> Result<Json<SessionList>, Problem> {
        let sessions = self.0.account(&caller.0).await?.sessions().await?;
        Ok(Json(SessionList::from(sessions)))
    }

    /// End a session of the account
    #[oai(
        path = "/v1/account/sessions/:session",
        method = "delete",
        operation_id = "end_account_session",
        tag = "crate::Tag::Accounts"
    )]
    async fn end_session(
        &self,
        caller: OperatorCaller,
        /// The session's id.
        session: Path<String>,
    ) -> Result<Done, Problem> {
        let scope = self.0.account(&caller.0).await?;
        let session = session.parse().map_err(|_| AccountError::NoSession)?;
        scope.end_session(session).await?;
        Ok(Done::Done)
    }
}
