//! The tools, grouped by what they are about.

mod analyze;
mod batch;
mod changes;
mod comments;
mod copies;
mod describe;
mod duplicates;
mod export;
mod fields;
mod house;
mod metadata;
mod metadata_rows;
mod preview;
mod query;
mod read;
mod report;
mod sync;
mod sync_plan;
#[cfg(test)]
mod tests;
mod toolbox;
mod undo;
mod write;

pub use toolbox::Tools;
