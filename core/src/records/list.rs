//! Pages of records.

use std::sync::Arc;

use futures_util::FutureExt as _;
use sea_query::Value;

use super::column::{read, write};
use super::cursor::{self, Cursor};
use super::error::RecordError;
use super::expand::{Followed, Piece, expand};
use super::layout::Column;
use super::observed::Sent;
use super::query::{self, By, Plan, PlanKey, Planner, Term};
use super::search::Highlighter;
use super::service::{Access, Records, Verb, unread};
use super::special::{SCORE, Special};
use super::value::{FieldValue, write_string};
use super::wanted::named;
use crate::expr::{self, Checked, Seen, Shape, Vocabulary};
use crate::invalid::{Findings, Invalid};
use crate::slow_queries::{Asked, Operation};
use crate::store::StoreError;
use crate::vectors::Metric;

/// Records on a page at most.
pub const MAX_LIMIT: u32 = 200;
pub(super) const DEFAULT_LIMIT: u32 = 50;
const MAX_SORT: usize = 8;
/// The order by chance.
const RANDOM: &str = "@random";
/// An estimate counts no further.
const ESTIMATE_CAP: i64 = 10_000;

/// Whether and how the total is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Count {
    /// Not at all.
    #[default]
    None,
    /// Every record that the list would show.
    Exact,
    /// The same, but no further than 10,000, which then means "at least".
    Estimated,
}

/// What a list is to show, as sent.
#[derive(Debug, Clone, Default)]
pub struct ListQuery {
    /// A condition in CEL.
    pub filter: Option<String>,
    /// Fields apart by commas, `-` before one for the other way around.
    pub sort: Option<String>,
    /// Fields apart by commas, also of records that are pointed to, as `room.name`. `*` stands for all.
    pub fields: Option<String>,
    /// Relations to be followed, by paths apart by commas.
    pub expand: Option<String>,
    /// Records on the page, 1 to [`MAX_LIMIT`]; 50 where nothing is said.
    pub limit: Option<u32>,
    /// The page before's `next_cursor`.
    pub cursor: Option<String>,
    /// Whether the total is counted.
    pub count: Count,
    /// Words that are searched for. What fits best comes first where no order is asked for.
    pub search: Option<String>,
    /// Whether what was found is marked, in `_highlights`.
    pub highlight: bool,
    /// A place, to which what is nearest comes first: `field:lat,lon`.
    pub near: Option<String>,
    /// Where records are: `field:lat,lon,metres` or `field:south,west,north,east`.
    pub within: Option<String>,
    /// A vector, to which what is most like it comes first: `field:[…]`.
    pub nearest: Option<String>,
    /// What that means.
    pub metric: Metric,
}

/// A page of records.
#[derive(Debug, Clone)]
pub struct RecordPage {
    /// `{"items":[…],"next_cursor":…,"total":…}`.
    pub json: Vec<u8>,
    /// The cursor of the next page, where there is one.
    pub next: Option<String>,
}

