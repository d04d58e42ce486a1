use serde_json::Value;

use super::parse::{ParseContext, refused};
use super::types::Cell;
use crate::airtable::schema::{Field, Kind};
use crate::contracts::BaseResult;

/// A number, currency, percent or computed number.
pub(super) fn parse(field: &Field, value: &Value, context: &ParseContext<'_>) -> BaseResult<Cell> {
    match value {
        Value::Number(number) => number.as_f64().and_then(cell).ok_or_else(|| refused(field)),
        Value::String(text) if !context.is_strict() => {
            let number = from_text(text, matches!(field.kind, Kind::Percent { .. }));
            Ok(number.and_then(cell).unwrap_or_default())
        }
        _ => Err(refused(field)),
    }
}

/// A rating; zero is no rating.
pub(super) fn parse_rating(
    field: &Field,
    max: u8,
    value: &Value,
    context: &ParseContext<'_>,
) -> BaseResult<Cell> {
    let highest = if context.is_import() {
        f64::from(u8::MAX)
    } else {
        f64::from(max)
    };
    let fits = |number: f64| number.fract() == 0.0 && (0.0..=highest).contains(&number);
    let number = match value {
        Value::Number(number) => number
            .as_f64()
            .filter(|it| fits(*it))
            .ok_or_else(|| refused(field))?,
        Value::String(text) if !context.is_strict() => from_text(text, false)
            .filter(|it| fits(*it))
            .unwrap_or_default(),
        _ => return Err(refused(field)),
    };
    Ok(if number == 0.0 {
        Cell::Empty
    } else {
        Cell::Number(number)
    })
}

/// A finite number as a cell; minus zero becomes zero so that equal cells have one form.
pub(super) fn cell(number: f64) -> Option<Cell> {
    number.is_finite().then_some(Cell::Number(number + 0.0))
}

/// The number a person means: grouping, currency symbols and `%` are taken off.
pub(super) fn from_text(text: &str, is_percent: bool) -> Option<f64> {
    let text = text.trim();
    let (text, is_negative) = match text.strip_prefix('(').and_then(|it| it.strip_suffix(')')) {
        Some(inner) => (inner, true),
        None => (text, false),
    };
    let has_sign = text.contains('%');
    // The point of an abbreviation such as `Rs. 5` belongs to no number.
    let text = &text.replace(". ", " ");
    let kept: String = text.chars().filter(|it| is_part_of_number(*it)).collect();
    let is_other = |it: char| it.is_alphabetic() && !matches!(it, 'e' | 'E');
    // A letter between digits means that this is not a number; around them it may be `USD` or `kr`.
    let inner = text.trim_matches(|it: char| !it.is_ascii_digit());
    if inner.contains(is_other) || !kept.contains(|it: char| it.is_ascii_digit()) {
        return None;
    }
    let kept = kept.trim_matches(|it| matches!(it, 'e' | 'E'));
    let number: f64 = kept.trim_end_matches(['.', '-', '+']).parse().ok()?;
    let number = if is_negative { -number } else { number };
    if has_sign && is_percent {
        divided_by_hundred(number)
    } else {
        Some(number)
    }
}

fn is_part_of_number(it: char) -> bool {
    it.is_ascii_digit() || matches!(it, '.' | '-' | '+' | 'e' | 'E')
}

/// Shifts the decimal point in the text, for 12.3 / 100.0 is not 0.123.
fn divided_by_hundred(number: f64) -> Option<f64> {
    format!("{number:e}")
        .split_once('e')
        .and_then(|(digits, exponent)| {
            let exponent: i32 = exponent.parse().ok()?;
            format!("{digits}e{}", exponent - 2).parse().ok()
        })
}
