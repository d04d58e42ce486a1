//! Calls that change something, carried out once however often they are sent.

mod book;
mod clean;

pub(super) use clean::workers;
