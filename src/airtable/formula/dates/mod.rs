//! Dates of formulas: calendar arithmetic, units, zones, locales, reading and writing. No clock.

mod calendar;
mod format;
mod locale;
mod moment;
mod names;
mod parse;
mod pieces;
mod read;
mod unit;
mod week;

pub(super) use calendar::{Civil, DAY};
pub(super) use format::format;
pub(super) use locale::Locale;
pub(crate) use moment::Moment;
pub(super) use parse::parse;
pub(crate) use read::read;
pub(super) use read::read_iso;
pub(super) use unit::{Unit, add, difference, start_of};
pub(super) use week::week_number;
