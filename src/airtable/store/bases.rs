use std::collections::HashMap;

use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ConnectionTrait, DbErr, Order, QueryResult};
use serde::{Deserialize, Serialize};

use crate::contracts::TableSchema;
use crate::platform::clock::Millis;
use crate::platform::db::TenantTx;
use crate::platform::ids::{BaseId, FieldId, TableId, WorkspaceId};

/// Numbers that a base hands out or keeps.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(in crate::airtable) struct Counters {
    /// The last row number of a table.
    pub(in crate::airtable) rows: HashMap<TableId, i64>,
    /// The last value of an autoNumber field.
    pub(in crate::airtable) numbers: HashMap<FieldId, i64>,
    /// Records in a table.
    pub(in crate::airtable) records: HashMap<TableId, u64>,
}

/// A base without its tables.
#[derive(Clone, Debug)]
pub(in crate::airtable) struct BaseRow {
    pub(in crate::airtable) id: BaseId,
    pub(in crate::airtable) workspace: WorkspaceId,
    pub(in crate::airtable) name: String,
    /// Whether it is a copy of one at Airtable.
    pub(in crate::airtable) is_mirror: bool,
    pub(in crate::airtable) seq: i64,
    pub(in crate::airtable) counters: Counters,
}

fn select_bases(tx: &TenantTx) -> SelectStatement {
    Query::select()
        .columns(["id", "workspace_id", "name", "is_mirror", "seq", "counters"])
        .from("airtable_bases")
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .to_owned()
}

fn base_row(row: &QueryResult) -> Result<BaseRow, DbErr> {
    let counters: String = row.try_get("", "counters")?;
    Ok(BaseRow {
        id: parse_id(row, "id")?,
        workspace: parse_id(row, "workspace_id")?,
        name: row.try_get("", "name")?,
        is_mirror: row.try_get("", "is_mirror")?,
        seq: row.try_get("", "seq")?,
        counters: serde_json::from_str(&counters)
            .map_err(|error| DbErr::Json(error.to_string()))?,
    })
}

/// Reads a text column as an id.
pub(super) fn parse_id<T: std::str::FromStr>(row: &QueryResult, column: &str) -> Result<T, DbErr>
where
    T::Err: std::fmt::Display,
{
    let text: String = row.try_get("", column)?;
    text.parse()
        .map_err(|error: T::Err| DbErr::Type(format!("{column}: {error}")))
}

/// Reads a text column as an id, where it is one.
pub(super) fn optional_id<T: std::str::FromStr>(
    row: &QueryResult,
    column: &str,
) -> Result<Option<T>, DbErr>
where
    T::Err: std::fmt::Display,
{
    let text: Option<String> = row.try_get("", column)?;
    text.map(|text| {
        text.parse()
            .map_err(|error: T::Err| DbErr::Type(error.to_string()))
    })
    .transpose()
}

/// Every base of the tenant.
pub(in crate::airtable) async fn list_bases(tx: &TenantTx) -> Result<Vec<BaseRow>, DbErr> {
    let select = select_bases(tx).order_by("name", Order::Asc).to_owned();
    tx.conn()
        .query_all(&select)
        .await?
        .iter()
        .map(base_row)
        .collect()
}

/// The number of tables of every base of the tenant.
pub(in crate::airtable) async fn table_counts(
    tx: &TenantTx,
) -> Result<HashMap<BaseId, usize>, DbErr> {
    let select = Query::select()
        .column("base_id")
        .expr_as(Expr::col("id").count(), "tables")
        .from("airtable_tables")
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .group_by_col("base_id")
        .to_owned();
    let count = |row: &QueryResult| {
        let tables: i64 = row.try_get("", "tables")?;
        Ok((
            parse_id(row, "base_id")?,
            usize::try_from(tables).unwrap_or(0),
        ))
    };
    tx.conn()
        .query_all(&select)
        .await?
        .iter()
        .map(count)
        .collect()
}

/// One base of the tenant.
pub(in crate::airtable) async fn find_base(
    tx: &TenantTx,
    base: BaseId,
) -> Result<Option<BaseRow>, DbErr> {
    let select = select_bases(tx)
        .and_where(Expr::col("id").eq(base.to_string()))
        .to_owned();
    tx.conn()
        .query_one(&select)
        .await?
        .as_ref()
        .map(base_row)
        .transpose()
}

/// The change sequence of a base, held against other writers until the end of the transaction.
pub(in crate::airtable) async fn lock_seq(
    tx: &TenantTx,
    base: BaseId,
) -> Result<Option<i64>, DbErr> {
    let select = Query::select()
        .column("seq")
        .from("airtable_bases")
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .and_where(Expr::col("id").eq(base.to_string()))
        .lock_exclusive()
        .to_owned();
    tx.conn()
        .query_one(&select)
        .await?
        .map(|row| row.try_get("", "seq"))
        .transpose()
}

/// The change sequences of all bases of the tenant.
pub(in crate::airtable) async fn seqs(tx: &TenantTx) -> Result<HashMap<BaseId, i64>, DbErr> {
    let select = Query::select()
        .columns(["id", "seq"])
        .from("airtable_bases")
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .to_owned();
    let rows = tx.conn().query_all(&select).await?;
    rows.iter()
        .map(|row| Ok((parse_id(row, "id")?, row.try_get("", "seq")?)))
        .collect()
}

