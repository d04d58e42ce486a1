use std::borrow::Cow;

use super::doubtful;
use super::number_text::{looks_numeric, number_text};
use super::run::LONGEST_TEXT;
use super::value::{Fault, Value};

/// Between the elements of an array that is shown as text.
pub(super) const SEPARATOR: &str = ", ";

/// Whether a condition holds.
pub(super) fn truth(value: &Value<'_>) -> Result<bool, Fault> {
    Ok(match value {
        Value::Blank => false,
        Value::Number(number) => *number != 0.0 && !number.is_nan(),
        Value::Boolean(is_true) => *is_true,
        Value::Text(text) => !text.is_empty(),
        Value::Moment(_) => true,
        Value::Array(items) => !items.is_empty(),
        Value::Fault(fault) => return Err(*fault),
    })
}

/// The value as an operand of arithmetic; what is no number is NaN.
pub(super) fn number(value: &Value<'_>) -> Result<f64, Fault> {
    Ok(match value {
        Value::Blank => 0.0,
        Value::Number(number) => *number,
        Value::Boolean(is_true) => f64::from(u8::from(*is_true)),
        Value::Text(text) => looks_numeric(text).unwrap_or(f64::NAN),
        Value::Moment(moment) => moment.millis as f64,
        Value::Array(items) => match items.as_slice() {
            [] => 0.0,
            [one] => number(one)?,
            _ => match items.iter().find_map(fault_of) {
                Some(fault) => return Err(fault),
                None => f64::NAN,
            },
        },
        Value::Fault(fault) => return Err(*fault),
    })
}

/// The number as a whole one, cut toward zero; far ones end at the ends of the range and NaN is 0.
pub(super) fn whole(value: &Value<'_>) -> Result<i64, Fault> {
    // The cast saturates and makes NaN 0.
    Ok(number(value)? as i64)
}

/// The value as text.
pub(super) fn text(value: Value<'_>) -> Result<Cow<'_, str>, Fault> {
    match value {
        Value::Text(text) => Ok(text),
        value => other_text(value),
    }
}

fn other_text(value: Value<'_>) -> Result<Cow<'_, str>, Fault> {
    Ok(match value {
        Value::Blank => Cow::Borrowed(""),
        Value::Text(text) => text,
        Value::Number(number) => number_text(number),
        Value::Boolean(is_true) => Cow::Borrowed(doubtful::boolean_text(is_true)),
        Value::Moment(moment) => Cow::Owned(moment.iso()),
        Value::Array(items) => joined(items, SEPARATOR)?,
        Value::Fault(fault) => return Err(fault),
    })
}

/// The elements as text with something between them.
pub(super) fn joined<'a>(items: Vec<Value<'a>>, separator: &str) -> Result<Cow<'a, str>, Fault> {
    let mut items = items.into_iter();
    let Some(first) = items.next() else {
        return Ok(Cow::Borrowed(""));
    };
    let mut out = text(first)?;
    for item in items {
        let out = out.to_mut();
        out.push_str(separator);
        out.push_str(&text(item)?);
        if out.len() > LONGEST_TEXT {
            return Err(Fault::TooLarge);
        }
    }
    Ok(out)
}

/// The first error in a value.
pub(super) fn fault_of(value: &Value<'_>) -> Option<Fault> {
    match value {
        Value::Fault(fault) => Some(*fault),
        Value::Array(items) => items.iter().find_map(fault_of),
        _ => None,
    }
}
