use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;

use crate::platform::ids::{RecordId, random_text};

const IDLE: Duration = Duration::from_secs(600);
const MOST_BYTES: u64 = 32 * 1024 * 1024;

/// Orders frozen at the first page, so that writes between pages neither repeat nor skip a record.
#[derive(Clone)]
pub(in crate::airtable) struct Iterators(Cache<String, Arc<[RecordId]>>);

impl Default for Iterators {
    fn default() -> Self {
        let weigher = |name: &String, ids: &Arc<[RecordId]>| {
            u32::try_from(name.len() + size_of_val(&**ids)).unwrap_or(u32::MAX)
        };
        let cache = Cache::builder()
            .time_to_idle(IDLE)
            .max_capacity(MOST_BYTES)
            .weigher(weigher);
        Self(cache.build())
    }
}

impl Iterators {
    pub(super) fn keep(&self, ids: Arc<[RecordId]>) -> String {
        let name = random_text(14);
        self.0.insert(name.clone(), ids);
        name
    }

    pub(super) fn find(&self, name: &str) -> Option<Arc<[RecordId]>> {
        self.0.get(name)
    }
}