/// Adds a base.
pub(in crate::airtable) async fn insert_base(
    tx: &TenantTx,
    base: &BaseRow,
    now: Millis,
) -> Result<(), DbErr> {
    let insert = Query::insert()
        .into_table("airtable_bases")
        .columns([
            "tenant_id",
            "id",
            "workspace_id",
            "name",
            "is_mirror",
            "seq",
            "counters",
            "created_at",
        ])
        .values_panic([
            tx.tenant().to_string().into(),
            base.id.to_string().into(),
            base.workspace.to_string().into(),
            base.name.as_str().into(),
            base.is_mirror.into(),
            base.seq.into(),
            to_json(&base.counters).into(),
            now.into(),
        ])
        .to_owned();
    tx.conn().execute(&insert).await.map(drop)
}

/// Moves the change sequence and the counters forward.
pub(in crate::airtable) async fn update_base(
    tx: &TenantTx,
    base: BaseId,
    seq: i64,
    counters: &Counters,
) -> Result<(), DbErr> {
    let values = [("seq", seq.into()), ("counters", to_json(counters).into())];
    update(tx, base, values).await
}

/// Renames a base.
pub(in crate::airtable) async fn rename_base(
    tx: &TenantTx,
    base: BaseId,
    name: &str,
) -> Result<(), DbErr> {
    update(tx, base, [("name", name.into())]).await
}

async fn update(
    tx: &TenantTx,
    base: BaseId,
    values: impl IntoIterator<Item = (&'static str, Expr)>,
) -> Result<(), DbErr> {
    let update = Query::update()
        .table("airtable_bases")
        .values(values)
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .and_where(Expr::col("id").eq(base.to_string()))
        .to_owned();
    tx.conn().execute(&update).await.map(drop)
}

/// Removes a base with everything in it; the database itself deletes its change log, which we may only add to.
pub(in crate::airtable) async fn delete_base(tx: &TenantTx, base: BaseId) -> Result<(), DbErr> {
    for (table, column) in [
        ("airtable_reactions", "base_id"),
        ("airtable_comments", "base_id"),
        ("airtable_records", "base_id"),
        ("airtable_tables", "base_id"),
        ("airtable_bases", "id"),
    ] {
        let delete = Query::delete()
            .from_table(table)
            .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
            .and_where(Expr::col(column).eq(base.to_string()))
            .to_owned();
        tx.conn().execute(&delete).await?;
    }
    Ok(())
}

/// The definitions of a base's tables in order.
pub(in crate::airtable) async fn table_definitions(
    tx: &TenantTx,
    base: BaseId,
) -> Result<Vec<TableSchema>, DbErr> {
    let select = Query::select()
        .column("definition")
        .from("airtable_tables")
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .and_where(Expr::col("base_id").eq(base.to_string()))
        .order_by("position", Order::Asc)
        .to_owned();
    let definition = |row: &QueryResult| {
        let text: String = row.try_get("", "definition")?;
        serde_json::from_str(&text).map_err(|error| DbErr::Json(error.to_string()))
    };
    tx.conn()
        .query_all(&select)
        .await?
        .iter()
        .map(definition)
        .collect()
}

/// Adds a table at a place.
pub(in crate::airtable) async fn insert_table(
    tx: &TenantTx,
    base: BaseId,
    position: usize,
    table: &TableSchema,
) -> Result<(), DbErr> {
    let insert = Query::insert()
        .into_table("airtable_tables")
        .columns(["tenant_id", "base_id", "id", "position", "definition"])
        .values_panic([
            tx.tenant().to_string().into(),
            base.to_string().into(),
            table.id.to_string().into(),
            i32::try_from(position).unwrap_or(i32::MAX).into(),
            to_json(table).into(),
        ])
        .to_owned();
    tx.conn().execute(&insert).await.map(drop)
}

/// Puts a table at another place.
pub(in crate::airtable) async fn move_table(
    tx: &TenantTx,
    base: BaseId,
    table: TableId,
    position: usize,
) -> Result<(), DbErr> {
    let update = Query::update()
        .table("airtable_tables")
        .value("position", i32::try_from(position).unwrap_or(i32::MAX))
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .and_where(Expr::col("base_id").eq(base.to_string()))
        .and_where(Expr::col("id").eq(table.to_string()))
        .to_owned();
    tx.conn().execute(&update).await.map(drop)
}

/// Removes a table with its records.
pub(in crate::airtable) async fn delete_table(
    tx: &TenantTx,
    base: BaseId,
    table: TableId,
) -> Result<(), DbErr> {
    for (from, column) in [("airtable_records", "table_id"), ("airtable_tables", "id")] {
        let delete = Query::delete()
            .from_table(from)
            .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
            .and_where(Expr::col("base_id").eq(base.to_string()))
            .and_where(Expr::col(column).eq(table.to_string()))
            .to_owned();
        tx.conn().execute(&delete).await?;
    }
    Ok(())
}

/// Replaces the definition of a table.
pub(in crate::airtable) async fn update_table(
    tx: &TenantTx,
    base: BaseId,
    table: &TableSchema,
) -> Result<(), DbErr> {
    let update = Query::update()
        .table("airtable_tables")
        .value("definition", to_json(table))
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .and_where(Expr::col("base_id").eq(base.to_string()))
        .and_where(Expr::col("id").eq(table.id.to_string()))
        .to_owned();
    tx.conn().execute(&update).await.map(drop)
}

fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("ids and strings always serialise")
}
