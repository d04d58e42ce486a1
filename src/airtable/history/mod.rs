//! What was changed, read back from the change log, and taking it back.

mod entry;
mod fold;
mod image;
mod revert;
mod same;
mod schema;
mod show;
mod views;

pub(super) use entry::{Entry, EntryKind, entry};
pub(super) use fold::{Net, fold};
pub(super) use image::read_image;
pub(super) use revert::{Reverted, revert};
pub(super) use same::same;
pub(super) use schema::schema_sentences;
pub(super) use show::record_change;
