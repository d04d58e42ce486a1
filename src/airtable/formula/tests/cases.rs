use std::fmt::Write;

use super::super::Run;
use super::table::{NOW, Table, table};

/// The cell that a formula gives for the record of `fields.tsv`.
const CELLS: [(&str, &str); 12] = [
    ("arrays", include_str!("cases/arrays.tsv")),
    ("coercions", include_str!("cases/coercions.tsv")),
    ("dates", include_str!("cases/dates.tsv")),
    ("errors", include_str!("cases/errors.tsv")),
    ("formats", include_str!("cases/formats.tsv")),
    ("logic", include_str!("cases/logic.tsv")),
    ("numbers", include_str!("cases/numbers.tsv")),
    ("operators", include_str!("cases/operators.tsv")),
    ("records", include_str!("cases/records.tsv")),
    ("regex", include_str!("cases/regex.tsv")),
    ("syntax", include_str!("cases/syntax.tsv")),
    ("text", include_str!("cases/text.tsv")),
];
/// Whether a filter keeps that record.
const FILTERS: &str = include_str!("cases/filters.tsv");
/// What a rollup gives that gathers one of the fields.
const ROLLUPS: &str = include_str!("cases/rollups.tsv");

/// Lines of a table of cases without its head.
fn lines(table: &'static str) -> impl Iterator<Item = (usize, Vec<&'static str>)> {
    let lines = table.lines().enumerate().skip(1);
    lines.map(|(number, line)| (number + 1, line.split('\t').collect()))
}

/// Line breaks and tabs cannot stand in a line of the table.
fn formula(written: &str) -> String {
    written
        .replace('␤', "\n")
        .replace('␉', "\t")
        .replace('␍', "\r")
}

fn check(failures: &mut String, place: String, formula: &str, expected: &str, actual: &str) {
    if actual != expected {
        let line = writeln!(
            failures,
            "{place}: {formula}\n  expected {expected}\n  actual   {actual}"
        );
        line.expect("a text takes any line");
    }
}

/// What `expected` abbreviates.
fn whole(expected: &str) -> &str {
    match expected {
        "#ERROR!" => r##"{"error":"#ERROR!"}"##,
        "NaN" => r#"{"specialValue":"NaN"}"#,
        "Infinity" => r#"{"specialValue":"Infinity"}"#,
        "-Infinity" => r#"{"specialValue":"-Infinity"}"#,
        "invalid" => "refused: Invalid formula. Please check your formula text.",
        other => other,
    }
}

#[test]
fn every_case_of_the_tables_holds() {
    let table = table();
    let mut failures = String::new();
    let mut count = 0;
    for (name, cases) in CELLS {
        for (number, columns) in lines(cases) {
            let [written, expected, _source] = columns[..] else {
                panic!("{name}:{number}: {columns:?}");
            };
            let actual = table.cell(&formula(written));
            check(
                &mut failures,
                format!("{name}:{number}"),
                written,
                whole(expected),
                &actual,
            );
            count += 1;
        }
    }
    count += check_filters(&table, &mut failures) + check_rollups(&table, &mut failures);
    assert!(failures.is_empty(), "\n{failures}");
    assert!(count >= 600, "only {count} cases");
}

fn check_filters(table: &Table, failures: &mut String) -> usize {
    let mut count = 0;
    for (number, columns) in lines(FILTERS) {
        let [written, expected, _source] = columns[..] else {
            panic!("filters:{number}: {columns:?}");
        };
        let actual = match table.program(&formula(written)) {
            Ok(program) if program.keeps(table, &Run::new(NOW)) => "kept",
            Ok(_) => "dropped",
            Err(_) => "refused",
        };
        check(
            failures,
            format!("filters:{number}"),
            written,
            expected,
            actual,
        );
        count += 1;
    }
    count
}

fn check_rollups(table: &Table, failures: &mut String) -> usize {
    let mut count = 0;
    for (number, columns) in lines(ROLLUPS) {
        let [written, source, expected, _source] = columns[..] else {
            panic!("rollups:{number}: {columns:?}");
        };
        let actual = table.rollup(&formula(written), source);
        check(
            failures,
            format!("rollups:{number}"),
            written,
            whole(expected),
            &actual,
        );
        count += 1;
    }
    count
}

#[test]
fn every_function_has_cases() {
    let all: String = CELLS.iter().map(|(_, cases)| *cases).collect();
    for (name, least, _) in super::super::functions::arities() {
        // One way to write it is all there is to a function without arguments.
        let wanted = if least == 0 { 2 } else { 3 };
        let count = all.matches(&format!("{name}(")).count();
        assert!(count >= wanted, "{name} has only {count} cases");
    }
}
