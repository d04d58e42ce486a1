use std::sync::Arc;

use super::super::formula::Trace;
use crate::platform::ids::RecordId;

/// More of a table's records than one in so many are looked at just as fast one after another.
const LARGEST_SHARE: usize = 8;

/// Where in a column which values are: the records that may hold one, found by its trace.
#[derive(Default)]
pub(in crate::airtable) struct Index {
    /// By trace, then id.
    places: Box<[(u32, RecordId)]>,
    /// Traces of so many records that nothing is gained by them.
    common: Box<[u32]>,
    /// Records that may hold any value; `None` where they are too many.
    open: Option<Box<[RecordId]>>,
}

impl Index {
    /// The index of a column with these values.
    pub(in crate::airtable) fn new(values: impl Iterator<Item = (RecordId, Trace)>) -> Self {
        let mut places = Vec::new();
        let mut open = Vec::new();
        let mut count = 0;
        for (id, trace) in values {
            count += 1;
            match trace {
                Trace::None => {}
                Trace::Hash(hash) => places.push((hash, id)),
                Trace::Any => open.push(id),
            }
        }
        let most = count / LARGEST_SHARE;
        if open.len() > most {
            return Self::default();
        }
        places.sort_unstable();
        let groups = places.chunk_by(|one, two| one.0 == two.0);
        let common: Box<[u32]> = groups
            .filter(|group| group.len() > most)
            .map(|group| group[0].0)
            .collect();
        places.retain(|(hash, _)| !common.contains(hash));
        Self {
            places: places.into(),
            common,
            open: Some(open.into()),
        }
    }

    /// Adds the records that may hold a value with one of these traces; false where they are too many.
    fn find(&self, traces: &[u32], found: &mut Vec<RecordId>) -> bool {
        let Some(open) = &self.open else { return false };
        if traces.iter().any(|trace| self.common.contains(trace)) {
            return false;
        }
        found.extend(open.iter());
        for trace in traces {
            let start = self.places.partition_point(|(hash, _)| hash < trace);
            let here = self.places[start..].iter();
            let here = here.take_while(|(hash, _)| hash == trace);
            found.extend(here.map(|(_, id)| id));
        }
        true
    }

    fn weight(&self) -> usize {
        let open = self.open.as_ref().map_or(0, |open| size_of_val(&**open));
        size_of_val(&*self.places) + size_of_val(&*self.common) + open
    }
}

/// An index and the records that have changed since it was made.
#[derive(Clone)]
pub(super) struct Dated {
    index: Arc<Index>,
    /// By id.
    changed: Vec<RecordId>,
}

impl Dated {
    /// With more than these an index is made anew.
    const MOST_CHANGED: usize = 1_000;

    pub(super) fn new(index: Arc<Index>) -> Self {
        Self {
            index,
            changed: Vec::new(),
        }
    }

    /// The index after changes of these records, if it is still worth keeping.
    pub(super) fn after(&self, changes: &[RecordId]) -> Option<Self> {
        let mut changed = self.changed.clone();
        changed.extend(changes);
        changed.sort_unstable();
        changed.dedup();
        (changed.len() <= Self::MOST_CHANGED).then(|| Self {
            index: self.index.clone(),
            changed,
        })
    }

    /// The records that may hold a value with one of these traces, by id; `None` where they are too many.
    pub(super) fn find(&self, traces: &[u32]) -> Option<Vec<RecordId>> {
        let mut found = self.changed.clone();
        self.index.find(traces, &mut found).then_some(found)
    }

    pub(super) fn weight(&self) -> usize {
        self.index.weight() + size_of_val(&*self.changed)
    }
}
