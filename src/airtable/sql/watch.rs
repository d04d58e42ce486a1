use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Reading what memory the process has takes longer than a look at the clock.
const MEMORY_INTERVAL: Duration = Duration::from_millis(2);

/// Why a statement was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stopped {
    Time,
    Memory,
    /// Nobody waits for the answer any more.
    Left,
}

/// Whether a statement may go on; shared between who waits for it and the thread that works on it.
#[derive(Clone)]
pub(super) struct Watch {
    deadline: Instant,
    has_left: Arc<AtomicBool>,
    stopped: Arc<AtomicU8>,
}

impl Watch {
    pub(super) fn new(started: Instant, timeout: Duration) -> Self {
        Self {
            deadline: started + timeout,
            has_left: Arc::default(),
            stopped: Arc::default(),
        }
    }

    pub(super) fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Stops the statement when the guard is dropped.
    pub(super) fn leave_on_drop(&self) -> LeaveOnDrop {
        LeaveOnDrop(self.has_left.clone())
    }

    /// Why it was stopped, if it was.
    pub(super) fn stopped(&self) -> Option<Stopped> {
        match self.stopped.load(Ordering::Relaxed) {
            1 => Some(Stopped::Time),
            2 => Some(Stopped::Memory),
            3 => Some(Stopped::Left),
            _ => None,
        }
    }

    /// Whether time is up, or nobody waits any more.
    pub(super) fn is_over(&self) -> bool {
        if self.has_left.load(Ordering::Relaxed) {
            self.stop(Stopped::Left);
        } else if Instant::now() >= self.deadline {
            self.stop(Stopped::Time);
        }
        self.stopped().is_some()
    }

    pub(super) fn stop(&self, why: Stopped) {
        let code = match why {
            Stopped::Time => 1,
            Stopped::Memory => 2,
            Stopped::Left => 3,
        };
        // The first reason counts.
        let _ = self
            .stopped
            .compare_exchange(0, code, Ordering::Relaxed, Ordering::Relaxed);
    }
}

/// Says that nobody waits any more when it is dropped.
pub(super) struct LeaveOnDrop(Arc<AtomicBool>);

impl Drop for LeaveOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// How far the process has grown since a statement began.
///
/// SQLite's own limit would hold for every connection of the process, that of the main database included, and make its
/// writes fail. What the statements at work have taken together is judged instead.
pub(super) struct Growth {
    allowed: usize,
    at_work: Arc<AtomicUsize>,
    before: Option<usize>,
    next_look: Instant,
}

impl Growth {
    pub(super) fn new(allowed: usize, at_work: Arc<AtomicUsize>) -> Self {
        Self {
            allowed,
            at_work,
            before: resident(),
            next_look: Instant::now(),
        }
    }

    /// Whether it is more than the statements at work may take.
    pub(super) fn is_too_much(&mut self) -> bool {
        let now = Instant::now();
        let Some(before) = self.before.filter(|_| now >= self.next_look) else {
            return false;
        };
        self.next_look = now + MEMORY_INTERVAL;
        let allowed = self.allowed * self.at_work.load(Ordering::Relaxed).max(1);
        resident().is_some_and(|bytes| bytes > before.saturating_add(allowed))
    }
}

/// Bytes of memory the process has; `None` where the system does not tell.
fn resident() -> Option<usize> {
    memory_stats::memory_stats().map(|stats| stats.physical_mem)
}
