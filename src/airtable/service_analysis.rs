use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use tokio::sync::Semaphore;

use super::analysis::{analyze, survey};
use super::service::Airtable;
use super::service_read::schema_of;
use crate::contracts::{Actor, BaseAnalysis, BaseError, BaseResult, Permission};
use crate::platform::ids::{BaseId, TableId, TenantId};

/// Analyses kept; each is a few kilobytes for a table.
const KEPT: u64 = 64;
const IDLE: Duration = Duration::from_secs(600);

/// A base as it was after this entry of its change log.
type Moment = (TenantId, BaseId, i64);

/// The analyses of bases that nobody has written to since.
pub(super) struct Analyses {
    kept: Cache<Moment, Arc<BaseAnalysis>>,
    /// One at a time: each keeps a core busy as long as it lasts.
    turn: Semaphore,
}

impl Default for Analyses {
    fn default() -> Self {
        let kept = Cache::builder().max_capacity(KEPT).time_to_idle(IDLE);
        Self {
            kept: kept.build(),
            turn: Semaphore::new(1),
        }
    }
}

impl Airtable {
    /// What is worth a look in a base; it looks at every record, once for each state of the base.
    pub(super) async fn analysis(
        &self,
        actor: &Actor,
        base: &str,
    ) -> BaseResult<Arc<BaseAnalysis>> {
        self.open(actor, base, Permission::SchemaRead).await?;
        let open = self.open(actor, base, Permission::RecordsRead).await?;
        let base = open.state().base.clone();
        let tables: Vec<TableId> = base.tables.iter().map(|table| table.id).collect();
        let state = self.loaded(&open, &tables).await?;
        let moment = (state.base.tenant, state.base.id, state.seq);
        if let Some(known) = self.analyses.kept.get(&moment) {
            return Ok(known);
        }
        let turn = self.analyses.turn.acquire().await;
        let _turn = turn.map_err(BaseError::internal)?;
        // Whoever had the turn before may have looked at the same.
        if let Some(known) = self.analyses.kept.get(&moment) {
            return Ok(known);
        }
        let work = move || analyze(&survey(&state, schema_of(&state.base)), state.seq);
        let done = tokio::task::spawn_blocking(work).await;
        let found = Arc::new(done.map_err(BaseError::internal)?);
        self.analyses.kept.insert(moment, found.clone());
        Ok(found)
    }
}
