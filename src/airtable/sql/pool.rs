use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::image::Image;
use super::layout::Layout;
use crate::platform::ids::{BaseId, TenantId};

/// How long an image waits for the next statement.
const LONGEST_IDLE: Duration = Duration::from_secs(600);

/// Whose image it is.
pub(super) type Owner = (TenantId, BaseId);

/// Images that no statement works on, for the next ones; the least used leave first.
pub(super) struct Pool {
    budget: usize,
    /// The one used last stands last.
    idle: Mutex<Vec<Idle>>,
}

struct Idle {
    owner: Owner,
    image: Image,
    bytes: usize,
    since: Instant,
}

impl Pool {
    pub(super) fn new(budget: usize) -> Self {
        Self {
            budget,
            idle: Mutex::default(),
        }
    }

    /// The image of a base used last, if its tables are still named and typed so.
    pub(super) fn take(&self, owner: Owner, layout: &Layout) -> Option<Image> {
        let mut idle = self.idle();
        idle.retain(|known| known.owner != owner || *known.image.layout == *layout);
        let place = idle.iter().rposition(|known| known.owner == owner)?;
        Some(idle.remove(place).image)
    }

    /// Keeps an image for the next statement.
    pub(super) fn put(&self, owner: Owner, image: Image) {
        let bytes = image.bytes();
        let mut idle = self.idle();
        idle.push(Idle {
            owner,
            image,
            bytes,
            since: Instant::now(),
        });
        let mut total: usize = idle.iter().map(|known| known.bytes).sum();
        while total > self.budget {
            total -= idle.remove(0).bytes;
        }
        metrics::gauge!("airtable_sql_memory_bytes").set(total as f64);
    }

    /// Drops those that have waited too long.
    pub(super) fn prune(&self) {
        let mut idle = self.idle();
        idle.retain(|known| known.since.elapsed() < LONGEST_IDLE);
        let total: usize = idle.iter().map(|known| known.bytes).sum();
        metrics::gauge!("airtable_sql_memory_bytes").set(total as f64);
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
