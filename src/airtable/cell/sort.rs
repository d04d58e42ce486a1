use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::display::{TextContext, text};
use super::people;
use super::render::choices;
use super::types::Cell;
use crate::airtable::schema::{Field, Kind};
use crate::platform::ids::{ChoiceId, RecordId, TableId};

/// What a cell is sorted by; an empty one comes first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum SortValue {
    /// An empty cell.
    Empty,
    /// A number as an integer in the same order, so that JSON keeps it exactly.
    Number(i64),
    /// A text in lower case.
    Text(Box<str>),
    /// Places of choices.
    Ranks(Box<[u32]>),
    /// Texts in lower case.
    Texts(Box<[Box<str>]>),
}

impl SortValue {
    /// As much from its beginning as takes no more than these bytes as JSON; a number stays whole.
    pub(crate) fn head(&self, bytes: usize) -> Self {
        match self {
            Self::Empty | Self::Number(_) => self.clone(),
            Self::Text(text) => {
                let fitting = fitting(text.chars().map(json_bytes), bytes);
                Self::Text(text.chars().take(fitting).collect::<String>().into())
            }
            Self::Ranks(ranks) => {
                let sizes = ranks.iter().map(|rank| rank.to_string().len() + 1);
                Self::Ranks(ranks[..fitting(sizes, bytes)].into())
            }
            Self::Texts(texts) => {
                let sizes = texts
                    .iter()
                    .map(|text| text.chars().map(json_bytes).sum::<usize>() + 3);
                Self::Texts(texts[..fitting(sizes, bytes)].into())
            }
        }
    }

    /// As much from its beginning as the head of another value holds.
    ///
    /// Heads of one length are in the order of the whole values, or equal.
    pub(crate) fn head_like(&self, head: &Self) -> Self {
        match (self, head) {
            (Self::Text(text), Self::Text(head)) => {
                let chars = text.chars().take(head.chars().count());
                Self::Text(chars.collect::<String>().into())
            }
            (Self::Ranks(ranks), Self::Ranks(head)) => {
                Self::Ranks(ranks[..ranks.len().min(head.len())].into())
            }
            (Self::Texts(texts), Self::Texts(head)) => {
                Self::Texts(texts[..texts.len().min(head.len())].into())
            }
            _ => self.clone(),
        }
    }
}

/// How many of the sizes fit together.
fn fitting(sizes: impl Iterator<Item = usize>, bytes: usize) -> usize {
    let sums = sizes.scan(0, |sum, size| {
        *sum += size;
        Some(*sum)
    });
    sums.take_while(|sum| *sum <= bytes).count()
}

fn json_bytes(letter: char) -> usize {
    match letter {
        '"' | '\\' => 2,
        '\0'..='\u{1f}' => 6,
        other => other.len_utf8(),
    }
}

/// What the cell is sorted by; `names` gives the name of a linked record.
pub(crate) fn sort_value(
    field: &Field,
    cell: &Cell,
    names: &dyn Fn(TableId, RecordId) -> String,
) -> SortValue {
    match cell {
        Cell::Empty => SortValue::Empty,
        Cell::Text(text) => folded(text),
        Cell::Number(number) => SortValue::Number(ordered(*number)),
        Cell::Checked => SortValue::Number(1),
        Cell::Date(days) => SortValue::Number(i64::from(*days)),
        Cell::Time(millis) => SortValue::Number(*millis),
        Cell::Choice(id) => {
            rank(field, *id).map_or(SortValue::Empty, |it| SortValue::Number(it.into()))
        }
        Cell::Choices(ids) => {
            let ranks: Box<[u32]> = ids.iter().filter_map(|id| rank(field, *id)).collect();
            if ranks.is_empty() {
                SortValue::Empty
            } else {
                SortValue::Ranks(ranks)
            }
        }
        Cell::Links(links) => match &field.kind {
            Kind::Links(link) => texts(links.iter().map(|id| names(link.table, *id))),
            _ => SortValue::Empty,
        },
        Cell::Person(person) => folded(people::shown(person)),
        Cell::People(list) => texts(list.iter().map(|person| people::shown(person).to_owned())),
        Cell::Attachments(list) => SortValue::Number(i64::try_from(list.len()).unwrap_or(i64::MAX)),
        Cell::Barcode(barcode) => folded(&barcode.text),
        Cell::Raw(raw) => of_raw(raw),
        Cell::List(items) => of_list(field.kind.shown_as(field), items, names),
        Cell::Error => SortValue::Text("#error!".into()),
    }
}

fn folded(text: &str) -> SortValue {
    if text.is_empty() {
        SortValue::Empty
    } else {
        SortValue::Text(text.to_lowercase().into())
    }
}

fn texts(texts: impl Iterator<Item = String>) -> SortValue {
    let list: Box<[Box<str>]> = texts.map(|text| text.to_lowercase().into()).collect();
    if list.is_empty() {
        SortValue::Empty
    } else {
        SortValue::Texts(list)
    }
}

/// The texts of the items one after the other; numbers as numbers, where there is only one.
fn of_list(
    field: &Field,
    items: &[Cell],
    names: &dyn Fn(TableId, RecordId) -> String,
) -> SortValue {
    if let [only] = items {
        return sort_value(field, only, names);
    }
    let context = TextContext {
        time_zone: None,
        locale: None,
        names,
        links: None,
    };
    texts(items.iter().map(|item| text(field, item, &context)))
}

fn rank(field: &Field, id: ChoiceId) -> Option<u32> {
    choices(field)?
        .rank(id)
        .and_then(|rank| rank.try_into().ok())
}

/// The bits of a double, turned so that they compare as the numbers do.
fn ordered(number: f64) -> i64 {
    let bits = (number + 0.0).to_bits().cast_signed();
    bits ^ ((bits >> 63).cast_unsigned() >> 1).cast_signed()
}

fn of_raw(raw: &RawValue) -> SortValue {
    match serde_json::from_str(raw.get()) {
        Ok(Value::Null | Value::Bool(false)) => SortValue::Empty,
        Ok(Value::Bool(true)) => SortValue::Number(1),
        Ok(Value::Number(number)) => {
            SortValue::Number(ordered(number.as_f64().unwrap_or_default()))
        }
        _ => folded(&super::frozen::shown(raw)),
    }
}
