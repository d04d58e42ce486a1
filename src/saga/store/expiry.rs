use sea_orm::{ConnectionTrait, DbErr, Statement};

use crate::platform::clock::Millis;
use crate::platform::db::SystemTx;

/// Change sets that are marked in one transaction, so that nobody waits long for the writer.
pub(in crate::saga) const BATCH: u64 = 500;

const EXPIRE: &str = "UPDATE saga_change_sets SET expired_at = $1 WHERE (tenant_id, id) IN \
    (SELECT tenant_id, id FROM saga_change_sets WHERE expired_at IS NULL AND started_at < $2 \
     ORDER BY started_at LIMIT $3)";

/// Marks change sets of all tenants that began before a time, a batch at most; answers how many.
pub(in crate::saga) async fn expire_sets(
    tx: &SystemTx,
    before: Millis,
    now: Millis,
) -> Result<u64, DbErr> {
    let backend = tx.conn().get_database_backend();
    let values = [now.into(), before.into(), BATCH.into()];
    let update = Statement::from_sql_and_values(backend, EXPIRE, values);
    Ok(tx.conn().execute_raw(update).await?.rows_affected())
}
