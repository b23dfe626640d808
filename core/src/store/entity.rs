//! Fixed tables: entities describe them and build their statements, and [`Tx`] runs those on any database.

use sea_orm::sea_query::{ColumnType, DeleteStatement, Value};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, Insert, Iterable, QueryTrait, Select, TryIntoModel,
    UpdateMany,
};

use super::{Row, Sql, StoreError, Tx};

impl Tx<'_> {
    /// The rows that a query of an entity finds.
    pub async fn all<E>(&mut self, select: Select<E>) -> Result<Vec<E::Model>, StoreError>
    where
        E: EntityTrait,
        E::Model: Send,
        E::ActiveModel: TryIntoModel<E::Model>,
    {
        let sql = Sql::build(self.dialect(), &select.into_query());
        self.query(&sql, model::<E>).await
    }

    /// The first row that a query of an entity finds.
    pub async fn find<E>(&mut self, select: Select<E>) -> Result<Option<E::Model>, StoreError>
    where
        E: EntityTrait,
        E::Model: Send,
        E::ActiveModel: TryIntoModel<E::Model>,
    {
        Ok(self.all(select).await?.into_iter().next())
    }

    /// Adds a row.
    pub async fn insert<A: ActiveModelTrait>(&mut self, row: A) -> Result<(), StoreError> {
        let sql = Sql::build(self.dialect(), &Insert::one(row).into_query());
        self.execute(&sql).await.map(drop)
    }

    /// Changes rows, and counts those that the condition held for.
    pub async fn update<E: EntityTrait>(&mut self, update: UpdateMany<E>) -> Result<u64, StoreError> {
        let sql = Sql::build(self.dialect(), &update.into_query());
        self.execute(&sql).await
    }

    /// Removes rows, and counts them.
    pub async fn delete(
        &mut self,
        delete: impl QueryTrait<QueryStatement = DeleteStatement>,
    ) -> Result<u64, StoreError> {
        let sql = Sql::build(self.dialect(), &delete.into_query());
        self.execute(&sql).await
    }
}

/// Reads a row whose columns stand in the entity's order.
fn model<E>(row: &Row<'_>) -> Result<E::Model, StoreError>
where
    E: EntityTrait,
    E::ActiveModel: TryIntoModel<E::Model>,
{
    let mut read = <E::ActiveModel as ActiveModelTrait>::default();
    for (at, column) in E::Column::iter().enumerate() {
        let value = value(row, at, column.def().get_column_type())?;
        read.try_set(column, value).map_err(|error| StoreError::Fault(error.into()))?;
    }
    read.try_into_model().map_err(|error| StoreError::Fault(error.into()))
}

fn value(row: &Row<'_>, at: usize, kind: &ColumnType) -> Result<Value, StoreError> {
    match kind {
        ColumnType::BigInteger => row.int(at).map(Value::BigInt),
        ColumnType::Boolean => row.bool(at).map(Value::Bool),
        ColumnType::Uuid => row.uuid(at).map(Value::Uuid),
        ColumnType::String(_) | ColumnType::Text => row.text(at).map(Value::String),
        ColumnType::VarBinary(_) | ColumnType::Binary(_) | ColumnType::Blob => {
            row.bytes(at).map(Value::Bytes)
        }
        _ => Err(StoreError::Column { column: at, wanted: "a type that fixed tables have" }),
    }
}
