mod fetching;
mod hostile;
mod keeping;
mod serving;
mod uploading;
pub(crate) mod world;
