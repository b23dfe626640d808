//! Personal access tokens of accounts.

use neonex_core::accounts::{AccountError, NewAccountToken};
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};

use super::Done;
use super::model::{NewTokenBody, TokenList, TokenView};
use crate::caller::{OperatorCaller, Surface};
use crate::problem::Problem;

/// The operations on an account's tokens.
#[derive(Clone)]
pub struct Tokens(pub Surface);

#[derive(ApiResponse)]
enum Created {
    /// The token. This is the only time that it is shown.
    #[oai(status = 201)]
    Token(Json<TokenView>),
}

#[OpenApi]
impl Tokens {
    /// Create a token of the account
    ///
    /// In a session only: a token that gets lost makes no other. It may what the account may, in each tenant what the
    /// account's role allows there, as far as its scopes go. It is shown in this answer and never again.
    #[oai(
        path = "/v1/account/tokens",
        method = "post",
        operation_id = "create_account_token",
        tag = "crate::Tag::Accounts"
    )]
    async fn create(&self, caller: OperatorCaller, body: Json<NewTokenBody>) -> Result<Created, Problem> {
        let scope = self.0.account(&caller.0).await?;
        let NewTokenBody { name, scopes, expires_at } = body.0;
        let expires_at = expires_at.as_ref().map(|time| time.0.as_str());
        let new = NewAccountToken::parse(name, scopes.as_deref(), expires_at, self.0.platform().now())?;
        Ok(Created::Token(Json(TokenView::from(scope.create_token(new).await?))))
    }

    /// List the account's tokens
    ///
    /// Oldest first, without revoked ones: 100 at most.
    #[oai(
        path = "/v1/account/tokens",
        method = "get",
        operation_id = "list_account_tokens",
        tag = "crate::Tag::Accounts"
    )]
    async fn list(&self, caller: OperatorCaller) -> Result<Json<TokenList>, Problem> {
        let tokens = self.0.account(&caller.0).await?.tokens().await?;
        Ok(Json(TokenList::from(tokens)))
    }

    /// Revoke a token of the account
    ///
    /// It is refused at once.
    #[oai(
        path = "/v1/account/tokens/:token",
        method = "delete",
        operation_id = "revoke_account_token",
        tag = "crate::Tag::Accounts"
    )]
    async fn revoke(
        &self,
        caller: OperatorCaller,
        /// The token's id.
        token: Path<String>,
    ) -> Result<Done, Problem> {
        let scope = self.0.account(&caller.0).await?;
        let token = token.parse().map_err(|_| AccountError::NoToken)?;
        scope.revoke_token(token).await?;
        Ok(Done::Done)
    }
}
