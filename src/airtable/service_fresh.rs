use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::DbErr;
use tokio_util::sync::CancellationToken;

use super::computed;
use super::schema::{Base, Field, Kind};
use super::service::{Airtable, OpenBase, not_found};
use super::snapshot::{BaseHandle, State, load_table, refresh};
use super::store;
use crate::contracts::{BaseError, BaseResult};
use crate::platform::clock::Millis;
use crate::platform::db::TenantTx;
use crate::platform::ids::{TableId, TenantId};
use crate::platform::signals::Signal;

/// The signal sent after every write; its key is `tenant/base`.
pub(super) const BASE_CHANGED: &str = "base.changed";

/// Milliseconds for which `NOW()` in a field stands still.
const MOST_OUTDATED: Millis = 60_000;

const EVICTION_INTERVAL: Duration = Duration::from_secs(5);
const GATHER: Duration = Duration::from_millis(20);

/// Each time another instance may have redefined a table meanwhile; then it is read within the transaction.
const LOADS_BEFORE_WRITE: usize = 3;

impl Airtable {
    /// The state of a base with these tables loaded.
    pub(super) async fn loaded(
        &self,
        base: &OpenBase,
        tables: &[TableId],
    ) -> BaseResult<Arc<State>> {
        let state = base.state();
        if holds(&state, tables) && !is_outdated(&state, tables, self.now()) {
            return Ok(state);
        }
        let _writer = base.handle.writer().await;
        let state = self.load(&base.handle, tables).await?;
        let now = self.now();
        if !is_outdated(&state, tables, now) {
            return Ok(state);
        }
        let records = state.records();
        let of_now = is_of_before(&state, tables, now);
        let work = move || {
            let state = match of_now {
                true => computed::renew(&state, now),
                false => State::clone(&state),
            };
            Arc::new(relinked(state, now))
        };
        let state = computed::apart(records, work).await;
        let state = state.map_err(BaseError::database)?;
        base.handle.state.store(state.clone());
        Ok(state)
    }

    /// The same of a base in memory, and at least as it was after an entry of its change log.
    pub(super) async fn loaded_through(
        &self,
        handle: &BaseHandle,
        tables: &[TableId],
        seq: i64,
    ) -> BaseResult<Arc<State>> {
        if handle.state.load().seq < seq {
            let refreshed = self.refresh_handle(handle).await;
            refreshed.map_err(BaseError::database)?;
        }
        let state = handle.state.load_full();
        if holds(&state, tables) {
            return Ok(state);
        }
        let _writer = handle.writer().await;
        self.load(handle, tables).await
    }

    /// The same for who holds the base's write lock.
    async fn load(&self, handle: &BaseHandle, tables: &[TableId]) -> BaseResult<Arc<State>> {
        let state = handle.state.load_full();
        if holds(&state, tables) {
            return Ok(state);
        }
        let tx = self.platform.db.read(state.base.tenant).await;
        let tx = tx.map_err(BaseError::database)?;
        let now = self.now();
        let state = refresh(&tx, &state, now)
            .await
            .map_err(BaseError::database)?;
        let state = state.ok_or_else(not_found)?;
        let state = load_missing(&tx, state, tables, now)
            .await
            .map_err(BaseError::database)?;
        let state = Arc::new(state);
        handle.state.store(state.clone());
        Ok(state)
    }

    /// A write transaction over the newest state of a base, for who holds its write lock.
    ///
    /// Tables are read before it begins: on SQLite it is the only one, and a large table takes its time.
    pub(super) async fn begin(
        &self,
        handle: &BaseHandle,
        tables: impl Fn(&Base) -> BaseResult<Vec<TableId>>,
    ) -> BaseResult<(TenantTx, State)> {
        let mut loads = 0;
        loop {
            let wanted = tables(&handle.state.load().base)?;
            let known = self.load(handle, &wanted).await?;
            loads += 1;
            let tx = self.platform.db.begin(known.base.tenant).await;
            let tx = tx.map_err(BaseError::database)?;
            let now = self.now();
            let state = newest(&tx, &known, now)
                .await
                .map_err(BaseError::database)?;
            let state = state.ok_or_else(not_found)?;
            let wanted = tables(&state.base)?;
            if holds(&state, &wanted) {
                return Ok((tx, state));
            }
            if loads == LOADS_BEFORE_WRITE {
                let state = load_missing(&tx, state, &wanted, now).await;
                return Ok((tx, state.map_err(BaseError::database)?));
            }
            handle.state.store(Arc::new(state));
        }
    }

    /// Brings a base in memory up to the database; one that is gone leaves.
    pub(super) async fn refresh_handle(&self, handle: &BaseHandle) -> Result<(), DbErr> {
        let _writer = handle.writer().await;
        let state = handle.state.load_full();
        let (tenant, base) = (state.base.tenant, state.base.id);
        let tx = self.platform.db.read(tenant).await?;
        match refresh(&tx, &state, self.now()).await? {
            Some(next) => handle.state.store(Arc::new(next)),
            None => self.registry.remove(tenant, base),
        }
        Ok(())
    }

