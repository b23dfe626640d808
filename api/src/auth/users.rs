//! Users, for those who administer them. Their records are read and deleted like any others.

use neonex_core::auth::{EmailChange, NewUser, UserError, UserPatch};
use neonex_core::records::RecordId;
use neonex_core::store::StoreError;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::types::MaybeUndefined;
use poem_openapi::{ApiResponse, Object, OpenApi};

use super::factor_model::{FactorList, RemovedFactors};
use super::model::{EndedSessions, SessionList};
use crate::caller::{Caller, Surface};
use crate::payload::{AnyRecord, RawJson};
use crate::problem::Problem;
use crate::text::Secret;

/// The operations on users.
#[derive(Clone)]
pub struct Users(pub Surface);

/// A new user.
#[derive(Object)]
#[oai(rename = "NewUser", deny_unknown_fields)]
struct NewUserBody {
    /// The address to sign in with.
    email: String,
    /// The password, if the user is to sign in with one.
    password: Option<Secret>,
    /// Whether the address is known to be the user's.
    #[oai(default)]
    verified: bool,
    /// The user's roles, of the options of the field `roles`.
    #[oai(default)]
    roles: Vec<String>,
    /// The user's own fields of the collection `users`, as one object.
    profile: Option<serde_json::Value>,
}

/// What is to change of a user.
#[derive(Object)]
#[oai(rename = "UserPatch", deny_unknown_fields)]
struct UserPatchBody {
    /// Another address, or null for none.
    email: MaybeUndefined<String>,
    /// Another password. All sessions end.
    password: Option<Secret>,
    /// Whether the address is known to be the user's.
    verified: Option<bool>,
    /// Whether the user is kept out. All sessions end.
    disabled: Option<bool>,
    /// All roles of the user.
    roles: Option<Vec<String>>,
}

#[derive(ApiResponse)]
enum Created {
    /// The user's record.
    #[oai(status = 201)]
    User(RawJson<AnyRecord>, #[oai(header = "Location")] String),
}

/// What somebody acts as a user with.
#[derive(Object)]
#[oai(rename = "Impersonation")]
struct ImpersonationView {
    /// To be sent as `Authorization: Bearer …`.
    access_token: Secret,
    /// Seconds that it is good for. It is not renewed.
    expires_in: u32,
    /// Always `Bearer`.
    token_type: String,
    /// The user's record, as the user sees it.
    user: serde_json::Value,
}

#[OpenApi]
impl Users {
    /// Create a user
    #[oai(
        path = "/v1/users",
        method = "post",
        operation_id = "create_user",
        tag = "super::super::Tag::Users"
    )]
    async fn create(&self, caller: Caller, body: Json<NewUserBody>) -> Result<Created, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let permit = scope.permit()?;
        let NewUserBody { email, password, verified, roles, profile } = body.0;
        let profile = profile.map(|profile| profile.to_string().into_bytes());
        let password = password.map(|password| password.0);
        let new = NewUser { email, password, profile, verified, roles, ..NewUser::default() };
        let made = scope.create_user(&permit, new).await?;
        Ok(Created::User(RawJson::new(made.json), format!("/v1/collections/users/records/{}", made.id)))
    }

    /// Change a user
    ///
    /// What auth owns of one: address, password, roles, and whether they are verified or kept out. Their own fields are
    /// changed like those of any record.
    #[oai(
        path = "/v1/users/:user",
        method = "patch",
        operation_id = "update_user",
        tag = "super::super::Tag::Users"
    )]
    async fn update(
        &self,
        caller: Caller,
        /// The user's id.
        user: Path<String>,
        body: Json<UserPatchBody>,
    ) -> Result<RawJson<AnyRecord>, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let permit = scope.permit()?;
        let UserPatchBody { email, password, verified, disabled, roles } = body.0;
        let email = match email {
            MaybeUndefined::Undefined => EmailChange::Keep,
            MaybeUndefined::Null => EmailChange::Remove,
            MaybeUndefined::Value(email) => EmailChange::Set(email),
        };
        let password = password.map(|password| password.0);
        let patch = UserPatch { email, password, verified, disabled, roles };
        Ok(RawJson::new(scope.update_user(&permit, user_id(&user)?, patch).await?.json))
    }

    /// Act as a user
    ///
    /// Gives an access token for some minutes, by which everything is seen and refused as to the user. The session is among
    /// the user's, and what is done is logged as done by both. What is the user's own affair is refused: their password,
    /// identities, and other sessions.
    #[oai(
        path = "/v1/users/:user/impersonate",
        method = "post",
        operation_id = "impersonate_user",
        tag = "super::super::Tag::Users"
    )]
    async fn impersonate(
        &self,
        caller: Caller,
        /// The user's id.
        user: Path<String>,
    ) -> Result<Json<ImpersonationView>, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let permit = scope.permit()?;
        let begun = scope.impersonate(&permit, user_id(&user)?).await?;
        let user = serde_json::from_slice(&begun.user.json)
            .map_err(|error| Problem::from(StoreError::Fault(error.into())))?;
        Ok(Json(ImpersonationView {
            access_token: Secret(begun.access_token),
            expires_in: begun.expires_in,
            token_type: "Bearer".to_owned(),
            user,
        }))
    }

    /// List a user's sessions
    ///
    /// Latest used first: 100 at most.
    #[oai(
        path = "/v1/users/:user/sessions",
        method = "get",
        operation_id = "list_user_sessions",
        tag = "super::super::Tag::Users"
    )]
    async fn sessions(
        &self,
        caller: Caller,
        /// The user's id.
        user: Path<String>,
    ) -> Result<Json<SessionList>, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let sessions = scope.user_sessions(&scope.permit()?, user_id(&user)?).await?;
        Ok(Json(SessionList::from(sessions)))
    }

    /// End a user's sessions
    ///
    /// All of them.
    #[oai(
        path = "/v1/users/:user/sessions",
        method = "delete",
        operation_id = "end_user_sessions",
        tag = "super::super::Tag::Users"
    )]
    async fn end_sessions(
        &self,
        caller: Caller,
        /// The user's id.
        user: Path<String>,
    ) -> Result<Json<EndedSessions>, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let count = scope.end_user_sessions(&scope.permit()?, user_id(&user)?).await?;
        Ok(Json(EndedSessions { count }))
    }

    /// List a user's factors
    ///
    /// Oldest first: all of them.
    #[oai(
        path = "/v1/users/:user/factors",
        method = "get",
        operation_id = "list_user_factors",
        tag = "super::super::Tag::Users"
    )]
    async fn factors(
        &self,
        caller: Caller,
        /// The user's id.
        user: Path<String>,
    ) -> Result<Json<FactorList>, Problem> {
        let scope = self.0.tenant(&caller).await?;
        Ok(Json(FactorList::from(scope.user_factors(&scope.permit()?, user_id(&user)?).await?)))
    }

    /// Remove a user's factors
    ///
    /// All of them, with the recovery codes: for a user who has lost them.
    #[oai(
        path = "/v1/users/:user/factors",
        method = "delete",
        operation_id = "delete_user_factors",
        tag = "super::super::Tag::Users"
    )]
    async fn reset_factors(
        &self,
        caller: Caller,
        /// The user's id.
        user: Path<String>,
    ) -> Result<Json<RemovedFactors>, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let count = scope.reset_factors(&scope.permit()?, user_id(&user)?).await?;
        Ok(Json(RemovedFactors { count }))
    }
}

fn user_id(text: &str) -> Result<RecordId, UserError> {
    RecordId::parse(text).ok_or(UserError::NoUser)
}
