use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::DbErr;
use serde::{Deserialize, Serialize};
use tokio::time::sleep;

use super::super::remote::{Answer, Request};
use super::super::service::{Airtable, instance};
use super::super::store::{self, UnsettledRow};
use super::place::Mirror;
use super::round::HELD;
use super::settle::By;
use crate::contracts::{
    Actor, BaseError, BaseErrorKind, BaseResult, ChangeSet, FieldValues, WriteContext,
};
use crate::platform::clock::Millis;
use crate::platform::ids::{ChangeSetId, FieldId, RecordId, RequestId, TableId, UserId};

/// How often a sender is heard of.
const HEARD: Duration = Duration::from_secs(5);

/// What is to be written, cells by field id.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Cells {
    pub(super) made: Vec<FieldValues>,
    /// The deleted records that come back as those that are made.
    pub(super) back: Vec<RecordId>,
    pub(super) changed: Vec<(RecordId, FieldValues)>,
    /// Changed or made: which, the values of `keys` decide.
    pub(super) merged: Vec<FieldValues>,
    pub(super) keys: Vec<FieldId>,
    pub(super) gone: Vec<RecordId>,
}

/// A write as it is noted before it is sent, with all that is needed to record it later.
#[derive(Serialize, Deserialize)]
pub(super) struct Noted {
    user: UserId,
    name: String,
    pub(super) change: ChangeSet,
    pub(super) table: TableId,
    /// The newest change of the base before it was sent.
    pub(super) since: i64,
    pub(super) cells: Cells,
}

impl Noted {
    pub(super) fn new(by: WriteContext<'_>, (table, since): (TableId, i64), cells: Cells) -> Self {
        Self {
            user: by.actor.user,
            name: by.actor.name.to_string(),
            change: by.change.clone(),
            table,
            since,
            cells,
        }
    }

    /// Whether it is of a change set, or of one that undoes it.
    pub(super) fn concerns(&self, set: ChangeSetId) -> bool {
        self.change.id == set || self.change.undoes == Some(set)
    }

    /// In whose name it is recorded. Who settles it has made sure that nobody else does, so that no fence is passed.
    pub(super) fn by(&self, mirror: &Mirror) -> By {
        let actor = Actor {
            user: self.user,
            name: Arc::from(self.name.as_str()),
            records_changes: true,
            ..instance(mirror.tenant)
        };
        let change = ChangeSet {
            fence: None,
            ..self.change.clone()
        };
        By::of(WriteContext::new(&actor, &change))
    }
}

/// A write that was sent, until it is recorded what became of it.
pub(super) enum Note {
    /// It is not recorded at all.
    None,
    Noted(String),
    /// Somebody took its sender for gone, and recorded it.
    Settled,
}

impl Airtable {
    /// Sends a write that is noted first, so that what became of it is recorded even when this instance ends before
    /// Airtable answers; the note is left to whoever records the answer, or settles what was not answered.
    pub(super) async fn send_noted(
        &self,
        mirror: &Mirror,
        by: &By,
        noted: &Noted,
        request: &Request,
    ) -> BaseResult<(Answer, Note)> {
        let note = self.note(mirror, by, noted).await?;
        let sent = self.changed_at(mirror.tenant, &mirror.offer, request);
        let mut sent = pin!(sent);
        let sent = loop {
            tokio::select! {
                sent = &mut sent => break sent,
                () = sleep(HEARD) => drop(self.hold_note(mirror, &note, self.now() + HELD).await),
            }
        };
        match sent {
            Ok(answer) => {
                let is_ours = self.hold_note(mirror, &note, self.now() + HELD).await;
                Ok((answer, if is_ours { note } else { Note::Settled }))
            }
            Err(error) => {
                match is_refusal(error.kind) {
                    true => self.forget_note(mirror, note).await,
                    // Anybody may settle it.
                    false => drop(self.hold_note(mirror, &note, 0).await),
                }
                // Whatever became of it, the copy is to hear of it soon.
                self.look_soon(mirror.tenant, mirror.base()).await;
                Err(error)
            }
        }
    }

    async fn note(&self, mirror: &Mirror, by: &By, noted: &Noted) -> BaseResult<Note> {
        if self.journal.is_none() || !by.context().is_recorded() {
            return Ok(Note::None);
        }
        let id = RequestId::fresh().to_string();
        let body = serde_json::to_string(noted).map_err(BaseError::internal)?;
        let key = self.key(mirror.tenant).await?;
        let (now, place) = (self.now(), (mirror.base(), id.clone()));
        let times = (now, now + HELD);
        let row = UnsettledRow::sealed(place, (&key, &body), times);
        let written = async {
            let tx = self.platform.db.begin(mirror.tenant).await?;
            store::insert_unsettled(&tx, &row).await?;
            tx.commit().await
        };
        written.await.map_err(BaseError::database)?;
        Ok(Note::Noted(id))
    }

    /// Forgets a write of which it is recorded what became of it.
    pub(super) async fn forget_note(&self, mirror: &Mirror, note: Note) {
        if let Note::Noted(id) = note
            && let Err(error) = self.forget_row(mirror, &id).await
        {
            warn(mirror, &error);
        }
    }

    pub(super) async fn forget_row(&self, mirror: &Mirror, id: &str) -> BaseResult<()> {
        let forgotten = async {
            let tx = self.platform.db.begin(mirror.tenant).await?;
            store::delete_unsettled(&tx, (mirror.base(), id)).await?;
            tx.commit().await
        };
        forgotten.await.map_err(BaseError::database)
    }

    /// False when somebody else has taken it.
    async fn hold_note(&self, mirror: &Mirror, note: &Note, until: Millis) -> bool {
        let Note::Noted(id) = note else { return true };
        let held = async {
            let tx = self.platform.db.begin(mirror.tenant).await?;
            let is_held = store::hold_unsettled(&tx, (mirror.base(), id), until).await?;
            tx.commit().await?;
            Ok::<_, DbErr>(is_held)
        };
        held.await.unwrap_or_else(|error| {
            warn(mirror, &error);
            true
        })
    }
}

/// A note that stays is settled later, which finds nothing left to record.
fn warn(mirror: &Mirror, error: &dyn std::error::Error) {
    tracing::warn!(base = %mirror.base(), %error, "airtable.note_not_written");
}

/// Whether an error says that nothing was written.
fn is_refusal(kind: BaseErrorKind) -> bool {
    use BaseErrorKind::{Internal, Unanswered, Unavailable, Unsettled};
    !matches!(kind, Internal | Unanswered | Unavailable | Unsettled)
}
