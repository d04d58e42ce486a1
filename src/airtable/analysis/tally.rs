use crate::platform::ids::RecordId;

/// Records named as examples.
const EXAMPLES: usize = 5;

/// How many records something holds for, and some of them.
#[derive(Clone, Debug, Default)]
pub(in crate::airtable) struct Tally {
    pub(super) count: usize,
    pub(super) records: Vec<RecordId>,
}

impl Tally {
    pub(super) fn add(&mut self, record: RecordId) {
        self.count += 1;
        if self.records.len() < EXAMPLES {
            self.records.push(record);
        }
    }
}
