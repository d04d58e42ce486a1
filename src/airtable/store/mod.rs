//! Rows of the `airtable_*` tables; every function works inside a tenant's transaction.

mod bases;
mod changes;
mod comments;
mod erasing;
mod images;
mod origin;
mod reactions;
mod records;

pub(super) use bases::{
    BaseRow, Counters, delete_base, find_base, insert_base, insert_table, list_bases, lock_seq,
    rename_base, seqs, table_counts, table_definitions, update_base, update_table,
};
pub(super) use changes::{
    Change, ChangeKind, Step, changes_in, changes_of, insert_changes, steps_after,
};
pub(super) use comments::{
    CommentRow, Thread, comment_counts, comments_before, delete_comment, find_comment,
    forget_comments, insert_comment, update_comment,
};
pub(super) use erasing::{AgedLog, aged_entries, aged_logs, erase_entries, note_erased};
pub(super) use images::{SealedLog, first_plain, plain_entries, seal_entries};
pub(super) use origin::RecordOrigin;
pub(super) use reactions::{
    ReactionRow, delete_reaction, forget_reactions, insert_reaction, reactions_to,
};
pub(super) use records::{
    RecordRow, delete_records, insert_records, scan_records, table_of, update_record,
};

/// Rows per INSERT: far below the parameter limits of both databases.
const INSERT_ROWS: usize = 400;
