use std::collections::{BTreeMap, HashMap};

use super::Rule;
use crate::airtable::analysis::facts::{Facts, TableFacts};
use crate::airtable::analysis::found::Found;
use crate::contracts::{FieldSchema, Finding, FindingCategory, FindingSeverity, TableSchema};

pub(super) const RULES: &[Rule] = &[repeating_fields, lists_in_text, repeated_details];

/// Numbered fields of one kind from which on they are a list.
const MANY_NUMBERED: usize = 3;
/// Records below which values say little about a field.
const ENOUGH: usize = 10;
/// Records below which it may be chance that fields agree.
const ENOUGH_TO_DEPEND: usize = 20;
/// How often a value must stand there on average to be about a thing of its own.
const OFTEN: usize = 3;

fn found(code: &'static str) -> Found {
    Found::new(
        FindingCategory::Normalization,
        FindingSeverity::Warning,
        code,
    )
}

fn repeating_fields(facts: &Facts) -> Vec<Finding> {
    facts.schema.tables.iter().flat_map(numbered).collect()
}

fn numbered(table: &TableSchema) -> Vec<Finding> {
    let mut groups: BTreeMap<(String, &str), Vec<&FieldSchema>> = BTreeMap::new();
    for field in &table.fields {
        let stem = field
            .name
            .trim_end_matches(|letter: char| letter.is_ascii_digit());
        if stem.len() < field.name.len() && !stem.trim().is_empty() {
            let stem = stem
                .trim_end_matches([' ', '_', '-', '#', '.'])
                .to_lowercase();
            groups
                .entry((stem, &field.field_type))
                .or_default()
                .push(field);
        }
    }
    let many = groups
        .into_values()
        .filter(|group| group.len() >= MANY_NUMBERED);
    many.map(|group| {
        found("repeating_fields")
            .table(table)
            .number("fields", group.len())
            .fields(group.iter().copied())
            .say(
                format!("Table \"{}\" keeps a list in {} numbered fields", table.name, group.len()),
                "Put each entry into a record of its own table and link it, or use one field that holds several values",
            )
    })
    .collect()
}

fn lists_in_text(facts: &Facts) -> Vec<Finding> {
    let lists = facts
        .each_field()
        .filter(|(_, _, _, found)| found.filled >= ENOUGH && found.lists.count * 2 >= found.filled);
    lists
        .map(|(table, _, field, seen)| {
            found("list_in_text")
                .table(table)
                .field(field)
                .number("filled", seen.filled)
                .tally("lists", &seen.lists)
                .say(
                    format!(
                        "\"{}\" in \"{}\" holds several values in one text",
                        field.name, table.name
                    ),
                    "Use a multiple select, or link records of a table of these values",
                )
        })
        .collect()
}

fn repeated_details(facts: &Facts) -> Vec<Finding> {
    let tables = facts
        .each_table()
        .filter(|(_, facts)| facts.records >= ENOUGH_TO_DEPEND);
    tables
        .filter_map(|(table, facts)| details(table, facts))
        .collect()
}

fn details(table: &TableSchema, facts: &TableFacts) -> Option<Finding> {
    let (key, details) = best_key(table, facts)?;
    let (field, seen) = (&table.fields[key], &facts.fields[key]);
    let count = details.len();
    let said = found("repeated_details")
        .table(table)
        .field(field)
        .fields(details.iter().map(|index| &table.fields[*index]))
        .number("records", seen.filled)
        .number("values", seen.distinct.unwrap_or(0))
        .tally("repeated", &seen.repeated);
    let (table, name) = (&table.name, &field.name);
    Some(said.say(
        format!("In \"{table}\" {count} other fields say the same wherever \"{name}\" is the same"),
        format!("Make a table of what \"{name}\" names, with these fields, and link its records"),
    ))
}

