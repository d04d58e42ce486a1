use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use super::change::Lease;
use crate::platform::ids::RunId;
use crate::platform::sync::lock;

/// A lease as its owner knows it.
pub(super) struct Hold {
    pub(super) lease: Lease,
    /// Cancelled once the run may be somebody else's.
    pub(super) lost: CancellationToken,
    /// Its earliest end by the monotonic clock; `None` when no clock ends it.
    until: Mutex<Option<Instant>>,
    /// The work under it ended, but it could not be given back yet.
    is_left: AtomicBool,
}

impl Hold {
    pub(super) fn new(lease: Lease, asked: Instant, length: Option<Duration>) -> Self {
        Self {
            lease,
            lost: CancellationToken::new(),
            until: Mutex::new(length.map(|length| asked + length)),
            is_left: AtomicBool::new(false),
        }
    }

    /// The database granted the lease for this long when it was asked.
    pub(super) fn extend(&self, asked: Instant, length: Option<Duration>) {
        let mut until = lock(&self.until);
        *until = (*until).max(length.map(|length| asked + length));
    }

    pub(super) fn lasts(&self, longer: Duration) -> bool {
        let is_later = |until: Instant| until > Instant::now() + longer;
        !self.lost.is_cancelled() && lock(&self.until).is_none_or(is_later)
    }
}

/// The newest lease of this owner on every run that it has one on.
#[derive(Default)]
pub(super) struct Held(Mutex<BTreeMap<RunId, Arc<Hold>>>);

impl Held {
    pub(super) fn add(&self, hold: &Arc<Hold>) {
        let earlier = lock(&self.0).insert(hold.lease.run, hold.clone());
        if let Some(earlier) = earlier {
            earlier.lost.cancel();
        }
    }

    /// Ends the work under a lease, which is to be given back unless that has happened.
    pub(super) fn end(&self, hold: &Hold, is_over: bool) {
        hold.is_left.store(!is_over, Ordering::Relaxed);
        let mut held = lock(&self.0);
        let newest = held.get(&hold.lease.run).map(|held| held.lease.epoch);
        if is_over && newest == Some(hold.lease.epoch) {
            held.remove(&hold.lease.run);
        }
    }

    /// Those that are worked under, or those that are left; always in the same order.
    pub(super) fn all(&self, is_left: bool) -> Vec<Arc<Hold>> {
        let held = lock(&self.0);
        let is_wanted = |hold: &&Arc<Hold>| hold.is_left.load(Ordering::Relaxed) == is_left;
        held.values().filter(is_wanted).cloned().collect()
    }
}
