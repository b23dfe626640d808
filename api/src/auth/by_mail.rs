//! What users do by mail, and users who have not said who they are.

use neonex_core::auth::{EmailConfirmed, Invitation, MailWish, NewInvitation, UserError};
use neonex_core::idempotency::Outcome;
use neonex_core::ids::OneTimeId;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::types::ToJSON as _;
use poem_openapi::{ApiResponse, Object, OpenApi};

use super::model::SignedInView;
use crate::caller::{Caller, Surface};
use crate::paging;
use crate::payload::RawJson;
use crate::problem::Problem;
use crate::tenants::once;
use crate::text::{Secret, Time};

/// The operations by mail.
#[derive(Clone)]
pub struct ByMail(pub Surface);

/// A wish for a mail.
#[derive(Object)]
#[oai(rename = "MailWish", deny_unknown_fields)]
struct MailWishBody {
    /// The address.
    email: String,
    /// Where the link leads: one of the tenant's `redirect_urls`, or below one. Without it, to `app_url`.
    redirect_url: Option<String>,
    /// The language of the mail: `en`, `pt-BR`. Without it, the tenant's `mail_locale`.
    locale: Option<String>,
}

/// What the answer to a wish for a mail tells: nothing that was not sent.
#[derive(Object)]
#[oai(rename = "MailAsked")]
struct MailAskedView {
    /// The address that was sent.
    email: String,
}

/// A code that is on its way, if somebody has the address.
#[derive(Object)]
#[oai(rename = "CodeAsked")]
struct CodeAskedView {
    /// To be sent with the code.
    id: String,
}

/// The token of a link.
#[derive(Object)]
#[oai(rename = "LinkToken", deny_unknown_fields)]
struct TokenBody {
    /// `token` of the link.
    token: Secret,
}

/// A password that is to replace one that was forgotten.
#[derive(Object)]
#[oai(rename = "PasswordReset", deny_unknown_fields)]
struct ResetBody {
    /// `token` of the link.
    token: Secret,
    /// The password that is to be.
    password: Secret,
}

/// A code that was typed.
#[derive(Object)]
#[oai(rename = "SignInByCode", deny_unknown_fields)]
struct CodeBody {
    /// The id that came when the code was asked for.
    id: String,
    /// The code.
    code: Secret,
}

/// Another address.
#[derive(Object)]
#[oai(rename = "ChangeEmail", deny_unknown_fields)]
struct ChangeEmailBody {
    /// The address that is to be.
    email: String,
    /// The user's password; of who has none, the one that is to be from then on.
    password: Option<Secret>,
    /// Where the links lead: one of the tenant's `redirect_urls`, or below one. Without it, to `app_url`.
    redirect_url: Option<String>,
    /// The language of the mails.
    locale: Option<String>,
}

/// What came of a confirmation.
#[derive(Object)]
#[oai(rename = "EmailConfirmed")]
struct EmailConfirmedView {
    /// Whether the address is another now; if not, the other of the two addresses has not confirmed it yet.
    changed: bool,
}

/// A user of nobody in particular.
#[derive(Object)]
#[oai(rename = "SignInAnonymously", deny_unknown_fields)]
struct AnonymousBody {
    /// The user's own fields of the collection `users`, as one object.
    profile: Option<serde_json::Value>,
}

/// Somebody who is to be a user.
#[derive(Object)]
#[oai(rename = "NewInvitation", deny_unknown_fields)]
struct InvitationBody {
    /// Their address.
    email: String,
    /// Their roles, of the options of the field `roles`.
    #[oai(default)]
    roles: Vec<String>,
    /// Their own fields of the collection `users`, as one object.
    profile: Option<serde_json::Value>,
    /// Where the link leads: one of the tenant's `redirect_urls`, or below one. Without it, to `app_url`.
    redirect_url: Option<String>,
    /// The language of the mail.
    locale: Option<String>,
}

/// An invitation that was sent and not taken yet.
#[derive(Object)]
#[oai(rename = "Invitation")]
struct InvitationView {
    /// Its id.
    id: String,
    /// The address that was invited.
    email: String,
    /// The roles that the user is to have.
    roles: Vec<String>,
    /// When it was sent.
    created_at: Time,
    /// Until when it can be taken.
    expires_at: Time,
}

