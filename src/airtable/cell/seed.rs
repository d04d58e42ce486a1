use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{
    self, Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::value::RawValue;

use super::types::Cell;
use crate::airtable::schema::{Field, Kind};

/// Reads the storage form of a cell of this field; numbers need JSON that is borrowed (`from_str`, `from_slice`).
pub(crate) struct CellSeed<'a>(pub(crate) &'a Field);

impl<'de> DeserializeSeed<'de> for CellSeed<'_> {
    type Value = Cell;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cell, D::Error> {
        match &self.0.kind {
            Kind::Number { .. }
            | Kind::Currency { .. }
            | Kind::Percent { .. }
            | Kind::Duration { .. }
            | Kind::Rating { .. }
            | Kind::AutoNumber
            | Kind::Count { .. } => number(<&RawValue>::deserialize(deserializer)?.get()),
            Kind::Frozen { .. } => {
                let raw = Box::<RawValue>::deserialize(deserializer)?;
                Ok(if raw.get() == "null" {
                    Cell::Empty
                } else {
                    Cell::Raw(raw)
                })
            }
            // Its values are not stored; an older version kept what was imported.
            Kind::Computed(_) => IgnoredAny::deserialize(deserializer).map(|_| Cell::Empty),
            kind => deserializer.deserialize_any(CellVisitor(kind)),
        }
    }
}

/// The standard library reads every double exactly, which serde_json does only with a feature.
fn number<E: de::Error>(text: &str) -> Result<Cell, E> {
    if text == "null" {
        return Ok(Cell::Empty);
    }
    text.parse()
        .map(Cell::Number)
        .map_err(|_| E::custom("a stored number is not a number"))
}

struct CellVisitor<'a>(&'a Kind);

impl<'de> Visitor<'de> for CellVisitor<'_> {
    type Value = Cell;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a stored {} cell", self.0.type_name())
    }

    fn visit_unit<E>(self) -> Result<Cell, E> {
        Ok(Cell::Empty)
    }

    fn visit_bool<E>(self, is_checked: bool) -> Result<Cell, E> {
        Ok(if is_checked {
            Cell::Checked
        } else {
            Cell::Empty
        })
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Cell, E> {
        self.visit_i64(i64::try_from(number).map_err(E::custom)?)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Cell, E> {
        match self.0 {
            Kind::Date(_) => i32::try_from(number).map(Cell::Date).map_err(E::custom),
            _ => Ok(Cell::Time(number)),
        }
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Cell, E> {
        match self.0 {
            Kind::SingleSelect(_) => text.parse().map(Cell::Choice).map_err(E::custom),
            _ => Ok(Cell::Text(text.into())),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Cell, A::Error> {
        match self.0 {
            Kind::MultipleSelects(_) => ids(list).map(Cell::Choices),
            Kind::Links(_) => ids(list).map(Cell::Links),
            Kind::Attachments { .. } => {
                Deserialize::deserialize(SeqAccessDeserializer::new(list)).map(Cell::Attachments)
            }
            _ => Deserialize::deserialize(SeqAccessDeserializer::new(list)).map(Cell::People),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Cell, A::Error> {
        match self.0 {
            Kind::Barcode => {
                Deserialize::deserialize(MapAccessDeserializer::new(map)).map(Cell::Barcode)
            }
            _ => Deserialize::deserialize(MapAccessDeserializer::new(map)).map(Cell::Person),
        }
    }
}

fn ids<'de, A: SeqAccess<'de>, T: FromStr<Err: fmt::Display>>(
    mut list: A,
) -> Result<Box<[T]>, A::Error> {
    let mut ids = Vec::new();
    while let Some(id) = list.next_element_seed(IdSeed(PhantomData))? {
        ids.push(id);
    }
    Ok(ids.into())
}

/// Parses an id in place; going by way of a `String` would cost an allocation each.
struct IdSeed<T>(PhantomData<T>);

impl<'de, T: FromStr<Err: fmt::Display>> DeserializeSeed<'de> for IdSeed<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for IdSeed<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an id")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}
