use std::collections::HashMap;

use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ConnectionTrait, DbErr, Order, QueryResult, Statement};

use super::INSERT_ROWS;
use super::bases::parse_id;
use super::erasing::Stretch;
use crate::platform::clock::Millis;
use crate::platform::db::TenantTx;
use crate::platform::ids::{BaseId, CommentId, RecordId, TableId, UserId};

/// The record that comments are about.
#[derive(Clone, Copy)]
pub(in crate::airtable) struct Thread {
    pub(in crate::airtable) base: BaseId,
    pub(in crate::airtable) table: TableId,
    pub(in crate::airtable) record: RecordId,
}

/// A comment as it lies in the database.
#[derive(Clone, Debug)]
pub(in crate::airtable) struct CommentRow {
    pub(in crate::airtable) id: CommentId,
    /// The entry of the change log that made it: the order of comments, and a page's cursor.
    pub(in crate::airtable) seq: i64,
    pub(in crate::airtable) author_id: UserId,
    /// Who that was then, as JSON.
    pub(in crate::airtable) author: String,
    pub(in crate::airtable) text: String,
    /// Who is mentioned, as JSON.
    pub(in crate::airtable) mentioned: String,
    pub(in crate::airtable) parent: Option<CommentId>,
    pub(in crate::airtable) created_at: Millis,
    pub(in crate::airtable) updated_at: Option<Millis>,
}

const COMMENTS: &str = "airtable_comments";
const OWN: [&str; 9] = [
    "id",
    "seq",
    "author_id",
    "author",
    "text",
    "mentioned",
    "parent_id",
    "created_at",
    "updated_at",
];

/// Comments of records whose deletion cannot be undone any more, because this stretch of the change log is erased.
const FORGET: &str = "DELETE FROM airtable_comments WHERE tenant_id = $1 AND base_id = $2 \
    AND record_id IN (SELECT c.record_id FROM airtable_changes c WHERE c.tenant_id = $1 AND c.base_id = $2 \
        AND c.seq BETWEEN $3 AND $4 AND c.kind = 'delete') \
    AND NOT EXISTS (SELECT 1 FROM airtable_records r WHERE r.tenant_id = airtable_comments.tenant_id \
        AND r.base_id = airtable_comments.base_id AND r.table_id = airtable_comments.table_id \
        AND r.id = airtable_comments.record_id) \
    AND NOT EXISTS (SELECT 1 FROM airtable_changes l WHERE l.tenant_id = airtable_comments.tenant_id \
        AND l.base_id = airtable_comments.base_id AND l.record_id = airtable_comments.record_id \
        AND l.seq > $4 AND l.kind = 'delete')";

fn select(tx: &TenantTx, thread: Thread) -> SelectStatement {
    Query::select()
        .columns(OWN)
        .from(COMMENTS)
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .and_where(Expr::col("base_id").eq(thread.base.to_string()))
        .and_where(Expr::col("table_id").eq(thread.table.to_string()))
        .and_where(Expr::col("record_id").eq(thread.record.to_string()))
        .to_owned()
}

fn row_of(row: &QueryResult) -> Result<CommentRow, DbErr> {
    let parent: Option<String> = row.try_get("", "parent_id")?;
    Ok(CommentRow {
        id: parse_id(row, "id")?,
        seq: row.try_get("", "seq")?,
        author_id: parse_id(row, "author_id")?,
        author: row.try_get("", "author")?,
        text: row.try_get("", "text")?,
        mentioned: row.try_get("", "mentioned")?,
        parent: parent.map(|_| parse_id(row, "parent_id")).transpose()?,
        created_at: row.try_get("", "created_at")?,
        updated_at: row.try_get("", "updated_at")?,
    })
}

/// Comments of a record that are older than an entry of the change log, the newest first.
pub(in crate::airtable) async fn comments_before(
    tx: &TenantTx,
    thread: Thread,
    before: i64,
    limit: u64,
) -> Result<Vec<CommentRow>, DbErr> {
    let select = select(tx, thread)
        .and_where(Expr::col("seq").lt(before))
        .order_by("seq", Order::Desc)
        .limit(limit)
        .to_owned();
    let rows = tx.conn().query_all(&select).await?;
    rows.iter().map(row_of).collect()
}

