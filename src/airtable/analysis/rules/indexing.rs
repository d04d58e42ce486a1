use super::Rule;
use crate::airtable::analysis::facts::{Facts, TableFacts};
use crate::airtable::analysis::found::Found;
use crate::airtable::analysis::types;
use crate::contracts::{FieldSchema, Finding, FindingCategory, FindingSeverity, TableSchema};

pub(super) const RULES: &[Rule] = &[no_key, better_key];

/// Records below which everything is unique by chance.
const ENOUGH: usize = 20;

fn found(severity: FindingSeverity, code: &'static str) -> Found {
    Found::new(FindingCategory::Indexing, severity, code)
}

/// Tables with records enough whose names do not find exactly one record each.
fn unsure(facts: &Facts) -> impl Iterator<Item = (&TableSchema, &TableFacts)> {
    facts.each_table().filter(|(table, seen)| {
        let primary = table
            .fields
            .iter()
            .position(|field| field.id == table.primary_field_id);
        let is_computed =
            primary.is_some_and(|index| types::is_computed(&table.fields[index].field_type));
        seen.records >= ENOUGH
            && !is_computed
            && primary.is_some_and(|index| !is_key(table, seen, index))
    })
}

fn no_key(facts: &Facts) -> Vec<Finding> {
    let lost = unsure(facts).filter(|(table, seen)| keys(table, seen).next().is_none());
    lost.map(|(table, seen)| {
        found(FindingSeverity::Info, "no_unique_field")
            .table(table)
            .number("records", seen.records)
            .say(
                format!("No field of \"{}\" tells each record from every other", table.name),
                "Add an autonumber or the number that its source gives, so that imports and upserts find records again",
            )
    })
    .collect()
}

fn better_key(facts: &Facts) -> Vec<Finding> {
    let better =
        unsure(facts).filter_map(|(table, seen)| Some((table, seen, keys(table, seen).next()?)));
    better
        .map(|(table, seen, key)| {
            found(FindingSeverity::Info, "unique_field_is_not_primary")
                .table(table)
                .field(key)
                .number("records", seen.records)
                .say(
                    format!("\"{}\" tells each record of \"{}\" from every other; its primary field does not", key.name, table.name),
                    "Merge upserts on this field, or make it part of the name",
                )
        })
        .collect()
}

/// The fields by which each record can be found.
fn keys<'a>(table: &'a TableSchema, seen: &'a TableFacts) -> impl Iterator<Item = &'a FieldSchema> {
    let fields = table.fields.iter().enumerate();
    fields
        .filter(|(index, _)| is_key(table, seen, *index))
        .map(|(_, field)| field)
}

fn is_key(table: &TableSchema, seen: &TableFacts, index: usize) -> bool {
    let (field, cells) = (&table.fields[index], &seen.fields[index]);
    let names = ["singleLineText", "email", "url", "phoneNumber", "number"];
    match field.field_type.as_str() {
        "autoNumber" => true,
        other => {
            names.contains(&other) && cells.filled == seen.records && cells.repeated.count == 0
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::airtable::analysis::testing::{base, codes};

    fn table(code: &str, value: impl Fn(usize) -> Value) -> Facts {
        let record = |n: usize| json!({"Name": format!("n{}", n % 7), "Code": value(n)});
        let records: Vec<Value> = (0..ENOUGH).map(record).collect();
        base(
            &json!([{"name": "T", "fields": [["Name", "singleLineText"], ["Code", code]], "records": records}]),
        )
    }

    #[test]
    fn a_table_whose_records_cannot_be_told_apart_is_told() {
        let facts = table("singleLineText", |n| json!(format!("c{}", n / 2)));
        assert_eq!(codes(&no_key(&facts)), ["no_unique_field"]);
        assert!(better_key(&facts).is_empty());
    }

    #[test]
    fn a_field_that_would_name_records_better_is_told() {
        let facts = table("singleLineText", |n| json!(format!("c{n}")));
        let told = better_key(&facts);
        assert_eq!(
            (codes(&told), &told[0].fields[..]),
            (
                vec!["unique_field_is_not_primary"],
                &["Code".to_owned()][..]
            )
        );
        assert!(no_key(&facts).is_empty());
        let facts = table("autoNumber", |_| Value::Null);
        assert_eq!(codes(&better_key(&facts)), ["unique_field_is_not_primary"]);
    }

    #[test]
    fn a_primary_field_that_tells_records_apart_is_enough() {
        let records: Vec<Value> = (0..ENOUGH)
            .map(|n| json!({"Name": format!("n{n}")}))
            .collect();
        let facts = base(
            &json!([{"name": "T", "fields": [["Name", "singleLineText"]], "records": records}]),
        );
        assert!(no_key(&facts).is_empty() && better_key(&facts).is_empty());
    }
}
