//! Records with those that they point to, at any depth, by one statement for each relation and not for each record.
//!
//! What is pointed to is shown as far as its own collection lets it be seen: a record that the view rule hides, or
//! that the actor has no permission for, is left out of `expand`; its id stands in the field all the same.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use sea_query::Value;
use uuid::Uuid;

use super::column::{read, write};
use super::layout::{Column, Layout};
use super::query::{Plan, Planner, mark};
use super::service::{Access, Records, Verb};
use super::value::{FieldValue, write_string};
use super::wanted::{Wanted, named};
use crate::access::TenantScope;
use crate::collections::Collection;
use crate::invalid::{Findings, Invalid};
use crate::store::{Row, Sql, StoreError, Tx};

/// Ids that one statement takes.
const CHUNK: usize = 256;
/// The place of a record's id.
const ID: usize = 0;

/// A relation that is followed.
#[derive(Debug)]
pub(super) struct Followed {
    field: String,
    /// The column's place.
    pub(super) column: usize,
    many: bool,
    target: Arc<Collection>,
    /// The query up to its ids, and the rule's values; `None` where the actor sees nothing there.
    query: Option<(String, Vec<Value>)>,
    /// The columns that are read, by their places. Those that are shown come first.
    columns: Vec<usize>,
    shown: usize,
    further: Vec<Self>,
}

/// A record that is written but for its end, and to whom it points, for each relation that is followed from it.
#[derive(Debug)]
pub(super) struct Piece {
    json: Vec<u8>,
    targets: Vec<Vec<Uuid>>,
}

impl Records<'_> {
    /// The relations that `expand` and `fields` name, by paths apart by commas: `room,room.owner`.
    pub(super) fn followed(
        &self,
        expand: Option<&str>,
        fields: Option<&str>,
        access: &Access,
    ) -> Result<Vec<Followed>, Invalid> {
        let wanted = Wanted::read(expand, fields)?;
        let mut findings = Findings::default();
        let followed = follow(self.scope, &self.collection, Some(access), &wanted, &mut findings);
        findings.finish(Some(followed))
    }
}

fn follow(
    scope: &TenantScope,
    collection: &Arc<Collection>,
    access: Option<&Access>,
    wanted: &Wanted<'_>,
    findings: &mut Findings,
) -> Vec<Followed> {
    let mut followed = Vec::with_capacity(wanted.relations.len());
    let sees = |access: Option<&Access>, column: &Column| match access {
        Some(access) => access.shows(column),
        None => !column.hidden,
    };
    for (name, asked) in &wanted.relations {
        let relation = collection.relations.iter().find(|relation| relation.field == *name);
        let layout = &collection.layout;
        let column = layout.column(name);
        let column = column.filter(|at| layout.columns.get(*at).is_some_and(|column| sees(access, column)));
        let (Some(relation), Some(column)) = (relation, column) else {
            asked.refuse(collection.name(), findings);
            continue;
        };
        // A relation's target is a collection of the same tenant, and cannot be gone as long as it is pointed to.
        let Ok(records) = scope.records(&relation.target.to_string()) else { continue };
        let access = records.access(Verb::View).ok();
        let further = follow(scope, &records.collection, access.as_ref(), &asked.wanted, findings);
        let sees = |column: &Column| sees(access.as_ref(), column);
        let names = asked.wanted.fields.as_deref().unwrap_or(&["*"]).iter().copied();
        let mut columns = named(names, asked.path, records.layout(), &sees, findings);
        let shown = columns.len();
        for column in std::iter::once(ID).chain(further.iter().map(|further| further.column)) {
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        let query = access.as_ref().map(|access| {
            let planner = Planner { layout: records.layout(), dialect: records.dialect() };
            planner.by_ids(&access.conditions(), &columns, &scope.bindings())
        });
        followed.push(Followed {
            field: relation.field.clone(),
            column,
            many: relation.links.is_some(),
            target: Arc::clone(&records.collection),
            query,
            columns,
            shown,
            further,
        });
    }
    followed
}

impl Piece {
    /// From a row of these columns, the first `shown` of which are shown.
    pub(super) fn read(
        plan: &Plan,
        layout: &Layout,
        row: &Row<'_>,
        followed: &[Followed],
        json: Vec<u8>,
    ) -> Result<Self, StoreError> {
        let places = followed.iter().map(|followed| plan.position(followed.column));
        Self::with_targets(json, layout, row, followed, places)
    }

    fn with_targets(
        mut json: Vec<u8>,
        layout: &Layout,
        row: &Row<'_>,
        followed: &[Followed],
        places: impl Iterator<Item = Option<usize>>,
    ) -> Result<Self, StoreError> {
        // Its closing brace comes after what it points to.
        json.pop();
        let mut targets = Vec::with_capacity(followed.len());
        for (followed, at) in followed.iter().zip(places) {
            let (Some(at), Some(column)) = (at, layout.columns.get(followed.column)) else {
                targets.push(Vec::new());
                continue;
            };
            targets.push(match read(&column.kind, row, at)? {
                FieldValue::Uuid(id) => vec![id],
                FieldValue::Ids(ids) => ids,
                _ => Vec::new(),
            });
        }
        Ok(Self { json, targets })
    }
}

/// Ends the records with those that they point to.
pub(super) fn expand<'a>(
    tx: &'a mut Tx<'_>,
    pieces: Vec<Piece>,
    followed: &'a [Followed],
) -> BoxFuture<'a, Result<Vec<Vec<u8>>, StoreError>> {
    async move {
        let mut found = Vec::with_capacity(followed.len());
        for (at, relation) in followed.iter().enumerate() {
            let mut ids: Vec<Uuid> =
                pieces.iter().filter_map(|piece| piece.targets.get(at)).flatten().copied().collect();
            ids.sort_unstable();
            ids.dedup();
            found.push(relation.fetch(tx, &ids).await?);
        }
        let end = |piece: Piece| {
            let mut json = piece.json;
            // Of the record itself nothing may be shown.
            if json.last() != Some(&b'{') {
                json.push(b',');
            }
            json.extend_from_slice(b"\"expand\":{");
            let mut first = true;
            for ((relation, found), targets) in followed.iter().zip(&found).zip(&piece.targets) {
                let seen: Vec<_> = targets.iter().filter_map(|id| found.get(id)).collect();
                if seen.is_empty() && !relation.many {
                    continue;
                }
                if !std::mem::take(&mut first) {
                    json.push(b',');
                }
                write_string(&relation.field, &mut json);
                json.push(b':');
                relation.write(&seen, &mut json);
            }
            json.extend_from_slice(b"}}");
            json
        };
        Ok(pieces.into_iter().map(end).collect())
    }
    .boxed()
}

