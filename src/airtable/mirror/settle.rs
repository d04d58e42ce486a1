use std::collections::HashSet;

use serde::Deserialize;

use super::super::remote::Request;
use super::super::schema::Table;
use super::super::service::{Airtable, ImportRecord, not_found};
use super::super::service_write::neighbours;
use super::super::store::{Change as Entry, ChangeKind};
use super::super::write::{Draft, Incoming, Taken, absorb, touched};
use super::claim::Claim;
use super::moments::Moments;
use super::noted::{Cells, Note, Noted};
use super::place::Mirror;
use super::source::Named;
use super::take::{Since, has_fields_of, read_all};
use crate::contracts::{Actor, BaseError, BaseResult, ChangeSet, Role, WriteContext};
use crate::platform::ids::{FieldId, RecordId, TableId};

/// Times that an answer is read anew since the table was defined otherwise.
const MOST_READS: usize = 3;

/// What Airtable answers to a change, cells by field id.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Written {
    pub(super) records: Vec<ImportRecord>,
    #[serde(default)]
    pub(super) created_records: Vec<RecordId>,
    #[serde(default)]
    pub(super) updated_records: Vec<RecordId>,
}

/// Records to be changed at Airtable, and which of their cells.
pub(super) struct Change {
    pub(super) request: Request,
    /// By record of the answer; `None` for records that are made.
    pub(super) written: Vec<Option<HashSet<FieldId>>>,
    /// What of them, to be noted before it is sent.
    pub(super) cells: Cells,
}

/// Whose change it is; it goes on when they leave.
#[derive(Clone)]
pub(super) struct By {
    actor: Actor,
    change: ChangeSet,
}

impl By {
    pub(super) fn of(by: WriteContext<'_>) -> Self {
        Self {
            actor: by.actor.clone(),
            change: by.change.clone(),
        }
    }

    pub(super) fn context(&self) -> WriteContext<'_> {
        WriteContext::new(&self.actor, &self.change)
    }
}

/// What Airtable answered to a change, and which cells were written.
struct Outcome<'a> {
    table: &'a Table,
    since: &'a Since,
    records: Vec<(&'a Incoming, &'a Option<HashSet<FieldId>>)>,
    moments: &'a Moments,
}

/// Records, and the cells of them that were written.
type Heard<'a> = Vec<(RecordId, Option<&'a HashSet<FieldId>>)>;

impl<'a> Outcome<'a> {
    /// Takes over the cells that were not written; answers the records that somebody changed here meanwhile, of which the
    /// answer may be older, and `None` where the table was defined anew.
    fn take_others(&self, draft: &mut Draft<'_>) -> BaseResult<Option<Vec<RecordId>>> {
        if !has_fields_of(draft, self.table) {
            return Ok(None);
        }
        let mut doubtful = Vec::new();
        for (record, fields) in &self.records {
            let Some(fields) = fields else { continue };
            if !self.is_newest(draft, record.id) {
                doubtful.push(record.id);
                continue;
            }
            self.moments.note(record.id);
            let record = std::slice::from_ref(*record);
            absorb(draft, self.table.id, record, Taken::AllBut(fields))?;
        }
        Ok(Some(doubtful))
    }

    /// Takes over the cells that were written; answers the records that had them already.
    fn take_own(&self, draft: &mut Draft<'_>) -> BaseResult<Option<Heard<'a>>> {
        if !has_fields_of(draft, self.table) {
            return Ok(None);
        }
        let id = self.table.id;
        let mut heard_of = Vec::new();
        for (record, fields) in &self.records {
            let is_here = draft.exists(id, record.id);
            let taken = match fields {
                Some(fields) if is_here => Taken::Of(fields),
                // One that was heard to be gone does not come back.
                None if !is_here && self.is_newest(draft, record.id) => Taken::All,
                _ => {
                    heard_of.push((record.id, fields.as_ref()));
                    continue;
                }
            };
            if absorb(draft, id, std::slice::from_ref(*record), taken)? == 0 {
                heard_of.push((record.id, fields.as_ref()));
            }
        }
        Ok(Some(heard_of))
    }

    fn is_newest(&self, draft: &Draft<'_>, record: RecordId) -> bool {
        let place = (self.table.id, record);
        self.moments.is_newest(self.since, draft.state, place)
    }
}

impl Airtable {
    /// Sends changes one after the other and takes over what came of each; answers the whole.
    pub(super) async fn send_all(
        &self,
        by: &By,
        mirror: &Mirror,
        table: TableId,
        changes: Vec<Change>,
    ) -> BaseResult<Written> {
        let mut all = Written::default();
        let whole: usize = changes.iter().map(|change| change.written.len()).sum();
        for change in changes {
            let since = self.since(mirror, table).await?;
            let seq = since.state().seq;
            let noted = Noted::new(by.context(), (table, seq), change.cells);
            let back = noted.cells.back.iter().copied();
            let sent = self.send_noted(mirror, by, &noted, &change.request).await;
            let (answer, note) = sent.map_err(|error| after(all.records.len(), whole, error))?;
            let mut written: Written =
                serde_json::from_slice(&answer.body).map_err(BaseError::internal)?;
            let ids = written.records.iter().map(|record| record.id);
            let is_new = ids.clone().map(|id| written.created_records.contains(&id));
            let fields = change.written.into_iter().zip(is_new);
            let fields: Vec<_> = fields
                .map(|(fields, is_new)| fields.filter(|_| !is_new))
                .collect();
            if matches!(note, Note::Settled) {
                let named = Named::from([(table, ids.collect())]);
                self.look_for_all(mirror, named).await?;
            } else {
                let told = (written.records.as_slice(), fields.as_slice());
                self.take_written(by, mirror, table, told, (&since, seq))
                    .await?;
                let back: Vec<_> = back.zip(ids).collect();
                self.note_reborn(mirror, &back).await?;
                self.forget_note(mirror, note).await;
            }
            all.records.append(&mut written.records);
            all.created_records.append(&mut written.created_records);
            all.updated_records.append(&mut written.updated_records);
        }
        Ok(all)
    }

