use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use sea_orm::DbErr;

use super::super::cell::{Cell, PersonCell};
use super::super::computed::settled;
use super::super::schema::{Kind, Table};
use super::super::snapshot::{Row, RowMeta, State, stored_cells};
use super::super::store::{self, ChangeKind, RecordRow};
use super::draft::{Draft, Fate, RowDraft};
use super::effect::{effect, rehearse};
use super::log::Log;
use super::next::{Finished, next_state};
use crate::contracts::{Actor, Journal, RecordsChanged, WriteContext};
use crate::platform::clock::Millis;
use crate::platform::db::TenantTx;
use crate::platform::events::{NewEvent, append};
use crate::platform::ids::{FieldId, RecordId, TableId};

/// Who writes, as kept in records and in the change log.
#[derive(Clone)]
pub(in crate::airtable) struct Author {
    pub(in crate::airtable) person: Arc<PersonCell>,
    pub(super) json: String,
}

impl Author {
    pub(in crate::airtable) fn of(actor: &Actor) -> Self {
        let person = PersonCell {
            id: actor.user.to_string(),
            email: Some(actor.email.to_string()),
            name: Some(actor.name.to_string()),
        };
        let json = serde_json::to_string(&person).expect("three strings always serialise");
        Self {
            person: Arc::new(person),
            json,
        }
    }

    /// This instance, which writes what is only known later.
    pub(in crate::airtable) fn instance() -> Self {
        let person = PersonCell::instance();
        let json = serde_json::to_string(&person).expect("three strings always serialise");
        Self {
            person: Arc::new(person),
            json,
        }
    }

    /// Whether no person writes.
    pub(in crate::airtable) fn is_instance(&self) -> bool {
        self.person.is_instance()
    }

    /// The author as kept in the change log.
    pub(in crate::airtable) fn json(&self) -> &str {
        &self.json
    }
}

/// Why a plan is not written.
pub(in crate::airtable) enum Refused {
    Database(DbErr),
    /// The records of the base take too long to compute under the new definition.
    TooMuchWork,
}

impl From<DbErr> for Refused {
    fn from(error: DbErr) -> Self {
        Self::Database(error)
    }
}

/// Work that a definition may make at once, in bytes looked at or made; a few seconds of one core.
const MOST_WORK: u64 = 2_000_000_000;

/// Writes a plan, its change log, its part in the change set and its event, and answers the state that holds once
/// the transaction is committed; that of a rehearsal must not be.
pub(in crate::airtable) async fn apply(
    tx: &TenantTx,
    mut draft: Draft<'_>,
    author: &Author,
    journal: Option<&dyn Journal>,
    by: WriteContext<'_>,
) -> Result<State, Refused> {
    let mut log = Log::new(&draft, author, by);
    let redefined = std::mem::take(&mut draft.redefined);
    if !redefined.is_empty() {
        draft.settle();
    }
    write_schema(tx, &draft, &redefined, &mut log).await?;
    let finished = write_rows(tx, &mut draft, author, &mut log).await?;
    if draft.is_unlogged {
        // The gap in the log tells other instances to read the base anew.
        log.changes.clear();
    }
    store::insert_changes(tx, draft.state.sealed_log(), &log.changes).await?;
    if log.seq == draft.state.seq {
        return Ok(draft.state.clone());
    }
    store::update_base(tx, draft.base.id, log.seq, &draft.counters).await?;
    if !draft.is_unlogged {
        announce(tx, &draft, &log).await?;
    }
    let effect = effect(&draft, &redefined, &log);
    if let Some(journal) = journal
        && by.is_recorded()
    {
        journal.record(tx, by, &effect).await?;
    }
    let (state, now) = (draft.state, draft.now);
    let (next, touched) = next_state(draft, &redefined, log.seq, finished);
    let most = if redefined.is_empty() {
        u64::MAX
    } else {
        MOST_WORK
    };
    let (next, work) = settled(state, next, touched, (now, most)).await?;
    if work > most {
        return Err(Refused::TooMuchWork);
    }
    if let Some(rehearsal) = by.rehearsal {
        rehearse(rehearsal, effect, &next, &log)?;
    }
    metrics::counter!("airtable_changes_total").increment(log.changes.len() as u64);
    Ok(next)
}

