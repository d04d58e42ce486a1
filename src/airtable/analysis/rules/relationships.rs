use std::collections::HashSet;

use super::Rule;
use crate::airtable::analysis::facts::{Facts, FieldFacts, TableFacts};
use crate::airtable::analysis::found::Found;
use crate::airtable::analysis::options::{inverse, linked_table, prefers_single};
use crate::airtable::analysis::types;
use crate::contracts::{FieldSchema, Finding, FindingCategory, FindingSeverity, TableSchema};
use crate::platform::ids::TableId;

pub(super) const RULES: &[Rule] = &[
    broken_link,
    isolated_table,
    text_instead_of_link,
    one_way_link,
    single_links,
];

/// Records below which values say little about a field.
const ENOUGH: usize = 10;
/// Records below which it may be chance that each links to one.
const ENOUGH_LINKS: usize = 20;
/// Different values from which on it is no chance that they name records.
const ENOUGH_NAMES: usize = 3;

fn found(severity: FindingSeverity, code: &'static str) -> Found {
    Found::new(FindingCategory::Relationships, severity, code)
}

fn broken_link(facts: &Facts) -> Vec<Finding> {
    let broken = facts.link_fields().filter(|(_, field)| {
        let to = linked_table(field).and_then(|id| facts.table(id));
        let lost = |to: &TableSchema| {
            inverse(field).is_some_and(|twin| to.fields.iter().all(|field| field.id != twin))
        };
        to.is_none_or(lost)
    });
    broken
        .map(|(table, field)| {
            found(FindingSeverity::Error, "broken_link")
                .table(table)
                .field(field)
                .say(
                    format!(
                        "\"{}\" in \"{}\" links to what is not in this base",
                        field.name, table.name
                    ),
                    "Make the link anew, or bring the missing table over as well",
                )
        })
        .collect()
}

fn isolated_table(facts: &Facts) -> Vec<Finding> {
    if facts.schema.tables.len() < 2 {
        return Vec::new();
    }
    let mut linked: HashSet<TableId> = HashSet::new();
    for (table, field) in facts.link_fields() {
        linked.insert(table.id);
        linked.extend(linked_table(field));
    }
    let alone = facts
        .each_table()
        .filter(|(table, _)| !linked.contains(&table.id));
    alone
        .map(|(table, seen)| {
            found(FindingSeverity::Info, "isolated_table")
                .table(table)
                .number("records", seen.records)
                .say(
                    format!("Table \"{}\" has no link to any other", table.name),
                    "Link it to the tables whose records it is about, or leave it if it stands for itself",
                )
        })
        .collect()
}

/// Texts that are nearly all names of records of another table.
fn text_instead_of_link(facts: &Facts) -> Vec<Finding> {
    let texts = facts.each_field().filter(|(table, _, field, seen)| {
        field.field_type == "singleLineText"
            && field.id != table.primary_field_id
            && seen.filled >= ENOUGH
            && seen.values.len() >= ENOUGH_NAMES
    });
    texts
        .filter_map(|(table, _, field, seen)| {
            let (other, matching) = named_table(facts, table, seen)?;
            Some(
                found(FindingSeverity::Warning, "text_instead_of_link")
                    .table(table)
                    .field(field)
                    .number("filled", seen.filled)
                    .number("matching", matching)
                    .say(
                        format!(
                            "\"{}\" in \"{}\" names records of \"{}\" as text",
                            field.name, table.name, other.name
                        ),
                        format!(
                            "Make it a link to \"{}\", so that a renamed record keeps its place",
                            other.name
                        ),
                    ),
            )
        })
        .collect()
}

/// The other table that a text field names the records of, and how many records do so.
fn named_table<'a>(
    facts: &'a Facts,
    own: &TableSchema,
    seen: &FieldFacts,
) -> Option<(&'a TableSchema, usize)> {
    let others = facts.each_table().filter(|(table, _)| table.id != own.id);
    others.into_iter().find_map(|(table, facts)| {
        let primary = primary(table, facts)?;
        let known = seen
            .values
            .iter()
            .filter(|(key, _)| primary.values.contains_key(key));
        let matching = known.map(|(_, count)| count).sum();
        (matching * 10 >= seen.filled * 9).then_some((table, matching))
    })
}

fn primary<'a>(table: &TableSchema, facts: &'a TableFacts) -> Option<&'a FieldFacts> {
    let mut fields = table.fields.iter().zip(&facts.fields);
    let (field, seen) = fields.find(|(field, _)| field.id == table.primary_field_id)?;
    types::is_text(&field.field_type).then_some(seen)
}

