use std::ops::Bound;
use std::sync::Arc;

use immutable_chunkmap::map::MapM;

use super::row::Row;
use crate::platform::ids::RecordId;

/// The records of a table by ascending id; a clone shares all that the two have in common.
#[derive(Clone, Default)]
pub(in crate::airtable) struct RowMap(MapM<RecordId, Arc<Row>>);

impl RowMap {
    pub(in crate::airtable) fn len(&self) -> usize {
        self.0.len()
    }

    pub(in crate::airtable) fn get(&self, id: &RecordId) -> Option<&Arc<Row>> {
        self.0.get(id)
    }

    pub(in crate::airtable) fn contains(&self, id: &RecordId) -> bool {
        self.get(id).is_some()
    }

    pub(in crate::airtable) fn values(&self) -> impl Iterator<Item = &Arc<Row>> {
        self.0.into_iter().map(|(_, row)| row)
    }

    /// The records after one, or all.
    pub(in crate::airtable) fn after(
        &self,
        last: Option<RecordId>,
    ) -> impl Iterator<Item = &Arc<Row>> {
        let from = last.map_or(Bound::Unbounded, Bound::Excluded);
        self.0
            .range::<RecordId, _>((from, Bound::Unbounded))
            .map(|(_, row)| row)
    }

    pub(super) fn insert(&mut self, id: RecordId, row: Arc<Row>) -> Option<Arc<Row>> {
        self.0.insert_cow(id, row)
    }

    pub(super) fn remove(&mut self, id: &RecordId) -> Option<Arc<Row>> {
        self.0.remove_cow(id)
    }
}

impl FromIterator<Arc<Row>> for RowMap {
    fn from_iter<I: IntoIterator<Item = Arc<Row>>>(rows: I) -> Self {
        let rows = rows.into_iter().map(|row| (row.meta.id, row));
        Self(MapM::new().insert_many(rows))
    }
}
