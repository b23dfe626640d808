//! A file that is read as it comes.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::{BoxStream, unfold};
use neonex_core::access::TenantScope;
use neonex_core::records::{
    BATCH, Columns, Import, ImportOptions, ImportReport, OnError as DomainOnError, Ragged as DomainRagged,
};
use poem::http::StatusCode;
use poem::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use poem::{Body, IntoResponse, Request, RequestBody, Response};
use poem_openapi::payload::{Json, Payload as _};
use poem_openapi::registry::{MetaMediaType, MetaRequest, MetaResponse, MetaResponses, Registry};
use poem_openapi::types::{ToJSON as _, Type as _};
use poem_openapi::{ApiExtractor, ApiExtractorType, ApiResponse, Enum, ExtractParamOptions, Object};

use super::Format;
use crate::caller::{Caller, Surface};
use crate::payload::AnyRecord;
use crate::problem::{Problem, ProblemBody};
use crate::route::body::{check_coding, unsupported};

/// How long a client may send nothing.
const PATIENCE: Duration = Duration::from_mins(1);

/// The body of an import, and how it is to be answered.
pub(super) struct Upload {
    content_type: Option<String>,
    /// Whether the client wants to be told how far it is.
    pub(super) progress: bool,
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
        let accept = request.headers().get_all(ACCEPT).iter().filter_map(|accept| accept.to_str().ok());
        let progress = accept
            .flat_map(|accept| accept.split(','))
            .any(|media_type| Format::of(media_type).is_some_and(|format| matches!(format, Format::Ndjson)));
        let content_type = request.content_type().map(str::to_owned);
        Ok(Self { content_type, progress, body: body.take()? })
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
pub(crate) enum OnError {
    /// Leave out the rest. This is the default.
    Stop,
    /// Go on with the next line.
    Skip,
}

impl From<OnError> for DomainOnError {
    fn from(on_error: OnError) -> Self {
        match on_error {
            OnError::Stop => Self::Stop,
            OnError::Skip => Self::Skip,
        }
    }
}

/// What came of an import.
#[derive(Object)]
#[oai(rename = "ImportReport")]
pub(crate) struct Report {
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

/// A line of the answer while an import goes on: one of these.
#[derive(Default, Object)]
#[oai(rename = "ImportProgress", skip_serializing_if_is_none)]
pub(super) struct Line {
    /// How far it is.
    progress: Option<Progress>,
    /// What came of it: the last line.
    report: Option<Report>,
    /// Why it could not go on: the last line.
    problem: Option<ProblemBody>,
}

/// How far an import is.
#[derive(Object)]
#[oai(rename = "ImportedSoFar")]
struct Progress {
    /// Records that were made.
    created: u64,
    /// Records that were there and were changed.
    updated: u64,
    /// Lines that failed.
    failed: u64,
    /// The line of the last record that was handled.
    last_line: u64,
}

/// What an import answers.
pub(super) enum Answer {
    /// At its end.
    Report(Json<Report>),
    /// While it goes on.
    Progress(Body),
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        match self {
            Self::Report(report) => report.into_response(),
            Self::Progress(lines) => {
                let mut response = Response::from(lines);
                let headers = response.headers_mut();
                headers.insert(CONTENT_TYPE, HeaderValue::from_static(Format::Ndjson.media_type()));
                // A line must not wait for others, neither here to be compressed with them nor on the way.
                headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store, no-transform"));
                response
            }
        }
    }
}

impl ApiResponse for Answer {
    fn meta() -> MetaResponses {
        let lines = MetaMediaType { content_type: Format::Ndjson.essence(), schema: Line::schema_ref() };
        let report =
            MetaMediaType { content_type: Json::<Report>::CONTENT_TYPE, schema: Report::schema_ref() };
        let ok = MetaResponse {
            description: "What came of it; with `Accept: application/x-ndjson` lines that say how far it is, and that last.",
            status: Some(200),
            status_range: None,
            content: vec![report, lines],
            headers: Vec::new(),
        };
        MetaResponses { responses: vec![ok] }
    }

