use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement};

use super::bases::parse_id;
use crate::platform::db::{SystemTx, TenantTx};
use crate::platform::ids::{BaseId, TenantId};
use crate::platform::vault::{Place, TenantKey};

pub(super) const BEFORE: &str = "before";
pub(super) const AFTER: &str = "after";

/// Entries that are changed in one transaction, so that nobody waits long for the writer.
pub(super) const BATCH: u64 = 500;

const PLAIN: &str = "SELECT tenant_id, base_id, seq FROM airtable_changes WHERE NOT is_sealed \
    ORDER BY tenant_id, base_id, seq LIMIT 1";
const PLAIN_OF: &str = "SELECT seq, before, after, is_sealed FROM airtable_changes \
    WHERE tenant_id = $1 AND base_id = $2 AND seq >= $3 AND NOT is_sealed ORDER BY seq LIMIT $4";
const SEAL: &str = "UPDATE airtable_changes SET before = $4, after = $5, is_sealed = TRUE \
    WHERE tenant_id = $1 AND base_id = $2 AND seq = $3 AND NOT is_sealed";

/// The change log of a base, and what its images are sealed with.
#[derive(Clone, Copy)]
pub(in crate::airtable) struct SealedLog<'a> {
    pub(in crate::airtable) base: BaseId,
    pub(in crate::airtable) key: &'a TenantKey,
}

impl SealedLog<'_> {
    /// An image for its entry and column.
    pub(super) fn seal(self, seq: i64, column: &str, image: Option<&str>) -> Option<String> {
        let (kind, row) = self.place(seq, column);
        let place = Place {
            kind: &kind,
            row: &row,
        };
        image.map(|image| self.key.seal(place, image))
    }

    /// The image of an entry; what an earlier version wrote may not be sealed yet.
    pub(super) fn image(
        self,
        entry: &QueryResult,
        seq: i64,
        column: &str,
    ) -> Result<Option<String>, DbErr> {
        let text: Option<String> = entry.try_get("", column)?;
        let is_sealed: bool = entry.try_get("", "is_sealed")?;
        let Some(sealed) = text.as_deref().filter(|_| is_sealed) else {
            return Ok(text);
        };
        let (kind, row) = self.place(seq, column);
        let place = Place {
            kind: &kind,
            row: &row,
        };
        let image = self.key.open(place, sealed);
        image
            .map(Some)
            .map_err(|error| DbErr::Type(format!("{error} ({row})")))
    }

    fn place(self, seq: i64, column: &str) -> (String, String) {
        let Self { base, .. } = self;
        (
            format!("airtable_changes.{column}"),
            format!("{base}/{seq}"),
        )
    }
}

/// An entry whose images are not sealed yet.
pub(in crate::airtable) struct PlainEntry {
    seq: i64,
    before: Option<String>,
    after: Option<String>,
}

/// Where the first entry is that is not sealed.
pub(in crate::airtable) async fn first_plain(
    tx: &SystemTx,
) -> Result<Option<(TenantId, BaseId, i64)>, DbErr> {
    let backend = tx.conn().get_database_backend();
    let select = Statement::from_string(backend, PLAIN);
    let row = tx.conn().query_one_raw(select).await?;
    let place = |row: QueryResult| {
        Ok((
            parse_id(&row, "tenant_id")?,
            parse_id(&row, "base_id")?,
            row.try_get("", "seq")?,
        ))
    };
    row.map(place).transpose()
}

/// Entries of a base that are not sealed, from this one on, a batch at most.
pub(in crate::airtable) async fn plain_entries(
    tx: &TenantTx,
    base: BaseId,
    first: i64,
) -> Result<Vec<PlainEntry>, DbErr> {
    let values = [
        tx.tenant().to_string().into(),
        base.to_string().into(),
        first.into(),
        BATCH.into(),
    ];
    let backend = tx.conn().get_database_backend();
    let select = Statement::from_sql_and_values(backend, PLAIN_OF, values);
    let rows = tx.conn().query_all_raw(select).await?;
    let entry = |row: &QueryResult| {
        Ok(PlainEntry {
            seq: row.try_get("", "seq")?,
            before: row.try_get("", BEFORE)?,
            after: row.try_get("", AFTER)?,
        })
    };
    rows.iter().map(entry).collect()
}

/// Seals entries where they are; one that somebody else has sealed or erased meanwhile stays as it is.
pub(in crate::airtable) async fn seal_entries(
    tx: &SystemTx,
    tenant: TenantId,
    log: SealedLog<'_>,
    entries: &[PlainEntry],
) -> Result<u64, DbErr> {
    let backend = tx.conn().get_database_backend();
    let mut sealed = 0;
    for entry in entries {
        let values = [
            tenant.to_string().into(),
            log.base.to_string().into(),
            entry.seq.into(),
            log.seal(entry.seq, BEFORE, entry.before.as_deref()).into(),
            log.seal(entry.seq, AFTER, entry.after.as_deref()).into(),
        ];
        let update = Statement::from_sql_and_values(backend, SEAL, values);
        sealed += tx.conn().execute_raw(update).await?.rows_affected();
    }
    Ok(sealed)
}
