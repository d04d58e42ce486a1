use super::super::service::{Airtable, denied, not_found};
use super::super::service_write::neighbours;
use super::super::write;
use super::read::sheet;
use crate::contracts::{BaseResult, Permission, WriteContext};

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
        let sheet = sheet(body)?;
        let tables = |base: &_| neighbours(base, table);
        let plan = |draft: &mut write::Draft<'_>| write::sync(draft, table, &sheet);
        self.write(by, &open, tables, plan).await?;
        metrics::counter!("airtable_syncs_total").increment(1);
        Ok(())
    }
}
