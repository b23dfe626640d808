//! Many records from a file, as it comes.
//!
//! The file is taken apart as its bytes arrive, and its records are written in transactions of [`BATCH`] each, so that
//! neither memory nor a transaction grows with the file. A line that is wrong, or that the database or a rule refuses,
//! fails alone: those before it are kept, and what happens to those after it is for the client to say.

mod columns;
mod split;
mod write;

use std::sync::Arc;

pub use self::columns::{Columns, Ragged};
use self::columns::{Header, rename};
pub(crate) use self::split::{Content, Item, Splitter};
pub(crate) use self::write::details;
use self::write::{FoundBy, Line, Target, Written};
use super::batch::References;
use super::error::RecordError;
use super::export::Format;
use super::service::{Records, Verb};
use crate::access::RecordsWrite;
use crate::invalid::{Detail, Invalid};
use crate::json::is_deeper;

/// Records that one transaction writes at most.
pub const BATCH: usize = 500;
/// Bytes of JSON from which on a transaction is begun with fewer.
const BATCH_BYTES: usize = 1024 * 1024;
/// Errors that a report names; the others are counted.
pub const MAX_ERRORS: usize = 100;
/// How deep the JSON of a record may nest, as in the body of a request.
const MAX_DEPTH: u32 = 32;

/// How a file is to be read, and what is done with its records.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// Which field each of the file's names means; those that are not named mean themselves.
    pub columns: Columns,
    /// What stands between the cells of a table; a comma where nothing is said.
    pub delimiter: Option<char>,
    /// What to do with ragged rows.
    pub ragged: Ragged,
    /// `id`, a unique field, or the fields of a unique index apart by commas, by which records that are there are found
    /// and changed. Where nothing is said, every record is a new one.
    pub upsert_by: Option<String>,
    /// What to do after a line that failed.
    pub on_error: OnError,
    /// Whether everything is tried and nothing kept.
    pub dry_run: bool,
}

/// What to do after a line that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnError {
    /// Nothing more.
    #[default]
    Stop,
    /// Go on with the next.
    Skip,
}

/// What came of a file, or of its beginning.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Records that were made.
    pub created: u64,
    /// Records that were there and were changed.
    pub updated: u64,
    /// Lines that failed.
    pub failed: u64,
    /// The line of the last record that was handled; 0 where there was none.
    pub last_line: u64,
    /// Whether the rest of the file was left out because a line failed.
    pub stopped: bool,
    /// What is wrong, the first [`MAX_ERRORS`].
    pub errors: Vec<LineError>,
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineError {
    /// Its number, from 1; of an array, the place of the item.
    pub line: u64,
    /// What, and where in the record.
    pub detail: Detail,
}

/// An import under way.
pub struct Import {
    target: Target,
    options: ImportOptions,
    splitter: Splitter,
    header: Option<Header>,
    waiting: Vec<Line>,
    waiting_bytes: usize,
    report: ImportReport,
}

impl Records<'_> {
    /// Begins an import.
    pub fn import(&self, format: Format, options: ImportOptions) -> Result<Import, RecordError> {
        self.is_writable()?;
        self.not_users()?;
        self.access(Verb::Create)?;
        let found_by = options.upsert_by.as_deref().map(|names| self.found_by(names)).transpose()?;
        let splitter = match (format, options.delimiter) {
            (Format::Csv, delimiter) => Splitter::table(read_delimiter(delimiter.unwrap_or(','))?),
            (_, Some(_)) => {
                let message = "only a table has a `delimiter`";
                return Err(Invalid::one("/delimiter", "not_applicable", message).into());
            }
            (Format::Ndjson, None) => Splitter::lines(),
            (Format::Json, None) => Splitter::array(),
        };
        let (scope, collection) = (self.scope.clone(), Arc::clone(&self.collection));
        let target = Target { scope, collection, found_by: found_by.map(Arc::new), dry_run: options.dry_run };
        Ok(Import {
            target,
            options,
            splitter,
            header: None,
            waiting: Vec::new(),
            waiting_bytes: 0,
            report: ImportReport::default(),
        })
    }

    /// How records are found by that key.
    fn found_by(&self, names: &str) -> Result<FoundBy, RecordError> {
        if names == "id" {
            return Ok(FoundBy::Id);
        }
        self.key(names, |message| Invalid::one("/upsert_by", "not_unique", message)).map(FoundBy::Key)
    }
}

fn read_delimiter(delimiter: char) -> Result<u8, Invalid> {
    let fits = delimiter == '\t' || (delimiter.is_ascii_punctuation() && delimiter != '"');
    let message = "a delimiter is one ASCII punctuation character or a tab";
    u8::try_from(delimiter)
        .ok()
        .filter(|_| fits)
        .ok_or_else(|| Invalid::one("/delimiter", "invalid_delimiter", message))
}

