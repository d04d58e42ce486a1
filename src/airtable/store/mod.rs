//! Rows of the `airtable_*` tables; every function works inside a tenant's transaction.

mod attachments;
mod bases;
mod browsing;
mod changes;
mod comments;
mod connections;
mod erasing;
mod images;
mod mirrors;
mod origin;
mod payloads;
mod reactions;
mod reborn;
mod records;
mod rounds;
mod unsettled;
mod webhooks;

pub(super) use attachments::{
    AttachmentRow, StoredFile, delete_gone, find_attachment, find_attachments, held_files,
    insert_attachments, mark_gone, update_attachment, used_bytes,
};
pub(super) use bases::{
    BaseRow, Counters, delete_base, delete_table, find_base, insert_base, insert_table, list_bases,
    lock_seq, move_table, rename_base, seqs, table_counts, table_definitions, update_base,
    update_table,
};
pub(super) use browsing::{Browse, browse_changes, oldest_seq, seq_since};
pub(super) use changes::{
    Change, ChangeKind, Step, changes_in, changes_of, changes_of_records, insert_changes,
    steps_after,
};
pub(super) use comments::{
    CommentRow, Thread, comment_counts, comments_before, delete_comment, find_comment,
    forget_comments, insert_comment, update_comment,
};
pub(super) use connections::{
    ConnectionRow, OfferRow, delete_connection, delete_offer, find_connection, insert_connection,
    list_connections, list_offers, lock_connections, put_offer,
};
pub(super) use erasing::{
    AgedLog, aged_entries, aged_logs, erase_entries, lock_erased, note_erased,
};
pub(super) use images::{SealedLog, first_plain, plain_entries, seal_entries};
pub(super) use mirrors::{
    MirrorRow, delete_mirror, due_mirrors, find_mirror, hooked_mirror, insert_mirror, list_mirrors,
    note_compared, note_followed, note_progress, note_webhook, pause_mirror, restart_mirror,
    wake_mirror,
};
pub(super) use origin::RecordOrigin;
pub(super) use payloads::{
    PayloadRow, delete_old_payloads, erase_payloads, insert_payloads, list_payloads,
};
pub(super) use reactions::{
    ReactionRow, delete_reaction, forget_reactions, insert_reaction, reactions_to,
};
pub(super) use reborn::{note_reborn, reborn_records};
pub(super) use records::{
    RecordRow, delete_records, insert_records, scan_records, table_of, update_record,
};
pub(super) use rounds::{Hold, keep_mirror, release_mirror, take_mirror};
pub(super) use unsettled::{
    UnsettledRow, delete_unsettled, hold_unsettled, insert_unsettled, take_unsettled,
    unsettled_writes,
};
pub(super) use webhooks::{
    PingOutcome, WebhookRow, advance_webhook, delete_webhook, delete_webhooks_over, extend_webhook,
    find_webhook, insert_webhook, list_webhooks, note_ping, owe_ping, set_notifying,
};

/// Rows per INSERT: far below the parameter limits of both databases.
const INSERT_ROWS: usize = 400;
