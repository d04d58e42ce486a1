//! What was changed, read back from the change log, and taking it back.

mod fold;
mod image;
mod revert;
mod same;
mod show;

pub(super) use fold::{Net, fold};
pub(super) use image::read_image;
pub(super) use revert::{Reverted, revert};
pub(super) use show::record_change;
