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
use crate::slow_queries::{Asked, Operation};
use crate::store::StoreError;

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
        let collection = Arc::clone(&self.collection);
        let store = self.scope.platform().store();
        let done = store
            .read_timed(self.scope.place(), move |tx| {
                async move {
                    let layout = &collection.layout;
                    let at = plan.position(UPDATED_AT).unwrap_or(UPDATED_AT);
                    let found = tx
                        .query(&sql, |row| {
                            let mut json = Vec::with_capacity(512);
                            write_row(&plan, layout, row, &mut json)?;
                            let updated_at: Option<Timestamp> = read_time(row, at)?;
                            let wrong = StoreError::Column { column: at, wanted: "an instant" };
                            let etag = ETag::new(updated_at.ok_or(wrong)?);
                            let piece = if followed.is_empty() {
                                None
                            } else {
                                let json = std::mem::take(&mut json);
                                Some(Piece::read(&plan, layout, row, &followed, json)?)
                            };
                            Ok((RecordBody { id, etag, json }, piece))
                        })
                        .await
                        .map_err(unread)?;
                    let (mut body, piece) = found.into_iter().next().ok_or(RecordError::NotFound)?;
                    if let Some(piece) = piece {
                        body.json = self::expand(tx, vec![piece], &followed).await?.concat();
                    }
                    if collection.is_view() {
                        body.etag = ETag::of_text(&body.json);
                    }
                    Ok(body)
                }
                .boxed()
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
