//! A formula over one text, seen as every kind of cell: driven by the fuzz target, tried by a test.

use std::borrow::Cow;

use super::{Element, Field, Kind, Moment, Program, Row, Run, Value};

const NOW: i64 = 1_709_622_489_000;

/// A record of one text, seen as every kind of cell.
struct Record<'a>(&'a str);

impl Row for Record<'_> {
    fn value(&self, field: usize) -> Value<'_> {
        let text = || Value::Text(Cow::Borrowed(self.0));
        match field {
            0 => text(),
            1 => Value::Number(self.0.len() as f64),
            2 => Value::Boolean(!self.0.is_empty()),
            3 => Moment::time(NOW).map_or(Value::Blank, Value::Moment),
            4 => Value::Array(
                self.0
                    .split(',')
                    .map(|part| Value::Text(Cow::Borrowed(part)))
                    .collect(),
            ),
            5 => Value::Array(vec![
                text(),
                Value::Blank,
                Value::Array(vec![Value::Number(1.5), text()]),
            ]),
            _ => Value::Blank,
        }
    }

    fn record_id(&self) -> Cow<'_, str> {
        Cow::Borrowed("recAAAAAAAAAAAAAA")
    }

    fn created_time(&self) -> i64 {
        NOW
    }

    fn last_modified(&self, fields: &[usize]) -> Option<i64> {
        fields.is_empty().then_some(NOW)
    }
}

const FIELDS: [Field<'static>; 7] = [
    Field {
        id: "fldAAAAAAAAAAAAAA",
        name: "T",
        kind: Kind::Text,
    },
    Field {
        id: "fldBBBBBBBBBBBBBB",
        name: "N",
        kind: Kind::Number,
    },
    Field {
        id: "fldCCCCCCCCCCCCCC",
        name: "C",
        kind: Kind::Boolean,
    },
    Field {
        id: "fldDDDDDDDDDDDDDD",
        name: "D",
        kind: Kind::DateTime,
    },
    Field {
        id: "fldEEEEEEEEEEEEEE",
        name: "A",
        kind: Kind::Array(Element::Text),
    },
    Field {
        id: "fldFFFFFFFFFFFFFF",
        name: "M",
        kind: Kind::Array(Element::Mixed),
    },
    Field {
        id: "fldGGGGGGGGGGGGGG",
        name: "B",
        kind: Kind::Text,
    },
];

/// Evaluates a formula over a text, the two parted by a line with a lone `~`; panics where it becomes another when its fields are
/// written as ids.
pub fn evaluate(input: &str) {
    let (source, text) = input.split_once("\n~\n").unwrap_or((input, "a1,b"));
    let Ok(program) = Program::new(source, &FIELDS) else {
        return;
    };
    let record = Record(text);
    let run = Run::new(NOW);
    let value = format!("{:?}", program.cell(&record, &run));
    let _ = program.keeps(&record, &run);
    let Ok(written) = program.with_ids(source, &FIELDS) else {
        return;
    };
    let Ok(again) = Program::new(&written, &FIELDS) else {
        panic!("{source:?} became {written:?}, which is none");
    };
    assert_eq!(again.with_ids(&written, &FIELDS).as_ref(), Ok(&written));
    assert_eq!(
        format!("{:?}", again.cell(&record, &run)),
        value,
        "{source:?}"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_and_what_is_none_do_no_harm() {
        let inputs = [
            "",
            "{",
            "{T} & {N} & {C}\n~\na,b",
            "DATETIME_FORMAT({D}, 'YYYY') & ARRAYJOIN({A}, '/')",
            "REGEX_EXTRACT({T}, '[a-z]+') & ARRAYFLATTEN({M})\n~\nA1",
        ];
        inputs.into_iter().for_each(evaluate);
    }
}
