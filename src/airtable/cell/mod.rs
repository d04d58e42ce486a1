//! Cell values: what clients may write, how they are stored, shown, compared and sorted. No I/O.

mod attachment;
mod barcode;
mod calendar;
mod checkbox;
mod date;
mod display;
mod duration;
mod equality;
mod frozen;
mod human_date;
mod iso;
mod json;
mod link;
mod list_text;
mod locale;
mod measure;
mod number;
mod parse;
mod people;
mod render;
mod seed;
mod select;
mod sort;
mod stored;
mod text;
mod types;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

pub(crate) use attachment::resolve_attachments;
pub(crate) use calendar::DAY;
pub(crate) use display::{TextContext, text};
pub(crate) use link::links_of;
pub(crate) use measure::heap_bytes;
pub(crate) use parse::{Mode, ParseContext, parse};
pub(crate) use people::shown as person_name;
pub(crate) use render::{choice_name, is_shown, render, render_linked};
pub(crate) use seed::CellSeed;
pub(crate) use sort::{SortValue, sort_value};
pub(crate) use stored::write_stored;
pub(crate) use types::{AttachmentCell, Cell, ChoiceInput, LinkInput, Parsed, PersonCell};
