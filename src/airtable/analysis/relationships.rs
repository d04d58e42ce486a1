use std::collections::HashSet;

use super::facts::Facts;
use super::options::{inverse, linked_table, prefers_single};
use crate::contracts::{Cardinality, FieldSchema, Relationship, TableSchema};

/// Which tables link to which; a link with its twin is one.
pub(super) fn relationships(facts: &Facts) -> Vec<Relationship> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for (table, field) in facts.link_fields() {
        if !seen.insert(field.id) {
            continue;
        }
        let Some(to) = linked_table(field).and_then(|id| facts.table(id)) else {
            continue;
        };
        let twin = inverse(field).and_then(|id| to.fields.iter().find(|field| field.id == id));
        seen.extend(twin.map(|twin| twin.id));
        found.push(relationship(facts, (table, field), (to, twin)));
    }
    found
}

fn relationship(
    facts: &Facts,
    (table, field): (&TableSchema, &FieldSchema),
    (to, twin): (&TableSchema, Option<&FieldSchema>),
) -> Relationship {
    let own = facts.of(table, field);
    let most_from = own.map_or(0, |facts| facts.most_links);
    let back = own.map_or(0, |facts| facts.most_back);
    let other = twin.and_then(|twin| facts.of(to, twin));
    let most_to = back.max(other.map_or(0, |facts| facts.most_links));
    let link_count = own.map_or(0, |facts| facts.links);
    let declared = cardinality(!twin.is_some_and(prefers_single), !prefers_single(field));
    Relationship {
        from_table_id: table.id,
        from_field_id: field.id,
        from_field: field.name.clone(),
        to_table_id: to.id,
        to_field_id: twin.map(|twin| twin.id),
        to_field: twin.map(|twin| twin.name.clone()),
        cardinality: match link_count {
            0 => declared,
            _ => cardinality(most_to > 1, most_from > 1),
        },
        declared,
        link_count,
        most_from,
        most_to,
    }
}

fn cardinality(many_from: bool, many_to: bool) -> Cardinality {
    match (many_from, many_to) {
        (false, false) => Cardinality::OneToOne,
        (false, true) => Cardinality::OneToMany,
        (true, false) => Cardinality::ManyToOne,
        (true, true) => Cardinality::ManyToMany,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::airtable::analysis::testing::base;

    fn shop(orders: Value, prefers_single: bool) -> Relationship {
        let options = json!({"linkedTable": "People", "inverse": "Orders", "prefersSingleRecordLink": prefers_single});
        let facts = base(&json!([
            {"name": "Orders", "fields": [["No", "singleLineText"], ["Customer", "multipleRecordLinks", options]], "records": orders},
            {"name": "People", "fields": [
                ["Name", "singleLineText"],
                ["Orders", "multipleRecordLinks", {"linkedTable": "Orders", "inverse": "Customer"}],
            ], "records": [{}, {}]},
        ]));
        let mut found = relationships(&facts);
        assert_eq!(found.len(), 1, "a link and its twin are one");
        found.remove(0)
    }

    #[test]
    fn cardinality_comes_from_the_records_and_without_links_from_the_fields() {
        let many = shop(json!([{"Customer": [0]}, {"Customer": [0]}]), false);
        assert_eq!(many.cardinality, Cardinality::ManyToOne);
        assert_eq!(many.declared, Cardinality::ManyToMany);
        assert_eq!((many.link_count, many.most_from, many.most_to), (2, 1, 2));
        let one = shop(json!([{"Customer": [0]}, {"Customer": [1]}]), false);
        assert_eq!(one.cardinality, Cardinality::OneToOne);
        let both = shop(json!([{"Customer": [0, 1]}, {"Customer": [0]}]), false);
        assert_eq!(both.cardinality, Cardinality::ManyToMany);
        let one_to_many = shop(json!([{"Customer": [0, 1]}]), false);
        assert_eq!(one_to_many.cardinality, Cardinality::OneToMany);
        let none = shop(json!([]), true);
        assert_eq!(none.cardinality, Cardinality::ManyToOne);
        assert_eq!(none.to_field.as_deref(), Some("Orders"));
    }
}
