//! Reading records: which, in which order, from where.

mod cursor;
mod filter;
mod iterators;
mod list;
mod project;
mod rows;
mod search;

pub(super) use filter::Programs;
pub(super) use iterators::Iterators;
pub(super) use list::list;
pub(super) use project::Projection;
pub(super) use rows::{RowsPage, Window, names, rows};
pub(super) use search::search;
