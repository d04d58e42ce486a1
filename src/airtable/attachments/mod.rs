//! Attachments: files of cells, where they come from, the links that lead to them and the pictures made of images.

mod facts;
mod fetch;
mod inspect;
mod links;
mod settle;
mod thumbnails;

pub(super) use facts::{Thumbnail, Thumbnails, cell_of};
pub(super) use fetch::Fetches;
pub(super) use inspect::{dimensions, is_shown_inline, media_type, plain_name};
pub(super) use links::{BadLink, Links, Signer, Target, Variant};
pub(super) use settle::settle;
