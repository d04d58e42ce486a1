use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::pattern::Pattern;
use super::value::Fault;

/// Bytes of one text at most.
pub(super) const LONGEST_TEXT: usize = 1_000_000;
/// What one evaluation may do, in bytes looked at or made, roughly.
const FUEL: u64 = 16_000_000;
/// Time in which one evaluation looks for patterns: what they are counted as does not tell how long the worst of them take.
const SEARCHING: Duration = Duration::from_secs(5);
/// Patterns made from data that are kept.
const KEPT_PATTERNS: usize = 16;

/// A pattern, or why its text is none.
type Compiled = Result<Arc<Pattern>, Fault>;

/// What evaluations of one request share: the moment, the work they may do, patterns already compiled.
pub(crate) struct Run {
    /// Milliseconds since the epoch.
    pub(super) now: i64,
    fuel: Cell<u64>,
    spent: Cell<u64>,
    /// Since when this evaluation looks for patterns.
    searching: Cell<Option<Instant>>,
    until: Option<Instant>,
    is_late: Cell<bool>,
    patterns: RefCell<Vec<(String, Compiled)>>,
    /// Memory of all patterns that were compiled.
    pattern_bytes: Cell<usize>,
}

impl Run {
    pub(crate) fn new(now: i64) -> Self {
        Self {
            now,
            fuel: Cell::new(FUEL),
            spent: Cell::new(0),
            searching: Cell::new(None),
            until: None,
            is_late: Cell::new(false),
            patterns: RefCell::default(),
            pattern_bytes: Cell::new(0),
        }
    }

    /// A run that stops looking for patterns after some time; then it has spent more than anybody may, and its values are of
    /// no use.
    pub(crate) fn for_at_most(now: i64, time: Duration) -> Self {
        Self {
            until: Instant::now().checked_add(time),
            ..Self::new(now)
        }
    }

    /// Work done by the evaluations so far, roughly in bytes.
    pub(crate) fn spent(&self) -> u64 {
        if self.is_late.get() {
            return u64::MAX;
        }
        self.spent.get() + (FUEL - self.fuel.get())
    }

    /// Memory of the patterns that were compiled so far.
    pub(super) fn pattern_bytes(&self) -> usize {
        self.pattern_bytes.get()
    }

    /// Fills up what the last evaluation used; the next one begins with some work done.
    pub(super) fn begin(&self, work: usize) {
        self.spent.set(self.spent());
        self.fuel.set(FUEL.saturating_sub(work as u64));
        self.searching.set(None);
    }

    /// Pays for work; an error when there is nothing left to pay with.
    pub(super) fn charge(&self, work: usize) -> Result<(), Fault> {
        match self.fuel.get().checked_sub(work as u64) {
            Some(left) => {
                self.fuel.set(left);
                Ok(())
            }
            None => Err(Fault::TooLarge),
        }
    }

    /// Pays for looking for a pattern in so many bytes.
    pub(super) fn charge_search(&self, length: usize, pattern: &Pattern) -> Result<(), Fault> {
        self.search_on()?;
        self.charge(length.saturating_mul(pattern.weight))
    }

    /// An error where looking for patterns has taken too long.
    pub(super) fn search_on(&self) -> Result<(), Fault> {
        let now = Instant::now();
        let since = self.searching.get().unwrap_or(now);
        self.searching.set(Some(since));
        if self.until.is_some_and(|until| now >= until) {
            self.is_late.set(true);
            return Err(Fault::TooLarge);
        }
        match now.duration_since(since) > SEARCHING {
            true => Err(Fault::TooLarge),
            false => Ok(()),
        }
    }

    /// Pays for a text of so many bytes that is about to be made.
    pub(super) fn charge_text(&self, length: usize) -> Result<(), Fault> {
        if length > LONGEST_TEXT {
            return Err(Fault::TooLarge);
        }
        self.charge(length)
    }

    /// Pays for what is about to be added to a text.
    pub(super) fn charge_more(&self, length: usize, added: usize) -> Result<(), Fault> {
        if length + added > LONGEST_TEXT {
            return Err(Fault::TooLarge);
        }
        self.charge(added)
    }

    /// The pattern of a text, compiled or one of those compiled before.
    pub(super) fn pattern(&self, text: &str) -> Compiled {
        let mut kept = self.patterns.borrow_mut();
        if let Some((_, pattern)) = kept.iter().find(|(known, _)| known == text) {
            return pattern.clone();
        }
        self.charge(Pattern::COST + text.len() * 64)?;
        let pattern = Pattern::new(text).map(Arc::new);
        if let Ok(pattern) = &pattern {
            self.charge(pattern.cost())?;
            self.pattern_bytes.update(|bytes| bytes + pattern.bytes);
        }
        if kept.len() == KEPT_PATTERNS {
            kept.truncate(KEPT_PATTERNS - 1);
        }
        kept.insert(0, (text.to_owned(), pattern.clone()));
        pattern
    }
}
