//! Users who are asked to come: who may makes an invitation, which is sent, and whoever takes it becomes a user with what
//! it says.

use futures_util::FutureExt as _;
use serde::{Deserialize, Serialize};

use super::{Kind, MailWish};
use crate::access::{AuthRead, AuthWrite, Permit, TenantScope};
use crate::auth::audit::{Act, entry};
use crate::auth::error::UserError;
use crate::auth::one_time::{Kept, Purpose};
use crate::auth::prove::{Proof, prove_email, set_owned};
use crate::auth::session::SignedIn;
use crate::auth::settings::SignUp;
use crate::auth::users::set_password;
use crate::clock::Timestamp;
use crate::collections::users::USERS;
use crate::idempotency::{Once, Outcome};
use crate::ids::OneTimeId;
use crate::invalid::{Findings, Invalid};
use crate::mail::TemplateName;
use crate::password::Password;
use crate::records::RecordError;
use crate::records::create::Creation;
use crate::records::users::{Owned, UserKey, UserRecord};
use crate::records::write::Write as _;
use crate::store::Tx;

const PURPOSE: Purpose = Purpose("invitation");
const DAYS: i64 = 7;
const KIND: Kind = Kind {
    purpose: PURPOSE,
    template: TemplateName::Invitation,
    minutes: DAYS * 24 * 60,
    lasts: ("days", "7"),
};

/// Somebody who is to be a user.
#[derive(Debug, Default)]
pub struct NewInvitation {
    /// Their address, and the mail to it.
    pub mail: MailWish,
    /// Their roles.
    pub roles: Vec<String>,
    /// Their own fields, as a JSON object.
    pub profile: Option<Vec<u8>>,
}

/// An invitation that was sent and not taken yet.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// By which it can be revoked.
    pub id: OneTimeId,
    /// Who is invited.
    pub email: String,
    /// The roles that they are to have.
    pub roles: Vec<String>,
    /// When it was sent.
    pub created_at: Timestamp,
    /// Until when it can be taken.
    pub expires_at: Timestamp,
}

/// A page of invitations, latest first.
#[derive(Debug, Clone)]
pub struct InvitationPage {
    /// The invitations.
    pub items: Vec<Invitation>,
    /// The last one's id, where more follow.
    pub next: Option<OneTimeId>,
}

impl From<Kept<Invited>> for Invitation {
    fn from(kept: Kept<Invited>) -> Self {
        let Invited { email, roles, profile: _ } = kept.taken.payload;
        Self { id: kept.taken.id, email, roles, created_at: kept.created_at, expires_at: kept.expires_at }
    }
}

#[derive(Clone, Serialize, Deserialize)]
struct Invited {
    email: String,
    roles: Vec<String>,
    profile: Option<String>,
}

impl TenantScope {
    /// Invites somebody; once, where the request may be a repetition.
    pub async fn invite(
        &self,
        _: &Permit<AuthWrite>,
        new: NewInvitation,
        once: Option<Once<Invitation>>,
    ) -> Result<Outcome<Invitation>, UserError> {
        if let Some(once) = &once
            && let Some(answer) = self.answered(&once.key).await?
        {
            return Ok(Outcome::Replayed(answer));
        }
        if self.tenant().auth().settings().sign_up == SignUp::Closed {
            return Err(UserError::SignUpClosed);
        }
        let scope = self.with_users().await?;
        let profile = new.profile.map(String::from_utf8).transpose();
        let profile = profile.map_err(|_| Invalid::one("/profile", "invalid_json", "this is no text"))?;
        let wish = scope.wish(new.mail)?;
        let invited = Invited { email: wish.email.as_str().to_owned(), roles: new.roles, profile };
        // What cannot become a user is not invited.
        scope.invited_user(&invited)?;
        scope.admit_mail(Some(wish.email.as_str())).await?;
        let (row, mail) = scope.secret_mail(&wish, &KIND, &invited).await?;
        let (id, now) = (row.id(), self.platform().now());
        let audit = entry(&scope, Act::Invited, None, Some(id.to_string()))?;
        let users = scope.tenant().users().cloned().ok_or(UserError::OtherUsers)?;
        let key = UserKey::Email(invited.email.clone());
        let made = Invitation {
            id,
            email: invited.email,
            roles: invited.roles,
            created_at: now,
            expires_at: now.plus_seconds(KIND.minutes * 60),
        };
        let answer = once.map(|once| ((once.render)(&made), once.key));
        let place = scope.place();
        let earlier = scope
            .write_with_mail(move |tx| {
                async move {
                    if let Some((_, key)) = &answer
                        && let Some(earlier) = key.take::<UserError>(tx, place, now).await?
                    {
                        return Ok(Some(earlier));
                    }
                    if UserRecord::find(tx, &users, &key).await?.is_some_and(|user| user.verified) {
                        return Err(UserError::EmailTaken);
                    }
                    row.write(tx).await?;
                    mail.write(tx).await?;
                    if let Some((answer, key)) = answer {
                        key.keep(tx, place, answer).await?;
                    }
                    tx.insert(audit).await?;
                    Ok::<_, UserError>(None)
                }
                .boxed()
            })
            .await?;
        Ok(earlier.map_or(Outcome::Fresh(made), Outcome::Replayed))
    }

