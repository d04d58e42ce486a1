use sea_orm::sea_query::{Cond, Expr, ExprTrait, OnConflict, Query};
use sea_orm::{ConnectionTrait, DbErr, QueryResult};

use super::parsed;
use crate::contracts::{Actor, CallRef, ToolOutcome};
use crate::platform::clock::Millis;
use crate::platform::db::{SystemTx, TenantTx};
use crate::platform::ids::ChangeSetId;

const CALLS: &str = "saga_calls";
const RUNNING: &str = "running";
const DONE: &str = "done";

/// A call as it lies in the database.
#[derive(Clone, Debug)]
pub(in crate::saga) struct CallRow {
    pub(in crate::saga) arguments: String,
    pub(in crate::saga) change: ChangeSetId,
    /// The answer; `None` while somebody works on it.
    pub(in crate::saga) outcome: Option<ToolOutcome>,
    pub(in crate::saga) alive_until: Millis,
    pub(in crate::saga) expires_at: Millis,
}

/// Where the call has its one row: by its key, else by its arguments.
fn is_meant(actor: &Actor, call: &CallRef) -> Cond {
    Cond::all()
        .add(Expr::col("tenant_id").eq(actor.tenant.to_string()))
        .add(Expr::col("principal").eq(actor.credential.principal()))
        .add(Expr::col("tool").eq(call.tool))
        .add(Expr::col("slot").eq(slot(call)))
}

fn slot(call: &CallRef) -> String {
    match &call.key {
        Some(key) => format!("key:{key}"),
        None => format!("arguments:{}", call.arguments),
    }
}

/// The row of a call.
pub(in crate::saga) async fn find_call(
    tx: &TenantTx,
    actor: &Actor,
    call: &CallRef,
) -> Result<Option<CallRow>, DbErr> {
    let select = Query::select()
        .columns([
            "arguments",
            "change_id",
            "state",
            "result",
            "is_error",
            "alive_until",
            "expires_at",
        ])
        .from(CALLS)
        .cond_where(is_meant(actor, call))
        .to_owned();
    let row = tx.conn().query_one(&select).await?;
    row.as_ref().map(call_row).transpose()
}

/// Writes down that a call is being worked on; false when it already has a row.
pub(in crate::saga) async fn insert_call(
    tx: &TenantTx,
    actor: &Actor,
    call: &CallRef,
    change: ChangeSetId,
    alive_until: Millis,
    expires_at: Millis,
) -> Result<bool, DbErr> {
    let insert = Query::insert()
        .into_table(CALLS)
        .columns([
            "tenant_id",
            "principal",
            "tool",
            "slot",
            "arguments",
            "change_id",
            "state",
            "is_error",
            "alive_until",
            "expires_at",
        ])
        .values_panic([
            tx.tenant().to_string().into(),
            actor.credential.principal().into(),
            call.tool.into(),
            slot(call).into(),
            call.arguments.as_str().into(),
            change.to_string().into(),
            RUNNING.into(),
            false.into(),
            alive_until.into(),
            expires_at.into(),
        ])
        .on_conflict(
            OnConflict::columns(["tenant_id", "principal", "tool", "slot"])
                .do_nothing()
                .to_owned(),
        )
        .to_owned();
    Ok(tx.conn().execute(&insert).await?.rows_affected() > 0)
}

/// Removes a call's row while it is about this change set.
pub(in crate::saga) async fn delete_call(
    tx: &TenantTx,
    actor: &Actor,
    call: &CallRef,
    change: ChangeSetId,
) -> Result<(), DbErr> {
    let delete = Query::delete()
        .from_table(CALLS)
        .cond_where(is_meant(actor, call))
        .and_where(Expr::col("change_id").eq(change.to_string()))
        .to_owned();
    tx.conn().execute(&delete).await.map(drop)
}

/// Says until when somebody certainly works on the call.
pub(in crate::saga) async fn renew_call(
    tx: &TenantTx,
    actor: &Actor,
    call: &CallRef,
    change: ChangeSetId,
    alive_until: Millis,
) -> Result<(), DbErr> {
    let update = Query::update()
        .table(CALLS)
        .value("alive_until", alive_until)
        .cond_where(is_meant(actor, call))
        .and_where(Expr::col("change_id").eq(change.to_string()))
        .to_owned();
    tx.conn().execute(&update).await.map(drop)
}

/// Keeps a call's answer until then.
pub(in crate::saga) async fn end_call(
    tx: &TenantTx,
    actor: &Actor,
    call: &CallRef,
    change: ChangeSetId,
    outcome: &ToolOutcome,
    expires_at: Millis,
) -> Result<(), DbErr> {
    let text = String::from_utf8_lossy(&outcome.json).into_owned();
    let update = Query::update()
        .table(CALLS)
        .values([
            ("state", DONE.into()),
            ("result", text.into()),
            ("is_error", outcome.is_error.into()),
            ("expires_at", expires_at.into()),
        ])
        .cond_where(is_meant(actor, call))
        .and_where(Expr::col("change_id").eq(change.to_string()))
        .to_owned();
    tx.conn().execute(&update).await.map(drop)
}

/// Clears away what has expired, of all tenants.
pub(in crate::saga) async fn delete_expired(
    tx: &SystemTx,
    approvals_before: Millis,
    calls_before: Millis,
) -> Result<(), DbErr> {
    for (table, before) in [("saga_approvals", approvals_before), (CALLS, calls_before)] {
        let delete = Query::delete()
            .from_table(table)
            .and_where(Expr::col("expires_at").lt(before))
            .to_owned();
        tx.conn().execute(&delete).await?;
    }
    Ok(())
}

fn call_row(row: &QueryResult) -> Result<CallRow, DbErr> {
    let state: String = row.try_get("", "state")?;
    let result: Option<String> = row.try_get("", "result")?;
    let is_error = row.try_get("", "is_error")?;
    let outcome = result.filter(|_| state == DONE).map(|json| ToolOutcome {
        json: json.into(),
        is_error,
    });
    Ok(CallRow {
        arguments: row.try_get("", "arguments")?,
        change: parsed(row, "change_id")?,
        outcome,
        alive_until: row.try_get("", "alive_until")?,
        expires_at: row.try_get("", "expires_at")?,
    })
}
