use actix_web::http::StatusCode;
use actix_web::web::{Data, Json, Path, Query};
use actix_web::{HttpRequest, HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::approvals::person;
use super::error::{Problems, run_problem};
use crate::contracts::{Caller, Permission};
use crate::platform::durable::{Journal, Run, RunState, Started};
use crate::platform::ids::RunId;
use crate::platform::problem::Problem;
use crate::saga::Saga;
use crate::saga::runs::{
    Onlooker, RunError, RunInput, RunView, StartRequest, StepView, StoryLine, started_view,
    steps_of, story, view,
};

/// Which runs.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RunQuery {
    /// Only those in this state.
    status: Option<String>,
    /// Only those of this definition.
    definition: Option<String>,
    /// `me`: only those that wait for the caller's own yes or no, which takes a signed-in person.
    waiting_for: Option<String>,
    /// Runs wanted; 50 if absent.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u64>,
    /// The previous page's `next_cursor`.
    cursor: Option<RunId>,
}

/// Runs, newest first.
#[derive(Serialize, ToSchema)]
struct RunList {
    /// The runs.
    items: Vec<RunView>,
    /// Where the next page begins; null on the last.
    #[schema(required)]
    next_cursor: Option<RunId>,
}

/// The steps of a run.
#[derive(Serialize, ToSchema)]
struct StepList {
    /// In the order of the definition.
    items: Vec<StepView>,
    /// Always null: they fit on one page.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// The story of a run.
#[derive(Serialize, ToSchema)]
struct Story {
    /// What happened, oldest first.
    items: Vec<StoryLine>,
    /// Always null: they fit on one page.
    #[schema(required)]
    next_cursor: Option<String>,
}

pub(super) fn run_id(id: &str) -> Result<RunId, Problem> {
    id.parse().map_err(|_| run_problem(RunError::NotFound))
}

/// Starts a saga; the same `Idempotency-Key` once more finds the first.
#[utoipa::path(
    tag = "sagas",
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated start find the first")),
    responses(
        (status = 200, description = "It was started before with this key", body = RunView),
        (status = 202, description = "It is started", body = RunView),
        Problems
    )
)]
#[post("/saga/start")]
pub(super) async fn start_saga(
    caller: Caller,
    saga: Data<Saga>,
    request: HttpRequest,
    body: Json<StartRequest>,
) -> Result<HttpResponse, Problem> {
    let key = request.headers().get("Idempotency-Key");
    let key = key.map(|key| key.to_str().unwrap_or_default());
    let started = saga.start(&caller, body.into_inner(), key).await;
    let (started, run, journal) = started.map_err(run_problem)?;
    let status = match started {
        Started::New(_) => StatusCode::ACCEPTED,
        Started::Existing(_) => StatusCode::OK,
    };
    let onlooker = Onlooker::new(&saga, &caller).await;
    let view = started_view(run, &journal, &onlooker).map_err(run_problem)?;
    Ok(HttpResponse::build(status).json(view))
}

/// The runs that are asked for, one more than wanted where there are more, and how many are wanted.
async fn found(
    saga: &Saga,
    caller: &Caller,
    query: &RunQuery,
) -> Result<(Vec<(Run, RunInput, Journal)>, usize), Problem> {
    let limit = query.limit.unwrap_or(50);
    if !(1..=100).contains(&limit) {
        return Err(Problem::invalid().field("limit", "must be between 1 and 100"));
    }
    let parse = |word: &str| {
        let state = RunState::parse(word);
        state.ok_or_else(|| Problem::invalid().field("status", "is no state of a run"))
    };
    let state = query.status.as_deref().map(parse).transpose()?;
    let definition = query.definition.as_deref();
    let page = (query.cursor, limit + 1);
    let runs = match (query.waiting_for.as_deref(), state) {
        (None, _) => saga.runs(caller, (state, definition), page).await,
        (Some("me"), None | Some(RunState::Waiting)) => {
            saga.runs_asking(person(caller)?, definition, page).await
        }
        (Some("me"), Some(_)) => Ok(Vec::new()),
        (Some(_), _) => return Err(Problem::invalid().field("waiting_for", "must be me")),
    };
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    Ok((runs.map_err(run_problem)?, wanted))
}

