//! Bases: the embedded engine, Airtable's Web API over it, import and export.

mod analysis;
mod attachments;
mod cell;
mod comments;
mod computed;
mod connections;
mod formula;
mod graph;
mod history;
mod mirror;
mod operand;
mod place;
mod query;
mod remote;
mod routes;
mod schema;
mod service;
mod service_admin;
mod service_analysis;
mod service_attachments;
mod service_browse;
mod service_fresh;
mod service_history;
mod service_images;
mod service_read;
mod service_sql;
mod service_transfer;
mod service_views;
mod service_webhooks;
mod service_write;
mod snapshot;
mod sql;
mod store;
mod sync;
mod transfer;
mod v0;
mod webhooks;
mod write;

#[cfg(any(test, feature = "fuzzing"))]
pub use formula::fuzz as fuzz_formula;
pub use service::{Airtable, ImportDocument, ImportRecord, Imported, OpenBase, Rows};
pub use transfer::{
    Fault, FieldPreview, Size, Source, SourceError, TablePreview, export, generated, import,
    read_source, sample_for, write_document,
};
#[cfg(any(test, feature = "fuzzing"))]
pub use v0::fuzz_list_records;
