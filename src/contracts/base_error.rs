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

impl BaseError {
    /// An error with no further cause.
    pub fn new(kind: BaseErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            source: None,
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

/// Airtable's error types, and two of our own (`Unavailable`, `Internal`).
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
    /// 422: the formula is wrong, or formulas are not to be had.
    InvalidFilterByFormula,
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
    /// 422: the type cannot be created.
    UnsupportedFieldTypeForCreate,
    /// 422: options missing, superfluous or wrong.
    InvalidFieldTypeOptionsForCreate,
    /// 413: the request or what it makes is too large.
    TooLarge,
    /// 503: try again.
    Unavailable,
    /// 500: a failure of ours.
    Internal,
}
