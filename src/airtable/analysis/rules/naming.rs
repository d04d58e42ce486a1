use std::collections::BTreeMap;

use super::Rule;
use crate::airtable::analysis::facts::Facts;
use crate::airtable::analysis::found::Found;
use crate::contracts::{FieldSchema, Finding, FindingCategory, FindingSeverity, TableSchema};

pub(super) const RULES: &[Rule] = &[
    unclear_tables,
    unclear_fields,
    confusable,
    outer_spaces,
    mixed_styles,
];

/// Names below which a style is no habit.
const HABIT: usize = 3;

fn found(severity: FindingSeverity, code: &'static str) -> Found {
    Found::new(FindingCategory::NamingConventions, severity, code)
}

fn unclear_tables(facts: &Facts) -> Vec<Finding> {
    let unclear = facts
        .schema
        .tables
        .iter()
        .filter(|table| is_left_over(&table.name, "table"));
    unclear
        .map(|table| {
            found(FindingSeverity::Info, "unclear_table_name")
                .table(table)
                .say(
                    format!(
                        "The name \"{}\" does not tell what the table holds",
                        table.name
                    ),
                    "Name it after its records, such as \"Invoices\"",
                )
        })
        .collect()
}

fn unclear_fields(facts: &Facts) -> Vec<Finding> {
    let unclear = |table: &TableSchema| {
        let fields = table
            .fields
            .iter()
            .filter(|field| is_left_over(&field.name, "field"));
        let fields: Vec<&FieldSchema> = fields.collect();
        (!fields.is_empty()).then(|| {
            found(FindingSeverity::Info, "unclear_field_name")
                .table(table)
                .fields(fields)
                .say(
                    format!(
                        "Fields of \"{}\" have names that do not tell what they hold",
                        table.name
                    ),
                    "Name each after its values",
                )
        })
    };
    facts.schema.tables.iter().filter_map(unclear).collect()
}

/// Whether a name was given by a program or is that of a copy.
fn is_left_over(name: &str, kind: &str) -> bool {
    let name = name.trim().to_lowercase();
    let stem = name
        .trim_end_matches(|letter: char| letter.is_ascii_digit())
        .trim_end();
    let made = [
        kind.to_owned(),
        format!("new {kind}"),
        format!("untitled {kind}"),
    ];
    let is_copy = name.ends_with(" copy") || name.starts_with("copy of ");
    made.contains(&stem.to_owned())
        || ["untitled", "column", "label", "test", "temp", "tmp"].contains(&stem)
        || is_copy
        || stem.is_empty()
}

/// Fields whose names differ in nothing that people hear.
fn confusable(facts: &Facts) -> Vec<Finding> {
    let alike = |table: &TableSchema| {
        let mut heard: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, field) in table.fields.iter().enumerate() {
            let letters = field.name.chars().filter(|letter| letter.is_alphanumeric());
            heard
                .entry(letters.collect::<String>().to_lowercase())
                .or_default()
                .push(index);
        }
        let alike = heard
            .into_iter()
            .filter(|(name, fields)| !name.is_empty() && fields.len() > 1);
        alike.map(|(_, fields)| fields).collect::<Vec<_>>()
    };
    let tables = facts.schema.tables.iter();
    tables
        .flat_map(|table| alike(table).into_iter().map(move |fields| (table, fields)))
        .map(|(table, fields)| {
            found(FindingSeverity::Warning, "confusable_field_names")
                .table(table)
                .fields(fields.iter().map(|index| &table.fields[*index]))
                .say(
                    format!(
                        "Fields of \"{}\" have names that are easily taken for one another",
                        table.name
                    ),
                    "Join them, or say in their names what sets them apart",
                )
        })
        .collect()
}

