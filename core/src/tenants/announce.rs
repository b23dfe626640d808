//! How other instances learn that what belongs to a tenant has changed.

use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use crate::dialect::Dialect;
use crate::ids::TenantId;
use crate::store::entities::tenants::{Column, Entity};
use crate::store::{StoreError, Tx};

/// Counts a tenant's version up with the change, which this process still has to forget about after it. On a server the
/// tenants table lies in the same database; embedded there is nobody else.
pub(crate) async fn announce(tx: &mut Tx<'_>, tenant: TenantId, now: i64) -> Result<(), StoreError> {
    if tx.dialect() == Dialect::Sqlite {
        return Ok(());
    }
    let bump = Entity::update_many()
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::ChangedAt, now.into())
        .filter(Column::Id.eq(tenant.as_uuid()));
    tx.update(bump).await.map(drop)
}
