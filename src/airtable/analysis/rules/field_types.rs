use super::Rule;
use crate::airtable::analysis::facts::{Facts, FieldFacts};
use crate::airtable::analysis::found::Found;
use crate::airtable::analysis::options::choice_count;
use crate::airtable::analysis::tally::Tally;
use crate::airtable::analysis::types;
use crate::contracts::{FieldSchema, Finding, FindingCategory, FindingSeverity, TableSchema};

pub(super) const RULES: &[Rule] = &[other_type, choices_as_text, unused_choices, single_choices];

/// Records below which values say little about a field.
const ENOUGH: usize = 10;
/// Records below which few values are no sign of a choice.
const ENOUGH_TO_CHOOSE: usize = 20;
/// Values that people still choose from.
const MOST_CHOICES: usize = 12;
/// How often each must stand there on average.
const OFTEN: usize = 5;

fn found(severity: FindingSeverity, code: &'static str) -> Found {
    Found::new(FindingCategory::FieldTypes, severity, code)
}

/// Texts that nearly all look like values of another type.
fn other_type(facts: &Facts) -> Vec<Finding> {
    let texts = facts
        .each_field()
        .filter(|(_, _, field, seen)| types::is_text(&field.field_type) && seen.filled >= ENOUGH);
    let finding =
        |(table, _, field, seen): (&TableSchema, _, &FieldSchema, &FieldFacts)| {
            let (code, what, tally, fitting) = shapes(seen).into_iter().find(|shape| {
                let is_primary_number =
                    shape.0 == "number_as_text" && field.id == table.primary_field_id;
                shape.2.count * 10 >= seen.filled * 9 && !is_primary_number
            })?;
            let said = found(FindingSeverity::Warning, code)
                .table(table)
                .field(field);
            Some(said.number("filled", seen.filled).tally("matching", tally).say(
            format!("\"{}\" in \"{}\" keeps {what} as text", field.name, table.name),
            format!("Make it a {fitting} field, so that it sorts, filters and checks as such"),
        ))
        };
    texts.filter_map(finding).collect()
}