fn outer_spaces(facts: &Facts) -> Vec<Finding> {
    let spaced = |name: &str| name.trim() != name || name.contains("  ");
    let spaced = facts.schema.tables.iter().flat_map(|table| {
        let fields = table.fields.iter().filter(|field| spaced(&field.name));
        fields.map(move |field| (table, field))
    });
    spaced
        .map(|(table, field)| {
            found(FindingSeverity::Warning, "spaces_in_field_name").table(table).field(field).say(
                format!("The name of a field of \"{}\" begins or ends with a space, or has two in a row", table.name),
                "Rename it; clients that use names must write them exactly so",
            )
        })
        .collect()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Style {
    Words,
    Snake,
    Camel,
}

/// How several words are put together; a single word fits all styles.
fn style(name: &str) -> Option<Style> {
    let has_inner_capital = name
        .chars()
        .zip(name.chars().skip(1))
        .any(|(before, letter)| before.is_lowercase() && letter.is_uppercase());
    match () {
        () if name.contains(' ') => Some(Style::Words),
        () if name.contains('_') => Some(Style::Snake),
        () if has_inner_capital => Some(Style::Camel),
        () => None,
    }
}

fn mixed_styles(facts: &Facts) -> Vec<Finding> {
    let mixed = |table: &TableSchema| {
        let mut styles: BTreeMap<Style, Vec<usize>> = BTreeMap::new();
        for (index, field) in table.fields.iter().enumerate() {
            if let Some(style) = style(&field.name) {
                styles.entry(style).or_default().push(index);
            }
        }
        let most = styles.values().map(Vec::len).max().unwrap_or(0);
        let habit = styles
            .iter()
            .find(|(_, fields)| fields.len() == most)
            .map(|(style, _)| *style)?;
        let others: Vec<usize> = styles
            .into_iter()
            .filter(|(style, _)| *style != habit)
            .flat_map(|(_, fields)| fields)
            .collect();
        (most >= HABIT && !others.is_empty()).then_some((most, others))
    };
    let tables = facts.schema.tables.iter();
    tables
        .filter_map(|table| Some((table, mixed(table)?)))
        .map(|(table, (most, others))| {
            found(FindingSeverity::Info, "mixed_naming_styles")
                .table(table)
                .number("usual", most)
                .number("others", others.len())
                .fields(others.iter().map(|index| &table.fields[*index]))
                .say(
                    format!(
                        "Most fields of \"{}\" are named in one style, some in another",
                        table.name
                    ),
                    "Name them all in one style, so that nobody has to look names up",
                )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::airtable::analysis::testing::{base, codes};

    fn table(name: &str, fields: &[&str]) -> Facts {
        let fields: Value = fields
            .iter()
            .map(|name| json!([name, "singleLineText"]))
            .collect();
        base(&json!([{"name": name, "fields": fields}]))
    }

    #[test]
    fn names_that_tell_nothing_are_told() {
        for name in ["Table 1", "Untitled", "Invoices copy", "copy of Invoices"] {
            assert_eq!(
                codes(&unclear_tables(&table(name, &["Name"]))),
                ["unclear_table_name"],
                "{name}"
            );
        }
        assert!(unclear_tables(&table("Invoices", &["Name"])).is_empty());
        let told = unclear_fields(&table("T", &["Name", "Field 7", "New field", "Copywriter"]));
        assert_eq!(told[0].fields, ["Field 7", "New field"]);
        assert!(unclear_fields(&table("T", &["Name", "Fields of work"])).is_empty());
    }

    #[test]
    fn names_that_sound_alike_are_told() {
        let told = confusable(&table("T", &["E-mail", "Email", "Phone"]));
        assert_eq!(told[0].fields, ["E-mail", "Email"]);
        assert!(confusable(&table("T", &["Email", "Email 2"])).is_empty());
    }

    #[test]
    fn spaces_that_nobody_sees_are_told() {
        let told = outer_spaces(&table("T", &["Name ", "Due  date", "Due date"]));
        assert_eq!(told.len(), 2);
        assert!(outer_spaces(&table("T", &["Due date"])).is_empty());
    }

    #[test]
    fn styles_that_mix_are_told() {
        let told = mixed_styles(&table(
            "T",
            &[
                "First name",
                "Last name",
                "Due date",
                "birth_day",
                "zipCode",
                "City",
            ],
        ));
        assert_eq!(told[0].fields, ["birth_day", "zipCode"]);
        assert!(
            mixed_styles(&table(
                "T",
                &["first_name", "last_name", "due_date", "City"]
            ))
            .is_empty()
        );
        assert!(
            mixed_styles(&table("T", &["First name", "birth_day"])).is_empty(),
            "too few for a habit"
        );
    }
}
