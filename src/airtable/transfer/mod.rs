//! Bases as documents: import and export, folders of CSV files, the sample base, generated bases.

mod build;
mod commands;
mod copy;
mod csv;
pub(super) mod document;
mod generate;
pub(super) mod sample;

use std::sync::Arc;

pub use self::commands::{
    Source, SourceError, export, generated, import, read_source, sample_for, write_document,
};
pub(super) use self::copy::copy_of;
pub(super) use self::csv::guess_fields;
pub use self::csv::{FieldPreview, TablePreview};
pub use self::document::Fault;
pub use self::generate::Size;
use super::Airtable;
use crate::platform::events::Subscription;

/// What this part of the context listens to.
pub(super) fn subscriptions(engine: &Arc<Airtable>) -> Vec<Subscription> {
    vec![sample::SampleBase::subscription(engine.clone())]
}
