use super::super::service::{Airtable, OpenBase, denied, not_found};
use super::super::service_write::neighbours;
use super::super::write;
use super::read::sheet;
use crate::contracts::{BaseError, BaseErrorKind, BaseResult, Permission, WriteContext};
use crate::platform::limits::Rate;

const FIVE_MINUTES: u32 = 300;

impl Airtable {
    /// Makes a table hold exactly what a CSV text says, in one change.
    pub(in crate::airtable) async fn sync_csv(
        &self,
        by: WriteContext<'_>,
        base: &str,
        table: &str,
        body: &[u8],
    ) -> BaseResult<()> {
        let open = self.open(by.actor, base, Permission::SchemaWrite).await?;
        let state = open.state();
        let workspace = state.base.workspace;
        let may_write = by.actor.require(workspace, Permission::RecordsWrite);
        may_write.map_err(denied)?;
        let table = state.base.find_table(table).ok_or_else(not_found)?.id;
        self.count_sync(&open).await?;
        let sheet = sheet(body)?;
        let tables = |base: &_| neighbours(base, table);
        let plan = |draft: &mut write::Draft<'_>| write::sync(draft, table, &sheet);
        self.write(by, &open, tables, plan).await?;
        metrics::counter!("airtable_syncs_total").increment(1);
        Ok(())
    }

    /// Refuses a base that is synced too often, whoever does it.
    async fn count_sync(&self, open: &OpenBase) -> BaseResult<()> {
        let most = self.platform.settings.limits.sync_per_base;
        let base = open.state().base.clone();
        let key = format!("{}/{}", base.tenant, base.id);
        let rate = Rate::within(most, FIVE_MINUTES);
        let counted = self.platform.limits.check_rate("sync", &key, rate).await;
        counted.map_err(|wait| {
            let kind = BaseErrorKind::TooOften {
                seconds: wait.seconds,
            };
            BaseError::new(kind, "This base was synced too often")
        })
    }
}