impl From<Invitation> for InvitationView {
    fn from(invitation: Invitation) -> Self {
        let Invitation { id, email, roles, created_at, expires_at } = invitation;
        let (created_at, expires_at) = (created_at.into(), expires_at.into());
        Self { id: id.to_string(), email, roles, created_at, expires_at }
    }
}

fn render(invitation: &Invitation) -> Vec<u8> {
    InvitationView::from(invitation.clone()).to_json_string().into_bytes()
}

/// A page of invitations.
#[derive(Object)]
#[oai(rename = "InvitationList")]
struct InvitationListView {
    /// The invitations, latest first.
    items: Vec<InvitationView>,
    /// For the next page; null where there is none.
    next_cursor: Option<String>,
}

/// An invitation that is taken.
#[derive(Object)]
#[oai(rename = "AcceptInvitation", deny_unknown_fields)]
struct AcceptBody {
    /// `token` of the link.
    token: Secret,
    /// The user's password, if they are to sign in with one.
    password: Option<Secret>,
}

#[derive(ApiResponse)]
enum Asked {
    /// It is taken; whether there is a mail is not told.
    #[oai(status = 202)]
    Taken(Json<MailAskedView>),
}

#[derive(ApiResponse)]
enum CodeAsked {
    /// It is taken; whether there is a mail is not told.
    #[oai(status = 202)]
    Taken(Json<CodeAskedView>),
}

#[derive(ApiResponse)]
enum Invited {
    /// The invitation is on its way.
    #[oai(status = 201)]
    Invitation(RawJson<InvitationView>),
}

