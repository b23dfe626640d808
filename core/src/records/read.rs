//! One record.

use std::sync::Arc;

use futures_util::FutureExt as _;
use sea_query::Value;

use super::column::read_time;
use super::error::RecordError;
use super::expand::{Followed, Piece, expand};
use super::list::write_row;
use super::query::{Plan, PlanKey, Planner, Shape};
use super::service::{Access, ETag, RecordBody, RecordId, Records, Verb, unread};
use crate::clock::Timestamp;
use crate::collections::Collection;
use crate::slow_queries::{Asked, Operation};
use crate::store::{Row, Sql, StoreError, Tx};

/// The place of `updated_at`, from which a record's version is made.
const UPDATED_AT: usize = 2;

impl Records<'_> {
    /// The record of that id; `fields` (apart by commas) are what is shown of it and of records that it points to,
    /// `expand` (paths apart by commas) the relations that are followed.
    pub async fn read(
        &self,
        id: RecordId,
        fields: Option<&str>,
        expand: Option<&str>,
    ) -> Result<RecordBody, RecordError> {
        let access = self.access(Verb::View)?;
        let followed = self.followed(expand, fields, &access)?;
        let plan = self.view_plan(&access, fields, &followed)?;
        let sql = plan.sql(&self.scope.bindings(), &[], Some(Value::Uuid(Some(id.as_uuid()))));
        let wanted = Arc::new(Wanted { id, plan, sql, followed, collection: Arc::clone(&self.collection) });
        let store = self.scope.platform().store();
        let done = store
            .read_quick(self.scope.place(), move |tx| {
                let wanted = Arc::clone(&wanted);
                async move { wanted.read(tx).await }.boxed()
            })
            .await;
        let asked = Asked::new(Operation::Read, self.collection.id());
        self.scope.timed(&Asked { ruled: access.is_ruled(), ..asked }, done)
    }

    fn view_plan(
        &self,
        access: &Access,
        fields: Option<&str>,
        followed: &[Followed],
    ) -> Result<Arc<Plan>, RecordError> {
        let also: Vec<usize> = followed.iter().map(|followed| followed.column).collect();
        let key = PlanKey {
            shape: Shape::One,
            ruled: access.is_ruled(),
            veiled: access.veiled(),
            filter: None,
            shaped: false,
            sort: String::new(),
            fields: fields.unwrap_or_default().to_owned(),
            also,
            cursor: None,
        };
        if let Some(Some(plan)) = self.collection.plans.get(&key) {
            return Ok(plan);
        }
        let mut columns = self.shown(fields, followed, access)?;
        let shown = columns.len();
        for column in std::iter::once(UPDATED_AT).chain(key.also.iter().copied()) {
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        let hidden = columns.len() - shown;
        let veils = self.veils(access);
        let planner = Planner { layout: self.layout(), dialect: self.dialect(), veils: &veils };
        let plan = Arc::new(planner.one(&access.conditions(), columns, hidden));
        self.collection.plans.insert(key, Some(Arc::clone(&plan)));
        Ok(plan)
    }
}

/// A record that is to be read.
struct Wanted {
    id: RecordId,
    plan: Arc<Plan>,
    sql: Sql,
    followed: Vec<Followed>,
    collection: Arc<Collection>,
}

impl Wanted {
    async fn read(&self, tx: &mut Tx<'_>) -> Result<RecordBody, RecordError> {
        let found = tx.query(&self.sql, |row| self.row(row)).await.map_err(unread)?;
        let (mut body, piece) = found.into_iter().next().ok_or(RecordError::NotFound)?;
        if let Some(piece) = piece {
            body.json = expand(tx, vec![piece], &self.followed).await?.concat();
        }
        if self.collection.is_view() {
            body.etag = ETag::of_text(&body.json);
        }
        Ok(body)
    }

    fn row(&self, row: &Row<'_>) -> Result<(RecordBody, Option<Piece>), StoreError> {
        let layout = &self.collection.layout;
        let at = self.plan.position(UPDATED_AT).unwrap_or(UPDATED_AT);
        let mut json = Vec::with_capacity(512);
        write_row(&self.plan, layout, row, &mut json)?;
        let updated_at: Option<Timestamp> = read_time(row, at)?;
        let wrong = StoreError::Column { column: at, wanted: "an instant" };
        let etag = ETag::new(updated_at.ok_or(wrong)?);
        if self.followed.is_empty() {
            return Ok((RecordBody { id: self.id, etag, json }, None));
        }
        let piece = Piece::read(&self.plan, layout, row, &self.followed, json)?;
        Ok((RecordBody { id: self.id, etag, json: Vec::new() }, Some(piece)))
    }
}