    fn register(registry: &mut Registry) {
        Line::register(registry);
    }
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
        on_error: sent.on_error.map_or(DomainOnError::Stop, DomainOnError::from),
        dry_run: sent.dry_run,
    })
}

/// An import that goes on as its body comes. Every transaction counts as a request; of whom rules bind, every record.
pub(super) struct Run {
    import: Import,
    parts: BoxStream<'static, io::Result<Bytes>>,
    payer: (Surface, Caller, TenantScope),
    charged: u64,
}

impl Run {
    pub(super) fn new(import: Import, upload: Upload, payer: (Surface, Caller, TenantScope)) -> Self {
        Self { import, parts: upload.body.into_bytes_stream().boxed(), payer, charged: 1 }
    }

    /// Takes the next part of the body. False at its end, or where the import stopped.
    async fn step(&mut self) -> Result<bool, Problem> {
        let next = if self.import.report().stopped { None } else { self.part().await? };
        let Some(part) = next else {
            self.import.finish().await?;
            return Ok(false);
        };
        self.import.push(&part).await?;
        let each = if self.import.is_ruled() { 1 } else { BATCH as u64 };
        let due = self.handled().div_ceil(each);
        if due > self.charged {
            let further = usize::try_from(due - self.charged).unwrap_or(usize::MAX);
            let (surface, caller, scope) = &self.payer;
            surface.charge(caller, scope, further).await?;
            self.charged = due;
        }
        Ok(true)
    }

    async fn part(&mut self) -> Result<Option<Bytes>, Problem> {
        let part = tokio::time::timeout(PATIENCE, self.parts.next()).await.map_err(|_| too_slow())?;
        let incomplete = |_| Problem::bad_request("incomplete_body", "The body broke off before its end.");
        part.transpose().map_err(incomplete)
    }

    fn handled(&self) -> u64 {
        let ImportReport { created, updated, failed, .. } = self.import.report();
        created + updated + failed
    }

    /// A problem with how far the file had been handled.
    fn broken(&self, problem: Problem) -> Problem {
        let ImportReport { created, updated, failed, last_line, .. } = self.import.report();
        problem.and(&format!(
            "Handled up to line {last_line}: {created} created, {updated} updated, {failed} failed."
        ))
    }

    /// To the end of the body.
    pub(super) async fn report(mut self) -> Result<Report, Problem> {
        loop {
            match self.step().await {
                Ok(true) => {}
                Ok(false) => return Ok(Report::from(self.import.report())),
                Err(problem) => return Err(self.broken(problem)),
            }
        }
    }

    /// The same, with a line whenever something has been handled.
    pub(super) fn lines(self) -> Body {
        let lines = unfold(Some(self), |run| async move {
            let mut run = run?;
            let before = run.handled();
            loop {
                match run.step().await {
                    Ok(true) if run.handled() == before => {}
                    Ok(true) => return Some((run.progress(), Some(run))),
                    Ok(false) => {
                        let report = Some(Report::from(run.import.report()));
                        return Some((Line { report, ..Line::default() }, None));
                    }
                    Err(problem) => {
                        let problem = Some(run.broken(problem).into_body());
                        return Some((Line { problem, ..Line::default() }, None));
                    }
                }
            }
        });
        Body::from_bytes_stream(
            lines.map(|line| Ok::<_, io::Error>(Bytes::from(line.to_json_string() + "\n"))),
        )
    }

    fn progress(&self) -> Line {
        let &ImportReport { created, updated, failed, last_line, .. } = self.import.report();
        Line { progress: Some(Progress { created, updated, failed, last_line }), ..Line::default() }
    }
}

fn too_slow() -> Problem {
    let detail = format!("Nothing of the body came for {} seconds.", PATIENCE.as_secs());
    Problem::new(StatusCode::REQUEST_TIMEOUT, "body_too_slow", detail)
}
