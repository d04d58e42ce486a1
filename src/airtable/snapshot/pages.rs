use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use crate::contracts::ListRecords;

/// Queries remembered for one state of a table.
const MOST: usize = 16;
/// A longer page is made anew each time.
const LARGEST: usize = 256 * 1024;

/// Answers to queries that were asked more than once; they belong to one state of the table, so none is ever stale.
#[derive(Default)]
pub(super) struct Pages(Mutex<VecDeque<(ListRecords, Option<Bytes>)>>);

impl Pages {
    /// The answer to a query, if it is kept.
    pub(super) fn find(&self, query: &ListRecords) -> Option<Bytes> {
        let known = self.known();
        let (_, page) = known.iter().find(|(known, _)| known == query)?;
        page.clone()
    }

    /// Keeps the answer to a query from the second time on.
    pub(super) fn keep(&self, query: &ListRecords, page: &Bytes) {
        let mut known = self.known();
        match known.iter_mut().find(|(known, _)| known == query) {
            Some((_, kept)) => *kept = (page.len() <= LARGEST).then(|| page.clone()),
            None => {
                if known.len() == MOST {
                    known.pop_front();
                }
                known.push_back((query.clone(), None));
            }
        }
    }

    /// Bytes of the kept pages.
    pub(super) fn weight(&self) -> usize {
        let known = self.known();
        let pages = known.iter().filter_map(|(_, page)| page.as_ref());
        pages.map(Bytes::len).sum()
    }

    fn known(&self) -> MutexGuard<'_, VecDeque<(ListRecords, Option<Bytes>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(page_size: usize) -> ListRecords {
        ListRecords {
            page_size: Some(page_size),
            ..ListRecords::default()
        }
    }

    fn asked(pages: &Pages, page_size: usize, text: &'static str) -> Bytes {
        let query = query(page_size);
        pages.find(&query).unwrap_or_else(|| {
            let page = Bytes::from_static(text.as_bytes());
            pages.keep(&query, &page);
            page
        })
    }

    #[test]
    fn a_page_is_kept_from_the_second_time_on_and_counted() {
        let pages = Pages::default();
        assert_eq!(asked(&pages, 1, "first"), "first");
        assert_eq!(pages.weight(), 0);
        assert_eq!(asked(&pages, 1, "second"), "second");
        assert_eq!(asked(&pages, 1, "third"), "second");
        assert_eq!(asked(&pages, 2, "another"), "another");
        assert_eq!(pages.weight(), "second".len());
    }

    #[test]
    fn many_queries_push_the_oldest_out() {
        let pages = Pages::default();
        for _ in 0..2 {
            asked(&pages, 0, "kept");
        }
        for size in 1..=MOST {
            asked(&pages, size, "once");
        }
        assert_eq!(pages.weight(), 0);
        assert_eq!(asked(&pages, 0, "anew"), "anew");
    }

    #[test]
    fn a_huge_page_is_not_kept() {
        let pages = Pages::default();
        let huge = Bytes::from(vec![b' '; LARGEST + 1]);
        for _ in 0..3 {
            pages.keep(&query(1), &huge);
        }
        assert_eq!(pages.find(&query(1)), None);
        assert_eq!(pages.weight(), 0);
    }
}