/// One comment of a record.
pub(in crate::airtable) async fn find_comment(
    tx: &TenantTx,
    thread: Thread,
    id: CommentId,
) -> Result<Option<CommentRow>, DbErr> {
    let select = select(tx, thread)
        .and_where(Expr::col("id").eq(id.to_string()))
        .to_owned();
    let row = tx.conn().query_one(&select).await?;
    row.as_ref().map(row_of).transpose()
}

/// Adds a comment.
pub(in crate::airtable) async fn insert_comment(
    tx: &TenantTx,
    thread: Thread,
    comment: &CommentRow,
) -> Result<(), DbErr> {
    let place = ["tenant_id", "base_id", "table_id", "record_id"];
    let insert = Query::insert()
        .into_table(COMMENTS)
        .columns(place.into_iter().chain(OWN))
        .values_panic([
            tx.tenant().to_string().into(),
            thread.base.to_string().into(),
            thread.table.to_string().into(),
            thread.record.to_string().into(),
            comment.id.to_string().into(),
            comment.seq.into(),
            comment.author_id.to_string().into(),
            comment.author.as_str().into(),
            comment.text.as_str().into(),
            comment.mentioned.as_str().into(),
            comment.parent.map(|id| id.to_string()).into(),
            comment.created_at.into(),
            comment.updated_at.into(),
        ])
        .to_owned();
    tx.conn().execute(&insert).await.map(drop)
}

/// Writes a comment's text and mentions anew.
pub(in crate::airtable) async fn update_comment(
    tx: &TenantTx,
    base: BaseId,
    comment: &CommentRow,
) -> Result<(), DbErr> {
    let update = Query::update()
        .table(COMMENTS)
        .values([
            ("text", comment.text.as_str().into()),
            ("mentioned", comment.mentioned.as_str().into()),
            ("updated_at", comment.updated_at.into()),
        ])
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .and_where(Expr::col("base_id").eq(base.to_string()))
        .and_where(Expr::col("id").eq(comment.id.to_string()))
        .to_owned();
    let done = tx.conn().execute(&update).await?;
    // A write that reaches no comment must not be reported as done.
    match done.rows_affected() {
        1 => Ok(()),
        _ => Err(DbErr::RecordNotUpdated),
    }
}

/// Removes a comment.
pub(in crate::airtable) async fn delete_comment(
    tx: &TenantTx,
    base: BaseId,
    id: CommentId,
) -> Result<(), DbErr> {
    let delete = Query::delete()
        .from_table(COMMENTS)
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .and_where(Expr::col("base_id").eq(base.to_string()))
        .and_where(Expr::col("id").eq(id.to_string()))
        .to_owned();
    tx.conn().execute(&delete).await.map(drop)
}

/// The number of comments of those of these records that have any.
pub(in crate::airtable) async fn comment_counts(
    tx: &TenantTx,
    (base, table): (BaseId, TableId),
    records: &[RecordId],
) -> Result<HashMap<RecordId, i64>, DbErr> {
    let mut counts = HashMap::new();
    for chunk in records.chunks(INSERT_ROWS) {
        let select = Query::select()
            .column("record_id")
            .expr_as(Expr::col("id").count(), "comments")
            .from(COMMENTS)
            .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
            .and_where(Expr::col("base_id").eq(base.to_string()))
            .and_where(Expr::col("table_id").eq(table.to_string()))
            .and_where(Expr::col("record_id").is_in(chunk.iter().map(ToString::to_string)))
            .group_by_col("record_id")
            .to_owned();
        for row in tx.conn().query_all(&select).await? {
            counts.insert(parse_id(&row, "record_id")?, row.try_get("", "comments")?);
        }
    }
    Ok(counts)
}

/// Deletes the comments of records that this stretch of the change log deleted for good; answers how many.
pub(in crate::airtable) async fn forget_comments(
    tx: &TenantTx,
    base: BaseId,
    stretch: Stretch,
) -> Result<u64, DbErr> {
    let values = [
        tx.tenant().to_string().into(),
        base.to_string().into(),
        stretch.first.into(),
        stretch.last.into(),
    ];
    let backend = tx.conn().get_database_backend();
    let delete = Statement::from_sql_and_values(backend, FORGET, values);
    Ok(tx.conn().execute_raw(delete).await?.rows_affected())
}
