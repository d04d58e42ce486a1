use std::borrow::Cow;

use proptest::prelude::*;

use super::functions::{arities, find};
use super::parser::parse;
use super::syntax::{Calculation, Comparison, Expression, Node};
use super::tests::render;
use super::tests::{NOW, Table, table};
use super::{Fault, Moment, Run, Value};

/// A formula before it is written: what the parser shall find in its text.
#[derive(Clone, Debug)]
enum Tree {
    /// A number, text, name or word, as written.
    Leaf(String),
    Sign(char, Box<Self>),
    /// How strongly its operators bind, the first operand, and the others.
    Chain(usize, Box<Self>, Vec<(&'static str, Self)>),
    Call(String, Vec<Self>),
    Parenthesis(Box<Self>),
}

const OPERATORS: [&[&str]; 4] = [
    &["=", "!=", "<", "<=", ">", ">="],
    &["&"],
    &["+", "-"],
    &["*", "/"],
];

impl Tree {
    fn strength(&self) -> usize {
        match self {
            Self::Chain(strength, ..) => *strength,
            _ => OPERATORS.len(),
        }
    }

    /// The same with parentheses where the text would else mean something different.
    fn within(self, strength: usize) -> Self {
        let is_loose = self.strength() < strength;
        let tree = match self {
            Self::Leaf(_) => self,
            Self::Sign(sign, operand) => {
                Self::Sign(sign, Box::new(operand.within(OPERATORS.len())))
            }
            Self::Chain(strength, first, rest) => {
                let rest = rest.into_iter();
                let rest = rest.map(|(operator, tree)| (operator, tree.within(strength + 1)));
                Self::Chain(
                    strength,
                    Box::new(first.within(strength + 1)),
                    rest.collect(),
                )
            }
            Self::Call(name, arguments) => {
                let arguments = arguments.into_iter().map(|tree| tree.within(0));
                Self::Call(name, arguments.collect())
            }
            Self::Parenthesis(inner) => Self::Parenthesis(Box::new(inner.within(0))),
        };
        if is_loose {
            Self::Parenthesis(Box::new(tree))
        } else {
            tree
        }
    }

    /// The text, with blanks here and there.
    fn print(&self, blank: &str, out: &mut String) {
        match self {
            Self::Leaf(text) => out.push_str(text),
            Self::Sign(sign, operand) => {
                out.push(*sign);
                out.push_str(blank);
                operand.print(blank, out);
            }
            Self::Chain(_, first, rest) => {
                first.print(blank, out);
                for (operator, tree) in rest {
                    out.extend([blank, operator, blank]);
                    tree.print(blank, out);
                }
            }
            Self::Call(name, arguments) => {
                out.extend([name, blank, "("]);
                for (place, argument) in arguments.iter().enumerate() {
                    if place > 0 {
                        out.extend([blank, ","]);
                    }
                    argument.print(blank, out);
                }
                out.push(')');
            }
            Self::Parenthesis(inner) => {
                out.extend(["(", blank]);
                inner.print(blank, out);
                out.extend([blank, ")"]);
            }
        }
    }

    fn text(&self, blank: &str) -> String {
        let mut out = String::new();
        self.print(blank, &mut out);
        out
    }
}

/// What the parser found, as the text it was found in.
fn found(node: &Node, source: &str) -> Tree {
    let tree = |node: &Node| Box::new(found(node, source));
    let calculations = |strength, first: &Node, rest: &[(Calculation, Node)]| {
        let rest = rest.iter().map(|(calculation, node)| {
            let operator = match calculation {
                Calculation::Add => "+",
                Calculation::Subtract => "-",
                Calculation::Multiply => "*",
                Calculation::Divide => "/",
            };
            (operator, found(node, source))
        });
        Tree::Chain(strength, tree(first), rest.collect())
    };
    match &node.expression {
        Expression::Number(number) => {
            let written = &source[node.span.clone()];
            assert_eq!(written.parse(), Ok(*number));
            Tree::Leaf(written.to_owned())
        }
        Expression::Text(written) => {
            let quote = &source[node.span.start..node.span.start + 1];
            Tree::Leaf([quote, written, quote].concat())
        }
        Expression::Field(written) => Tree::Leaf(["{", written, "}"].concat()),
        Expression::Word(name) => Tree::Leaf(name.clone()),
        Expression::Call(call) => {
            assert_eq!(&source[call.name_span.clone()], call.name);
            let arguments = call.arguments.iter();
            Tree::Call(
                call.name.clone(),
                arguments.map(|node| found(node, source)).collect(),
            )
        }
        Expression::Negate(operand) => Tree::Sign('-', tree(operand)),
        Expression::Plus(operand) => Tree::Sign('+', tree(operand)),
        Expression::Sum(first, rest) => calculations(2, first, rest),
        Expression::Product(first, rest) => calculations(3, first, rest),
        Expression::Join(parts) => {
            let rest = parts[1..].iter().map(|node| ("&", found(node, source)));
            Tree::Chain(1, tree(&parts[0]), rest.collect())
        }
        Expression::Compare(first, rest) => {
            let rest = rest.iter().map(|(comparison, node)| {
                let operator = match comparison {
                    Comparison::Equal => "=",
                    Comparison::Unequal => "!=",
                    Comparison::Less => "<",
                    Comparison::AtMost => "<=",
                    Comparison::More => ">",
                    Comparison::AtLeast => ">=",
                };
                (operator, found(node, source))
            });
            Tree::Chain(0, tree(first), rest.collect())
        }
        Expression::Parenthesis(inner) => Tree::Parenthesis(tree(inner)),
    }
}

fn leaf() -> impl Strategy<Value = String> {
    let fields: Vec<String> = table()
        .fields()
        .iter()
        .map(|field| format!("{{{}}}", field.name.replace('}', "\\}")))
        .collect();
    let units = [
        "day",
        "months",
        "h",
        "ms",
        "Q",
        "years",
        "Monday",
        "UTC",
        "Asia/Tokyo",
        "fr",
    ];
    let formats = [
        "YYYY-MM-DD",
        "LLLL",
        "D MMMM YYYY HH:mm a",
        "x",
        "gggg-[W]ww",
        "Do",
    ];
    let patterns = [
        "a+",
        "(\\d+)-(\\w*)",
        "[^a]",
        "(?i)x|y",
        "(",
        "^$",
        "\\bb",
        "$1$2",
    ];
    let given = units.into_iter().chain(formats).chain(patterns);
    let given: Vec<String> = given.map(|text| format!("'{text}'")).collect();
    prop_oneof![
        3 => proptest::sample::select(fields),
        1 => proptest::sample::select(vec!["Name", "été", "Amount", "TRUE", "now", "Today", "blank"])
            .prop_map(str::to_owned),
        2 => "[0-9]{1,4}(\\.[0-9]{1,3})?|\\.[0-9]",
        1 => proptest::sample::select(vec!["9007199254740993", "1000000", "86400000", "0.5"])
            .prop_map(str::to_owned),
        2 => proptest::sample::select(given),
        1 => "\"([^\"\\\\]|\\\\[\"'\\\\ntrd.é]){0,12}\"",
        1 => "'([^'\\\\]|\\\\[\"'\\\\ntrd.é]){0,12}'",
        1 => "'[0-9]{4}-[01][0-9]-[0-3][0-9]([T ][0-2][0-9]:[0-5][0-9](Z|\\+0[0-9]:30)?)?'",
    ]
}

fn tree() -> impl Strategy<Value = Tree> {
    leaf()
        .prop_map(Tree::Leaf)
        .prop_recursive(5, 48, 5, |inner| {
            let chain = (0..OPERATORS.len()).prop_flat_map({
                let inner = inner.clone();
                move |strength| {
                    let operator = proptest::sample::select(OPERATORS[strength]);
                    let rest = proptest::collection::vec((operator, inner.clone()), 1..4);
                    (inner.clone(), rest)
                        .prop_map(move |(first, rest)| Tree::Chain(strength, Box::new(first), rest))
                }
            });
            let call = (0..arities().len(), 0..4_usize, any::<bool>()).prop_flat_map({
                let inner = inner.clone();
                move |(place, more, is_lower)| {
                    let (name, least, most) = arities()[place];
                    let count = least.saturating_add(more).min(most);
                    let name = if is_lower {
                        name.to_lowercase()
                    } else {
                        name.to_owned()
                    };
                    let argument = if name.eq_ignore_ascii_case("LAST_MODIFIED_TIME") {
                        Just(Tree::Leaf("{Name}".to_owned())).boxed()
                    } else {
                        inner.clone().boxed()
                    };
                    proptest::collection::vec(argument, count)
                        .prop_map(move |arguments| Tree::Call(name.clone(), arguments))
                }
            });
            prop_oneof![
                1 => (proptest::sample::select(vec!['-', '+']), inner.clone())
                    .prop_map(|(sign, tree)| Tree::Sign(sign, Box::new(tree))),
                2 => chain,
                4 => call,
                1 => inner.prop_map(|tree| Tree::Parenthesis(Box::new(tree))),
            ]
        })
}

fn cell() -> impl Strategy<Value = Value<'static>> {
    let text = prop_oneof![
        ".{0,12}",
        "[0-9]{4}-[01][0-9]-[0-3][0-9]",
        "-?[0-9]{1,6}(\\.[0-9]{1,3})?",
        "[a\\(\\)\\[\\]+*?|$^]{0,8}",
    ];
    let number = prop_oneof![any::<f64>(), (-100..100_i32).prop_map(f64::from)];
    let leaf = prop_oneof![
        1 => Just(Value::Blank),
        2 => number.prop_map(Value::Number),
        1 => any::<bool>().prop_map(Value::Boolean),
        3 => text.prop_map(|text| Value::Text(Cow::Owned(text))),
        1 => (-719_528..2_932_897_i64)
            .prop_map(|days| Value::Moment(Moment::date(days).expect("in range"))),
        1 => (-62_167_219_200_000..253_402_300_800_000_i64)
            .prop_map(|millis| Value::Moment(Moment::time(millis).expect("in range"))),
        1 => Just(Value::Fault(Fault::Raised)),
    ];
    leaf.prop_recursive(2, 8, 4, |inner| {
        proptest::collection::vec(inner, 0..4).prop_map(Value::Array)
    })
}

/// A record whose cells are of any kind, whatever their fields say.
fn record() -> impl Strategy<Value = Table> {
    let count = table().cells.len();
    proptest::collection::vec(cell(), count).prop_map(|cells| {
        let mut record = table();
        record.cells = cells;
        record
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_is_printed_is_parsed_as_it_was(tree in tree(), blank in "[ \n\t]?") {
        let tree = tree.within(0);
        let source = tree.text(&blank);
        let parsed = parse(&source).map_err(|error| TestCaseError::fail(format!("{source}: {error}")))?;
        let again = found(&parsed, &source);
        prop_assert_eq!(format!("{again:?}"), format!("{tree:?}"));
        prop_assert_eq!(again.text(&blank), source);
    }

    #[test]
    fn no_formula_over_any_record_does_harm(tree in tree(), record in record()) {
        let source = tree.within(0).text("");
        let program = record.program(&source).map_err(TestCaseError::fail)?;
        let run = Run::new(NOW);
        let value = render(program.cell(&record, &run));
        prop_assert_eq!(&render(program.cell(&record, &run)), &value);
        let _ = program.keeps(&record, &run);
        let written = program.with_ids(&source, &record.fields()).unwrap();
        let again = record.program(&written).map_err(TestCaseError::fail)?;
        prop_assert_eq!(again.with_ids(&written, &record.fields()), Ok(written));
        prop_assert_eq!(render(again.cell(&record, &run)), value);
        prop_assert_eq!(again.references(), program.references());
    }

    #[test]
    fn no_text_does_harm(source in "\\PC{0,40}") {
        let _ = table().program(&source);
    }

    #[test]
    fn no_soup_of_tokens_does_harm(parts in proptest::collection::vec(
        proptest::sample::select(vec![
            "(", ")", ",", "+", "-", "*", "/", "&", "=", "!=", "<", ">", "IF(", "SUM(", "'", "\"", "{",
            "}", "{Name}", "Name", "1", ".5", "'a'", "\\", " ", "\n", "!", "é", "😀", "NOT", "//",
        ]),
        0..24,
    )) {
        let source = parts.concat();
        let table = table();
        if let Ok(program) = table.program(&source) {
            let _ = render(program.cell(&table, &Run::new(NOW)));
        }
    }
}

#[test]
fn every_function_is_found_by_its_name_in_any_case() {
    for (name, ..) in arities() {
        assert_eq!(find(&name.to_lowercase()).map(|it| it.name), Some(name));
    }
}
