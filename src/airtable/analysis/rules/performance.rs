use super::Rule;
use crate::airtable::analysis::dependencies::computed_fields;
use crate::airtable::analysis::facts::Facts;
use crate::airtable::analysis::found::Found;
use crate::airtable::analysis::types;
use crate::contracts::{ComputedField, Finding, FindingCategory, FindingSeverity};

pub(super) const RULES: &[Rule] = &[
    large_table,
    many_computed,
    deep_computed,
    crowded_links,
    long_texts,
];

/// Records that Airtable keeps in a base of its team plan.
const MANY_RECORDS: usize = 50_000;
/// Computed cells from which on a write to a table takes its time.
const MANY_COMPUTED_CELLS: usize = 500_000;
/// Computed fields that may stand one upon another.
const DEEP: usize = 5;
/// Links of one record that a client still shows.
const MANY_LINKS: usize = 1000;
/// Bytes of a text from which on a list of records grows heavy.
const LONG: usize = 50_000;

fn found(severity: FindingSeverity, code: &'static str) -> Found {
    Found::new(FindingCategory::Performance, severity, code)
}

fn large_table(facts: &Facts) -> Vec<Finding> {
    let large = facts
        .each_table()
        .filter(|(_, seen)| seen.records >= MANY_RECORDS);
    large
        .map(|(table, seen)| {
            found(FindingSeverity::Warning, "large_table")
                .table(table)
                .number("records", seen.records)
                .say(
                    format!("Table \"{}\" has {} records", table.name, seen.records),
                    "Move what is done with into an archive, and let clients ask for the fields and records they need",
                )
        })
        .collect()
}

fn many_computed(facts: &Facts) -> Vec<Finding> {
    let heavy = facts.each_table().filter_map(|(table, seen)| {
        let computed = table
            .fields
            .iter()
            .filter(|field| types::is_derived(&field.field_type));
        let computed = computed.count();
        (computed * seen.records >= MANY_COMPUTED_CELLS).then_some((table, seen, computed))
    });
    heavy
        .map(|(table, seen, computed)| {
            found(FindingSeverity::Warning, "many_computed_cells")
                .table(table)
                .number("records", seen.records)
                .number("computed_fields", computed)
                .say(
                    format!("Table \"{}\" computes {computed} fields in each of {} records", table.name, seen.records),
                    "Take out computed fields that nobody reads, or store what does not change any more",
                )
        })
        .collect()
}

fn deep_computed(facts: &Facts) -> Vec<Finding> {
    let deepest = |computed: Vec<ComputedField>| {
        let deep = computed
            .into_iter()
            .filter(|field| field.depth.is_some_and(|depth| depth > DEEP));
        deep.max_by_key(|field| field.depth)
    };
    let finding = |computed: ComputedField| {
        let table = facts.table(computed.table_id)?;
        let field = table
            .fields
            .iter()
            .find(|field| field.id == computed.field_id)?;
        let depth = computed.depth?;
        let said = found(FindingSeverity::Info, "deep_dependencies")
            .table(table)
            .field(field);
        Some(said.number("depth", depth).say(
            format!(
                "\"{}\" in \"{}\" stands upon {} further computed fields",
                field.name,
                table.name,
                depth - 1
            ),
            "Compute it from stored fields where that can be said in one formula",
        ))
    };
    deepest(computed_fields(facts))
        .and_then(finding)
        .into_iter()
        .collect()
}

fn crowded_links(facts: &Facts) -> Vec<Finding> {
    let crowded = facts
        .each_field()
        .filter(|(_, _, _, seen)| seen.most_links >= MANY_LINKS);
    crowded
        .map(|(table, _, field, seen)| {
            found(FindingSeverity::Warning, "crowded_links")
                .table(table)
                .field(field)
                .number("most_links", seen.most_links)
                .record(seen.widest)
                .say(
                    format!(
                        "A record links to {} others in \"{}\" of \"{}\"",
                        seen.most_links, field.name, table.name
                    ),
                    "Put a table between the two, such as one for each month or group",
                )
        })
        .collect()
}

fn long_texts(facts: &Facts) -> Vec<Finding> {
    let long = facts
        .each_field()
        .filter(|(_, _, _, seen)| seen.longest >= LONG);
    long.map(|(table, _, field, seen)| {
        found(FindingSeverity::Info, "long_texts")
            .table(table)
            .field(field)
            .number("longest_bytes", seen.longest)
            .say(
                format!(
                    "\"{}\" in \"{}\" holds very long texts",
                    field.name, table.name
                ),
                "Keep documents as attachments, and leave the field out of lists",
            )
    })
    .collect()
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
    fn large_tables_and_many_computed_cells_are_told() {
        let formula = json!({"references": ["Name"]});
        let fields = json!([
            ["Name", "singleLineText"],
            ["A", "formula", formula],
            ["B", "formula", formula]
        ]);
        let mut facts = one(fields, vec![json!({"Name": "x"})]);
        assert!(large_table(&facts).is_empty() && many_computed(&facts).is_empty());
        facts.tables[0].records = 49_999;
        assert!(large_table(&facts).is_empty() && many_computed(&facts).is_empty());
        facts.tables[0].records = 250_000;
        assert_eq!(codes(&large_table(&facts)), ["large_table"]);
        assert_eq!(codes(&many_computed(&facts)), ["many_computed_cells"]);
    }

    #[test]
    fn the_deepest_of_many_computed_fields_is_told() {
        let chain = |length: usize| {
            let mut fields = vec![json!(["F0", "singleLineText"])];
            fields.extend((1..=length).map(
                |n| json!([format!("F{n}"), "formula", {"references": [format!("F{}", n - 1)]}]),
            ));
            one(Value::Array(fields), vec![])
        };
        assert!(deep_computed(&chain(DEEP)).is_empty());
        let told = deep_computed(&chain(DEEP + 2));
        assert_eq!(told.len(), 1);
        assert_eq!(
            (
                told[0].fields[0].as_str(),
                told[0].evidence.numbers["depth"]
            ),
            ("F7", 7.0)
        );
    }

    #[test]
    fn a_record_with_very_many_links_is_told() {
        let fields = json!([["Name", "singleLineText"], ["Next", "multipleRecordLinks", {"linkedTable": "T"}]]);
        let links = |count: usize| {
            one(
                fields.clone(),
                vec![json!({"Next": (0..count).collect::<Vec<_>>()})],
            )
        };
        let told = crowded_links(&links(MANY_LINKS));
        assert_eq!(codes(&told), ["crowded_links"]);
        assert_eq!(told[0].evidence.record_ids.len(), 1);
        assert!(crowded_links(&links(MANY_LINKS - 1)).is_empty());
    }

    #[test]
    fn very_long_texts_are_told() {
        let text = |length: usize| {
            one(
                json!([["Name", "multilineText"]]),
                vec![json!({"Name": "x".repeat(length)})],
            )
        };
        assert_eq!(codes(&long_texts(&text(LONG))), ["long_texts"]);
        assert!(long_texts(&text(LONG - 1)).is_empty());
    }
}
