//! `neonex import` and `neonex export`: whole collections as files.

use std::io;
use std::os::fd::AsFd;
use std::path::Path;

use futures_util::TryStreamExt as _;
use futures_util::stream::try_unfold;
use indicatif::{ProgressBar, ProgressStyle};
use neonex_sdk::types::{ImportReport, OnError, RaggedRows};
use neonex_sdk::{Records, reqwest};
use serde_json::{Map, Value};
use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use crate::exit::CommandError;
use crate::output;
use crate::remote::{self, ExportArgs, FileFormat, ImportArgs};

const PART: usize = 128 * 1024;

pub(super) fn import(args: &ImportArgs) -> Result<(), CommandError> {
    remote::run(async {
        let format = args.format.or_else(|| FileFormat::of(&args.file)).ok_or_else(|| {
            CommandError::Usage(format!("say with --format how {} is written", args.file.display()))
        })?;
        let records: Records<Map<String, Value>> = args.remote.client()?.records(&args.collection);
        let mut import = records.import(format.into());
        if let Some(columns) = &args.columns {
            import = import.columns(columns);
        }
        if let Some(delimiter) = &args.delimiter {
            import = import.delimiter(delimiter);
        }
        if let Some(ragged) = &args.ragged {
            import = import.ragged(RaggedRows::from(ragged.clone()));
        }
        if let Some(field) = &args.upsert_by {
            import = import.upsert_by(field);
        }
        if let Some(then) = &args.on_error {
            import = import.on_error(OnError::from(then.clone()));
        }
        if args.dry_run {
            import = import.dry_run();
        }
        let (file, length) = open(&args.file).await?;
        // The server takes no more than it has written, so what was sent is how far it is.
        let bar = bar(length);
        let report = import.send(reqwest::Body::wrap_stream(parts(file, bar.clone()))).await;
        bar.finish_and_clear();
        tell(&report?, args.json, args.dry_run)
    })
}

/// Says what came of an import.
pub(super) fn tell(report: &ImportReport, json: bool, dry_run: bool) -> Result<(), CommandError> {
    for error in &report.errors {
        output::note(&format!("line {}{}: {}", error.line, error.pointer, error.message));
    }
    if json {
        output::json(report)?;
    } else {
        let kept = if dry_run { " (dry run: nothing was kept)" } else { "" };
        output::note(&format!(
            "{} created, {} updated, {} failed{kept}",
            report.created, report.updated, report.failed
        ));
    }
    if report.stopped {
        output::note(&format!("stopped at line {}", report.last_line));
    }
    if report.failed == 0 { Ok(()) } else { Err(CommandError::Lines(report.failed)) }
}

pub(super) fn export(args: &ExportArgs) -> Result<(), CommandError> {
    remote::run(async {
        let named = args.output.as_deref().and_then(FileFormat::of);
        let format = args.format.or(named).unwrap_or(FileFormat::Ndjson);
        let records: Records<Map<String, Value>> = args.remote.client()?.records(&args.collection);
        let mut export = records.export(format.into());
        if let Some(filter) = &args.filter {
            export = export.filter(filter);
        }
        if let Some(fields) = &args.fields {
            export = export.fields(fields);
        }
        let mut parts = export.send().await?;
        let mut file = create(args.output.as_deref()).await?;
        let bar = bar(None);
        while let Some(part) = parts.try_next().await? {
            file.write_all(&part).await.map_err(CommandError::io("the file could not be written"))?;
            bar.inc(part.len() as u64);
        }
        bar.finish_and_clear();
        file.flush().await.map_err(CommandError::io("the file could not be written"))
    })
}

pub(super) async fn open(
    path: &Path,
) -> Result<(Box<dyn AsyncRead + Send + Unpin>, Option<u64>), CommandError> {
    if path.as_os_str() == "-" {
        return Ok((Box::new(standard(&io::stdin())?), None));
    }
    let what = || CommandError::io(format!("{} could not be read", path.display()));
    let file = File::open(path).await.map_err(what())?;
    let length = file.metadata().await.map_err(what())?.len();
    Ok((Box::new(file), Some(length)))
}

/// A standard stream as a file, which does not need a thread of its own.
fn standard(stream: &impl AsFd) -> Result<File, CommandError> {
    let stream = stream.as_fd().try_clone_to_owned();
    let stream = stream.map_err(CommandError::io("a standard stream could not be opened"))?;
    Ok(File::from_std(stream.into()))
}

async fn create(path: Option<&Path>) -> Result<Box<dyn AsyncWrite + Send + Unpin>, CommandError> {
    let Some(path) = path else { return Ok(Box::new(standard(&io::stdout())?)) };
    let what = format!("{} could not be written", path.display());
    Ok(Box::new(File::create(path).await.map_err(CommandError::io(what))?))
}

pub(super) fn parts(
    file: Box<dyn AsyncRead + Send + Unpin>,
    bar: ProgressBar,
) -> impl futures_util::Stream<Item = io::Result<Vec<u8>>> {
    try_unfold((file, bar), |(mut file, bar)| async move {
        let mut part = vec![0; PART];
        let length = file.read(&mut part).await?;
        part.truncate(length);
        bar.inc(length as u64);
        Ok((length > 0).then_some((part, (file, bar))))
    })
}

/// On standard error, if that is a terminal.
pub(super) fn bar(length: Option<u64>) -> ProgressBar {
    let (bar, shape) = match length {
        Some(length) => {
            (ProgressBar::new(length), "{bar:40} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} to go")
        }
        None => (ProgressBar::no_length(), "{spinner} {bytes}, {bytes_per_sec}"),
    };
    match ProgressStyle::with_template(shape) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
