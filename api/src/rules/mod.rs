//! Rules looked at from outside: explained, and looked through for what is wrong with them.

mod model;

use neonex_core::ids::KeyId;
use neonex_core::invalid::Invalid;
use neonex_core::keys::KeyError;
use neonex_core::records::{RecordId, RuleQuestion, Subject};
use neonex_core::{access::TenantScope, auth::UserError};
use poem_openapi::OpenApi;
use poem_openapi::payload::Json;

use self::model::{FindingList, FindingView, QuestionBody, SubjectBody, rules_view};
use crate::caller::{Caller, Surface};
use crate::problem::Problem;

/// The operations on rules.
#[derive(Clone)]
pub struct Rules(pub Surface);

#[OpenApi]
impl Rules {
    /// Explain rules
    ///
    /// What each rule of a collection says of somebody, and which of its parts says so. With `record` that record is read,
    /// changed (by `input`, if there is one) and deleted; with `input` alone a record is made; without either, what is said
    /// of no record in particular. Nothing is kept of it. The rules of fields are explained, too.
    ///
    /// This needs the scopes `records:read` and `collections:read`, and `auth:read` to ask as a user, or `keys:read` as a
    /// key.
    #[oai(
        path = "/v1/rules/explain",
        method = "post",
        operation_id = "explain_rules",
        tag = "crate::Tag::Collections"
    )]
    async fn explain(
        &self,
        caller: Caller,
        body: Json<QuestionBody>,
    ) -> Result<Json<model::RulesView>, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let (records, collections) = (scope.permit()?, scope.permit()?);
        let QuestionBody { collection, subject, record, input } = body.0;
        let subject = read_subject(&scope, subject).await?;
        let record = record.map(|record| {
            RecordId::parse(&record).ok_or_else(|| Problem::not_found("There is no such record."))
        });
        let question = RuleQuestion {
            collection,
            record: record.transpose()?,
            input: input.map(|input| input.to_string().into_bytes()),
        };
        let explained = scope.explain_rules((&records, &collections), &subject, question).await?;
        Ok(Json(rules_view(explained)))
    }

    /// Lint rules
    ///
    /// What is to be said against the rules of all collections: those that let everybody in, those that let in nobody or
    /// have parts that change nothing, those that no index serves. Only what is certain is said.
    #[oai(
        path = "/v1/rules/lint",
        method = "get",
        operation_id = "lint_rules",
        tag = "crate::Tag::Collections"
    )]
    async fn lint(&self, caller: Caller) -> Result<Json<FindingList>, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let items = scope.lint_rules(&scope.permit()?).into_iter().map(FindingView::from).collect();
        Ok(Json(FindingList { items, next_cursor: None }))
    }
}

/// Of whom it is asked. An id that is none is nobody's.
async fn read_subject(scope: &TenantScope, sent: SubjectBody) -> Result<Subject, Problem> {
    match (sent.user, sent.key, sent.anonymous) {
        (Some(user), None, None) => {
            let permit = scope.permit()?;
            let user = RecordId::parse(&user).ok_or(UserError::NoUser)?;
            Ok(scope.as_user(&permit, user).await?)
        }
        (None, Some(key), None) => {
            let permit = scope.permit()?;
            let key: KeyId = key.parse().map_err(|_| KeyError::NotFound)?;
            Ok(scope.as_key(&permit, key).await?)
        }
        (None, None, Some(true)) => Ok(scope.as_anonymous()),
        _ => {
            let message = "say of whom it is asked: `{\"user\": \"…\"}`, `{\"key\": \"key_…\"}` or `{\"anonymous\": true}`";
            Err(Invalid::one("/as", "one_of", message).into())
        }
    }
}
