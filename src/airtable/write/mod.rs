//! Changing a base: a plan is drafted over the snapshot, written in one transaction, then swapped in.

mod absorb;
mod attachments;
mod choices;
mod commit;
mod draft;
mod effect;
mod import;
mod import_check;
mod links;
mod log;
mod names;
mod next;
mod outgoing;
mod records;
mod schema;
mod sync;
mod upsert;
mod values;
mod view_check;
mod views;

pub(super) use absorb::{
    Incoming, Taken, absorb, absorb_deletions, incoming_cell, read_incoming, touched,
};
pub(super) use attachments::{Attached, NewFile, attachment_field};
pub(super) use commit::{Author, Refused, apply};
pub(super) use draft::Draft;
pub(super) use import::build_import;
pub(super) use outgoing::{Outgoing, What, outgoing};
pub(super) use records::{create, delete, parse_record_id, update};
pub(super) use schema::{create_field, create_table, new_base, update_field, update_table};
pub(super) use sync::{Sheet, sync};
pub(super) use upsert::{UpsertPlan, upsert};
pub(super) use values::{find_field, linked_tables};
pub(super) use views::{create_view, delete_view, update_view};
