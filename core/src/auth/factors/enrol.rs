//! Factors set up.

use std::sync::Arc;

use futures_util::FutureExt as _;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::model::FactorKind;
use super::second::{Passed, WAITING, Waiting};
use super::store;
use crate::access::TenantScope;
use crate::auth::audit::{Act, entry};
use crate::auth::settings::SecondFactor;
use crate::auth::{SignedIn, UserError};
use crate::engine::Undo;
use crate::factors::{Enrolment, RecoveryCodes, Totp};
use crate::ids::FactorId;
use crate::invalid::Invalid;
use crate::records::RecordId;
use crate::records::users::UserKey;
use crate::store::Tx;
use crate::store::entities::factors::{ActiveModel, Column, Entity, Model};

/// Factors that a user has at most.
const MOST: usize = 10;

/// A new factor, which counts when a code of it was shown.
#[derive(Debug, Clone)]
pub struct NewTotp {
    /// Its id.
    pub id: FactorId,
    /// What the user's app learns.
    pub enrolment: Enrolment,
}

/// A factor that counts from now on.
#[derive(Debug)]
pub struct Confirmed {
    /// The user's recovery codes, where they had none; shown once.
    pub recovery_codes: Option<Vec<String>>,
    /// The session, where a sign-in has waited for the factor.
    pub signed_in: Option<SignedIn>,
}

/// Who sets a factor up.
#[derive(Clone)]
pub(super) struct Enroller {
    pub(super) user: Uuid,
    /// The token of a sign-in that waits for it.
    waiting: Option<String>,
}

impl Enroller {
    /// A user who is signed in.
    pub(super) const fn session(user: Uuid) -> Self {
        Self { user, waiting: None }
    }
}

impl TenantScope {
    /// The user who calls, if they have shown a short while ago that it is them; or the one whose sign-in waits under
    /// that token for a factor to be set up.
    pub(super) async fn enroller(&self, waiting: Option<String>) -> Result<Enroller, UserError> {
        match waiting {
            None => Ok(Enroller::session(self.fresh().await?.user())),
            Some(token) => {
                let user = self.waits_for(token.clone(), true).await?;
                Ok(Enroller { user, waiting: Some(token) })
            }
        }
    }

    /// Whose sign-in waits under that token: for a factor to be set up, or to be shown.
    pub(super) async fn waits_for(&self, token: String, enrolment: bool) -> Result<Uuid, UserError> {
        let secrets = self.one_time();
        let found = self
            .platform()
            .store()
            .read::<_, UserError, _>(self.place(), move |tx| {
                async move { secrets.find::<Waiting>(tx, WAITING, &token).await }.boxed()
            })
            .await?;
        let found = found.filter(|found| found.payload.enrolment == enrolment);
        found.and_then(|found| found.user).ok_or(UserError::InvalidSecondFactorToken)
    }

    /// Makes a secret for an app that shows one-time passwords.
    pub async fn enrol_totp(&self, waiting: Option<String>, name: &str) -> Result<NewTotp, UserError> {
        if self.tenant().auth().settings().second_factor == SecondFactor::Off {
            return Err(UserError::SecondFactorsOff);
        }
        let name = factor_name(name)?;
        let enroller = self.enroller(waiting).await?;
        let found = self.find_with_secret(UserKey::Id(RecordId::new(enroller.user))).await?;
        let (user, _) = found.ok_or(UserError::NoUser)?;
        let (platform, tenant) = (self.platform(), self.tenant().id());
        let totp = Totp::generate(platform.rng())?;
        let account = user.email.unwrap_or_else(|| user.id.to_string());
        let enrolment = totp.enrolment(&self.tenant().tenant().name, &account)?;
        let id = FactorId::generate(platform.clock(), platform.rng())?;
        let sealed =
            platform.master_key().seal(&store::context(tenant, id), totp.secret(), platform.rng())?;
        let row = ActiveModel {
            tenant_id: Set(tenant.as_uuid()),
            id: Set(id.as_uuid()),
            user_id: Set(enroller.user),
            kind: Set(FactorKind::Totp.name().to_owned()),
            name: Set(name),
            secret: Set(Some(sealed)),
            credential: Set(None),
            credential_digest: Set(None),
            counter: Set(0),
            created_at: Set(platform.now().as_micros()),
            confirmed_at: Set(None),
            last_used_at: Set(None),
        };
        platform
            .store()
            .write_again(self.place(), Undo::Savepoint, move |tx| {
                async move {
                    // One at a time is set up; what was begun before and left is of no use.
                    let begun = Entity::delete_many()
                        .filter(Column::TenantId.eq(tenant.as_uuid()))
                        .filter(Column::UserId.eq(enroller.user))
                        .filter(Column::ConfirmedAt.is_null());
                    tx.delete(begun).await?;
                    has_room(&store::of_user(tx, tenant, enroller.user).await?)?;
                    tx.insert(row).await?;
                    Ok::<_, UserError>(())
                }
                .boxed()
            })
            .await?;
        Ok(NewTotp { id, enrolment })
    }

