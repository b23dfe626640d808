//! Mails of a tenant, and what is written in them, for those who administer its users.

mod model;

use neonex_core::ids::MailId;
use neonex_core::mail::{Locale, MailError, MailFilter, Source, TemplateName};
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};

use self::model::{
    MailList, MailTemplateList, MailView, OpenMailView, PreviewBody, PreviewView, SourceBody, StateView,
    TemplateView, TestBody, TestView,
};
use crate::caller::{Caller, Surface};
use crate::paging;
use crate::problem::Problem;

/// The operations on mails.
#[derive(Clone)]
pub struct Mails(pub Surface);

#[derive(ApiResponse)]
enum Listed {
    /// A page of mails.
    #[oai(status = 200)]
    Page(Json<MailList>, #[oai(header = "Link")] Option<String>),
}

#[derive(ApiResponse)]
enum Removed {
    /// There is none of the tenant's own any more.
    #[oai(status = 204)]
    Done,
}

#[derive(ApiResponse)]
enum Tested {
    /// The mail is on its way.
    #[oai(status = 202)]
    Mail(Json<TestView>),
}

#[OpenApi]
impl Mails {
    /// List mails
    ///
    /// Latest first, without what they say. They are kept for 30 days.
    #[oai(path = "/v1/mails", method = "get", operation_id = "list_mails", tag = "crate::Tag::Mails")]
    async fn list(
        &self,
        caller: Caller,
        /// Only those in that state.
        state: Query<Option<StateView>>,
        /// Only those to that address, in any case.
        to: Query<Option<String>>,
        /// Mails on the page: 1 to 200, 50 by default.
        limit: Query<Option<u32>>,
        /// `next_cursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Listed, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let permit = scope.permit()?;
        let before: Option<MailId> = paging::after(cursor.0.as_deref())?;
        let filter = MailFilter { state: state.0.map(Into::into), to: to.0.filter(|to| !to.is_empty()) };
        let page = scope.mails(&permit, filter, before, paging::limit(limit.0)?).await?;
        let next_cursor = page.next.map(|id| id.to_string());
        let link = paging::next_link(caller.uri(), next_cursor.as_deref());
        let items = page.items.into_iter().map(MailView::from).collect();
        Ok(Listed::Page(Json(MailList { items, next_cursor }), link))
    }

    /// Get a mail
    ///
    /// With what it says, until it was sent or that is over. Who reads it can do what its recipient can, so this needs
    /// the scope to write.
    #[oai(path = "/v1/mails/:mail", method = "get", operation_id = "get_mail", tag = "crate::Tag::Mails")]
    async fn get(
        &self,
        caller: Caller,
        /// The mail's id.
        mail: Path<String>,
    ) -> Result<Json<OpenMailView>, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let permit = scope.permit()?;
        Ok(Json(scope.mail(&permit, mail_id(&mail)?).await?.into()))
    }

