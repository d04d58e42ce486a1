use std::collections::HashMap;

use super::facts::Facts;
use super::options::{is_valid, sources};
use super::types::is_derived;
use crate::contracts::ComputedField;
use crate::platform::ids::FieldId;

/// The computed fields of a base, with what they are computed from.
pub(super) fn computed_fields(facts: &Facts) -> Vec<ComputedField> {
    let mut found: Vec<ComputedField> = Vec::new();
    for table in &facts.schema.tables {
        let derived = table
            .fields
            .iter()
            .filter(|field| is_derived(&field.field_type));
        found.extend(derived.map(|field| ComputedField {
            table_id: table.id,
            field_id: field.id,
            name: field.name.clone(),
            field_type: field.field_type.clone(),
            depends_on: sources(field),
            depth: None,
            is_valid: is_valid(field),
        }));
    }
    let depths = depths(&found);
    for field in &mut found {
        field.depth = depths.get(&field.field_id).copied();
    }
    found
}

/// How high each field stands, level by level; those in a circle, and those above one, are never reached.
fn depths(fields: &[ComputedField]) -> HashMap<FieldId, usize> {
    let own: HashMap<FieldId, usize> = fields
        .iter()
        .enumerate()
        .map(|(index, field)| (field.field_id, index))
        .collect();
    let mut above: Vec<Vec<usize>> = vec![Vec::new(); fields.len()];
    let mut waiting: Vec<usize> = vec![0; fields.len()];
    for (index, field) in fields.iter().enumerate() {
        for source in field.depends_on.iter().filter_map(|id| own.get(id)) {
            above[*source].push(index);
            waiting[index] += 1;
        }
    }
    let mut level: Vec<usize> = (0..fields.len())
        .filter(|index| waiting[*index] == 0)
        .collect();
    let mut depths = HashMap::new();
    let mut depth = 1;
    while !level.is_empty() {
        let mut next = Vec::new();
        for index in level {
            depths.insert(fields[index].field_id, depth);
            for other in &above[index] {
                waiting[*other] -= 1;
                if waiting[*other] == 0 {
                    next.push(*other);
                }
            }
        }
        level = next;
        depth += 1;
    }
    depths
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::airtable::analysis::testing::base;

    #[test]
    fn fields_stand_upon_those_they_are_computed_from() {
        let facts = base(&json!([{"name": "T", "fields": [
            ["Name", "singleLineText"],
            ["Price", "number"],
            ["Gross", "formula", {"references": ["Price"], "isValid": true}],
            ["Total", "formula", {"references": ["Gross", "Price"]}],
            ["Broken", "formula", {"references": [], "isValid": false}],
            ["Egg", "formula", {"references": ["Hen"]}],
            ["Hen", "formula", {"references": ["Egg"]}],
            ["Chick", "formula", {"references": ["Hen"]}],
        ]}]));
        let found = computed_fields(&facts);
        let depth = |name: &str| found.iter().find(|field| field.name == name).unwrap().depth;
        assert_eq!(depth("Gross"), Some(1));
        assert_eq!(depth("Total"), Some(2));
        for name in ["Egg", "Hen", "Chick"] {
            assert_eq!(depth(name), None, "{name}");
        }
        assert!(
            !found
                .iter()
                .find(|field| field.name == "Broken")
                .unwrap()
                .is_valid
        );
        assert_eq!(found[1].depends_on.len(), 2);
    }

    #[test]
    fn a_lookup_depends_on_its_link_and_on_what_it_looks_up() {
        let facts = base(&json!([
            {"name": "Orders", "fields": [
                ["No", "singleLineText"],
                ["Customer", "multipleRecordLinks", {"linkedTable": "People"}],
                ["Mail", "multipleLookupValues", {"link": "Customer", "looksUp": "People.Shown"}],
            ]},
            {"name": "People", "fields": [
                ["Name", "singleLineText"],
                ["Shown", "formula", {"references": ["Name"]}],
            ]},
        ]));
        let found = computed_fields(&facts);
        assert_eq!(found[0].depends_on.len(), 2);
        assert_eq!((found[0].depth, found[1].depth), (Some(2), Some(1)));
    }
}