/// The field of which the most others are mere details, two at least: the same wherever its value is the same.
fn best_key(table: &TableSchema, facts: &TableFacts) -> Option<(usize, Vec<usize>)> {
    let mut columns: Vec<usize> = facts.columns.keys().copied().collect();
    columns.sort_unstable();
    let mut best: Option<(usize, Vec<usize>)> = None;
    for key in columns.iter().copied() {
        let field = &facts.fields[key];
        let distinct = field.distinct.unwrap_or(0);
        let is_thing = table.fields[key].field_type != "number"
            && field.filled >= ENOUGH_TO_DEPEND
            && distinct * OFTEN <= field.filled;
        if !is_thing {
            continue;
        }
        let depends = |other: &usize| {
            let values = facts.fields[*other].distinct.unwrap_or(0);
            let is_fine = values <= distinct && values * 2 > distinct;
            *other != key && is_fine && follows(facts, key, *other)
        };
        let details: Vec<usize> = columns.iter().copied().filter(depends).collect();
        if details.len() > best.as_ref().map_or(1, |(_, known)| known.len()) {
            best = Some((key, details));
        }
    }
    best
}

/// Whether each value of one column always comes with the same value of another.
fn follows(facts: &TableFacts, key: usize, other: usize) -> bool {
    let mut known: HashMap<u64, Option<u64>> = HashMap::new();
    let pairs = facts.columns[&key].iter().zip(&facts.columns[&other]);
    let mut pairs = pairs.filter_map(|(key, other)| Some(((*key)?, *other)));
    pairs.all(|(key, other)| *known.entry(key).or_insert(other) == other)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::airtable::analysis::testing::{base, codes};

    fn one(fields: Value, records: Vec<Value>) -> Facts {
        base(&json!([{"name": "T", "fields": fields, "records": records}]))
    }

    #[test]
    fn numbered_fields_of_one_type_are_a_list() {
        let facts = one(
            json!([
                ["Name", "singleLineText"],
                ["Phone 1", "phoneNumber"],
                ["Phone 2", "phoneNumber"],
                ["Phone 3", "phoneNumber"]
            ]),
            vec![],
        );
        let told = repeating_fields(&facts);
        assert_eq!(told[0].fields, ["Phone 1", "Phone 2", "Phone 3"]);
        let facts = one(
            json!([
                ["Name", "singleLineText"],
                ["Q1", "number"],
                ["Q2", "number"],
                ["Q3", "date"],
                ["2024", "number"]
            ]),
            vec![],
        );
        assert!(repeating_fields(&facts).is_empty());
    }

    #[test]
    fn texts_that_hold_several_values_are_told() {
        let fields = json!([["Name", "singleLineText"], ["Colours", "singleLineText"]]);
        let lists = vec![json!({"Colours": "red, green"}); 10];
        let told = lists_in_text(&one(fields.clone(), lists));
        assert_eq!(codes(&told), ["list_in_text"]);
        assert_eq!(told[0].evidence.numbers["lists"], 10.0);
        assert_eq!(told[0].evidence.record_ids.len(), 5);
        let plain = vec![json!({"Colours": "red"}); 10];
        assert!(lists_in_text(&one(fields, plain)).is_empty());
    }

    #[test]
    fn details_of_another_thing_are_told() {
        let fields = json!([
            ["No", "singleLineText"],
            ["Customer", "singleLineText"],
            ["City", "singleLineText"],
            ["Zip", "singleLineText"]
        ]);
        let order = |number: usize, city: usize| {
            let customer = number % 6;
            json!({"No": format!("{number}"), "Customer": format!("c{customer}"), "City": format!("city {city}"), "Zip": format!("z{city}")})
        };
        let orders = (0..24).map(|number| order(number, number % 6)).collect();
        let told = repeated_details(&one(fields.clone(), orders));
        assert_eq!(codes(&told), ["repeated_details"]);
        assert_eq!(told[0].fields, ["Customer", "City", "Zip"]);
        // Where customers order to several cities, the city is no detail of theirs.
        let orders = (0..24).map(|number| order(number, number / 4)).collect();
        let told = repeated_details(&one(fields, orders));
        assert!(told.is_empty(), "{told:?}");
    }
}
