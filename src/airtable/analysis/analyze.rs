use std::collections::BTreeMap;

use super::dependencies::computed_fields;
use super::facts::{Facts, TableFacts};
use super::relationships::relationships;
use super::rules::findings;
use super::types::is_computed;
use crate::contracts::{BaseAnalysis, FieldAnalysis, TableAnalysis, TableSchema};

/// Findings of one analysis at most; whoever has more begins with these.
const MOST_FINDINGS: usize = 500;

/// What the facts of a base tell.
pub(in crate::airtable) fn analyze(facts: &Facts, seq: i64) -> BaseAnalysis {
    let mut findings = findings(facts);
    let findings_left_out = findings.len().saturating_sub(MOST_FINDINGS);
    findings.truncate(MOST_FINDINGS);
    BaseAnalysis {
        base_id: facts.schema.id,
        base: facts.schema.name.clone(),
        seq,
        tables: facts
            .each_table()
            .map(|(table, facts)| table_analysis(table, facts))
            .collect(),
        relationships: relationships(facts),
        computed: computed_fields(facts),
        findings,
        findings_left_out,
    }
}

fn table_analysis(table: &TableSchema, facts: &TableFacts) -> TableAnalysis {
    let mut field_types: BTreeMap<String, usize> = BTreeMap::new();
    for field in &table.fields {
        *field_types.entry(field.field_type.clone()).or_insert(0) += 1;
    }
    let fields = table
        .fields
        .iter()
        .zip(&facts.fields)
        .map(|(field, seen)| FieldAnalysis {
            id: field.id,
            name: field.name.clone(),
            field_type: field.field_type.clone(),
            filled: (!is_computed(&field.field_type)).then_some(seen.filled),
            distinct: seen.distinct,
        });
    TableAnalysis {
        id: table.id,
        name: table.name.clone(),
        record_count: facts.records,
        field_types,
        fields: fields.collect(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::airtable::analysis::testing::base;
    use crate::contracts::FindingSeverity;

    #[test]
    fn findings_come_by_severity_and_hold_no_cell() {
        let secret = "top secret value";
        let records: Vec<_> = (0..30)
            .map(|n| json!({"Name": secret, "Mail": format!("{secret} {n}")}))
            .collect();
        let facts = base(&json!([
            {"name": "A", "fields": [["Name", "singleLineText"], ["Mail", "email"], ["Bad", "formula", {"isValid": false, "references": []}]], "records": records},
            {"name": "Table 2", "fields": [["Name", "singleLineText"]]},
        ]));
        let analysis = analyze(&facts, 7);
        let severities: Vec<FindingSeverity> = analysis
            .findings
            .iter()
            .map(|finding| finding.severity)
            .collect();
        assert!(severities.is_sorted());
        assert_eq!(severities.first(), Some(&FindingSeverity::Error));
        assert!(severities.contains(&FindingSeverity::Info));
        let text = serde_json::to_string(&analysis).unwrap();
        assert!(!text.contains("secret"), "{text}");
        assert_eq!(analysis.tables[0].field_types["email"], 1);
        assert_eq!(analysis.tables[0].fields[0].distinct, Some(1));
        assert_eq!(analysis.tables[0].fields[2].filled, None);
    }

    #[test]
    fn a_base_without_tables_has_nothing_to_tell() {
        let analysis = analyze(&base(&json!([])), 0);
        assert!(analysis.findings.is_empty() && analysis.tables.is_empty());
    }
}
