//! Another address: asked for by the user, and made theirs when both addresses have said yes, or the new one alone
//! where the user has shown of none before that it is theirs.
//!
//! Each of the two has a token of its own. Who uses one up looks whether the other is still waiting, in that order and
//! holding what they look at, so that of two who come at once one is the second.

use futures_util::FutureExt as _;
use serde::{Deserialize, Serialize};

use super::{Kind, MailWish, SENT, Wish, find, link_values};
use crate::access::TenantScope;
use crate::accounts::Email;
use crate::auth::audit::{Act, entry};
use crate::auth::error::UserError;
use crate::auth::one_time::{NewSecret, Purpose, SecretRow, Taken};
use crate::auth::prove::set_owned;
use crate::auth::users::set_password;
use crate::mail::{Outgoing, TemplateName};
use crate::password::Password;
use crate::records::RecordId;
use crate::records::users::{Owned, UserKey, UserRecord};
use crate::store::Tx;

pub(super) const NEW: Purpose = Purpose("change_email");
pub(super) const OLD: Purpose = Purpose("change_email_old");

const fn kind(purpose: Purpose) -> Kind {
    Kind { purpose, template: TemplateName::ChangeEmail, minutes: 24 * 60, lasts: ("hours", "24") }
}

/// What becomes of a user.
#[derive(Clone, Serialize, Deserialize)]
struct Change {
    old: Option<String>,
    new: String,
    /// Of who had no password and will have one, hashed.
    password: Option<String>,
}

/// What came of a confirmation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailConfirmed {
    /// The address is another now.
    Changed,
    /// The other of the two addresses has not said yes yet.
    Waiting,
}

impl TenantScope {
    /// Has the user who calls asked by mail whether the address is to be theirs. Who has a password shows it; who has
    /// none may have one with the address. Whether somebody else has the address is not told.
    pub async fn ask_for_email(&self, wish: MailWish, password: Option<String>) -> Result<(), UserError> {
        let (id, _) = self.own()?;
        let wish = self.wish(wish)?;
        let new_hash = self.password_for_change(id, password).await?;
        self.admit_mail(Some(wish.email.as_str())).await?;
        let user = self.find_with_secret(UserKey::Id(RecordId::new(id))).await?.ok_or(UserError::NoUser)?.0;
        let old = user.email.filter(|_| user.verified);
        let new = wish.email.as_str().to_owned();
        let change = Change { old: old.clone(), new: new.clone(), password: new_hash };
        let (new_row, new_mail) = self.change_mail(&wish, NEW, &change).await?;
        let taken_mail = self.notice(&new, TemplateName::AlreadyRegistered, None).await?;
        let old_side = match old {
            Some(old) => {
                let to_old = Wish { email: Email::try_from(old)?, ..wish };
                Some(self.change_mail(&to_old, OLD, &change).await?)
            }
            None => None,
        };
        let (scope, users) = (self.clone(), self.tenant().users().cloned().ok_or(UserError::OtherUsers)?);
        self.write_with_mail(move |tx| {
            async move {
                let free = UserRecord::find(tx, &users, &UserKey::Email(new)).await?;
                let free = free.is_none_or(|found| found.id.as_uuid() == id);
                let secrets = scope.one_time();
                secrets.forget(tx, id, &[NEW, OLD]).await?;
                new_row.of_user(free.then_some(id)).write(tx).await?;
                new_mail.if_there(free).write(tx).await?;
                taken_mail.if_there(!free).write(tx).await?;
                if let Some((row, mail)) = old_side {
                    row.of_user(Some(id)).write(tx).await?;
                    mail.write(tx).await?;
                }
                tx.insert(entry(&scope, Act::EmailChangeAsked, Some(id), None)?).await?;
                Ok::<_, UserError>(())
            }
            .boxed()
        })
        .await
    }

    /// Says yes for one of the two addresses.
    pub async fn confirm_email(&self, token: String) -> Result<EmailConfirmed, UserError> {
        let change = self.change_of(&token).await?.ok_or(UserError::InvalidToken)?;
        let notice = match &change.old {
            Some(old) => Some((
                self.notice(old, TemplateName::EmailChanged, Some(&change.new)).await?,
                self.may_mail(old).await?,
            )),
            None => None,
        };
        let scope = self.clone();
        let (_, confirmed) = self
            .write_of_user(move |tx| async move { scope.confirm(tx, &token, notice).await }.boxed())
            .await?;
        Ok(confirmed)
    }

