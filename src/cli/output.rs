use std::fmt::Display;
use std::io::Write;

use serde_json::Value;

use super::Global;

/// Writes one line to standard output; a closed pipe ends the output quietly.
pub(crate) fn line(text: impl Display) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// Writes the text for people, or with `--json` the value.
pub(crate) fn print(global: &Global, text: impl Display, value: &Value) {
    if global.json {
        line(value);
    } else {
        line(text);
    }
}
