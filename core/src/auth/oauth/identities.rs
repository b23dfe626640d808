//! Whom providers know a user as: linked, listed, taken away.

use futures_util::FutureExt as _;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use url::Url;
use uuid::Uuid;

use super::super::audit::{Act, entry};
use super::super::factors::FactorKind;
use super::error::OAuthError;
use super::flow::{Beginning, Grant};
use super::provider::is_name;
use crate::access::TenantScope;
use crate::clock::Timestamp;
use crate::engine::Undo;
use crate::ids::TenantId;
use crate::records::RecordId;
use crate::store::entities::identities::{ActiveModel, Column, Entity, Model};
use crate::store::entities::{factors, user_secrets};
use crate::store::{StoreError, Tx};

/// Whom a provider knows a user as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The provider, by name.
    pub provider: String,
    /// What it calls the user.
    pub subject: String,
    /// The address that the user has there.
    pub email: Option<String>,
    /// Whether the provider promises that it is theirs.
    pub email_verified: bool,
    /// When it was linked.
    pub created_at: Timestamp,
    /// When it was last signed in by.
    pub last_used_at: Timestamp,
}

impl From<Model> for Identity {
    fn from(row: Model) -> Self {
        let time = |micros| Timestamp::from_micros(micros).unwrap_or(Timestamp::MIN);
        Self {
            provider: row.provider,
            subject: row.subject,
            email: row.email,
            email_verified: row.email_verified,
            created_at: time(row.created_at),
            last_used_at: time(row.last_used_at),
        }
    }
}

/// Whether an identity is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    Already,
    New,
}

impl TenantScope {
    /// Begins to link a provider to the user who calls: the address that their browser is to go to.
    pub async fn begin_link(&self, provider: &str, begin: Beginning) -> Result<Url, OAuthError> {
        let user = self.fresh().await?.user();
        self.begin_flow(provider, begin, Some(user)).await
    }

    /// Links what a flow was for to the user who calls, who has to be the one that began it.
    pub async fn finish_link(&self, code: &str, verifier: &str) -> Result<Identity, OAuthError> {
        let (user, _) = self.own()?;
        let grant = self.take_grant(code, verifier, Some(user)).await?;
        let scope = self.clone();
        let (identity, _) = self
            .platform()
            .store()
            .write_again(self.place(), Undo::Savepoint, move |tx| {
                async move { scope.linked(tx, &grant, user).await }.boxed()
            })
            .await?;
        Ok(identity)
    }

    async fn linked(&self, tx: &mut Tx<'_>, grant: &Grant, user: Uuid) -> Result<Identity, OAuthError> {
        let key = (self.tenant().id().as_uuid(), grant.provider.clone(), grant.profile.subject.clone());
        let known = match tx.find(Entity::find_by_id(key.clone())).await? {
            Some(row) if row.user_id != user => return Err(OAuthError::IdentityTaken),
            Some(_) => Known::Already,
            None => Known::New,
        };
        keep(tx, self, grant, RecordId::new(user), known).await?;
        let row = tx.find(Entity::find_by_id(key)).await?;
        Ok(row.ok_or(OAuthError::NoIdentity)?.into())
    }

    /// Whom providers know the user as who calls.
    pub async fn own_identities(&self) -> Result<Vec<Identity>, OAuthError> {
        let (user, _) = self.own()?;
        let own = of(self.tenant().id(), user).order_by_asc(Column::Provider).order_by_asc(Column::Subject);
        let rows = self
            .platform()
            .store()
            .read::<_, StoreError, _>(self.place(), move |tx| async move { tx.all(own).await }.boxed())
            .await?;
        Ok(rows.into_iter().map(Identity::from).collect())
    }

