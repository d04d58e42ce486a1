//! What the options of fields say, as the metadata API shows them.

use std::str::FromStr;

use serde_json::Value;

use crate::contracts::FieldSchema;
use crate::platform::ids::{FieldId, TableId};

/// The table that a link leads to.
pub(super) fn linked_table(field: &FieldSchema) -> Option<TableId> {
    id(field, "linkedTableId")
}

/// The twin of a link.
pub(super) fn inverse(field: &FieldSchema) -> Option<FieldId> {
    id(field, "inverseLinkFieldId")
}

/// Whether a link asks for one record only.
pub(super) fn prefers_single(field: &FieldSchema) -> bool {
    option(field, "prefersSingleRecordLink") == Some(&Value::Bool(true))
}

/// Whether a computed field can be computed.
pub(super) fn is_valid(field: &FieldSchema) -> bool {
    option(field, "isValid") != Some(&Value::Bool(false))
}

/// The fields that a computed one is computed from, links that lead there included.
pub(super) fn sources(field: &FieldSchema) -> Vec<FieldId> {
    let listed = option(field, "referencedFieldIds").and_then(Value::as_array);
    let listed = listed.into_iter().flatten();
    let mut sources: Vec<FieldId> = listed.filter_map(|id| id.as_str()?.parse().ok()).collect();
    for key in ["recordLinkFieldId", "fieldIdInLinkedTable"] {
        sources.extend(id::<FieldId>(field, key));
    }
    let mut unique = Vec::with_capacity(sources.len());
    for source in sources {
        if !unique.contains(&source) {
            unique.push(source);
        }
    }
    unique
}

/// How many choices a select has.
pub(super) fn choice_count(field: &FieldSchema) -> usize {
    let choices = option(field, "choices").and_then(Value::as_array);
    choices.map_or(0, Vec::len)
}

fn option<'a>(field: &'a FieldSchema, key: &str) -> Option<&'a Value> {
    field.options.as_ref()?.get(key)
}

fn id<T: FromStr>(field: &FieldSchema, key: &str) -> Option<T> {
    option(field, key)?.as_str()?.parse().ok()
}
