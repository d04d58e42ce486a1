use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex};

use super::fetched::Fetches;
use super::joined::Writes;
use crate::platform::sync::lock;

/// What may share a request with others that wait.
#[derive(Default)]
pub(in crate::airtable) struct Joining {
    pub(super) writes: Writes,
    pub(super) fetches: Fetches,
}

/// What waits to go in one request; none once it has gone.
pub(super) type Batch<T> = Arc<Mutex<Option<Vec<T>>>>;

/// The batches that others can still join, by what they have in common.
pub(super) struct Batches<K, T>(Mutex<HashMap<K, Batch<T>>>);

impl<K, T> Default for Batches<K, T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Hash + Eq, T> Batches<K, T> {
    /// Adds one to a batch that waits for its turn, if it may; answers the batch when it is a new one, which wants a sender.
    pub(super) fn join(
        &self,
        key: K,
        one: T,
        may_join: impl Fn(&[T], &T) -> bool,
    ) -> Option<Batch<T>> {
        let mut batches = lock(&self.0);
        let known = batches.get(&key).cloned();
        if let Some(known) = known
            && let Some(waiting) = &mut *lock(&known)
            && may_join(waiting, &one)
        {
            waiting.push(one);
            return None;
        }
        let batch: Batch<T> = Arc::new(Mutex::new(Some(vec![one])));
        batches.insert(key, batch.clone());
        Some(batch)
    }

    /// Lets nobody join any more; answers who did.
    pub(super) fn close(&self, key: &K, batch: &Batch<T>) -> Vec<T> {
        let mut batches = lock(&self.0);
        let known = batches.get(key);
        if known.is_some_and(|known| Arc::ptr_eq(known, batch)) {
            batches.remove(key);
        }
        lock(batch).take().unwrap_or_default()
    }
}
