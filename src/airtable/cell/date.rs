use serde_json::Value;

use super::calendar::time_in_range;
use super::parse::{ParseContext, refused};
use super::types::Cell;
use super::{human_date, iso};
use crate::airtable::schema::{DateFormat, DateTimeFormat, Field};
use crate::contracts::{BaseError, BaseErrorKind, BaseResult};

/// A date; of a date with time the date part is kept.
pub(super) fn parse_date(
    field: &Field,
    format: DateFormat,
    value: &Value,
    context: &ParseContext<'_>,
) -> BaseResult<Cell> {
    let text = value.as_str().ok_or_else(|| refused(field))?.trim();
    let moment = iso::moment(text);
    if moment.is_none() && context.is_typecast() {
        let meant = human_date::moment(text, format, "utc", context.now);
        return Ok(meant.map_or(Cell::Empty, |moment| Cell::Date(moment.days)));
    }
    match moment {
        Some(moment) => Ok(Cell::Date(moment.days)),
        None if text.is_empty() => Ok(Cell::Empty),
        None => Err(not_a_date(field, text)),
    }
}

/// A date with time; a text without offset is read in the field's zone, a number is epoch milliseconds.
pub(super) fn parse_time(
    field: &Field,
    format: &DateTimeFormat,
    value: &Value,
    context: &ParseContext<'_>,
) -> BaseResult<Cell> {
    let text = match value {
        Value::String(text) => text.trim(),
        Value::Number(_) => return epoch_millis(field, value),
        _ => return Err(refused(field)),
    };
    let zone = format.time_zone.as_str();
    let moment = iso::moment(text);
    if moment.is_none() && context.is_typecast() {
        let meant = human_date::moment(text, format.date, zone, context.now);
        let millis = meant.and_then(|moment| moment.millis(zone));
        return Ok(millis.map_or(Cell::Empty, Cell::Time));
    }
    match moment.and_then(|moment| moment.millis(zone)) {
        Some(millis) => Ok(Cell::Time(millis)),
        None if text.is_empty() => Ok(Cell::Empty),
        None => Err(not_a_date(field, text)),
    }
}

/// An imported created or modified time.
pub(super) fn parse_computed_time(field: &Field, value: &Value) -> BaseResult<Cell> {
    let text = value.as_str().ok_or_else(|| refused(field))?;
    let millis = iso::moment(text.trim()).and_then(|moment| moment.millis("utc"));
    millis
        .map(Cell::Time)
        .ok_or_else(|| not_a_date(field, text))
}

fn epoch_millis(field: &Field, value: &Value) -> BaseResult<Cell> {
    let whole = value.as_i64();
    let rounded = || {
        value
            .as_f64()
            .filter(|it| it.abs() < 1e15)
            .map(|it| it as i64)
    };
    let millis = whole.or_else(rounded).and_then(time_in_range);
    millis
        .map(Cell::Time)
        .ok_or_else(|| not_a_date(field, &value.to_string()))
}

fn not_a_date(field: &Field, text: &str) -> BaseError {
    let message = format!(
        "Cannot parse date value \"{text}\" for field {}",
        field.name
    );
    BaseError::new(BaseErrorKind::InvalidValueForColumn, message)
}
