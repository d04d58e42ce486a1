use std::borrow::Cow;
use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::{HttpResponse, ResponseError};
use serde_json::json;

use super::respond::JSON;
use crate::contracts::{BaseError, BaseErrorKind};

const PERMISSIONS_OR_MODEL: &str = "Invalid permissions, or the requested model was not found. \
    Check that both your user and your token have the required permissions, and that the model \
    names and/or ids are correct.";
const INVALID_REQUEST: &str =
    "Invalid request: parameter validation failed. Check your request data.";
const RETRIABLE: &str = "Server encountered an error while processing your request, and it is \
    safe to retry the request";
const TOO_OFTEN: &str = "Rate limit exceeded. Please try again later";
const UNSETTLED: &str = "The database was lost while it committed, so that this write may have \
    been made or not: look before you repeat it, or write with performUpsert";

/// An error as a client of `/v0` sees it; the cause stays in the log.
#[derive(Debug)]
pub(super) struct Failure {
    status: StatusCode,
    kind: &'static str,
    message: Option<Cow<'static, str>>,
    source: Option<BaseError>,
}

/// Where the message of an error comes from.
enum Text {
    /// `{"error":"NOT_FOUND"}`, or an error object without a message.
    None,
    /// Always the same.
    Fixed(&'static str),
    /// As the engine worded it.
    Given,
}

/// One row of the table of errors.
type Wire = (StatusCode, &'static str, Text);

/// The one table from the engine's errors to Airtable's status, type and message.
fn wire(kind: BaseErrorKind) -> Wire {
    use BaseErrorKind as Kind;
    const HIDDEN: &str = "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND";
    const STALE: &str = "LIST_RECORDS_ITERATOR_NOT_AVAILABLE";
    match kind {
        Kind::NotFoundOrForbidden => (
            StatusCode::FORBIDDEN,
            HIDDEN,
            Text::Fixed(PERMISSIONS_OR_MODEL),
        ),
        Kind::Forbidden => (StatusCode::FORBIDDEN, "INVALID_PERMISSIONS", Text::Given),
        Kind::NotFound => (StatusCode::NOT_FOUND, "NOT_FOUND", Text::None),
        Kind::InvalidRequest | Kind::ChoiceInUse => refused("INVALID_REQUEST_UNKNOWN"),
        Kind::MissingFields => refused("INVALID_REQUEST_MISSING_FIELDS"),
        Kind::InvalidRecords => refused("INVALID_RECORDS"),
        Kind::UnknownFieldName => refused("UNKNOWN_FIELD_NAME"),
        Kind::InvalidValueForColumn => refused("INVALID_VALUE_FOR_COLUMN"),
        Kind::InvalidMultipleChoiceOptions => refused("INVALID_MULTIPLE_CHOICE_OPTIONS"),
        Kind::InvalidAttachmentObject => refused("INVALID_ATTACHMENT_OBJECT"),
        Kind::InvalidRecordId => refused("INVALID_RECORD_ID"),
        Kind::RowDoesNotExist => refused("ROW_DOES_NOT_EXIST"),
        Kind::RowTableDoesNotMatchLinkedTable => refused("ROW_TABLE_DOES_NOT_MATCH_LINKED_TABLE"),
        Kind::InvalidFilterByFormula => refused("INVALID_FILTER_BY_FORMULA"),
        Kind::ViewNameNotFound => refused("VIEW_NAME_NOT_FOUND"),
        Kind::ViewIdNotFound => refused("VIEW_ID_NOT_FOUND"),
        Kind::IteratorNotAvailable => (StatusCode::UNPROCESSABLE_ENTITY, STALE, Text::None),
        Kind::InvalidOffsetValue => refused("INVALID_OFFSET_VALUE"),
        Kind::DuplicateOrEmptyFieldName => refused("DUPLICATE_OR_EMPTY_FIELD_NAME"),
        Kind::DuplicateTableName => refused("DUPLICATE_TABLE_NAME"),
        Kind::DuplicateViewName => refused("DUPLICATE_VIEW_NAME"),
        Kind::UnsupportedFieldTypeForCreate => refused("UNSUPPORTED_FIELD_TYPE_FOR_CREATE"),
        Kind::InvalidFieldTypeOptionsForCreate => refused("INVALID_FIELD_TYPE_OPTIONS_FOR_CREATE"),
        Kind::BaseTaken | Kind::UndoWindowOver | Kind::InvalidSql | Kind::SqlLimit => {
            refused("INVALID_REQUEST")
        }
        Kind::TooManyWebhooks => refused("TOO_MANY_WEBHOOKS_IN_BASE"),
        Kind::TooOften { .. } => (
            StatusCode::TOO_MANY_REQUESTS,
            "RATE_LIMIT_REACHED",
            Text::Fixed(TOO_OFTEN),
        ),
        Kind::TooLarge => (
            StatusCode::PAYLOAD_TOO_LARGE,
            "REQUEST_TOO_LARGE",
            Text::Given,
        ),
        Kind::QuotaReached => (
            StatusCode::PAYLOAD_TOO_LARGE,
            "ATTACHMENT_STORAGE_LIMIT_REACHED",
            Text::Given,
        ),
        Kind::StorageFull => (
            StatusCode::INSUFFICIENT_STORAGE,
            "ATTACHMENT_STORAGE_FULL",
            Text::Given,
        ),
        Kind::BeingCopied => (
            StatusCode::SERVICE_UNAVAILABLE,
            "RETRIABLE_ERROR",
            Text::Given,
        ),
        Kind::Unavailable => (
            StatusCode::SERVICE_UNAVAILABLE,
            "RETRIABLE_ERROR",
            Text::Fixed(RETRIABLE),
        ),
        Kind::Unsettled => (
            StatusCode::SERVICE_UNAVAILABLE,
            "SERVICE_UNAVAILABLE",
            Text::Fixed(UNSETTLED),
        ),
        Kind::Unanswered => (StatusCode::GATEWAY_TIMEOUT, "GATEWAY_TIMEOUT", Text::Given),
        Kind::Internal => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "SERVER_ERROR",
            Text::Given,
        ),
    }
}

/// 422 in the engine's own words.
fn refused(name: &'static str) -> Wire {
    (StatusCode::UNPROCESSABLE_ENTITY, name, Text::Given)
}

impl Failure {
    fn new(status: StatusCode, kind: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            kind,
            message: Some(message.into()),
            source: None,
        }
    }

