use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement, Value};

use super::bases::{lock_seq, parse_id};
use super::images::BATCH;
use crate::platform::clock::Millis;
use crate::platform::db::{SystemTx, TenantTx};
use crate::platform::ids::{BaseId, TenantId};

/// Only the first entry that still has images is looked at: those behind it are younger.
const AGED: &str = "SELECT b.tenant_id, b.id, b.erased_seq FROM airtable_bases b \
    WHERE (SELECT c.at FROM airtable_changes c WHERE c.tenant_id = b.tenant_id AND c.base_id = b.id \
           AND c.seq > b.erased_seq ORDER BY c.seq LIMIT 1) < $1 LIMIT 20";
const FIRST: &str = "SELECT MIN(seq) AS seq FROM airtable_changes \
    WHERE tenant_id = $1 AND base_id = $2 AND seq > $3";
const YOUNG: &str = "SELECT MIN(seq) AS seq FROM airtable_changes \
    WHERE tenant_id = $1 AND base_id = $2 AND seq BETWEEN $3 AND $4 AND at >= $5";
const LAST: &str = "SELECT MAX(seq) AS seq FROM airtable_changes \
    WHERE tenant_id = $1 AND base_id = $2 AND seq BETWEEN $3 AND $4";
const ERASE: &str = "UPDATE airtable_changes SET before = NULL, after = NULL, is_sealed = TRUE \
    WHERE tenant_id = $1 AND base_id = $2 AND seq BETWEEN $3 AND $4";
const ERASED: &str =
    "SELECT erased_seq AS seq FROM airtable_bases WHERE tenant_id = $1 AND id = $2";
const NOTE: &str = "UPDATE airtable_bases SET erased_seq = $3 \
    WHERE tenant_id = $1 AND id = $2 AND erased_seq < $3";

/// A base whose change log has images that are too old.
pub(in crate::airtable) struct AgedLog {
    pub(in crate::airtable) tenant: TenantId,
    pub(in crate::airtable) base: BaseId,
    /// Up to this entry there are none any more.
    pub(in crate::airtable) erased: i64,
}

/// Entries in a row, the first and the last one included.
#[derive(Clone, Copy)]
pub(in crate::airtable) struct Stretch {
    pub(in crate::airtable) first: i64,
    pub(in crate::airtable) last: i64,
}

/// Some of the bases with images from before a time.
pub(in crate::airtable) async fn aged_logs(
    tx: &SystemTx,
    before: Millis,
) -> Result<Vec<AgedLog>, DbErr> {
    let backend = tx.conn().get_database_backend();
    let select = Statement::from_sql_and_values(backend, AGED, [before.into()]);
    let log = |row: &QueryResult| {
        Ok(AgedLog {
            tenant: parse_id(row, "tenant_id")?,
            base: parse_id(row, "id")?,
            erased: row.try_get("", "erased_seq")?,
        })
    };
    let rows = tx.conn().query_all_raw(select).await?;
    rows.iter().map(log).collect()
}

/// The next entries of a base from before a time, a batch at most.
pub(in crate::airtable) async fn aged_entries(
    tx: &TenantTx,
    base: BaseId,
    erased: i64,
    before: Millis,
) -> Result<Option<Stretch>, DbErr> {
    let Some(first) = seq_of(tx, base, FIRST, vec![erased.into()]).await? else {
        return Ok(None);
    };
    let end = first + i64::try_from(BATCH).unwrap_or(i64::MAX) - 1;
    let within = || vec![first.into(), end.into()];
    let mut aged = within();
    aged.push(before.into());
    let last = match seq_of(tx, base, YOUNG, aged).await? {
        Some(young) => Some(young - 1),
        None => seq_of(tx, base, LAST, within()).await?,
    };
    let stretch = last.map(|last| Stretch { first, last });
    Ok(stretch.filter(|stretch| stretch.last >= first))
}

async fn seq_of(
    tx: &TenantTx,
    base: BaseId,
    sql: &str,
    more: Vec<Value>,
) -> Result<Option<i64>, DbErr> {
    let mut values = vec![tx.tenant().to_string().into(), base.to_string().into()];
    values.extend(more);
    let backend = tx.conn().get_database_backend();
    let select = Statement::from_sql_and_values(backend, sql, values);
    let row = tx.conn().query_one_raw(select).await?;
    row.map_or(Ok(None), |row| row.try_get("", "seq"))
}

/// Takes the images out of entries; answers how many entries.
pub(in crate::airtable) async fn erase_entries(
    tx: &SystemTx,
    (tenant, base): (TenantId, BaseId),
    stretch: Stretch,
) -> Result<u64, DbErr> {
    let values = [
        tenant.to_string().into(),
        base.to_string().into(),
        stretch.first.into(),
        stretch.last.into(),
    ];
    let backend = tx.conn().get_database_backend();
    let update = Statement::from_sql_and_values(backend, ERASE, values);
    Ok(tx.conn().execute_raw(update).await?.rows_affected())
}

/// How far a base's change log has no images, which nobody notes anew before the end of the transaction.
pub(in crate::airtable) async fn lock_erased(tx: &TenantTx, base: BaseId) -> Result<i64, DbErr> {
    lock_seq(tx, base).await?;
    let erased = seq_of(tx, base, ERASED, Vec::new()).await?;
    Ok(erased.unwrap_or(i64::MAX))
}

/// Notes how far a base's change log has no images; false when somebody else has.
pub(in crate::airtable) async fn note_erased(
    tx: &TenantTx,
    base: BaseId,
    last: i64,
) -> Result<bool, DbErr> {
    let values = [
        tx.tenant().to_string().into(),
        base.to_string().into(),
        last.into(),
    ];
    let backend = tx.conn().get_database_backend();
    let update = Statement::from_sql_and_values(backend, NOTE, values);
    Ok(tx.conn().execute_raw(update).await?.rows_affected() == 1)
}
