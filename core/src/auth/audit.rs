//! The audit log: what was done that somebody may have to answer for, written with it in one transaction.

use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use crate::access::TenantScope;
use crate::ids::new_uuid;
use crate::rng::RandomnessUnavailable;
use crate::store::entities::audit_log::ActiveModel;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    SignUp,
    SignIn,
    SignInRefused,
    SteppedUp,
    SignOut,
    TokenReused,
    SessionsEnded,
    PasswordChanged,
    FactorAdded,
    FactorRemoved,
    FactorsReset,
    FactorShown,
    FactorRefused,
    RecoveryCodesRenewed,
    UserCreated,
    UserChanged,
    KeyRotated,
    SettingsChanged,
    MailAsked,
    EmailVerified,
    EmailChangeAsked,
    EmailConfirmed,
    EmailChanged,
    PasswordReset,
    Invited,
    InvitationRevoked,
    InvitationAccepted,
    MailRetried,
    MailTested,
    MailTemplateChanged,
    MailTemplateRemoved,
    ProviderCreated,
    ProviderChanged,
    ProviderDeleted,
    IdentityLinked,
    IdentityUnlinked,
    AccountReclaimed,
    Impersonated,
    UsersImported,
    ApiKeyCreated,
    ApiKeyRotated,
    ApiKeyRevoked,
    CollectionCreated,
    CollectionChanged,
    CollectionDeleted,
}

impl Act {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::SignUp => "auth.user.signed_up",
            Self::SignIn => "auth.user.signed_in",
            Self::SignInRefused => "auth.user.sign_in_refused",
            Self::SteppedUp => "auth.session.stepped_up",
            Self::SignOut => "auth.user.signed_out",
            Self::TokenReused => "auth.session.token_reused",
            Self::SessionsEnded => "auth.sessions.ended",
            Self::PasswordChanged => "auth.password.changed",
            Self::FactorAdded => "auth.factor.added",
            Self::FactorRemoved => "auth.factor.removed",
            Self::FactorsReset => "auth.factors.reset",
            Self::FactorShown => "auth.factor.shown",
            Self::FactorRefused => "auth.factor.refused",
            Self::RecoveryCodesRenewed => "auth.recovery_codes.renewed",
            Self::UserCreated => "auth.user.created",
            Self::UserChanged => "auth.user.changed",
            Self::KeyRotated => "auth.signing_key.rotated",
            Self::SettingsChanged => "auth.settings.changed",
            Self::MailAsked => "auth.mail.asked",
            Self::EmailVerified => "auth.email.verified",
            Self::EmailChangeAsked => "auth.email.change_asked",
            Self::EmailConfirmed => "auth.email.confirmed",
            Self::EmailChanged => "auth.email.changed",
            Self::PasswordReset => "auth.password.reset",
            Self::Invited => "auth.user.invited",
            Self::InvitationRevoked => "auth.invitation.revoked",
            Self::InvitationAccepted => "auth.invitation.accepted",
            Self::MailRetried => "mail.retried",
            Self::MailTested => "mail.tested",
            Self::MailTemplateChanged => "mail.template.changed",
            Self::MailTemplateRemoved => "mail.template.removed",
            Self::ProviderCreated => "auth.provider.created",
            Self::ProviderChanged => "auth.provider.changed",
            Self::ProviderDeleted => "auth.provider.deleted",
            Self::IdentityLinked => "auth.identity.linked",
            Self::IdentityUnlinked => "auth.identity.unlinked",
            Self::AccountReclaimed => "auth.user.reclaimed",
            Self::Impersonated => "auth.user.impersonated",
            Self::UsersImported => "auth.users.imported",
            Self::ApiKeyCreated => "key.created",
            Self::ApiKeyRotated => "key.rotated",
            Self::ApiKeyRevoked => "key.revoked",
            Self::CollectionCreated => "collection.created",
            Self::CollectionChanged => "collection.changed",
            Self::CollectionDeleted => "collection.deleted",
        }
    }
}

/// The entry for an act in that scope. `subject` is whom it concerns.
pub(crate) fn entry(
    scope: &TenantScope,
    act: Act,
    subject: Option<Uuid>,
    details: Option<String>,
) -> Result<ActiveModel, RandomnessUnavailable> {
    entry_about(scope, act, subject.map(|subject| subject.to_string()), details)
}

/// The same, where what it concerns is named otherwise.
pub(crate) fn entry_about(
    scope: &TenantScope,
    act: Act,
    subject: Option<String>,
    details: Option<String>,
) -> Result<ActiveModel, RandomnessUnavailable> {
    let platform = scope.platform();
    Ok(ActiveModel {
        tenant_id: Set(scope.tenant().id().as_uuid()),
        id: Set(new_uuid(platform.clock(), platform.rng())?),
        at: Set(platform.now().as_micros()),
        actor: Set(scope.actor().to_string()),
        action: Set(act.name().to_owned()),
        subject: Set(subject),
        request_id: Set(scope.request().as_str().to_owned()),
        ip: Set(scope.facts().ip().map(|ip| ip.to_string())),
        details: Set(details),
    })
}

#[cfg(test)]
mod tests {
    /// The reference names every act there is: those stand in this file and nowhere else.
    #[test]
    fn the_reference_names_every_act() {
        let reference = include_str!("../../../docs/reference/audit.md");
        let arms = include_str!("audit.rs").lines().filter_map(|line| line.trim().strip_prefix("Self::"));
        let names = arms.filter_map(|arm| arm.split_once(" => \"")?.1.strip_suffix("\","));
        let missing: Vec<_> =
            names.clone().filter(|name| !reference.contains(&format!("`{name}`"))).collect();
        assert!(names.count() > 40 && missing.is_empty(), "{missing:?}");
    }
}
