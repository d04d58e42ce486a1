use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement};

use super::INSERT_ROWS;
use super::bases::parse_id;
use crate::platform::clock::Millis;
use crate::platform::db::{SystemTx, TenantTx};
use crate::platform::files::Hash;
use crate::platform::ids::{AttachmentId, BaseId, FieldId, RecordId, TableId};

const TABLE: &str = "airtable_attachments";

const COLUMNS: [&str; 15] = [
    "id",
    "base_id",
    "table_id",
    "record_id",
    "field_id",
    "filename",
    "source",
    "error",
    "hash",
    "size",
    "media_type",
    "width",
    "height",
    "thumbnails",
    "made_at",
];

/// A file counts once, however many attachments have it.
const USED: &str = "SELECT CAST(COALESCE(SUM(size), 0) AS bigint) AS bytes FROM \
    (SELECT DISTINCT hash, size FROM airtable_attachments WHERE tenant_id = $1 AND hash IS NOT NULL) AS files";
const HELD: &str = "SELECT hash, thumbnails FROM airtable_attachments \
    WHERE tenant_id = $1 AND hash IS NOT NULL";

/// An attachment, and what is known of its file.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::airtable) struct AttachmentRow {
    pub(in crate::airtable) id: AttachmentId,
    pub(in crate::airtable) base: BaseId,
    pub(in crate::airtable) table: TableId,
    pub(in crate::airtable) record: RecordId,
    pub(in crate::airtable) field: FieldId,
    pub(in crate::airtable) filename: String,
    /// The URL that its file is fetched from.
    pub(in crate::airtable) source: Option<String>,
    /// Why there is no file, as JSON.
    pub(in crate::airtable) error: Option<String>,
    pub(in crate::airtable) file: Option<StoredFile>,
    pub(in crate::airtable) made_at: Millis,
}

/// A file in the store.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::airtable) struct StoredFile {
    pub(in crate::airtable) hash: Hash,
    pub(in crate::airtable) size: i64,
    pub(in crate::airtable) media_type: String,
    /// Width and height of an image.
    pub(in crate::airtable) dimensions: Option<(i64, i64)>,
    /// By name, as JSON.
    pub(in crate::airtable) thumbnails: Option<String>,
}

/// Adds attachments.
pub(in crate::airtable) async fn insert_attachments(
    tx: &TenantTx,
    rows: &[AttachmentRow],
) -> Result<(), DbErr> {
    for chunk in rows.chunks(INSERT_ROWS) {
        let mut insert = Query::insert()
            .into_table(TABLE)
            .columns(["tenant_id"].into_iter().chain(COLUMNS))
            .to_owned();
        for row in chunk {
            let file = row.file.as_ref();
            let dimensions = file.and_then(|file| file.dimensions);
            insert.values_panic([
                tx.tenant().to_string().into(),
                row.id.to_string().into(),
                row.base.to_string().into(),
                row.table.to_string().into(),
                row.record.to_string().into(),
                row.field.to_string().into(),
                row.filename.as_str().into(),
                row.source.clone().into(),
                row.error.clone().into(),
                file.map(|file| file.hash.to_string()).into(),
                file.map(|file| file.size).into(),
                file.map(|file| file.media_type.clone()).into(),
                dimensions.map(|(width, _)| width).into(),
                dimensions.map(|(_, height)| height).into(),
                file.and_then(|file| file.thumbnails.clone()).into(),
                row.made_at.into(),
            ]);
        }
        tx.conn().execute(&insert).await?;
    }
    Ok(())
}

/// Notes what became of the file of an attachment.
pub(in crate::airtable) async fn update_attachment(
    tx: &TenantTx,
    row: &AttachmentRow,
) -> Result<(), DbErr> {
    let file = row.file.as_ref();
    let dimensions = file.and_then(|file| file.dimensions);
    let update = Query::update()
        .table(TABLE)
        .value("error", row.error.clone())
        .value("hash", file.map(|file| file.hash.to_string()))
        .value("size", file.map(|file| file.size))
        .value("media_type", file.map(|file| file.media_type.clone()))
        .value("width", dimensions.map(|(width, _)| width))
        .value("height", dimensions.map(|(_, height)| height))
        .value("thumbnails", file.and_then(|file| file.thumbnails.clone()))
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .and_where(Expr::col("id").eq(row.id.to_string()))
        .to_owned();
    tx.conn().execute(&update).await.map(drop)
}

