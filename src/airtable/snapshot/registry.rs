use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use super::handle::BaseHandle;
use super::state::State;
use crate::platform::ids::{BaseId, TenantId};

/// The bases in memory, never more of their tables than the budget holds.
#[derive(Default)]
pub(in crate::airtable) struct Registry {
    bases: RwLock<HashMap<(TenantId, BaseId), Arc<BaseHandle>>>,
}

impl Registry {
    pub(in crate::airtable) fn get(
        &self,
        tenant: TenantId,
        base: BaseId,
    ) -> Option<Arc<BaseHandle>> {
        self.read().get(&(tenant, base)).cloned()
    }

    /// The handle for a base just loaded; another task's, when that was faster.
    pub(in crate::airtable) fn insert(&self, state: State) -> Arc<BaseHandle> {
        let key = (state.base.tenant, state.base.id);
        let handle = || Arc::new(BaseHandle::new(state));
        self.write().entry(key).or_insert_with(handle).clone()
    }

    pub(in crate::airtable) fn remove(&self, tenant: TenantId, base: BaseId) {
        self.write().remove(&(tenant, base));
    }

    pub(in crate::airtable) fn all(&self) -> Vec<Arc<BaseHandle>> {
        self.read().values().cloned().collect()
    }

    /// Drops tables of the bases least used until the rest fits; answers how many bases lost theirs.
    pub(in crate::airtable) async fn evict(&self, budget: usize) -> usize {
        let mut handles = self.all();
        let mut total: usize = handles
            .iter()
            .map(|handle| handle.state.load().weight())
            .sum();
        metrics::gauge!("airtable_memory_bytes").set(total as f64);
        handles.sort_by_cached_key(|handle| handle.last_used());
        let mut evicted = 0;
        for handle in handles {
            if total <= budget {
                break;
            }
            // A writer must not find its tables gone, nor put them back afterwards.
            let _writer = handle.writer().await;
            let state = handle.state.load_full();
            total = total.saturating_sub(state.weight());
            let tables = HashMap::new();
            handle.state.store(Arc::new(State {
                tables,
                ..State::clone(&state)
            }));
            evicted += 1;
        }
        evicted
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, HashMap<(TenantId, BaseId), Arc<BaseHandle>>> {
        self.bases
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn write(
        &self,
    ) -> std::sync::RwLockWriteGuard<'_, HashMap<(TenantId, BaseId), Arc<BaseHandle>>> {
        self.bases
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
