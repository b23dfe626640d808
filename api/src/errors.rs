//! From the outcomes of the domain to problems, outcome by outcome. No match has a catch-all: a new outcome does not
//! compile until somebody has decided what a client reads of it.

use neonex_core::access::Denied;
use neonex_core::accounts::AccountError;
use neonex_core::auth::{OAuthError, UserError};
use neonex_core::collections::CollectionError;
use neonex_core::idempotency::KeyReused;
use neonex_core::invalid::Invalid;
use neonex_core::keys::KeyError;
use neonex_core::mail::MailError;
use neonex_core::members::MemberError;
use neonex_core::password::PasswordError;
use neonex_core::platform::AuthError;
use neonex_core::records::{BatchError, RecordError};
use neonex_core::store::StoreError;
use neonex_core::tenants::TenantError;
use poem::http::HeaderValue;
use poem::http::StatusCode;
use poem::http::header::WWW_AUTHENTICATE;

use crate::problem::{PendingSecondFactor, Problem};
use crate::text::Secret;

/// A sentence of the domain as one of the API.
fn sentence(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text.push('.');
    text
}

fn conflict(code: &str, error: &dyn std::error::Error) -> Problem {
    Problem::new(StatusCode::CONFLICT, code, sentence(error))
}

fn precondition_failed(error: &dyn std::error::Error) -> Problem {
    Problem::new(StatusCode::PRECONDITION_FAILED, "precondition_failed", sentence(error))
}

/// What is wrong with a body.
impl From<Invalid> for Problem {
    fn from(invalid: Invalid) -> Self {
        Self::bad_request("invalid_body", "The body cannot be accepted as it is.").errors(&invalid)
    }
}

/// What is wrong with query parameters: their names stand where a body has its pointers.
pub(crate) fn invalid_query(invalid: &Invalid) -> Problem {
    let problem = Problem::bad_request("invalid_parameter", "A parameter cannot be accepted as it is.");
    invalid.details().iter().fold(problem, |problem, detail| {
        problem.error(detail.pointer.replacen('/', "?", 1), detail.code, detail.message.clone())
    })
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let unavailable = |code: &str, detail: &str| {
            Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail).retry_after(1)
        };
        match &error {
            StoreError::Busy => {
                unavailable("busy", "The database has too much to do. Try again in a moment.")
            }
            StoreError::Timeout => {
                unavailable("too_slow", "The database took too long. Ask for less, or add an index.")
            }
            StoreError::Conflict(_) => unavailable(
                "conflict",
                "The request met others that changed the same. Try again in a moment.",
            ),
            StoreError::Outdated(_) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "a request met a change of the schema"
                );
                unavailable("conflict", "The collection is being changed. Try again in a moment.")
            }
            StoreError::Unavailable(_) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the database is unavailable");
                unavailable("unavailable", "The database cannot be reached. Try again in a moment.")
            }
            StoreError::Unique { .. }
            | StoreError::ForeignKey
            | StoreError::NotNull { .. }
            | StoreError::Column { .. }
            | StoreError::Waited
            | StoreError::Fault(_) => Self::internal(&error),
        }
    }
}

impl From<AuthError> for Problem {
    fn from(error: AuthError) -> Self {
        let unauthorized = |code: &str, detail: &str| {
            let challenge = HeaderValue::from_static("Bearer");
            Self::new(StatusCode::UNAUTHORIZED, code, detail).header(WWW_AUTHENTICATE, challenge)
        };
        match error {
            AuthError::InvalidCredential => unauthorized(
                "invalid_credential",
                "The credential is malformed, unknown, revoked or expired.",
            ),
            AuthError::Missing => unauthorized(
                "credential_needed",
                "Send a credential as `Authorization: Bearer …`, or name a tenant in X-Neonex-Tenant.",
            ),
            AuthError::OtherTenant => Self::bad_request("tenant_mismatch", sentence(&error)),
            AuthError::UnknownTenant => Self::not_found("There is no such tenant."),
            AuthError::Suspended => Self::new(StatusCode::FORBIDDEN, "tenant_suspended", sentence(&error)),
            AuthError::Deleted => Self::new(StatusCode::FORBIDDEN, "tenant_deleted", sentence(&error)),
            AuthError::Store(error) => error.into(),
        }
    }
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        Self::new(StatusCode::FORBIDDEN, "scope_needed", sentence(&denied))
    }
}

impl From<KeyReused> for Problem {
    fn from(error: KeyReused) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", sentence(&error))
    }
}

