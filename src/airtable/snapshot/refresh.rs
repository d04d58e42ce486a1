use std::collections::HashMap;
use std::sync::Arc;

use sea_orm::DbErr;

use super::super::cell::{Cell, PersonCell};
use super::super::schema::Table;
use super::super::store::{self, Change, ChangeKind};
use super::load::{load_base, read_cells};
use super::row::{Row, RowMeta};
use super::state::State;
use super::table::TableSnapshot;
use crate::platform::db::TenantTx;
use crate::platform::ids::RecordId;

/// Beyond this many changes a fresh load is cheaper than a replay.
const MOST_REPLAYED: u64 = 20_000;

/// The state brought up to what the transaction sees; `None` when the base is gone.
pub(in crate::airtable) async fn refresh(
    tx: &TenantTx,
    state: &State,
) -> Result<Option<State>, DbErr> {
    let Some(fresh) = load_base(tx, state.base.id).await? else {
        return Ok(None);
    };
    if fresh.seq == state.seq {
        return Ok(Some(State {
            tables: state.tables.clone(),
            ..fresh
        }));
    }
    let changes = store::changes_after(tx, state.base.id, state.seq, MOST_REPLAYED + 1).await?;
    // Without tables the next reader loads what it needs.
    let is_gap = changes.first().map(|change| change.seq) != Some(state.seq + 1);
    if is_gap || changes.len() as u64 > MOST_REPLAYED {
        return Ok(Some(fresh));
    }
    let mut next = fresh;
    let redefined = |id| {
        changes
            .iter()
            .any(|change| change.kind == ChangeKind::Schema && change.table == Some(id))
    };
    for (id, snapshot) in &state.tables {
        // A redefined table is loaded anew by the next reader: a new field may have filled its records.
        if redefined(*id) {
            continue;
        }
        if let Some(table) = next.base.table(*id).cloned() {
            next.tables
                .insert(*id, Arc::new(replay(snapshot, table, &changes)?));
        }
    }
    Ok(Some(next))
}

fn replay(
    snapshot: &Arc<TableSnapshot>,
    table: Arc<Table>,
    changes: &[Change],
) -> Result<TableSnapshot, DbErr> {
    let mut rows: HashMap<RecordId, Option<Arc<Row>>> = HashMap::new();
    for change in changes
        .iter()
        .filter(|change| change.table == Some(table.id))
    {
        let Some(id) = change.record else { continue };
        let old = match rows.get(&id) {
            Some(row) => row.clone(),
            None => snapshot.rows.get(&id).cloned(),
        };
        let row = apply(&table, id, old, change)?;
        rows.insert(id, row.map(Arc::new));
    }
    Ok(snapshot.with(table, rows))
}

fn apply(
    table: &Table,
    id: RecordId,
    old: Option<Arc<Row>>,
    change: &Change,
) -> Result<Option<Row>, DbErr> {
    let after = change.after.as_deref().unwrap_or("{}");
    match change.kind {
        ChangeKind::Create => {
            let meta = RowMeta {
                id,
                row_no: change.row_no.unwrap_or_default(),
                created_at: change.at,
                created_by: Some(person(&change.actor)?),
                updated_at: None,
                updated_by: None,
            };
            Ok(Some(Row::new(meta, read_cells(table, after)?)))
        }
        ChangeKind::Update => old
            .map(|old| update(table, &old, change, after))
            .transpose(),
        ChangeKind::Delete => Ok(None),
        ChangeKind::Schema => Ok(old.map(|row| Row::clone(&row))),
    }
}

fn update(table: &Table, old: &Row, change: &Change, after: &str) -> Result<Row, DbErr> {
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
    meta.updated_at = Some(change.at);
    meta.updated_by = Some(person(&change.actor)?);
    Ok(Row::new(meta, cells))
}

fn person(json: &str) -> Result<Arc<PersonCell>, DbErr> {
    serde_json::from_str(json)
        .map(Arc::new)
        .map_err(|error| DbErr::Json(error.to_string()))
}
