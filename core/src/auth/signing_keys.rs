//! A tenant's signing keys: the first, and those that follow.

use futures_util::FutureExt as _;
use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::audit::{Act, entry};
use super::error::UserError;
use super::signing::{Jwk, LONGEST_TOKEN_SECONDS, PUBLISHED_AHEAD_SECONDS, SigningKey};
use crate::access::{AuthWrite, Permit, TenantScope};
use crate::clock::Timestamp;
use crate::collections::{self, CollectionError};
use crate::engine::Undo;
use crate::ids::SigningKeyId;
use crate::platform::see_through;
use crate::store::StoreError;
use crate::store::entities::signing_keys;
use crate::tenants::announce;

impl TenantScope {
    /// The public keys by which others check the tokens of this tenant's users.
    pub fn signing_keys(&self) -> Vec<Jwk> {
        let now = self.platform().now();
        self.tenant().auth().keys().iter().filter(|key| key.is_accepted(now)).map(SigningKey::jwk).collect()
    }

    /// What tokens of this tenant's users name as their issuer, where it is an address at which more can be learnt of it.
    pub fn issuer_url(&self) -> Option<String> {
        self.platform().public_url().map(|_| self.platform().issuer(self.tenant().id()))
    }

    /// Makes a new key. It signs after a while, when others have had time to learn of it, and what the ones before have
    /// signed is good until it would be over anyway; or with `at_once` it signs now and what they have signed counts no
    /// more.
    pub async fn rotate_signing_key(&self, _: &Permit<AuthWrite>, at_once: bool) -> Result<(), UserError> {
        let now = self.platform().now();
        let signs_from = if at_once { now } else { now.plus_seconds(PUBLISHED_AHEAD_SECONDS) };
        let ends = if at_once { now } else { signs_from.plus_seconds(LONGEST_TOKEN_SECONDS) };
        let key = self.new_signing_key(now, signs_from)?;
        let audit = entry(self, Act::KeyRotated, None, Some(key.id().to_string()))?;
        let (scope, tenant) = (self.clone(), self.tenant().id());
        see_through(async move {
            let row = key.row(tenant);
            scope
                .platform()
                .store()
                .write::<_, StoreError, _>(scope.place(), Undo::Savepoint, move |tx| {
                    async move {
                        use signing_keys::{Column, Entity};
                        let sooner =
                            Column::AcceptedUntil.is_null().or(Column::AcceptedUntil.gt(ends.as_micros()));
                        let earlier = Entity::update_many()
                            .col_expr(Column::AcceptedUntil, ends.as_micros().into())
                            .filter(Column::TenantId.eq(tenant.as_uuid()))
                            .filter(sooner);
                        tx.update(earlier).await?;
                        let over =
                            Entity::delete_many().filter(Column::TenantId.eq(tenant.as_uuid())).filter(
                                Column::AcceptedUntil
                                    .lt(now.plus_seconds(-LONGEST_TOKEN_SECONDS).as_micros()),
                            );
                        tx.delete(over).await?;
                        tx.insert(row).await?;
                        tx.insert(audit).await?;
                        announce(tx, tenant, now.as_micros()).await
                    }
                    .boxed()
                })
                .await?;
            scope.platform().forget_tenant(tenant).await;
            Ok(())
        })
        .await
    }

    /// This scope in a tenant that has a collection of users and a key to sign with, both of which are made with the
    /// first need of them.
    pub(super) async fn with_users(&self) -> Result<Self, UserError> {
        let mut scope = self.clone();
        if scope.tenant().users().is_none() {
            scope = scope.with_users_collection().await?;
        }
        if scope.tenant().auth().keys().is_empty() {
            scope.make_first_key().await?;
            scope = scope.renewed().await?.ok_or(UserError::NoUser)?;
        }
        Ok(scope)
    }

    async fn with_users_collection(self) -> Result<Self, UserError> {
        let system = self.as_system("auth");
        match system.create_collection(&system.permit()?, collections::users::new(), None).await {
            // Another request was quicker.
            Ok(_) | Err(CollectionError::NameTaken | CollectionError::UnderWay) => {}
            Err(error) => return Err(error.into()),
        }
        let renewed = self.renewed().await?.ok_or(UserError::NoUser)?;
        if renewed.tenant().users().is_none() { Err(UserError::OtherUsers) } else { Ok(renewed) }
    }

    async fn make_first_key(&self) -> Result<(), UserError> {
        let (tenant, now) = (self.tenant().id(), self.platform().now());
        let row = self.new_signing_key(now, now)?.row(tenant);
        self.platform()
            .store()
            .write_again::<_, StoreError, _>(self.place(), Undo::Savepoint, move |tx| {
                async move {
                    let own = signing_keys::Column::TenantId.eq(tenant.as_uuid());
                    let there = tx.find(signing_keys::Entity::find().filter(own)).await?;
                    // Two that are made at once do no harm: both are published and accepted.
                    if there.is_none() {
                        tx.insert(row).await?;
                    }
                    announce(tx, tenant, now.as_micros()).await
                }
                .boxed()
            })
            .await
            .map(|(done, _)| done)?;
        self.platform().forget_tenant(tenant).await;
        Ok(())
    }

    fn new_signing_key(&self, now: Timestamp, signs_from: Timestamp) -> Result<SigningKey, UserError> {
        let platform = self.platform();
        let id = SigningKeyId::generate(platform.clock(), platform.rng())?;
        let (tenant, master) = (self.tenant().id(), platform.master_key());
        Ok(SigningKey::generate(tenant, id, (now, signs_from), master, platform.rng())?)
    }
}