impl Import {
    /// What came of the file so far.
    pub const fn report(&self) -> &ImportReport {
        &self.report
    }

    /// Whether rules bind whoever imports.
    pub fn is_ruled(&self) -> bool {
        self.target.scope.permit::<RecordsWrite>().is_err()
    }

    /// Takes the next bytes of the file, and writes what they complete. After an error, and once
    /// [`stopped`](ImportReport::stopped), nothing more is taken.
    pub async fn push(&mut self, bytes: &[u8]) -> Result<(), RecordError> {
        let mut items = Vec::new();
        let split = self.splitter.push(bytes, &mut items);
        self.take(items).await?;
        // What came before it is kept.
        if let Err(invalid) = split {
            self.flush().await?;
            return Err(invalid.into());
        }
        Ok(())
    }

    /// Writes the rest.
    pub async fn finish(&mut self) -> Result<(), RecordError> {
        let mut items = Vec::new();
        let split = if self.report.stopped { Ok(()) } else { self.splitter.finish(&mut items) };
        self.take(items).await?;
        self.flush().await?;
        Ok(split?)
    }

    async fn take(&mut self, items: Vec<Item>) -> Result<(), RecordError> {
        for item in items {
            if self.report.stopped {
                return Ok(());
            }
            let Item { line, content } = item;
            let json = match (content, &self.header) {
                (Content::Json(json), _) => Ok(rename(&self.options.columns, &self.target.collection, json)),
                (Content::Cells(cells), Some(header)) => header.object(&cells, &self.target.collection),
                (Content::Cells(cells), None) => {
                    self.header = Some(self.read_header(cells)?);
                    continue;
                }
            };
            match json.and_then(|json| self.read(line, &json)) {
                Ok(line) => self.waiting.push(line),
                Err(invalid) => {
                    // In their order: those before it first.
                    self.flush().await?;
                    self.fail(line, invalid.details().to_vec());
                }
            }
            if self.waiting.len() >= BATCH || self.waiting_bytes >= BATCH_BYTES {
                self.flush().await?;
            }
        }
        Ok(())
    }

    fn read_header(&self, cells: Vec<Vec<u8>>) -> Result<Header, Invalid> {
        let (options, collection) = (&self.options, &self.target.collection);
        Header::read(cells, &options.columns, collection, !self.is_ruled(), options.ragged)
    }

    fn read(&mut self, line: u64, json: &[u8]) -> Result<Line, Invalid> {
        if is_deeper(json, MAX_DEPTH) {
            let message = format!("the JSON is nested deeper than {MAX_DEPTH} levels");
            return Err(Invalid::one("", "json_too_deep", message));
        }
        let input = self.target.records().input_with(json, false, &References::default())?;
        self.waiting_bytes += json.len();
        Ok(Line { line, input })
    }

    /// Writes what waits.
    async fn flush(&mut self) -> Result<(), RecordError> {
        let mut lines: Arc<[Line]> = std::mem::take(&mut self.waiting).into();
        self.waiting_bytes = 0;
        while !lines.is_empty() && !self.report.stopped {
            let attempt = write::write(&self.target, Arc::clone(&lines)).await?;
            let Some((at, error)) = attempt.failure else {
                self.count(&attempt.written, &lines);
                return Ok(());
            };
            // The transaction is taken back with the line that failed; those before it are fine.
            let failed = lines.get(at).map_or(0, |line| line.line);
            let before: Arc<[Line]> = lines.iter().take(at).cloned().collect();
            if !before.is_empty() {
                let again = write::write(&self.target, Arc::clone(&before)).await?;
                if again.failure.is_some() {
                    // Others write too: what failed is an earlier line now.
                    continue;
                }
                self.count(&again.written, &before);
            }
            self.fail(failed, details(error)?);
            lines = lines.iter().skip(at + 1).cloned().collect();
        }
        Ok(())
    }

    fn count(&mut self, written: &Written, lines: &[Line]) {
        self.report.created += written.created;
        self.report.updated += written.updated;
        if let Some(last) = lines.last() {
            self.report.last_line = last.line;
        }
    }

    fn fail(&mut self, line: u64, details: Vec<Detail>) {
        // Lines before it may have stopped the import.
        if self.report.stopped {
            return;
        }
        self.report.failed += 1;
        self.report.last_line = line;
        let room = MAX_ERRORS.saturating_sub(self.report.errors.len());
        let errors = details.into_iter().take(room).map(|detail| LineError { line, detail });
        self.report.errors.extend(errors);
        self.report.stopped = self.options.on_error == OnError::Stop;
    }
}
