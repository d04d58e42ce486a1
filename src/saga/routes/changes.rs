use actix_web::web::{Data, Json, Path, Query};
use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::error::{Problems, problem, unknown};
use crate::contracts::{
    Caller, ChangeSetSummary, ListChangeSets, Origin, RecordChange, RequestChange, Transactions,
    UndoReport, UndoRequest,
};
use crate::platform::ids::{BaseId, ChangeSetId, UserId};
use crate::platform::problem::Problem;
use crate::saga::Saga;

const MOST_JOINED: usize = 100;

/// Which change sets.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Only those that touched this base.
    base_id: Option<BaseId>,
    /// Only those that came through this.
    origin: Option<Origin>,
    /// Only those of this person.
    user_id: Option<UserId>,
    /// Change sets wanted; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
    /// The previous page's `next_cursor`.
    cursor: Option<ChangeSetId>,
}

/// Change sets, newest first.
#[derive(Serialize, ToSchema)]
struct ChangeSetList {
    /// The change sets.
    items: Vec<ChangeSetSummary>,
    /// Where the next page begins; null on the last.
    #[schema(required)]
    next_cursor: Option<ChangeSetId>,
}

/// Where to read.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PageQuery {
    /// Changes wanted; 100 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
    /// The previous page's `next_cursor`.
    cursor: Option<String>,
}

/// Records with their cells before and after.
#[derive(Serialize, ToSchema)]
struct RecordChangeList {
    /// In the order they happened.
    items: Vec<RecordChange>,
    /// Where the next page begins; null on the last.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// Change sets that become part of another.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct JoinedChanges {
    /// Which, all of the caller and made at `/api`.
    #[schema(min_items = 1, max_items = 100, value_type = Vec<String>)]
    changes: Vec<ChangeSetId>,
}

pub(super) fn limit(wanted: Option<usize>, usual: usize) -> Result<usize, Problem> {
    let limit = wanted.unwrap_or(usual);
    if (1..=200).contains(&limit) {
        Ok(limit)
    } else {
        Err(Problem::invalid().field("limit", "must be between 1 and 200"))
    }
}

fn change_set(id: &str) -> Result<ChangeSetId, Problem> {
    id.parse().map_err(|_| unknown())
}

/// Lists what was changed, newest first: by tools, scripts, people and undos.
#[utoipa::path(
    tag = "changes",
    responses((status = 200, description = "The change sets", body = ChangeSetList), Problems)
)]
#[get("/saga/changes")]
pub(super) async fn list_changes(
    caller: Caller,
    saga: Data<Saga>,
    query: Query<ListQuery>,
) -> Result<Json<ChangeSetList>, Problem> {
    let query = query.into_inner();
    let list = ListChangeSets {
        base: query.base_id,
        origin: query.origin,
        user: query.user_id,
        limit: limit(query.limit, 50)?,
        cursor: query.cursor,
    };
    let page = saga.list(&caller, list).await.map_err(problem)?;
    Ok(Json(ChangeSetList {
        items: page.items,
        next_cursor: page.next,
    }))
}

/// Describes a change set.
#[utoipa::path(
    tag = "changes",
    params(("change_set_id" = String, Path, description = "Change set id")),
    responses((status = 200, description = "The change set", body = ChangeSetSummary), Problems)
)]
#[get("/saga/changes/{change_set_id}")]
pub(super) async fn find_change(
    caller: Caller,
    saga: Data<Saga>,
    id: Path<String>,
) -> Result<Json<ChangeSetSummary>, Problem> {
    let found = saga.find(&caller, change_set(&id)?).await;
    found.map(Json).map_err(problem)
}

/// Lists the records that a change set touched, with their cells before and after.
#[utoipa::path(
    tag = "changes",
    params(("change_set_id" = String, Path, description = "Change set id")),
    responses((status = 200, description = "The records", body = RecordChangeList), Problems)
)]
#[get("/saga/changes/{change_set_id}/records")]
pub(super) async fn list_records(
    caller: Caller,
    saga: Data<Saga>,
    id: Path<String>,
    query: Query<PageQuery>,
) -> Result<Json<RecordChangeList>, Problem> {
    let query = query.into_inner();
    let wanted = limit(query.limit, 100)?;
    let page = saga
        .records(&caller, change_set(&id)?, query.cursor, wanted)
        .await
        .map_err(problem)?;
    Ok(Json(RecordChangeList {
        items: page.items,
        next_cursor: page.next,
    }))
}

/// Undoes a change set, or some records or fields of it; undone twice, nothing happens the second time.
#[utoipa::path(
    tag = "changes",
    params(("change_set_id" = String, Path, description = "Change set id")),
    responses((status = 200, description = "What became of each record", body = UndoReport), Problems)
)]
#[post("/saga/changes/{change_set_id}/undo")]
pub(super) async fn undo_change(
    caller: Caller,
    saga: Data<Saga>,
    change: RequestChange,
    id: Path<String>,
    body: Json<UndoRequest>,
) -> Result<Json<UndoReport>, Problem> {
    let undone = saga
        .undo(change.by(&caller), change_set(&id)?, body.into_inner())
        .await;
    undone.map(Json).map_err(problem)
}

/// Makes several change sets of the caller one, shown and undone as one; joined twice, nothing happens the second time.
#[utoipa::path(
    tag = "changes",
    params(("change_set_id" = String, Path, description = "Change set id")),
    responses((status = 200, description = "The change set with all of it", body = ChangeSetSummary), Problems)
)]
#[post("/saga/changes/{change_set_id}/join")]
pub(super) async fn join_changes(
    caller: Caller,
    saga: Data<Saga>,
    id: Path<String>,
    body: Json<JoinedChanges>,
) -> Result<Json<ChangeSetSummary>, Problem> {
    if !(1..=MOST_JOINED).contains(&body.changes.len()) {
        return Err(Problem::invalid().field("changes", "must have 1 to 100 elements"));
    }
    let joined = saga.join(&caller, change_set(&id)?, &body.changes).await;
    joined.map(Json).map_err(problem)
}