impl From<TenantError> for Problem {
    fn from(error: TenantError) -> Self {
        match error {
            TenantError::NotFound => Self::not_found("There is no such tenant."),
            TenantError::SlugTaken(_) => conflict("slug_taken", &error),
            TenantError::Deleted => conflict("tenant_deleted", &error),
            TenantError::PreconditionFailed(_) => precondition_failed(&error),
            TenantError::KeyReused(error) => error.into(),
            TenantError::Randomness(error) => Self::internal(&error),
            TenantError::Store(error) => error.into(),
        }
    }
}

impl From<KeyError> for Problem {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::NotFound => Self::not_found("There is no such key."),
            KeyError::NotInUse => conflict("key_not_in_use", &error),
            KeyError::BeyondOwnScopes => {
                Self::new(StatusCode::FORBIDDEN, "beyond_own_scopes", sentence(&error))
            }
            KeyError::PreconditionFailed(_) => precondition_failed(&error),
            KeyError::Denied(denied) => denied.into(),
            KeyError::KeyReused(error) => error.into(),
            KeyError::Secret(error) => Self::internal(&error),
            KeyError::Randomness(error) => Self::internal(&error),
            KeyError::Store(error) => error.into(),
        }
    }
}

impl From<CollectionError> for Problem {
    fn from(error: CollectionError) -> Self {
        match error {
            CollectionError::NotFound => Self::not_found("There is no such collection."),
            CollectionError::Invalid(invalid) => invalid.into(),
            CollectionError::NameTaken => conflict("name_taken", &error),
            CollectionError::TooMany => conflict("too_many_collections", &error),
            CollectionError::Records(_) => conflict("records_disagree", &error),
            CollectionError::Referenced { .. } => conflict("collection_referenced", &error),
            CollectionError::UsedByRule { .. } => conflict("used_by_rule", &error),
            CollectionError::UsedByView { .. } => conflict("used_by_view", &error),
            CollectionError::OwnedByAuth => conflict("owned_by_auth", &error),
            CollectionError::UnderWay => conflict("change_under_way", &error).retry_after(1),
            CollectionError::PreconditionFailed(_) => precondition_failed(&error),
            CollectionError::Denied(denied) => denied.into(),
            CollectionError::KeyReused(error) => error.into(),
            CollectionError::Randomness(error) => Self::internal(&error),
            CollectionError::Store(error) => error.into(),
        }
    }
}

impl From<PasswordError> for Problem {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy => {
                let detail = "Too many passwords are being checked. Try again in a moment.";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", detail).retry_after(1)
            }
            PasswordError::Hash(_) | PasswordError::Randomness(_) => Self::internal(&error),
        }
    }
}

impl From<UserError> for Problem {
    fn from(error: UserError) -> Self {
        let refused = |status, code: &str| Self::new(status, code, sentence(&error));
        match error {
            UserError::WrongCredentials => refused(StatusCode::UNAUTHORIZED, "wrong_credentials"),
            UserError::InvalidRefreshToken => refused(StatusCode::UNAUTHORIZED, "invalid_refresh_token"),
            UserError::Wait { seconds } => {
                let problem = refused(StatusCode::TOO_MANY_REQUESTS, "too_many_tries");
                match seconds {
                    Some(seconds) => problem.retry_after(seconds.unsigned_abs()),
                    None => problem,
                }
            }
            UserError::InvalidToken => refused(StatusCode::UNAUTHORIZED, "invalid_token"),
            UserError::MethodOff(_) => refused(StatusCode::FORBIDDEN, "method_off"),
            UserError::NoInvitation => Self::not_found("There is no such invitation."),
            UserError::Mail(error) => error.into(),
            UserError::SecondFactorNeeded(ref needed) => {
                let code =
                    if needed.enrolment { "second_factor_enrolment_needed" } else { "second_factor_needed" };
                let pending = PendingSecondFactor {
                    token: Secret(needed.token.clone()),
                    methods: needed.methods.iter().map(|method| (*method).to_owned()).collect(),
                    expires_in: needed.expires_in,
                };
                refused(StatusCode::UNAUTHORIZED, code).second_factor(pending)
            }
            UserError::InvalidSecondFactorToken => {
                refused(StatusCode::UNAUTHORIZED, "invalid_second_factor_token")
            }
            UserError::WrongCode => refused(StatusCode::UNAUTHORIZED, "wrong_code"),
            UserError::WrongPasskey => refused(StatusCode::UNAUTHORIZED, "wrong_passkey"),
            UserError::PasskeyTaken => conflict("passkey_taken", &error),
            UserError::PasskeysOff => refused(StatusCode::FORBIDDEN, "passkeys_off"),
            UserError::Passkey(error) => Self::internal(&error),
            UserError::SecondFactorsOff => refused(StatusCode::FORBIDDEN, "second_factors_off"),
            UserError::StepUpNeeded => refused(StatusCode::FORBIDDEN, "step_up_needed"),
            UserError::LastFactor => conflict("last_factor", &error),
            UserError::TooManyFactors { .. } => conflict("too_many_factors", &error),
            UserError::NoFactor => Self::not_found("There is no such factor."),
            UserError::Factor(error) => Self::internal(&error),
            UserError::Unverified => refused(StatusCode::FORBIDDEN, "email_unverified"),
            UserError::Disabled => refused(StatusCode::FORBIDDEN, "user_disabled"),
            UserError::SignUpClosed => refused(StatusCode::FORBIDDEN, "sign_up_closed"),
            UserError::NotAUser => refused(StatusCode::FORBIDDEN, "user_needed"),
            UserError::Impersonated => refused(StatusCode::FORBIDDEN, "not_while_impersonating"),
            UserError::NoUser => Self::not_found("There is no such user."),
            UserError::NoSession => Self::not_found("There is no such session."),
            UserError::EmailTaken => conflict("email_taken", &error),
            UserError::OtherUsers => conflict("other_users_collection", &error),
            UserError::Invalid(invalid) => invalid.into(),
            UserError::Denied(denied) => denied.into(),
            UserError::KeyReused(error) => error.into(),
            UserError::Record(error) => error.into(),
            UserError::Collection(error) => error.into(),
            UserError::Password(error) => error.into(),
            UserError::Signing(error) => Self::internal(&error),
            UserError::Secret(error) => Self::internal(&error),
            UserError::Randomness(error) => Self::internal(&error),
            UserError::Store(error) => error.into(),
        }
    }
}