    async fn confirm(
        &self,
        tx: &mut Tx<'_>,
        token: &str,
        notice: Option<(Outgoing, bool)>,
    ) -> Result<(UserRecord, EmailConfirmed), UserError> {
        let (Taken { user, payload: change, .. }, other) =
            self.take_side(tx, token).await?.ok_or(UserError::InvalidToken)?;
        let (Some(users), Some(id)) = (self.tenant().users(), user) else {
            return Err(UserError::InvalidToken);
        };
        let user = find(tx, users, id).await?.filter(|user| !user.disabled).ok_or(UserError::InvalidToken)?;
        tx.insert(entry(self, Act::EmailConfirmed, Some(id), None)?).await?;
        if self.one_time().is_waiting(tx, id, other).await? {
            return Ok((user, EmailConfirmed::Waiting));
        }
        let found = UserRecord::find(tx, users, &UserKey::Email(change.new.clone())).await?;
        if found.is_some_and(|found| found.id.as_uuid() != id) {
            return Err(UserError::EmailTaken);
        }
        let owned = Owned { email: Some(change.new.into()), verified: Some(true), ..Owned::default() };
        let user = set_owned(tx, self, user, owned).await?;
        let tenant = self.tenant().id().as_uuid();
        if let Some(hash) = change.password {
            set_password(tx, (tenant, id), hash, self.platform().now().as_micros()).await?;
        }
        // What was sent to the address before opens nothing any more.
        self.one_time().forget(tx, id, &SENT).await?;
        tx.insert(entry(self, Act::EmailChanged, Some(id), None)?).await?;
        if let Some((mail, told)) = notice {
            mail.if_there(told).write(tx).await?;
        }
        Ok((user, EmailConfirmed::Changed))
    }

    /// Uses a token of either side up; with it, the other side.
    async fn take_side(
        &self,
        tx: &mut Tx<'_>,
        token: &str,
    ) -> Result<Option<(Taken<Change>, Purpose)>, UserError> {
        for (side, other) in [(NEW, OLD), (OLD, NEW)] {
            if let Some(taken) = self.one_time().take::<Change>(tx, side, token).await? {
                return Ok(Some((taken, other)));
            }
        }
        Ok(None)
    }

    async fn change_of(&self, token: &str) -> Result<Option<Change>, UserError> {
        let (secrets, token) = (self.one_time(), token.to_owned());
        self.platform()
            .store()
            .read::<_, UserError, _>(self.place(), move |tx| {
                async move {
                    let found = match secrets.look::<Change>(tx, NEW, &token).await? {
                        Some(found) => Some(found),
                        None => secrets.look::<Change>(tx, OLD, &token).await?,
                    };
                    Ok(found.map(|found| found.payload))
                }
                .boxed()
            })
            .await
    }

    /// Whether the password is the user's; of who has none, the hash of the one that is to be.
    async fn password_for_change(
        &self,
        id: uuid::Uuid,
        sent: Option<String>,
    ) -> Result<Option<String>, UserError> {
        let found = self.find_with_secret(UserKey::Id(RecordId::new(id))).await?;
        if found.ok_or(UserError::NoUser)?.1.is_none() {
            self.fresh().await?;
            let Some(sent) = sent else { return Ok(None) };
            self.has_passwords()?;
            let least = self.tenant().auth().settings().password_min_length;
            let password = Password::of_length(sent, least).map_err(|invalid| invalid.below("/password"))?;
            return Ok(Some(password.hash(self.platform().rng()).await?));
        }
        let (_, tried) = self.prove_password(sent.unwrap_or_default()).await?;
        self.absolve(tried).await?;
        Ok(None)
    }

    /// The mail to one side, whose address is in the wish.
    async fn change_mail(
        &self,
        wish: &Wish,
        purpose: Purpose,
        change: &Change,
    ) -> Result<(SecretRow, Outgoing), UserError> {
        let kind = kind(purpose);
        let new = NewSecret { purpose, user: None, payload: change, minutes: kind.minutes };
        let (token, row) = self.one_time().token(new)?;
        let mut values = link_values(wish, &kind, token.reveal());
        // Both are told the same, whichever of them is asked.
        let old = change.old.as_deref().unwrap_or("–");
        values.retain(|(name, _)| *name != "email");
        values.extend([("email", old.to_owned()), ("new_email", change.new.clone())]);
        Ok((row, self.letter(wish, &kind, values).await?))
    }
}
