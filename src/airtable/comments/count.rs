use bytes::Bytes;

use super::super::service::Airtable;
use super::super::store;
use crate::contracts::{BaseError, BaseResult, RenderedRecord};
use crate::platform::ids::{BaseId, RecordId, TableId, TenantId};

impl Airtable {
    /// Puts into each of these records of a table how many comments it has, asked of the database in one go.
    pub(in crate::airtable) async fn add_comment_counts(
        &self,
        tenant: TenantId,
        table: (BaseId, TableId),
        records: &mut [RenderedRecord],
    ) -> BaseResult<()> {
        if records.is_empty() {
            return Ok(());
        }
        let ids: Vec<RecordId> = records.iter().map(|record| record.id).collect();
        let tx = self.platform.db.read(tenant).await;
        let tx = tx.map_err(BaseError::database)?;
        let counts = store::comment_counts(&tx, table, &ids).await;
        let counts = counts.map_err(BaseError::database)?;
        for record in records {
            let count = counts.get(&record.id).copied().unwrap_or(0);
            record.json = with_count(&record.json, count);
        }
        Ok(())
    }
}

/// The JSON of a record with one more member.
fn with_count(record: &[u8], count: i64) -> Bytes {
    let members = record.strip_suffix(b"}").unwrap_or(record);
    let member = format!(",\"commentCount\":{count}}}");
    [members, member.as_bytes()].concat().into()
}
