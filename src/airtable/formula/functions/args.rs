use std::borrow::Cow;

use super::super::coerce;
use super::super::dates::{Moment, read};
use super::super::value::{Fault, Value};

const MOST: usize = 4;

/// The arguments of a function that takes a handful.
#[derive(Default)]
pub(in super::super) struct Args<'a> {
    values: [Value<'a>; MOST],
    count: usize,
}

impl<'a> Args<'a> {
    pub(in super::super) fn push(&mut self, value: Value<'a>) {
        if let Some(slot) = self.values.get_mut(self.count) {
            *slot = value;
            self.count += 1;
        }
    }

    /// The argument at a place, taken out; blank if it was not given.
    pub(super) fn take(&mut self, place: usize) -> Value<'a> {
        self.values
            .get_mut(place)
            .map(std::mem::take)
            .unwrap_or_default()
    }

    pub(super) fn is_given(&self, place: usize) -> bool {
        place < self.count
    }

    pub(super) fn text(&mut self, place: usize) -> Result<Cow<'a, str>, Fault> {
        coerce::text(self.take(place))
    }

    pub(super) fn number(&self, place: usize) -> Result<f64, Fault> {
        coerce::number(&self.values[place])
    }

    /// The number at a place, or another if it was not given.
    pub(super) fn number_or(&self, place: usize, other: f64) -> Result<f64, Fault> {
        if self.is_given(place) {
            self.number(place)
        } else {
            Ok(other)
        }
    }

    /// The number at a place cut to a whole one.
    pub(super) fn whole(&self, place: usize) -> Result<i64, Fault> {
        coerce::whole(&self.values[place])
    }

    pub(super) fn moment(&mut self, place: usize) -> Result<Moment, Fault> {
        moment(self.take(place))
    }
}

/// The value as a date; text is read, anything else is no date.
pub(super) fn moment(value: Value<'_>) -> Result<Moment, Fault> {
    match value {
        Value::Moment(moment) => Ok(moment),
        Value::Text(text) => read(&text).ok_or(Fault::NoDate),
        Value::Array(mut items) if items.len() == 1 => moment(items.remove(0)),
        Value::Fault(fault) => Err(fault),
        _ => Err(Fault::NoDate),
    }
}

/// The value as a date; nothing for a blank one.
pub(super) fn optional_moment(value: Value<'_>) -> Result<Option<Moment>, Fault> {
    match value {
        Value::Array(items) if items.is_empty() => Ok(None),
        value if value.is_empty_text() => Ok(None),
        value => moment(value).map(Some),
    }
}
