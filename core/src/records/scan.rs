//! The nearest vectors where the database cannot compute with any: each vector that the list leaves is read, as a stream,
//! and the nearest are kept.
//!
//! However many there are, no more are held than a page has. What is found is then read as a list of these records, each
//! with its distance, under the conditions of the list: what has changed in between is not shown if they no longer hold.

use std::collections::BinaryHeap;
use std::sync::Arc;

use futures_util::FutureExt as _;
use sea_query::Value;
use uuid::Uuid;

use super::column::with_vector;
use super::cursor::Cursor;
use super::error::RecordError;
use super::query::Planner;
use super::service::Records;
use super::special::{Fragment, Score, Special};
use crate::expr::Checked;
use crate::store::StoreError;
use crate::vectors::Target;

/// What is to be compared with what.
#[derive(Debug, Clone)]
pub(super) struct Scan {
    /// The vectors' column, as it is stored.
    column: String,
    target: Arc<Target>,
}

/// A record, and how far it is. The nearest is the least, and of several the one with the least id, as lists have it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Found {
    distance: f64,
    id: Uuid,
}

impl Eq for Found {}

impl Ord for Found {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.distance.total_cmp(&other.distance).then(self.id.cmp(&other.id))
    }
}

impl PartialOrd for Found {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Found {
    /// Where the page before ended.
    fn of(cursor: &Cursor) -> Option<Self> {
        match cursor.values.as_slice() {
            [Value::Double(Some(distance)), Value::Uuid(Some(id))] => {
                Some(Self { distance: *distance, id: *id })
            }
            _ => None,
        }
    }
}

/// The nearest so far, the farthest of them on top.
struct Nearest {
    kept: BinaryHeap<Found>,
    most: usize,
    after: Option<Found>,
}

impl Nearest {
    fn add(&mut self, found: Found) {
        if self.after.is_some_and(|after| found <= after) {
            return;
        }
        if self.kept.len() < self.most {
            self.kept.push(found);
        } else if let Some(mut farthest) = self.kept.peek_mut()
            && found < *farthest
        {
            *farthest = found;
        }
    }
}

impl Scan {
    pub(super) fn new(column: String, target: Target) -> Self {
        Self { column, target: Arc::new(target) }
    }
}

impl Records<'_> {
    /// The list of so many that are nearest, as one of known records with known distances.
    pub(super) async fn scanned(
        &self,
        scan: &Scan,
        special: &Special,
        conditions: &[Checked],
        (cursor, most): (Option<&Cursor>, usize),
    ) -> Result<Special, RecordError> {
        let planner = Planner { layout: self.layout(), dialect: self.dialect(), veils: &[] };
        let sql =
            planner.vectors(&scan.column, conditions, &special.clone().unordered(), &self.scope.bindings());
        let after = cursor.and_then(Found::of);
        let target = Arc::clone(&scan.target);
        let found: Vec<Found> = self
            .scope
            .platform()
            .store()
            .read::<_, StoreError, _>(self.scope.place(), move |tx| {
                async move {
                    let mut nearest = Nearest { kept: BinaryHeap::with_capacity(most), most, after };
                    tx.query(&sql, |row| {
                        let id = row.uuid(0)?.ok_or(StoreError::Column { column: 0, wanted: "an id" })?;
                        if let Some(distance) = with_vector(row, 1, |bytes| target.distance(bytes))? {
                            nearest.add(Found { distance, id });
                        }
                        Ok(())
                    })
                    .await?;
                    Ok(nearest.kept.into_vec())
                }
                .boxed()
            })
            .await?;
        Ok(known(&found, special))
    }
}

/// The list of these records.
fn known(found: &[Found], special: &Special) -> Special {
    let ids = found.iter().map(|found| Value::Uuid(Some(found.id))).collect();
    let marks = vec!["?"; found.len()].join(", ");
    let (chosen, text) = if found.is_empty() {
        ("1 = 0".to_owned(), "0e0".to_owned())
    } else {
        (format!("id IN ({marks})"), format!("CASE id{} END", " WHEN ? THEN ?".repeat(found.len())))
    };
    let values =
        found.iter().flat_map(|found| [Value::Uuid(Some(found.id)), Value::Double(Some(found.distance))]);
    let expression = Fragment { text, values: values.collect() };
    let mut special = Special { scan: None, ..special.clone() };
    special.conditions.push(Fragment { text: chosen, values: ids });
    special.score = special.score.map(|score| Score { expression, ..score });
    special
}
