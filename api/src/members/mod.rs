//! Members of a tenant: accounts that may do something in it, by a role.

mod model;
mod roles;

use neonex_core::members::{MemberError, NewTenantInvitation};
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};

use self::model::{
    InvitationBody, InvitationList, InvitationView, JoinBody, JoinedView, MemberList, MemberPatchBody,
    MemberView,
};
pub use self::roles::Roles;
use crate::accounts::Done;
use crate::caller::{Caller, Surface};
use crate::problem::Problem;

/// The operations on members.
#[derive(Clone)]
pub struct Members(pub Surface);

#[derive(ApiResponse)]
enum Invited {
    /// The invitation is on its way.
    #[oai(status = 201)]
    Invitation(Json<InvitationView>),
}

#[OpenApi]
impl Members {
    /// List members
    ///
    /// By address: 200 at most.
    #[oai(path = "/v1/members", method = "get", operation_id = "list_members", tag = "crate::Tag::Members")]
    async fn list(&self, caller: Caller) -> Result<Json<MemberList>, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let members = scope.members(&scope.permit()?).await?;
        Ok(Json(MemberList::from(members)))
    }

    /// Change a member's role
    ///
    /// Nobody gives or takes a role that allows more than they may do themselves, only owners make owners or stop them, and
    /// the last owner stays one. It counts at once, and what the member has invited others to counts no more.
    #[oai(
        path = "/v1/members/:account",
        method = "patch",
        operation_id = "update_member",
        tag = "crate::Tag::Members"
    )]
    async fn update(
        &self,
        caller: Caller,
        /// The account's id.
        account: Path<String>,
        body: Json<MemberPatchBody>,
    ) -> Result<Json<MemberView>, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let permit = scope.permit()?;
        let account = account.parse().map_err(|_| MemberError::NoMember)?;
        Ok(Json(MemberView::from(scope.change_member(&permit, account, body.0.role).await?)))
    }

    /// Remove a member
    ///
    /// Under the conditions of `update_member`. The account stays; its sessions and tokens do nothing in the tenant from
    /// now on.
    #[oai(
        path = "/v1/members/:account",
        method = "delete",
        operation_id = "remove_member",
        tag = "crate::Tag::Members"
    )]
    async fn remove(
        &self,
        caller: Caller,
        /// The account's id.
        account: Path<String>,
    ) -> Result<Done, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let permit = scope.permit()?;
        let account = account.parse().map_err(|_| MemberError::NoMember)?;
        scope.remove_member(&permit, account).await?;
        Ok(Done::Done)
    }

    /// Invite a member
    ///
    /// By a mail to their address, good for a week and once. One that was sent there before counts no more.
    #[oai(
        path = "/v1/members/invitations",
        method = "post",
        operation_id = "invite_member",
        tag = "crate::Tag::Members"
    )]
    async fn invite(&self, caller: Caller, body: Json<InvitationBody>) -> Result<Invited, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let permit = scope.permit()?;
        let InvitationBody { email, role, locale } = body.0;
        let new = NewTenantInvitation::parse(email, role, locale)?;
        let made = scope.invite_member(&permit, new).await?;
        Ok(Invited::Invitation(Json(InvitationView::from(made))))
    }

    /// List invitations to be a member
    ///
    /// Those that can still be taken, oldest first: 200 at most.
    #[oai(
        path = "/v1/members/invitations",
        method = "get",
        operation_id = "list_tenant_invitations",
        tag = "crate::Tag::Members"
    )]
    async fn invitations(&self, caller: Caller) -> Result<Json<InvitationList>, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let invitations = scope.tenant_invitations(&scope.permit()?).await?;
        Ok(Json(InvitationList::from(invitations)))
    }

    /// Revoke an invitation to be a member
    #[oai(
        path = "/v1/members/invitations/:invitation",
        method = "delete",
        operation_id = "revoke_tenant_invitation",
        tag = "crate::Tag::Members"
    )]
    async fn revoke(
        &self,
        caller: Caller,
        /// The invitation's id.
        invitation: Path<String>,
    ) -> Result<Done, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let permit = scope.permit()?;
        let invitation = invitation.parse().map_err(|_| MemberError::NoInvitation)?;
        scope.revoke_tenant_invitation(&permit, invitation).await?;
        Ok(Done::Done)
    }

    /// Join a tenant
    ///
    /// With the token of the mail. Where the invited address has no account, one is made with the password that is sent,
    /// and nobody is signed in by it; else its own session has to be sent (`sign_in_needed`).
    #[oai(
        path = "/v1/account/join",
        method = "post",
        operation_id = "join_tenant",
        tag = "crate::Tag::Accounts"
    )]
    async fn join(&self, caller: Caller, body: Json<JoinBody>) -> Result<Json<JoinedView>, Problem> {
        let JoinBody { token, password } = body.0;
        let joined = if caller.has_credential() {
            self.0.account(&caller).await?.join_tenant(&token.0).await?
        } else {
            let facts = self.0.anyone(&caller).await?;
            let password = password.map(|password| password.0);
            self.0.platform().join_tenant(facts, &token.0, password).await?
        };
        Ok(Json(JoinedView::from(joined)))
    }
}
