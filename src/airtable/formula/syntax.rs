use std::ops::Range;

/// Where in the formula's text something stands, in bytes.
pub(super) type Span = Range<usize>;

/// A part of a formula and its place.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) span: Span,
    pub(super) expression: Expression,
}

/// The kinds of parts; operands of one precedence stand in one list, so that a long chain is wide, not deep.
#[derive(Clone, Debug)]
pub(super) enum Expression {
    Number(f64),
    /// A text without its quotes, escapes as written: what they mean depends on where the text stands.
    Text(String),
    /// A name in braces, escapes as written.
    Field(String),
    /// A word that no parenthesis follows.
    Word(String),
    Call(Call),
    Negate(Box<Node>),
    /// A sign that changes nothing but the type.
    Plus(Box<Node>),
    Sum(Box<Node>, Vec<(Calculation, Node)>),
    Product(Box<Node>, Vec<(Calculation, Node)>),
    Join(Vec<Node>),
    Compare(Box<Node>, Vec<(Comparison, Node)>),
    /// Kept, so that a formula prints as it was written.
    Parenthesis(Box<Node>),
}

/// A function with its arguments.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) name: String,
    pub(super) name_span: Span,
    pub(super) arguments: Vec<Node>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Calculation {
    Add,
    Subtract,
    Multiply,
    Divide,
}

/// How one value is compared with another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    Unequal,
    Less,
    AtMost,
    More,
    AtLeast,
}

impl Comparison {
    /// Whether it holds for two numbers.
    pub(crate) fn of_numbers(self, left: f64, right: f64) -> bool {
        match self {
            Self::Equal => left == right,
            Self::Unequal => left != right,
            Self::Less => left < right,
            Self::AtMost => left <= right,
            Self::More => left > right,
            Self::AtLeast => left >= right,
        }
    }

    /// The same with its two sides exchanged.
    pub(super) fn mirrored(self) -> Self {
        match self {
            Self::Less => Self::More,
            Self::AtMost => Self::AtLeast,
            Self::More => Self::Less,
            Self::AtLeast => Self::AtMost,
            same => same,
        }
    }
}
