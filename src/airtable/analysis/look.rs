use std::hash::{DefaultHasher, Hash, Hasher};

use super::super::cell::Cell;
use crate::platform::ids::{ChoiceId, RecordId};

/// What an analysis sees of a cell.
#[derive(Clone, Copy, Debug)]
pub(in crate::airtable) enum Look<'a> {
    Empty,
    Text(&'a str),
    /// Also dates and times.
    Number(f64),
    Choices(&'a [ChoiceId]),
    Links(&'a [RecordId]),
    /// Filled, and that is all that matters.
    Filled,
}

impl<'a> Look<'a> {
    /// The look of a stored cell.
    pub(super) fn of(cell: &'a Cell) -> Self {
        match cell {
            Cell::Empty => Self::Empty,
            Cell::Text(text) if text.is_empty() => Self::Empty,
            Cell::Text(text) => Self::Text(text),
            Cell::Number(number) => Self::Number(*number),
            Cell::Date(days) => Self::Number(f64::from(*days)),
            Cell::Time(millis) => Self::Number(*millis as f64),
            Cell::Choice(id) => Self::Choices(std::slice::from_ref(id)),
            Cell::Choices(ids) => Self::Choices(ids),
            Cell::Links(ids) => Self::Links(ids),
            _ => Self::Filled,
        }
    }

    /// What equal values share, texts without regard to case and outer spaces; `None` where that says nothing.
    pub(super) fn key(self) -> Option<u64> {
        let mut hasher = DefaultHasher::new();
        match self {
            Self::Text(text) => hash_text(&mut hasher, text.trim()),
            Self::Number(number) => number.to_bits().hash(&mut hasher),
            Self::Choices(ids) => ids.hash(&mut hasher),
            Self::Empty | Self::Links(_) | Self::Filled => return None,
        }
        Some(hasher.finish())
    }

    /// What only the very same text shares.
    pub(super) fn exact(self) -> Option<u64> {
        let Self::Text(text) = self else {
            return None;
        };
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        Some(hasher.finish())
    }
}

/// Without regard to case, and without a copy where the text is plain.
fn hash_text(hasher: &mut DefaultHasher, text: &str) {
    if !text.is_ascii() {
        return hasher.write(text.to_lowercase().as_bytes());
    }
    for chunk in text.as_bytes().chunks(64) {
        let mut lower = [0; 64];
        let lower = &mut lower[..chunk.len()];
        lower.copy_from_slice(chunk);
        lower.make_ascii_lowercase();
        hasher.write(lower);
    }
}
