use super::super::cell::{Cell, DAY};
use super::super::formula::{Fault, Moment, Value};
use super::super::schema::Kind;

/// What a formula gave, as a cell of a field with this result.
pub(super) fn cell_of(value: Result<Value<'_>, Fault>, result: &Kind) -> Cell {
    match value {
        Ok(Value::Array(items)) if items.is_empty() => Cell::Empty,
        Ok(value) => cell(value, result),
        Err(_) => Cell::Error,
    }
}

fn cell(value: Value<'_>, result: &Kind) -> Cell {
    match value {
        Value::Blank => Cell::Empty,
        Value::Number(number) => Cell::Number(number),
        Value::Boolean(is_true) => Cell::Number(f64::from(u8::from(is_true))),
        Value::Text(text) if text.is_empty() => Cell::Empty,
        Value::Text(text) => Cell::Text(text.into()),
        Value::Moment(moment) => moment_cell(&moment, result),
        Value::Array(items) => {
            let items = items.into_iter().map(|item| cell(item, result));
            Cell::List(items.collect())
        }
        Value::Fault(_) => Cell::Error,
    }
}

/// In an array, whose result is of no date type, it stays what it is.
fn moment_cell(moment: &Moment, result: &Kind) -> Cell {
    let is_date = match result {
        Kind::Date(_) => true,
        Kind::DateTime(_) => false,
        _ => moment.is_date,
    };
    match i32::try_from(moment.millis.div_euclid(DAY)) {
        Ok(days) if is_date => Cell::Date(days),
        _ => Cell::Time(moment.millis),
    }
}