impl From<MailError> for Problem {
    fn from(error: MailError) -> Self {
        match error {
            MailError::NotFound => Self::not_found("There is no such mail."),
            MailError::NoTemplate => Self::not_found("There is no such template."),
            MailError::Sent => conflict("mail_sent", &error),
            MailError::Over => conflict("mail_over", &error),
            MailError::TooMany { seconds } => {
                let problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_mails", sentence(&error));
                problem.retry_after(seconds.unsigned_abs())
            }
            MailError::Invalid(invalid) => invalid.into(),
            MailError::Denied(denied) => denied.into(),
            MailError::Secret(error) => Self::internal(&error),
            MailError::Randomness(error) => Self::internal(&error),
            MailError::Store(error) => error.into(),
        }
    }
}

impl From<OAuthError> for Problem {
    fn from(error: OAuthError) -> Self {
        let bad_gateway = || Self::new(StatusCode::BAD_GATEWAY, "provider_failed", sentence(&error));
        match error {
            OAuthError::NoProvider => Self::not_found("There is no such provider."),
            OAuthError::NoIdentity => Self::not_found("There is no such identity."),
            OAuthError::NameTaken => conflict("name_taken", &error),
            OAuthError::NoPublicUrl => conflict("public_url_needed", &error),
            OAuthError::AddressTaken => conflict("email_taken", &error),
            OAuthError::IdentityTaken => conflict("identity_taken", &error),
            OAuthError::LastWayIn => conflict("last_way_in", &error),
            OAuthError::NoFlow => Self::bad_request("oauth_flow_over", sentence(&error)),
            OAuthError::InvalidCode => Self::new(StatusCode::UNAUTHORIZED, "invalid_code", sentence(&error)),
            OAuthError::Refused => Self::new(StatusCode::FORBIDDEN, "access_denied", sentence(&error)),
            OAuthError::Answer(_)
            | OAuthError::Status(_)
            | OAuthError::Exchange(_)
            | OAuthError::IdToken(_)
            | OAuthError::Egress(_) => bad_gateway(),
            OAuthError::User(error) => error.into(),
        }
    }
}

impl From<AccountError> for Problem {
    fn from(error: AccountError) -> Self {
        let refused = |status, code: &str| Self::new(status, code, sentence(&error));
        match error {
            AccountError::WrongCredentials => refused(StatusCode::UNAUTHORIZED, "wrong_credentials"),
            AccountError::Wait { seconds } => {
                let problem = refused(StatusCode::TOO_MANY_REQUESTS, "too_many_tries");
                match seconds {
                    Some(seconds) => problem.retry_after(seconds.unsigned_abs()),
                    None => problem,
                }
            }
            AccountError::Disabled => refused(StatusCode::FORBIDDEN, "account_disabled"),
            AccountError::SessionNeeded => refused(StatusCode::FORBIDDEN, "session_needed"),
            AccountError::InvalidToken => refused(StatusCode::UNAUTHORIZED, "invalid_token"),
            AccountError::NoAccount => Self::not_found("There is no such account."),
            AccountError::NoSession => Self::not_found("There is no such session."),
            AccountError::NoToken => Self::not_found("There is no such token."),
            AccountError::TooManyTokens { .. } => conflict("too_many_tokens", &error),
            AccountError::EmailTaken => conflict("email_taken", &error),
            AccountError::Invalid(invalid) => invalid.into(),
            AccountError::Password(error) => error.into(),
            AccountError::Randomness(error) => Self::internal(&error),
            AccountError::Store(error) => error.into(),
        }
    }
}

