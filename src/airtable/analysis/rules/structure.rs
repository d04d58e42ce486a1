use super::Rule;
use crate::airtable::analysis::dependencies::computed_fields;
use crate::airtable::analysis::facts::Facts;
use crate::airtable::analysis::found::Found;
use crate::contracts::{ComputedField, Finding, FindingCategory, FindingSeverity, TableSchema};

pub(super) const RULES: &[Rule] = &[
    empty_table,
    lone_field,
    wide_table,
    invalid_computed,
    circular,
];

/// Fields of a table that still fit on a screen with some scrolling.
const MANY_FIELDS: usize = 60;

fn found(severity: FindingSeverity, code: &'static str) -> Found {
    Found::new(FindingCategory::Structure, severity, code)
}

fn empty_table(facts: &Facts) -> Vec<Finding> {
    let empty = facts.each_table().filter(|(_, facts)| facts.records == 0);
    let finding = |(table, _): (&TableSchema, _)| {
        found(FindingSeverity::Info, "empty_table")
            .table(table)
            .say(
                format!("Table \"{}\" has no records", table.name),
                "Fill it, or delete it if nobody needs it",
            )
    };
    empty.map(finding).collect()
}

fn lone_field(facts: &Facts) -> Vec<Finding> {
    let lone = facts
        .each_table()
        .filter(|(table, facts)| table.fields.len() == 1 && facts.records > 0);
    lone.map(|(table, facts)| {
        found(FindingSeverity::Info, "single_field_table")
            .table(table)
            .fields(&table.fields)
            .number("records", facts.records)
            .say(
                format!("Table \"{}\" has a single field", table.name),
                "Make it a select field of the tables that use it, or add what is known of its records",
            )
    })
    .collect()
}

fn wide_table(facts: &Facts) -> Vec<Finding> {
    let wide = facts
        .each_table()
        .filter(|(table, _)| table.fields.len() > MANY_FIELDS);
    wide.map(|(table, _)| {
        found(FindingSeverity::Warning, "wide_table")
            .table(table)
            .number("fields", table.fields.len())
            .say(
                format!("Table \"{}\" has {} fields", table.name, table.fields.len()),
                "Move fields that belong together into a table of their own and link it",
            )
    })
    .collect()
}

fn invalid_computed(facts: &Facts) -> Vec<Finding> {
    let invalid = computed_fields(facts)
        .into_iter()
        .filter(|field| !field.is_valid);
    let finding = |computed: ComputedField| {
        let table = facts.table(computed.table_id)?;
        let field = table
            .fields
            .iter()
            .find(|field| field.id == computed.field_id)?;
        let said = found(FindingSeverity::Error, "invalid_computed_field")
            .table(table)
            .field(field);
        Some(said.say(
            format!(
                "\"{}\" in \"{}\" cannot be computed",
                field.name, table.name
            ),
            "Correct its formula or choose fields that still exist",
        ))
    };
    invalid.filter_map(finding).collect()
}

fn circular(facts: &Facts) -> Vec<Finding> {
    let endless = computed_fields(facts)
        .into_iter()
        .filter(|field| field.depth.is_none());
    let finding = |computed: ComputedField| {
        let table = facts.table(computed.table_id)?;
        let field = table
            .fields
            .iter()
            .find(|field| field.id == computed.field_id)?;
        let said = found(FindingSeverity::Error, "circular_dependency")
            .table(table)
            .field(field);
        Some(said.say(
            format!(
                "\"{}\" in \"{}\" is computed from itself",
                field.name, table.name
            ),
            "Break the circle: let one of the fields use stored values",
        ))
    };
    endless.filter_map(finding).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::airtable::analysis::testing::{base, codes};

    fn one(fields: Value, records: Value) -> Facts {
        base(&json!([{"name": "T", "fields": fields, "records": records}]))
    }

    #[test]
    fn an_empty_table_is_told_and_a_filled_one_is_not() {
        let fields = json!([["Name", "singleLineText"]]);
        assert_eq!(
            codes(&empty_table(&one(fields.clone(), json!([])))),
            ["empty_table"]
        );
        assert!(empty_table(&one(fields, json!([{"Name": "x"}]))).is_empty());
    }

    #[test]
    fn a_table_of_one_field_is_told() {
        let records = json!([{"Name": "x"}]);
        let lone = one(json!([["Name", "singleLineText"]]), records.clone());
        assert_eq!(codes(&lone_field(&lone)), ["single_field_table"]);
        let two = one(
            json!([["Name", "singleLineText"], ["B", "number"]]),
            records,
        );
        assert!(lone_field(&two).is_empty());
    }

    #[test]
    fn a_table_of_many_fields_is_told() {
        let fields = |count: usize| -> Value {
            (0..count)
                .map(|n| json!([format!("F{n}"), "singleLineText"]))
                .collect()
        };
        let wide = wide_table(&one(fields(MANY_FIELDS + 1), json!([])));
        assert_eq!(codes(&wide), ["wide_table"]);
        assert_eq!(wide[0].evidence.numbers["fields"], 61.0);
        assert!(wide_table(&one(fields(MANY_FIELDS), json!([]))).is_empty());
    }

    #[test]
    fn fields_that_cannot_be_computed_are_told() {
        let fields = json!([
            ["Name", "singleLineText"],
            ["Good", "formula", {"references": ["Name"], "isValid": true}],
            ["Bad", "formula", {"references": [], "isValid": false}],
        ]);
        let told = invalid_computed(&one(fields, json!([])));
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].fields, ["Bad"]);
        assert_eq!(told[0].severity, FindingSeverity::Error);
    }

    #[test]
    fn fields_computed_from_themselves_are_told() {
        let fields = json!([
            ["Name", "singleLineText"],
            ["Egg", "formula", {"references": ["Hen"]}],
            ["Hen", "formula", {"references": ["Egg"]}],
            ["Good", "formula", {"references": ["Name"]}],
        ]);
        assert_eq!(
            codes(&circular(&one(fields, json!([])))),
            ["circular_dependency"; 2]
        );
    }
}
