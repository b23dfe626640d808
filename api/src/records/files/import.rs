//! A file that is read as it comes.

use std::time::Duration;

use futures_util::StreamExt as _;
use neonex_core::access::TenantScope;
use neonex_core::records::{
    BATCH, Columns, Import, ImportOptions, ImportReport, OnError as DomainOnError, Ragged as DomainRagged,
};
use poem::http::StatusCode;
use poem::{Body, Request, RequestBody};
use poem_openapi::registry::{MetaRequest, Registry};
use poem_openapi::types::Type as _;
use poem_openapi::{ApiExtractor, ApiExtractorType, Enum, ExtractParamOptions, Object};

use super::Format;
use crate::caller::{Caller, Surface};
use crate::payload::AnyRecord;
use crate::problem::Problem;
use crate::route::body::{check_coding, unsupported};

/// How long a client may send nothing.
const PATIENCE: Duration = Duration::from_mins(1);

/// The body of an import.
pub(super) struct Upload {
    content_type: Option<String>,
    body: Body,
}

impl<'a> ApiExtractor<'a> for Upload {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        AnyRecord::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Some(MetaRequest { description: None, content: Format::content(), required: true })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        check_coding(request)?;
        Ok(Self { content_type: request.content_type().map(str::to_owned), body: body.take()? })
    }
}

impl Upload {
    /// The format that was asked for, or else the one that the body says it has.
    pub(super) fn format(&self, asked: Option<Format>) -> Result<Format, Problem> {
        let said = || self.content_type.as_deref().and_then(Format::of);
        asked.or_else(said).ok_or_else(|| {
            unsupported("Say in `format` or in `Content-Type` whether the file is NDJSON, JSON or CSV.")
        })
    }
}

/// What to do with rows that have other numbers of cells than the first line.
#[derive(Enum, Clone, Copy)]
#[oai(rename = "RaggedRows", rename_all = "snake_case")]
pub(super) enum Ragged {
    /// They fail. This is the default.
    Refuse,
    /// Cells that are missing are as if their column was, and empty ones beyond the first line's are nothing.
    Pad,
}

/// What to do after a line that failed.
#[derive(Enum, Clone, Copy)]
#[oai(rename = "OnError", rename_all = "snake_case")]
pub(super) enum OnError {
    /// Leave out the rest. This is the default.
    Stop,
    /// Go on with the next line.
    Skip,
}

/// What came of an import.
#[derive(Object)]
#[oai(rename = "ImportReport")]
pub(super) struct Report {
    /// Records that were made.
    created: u64,
    /// Records that were there and were changed.
    updated: u64,
    /// Lines that failed.
    failed: u64,
    /// The line of the last record that was handled; 0 where there was none.
    last_line: u64,
    /// Whether the rest of the file was left out because a line failed.
    stopped: bool,
    /// What is wrong, the first 100.
    errors: Vec<LineError>,
}

/// What is wrong with a line.
#[derive(Object)]
#[oai(rename = "ImportError")]
struct LineError {
    /// Its number, from 1; in a JSON array, the place of the item.
    line: u64,
    /// Where in the record, as a JSON Pointer (RFC 6901).
    pointer: String,
    /// What kind of wrong, for programs.
    code: String,
    /// What kind of wrong, for people.
    message: String,
}

impl From<&ImportReport> for Report {
    fn from(report: &ImportReport) -> Self {
        let errors = report.errors.iter().map(|error| LineError {
            line: error.line,
            pointer: error.detail.pointer.clone(),
            code: error.detail.code.to_owned(),
            message: error.detail.message.clone(),
        });
        Self {
            created: report.created,
            updated: report.updated,
            failed: report.failed,
            last_line: report.last_line,
            stopped: report.stopped,
            errors: errors.collect(),
        }
    }
}

/// How far an import came that cannot go on.
pub(super) fn progress(report: &ImportReport) -> String {
    let ImportReport { created, updated, failed, last_line, .. } = report;
    format!("Handled up to line {last_line}: {created} created, {updated} updated, {failed} failed.")
}

/// Parameters of an import.
pub(super) struct Sent {
    pub(super) columns: Option<String>,
    pub(super) delimiter: Option<String>,
    pub(super) ragged: Option<Ragged>,
    pub(super) upsert_by: Option<String>,
    pub(super) on_error: Option<OnError>,
    pub(super) dry_run: bool,
}

pub(super) fn options(sent: Sent) -> Result<ImportOptions, Problem> {
    let wrong = |name: &str, message: &str| {
        let problem = Problem::bad_request("invalid_parameter", "A parameter cannot be accepted as it is.");
        problem.error(format!("?{name}"), "invalid", message)
    };
    let columns: Columns = match &sent.columns {
        Some(json) => serde_json::from_str(json)
            .map_err(|_| wrong("columns", "this is no JSON object from names to names or null"))?,
        None => Columns::new(),
    };
    let delimiter = match sent.delimiter.as_deref() {
        None | Some("") => None,
        Some("tab") => Some('\t'),
        Some(text) => {
            let mut characters = text.chars();
            let one = characters.next().filter(|_| characters.next().is_none());
            Some(one.ok_or_else(|| wrong("delimiter", "a delimiter is one character, or `tab`"))?)
        }
    };
    Ok(ImportOptions {
        columns,
        delimiter,
        ragged: match sent.ragged {
            None | Some(Ragged::Refuse) => DomainRagged::Refuse,
            Some(Ragged::Pad) => DomainRagged::Pad,
        },
        upsert_by: sent.upsert_by,
        on_error: match sent.on_error {
            None | Some(OnError::Stop) => DomainOnError::Stop,
            Some(OnError::Skip) => DomainOnError::Skip,
        },
        dry_run: sent.dry_run,
    })
}

/// Reads the body to its end, or until the import stops. Every transaction counts as a request; of whom rules bind,
/// every record.
pub(super) async fn run(
    import: &mut Import,
    upload: Upload,
    (surface, caller, scope): (&Surface, &Caller, &TenantScope),
) -> Result<(), Problem> {
    let each = if import.is_ruled() { 1 } else { BATCH as u64 };
    let mut charged = 1;
    let mut parts = Box::pin(upload.body.into_bytes_stream());
    while !import.report().stopped {
        let part = tokio::time::timeout(PATIENCE, parts.next()).await.map_err(|_| too_slow())?;
        let Some(part) = part else { break };
        let part =
            part.map_err(|_| Problem::bad_request("incomplete_body", "The body broke off before its end."))?;
        import.push(&part).await?;
        let report = import.report();
        let due = (report.created + report.updated + report.failed).div_ceil(each);
        if due > charged {
            let further = usize::try_from(due - charged).unwrap_or(usize::MAX);
            surface.charge(caller, scope, further).await?;
            charged = due;
        }
    }
    Ok(import.finish().await?)
}

fn too_slow() -> Problem {
    let detail = format!("Nothing of the body came for {} seconds.", PATIENCE.as_secs());
    Problem::new(StatusCode::REQUEST_TIMEOUT, "body_too_slow", detail)
}