impl Records<'_> {
    /// A page of records.
    pub async fn list(&self, query: &ListQuery) -> Result<RecordPage, RecordError> {
        let access = self.access(Verb::List)?;
        let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            let message = format!("a page has 1 to {MAX_LIMIT} records");
            return Err(Invalid::one("/limit", "out_of_range", message).into());
        }
        let mut special = self.special(query, &access)?;
        let question = self.question(query);
        let cursor = match &query.cursor {
            Some(text) => {
                let order = self.order(query.sort.as_deref(), &access, &special)?;
                if order.iter().any(|term| term.by == By::Random) {
                    let message = format!("a list in the order `{RANDOM}` has one page");
                    return Err(Invalid::one("/cursor", "one_page", message).into());
                }
                Some(cursor::read(text, &order, self.layout(), &question, self.dialect())?)
            }
            None => None,
        };
        let followed = self.followed(query.expand.as_deref(), query.fields.as_deref(), &access)?;
        let count = self.count_plan(query, &access, &special.clone().unordered())?;
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        if let Some(scan) = special.scan.take() {
            // What is wrong with the question is said before all vectors are read.
            self.shown(query.fields.as_deref(), &followed, &access)?;
            let conditions = self.conditions(query.filter.as_deref(), &access)?;
            let page = (cursor.as_ref(), wanted.saturating_add(1));
            special = self.scanned(&scan, &special, &conditions, page).await?;
        }
        let plan = self.list_plan(query, &access, cursor.as_ref(), &followed, &special)?;
        plan.count();
        if query.search.is_some()
            && let Some(observed) = self.collection.observed.get()
        {
            observed.search();
        }
        let Special { score, highlight, .. } = special;
        let capped = query.count == Count::Estimated;
        let collection = Arc::clone(&self.collection);
        let values = cursor.map(|cursor| cursor.values).unwrap_or_default();
        let bindings = self.scope.bindings();
        let page = plan.sql(&bindings, &values, Some(Value::BigInt(Some(i64::from(limit) + 1))));
        let cap = capped.then_some(Value::BigInt(Some(ESTIMATE_CAP)));
        let count = count.map(|count| count.sql(&bindings, &[], cap));
        let store = self.scope.platform().store();
        let done = store
            .read_timed(self.scope.place(), move |tx| {
                async move {
                    let mut rows = Page {
                        plan: &plan,
                        keys: &collection.layout,
                        followed: &followed,
                        score: score.map(|score| score.shown),
                        highlight: highlight.as_ref(),
                        wanted,
                        found: 0,
                        next: None,
                        out: Vec::new(),
                        pieces: Vec::new(),
                    };
                    rows.out.extend_from_slice(b"{\"items\":[");
                    tx.query(&page, |row| rows.add(row, &question)).await.map_err(unread)?;
                    let Page { next, found, mut out, pieces, .. } = rows;
                    if !followed.is_empty() {
                        out.extend_from_slice(&expand(tx, pieces, &followed).await?.join(&b','));
                    }
                    out.extend_from_slice(b"],\"next_cursor\":");
                    let next = next.filter(|_| found > wanted);
                    match &next {
                        Some(next) => write_string(next, &mut out),
                        None => out.extend_from_slice(b"null"),
                    }
                    out.extend_from_slice(b",\"total\":");
                    match count {
                        Some(count) => {
                            let total = tx.query(&count, |row| row.int(0)).await.map_err(unread)?;
                            let total = total.first().copied().flatten().unwrap_or(0);
                            out.extend_from_slice(total.to_string().as_bytes());
                        }
                        None => out.extend_from_slice(b"null"),
                    }
                    out.push(b'}');
                    Ok(RecordPage { json: out, next })
                }
                .boxed()
            })
            .await;
        let asked = Asked {
            filter: query.filter.as_deref(),
            sort: query.sort.as_deref(),
            nearest: query.near.as_deref().or(query.nearest.as_deref()),
            search: query.search.is_some(),
            ruled: access.is_ruled(),
            ..Asked::new(Operation::List, self.collection.id())
        };
        self.scope.timed(&asked, done)
    }

    /// What a cursor belongs to.
    fn question(&self, query: &ListQuery) -> String {
        let mut question = format!(
            "{}\n{}\n{}",
            self.collection.id(),
            query.filter.as_deref().unwrap_or_default(),
            query.sort.as_deref().unwrap_or_default()
        );
        let special_terms = [
            ("search", &query.search),
            ("near", &query.near),
            ("within", &query.within),
            ("nearest", &query.nearest),
        ];
        for (name, term) in special_terms {
            if let Some(term) = term {
                for part in ["\n", name, " ", term] {
                    question.push_str(part);
                }
            }
        }
        if query.metric == Metric::L2 {
            question.push_str("\nl2");
        }
        question
    }

    pub(super) fn list_plan(
        &self,
        query: &ListQuery,
        access: &Access,
        cursor: Option<&Cursor>,
        followed: &[Followed],
        special: &Special,
    ) -> Result<Arc<Plan>, RecordError> {
        let mut also: Vec<usize> = followed.iter().map(|followed| followed.column).collect();
        also.extend(special.highlight.iter().flat_map(|(_, columns)| columns));
        also.sort_unstable();
        let key = PlanKey {
            shape: query::Shape::Page,
            ruled: access.is_ruled(),
            veiled: access.veiled(),
            filter: None,
            shaped: false,
            sort: query.sort.clone().unwrap_or_default(),
            fields: query.fields.clone().unwrap_or_default(),
            also,
            cursor: cursor.map(|cursor| cursor.nulls.clone()),
        };
        let (also, nulls) = (key.also.clone(), key.cursor.clone());
        self.planned(key, query.filter.as_deref(), access, special, &|conditions| {
            let order = self.order(query.sort.as_deref(), access, special)?;
            let columns = self.shown(query.fields.as_deref(), followed, access)?;
            let veils = self.veils(access);
            let planner = Planner { layout: self.layout(), dialect: self.dialect(), veils: &veils };
            let sent = Sent {
                filter: query.filter.as_deref(),
                sort: query.sort.as_deref(),
                ruled: access.is_ruled(),
            };
            let seen = self.observe(conditions, &order, &[], sent);
            let mut plan = planner.list(conditions, order, (columns, &also), nulls.as_deref(), special);
            plan.seen = seen;
            Ok(plan)
        })
    }

    /// The plan that is kept for the question, or made for it and kept. Filters that differ in constants alone share
    /// one, and are not parsed.
    fn planned(
        &self,
        mut key: PlanKey,
        filter: Option<&str>,
        access: &Access,
        special: &Special,
        make: &dyn Fn(&[Checked]) -> Result<Plan, RecordError>,
    ) -> Result<Arc<Plan>, RecordError> {
        // What is special is this request's alone.
        if !special.is_none() {
            return Ok(Arc::new(make(&self.conditions(filter, access)?)?));
        }
        let (plans, dialect) = (&self.collection.plans, self.dialect());
        if let Some(shape) = filter.and_then(Shape::of).filter(|shape| !shape.constants.is_empty()) {
            key.filter = Some(shape.source.clone());
            key.shaped = true;
            let kept = if let Some(kept) = plans.get(&key) {
                kept
            } else {
                // What is wrong with the filter is said of the filter itself.
                let conditions = self.conditions(Some(&shape.source), access).unwrap_or_default();
                let fits = conditions.last().is_some_and(|filter| filter.fits(&shape, dialect));
                let plan =
                    if fits { Some(Arc::new(make(&conditions)?.shaped(&shape, dialect))) } else { None };
                plans.insert(key.clone(), plan.clone());
                plan
            };
            if let Some(plan) = kept {
                return Ok(Arc::new(plan.filled(&shape.constants, dialect)));
            }
        }
        key.filter = filter.map(str::to_owned);
        key.shaped = false;
        if let Some(Some(plan)) = plans.get(&key) {
            return Ok(plan);
        }
        let plan = Arc::new(make(&self.conditions(filter, access)?)?);
        plans.insert(key, Some(Arc::clone(&plan)));
        Ok(plan)
    }

    fn count_plan(
        &self,
        query: &ListQuery,
        access: &Access,
        special: &Special,
    ) -> Result<Option<Arc<Plan>>, RecordError> {
        let shape = match query.count {
            Count::None => return Ok(None),
            Count::Exact => query::Shape::Count,
            Count::Estimated => query::Shape::CappedCount,
        };
        let key = PlanKey {
            shape,
            ruled: access.is_ruled(),
            veiled: access.veiled(),
            filter: None,
            shaped: false,
            sort: String::new(),
            fields: String::new(),
            also: Vec::new(),
            cursor: None,
        };
        let plan = self.planned(key, query.filter.as_deref(), access, special, &|conditions| {
            let planner = Planner { layout: self.layout(), dialect: self.dialect(), veils: &[] };
            Ok(planner.count(conditions, shape == query::Shape::CappedCount, special))
        });
        plan.map(Some)
    }

    /// The rule, if one binds, and the filter, if there is one.
    pub(super) fn conditions(
        &self,
        filter: Option<&str>,
        access: &Access,
    ) -> Result<Vec<Checked>, RecordError> {
        let mut conditions = access.conditions();
        if let Some(filter) = filter.filter(|filter| !filter.trim().is_empty()) {
            let (catalogue, model) =
                (Arc::clone(&self.collection.catalogue), Arc::clone(&self.collection.model));
            let records = |target, way| self.scope.tenant().rule_of(target, way);
            // Of other collections it is not known in each request who reads what, and a statement is kept for many.
            let field = |of, name: &str| of == self.collection.id() && self.column(name, access).is_some();
            let seen = Seen { records: &records, field: &field };
            let vocabulary = match access {
                Access::All => Vocabulary::of_filter(catalogue, model),
                Access::Ruled(..) => Vocabulary::of_ruled_filter(catalogue, model, seen),
            };
            let checked = expr::parse(filter, &vocabulary)
                .map_err(|error| Invalid::one("/filter", "invalid_filter", error.to_string()))?;
            conditions.push(checked);
        }
        Ok(conditions)
    }

    /// The order of a list. The id is its end, so that it is total; it goes the way of the last field.
    fn order(&self, sort: Option<&str>, access: &Access, special: &Special) -> Result<Vec<Term>, Invalid> {
        let mut findings = Findings::default();
        let score = special.score.as_ref().map(|_| Term { by: By::Score, descending: false });
        let mut order: Vec<Term> = score.into_iter().collect();
        for name in sort.unwrap_or_default().split(',').map(str::trim).filter(|name| !name.is_empty()) {
            if name == RANDOM {
                order.push(Term { by: By::Random, descending: false });
                continue;
            }
            let (name, descending) = name.strip_prefix('-').map_or((name, false), |name| (name, true));
            match self.column(name, access) {
                Some((_, column)) if !column.kind.is_comparable() => {
                    let message = format!("`{name}` is of type {}, which has no order", column.kind.name());
                    findings.add("/sort", "not_comparable", message);
                }
                Some((at, _)) if order.iter().any(|term| term.by == By::Column(at)) => {
                    findings.add("/sort", "duplicate", format!("`{name}` stands there twice"));
                }
                Some((column, _)) => order.push(Term { by: By::Column(column), descending }),
                None => findings.add("/sort", "unknown_field", format!("there is no field `{name}`")),
            }
        }
        if order.len() > MAX_SORT {
            findings.add("/sort", "too_many", format!("a list is sorted by at most {MAX_SORT} fields"));
        }
        if order.iter().any(|term| term.by == By::Random) {
            if order.len() > 1 {
                findings.add("/sort", "not_alone", format!("`{RANDOM}` goes with no other order"));
            }
            return findings.finish(Some(order));
        }
        if order.iter().all(|term| term.by != By::Column(0)) {
            let descending = order.last().is_some_and(|last| last.descending);
            order.push(Term { by: By::Column(0), descending });
        }
        findings.finish(Some(order))
    }

    /// The column of that name with its place, where the actor may ask for it.
    pub(super) fn column(&self, name: &str, access: &Access) -> Option<(usize, &Column)> {
        let at = self.layout().column(name)?;
        let column = self.layout().columns.get(at)?;
        access.asks(at, column).then_some((at, column))
    }

    /// The columns that are asked for, by their places. Fields of records that are followed are not among them.
    pub(super) fn shown(
        &self,
        fields: Option<&str>,
        followed: &[Followed],
        access: &Access,
    ) -> Result<Vec<usize>, Invalid> {
        let fields = fields.filter(|fields| !fields.trim().is_empty()).unwrap_or("*");
        let own = |name: &&str| followed.is_empty() || !name.contains('.');
        let mut findings = Findings::default();
        let names = fields.split(',').map(str::trim).filter(own);
        let columns = named(names, "", self.layout(), &|column| access.shows(column), &mut findings);
        findings.finish(Some(columns))
    }
}

