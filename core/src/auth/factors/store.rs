//! Statements on factors and recovery codes.

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use uuid::Uuid;

use super::model::FactorKind;
use crate::auth::UserError;
use crate::clock::Timestamp;
use crate::factors::{RecoveryCode, RecoveryCodes, Totp};
use crate::ids::{FactorId, TenantId};
use crate::secrets::{MasterKey, SecretError};
use crate::store::entities::factors::{Column, Entity, Model};
use crate::store::entities::recovery_codes;
use crate::store::{StoreError, Tx};

/// A user's factors, oldest first.
pub(super) async fn of_user(tx: &mut Tx<'_>, tenant: TenantId, user: Uuid) -> Result<Vec<Model>, StoreError> {
    let own = Entity::find()
        .filter(Column::TenantId.eq(tenant.as_uuid()))
        .filter(Column::UserId.eq(user))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id);
    tx.all(own).await
}

/// How many recovery codes a user has left.
pub(super) async fn codes_left(tx: &mut Tx<'_>, tenant: TenantId, user: Uuid) -> Result<usize, StoreError> {
    use recovery_codes::{Column, Entity};
    let own = Entity::find().filter(Column::TenantId.eq(tenant.as_uuid())).filter(Column::UserId.eq(user));
    Ok(tx.all(own).await?.len())
}

/// Puts a new set in place of the codes that are there.
pub(super) async fn replace_codes(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: Uuid,
    codes: &RecoveryCodes,
) -> Result<(), StoreError> {
    forget_codes(tx, tenant, user).await?;
    for digest in codes.digests() {
        let row = recovery_codes::ActiveModel {
            tenant_id: Set(tenant.as_uuid()),
            user_id: Set(user),
            digest: Set(digest.to_vec()),
        };
        tx.insert(row).await?;
    }
    Ok(())
}

pub(super) async fn forget_codes(tx: &mut Tx<'_>, tenant: TenantId, user: Uuid) -> Result<(), StoreError> {
    use recovery_codes::{Column, Entity};
    let own =
        Entity::delete_many().filter(Column::TenantId.eq(tenant.as_uuid())).filter(Column::UserId.eq(user));
    tx.delete(own).await.map(drop)
}

/// Takes away all factors and recovery codes of a user. Says how many factors there were.
pub(in crate::auth) async fn forget(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: Uuid,
) -> Result<u64, StoreError> {
    forget_codes(tx, tenant, user).await?;
    let own =
        Entity::delete_many().filter(Column::TenantId.eq(tenant.as_uuid())).filter(Column::UserId.eq(user));
    tx.delete(own).await
}

/// Uses a recovery code up. Of racers one gets it.
pub(super) async fn use_code(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: Uuid,
    code: &str,
) -> Result<bool, StoreError> {
    let Some(code) = RecoveryCode::parse(code) else { return Ok(false) };
    let id = (tenant.as_uuid(), user, code.digest().to_vec());
    Ok(tx.delete(recovery_codes::Entity::delete_by_id(id)).await? == 1)
}

/// Uses a one-time password up, of whichever of the user's apps shows it. Of racers one gets it.
pub(super) async fn use_totp(
    tx: &mut Tx<'_>,
    (tenant, master): (TenantId, &MasterKey),
    user: Uuid,
    code: &str,
    now: Timestamp,
) -> Result<bool, UserError> {
    for row in of_user(tx, tenant, user).await? {
        if row.confirmed_at.is_none() || row.kind != FactorKind::Totp.name() {
            continue;
        }
        let Some(step) = open(master, tenant, &row)?.step_of(code, now)? else { continue };
        let advance = Entity::update_many()
            .col_expr(Column::Counter, step.into())
            .col_expr(Column::LastUsedAt, now.as_micros().into())
            .filter(Column::TenantId.eq(row.tenant_id))
            .filter(Column::Id.eq(row.id))
            .filter(Expr::col(Column::Counter).lt(step));
        if tx.update(advance).await? == 1 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What makes a factor's one-time passwords.
pub(super) fn open(master: &MasterKey, tenant: TenantId, row: &Model) -> Result<Totp, SecretError> {
    let sealed = row.secret.as_deref().ok_or(SecretError::Unreadable)?;
    let secret = master.open(&context(tenant, FactorId::from_uuid(row.id)), sealed)?;
    Totp::from_secret(&secret).ok_or(SecretError::Unreadable)
}

/// For what a factor's secret is sealed.
pub(super) fn context(tenant: TenantId, factor: FactorId) -> Vec<u8> {
    format!("factor {factor} of {tenant}").into_bytes()
}
