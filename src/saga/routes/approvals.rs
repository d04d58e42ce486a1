use actix_web::http::StatusCode;
use actix_web::web::{Data, Json, Path, Query};
use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::changes::limit;
use super::error::{Problems, problem};
use crate::contracts::{Actor, Approval, ApprovalState, Caller, Credential};
use crate::platform::ids::ApprovalId;
use crate::platform::problem::Problem;
use crate::saga::Saga;

/// Where to read.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PageQuery {
    /// Questions wanted; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
    /// The previous page's `next_cursor`.
    cursor: Option<ApprovalId>,
}

/// Questions to the caller.
#[derive(Serialize, ToSchema)]
struct ApprovalList {
    /// Newest first.
    items: Vec<Approval>,
    /// Where the next page begins; null on the last.
    #[schema(required)]
    next_cursor: Option<ApprovalId>,
}

/// The person at the browser: a program must not say yes to what it asked itself.
pub(super) fn person(caller: &Caller) -> Result<&Actor, Problem> {
    match caller.credential {
        Credential::Session(_) => Ok(caller),
        _ => Err(Problem::new(
            StatusCode::FORBIDDEN,
            "session_only",
            "Only a signed-in person may do this",
        )
        .next("Sign in; API keys may not do this")),
    }
}

fn unknown() -> Problem {
    Problem::not_found().next("GET /api/saga/approvals to see what you are asked")
}

/// Lists what the caller is asked and has not answered yet, newest first.
#[utoipa::path(
    tag = "approvals",
    responses((status = 200, description = "The questions", body = ApprovalList), Problems)
)]
#[get("/saga/approvals")]
pub(super) async fn list_approvals(
    caller: Caller,
    saga: Data<Saga>,
    query: Query<PageQuery>,
) -> Result<Json<ApprovalList>, Problem> {
    let (query, person) = (query.into_inner(), person(&caller)?);
    let wanted = limit(query.limit, 50)?;
    let (items, more) = saga
        .open_approvals(person, query.cursor, wanted)
        .await
        .map_err(problem)?;
    let next_cursor = items.last().map(|last| last.id).filter(|_| more);
    Ok(Json(ApprovalList { items, next_cursor }))
}

/// Describes a question to the caller.
#[utoipa::path(
    tag = "approvals",
    params(("approval_id" = String, Path, description = "Approval id")),
    responses((status = 200, description = "The question", body = Approval), Problems)
)]
#[get("/saga/approvals/{approval_id}")]
pub(super) async fn find_approval(
    caller: Caller,
    saga: Data<Saga>,
    id: Path<String>,
) -> Result<Json<Approval>, Problem> {
    let person = person(&caller)?;
    let id = id.parse().map_err(|_| unknown())?;
    let found = saga.find_approval(person, id).await.map_err(problem)?;
    found.map(Json).ok_or_else(unknown)
}

/// Says yes: the same call may come once until the question expires.
#[utoipa::path(
    tag = "approvals",
    params(("approval_id" = String, Path, description = "Approval id")),
    responses((status = 200, description = "The question", body = Approval), Problems)
)]
#[post("/saga/approvals/{approval_id}/approve")]
pub(super) async fn approve(
    caller: Caller,
    saga: Data<Saga>,
    id: Path<String>,
) -> Result<Json<Approval>, Problem> {
    decide(&caller, &saga, &id, ApprovalState::Approved).await
}

/// Says no, also after a yes that has not been used.
#[utoipa::path(
    tag = "approvals",
    params(("approval_id" = String, Path, description = "Approval id")),
    responses((status = 200, description = "The question", body = Approval), Problems)
)]
#[post("/saga/approvals/{approval_id}/reject")]
pub(super) async fn reject(
    caller: Caller,
    saga: Data<Saga>,
    id: Path<String>,
) -> Result<Json<Approval>, Problem> {
    decide(&caller, &saga, &id, ApprovalState::Rejected).await
}

async fn decide(
    caller: &Caller,
    saga: &Saga,
    id: &str,
    to: ApprovalState,
) -> Result<Json<Approval>, Problem> {
    let person = person(caller)?;
    let id = id.parse().map_err(|_| unknown())?;
    let decided = saga.decide(person, id, to).await.map_err(problem)?;
    let approval = decided.ok_or_else(unknown)?;
    match approval.state {
        state if state == to => Ok(Json(approval)),
        ApprovalState::Expired => Err(Problem::new(
            StatusCode::GONE,
            "approval_expired",
            "The time to answer this is over",
        )
        .next("Let the client call the tool again; it will ask anew")),
        ApprovalState::Used => Err(Problem::new(
            StatusCode::CONFLICT,
            "approval_used",
            "The call has already come",
        )
        .next("GET /api/saga/changes to see what it did, and undo it there")),
        _ => Err(Problem::new(
            StatusCode::CONFLICT,
            "approval_decided",
            "This was already answered with no",
        )
        .next("Let the client call the tool again; it will ask anew")),
    }
}