/// Lists runs, newest first.
#[utoipa::path(tag = "sagas", responses((status = 200, description = "The runs", body = RunList), Problems))]
#[get("/saga/runs")]
pub(super) async fn list_runs(
    caller: Caller,
    saga: Data<Saga>,
    query: Query<RunQuery>,
) -> Result<Json<RunList>, Problem> {
    let (mut runs, wanted) = found(&saga, &caller, &query).await?;
    let has_more = runs.len() > wanted;
    runs.truncate(wanted);
    let next_cursor = runs.last().map(|(run, ..)| run.id).filter(|_| has_more);
    let onlooker = Onlooker::new(&saga, &caller).await;
    let items = runs
        .into_iter()
        .map(|(run, input, journal)| view(run, input, &journal, &onlooker))
        .collect();
    Ok(Json(RunList { items, next_cursor }))
}

/// Describes a run.
#[utoipa::path(
    tag = "sagas",
    params(("saga_id" = String, Path, description = "Id of the run")),
    responses((status = 200, description = "The run", body = RunView), Problems)
)]
#[get("/saga/runs/{saga_id}")]
pub(super) async fn find_run(
    caller: Caller,
    saga: Data<Saga>,
    id: Path<String>,
) -> Result<Json<RunView>, Problem> {
    shown(&saga, &caller, run_id(&id)?).await
}

pub(super) async fn shown(
    saga: &Saga,
    caller: &Caller,
    id: RunId,
) -> Result<Json<RunView>, Problem> {
    let tx = saga.platform.db.read(caller.tenant).await?;
    let found = saga.run(&tx, caller, (id, Permission::RecordsRead)).await;
    let (run, input, journal) = found.map_err(run_problem)?;
    let onlooker = Onlooker::new(saga, caller).await;
    Ok(Json(view(run, input, &journal, &onlooker)))
}

/// Lists the steps of a run with their attempts, results and errors.
#[utoipa::path(
    tag = "sagas",
    params(("saga_id" = String, Path, description = "Id of the run")),
    responses((status = 200, description = "The steps", body = StepList), Problems)
)]
#[get("/saga/runs/{saga_id}/steps")]
pub(super) async fn list_steps(
    caller: Caller,
    saga: Data<Saga>,
    id: Path<String>,
) -> Result<Json<StepList>, Problem> {
    let tx = saga.platform.db.read(caller.tenant).await?;
    let right = (run_id(&id)?, Permission::RecordsRead);
    let found = saga.run(&tx, &caller, right).await;
    let (run, input, journal) = found.map_err(run_problem)?;
    let onlooker = Onlooker::new(&saga, &caller).await;
    Ok(Json(StepList {
        items: steps_of(&run, &input, &journal, &onlooker),
        next_cursor: None,
    }))
}

/// Tells the story of a run, a sentence for everything that happened.
#[utoipa::path(
    tag = "sagas",
    params(("saga_id" = String, Path, description = "Id of the run")),
    responses((status = 200, description = "The story", body = Story), Problems)
)]
#[get("/saga/runs/{saga_id}/events")]
pub(super) async fn read_story(
    caller: Caller,
    saga: Data<Saga>,
    id: Path<String>,
) -> Result<Json<Story>, Problem> {
    let tx = saga.platform.db.read(caller.tenant).await?;
    let id = run_id(&id)?;
    let found = saga.run(&tx, &caller, (id, Permission::RecordsRead)).await;
    let (_, input, journal) = found.map_err(run_problem)?;
    let entries = saga.platform.durable.history(&tx, id).await;
    let entries = entries.map_err(|error| run_problem(error.into()))?;
    let onlooker = Onlooker::new(&saga, &caller).await;
    Ok(Json(Story {
        items: story(&input, &journal, entries, &onlooker),
        next_cursor: None,
    }))
}
