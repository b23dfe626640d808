//! Factors listed and taken away, and new recovery codes.

use std::sync::Arc;

use futures_util::FutureExt as _;
use sea_orm::EntityTrait as _;
use uuid::Uuid;

use super::model::{Factor, Factors};
use super::store;
use crate::access::{AuthRead, AuthWrite, Permit, TenantScope};
use crate::auth::UserError;
use crate::auth::audit::{Act, entry};
use crate::auth::settings::SecondFactor;
use crate::engine::Undo;
use crate::factors::RecoveryCodes;
use crate::guard;
use crate::ids::FactorId;
use crate::records::RecordId;
use crate::store::StoreError;
use crate::store::entities::factors::Entity;

impl TenantScope {
    /// What the user who calls can show beside a password.
    pub async fn own_factors(&self) -> Result<Factors, UserError> {
        let (user, _) = self.own()?;
        self.factors_of(user).await
    }

    /// What a user can show beside a password.
    pub async fn user_factors(&self, _: &Permit<AuthRead>, user: RecordId) -> Result<Factors, UserError> {
        self.factors_of(user.as_uuid()).await
    }

    async fn factors_of(&self, user: Uuid) -> Result<Factors, UserError> {
        let tenant = self.tenant().id();
        let (rows, recovery_codes_left) = self
            .platform()
            .store()
            .read::<_, StoreError, _>(self.place(), move |tx| {
                async move {
                    let rows = store::of_user(tx, tenant, user).await?;
                    Ok((rows, store::codes_left(tx, tenant, user).await?))
                }
                .boxed()
            })
            .await?;
        Ok(Factors { items: rows.into_iter().map(Factor::from).collect(), recovery_codes_left })
    }

    /// Takes a factor of the user who calls away. With the last one go the recovery codes.
    pub async fn remove_factor(&self, factor: FactorId) -> Result<(), UserError> {
        let user = self.fresh().await?.user();
        let required = self.tenant().auth().settings().second_factor == SecondFactor::Required;
        let tenant = self.tenant().id();
        let audit = entry(self, Act::FactorRemoved, Some(user), Some(factor.to_string()))?;
        self.platform()
            .store()
            .write_again(self.place(), Undo::Savepoint, move |tx| {
                async move {
                    let rows = store::of_user(tx, tenant, user).await?;
                    let (gone, others): (Vec<_>, Vec<_>) =
                        rows.into_iter().partition(|row| row.id == factor.as_uuid());
                    let gone = gone.into_iter().next().ok_or(UserError::NoFactor)?;
                    let last =
                        gone.confirmed_at.is_some() && others.iter().all(|row| row.confirmed_at.is_none());
                    if last && required {
                        return Err(UserError::LastFactor);
                    }
                    if tx.delete(Entity::delete_by_id((tenant.as_uuid(), gone.id))).await? == 0 {
                        return Err(UserError::NoFactor);
                    }
                    if last {
                        store::forget_codes(tx, tenant, user).await?;
                    }
                    tx.insert(audit).await?;
                    Ok(())
                }
                .boxed()
            })
            .await
            .map(|(done, _)| done)
    }

    /// Gives the user who calls new recovery codes; those that they had are good for nothing any more.
    pub async fn renew_recovery_codes(&self) -> Result<Vec<String>, UserError> {
        let user = self.fresh().await?.user();
        let codes = RecoveryCodes::generate(self.platform().rng())?;
        let shown = codes.reveal();
        let codes = Arc::new(codes);
        let tenant = self.tenant().id();
        let audit = entry(self, Act::RecoveryCodesRenewed, Some(user), None)?;
        self.platform()
            .store()
            .write_again(self.place(), Undo::Savepoint, move |tx| {
                async move {
                    let rows = store::of_user(tx, tenant, user).await?;
                    if rows.iter().all(|row| row.confirmed_at.is_none()) {
                        return Err(UserError::NoFactor);
                    }
                    store::replace_codes(tx, tenant, user, &codes).await?;
                    tx.insert(audit).await?;
                    Ok(())
                }
                .boxed()
            })
            .await?;
        Ok(shown)
    }

    /// Takes all factors and recovery codes of a user away, who has lost them. Says how many factors there were.
    pub async fn reset_factors(&self, _: &Permit<AuthWrite>, user: RecordId) -> Result<u64, UserError> {
        let (tenant, user) = (self.tenant().id(), user.as_uuid());
        let audit = entry(self, Act::FactorsReset, Some(user), None)?;
        let (count, _) = self
            .platform()
            .store()
            .write_again::<_, StoreError, _>(self.place(), Undo::Savepoint, move |tx| {
                async move {
                    let count = store::forget(tx, tenant, user).await?;
                    if count > 0 {
                        guard::absolve(tx, tenant, &format!("second factor of {user}"), None).await?;
                        tx.insert(audit).await?;
                    }
                    Ok(count)
                }
                .boxed()
            })
            .await?;
        Ok(count)
    }
}
