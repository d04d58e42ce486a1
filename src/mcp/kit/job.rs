use std::sync::Arc;

use super::{Audience, Fault, Progress, RecordJson, read_record};
use crate::contracts::{
    Actor, Approvals, BaseAdmin, BaseSchema, BaseWriter, Bases, Calls, ChangeSet, Comments,
    ListRecords, Rehearsal, TableSchema, Transactions, Workspaces, WriteContext,
};
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
    /// For comments on records.
    pub(in crate::mcp) comments: Option<Arc<dyn Comments>>,
    /// For making workspaces and members.
    pub(in crate::mcp) workspaces: Option<Arc<dyn Workspaces>>,
    /// For undoing.
    pub(in crate::mcp) transactions: Option<Arc<dyn Transactions>>,
    /// For asking people.
    pub(in crate::mcp) approvals: Option<Arc<dyn Approvals>>,
    /// For carrying out each call once.
    pub(in crate::mcp) calls: Option<Arc<dyn Calls>>,
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
    /// What its writes belong to.
    pub(in crate::mcp) change: &'a ChangeSet,
    /// Where a rehearsal tells what it would write.
    pub(in crate::mcp) rehearsal: Option<&'a Rehearsal>,
    /// Where it says how far it is.
    pub(in crate::mcp) progress: &'a Progress,
    /// Who waits for its answer.
    pub(in crate::mcp) audience: &'a Audience,
}

fn present<'p, T: ?Sized>(part: &'p Option<Arc<T>>, context: &str) -> Result<&'p T, Fault> {
    part.as_deref().ok_or_else(|| absent(context))
}

fn absent(context: &str) -> Fault {
    Fault::new(
        "unavailable",
        format!("This instance runs without the {context} context"),
        format!("Ask the operator to add {context} to `contexts`"),
    )
}

impl Source {
    /// Questions to people.
    pub(in crate::mcp) fn approvals(&self) -> Result<&dyn Approvals, Fault> {
        present(&self.approvals, "saga")
    }
}

impl<'a> Job<'a> {
    /// Who writes, and as part of what.
    pub(in crate::mcp) fn by(&self) -> WriteContext<'a> {
        WriteContext {
            actor: self.actor,
            change: self.change,
            rehearsal: self.rehearsal,
        }
    }

    /// The bases to read.
    pub(in crate::mcp) fn bases(&self) -> Result<&'a dyn Bases, Fault> {
        present(&self.source.bases, "airtable")
    }

    /// The bases to write.
    pub(in crate::mcp) fn writer(&self) -> Result<&'a dyn BaseWriter, Fault> {
        present(&self.source.writer, "airtable")
    }

    /// The bases to change.
    pub(in crate::mcp) fn admin(&self) -> Result<&'a dyn BaseAdmin, Fault> {
        present(&self.source.admin, "airtable")
    }

    /// Comments on records.
    pub(in crate::mcp) fn comments(&self) -> Result<&'a dyn Comments, Fault> {
        present(&self.source.comments, "airtable")
    }

    /// Workspaces and members.
    pub(in crate::mcp) fn workspaces(&self) -> Result<&'a dyn Workspaces, Fault> {
        present(&self.source.workspaces, "identity")
    }

    /// Change sets and undo.
    pub(in crate::mcp) fn transactions(&self) -> Result<&'a dyn Transactions, Fault> {
        present(&self.source.transactions, "saga")
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
