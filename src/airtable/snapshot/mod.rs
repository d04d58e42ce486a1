//! Tables in memory: immutable, swapped whole, loaded on first use, refreshed from the change log.

mod load;
mod refresh;
mod registry;
mod row;
mod rows;
mod state;
mod table;

pub(super) use load::{load_base, load_table};
pub(super) use refresh::refresh;
pub(super) use registry::{BaseHandle, Registry};
pub(super) use row::{Row, RowMeta, stored_cells};
pub(super) use rows::RowMap;
pub(super) use state::{State, row_name_of};
pub(super) use table::{Order, TableSnapshot};
