use std::borrow::Cow;
use std::cmp::Ordering;

use super::coerce::{SEPARATOR, joined, number, text};
use super::dates::read_iso;
use super::doubtful;
use super::syntax::Comparison;
use super::value::{Fault, Value};

/// Whether the comparison of two values holds.
pub(super) fn compare(
    comparison: Comparison,
    left: Value<'_>,
    right: Value<'_>,
) -> Result<bool, Fault> {
    let order = |left, right| order(left, right);
    Ok(match comparison {
        Comparison::Equal => equal(left, right)?,
        Comparison::Unequal => !equal(left, right)?,
        Comparison::Less => order(left, right)?.is_some_and(Ordering::is_lt),
        Comparison::AtMost => order(left, right)?.is_some_and(Ordering::is_le),
        Comparison::More => order(left, right)?.is_some_and(Ordering::is_gt),
        Comparison::AtLeast => order(left, right)?.is_some_and(Ordering::is_ge),
    })
}

/// The same where the right side stays: most comparisons of filters are of these two kinds.
pub(super) fn compare_to(
    comparison: Comparison,
    left: Value<'_>,
    right: &Value<'_>,
) -> Result<bool, Fault> {
    match (&left, right) {
        (Value::Number(left), Value::Number(right)) => Ok(comparison.of_numbers(*left, *right)),
        (Value::Text(left), Value::Text(right)) if comparison == Comparison::Equal => {
            Ok(left == right)
        }
        _ => compare(comparison, left, right.borrowed()),
    }
}

/// Whether two values are the same, across kinds.
pub(super) fn equal(left: Value<'_>, right: Value<'_>) -> Result<bool, Fault> {
    use Value::{Array, Blank, Boolean, Moment, Number, Text};
    Ok(match (left, right) {
        (Value::Fault(fault), _) | (_, Value::Fault(fault)) => return Err(fault),
        (Text(left), Text(right)) => left == right,
        (Number(left), Number(right)) => left == right,
        (Moment(left), Moment(right)) => left.millis == right.millis,
        (Blank, Blank) => true,
        (Array(items), other) | (other, Array(items)) => joined(items, SEPARATOR)? == text(other)?,
        (Blank, Text(text)) | (Text(text), Blank) => text.is_empty(),
        (Blank, Number(number)) | (Number(number), Blank) => number == 0.0,
        (Blank, Boolean(is_true)) | (Boolean(is_true), Blank) => !is_true,
        (Blank, Moment(_)) | (Moment(_), Blank) => false,
        (Number(number), Text(text)) | (Text(text), Number(number)) => {
            doubtful::number_equals_text(number, &text)
        }
        (Boolean(is_true), Text(text)) | (Text(text), Boolean(is_true)) => {
            doubtful::boolean_text(is_true) == text
        }
        (Moment(moment), Text(text)) | (Text(text), Moment(moment)) => match read_iso(&text) {
            Some(read) => read.millis == moment.millis,
            None => moment.iso() == text,
        },
        (left, right) => number(&left)? == number(&right)?,
    })
}

/// How two values stand to one another; `None` where neither comes first.
fn order(left: Value<'_>, right: Value<'_>) -> Result<Option<Ordering>, Fault> {
    use Value::{Array, Blank, Moment, Text};
    Ok(match (left, right) {
        (Value::Fault(fault), _) | (_, Value::Fault(fault)) => return Err(fault),
        (Array(items), other) => order(single(items)?, other)?,
        (other, Array(items)) => order(other, single(items)?)?,
        (Text(left), Text(right)) => Some(by_code_unit(&left, &right)),
        (Blank, Text(right)) => Some(by_code_unit("", &right)),
        (Text(left), Blank) => Some(by_code_unit(&left, "")),
        (Blank, Moment(_)) | (Moment(_), Blank) => None,
        (Moment(left), Text(right)) => Some(moment_to_text(&left, &right)),
        (Text(left), Moment(right)) => Some(moment_to_text(&right, &left).reverse()),
        (left, right) => number(&left)?.partial_cmp(&number(&right)?),
    })
}

/// The one element of an array, else its text.
fn single(mut items: Vec<Value<'_>>) -> Result<Value<'_>, Fault> {
    if items.len() == 1 {
        return Ok(items.remove(0));
    }
    joined(items, SEPARATOR).map(Value::Text)
}

fn moment_to_text(moment: &super::dates::Moment, text: &str) -> Ordering {
    match read_iso(text) {
        Some(read) => moment.millis.cmp(&read.millis),
        None => by_code_unit(&moment.iso(), text),
    }
}

/// The order of UTF-16 code units, which is that of UTF-8 but for characters that need two of them.
fn by_code_unit(left: &str, right: &str) -> Ordering {
    if left.is_ascii() || right.is_ascii() {
        return left.cmp(right);
    }
    left.encode_utf16().cmp(right.encode_utf16())
}

/// What tells one value of an array from another.
#[derive(PartialEq, Eq, Hash)]
pub(super) enum Identity<'a> {
    Blank,
    Number(u64),
    Boolean(bool),
    Text(Cow<'a, str>),
    Moment(i64),
    Array(Vec<Self>),
}

impl<'a> Identity<'a> {
    pub(super) fn of(value: &Value<'a>) -> Result<Self, Fault> {
        Ok(match value {
            Value::Blank => Self::Blank,
            // Both zeros are one number.
            Value::Number(number) => Self::Number((number + 0.0).to_bits()),
            Value::Boolean(is_true) => Self::Boolean(*is_true),
            Value::Text(text) => Self::Text(text.clone()),
            Value::Moment(moment) => Self::Moment(moment.millis),
            Value::Array(items) => {
                Self::Array(items.iter().map(Self::of).collect::<Result<_, _>>()?)
            }
            Value::Fault(fault) => return Err(*fault),
        })
    }
}
