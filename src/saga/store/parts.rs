use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ConnectionTrait, DbErr, Order, QueryResult};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::parsed;
use crate::contracts::{Effect, TableEffect};
use crate::platform::clock::Millis;
use crate::platform::db::TenantTx;
use crate::platform::ids::{BaseId, ChangeSetId, WorkspaceId};

/// What one transaction of a change set did.
#[derive(Clone, Debug)]
pub(in crate::saga) struct PartRow {
    pub(in crate::saga) set: ChangeSetId,
    pub(in crate::saga) base: BaseId,
    pub(in crate::saga) base_name: String,
    pub(in crate::saga) workspace: WorkspaceId,
    pub(in crate::saga) first_seq: i64,
    pub(in crate::saga) last_seq: i64,
    pub(in crate::saga) tables: Vec<TableEffect>,
    pub(in crate::saga) schema: Vec<String>,
    pub(in crate::saga) at: Millis,
}

/// Adds what a transaction did.
pub(in crate::saga) async fn add_part(
    tx: &TenantTx,
    set: ChangeSetId,
    effect: &Effect,
) -> Result<(), DbErr> {
    let insert = Query::insert()
        .into_table("saga_change_parts")
        .columns([
            "tenant_id",
            "set_id",
            "txn",
            "base_id",
            "base_name",
            "workspace_id",
            "first_seq",
            "last_seq",
            "tables",
            "schema",
            "at",
        ])
        .values_panic([
            tx.tenant().to_string().into(),
            set.to_string().into(),
            effect.transaction.to_string().into(),
            effect.base.to_string().into(),
            effect.base_name.as_str().into(),
            effect.workspace.to_string().into(),
            effect.first_seq.into(),
            effect.last_seq.into(),
            to_json(&effect.tables).into(),
            to_json(&effect.schema).into(),
            effect.at.into(),
        ])
        .to_owned();
    tx.conn().execute(&insert).await.map(drop)
}

/// What these change sets did, oldest first.
pub(in crate::saga) async fn parts_of(
    tx: &TenantTx,
    sets: &[ChangeSetId],
) -> Result<Vec<PartRow>, DbErr> {
    let select = Query::select()
        .columns([
            "set_id",
            "base_id",
            "base_name",
            "workspace_id",
            "first_seq",
            "last_seq",
            "tables",
            "schema",
            "at",
        ])
        .from("saga_change_parts")
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .and_where(Expr::col("set_id").is_in(sets.iter().map(ToString::to_string)))
        .order_by("txn", Order::Asc)
        .to_owned();
    tx.conn()
        .query_all(&select)
        .await?
        .iter()
        .map(part_row)
        .collect()
}

fn part_row(row: &QueryResult) -> Result<PartRow, DbErr> {
    Ok(PartRow {
        set: parsed(row, "set_id")?,
        base: parsed(row, "base_id")?,
        base_name: row.try_get("", "base_name")?,
        workspace: parsed(row, "workspace_id")?,
        first_seq: row.try_get("", "first_seq")?,
        last_seq: row.try_get("", "last_seq")?,
        tables: from_json(row, "tables")?,
        schema: from_json(row, "schema")?,
        at: row.try_get("", "at")?,
    })
}

fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("names and numbers always serialise")
}

fn from_json<T: DeserializeOwned>(row: &QueryResult, column: &str) -> Result<T, DbErr> {
    let text: String = row.try_get("", column)?;
    serde_json::from_str(&text).map_err(|error| DbErr::Json(error.to_string()))
}
