//! That it is still the user who holds their session: what is dangerous asks for a proof that is not old.
//!
//! A session lasts for weeks, and whoever sits down at a machine, or has stolen a token, has it. What would make it
//! theirs for good (another address, another factor, new recovery codes) takes [`Fresh`], which says that its user
//! has shown who they are a few minutes ago: by signing in, or since then.

use futures_util::FutureExt as _;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::Value as Json;
use uuid::Uuid;

use super::audit::{Act, entry};
use super::error::UserError;
use super::factors::Answer;
use super::users::own_password;
use crate::access::{Actor, TenantScope};
use crate::clock::Timestamp;
use crate::engine::Undo;
use crate::guard;
use crate::ids::{SessionId, TenantId};
use crate::invalid::Invalid;
use crate::password::Presented;
use crate::platform::see_through;
use crate::records::RecordId;
use crate::records::users::UserKey;
use crate::store::entities::{factors, identities, user_secrets, user_sessions};
use crate::store::{StoreError, Tx};

/// A user who calls, and has shown a short while ago that it is them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fresh {
    user: Uuid,
    session: SessionId,
}

impl Fresh {
    pub(super) const fn user(self) -> Uuid {
        self.user
    }

    pub(super) const fn session(self) -> SessionId {
        self.session
    }
}

/// By what a user shows anew who they are.
pub enum StepUp {
    /// Their password.
    Password(String),
    /// A second factor.
    Factor(Answer),
    /// A passkey: the ceremony's id, and the browser's answer.
    Passkey(String, Json),
}

impl TenantScope {
    /// Shows anew that it is the user who calls.
    pub async fn step_up(&self, by: StepUp) -> Result<(), UserError> {
        match by {
            StepUp::Password(password) => {
                let (_, tried) = self.prove_password(password).await?;
                self.renew_proof(Some(tried)).await
            }
            StepUp::Passkey(id, signature) => {
                let (user, _) = self.own()?;
                let shown = self.shown_passkey(id, &signature).await?;
                if shown.user == user { self.renew_proof(None).await } else { Err(UserError::WrongPasskey) }
            }
            StepUp::Factor(answer) => {
                let (user, _) = self.own()?;
                let scope = self.clone();
                let (right, _) = self
                    .platform()
                    .store()
                    .write_again(self.place(), Undo::Savepoint, move |tx| {
                        async move { scope.show(tx, user, answer).await }.boxed()
                    })
                    .await?;
                if right { self.renew_proof(None).await } else { Err(UserError::WrongCode) }
            }
        }
    }

    /// That the user who calls knows their password, and under which name the try was counted.
    pub(super) async fn prove_password(&self, password: String) -> Result<(Fresh, String), UserError> {
        let (user, session) = self.own()?;
        let wrong = || Invalid::one("/password", "wrong_password", "this is not the password of now");
        let presented = Presented::new(password).ok_or_else(wrong)?;
        // Who has a session and guesses is held up like who has none.
        let tried = own_password(user);
        self.admit(Some(&tried)).await?;
        let found = self.find_with_secret(UserKey::Id(RecordId::new(user))).await?;
        if !presented.is(found.and_then(|(_, hash)| hash)).await? {
            return Err(wrong().into());
        }
        Ok((Fresh { user, session }, tried))
    }

    /// Notes that the user who calls has shown just now that it is them.
    async fn renew_proof(&self, tried: Option<String>) -> Result<(), UserError> {
        let (user, session) = self.own()?;
        let (tenant, now, address) = (self.tenant().id(), self.platform().now(), self.facts().ip());
        let audit = entry(self, Act::SteppedUp, Some(user), Some(session.to_string()))?;
        let scope = self.clone();
        see_through(async move {
            let renewed = scope
                .platform()
                .store()
                .write_again::<_, StoreError, _>(scope.place(), Undo::Savepoint, move |tx| {
                    async move {
                        use user_sessions::{Column, Entity};
                        if let Some(tried) = tried {
                            guard::absolve(tx, tenant, &tried, address).await?;
                        }
                        let renew = Entity::update_many()
                            .col_expr(Column::ProvedAt, now.as_micros().into())
                            .filter(Column::TenantId.eq(tenant.as_uuid()))
                            .filter(Column::Id.eq(session.as_uuid()));
                        tx.update(renew).await?;
                        tx.insert(audit).await
                    }
                    .boxed()
                })
                .await
                .map(|(done, _)| done);
            scope.platform().forget_user(tenant, user);
            renewed.map_err(UserError::from)
        })
        .await
    }

