use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::stand_in::StandIn;
use crate::contracts::{Context, Services};
use crate::platform::Platform;

/// Whether this instance should get requests; shared by its clones.
#[derive(Clone, Default)]
pub struct Readiness(Arc<Flags>);

#[derive(Default)]
struct Flags {
    migrated: AtomicBool,
    draining: AtomicBool,
}

impl Readiness {
    /// Remembers that the schema is up to date.
    pub fn set_migrated(&self) {
        self.0.migrated.store(true, Ordering::Release);
    }

    /// Whether the schema was found up to date.
    pub fn is_migrated(&self) -> bool {
        self.0.migrated.load(Ordering::Acquire)
    }

    /// Begins the stop: from now on the instance asks for no more requests.
    pub fn drain(&self) {
        self.0.draining.store(true, Ordering::Release);
    }

    /// Whether the stop has begun.
    pub fn is_draining(&self) -> bool {
        self.0.draining.load(Ordering::Acquire)
    }
}

/// What the HTTP server is built from; cheap to clone.
#[derive(Clone)]
pub struct Door {
    /// What everybody stands on.
    pub platform: Platform,
    /// What the contexts offer.
    pub services: Services,
    /// The contexts whose routes are mounted.
    pub contexts: Arc<[Arc<dyn Context>]>,
    /// Whether this instance should get requests.
    pub readiness: Readiness,
    /// Set, the server answers as Airtable would and does nothing else.
    pub stand_in: Option<StandIn>,
}
