use super::Rule;
use crate::airtable::analysis::facts::{Facts, FieldFacts};
use crate::airtable::analysis::found::Found;
use crate::airtable::analysis::tally::Tally;
use crate::airtable::analysis::types;
use crate::contracts::{FieldSchema, Finding, FindingCategory, FindingSeverity, TableSchema};

pub(super) const RULES: &[Rule] = &[
    unnamed,
    duplicates,
    unfilled,
    respelled,
    outer_spaces,
    malformed,
];

/// Records below which it may be chance that a field is empty.
const ENOUGH: usize = 10;
/// A field is sparse when fewer than one in so many records have it.
const SPARSE: usize = 10;

fn found(severity: FindingSeverity, code: &'static str) -> Found {
    Found::new(FindingCategory::DataQuality, severity, code)
}

fn unnamed(facts: &Facts) -> Vec<Finding> {
    let unnamed = facts
        .each_field()
        .filter(|(table, _, field, seen)| is_stored_primary(table, field) && seen.empty.count > 0);
    unnamed
        .map(|(table, facts, field, seen)| {
            found(FindingSeverity::Warning, "empty_primary_field")
                .table(table)
                .field(field)
                .number("records", facts.records)
                .tally("empty", &seen.empty)
                .say(
                    format!(
                        "{} records of \"{}\" have no name",
                        seen.empty.count, table.name
                    ),
                    "Name them, or delete them if they are left over",
                )
        })
        .collect()
}

fn duplicates(facts: &Facts) -> Vec<Finding> {
    let doubled = facts.each_field().filter(|(table, _, field, seen)| {
        is_stored_primary(table, field) && seen.repeated.count > 0
    });
    doubled
        .map(|(table, facts, field, seen)| {
            found(FindingSeverity::Warning, "duplicate_primary_values")
                .table(table)
                .field(field)
                .number("records", facts.records)
                .tally("repeated", &seen.repeated)
                .say(
                    format!(
                        "{} records of \"{}\" have the name of another",
                        seen.repeated.count, table.name
                    ),
                    "Merge those that are the same thing, and tell the others apart in their names",
                )
        })
        .collect()
}

/// Fields that are never filled, or hardly ever; an empty check box says something, too.
fn unfilled(facts: &Facts) -> Vec<Finding> {
    let empty = facts.each_field().filter(|(table, facts, field, seen)| {
        let is_open = !types::is_computed(&field.field_type) && field.field_type != "checkbox";
        let is_other = field.id != table.primary_field_id;
        is_open && is_other && facts.records >= ENOUGH && seen.filled * SPARSE < facts.records
    });
    empty
        .map(|(table, facts, field, seen)| {
            let (severity, code, what) = match seen.filled {
                0 => (FindingSeverity::Warning, "empty_field", "is never filled"),
                _ => (
                    FindingSeverity::Info,
                    "sparse_field",
                    "is hardly ever filled",
                ),
            };
            found(severity, code)
                .table(table)
                .field(field)
                .number("records", facts.records)
                .number("filled", seen.filled)
                .say(
                    format!("\"{}\" in \"{}\" {what}", field.name, table.name),
                    "Fill it, hide it, or do without it",
                )
        })
        .collect()
}

fn respelled(facts: &Facts) -> Vec<Finding> {
    let say = |name: &str, table: &str| {
        format!("\"{name}\" in \"{table}\" spells the same value in several ways")
    };
    let of = |field: &FieldSchema| field.field_type == "singleLineText";
    tallied(
        facts,
        "spelling_variants",
        of,
        |seen| &seen.respelled,
        say,
        "Settle on one spelling; a select field keeps it",
    )
}

fn outer_spaces(facts: &Facts) -> Vec<Finding> {
    let say = |name: &str, table: &str| {
        format!("Values of \"{name}\" in \"{table}\" begin or end with spaces")
    };
    tallied(
        facts,
        "outer_spaces",
        |_| true,
        |seen| &seen.spaced,
        say,
        "Take the spaces away; formulas and filters count them",
    )
}

fn malformed(facts: &Facts) -> Vec<Finding> {
    let mail = |name: &str, table: &str| {
        format!("\"{name}\" in \"{table}\" holds what is no e-mail address")
    };
    let page = |name: &str, table: &str| {
        format!("\"{name}\" in \"{table}\" holds what is no address of a page")
    };
    let mut found = tallied(
        facts,
        "invalid_email",
        |_| true,
        |seen| &seen.no_email,
        mail,
        "Correct the addresses named",
    );
    found.extend(tallied(
        facts,
        "invalid_url",
        |_| true,
        |seen| &seen.no_url,
        page,
        "Correct the addresses named; whole ones begin with https://",
    ));
    found
}

