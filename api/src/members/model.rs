//! Members and roles as clients see them.

use neonex_core::members::{Joined, Member, Role, TenantInvitation};
use poem_openapi::Object;

use crate::text::{Secret, Time};

/// A member of a tenant.
#[derive(Object)]
#[oai(rename = "Member")]
pub(super) struct MemberView {
    /// The account.
    account: String,
    /// Its address.
    email: String,
    /// Its role.
    role: String,
    /// Since when.
    created_at: Time,
}

impl From<Member> for MemberView {
    fn from(member: Member) -> Self {
        Self {
            account: member.account.to_string(),
            email: member.email,
            role: member.role,
            created_at: member.created_at.into(),
        }
    }
}

/// Members of a tenant.
#[derive(Object)]
pub(super) struct MemberList {
    /// The members.
    items: Vec<MemberView>,
    /// Always null: all are on one page.
    next_cursor: Option<String>,
}

impl From<Vec<Member>> for MemberList {
    fn from(members: Vec<Member>) -> Self {
        Self { items: members.into_iter().map(MemberView::from).collect(), next_cursor: None }
    }
}

/// What is to change of a member.
#[derive(Object)]
#[oai(rename = "MemberPatch", deny_unknown_fields)]
pub(super) struct MemberPatchBody {
    /// The role that is to be.
    pub(super) role: String,
}

/// Somebody who is to be a member.
#[derive(Object)]
#[oai(rename = "NewTenantInvitation", deny_unknown_fields)]
pub(super) struct InvitationBody {
    /// Their address.
    pub(super) email: String,
    /// Their role: `owner`, `admin`, `developer`, `viewer`, or one of the tenant's own.
    pub(super) role: String,
    /// The language of the mail: `en`, `pt-BR`. Without it, the tenant's `mail_locale`.
    pub(super) locale: Option<String>,
}

/// An invitation to be a member, which was sent and not taken.
#[derive(Object)]
#[oai(rename = "TenantInvitation")]
pub(super) struct InvitationView {
    /// Its id.
    id: String,
    /// The address that was invited.
    email: String,
    /// What whoever takes it becomes.
    role: String,
    /// When it was made.
    created_at: Time,
    /// Until when it can be taken.
    expires_at: Time,
}

impl From<TenantInvitation> for InvitationView {
    fn from(invitation: TenantInvitation) -> Self {
        Self {
            id: invitation.id.to_string(),
            email: invitation.email,
            role: invitation.role,
            created_at: invitation.created_at.into(),
            expires_at: invitation.expires_at.into(),
        }
    }
}

/// Invitations to be a member.
#[derive(Object)]
#[oai(rename = "TenantInvitationList")]
pub(super) struct InvitationList {
    /// The invitations.
    items: Vec<InvitationView>,
    /// Always null: all are on one page.
    next_cursor: Option<String>,
}

impl From<Vec<TenantInvitation>> for InvitationList {
    fn from(invitations: Vec<TenantInvitation>) -> Self {
        Self { items: invitations.into_iter().map(InvitationView::from).collect(), next_cursor: None }
    }
}

/// An invitation that is taken.
#[derive(Object)]
#[oai(rename = "TenantInvitationAcceptance", deny_unknown_fields)]
pub(super) struct JoinBody {
    /// `token` of the link.
    pub(super) token: Secret,
    /// The password of the account that is made, where the address has none.
    pub(super) password: Option<Secret>,
}

/// What whoever has taken an invitation has come to.
#[derive(Object)]
#[oai(rename = "TenantInvitationAccepted")]
pub(super) struct JoinedView {
    /// The account.
    account: String,
    /// The tenant's id.
    tenant: String,
    /// Its slug.
    slug: String,
    /// Its name for people.
    name: String,
    /// The role there.
    role: String,
}

impl From<Joined> for JoinedView {
    fn from(joined: Joined) -> Self {
        Self {
            account: joined.account.to_string(),
            tenant: joined.tenant.to_string(),
            slug: joined.slug,
            name: joined.name,
            role: joined.role,
        }
    }
}

/// A role that is to be.
#[derive(Object)]
#[oai(rename = "NewRole", deny_unknown_fields)]
pub(super) struct NewRoleBody {
    /// What it is called: 2 to 63 small letters, digits, `-` and `_`, with a letter first. It stays.
    pub(super) name: String,
    /// What it is for.
    pub(super) description: Option<String>,
    /// What it allows, as scopes of keys.
    pub(super) permissions: Vec<String>,
}

/// What is to change of a role; what is not sent stays as it is.
#[derive(Object)]
#[oai(rename = "RolePatch", deny_unknown_fields)]
pub(super) struct RolePatchBody {
    /// What it is for.
    pub(super) description: Option<String>,
    /// What it allows.
    pub(super) permissions: Option<Vec<String>>,
}

/// What a member may be.
#[derive(Object)]
#[oai(rename = "Role", skip_serializing_if_is_none)]
pub(super) struct RoleView {
    /// What it is called.
    name: String,
    /// What it is for.
    description: String,
    /// What it allows.
    permissions: Vec<String>,
    /// Whether it comes with the server, and stays as it is.
    built_in: bool,
    /// When the tenant has made it.
    created_at: Option<Time>,
}

impl From<Role> for RoleView {
    fn from(role: Role) -> Self {
        Self {
            name: role.name,
            description: role.description,
            permissions: role.permissions.names().into_iter().map(str::to_owned).collect(),
            built_in: role.created_at.is_none(),
            created_at: role.created_at.map(Into::into),
        }
    }
}

/// Roles of a tenant.
#[derive(Object)]
pub(super) struct RoleList {
    /// The roles.
    items: Vec<RoleView>,
    /// Always null: all are on one page.
    next_cursor: Option<String>,
}

impl From<Vec<Role>> for RoleList {
    fn from(roles: Vec<Role>) -> Self {
        Self { items: roles.into_iter().map(RoleView::from).collect(), next_cursor: None }
    }
}