/// A page as it grows.
struct Page<'p> {
    plan: &'p Plan,
    keys: &'p super::layout::Layout,
    followed: &'p [Followed],
    /// What the score is called, and whether it is turned around.
    score: Option<(&'static str, bool)>,
    highlight: Option<&'p (Highlighter, Vec<usize>)>,
    wanted: usize,
    found: usize,
    next: Option<String>,
    out: Vec<u8>,
    /// In place of `out`, where relations are followed.
    pieces: Vec<Piece>,
}

impl Page<'_> {
    /// Adds a row, or, past the page's end, notes that there is one.
    fn add(&mut self, row: &crate::store::Row<'_>, question: &str) -> Result<(), StoreError> {
        self.found += 1;
        if self.found > self.wanted {
            return Ok(());
        }
        if self.followed.is_empty() {
            if self.found > 1 {
                self.out.push(b',');
            }
            write_row(self.plan, self.keys, row, &mut self.out)?;
            if self.is_special() {
                let mut out = std::mem::take(&mut self.out);
                self.write_special(row, &mut out)?;
                self.out = out;
            }
        } else {
            let mut json = Vec::with_capacity(512);
            write_row(self.plan, self.keys, row, &mut json)?;
            if self.is_special() {
                self.write_special(row, &mut json)?;
            }
            self.pieces.push(Piece::read(self.plan, self.keys, row, self.followed, json)?);
        }
        let pages = self.plan.order.iter().all(|term| term.by != By::Random);
        if pages && self.found == self.wanted {
            let mut values = Vec::with_capacity(self.plan.order.len());
            for term in &self.plan.order {
                let (Some(at), Some((kind, _))) = (self.plan.position_of(term.by), term.by.kind(self.keys))
                else {
                    continue;
                };
                values.push(read(kind, row, at)?);
            }
            self.next = Some(cursor::write(&values, question));
        }
        Ok(())
    }

    const fn is_special(&self) -> bool {
        self.score.is_some() || self.highlight.is_some()
    }

    /// Goes on with a record that has been written: its score, and what was found in it.
    fn write_special(&self, row: &crate::store::Row<'_>, out: &mut Vec<u8>) -> Result<(), StoreError> {
        // Its closing brace.
        out.pop();
        let mut first = out.ends_with(b"{");
        let mut key = |name: &str, out: &mut Vec<u8>| {
            if !std::mem::take(&mut first) {
                out.push(b',');
            }
            write_string(name, out);
            out.push(b':');
        };
        if let (Some((name, turned)), Some(at)) = (self.score, self.plan.position_of(By::Score)) {
            key(name, out);
            match read(&SCORE, row, at)? {
                FieldValue::Float(score) if turned => FieldValue::Float(-score).write_json(out),
                score => score.write_json(out),
            }
        }
        if let Some((highlighter, columns)) = self.highlight {
            key("_highlights", out);
            out.push(b'{');
            let mut first = true;
            for &place in columns {
                let (Some(at), Some(column)) = (self.plan.position(place), self.keys.columns.get(place))
                else {
                    continue;
                };
                let FieldValue::Text(text) = read(&column.kind, row, at)? else { continue };
                let Some(excerpt) = highlighter.excerpt(&column.kind, &text) else { continue };
                if !std::mem::take(&mut first) {
                    out.push(b',');
                }
                write_string(&column.name, out);
                out.push(b':');
                write_string(&excerpt, out);
            }
            out.push(b'}');
        }
        out.push(b'}');
        Ok(())
    }
}

/// Writes the columns that are shown as one JSON object.
pub(super) fn write_row(
    plan: &Plan,
    layout: &super::layout::Layout,
    row: &crate::store::Row<'_>,
    out: &mut Vec<u8>,
) -> Result<(), StoreError> {
    out.push(b'{');
    let mut first = true;
    for (at, &place) in plan.columns.iter().take(plan.shown).enumerate() {
        let (Some(column), Some(key)) = (layout.columns.get(place), layout.keys.get(place)) else { continue };
        if !plan.shows(row, at)? {
            continue;
        }
        if !std::mem::take(&mut first) {
            out.push(b',');
        }
        out.extend_from_slice(key);
        write(&column.kind, row, at, out)?;
    }
    out.push(b'}');
    Ok(())
}
