use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::service::Airtable;
use super::super::snapshot::{BaseHandle, State};
use super::super::store::{self, Change, ChangeKind, PayloadRow, SealedLog, WebhookRow};
use super::super::write::linked_tables;
use super::broken::Broken;
use super::past::Past;
use super::payload::{ErrorCode, Transaction, error_payload, payload};
use super::records::World;
use super::watch::Watch;
use crate::contracts::{BaseError, BaseResult};
use crate::platform::clock::Millis;
use crate::platform::db::TenantTx;
use crate::platform::ids::{BaseId, RecordId, TableId, TenantId};
use crate::platform::vault::TenantKey;

/// Entries of the change log that are read at once.
const BATCH: u64 = 500;
/// Entries without a payload after which it is noted that they were looked at, to spare a commit for each.
const MOST_UNNOTED: i64 = 200;

/// Images that are to be erased this soon may be gone before what was made of them is stored.
const SOON: Millis = 3600 * 1000;

/// Makes the payloads of a base's webhooks.
///
/// The change log is the one source: it has every commit in order, whoever wrote it. Each webhook remembers how far it
/// was looked through and numbers what it finds, all in one commit, so that whoever does this, how often, and after
/// whatever crash, finds the same payloads under the same numbers. They are stored rather than made at reading, since
/// names of links and unchanged cells are those of the moment.
pub(in crate::airtable) struct Maker<'a> {
    engine: &'a Airtable,
    handle: Arc<BaseHandle>,
    key: TenantKey,
    hooks: Vec<Hook>,
}

/// A webhook with what it has made since it was read.
struct Hook {
    row: WebhookRow,
    watch: Watch,
    /// The last entry looked at.
    seen: i64,
    fresh: Vec<PayloadRow>,
    /// Since when it is over because its view is gone.
    over_at: Option<Millis>,
}

impl Hook {
    fn new(row: WebhookRow) -> BaseResult<Self> {
        let wanted = serde_json::from_str(&row.specification).map_err(BaseError::internal)?;
        Ok(Self {
            watch: Watch::stored(&wanted, row.scope_table),
            seen: row.log_seq,
            fresh: Vec::new(),
            over_at: None,
            row,
        })
    }

    fn take(&mut self, world: World<'_>, transaction: Transaction<'_>) -> BaseResult<()> {
        let last = transaction.last;
        if last.seq <= self.seen {
            return Ok(());
        }
        self.seen = last.seq;
        if self.over_at.is_some() || last.at > self.row.expires_at {
            return Ok(());
        }
        let error = |code| Some(error_payload(code, last.at, last.seq));
        let made = match payload(&self.watch, world, transaction) {
            Ok(made) => made,
            Err(Broken::Unreadable(error)) => return Err(error),
            Err(Broken::Erased) => error(ErrorCode::InternalError),
            Err(Broken::ViewDeleted) => {
                self.over_at = Some(last.at - 1);
                error(ErrorCode::InvalidFilters)
            }
        };
        let number = self.next_number();
        self.fresh.extend(made.map(|body| PayloadRow {
            number,
            txn: last.txn,
            last_seq: last.seq,
            at: last.at,
            body: Some(body.to_string()),
        }));
        Ok(())
    }

    fn next_number(&self) -> i64 {
        self.row.next_number + i64::try_from(self.fresh.len()).unwrap_or(i64::MAX)
    }

    fn is_due(&self) -> bool {
        !self.fresh.is_empty() || self.seen - self.row.log_seq >= MOST_UNNOTED
    }

    /// What was made is stored.
    fn settle(&mut self) {
        self.row.next_number = self.next_number();
        self.row.log_seq = self.seen;
        self.row.expires_at = self.over_at.take().unwrap_or(self.row.expires_at);
        self.fresh.clear();
    }
}

impl<'a> Maker<'a> {
    /// For a base as it is now; `None` where it has no webhooks.
    pub(in crate::airtable) async fn begin(
        engine: &'a Airtable,
        tenant: TenantId,
        base: BaseId,
    ) -> BaseResult<Option<Self>> {
        let tx = engine.platform.db.read(tenant).await;
        let tx = tx.map_err(BaseError::database)?;
        let rows = store::list_webhooks(&tx, base).await;
        let rows = rows.map_err(BaseError::database)?;
        drop(tx);
        if rows.is_empty() {
            return Ok(None);
        }
        let Some(handle) = engine.handle(tenant, base).await? else {
            return Ok(None);
        };
        let key = engine.key(tenant).await?;
        let hooks = rows.into_iter().map(Hook::new);
        Ok(Some(Self {
            engine,
            handle,
            key,
            hooks: hooks.collect::<BaseResult<_>>()?,
        }))
    }

    /// Looks through all that is in the change log; false when somebody else has done so meanwhile.
    pub(in crate::airtable) async fn run(mut self) -> BaseResult<bool> {
        loop {
            let from = self.hooks.iter().map(|hook| hook.seen).min();
            let entries = self.entries(from.unwrap_or(i64::MAX)).await?;
            if entries.is_empty() {
                return Ok(true);
            }
            let (state, past) = self.world(&entries).await?;
            let world = World {
                state: &state,
                past: &past,
            };
            for transaction in Transaction::all(&entries) {
                for hook in &mut self.hooks {
                    hook.take(world, transaction)?;
                }
            }
            if !self.settle().await? {
                return Ok(false);
            }
        }
    }

