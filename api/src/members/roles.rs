//! Roles: those that come with the server, and a tenant's own.

use neonex_core::members::{NewRole, RolePatch};
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};

use super::model::{NewRoleBody, RoleList, RolePatchBody, RoleView};
use crate::accounts::Done;
use crate::caller::{Caller, Surface};
use crate::problem::Problem;

/// The operations on roles.
#[derive(Clone)]
pub struct Roles(pub Surface);

#[derive(ApiResponse)]
enum Created {
    /// The role.
    #[oai(status = 201)]
    Role(Json<RoleView>),
}

#[OpenApi]
impl Roles {
    /// List roles
    ///
    /// Those that come with the server, then the tenant's own by name: 54 at most.
    #[oai(path = "/v1/roles", method = "get", operation_id = "list_roles", tag = "crate::Tag::Members")]
    async fn list(&self, caller: Caller) -> Result<Json<RoleList>, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let roles = scope.roles(&scope.permit()?).await?;
        Ok(Json(RoleList::from(roles)))
    }

    /// Create a role
    ///
    /// Of what whoever makes it may do themselves.
    #[oai(path = "/v1/roles", method = "post", operation_id = "create_role", tag = "crate::Tag::Members")]
    async fn create(&self, caller: Caller, body: Json<NewRoleBody>) -> Result<Created, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let permit = scope.permit()?;
        let NewRoleBody { name, description, permissions } = body.0;
        let new = NewRole::parse(name, description, &permissions)?;
        Ok(Created::Role(Json(RoleView::from(scope.create_role(&permit, new).await?))))
    }

    /// Get a role
    #[oai(path = "/v1/roles/:role", method = "get", operation_id = "get_role", tag = "crate::Tag::Members")]
    async fn get(
        &self,
        caller: Caller,
        /// The role's name.
        role: Path<String>,
    ) -> Result<Json<RoleView>, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let permit = scope.permit()?;
        Ok(Json(RoleView::from(scope.role(&permit, role.0).await?)))
    }

    /// Change a role
    ///
    /// One of the tenant's own, that allows no more than whoever changes it may do themselves, before and after. It counts
    /// at once for all who have it.
    #[oai(
        path = "/v1/roles/:role",
        method = "patch",
        operation_id = "update_role",
        tag = "crate::Tag::Members"
    )]
    async fn update(
        &self,
        caller: Caller,
        /// The role's name.
        role: Path<String>,
        body: Json<RolePatchBody>,
    ) -> Result<Json<RoleView>, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let permit = scope.permit()?;
        let RolePatchBody { description, permissions } = body.0;
        let patch = RolePatch::parse(description, permissions.as_deref())?;
        Ok(Json(RoleView::from(scope.update_role(&permit, role.0, patch).await?)))
    }

    /// Delete a role
    ///
    /// One of the tenant's own, that no member and no open invitation has.
    #[oai(
        path = "/v1/roles/:role",
        method = "delete",
        operation_id = "delete_role",
        tag = "crate::Tag::Members"
    )]
    async fn delete(
        &self,
        caller: Caller,
        /// The role's name.
        role: Path<String>,
    ) -> Result<Done, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let permit = scope.permit()?;
        scope.delete_role(&permit, role.0).await?;
        Ok(Done::Done)
    }
}
