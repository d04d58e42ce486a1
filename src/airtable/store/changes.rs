use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ConnectionTrait, DbErr, Order, QueryResult};

use super::INSERT_ROWS;
use super::bases::parse_id;
use crate::platform::clock::Millis;
use crate::platform::db::TenantTx;
use crate::platform::ids::{BaseId, RecordId, TableId, TransactionId};

/// What happened to a record or to the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::airtable) enum ChangeKind {
    Create,
    Update,
    Delete,
    /// Tables, fields or views changed; readers load the definitions anew.
    Schema,
}

impl ChangeKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Schema => "schema",
        }
    }

    fn parse(text: &str) -> Result<Self, DbErr> {
        match text {
            "create" => Ok(Self::Create),
            "update" => Ok(Self::Update),
            "delete" => Ok(Self::Delete),
            "schema" => Ok(Self::Schema),
            other => Err(DbErr::Type(format!("unknown kind of change {other:?}"))),
        }
    }
}

/// One entry of a base's change log; images hold stored cells by field id, of an update only the changed ones.
#[derive(Clone, Debug)]
pub(in crate::airtable) struct Change {
    pub(in crate::airtable) seq: i64,
    pub(in crate::airtable) txn: TransactionId,
    pub(in crate::airtable) kind: ChangeKind,
    pub(in crate::airtable) table: Option<TableId>,
    pub(in crate::airtable) record: Option<RecordId>,
    pub(in crate::airtable) row_no: Option<i64>,
    pub(in crate::airtable) before: Option<String>,
    pub(in crate::airtable) after: Option<String>,
    /// A collaborator as JSON.
    pub(in crate::airtable) actor: String,
    /// What the client calls itself.
    pub(in crate::airtable) client: Option<String>,
    pub(in crate::airtable) at: Millis,
}

/// Adds entries.
pub(in crate::airtable) async fn insert_changes(
    tx: &TenantTx,
    base: BaseId,
    changes: &[Change],
) -> Result<(), DbErr> {
    let tenant = tx.tenant().to_string();
    let base = base.to_string();
    for chunk in changes.chunks(INSERT_ROWS) {
        let mut insert = Query::insert()
            .into_table("airtable_changes")
            .columns([
                "tenant_id",
                "base_id",
                "seq",
                "txn",
                "kind",
                "table_id",
                "record_id",
                "row_no",
                "before",
                "after",
                "actor",
                "client",
                "at",
            ])
            .to_owned();
        for change in chunk {
            insert.values_panic([
                tenant.as_str().into(),
                base.as_str().into(),
                change.seq.into(),
                change.txn.to_string().into(),
                change.kind.as_str().into(),
                change.table.map(|id| id.to_string()).into(),
                change.record.map(|id| id.to_string()).into(),
                change.row_no.into(),
                change.before.clone().into(),
                change.after.clone().into(),
                change.actor.as_str().into(),
                change.client.clone().into(),
                change.at.into(),
            ]);
        }
        tx.conn().execute(&insert).await?;
    }
    Ok(())
}

/// The entries after a sequence number, at most `limit`, oldest first.
pub(in crate::airtable) async fn changes_after(
    tx: &TenantTx,
    base: BaseId,
    seq: i64,
    limit: u64,
) -> Result<Vec<Change>, DbErr> {
    let select = Query::select()
        .columns([
            "seq",
            "txn",
            "kind",
            "table_id",
            "record_id",
            "row_no",
            "before",
            "after",
            "actor",
            "client",
            "at",
        ])
        .from("airtable_changes")
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .and_where(Expr::col("base_id").eq(base.to_string()))
        .and_where(Expr::col("seq").gt(seq))
        .order_by("seq", Order::Asc)
        .limit(limit)
        .to_owned();
    tx.conn()
        .query_all(&select)
        .await?
        .iter()
        .map(change)
        .collect()
}

fn change(row: &QueryResult) -> Result<Change, DbErr> {
    let kind: String = row.try_get("", "kind")?;
    Ok(Change {
        seq: row.try_get("", "seq")?,
        txn: parse_id(row, "txn")?,
        kind: ChangeKind::parse(&kind)?,
        table: optional_id(row, "table_id")?,
        record: optional_id(row, "record_id")?,
        row_no: row.try_get("", "row_no")?,
        before: row.try_get("", "before")?,
        after: row.try_get("", "after")?,
        actor: row.try_get("", "actor")?,
        client: row.try_get("", "client")?,
        at: row.try_get("", "at")?,
    })
}

fn optional_id<T: std::str::FromStr>(row: &QueryResult, column: &str) -> Result<Option<T>, DbErr>
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
