use std::collections::{BTreeMap, HashMap};

use super::super::cell::Cell;
use super::super::schema::{Base, Table};
use super::super::store::{Change, ChangeKind, RecordOrigin};
use super::image::read_image;
use crate::contracts::{BaseError, BaseResult, RecordChangeKind};
use crate::platform::ids::{FieldId, RecordId, TableId};

/// What several changes did to one record, taken together.
#[derive(Clone, Debug)]
pub(in crate::airtable) struct Net {
    pub(in crate::airtable) table: TableId,
    pub(in crate::airtable) record: RecordId,
    pub(in crate::airtable) kind: RecordChangeKind,
    /// By slot.
    pub(in crate::airtable) cells: BTreeMap<usize, NetCell>,
    /// The last entry of the change log that counts here.
    pub(in crate::airtable) last_seq: i64,
    /// When and by whom the record was made; only of a deleted one.
    pub(in crate::airtable) origin: RecordOrigin,
    pub(in crate::airtable) row_no: Option<i64>,
}

/// A cell before the first and after the last change.
#[derive(Clone, Debug)]
pub(in crate::airtable) struct NetCell {
    pub(in crate::airtable) before: Cell,
    pub(in crate::airtable) after: Cell,
    /// Only the twin of a link that was written on the other side.
    pub(in crate::airtable) is_mirrored: bool,
}

/// Folds entries in the order of the change log; records that came and went leave nothing.
pub(in crate::airtable) fn fold(base: &Base, changes: &[Change]) -> BaseResult<Vec<Net>> {
    let mut nets: HashMap<(TableId, RecordId), Net> = HashMap::new();
    for change in changes {
        let (Some(table), Some(record)) = (change.table, change.record) else {
            continue;
        };
        let unknown = || BaseError::internal(format!("table {table} is not in its base"));
        let definition = base.table(table).ok_or_else(unknown)?;
        let key = (table, record);
        let next = match nets.remove(&key) {
            None => begin(definition, record, change)?,
            Some(net) => join(definition, net, change)?,
        };
        if let Some(net) = next {
            nets.insert(key, net);
        }
    }
    let mut nets: Vec<Net> = nets.into_values().collect();
    nets.sort_by_key(|net| std::cmp::Reverse(net.last_seq));
    Ok(nets)
}

fn begin(table: &Table, record: RecordId, change: &Change) -> BaseResult<Option<Net>> {
    let kind = match change.kind {
        ChangeKind::Create => RecordChangeKind::Created,
        ChangeKind::Update => RecordChangeKind::Updated,
        ChangeKind::Delete => RecordChangeKind::Deleted,
        ChangeKind::Schema => return Ok(None),
    };
    let before = read(table, change.before.as_deref())?;
    let mut cells: BTreeMap<usize, NetCell> = BTreeMap::new();
    let mirrored = mirrored(change)?;
    for (slot, before) in before {
        cells.insert(
            slot,
            NetCell {
                before,
                after: Cell::Empty,
                is_mirrored: mirrored.contains(&table.fields[slot].id),
            },
        );
    }
    for (slot, after) in read(table, change.after.as_deref())? {
        let is_mirrored = mirrored.contains(&table.fields[slot].id);
        cells
            .entry(slot)
            .or_insert(NetCell {
                before: Cell::Empty,
                after: Cell::Empty,
                is_mirrored,
            })
            .after = after;
    }
    Ok(Some(Net {
        table: table.id,
        record,
        kind,
        cells,
        last_seq: change.seq,
        origin: change.record_origin().map_err(BaseError::internal)?,
        row_no: change.row_no,
    }))
}

fn join(table: &Table, mut net: Net, change: &Change) -> BaseResult<Option<Net>> {
    use RecordChangeKind::{Created, Deleted, Updated};
    let Some(later) = begin(table, net.record, change)? else {
        return Ok(Some(net));
    };
    let kind = match (net.kind, later.kind) {
        (Created, Deleted) => return Ok(None),
        (Created, _) => Created,
        (Deleted, Deleted) | (Updated, Deleted) => Deleted,
        (Deleted | Updated, Created | Updated) => Updated,
    };
    for (slot, cell) in later.cells {
        match net.cells.get_mut(&slot) {
            Some(known) => {
                known.after = cell.after;
                known.is_mirrored &= cell.is_mirrored;
            }
            None => {
                net.cells.insert(slot, cell);
            }
        }
    }
    Ok(Some(Net {
        kind,
        last_seq: later.last_seq,
        origin: later.origin,
        row_no: later.row_no.or(net.row_no),
        ..net
    }))
}

fn read(table: &Table, image: Option<&str>) -> BaseResult<Vec<(usize, Cell)>> {
    image.map_or(Ok(Vec::new()), |image| read_image(table, image))
}

fn mirrored(change: &Change) -> BaseResult<Vec<FieldId>> {
    change.mirrored.as_deref().map_or(Ok(Vec::new()), |list| {
        serde_json::from_str(list).map_err(BaseError::internal)
    })
}
