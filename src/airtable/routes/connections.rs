use actix_web::web::{Json, Path};
use actix_web::{HttpResponse, delete, get, patch, post, put};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Engine;
use super::error::{Problems, problem};
use crate::airtable::connections::{Connection, NewConnection, NewOffer, Offered, Reachable};
use crate::airtable::mirror::Status;
use crate::airtable::remote::Traffic;
use crate::contracts::{BaseError, Caller, ConnectionChange, TableSchema};
use crate::platform::ids::{BaseId, ConnectionId};
use crate::platform::problem::Problem;

/// Connected accounts at Airtable.
#[derive(Serialize, ToSchema)]
struct ConnectionList {
    /// Oldest first.
    items: Vec<Connection>,
    /// Always null: all connections come at once.
    next_cursor: Option<String>,
}

/// The bases that a connection's token reaches.
#[derive(Serialize, ToSchema)]
struct ReachableList {
    /// As Airtable lists them.
    items: Vec<Reachable>,
    /// Always null: all bases come at once.
    next_cursor: Option<String>,
}

/// The tables of a base at Airtable.
#[derive(Serialize, ToSchema)]
struct ReachableTables {
    /// In order, whether hidden or not.
    items: Vec<TableSchema>,
    /// Always null: all tables come at once.
    next_cursor: Option<String>,
}

/// Whether a copy stands still.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SteerMirror {
    /// Whether it is to stand still.
    is_paused: bool,
}

/// Lists the connections of the workspaces that the caller manages.
#[utoipa::path(
    tag = "connections",
    responses((status = 200, description = "The connections", body = ConnectionList), Problems)
)]
#[get("/airtable/connections")]
pub(super) async fn list_connections(
    caller: Caller,
    engine: Engine,
) -> Result<Json<ConnectionList>, Problem> {
    Ok(Json(ConnectionList {
        items: engine.connections(&caller).await.map_err(problem)?,
        next_cursor: None,
    }))
}

/// Connects an account at Airtable after asking it who the token belongs to.
#[utoipa::path(
    tag = "connections",
    request_body = NewConnection,
    responses((status = 201, description = "The connection", body = Connection), Problems)
)]
#[post("/airtable/connections")]
pub(super) async fn create_connection(
    caller: Caller,
    engine: Engine,
    body: Json<NewConnection>,
) -> Result<HttpResponse, Problem> {
    let made = engine.connect(&caller, body.into_inner()).await;
    Ok(HttpResponse::Created().json(made.map_err(told)?))
}

/// Forgets a connection, its token and what is offered through it.
#[utoipa::path(
    tag = "connections",
    params(("connection_id" = String, Path, description = "Connection id")),
    responses((status = 204, description = "It is gone"), Problems)
)]
#[delete("/airtable/connections/{connection_id}")]
pub(super) async fn delete_connection(
    caller: Caller,
    engine: Engine,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = known(&path)?;
    engine.disconnect(&caller, id).await.map_err(problem)?;
    Ok(HttpResponse::NoContent().finish())
}

/// Lists the bases that a connection's token reaches, as Airtable tells now.
#[utoipa::path(
    tag = "connections",
    params(("connection_id" = String, Path, description = "Connection id")),
    responses((status = 200, description = "The bases", body = ReachableList), Problems)
)]
#[get("/airtable/connections/{connection_id}/bases")]
pub(super) async fn list_reachable_bases(
    caller: Caller,
    engine: Engine,
    path: Path<String>,
) -> Result<Json<ReachableList>, Problem> {
    let id = known(&path)?;
    Ok(Json(ReachableList {
        items: engine.reachable(&caller, id).await.map_err(told)?,
        next_cursor: None,
    }))
}

/// Offers a base of a connection to the workspace, or changes how.
#[utoipa::path(
    tag = "connections",
    params(
        ("connection_id" = String, Path, description = "Connection id"),
        ("base_id" = String, Path, description = "Base id"),
    ),
    responses((status = 200, description = "The base", body = Offered), Problems)
)]
#[put("/airtable/connections/{connection_id}/bases/{base_id}")]
pub(super) async fn offer_base(
    caller: Caller,
    engine: Engine,
    path: Path<(String, String)>,
    body: Json<NewOffer>,
) -> Result<Json<Offered>, Problem> {
    let target = both(&path)?;
    let offered = engine.offer_base(&caller, target, body.into_inner());
    let offered = offered.await;
    Ok(Json(offered.map_err(told)?))
}

