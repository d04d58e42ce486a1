use serde::Deserialize;
use serde_json::{Map, Value};

use super::Fault;
use crate::contracts::{BaseError, RenderedRecord};

/// A record read back from its JSON.
#[derive(Debug, Deserialize)]
pub(in crate::mcp) struct RecordJson {
    /// Its id.
    pub(in crate::mcp) id: String,
    /// When it was made.
    #[serde(rename = "createdTime", default)]
    pub(in crate::mcp) created_time: String,
    /// Its filled cells by field name.
    #[serde(default)]
    pub(in crate::mcp) fields: Map<String, Value>,
}

/// Reads a rendered record back.
pub(in crate::mcp) fn read_record(record: &RenderedRecord) -> Result<RecordJson, Fault> {
    serde_json::from_slice(&record.json).map_err(|error| BaseError::internal(error).into())
}

/// Whether a cell counts as empty.
pub(in crate::mcp) fn is_empty(cell: Option<&Value>) -> bool {
    match cell {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.trim().is_empty(),
        Some(Value::Array(items)) => items.is_empty(),
        Some(_) => false,
    }
}

/// A cell as a person would read it; lists are joined by commas.
pub(in crate::mcp) fn plain_text(cell: &Value) -> String {
    match cell {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let texts: Vec<String> = items.iter().map(plain_text).collect();
            texts.join(", ")
        }
        Value::Object(members) => {
            // What names a collaborator, an attachment, a barcode or a button.
            let named = [
                "name", "filename", "text", "value", "label", "email", "url", "id",
            ];
            let found = named.iter().find_map(|key| members.get(*key));
            found.map_or_else(|| cell.to_string(), plain_text)
        }
        other => other.to_string(),
    }
}
