//! One record.

use std::sync::Arc;

use futures_util::FutureExt as _;
use sea_query::Value;

use super::column::read_time;
use super::error::RecordError;
use super::list::write_row;
use super::query::{Plan, PlanKey, Planner};
use super::service::{Access, ETag, RecordBody, RecordId, Records, Verb};
use crate::clock::Timestamp;
use crate::store::StoreError;

/// The place of `updated_at`, from which a record's version is made.
const UPDATED_AT: usize = 2;

impl Records<'_> {
    /// The record of that id; `fields` (apart by commas) are what is shown of it.
    pub async fn read(&self, id: RecordId, fields: Option<&str>) -> Result<RecordBody, RecordError> {
        let access = self.access(Verb::View)?;
        let plan = self.view_plan(&access, fields)?;
        let collection = Arc::clone(&self.collection);
        self.scope
            .platform()
            .store()
            .read(self.scope.place(), move |tx| {
                async move {
                    let layout = &collection.layout;
                    let sql = plan.sql(&[], Some(Value::Uuid(Some(id.as_uuid()))));
                    let at = plan.position(UPDATED_AT).unwrap_or(UPDATED_AT);
                    let found = tx
                        .query(&sql, |row| {
                            let mut json = Vec::with_capacity(512);
                            write_row(&plan, layout, row, &mut json)?;
                            let updated_at: Option<Timestamp> = read_time(row, at)?;
                            let wrong = StoreError::Column { column: at, wanted: "an instant" };
                            let etag = ETag::new(updated_at.ok_or(wrong)?);
                            Ok(RecordBody { id, etag, json })
                        })
                        .await?;
                    found.into_iter().next().ok_or(RecordError::NotFound)
                }
                .boxed()
            })
            .await
    }

    fn view_plan(&self, access: &Access, fields: Option<&str>) -> Result<Arc<Plan>, RecordError> {
        let key = PlanKey {
            verb: Verb::View,
            ruled: access.key(self.scope.actor()),
            filter: None,
            sort: String::new(),
            fields: fields.unwrap_or_default().to_owned(),
            cursor: None,
        };
        if let Some(plan) = self.collection.plans.get(&key) {
            return Ok(plan);
        }
        let mut columns = self.shown(fields, access)?;
        let mut hidden = 0;
        if !columns.contains(&UPDATED_AT) {
            columns.push(UPDATED_AT);
            hidden = 1;
        }
        let planner = Planner { layout: self.layout(), dialect: self.dialect(), actor: self.scope.actor() };
        let plan = Arc::new(planner.one(&access.conditions(), columns, hidden));
        self.collection.plans.insert(key, Arc::clone(&plan));
        Ok(plan)
    }
}
