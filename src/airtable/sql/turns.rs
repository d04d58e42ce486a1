use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::platform::ids::TenantId;

/// Who may work on a statement: so many at once on the instance, and of these so many of a tenant.
pub(super) struct Turns {
    all: Arc<Semaphore>,
    tenants: Mutex<HashMap<TenantId, Arc<Semaphore>>>,
    per_tenant: usize,
    at_work: Arc<AtomicUsize>,
}

/// The right to work on a statement, until it is dropped.
pub(super) struct Turn {
    _tenant: OwnedSemaphorePermit,
    _all: OwnedSemaphorePermit,
    at_work: Arc<AtomicUsize>,
}

impl Turns {
    pub(super) fn new(at_once: usize, per_tenant: usize) -> Self {
        Self {
            all: Arc::new(Semaphore::new(at_once)),
            tenants: Mutex::default(),
            per_tenant,
            at_work: Arc::default(),
        }
    }

    /// How many statements are worked on.
    pub(super) fn at_work(&self) -> Arc<AtomicUsize> {
        self.at_work.clone()
    }

    /// A turn; `None` when none is free before the deadline.
    pub(super) async fn take(&self, tenant: TenantId, deadline: Instant) -> Option<Turn> {
        let own = self.tenant(tenant);
        let turn = async {
            // The tenant's first: who waits for others of their own must not keep a place that is free for all.
            let tenant = own.acquire_owned().await.ok()?;
            let all = self.all.clone().acquire_owned().await.ok()?;
            self.at_work.fetch_add(1, Ordering::Relaxed);
            Some(Turn {
                _tenant: tenant,
                _all: all,
                at_work: self.at_work.clone(),
            })
        };
        tokio::time::timeout_at(deadline.into(), turn).await.ok()?
    }

    fn tenant(&self, tenant: TenantId) -> Arc<Semaphore> {
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        // A permit keeps its semaphore, so one that nobody else has is free.
        tenants.retain(|id, known| *id == tenant || Arc::strong_count(known) > 1);
        let fresh = || Arc::new(Semaphore::new(self.per_tenant));
        tenants.entry(tenant).or_insert_with(fresh).clone()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.at_work.fetch_sub(1, Ordering::Relaxed);
    }
}
