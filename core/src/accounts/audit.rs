//! The audit log of the platform: what was done with accounts and members, written with it in one transaction.

use sea_orm::ActiveValue::Set;

use crate::access::RequestFacts;
use crate::ids::{TenantId, new_uuid};
use crate::platform::Platform;
use crate::rng::RandomnessUnavailable;
use crate::store::entities::platform_audit::ActiveModel;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    Created,
    SignIn,
    SignInRefused,
    SignOut,
    SessionEnded,
    PasswordChanged,
    PasswordRefused,
    ResetMade,
    PasswordReset,
    TokenCreated,
    TokenRevoked,
    Invited,
    InvitationRevoked,
    Joined,
    MemberChanged,
    MemberRemoved,
    RoleCreated,
    RoleChanged,
    RoleDeleted,
}

impl Act {
    const fn name(self) -> &'static str {
        match self {
            Self::Created => "account.created",
            Self::SignIn => "account.signed_in",
            Self::SignInRefused => "account.sign_in_refused",
            Self::SignOut => "account.signed_out",
            Self::SessionEnded => "account.session.ended",
            Self::PasswordChanged => "account.password.changed",
            Self::PasswordRefused => "account.password.refused",
            Self::ResetMade => "account.reset.made",
            Self::PasswordReset => "account.password.reset",
            Self::TokenCreated => "account.token.created",
            Self::TokenRevoked => "account.token.revoked",
            Self::Invited => "member.invited",
            Self::InvitationRevoked => "member.invitation.revoked",
            Self::Joined => "member.joined",
            Self::MemberChanged => "member.changed",
            Self::MemberRemoved => "member.removed",
            Self::RoleCreated => "role.created",
            Self::RoleChanged => "role.changed",
            Self::RoleDeleted => "role.deleted",
        }
    }
}

/// An entry to be written.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) act: Act,
    /// Who has done it, as text.
    pub(crate) actor: String,
    /// Which tenant it concerns.
    pub(crate) tenant: Option<TenantId>,
    /// Whom or what it concerns.
    pub(crate) subject: Option<String>,
    pub(crate) details: Option<String>,
}

impl Entry {
    /// The row, with what is known of the request where there was one.
    pub(crate) fn row(
        self,
        platform: &Platform,
        request: Option<&RequestFacts>,
    ) -> Result<ActiveModel, RandomnessUnavailable> {
        Ok(ActiveModel {
            id: Set(new_uuid(platform.clock(), platform.rng())?),
            tenant_id: Set(self.tenant.map(TenantId::as_uuid)),
            at: Set(platform.now().as_micros()),
            actor: Set(self.actor),
            action: Set(self.act.name().to_owned()),
            subject: Set(self.subject),
            request_id: Set(request.map(|request| request.id().as_str().to_owned())),
            ip: Set(request.and_then(RequestFacts::ip).map(|ip| ip.to_string())),
            details: Set(self.details),
        })
    }
}
