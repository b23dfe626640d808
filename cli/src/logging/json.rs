//! A log event as one line of JSON: `time`, `level`, `target`, `message`, then the fields of the spans around it
//! and its own; of two of one name the last counts. The library's own JSON leaves out an error's causes.
//!
//! Every request writes such a line, so it is written as it is told, without a tree in between.

use std::error::Error;
use std::fmt;

use neonex_core::clock::{Clock as _, SystemClock};
use serde::Serialize;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields};
use tracing_subscriber::registry::{LookupSpan, Scope};

use crate::output::chain;

/// The format of a line.
pub(super) struct Json;

/// The format of what spans keep until a line needs it: `,"name":value` for each field.
pub(super) struct Fields;

impl<S, N> FormatEvent<S, N> for Json
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let metadata = event.metadata();
        let mut line = Line(Vec::with_capacity(512));
        // No character of a time needs to be escaped.
        line.0.extend_from_slice(format!("{{\"time\":\"{}\"", SystemClock.now()).as_bytes());
        line.put("level", metadata.level().as_str());
        line.put("target", metadata.target());
        for span in context.event_scope().into_iter().flat_map(Scope::from_root) {
            if let Some(fields) = span.extensions().get::<FormattedFields<N>>() {
                line.0.extend_from_slice(fields.as_str().as_bytes());
            }
        }
        event.record(&mut line);
        line.0.extend_from_slice(b"}\n");
        line.write_to(&mut writer)
    }
}

impl<'w> FormatFields<'w> for Fields {
    fn format_fields<R: RecordFields>(&self, mut writer: Writer<'w>, fields: R) -> fmt::Result {
        let mut line = Line(Vec::new());
        fields.record(&mut line);
        line.write_to(&mut writer)
    }
}

/// What a field must not overwrite.
const RESERVED: [&str; 3] = ["time", "level", "target"];

struct Line(Vec<u8>);

impl Line {
    fn put(&mut self, name: &str, value: &(impl Serialize + ?Sized)) {
        let before = self.0.len();
        self.0.push(b',');
        let name = serde_json::to_writer(&mut self.0, name);
        self.0.push(b':');
        // Neither can fail for a text or a number; if one does, the line goes without it.
        if name.and(serde_json::to_writer(&mut self.0, value)).is_err() {
            self.0.truncate(before);
        }
    }

    fn field(&mut self, field: &Field, value: &(impl Serialize + ?Sized)) {
        let name = field.name();
        if RESERVED.contains(&name) {
            self.put(&format!("field.{name}"), value);
        } else {
            self.put(name, value);
        }
    }

    fn write_to(&self, writer: &mut Writer<'_>) -> fmt::Result {
        writer.write_str(std::str::from_utf8(&self.0).map_err(|_| fmt::Error)?)
    }
}

impl Visit for Line {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.field(field, &value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.field(field, &value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.field(field, &value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.field(field, &value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.field(field, value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.field(field, &chain(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.field(field, &format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use serde_json::Value;

    use super::*;

    #[derive(Clone, Default)]
    struct Memory(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Memory {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[derive(Debug, thiserror::Error)]
    #[error("the write failed")]
    struct Outer(#[source] io::Error);

    #[test]
    fn a_line_has_the_spans_fields_and_the_errors_causes() {
        let memory = Memory::default();
        let writer = memory.clone();
        let subscriber = tracing_subscriber::fmt()
            .fmt_fields(Fields)
            .event_format(Json)
            .with_writer(move || writer.clone())
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            let _request = tracing::info_span!("request", request_id = "r1", level = "spoofed").entered();
            let error = Outer(io::Error::other("no space left"));
            tracing::error!(error = &error as &(dyn Error + 'static), tries = 3, "gave\nup");
        });
        let bytes = memory.0.lock().unwrap().clone();
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(text.lines().count(), 1, "{text}");
        let line: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(line["level"], "ERROR");
        assert_eq!(line["request_id"], "r1");
        assert_eq!(line["message"], "gave\nup");
        assert_eq!(line["error"], "the write failed: no space left");
        assert_eq!(line["tries"], 3);
        assert!(line["time"].as_str().unwrap().ends_with('Z'));
    }
}
