use std::borrow::Cow;

use super::kind::Kind;
use super::value::Value;

/// A field as formulas know it; its place in the table's list is the place [`Row::value`] is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field<'a> {
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
    pub(crate) kind: Kind,
}

/// The record a formula is evaluated for.
pub(crate) trait Row {
    /// The value of the field at a place.
    fn value(&self, field: usize) -> Value<'_>;

    /// What a rollup gathers from the linked records, blanks included.
    fn values(&self) -> Value<'_> {
        Value::Blank
    }

    fn record_id(&self) -> Cow<'_, str>;

    /// Milliseconds since the epoch.
    fn created_time(&self) -> i64;

    /// When a person last changed one of these fields, or any if there are none.
    fn last_modified(&self, fields: &[usize]) -> Option<i64>;
}
