use actix_web::post;
use actix_web::web::{Data, Json, Path};
use serde::Deserialize;
use utoipa::ToSchema;

use super::approvals::person;
use super::error::{Problems, run_problem};
use super::runs::{run_id, shown};
use crate::contracts::Caller;
use crate::platform::problem::Problem;
use crate::saga::Saga;
use crate::saga::runs::{AnswerRequest, ResolveRequest, RunView};

/// Why a run is taken back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CompensateRequest {
    /// Why.
    reason: String,
}

/// Stops a run and takes back what it did; behind its point of no return it is refused.
#[utoipa::path(
    tag = "sagas",
    params(("saga_id" = String, Path, description = "Id of the run")),
    responses((status = 200, description = "The run", body = RunView), Problems)
)]
#[post("/saga/runs/{saga_id}/cancel")]
pub(super) async fn cancel_run(
    caller: Caller,
    saga: Data<Saga>,
    id: Path<String>,
) -> Result<Json<RunView>, Problem> {
    let id = run_id(&id)?;
    saga.cancel(&caller, id).await.map_err(run_problem)?;
    shown(&saga, &caller, id).await
}

/// Takes a run back, also one that needs a person.
#[utoipa::path(
    tag = "sagas",
    params(("saga_id" = String, Path, description = "Id of the run")),
    responses((status = 200, description = "The run", body = RunView), Problems)
)]
#[post("/saga/runs/{saga_id}/compensate")]
pub(super) async fn compensate_run(
    caller: Caller,
    saga: Data<Saga>,
    id: Path<String>,
    body: Json<CompensateRequest>,
) -> Result<Json<RunView>, Problem> {
    let id = run_id(&id)?;
    let taken = saga.take_back(&caller, id, body.into_inner().reason).await;
    taken.map_err(run_problem)?;
    shown(&saga, &caller, id).await
}

/// Decides about a run that needs a person; needs the role admin and a reason.
#[utoipa::path(
    tag = "sagas",
    params(("saga_id" = String, Path, description = "Id of the run")),
    responses((status = 200, description = "The run", body = RunView), Problems)
)]
#[post("/saga/runs/{saga_id}/resolve")]
pub(super) async fn resolve_run(
    caller: Caller,
    saga: Data<Saga>,
    id: Path<String>,
    body: Json<ResolveRequest>,
) -> Result<Json<RunView>, Problem> {
    let id = run_id(&id)?;
    let resolved = saga.resolve(&caller, id, body.into_inner()).await;
    resolved.map_err(run_problem)?;
    shown(&saga, &caller, id).await
}

/// Answers a run that asks people: a yes or a no of the signed-in person; the same once more changes nothing.
#[utoipa::path(
    tag = "sagas",
    params(
        ("saga_id" = String, Path, description = "Id of the run"),
        ("step" = String, Path, description = "Name of the step that asks")
    ),
    responses((status = 200, description = "The run", body = RunView), Problems)
)]
#[post("/saga/runs/{saga_id}/approvals/{step}")]
pub(super) async fn answer_run(
    caller: Caller,
    saga: Data<Saga>,
    path: Path<(String, String)>,
    body: Json<AnswerRequest>,
) -> Result<Json<RunView>, Problem> {
    let (id, step) = path.into_inner();
    let (id, person) = (run_id(&id)?, person(&caller)?);
    let answered = saga
        .answer_run(person, (id, &step), body.into_inner())
        .await;
    answered.map_err(run_problem)?;
    shown(&saga, &caller, id).await
}
