//! Futures that go on side by side.

use std::collections::VecDeque;
use std::pin::pin;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

/// Futures of which all go on while something else is awaited, which may need what one of them holds.
pub struct Running<F: Future> {
    going: FuturesUnordered<F>,
    over: VecDeque<F::Output>,
}

impl<F: Future> Running<F> {
    /// Lets them all begin with the first wait.
    pub fn of(futures: impl Iterator<Item = F>) -> Self {
        let (going, over) = (futures.collect(), VecDeque::new());
        Self { going, over }
    }

    /// What ended first of those that have not been answered yet; `None` when all have.
    pub async fn next(&mut self) -> Option<F::Output> {
        match self.over.pop_front() {
            Some(output) => Some(output),
            None => self.going.next().await,
        }
    }

    /// Awaits something else, while they go on.
    pub async fn beside<T>(&mut self, other: impl Future<Output = T>) -> T {
        let mut other = pin!(other);
        loop {
            tokio::select! {
                output = &mut other => return output,
                Some(output) = self.going.next() => self.over.push_back(output),
            }
        }
    }
}
