use super::Draft;
use super::fields::free_name;
use super::plan::Plan;
use super::random::Random;
use crate::airtable::transfer::build::{self, Ids, Shape};
use crate::contracts::{FieldSchema, TableSchema};

const NUMBERS: [&str; 5] = ["number", "currency", "percent", "rating", "duration"];

/// Adds the computed fields: formulas, lookups, rollups and counts in turn; without links only formulas.
pub(super) fn add(drafts: &mut [Draft], plan: &Plan, ids: &mut Ids, random: &mut Random) {
    for (table, count) in plan.computed.iter().enumerate() {
        for turn in 0..*count {
            // Most tables have only a few of them.
            let (name, shape) = shape(drafts, table, table + turn, random);
            let fields = &mut drafts[table].schema.fields;
            let name = free_name(fields, name);
            fields.push(build::field(ids.field(), name, shape));
        }
    }
}

fn shape(
    drafts: &[Draft],
    table: usize,
    turn: usize,
    random: &mut Random,
) -> (&'static str, Shape) {
    let Draft { schema, links, .. } = &drafts[table];
    if links.is_empty() || turn.is_multiple_of(4) {
        return ("Formula", formula(schema, random));
    }
    let link = &schema.fields[*random.pick(links.as_slice())];
    let linked = linked(drafts, link);
    match turn % 4 {
        1 => ("Lookup", build::lookup(link.id, linked.primary_field_id)),
        2 => match number_of(linked, random) {
            Some(field) => ("Total", build::rollup(link.id, field.id, "SUM(values)")),
            None => {
                let name = linked.primary_field_id;
                (
                    "Names",
                    build::rollup(link.id, name, "ARRAYJOIN(values, ', ')"),
                )
            }
        },
        _ => ("Count", build::count(link.id)),
    }
}

fn formula(table: &TableSchema, random: &mut Random) -> Shape {
    let name = table.primary_field_id;
    build::formula(&match number_of(table, random) {
        Some(field) => format!("IF({{{0}}} > 100, ROUND({{{0}}} * 1.19, 2), 0)", field.id),
        None => format!("UPPER({{{name}}}) & ' ' & LEN({{{name}}})"),
    })
}

fn number_of<'a>(table: &'a TableSchema, random: &mut Random) -> Option<&'a FieldSchema> {
    let numbers: Vec<_> = table
        .fields
        .iter()
        .filter(|field| NUMBERS.contains(&field.field_type.as_str()))
        .collect();
    (!numbers.is_empty()).then(|| *random.pick(numbers.as_slice()))
}

fn linked<'a>(drafts: &'a [Draft], link: &FieldSchema) -> &'a TableSchema {
    let wanted = link
        .options
        .as_ref()
        .map(|options| &options["linkedTableId"]);
    let mut tables = drafts.iter().map(|draft| &draft.schema);
    let is_wanted = |table: &&TableSchema| wanted.is_some_and(|id| *id == table.id.to_string());
    tables
        .find(is_wanted)
        .expect("a link leads to one of the tables")
}
