use std::fmt;

use super::syntax::Span;

/// Why a text is no formula for a table: the place, what is wrong there and what may have been meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Error {
    pub(crate) kind: ErrorKind,
    /// Bytes of the formula's text.
    pub(crate) span: Span,
    message: String,
}

/// What is wrong with a formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ErrorKind {
    /// The text does not follow the grammar.
    Syntax,
    /// Longer, or nested deeper, than is read.
    TooLarge,
    UnknownFunction,
    ArgumentCount,
    /// An argument that must be a field is none.
    Argument,
    /// Names that are no field's, in the order they appear.
    UnknownFields(Vec<String>),
}

impl Error {
    pub(super) fn new(kind: ErrorKind, span: Span, message: impl Into<String>) -> Self {
        Self {
            kind,
            span,
            message: message.into(),
        }
    }

    pub(super) fn syntax(span: Span, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Syntax, span, message)
    }

    /// The sentence the Web API gives for it after `The formula for filtering records is invalid: `.
    pub(crate) fn filter_message(&self) -> String {
        match &self.kind {
            ErrorKind::UnknownFields(names) => {
                let lower: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
                format!("Unknown field names: {}", lower.join(", "))
            }
            _ => "Invalid formula. Please check your formula text.".to_owned(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} (at {})", self.message, self.span.start)
    }
}

impl std::error::Error for Error {}

/// Names looked at for a suggestion; a table has few, a formula may name many.
const MOST_COMPARED: usize = 1000;
/// A longer word is no slip of the pen.
const LONGEST: usize = 100;

/// The name a person most likely meant, as `; did you mean …?`, or nothing.
pub(crate) fn suggestion<'a>(
    given: &str,
    known: impl IntoIterator<Item = &'a str>,
    show: impl Fn(&str) -> String,
) -> String {
    if given.len() > LONGEST {
        return String::new();
    }
    let given = given.to_lowercase();
    let allowed = (given.chars().count() / 3).max(1);
    let distance = |name: &str| strsim::osa_distance(&given, &name.to_lowercase());
    let nearest = known
        .into_iter()
        .take(MOST_COMPARED)
        .filter(|name| name.len() <= LONGEST)
        .map(|name| (distance(name), name))
        .min_by_key(|(distance, _)| *distance);
    match nearest {
        Some((distance, name)) if distance <= allowed => {
            format!("; did you mean {}?", show(name))
        }
        _ => String::new(),
    }
}
