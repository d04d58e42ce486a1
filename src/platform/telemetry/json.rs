use std::fmt::{self, Write};

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::format::{FormatEvent, FormatFields, Writer};
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormattedFields};
use tracing_subscriber::registry::LookupSpan;

/// A log line as one JSON object; the library's own format parses the fields of the span anew for every line.
pub(super) struct JsonLine;

/// The fields of a span as members of an object, each with its comma behind it.
pub(super) struct JsonMembers;

impl<S, N> FormatEvent<S, N> for JsonLine
where
    S: Subscriber + for<'lookup> LookupSpan<'lookup>,
    N: for<'writer> FormatFields<'writer> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut out: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let about = event.metadata();
        out.write_str("{\"timestamp\":\"")?;
        SystemTime.format_time(&mut out)?;
        write!(out, "\",\"level\":\"{}\",", about.level())?;
        let mut members = Members::new(&mut out);
        event.record(&mut members);
        members.outcome?;
        out.write_str("\"target\":")?;
        write_text(&mut out, about.target())?;
        let span = event.parent().and_then(|id| context.span(id));
        if let Some(span) = span.or_else(|| context.lookup_current()) {
            out.write_str(",\"span\":{")?;
            if let Some(fields) = span.extensions().get::<FormattedFields<N>>() {
                out.write_str(fields)?;
            }
            out.write_str("\"name\":")?;
            write_text(&mut out, span.name())?;
            out.write_char('}')?;
        }
        out.write_str("}\n")
    }
}

impl<'writer> FormatFields<'writer> for JsonMembers {
    fn format_fields<R: RecordFields>(&self, mut out: Writer<'writer>, fields: R) -> fmt::Result {
        let mut members = Members::new(&mut out);
        fields.record(&mut members);
        members.outcome
    }
}

struct Members<'a, 'writer> {
    out: &'a mut Writer<'writer>,
    outcome: fmt::Result,
}

impl<'a, 'writer> Members<'a, 'writer> {
    fn new(out: &'a mut Writer<'writer>) -> Self {
        Self {
            out,
            outcome: Ok(()),
        }
    }

    fn member(&mut self, field: &Field, value: impl FnOnce(&mut Writer<'writer>) -> fmt::Result) {
        let write = |out: &mut Writer<'writer>| {
            // A field named like a keyword of Rust is written `r#type` there.
            let name = field.name();
            write_text(out, name.strip_prefix("r#").unwrap_or(name))?;
            out.write_char(':')?;
            value(out)?;
            out.write_char(',')
        };
        if self.outcome.is_ok() {
            self.outcome = write(self.out);
        }
    }
}

impl Visit for Members<'_, '_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.member(field, |out| match value.is_finite() {
            true => write!(out, "{value}"),
            false => out.write_str("null"),
        });
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.member(field, |out| write!(out, "{value}"));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.member(field, |out| write!(out, "{value}"));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.member(field, |out| {
            out.write_str(if value { "true" } else { "false" })
        });
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.member(field, |out| write_text(out, value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.member(field, |out| {
            out.write_char('"')?;
            write!(Escaped(out), "{value:?}")?;
            out.write_char('"')
        });
    }
}

/// Escapes whatever is written through it for the inside of a JSON string.
struct Escaped<'a, W>(&'a mut W);

impl<W: Write> Write for Escaped<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        while let Some(at) = rest.bytes().position(needs_escape) {
            self.0.write_str(&rest[..at])?;
            match rest.as_bytes()[at] {
                b'"' => self.0.write_str("\\\"")?,
                b'\\' => self.0.write_str("\\\\")?,
                b'\n' => self.0.write_str("\\n")?,
                byte => write!(self.0, "\\u{byte:04x}")?,
            }
            rest = &rest[at + 1..];
        }
        self.0.write_str(rest)
    }
}

fn needs_escape(byte: u8) -> bool {
    byte < b' ' || matches!(byte, b'"' | b'\\')
}

fn write_text(out: &mut impl Write, text: &str) -> fmt::Result {
    out.write_char('"')?;
    Escaped(out).write_str(text)?;
    out.write_char('"')
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use serde_json::{Value, json};

    use super::*;

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Page {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(log: impl FnOnce()) -> Value {
        let page = Page::default();
        let writer = page.clone();
        let subscriber = tracing_subscriber::fmt()
            .event_format(JsonLine)
            .fmt_fields(JsonMembers)
            .with_writer(move || writer.clone())
            .finish();
        tracing::subscriber::with_default(subscriber, log);
        let line = page.0.lock().unwrap().clone();
        assert_eq!(line.iter().filter(|byte| **byte == b'\n').count(), 1);
        let mut line: Value = serde_json::from_slice(&line).unwrap();
        let time = line["timestamp"].take();
        assert!(time.as_str().unwrap().ends_with('Z'));
        line
    }

    #[test]
    fn a_line_is_one_object_with_the_fields_of_event_and_span() {
        let line = logged(|| {
            let _span = tracing::info_span!("request", request_id = "a\"b", tries = 2).entered();
            let cause = io::Error::other("tab\there\r\nnext \\ \u{1}é");
            tracing::warn!(%cause, ok = true, none = None::<&str>, ratio = 0.25, bad = f64::NAN, left = -3, "said \"so\"");
        });
        let wanted = json!({
            "timestamp": null, "level": "WARN", "message": "said \"so\"",
            "cause": "tab\there\r\nnext \\ \u{1}é", "ok": true, "ratio": 0.25, "bad": null, "left": -3,
            "target": "pyairtable::platform::telemetry::json::tests",
            "span": {"request_id": "a\"b", "tries": 2, "name": "request"},
        });
        assert_eq!(line, wanted);
    }

    #[test]
    fn a_line_without_span_or_fields_is_an_object_too() {
        let line = logged(|| tracing::info!("alone"));
        assert_eq!(line["message"], "alone");
        assert_eq!(line.get("span"), None);
    }
}