    /// A page of at most `limit` invitations that were made before `before` and not taken yet.
    pub async fn invitations(
        &self,
        _: &Permit<AuthRead>,
        before: Option<OneTimeId>,
        limit: u64,
    ) -> Result<InvitationPage, UserError> {
        let secrets = self.one_time();
        let mut kept = self
            .platform()
            .store()
            .read::<_, UserError, _>(self.place(), move |tx| {
                async move { secrets.list::<Invited>(tx, PURPOSE, before, limit + 1).await }.boxed()
            })
            .await?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = kept.len() > limit;
        kept.truncate(limit);
        let items: Vec<Invitation> = kept.into_iter().map(Invitation::from).collect();
        let next = items.last().filter(|_| more).map(|invitation| invitation.id);
        Ok(InvitationPage { items, next })
    }

    /// Takes an invitation back.
    pub async fn revoke_invitation(&self, _: &Permit<AuthWrite>, id: OneTimeId) -> Result<(), UserError> {
        let scope = self.clone();
        let revoked =
            self.platform().store().write_again(self.place(), crate::engine::Undo::Savepoint, move |tx| {
                async move {
                    let revoked = scope.one_time().revoke(tx, PURPOSE, id).await?;
                    if revoked {
                        let details = Some(id.to_string());
                        tx.insert(entry(&scope, Act::InvitationRevoked, None, details)?).await?;
                    }
                    Ok::<_, UserError>(revoked)
                }
                .boxed()
            });
        if revoked.await?.0 { Ok(()) } else { Err(UserError::NoInvitation) }
    }

    /// Makes a user of whoever was invited, and begins a session for them.
    pub async fn accept_invitation(
        &self,
        token: String,
        password: Option<String>,
    ) -> Result<SignedIn, UserError> {
        let password = self.first_password(password)?;
        // Nobody has passwords hashed who has no token.
        let invited = self.invited(&token).await?.ok_or(UserError::InvalidToken)?;
        let scope = self.with_users().await?;
        let creation = scope.invited_user(&invited)?;
        let hash = match password {
            Some(password) => Some(password.hash(self.platform().rng()).await?),
            None => None,
        };
        let tx_scope = scope.clone();
        let (user, ()) = scope
            .write_of_user(move |tx| {
                async move {
                    let user = tx_scope.take_invitation(tx, &token, creation, hash).await?;
                    Ok((user, ()))
                }
                .boxed()
            })
            .await?;
        scope.begin(user, "invitation", None).await
    }

    async fn take_invitation(
        &self,
        tx: &mut Tx<'_>,
        token: &str,
        creation: Creation,
        hash: Option<String>,
    ) -> Result<UserRecord, UserError> {
        let found = self.one_time().take::<Invited>(tx, PURPOSE, token).await?;
        let invited = found.ok_or(UserError::InvalidToken)?.payload;
        let users = self.tenant().users().ok_or(UserError::OtherUsers)?;
        let key = UserKey::Email(invited.email);
        let user = match UserRecord::find(tx, users, &key).await? {
            Some(user) if user.verified || user.disabled => return Err(UserError::EmailTaken),
            // Somebody has signed up with the address meanwhile, who need not be who was invited.
            Some(user) => {
                let user = prove_email(tx, self, user, Proof::Owner).await?;
                set_owned(tx, self, user, Owned { roles: Some(invited.roles), ..Owned::default() }).await?
            }
            None => {
                creation.apply(tx).await?;
                UserRecord::find(tx, users, &key).await?.ok_or(UserError::NoUser)?
            }
        };
        let id = user.id.as_uuid();
        if let Some(hash) = hash {
            let (tenant, now) = (self.tenant().id(), self.platform().now());
            set_password(tx, (tenant.as_uuid(), id), hash, now.as_micros()).await?;
        }
        tx.insert(entry(self, Act::InvitationAccepted, Some(id), None)?).await?;
        Ok(user)
    }

    /// The user that an invitation speaks of, ready to be made.
    fn invited_user(&self, invited: &Invited) -> Result<Creation, UserError> {
        let mut findings = Findings::default();
        let own = self.records(USERS)?.input(invited.profile.as_deref().unwrap_or("{}").as_bytes());
        let profile = match own {
            Err(RecordError::Invalid(invalid)) => findings.take("/profile", Err(invalid)),
            read => Some(read?),
        };
        let profile = findings.finish(profile)?;
        let owned = Owned {
            email: Some(invited.email.as_str().into()),
            verified: Some(true),
            roles: Some(invited.roles.clone()),
            ..Owned::default()
        };
        Ok(self.as_system("auth").records(USERS)?.new_user(profile, owned)?)
    }

    async fn invited(&self, token: &str) -> Result<Option<Invited>, UserError> {
        let (secrets, token) = (self.one_time(), token.to_owned());
        let found = self
            .platform()
            .store()
            .read::<_, UserError, _>(self.place(), move |tx| {
                async move { secrets.look::<Invited>(tx, PURPOSE, &token).await }.boxed()
            })
            .await?;
        Ok(found.map(|found| found.payload))
    }

    /// The password that a new user sets, or none where they can sign in without.
    pub(in crate::auth) fn first_password(&self, sent: Option<String>) -> Result<Option<Password>, Invalid> {
        let settings = self.tenant().auth().settings();
        let wrong = |code, message: &str| Err(Invalid::one("/password", code, message));
        match sent {
            Some(_) if !settings.methods.password => {
                wrong("method_off", "users of this app have no passwords")
            }
            Some(sent) => {
                let password = Password::of_length(sent, settings.password_min_length);
                password.map(Some).map_err(|invalid| invalid.below("/password"))
            }
            None if settings.methods.password && !settings.methods.by_mail() => {
                wrong("required", "users of this app sign in with a password")
            }
            None => Ok(None),
        }
    }
}
