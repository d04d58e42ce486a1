//! Shapes that only the OpenAPI document needs; the answers themselves are made of ready JSON.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

use crate::contracts::{SortKey, TableSchema, ViewSchema};

/// A record.
#[derive(ToSchema)]
#[schema(as = Record)]
#[expect(dead_code, reason = "read by utoipa alone")]
pub(super) struct RecordDoc {
    /// The record id.
    id: String,
    /// When it was made, RFC 3339 UTC.
    #[schema(rename = "createdTime")]
    created_time: String,
    /// Cells by field name, or by field id where asked for; empty cells are absent.
    #[schema(value_type = Object)]
    fields: HashMap<String, Value>,
    /// How many comments it has; only where asked for.
    #[schema(rename = "commentCount", nullable = false)]
    comment_count: Option<u64>,
}

/// Several records.
#[derive(ToSchema)]
#[schema(as = RecordPage)]
#[expect(dead_code, reason = "read by utoipa alone")]
pub(super) struct RecordPageDoc {
    /// The records in order.
    records: Vec<RecordDoc>,
    /// Where the next page begins; absent on the last.
    #[schema(nullable = false)]
    offset: Option<String>,
}

/// A record, or several, as they were sent.
#[derive(ToSchema)]
#[schema(as = RecordOrRecords)]
#[expect(dead_code, reason = "read by utoipa alone")]
#[serde(untagged)]
pub(super) enum RecordOrRecordsDoc {
    /// For a body with `fields`.
    One(RecordDoc),
    /// For a body with `records`.
    Many(RecordPageDoc),
}

/// The outcome of a batch of changes.
#[derive(ToSchema)]
#[schema(as = ChangedRecords)]
#[expect(dead_code, reason = "read by utoipa alone")]
pub(super) struct ChangedRecordsDoc {
    /// The records in the order of the request.
    records: Vec<RecordDoc>,
    /// Ids of changed records, after an upsert.
    #[schema(rename = "updatedRecords", nullable = false)]
    updated_records: Option<Vec<String>>,
    /// Ids of new records, after an upsert.
    #[schema(rename = "createdRecords", nullable = false)]
    created_records: Option<Vec<String>>,
}

/// A deleted thing.
#[derive(ToSchema)]
#[schema(as = Deleted)]
#[expect(dead_code, reason = "read by utoipa alone")]
pub(super) struct DeletedDoc {
    /// Its id.
    id: String,
    /// Always true.
    deleted: bool,
}

/// A finished sync.
#[derive(ToSchema)]
#[schema(as = Synced)]
#[expect(dead_code, reason = "read by utoipa alone")]
pub(super) struct SyncedDoc {
    /// Always true.
    success: bool,
}

/// Deleted records.
#[derive(ToSchema)]
#[schema(as = DeletedRecords)]
#[expect(dead_code, reason = "read by utoipa alone")]
pub(super) struct DeletedRecordsDoc {
    /// The records in the order of the request.
    records: Vec<DeletedDoc>,
}

/// The body of a long query.
#[derive(ToSchema)]
#[schema(as = ListRecordsBody)]
#[expect(dead_code, reason = "read by utoipa alone")]
pub(super) struct ListRecordsBodyDoc {
    /// Only these fields, by name or id.
    fields: Option<Vec<String>>,
    /// A formula that must hold.
    #[schema(rename = "filterByFormula")]
    filter_by_formula: Option<String>,
    /// Total over all pages.
    #[schema(rename = "maxRecords", minimum = 1)]
    max_records: Option<u64>,
    /// Records a page.
    #[schema(rename = "pageSize", minimum = 1, maximum = 100)]
    page_size: Option<u64>,
    /// Sort keys, first the strongest.
    sort: Option<Vec<SortKey>>,
    /// View name or id.
    view: Option<String>,
    /// `json` or `string`.
    #[schema(rename = "cellFormat")]
    cell_format: Option<String>,
    /// IANA zone for textual times.
    #[schema(rename = "timeZone")]
    time_zone: Option<String>,
    /// Locale for textual values.
    #[schema(rename = "userLocale")]
    user_locale: Option<String>,
    /// Cells keyed by field id.
    #[schema(rename = "returnFieldsByFieldId")]
    by_field_id: Option<bool>,
    /// Only `commentCount`.
    #[schema(rename = "recordMetadata")]
    record_metadata: Option<Vec<String>>,
    /// The previous page's `offset`.
    offset: Option<String>,
}