async fn write_schema(
    tx: &TenantTx,
    draft: &Draft<'_>,
    redefined: &BTreeSet<TableId>,
    log: &mut Log,
) -> Result<(), DbErr> {
    for (position, table) in draft.base.tables.iter().enumerate() {
        if !redefined.contains(&table.id) {
            continue;
        }
        let schema = table.to_schema();
        let before = draft
            .state
            .base
            .table(table.id)
            .map(|table| table.to_schema());
        if before.is_some() {
            store::update_table(tx, draft.base.id, &schema).await?;
        } else {
            store::insert_table(tx, draft.base.id, position, &schema).await?;
        }
        let json = |schema| serde_json::to_string(&schema).expect("a schema always serialises");
        log.add(
            ChangeKind::Schema,
            table.id,
            None,
            None,
            before.map(json),
            Some(json(schema)),
        );
    }
    Ok(())
}

async fn write_rows(
    tx: &TenantTx,
    draft: &mut Draft<'_>,
    author: &Author,
    log: &mut Log,
) -> Result<Finished, DbErr> {
    let mut finished = Finished::new();
    let mut created = Vec::new();
    let mut deleted: HashMap<TableId, Vec<RecordId>> = HashMap::new();
    for key in std::mem::take(&mut draft.order) {
        let Some(mut row) = draft.rows.remove(&key) else {
            continue;
        };
        let (table_id, record) = key;
        let Some(table) = draft.base.table(table_id).cloned() else {
            continue;
        };
        match row.fate {
            Fate::Nothing => continue,
            Fate::Deleted => {
                let before = draft
                    .original(table_id, record)
                    .map(|row| stored_cells(&table, &row.cells));
                let row_no = Some(row.meta.row_no);
                log.add(
                    ChangeKind::Delete,
                    table_id,
                    Some(record),
                    row_no,
                    before,
                    None,
                )
                .origin = Some(origin(&row.meta));
                deleted.entry(table_id).or_default().push(record);
                finished.entry(table_id).or_default().push((record, None));
            }
            Fate::Created => {
                let stored = record_row(&table, &row, author);
                let after = Some(stored.cells.clone());
                let row_no = Some(row.meta.row_no);
                log.add(
                    ChangeKind::Create,
                    table_id,
                    Some(record),
                    row_no,
                    None,
                    after,
                )
                .origin = row.is_restored.then(|| origin(&row.meta));
                created.push(stored);
                let row = Arc::new(Row::new(row.meta, row.cells));
                finished
                    .entry(table_id)
                    .or_default()
                    .push((record, Some(row)));
            }
            Fate::Updated => {
                let original = draft.original(table_id, record).cloned();
                drop_unchanged(&mut row, original.as_deref());
                if row.touched.is_empty() {
                    continue;
                }
                if !row.is_quiet {
                    stamp(&table, &mut row, author, draft.now);
                }
                let (before, after) = images(&table, &row, original.as_deref());
                log.add(
                    ChangeKind::Update,
                    table_id,
                    Some(record),
                    None,
                    Some(before),
                    Some(after),
                )
                .mirrored = mirrored(&table, &row);
                store::update_record(tx, draft.base.id, &record_row(&table, &row, author)).await?;
                let row = Arc::new(Row::new(row.meta, row.cells));
                finished
                    .entry(table_id)
                    .or_default()
                    .push((record, Some(row)));
            }
        }
    }
    store::insert_records(tx, draft.base.id, &created).await?;
    for (table, records) in deleted {
        store::delete_records(tx, draft.base.id, table, &records).await?;
    }
    Ok(finished)
}

fn origin(meta: &RowMeta) -> String {
    let origin = store::RecordOrigin {
        created_at: Some(meta.created_at),
        created_by: meta.created_by.clone(),
        updated_at: meta.updated_at,
        updated_by: meta.updated_by.clone(),
    };
    serde_json::to_string(&origin).expect("times and people always serialise")
}

