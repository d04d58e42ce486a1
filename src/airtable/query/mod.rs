//! Reading records: which, in which order, from where.

mod cursor;
mod filter;
mod iterators;
mod list;
mod narrow;
mod predicate;
mod programs;
mod project;
mod rows;
mod search;
mod view;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod testing;

pub(super) use filter::invalid_formula;
pub(super) use iterators::Iterators;
pub(super) use list::list;
pub(super) use programs::Programs;
pub(super) use project::Projection;
pub(super) use rows::{RowsPage, Window, names, rows};
pub(super) use search::search;
pub(super) use view::unknown_view;
