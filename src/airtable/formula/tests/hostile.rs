use std::time::Duration;

use super::super::error::ErrorKind;
use super::super::{Program, Run};
use super::table::{NOW, table};

/// What the stack of a small thread holds; the debug build needs more of it than the release.
const STACK: usize = 1024 * 1024;

/// Does the work on a thread with little stack, so that deep recursion would not go unseen.
fn with_little_stack(work: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(work);
    thread
        .expect("a thread")
        .join()
        .expect("no stack overflow, no panic");
}

fn nested(open: &str, depth: usize, inner: &str, close: &str) -> String {
    open.repeat(depth) + inner + &close.repeat(depth)
}

#[test]
fn deep_formulas_are_refused_and_the_deepest_allowed_runs() {
    with_little_stack(|| {
        let table = table();
        let shapes = [
            ("(", "1", ")"),
            ("-", "1", ""),
            ("+", "1", ""),
            ("NOT(", "1", ")"),
            ("IF(1,", "1", ",2)"),
            ("SUM(1+1*", "1", ")"),
            ("-(", "1", ")"),
            ("1+(2&(", "3", "))"),
            ("1=1&1+1*(", "1", ")"),
            ("SUM(1=1&1+1*", "1", ")"),
        ];
        for (open, inner, close) in shapes {
            for depth in [10_000, 30_000] {
                let formula = nested(open, depth, inner, close);
                let Err(error) = Program::new(&formula, &table.fields()) else {
                    panic!("{open} {depth} times is too deep");
                };
                assert_eq!(error.kind, ErrorKind::TooLarge, "{open}");
            }
            let formula = nested(open, 60, inner, close);
            let program = table
                .program(&formula)
                .unwrap_or_else(|error| panic!("{open}: {error}"));
            let run = Run::new(NOW);
            assert!(program.cell(&table, &run).is_ok(), "{open}");
        }
        let unclosed = "(".repeat(50_000);
        assert!(table.program(&unclosed).is_err());
        let formula = nested("IF({Zero},0,", 127, "{Amount}", ")");
        assert_eq!(table.cell(&formula), "150");
    });
}

#[test]
fn long_formulas_run_and_longer_ones_are_refused() {
    with_little_stack(|| {
        let table = table();
        for operator in ["+", "*", "&", "=", "<", "-", "/"] {
            let formula = vec!["1"; 40_000].join(operator);
            assert!(table.program(&formula).is_ok(), "{operator}");
            let formula = vec!["{Zero}"; 12_000].join(operator);
            let program = table.program(&formula).expect("a long formula is one");
            assert!(program.cell(&table, &Run::new(NOW)).is_ok(), "{operator}");
        }
        let ids: Vec<String> = (0..2_900)
            .map(|number| format!("RECORD_ID()='rec{number:014}'"))
            .collect();
        let formula = format!("OR({})", ids.join(","));
        assert!(formula.len() > 90_000);
        assert_eq!(table.cell(&formula), "0");
        let formula = format!("\"{}\"", "x".repeat(99_998));
        assert_eq!(table.cell(&formula).len(), 100_000);
        let formula = format!("\"{}\"", "x".repeat(100_000));
        let Err(error) = Program::new(&formula, &table.fields()) else {
            panic!("too long");
        };
        assert_eq!(error.kind, ErrorKind::TooLarge);
        for part in ["\\", "{", "\"", "a", "9,", ",", "(", "\u{fb01}", "{a}", "!"] {
            let formula = part.repeat(100_000 / part.len());
            assert!(table.program(&formula).is_err(), "{part}");
        }
    });
}

const ERROR: &str = r##"{"error":"#ERROR!"}"##;

#[test]
fn texts_that_would_grow_without_bound_are_errors() {
    let table = table();
    let cases = [
        "REPT('x',1000000000)".to_owned(),
        "REPT('x',9007199254740993)".to_owned(),
        "REPT({Name},1/0)".to_owned(),
        nested("REPT(", 40, "'x'", ",10)"),
        nested("SUBSTITUTE(", 40, "'x'", ",'x','xxxxxxxxxx')"),
        nested("REGEX_REPLACE(", 40, "'x'", ",'x','xxxxxxxxxx')"),
        nested("REGEX_REPLACE(", 40, "'x'", ",'','xxxxxxxxxx')"),
        format!("CONCATENATE({})", vec!["REPT('x',900000)"; 5_000].join(",")),
        vec!["REPT({Name},90000)"; 5_000].join("&"),
        vec!["REPT({Name},90000)"; 5_000].join("+"),
        format!("LEN({})", vec!["REPT({Name},90000)"; 3_000].join(")+LEN(")),
        format!("ARRAYJOIN({{Tags}},{})", ["REPT('x',999999)"; 3].join("&")),
        "REPLACE(REPT('x',999999),1,0,REPT('x',999999))".to_owned(),
        "ENCODE_URL_COMPONENT(REPT('é',400000))".to_owned(),
        format!("DATETIME_FORMAT({{When}},REPT('LLLL',{}))", 200_000),
        nested("ENCODE_URL_COMPONENT(", 60, "'%'", ")&REPT('%',900000)"),
    ];
    for formula in cases {
        let shown: String = formula.chars().take(80).collect();
        assert_eq!(table.cell(&formula), ERROR, "{shown}");
    }
}

