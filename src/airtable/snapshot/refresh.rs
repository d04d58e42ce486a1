use std::collections::HashMap;
use std::sync::Arc;

use sea_orm::DbErr;

use super::super::cell::{Cell, PersonCell};
use super::super::computed::{Touched, settled};
use super::super::schema::{Base, Table};
use super::super::store::{self, ChangeKind, Step};
use super::load::{load_base, read_cells};
use super::row::{Row, RowMeta};
use super::state::State;
use super::table::TableSnapshot;
use crate::platform::clock::Millis;
use crate::platform::db::TenantTx;
use crate::platform::ids::RecordId;

/// Beyond this many steps a fresh load is cheaper than a replay.
const MOST_REPLAYED: u64 = 20_000;

/// The state brought up to what the transaction sees, with what follows from that; `None` when the base is gone.
pub(in crate::airtable) async fn refresh(
    tx: &TenantTx,
    state: &State,
    now: Millis,
) -> Result<Option<State>, DbErr> {
    let Some(fresh) = load_base(tx, state.base.id, state.key.clone(), state.links.clone()).await?
    else {
        return Ok(None);
    };
    if fresh.seq == state.seq {
        return Ok(Some(state.clone()));
    }
    let log = state.sealed_log();
    let steps = store::steps_after(tx, log, state.seq, MOST_REPLAYED + 1).await?;
    // Without tables the next reader loads what it needs.
    let is_gap = steps.first().map(|step| step.seq) != Some(state.seq + 1)
        || steps.iter().any(Step::is_erased);
    if is_gap || steps.len() as u64 > MOST_REPLAYED {
        return Ok(Some(fresh));
    }
    let redefines = |step: &Step| step.kind == ChangeKind::Schema && step.table.is_some();
    let mut next = State {
        computed_at: state.computed_at,
        ..fresh
    };
    if !steps.iter().any(redefines) {
        // The same definitions, not equal ones: by those it is told what has to be made anew.
        next.base = Arc::new(Base {
            tables: state.base.tables.clone(),
            ..Base::clone(&next.base)
        });
        next.graph = state.graph.clone();
    }
    let redefined = |id| {
        let mut of_table = steps.iter().filter(|step| step.table == Some(id));
        of_table.any(redefines)
    };
    let is_touched = |id| steps.iter().any(|step| step.table == Some(id));
    for (id, snapshot) in &state.tables {
        // A redefined table is loaded anew by the next reader: a new field may have filled its records.
        if redefined(*id) {
            continue;
        }
        // One that nobody wrote to keeps its pages: a comment, for one, is in the change log of the base alone.
        if !is_touched(*id) {
            next.tables.insert(*id, snapshot.clone());
            continue;
        }
        if let Some(table) = next.base.table(*id).cloned() {
            next.tables
                .insert(*id, Arc::new(replay(snapshot, table, &steps)?));
        }
    }
    let mut touched = Touched::new();
    for step in &steps {
        if let (Some(table), Some(record)) = (step.table, step.record) {
            touched.entry(table).or_default().push(record);
        }
    }
    let next = settled(state, next, touched, (now, u64::MAX)).await?;
    Ok(Some(next.0))
}

fn replay(
    snapshot: &Arc<TableSnapshot>,
    table: Arc<Table>,
    steps: &[Step],
) -> Result<TableSnapshot, DbErr> {
    let mut rows: HashMap<RecordId, Option<Arc<Row>>> = HashMap::new();
    for step in steps.iter().filter(|step| step.table == Some(table.id)) {
        let Some(id) = step.record else { continue };
        let old = match rows.get(&id) {
            Some(row) => row.clone(),
            None => snapshot.rows.get(&id).cloned(),
        };
        let row = apply(&table, id, old, step)?;
        rows.insert(id, row.map(Arc::new));
    }
    Ok(snapshot.with(table, rows))
}

fn apply(
    table: &Table,
    id: RecordId,
    old: Option<Arc<Row>>,
    step: &Step,
) -> Result<Option<Row>, DbErr> {
    let after = step.after.as_deref().unwrap_or("{}");
    match step.kind {
        ChangeKind::Create => {
            let origin = step.record_origin()?;
            let created_by = match origin.created_by {
                Some(person) => person,
                None => person(&step.actor)?,
            };
            let meta = RowMeta {
                id,
                row_no: step.row_no.unwrap_or_default(),
                created_at: origin.created_at.unwrap_or(step.at),
                created_by: Some(created_by),
                updated_at: origin.updated_at,
                updated_by: origin.updated_by,
            };
            Ok(Some(Row::new(meta, read_cells(table, after)?)))
        }
        ChangeKind::Update => old.map(|old| update(table, &old, step, after)).transpose(),
        ChangeKind::Delete => Ok(None),
        ChangeKind::Schema => Ok(old.map(|row| Row::clone(&row))),
    }
}

fn update(table: &Table, old: &Row, step: &Step, after: &str) -> Result<Row, DbErr> {
    let mut cells = old.cells.to_vec();
    cells.resize(table.fields.len(), Cell::Empty);
    let images: HashMap<String, &serde_json::value::RawValue> =
        serde_json::from_str(after).map_err(|error| DbErr::Json(error.to_string()))?;
    let changed = read_cells(table, after)?;
    for (slot, cell) in changed.into_iter().enumerate() {
        if images.contains_key(&table.fields[slot].id.to_string()) {
            cells[slot] = cell;
        }
    }
    let mut meta = old.meta.clone();
    let author = person(&step.actor)?;
    // What the instance itself adds to a cell is no change that somebody made.
    if !author.is_instance() {
        meta.updated_at = Some(step.at);
        meta.updated_by = Some(author);
    }
    Ok(Row::new(meta, cells))
}

fn person(json: &str) -> Result<Arc<PersonCell>, DbErr> {
    serde_json::from_str(json)
        .map(Arc::new)
        .map_err(|error| DbErr::Json(error.to_string()))
}