#[derive(ApiResponse)]
enum Listed {
    /// A page of invitations.
    #[oai(status = 200)]
    Page(Json<InvitationListView>, #[oai(header = "Link")] Option<String>),
}

#[derive(ApiResponse)]
enum Done {
    /// It is done.
    #[oai(status = 204)]
    Done,
}

impl MailWishBody {
    /// The wish, and what is answered to it.
    fn read(self) -> (MailWish, Asked) {
        let Self { email, redirect_url, locale } = self;
        let asked = Asked::Taken(Json(MailAskedView { email: email.clone() }));
        (MailWish { email, redirect_url, locale }, asked)
    }
}

#[OpenApi]
impl ByMail {
    /// Have the mail sent again that verifies an address
    ///
    /// To a user who has signed up with it and not shown yet that it is theirs. Whether there is one is not told.
    #[oai(
        path = "/v1/auth/verification",
        method = "post",
        operation_id = "send_verification",
        tag = "crate::Tag::Auth"
    )]
    async fn send_verification(&self, caller: Caller, body: Json<MailWishBody>) -> Result<Asked, Problem> {
        let (wish, asked) = body.0.read();
        self.0.visitor(&caller).await?.send_verification(wish).await?;
        Ok(asked)
    }

    /// Verify an address
    ///
    /// With the token of the mail to who has signed up with it.
    #[oai(path = "/v1/auth/verify", method = "post", operation_id = "verify_email", tag = "crate::Tag::Auth")]
    async fn verify(&self, caller: Caller, body: Json<TokenBody>) -> Result<Done, Problem> {
        self.0.visitor(&caller).await?.verify_email(body.0.token.0).await?;
        Ok(Done::Done)
    }

    /// Ask for another password
    ///
    /// For a user who has forgotten theirs. Whether there is one is not told.
    #[oai(
        path = "/v1/auth/password-reset",
        method = "post",
        operation_id = "send_password_reset",
        tag = "crate::Tag::Auth"
    )]
    async fn send_reset(&self, caller: Caller, body: Json<MailWishBody>) -> Result<Asked, Problem> {
        let (wish, asked) = body.0.read();
        self.0.visitor(&caller).await?.send_password_reset(wish).await?;
        Ok(asked)
    }

    /// Set another password
    ///
    /// With the token of the mail. All sessions of the user end, and nobody is signed in by it.
    #[oai(
        path = "/v1/auth/password-reset/confirm",
        method = "post",
        operation_id = "reset_password",
        tag = "crate::Tag::Auth"
    )]
    async fn reset(&self, caller: Caller, body: Json<ResetBody>) -> Result<Done, Problem> {
        let scope = self.0.visitor(&caller).await?;
        scope.reset_password(body.0.token.0, body.0.password.0).await?;
        Ok(Done::Done)
    }

    /// Ask for a link that signs in
    ///
    /// Whether there is a user with the address is not told.
    #[oai(
        path = "/v1/auth/magic-link",
        method = "post",
        operation_id = "send_magic_link",
        tag = "crate::Tag::Auth"
    )]
    async fn send_link(&self, caller: Caller, body: Json<MailWishBody>) -> Result<Asked, Problem> {
        let (wish, asked) = body.0.read();
        self.0.visitor(&caller).await?.send_magic_link(wish).await?;
        Ok(asked)
    }

    /// Sign in by a link
    ///
    /// With the token of the mail. It shows that the address is the user's, too: of one who had not shown it before,
    /// password and sessions are gone, for somebody else may have set them.
    #[oai(
        path = "/v1/auth/magic-link/confirm",
        method = "post",
        operation_id = "sign_in_by_link",
        tag = "crate::Tag::Auth"
    )]
    async fn link(&self, caller: Caller, body: Json<TokenBody>) -> Result<Json<SignedInView>, Problem> {
        let scope = self.0.visitor(&caller).await?;
        SignedInView::of(&self.0, &caller, scope.sign_in_by_link(body.0.token.0).await?)
    }

    /// Ask for a code that signs in
    ///
    /// Whether there is a user with the address is not told: there is an id in any case.
    #[oai(path = "/v1/auth/code", method = "post", operation_id = "send_code", tag = "crate::Tag::Auth")]
    async fn send_code(&self, caller: Caller, body: Json<MailWishBody>) -> Result<CodeAsked, Problem> {
        let (wish, _) = body.0.read();
        let id = self.0.visitor(&caller).await?.send_code(wish).await?;
        Ok(CodeAsked::Taken(Json(CodeAskedView { id: id.to_string() })))
    }

    /// Sign in by a code
    ///
    /// With the code of the mail, and the id that it was asked for with. A code can be tried five times. It shows that
    /// the address is the user's, as a link does.
    #[oai(
        path = "/v1/auth/code/confirm",
        method = "post",
        operation_id = "sign_in_by_code",
        tag = "crate::Tag::Auth"
    )]
    async fn code(&self, caller: Caller, body: Json<CodeBody>) -> Result<Json<SignedInView>, Problem> {
        let scope = self.0.visitor(&caller).await?;
        let id: OneTimeId = body.0.id.parse().map_err(|_| UserError::WrongCode)?;
        SignedInView::of(&self.0, &caller, scope.sign_in_by_code(id, body.0.code.0).await?)
    }

    /// Ask for another address
    ///
    /// Of the signed-in user. A mail goes to the address that is to be, and one to that of now, if it is known to be the
    /// user's; the address is another when both have confirmed it.
    #[oai(path = "/v1/auth/email", method = "post", operation_id = "change_email", tag = "crate::Tag::Auth")]
    async fn email(&self, caller: Caller, body: Json<ChangeEmailBody>) -> Result<Asked, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let ChangeEmailBody { email, password, redirect_url, locale } = body.0;
        let (wish, asked) = MailWishBody { email, redirect_url, locale }.read();
        scope.ask_for_email(wish, password.map(|password| password.0)).await?;
        Ok(asked)
    }

    /// Confirm another address
    ///
    /// With the token of one of the two mails.
    #[oai(
        path = "/v1/auth/email/confirm",
        method = "post",
        operation_id = "confirm_email",
        tag = "crate::Tag::Auth"
    )]
    async fn confirm_email(
        &self,
        caller: Caller,
        body: Json<TokenBody>,
    ) -> Result<Json<EmailConfirmedView>, Problem> {
        let confirmed = self.0.visitor(&caller).await?.confirm_email(body.0.token.0).await?;
        Ok(Json(EmailConfirmedView { changed: confirmed == EmailConfirmed::Changed }))
    }

    /// Sign in as nobody in particular
    ///
    /// Makes a user without an address, where the tenant's settings allow it. One becomes somebody by `change_email`.
    #[oai(
        path = "/v1/auth/anonymous",
        method = "post",
        operation_id = "sign_in_anonymously",
        tag = "crate::Tag::Auth"
    )]
    async fn anonymous(
        &self,
        caller: Caller,
        body: Json<AnonymousBody>,
    ) -> Result<Json<SignedInView>, Problem> {
        let scope = self.0.visitor(&caller).await?;
        let profile = body.0.profile.map(|profile| profile.to_string().into_bytes());
        SignedInView::of(&self.0, &caller, scope.sign_in_anonymously(profile).await?)
    }

    /// Accept an invitation
    ///
    /// With the token of the mail. Makes the user, whose address is known to be theirs, and signs them in.
    #[oai(
        path = "/v1/auth/invitation/confirm",
        method = "post",
        operation_id = "accept_invitation",
        tag = "crate::Tag::Auth"
    )]
    async fn accept(&self, caller: Caller, body: Json<AcceptBody>) -> Result<Json<SignedInView>, Problem> {
        let scope = self.0.visitor(&caller).await?;
        let AcceptBody { token, password } = body.0;
        SignedInView::of(
            &self.0,
            &caller,
            scope.accept_invitation(token.0, password.map(|password| password.0)).await?,
        )
    }

    /// Invite somebody
    ///
    /// By a mail to their address, good for a week. Refused where `sign_up` is `closed`.
    #[oai(
        path = "/v1/users/invitations",
        method = "post",
        operation_id = "invite_user",
        tag = "crate::Tag::Users"
    )]
    async fn invite(
        &self,
        caller: Caller,
        /// Makes a repetition of the request safe.
        #[oai(name = "Idempotency-Key")]
        idempotency_key: Header<Option<String>>,
        body: Json<InvitationBody>,
    ) -> Result<Invited, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let permit = scope.permit()?;
        let sent = body.0.to_json_string();
        let once = once(idempotency_key.0, scope.actor(), "POST invitations", &sent, render)?;
        let InvitationBody { email, roles, profile, redirect_url, locale } = body.0;
        let profile = profile.map(|profile| profile.to_string().into_bytes());
        let mail = MailWish { email, redirect_url, locale };
        let json = match scope.invite(&permit, NewInvitation { mail, roles, profile }, once).await? {
            Outcome::Fresh(made) => render(&made),
            Outcome::Replayed(answer) => answer,
        };
        Ok(Invited::Invitation(RawJson::new(json)))
    }

    /// List invitations
    ///
    /// Those that were not taken yet and still can be, latest first.
    #[oai(
        path = "/v1/users/invitations",
        method = "get",
        operation_id = "list_invitations",
        tag = "crate::Tag::Users"
    )]
    async fn invitations(
        &self,
        caller: Caller,
        /// Invitations on the page: 1 to 200, 50 by default.
        limit: Query<Option<u32>>,
        /// `next_cursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Listed, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let permit = scope.permit()?;
        let before: Option<OneTimeId> = paging::after(cursor.0.as_deref())?;
        let page = scope.invitations(&permit, before, paging::limit(limit.0)?).await?;
        let next_cursor = page.next.map(|id| id.to_string());
        let link = paging::next_link(caller.uri(), next_cursor.as_deref());
        let items = page.items.into_iter().map(InvitationView::from).collect();
        Ok(Listed::Page(Json(InvitationListView { items, next_cursor }), link))
    }

    /// Revoke an invitation
    #[oai(
        path = "/v1/users/invitations/:invitation",
        method = "delete",
        operation_id = "revoke_invitation",
        tag = "crate::Tag::Users"
    )]
    async fn revoke(
        &self,
        caller: Caller,
        /// The invitation's id.
        invitation: Path<String>,
    ) -> Result<Done, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let permit = scope.permit()?;
        let id = invitation.parse().map_err(|_| UserError::NoInvitation)?;
        scope.revoke_invitation(&permit, id).await?;
        Ok(Done::Done)
    }
}