    /// Looks which bases in memory other instances or processes have changed, and refreshes those.
    async fn refresh_changed(&self) {
        let mut tenants: HashMap<TenantId, Vec<Arc<BaseHandle>>> = HashMap::new();
        for handle in self.registry.all() {
            let tenant = handle.state.load().base.tenant;
            tenants.entry(tenant).or_default().push(handle);
        }
        for (tenant, handles) in tenants {
            if let Err(error) = self.refresh_tenant(tenant, handles).await {
                metrics::counter!("airtable_refresh_failures_total").increment(1);
                tracing::warn!(%error, %tenant, "airtable.refresh_failed");
            }
        }
    }

    async fn refresh_tenant(
        &self,
        tenant: TenantId,
        handles: Vec<Arc<BaseHandle>>,
    ) -> Result<(), DbErr> {
        let seqs = store::seqs(&self.platform.db.read(tenant).await?).await?;
        for handle in handles {
            let (base, seq) = {
                let state = handle.state.load();
                (state.base.id, state.seq)
            };
            if seqs.get(&base) == Some(&seq) {
                continue;
            }
            let Err(error) = self.refresh_handle(&handle).await else {
                continue;
            };
            metrics::counter!("airtable_refresh_failures_total").increment(1);
            tracing::warn!(%error, %base, "airtable.refresh_failed");
            // Whoever uses it next learns what is wrong, instead of reading what is no longer so.
            if matches!(error, DbErr::Json(_) | DbErr::Type(_)) {
                self.registry.remove(tenant, base);
            }
        }
        Ok(())
    }

    /// The worker that follows what others write.
    pub(super) async fn keep_fresh(self: Arc<Self>, stop: CancellationToken) {
        let mut signals = self.platform.signals.subscribe();
        let mut poll = tokio::time::interval(self.platform.settings.airtable.refresh_interval);
        poll.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while !stop.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = poll.tick() => {}
                signal = signals.recv() => match signal {
                    Ok(Signal { topic, .. }) if topic != BASE_CHANGED && topic != "resync" => continue,
                    _ => {}
                },
            }
            // One look serves all the commits of the next few milliseconds.
            tokio::time::sleep(GATHER).await;
            signals = signals.resubscribe();
            self.refresh_changed().await;
        }
    }

    /// The worker that holds memory to its budget.
    pub(super) async fn keep_small(self: Arc<Self>, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(EVICTION_INTERVAL) => {}
            }
            let budget = self.platform.settings.airtable.memory_budget;
            self.sql.prune();
            let evicted = self.registry.evict(budget).await;
            if evicted > 0 {
                tracing::info!(bases = evicted, "airtable.evicted");
            }
        }
    }
}

/// Whether these tables are loaded.
pub(super) fn holds(state: &State, tables: &[TableId]) -> bool {
    tables.iter().all(|table| state.tables.contains_key(table))
}

/// Whether these tables have values or links of another time.
fn is_outdated(state: &State, tables: &[TableId], now: Millis) -> bool {
    is_of_before(state, tables, now)
        || (state.links.is_outdated(now)
            && tables.iter().any(|table| has_links(&state.base, *table)))
}

/// Whether a table shows links to files.
fn has_links(base: &Base, table: TableId) -> bool {
    let shows =
        |field: &Arc<Field>| matches!(field.kind.shown_as(field).kind, Kind::Attachments { .. });
    let table = base.table(table);
    table.is_some_and(|table| table.fields.iter().any(shows))
}

/// The state with links that can still be used for a while; what was rendered with older ones is left behind.
pub(super) fn relinked(mut state: State, now: Millis) -> State {
    if !state.links.is_outdated(now) {
        return state;
    }
    state.links = state.links.renewed(now);
    let base = state.base.clone();
    for (id, snapshot) in &mut state.tables {
        if has_links(&base, *id) {
            *snapshot = Arc::new(snapshot.unrendered(snapshot.table.clone()));
        }
    }
    state
}

/// Whether values of these tables that depend on the time are of another minute.
fn is_of_before(state: &State, tables: &[TableId], now: Millis) -> bool {
    let age = now - state.computed_at;
    age.abs() >= MOST_OUTDATED && tables.iter().any(|table| state.graph.is_of_now(*table))
}

/// The base as it is now, held against other writers; `None` when it is gone.
async fn newest(tx: &TenantTx, known: &State, now: Millis) -> Result<Option<State>, DbErr> {
    match store::lock_seq(tx, known.base.id).await? {
        Some(seq) if seq == known.seq => Ok(Some(known.clone())),
        Some(_) => refresh(tx, known, now).await,
        None => Ok(None),
    }
}

/// The state with these tables and all that they need.
async fn load_missing(
    tx: &TenantTx,
    mut state: State,
    tables: &[TableId],
    now: Millis,
) -> Result<State, DbErr> {
    let mut loaded = Vec::new();
    for id in state.graph.with_needed(tables) {
        if state.tables.contains_key(&id) {
            continue;
        }
        if let Some(table) = state.base.table(id).cloned() {
            loaded.push(load_table(tx, state.base.id, &table).await?);
        }
    }
    let records = loaded.iter().map(|table| table.rows.len()).sum();
    let work = move || {
        computed::load(&mut state, loaded, now);
        state
    };
    computed::apart(records, work).await
}