    fn log(&self) -> SealedLog<'_> {
        SealedLog {
            base: self.handle.state.load().base.id,
            key: &self.key,
        }
    }

    async fn read(&self) -> BaseResult<TenantTx> {
        let tenant = self.handle.state.load().base.tenant;
        let tx = self.engine.platform.db.read(tenant).await;
        tx.map_err(BaseError::database)
    }

    /// Whole transactions behind an entry.
    async fn entries(&self, after: i64) -> BaseResult<Vec<Change>> {
        let tx = self.read().await?;
        let next = async |after: i64| {
            let ranges = [(after.saturating_add(1), i64::MAX)];
            let entries = store::changes_in(&tx, self.log(), &ranges, after, BATCH).await;
            entries.map_err(BaseError::database)
        };
        let mut entries = next(after).await?;
        let is_full = entries.len() as u64 == BATCH;
        let Some(last) = entries.last().filter(|_| is_full).map(|last| last.txn) else {
            return Ok(entries);
        };
        let begins = entries.iter().position(|entry| entry.txn == last);
        if let Some(begins) = begins.filter(|begins| *begins > 0) {
            entries.truncate(begins);
            return Ok(entries);
        }
        loop {
            let more = next(entries.last().map_or(after, |last| last.seq)).await?;
            let count = more.iter().take_while(|entry| entry.txn == last).count();
            entries.extend(more.into_iter().take(count));
            if (count as u64) < BATCH {
                return Ok(entries);
            }
        }
    }

    /// The base with all that these entries are read against.
    async fn world(&self, entries: &[Change]) -> BaseResult<(Arc<State>, Past)> {
        let last = entries.last().map_or(0, |entry| entry.seq);
        let handle = &self.handle;
        let state = self.engine.loaded_through(handle, &[], last).await?;
        let mut tables = BTreeSet::new();
        let touched = entries.iter().filter(|entry| entry.record.is_some());
        let touched: BTreeSet<TableId> = touched.filter_map(|entry| entry.table).collect();
        let is_told = |table: &TableId| {
            self.hooks
                .iter()
                .any(|hook| hook.watch.has_records_of(*table))
        };
        let told = touched.into_iter().filter(is_told);
        for table in told.filter_map(|id| state.base.table(id)) {
            tables.insert(table.id);
            tables.extend(linked_tables(table));
        }
        let tables: Vec<TableId> = tables.into_iter().collect();
        let state = self.engine.loaded_through(handle, &tables, last).await?;
        let past = match self.hooks.iter().any(|hook| hook.watch.includes_any()) {
            true => self.past(entries, state.seq).await?,
            false => Past::default(),
        };
        Ok((state, past))
    }

    async fn past(&self, entries: &[Change], through: i64) -> BaseResult<Past> {
        let updates = entries
            .iter()
            .filter(|entry| entry.kind == ChangeKind::Update);
        let records: BTreeSet<RecordId> = updates.filter_map(|entry| entry.record).collect();
        let records: Vec<RecordId> = records.into_iter().collect();
        let first = entries.first().map_or(0, |entry| entry.seq);
        let tx = self.read().await?;
        let range = (first - 1, through);
        let changes = store::changes_of_records(&tx, self.log(), &records, range).await;
        Ok(Past::new(changes.map_err(BaseError::database)?))
    }

    /// Stores what was made, and starts the pings that tell of it.
    async fn settle(&mut self) -> BaseResult<bool> {
        let (tenant, base) = {
            let state = self.handle.state.load();
            (state.base.tenant, state.base.id)
        };
        if !self.hooks.iter().any(Hook::is_due) {
            return Ok(true);
        }
        let tx = self.engine.platform.db.begin(tenant).await;
        let tx = tx.map_err(BaseError::database)?;
        self.forget_erased(&tx, base)
            .await
            .map_err(BaseError::database)?;
        for hook in self.hooks.iter().filter(|hook| hook.is_due()) {
            let is_ours = self.store(&tx, base, hook).await;
            if !is_ours.map_err(BaseError::database)? {
                return Ok(false);
            }
        }
        tx.commit().await.map_err(BaseError::unsettled)?;
        self.engine.platform.durable.wake();
        let made: usize = self.hooks.iter().map(|hook| hook.fresh.len()).sum();
        metrics::counter!("airtable_webhook_payloads_total").increment(made as u64);
        let due = self.hooks.iter_mut().filter(|hook| hook.is_due());
        due.for_each(Hook::settle);
        Ok(true)
    }

    /// What is erased between its reading and the commit is not stored: no copy of an image lasts longer.
    async fn forget_erased(&mut self, tx: &TenantTx, base: BaseId) -> Result<(), sea_orm::DbErr> {
        let window = self.engine.platform.settings.saga.undo_window.as_millis();
        let window = Millis::try_from(window).unwrap_or(Millis::MAX);
        let soon = self.engine.now().saturating_sub(window) + SOON;
        let fresh = || self.hooks.iter().flat_map(|hook| &hook.fresh);
        if !fresh().any(|payload| payload.at < soon) {
            return Ok(());
        }
        let erased = store::lock_erased(tx, base).await?;
        let fresh = self.hooks.iter_mut().flat_map(|hook| &mut hook.fresh);
        let gone = fresh.filter(|payload| payload.last_seq <= erased);
        gone.for_each(|payload| payload.body = None);
        Ok(())
    }

    async fn store(
        &self,
        tx: &TenantTx,
        base: BaseId,
        hook: &Hook,
    ) -> Result<bool, sea_orm::DbErr> {
        let id = hook.row.id;
        let to = (hook.seen, hook.next_number(), hook.over_at);
        if !store::advance_webhook(tx, &hook.row, to).await? {
            return Ok(false);
        }
        if hook.fresh.is_empty() {
            return Ok(true);
        }
        store::insert_payloads(tx, (base, id), &self.key, &hook.fresh).await?;
        // Its row is ours until the commit, so that what it says of pings still holds then.
        if let Some(row) = store::find_webhook(tx, base, id).await? {
            super::ping::owe(self.engine, tx, &row).await?;
        }
        Ok(true)
    }
}