/// The body of a write: `fields` for one record, `records` for up to ten.
#[derive(ToSchema)]
#[schema(as = WriteRecordsBody)]
#[expect(dead_code, reason = "read by utoipa alone")]
pub(super) struct WriteRecordsBodyDoc {
    /// Cells of a single record, by field name or id.
    #[schema(value_type = Option<Object>)]
    fields: Option<Value>,
    /// One to ten records: `{"id"?, "fields"}`.
    #[schema(value_type = Option<Vec<Object>>)]
    records: Option<Vec<Value>>,
    /// `{"fieldsToMergeOn": […]}`: find records by one to three fields, make those that are missing.
    #[schema(rename = "performUpsert", value_type = Option<Object>)]
    perform_upsert: Option<Value>,
    /// Convert strings as well as can be.
    typecast: Option<bool>,
    /// Answer with cells keyed by field id.
    #[schema(rename = "returnFieldsByFieldId")]
    by_field_id: Option<bool>,
}

/// The tables of a base.
#[derive(ToSchema, serde::Serialize)]
pub(super) struct Tables {
    /// In order.
    pub(super) tables: Vec<TableSchema>,
}

/// The views of a base.
#[derive(ToSchema, serde::Serialize)]
pub(super) struct Views {
    /// In order.
    pub(super) views: Vec<ViewSchema>,
}

/// An error.
#[derive(ToSchema)]
#[schema(as = Failure)]
#[expect(dead_code, reason = "read by utoipa alone")]
pub(super) struct FailureDoc {
    /// What went wrong.
    error: FailureKindDoc,
}

/// The name of an error, alone or with a message.
#[derive(ToSchema)]
#[schema(as = FailureKind)]
#[expect(dead_code, reason = "read by utoipa alone")]
#[serde(untagged)]
pub(super) enum FailureKindDoc {
    /// With a message for people.
    Detailed {
        /// Its name.
        #[schema(rename = "type")]
        kind: String,
        /// What to do about it.
        #[schema(nullable = false)]
        message: Option<String>,
    },
    /// The name alone.
    Name(String),
}

/// The errors every endpoint of `/v0` may answer with.
pub(super) struct Failures;

const FAILURES: [(&str, &str); 8] = [
    (
        "400",
        "The request line or its headers cannot be understood",
    ),
    ("401", "`AUTHENTICATION_REQUIRED`: no valid token"),
    (
        "403",
        "`INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND` or `INVALID_PERMISSIONS`",
    ),
    (
        "404",
        "`NOT_FOUND`: a malformed id or an unknown route; `MODEL_ID_NOT_FOUND`: unknown workspace",
    ),
    ("413", "`REQUEST_TOO_LARGE`"),
    (
        "422",
        "A parameter, key or value is wrong; `error.type` says how",
    ),
    ("429", "`RATE_LIMIT_REACHED`"),
    (
        "503",
        "`RETRIABLE_ERROR`: try again; `SERVICE_UNAVAILABLE`: the write may have been made, so look before repeating it",
    ),
];

impl IntoResponses for Failures {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let answer = |text: &str| {
            let content = ContentBuilder::new()
                .schema(Some(Ref::from_schema_name("Failure")))
                .build();
            ResponseBuilder::new()
                .description(text)
                .content("application/json", content)
                .build()
        };
        FAILURES
            .iter()
            .map(|(status, text)| ((*status).to_owned(), answer(text).into()))
            .collect()
    }
}
