//! Providers of sign-in, for those who administer them.

use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};

use super::Done;
use super::oauth_model::{
    AvailableProviderList, NewProviderBody, ProviderList, ProviderPatchBody, ProviderTest, ProviderView,
};
use crate::caller::{Caller, Surface};
use crate::problem::Problem;

/// The operations on providers.
#[derive(Clone)]
pub struct Providers(pub Surface);

#[derive(ApiResponse)]
enum Created {
    /// The provider.
    #[oai(status = 201)]
    Provider(Json<ProviderView>, #[oai(header = "Location")] String),
}

#[OpenApi]
impl Providers {
    /// List providers
    #[oai(
        path = "/v1/auth/providers",
        method = "get",
        operation_id = "list_auth_providers",
        tag = "super::super::Tag::Auth"
    )]
    async fn list(&self, caller: Caller) -> Result<Json<ProviderList>, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let all = scope.auth_providers(&scope.permit()?).await?;
        let items = all.into_iter().map(|provider| ProviderView::of(&scope, provider)).collect();
        Ok(Json(ProviderList { items, next_cursor: None }))
    }

    /// Set up a provider
    ///
    /// Users can then sign in by it. Its answer has the address to be written down at the provider.
    #[oai(
        path = "/v1/auth/providers",
        method = "post",
        operation_id = "create_auth_provider",
        tag = "super::super::Tag::Auth"
    )]
    async fn create(&self, caller: Caller, body: Json<NewProviderBody>) -> Result<Created, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let made = scope.create_auth_provider(&scope.permit()?, body.0.into()).await?;
        let location = format!("/v1/auth/providers/{}", made.name);
        Ok(Created::Provider(Json(ProviderView::of(&scope, made)), location))
    }

    /// List the providers to sign in by
    ///
    /// What an app needs for its buttons.
    #[oai(
        path = "/v1/auth/providers/available",
        method = "get",
        operation_id = "list_available_auth_providers",
        tag = "super::super::Tag::Auth"
    )]
    async fn available(&self, caller: Caller) -> Result<Json<AvailableProviderList>, Problem> {
        let scope = self.0.visitor(&caller).await?;
        Ok(Json(AvailableProviderList::from(scope.available_providers().await?)))
    }

    /// Get a provider
    #[oai(
        path = "/v1/auth/providers/:provider",
        method = "get",
        operation_id = "get_auth_provider",
        tag = "super::super::Tag::Auth"
    )]
    async fn get(
        &self,
        caller: Caller,
        /// The provider's name.
        provider: Path<String>,
    ) -> Result<Json<ProviderView>, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let found = scope.auth_provider(&scope.permit()?, &provider).await?;
        Ok(Json(ProviderView::of(&scope, found)))
    }

    /// Change a provider
    ///
    /// What is not sent stays as it is.
    #[oai(
        path = "/v1/auth/providers/:provider",
        method = "patch",
        operation_id = "update_auth_provider",
        tag = "super::super::Tag::Auth"
    )]
    async fn update(
        &self,
        caller: Caller,
        /// The provider's name.
        provider: Path<String>,
        body: Json<ProviderPatchBody>,
    ) -> Result<Json<ProviderView>, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let changed = scope.update_auth_provider(&scope.permit()?, &provider, body.0.into()).await?;
        Ok(Json(ProviderView::of(&scope, changed)))
    }

    /// Delete a provider
    ///
    /// With whom it knows: users who sign in by it alone do not come in any more.
    #[oai(
        path = "/v1/auth/providers/:provider",
        method = "delete",
        operation_id = "delete_auth_provider",
        tag = "super::super::Tag::Auth"
    )]
    async fn delete(
        &self,
        caller: Caller,
        /// The provider's name.
        provider: Path<String>,
    ) -> Result<Done, Problem> {
        let scope = self.0.tenant(&caller).await?;
        scope.delete_auth_provider(&scope.permit()?, &provider).await?;
        Ok(Done::Done)
    }

    /// Test a provider
    ///
    /// Asks its issuer for what it says of itself, and tells what is wrong with it.
    #[oai(
        path = "/v1/auth/providers/:provider/test",
        method = "post",
        operation_id = "test_auth_provider",
        tag = "super::super::Tag::Auth"
    )]
    async fn test(
        &self,
        caller: Caller,
        /// The provider's name.
        provider: Path<String>,
    ) -> Result<Json<ProviderTest>, Problem> {
        let scope = self.0.tenant(&caller).await?;
        Ok(Json(ProviderTest::from(scope.test_auth_provider(&scope.permit()?, &provider).await?)))
    }
}