    /// That the user who calls has shown a short while ago that it is them, or could not.
    pub(super) async fn fresh(&self) -> Result<Fresh, UserError> {
        let (user, session) = self.own()?;
        let needed = ProofNeeded::of(self).ok_or(UserError::NotAUser)?;
        let known = match self.actor() {
            Actor::User { user, .. } => user.proved_at(session),
            _ => None,
        };
        // Memory may be a moment behind what another process has seen proved.
        let is_met = known.is_some_and(|at| needed.is_met_by(at))
            || self.has_proved(needed).await?
            || self.has_nothing_to_show(user).await?;
        if is_met { Ok(Fresh { user, session }) } else { Err(UserError::StepUpNeeded) }
    }

    /// Whether the user is nobody in particular yet, who can neither show who they are nor sign in again.
    async fn has_nothing_to_show(&self, user: Uuid) -> Result<bool, StoreError> {
        let Actor::User { user: known, .. } = self.actor() else { return Ok(false) };
        if known.email.is_some() {
            return Ok(false);
        }
        let tenant = self.tenant().id().as_uuid();
        self.platform()
            .store()
            .read::<_, StoreError, _>(self.place(), move |tx| {
                async move {
                    let password = user_secrets::Entity::find_by_id((tenant, user));
                    let identity = identities::Entity::find()
                        .filter(identities::Column::TenantId.eq(tenant))
                        .filter(identities::Column::UserId.eq(user));
                    let factor = factors::Entity::find()
                        .filter(factors::Column::TenantId.eq(tenant))
                        .filter(factors::Column::UserId.eq(user))
                        .filter(factors::Column::ConfirmedAt.is_not_null());
                    Ok(tx.find(password).await?.is_none()
                        && tx.find(identity).await?.is_none()
                        && tx.find(factor).await?.is_none())
                }
                .boxed()
            })
            .await
    }

    async fn has_proved(&self, needed: ProofNeeded) -> Result<bool, StoreError> {
        self.platform()
            .store()
            .read::<_, StoreError, _>(self.place(), move |tx| async move { needed.is_met(tx).await }.boxed())
            .await
    }
}

/// How fresh a proof has to be, for what is done inside a transaction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ProofNeeded {
    tenant: TenantId,
    session: SessionId,
    after: Timestamp,
    now: Timestamp,
}

impl ProofNeeded {
    /// Of whoever acts, if that is a user: nobody else is asked.
    pub(crate) fn of(scope: &TenantScope) -> Option<Self> {
        let Actor::User { session, .. } = scope.actor() else { return None };
        let now = scope.platform().now();
        let minutes = i64::from(scope.tenant().auth().settings().step_up_minutes);
        let after = now.plus_seconds(-minutes * 60);
        Some(Self { tenant: scope.tenant().id(), session: *session, after, now })
    }

    /// What was proved in the future was proved before the clock was set back, nobody knows when.
    fn is_met_by(self, proved_at: Timestamp) -> bool {
        self.after < proved_at && proved_at <= self.now
    }

    /// Whether the session has such a proof.
    pub(crate) async fn is_met(self, tx: &mut Tx<'_>) -> Result<bool, StoreError> {
        let find = user_sessions::Entity::find_by_id((self.tenant.as_uuid(), self.session.as_uuid()));
        let proved_at = tx.find(find).await?.and_then(|row| Timestamp::from_micros(row.proved_at));
        Ok(proved_at.is_some_and(|at| self.is_met_by(at)))
    }
}