    /// Shows that a new factor works: it counts from then on.
    pub async fn confirm_totp(
        &self,
        waiting: Option<String>,
        factor: FactorId,
        code: String,
    ) -> Result<Confirmed, UserError> {
        let enroller = self.enroller(waiting).await?;
        let codes = RecoveryCodes::generate(self.platform().rng())?;
        let shown = codes.reveal();
        let codes = Arc::new(codes);
        let scope = self.clone();
        let ((first, passed), _) = self
            .platform()
            .store()
            .write_again(self.place(), Undo::Savepoint, move |tx| {
                async move {
                    scope.confirm_in(tx, enroller.user, factor, &code).await?;
                    let added = (factor, FactorKind::Totp);
                    scope.added(tx, enroller, added, &codes).await
                }
                .boxed()
            })
            .await?;
        let signed_in = match passed {
            Some(passed) => Some(self.finish(passed).await?),
            None => None,
        };
        Ok(Confirmed { recovery_codes: first.then_some(shown), signed_in })
    }

    async fn confirm_in(
        &self,
        tx: &mut Tx<'_>,
        user: Uuid,
        factor: FactorId,
        code: &str,
    ) -> Result<(), UserError> {
        let (tenant, now) = (self.tenant().id(), self.platform().now());
        let row = tx.find(Entity::find_by_id((tenant.as_uuid(), factor.as_uuid()))).await?;
        let row = row.filter(|row| row.user_id == user && row.confirmed_at.is_none() && row.secret.is_some());
        let row = row.ok_or(UserError::NoFactor)?;
        let step = store::open(self.platform().master_key(), tenant, &row)?.step_of(code, now)?;
        let step = step.ok_or(UserError::WrongCode)?;
        // The code that confirms is used up by that.
        let confirm = Entity::update_many()
            .col_expr(Column::ConfirmedAt, now.as_micros().into())
            .col_expr(Column::LastUsedAt, now.as_micros().into())
            .col_expr(Column::Counter, step.into())
            .filter(Column::TenantId.eq(row.tenant_id))
            .filter(Column::Id.eq(row.id))
            .filter(Column::ConfirmedAt.is_null());
        if tx.update(confirm).await? == 1 { Ok(()) } else { Err(UserError::NoFactor) }
    }

    /// What follows from a factor that counts from now on: recovery codes, where the user has none (whether they are
    /// new is told), and the sign-in that has waited for it.
    pub(super) async fn added(
        &self,
        tx: &mut Tx<'_>,
        enroller: Enroller,
        (factor, kind): (FactorId, FactorKind),
        codes: &RecoveryCodes,
    ) -> Result<(bool, Option<Passed>), UserError> {
        let (tenant, user) = (self.tenant().id(), enroller.user);
        let first = store::codes_left(tx, tenant, user).await? == 0;
        if first {
            store::replace_codes(tx, tenant, user, codes).await?;
        }
        let details = format!("{} {factor}", kind.name());
        tx.insert(entry(self, Act::FactorAdded, Some(user), Some(details))?).await?;
        let Some(token) = enroller.waiting else { return Ok((first, None)) };
        let found = self.one_time().take::<Waiting>(tx, WAITING, &token).await?;
        let found = found.filter(|found| found.payload.enrolment && found.user == Some(user));
        let Waiting { first: began, .. } = found.ok_or(UserError::InvalidSecondFactorToken)?.payload;
        Ok((first, Some(Passed { user, first: began, second: kind.name() })))
    }
}

/// What a user calls a factor.
pub(super) fn factor_name(name: &str) -> Result<String, Invalid> {
    let name = name.trim();
    if (1..=100).contains(&name.chars().count()) && !name.chars().any(char::is_control) {
        return Ok(name.to_owned());
    }
    Err(Invalid::one(
        "/name",
        "invalid_name",
        "a name has 1 to 100 characters, none of them a control character",
    ))
}

/// Whether a user may have one more.
pub(super) fn has_room(rows: &[Model]) -> Result<(), UserError> {
    if rows.iter().filter(|row| row.confirmed_at.is_some()).count() < MOST {
        Ok(())
    } else {
        Err(UserError::TooManyFactors { most: MOST })
    }
}