    /// Try a mail again
    ///
    /// One that waits or was given up is tried now, and as often as a new one. 409 where it was sent, or where what it
    /// says is over.
    #[oai(
        path = "/v1/mails/:mail/retry",
        method = "post",
        operation_id = "retry_mail",
        tag = "crate::Tag::Mails"
    )]
    async fn retry(
        &self,
        caller: Caller,
        /// The mail's id.
        mail: Path<String>,
    ) -> Result<Json<MailView>, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let permit = scope.permit()?;
        Ok(Json(scope.retry_mail(&permit, mail_id(&mail)?).await?.into()))
    }

    /// List mail templates
    ///
    /// Each kind of mail in each language: the tenant's own, else those that come with the server.
    #[oai(
        path = "/v1/mail-templates",
        method = "get",
        operation_id = "list_mail_templates",
        tag = "crate::Tag::Mails"
    )]
    async fn templates(&self, caller: Caller) -> Result<Json<MailTemplateList>, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let templates = scope.mail_templates(&scope.permit()?).await?;
        let items = templates.into_iter().map(TemplateView::from).collect();
        Ok(Json(MailTemplateList { items, next_cursor: None }))
    }

    /// Get a mail template
    #[oai(
        path = "/v1/mail-templates/:name/:locale",
        method = "get",
        operation_id = "get_mail_template",
        tag = "crate::Tag::Mails"
    )]
    async fn template(
        &self,
        caller: Caller,
        /// The kind of mail: `verify_email`, `magic_link`.
        name: Path<String>,
        /// The language: `en`, `pt-BR`.
        locale: Path<String>,
    ) -> Result<Json<TemplateView>, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let permit = scope.permit()?;
        let (name, locale) = named(&name, &locale)?;
        Ok(Json(scope.mail_template(&permit, name, &locale).await?.into()))
    }

    /// Set a mail template
    ///
    /// `{{name}}` stands for a value; `{{#name}}…{{/name}}` is there where there is one, `{{^name}}…{{/name}}` where
    /// there is none. Values are escaped in HTML. A name that a mail of that kind does not have is refused.
    #[oai(
        path = "/v1/mail-templates/:name/:locale",
        method = "put",
        operation_id = "set_mail_template",
        tag = "crate::Tag::Mails"
    )]
    async fn set(
        &self,
        caller: Caller,
        /// The kind of mail.
        name: Path<String>,
        /// The language.
        locale: Path<String>,
        body: Json<SourceBody>,
    ) -> Result<Json<TemplateView>, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let permit = scope.permit()?;
        let (name, locale) = named(&name, &locale)?;
        Ok(Json(scope.set_mail_template(&permit, name, &locale, body.0.into()).await?.into()))
    }

    /// Delete a mail template
    ///
    /// One of the tenant's own. From then on the one that comes with the server is used, or another language.
    #[oai(
        path = "/v1/mail-templates/:name/:locale",
        method = "delete",
        operation_id = "delete_mail_template",
        tag = "crate::Tag::Mails"
    )]
    async fn delete(
        &self,
        caller: Caller,
        /// The kind of mail.
        name: Path<String>,
        /// The language.
        locale: Path<String>,
    ) -> Result<Removed, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let permit = scope.permit()?;
        let (name, locale) = named(&name, &locale)?;
        scope.delete_mail_template(&permit, name, &locale).await?;
        Ok(Removed::Done)
    }

    /// Preview a mail
    ///
    /// With values to show it by: of the template that is kept, or of one that is being written.
    #[oai(
        path = "/v1/mail-templates/:name/:locale/preview",
        method = "post",
        operation_id = "preview_mail",
        tag = "crate::Tag::Mails"
    )]
    async fn preview(
        &self,
        caller: Caller,
        /// The kind of mail.
        name: Path<String>,
        /// The language.
        locale: Path<String>,
        body: Json<PreviewBody>,
    ) -> Result<Json<PreviewView>, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let permit = scope.permit()?;
        let (name, locale) = named(&name, &locale)?;
        let draft = body.0.draft.map(Source::from);
        Ok(Json(scope.preview_mail(&permit, name, &locale, draft).await?.into()))
    }

    /// Send a mail to look at
    ///
    /// Of the template that is kept, with values to show it by. It counts as one of the tenant's mails.
    #[oai(
        path = "/v1/mail-templates/:name/:locale/test",
        method = "post",
        operation_id = "send_test_mail",
        tag = "crate::Tag::Mails"
    )]
    async fn test(
        &self,
        caller: Caller,
        /// The kind of mail.
        name: Path<String>,
        /// The language.
        locale: Path<String>,
        body: Json<TestBody>,
    ) -> Result<Tested, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let permit = scope.permit()?;
        let (name, locale) = named(&name, &locale)?;
        let id = scope.send_test_mail(&permit, name, &locale, body.0.to).await?;
        Ok(Tested::Mail(Json(TestView { id: id.to_string() })))
    }
}

fn mail_id(text: &str) -> Result<MailId, MailError> {
    text.parse().map_err(|_| MailError::NotFound)
}

/// What is no kind or no language has no template.
fn named(name: &str, locale: &str) -> Result<(TemplateName, Locale), MailError> {
    let name = name.parse().map_err(|_| MailError::NoTemplate)?;
    Ok((name, locale.parse().map_err(|_| MailError::NoTemplate)?))
}
