//! Changing a base: a plan is drafted over the snapshot, written in one transaction, then swapped in.

mod commit;
mod draft;
mod import;
mod records;
mod schema;
mod values;

pub(super) use commit::{Author, commit};
pub(super) use draft::Draft;
pub(super) use import::build_import;
pub(super) use records::{UpsertPlan, create, delete, parse_record_id, update, upsert};
pub(super) use schema::{
    create_field, create_table, delete_view, new_base, update_field, update_table,
};
pub(super) use values::{find_field, linked_tables};
