use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use utoipa::IntoResponses;
use utoipa::openapi::{RefOr, Response};

use crate::contracts::{BaseError, BaseErrorKind, Denied};
use crate::platform::durable::ControlError;
use crate::platform::problem::{Problem, problem_responses};
use crate::saga::runs::RunError;

/// The one table from errors to problems.
pub(super) fn problem(error: BaseError) -> Problem {
    use BaseErrorKind as Kind;
    let message = error.message.clone();
    match error.kind {
        Kind::NotFound | Kind::NotFoundOrForbidden => unknown(),
        Kind::Forbidden => Problem::forbidden()
            .detail(message)
            .next("Ask an admin of the workspace for a stronger role, or use another key"),
        Kind::UndoWindowOver => Problem::new(
            StatusCode::GONE,
            "undo_window_over",
            "The time to undo this is over",
        )
        .detail(message)
        .next("Change the records themselves; saga.undo_window sets the time"),
        Kind::TooLarge => Problem::too_large()
            .detail(message)
            .next("Name the records to undo"),
        Kind::Unavailable => Problem::unavailable()
            .retry_after(2)
            .next("Try again in a few seconds")
            .cause(error),
        Kind::Unsettled => Problem::unavailable()
            .detail(message)
            .retry_after(2)
            .next("Look whether it was done before you try again")
            .cause(error),
        Kind::Internal => Problem::internal().cause(error),
        _ => Problem::invalid()
            .detail(message)
            .next("Correct the value named and send it again"),
    }
}

/// The one table from refusals about sagas to problems.
pub(super) fn run_problem(error: RunError) -> Problem {
    let next =
        "GET /api/saga/runs to see the sagas, GET /api/saga/definitions for what can be started";
    match error {
        RunError::NotFound => Problem::not_found().next(next),
        RunError::Denied(Denied::Scope(scope)) => {
            let text = "The API key lacks a scope";
            Problem::new(StatusCode::FORBIDDEN, "scope_missing", text)
                .next(format!("Use a key with the scope {}", scope.as_str()))
        }
        RunError::Denied(_) => Problem::forbidden()
            .next("Ask an admin of the workspace for a stronger role, or use another key"),
        RunError::Invalid(faults) => {
            let problem = Problem::invalid().next("Correct the values named and send it again");
            faults
                .into_iter()
                .fold(problem, |problem, (field, message)| {
                    problem.field(field, message)
                })
        }
        RunError::KeyReused => Problem::new(
            StatusCode::CONFLICT,
            "idempotency_key_reused",
            "Another start had this key",
        )
        .next("Send another Idempotency-Key, or exactly what was sent with it before"),
        RunError::SavedMeanwhile => {
            Problem::conflict().next("Somebody saved another version just now; look and save again")
        }
        RunError::PastPivot(left) => Problem::new(
            StatusCode::CONFLICT,
            "past_pivot",
            "The saga is past its point of no return",
        )
        .detail(format!(
            "These steps are still to come: {}",
            left.join(", ")
        ))
        .next("Let it end, or decide about it when it needs a person"),
        RunError::Decided => Problem::new(
            StatusCode::CONFLICT,
            "approval_decided",
            "This was already answered otherwise, or decided",
        )
        .next("GET /api/saga/runs/{id}/events to see who said what"),
        RunError::Overdue => Problem::new(
            StatusCode::GONE,
            "approval_expired",
            "The time to answer this is over",
        )
        .next("GET /api/saga/runs/{id} to see what became of it"),
        RunError::NotAsked => Problem::forbidden()
            .detail("The definition asks other people")
            .next("Ask one of those whom the step names in `approval`"),
        RunError::OwnSaga => Problem::new(
            StatusCode::FORBIDDEN,
            "self_approval",
            "Who started a saga does not approve it",
        )
        .next("Ask somebody else whom the step names in `approval`"),
        RunError::Inside(outer) => Problem::new(
            StatusCode::CONFLICT,
            "inner_saga",
            "This saga is part of another one",
        )
        .detail(format!("It runs inside the saga {outer}"))
        .next("Decide about the saga around it, which takes this one along"),
        RunError::NotFresh => Problem::reauthentication_required(),
        RunError::Unproved(error) => Problem::unavailable()
            .retry_after(2)
            .next("Try again in a few seconds")
            .cause(error),
        RunError::NoTools => {
            Problem::unavailable().next("Ask the operator to add mcp to `contexts`")
        }
        RunError::Control(error) => control_problem(error),
    }
}

fn control_problem(error: ControlError) -> Problem {
    let text = "The saga is not in a state for this";
    let wrong = Problem::new(StatusCode::CONFLICT, "saga_state", text);
    match error {
        ControlError::WrongState(_) | ControlError::WrongStep | ControlError::PastPivot => wrong
            .detail(error.to_string())
            .next("GET /api/saga/runs/{id} and its steps to see where it stands"),
        ControlError::Database(error) => error.into(),
        other => Problem::internal().cause(other),
    }
}

/// 404 for what is unknown, foreign or hidden.
pub(super) fn unknown() -> Problem {
    Problem::not_found().next("GET /api/saga/changes to see the change sets")
}

/// The problems every endpoint below `/api/saga` may answer with.
pub(super) struct Problems;

const PROBLEMS: [(&str, &str); 12] = [
    ("400", "The body or a parameter cannot be read"),
    ("401", "No valid credential"),
    ("403", "The role or the scopes are too weak"),
    ("404", "Unknown, or hidden from this caller"),
    ("409", "Already decided or used, or not in this state"),
    ("410", "The time to undo or to answer is over"),
    ("413", "Too large"),
    ("415", "Not JSON"),
    ("422", "A value is not valid"),
    ("429", "Too many requests"),
    ("500", "A failure of ours"),
    ("503", "Try again"),
];

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problem_responses(&PROBLEMS)
    }
}
