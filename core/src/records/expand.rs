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
use super::layout::Layout;
use super::query::{Plan, Planner, mark};
use super::service::{Access, Records, Verb};
use super::value::{FieldValue, write_string};
use crate::access::TenantScope;
use crate::collections::Collection;
use crate::invalid::{Findings, Invalid};
use crate::store::{Row, Sql, StoreError, Tx};

/// Relations that one request follows, one after another and in all.
const MAX_DEPTH: usize = 4;
const MAX_RELATIONS: usize = 20;
/// Ids that one statement takes.
const CHUNK: usize = 256;

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
    columns: Vec<usize>,
    further: Vec<Self>,
}

/// A record that is written but for its end, and to whom it points, for each relation that is followed from it.
#[derive(Debug)]
pub(super) struct Piece {
    json: Vec<u8>,
    targets: Vec<Vec<Uuid>>,
}

/// Paths as a tree: each name with what follows it.
#[derive(Default)]
struct Paths<'p>(Vec<(&'p str, Self)>);

impl<'p> Paths<'p> {
    fn read(text: &'p str) -> Result<Self, Invalid> {
        let mut paths = Self::default();
        let mut count = 0;
        for path in text.split(',').map(str::trim).filter(|path| !path.is_empty()) {
            let mut at = &mut paths;
            for (depth, name) in path.split('.').enumerate() {
                if depth == MAX_DEPTH {
                    let message =
                        format!("`{path}` follows more than {MAX_DEPTH} relations one after another");
                    return Err(Invalid::one("/expand", "too_deep", message));
                }
                if at.0.iter().all(|(known, _)| *known != name) {
                    at.0.push((name, Self::default()));
                    count += 1;
                }
                let Some((_, next)) = at.0.iter_mut().find(|(known, _)| *known == name) else { break };
                at = next;
            }
        }
        if count > MAX_RELATIONS {
            let message = format!("at most {MAX_RELATIONS} relations are followed");
            return Err(Invalid::one("/expand", "too_many", message));
        }
        Ok(paths)
    }
}

impl Records<'_> {
    /// The relations that `expand` names, by paths apart by commas: `room,room.owner`.
    pub(super) fn followed(&self, expand: Option<&str>, access: &Access) -> Result<Vec<Followed>, Invalid> {
        let Some(expand) = expand.filter(|expand| !expand.trim().is_empty()) else { return Ok(Vec::new()) };
        let mut findings = Findings::default();
        let followed =
            follow(self.scope, &self.collection, Some(access), &Paths::read(expand)?, &mut findings);
        findings.finish(Some(followed))
    }
}

fn follow(
    scope: &TenantScope,
    collection: &Arc<Collection>,
    access: Option<&Access>,
    paths: &Paths<'_>,
    findings: &mut Findings,
) -> Vec<Followed> {
    let mut followed = Vec::with_capacity(paths.0.len());
    for (name, further) in &paths.0 {
        let relation = collection.relations.iter().find(|relation| relation.field == *name);
        let column = collection.layout.column(name);
        let seen = |at: usize| {
            let column = collection.layout.columns.get(at)?;
            access.map_or(!column.hidden, |access| access.shows(column)).then_some(at)
        };
        let (Some(relation), Some(column)) = (relation, column.and_then(seen)) else {
            let message = format!("`{name}` is no relation of `{}`", collection.name());
            findings.add("/expand", "unknown_relation", message);
            continue;
        };
        // A relation's target is a collection of the same tenant, and cannot be gone as long as it is pointed to.
        let Ok(records) = scope.records(&relation.target.to_string()) else { continue };
        let access = records.access(Verb::View).ok();
        let shown = access.as_ref().map(|access| records.visible(access)).unwrap_or_default();
        let query = access.as_ref().map(|access| {
            let planner = Planner { layout: records.layout(), dialect: records.dialect() };
            planner.by_ids(&access.conditions(), &shown, &scope.bindings())
        });
        followed.push(Followed {
            field: relation.field.clone(),
            column,
            many: relation.links.is_some(),
            further: follow(scope, &records.collection, access.as_ref(), further, findings),
            target: Arc::clone(&records.collection),
            query,
            columns: shown,
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
            json.extend_from_slice(b",\"expand\":{");
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
        let id = row.uuid(0)?.ok_or(StoreError::Column { column: 0, wanted: "an id" })?;
        let mut json = vec![b'{'];
        for (at, &place) in self.columns.iter().enumerate() {
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
        let place = |followed: &Self| self.columns.iter().position(|column| *column == followed.column);
        let piece = Piece::with_targets(json, layout, row, &self.further, self.further.iter().map(place))?;
        Ok((id, piece))
    }
}

impl Records<'_> {
    /// The columns that may be seen, by their places. The id is the first.
    pub(super) fn visible(&self, access: &Access) -> Vec<usize> {
        let all = self.layout().columns.iter().enumerate();
        all.filter(|(_, column)| access.shows(column)).map(|(at, _)| at).collect()
    }
}
