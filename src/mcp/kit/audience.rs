use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Who waits for the answer of a call; once nobody does, no new step of it begins.
#[derive(Clone, Debug, Default)]
pub(in crate::mcp) struct Audience(Option<Arc<AtomicUsize>>);

impl Audience {
    /// One that can leave, nobody there yet.
    pub(in crate::mcp) fn empty() -> Self {
        Self(Some(Arc::default()))
    }

    /// Somebody waits from now on, until what this answers is dropped.
    pub(in crate::mcp) fn join(&self) -> Seat {
        if let Some(waiting) = &self.0 {
            waiting.fetch_add(1, Ordering::AcqRel);
        }
        Seat(self.clone())
    }

    /// Whether nobody waits any more.
    pub(in crate::mcp) fn has_left(&self) -> bool {
        let waiting = self.0.as_ref();
        waiting.is_some_and(|waiting| waiting.load(Ordering::Acquire) == 0)
    }
}

/// One who waits.
pub(in crate::mcp) struct Seat(Audience);

impl Drop for Seat {
    fn drop(&mut self) {
        if let Some(waiting) = &self.0.0 {
            waiting.fetch_sub(1, Ordering::AcqRel);
        }
    }
}
