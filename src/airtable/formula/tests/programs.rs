use super::super::{Element, Field, Kind, Program, ResultType};
use super::table::{Table, table};

fn compiled(table: &Table, formula: &str) -> Program {
    table
        .program(formula)
        .unwrap_or_else(|error| panic!("{formula}: {error}"))
}

#[test]
fn the_type_of_a_field_follows_from_the_formula() {
    use ResultType::{Date, DateTime, Number, Text};
    let cases = [
        ("1", Number),
        ("{Amount}*2", Number),
        ("1=1", Number),
        ("{Done}", Number),
        ("TRUE()", Number),
        ("LEN({Name})", Number),
        ("DATETIME_DIFF({Due},{When},'days')", Number),
        ("{Due}-{When}", Number),
        ("{Due}+'x'", Number),
        ("'a'", Text),
        ("{Name}", Text),
        ("{Amount}&''", Text),
        ("{Name}+{Status}", Text),
        ("{Name}+1", Number),
        ("{Name}-{Status}", Number),
        ("{Tags}", Text),
        ("BLANK()", Text),
        ("ERROR()", Text),
        ("{Due}", Date),
        ("TODAY()", Date),
        ("WORKDAY({When},1)", Date),
        ("DATEADD({Due},1,'days')", Date),
        ("DATEADD({Due},1,'hours')", DateTime),
        ("DATEADD({Due},1,{Name})", DateTime),
        ("DATEADD('2024-03-05',{Amount},'weeks')", Date),
        ("DATEADD({Name},1,'weeks')", DateTime),
        ("{When}", DateTime),
        ("NOW()", DateTime),
        ("DATETIME_PARSE('2024-03-05')", DateTime),
        ("SET_TIMEZONE({When},'UTC')", DateTime),
        ("SET_LOCALE({Due},'fr')", Date),
        ("CREATED_TIME()", DateTime),
        ("LAST_MODIFIED_TIME()", DateTime),
        ("MAX({Due},{No Date})", Date),
        ("MAX({Due},{When})", DateTime),
        ("MAX({Dates})", Date),
        ("MAX({Due},1)", Number),
        ("MAX(BLANK())", Number),
        ("IF({Done},1,2)", Number),
        ("IF({Done},1)", Number),
        ("IF({Done},1,TRUE())", Number),
        ("IF({Done},1,'a')", Text),
        ("IF({Done},{Due},TODAY())", Date),
        ("IF({Done},{Due},NOW())", DateTime),
        ("IF({Done},{Due},1)", Text),
        ("IF({Done},BLANK(),{Due})", Date),
        ("SWITCH({Status},'a',1,'b',2)", Number),
        ("SWITCH({Status},'a',1,'b','x')", Text),
        ("SWITCH({Status},'a',{Due},TODAY())", Date),
    ];
    let table = table();
    for (formula, expected) in cases {
        assert_eq!(
            compiled(&table, formula).result_type(),
            expected,
            "{formula}"
        );
    }
}

#[test]
fn arrays_tell_what_they_hold() {
    let cases = [
        ("{Numbers}", Kind::Array(Element::Number)),
        ("ARRAYUNIQUE({Tags})", Kind::Array(Element::Text)),
        (
            "ARRAYFLATTEN({Tags},{Numbers})",
            Kind::Array(Element::Mixed),
        ),
        ("ARRAYSLICE({Dates},1)", Kind::Array(Element::Date)),
        ("ARRAYJOIN({Tags})", Kind::Text),
    ];
    let table = table();
    for (formula, expected) in cases {
        assert_eq!(compiled(&table, formula).kind(), expected, "{formula}");
    }
}

#[test]
fn a_formula_is_kept_with_ids_and_otherwise_as_written() {
    let cases = [
        ("{Name}", "{fld00000000000001}"),
        ("Name", "{fld00000000000001}"),
        (
            " IF( Amount>1.50 ,'a\\'b', {a\\}b} ) ",
            " IF( {fld00000000000009}>1.50 ,'a\\'b', {fld00000000000034} ) ",
        ),
        ("'{Name}'&\"Name\"", "'{Name}'&\"Name\""),
        (
            "fld00000000000001&{fld00000000000001}",
            "{fld00000000000001}&{fld00000000000001}",
        ),
        ("lower(name)", "lower({fld00000000000001})"),
        ("TRUE&True()", "{fld00000000000038}&True()"),
        (
            "LAST_MODIFIED_TIME(Name)",
            "LAST_MODIFIED_TIME({fld00000000000001})",
        ),
    ];
    let table = table();
    for (formula, expected) in cases {
        let program = compiled(&table, formula);
        let written = program
            .with_ids(formula, &table.fields())
            .expect("it is short");
        assert_eq!(written, expected, "{formula}");
        let again = compiled(&table, &written);
        assert_eq!(
            again.with_ids(&written, &table.fields()).as_ref(),
            Ok(&written),
            "{formula}"
        );
        assert_eq!(table.cell(&written), table.cell(formula), "{formula}");
    }
}

#[test]
fn references_are_direct_and_each_named_once() {
    let table = table();
    let program = compiled(
        &table,
        "IF({Status}='Name',{Name}&Status,LAST_MODIFIED_TIME({Notes}))",
    );
    assert_eq!(program.references(), [1, 0, 2]);
    assert!(compiled(&table, "1+1").references().is_empty());
}

#[test]
fn a_field_called_values_goes_before_what_is_gathered() {
    let field = Field {
        id: "fld00000000000001",
        name: "Values",
        kind: Kind::Number,
    };
    let program = Program::rollup("SUM(values)", &[field], Element::Text).expect("a formula");
    assert_eq!(program.references(), [0]);
    let program = Program::rollup("SUM(values)", &[], Element::Text).expect("a formula");
    assert!(program.references().is_empty());
    assert_eq!(program.result_type(), ResultType::Number);
    let program = Program::rollup("ARRAYUNIQUE(values)", &[], Element::Number).expect("a formula");
    assert_eq!(program.result_type(), ResultType::Text);
}

#[test]
fn the_name_of_a_function_may_be_that_of_a_field() {
    let field = |name| Field {
        id: "fld00000000000001",
        name,
        kind: Kind::Text,
    };
    let references = |formula: &str, name| {
        let program = Program::new(formula, &[field(name)]).expect("a formula");
        program.references().len()
    };
    assert_eq!(references("TODAY", "TODAY"), 1);
    assert_eq!(references("TODAY", "Today"), 0);
    assert_eq!(references("{Today}", "TODAY"), 1);
    assert_eq!(references("TODAY()", "TODAY"), 0);
}
