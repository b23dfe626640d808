//! Factors as clients see them.

use neonex_core::auth::{Answer, Ceremony, Confirmed, Factor, FactorKind, Factors, NewTotp, StepUp};
use neonex_core::invalid::Invalid;
use poem_openapi::{Enum, Object};

use super::model::SignedInView;
use crate::caller::{Caller, Surface};
use crate::problem::Problem;
use crate::text::{Secret, Time};

/// By what a second factor is shown.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename = "SecondFactorMethod", rename_all = "snake_case")]
pub(super) enum Method {
    /// By a one-time password of an app.
    Totp,
    /// By a recovery code.
    RecoveryCode,
}

impl Method {
    pub(super) fn answer(self, code: String) -> Answer {
        match self {
            Self::Totp => Answer::Totp(code),
            Self::RecoveryCode => Answer::RecoveryCode(code),
        }
    }
}

/// A second factor.
#[derive(Object)]
#[oai(rename = "ShowSecondFactor", deny_unknown_fields)]
pub(super) struct SecondFactorBody {
    /// The token that came with `second_factor_needed`.
    pub(super) token: Secret,
    /// By what it is shown.
    pub(super) method: Method,
    /// The code.
    pub(super) code: Secret,
}

/// By what it is shown anew who calls.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename = "StepUpMethod", rename_all = "snake_case")]
enum StepUpMethod {
    /// By the password.
    Password,
    /// By a one-time password of an app.
    Totp,
    /// By a recovery code.
    RecoveryCode,
    /// By a passkey.
    Passkey,
}

/// A fresh proof.
#[derive(Object)]
#[oai(rename = "StepUp", deny_unknown_fields)]
pub(super) struct StepUpBody {
    /// By what it is shown who calls.
    method: StepUpMethod,
    /// The password, where it is by that.
    password: Option<Secret>,
    /// The code, where it is by one.
    code: Option<Secret>,
    /// The ceremony's id, where it is by a passkey.
    id: Option<Secret>,
    /// The passkey's answer, where it is by one.
    credential: Option<serde_json::Value>,
}

impl StepUpBody {
    pub(super) fn proof(self) -> Result<StepUp, Invalid> {
        let missing =
            |name: &str| Invalid::one(format!("/{name}"), "required", format!("`{name}` is missing"));
        let needed =
            |name: &str, value: Option<Secret>| value.map(|value| value.0).ok_or_else(|| missing(name));
        Ok(match self.method {
            StepUpMethod::Password => StepUp::Password(needed("password", self.password)?),
            StepUpMethod::Totp => StepUp::Factor(Answer::Totp(needed("code", self.code)?)),
            StepUpMethod::RecoveryCode => StepUp::Factor(Answer::RecoveryCode(needed("code", self.code)?)),
            StepUpMethod::Passkey => {
                let credential = self.credential.ok_or_else(|| missing("credential"))?;
                StepUp::Passkey(needed("id", self.id)?, credential)
            }
        })
    }
}

/// A new passkey.
#[derive(Object)]
#[oai(rename = "NewPasskey", deny_unknown_fields)]
pub(super) struct NewPasskeyBody {
    /// What the user calls it: 1 to 100 characters.
    pub(super) name: String,
    /// The token that came with `second_factor_enrolment_needed`, in place of a session.
    pub(super) token: Option<Secret>,
}

/// Whose passkey is asked for.
#[derive(Object)]
#[oai(rename = "AskPasskey", deny_unknown_fields)]
pub(super) struct AskPasskeyBody {
    /// The token that came with `second_factor_needed`; without it any passkey will do, and says whose it is.
    pub(super) token: Option<Secret>,
}

/// A ceremony that has begun.
#[derive(Object)]
#[oai(rename = "PasskeyCeremony")]
pub(super) struct CeremonyView {
    /// Names it; good once, for five minutes.
    id: Secret,
    /// What the browser is asked with, as `parseCreationOptionsFromJSON()` or `parseRequestOptionsFromJSON()` of its
    /// `PublicKeyCredential` read it.
    options: serde_json::Value,
}

impl From<Ceremony> for CeremonyView {
    fn from(ceremony: Ceremony) -> Self {
        Self { id: Secret(ceremony.id), options: ceremony.options }
    }
}

/// What a passkey has answered.
#[derive(Object)]
#[oai(rename = "PasskeyAnswer", deny_unknown_fields)]
pub(super) struct PasskeyAnswerBody {
    /// The ceremony's id.
    pub(super) id: Secret,
    /// The browser's credential, as its `toJSON()` gives it.
    pub(super) credential: serde_json::Value,
}

