use super::super::service::{Airtable, OpenBase, not_found};
use super::super::snapshot::State;
use super::super::store::{self, Change, Thread};
use super::super::write::parse_record_id;
use crate::contracts::{
    Actor, BaseError, BaseResult, CommentChange, CommentChanged, CommentedRecord, Effect,
    Permission, WriteContext,
};
use crate::platform::db::TenantTx;
use crate::platform::events::{NewEvent, append};
use crate::platform::ids::{CommentId, UserId};

/// A record whose comments the actor may see or write.
pub(super) struct Spot {
    pub(super) open: OpenBase,
    pub(super) thread: Thread,
    table_name: String,
}

/// What happened to a comment.
pub(super) struct Told {
    pub(super) comment: CommentId,
    pub(super) change: CommentChange,
    pub(super) mentioned: Vec<UserId>,
}

impl Airtable {
    /// The record of a request, as far as the path tells; whether it is there, the transaction knows.
    pub(super) async fn spot(
        &self,
        actor: &Actor,
        place: CommentedRecord<'_>,
        permission: Permission,
    ) -> BaseResult<Spot> {
        let open = self.open(actor, place.base, permission).await?;
        let state = open.state();
        let table = state.base.find_table(place.table).ok_or_else(not_found)?;
        let record = parse_record_id(place.record).map_err(|_| not_found())?;
        let thread = Thread {
            base: state.base.id,
            table: table.id,
            record,
        };
        Ok(Spot {
            thread,
            table_name: table.name.clone(),
            open,
        })
    }

    /// Takes the next number of the base's change log, held until the end of the transaction.
    pub(super) async fn next_entry(&self, tx: &TenantTx, spot: &Spot) -> BaseResult<i64> {
        let seq = store::lock_seq(tx, spot.thread.base).await;
        let seq = seq.map_err(BaseError::database)?.ok_or_else(not_found)?;
        check_record(tx, spot.thread).await?;
        Ok(seq + 1)
    }

    /// Ends a write of comments: its entry in the change log, its event and its part in the change set are one commit
    /// with it. A rehearsal is told and rolled back.
    pub(super) async fn settle(
        &self,
        tx: TenantTx,
        by: WriteContext<'_>,
        spot: &Spot,
        seq: i64,
        told: Told,
    ) -> BaseResult<()> {
        let state = spot.open.state();
        // Without images: a comment's text is kept in one place only, so that deleting it deletes it.
        let entry = Change {
            after: None,
            ..self.base_change(by, seq, None, &state.base.name)
        };
        let log = state.sealed_log();
        let written = store::insert_changes(&tx, log, std::slice::from_ref(&entry)).await;
        written.map_err(BaseError::database)?;
        let base = store::find_base(&tx, spot.thread.base).await;
        let base = base.map_err(BaseError::database)?.ok_or_else(not_found)?;
        let moved = store::update_base(&tx, base.id, seq, &base.counters).await;
        moved.map_err(BaseError::database)?;
        self.announce_comment(&tx, by, spot.thread, &told).await?;
        let effect = effect(spot, &entry, told.change);
        if let Some(rehearsal) = by.rehearsal {
            rehearsal.add(effect, []);
            return Ok(());
        }
        if told.change != CommentChange::Reacted
            && by.is_recorded()
            && let Some(journal) = &self.journal
        {
            let recorded = journal.record(&tx, by, &effect).await;
            recorded.map_err(BaseError::database)?;
        }
        tx.commit().await.map_err(BaseError::unsettled)?;
        self.publish(by.actor, base.id);
        metrics::counter!("airtable_comments_total", "change" => name(told.change)).increment(1);
        Ok(())
    }

    async fn announce_comment(
        &self,
        tx: &TenantTx,
        by: WriteContext<'_>,
        thread: Thread,
        told: &Told,
    ) -> BaseResult<()> {
        let payload = CommentChanged {
            base: thread.base,
            table: thread.table,
            record: thread.record,
            comment: told.comment,
            change: told.change,
            by: by.actor.user,
            mentioned: told.mentioned.clone(),
        };
        let event = NewEvent {
            aggregate_type: "base",
            aggregate_id: thread.base.to_string(),
            event_type: CommentChanged::TYPE,
            payload: serde_json::to_value(payload).map_err(BaseError::internal)?,
            occurred_at: self.now(),
        };
        let appended = append(tx, event).await;
        appended.map(drop).map_err(BaseError::database)
    }
}

/// Whether the record is there; what is gone has no comments to be seen.
pub(super) async fn check_record(tx: &TenantTx, thread: Thread) -> BaseResult<()> {
    let held = store::table_of(tx, thread.base, [thread.table], thread.record).await;
    let held = held.map_err(BaseError::database)?;
    held.map(drop).ok_or_else(not_found)
}

/// The part of the change set: what was done, in a sentence, for an undo does not take it back.
fn effect(spot: &Spot, entry: &Change, change: CommentChange) -> Effect {
    let state = spot.open.state();
    Effect {
        base: state.base.id,
        base_name: state.base.name.clone(),
        workspace: state.base.workspace,
        transaction: entry.txn,
        first_seq: entry.seq,
        last_seq: entry.seq,
        tables: Vec::new(),
        schema: vec![sentence(&state, spot, change)],
        at: entry.at,
    }
}

/// What a person would say was done; a record that is not in memory is named by its id.
fn sentence(state: &State, spot: &Spot, change: CommentChange) -> String {
    let mut name = state.name_of(spot.thread.table, spot.thread.record);
    if name.is_empty() {
        name = spot.thread.record.to_string();
    }
    let done = match change {
        CommentChange::Created => "added",
        CommentChange::Updated => "changed",
        CommentChange::Deleted => "deleted",
        CommentChange::Reacted => "reacted to",
    };
    format!(
        "A comment on \"{name}\" of \"{}\" was {done}",
        spot.table_name
    )
}

fn name(change: CommentChange) -> &'static str {
    match change {
        CommentChange::Created => "created",
        CommentChange::Updated => "updated",
        CommentChange::Deleted => "deleted",
        CommentChange::Reacted => "reacted",
    }
}
