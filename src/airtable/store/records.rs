use futures_util::TryStreamExt;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, StreamTrait};

use super::INSERT_ROWS;
use super::bases::parse_id;
use crate::platform::clock::Millis;
use crate::platform::db::TenantTx;
use crate::platform::ids::{BaseId, ParseIdError, RecordId, TableId};

/// A record as it lies in the database.
#[derive(Clone, Debug)]
pub(in crate::airtable) struct RecordRow {
    pub(in crate::airtable) table: TableId,
    pub(in crate::airtable) id: RecordId,
    pub(in crate::airtable) row_no: i64,
    pub(in crate::airtable) created_at: Millis,
    pub(in crate::airtable) created_by: Option<String>,
    pub(in crate::airtable) updated_at: Option<Millis>,
    pub(in crate::airtable) updated_by: Option<String>,
    /// Cells in their stored form, by field id.
    pub(in crate::airtable) cells: String,
}

const COLUMNS: [&str; 10] = [
    "tenant_id",
    "base_id",
    "table_id",
    "id",
    "row_no",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
    "cells",
];

/// Adds records.
pub(in crate::airtable) async fn insert_records(
    tx: &TenantTx,
    base: BaseId,
    records: &[RecordRow],
) -> Result<(), DbErr> {
    let tenant = tx.tenant().to_string();
    let base = base.to_string();
    for chunk in records.chunks(INSERT_ROWS) {
        let mut insert = Query::insert()
            .into_table("airtable_records")
            .columns(COLUMNS)
            .to_owned();
        for record in chunk {
            insert.values_panic([
                tenant.as_str().into(),
                base.as_str().into(),
                record.table.to_string().into(),
                record.id.to_string().into(),
                record.row_no.into(),
                record.created_at.into(),
                record.created_by.clone().into(),
                record.updated_at.into(),
                record.updated_by.clone().into(),
                record.cells.as_str().into(),
            ]);
        }
        tx.conn().execute(&insert).await?;
    }
    Ok(())
}

/// Replaces the cells of a record.
pub(in crate::airtable) async fn update_record(
    tx: &TenantTx,
    base: BaseId,
    record: &RecordRow,
) -> Result<(), DbErr> {
    let update = Query::update()
        .table("airtable_records")
        .values([
            ("cells", record.cells.as_str().into()),
            ("updated_at", record.updated_at.into()),
            ("updated_by", record.updated_by.clone().into()),
        ])
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .and_where(Expr::col("base_id").eq(base.to_string()))
        .and_where(Expr::col("table_id").eq(record.table.to_string()))
        .and_where(Expr::col("id").eq(record.id.to_string()))
        .to_owned();
    let done = tx.conn().execute(&update).await?;
    // A write that reaches no record must not be reported as done.
    match done.rows_affected() {
        1 => Ok(()),
        _ => Err(DbErr::RecordNotUpdated),
    }
}

/// Removes records of one table.
pub(in crate::airtable) async fn delete_records(
    tx: &TenantTx,
    base: BaseId,
    table: TableId,
    records: &[RecordId],
) -> Result<(), DbErr> {
    for chunk in records.chunks(INSERT_ROWS) {
        let delete = Query::delete()
            .from_table("airtable_records")
            .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
            .and_where(Expr::col("base_id").eq(base.to_string()))
            .and_where(Expr::col("table_id").eq(table.to_string()))
            .and_where(Expr::col("id").is_in(chunk.iter().map(ToString::to_string)))
            .to_owned();
        tx.conn().execute(&delete).await?;
    }
    Ok(())
}

/// Calls `each` with every record of a table, in no order.
pub(in crate::airtable) async fn scan_records(
    tx: &TenantTx,
    base: BaseId,
    table: TableId,
    mut each: impl FnMut(RecordRow) -> Result<(), DbErr> + Send,
) -> Result<(), DbErr> {
    let select = Query::select()
        .columns([
            "id",
            "row_no",
            "created_at",
            "created_by",
            "updated_at",
            "updated_by",
            "cells",
        ])
        .from("airtable_records")
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .and_where(Expr::col("base_id").eq(base.to_string()))
        .and_where(Expr::col("table_id").eq(table.to_string()))
        .to_owned();
    let statement = ConnectionTrait::get_database_backend(tx.conn()).build(&select);
    let mut rows = tx.conn().stream_raw(statement).await?;
    while let Some(row) = rows.try_next().await? {
        each(RecordRow {
            table,
            id: record_id(&row)?,
            row_no: row.try_get_by_index(1)?,
            created_at: row.try_get_by_index(2)?,
            created_by: row.try_get_by_index(3)?,
            updated_at: row.try_get_by_index(4)?,
            updated_by: row.try_get_by_index(5)?,
            cells: row.try_get_by_index(6)?,
        })?;
    }
    Ok(())
}

/// Which of these tables holds a record.
pub(in crate::airtable) async fn table_of(
    tx: &TenantTx,
    base: BaseId,
    tables: impl IntoIterator<Item = TableId>,
    record: RecordId,
) -> Result<Option<TableId>, DbErr> {
    let tables = tables.into_iter().map(|table| table.to_string());
    let select = Query::select()
        .column("table_id")
        .from("airtable_records")
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .and_where(Expr::col("base_id").eq(base.to_string()))
        .and_where(Expr::col("table_id").is_in(tables))
        .and_where(Expr::col("id").eq(record.to_string()))
        .to_owned();
    let row = tx.conn().query_one(&select).await?;
    row.map(|row| parse_id(&row, "table_id")).transpose()
}

fn record_id(row: &QueryResult) -> Result<RecordId, DbErr> {
    let text: String = row.try_get_by_index(0)?;
    text.parse()
        .map_err(|error: ParseIdError| DbErr::Type(error.to_string()))
}
