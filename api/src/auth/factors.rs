//! Second factors, and the fresh proof that what is dangerous asks for.

use neonex_core::access::TenantScope;
use neonex_core::auth::UserError;
use neonex_core::ids::FactorId;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};

use super::factor_model::{
    AskPasskeyBody, CeremonyView, ConfirmFactorBody, ConfirmedFactorView, FactorList, NewPasskeyBody,
    NewTotpBody, NewTotpView, PasskeyAnswerBody, RecoveryCodesView, SecondFactorBody, StepUpBody,
};
use super::model::SignedInView;
use crate::caller::{Caller, Surface};
use crate::problem::Problem;

/// The operations on factors.
#[derive(Clone)]
pub struct Factors(pub Surface);

#[derive(ApiResponse)]
enum Done {
    /// It is done.
    #[oai(status = 204)]
    Done,
}

#[derive(ApiResponse)]
enum Made {
    /// What an app learns of the factor.
    #[oai(status = 201)]
    Factor(Json<NewTotpView>),
}

#[OpenApi]
impl Factors {
    /// Show a second factor
    ///
    /// Ends a sign-in that was answered by `second_factor_needed`. Five tries may be made of it within five minutes;
    /// tries of one-time passwords are counted for the user as well, apart from those of passwords.
    #[oai(
        path = "/v1/auth/second-factor",
        method = "post",
        operation_id = "show_second_factor",
        tag = "super::super::Tag::Auth"
    )]
    async fn second(
        &self,
        caller: Caller,
        body: Json<SecondFactorBody>,
    ) -> Result<Json<SignedInView>, Problem> {
        let scope = self.0.visitor(&caller).await?;
        let SecondFactorBody { token, method, code } = body.0;
        SignedInView::of(&self.0, &caller, scope.finish_sign_in(token.0, method.answer(code.0)).await?)
    }

    /// Show anew who it is
    ///
    /// By the password or by a second factor. What is dangerous asks for a proof that is not older than the tenant's
    /// `step_up_minutes`, and is refused with `step_up_needed` otherwise. A sign-in is a proof as well.
    #[oai(
        path = "/v1/auth/step-up",
        method = "post",
        operation_id = "step_up",
        tag = "super::super::Tag::Auth"
    )]
    async fn step_up(&self, caller: Caller, body: Json<StepUpBody>) -> Result<Done, Problem> {
        let scope = self.0.tenant(&caller).await?;
        scope.step_up(body.0.proof()?).await?;
        Ok(Done::Done)
    }

    /// List factors
    ///
    /// Of the signed-in user, oldest first: all of them.
    #[oai(
        path = "/v1/auth/factors",
        method = "get",
        operation_id = "list_factors",
        tag = "super::super::Tag::Auth"
    )]
    async fn list(&self, caller: Caller) -> Result<Json<FactorList>, Problem> {
        Ok(Json(FactorList::from(self.0.tenant(&caller).await?.own_factors().await?)))
    }

    /// Set up an app for one-time passwords
    ///
    /// It counts when a code of it has been shown. Asks for a fresh proof, or for the token of a sign-in that was
    /// answered by `second_factor_enrolment_needed`.
    #[oai(
        path = "/v1/auth/factors/totp",
        method = "post",
        operation_id = "create_totp_factor",
        tag = "super::super::Tag::Auth"
    )]
    async fn enrol(&self, caller: Caller, body: Json<NewTotpBody>) -> Result<Made, Problem> {
        let scope = self.enroller(&caller, body.0.token.is_some()).await?;
        let made = scope.enrol_totp(body.0.token.map(|token| token.0), &body.0.name).await?;
        Ok(Made::Factor(Json(NewTotpView::from(made))))
    }

    /// Confirm a factor
    ///
    /// By a code that the app shows. With the first factor come ten recovery codes, each of which is good once in place
    /// of a factor; they are shown here and never again.
    #[oai(
        path = "/v1/auth/factors/:factor/confirm",
        method = "post",
        operation_id = "confirm_factor",
        tag = "super::super::Tag::Auth"
    )]
    async fn confirm(
        &self,
        caller: Caller,
        /// The factor's id.
        factor: Path<String>,
        body: Json<ConfirmFactorBody>,
    ) -> Result<Json<ConfirmedFactorView>, Problem> {
        let ConfirmFactorBody { code, token } = body.0;
        let scope = self.enroller(&caller, token.is_some()).await?;
        let confirmed = scope.confirm_totp(token.map(|token| token.0), factor_id(&factor)?, code.0).await?;
        ConfirmedFactorView::of(&self.0, &caller, confirmed).map(Json)
    }

    /// Remove a factor
    ///
    /// Of the signed-in user. Asks for a fresh proof. With the last factor go the recovery codes.
    #[oai(
        path = "/v1/auth/factors/:factor",
        method = "delete",
        operation_id = "delete_factor",
        tag = "super::super::Tag::Auth"
    )]
    async fn remove(
        &self,
        caller: Caller,
        /// The factor's id.
        factor: Path<String>,
    ) -> Result<Done, Problem> {
        let scope = self.0.tenant(&caller).await?;
        scope.remove_factor(factor_id(&factor)?).await?;
        Ok(Done::Done)
    }

    /// Begin to register a passkey
    ///
    /// Asks for a fresh proof, or for the token of a sign-in that was answered by `second_factor_enrolment_needed`. The
    /// tenant has to have said in its settings which site passkeys are for.
    #[oai(
        path = "/v1/auth/passkeys/registration",
        method = "post",
        operation_id = "begin_passkey_registration",
        tag = "super::super::Tag::Auth"
    )]
    async fn begin_passkey(
        &self,
        caller: Caller,
        body: Json<NewPasskeyBody>,
    ) -> Result<Json<CeremonyView>, Problem> {
        let scope = self.enroller(&caller, body.0.token.is_some()).await?;
        let begun = scope.begin_passkey(body.0.token.map(|token| token.0), &body.0.name).await?;
        Ok(Json(begun.into()))
    }

    /// End the registration of a passkey
    ///
    /// With what `navigator.credentials.create()` has made. The passkey counts from then on.
    #[oai(
        path = "/v1/auth/passkeys/registration/finish",
        method = "post",
        operation_id = "finish_passkey_registration",
        tag = "super::super::Tag::Auth"
    )]
    async fn end_passkey(
        &self,
        caller: Caller,
        body: Json<PasskeyAnswerBody>,
    ) -> Result<Json<ConfirmedFactorView>, Problem> {
        let scope = self.0.tenant(&caller).await?;
        ConfirmedFactorView::of(&self.0, &caller, scope.end_passkey(body.0.id.0, &body.0.credential).await?)
            .map(Json)
    }

    /// Ask for a passkey
    ///
    /// In place of a password; with the token of a sign-in that waits for a second factor, as that; and of somebody who
    /// is signed in, for a fresh proof.
    #[oai(
        path = "/v1/auth/passkeys/sign-in",
        method = "post",
        operation_id = "begin_passkey_sign_in",
        tag = "super::super::Tag::Auth"
    )]
    async fn ask_passkey(
        &self,
        caller: Caller,
        body: Json<AskPasskeyBody>,
    ) -> Result<Json<CeremonyView>, Problem> {
        let scope = self.0.visitor(&caller).await?;
        Ok(Json(scope.ask_passkey(body.0.token.map(|token| token.0)).await?.into()))
    }

    /// Sign in with a passkey
    ///
    /// With what `navigator.credentials.get()` has given. A passkey verifies its user itself, so that no second factor
    /// is asked for.
    #[oai(
        path = "/v1/auth/passkeys/sign-in/finish",
        method = "post",
        operation_id = "finish_passkey_sign_in",
        tag = "super::super::Tag::Auth"
    )]
    async fn passkey(
        &self,
        caller: Caller,
        body: Json<PasskeyAnswerBody>,
    ) -> Result<Json<SignedInView>, Problem> {
        let scope = self.0.visitor(&caller).await?;
        SignedInView::of(&self.0, &caller, scope.sign_in_with_passkey(body.0.id.0, &body.0.credential).await?)
    }

    /// Make new recovery codes
    ///
    /// For the signed-in user, who has a factor. Asks for a fresh proof. The codes from before are good for nothing any
    /// more.
    #[oai(
        path = "/v1/auth/recovery-codes",
        method = "post",
        operation_id = "create_recovery_codes",
        tag = "super::super::Tag::Auth"
    )]
    async fn recovery_codes(&self, caller: Caller) -> Result<Json<RecoveryCodesView>, Problem> {
        let codes = self.0.tenant(&caller).await?.renew_recovery_codes().await?;
        Ok(Json(RecoveryCodesView::from(codes)))
    }
}

impl Factors {
    /// Who sets a factor up: whoever is signed in, or somebody under the token of a sign-in that waits for it.
    async fn enroller(&self, caller: &Caller, waits: bool) -> Result<TenantScope, Problem> {
        if waits { self.0.visitor(caller).await } else { self.0.tenant(caller).await }
    }
}

fn factor_id(text: &str) -> Result<FactorId, UserError> {
    text.parse().map_err(|_| UserError::NoFactor)
}