impl Followed {
    fn write(&self, seen: &[&Vec<u8>], out: &mut Vec<u8>) {
        if self.many {
            out.push(b'[');
        }
        for (at, record) in seen.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            out.extend_from_slice(record);
        }
        if self.many {
            out.push(b']');
        }
    }

    /// The records of these ids that can be seen, each as JSON with those that it points to.
    async fn fetch(&self, tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<u8>>, StoreError> {
        let Some((text, rule)) = self.query.as_ref().filter(|_| !ids.is_empty()) else {
            return Ok(HashMap::new());
        };
        let (mut known, mut pieces) = (Vec::new(), Vec::new());
        for chunk in ids.chunks(CHUNK) {
            // A few lengths only, so that statements are prepared once: the last id stands there more than once.
            let length = chunk.len().next_power_of_two();
            let marks = (0..length).map(|at| mark(tx.dialect(), rule.len() + at));
            let text = format!("{text}{})", marks.collect::<Vec<_>>().join(", "));
            let last = chunk.last().copied().into_iter().cycle();
            let padded = chunk.iter().copied().chain(last).take(length);
            let values = rule.iter().cloned().chain(padded.map(|id| Value::Uuid(Some(id)))).collect();
            let rows = tx.query(&Sql::new(text, values), |row| self.piece(row)).await?;
            for (id, piece) in rows {
                known.push(id);
                pieces.push(piece);
            }
        }
        if self.further.is_empty() {
            let whole = |piece: Piece| [piece.json, b"}".to_vec()].concat();
            return Ok(known.into_iter().zip(pieces.into_iter().map(whole)).collect());
        }
        Ok(known.into_iter().zip(expand(tx, pieces, &self.further).await?).collect())
    }

    fn piece(&self, row: &Row<'_>) -> Result<(Uuid, Piece), StoreError> {
        let layout = &self.target.layout;
        let id_at = self.position(ID).unwrap_or_default();
        let id = row.uuid(id_at)?.ok_or(StoreError::Column { column: id_at, wanted: "an id" })?;
        let mut json = vec![b'{'];
        for (at, &place) in self.columns.iter().take(self.shown).enumerate() {
            let (Some(column), Some(key)) = (layout.columns.get(place), layout.keys.get(place)) else {
                continue;
            };
            if at > 0 {
                json.push(b',');
            }
            json.extend_from_slice(key);
            write(&column.kind, row, at, &mut json)?;
        }
        json.push(b'}');
        let places = self.further.iter().map(|further| self.position(further.column));
        let piece = Piece::with_targets(json, layout, row, &self.further, places)?;
        Ok((id, piece))
    }

    /// Where a column stands in a row.
    fn position(&self, column: usize) -> Option<usize> {
        self.columns.iter().position(|read| *read == column)
    }
}
