//! The tools, grouped by what they are about.

mod analyze;
mod batch;
mod describe;
mod duplicates;
mod export;
mod fields;
mod metadata;
mod metadata_rows;
mod read;
mod report;
mod sync;
mod sync_plan;
#[cfg(test)]
mod tests;
mod toolbox;
mod write;

pub use toolbox::Tools;
