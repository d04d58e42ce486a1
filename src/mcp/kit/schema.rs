use std::sync::Arc;

use serde_json::{Map, Value, json};

/// Argument `base_id`.
pub(in crate::mcp) const BASE: (&str, &str) =
    ("base_id", "Id of the base (app…); list_bases shows them");
/// Argument `table_id`.
pub(in crate::mcp) const TABLE: (&str, &str) = (
    "table_id",
    "Id (tbl…) or name of the table; list_tables shows them",
);
/// Argument `cursor`.
pub(in crate::mcp) const CURSOR: (&str, &str) = (
    "cursor",
    "`next_cursor` of the previous answer, to go on where it ended",
);
/// Argument `fields`.
pub(in crate::mcp) const FIELDS: (&str, &str) = (
    "fields",
    "Only these fields, by name or id; all when left out",
);
/// Argument `typecast`.
pub(in crate::mcp) const TYPECAST: (&str, &str) = (
    "typecast",
    "Convert texts to the field's type and create missing choices (default false)",
);

/// Argument `idempotency_key`.
pub(in crate::mcp) const IDEMPOTENCY_KEY: (&str, &str) = (
    "idempotency_key",
    "A name of your choice for this very call: sent again with the same name it is not carried out twice, and answers what it answered (kept 24 hours)",
);

/// One member of an input schema: its name and its schema with the description put in.
pub(in crate::mcp) fn property(member: (&str, &str), mut schema: Value) -> (String, Value) {
    schema["description"] = member.1.into();
    (member.0.to_owned(), schema)
}

/// The input schema of a tool: the members and which of them must be there; others are refused.
pub(in crate::mcp) fn input(
    members: impl IntoIterator<Item = (String, Value)>,
    required: &[&str],
) -> Arc<Map<String, Value>> {
    let members: Map<String, Value> = members.into_iter().collect();
    object(json!({
        "type": "object",
        "properties": members,
        "required": required,
        "additionalProperties": false,
    }))
}

/// The output schema of a tool: the members and which of them are always there.
pub(in crate::mcp) fn output(members: Value, required: &[&str]) -> Arc<Map<String, Value>> {
    object(json!({"type": "object", "properties": members, "required": required}))
}

fn object(schema: Value) -> Arc<Map<String, Value>> {
    match schema {
        Value::Object(members) => Arc::new(members),
        _ => Arc::default(),
    }
}
