//! Records with those that they point to and those that point to them, at any depth, by one statement for each relation
//! and not for each record.
//!
//! What is pointed to is shown as far as its own collection lets it be seen: a record that the view rule hides, or
//! that the actor has no permission for, is left out of `expand`; its id stands in the field all the same. Of what
//! points to a record there is what a list of its collection would show, since that is what it amounts to.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use sea_query::Value;
use serde_json::Value as Json;
use uuid::Uuid;

use super::column::{read, write};
use super::error::RecordError;
use super::layout::{Column, FIXED, Layout};
use super::query::{ByIds, MOST_POINTING, MOST_POINTING_IN_ALL, Plan, Planner, mark};
use super::service::{Access, Records, Verb};
use super::value::{FieldValue, write_string};
use super::wanted::{self, Wanted, named};
use crate::access::TenantScope;
use crate::collections::{Collection, Relation};
use crate::invalid::{Findings, Invalid};
use crate::store::{Row, Sql, StoreError, Tx};

/// Ids that one statement takes.
const CHUNK: usize = 256;
/// The place of a record's id.
const ID: usize = 0;

/// A relation that is followed, one way or the other.
#[derive(Debug)]
pub(super) struct Followed {
    /// What it is called.
    name: String,
    /// The place of the column whose ids say which records belong to one: its relation, or where these point to it, its
    /// id.
    pub(super) column: usize,
    many: bool,
    back: bool,
    target: Arc<Collection>,
    /// `None` where the actor sees nothing there. What is pointed to is asked for by its ids, what points by those that are
    /// pointed to.
    query: Option<ByIds>,
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
    /// The relations that `expand` and `fields` name, by paths apart by commas: `room,room.owner`, either way.
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
    let relations = wanted.relations.iter();
    let each = relations.filter_map(|(name, asked)| {
        let Some(way) = Lead::find(scope, collection, access, name) else {
            asked.refuse(collection.name(), findings);
            return None;
        };
        Followed::new(scope, way, (*name, asked), findings)
    });
    each.collect()
}

fn sees(access: Option<&Access>, column: &Column) -> bool {
    match access {
        Some(access) => access.shows(column),
        None => !column.hidden,
    }
}

/// Whether the actor may follow the relation in the column at that place, which tells of it in every record.
fn follows(access: Option<&Access>, at: usize, column: &Column) -> bool {
    match access {
        Some(access) => access.asks(at, column),
        None => !column.hidden && !column.ruled,
    }
}

/// Where a relation leads.
#[derive(Clone, Copy)]
enum Lead<'c> {
    /// From the column at that place to what it points to.
    Forth(usize, &'c Relation),
    /// To the records of a collection that point here.
    Back(&'c Arc<Collection>, &'c Relation),
}

impl<'c> Lead<'c> {
    /// By the field of that name, or else by that of another collection, where the actor may know of it.
    fn find(
        scope: &'c TenantScope,
        collection: &'c Collection,
        access: Option<&Access>,
        name: &str,
    ) -> Option<Self> {
        if let Some(column) = collection.layout.column(name) {
            let relation = collection.relations.iter().find(|relation| relation.field == name)?;
            let found = collection.layout.columns.get(column);
            let is_seen = found.is_some_and(|found| follows(access, column, found));
            return is_seen.then_some(Self::Forth(column, relation));
        }
        let (pointing, relation) = scope.tenant().pointing(collection.id(), name)?;
        let access = scope.records(&pointing.id().to_string()).ok()?.access(Verb::List).ok();
        let at = relation.place + FIXED.len();
        let is_seen =
            pointing.layout.columns.get(at).is_some_and(|column| follows(access.as_ref(), at, column));
        is_seen.then_some(Self::Back(pointing, relation))
    }

    const fn verb(&self) -> Verb {
        match self {
            Self::Forth(..) => Verb::View,
            Self::Back(..) => Verb::List,
        }
    }
}

impl Followed {
    fn new(
        scope: &TenantScope,
        way: Lead<'_>,
        (name, asked): (&str, &wanted::Relation<'_>),
        findings: &mut Findings,
    ) -> Option<Self> {
        let target = match way {
            Lead::Forth(_, relation) => relation.target,
            Lead::Back(pointing, _) => pointing.id(),
        };
        // A relation's target is a collection of the same tenant, and cannot be gone as long as it is pointed to.
        let records = scope.records(&target.to_string()).ok()?;
        let access = records.access(way.verb()).ok();
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
            let veils = records.veils(access);
            let planner = Planner { layout: records.layout(), dialect: records.dialect(), veils: &veils };
            let (conditions, bindings) = (access.conditions(), scope.bindings());
            let columns = (columns.as_slice(), shown);
            match way {
                Lead::Forth(..) => planner.by_ids(&conditions, columns, &bindings),
                Lead::Back(_, relation) => planner.pointing(relation, &conditions, columns, &bindings),
            }
        });
        let (column, many, back) = match way {
            Lead::Forth(column, relation) => (column, relation.links.is_some(), false),
            Lead::Back(..) => (ID, true, true),
        };
        let (name, target) = (name.to_owned(), Arc::clone(&records.collection));
        Some(Self { name, column, many, back, target, query, columns, shown, further })
    }
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