    /// Takes a provider away from the user who calls, unless they could not come in any more.
    pub async fn unlink(&self, provider: &str) -> Result<(), OAuthError> {
        let user = self.fresh().await?.user();
        if !is_name(provider) {
            return Err(OAuthError::NoIdentity);
        }
        let (tenant, provider) = (self.tenant().id(), provider.to_owned());
        let audit = entry(self, Act::IdentityUnlinked, Some(user), Some(provider.clone()))?;
        self.platform()
            .store()
            .write_again(self.place(), Undo::Savepoint, move |tx| {
                async move {
                    // All of the user's are held first: of two that are taken away at once one stays.
                    let hold = Entity::update_many()
                        .col_expr(Column::LastUsedAt, Expr::col(Column::LastUsedAt))
                        .filter(Column::TenantId.eq(tenant.as_uuid()))
                        .filter(Column::UserId.eq(user));
                    tx.update(hold).await?;
                    let delete = Entity::delete_many()
                        .filter(Column::TenantId.eq(tenant.as_uuid()))
                        .filter(Column::UserId.eq(user))
                        .filter(Column::Provider.eq(provider));
                    if tx.delete(delete).await? == 0 {
                        return Err(OAuthError::NoIdentity);
                    }
                    let secret = user_secrets::Entity::find_by_id((tenant.as_uuid(), user));
                    if tx.find(secret).await?.is_none()
                        && tx.find(of(tenant, user)).await?.is_none()
                        && tx.find(passkeys_of(tenant, user)).await?.is_none()
                    {
                        return Err(OAuthError::LastWayIn);
                    }
                    Ok(tx.insert(audit).await?)
                }
                .boxed()
            })
            .await
            .map(|(done, _)| done)
    }
}

fn of(tenant: TenantId, user: Uuid) -> sea_orm::Select<Entity> {
    Entity::find().filter(Column::TenantId.eq(tenant.as_uuid())).filter(Column::UserId.eq(user))
}

fn passkeys_of(tenant: TenantId, user: Uuid) -> sea_orm::Select<factors::Entity> {
    use factors::Column;
    factors::Entity::find()
        .filter(Column::TenantId.eq(tenant.as_uuid()))
        .filter(Column::UserId.eq(user))
        .filter(Column::Kind.eq(FactorKind::Passkey.name()))
        .filter(Column::ConfirmedAt.is_not_null())
}

/// Notes that a provider knows a user, and as whom.
pub(super) async fn keep(
    tx: &mut Tx<'_>,
    scope: &TenantScope,
    grant: &Grant,
    user: RecordId,
    known: Known,
) -> Result<(), OAuthError> {
    let (tenant, now) = (scope.tenant().id().as_uuid(), scope.platform().now().as_micros());
    let Grant { provider, profile, .. } = grant;
    if known == Known::Already {
        let update = Entity::update_many()
            .col_expr(Column::Email, profile.email.clone().into())
            .col_expr(Column::EmailVerified, profile.verified.into())
            .col_expr(Column::LastUsedAt, now.into())
            .filter(Column::TenantId.eq(tenant))
            .filter(Column::Provider.eq(provider.as_str()))
            .filter(Column::Subject.eq(profile.subject.as_str()));
        tx.update(update).await?;
        return Ok(());
    }
    let row = ActiveModel {
        tenant_id: Set(tenant),
        provider: Set(provider.clone()),
        subject: Set(profile.subject.clone()),
        user_id: Set(user.as_uuid()),
        email: Set(profile.email.clone()),
        email_verified: Set(profile.verified),
        created_at: Set(now),
        last_used_at: Set(now),
    };
    tx.insert(row).await.map_err(|error| match error {
        // Another of the same user's flows was quicker: this one begins anew, and finds it.
        StoreError::Unique { .. } => StoreError::Conflict("a racing first sign-in".into()),
        error => error,
    })?;
    let act = entry(scope, Act::IdentityLinked, Some(user.as_uuid()), Some(provider.clone()))?;
    Ok(tx.insert(act).await?)
}

/// Takes away whom providers know a user as, who is to be gone.
pub(in crate::auth) async fn forget(tx: &mut Tx<'_>, tenant: TenantId, user: Uuid) -> Result<(), StoreError> {
    let own =
        Entity::delete_many().filter(Column::TenantId.eq(tenant.as_uuid())).filter(Column::UserId.eq(user));
    tx.delete(own).await.map(drop)
}
