use std::hash::{Hash, Hasher};

use super::types::Cell;

impl PartialEq for Cell {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Empty, Self::Empty)
            | (Self::Checked, Self::Checked)
            | (Self::Error, Self::Error) => true,
            (Self::Text(one), Self::Text(two)) => one == two,
            // A computed one that is no number stays the same.
            (Self::Number(one), Self::Number(two)) => one == two || one.is_nan() && two.is_nan(),
            (Self::Date(one), Self::Date(two)) => one == two,
            (Self::Time(one), Self::Time(two)) => one == two,
            (Self::Choice(one), Self::Choice(two)) => one == two,
            (Self::Choices(one), Self::Choices(two)) => one == two,
            (Self::Links(one), Self::Links(two)) => one == two,
            (Self::Person(one), Self::Person(two)) => one == two,
            (Self::People(one), Self::People(two)) => one == two,
            (Self::Attachments(one), Self::Attachments(two)) => one == two,
            (Self::Barcode(one), Self::Barcode(two)) => one == two,
            (Self::Raw(one), Self::Raw(two)) => one.get() == two.get(),
            (Self::List(one), Self::List(two)) => one == two,
            _ => false,
        }
    }
}

impl Hash for Cell {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match self {
            Self::Text(text) => text.hash(state),
            // Zero has two signs, which are equal.
            Self::Number(number) => (number + 0.0).to_bits().hash(state),
            Self::Date(days) => days.hash(state),
            Self::Time(millis) => millis.hash(state),
            Self::Choice(id) => id.hash(state),
            Self::Choices(ids) => ids.hash(state),
            Self::Links(ids) => ids.hash(state),
            // Nothing is looked up by these.
            Self::Empty
            | Self::Checked
            | Self::Person(_)
            | Self::People(_)
            | Self::Attachments(_)
            | Self::Barcode(_)
            | Self::Raw(_)
            | Self::List(_)
            | Self::Error => {}
        }
    }
}
