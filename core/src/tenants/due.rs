//! When a tenant's next background work is due. The control database keeps it, so that nobody has to look into tenants
//! that have none.

use futures_util::FutureExt as _;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, UpdateMany};

use crate::clock::Timestamp;
use crate::engine::Undo;
use crate::ids::TenantId;
use crate::platform::Platform;
use crate::store::entities::tenants::{Column, Entity};
use crate::store::{Place, StoreError};

/// Says that a tenant has work by then. What is due earlier stays so, and a deleted tenant's only work is its end.
pub(crate) fn due_by(tenant: TenantId, at: Timestamp) -> UpdateMany<Entity> {
    let later = Column::NextDueAt.is_null().or(Column::NextDueAt.gt(at.as_micros()));
    Entity::update_many()
        .col_expr(Column::NextDueAt, at.as_micros().into())
        .filter(Column::Id.eq(tenant.as_uuid()))
        .filter(Column::DeleteAfter.is_null())
        .filter(later)
}

impl Platform {
    /// The same, embedded, where no transaction reaches both databases. With `changed` its schema has changed, which
    /// whoever looks at it at this moment must not miss.
    pub(crate) async fn note_due(
        &self,
        tenant: TenantId,
        at: Timestamp,
        changed: bool,
    ) -> Result<(), StoreError> {
        let due = due_by(tenant, at);
        self.store()
            .write::<_, StoreError, _>(Place::Control, Undo::Savepoint, move |tx| {
                async move {
                    if changed {
                        let bump = Entity::update_many()
                            .col_expr(Column::Version, Expr::col(Column::Version).add(1))
                            .filter(Column::Id.eq(tenant.as_uuid()));
                        tx.update(bump).await?;
                    }
                    tx.update(due).await.map(drop)
                }
                .boxed()
            })
            .await
    }
}
