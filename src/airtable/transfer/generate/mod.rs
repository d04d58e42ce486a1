//! Large deterministic bases of the size that real users have.

mod computed;
mod fields;
mod plan;
mod random;
mod values;
mod words;

use std::collections::HashMap;

use self::plan::Plan;
use self::random::Random;
use super::build::{self, Ids};
use crate::airtable::{ImportDocument, ImportRecord};
use crate::contracts::TableSchema;
use crate::platform::clock::rfc3339;
use crate::platform::ids::{BaseId, RecordId};

/// 2024-01-01T00:00:00Z; a generated base must not depend on the day it is made.
const EPOCH: i64 = 1_704_067_200_000;
/// Ids of one seed stay clear of those of another.
const ID_BITS: u32 = 27;

/// The size of a base to be generated.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Tables.
    pub tables: usize,
    /// Fields in all tables, links, computed and primary fields included.
    pub fields: usize,
    /// Link fields, both sides counted.
    pub links: usize,
    /// Computed fields: formulas, lookups, rollups and counts.
    pub computed: usize,
    /// Records in all tables.
    pub records: usize,
    /// The same seed makes the same document.
    pub seed: u64,
}

/// The base of a size; a sentence where there can be no such base.
pub(crate) fn document(size: Size) -> Result<ImportDocument, String> {
    let mut random = Random::new(size.seed);
    let prefix = u128::from(random.next() >> 8) << ID_BITS;
    let mut ids = Ids::Counter(prefix);
    let plan = Plan::of(size, &mut random)?;
    let mut drafts = fields::drafts(&plan, &mut ids, &mut random);
    computed::add(&mut drafts, &plan, &mut ids, &mut random);
    let record_ids: Vec<Vec<RecordId>> = plan
        .records
        .iter()
        .map(|count| (0..*count).map(|_| ids.record()).collect())
        .collect();
    let links = values::links(&plan, &record_ids, &mut random);
    let mut tables = Vec::with_capacity(drafts.len());
    let mut records = HashMap::with_capacity(drafts.len());
    for (index, draft) in drafts.into_iter().enumerate() {
        let rows = rows(&draft, &record_ids[index], &links[index], &mut random);
        records.insert(draft.schema.id.to_string(), rows);
        tables.push(draft.schema);
    }
    let name = format!("Generated {}", size.seed);
    Ok(ImportDocument {
        id: Some(BaseId::from_number(prefix)),
        name,
        tables,
        records,
    })
}

/// A table and what its plain fields hold.
struct Draft {
    schema: TableSchema,
    /// One a plain field, by its place in the schema.
    fills: Vec<(usize, values::Fill)>,
    /// Places of link fields, in the order of the plan's links of this table.
    links: Vec<usize>,
}

fn rows(
    draft: &Draft,
    ids: &[RecordId],
    links: &[values::Links],
    random: &mut Random,
) -> Vec<ImportRecord> {
    let name = |place: usize| draft.schema.fields[place].name.clone();
    let mut rows = Vec::with_capacity(ids.len());
    for (number, id) in ids.iter().enumerate() {
        let plain = draft
            .fills
            .iter()
            .map(|(place, fill)| (name(*place), fill.value(number, random)));
        let mut cells: Vec<_> = plain.collect();
        for (place, links) in draft.links.iter().zip(links) {
            cells.push((name(*place), links.value(number)));
        }
        let created = rfc3339(EPOCH + number as i64 * 1000);
        rows.push(build::record(*id, &created, cells));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::airtable::transfer::document as form;

    const SIZE: Size = Size {
        tables: 34,
        fields: 539,
        links: 88,
        computed: 80,
        records: 1000,
        seed: 7,
    };

    fn bytes(size: Size) -> Vec<u8> {
        let mut out = Vec::new();
        let document = document(size).expect("the size is possible");
        form::write(&document, &mut out).expect("a vector takes everything");
        out
    }

    #[test]
    fn the_numbers_are_exact_and_the_document_is_sound() {
        let document = document(SIZE).expect("the size is possible");
        let fields: Vec<_> = document
            .tables
            .iter()
            .flat_map(|table| &table.fields)
            .collect();
        let of_type = |name: &str| {
            let fields = fields.iter();
            fields.filter(|field| field.field_type == name).count()
        };
        let links = of_type("multipleRecordLinks");
        let records: usize = document.records.values().map(Vec::len).sum();
        assert_eq!(
            (document.tables.len(), fields.len(), links, records),
            (34, 539, 88, 1000)
        );
        let computed = ["formula", "multipleLookupValues", "rollup", "count"].map(of_type);
        assert_eq!(computed.iter().sum::<usize>(), 80);
        assert!(computed.iter().all(|count| *count > 5), "{computed:?}");
        assert_eq!(form::check(&document), []);
    }

    #[test]
    fn the_same_seed_makes_the_same_document_and_another_does_not() {
        assert!(bytes(SIZE) == bytes(SIZE));
        assert!(bytes(SIZE) != bytes(Size { seed: 8, ..SIZE }));
    }

    #[test]
    fn odd_and_small_sizes_work_and_impossible_ones_are_refused() {
        for (tables, fields, links, computed) in [
            (1, 1, 0, 0),
            (1, 4, 3, 0),
            (1, 6, 0, 5),
            (2, 9, 5, 0),
            (2, 9, 2, 5),
            (3, 3, 0, 0),
        ] {
            let size = Size {
                tables,
                fields,
                links,
                computed,
                records: 20,
                seed: 1,
            };
            let document = document(size).expect("the size is possible");
            let made: usize = document.tables.iter().map(|table| table.fields.len()).sum();
            assert_eq!(made, fields);
        }
        for (tables, fields, links, computed) in
            [(0, 0, 0, 0), (2, 1, 0, 0), (2, 4, 3, 0), (2, 4, 1, 2)]
        {
            assert!(
                document(Size {
                    tables,
                    fields,
                    links,
                    computed,
                    records: 1,
                    seed: 1
                })
                .is_err()
            );
        }
    }
}
