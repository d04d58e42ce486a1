use bytes::Bytes;
use serde_json::{Value, json};

use crate::contracts::{BaseError, BaseErrorKind, ToolOutcome};
use crate::platform::ids::ChangeSetId;

/// Why a tool failed, as a model reads it: what happened and what to do next.
#[derive(Debug)]
pub(in crate::mcp) struct Fault {
    /// Stable code for programs.
    pub(in crate::mcp) code: &'static str,
    /// What happened.
    pub(in crate::mcp) message: String,
    /// What to do now.
    pub(in crate::mcp) next: String,
    /// More for programs, such as the outcome of each record.
    pub(in crate::mcp) details: Option<Box<Value>>,
}

impl Fault {
    /// Code of [`Fault::cancelled`].
    pub(in crate::mcp) const CANCELLED: &'static str = "cancelled";
    /// Code of [`Fault::left_half_done`].
    pub(in crate::mcp) const PARTIAL: &'static str = "partial";

    /// A fault with its next step.
    pub(in crate::mcp) fn new(
        code: &'static str,
        message: impl Into<String>,
        next: impl Into<String>,
    ) -> Self {
        Self {
            code,
            message: message.into(),
            next: next.into(),
            details: None,
        }
    }

    /// The argument of this name is wrong.
    pub(in crate::mcp) fn argument(name: &str, problem: &str) -> Self {
        Self::new(
            "invalid_argument",
            format!("Argument `{name}` {problem}"),
            format!("Correct `{name}` as the tool's input schema says and call again"),
        )
    }

    /// The caller left before anything was changed.
    pub(in crate::mcp) fn cancelled() -> Self {
        Self::new(
            Self::CANCELLED,
            "The caller left before anything was changed",
            "Call again",
        )
    }

    /// The call ended before everything was done.
    pub(in crate::mcp) fn left_half_done(change: ChangeSetId) -> Self {
        Self::new(
            Self::PARTIAL,
            "The call ended before everything was done; what was done stays",
            format!(
                "list_changes shows what change set {change} did and undo_changes takes it back; for the rest call again without what is done"
            ),
        )
        .details(json!({"change_set_id": change}))
    }

    /// Adds details for programs.
    #[must_use]
    pub(in crate::mcp) fn details(mut self, details: Value) -> Self {
        self.details = Some(Box::new(details));
        self
    }

    /// The fault as one JSON object.
    pub(in crate::mcp) fn to_value(&self) -> Value {
        let mut value = json!({"code": self.code, "message": self.message, "next": self.next});
        if let Some(details) = &self.details {
            value["details"] = Value::clone(details);
        }
        value
    }

    /// The fault as JSON text.
    pub(in crate::mcp) fn to_json(&self) -> Bytes {
        self.to_value().to_string().into()
    }
}

impl From<Fault> for ToolOutcome {
    fn from(fault: Fault) -> Self {
        Self {
            json: fault.to_json(),
            is_error: true,
        }
    }
}

impl From<BaseError> for Fault {
    fn from(error: BaseError) -> Self {
        let (code, next) = explain(error.kind);
        if error.kind == BaseErrorKind::Internal {
            tracing::error!(error = ?error.source, "mcp.tool_failed");
        }
        Self::new(code, told(error), next)
    }
}

/// The message; of a formula the cause says more, for it names the place and what was meant.
fn told(error: BaseError) -> String {
    match error.source {
        Some(source) if error.kind == BaseErrorKind::InvalidFilterByFormula => source.to_string(),
        _ => error.message,
    }
}

fn explain(kind: BaseErrorKind) -> (&'static str, &'static str) {
    use BaseErrorKind as Kind;
    match kind {
        Kind::NotFoundOrForbidden | Kind::NotFound => (
            "not_found",
            "Call list_bases and list_tables to see what this credential can reach, and check the record id",
        ),
        Kind::Forbidden => (
            "forbidden",
            "Ask for a role or an API key with the right for this; reading may still be allowed",
        ),
        Kind::UnknownFieldName => (
            "unknown_field",
            "Call get_field_info to see the names and ids of this table's fields",
        ),
        Kind::InvalidValueForColumn => (
            "invalid_value",
            "Call get_field_info for the field's type; computed fields cannot be written; typecast=true converts text",
        ),
        Kind::InvalidMultipleChoiceOptions => (
            "unknown_choice",
            "Use a choice that get_field_info lists, or pass typecast=true to create it",
        ),
        Kind::InvalidAttachmentObject => (
            "invalid_attachment",
            "Send attachments as objects with a url or an existing id",
        ),
        Kind::InvalidRecordId => (
            "invalid_record_id",
            "Record ids begin with rec and have 17 characters; call get_records",
        ),
        Kind::RowDoesNotExist => (
            "record_not_found",
            "Call search_records or get_records for current ids",
        ),
        Kind::RowTableDoesNotMatchLinkedTable => (
            "wrong_linked_table",
            "Call get_field_info for the linked table and use ids of its records",
        ),
        Kind::InvalidFilterByFormula => (
            "invalid_formula",
            "Correct filter_by_formula: fields in braces, texts in quotes; get_field_info lists the names of the fields",
        ),
        Kind::InvalidSql => (
            "invalid_sql",
            "Correct the statement: names in double quotes, texts in single ones; SELECT sql FROM sqlite_schema shows every table with its columns",
        ),
        Kind::SqlLimit => (
            "sql_limit",
            "Ask for less: a WHERE before the join, fewer columns, an aggregate or a LIMIT",
        ),
        Kind::ViewNameNotFound | Kind::ViewIdNotFound => (
            "view_not_found",
            "Call describe_base with detail=full to see the table's views",
        ),
        Kind::IteratorNotAvailable | Kind::InvalidOffsetValue => {
            ("invalid_cursor", "Call again without cursor to begin anew")
        }
        Kind::DuplicateOrEmptyFieldName | Kind::DuplicateTableName | Kind::DuplicateViewName => (
            "name_taken",
            "Choose another name; call describe_base to see the names in use",
        ),
        Kind::UnsupportedFieldTypeForCreate | Kind::InvalidFieldTypeOptionsForCreate => (
            "invalid_field_type",
            "Correct the field's type or its options",
        ),
        Kind::InvalidRequest
        | Kind::MissingFields
        | Kind::InvalidRecords
        | Kind::ChoiceInUse
        | Kind::BaseTaken => (
            "invalid_request",
            "Correct the arguments as the tool's input schema says",
        ),
        Kind::TooManyWebhooks => ("too_many_webhooks", "Delete a webhook of the base first"),
        Kind::TooOften { .. } => ("too_many_requests", "Try again in a minute"),
        Kind::UndoWindowOver => (
            "undo_window_over",
            "This change is too old to be undone; change the records themselves",
        ),
        Kind::TooLarge => ("too_large", "Send fewer or smaller values in one call"),
        Kind::QuotaReached => (
            "quota_reached",
            "The files of this tenant take all the room they may; remove attachments first",
        ),
        Kind::StorageFull => (
            "storage_full",
            "Ask the operator to make room on the disk of the files",
        ),
        Kind::BeingCopied => ("unavailable", "Try again when the base is copied"),
        Kind::Unavailable => ("unavailable", "Try again in a few seconds"),
        Kind::Unsettled => (
            "unavailable",
            "The change may have been made; look before trying again, or repeat the call with the same idempotency_key",
        ),
        Kind::Unanswered => (
            "airtable_unanswered",
            "The change may have been made; look before trying again",
        ),
        Kind::Internal => (
            "internal",
            "Try again; if it keeps failing, ask the operator to read the server's log",
        ),
    }
}
