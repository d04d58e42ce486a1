use super::history::{self, Entry, EntryKind};
use super::service::{Airtable, OpenBase, not_found};
use super::service_history::touched;
use super::snapshot::State;
use super::store::{self, Browse, Change};
use super::write::parse_record_id;
use crate::contracts::{Actor, BaseError, BaseResult, Permission};
use crate::platform::clock::Millis;
use crate::platform::db::TenantTx;
use crate::platform::ids::{RecordId, TableId};

/// Entries that are looked at in one go; those of a table have no index of their own.
const STRETCH: i64 = 20_000;
/// Entries that one request looks at, at most.
const MOST_LOOKED_AT: i64 = 100_000;

/// Which changes of a base are wanted.
#[derive(Clone, Debug, Default)]
pub(super) struct BrowseChanges {
    /// Only of this table.
    pub(super) table: Option<String>,
    /// Only of this kind.
    pub(super) kind: Option<EntryKind>,
    /// Only those from this time on.
    pub(super) since: Option<Millis>,
    /// Only those before this time.
    pub(super) until: Option<Millis>,
    /// Only those older than this one.
    pub(super) before: Option<i64>,
    /// Changes wanted at most.
    pub(super) limit: usize,
}

/// Changes of a base, newest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Browsed {
    pub(super) entries: Vec<Entry>,
    /// The number of the oldest entry that was looked at; `None` at the end.
    pub(super) next: Option<i64>,
}

impl Airtable {
    /// What happened in a base, newest first.
    pub(super) async fn browse_changes(
        &self,
        actor: &Actor,
        base: &str,
        wanted: &BrowseChanges,
    ) -> BaseResult<Browsed> {
        let open = self.open(actor, base, Permission::RecordsRead).await?;
        self.browse(&open, wanted, None).await
    }

    /// What happened to a record, newest first, also to one that is deleted.
    pub(super) async fn browse_record(
        &self,
        actor: &Actor,
        base: &str,
        record: &str,
        wanted: &BrowseChanges,
    ) -> BaseResult<Browsed> {
        let open = self.open(actor, base, Permission::RecordsRead).await?;
        let record = parse_record_id(record).map_err(|_| not_found())?;
        let browsed = self.browse(&open, wanted, Some(record)).await?;
        if browsed.entries.is_empty() {
            self.check_known(&open, wanted, record).await?;
        }
        Ok(browsed)
    }

    async fn browse(
        &self,
        open: &OpenBase,
        wanted: &BrowseChanges,
        record: Option<RecordId>,
    ) -> BaseResult<Browsed> {
        let state = open.state();
        let table = wanted.table.as_deref().map(|table| table_id(&state, table));
        let tx = self.platform.db.read(state.base.tenant).await;
        let tx = tx.map_err(BaseError::database)?;
        let browse = Browse {
            within: range(&tx, &state, wanted).await?,
            table: table.transpose()?,
            record,
            kind: wanted.kind.map(Into::into),
            limit: wanted.limit as u64,
        };
        let (found, next) = look(&tx, &state, browse).await?;
        drop(tx);
        let tables: Vec<TableId> = touched(&open.state().base, &found).into_iter().collect();
        let state = self.loaded(open, &tables).await?;
        let shown = |change: &Change| history::entry(&state, change);
        Ok(Browsed {
            entries: found.iter().map(shown).collect::<BaseResult<_>>()?,
            next,
        })
    }

    /// An error for a record of which the table never knew.
    async fn check_known(
        &self,
        open: &OpenBase,
        wanted: &BrowseChanges,
        record: RecordId,
    ) -> BaseResult<()> {
        let state = open.state();
        let table = wanted.table.as_deref().map(|table| table_id(&state, table));
        let table = table.transpose()?;
        let tx = self.platform.db.read(state.base.tenant).await;
        let tx = tx.map_err(BaseError::database)?;
        let holder = store::table_of(&tx, state.base.id, table, record).await;
        if holder.map_err(BaseError::database)?.is_some() {
            return Ok(());
        }
        let any = Browse {
            within: (0, i64::MAX),
            table,
            record: Some(record),
            kind: None,
            limit: 1,
        };
        let known = store::browse_changes(&tx, state.sealed_log(), &any).await;
        let known = known.map_err(BaseError::database)?;
        known.first().map(drop).ok_or_else(not_found)
    }
}

fn table_id(state: &State, table: &str) -> BaseResult<TableId> {
    let table = table.parse().ok().and_then(|id| state.base.table(id));
    table.map(|table| table.id).ok_or_else(not_found)
}

/// The numbers that a time and a cursor leave.
async fn range(tx: &TenantTx, state: &State, wanted: &BrowseChanges) -> BaseResult<(i64, i64)> {
    let log = state.sealed_log();
    let newest = store::find_base(tx, state.base.id).await;
    let newest = newest.map_err(BaseError::database)?.ok_or_else(not_found)?;
    let mut end = newest.seq.saturating_add(1);
    if let Some(before) = wanted.before {
        end = end.min(before);
    }
    let number = async |end, time: Option<Millis>, otherwise| match time {
        Some(time) => store::seq_since(tx, log, end, time).await,
        None => Ok(otherwise),
    };
    let end = number(end, wanted.until, end).await;
    let end = end.map_err(BaseError::database)?;
    let first = number(end, wanted.since, 0).await;
    let first = first.map_err(BaseError::database)?;
    // The log of a base that came from elsewhere does not begin with the first number.
    let oldest = store::oldest_seq(tx, log).await;
    let oldest = oldest.map_err(BaseError::database)?;
    Ok((first.max(oldest.unwrap_or(end)), end))
}

/// A page of entries and where the next begins.
///
/// A record's entries are found by an index. Others are looked for stretch by stretch, so that a filter which hardly
/// any entry passes makes a short page instead of a long wait.
async fn look(
    tx: &TenantTx,
    state: &State,
    browse: Browse,
) -> BaseResult<(Vec<Change>, Option<i64>)> {
    let (first, mut end) = browse.within;
    let (stretch, most) = match browse.record {
        Some(_) => (i64::MAX, i64::MAX),
        None => (STRETCH, MOST_LOOKED_AT),
    };
    let floor = first.max(end.saturating_sub(most));
    let wanted = browse.limit as usize;
    let mut found: Vec<Change> = Vec::new();
    while end > floor && found.len() <= wanted {
        let low = floor.max(end.saturating_sub(stretch));
        let step = Browse {
            within: (low, end),
            // One more tells whether there is a next page.
            limit: (wanted + 1 - found.len()) as u64,
            ..browse
        };
        let more = store::browse_changes(tx, state.sealed_log(), &step).await;
        found.extend(more.map_err(BaseError::database)?);
        end = low;
    }
    if found.len() > wanted {
        found.truncate(wanted);
        let next = found.last().map(|last| last.seq);
        return Ok((found, next));
    }
    Ok((found, (floor > first).then_some(floor)))
}