/// Offers a base no longer; at Airtable nothing changes.
#[utoipa::path(
    tag = "connections",
    params(
        ("connection_id" = String, Path, description = "Connection id"),
        ("base_id" = String, Path, description = "Base id"),
    ),
    responses((status = 204, description = "It is offered no longer"), Problems)
)]
#[delete("/airtable/connections/{connection_id}/bases/{base_id}")]
pub(super) async fn withdraw_base(
    caller: Caller,
    engine: Engine,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let target = both(&path)?;
    let done = engine.withdraw_base(&caller, target).await;
    done.map_err(problem)?;
    Ok(HttpResponse::NoContent().finish())
}

/// Lists the tables of a base that a connection's token reaches, as Airtable tells now, whether hidden or not.
#[utoipa::path(
    tag = "connections",
    params(
        ("connection_id" = String, Path, description = "Connection id"),
        ("base_id" = String, Path, description = "Base id"),
    ),
    responses((status = 200, description = "The tables", body = ReachableTables), Problems)
)]
#[get("/airtable/connections/{connection_id}/bases/{base_id}/tables")]
pub(super) async fn list_reachable_tables(
    caller: Caller,
    engine: Engine,
    path: Path<(String, String)>,
) -> Result<Json<ReachableTables>, Problem> {
    let target = both(&path)?;
    let tables = engine.reachable_tables(&caller, target).await;
    Ok(Json(ReachableTables {
        items: tables.map_err(told)?,
        next_cursor: None,
    }))
}

/// Tells what goes on between this instance and an offered base: how far the limit is used, and how much is answered from here.
#[utoipa::path(
    tag = "connections",
    params(
        ("connection_id" = String, Path, description = "Connection id"),
        ("base_id" = String, Path, description = "Base id"),
    ),
    responses((status = 200, description = "The traffic", body = Traffic), Problems)
)]
#[get("/airtable/connections/{connection_id}/bases/{base_id}/traffic")]
pub(super) async fn read_traffic(
    caller: Caller,
    engine: Engine,
    path: Path<(String, String)>,
) -> Result<Json<Traffic>, Problem> {
    let target = both(&path)?;
    let traffic = engine.traffic(&caller, target).await;
    Ok(Json(traffic.map_err(problem)?))
}

/// Tells how the copy of a base stands to the one at Airtable.
#[utoipa::path(
    tag = "connections",
    params(("base_id" = String, Path, description = "Base id")),
    responses((status = 200, description = "The copy", body = Status), Problems)
)]
#[get("/airtable/mirrors/{base_id}")]
pub(super) async fn find_mirror(
    caller: Caller,
    engine: Engine,
    path: Path<String>,
) -> Result<Json<Status>, Problem> {
    let base = copied(&path)?;
    let status = engine.mirror_status(&caller, base).await;
    Ok(Json(status.map_err(problem)?))
}

/// Lets the copy of a base stand still, or go on.
#[utoipa::path(
    tag = "connections",
    params(("base_id" = String, Path, description = "Base id")),
    responses((status = 200, description = "The copy", body = Status), Problems)
)]
#[patch("/airtable/mirrors/{base_id}")]
pub(super) async fn steer_mirror(
    caller: Caller,
    engine: Engine,
    path: Path<String>,
    body: Json<SteerMirror>,
) -> Result<Json<Status>, Problem> {
    let base = copied(&path)?;
    let change = match body.is_paused {
        true => ConnectionChange::Paused,
        false => ConnectionChange::Continued,
    };
    let status = engine.steer_mirror(&caller, base, change).await;
    Ok(Json(status.map_err(problem)?))
}

/// Lets all records of the copy of a base be compared with Airtable's.
#[utoipa::path(
    tag = "connections",
    params(("base_id" = String, Path, description = "Base id")),
    responses((status = 202, description = "It is begun", body = Status), Problems)
)]
#[post("/airtable/mirrors/{base_id}/compare")]
pub(super) async fn compare_mirror(
    caller: Caller,
    engine: Engine,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    let base = copied(&path)?;
    let compared = ConnectionChange::Compared;
    let status = engine.steer_mirror(&caller, base, compared).await;
    Ok(HttpResponse::Accepted().json(status.map_err(problem)?))
}

fn copied(base: &str) -> Result<BaseId, Problem> {
    base.parse().map_err(|_| Problem::not_found())
}

/// What Airtable says is for who connects an account, and the cause for the log.
fn told(error: BaseError) -> Problem {
    let message = error.message.clone();
    problem(error).detail(message)
}

fn known(id: &str) -> Result<ConnectionId, Problem> {
    id.parse().map_err(|_| Problem::not_found())
}

fn both((connection, base): &(String, String)) -> Result<(ConnectionId, BaseId), Problem> {
    let base = base.parse().map_err(|_| Problem::not_found())?;
    Ok((known(connection)?, base))
}
