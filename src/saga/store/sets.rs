use std::collections::HashMap;

use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query, SelectStatement};
use sea_orm::{ConnectionTrait, DbErr, Order, QueryResult};

use super::{optional, parsed, parts_of};
use crate::contracts::{Actor, ChangeSet, ChangeSetState, Fence, Origin};
use crate::platform::clock::Millis;
use crate::platform::db::TenantTx;
use crate::platform::ids::{BaseId, ChangeSetId, UserId, WorkspaceId};

const SETS: &str = "saga_change_sets";

/// A change set as it lies in the database.
#[derive(Clone, Debug)]
pub(in crate::saga) struct SetRow {
    pub(in crate::saga) id: ChangeSetId,
    pub(in crate::saga) origin: Origin,
    pub(in crate::saga) title: String,
    pub(in crate::saga) client: Option<String>,
    pub(in crate::saga) user: UserId,
    pub(in crate::saga) user_name: String,
    pub(in crate::saga) state: ChangeSetState,
    pub(in crate::saga) undoes: Option<ChangeSetId>,
    pub(in crate::saga) started_at: Millis,
    pub(in crate::saga) finished_at: Option<Millis>,
    /// Since when it cannot be undone.
    pub(in crate::saga) expired_at: Option<Millis>,
}

/// Which change sets.
pub(in crate::saga) struct SetFilter<'a> {
    pub(in crate::saga) base: Option<BaseId>,
    pub(in crate::saga) origin: Option<Origin>,
    pub(in crate::saga) user: Option<UserId>,
    /// Only those that touched one of these workspaces; `None` means any.
    pub(in crate::saga) workspaces: Option<&'a [WorkspaceId]>,
    pub(in crate::saga) before: Option<ChangeSetId>,
    pub(in crate::saga) limit: u64,
}

const OPEN: &str = "open";
const COMPLETED: &str = "completed";
const PARTIAL: &str = "partial";

fn state(text: &str) -> Result<ChangeSetState, DbErr> {
    match text {
        OPEN => Ok(ChangeSetState::Open),
        COMPLETED => Ok(ChangeSetState::Completed),
        PARTIAL => Ok(ChangeSetState::Partial),
        other => Err(DbErr::Type(format!(
            "unknown state of a change set {other:?}"
        ))),
    }
}

/// Writes a change set down, unless an earlier write of it did.
pub(in crate::saga) async fn open_set(
    tx: &TenantTx,
    actor: &Actor,
    change: &ChangeSet,
    now: Millis,
) -> Result<(), DbErr> {
    let (state, finished) = if change.stays_open {
        (OPEN, None)
    } else {
        (COMPLETED, Some(now))
    };
    let insert = Query::insert()
        .into_table(SETS)
        .columns([
            "tenant_id",
            "id",
            "origin",
            "title",
            "client",
            "user_id",
            "user_name",
            "state",
            "undoes",
            "started_at",
            "finished_at",
        ])
        .values_panic([
            tx.tenant().to_string().into(),
            change.id.to_string().into(),
            change.origin.as_str().into(),
            change.title.as_str().into(),
            change.client.clone().into(),
            actor.user.to_string().into(),
            actor.name.to_string().into(),
            state.into(),
            change.undoes.map(|id| id.to_string()).into(),
            now.into(),
            finished.into(),
        ])
        .on_conflict(
            OnConflict::columns(["tenant_id", "id"])
                .do_nothing()
                .to_owned(),
        )
        .to_owned();
    tx.conn().execute(&insert).await.map(drop)
}

/// Raises the number of a change set, waiting for whoever writes under it; false when somebody has raised it further.
pub(in crate::saga) async fn pass_fence(tx: &TenantTx, fence: Fence) -> Result<bool, DbErr> {
    let update = Query::update()
        .table(SETS)
        .value("fence", fence.number)
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .and_where(Expr::col("id").eq(fence.set.to_string()))
        .and_where(Expr::col("fence").lte(fence.number))
        .to_owned();
    Ok(tx.conn().execute(&update).await?.rows_affected() == 1)
}

/// Whether a change set has written anything since it was last undone as a whole.
pub(in crate::saga) async fn stands(tx: &TenantTx, id: ChangeSetId) -> Result<bool, DbErr> {
    let parts = parts_of(tx, &[id]).await?;
    let Some(newest) = parts.iter().map(|part| part.at).max() else {
        return Ok(false);
    };
    let Some(undo) = undone_by(tx, &[id]).await?.remove(&id) else {
        return Ok(true);
    };
    let undo = find_set(tx, undo).await?;
    let is_undone =
        |undo: SetRow| undo.state == ChangeSetState::Completed && newest < undo.started_at;
    Ok(!undo.is_some_and(is_undone))
}

/// Ends an open change set; one that never wrote anything has no row.
pub(in crate::saga) async fn close_set(
    tx: &TenantTx,
    id: ChangeSetId,
    is_partial: bool,
    now: Millis,
) -> Result<(), DbErr> {
    let update = Query::update()
        .table(SETS)
        .values([
            ("state", if is_partial { PARTIAL } else { COMPLETED }.into()),
            ("finished_at", now.into()),
        ])
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .and_where(Expr::col("id").eq(id.to_string()))
        .and_where(Expr::col("state").eq(OPEN))
        .to_owned();
    tx.conn().execute(&update).await.map(drop)
}

