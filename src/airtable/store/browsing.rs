use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ConnectionTrait, DbErr, Order};

use super::changes::{Change, ChangeKind, read_all, select_changes};
use super::images::SealedLog;
use crate::platform::clock::Millis;
use crate::platform::db::TenantTx;
use crate::platform::ids::{RecordId, TableId};

/// Which entries of a change log are wanted, newest first.
#[derive(Clone, Debug)]
pub(in crate::airtable) struct Browse {
    /// Only entries of these numbers, the first included, the last not.
    pub(in crate::airtable) within: (i64, i64),
    pub(in crate::airtable) table: Option<TableId>,
    pub(in crate::airtable) record: Option<RecordId>,
    pub(in crate::airtable) kind: Option<ChangeKind>,
    pub(in crate::airtable) limit: u64,
}

/// The newest entries that are wanted.
pub(in crate::airtable) async fn browse_changes(
    tx: &TenantTx,
    log: SealedLog<'_>,
    browse: &Browse,
) -> Result<Vec<Change>, DbErr> {
    let (first, end) = browse.within;
    let mut select = select_changes(tx, log);
    select
        .and_where(Expr::col("seq").gte(first))
        .and_where(Expr::col("seq").lt(end))
        .clear_order_by()
        .order_by("seq", Order::Desc)
        .limit(browse.limit);
    if let Some(table) = browse.table {
        select.and_where(Expr::col("table_id").eq(table.to_string()));
    }
    if let Some(record) = browse.record {
        select.and_where(Expr::col("record_id").eq(record.to_string()));
    }
    if let Some(kind) = browse.kind {
        select.and_where(Expr::col("kind").eq(kind.as_str()));
    }
    read_all(tx, log, &select).await
}

/// The number of the first entry from a time on; `end` when there is none before it.
///
/// Times rise with the numbers, so it looks at a few entries however long the log is.
pub(in crate::airtable) async fn seq_since(
    tx: &TenantTx,
    log: SealedLog<'_>,
    end: i64,
    time: Millis,
) -> Result<i64, DbErr> {
    let (mut low, mut high) = (0, end);
    while low < high {
        let middle = low + (high - low) / 2;
        match entry_from(tx, log, middle).await? {
            Some((seq, at)) if seq < high && at < time => low = seq + 1,
            _ => high = middle,
        }
    }
    Ok(low)
}

/// The number of the first entry there is.
pub(in crate::airtable) async fn oldest_seq(
    tx: &TenantTx,
    log: SealedLog<'_>,
) -> Result<Option<i64>, DbErr> {
    Ok(entry_from(tx, log, 0).await?.map(|(seq, _)| seq))
}

async fn entry_from(
    tx: &TenantTx,
    log: SealedLog<'_>,
    seq: i64,
) -> Result<Option<(i64, Millis)>, DbErr> {
    let select = Query::select()
        .columns(["seq", "at"])
        .from("airtable_changes")
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .and_where(Expr::col("base_id").eq(log.base.to_string()))
        .and_where(Expr::col("seq").gte(seq))
        .order_by("seq", Order::Asc)
        .limit(1)
        .to_owned();
    let row = tx.conn().query_one(&select).await?;
    row.map(|row| Ok((row.try_get("", "seq")?, row.try_get("", "at")?)))
        .transpose()
}