    /// Takes over what Airtable made of a change: the cells that were written in the name of who wrote them, what else
    /// had changed in the name of nobody.
    pub(super) async fn take_written(
        &self,
        by: &By,
        mirror: &Mirror,
        id: TableId,
        (records, written): (&[ImportRecord], &[Option<HashSet<FieldId>>]),
        (since, sent_after): (&Since, i64),
    ) -> BaseResult<()> {
        for _ in 0..MOST_READS {
            let table = mirror
                .definition()
                .table(id)
                .cloned()
                .ok_or_else(not_found)?;
            let (incoming, is_whole) = read_all(&table, records, self.now());
            if !is_whole && self.follow_definitions(mirror).await? {
                continue;
            }
            let outcome = Outcome {
                table: &table,
                since,
                records: incoming.iter().zip(written).collect(),
                moments: &self.rounds.moments,
            };
            let others = |draft: &mut Draft<'_>| outcome.take_others(draft);
            let Some(doubtful) = self.write_told(mirror, id, others).await? else {
                continue;
            };
            let own = |draft: &mut Draft<'_>| {
                let heard_of = outcome.take_own(draft)?;
                Ok(heard_of.map(|records| (records, touched(draft))))
            };
            let open = mirror.open(Role::Viewer);
            let around = |base: &_| neighbours(base, id);
            let taken = Box::pin(self.write(by.context(), &open, around, own));
            if let Some((heard_of, mut touched)) = taken.await?.1 {
                let claim = Claim {
                    table: id,
                    records: heard_of.iter().map(|(record, _)| *record).collect(),
                    since: sent_after,
                };
                let is_own = |entry: &Entry| is_written(&heard_of, entry);
                self.claim(by.context(), mirror, &claim, is_own).await?;
                if doubtful.is_empty() {
                    return Ok(());
                }
                // What the answer made of them, and by their links of others, may be older than what was here.
                touched.entry(id).or_default().extend(doubtful);
                let Err(error) = self.look_for_all(mirror, touched).await else {
                    return Ok(());
                };
                tracing::warn!(base = %mirror.base(), %error, "airtable.mirror_not_looked");
                break;
            }
        }
        // What is written is written. What Airtable told of these records may have been taken over before, and it does not
        // tell it again.
        self.wake_mirror(mirror.tenant, mirror.base(), true).await
    }
}

/// Whether an entry of the change log is of a record that was made, or of a cell that was written.
fn is_written(heard_of: &Heard<'_>, entry: &Entry) -> bool {
    let mut records = heard_of.iter();
    let written = records.find(|(record, _)| entry.record == Some(*record));
    match (written, &entry.after) {
        (Some((_, None)), _) => entry.kind == ChangeKind::Create,
        // That the copy had not heard of the record before does not mean that its writer made it.
        (Some((_, Some(fields))), Some(after)) if entry.kind == ChangeKind::Update => fields
            .iter()
            .any(|field| after.contains(&format!("\"{field}\":"))),
        _ => false,
    }
}

/// An error that came when a part was written already, since Airtable takes a few records at a time.
fn after(done: usize, whole: usize, error: BaseError) -> BaseError {
    if done == 0 {
        return error;
    }
    let message = format!(
        "{done} of {whole} records were written before this: {}",
        error.message
    );
    BaseError { message, ..error }
}
