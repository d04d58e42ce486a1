use std::borrow::Cow;

use super::dates::Moment;

/// What a formula computes with; texts and arrays are borrowed from the row or the formula where they can be.
#[derive(Clone, Debug, Default)]
pub(crate) enum Value<'a> {
    #[default]
    Blank,
    Number(f64),
    Boolean(bool),
    Text(Cow<'a, str>),
    Moment(Moment),
    Array(Vec<Self>),
    /// Only as the value of a field, or within an array; a computation ends with `Err` instead.
    Fault(Fault),
}

/// Why a cell shows `#ERROR!`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// `ERROR()`, or an error in a cell that was read.
    Raised,
    /// Text that is no date, or none where one is needed.
    NoDate,
    /// A date before the year 0 or after 9999.
    DateRange,
    Unit,
    Zone,
    Pattern,
    NoMatch,
    NoNumber,
    /// A value of a kind the function has no use for.
    Kind,
    /// More text or more work than one evaluation may make.
    TooLarge,
}

/// The outcome of a computation.
pub(super) type Outcome<'a> = Result<Value<'a>, Fault>;

impl<'a> Value<'a> {
    pub(super) fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(text.into())
    }

    /// A count or a position; none comes near the end of the exact range of a double.
    pub(super) fn count(count: usize) -> Self {
        Self::Number(count as f64)
    }

    /// Blank or a text of no characters.
    pub(super) fn is_empty_text(&self) -> bool {
        match self {
            Self::Blank => true,
            Self::Text(text) => text.is_empty(),
            _ => false,
        }
    }

    /// The value with everything it borrowed made its own.
    pub(crate) fn into_owned(self) -> Value<'static> {
        match self {
            Self::Blank => Value::Blank,
            Self::Number(number) => Value::Number(number),
            Self::Boolean(is_true) => Value::Boolean(is_true),
            Self::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Self::Moment(moment) => Value::Moment(moment),
            Self::Array(items) => Value::Array(items.into_iter().map(Value::into_owned).collect()),
            Self::Fault(fault) => Value::Fault(fault),
        }
    }

    /// The same value, borrowing its text.
    pub(crate) fn borrowed(&'a self) -> Self {
        match self {
            Self::Text(text) => Value::Text(Cow::Borrowed(text)),
            Self::Array(items) => Value::Array(items.iter().map(Self::borrowed).collect()),
            other => other.clone(),
        }
    }
}

impl From<bool> for Value<'_> {
    fn from(is_true: bool) -> Self {
        Self::Boolean(is_true)
    }
}

impl From<f64> for Value<'_> {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<Moment> for Value<'_> {
    fn from(moment: Moment) -> Self {
        Self::Moment(moment)
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}