/// A finding for each of these fields that has such records.
fn tallied(
    facts: &Facts,
    code: &'static str,
    of: impl Fn(&FieldSchema) -> bool,
    tally: impl Fn(&FieldFacts) -> &Tally,
    say: impl Fn(&str, &str) -> String,
    suggestion: &str,
) -> Vec<Finding> {
    let fields = facts
        .each_field()
        .filter(|(_, _, field, seen)| of(field) && tally(seen).count > 0);
    fields
        .map(|(table, _, field, seen)| {
            found(FindingSeverity::Warning, code)
                .table(table)
                .field(field)
                .number("filled", seen.filled)
                .tally("records", tally(seen))
                .say(say(&field.name, &table.name), suggestion)
        })
        .collect()
}

fn is_stored_primary(table: &TableSchema, field: &FieldSchema) -> bool {
    field.id == table.primary_field_id && !types::is_computed(&field.field_type)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::airtable::analysis::testing::{base, codes};

    fn table(field_type: &str, values: &[&str]) -> Facts {
        let records: Vec<Value> = values
            .iter()
            .enumerate()
            .map(|(n, value)| json!({"Name": format!("r{n}"), "F": value}))
            .collect();
        base(
            &json!([{"name": "T", "fields": [["Name", "singleLineText"], ["F", field_type]], "records": records}]),
        )
    }

    fn names(values: &[&str]) -> Facts {
        let records: Vec<Value> = values.iter().map(|value| json!({"Name": value})).collect();
        base(&json!([{"name": "T", "fields": [["Name", "singleLineText"]], "records": records}]))
    }

    #[test]
    fn records_without_a_name_or_with_that_of_another_are_told() {
        let facts = names(&["a", "", "A "]);
        let told = unnamed(&facts);
        assert_eq!(
            (codes(&told), told[0].evidence.record_ids.len()),
            (vec!["empty_primary_field"], 1)
        );
        let told = duplicates(&facts);
        assert_eq!(codes(&told), ["duplicate_primary_values"]);
        assert_eq!(told[0].evidence.numbers["repeated"], 1.0);
        let facts = names(&["a", "b"]);
        assert!(unnamed(&facts).is_empty() && duplicates(&facts).is_empty());
    }

    #[test]
    fn fields_that_are_hardly_filled_are_told() {
        let mut values = [""; 21];
        assert_eq!(
            codes(&unfilled(&table("multilineText", &values))),
            ["empty_field"]
        );
        values[0] = "x";
        assert_eq!(
            codes(&unfilled(&table("multilineText", &values))),
            ["sparse_field"]
        );
        (values[1], values[2]) = ("y", "z");
        assert!(unfilled(&table("multilineText", &values)).is_empty());
        assert!(unfilled(&table("checkbox", &[""; 21])).is_empty());
        assert!(unfilled(&table("formula", &[""; 21])).is_empty());
    }

    #[test]
    fn values_spelled_in_several_ways_are_told() {
        let told = respelled(&table(
            "singleLineText",
            &["Berlin", "berlin", "BERLIN ", "Bonn"],
        ));
        assert_eq!(
            (codes(&told), told[0].evidence.numbers["records"]),
            (vec!["spelling_variants"], 2.0)
        );
        assert!(respelled(&table("singleLineText", &["Berlin", "Berlin", "Bonn"])).is_empty());
    }

    #[test]
    fn spaces_around_values_are_told() {
        assert_eq!(
            codes(&outer_spaces(&table("singleLineText", &[" a"]))),
            ["outer_spaces"]
        );
        assert!(outer_spaces(&table("singleLineText", &["a b"])).is_empty());
        assert!(outer_spaces(&table("multilineText", &["a\n"])).is_empty());
    }

    #[test]
    fn addresses_that_are_none_are_told() {
        assert_eq!(
            codes(&malformed(&table("email", &["ada@example.org", "ada"]))),
            ["invalid_email"]
        );
        assert_eq!(
            codes(&malformed(&table("url", &["https://example.org", "ada"]))),
            ["invalid_url"]
        );
        assert!(malformed(&table("email", &["ada@example.org"])).is_empty());
        assert!(malformed(&table("url", &["https://example.org", "ftp://example.org"])).is_empty());
    }
}