/// Ends the records with those that they point to, and those that point to them.
pub(super) fn expand<'a>(
    tx: &'a mut Tx<'_>,
    pieces: Vec<Piece>,
    followed: &'a [Followed],
) -> BoxFuture<'a, Result<Vec<Vec<u8>>, RecordError>> {
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
                let seen: Vec<_> = targets.iter().filter_map(|id| found.get(id)).flatten().collect();
                if seen.is_empty() && !relation.many {
                    continue;
                }
                if !std::mem::take(&mut first) {
                    json.push(b',');
                }
                write_string(&relation.name, &mut json);
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

/// Records as JSON, by the ids that led to them.
type Found = HashMap<Uuid, Vec<Vec<u8>>>;

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

    /// The records that these ids lead to and can be seen, each with those that are followed from it.
    async fn fetch(&self, tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<Found, RecordError> {
        let Some(query) = self.query.as_ref().filter(|_| !ids.is_empty()) else {
            return Ok(HashMap::new());
        };
        let (mut known, mut pieces) = (Vec::new(), Vec::new());
        let mut sort = |rows: Vec<(Uuid, Piece)>| {
            for (id, piece) in rows {
                known.push(id);
                pieces.push(piece);
            }
        };
        if self.back {
            let ids: Vec<_> = ids.iter().map(|id| id.hyphenated().to_string()).collect();
            let mut values = query.values.clone();
            values.insert(query.at.min(values.len()), Json::from(ids).to_string().into());
            let sql = Sql::new(query.text.as_str(), values);
            sort(tx.query(&sql, |row| self.piece(query, row)).await?);
            self.is_bounded(known.len())?;
        } else {
            for chunk in ids.chunks(CHUNK) {
                // A few lengths only, so that statements are prepared once: the last id stands there more than once.
                let length = chunk.len().next_power_of_two();
                let marks = (0..length).map(|at| mark(tx.dialect(), query.at + at));
                let text = format!("{}{})", query.text, marks.collect::<Vec<_>>().join(", "));
                let last = chunk.last().copied().into_iter().cycle();
                let padded = chunk.iter().copied().chain(last).take(length);
                let ids = padded.map(|id| Value::Uuid(Some(id)));
                let values = query.values.iter().cloned().chain(ids).collect();
                sort(tx.query(&Sql::new(text, values), |row| self.piece(query, row)).await?);
            }
        }
        let records = if self.further.is_empty() {
            pieces.into_iter().map(|piece| [piece.json, b"}".to_vec()].concat()).collect()
        } else {
            expand(tx, pieces, &self.further).await?
        };
        let mut found = Found::with_capacity(known.len());
        for (id, record) in known.into_iter().zip(records) {
            found.entry(id).or_default().push(record);
        }
        Ok(found)
    }

    /// Refuses more records than one answer should have: what points to a record knows no bound of its own.
    fn is_bounded(&self, found: usize) -> Result<(), Invalid> {
        if found <= MOST_POINTING_IN_ALL {
            return Ok(());
        }
        let message = format!(
            "`{}` leads to more than {MOST_POINTING_IN_ALL} records, up to {MOST_POINTING} for each; take a smaller page, \
             or list `{}` with a filter",
            self.name,
            self.target.name()
        );
        Err(Invalid::one("/expand", "too_many", message))
    }

    /// A row, with the id that led to it.
    fn piece(&self, query: &ByIds, row: &Row<'_>) -> Result<(Uuid, Piece), StoreError> {
        let layout = &self.target.layout;
        let id_at = if self.back { self.columns.len() } else { self.position(ID).unwrap_or_default() };
        let id = row.uuid(id_at)?.ok_or(StoreError::Column { column: id_at, wanted: "an id" })?;
        let mut json = vec![b'{'];
        for (at, &place) in self.columns.iter().take(self.shown).enumerate() {
            let (Some(column), Some(key)) = (layout.columns.get(place), layout.keys.get(place)) else {
                continue;
            };
            if !query.veils.show(row, at)? {
                continue;
            }
            if json.last() != Some(&b'{') {
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
