use serde_json::Value;

use super::types::{Cell, Parsed};
use super::{
    attachment, barcode, checkbox, date, duration, frozen, link, number, people, select, text,
};
use crate::airtable::schema::{Field, Kind};
use crate::contracts::{BaseError, BaseErrorKind, BaseResult, Person};
use crate::platform::clock::Millis;

/// How much a value may differ from the write format of its field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Not at all.
    Strict,
    /// Strings are converted as well as can be.
    Typecast,
    /// The read format of every type is taken, computed ones included.
    Import,
}

/// What the meaning of a value depends on besides its field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ParseContext<'a> {
    /// How strict to be.
    pub(crate) mode: Mode,
    /// The people a collaborator cell may name.
    pub(crate) people: &'a [Person],
    /// The present, for words such as `today`.
    pub(crate) now: Millis,
}

impl ParseContext<'_> {
    /// Whether only the exact write format is accepted.
    pub(super) fn is_strict(&self) -> bool {
        self.mode == Mode::Strict
    }

    /// Whether strings are converted.
    pub(super) fn is_typecast(&self) -> bool {
        self.mode == Mode::Typecast
    }

    /// Whether the read format is accepted.
    pub(super) fn is_import(&self) -> bool {
        self.mode == Mode::Import
    }
}

/// What a client's value means for a cell of the field.
pub(crate) fn parse(
    field: &Field,
    value: &Value,
    context: &ParseContext<'_>,
) -> BaseResult<Parsed> {
    if field.kind.is_computed() && !context.is_import() {
        let message = format!(
            "Field \"{}\" cannot accept a value because the field is computed",
            field.name
        );
        return Err(BaseError::new(
            BaseErrorKind::InvalidValueForColumn,
            message,
        ));
    }
    if value.is_null() {
        return Ok(Parsed::Cell(Cell::Empty));
    }
    match &field.kind {
        Kind::SingleSelect(choices) => select::parse_single(field, choices, value, context),
        Kind::MultipleSelects(choices) => select::parse_multiple(field, choices, value, context),
        Kind::Links(_) => link::parse(value, context),
        _ => parse_cell(field, value, context).map(Parsed::Cell),
    }
}

fn parse_cell(field: &Field, value: &Value, context: &ParseContext<'_>) -> BaseResult<Cell> {
    match &field.kind {
        Kind::RichText => text::parse_rich(field, value, context),
        Kind::Number { .. }
        | Kind::Currency { .. }
        | Kind::Percent { .. }
        | Kind::AutoNumber
        | Kind::Count { .. } => number::parse(field, value, context),
        Kind::Rating { max, .. } => number::parse_rating(field, *max, value, context),
        Kind::Duration { format } => duration::parse(field, *format, value, context),
        Kind::Checkbox { .. } => checkbox::parse(field, value, context),
        Kind::Date(format) => date::parse_date(field, *format, value, context),
        Kind::DateTime(format) => date::parse_time(field, format, value, context),
        Kind::CreatedTime(_) | Kind::LastModifiedTime { .. } => {
            date::parse_computed_time(field, value)
        }
        Kind::SingleCollaborator | Kind::CreatedBy | Kind::LastModifiedBy => {
            people::parse_single(field, value, context)
        }
        Kind::MultipleCollaborators => people::parse_multiple(field, value, context),
        Kind::Attachments { .. } => attachment::parse(field, value, context),
        Kind::Barcode => barcode::parse(field, value, context),
        // A document brings along what it was; here it is computed anew.
        Kind::Computed(_) => Ok(Cell::Empty),
        Kind::Frozen { .. } => frozen::parse(value),
        _ => text::parse(field, value, context),
    }
}

/// The refusal of a value of the wrong kind.
pub(super) fn refused(field: &Field) -> BaseError {
    let message = format!("Field \"{}\" cannot accept the provided value", field.name);
    BaseError::new(BaseErrorKind::InvalidValueForColumn, message)
}

/// Whether a value is a list without members.
pub(super) fn is_empty_list(value: &Value) -> bool {
    value.as_array().is_some_and(Vec::is_empty)
}
