//! CSV texts that say what a table holds.

mod read;
mod service;
