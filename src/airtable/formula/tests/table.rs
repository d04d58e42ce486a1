use std::borrow::Cow;

use serde_json::Value as Json;

use super::super::{Element, Fault, Field, Kind, Moment, Program, Row, Run, Value};
use super::render;

/// 2024-03-05T07:08:09.000Z, a Tuesday.
pub(in super::super) const NOW: i64 = 1_709_622_489_000;

/// A record with a field of every kind, as `cases/fields.tsv` describes it.
#[derive(Debug)]
pub(in super::super) struct Table {
    fields: Vec<(String, String, Kind)>,
    pub(in super::super) cells: Vec<Value<'static>>,
}

pub(in super::super) fn table() -> Table {
    let lines = include_str!("cases/fields.tsv").lines().skip(1);
    let (mut fields, mut cells) = (Vec::new(), Vec::new());
    for (place, line) in lines.enumerate() {
        let columns: Vec<&str> = line.split('\t').collect();
        let [name, kind, cell] = columns[..] else {
            panic!("{line}");
        };
        let cell = serde_json::from_str(cell).unwrap_or_else(|_| panic!("{line}"));
        let kind = kind_of(kind);
        fields.push((name.to_owned(), format!("fld{:0>14}", place + 1), kind));
        cells.push(cell_of(&cell, kind));
    }
    Table { fields, cells }
}

fn kind_of(name: &str) -> Kind {
    match name {
        "number" => Kind::Number,
        "checkbox" => Kind::Boolean,
        "text" => Kind::Text,
        "date" => Kind::Date,
        "time" => Kind::DateTime,
        "numbers" => Kind::Array(Element::Number),
        "texts" => Kind::Array(Element::Text),
        "dates" => Kind::Array(Element::Date),
        "mixed" => Kind::Array(Element::Mixed),
        other => panic!("{other}"),
    }
}

fn cell_of(cell: &Json, kind: Kind) -> Value<'static> {
    match (cell, kind) {
        (Json::Null, _) => Value::Blank,
        (Json::Bool(is_true), _) => Value::Boolean(*is_true),
        (Json::Number(number), Kind::Date | Kind::Array(Element::Date)) => {
            Value::Moment(Moment::date(number.as_i64().expect("days")).expect("a date"))
        }
        (Json::Number(number), Kind::DateTime) => {
            Value::Moment(Moment::time(number.as_i64().expect("millis")).expect("a time"))
        }
        (Json::Number(number), _) => Value::Number(number.as_f64().expect("a number")),
        (Json::String(text), _) => Value::Text(Cow::Owned(text.clone())),
        (Json::Array(items), kind) => {
            Value::Array(items.iter().map(|item| cell_of(item, kind)).collect())
        }
        (Json::Object(_), _) => Value::Fault(Fault::Raised),
    }
}

impl Table {
    pub(in super::super) fn fields(&self) -> Vec<Field<'_>> {
        let fields = self.fields.iter();
        fields
            .map(|(name, id, kind)| Field {
                id,
                name,
                kind: *kind,
            })
            .collect()
    }

    pub(in super::super) fn program(&self, formula: &str) -> Result<Program, String> {
        Program::new(formula, &self.fields()).map_err(|error| error.filter_message())
    }

    /// The cell as JSON, `omitted`, or why the formula is refused.
    pub(in super::super) fn cell(&self, formula: &str) -> String {
        match self.program(formula) {
            Ok(program) => shown(&program, self),
            Err(message) => format!("refused: {message}"),
        }
    }

    /// The same for a rollup that gathers the values of a field.
    pub(super) fn rollup(&self, formula: &str, source: &str) -> String {
        let place = self.fields.iter().position(|(name, ..)| name == source);
        let place = place.unwrap_or_else(|| panic!("{source}"));
        let kind = self.fields[place].2;
        let others: Vec<Field<'_>> = self
            .fields()
            .into_iter()
            .filter(|it| it.name != "Values")
            .collect();
        let gathered = Gathered(self.cells[place].clone());
        match Program::rollup(formula, &others, kind.element()) {
            Ok(program) => shown(&program, &gathered),
            Err(error) => format!("refused: {}", error.filter_message()),
        }
    }
}

fn shown(program: &Program, row: &dyn Row) -> String {
    let run = Run::new(NOW);
    render(program.cell(row, &run)).map_or_else(|| "omitted".to_owned(), |json| json.to_string())
}

impl Row for Table {
    fn value(&self, field: usize) -> Value<'_> {
        self.cells[field].borrowed()
    }

    fn record_id(&self) -> Cow<'_, str> {
        Cow::Borrowed("rec0A1b2C3d4E5f6G")
    }

    /// 2024-01-02T03:04:05.678Z
    fn created_time(&self) -> i64 {
        1_704_164_645_678
    }

    /// As if each field had been changed one minute after the one before it, the first never.
    fn last_modified(&self, fields: &[usize]) -> Option<i64> {
        let minutes = match fields {
            [] => self.cells.len() - 1,
            fields => *fields.iter().max()?,
        };
        let minutes = i64::try_from(minutes).expect("few fields");
        (minutes > 0).then_some(1_704_164_645_678 + minutes * 60_000)
    }
}

/// What a rollup found in the linked records.
struct Gathered(Value<'static>);

impl Row for Gathered {
    fn value(&self, _: usize) -> Value<'_> {
        Value::Blank
    }

    fn values(&self) -> Value<'_> {
        self.0.borrowed()
    }

    fn record_id(&self) -> Cow<'_, str> {
        Cow::Borrowed("")
    }

    fn created_time(&self) -> i64 {
        0
    }

    fn last_modified(&self, _: &[usize]) -> Option<i64> {
        None
    }
}