/// The link fields that changed only because the other side did.
fn mirrored(table: &Table, row: &RowDraft) -> Option<String> {
    let twins = row.touched.iter().filter(|slot| {
        let is_link = matches!(table.fields[**slot].kind, Kind::Links(_));
        is_link && !row.direct.contains(slot)
    });
    let ids: Vec<FieldId> = twins.map(|slot| table.fields[*slot].id).collect();
    (!ids.is_empty()).then(|| serde_json::to_string(&ids).expect("ids always serialise"))
}

/// A cell set there and back again is no change.
fn drop_unchanged(row: &mut RowDraft, original: Option<&Row>) {
    let Some(original) = original else { return };
    row.touched
        .retain(|slot| row.cells[*slot] != *original.cell(*slot));
}

/// Fills the fields that say when and by whom a record was last changed.
fn stamp(table: &Table, row: &mut RowDraft, author: &Author, now: Millis) {
    row.meta.updated_at = Some(now);
    row.meta.updated_by = Some(author.person.clone());
    for field in &table.fields {
        let cell = match &field.kind {
            Kind::LastModifiedTime { watched, .. } => {
                let watches = |slot: &usize| watched.contains(&table.fields[*slot].id);
                if !watched.is_empty() && !row.touched.iter().any(watches) {
                    continue;
                }
                Cell::Time(now)
            }
            Kind::LastModifiedBy => Cell::Person(Box::new(PersonCell::clone(&author.person))),
            _ => continue,
        };
        row.cells[field.slot] = cell;
        row.touched.insert(field.slot);
    }
}

/// The changed cells as they were and as they are; empty ones as null.
fn images(table: &Table, row: &RowDraft, original: Option<&Row>) -> (String, String) {
    let image = |cell: &dyn Fn(usize) -> Cell| {
        let mut out = String::from("{");
        for slot in &row.touched {
            if out.len() > 1 {
                out.push(',');
            }
            out.push_str(&format!("\"{}\":", table.fields[*slot].id));
            out.push_str(&stored_value(&cell(*slot)));
        }
        out.push('}');
        out
    };
    let before = |slot| {
        original
            .map(|row| row.cell(slot).clone())
            .unwrap_or_default()
    };
    let after = |slot: usize| row.cells[slot].clone();
    (image(&before), image(&after))
}

fn stored_value(cell: &Cell) -> String {
    if matches!(cell, Cell::Empty) {
        return "null".to_owned();
    }
    let mut out = Vec::new();
    super::super::cell::write_stored(cell, &mut out);
    String::from_utf8(out).expect("JSON is UTF-8")
}

pub(super) fn record_row(table: &Table, row: &RowDraft, author: &Author) -> RecordRow {
    let json = |person: &Arc<PersonCell>| {
        if Arc::ptr_eq(person, &author.person) {
            return author.json.clone();
        }
        serde_json::to_string(&**person).expect("three strings always serialise")
    };
    RecordRow {
        table: table.id,
        id: row.meta.id,
        row_no: row.meta.row_no,
        created_at: row.meta.created_at,
        created_by: row.meta.created_by.as_ref().map(json),
        updated_at: row.meta.updated_at,
        updated_by: row.meta.updated_by.as_ref().map(json),
        cells: stored_cells(table, &row.cells),
    }
}

async fn announce(tx: &TenantTx, draft: &Draft<'_>, log: &Log) -> Result<(), DbErr> {
    let count = |kind| {
        log.changes
            .iter()
            .filter(|change| change.kind == kind)
            .count()
    };
    let tables: BTreeSet<TableId> = log
        .changes
        .iter()
        .filter_map(|change| change.table)
        .collect();
    let payload = RecordsChanged {
        base: draft.base.id,
        tables: tables.into_iter().collect(),
        transaction: log.txn,
        created: count(ChangeKind::Create),
        updated: count(ChangeKind::Update),
        deleted: count(ChangeKind::Delete),
    };
    let event = NewEvent {
        aggregate_type: "base",
        aggregate_id: draft.base.id.to_string(),
        event_type: RecordsChanged::TYPE,
        payload: serde_json::to_value(payload).map_err(|error| DbErr::Json(error.to_string()))?,
        occurred_at: draft.now,
    };
    append(tx, event).await.map(drop)
}
