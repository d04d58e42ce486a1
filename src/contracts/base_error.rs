use std::borrow::Borrow;

use crate::platform::db::{DbError, is_unreachable};

const UNSETTLED: &str =
    "The database was lost while it committed, so that the change may have been made or not";

/// The outcome of an operation on bases.
pub type BaseResult<T> = Result<T, BaseError>;

/// Why an operation on a base failed, in Airtable's own vocabulary.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct BaseError {
    /// What a caller can act on.
    pub kind: BaseErrorKind,
    /// A sentence for people; nothing of the inside.
    pub message: String,
    /// The cause for the log, where there is one.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The records of a batch that are refused, by their place in it, each with the reason; the source of an error about the first.
#[derive(Debug, thiserror::Error)]
#[error("{} records of the batch are refused", .0.len())]
pub struct RefusedRecords(pub Vec<(usize, String)>);

impl BaseError {
    /// An error with no further cause.
    pub fn new(kind: BaseErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            source: None,
        }
    }

    /// A failure of the database.
    pub fn database(
        error: impl Borrow<DbError> + Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        if !is_unreachable(error.borrow()) {
            return Self::internal(error);
        }
        Self {
            kind: BaseErrorKind::Unavailable,
            message: "The server cannot reach its database right now".to_owned(),
            source: Some(error.into()),
        }
    }

    /// A commit whose answer was lost, so that nobody knows whether it happened.
    pub fn unsettled(
        error: impl Borrow<DbError> + Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        let error = Self::database(error);
        if error.kind != BaseErrorKind::Unavailable {
            return error;
        }
        Self {
            kind: BaseErrorKind::Unsettled,
            message: UNSETTLED.to_owned(),
            ..error
        }
    }

    /// A failure of ours; the cause is for the log alone.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            kind: BaseErrorKind::Internal,
            message: "The server could not finish the request".to_owned(),
            source: Some(source.into()),
        }
    }
}

/// Airtable's error types, and three of our own (`Unavailable`, `Unsettled`, `Internal`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BaseErrorKind {
    /// 403: base, table or record unknown, or not for this actor.
    NotFoundOrForbidden,
    /// 403: the role is too weak for this.
    Forbidden,
    /// 404 with no further word.
    NotFound,
    /// 422: a parameter or key is unknown or ill-typed.
    InvalidRequest,
    /// 422: neither `fields` nor `records`.
    MissingFields,
    /// 422: wrong shape or size of a batch.
    InvalidRecords,
    /// 422: a field name or id is unknown.
    UnknownFieldName,
    /// 422: the value does not fit the field, or the field is computed.
    InvalidValueForColumn,
    /// 422: unknown choice without typecast.
    InvalidMultipleChoiceOptions,
    /// 422: not an attachment.
    InvalidAttachmentObject,
    /// 422: not a record id.
    InvalidRecordId,
    /// 422: no record with this id.
    RowDoesNotExist,
    /// 422: the record belongs to another table than the link wants.
    RowTableDoesNotMatchLinkedTable,
    /// 422: the formula is wrong; the cause says where, and what may have been meant.
    InvalidFilterByFormula,
    /// 422: the SQL statement is wrong.
    InvalidSql,
    /// 422: the SQL statement needs more time or memory than it may have.
    SqlLimit,
    /// 422: no view of this name.
    ViewNameNotFound,
    /// 422: no view of this id.
    ViewIdNotFound,
    /// 422: the cursor is no longer usable.
    IteratorNotAvailable,
    /// 422: the cursor is malformed.
    InvalidOffsetValue,
    /// 422: field name taken or empty.
    DuplicateOrEmptyFieldName,
    /// 422: table name taken.
    DuplicateTableName,
    /// 422: view name taken.
    DuplicateViewName,
    /// 409: a base with this id is here, or reached another way.
    BaseTaken,
    /// The base is being copied from Airtable.
    BeingCopied,
    /// 409: records have a choice that shall go.
    ChoiceInUse,
    /// 422: the type cannot be created.
    UnsupportedFieldTypeForCreate,
    /// 422: options missing, superfluous or wrong.
    InvalidFieldTypeOptionsForCreate,
    /// 422: a base has as many webhooks as it may have.
    TooManyWebhooks,
    /// 429: too often for one base.
    TooOften {
        /// After so many seconds the next one passes.
        seconds: u64,
    },
    /// 410: the time to undo it is over.
    UndoWindowOver,
    /// 413: the request or what it makes is too large.
    TooLarge,
    /// 413: the tenant's files take all the room they may.
    QuotaReached,
    /// 507: the disk has no room for a file.
    StorageFull,
    /// 503: try again; nothing was written.
    Unavailable,
    /// 503: the write may have happened; look before trying again.
    Unsettled,
    /// 504: Airtable did not answer a write, which may have happened; look before trying again.
    Unanswered,
    /// 500: a failure of ours.
    Internal,
}