impl From<MemberError> for Problem {
    fn from(error: MemberError) -> Self {
        let refused = |status, code: &str| Self::new(status, code, sentence(&error));
        match error {
            MemberError::NoMember => Self::not_found("There is no such member."),
            MemberError::NoRole => Self::not_found("There is no such role."),
            MemberError::NoInvitation => Self::not_found("There is no such invitation."),
            MemberError::LastOwner => conflict("last_owner", &error),
            MemberError::BeyondOwnScopes => refused(StatusCode::FORBIDDEN, "beyond_own_scopes"),
            MemberError::OwnerNeeded => refused(StatusCode::FORBIDDEN, "owner_needed"),
            MemberError::AlreadyMember => conflict("already_member", &error),
            MemberError::TooManyMembers { .. } => conflict("too_many_members", &error),
            MemberError::TooManyRoles { .. } => conflict("too_many_roles", &error),
            MemberError::RoleTaken => conflict("name_taken", &error),
            MemberError::BuiltInRole => conflict("built_in_role", &error),
            MemberError::RoleInUse => conflict("role_in_use", &error),
            MemberError::InvalidInvitation => refused(StatusCode::UNAUTHORIZED, "invalid_token"),
            MemberError::SignInNeeded => refused(StatusCode::UNAUTHORIZED, "sign_in_needed"),
            MemberError::OtherAccount => refused(StatusCode::FORBIDDEN, "other_account"),
            MemberError::Invalid(invalid) => invalid.into(),
            MemberError::Denied(denied) => denied.into(),
            MemberError::Account(error) => error.into(),
            MemberError::Mail(error) => error.into(),
            MemberError::Randomness(error) => Self::internal(&error),
            MemberError::Store(error) => error.into(),
        }
    }
}

impl From<BatchError> for Problem {
    fn from(error: BatchError) -> Self {
        match error {
            BatchError::Invalid(invalid) => invalid.into(),
            BatchError::Operation { at, error } => {
                Self::from(error).within(&format!("Operation {at}"), &format!("/operations/{at}/record"))
            }
            BatchError::KeyReused(error) => error.into(),
            BatchError::Store(error) => error.into(),
        }
    }
}

impl From<RecordError> for Problem {
    fn from(error: RecordError) -> Self {
        let error = match error {
            RecordError::OfRecord { id, error } => {
                return Self::from(*error).within(&format!("Record {id}"), "");
            }
            error => error,
        };
        match &error {
            RecordError::NoCollection => Self::not_found("There is no such collection."),
            RecordError::NotFound => Self::not_found("There is no such record."),
            RecordError::Invalid(invalid) => invalid.clone().into(),
            RecordError::View => conflict("view_is_read_only", &error),
            RecordError::MadeByAuth => conflict("owned_by_auth", &error),
            RecordError::Exists => conflict("record_exists", &error),
            RecordError::NotUnique { fields } => {
                fields.iter().fold(conflict("not_unique", &error), |problem, field| {
                    problem.error(format!("/{field}"), "not_unique", "there is a record with this value")
                })
            }
            RecordError::Referenced { .. } => conflict("record_referenced", &error),
            RecordError::TooManyReferrers { .. } => conflict("too_many_referrers", &error),
            RecordError::TooManyRecords { .. } => conflict("too_many_records", &error),
            RecordError::OtherCount { .. } => conflict("count_differs", &error),
            RecordError::PreconditionFailed => precondition_failed(&error),
            RecordError::Forbidden | RecordError::FieldsForbidden { .. } => {
                Self::new(StatusCode::FORBIDDEN, "rule_refused", sentence(&error))
            }
            RecordError::StepUpNeeded => Self::new(StatusCode::FORBIDDEN, "step_up_needed", sentence(&error)),
            RecordError::Denied(denied) => (*denied).into(),
            RecordError::KeyReused(reused) => (*reused).into(),
            RecordError::Randomness(error) => Self::internal(error),
            RecordError::OfRecord { .. } | RecordError::Store(_) => match error {
                RecordError::Store(error) => error.into(),
                error => Self::internal(&error),
            },
        }
    }
}
