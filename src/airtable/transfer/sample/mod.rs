//! The sample base: a small agency at work, so that the first look shows what a base is for.

mod data;
mod frame;
mod handler;
mod rows;
mod tables;

use std::collections::HashMap;

use self::frame::Frame;
pub(crate) use self::handler::SampleBase;
use crate::airtable::ImportDocument;
use crate::platform::clock::Millis;
use crate::platform::ids::{BaseId, TableId};

const DAY: Millis = 86_400_000;
const PEOPLE: usize = 0;
const PROJECTS: usize = 1;
const TASKS: usize = 2;
const INVOICES: usize = 3;
const NOTES: usize = 4;

/// The sample base with fresh ids; its dates lie around `now`.
pub(crate) fn document(id: BaseId, now: Millis) -> ImportDocument {
    let frame = Frame::new(now);
    let tables = vec![
        tables::people_table(&frame),
        tables::projects_table(&frame),
        tables::tasks_table(&frame),
        tables::invoices_table(&frame),
        tables::notes_table(&frame),
    ];
    let rows = [
        rows::people(&frame),
        rows::projects(&frame),
        rows::tasks(&frame),
        rows::invoices(&frame),
        rows::notes(&frame),
    ];
    let keys = frame.tables.iter().map(TableId::to_string);
    let records: HashMap<_, _> = keys.zip(rows).collect();
    ImportDocument {
        id: Some(id),
        name: "Studio Lindwurm (sample)".to_owned(),
        tables,
        records,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_is_a_sound_document() {
        let document = document(BaseId::fresh(), 1_760_000_000_000);
        assert_eq!(crate::airtable::transfer::document::check(&document), []);
        let sizes: Vec<usize> = document
            .tables
            .iter()
            .map(|table| document.records[&table.id.to_string()].len())
            .collect();
        assert_eq!(sizes, [8, 12, 40, 15, 10]);
    }
}
