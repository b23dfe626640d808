//! Whole collections as files: out and in, as streams.

mod export;
mod import;

use neonex_core::records::{ExportQuery, Format as Domain};
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::registry::MetaMediaType;
use poem_openapi::types::Type as _;
use poem_openapi::{Enum, OpenApi};

use self::export::File;
use self::import::{Answer, Ragged, Run, Upload};
pub(crate) use self::import::{OnError, Report};
use super::query_problem;
use crate::caller::{Caller, Surface};
use crate::payload::AnyRecord;
use crate::problem::Problem;

/// The operations on whole collections.
#[derive(Clone)]
pub struct Files(pub Surface);

/// How records are written in a file.
#[derive(Enum, Clone, Copy)]
#[oai(rename = "FileFormat", rename_all = "snake_case")]
enum Format {
    /// A JSON object on each line.
    Ndjson,
    /// An array of JSON objects.
    Json,
    /// RFC 4180, in UTF-8, with the fields' names in the first line. Null is an empty cell; arrays and objects are
    /// JSON.
    Csv,
}

impl From<Format> for Domain {
    fn from(format: Format) -> Self {
        match format {
            Format::Ndjson => Self::Ndjson,
            Format::Json => Self::Json,
            Format::Csv => Self::Csv,
        }
    }
}

impl Format {
    const ALL: [Self; 3] = [Self::Ndjson, Self::Json, Self::Csv];

    /// The format that a `Content-Type` names.
    fn of(content_type: &str) -> Option<Self> {
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        Self::ALL.into_iter().find(|format| format.essence().eq_ignore_ascii_case(essence))
    }

    fn essence(self) -> &'static str {
        self.media_type().split(';').next().unwrap_or_default()
    }

    /// A body of any of them, for the document.
    fn content() -> Vec<MetaMediaType> {
        let content = Self::ALL.into_iter().map(|format| {
            let schema = match format {
                Self::Json => <Vec<AnyRecord>>::schema_ref(),
                Self::Ndjson | Self::Csv => String::schema_ref(),
            };
            MetaMediaType { content_type: format.essence(), schema }
        });
        content.collect()
    }

    const fn media_type(self) -> &'static str {
        match self {
            Self::Ndjson => "application/x-ndjson",
            Self::Json => "application/json",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }

    const fn suffix(self) -> &'static str {
        match self {
            Self::Ndjson => "ndjson",
            Self::Json => "json",
            Self::Csv => "csv",
        }
    }
}

#[OpenApi]
impl Files {
    /// Export records
    ///
    /// Every record that a list with this filter would show, as a stream of one file. A record that is there from
    /// beginning to end is in it exactly once; of changes made meanwhile it has some. If the server cannot go on, the
    /// answer breaks off without its last chunk, which clients report as an error.
    #[oai(
        path = "/v1/collections/:collection/records/export",
        method = "get",
        operation_id = "export_records",
        tag = "crate::Tag::Records"
    )]
    async fn export(
        &self,
        caller: Caller,
        /// The collection's name or id.
        collection: Path<String>,
        /// How the records are written.
        format: Query<Format>,
        /// A condition in CEL over the fields, as `year >= 1990 && director != null`.
        filter: Query<Option<String>>,
        /// Fields to be written, apart by commas; all if not given.
        fields: Query<Option<String>>,
    ) -> Result<File, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let records = scope.records(&collection)?;
        let query = ExportQuery { filter: filter.0, fields: fields.0 };
        let mut export = records.export(query, format.0.into()).map_err(query_problem)?;
        // What cannot be exported at all is a problem, and not a broken stream.
        let first = export.next().await.map_err(query_problem)?.unwrap_or_default();
        let name = records.collection().definition().name.to_string();
        Ok(File { format: format.0, name, body: export::body(first, export) })
    }

    /// Import records
    ///
    /// Writes the records of a file, as it comes, in transactions of at most 500 lines. A line that is wrong is in the
    /// report and changes nothing; those before it are kept. What the server sets (`created_at`, `updated_at`, `auto`,
    /// `computed`) is passed over, so that an export can be imported. An answer that is a problem says how far the file
    /// had been read.
    #[oai(
        path = "/v1/collections/:collection/records/import",
        method = "post",
        operation_id = "import_records",
        tag = "crate::Tag::Records"
    )]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the operation")]
    async fn import(
        &self,
        caller: Caller,
        /// The collection's name or id.
        collection: Path<String>,
        /// How the records are written; as `Content-Type` says if not given.
        format: Query<Option<Format>>,
        /// A JSON object: for names in the file the fields that they mean, or null to leave them out. Other names mean
        /// themselves.
        columns: Query<Option<String>>,
        /// What stands between cells of a CSV file: a comma if not given, `tab` for a tab.
        delimiter: Query<Option<String>>,
        /// What to do with rows of a CSV file that have other numbers of cells than its first line.
        ragged: Query<Option<Ragged>>,
        /// `id`, a field that is unique, or all fields of a unique index apart by commas: a record that has the line's values
        /// there is changed, in the fields that the line has. If not given, every line is a new record.
        upsert_by: Query<Option<String>>,
        /// What to do after a line that failed.
        on_error: Query<Option<OnError>>,
        /// Try everything and keep nothing. Lines are then tried against what is there and against the 500 around them.
        dry_run: Query<Option<bool>>,
        body: Upload,
    ) -> Result<Answer, Problem> {
        let scope = self.0.tenant(&caller).await?;
        let records = scope.records(&collection)?;
        let format = body.format(format.0)?;
        let options = import::options(import::Sent {
            columns: columns.0,
            delimiter: delimiter.0,
            ragged: ragged.0,
            upsert_by: upsert_by.0,
            on_error: on_error.0,
            dry_run: dry_run.0.unwrap_or_default(),
        })?;
        let import = records.import(format.into(), options).map_err(query_problem)?;
        let progress = body.progress;
        let run = Run::new(import, body, (self.0.clone(), caller, scope.clone()));
        if progress {
            Ok(Answer::Progress(run.lines()))
        } else {
            run.report().await.map(|report| Answer::Report(Json(report)))
        }
    }
}
