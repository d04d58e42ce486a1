use std::sync::Arc;

use super::{Fault, Progress, RecordJson, read_record};
use crate::contracts::{Actor, BaseAdmin, BaseSchema, BaseWriter, Bases, ListRecords, TableSchema};
use crate::platform::clock::Clock;

/// Records read at a time when a whole table is looked at.
const SCAN_PAGE: usize = 500;

/// What the tools work on; a part is absent where its context is.
#[derive(Clone, Default)]
pub(in crate::mcp) struct Source {
    /// For reading.
    pub(in crate::mcp) bases: Option<Arc<dyn Bases>>,
    /// For writing records.
    pub(in crate::mcp) writer: Option<Arc<dyn BaseWriter>>,
    /// For changing schemas.
    pub(in crate::mcp) admin: Option<Arc<dyn BaseAdmin>>,
    /// The wall clock.
    pub(in crate::mcp) clock: Clock,
}

/// One call at work: for whom, on what.
#[derive(Clone, Copy)]
pub(in crate::mcp) struct Job<'a> {
    /// What it works on.
    pub(in crate::mcp) source: &'a Source,
    /// Whose rights it has.
    pub(in crate::mcp) actor: &'a Actor,
    /// Where it says how far it is.
    pub(in crate::mcp) progress: &'a Progress,
}

fn present<T: ?Sized>(part: &Option<Arc<T>>) -> Result<&T, Fault> {
    part.as_deref().ok_or_else(|| {
        Fault::new(
            "unavailable",
            "This instance runs without the airtable context",
            "Ask the operator to add airtable to `contexts`",
        )
    })
}

impl<'a> Job<'a> {
    /// The bases to read.
    pub(in crate::mcp) fn bases(&self) -> Result<&'a dyn Bases, Fault> {
        present(&self.source.bases)
    }

    /// The bases to write.
    pub(in crate::mcp) fn writer(&self) -> Result<&'a dyn BaseWriter, Fault> {
        present(&self.source.writer)
    }

    /// The bases to change.
    pub(in crate::mcp) fn admin(&self) -> Result<&'a dyn BaseAdmin, Fault> {
        present(&self.source.admin)
    }

    /// The schema of a base.
    pub(in crate::mcp) async fn schema(&self, base: &str) -> Result<BaseSchema, Fault> {
        Ok(self.bases()?.base_schema(self.actor, base).await?)
    }

    /// The schema of a table named by id or name.
    pub(in crate::mcp) async fn table(
        &self,
        base: &str,
        table: &str,
    ) -> Result<TableSchema, Fault> {
        let schema = self.schema(base).await?;
        find_table(&schema, table).cloned()
    }

    /// Shows every record of a table, or the first `limit`, to `visit`; answers how many there were.
    pub(in crate::mcp) async fn scan(
        &self,
        base: &str,
        table: &str,
        mut query: ListRecords,
        limit: Option<usize>,
        visit: &mut (dyn FnMut(RecordJson) + Send),
    ) -> Result<usize, Fault> {
        let bases = self.bases()?;
        let total = bases.count_records(self.actor, base, table).await?;
        let total = usize::try_from(total)
            .unwrap_or(usize::MAX)
            .min(limit.unwrap_or(usize::MAX));
        let mut seen = 0;
        while seen < limit.unwrap_or(usize::MAX) {
            let room = limit.map_or(SCAN_PAGE, |limit| limit - seen);
            query.page_size = Some(SCAN_PAGE.min(room));
            let page = bases
                .list_records(self.actor, base, table, query.clone())
                .await?;
            for record in &page.records {
                visit(read_record(record)?);
            }
            seen += page.records.len();
            self.progress
                .report(seen, Some(total.max(seen)), "Reading records");
            // Whole tables must not keep the other requests of this worker waiting.
            tokio::task::yield_now().await;
            query.offset = page.offset;
            if query.offset.is_none() || page.records.is_empty() {
                break;
            }
        }
        Ok(seen)
    }
}

/// The table with this id or name; names match without regard to case.
pub(in crate::mcp) fn find_table<'s>(
    schema: &'s BaseSchema,
    table: &str,
) -> Result<&'s TableSchema, Fault> {
    let by_id = schema
        .tables
        .iter()
        .find(|known| known.id.to_string() == table);
    let by_name = || {
        let wanted = table.to_lowercase();
        schema
            .tables
            .iter()
            .find(|known| known.name.to_lowercase() == wanted)
    };
    by_id.or_else(by_name).ok_or_else(|| {
        Fault::new(
            "not_found",
            format!("There is no table {table:?} in base {}", schema.id),
            "Call list_tables to see the tables of this base",
        )
    })
}