#[test]
fn a_text_as_long_as_allowed_is_made() {
    let table = table();
    assert_eq!(table.cell("LEN(REPT('x',1000000))"), "1000000");
    assert_eq!(
        table.cell("LEN(SUBSTITUTE(REPT('x',500000),'x','yz'))"),
        "1000000"
    );
}

#[test]
fn patterns_made_to_explode_are_errors_or_end_soon() {
    let table = table();
    let too_large = [
        "(?:a{1000}){1000}",
        "((a{100}){100}){100}",
        "(?:\\pL{1000}){1000}",
        "(((((a{30}){30}){30}){30}){30})",
    ];
    for pattern in too_large {
        let formula = format!("REGEX_MATCH('a','{pattern}')");
        assert_eq!(table.cell(&formula), ERROR, "{pattern}");
        let computed = format!("REGEX_MATCH('a','{pattern}'&{{Notes}})");
        assert_eq!(table.cell(&computed), ERROR, "{pattern}");
    }
    let deep = format!("REGEX_MATCH('a','{}')", nested("(", 20_000, "a", ")"));
    assert_eq!(table.cell(&deep), ERROR);
    let wide = format!("REGEX_MATCH('a','{}')", "a|".repeat(40_000));
    assert_eq!(table.cell(&wide), ERROR);
    let classic = [
        "REGEX_MATCH(REPT('a',5000),'(a+)+$')",
        "REGEX_MATCH(REPT('a',5000)&'b','^(a|aa)+$')",
        "REGEX_MATCH(REPT('a',5000),'(a*)*b')",
        "REGEX_REPLACE(REPT('a',5000),'(x+x+)+y','')",
        "REGEX_MATCH(REPT('a',5000),'^(([a-z])+.)+[A-Z]([a-z])+$')",
    ];
    for formula in classic {
        assert!(!table.cell(formula).starts_with("refused"), "{formula}");
        assert_ne!(table.cell(formula), ERROR, "{formula}");
    }
    let heavy = format!(
        "SUM({})",
        vec!["REGEX_MATCH(REPT('a',90000),'[a-q][^u-z]{300}x')"; 1_500].join(",")
    );
    assert_eq!(table.cell(&heavy), ERROR);
}

#[test]
fn a_run_that_is_late_looks_for_no_more_patterns_and_says_so() {
    let table = table();
    let late = Run::for_at_most(NOW, Duration::ZERO);
    let plain = table.program("LEN({Name}) > 0").expect("a formula");
    assert!(plain.keeps(&table, &late), "it is about patterns alone");
    assert!(late.spent() < 1000);
    let pattern = table
        .program("REGEX_MATCH({Name}, '.')")
        .expect("a formula");
    assert!(pattern.keeps(&table, &Run::new(NOW)));
    assert!(!pattern.keeps(&table, &late));
    assert_eq!(late.spent(), u64::MAX);
}

#[test]
fn a_text_is_looked_through_again_and_again_only_for_a_while() {
    let table = table();
    // Before each of the letters is found, the text is looked through to its end.
    let formula = "REGEX_REPLACE(REPT('A', 100000), '.*[^A-Z]|[A-Z]', 'B')";
    let program = table.program(formula).expect("a formula");
    let run = Run::for_at_most(NOW, Duration::from_millis(50));
    assert!(!program.keeps(&table, &run));
    assert_eq!(run.spent(), u64::MAX);
    let short = "LEN(REGEX_REPLACE(REPT('A', 500), '.*[^A-Z]|[A-Z]', 'B'))";
    assert_eq!(table.cell(short), "500");
}

#[test]
fn looking_for_a_large_pattern_is_more_work() {
    let table = table();
    let spent = |pattern: &str| {
        let formula = format!("REGEX_MATCH(REPT('a', 10000), '{pattern}')");
        let run = Run::new(NOW);
        let _ = table
            .program(&formula)
            .expect("a formula")
            .cell(&table, &run);
        run.spent()
    };
    let small = spent("[a-q]b");
    let large = spent("[a-q][a-t]{150}[^a-z]");
    assert!(small < 40_000 && large > 100_000, "{small} and {large}");
}

#[test]
fn a_run_tells_how_much_was_done() {
    let table = table();
    let run = Run::new(NOW);
    let program = table
        .program("LEN(UPPER({Name}&REPT('x',{Amount})))")
        .expect("a formula");
    assert!(program.keeps(&table, &run));
    let once = run.spent();
    assert!(once > 0);
    for _ in 0..9 {
        assert!(program.keeps(&table, &run));
    }
    assert_eq!(run.spent(), once * 10);
}

#[test]
fn the_memory_of_a_formula_is_told_with_its_patterns() {
    let table = table();
    let bytes = |formula: &str| table.program(formula).expect("a formula").bytes();
    let one = bytes("REGEX_MATCH({Name},'a')");
    let same = bytes("REGEX_MATCH({Name},'a')+REGEX_MATCH({Name},'a')");
    let two = bytes("REGEX_MATCH({Name},'a')+REGEX_MATCH({Name},'b')");
    assert!(one > 100_000 && same < one + 10_000 && two > one + 100_000);
}
