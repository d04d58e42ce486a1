//! Rows of the `airtable_*` tables; every function works inside a tenant's transaction.

mod bases;
mod changes;
mod records;

pub(super) use bases::{
    BaseRow, Counters, delete_base, find_base, insert_base, insert_table, list_bases, lock_seq,
    rename_base, seqs, table_counts, table_definitions, update_base, update_table,
};
pub(super) use changes::{Change, ChangeKind, changes_after, insert_changes};
pub(super) use records::{RecordRow, delete_records, insert_records, scan_records, update_record};

/// Rows per INSERT: far below the parameter limits of both databases.
const INSERT_ROWS: usize = 400;