fn one_way_link(facts: &Facts) -> Vec<Finding> {
    let one_way = facts.link_fields().filter(|(table, field)| {
        inverse(field).is_none()
            && linked_table(field).is_some_and(|to| to != table.id && facts.table(to).is_some())
    });
    one_way
        .map(|(table, field)| {
            found(FindingSeverity::Info, "one_way_link")
                .table(table)
                .field(field)
                .say(
                    format!(
                        "\"{}\" in \"{}\" cannot be seen from the linked table",
                        field.name, table.name
                    ),
                    "Make the link anew to get its other side, if anybody looks from there",
                )
        })
        .collect()
}

fn single_links(facts: &Facts) -> Vec<Finding> {
    let single = facts.each_field().filter(|(_, _, field, seen)| {
        is_open_link(field) && seen.filled >= ENOUGH_LINKS && seen.most_links == 1
    });
    single
        .map(|(table, _, field, seen)| {
            found(FindingSeverity::Info, "always_single_link")
                .table(table)
                .field(field)
                .number("filled", seen.filled)
                .number("most_links", seen.most_links)
                .say(
                    format!(
                        "\"{}\" in \"{}\" links to several records but never does",
                        field.name, table.name
                    ),
                    "Let it ask for a single record, if more would be a mistake",
                )
        })
        .collect()
}

fn is_open_link(field: &FieldSchema) -> bool {
    field.field_type == "multipleRecordLinks" && !prefers_single(field)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::airtable::analysis::testing::{base, codes};

    fn shop(field: Value, orders: Vec<Value>) -> Facts {
        let people: Vec<Value> = (0..5)
            .map(|n| json!({"Name": format!("Person {n}")}))
            .collect();
        base(&json!([
            {"name": "Orders", "fields": [["No", "singleLineText"], field], "records": orders},
            {"name": "People", "fields": [["Name", "singleLineText"]], "records": people},
        ]))
    }

    #[test]
    fn a_link_to_nowhere_is_told() {
        let nowhere =
            json!(["Customer", "multipleRecordLinks", {"linkedTableId": "tbl00000000000nope"}]);
        assert_eq!(codes(&broken_link(&shop(nowhere, vec![]))), ["broken_link"]);
        let there = json!(["Customer", "multipleRecordLinks", {"linkedTable": "People"}]);
        assert!(broken_link(&shop(there, vec![])).is_empty());
    }

    #[test]
    fn tables_without_links_are_told_unless_there_is_only_one() {
        let linked = json!(["Customer", "multipleRecordLinks", {"linkedTable": "People"}]);
        assert!(isolated_table(&shop(linked, vec![])).is_empty());
        let alone = shop(json!(["Customer", "singleLineText"]), vec![]);
        assert_eq!(codes(&isolated_table(&alone)), ["isolated_table"; 2]);
        let only = base(&json!([{"name": "T", "fields": [["Name", "singleLineText"]]}]));
        assert!(isolated_table(&only).is_empty());
    }

    #[test]
    fn names_of_records_as_text_are_told() {
        let field = json!(["Customer", "singleLineText"]);
        let order = |n: usize| json!({"Customer": format!(" person {}", n % 5)});
        let mut orders: Vec<Value> = (0..18).map(order).collect();
        let told = text_instead_of_link(&shop(field.clone(), orders.clone()));
        assert_eq!(codes(&told), ["text_instead_of_link"]);
        assert!(told[0].message.contains("\"People\""));
        orders.extend([
            json!({"Customer": "a"}),
            json!({"Customer": "b"}),
            json!({"Customer": "c"}),
        ]);
        assert!(text_instead_of_link(&shop(field, orders)).is_empty());
    }

    #[test]
    fn links_that_the_other_side_does_not_see_are_told() {
        let one_way = json!(["Customer", "multipleRecordLinks", {"linkedTable": "People"}]);
        assert_eq!(
            codes(&one_way_link(&shop(one_way, vec![]))),
            ["one_way_link"]
        );
        let own = json!(["Next", "multipleRecordLinks", {"linkedTable": "Orders"}]);
        assert!(one_way_link(&shop(own, vec![])).is_empty());
    }

    #[test]
    fn links_that_are_always_single_are_told() {
        let field = |single: bool| json!(["Customer", "multipleRecordLinks", {"linkedTable": "People", "prefersSingleRecordLink": single}]);
        let mut orders: Vec<Value> = (0..20).map(|n| json!({"Customer": [n % 5]})).collect();
        let told = single_links(&shop(field(false), orders.clone()));
        assert_eq!(codes(&told), ["always_single_link"]);
        assert!(single_links(&shop(field(true), orders.clone())).is_empty());
        orders.push(json!({"Customer": [0, 1]}));
        assert!(single_links(&shop(field(false), orders)).is_empty());
    }
}
