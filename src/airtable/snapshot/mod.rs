//! Tables in memory: immutable, swapped whole, loaded on first use, refreshed from the change log.

mod handle;
mod index;
mod load;
mod pages;
mod refresh;
mod registry;
mod row;
mod rows;
mod state;
mod table;

pub(super) use handle::{BaseHandle, Writer};
pub(super) use index::Index;
pub(super) use load::{Loaded, load_base, load_table, read_cells};
pub(super) use refresh::refresh;
pub(super) use registry::Registry;
pub(super) use row::{Row, RowMeta, stored_cells};
pub(super) use rows::RowMap;
pub(super) use state::{State, primary_text, row_name, row_name_of};
pub(super) use table::{Order, TableSnapshot};
