/// What a field or a part of a formula gives, as far as the definition tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Never a value, or none that says anything of its kind.
    Blank,
    Number,
    Boolean,
    Text,
    /// A date without time.
    Date,
    DateTime,
    Array(Element),
}

/// What the elements of an array are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Element {
    Number,
    Text,
    Date,
    DateTime,
    /// Booleans, or several kinds.
    Mixed,
}

/// The type of a formula field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ResultType {
    Number,
    Text,
    Date,
    DateTime,
}

impl Kind {
    /// The kind of what is either of this or of the other kind.
    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            (one, other) if one == other => one,
            (Self::Blank, kind) | (kind, Self::Blank) => kind,
            (Self::Number | Self::Boolean, Self::Number | Self::Boolean) => Self::Number,
            (Self::Date | Self::DateTime, Self::Date | Self::DateTime) => Self::DateTime,
            (Self::Array(_), Self::Array(_)) => Self::Array(Element::Mixed),
            _ => Self::Text,
        }
    }

    /// The kind of an array's elements, or of the value itself.
    pub(crate) fn element(self) -> Element {
        match self {
            Self::Number => Element::Number,
            Self::Text => Element::Text,
            Self::Date => Element::Date,
            Self::DateTime => Element::DateTime,
            Self::Array(element) => element,
            Self::Blank | Self::Boolean => Element::Mixed,
        }
    }

    /// The type a field of this kind has.
    pub(super) fn result_type(self) -> ResultType {
        match self {
            Self::Number | Self::Boolean => ResultType::Number,
            Self::Date => ResultType::Date,
            Self::DateTime => ResultType::DateTime,
            Self::Blank | Self::Text | Self::Array(_) => ResultType::Text,
        }
    }
}
