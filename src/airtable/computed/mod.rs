//! The values of computed fields: kept in memory beside the cells they follow from, and made anew where those change. No I/O.

mod apart;
mod board;
mod cell;
mod dirty;
mod evaluate;
mod follow;
mod schema;
mod spread;

#[cfg(test)]
mod properties;

pub(super) use apart::apart;
pub(super) use follow::{Touched, load, renew, settled};
