use std::collections::VecDeque;
use std::time::Duration;

/// Answers that are compared with the next one.
const REMEMBERED: usize = 20;
/// An answer that took longer than this much over the usual was not only on its way.
const LATEST: Duration = Duration::from_millis(250);

/// How long the last answers took.
#[derive(Default)]
pub(super) struct Usual(VecDeque<Duration>);

impl Usual {
    /// How much longer an answer took than the quickest of the last ones, within bounds.
    ///
    /// Where Airtable itself was slow, the base waits in vain for a moment; one request too many costs it 30 seconds.
    pub(super) fn late(&mut self, took: Duration) -> Duration {
        let quickest = self.0.iter().min().copied().unwrap_or(took / 2);
        self.0.push_back(took);
        self.0.drain(..self.0.len().saturating_sub(REMEMBERED));
        took.saturating_sub(quickest).min(LATEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn answers_that_take_longer_than_others_are_late_within_bounds() {
        let mut usual = Usual::default();
        assert_eq!(usual.late(millis(300)), millis(150), "half of the first");
        for _ in 0..REMEMBERED {
            usual.late(millis(100));
        }
        assert_eq!(usual.late(millis(90)), Duration::ZERO);
        assert_eq!(usual.late(millis(180)), millis(90));
        assert_eq!(usual.late(millis(5000)), LATEST);
    }
}
