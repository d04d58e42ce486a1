use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use moka::sync::Cache;

use super::super::snapshot::State;
use super::take::Since;
use crate::platform::ids::{RecordId, TableId};

/// No answer of Airtable comes later.
const LATEST: Duration = Duration::from_secs(300);
const MOST: u64 = 100_000;

/// When answers of Airtable were taken over: one that was asked for before another one came may be older than that, also
/// where the other one changed nothing.
pub(super) struct Moments {
    next: AtomicU64,
    taken: Cache<RecordId, u64>,
}

impl Default for Moments {
    fn default() -> Self {
        Self {
            next: AtomicU64::default(),
            taken: Cache::builder()
                .max_capacity(MOST)
                .time_to_live(LATEST)
                .build(),
        }
    }
}

impl Moments {
    pub(super) fn now(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// What Airtable told of a record is taken over.
    pub(super) fn note(&self, record: RecordId) {
        self.taken.insert(record, self.now());
    }

    /// Whether nobody has heard of a record, or changed it here, since something was asked of Airtable.
    pub(super) fn is_newest(
        &self,
        since: &Since,
        now: &State,
        (table, record): (TableId, RecordId),
    ) -> bool {
        let taken = self.taken.get(&record);
        taken.is_none_or(|taken| taken < since.at()) && since.is_same(now, table, record)
    }
}