/// A new app for one-time passwords.
#[derive(Object)]
#[oai(rename = "NewTotpFactor", deny_unknown_fields)]
pub(super) struct NewTotpBody {
    /// What the user calls it: 1 to 100 characters.
    pub(super) name: String,
    /// The token that came with `second_factor_enrolment_needed`, in place of a session.
    pub(super) token: Option<Secret>,
}

/// What an app learns to show one-time passwords.
#[derive(Object)]
#[oai(rename = "TotpFactor")]
pub(super) struct NewTotpView {
    /// The factor's id.
    id: String,
    /// The secret in base32, to be typed.
    secret: Secret,
    /// The same with all that belongs to it, as apps read it.
    otpauth_url: Secret,
    /// The address as a picture to be scanned: an SVG as a `data:` URL.
    qr: Secret,
}

impl From<NewTotp> for NewTotpView {
    fn from(made: NewTotp) -> Self {
        Self {
            id: made.id.to_string(),
            secret: Secret(made.enrolment.secret),
            otpauth_url: Secret(made.enrolment.otpauth_url),
            qr: Secret(made.enrolment.qr),
        }
    }
}

/// What shows that a factor works.
#[derive(Object)]
#[oai(rename = "ConfirmFactor", deny_unknown_fields)]
pub(super) struct ConfirmFactorBody {
    /// A code that the app shows.
    pub(super) code: Secret,
    /// The token that came with `second_factor_enrolment_needed`, in place of a session.
    pub(super) token: Option<Secret>,
}

/// A factor that counts from now on.
#[derive(Object)]
#[oai(rename = "ConfirmedFactor", skip_serializing_if_is_none)]
pub(super) struct ConfirmedFactorView {
    /// The user's recovery codes, where they had none: shown once.
    recovery_codes: Option<Vec<Secret>>,
    /// The session, where a sign-in has waited for the factor.
    session: Option<SignedInView>,
}

impl ConfirmedFactorView {
    pub(super) fn of(surface: &Surface, caller: &Caller, confirmed: Confirmed) -> Result<Self, Problem> {
        let session = confirmed.signed_in.map(|signed_in| SignedInView::of(surface, caller, signed_in));
        let session = session.transpose()?;
        Ok(Self {
            recovery_codes: confirmed.recovery_codes.map(|codes| codes.into_iter().map(Secret).collect()),
            session: session.map(|session| session.0),
        })
    }
}

/// Recovery codes, shown once.
#[derive(Object)]
#[oai(rename = "RecoveryCodes")]
pub(super) struct RecoveryCodesView {
    /// The codes; each is good once.
    recovery_codes: Vec<Secret>,
}

impl From<Vec<String>> for RecoveryCodesView {
    fn from(codes: Vec<String>) -> Self {
        Self { recovery_codes: codes.into_iter().map(Secret).collect() }
    }
}

/// What a factor is.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename = "FactorKind", rename_all = "snake_case")]
enum Kind {
    /// An app that shows one-time passwords.
    Totp,
    /// A key that signs, in a device or kept by one.
    Passkey,
}

impl From<FactorKind> for Kind {
    fn from(kind: FactorKind) -> Self {
        match kind {
            FactorKind::Totp => Self::Totp,
            FactorKind::Passkey => Self::Passkey,
        }
    }
}

/// A factor of a user.
#[derive(Object)]
#[oai(rename = "Factor", skip_serializing_if_is_none)]
struct FactorView {
    /// Its id.
    id: String,
    /// What it is.
    kind: Kind,
    /// What its user calls it.
    name: String,
    /// When it was set up.
    created_at: Time,
    /// When it was shown to work; until then nobody is asked for it.
    confirmed_at: Option<Time>,
    /// When it was last shown.
    last_used_at: Option<Time>,
}

impl From<Factor> for FactorView {
    fn from(factor: Factor) -> Self {
        Self {
            id: factor.id.to_string(),
            kind: factor.kind.into(),
            name: factor.name,
            created_at: factor.created_at.into(),
            confirmed_at: factor.confirmed_at.map(Time::from),
            last_used_at: factor.last_used_at.map(Time::from),
        }
    }
}

/// Factors.
#[derive(Object)]
pub(super) struct FactorList {
    /// The factors.
    items: Vec<FactorView>,
    /// Recovery codes that were not used.
    recovery_codes_left: u32,
    /// Always null: there is one page.
    next_cursor: Option<String>,
}

impl From<Factors> for FactorList {
    fn from(factors: Factors) -> Self {
        Self {
            items: factors.items.into_iter().map(FactorView::from).collect(),
            recovery_codes_left: u32::try_from(factors.recovery_codes_left).unwrap_or(u32::MAX),
            next_cursor: None,
        }
    }
}

/// How many factors were removed.
#[derive(Object)]
pub(super) struct RemovedFactors {
    /// How many.
    pub(super) count: u64,
}
