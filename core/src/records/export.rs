//! All records that a list shows, as a stream.
//!
//! Pages are read by id, each one statement, so that neither memory nor a connection is held however long the client
//! takes. What stands there throughout is written exactly once; what is made, changed or deleted meanwhile is written
//! as its page finds it, or not.

use std::sync::Arc;

use futures_util::FutureExt as _;
use sea_query::Value;

use super::column::read;
use super::cursor::Cursor;
use super::error::RecordError;
use super::layout::Layout;
use super::list::{ListQuery, write_row};
use super::query::Plan;
use super::service::{Records, Verb, unread};
use super::special::Special;
use super::value::FieldValue;
use crate::access::TenantScope;
use crate::collections::Collection;
use crate::slow_queries::{Asked, Operation};
use crate::store::{Row, StoreError};

/// Bytes of a page, from which on it ends.
const PAGE_BYTES: usize = 256 * 1024;
/// Records that a page is asked for: at first, and at most.
const FIRST_ROWS: usize = 100;
const MOST_ROWS: usize = 2_000;

/// How records are written in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// An object a line.
    Ndjson,
    /// An array of objects.
    Json,
    /// RFC 4180, with the names of the fields in the first line.
    Csv,
}

/// Which records are exported, as sent.
#[derive(Debug, Clone, Default)]
pub struct ExportQuery {
    /// A condition in CEL.
    pub filter: Option<String>,
    /// Fields apart by commas.
    pub fields: Option<String>,
}

/// An export under way.
pub struct Export {
    scope: TenantScope,
    collection: Arc<Collection>,
    format: Format,
    filter: Option<String>,
    ruled: bool,
    /// Of the first page, and of those after an id.
    plans: (Arc<Plan>, Arc<Plan>),
    state: State,
    rows: usize,
    written: u64,
}

#[derive(Debug, Clone)]
enum State {
    Start,
    After(Value),
    End,
}

impl Records<'_> {
    /// Begins an export, in the order of ids.
    pub fn export(&self, query: ExportQuery, format: Format) -> Result<Export, RecordError> {
        let access = self.access(Verb::List)?;
        let query = ListQuery { filter: query.filter, fields: query.fields, ..ListQuery::default() };
        let after = Cursor { nulls: vec![false], values: Vec::new() };
        let first = self.list_plan(&query, &access, None, &[], &Special::default())?;
        first.count();
        let further = self.list_plan(&query, &access, Some(&after), &[], &Special::default())?;
        Ok(Export {
            scope: self.scope.clone(),
            collection: Arc::clone(&self.collection),
            format,
            filter: query.filter,
            ruled: access.is_ruled(),
            plans: (first, further),
            state: State::Start,
            rows: FIRST_ROWS,
            written: 0,
        })
    }
}

impl Export {
    /// The next bytes; `None` after the last. After an error there are no more, and what was given so far is no whole
    /// export.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, RecordError> {
        let (plan, after) = match std::mem::replace(&mut self.state, State::End) {
            State::Start => (&self.plans.0, None),
            State::After(id) => (&self.plans.1, Some(id)),
            State::End => return Ok(None),
        };
        let plan = Arc::clone(plan);
        let start = after.is_none();
        let limit = Value::BigInt(i64::try_from(self.rows).ok());
        let sql = plan.sql(&self.scope.bindings(), &Vec::from_iter(after), Some(limit));
        let (collection, format, written) = (Arc::clone(&self.collection), self.format, self.written);
        let store = self.scope.platform().store();
        let done = store
            .read_timed::<_, RecordError, _>(self.scope.place(), move |tx| {
                async move {
                    let mut page = Page::new(format, written);
                    tx.query(&sql, |row| page.add(&plan, &collection.layout, row)).await.map_err(unread)?;
                    Ok(page)
                }
                .boxed()
            })
            .await;
        let asked = Asked::new(Operation::Export, self.collection.id()).filtered(self.filter.as_deref());
        let page = self.scope.timed(&Asked { ruled: self.ruled, ..asked }, done)?;
        let full = page.seen == self.rows;
        // As many as filled a page; more while they do not.
        self.rows = if page.is_full() { page.taken.max(1) } else { (self.rows * 2).min(MOST_ROWS) };
        self.written += page.taken as u64;
        let last = if full || page.seen > page.taken { page.last } else { None };
        let end = last.is_none();
        self.state = last.map_or(State::End, State::After);
        let mut out = if start { self.head() } else { Vec::new() };
        out.extend_from_slice(&page.out);
        if end && format == Format::Json {
            out.extend_from_slice(b"\n]\n");
        }
        Ok(Some(out))
    }

    /// What stands before the first record.
    fn head(&self) -> Vec<u8> {
        match self.format {
            Format::Ndjson => Vec::new(),
            Format::Json => b"[\n".to_vec(),
            Format::Csv => {
                let columns = self.plans.0.columns.iter().take(self.plans.0.shown);
                let names = columns.filter_map(|&at| self.collection.layout.columns.get(at));
                csv_line(names.map(|column| column.name.as_bytes()))
            }
        }
    }
}

/// Records of one statement.
struct Page {
    format: Format,
    before: u64,
    out: Vec<u8>,
    seen: usize,
    taken: usize,
    last: Option<Value>,
}

impl Page {
    const fn new(format: Format, before: u64) -> Self {
        Self { format, before, out: Vec::new(), seen: 0, taken: 0, last: None }
    }

    const fn is_full(&self) -> bool {
        self.out.len() >= PAGE_BYTES
    }

    /// Adds a row; past the page's end it is left to the next.
    fn add(&mut self, plan: &Plan, layout: &Layout, row: &Row<'_>) -> Result<(), StoreError> {
        self.seen += 1;
        if self.is_full() {
            return Ok(());
        }
        match self.format {
            Format::Ndjson => {
                write_row(plan, layout, row, &mut self.out)?;
                self.out.push(b'\n');
            }
            Format::Json => {
                if self.before + self.taken as u64 > 0 {
                    self.out.extend_from_slice(b",\n");
                }
                write_row(plan, layout, row, &mut self.out)?;
            }
            Format::Csv => self.out.extend_from_slice(&csv_row(plan, layout, row)?),
        }
        self.taken += 1;
        self.last = Some(Value::Uuid(row.uuid(plan.position(0).unwrap_or_default())?));
        Ok(())
    }
}

fn csv_row(plan: &Plan, layout: &Layout, row: &Row<'_>) -> Result<Vec<u8>, StoreError> {
    let mut cells = Vec::with_capacity(plan.shown);
    for (at, &place) in plan.columns.iter().take(plan.shown).enumerate() {
        let Some(column) = layout.columns.get(place) else { continue };
        let value = if plan.shows(row, at)? { read(&column.kind, row, at)? } else { FieldValue::Null };
        cells.push(value.to_cell());
    }
    Ok(csv_line(cells))
}

fn csv_line(cells: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().buffer_capacity(512).from_writer(Vec::new());
    // Writing to memory does not fail, and each line is of its own length.
    let _infallible = writer.write_record(cells);
    writer.into_inner().unwrap_or_default()
}

impl FieldValue {
    /// The value as a cell of a table: a text as it is, null as nothing, and the others as JSON.
    fn to_cell(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Text(text) => text.clone(),
            Self::Datetime(_) | Self::Uuid(_) | Self::Decimal { .. } => {
                self.to_json().trim_matches('"').to_owned()
            }
            _ => self.to_json(),
        }
    }
}