fn shapes(seen: &FieldFacts) -> [(&'static str, &'static str, &Tally, &'static str); 5] {
    [
        ("number_as_text", "numbers", &seen.numbers, "number"),
        ("date_as_text", "dates", &seen.dates, "date"),
        ("email_as_text", "e-mail addresses", &seen.emails, "email"),
        ("url_as_text", "links to pages", &seen.urls, "url"),
        ("checkbox_as_text", "yes and no", &seen.flags, "checkbox"),
    ]
}

fn choices_as_text(facts: &Facts) -> Vec<Finding> {
    let few = facts.each_field().filter(|(table, _, field, seen)| {
        let distinct = seen.distinct.unwrap_or(0);
        field.field_type == "singleLineText"
            && field.id != table.primary_field_id
            && seen.filled >= ENOUGH_TO_CHOOSE
            && (2..=MOST_CHOICES).contains(&distinct)
            && distinct * OFTEN <= seen.filled
            && shapes(seen)
                .iter()
                .all(|shape| shape.2.count * 10 < seen.filled * 9)
    });
    few.map(|(table, _, field, seen)| {
        found(FindingSeverity::Info, "choices_as_text")
            .table(table)
            .field(field)
            .number("filled", seen.filled)
            .number("values", seen.distinct.unwrap_or(0))
            .say(
                format!(
                    "\"{}\" in \"{}\" holds the same few values again and again",
                    field.name, table.name
                ),
                "Make it a single select, so that nobody spells a value in another way",
            )
    })
    .collect()
}

fn unused_choices(facts: &Facts) -> Vec<Finding> {
    let unused = facts
        .each_field()
        .filter_map(|(table, facts, field, seen)| {
            let unused = choice_count(field).checked_sub(seen.choices.len())?;
            (unused > 0 && facts.records >= ENOUGH_TO_CHOOSE)
                .then_some((table, field, seen, unused))
        });
    unused
        .map(|(table, field, seen, unused)| {
            found(FindingSeverity::Info, "unused_choices")
                .table(table)
                .field(field)
                .number("choices", seen.choices.len() + unused)
                .number("unused", unused)
                .say(
                    format!(
                        "No record has {unused} of the choices of \"{}\" in \"{}\"",
                        field.name, table.name
                    ),
                    "Take out the choices that nobody needs",
                )
        })
        .collect()
}

fn single_choices(facts: &Facts) -> Vec<Finding> {
    let single = facts.each_field().filter(|(_, _, field, seen)| {
        field.field_type == "multipleSelects"
            && seen.filled >= ENOUGH_TO_CHOOSE
            && seen.several_choices == 0
    });
    single
        .map(|(table, _, field, seen)| {
            found(FindingSeverity::Info, "multiple_select_with_single_choices")
                .table(table)
                .field(field)
                .number("filled", seen.filled)
                .say(
                    format!(
                        "\"{}\" in \"{}\" never holds more than one choice",
                        field.name, table.name
                    ),
                    "A single select says so, and groups and sorts better",
                )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::airtable::analysis::testing::{base, codes};

    fn table(field: Value, values: Vec<Value>) -> Facts {
        let records: Vec<Value> = values
            .into_iter()
            .map(|value| json!({"F": value}))
            .collect();
        let fields = json!([["Name", "singleLineText"], field]);
        base(&json!([{"name": "T", "fields": fields, "records": records}]))
    }

    #[test]
    fn texts_of_another_type_are_told() {
        for (value, code) in [
            ("12.5", "number_as_text"),
            ("2026-11-26", "date_as_text"),
            ("ada@example.org", "email_as_text"),
            ("https://example.org", "url_as_text"),
            ("yes", "checkbox_as_text"),
        ] {
            let mut values = vec![json!(value); 18];
            values.extend([json!("else"), json!("wise")]);
            let told = other_type(&table(json!(["F", "singleLineText"]), values.clone()));
            assert_eq!(codes(&told), [code]);
            values.push(json!("and more"));
            assert!(other_type(&table(json!(["F", "singleLineText"]), values)).is_empty());
        }
        let few = vec![json!("1"); 9];
        assert!(other_type(&table(json!(["F", "singleLineText"]), few)).is_empty());
    }

    #[test]
    fn the_same_few_texts_are_choices() {
        let values = |count: usize| (0..20).map(|n| json!(format!("v {}", n % count))).collect();
        let told = choices_as_text(&table(json!(["F", "singleLineText"]), values(4)));
        assert_eq!(codes(&told), ["choices_as_text"]);
        assert_eq!(told[0].evidence.numbers["values"], 4.0);
        assert!(choices_as_text(&table(json!(["F", "singleLineText"]), values(5))).is_empty());
        assert!(choices_as_text(&table(json!(["F", "multilineText"]), values(4))).is_empty());
    }

    #[test]
    fn choices_that_no_record_has_are_told() {
        let field = json!(["F", "singleSelect", {"choices": ["a", "b", "c"]}]);
        let told = unused_choices(&table(field.clone(), vec![json!("a"); 20]));
        assert_eq!(told[0].evidence.numbers["unused"], 2.0);
        let values = ["a", "b", "c"]
            .iter()
            .cycle()
            .take(20)
            .map(|choice| json!(choice));
        assert!(unused_choices(&table(field, values.collect())).is_empty());
    }

    #[test]
    fn multiple_selects_of_single_choices_are_told() {
        let field = json!(["F", "multipleSelects", {"choices": ["a", "b"]}]);
        let mut values = vec![json!(["a"]); 20];
        let told = single_choices(&table(field.clone(), values.clone()));
        assert_eq!(codes(&told), ["multiple_select_with_single_choices"]);
        values.push(json!(["a", "b"]));
        assert!(single_choices(&table(field, values)).is_empty());
    }
}