/// Gives the parts of other change sets to one, which ended with the last of them.
pub(in crate::saga) async fn join_sets(
    tx: &TenantTx,
    id: ChangeSetId,
    others: &[ChangeSetId],
    finished_at: Option<Millis>,
) -> Result<(), DbErr> {
    let tenant = tx.tenant().to_string();
    let parts = Query::update()
        .table("saga_change_parts")
        .value("set_id", id.to_string())
        .and_where(Expr::col("tenant_id").eq(tenant.as_str()))
        .and_where(Expr::col("set_id").is_in(others.iter().map(ToString::to_string)))
        .to_owned();
    tx.conn().execute(&parts).await?;
    let set = Query::update()
        .table(SETS)
        .value("finished_at", finished_at)
        .and_where(Expr::col("tenant_id").eq(tenant))
        .and_where(Expr::col("id").eq(id.to_string()))
        .to_owned();
    tx.conn().execute(&set).await.map(drop)
}

fn select_sets(tx: &TenantTx) -> SelectStatement {
    Query::select()
        .columns([
            "id",
            "origin",
            "title",
            "client",
            "user_id",
            "user_name",
            "state",
            "undoes",
            "started_at",
            "finished_at",
            "expired_at",
        ])
        .from(SETS)
        .and_where(Expr::col((SETS, "tenant_id")).eq(tx.tenant().to_string()))
        .to_owned()
}

/// One change set of the tenant.
pub(in crate::saga) async fn find_set(
    tx: &TenantTx,
    id: ChangeSetId,
) -> Result<Option<SetRow>, DbErr> {
    let select = select_sets(tx)
        .and_where(Expr::col("id").eq(id.to_string()))
        .to_owned();
    let row = tx.conn().query_one(&select).await?;
    row.as_ref().map(set_row).transpose()
}

/// Change sets that touched something, newest first.
pub(in crate::saga) async fn list_sets(
    tx: &TenantTx,
    filter: &SetFilter<'_>,
) -> Result<Vec<SetRow>, DbErr> {
    let mut touched = Query::select()
        .expr(Expr::val(1))
        .from("saga_change_parts")
        .and_where(Expr::col(("saga_change_parts", "tenant_id")).equals((SETS, "tenant_id")))
        .and_where(Expr::col("set_id").equals((SETS, "id")))
        .to_owned();
    if let Some(base) = filter.base {
        touched.and_where(Expr::col("base_id").eq(base.to_string()));
    }
    if let Some(workspaces) = filter.workspaces {
        let ids = workspaces.iter().map(ToString::to_string);
        touched.and_where(Expr::col("workspace_id").is_in(ids));
    }
    let mut select = select_sets(tx)
        .and_where(Expr::exists(touched))
        .order_by("id", Order::Desc)
        .limit(filter.limit)
        .to_owned();
    if let Some(before) = filter.before {
        select.and_where(Expr::col("id").lt(before.to_string()));
    }
    if let Some(origin) = filter.origin {
        select.and_where(Expr::col("origin").eq(origin.as_str()));
    }
    if let Some(user) = filter.user {
        select.and_where(Expr::col("user_id").eq(user.to_string()));
    }
    tx.conn()
        .query_all(&select)
        .await?
        .iter()
        .map(set_row)
        .collect()
}

/// The newest undo of each of these change sets.
pub(in crate::saga) async fn undone_by(
    tx: &TenantTx,
    sets: &[ChangeSetId],
) -> Result<HashMap<ChangeSetId, ChangeSetId>, DbErr> {
    let select = Query::select()
        .columns(["id", "undoes"])
        .from(SETS)
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .and_where(Expr::col("undoes").is_in(sets.iter().map(ToString::to_string)))
        .order_by("id", Order::Asc)
        .to_owned();
    let pair = |row: &QueryResult| Ok((parsed(row, "undoes")?, parsed(row, "id")?));
    tx.conn()
        .query_all(&select)
        .await?
        .iter()
        .map(pair)
        .collect()
}

fn set_row(row: &QueryResult) -> Result<SetRow, DbErr> {
    let origin: String = row.try_get("", "origin")?;
    let state_text: String = row.try_get("", "state")?;
    Ok(SetRow {
        id: parsed(row, "id")?,
        origin: Origin::parse(&origin)
            .ok_or_else(|| DbErr::Type(format!("unknown origin {origin:?}")))?,
        title: row.try_get("", "title")?,
        client: row.try_get("", "client")?,
        user: parsed(row, "user_id")?,
        user_name: row.try_get("", "user_name")?,
        state: state(&state_text)?,
        undoes: optional(row, "undoes")?,
        started_at: row.try_get("", "started_at")?,
        finished_at: row.try_get("", "finished_at")?,
        expired_at: row.try_get("", "expired_at")?,
    })
}
