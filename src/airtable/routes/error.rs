use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use utoipa::IntoResponses;
use utoipa::openapi::{RefOr, Response};

use crate::contracts::{BaseError, BaseErrorKind, RefusedRecords};
use crate::platform::problem::{Problem, problem_responses};

/// The one table from the engine's errors to problems.
pub(super) fn problem(error: BaseError) -> Problem {
    use BaseErrorKind as Kind;
    let message = error.message.clone();
    match error.kind {
        Kind::NotFoundOrForbidden | Kind::NotFound => {
            Problem::not_found().next("Check the id, and that you are a member of its workspace")
        }
        Kind::Forbidden => Problem::forbidden()
            .detail(message)
            .next("Ask an admin of the workspace for a stronger role"),
        Kind::DuplicateOrEmptyFieldName | Kind::DuplicateTableName | Kind::DuplicateViewName => {
            Problem::conflict()
                .detail(message)
                .next("Choose another name")
        }
        Kind::BaseTaken => Problem::conflict()
            .detail(message)
            .next("Withdraw it there first, or use the one that is there"),
        Kind::ChoiceInUse => Problem::new(
            StatusCode::CONFLICT,
            "choice_in_use",
            "Records have a choice that shall go",
        )
        .detail(message)
        .next("Keep the choice, or send clear_cells to take it out of the records too"),
        Kind::InvalidSql => Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid_sql",
            "The SQL statement is not valid",
        )
        .detail(message)
        .next("Names go in double quotes, texts in single ones; SELECT sql FROM sqlite_schema shows every table with its columns"),
        Kind::SqlLimit => Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "sql_limit",
            "The SQL statement needs too much",
        )
        .detail(message)
        .next("Ask for less: a WHERE before the join, fewer columns, an aggregate or a LIMIT"),
        Kind::TooOften { seconds } => Problem::too_many_requests()
            .retry_after(seconds)
            .next(format!("Try again in {seconds} seconds")),
        Kind::TooLarge => Problem::too_large()
            .detail(message)
            .next("Send less at once"),
        Kind::QuotaReached => Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "quota_reached",
            "The files of this tenant take all the room they may",
        )
        .detail(message)
        .next("Remove attachments, or have files.tenant_quota raised"),
        Kind::StorageFull => Problem::new(
            StatusCode::INSUFFICIENT_STORAGE,
            "storage_full",
            "The server has no room for the file",
        )
        .detail(message)
        .next("Tell the operator: the disk of files.folder is full")
        .cause(error),
        Kind::BeingCopied => Problem::unavailable()
            .detail(message)
            .retry_after(10)
            .next("Try again when the copy is whole; /api/airtable/mirrors tells how far it is"),
        Kind::Unavailable => Problem::unavailable()
            .retry_after(2)
            .next("Try again in a few seconds")
            .cause(error),
        Kind::Unsettled => Problem::unavailable()
            .detail(message)
            .retry_after(2)
            .next("Look whether it was done before you try again")
            .cause(error),
        Kind::Unanswered => Problem::new(
            StatusCode::GATEWAY_TIMEOUT,
            "airtable_unanswered",
            "Airtable did not answer",
        )
        .detail(message)
        .next("Look whether it was done before you try again")
        .cause(error),
        Kind::Internal => Problem::internal().cause(error),
        Kind::IteratorNotAvailable | Kind::InvalidOffsetValue => Problem::invalid()
            .detail(message)
            .next("Begin again at the first page"),
        Kind::InvalidFilterByFormula => {
            // The formula's own error says where it is wrong and what was meant; Airtable's sentence does not.
            let told = error.source.map(|source| source.to_string());
            Problem::invalid()
                .detail(told.unwrap_or(message))
                .next("Correct the formula")
        }
        Kind::InvalidRequest
        | Kind::TooManyWebhooks
        | Kind::UndoWindowOver
        | Kind::MissingFields
        | Kind::InvalidRecords
        | Kind::UnknownFieldName
        | Kind::InvalidValueForColumn
        | Kind::InvalidMultipleChoiceOptions
        | Kind::InvalidAttachmentObject
        | Kind::InvalidRecordId
        | Kind::RowDoesNotExist
        | Kind::RowTableDoesNotMatchLinkedTable
        | Kind::ViewNameNotFound
        | Kind::ViewIdNotFound
        | Kind::UnsupportedFieldTypeForCreate
        | Kind::InvalidFieldTypeOptionsForCreate => refused_records(&error)
            .iter()
            .fold(Problem::invalid(), |problem, (place, reason)| {
                problem.field(format!("records[{place}]"), reason)
            })
            .detail(message)
            .next("Correct the value named and send it again"),
    }
}

/// The records of a batch that are at fault, where it is about a batch.
fn refused_records(error: &BaseError) -> &[(usize, String)] {
    let source = error.source.as_deref();
    let refused = source.and_then(|source| source.downcast_ref::<RefusedRecords>());
    refused.map_or(&[][..], |refused| &refused.0[..])
}

/// The problems every endpoint below `/api/airtable` may answer with.
pub(super) struct Problems;

const PROBLEMS: [(&str, &str); 10] = [
    ("400", "The body is no JSON"),
    ("401", "No valid credential"),
    ("403", "The role or the scopes are too weak"),
    ("404", "Unknown, or hidden from this caller"),
    ("409", "The name or id is taken"),
    ("413", "Too large"),
    ("415", "Not JSON"),
    ("422", "A value is not valid"),
    ("429", "Too many requests"),
    ("503", "Try again"),
];

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problem_responses(&PROBLEMS)
    }
}
