use super::super::Program;
use super::super::error::ErrorKind;
use super::table::table;

/// The formula with what the error points at in brackets, and the message.
fn told(formula: &str) -> (String, String) {
    let table = table();
    let Err(error) = Program::new(formula, &table.fields()) else {
        panic!("{formula} is a formula");
    };
    let (before, rest) = formula.split_at(error.span.start);
    let (at, after) = rest.split_at(error.span.end - error.span.start);
    (format!("{before}⟦{at}⟧{after}"), error.to_string())
}

#[test]
fn errors_point_at_the_place_and_say_what_was_meant() {
    let cases = [
        (
            "{Stauts}='Open'",
            "⟦{Stauts}⟧='Open'",
            "Unknown field {Stauts}; did you mean {Status}? (at 0)",
        ),
        (
            "1+Amunt",
            "1+⟦Amunt⟧",
            "Unknown field {Amunt}; did you mean {Amount}? (at 2)",
        ),
        ("{Wibble}", "⟦{Wibble}⟧", "Unknown field {Wibble} (at 0)"),
        (
            "1+UPER('a')",
            "1+⟦UPER⟧('a')",
            "Unknown function UPER; did you mean UPPER()? (at 2)",
        ),
        ("XYZZY(1)", "⟦XYZZY⟧(1)", "Unknown function XYZZY (at 0)"),
        (
            "1+LEN()",
            "1+⟦LEN()⟧",
            "LEN takes one argument, not 0 (at 2)",
        ),
        (
            "IF(1)",
            "⟦IF(1)⟧",
            "IF takes 2 to 3 arguments, not 1 (at 0)",
        ),
        (
            "AND()",
            "⟦AND()⟧",
            "AND takes 1 or more arguments, not 0 (at 0)",
        ),
        ("NOW(1)", "⟦NOW(1)⟧", "NOW takes no arguments, not 1 (at 0)"),
        ("MOD(1)", "⟦MOD(1)⟧", "MOD takes 2 arguments, not 1 (at 0)"),
        (
            "1+",
            "1+⟦⟧",
            "A value is missing at the end of the formula (at 2)",
        ),
        (
            "SUM(1,)",
            "SUM(1,⟦)⟧",
            "A value is missing before this (at 6)",
        ),
        ("1 2", "1 ⟦2⟧", "An operator is missing before this (at 2)"),
        ("1)", "1⟦)⟧", "This parenthesis closes nothing (at 1)"),
        (
            "(1",
            "(1⟦⟧",
            "A closing parenthesis is missing at the end of the formula (at 2)",
        ),
        (
            "SUM(1 2)",
            "SUM(1 ⟦2⟧)",
            "A comma, an operator or a closing parenthesis is missing before this (at 6)",
        ),
        (
            "*1",
            "⟦*⟧1",
            "A value is missing before this operator (at 0)",
        ),
        ("1+{}", "1+⟦{}⟧", "The field name is empty (at 2)"),
    ];
    for (formula, place, message) in cases {
        assert_eq!(
            told(formula),
            (place.to_owned(), message.to_owned()),
            "{formula}"
        );
    }
}

#[test]
fn what_other_languages_have_is_named() {
    let cases = [
        ("“a”", "Curly quotes are not read; use \" or '"),
        ("1 // no", "There are no comments in formulas"),
        ("1==1", "There is no operator ==; did you mean =?"),
        ("1<>2", "There is no operator <>; did you mean !=?"),
        ("!1", "There is no operator !; did you mean != or NOT()?"),
        ("2^3", "There is no operator ^; did you mean POWER()?"),
        ("5%2", "There is no operator %; did you mean MOD()?"),
        ("'a", "This text has no closing quote"),
        ("{a", "This field name has no closing brace"),
        ("a}", "This brace closes nothing"),
        ("1;", "The character ';' has no meaning here"),
    ];
    for (formula, expected) in cases {
        let (_, message) = told(formula);
        assert!(message.starts_with(expected), "{formula}: {message}");
    }
}

#[test]
fn all_unknown_fields_are_named_as_the_web_api_names_them() {
    let table = table();
    let formula = "{Nope}&Missing&{Name}&{Nope}&{ÉTÉ nul}";
    let Err(error) = Program::new(formula, &table.fields()) else {
        panic!("there are no such fields");
    };
    assert_eq!(
        error.filter_message(),
        "Unknown field names: nope, missing, été nul"
    );
    let names = ["Nope", "Missing", "ÉTÉ nul"].map(str::to_owned);
    assert_eq!(error.kind, ErrorKind::UnknownFields(names.to_vec()));
}

#[test]
fn syntax_comes_before_names() {
    let table = table();
    for formula in ["{Nope}+", "{Nope}&NOPE()", "{Nope}&LEN()"] {
        let Err(error) = Program::new(formula, &table.fields()) else {
            panic!("{formula} is a formula");
        };
        let message = error.filter_message();
        assert_eq!(message, "Invalid formula. Please check your formula text.");
    }
}
