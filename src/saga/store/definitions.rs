use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ConnectionTrait, DbErr, Order, QueryResult};
use serde_json::Value;

use super::parsed;
use crate::platform::clock::Millis;
use crate::platform::db::TenantTx;
use crate::platform::ids::WorkspaceId;

const DEFINITIONS: &str = "saga_definitions";

/// One version of a definition as it lies in the database.
#[derive(Clone, Debug)]
pub(in crate::saga) struct DefinitionRow {
    pub(in crate::saga) name: String,
    pub(in crate::saga) version: i64,
    pub(in crate::saga) workspace: WorkspaceId,
    pub(in crate::saga) body: Value,
    /// Types of the events that start it, each between commas.
    pub(in crate::saga) events: String,
    /// Whose rights it has when an event starts it.
    pub(in crate::saga) saved_by: Value,
    pub(in crate::saga) saved_at: Millis,
}

/// Adds a version.
pub(in crate::saga) async fn insert_definition(
    tx: &TenantTx,
    row: &DefinitionRow,
) -> Result<(), DbErr> {
    let insert = Query::insert()
        .into_table(DEFINITIONS)
        .columns([
            "tenant_id",
            "name",
            "version",
            "workspace_id",
            "body",
            "events",
            "saved_by",
            "saved_at",
        ])
        .values_panic([
            tx.tenant().to_string().into(),
            row.name.as_str().into(),
            row.version.into(),
            row.workspace.to_string().into(),
            row.body.to_string().into(),
            row.events.as_str().into(),
            row.saved_by.to_string().into(),
            row.saved_at.into(),
        ])
        .to_owned();
    tx.conn().execute(&insert).await.map(drop)
}

fn select(tx: &TenantTx) -> SelectStatement {
    Query::select()
        .columns([
            "name",
            "version",
            "workspace_id",
            "body",
            "events",
            "saved_by",
            "saved_at",
        ])
        .from(DEFINITIONS)
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .order_by("name", Order::Asc)
        .order_by("version", Order::Desc)
        .to_owned()
}

/// A version of a definition; the newest when none is named.
pub(in crate::saga) async fn find_definition(
    tx: &TenantTx,
    name: &str,
    version: Option<i64>,
) -> Result<Option<DefinitionRow>, DbErr> {
    let mut select = select(tx)
        .and_where(Expr::col("name").eq(name))
        .limit(1)
        .to_owned();
    if let Some(version) = version {
        select.and_where(Expr::col("version").eq(version));
    }
    let row = tx.conn().query_one(&select).await?;
    row.as_ref().map(definition_row).transpose()
}

/// The newest version of every definition, by name; of those saved until then, where a time is given.
pub(in crate::saga) async fn newest_definitions(
    tx: &TenantTx,
    until: Option<Millis>,
) -> Result<Vec<DefinitionRow>, DbErr> {
    let mut select = select(tx);
    if let Some(until) = until {
        select.and_where(Expr::col("saved_at").lte(until));
    }
    let rows = tx.conn().query_all(&select).await?;
    let mut rows = rows
        .iter()
        .map(definition_row)
        .collect::<Result<Vec<_>, _>>()?;
    rows.dedup_by(|older, newer| older.name == newer.name);
    Ok(rows)
}

/// Whether any version of any definition waits for events.
pub(in crate::saga) async fn any_waits(tx: &TenantTx) -> Result<bool, DbErr> {
    let select = Query::select()
        .expr(Expr::val(1))
        .from(DEFINITIONS)
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .and_where(Expr::col("events").ne(""))
        .limit(1)
        .to_owned();
    Ok(tx.conn().query_one(&select).await?.is_some())
}

fn definition_row(row: &QueryResult) -> Result<DefinitionRow, DbErr> {
    Ok(DefinitionRow {
        name: row.try_get("", "name")?,
        version: row.try_get("", "version")?,
        workspace: parsed(row, "workspace_id")?,
        body: parsed(row, "body")?,
        events: row.try_get("", "events")?,
        saved_by: parsed(row, "saved_by")?,
        saved_at: row.try_get("", "saved_at")?,
    })
}

/// Whether a transaction was made by a saga, or took back what a saga made.
pub(in crate::saga) async fn is_by_saga(tx: &TenantTx, transaction: &str) -> Result<bool, DbErr> {
    let sql = "SELECT 1 FROM saga_change_parts p JOIN saga_change_sets s ON s.tenant_id = p.tenant_id AND s.id = p.set_id \
         LEFT JOIN saga_change_sets u ON u.tenant_id = s.tenant_id AND u.id = s.undoes \
         WHERE p.tenant_id = $1 AND p.txn = $2 AND (s.origin = 'saga' OR u.origin = 'saga')";
    let values = [tx.tenant().to_string().into(), transaction.into()];
    let backend = tx.conn().get_database_backend();
    let select = sea_orm::Statement::from_sql_and_values(backend, sql, values);
    Ok(tx.conn().query_one_raw(select).await?.is_some())
}