    /// 404 bare: the route is unknown or an id in the path is malformed.
    pub(super) fn not_found() -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            kind: "NOT_FOUND",
            message: None,
            source: None,
        }
    }

    /// 401: no valid token.
    pub(super) fn unauthenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "AUTHENTICATION_REQUIRED",
            "Authentication required",
        )
    }

    /// 422: the body is not JSON.
    pub(super) fn unreadable_body() -> Self {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Self::new(
            status,
            "INVALID_REQUEST_BODY",
            "Could not parse request body",
        )
    }

    /// 422: a parameter or key is unknown or ill-typed.
    pub(super) fn invalid_request() -> Self {
        BaseError::new(BaseErrorKind::InvalidRequest, INVALID_REQUEST).into()
    }

    /// 404: the workspace is unknown or hidden.
    pub(super) fn unknown_workspace() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "MODEL_ID_NOT_FOUND",
            "Workspace not found",
        )
    }

    /// 422: a base without a workspace, with the text of the original.
    pub(super) fn missing_workspace() -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "INVALID_REQUEST",
            "Server error",
        )
    }

    /// 413: larger than the server accepts.
    pub(super) fn too_large() -> Self {
        BaseError::new(BaseErrorKind::TooLarge, "The request is too large").into()
    }

    /// 503: the request may be repeated.
    pub(super) fn unavailable() -> Self {
        BaseError::new(BaseErrorKind::Unavailable, RETRIABLE).into()
    }

    /// After how many seconds it is worth trying again.
    fn retry_after(&self) -> Option<u64> {
        match self.source.as_ref().map(|error| error.kind) {
            Some(BaseErrorKind::TooOften { seconds }) => Some(seconds),
            _ if self.status == StatusCode::SERVICE_UNAVAILABLE => Some(2),
            _ => None,
        }
    }
}

impl From<BaseError> for Failure {
    fn from(error: BaseError) -> Self {
        let (status, kind, text) = wire(error.kind);
        let message = match text {
            Text::None => None,
            Text::Fixed(message) => Some(Cow::Borrowed(message)),
            Text::Given => Some(Cow::Owned(error.message.clone())),
        };
        Self {
            status,
            kind,
            message,
            source: Some(error),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.kind)?;
        let mut source: Option<&dyn std::error::Error> =
            self.source.as_ref().map(|error| error as _);
        while let Some(error) = source {
            write!(formatter, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        if self.status.is_server_error() {
            tracing::error!(kind = self.kind, error = %self, "v0.failed");
        }
        let body = match &self.message {
            Some(message) => json!({"error": {"type": self.kind, "message": message}}),
            None if self.status == StatusCode::NOT_FOUND => json!({"error": self.kind}),
            None => json!({"error": {"type": self.kind}}),
        };
        let mut response = HttpResponse::build(self.status);
        if let Some(seconds) = self.retry_after() {
            response.insert_header((RETRY_AFTER, seconds.to_string()));
        }
        response.insert_header(JSON).body(body.to_string())
    }
}

/// What a handler of `/v0` returns.
pub(super) type Answer = Result<HttpResponse, Failure>;

#[cfg(test)]
mod tests {
    use sea_orm::{DbErr, RuntimeErr};

    use super::*;

    fn lost() -> DbErr {
        DbErr::Conn(RuntimeErr::Internal("gone".to_owned()))
    }

    #[test]
    fn only_what_was_not_written_is_safe_to_retry() {
        let told = |error: BaseError| Failure::from(error).message.unwrap().into_owned();
        assert!(told(BaseError::database(lost())).contains("safe to retry"));
        let unsettled = told(BaseError::unsettled(lost()));
        assert!(!unsettled.contains("safe to retry"), "{unsettled}");
        assert!(unsettled.contains("may have been made"), "{unsettled}");
        let own = BaseError::unsettled(DbErr::Custom("a bug".to_owned()));
        assert_eq!(own.kind, BaseErrorKind::Internal);
    }
}