/// Notes since when no cell has these attachments; `None` says that one has them again.
pub(in crate::airtable) async fn mark_gone(
    tx: &TenantTx,
    ids: &[AttachmentId],
    since: Option<Millis>,
) -> Result<(), DbErr> {
    for chunk in ids.chunks(INSERT_ROWS) {
        let update = Query::update()
            .table(TABLE)
            .value("gone_at", since)
            .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
            .and_where(Expr::col("id").is_in(chunk.iter().map(AttachmentId::to_string)))
            .to_owned();
        tx.conn().execute(&update).await?;
    }
    Ok(())
}

/// One attachment.
pub(in crate::airtable) async fn find_attachment(
    tx: &TenantTx,
    id: AttachmentId,
) -> Result<Option<AttachmentRow>, DbErr> {
    Ok(find_attachments(tx, &[id]).await?.pop())
}

/// Those of these attachments that there are.
pub(in crate::airtable) async fn find_attachments(
    tx: &TenantTx,
    ids: &[AttachmentId],
) -> Result<Vec<AttachmentRow>, DbErr> {
    let mut found = Vec::new();
    for chunk in ids.chunks(INSERT_ROWS) {
        let rows = tx.conn().query_all(&select(tx, chunk)).await?;
        for row in &rows {
            found.push(attachment(row)?);
        }
    }
    Ok(found)
}

fn select(tx: &TenantTx, ids: &[AttachmentId]) -> SelectStatement {
    Query::select()
        .columns(COLUMNS)
        .from(TABLE)
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .and_where(Expr::col("id").is_in(ids.iter().map(AttachmentId::to_string)))
        .to_owned()
}

fn attachment(row: &QueryResult) -> Result<AttachmentRow, DbErr> {
    Ok(AttachmentRow {
        id: parse_id(row, "id")?,
        base: parse_id(row, "base_id")?,
        table: parse_id(row, "table_id")?,
        record: parse_id(row, "record_id")?,
        field: parse_id(row, "field_id")?,
        filename: row.try_get("", "filename")?,
        source: row.try_get("", "source")?,
        error: row.try_get("", "error")?,
        file: stored_file(row)?,
        made_at: row.try_get("", "made_at")?,
    })
}

fn stored_file(row: &QueryResult) -> Result<Option<StoredFile>, DbErr> {
    let hash: Option<String> = row.try_get("", "hash")?;
    let Some(hash) = hash else { return Ok(None) };
    let (width, height): (Option<i64>, Option<i64>) =
        (row.try_get("", "width")?, row.try_get("", "height")?);
    Ok(Some(StoredFile {
        hash: hash
            .parse()
            .map_err(|error| DbErr::Type(format!("hash: {error}")))?,
        size: row.try_get("", "size")?,
        media_type: row.try_get("", "media_type")?,
        dimensions: width.zip(height),
        thumbnails: row.try_get("", "thumbnails")?,
    }))
}

/// Bytes of all files of the tenant.
pub(in crate::airtable) async fn used_bytes(tx: &TenantTx) -> Result<i64, DbErr> {
    let backend = tx.conn().get_database_backend();
    let values = [tx.tenant().to_string().into()];
    let select = Statement::from_sql_and_values(backend, USED, values);
    let row = tx.conn().query_one_raw(select).await?;
    row.map_or(Ok(0), |row| row.try_get("", "bytes"))
}

/// The files that the tenant's attachments have, each with its thumbnails as JSON.
pub(in crate::airtable) async fn held_files(
    tx: &TenantTx,
) -> Result<Vec<(Hash, Option<String>)>, DbErr> {
    let backend = tx.conn().get_database_backend();
    let values = [tx.tenant().to_string().into()];
    let select = Statement::from_sql_and_values(backend, HELD, values);
    let held = |row: &QueryResult| {
        let hash: String = row.try_get("", "hash")?;
        let hash = hash
            .parse()
            .map_err(|error| DbErr::Type(format!("hash: {error}")))?;
        Ok((hash, row.try_get("", "thumbnails")?))
    };
    let rows = tx.conn().query_all_raw(select).await?;
    rows.iter().map(held).collect()
}

/// Removes the attachments of all tenants that no cell has had since before a time.
pub(in crate::airtable) async fn delete_gone(tx: &SystemTx, before: Millis) -> Result<u64, DbErr> {
    let delete = Query::delete()
        .from_table(TABLE)
        .and_where(Expr::col("gone_at").lt(before))
        .to_owned();
    Ok(tx.conn().execute(&delete).await?.rows_affected())
}
